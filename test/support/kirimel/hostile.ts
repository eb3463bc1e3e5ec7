/** A value that no till sends on purpose. */
export interface Hostile {
  readonly name: string;
  /** As it stands in a JSON document. */
  readonly json: string;
  /** As it stands in a form; null where a form cannot say it. */
  readonly text: string | null;
}

const text = (name: string, value: string): Hostile => ({
  name,
  json: JSON.stringify(value),
  text: value,
});

const json = (name: string, source: string): Hostile => ({ name, json: source, text: null });
const number = (name: string, source: string): Hostile => ({ name, json: source, text: source });

/** Every kind of bad input that the service must withstand, whatever the field. */
export const HOSTILE: readonly Hostile[] = [
  json("an object", '{"points":50,"customer_id":123456}'),
  json("an empty object", "{}"),
  json("an empty list", "[]"),
  json("a list of objects", '[{"a":1}]'),
  json("true", "true"),
  json("false", "false"),
  json("a deep nest", `${"[".repeat(500)}${"]".repeat(500)}`),
  json("a lone surrogate", '"\\ud800"'),
  text("ten thousand characters", "9".repeat(10_000)),
  number("a negative number", "-1"),
  number("a huge number", "123456789012345678901234567890"),
  number("a number beyond floats", "1e400"),
  number("a fraction", "1.5"),
  text("emoji", "🙂👩‍👩‍👧"),
  text("a NUL", "a\u0000b"),
  text("SQL", "'; DROP TABLE customers; --"),
  text("a boolean word", "true"),
  text("__proto__", "__proto__"),
  text("markup", "<script>alert(1)</script>"),
  text("a right-to-left override", "\u202e\u0661\u0662"),
];

/** What a field holds, which decides what it may be. */
export type FieldKind =
  | "text"
  | "phone"
  | "email"
  | "date"
  | "list"
  | "customer"
  | "count"
  | "money";

/** `legal` and understood, `invalid` by form, or the number of `nobody`. */
export type Verdict = "legal" | "invalid" | "nobody";

const NO_SCALAR = ["an object", "an empty object", "a list of objects", "a deep nest"];
const NO_TEXT = [...NO_SCALAR, "an empty list", "true", "false", "a lone surrogate"];
const LEGAL: Partial<Record<FieldKind, readonly string[]>> = {
  money: ["a fraction"],
  list: ["an empty list"],
};

/** What the service must make of a hostile value in a field of that kind. */
export function verdictOn(kind: FieldKind, hostile: Hostile): Verdict {
  const { name } = hostile;
  const tooLong = name === "ten thousand characters";
  if (kind === "text") return NO_TEXT.includes(name) || tooLong ? "invalid" : "legal";
  if (kind === "customer") {
    const scalar = !NO_TEXT.includes(name) || name === "a lone surrogate";
    return scalar ? "nobody" : "invalid";
  }
  return LEGAL[kind]?.includes(name) ? "legal" : "invalid";
}
