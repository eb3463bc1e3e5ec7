import { describe, expect, it } from "vitest";
import type { Bug } from "../planted/bugs.ts";
import { cycleFindings } from "./cycles.ts";
import { docCommentFindings, pathFindings } from "./documentation.ts";
import { durationFindings, FILE_SECONDS, SLOW_FILES, slowestFiles } from "./durations.ts";
import { folderFindings } from "./folders.ts";
import { importFindings } from "./imports.ts";
import { limits, sizeFindings, syntaxFindings } from "./limits.ts";
import { machinePathFindings, nameFindings, topLevelFindings } from "./names.ts";
import { firstTable, plantedFindings, plantedRow } from "./planted.ts";
import { type Finding, parse } from "./source.ts";

/** Findings of one rule in a source that exists only here. */
function check(rule: (source: ReturnType<typeof parse>) => Finding[], path: string, text: string) {
  return rule(parse({ path, text }));
}

describe("the import rule", () => {
  const imports = (path: string, specifier: string) =>
    check(importFindings, path, `import { x } from "${specifier}";\nexport const y = x;\n`);

  it.each([
    ["src/core/a.ts", "./b.ts"],
    ["src/registry/a.ts", "drizzle-orm/d1"],
    ["src/wallet/a.ts", "../events/client.ts"],
    ["src/wallet/a.ts", "cloudflare:workers"],
    ["src/wallet/a.ts", "../../migrations/wallet/0001_ledger.sql"],
    ["src/services/a.ts", "../registry/keys.ts"],
    ["src/services/a.ts", "./context.ts"],
    ["src/services/context.ts", "../env.ts"],
    ["src/services/access/passwords.ts", "node:crypto"],
    ["src/wallet/texts.ts", "node:crypto"],
    ["src/http/a.ts", "../services/context.ts"],
    ["src/http/a.ts", "../memory.ts"],
    ["src/limits/client.ts", "../memory.ts"],
    ["src/services/access/a.ts", "../../memory.ts"],
    ["src/dialects/native/a.ts", "../../services/b.ts"],
    ["src/dialects/native/a.ts", "@hono/zod-openapi"],
    ["src/dialects/native/deep/a.ts", "../errors.ts"],
    ["src/app.ts", "./dialects/native/routes.ts"],
    ["src/index.ts", "./wallet/object.ts"],
    ["test/core/a.test.ts", "node:fs"],
  ])("lets %s import %s", (path, specifier) => {
    expect(imports(path, specifier)).toEqual([]);
  });

  it.each([
    ["src/core/a.ts", "../registry/b.ts"],
    ["src/core/a.ts", "../env.ts"],
    ["src/core/a.ts", "zod"],
    ["src/registry/a.ts", "../services/b.ts"],
    ["src/registry/a.ts", "hono"],
    ["src/wallet/a.ts", "../events/projector.ts"],
    ["src/wallet/a.ts", "drizzle-orm"],
    ["src/wallet/a.ts", "node:crypto"],
    ["src/events/a.ts", "../webhooks/object.ts"],
    ["src/services/a.ts", "../wallet/object.ts"],
    ["src/services/a.ts", "../env.ts"],
    ["src/services/a.ts", "cloudflare:workers"],
    ["src/services/a.ts", "../../migrations/wallet/0001_ledger.sql"],
    ["src/services/access/passwords.ts", "node:fs"],
    ["src/http/a.ts", "../services/earn.ts"],
    ["src/core/a.ts", "../memory.ts"],
    ["src/wallet/a.ts", "../memory.ts"],
    ["src/memory.ts", "./env.ts"],
    ["src/dialects/native/a.ts", "../kirimel/errors.ts"],
    ["src/dialects/native/a.ts", "../../registry/keys.ts"],
    ["src/dialects/native/a.ts", "../../env.ts"],
    ["src/dialects/shared.ts", "./native/errors.ts"],
    ["src/console/a.ts", "../core/b.ts"],
    ["src/env.ts", "./core/b.ts"],
    ["src/app.ts", "drizzle-orm"],
    ["src/index.ts", "../test/support/b.ts"],
    ["src/attic/a.ts", "zod"],
    ["src/core/a.ts", "./b"],
  ])("keeps %s from importing %s", (path, specifier) => {
    expect(imports(path, specifier)).toEqual([expect.stringMatching(`^${path}:1 `)]);
  });

  it.each([
    'export { x } from "../env.ts";',
    'export * from "../env.ts";',
    'import type { X } from "../env.ts";',
    'export const x = () => import("../env.ts");',
    'export type X = import("../env.ts").Settings;',
  ])("sees %s", (text) => {
    expect(check(importFindings, "src/core/a.ts", `\n${text}\n`)).toEqual([
      "src/core/a.ts:2 imports src/env.ts, which is no neighbour",
    ]);
  });
});

