import { describe, expect, it } from "vitest";
import { parseNestedForm } from "../../../src/http/wire/forms.ts";

const read = (text: string): unknown => {
  const parsed = parseNestedForm(text);
  return parsed.ok ? JSON.parse(JSON.stringify(parsed.value)) : parsed.error.code;
};

describe("a form with names of places", () => {
  it.each([
    ["a=1&b=2", { a: "1", b: "2" }],
    ["a=1&a=2", { a: "1" }],
    ["a[]=1&a[]=2", { a: ["1", "2"] }],
    ["a%5B%5D=1", { a: ["1"] }],
    ["a[1]=y&a[0]=x", { a: ["x", "y"] }],
    ["a[10]=y&a[9]=x", { a: ["x", "y"] }],
    ["a[0]=x&a[0]=y", { a: ["x"] }],
    ["a[b]=1&a[c][d]=2", { a: { b: "1", c: { d: "2" } } }],
    ["a[0][b]=1&a[0][c]=2&a[1][b]=3", { a: [{ b: "1", c: "2" }, { b: "3" }] }],
    ["a[][b]=1&a[][c]=2&a[][b]=3", { a: [{ b: "1", c: "2" }, { b: "3" }] }],
    ["a[][]=1&a[][]=2", { a: [["1"], ["2"]] }],
    ["a[b][]=1&a[b][]=2", { a: { b: ["1", "2"] } }],
    ["a[0]=x&a[b]=y", { a: { 0: "x", b: "y" } }],
    ["[]=1&]=2&a[=3&a]b=4&=5", { "[]": "1", "]": "2", "a[": "3", "a]b": "4", "": "5" }],
    ["a[b]c=1", { "a[b]c": "1" }],
    ["", {}],
  ])("is read as it was meant: %s", (text, fields) => {
    expect(read(text)).toEqual(fields);
  });

  it.each([
    ["a value that holds others", "a=1&a[b]=2"],
    ["a holder that is a value", "a[b]=1&a=2"],
    ["a value among others that holds some", "a[0]=1&a[0][b]=2"],
    ["more depth than any request has", `a${"[b]".repeat(8)}=1`],
    ["no end of depth", `a${"[]".repeat(50_000)}=1`],
  ])("is refused with %s", (_case, text) => {
    expect(read(text)).toBe("invalid_json");
  });

  it.each(["__proto__", "constructor", "toString"])("has no field by itself: %s", (name) => {
    const parsed = parseNestedForm(`a[${name}]=x`);
    expect(parsed.ok && parsed.value[name]).toBeUndefined();
    expect(parsed.ok && Object.keys(parsed.value.a as object)).toEqual([name]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("takes no longer than its length", () => {
    const hostile = ["a[][b]=1&", "a[]=&", "a[0]=1&", "a[[=1&", "a[b][c]=&"];
    for (const part of hostile) {
      const started = performance.now();
      read(part.repeat(262_144 / part.length));
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});
