import { describe, expect, it } from "vitest";
import * as z from "zod";
import { findIllFormed, validate } from "../../../src/http/wire/validation.ts";

const schema = z.strictObject({
  name: z.string().min(2, "too short").max(4, "too long"),
  count: z.int().min(1).max(9),
  tags: z.array(z.strictObject({ "a/b": z.string(), "c~d": z.string() })).optional(),
  even: z
    .string()
    .refine((text) => text.length % 2 === 0, { message: "is odd", params: { code: "odd" } })
    .optional(),
  plain: z
    .string()
    .refine((text) => text !== "no", "is no")
    .optional(),
});

function faultsOf(value: unknown) {
  const result = validate(schema, value);
  if (result.ok || result.error.code !== "validation_failed") throw new Error("was accepted");
  return result.error.faults.map(({ pointer, code, detail }) => `${pointer} ${code} ${detail}`);
}

const SOUND = { name: "abc", count: 5 };

describe("validation", () => {
  it("gives what the schema makes of a value", () => {
    const trimmed = z.string().trim().transform(Number);
    expect(validate(trimmed, " 5 ")).toEqual({ ok: true, value: 5 });
    expect(validate(schema, SOUND)).toEqual({ ok: true, value: SOUND });
  });

  it.each([
    [{ count: 5 }, /^\/name required /],
    [{ ...SOUND, name: null }, /^\/name invalid /],
    [{ ...SOUND, name: 5 }, /^\/name invalid /],
    [{ ...SOUND, name: "a" }, /^\/name too_small too short$/],
    [{ ...SOUND, name: "abcde" }, /^\/name too_large too long$/],
    [{ ...SOUND, count: 0 }, /^\/count too_small /],
    [{ ...SOUND, count: 10 }, /^\/count too_large /],
    [{ ...SOUND, nope: 1 }, /^\/nope unknown_field is not a field of this request$/],
    [{ ...SOUND, even: "abc" }, /^\/even odd is odd$/],
    [{ ...SOUND, plain: "no" }, /^\/plain invalid is no$/],
    [null, /^ invalid /],
    ["text", /^ invalid /],
  ])("names the fault of %j", (value, fault) => {
    expect(faultsOf(value)).toEqual([expect.stringMatching(fault)]);
  });

  it("names every fault at once", () => {
    expect(faultsOf({ count: "5", nope: 1, other: 2 })).toHaveLength(4);
  });

  it("points to the fault as RFC 6901 says", () => {
    const tags = [
      { "a/b": "x", "c~d": "x" },
      { "a/b": 1, "c~d": 2, "~/": 3 },
    ];
    const pointers = faultsOf({ ...SOUND, tags }).map((fault) => fault.split(" ")[0]);
    expect(pointers).toEqual(["/tags/1/a~1b", "/tags/1/c~0d", "/tags/1/~0~1"]);
  });

  it("never repeats the value that was sent", () => {
    const sent = { name: "+60123456789", count: "+60123456789", even: "+60123456789x" };
    expect(faultsOf(sent).join()).not.toContain("60123456789");
  });
});

describe("a body that is nested without end", () => {
  const lists = (levels: number): unknown =>
    JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);
  const objects = (levels: number): unknown =>
    JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);

  it.each([lists, objects])("is a fault instead of the end of the stack", (nest) => {
    expect(findIllFormed(nest(32))).toBeNull();
    expect(findIllFormed(nest(33))).toMatchObject({ code: "invalid" });
    expect(findIllFormed(nest(50_000))).toMatchObject({ code: "invalid" });
  });
});