describe("the rule against circles", () => {
  /** Findings in modules of src/core, each with the text of its imports. */
  const circles = (modules: Readonly<Record<string, string>>) =>
    cycleFindings(
      Object.entries(modules).map(([name, text]) => parse({ path: `src/core/${name}.ts`, text })),
    );

  it("lets modules build upon each other", () => {
    expect(
      circles({
        a: 'import { b } from "./b.ts";\nimport { c } from "./deep/c.ts";\nimport "zod";',
        b: 'import { c } from "./deep/c.ts";\nimport { gone } from "./gone.ts";',
        "deep/c": "export const c = 1;",
      }),
    ).toEqual([]);
  });

  it.each([
    'import { a } from "../a.ts";',
    'import type { A } from "../a.ts";',
    'export * from "../a.ts";',
    'export const a = () => import("../a.ts");',
    'export type A = import("../a.ts").A;',
  ])("finds one that is closed by %s", (text) => {
    const b = 'import type { C } from "./deep/c.ts";';
    const way = ["src/core/a.ts", "src/core/b.ts", "src/core/deep/c.ts", "src/core/a.ts"];
    expect(circles({ b, a: 'export { b } from "./b.ts";', "deep/c": text })).toEqual([
      `src/core/a.ts:1 imports itself: ${way.join(" → ")}`,
    ]);
  });

  it("finds a module that imports itself, and every circle but those that share a told one", () => {
    expect(
      circles({
        a: 'import "./a.ts";',
        b: 'import "./c.ts";\nimport "./d.ts";',
        c: 'import "./b.ts";',
        d: 'import "./e.ts";',
        e: 'import "./d.ts";\nimport "./c.ts";',
      }),
    ).toEqual([
      "src/core/a.ts:1 imports itself: src/core/a.ts → src/core/a.ts",
      "src/core/b.ts:1 imports itself: src/core/b.ts → src/core/c.ts → src/core/b.ts",
      "src/core/d.ts:1 imports itself: src/core/d.ts → src/core/e.ts → src/core/d.ts",
    ]);
  });
});

describe("the limits of size", () => {
  const lines = (count: number) => "  f();\n".repeat(count);
  const sizes = (text: string) => check(sizeFindings, "src/core/a.ts", text);

  it.each([
    ["declaration", "function f() {\n", "}\n"],
    ["arrow", "const f = () => {\n", "};\n"],
    ["method", "class A {\n  m() {\n", "  }\n}\n"],
  ])("measure a %s", (_, head, tail) => {
    expect(sizes(head + lines(limits.functionLines - 2) + tail)).toEqual([]);
    expect(sizes(head + lines(limits.functionLines - 1) + tail)).toEqual([
      expect.stringContaining("function of 71 lines"),
    ]);
  });

  it("measure the tests of a suite and not the suite", () => {
    const test = `it("x", () => {\n${lines(60)}});\n`;
    expect(sizes(`describe("a", () => {\n${test}${test}});\n`)).toEqual([]);
    expect(sizes(`describe.each([1])("a", () => {\n${test}${test}});\n`)).toEqual([]);
    expect(sizes(`it("x", () => {\n${lines(70)}});\n`)).toHaveLength(1);
  });

  it("measure files, Durable Objects and lines", () => {
    expect(sizes(lines(400))).toEqual([]);
    expect(sizes(lines(401))).toEqual([expect.stringContaining("exceeds 400 lines")]);
    const object = (count: number) =>
      `class A extends DurableObject<Env> {\n${"  x = 1;\n".repeat(count - 2)}}\n`;
    expect(sizes(object(200))).toEqual([]);
    expect(sizes(object(201))).toEqual([expect.stringContaining("Durable Object class of 201")]);
    expect(sizes(`f();\n// ${"x".repeat(97)}\n`)).toEqual([]);
    expect(sizes(`f();\n// ${"x".repeat(98)}\n`)).toEqual([expect.stringMatching(/a\.ts:2 /)]);
  });
});

