import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { database } from "../../../src/registry/database.ts";
import { d1Rows } from "../../support/d1.ts";
import { idleExceptions, planFindings } from "../../support/plans.ts";
import { CASES, PARTS } from "./cases.ts";

type Exported = (...given: readonly unknown[]) => unknown;

const ROOT = "../../../src/registry/";
const modules = import.meta.glob("../../../src/registry/**/*.ts", { eager: true });
const functions = new Map(
  Object.entries(modules).flatMap(([path, module]) =>
    Object.entries(module as Record<string, unknown>).flatMap(
      ([name, value]): [string, Exported][] =>
        typeof value === "function"
          ? [[`${path.slice(ROOT.length)} ${name}`, value as Exported]]
          : [],
    ),
  ),
);

const db = database(env, "directory");

/** Waits for what is read, and has drizzle word each write, wherever it stands in the answer. */
async function word(answer: unknown): Promise<void> {
  if (Array.isArray(answer)) {
    await Promise.all(answer.map(word));
  } else if (answer instanceof Promise) {
    await answer;
  } else if (typeof answer === "object" && answer !== null) {
    const write = answer as { readonly _prepare?: () => unknown };
    if (typeof write._prepare === "function") write._prepare();
    else if (Object.getPrototypeOf(answer) === Object.prototype) await word(Object.values(answer));
  }
}

/** As if there were many: a list that is known to be empty is not read. */
beforeAll(async () => {
  const blocks = `SELECT 'mer_1', 0, tier.value, 9000, 9000, 9000
    FROM json_each('["", "gold", "bronze"]') AS tier`;
  await d1Rows(`INSERT INTO customer_blocks ${blocks}`);
  await d1Rows("INSERT INTO invoice_blocks VALUES ('mer_1', 0, 'sit_1', 9001)");
});

describe("the registry", () => {
  it("has no function whose statements nobody looks at", () => {
    const known = [...Object.keys(CASES), ...PARTS].sort();
    expect([...functions.keys()].sort()).toEqual(known);
  });

  it.each(Object.entries(CASES))("goes through nothing that grows: %s", async (name, issue) => {
    const call = functions.get(name);
    if (call === undefined) throw new Error("there is no such function");
    await word(issue(call, db));
    expect(await planFindings()).toEqual([]);
  });

  it("needs each exception that is named", () => {
    expect(idleExceptions()).toEqual([]);
  });
});
