import { describe, expect, it } from "vitest";
import { readDocument } from "../../../src/http/wire/document.ts";

/** Bytes of the largest body that is read. */
const MAX_BODY_BYTES = 262_144;

const bytes = (text: string) => new TextEncoder().encode(text);
const INVALID = { ok: false, error: { code: "invalid_json" } };

function documentOf(text: string, format: "xml" | "json" | null): unknown {
  const read = readDocument(bytes(text), format);
  return read.ok ? JSON.parse(JSON.stringify(read.value)) : read.error.code;
}

describe("a body", () => {
  const xml = "<customer><name>A</name></customer>";
  const json = '{"name":"A"}';

  it("has the format that its path says, and no other", () => {
    expect(documentOf(xml, "xml")).toEqual({ name: "A" });
    expect(documentOf(json, "json")).toEqual({ name: "A" });
    expect(documentOf(json, "xml")).toBe("invalid_json");
    expect(documentOf(xml, "json")).toBe("invalid_json");
  });

  it("shows its format in its first character where the path says none", () => {
    expect(documentOf(`\n ${json}`, null)).toEqual({ name: "A" });
    expect(documentOf(xml, null)).toEqual({ name: "A" });
    expect(documentOf(`\n${xml}`, null)).toEqual({ name: "A" });
    expect(documentOf("A", null)).toBe("invalid_json");
  });

  it.each(["xml", "json", null] as const)("may be a form, whatever the path says: %s", (format) => {
    expect(documentOf("q=spend&amount=10", format)).toEqual({ q: "spend", amount: "10" });
  });

  it.each(["", " \r\n\t", "\ufeff"])("without a document has no fields: %j", (text) => {
    expect(documentOf(text, "xml")).toEqual({});
    expect(documentOf(text, "json")).toEqual({});
  });

  it("may begin with a byte order mark", () => {
    expect(documentOf(`\ufeff${xml}`, "xml")).toEqual({ name: "A" });
    expect(documentOf(`\ufeff${json}`, "json")).toEqual({ name: "A" });
  });

  it.each([[[0xff]], [[0xc0, 0xaf]], [[0xed, 0xa0, 0x80]], [[0xfe, 0xff, 0, 0x3c]]])(
    "must be UTF-8: %j",
    (broken) => {
      const body = new Uint8Array([...bytes("<a>"), ...broken, ...bytes("</a>")]);
      for (const format of ["xml", "json", null] as const) {
        expect(readDocument(body, format)).toEqual(INVALID);
      }
    },
  );

  it("keeps the digits of JSON's numbers, and its booleans", () => {
    const text = '{"amount":1.005,"lines":[{"quantity":1e2,"tax":true,"none":null}]}';
    expect(documentOf(text, "json")).toEqual({
      amount: "1.005",
      lines: [{ quantity: "1e2", tax: true, none: null }],
    });
  });

  it.each(["{", '{"a":1}x', "null", "1", '"a"', "nul"])("must be sound JSON: %s", (text) => {
    expect(documentOf(text, "json")).toBe("invalid_json");
  });

  it.each([100, 10_000, 100_000])("may be nested %i levels deep, and nothing breaks", (depth) => {
    const deep = `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(() => readDocument(bytes(deep), "json")).not.toThrow();
    expect(deep.length).toBeLessThan(MAX_BODY_BYTES);
  });
});