describe("the limits of folders", () => {
  const files = (folder: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${folder}/a${i}.ts`);

  it("count the files that lie in one, and not those of folders in it", () => {
    expect(folderFindings(files("src/http", 15), [])).toEqual([]);
    const split = [...files("src/http", 15), ...files("src/http/wire", 15)];
    expect(folderFindings(split, [])).toEqual([]);
    expect(folderFindings(files("src/http", 16), [])).toEqual([
      "src/http:1 holds 16 files, more than 15",
    ]);
  });

  it("are wider for tests, and none elsewhere", () => {
    expect(folderFindings(files("test/http", 25), [])).toEqual([]);
    expect(folderFindings(files("test/http", 26), [])).toHaveLength(1);
    expect(folderFindings(files("scripts/demo", 99), [])).toEqual([]);
  });

  it("excuse who is still to be split, and nobody longer", () => {
    expect(folderFindings(files("src/http", 16), ["src/http"])).toEqual([]);
    expect(folderFindings(files("src/http", 15), ["src/http"])).toEqual([
      "src/http:1 needs no excuse any more",
    ]);
  });
});

describe("the limit of time", () => {
  const [slow = "", { seconds = 0 } = {}] = Object.entries(SLOW_FILES)[0] ?? [];

  it("is one for every file, but for those that are named", () => {
    const path = "test/core/a.test.ts";
    expect(durationFindings([{ path, seconds: FILE_SECONDS }], 1)).toEqual([]);
    expect(durationFindings([{ path, seconds: FILE_SECONDS + 1 }], 1)).toEqual([
      `${path}:1 took 16.0 s, more than 15.0`,
    ]);
    expect(durationFindings([{ path: slow, seconds }], 1)).toEqual([]);
    expect(durationFindings([{ path: slow, seconds: seconds + 1 }], 1)).toHaveLength(1);
  });

  it("grows with how busy the machine is", () => {
    const file = { path: "test/core/a.test.ts", seconds: 2 * FILE_SECONDS };
    expect(durationFindings([file], 2)).toEqual([]);
    expect(durationFindings([file], 1.9)).toHaveLength(1);
  });

  it("tells the five slowest, the slowest first", () => {
    const files = [1, 6, 3, 5, 2, 4].map((seconds) => ({ path: `a${seconds}`, seconds }));
    expect(slowestFiles(files)).toEqual([6, 5, 4, 3, 2].map((n) => `   ${n}.0 s  a${n}`));
  });
});

describe("the banned constructs", () => {
  it.each([
    "let x: any;",
    "const x = y as any;",
    "const x = y!;",
    "let x!: string;",
    "class A {\n  x!: string;\n}",
    "export default 1;",
    "const x = 1;\nexport { x as default };",
    "db.transaction(async () => {});",
    "db.transaction(async function () {});",
  ])("include %s", (text) => {
    expect(check(syntaxFindings, "src/core/a.ts", text)).toHaveLength(1);
  });

  it.each([
    ["src/core/a.ts", "const any = x !== y;"],
    ["src/core/a.ts", "storage.transactionSync(() => {});"],
    ["src/index.ts", "export default {};"],
    ["test/vitest.config.ts", "export default {};"],
  ])("leave %s with %s alone", (path, text) => {
    expect(check(syntaxFindings, path, text)).toEqual([]);
  });
});

describe("the documents", () => {
  it.each([
    "export const x = 1;",
    "export function f() {}",
    "export type A = 1;",
    "export interface A {}",
    "export class A {}",
    "// A line comment.\nexport const x = 1;",
    "/** Of another. */\nconst y = 1;\nexport const x = y;",
  ])("must explain %s", (text) => {
    expect(check(docCommentFindings, "src/core/a.ts", text)).toHaveLength(1);
    expect(check(docCommentFindings, "src/http/a.ts", text)).toEqual([]);
  });

  it("may be satisfied with a doc comment", () => {
    const text = "/** One. */\nexport const x = 1;\n\n/** Two. */\nexport class A {}\n";
    expect(check(docCommentFindings, "src/core/a.ts", text)).toEqual([]);
  });

  it.each([
    ["see `src/core/gone.ts`", 1],
    ["see `src/core/gone.ts:12` and `gone.toml`", 2],
    ["see [this](gone.md)", 1],
    ["see `src/core/` and `wrangler.toml`", 0],
    ["see `src/*/*.ts`, `/v1/points`, `a.b` and `test/dialects/<name>.md`", 0],
    ["see [that](https://example.com/gone.md) and [this](README.md#start)", 0],
    ["```\n`src/core/gone.ts`\n```", 0],
  ])("must not mislead: %s", (text, count) => {
    const exists = (path: string) => !path.includes("gone");
    expect(pathFindings({ path: "README.md", text }, exists)).toHaveLength(count);
  });
});

describe("the names", () => {
  it("say something", () => {
    expect(nameFindings("src/core/utils.ts")).toHaveLength(1);
    expect(nameFindings("test/support/http-helpers.ts")).toHaveLength(1);
    expect(nameFindings("src/common/money.ts")).toHaveLength(1);
    expect(nameFindings("src/core/commons.ts")).toEqual([]);
  });

  it("are few at the top level", () => {
    expect(topLevelFindings(["src", "LICENSE", "docs"])).toEqual([
      "docs:1 does not belong to the top level",
    ]);
  });

  it("belong to no machine", () => {
    const home = ["", "home", "someone", "guerdon"].join("/");
    expect(machinePathFindings({ path: "README.md", text: `a\ncd ${home}\n` })).toHaveLength(1);
    expect(machinePathFindings({ path: "README.md", text: `https://a.example${home}\n` })).toEqual(
      [],
    );
    expect(machinePathFindings({ path: "README.md", text: ".wrangler/tmp/x\n" })).toEqual([]);
  });
});

describe("the planted bugs", () => {
  const bug: Bug = {
    name: "wrong",
    effect: "goes wrong",
    file: "src/core/a.ts",
    from: "right()",
    to: "wrong()",
    test: "test/core/a.test.ts",
    title: "is right",
  };
  const findings = (source: string, test: string) =>
    plantedFindings(bug, (path) => ({ path, text: path === bug.file ? source : test }));

  it.each([
    ["f(right());", 'it("is right", f);', []],
    ["f();", 'it("is right", f);', ["src/core/a.ts:1 holds 0 places to plant wrong"]],
    ["right() + right();", 'it("is right", f);', ["src/core/a.ts:1 holds 2 places to plant wrong"]],
    ["right();", 'it("is so", f);', ['test/core/a.test.ts:1 holds 0 tests named "is right"']],
  ])("have one place and one test: %s %s", (source, test, expected) => {
    expect(findings(source, test)).toEqual(expected);
  });

  it("are the rows of a table", () => {
    const row = "| `wrong` | goes wrong | `test/core/a.test.ts`: is right |";
    expect(plantedRow(bug)).toBe(row);
    const text = `# A\n\n| a | b |\n|---|---|\n${row}\n\n| c |\n|---|\n| d |\n`;
    expect(firstTable({ path: "README.md", text })).toEqual([row]);
    expect(firstTable({ path: "README.md", text: "# A\n" })).toEqual([]);
  });
});
