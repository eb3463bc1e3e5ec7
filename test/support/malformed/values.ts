import * as fc from "fast-check";

/** What stands in a field, whatever the format that writes it. */
export type Value =
  | { readonly shape: "structure"; readonly value: object }
  | { readonly shape: "flag"; readonly value: boolean }
  | { readonly shape: "number"; readonly text: string }
  | { readonly shape: "text"; readonly text: string }
  | { readonly shape: "null" };

/** A field of a request; names may repeat. */
export type Member = readonly [name: string, value: Value];

/**
 * What a field takes, so that it is known what must be refused. `strict`: nothing of what is
 * hostile here; `text`: any well-formed text of a usual length; `id`: any text, which then names
 * nobody; `any`: not known. With `!` the request is refused without it.
 */
export type FieldKind = `${"strict" | "text" | "id" | "any"}${"" | "!"}`;

/** The fields of a request by name; those of no kind in particular are left out. */
export type Fields = Readonly<Record<string, FieldKind>>;

/** How a format writes values, as far as it decides what must be refused. */
export interface Expression {
  /** Whether `true` and a half of a surrogate pair can be told from other texts. */
  readonly typed: boolean;
  /** Whether an object or a list can stand in a field's place. */
  readonly nests: boolean;
  /** Which of a repeated field's values counts; null where nobody can say. */
  readonly counts: "first" | "last" | null;
}

const text = (value: string): Value => ({ shape: "text", text: value });
const number = (value: string): Value => ({ shape: "number", text: value });
const NULL: Value = { shape: "null" };
const EMPTY = text("");

/** A value of a JSON document. */
export function readValue(json: unknown): Value {
  if (json === null) return NULL;
  if (typeof json === "object") return { shape: "structure", value: json };
  if (typeof json === "boolean") return { shape: "flag", value: json };
  return typeof json === "number" ? number(String(json)) : text(String(json));
}

/** Numbers that no field can hold, and texts that JSON would not even read as numbers. */
const ABSURD = [
  "1e400",
  "-1e400",
  "1E999999",
  "1e999999999",
  "9".repeat(40),
  `0.${"3".repeat(60)}1`,
  "NaN",
  "-Infinity",
  "1e",
  "--1",
  "1_000",
];

/** Numbers that some fields can hold. */
const ODD = ["-0", "0", "-1", "0.0", "1.005", "1e2", "1E+2", "1e-7", "1e-999999999", "0x10", "007"];
const ODD_LARGE = ["9007199254740993", "999999999999", "2147483648", "+1", ".5", "1."];

/** Texts that are no number, no date, no phone, no address and no name of anything. */
const WORDS = [
  "abc",
  "null",
  "undefined",
  "true",
  "\u0661\u0662\u0663",
  "\u00bd",
  "\uff11\uff12",
  "\u{1f642}",
  "a\u0000b",
  "\u0000",
  "\u001f",
  "\u202eabc",
  "'; DROP TABLE customers; --",
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "%00",
  "%zz",
  "\\u0000",
  "{{1}}",
];

const ODD_TEXTS = [" ", "\u00a0", "\ufeff1", " 1 ", "1,5", "1\n", "CUST_7", "cus_0", "[]", "{}"];
const ILL_FORMED = ["\ud800", "a\udc00b", "\udbff\ud800"];
/** Longer than any field. */
const LONG = ["9".repeat(10_000), "x".repeat(10_000), "\u00e9".repeat(10_000)];

/** Deep, but so that every writer of documents can still write it. */
function nest(depth: number): object {
  let inner: object = [];
  for (let i = 0; i < depth; i += 1) inner = i % 2 === 0 ? { a: inner } : [inner];
  return inner;
}

const STRUCTURES: readonly object[] = [
  {},
  [],
  [{}],
  [null],
  { a: 1 },
  ["a", "b"],
  JSON.parse('{"__proto__":{"points":5}}') as object,
  { toString: 1, valueOf: null },
  { length: 1e9, 0: "a" },
  nest(500),
];

const structure: fc.Arbitrary<Value> = fc
  .oneof(
    fc.constantFrom(...STRUCTURES),
    fc.array(fc.jsonValue(), { maxLength: 3 }),
    fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
  )
  .map((value) => ({ shape: "structure", value }));
const flag: fc.Arbitrary<Value> = fc.boolean().map((value) => ({ shape: "flag", value }));
const absurd = fc.constantFrom(...ABSURD).map(number);
const word = fc.constantFrom(...WORDS).map(text);
const long = fc.constantFrom(...LONG).map(text);
const illFormed = fc.constantFrom(...ILL_FORMED).map(text);
const missing = fc.constantFrom(NULL, EMPTY);

/** Any value that no till sends on purpose. */
export const hostileValues: fc.Arbitrary<Value> = fc.oneof(
  structure,
  flag,
  absurd,
  fc.constantFrom(...ODD, ...ODD_LARGE).map(number),
  fc.oneof(fc.double(), fc.bigInt()).map((value) => number(String(value))),
  word,
  long,
  illFormed,
  missing,
  fc.constantFrom(...ODD_TEXTS).map(text),
  fc.string({ unit: "binary", maxLength: 40 }).map(text),
);

/** Values that a field of that kind must refuse; none for some fields of forms. */
export function refusedValues(kind: FieldKind, format: Expression): fc.Arbitrary<Value>[] {
  const required = kind.endsWith("!");
  const base = kind.replace("!", "");
  const values: fc.Arbitrary<Value>[] = required ? [missing] : [];
  if (base === "any") return values;
  // Where nothing nests, the field itself is then missing.
  if (format.nests || required) values.push(structure);
  if (format.typed || base === "strict") values.push(flag);
  if (base !== "id") values.push(long);
  if (format.typed && base !== "id") values.push(illFormed);
  if (base === "strict") values.push(absurd, word);
  return values;
}

/** Names that mean something to the language instead of to a dialect. */
export const hostileNames: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then"),
  fc.constantFrom("", " ", "\u0000", "a.b", "a/b~c", "\ud800", "length", "0", "$where"),
  fc.string({ maxLength: 12 }).map((name) => `zz${name}`),
);
