import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mendRedemption } from "../../../src/dialects/augmigo/vouchers/redemption-body.ts";

const mended = (text: string): unknown => JSON.parse(mendRedemption(text));

describe("a redemption that is almost JSON", () => {
  it.each([
    [
      "the documentation's sample after a shell",
      `{"redeem_code":[vQbduaCKGxDe,AWo1T6MxkyGa],"invoice_id": "X","remarks": "x"}"`,
      { redeem_code: ["vQbduaCKGxDe", "AWo1T6MxkyGa"], invoice_id: "X", remarks: "x" },
    ],
    ["single quotation marks", `{"redeem_code":['a','b']}`, { redeem_code: ["a", "b"] }],
    [
      "only single ones",
      `{'redeem_code':['a'],'remarks':'x'}`,
      { redeem_code: ["a"], remarks: "x" },
    ],
    ["all kinds at once", `{"redeem_code": ['a', "b" ,c]}"`, { redeem_code: ["a", "b", "c"] }],
    ["a stray mark and blanks", `{"redeem_code":["a"]} " \n`, { redeem_code: ["a"] }],
    ["bare digits", `{"redeem_code":[12,x]}`, { redeem_code: ["12", "x"] }],
    [
      "bare words on lines of their own",
      `{"redeem_code":[\n a,\n b\n]}`,
      { redeem_code: ["a", "b"] },
    ],
    ["no codes", `{"redeem_code":[ ]}"`, { redeem_code: [] }],
    [
      "an apostrophe",
      `{"redeem_code":[a],"remarks":"it's"}`,
      { redeem_code: ["a"], remarks: "it's" },
    ],
    ["an apostrophe as such", `{'redeem_code':'it\\'s'}`, { redeem_code: "it's" }],
    ["other escapes", `{'redeem_code':'a\\n\\u0062\\\\'}`, { redeem_code: "a\nb\\" }],
    ["a mark within single ones", `{'redeem_code':'a"b'}`, { redeem_code: 'a"b' }],
    ["a bracket within a code", `{"redeem_code":["a]b",c]}`, { redeem_code: ["a]b", "c"] }],
    [
      "brackets elsewhere",
      `{"remarks":"[x,y]","redeem_code":[a],"n":[1,2]}`,
      { remarks: "[x,y]", redeem_code: ["a"], n: [1, 2] },
    ],
  ])("is read as it was meant: %s", (_case, text, meant) => {
    expect(mended(text)).toEqual(meant);
  });

  it.each([
    ["an open end", `{"redeem_code":[a`],
    ["an open mark", `{"redeem_code":['a]}`],
    ["a lone mark", `{"redeem_code":[']}`],
    ["bare words elsewhere", `{"redeem_code":["a"],"remarks":x}`],
    ["two stray marks", `{"redeem_code":["a"]}""`],
    ["something else", "}{"],
  ])("is not guessed at: %s", (_case, text) => {
    expect(() => mended(text)).toThrow(SyntaxError);
  });

  it("is the same as before where it is JSON", () => {
    const codes = fc.record({
      redeem_code: fc.array(fc.oneof(fc.string(), fc.string({ unit: "grapheme" }))),
      remarks: fc.oneof(fc.string(), fc.constantFrom(`}"`, `'`, `"redeem_code":[x]`, `\\"'`)),
    });
    const documents = fc.oneof(
      codes,
      // A body is an object: no other JSON may end in what a shell leaves behind one.
      fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.parse(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(documents, fc.constantFrom(0, 2), (value, indent) => {
        expect(mended(JSON.stringify(value, null, indent))).toEqual(value);
      }),
    );
  });

  it("takes no longer than its length, however it is made", () => {
    const hostile = [`{"redeem_code":[`, "'\\", "'", `"\\`, `} "`, `"redeem_code":["`, "[ ,"];
    for (const part of hostile) {
      const text = part.repeat(262_144 / part.length);
      const started = performance.now();
      mendRedemption(text);
      expect(performance.now() - started).toBeLessThan(1_000);
    }
  });
});
