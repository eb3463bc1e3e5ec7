import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BodyFormat } from "../../support/malformed/body-format.ts";
import { formBody } from "../../support/malformed/form-body.ts";
import { jsonBody } from "../../support/malformed/json-body.ts";
import type { Member } from "../../support/malformed/values.ts";
import { xmlBody } from "../../support/malformed/xml-body.ts";
import { readXml } from "../../support/malformed/xml-reader.ts";

/** What a reader finds; null where there is nothing to read. */
type Reader = (document: string) => ReadonlyMap<string, unknown> | null;

const readJson: Reader = (document) => {
  try {
    const value: unknown = JSON.parse(document);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? new Map(Object.entries(value)) : null;
  } catch {
    return null;
  }
};

/** As the dialects do it: what begins like JSON is none. */
const readForm: Reader = (document) =>
  document.startsWith("{") ? null : new Map(new URLSearchParams(document));

const FORMATS: readonly { readonly name: string; format: BodyFormat; read: Reader }[] = [
  { name: "JSON", format: jsonBody, read: readJson },
  { name: "a form", format: formBody, read: readForm },
  { name: "XML", format: xmlBody("customer"), read: readXml },
];

/** Fields as a till fills them in. */
const fields: fc.Arbitrary<readonly Member[]> = fc
  .uniqueArray(
    fc.tuple(fc.stringMatching(/^[a-y][a-z_]{2,8}$/), fc.stringMatching(/^[ -~]{1,20}$/)),
    { minLength: 1, maxLength: 5, selector: ([name]) => name },
  )
  .map((pairs) => pairs.map(([name, text]) => [name, { shape: "text", text }] as const));

describe.each(FORMATS)("a body of $name", { timeout: 60_000 }, ({ format, read }) => {
  it("can be read as it was written", () => {
    fc.assert(
      fc.property(fields, (members) => {
        const found = read(format.write(members));
        const texts = members.map(([name, value]) => [name, "text" in value ? value.text : null]);
        expect([...(found ?? [])]).toEqual(texts);
      }),
    );
  });

  it("shows none of its fields once it is spoilt", () => {
    fc.assert(
      fc.property(fields, format.unreadable, (members, { mangle }) => {
        const found = read(mangle(format.write(members)));
        const shown = members.filter(([name]) => (found?.get(name) ?? "") !== "");
        expect(shown).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a body of XML that is spoilt", () => {
  it("may be well-formed, but then it has a document type or lost its fields", () => {
    const good = xmlBody("customer").write([["name", { shape: "text", text: "Ravi" }]]);
    const spoilt = fc.sample(xmlBody("customer").unreadable, 500).map(({ mangle }) => mangle(good));
    const kinds = ["<!DOCTYPE", "<!ENTITY", "&l8;", "SYSTEM", "<a><a>", "CDATA", "--", "&nope;"];
    expect(kinds.filter((kind) => !spoilt.some((text) => text.includes(kind)))).toEqual([]);
    const readable = spoilt.filter((text) => readXml(text) !== null);
    expect(readable.every((text) => !text.includes("Ravi"))).toBe(true);
  });
});

describe("a value that no till sends", () => {
  it("stands in a document as it is, however absurd", () => {
    const members: readonly Member[] = [
      ["points", { shape: "number", text: "1e400" }],
      ["points", { shape: "number", text: "-0" }],
      ["tags", { shape: "structure", value: { a: ["b"] } }],
      ["name", { shape: "null" }],
      ["code", { shape: "flag", value: true }],
    ];
    expect(jsonBody.write(members)).toBe(
      '{"points":1e400,"points":-0,"tags":{"a":["b"]},"name":null,"code":true}',
    );
    expect(formBody.write(members)).toBe(
      "points=1e400&points=-0&tags%5Ba%5D%5B%5D=b&name=&code=true",
    );
    expect(xmlBody("c").write(members)).toContain(
      "<c><points>1e400</points><points>-0</points><tags><a><item>b</item></a></tags>" +
        "<name></name><code>true</code></c>",
    );
  });
});
