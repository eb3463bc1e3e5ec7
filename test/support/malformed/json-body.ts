import * as fc from "fast-check";
import type { BodyFormat } from "./body-format.ts";
import { mangling, truncated } from "./body-format.ts";
import type { Member, Value } from "./values.ts";

/** Numbers stand as they are, however absurd; names may repeat. */
function write(members: readonly Member[]): string {
  const written = members.map(([name, value]) => `${JSON.stringify(name)}:${writeValue(value)}`);
  return `{${written.join(",")}}`;
}

function writeValue(value: Value): string {
  if (value.shape === "null") return "null";
  if (value.shape === "number") return value.text;
  return JSON.stringify(value.shape === "text" ? value.text : value.value);
}

const instead = (document: string) => mangling(`is ${document.slice(0, 20)}`, () => document);

const TOP_LEVEL = [
  "null",
  "true",
  "42",
  '"text"',
  "[1]",
  "[[]]",
  '[{"a":1}]',
  "-",
  "nul",
  "\u0000",
];

/** A nest that is deeper than any reader's stack, closed or not. */
const NESTS = [
  "[".repeat(30_000),
  '{"a":'.repeat(10_000),
  `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
  `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
];

/** A body of JSON: one object. */
export const jsonBody: BodyFormat = {
  name: "json",
  contentType: "application/json",
  typed: true,
  nests: true,
  counts: "last",
  write,
  unreadable: fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: 0, max: 0.999, noNaN: true }).map(truncated) },
    { weight: 2, arbitrary: fc.constantFrom(...TOP_LEVEL).map(instead) },
    { weight: 2, arbitrary: fc.constantFrom(...NESTS).map(instead) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        mangling("twice", (document) => document + document),
        mangling("in a list", (document) => `[${document}]`),
        mangling("as a text", (document) => JSON.stringify(document)),
        mangling("with a letter behind", (document) => `${document}x`),
        mangling("with a bracket before", (document) => `{${document}`),
        mangling("with a comma too many", (document) => document.replace(/}$/, ",}")),
        mangling("with an open name", (document) => document.replace(/^\{/, '{"a,')),
        mangling("with a bare name", (document) => document.replace(/^\{/, "{a:1,")),
        mangling("with a comment", (document) => document.replace(/^\{/, "{/* a */")),
        mangling("with a control character", (document) => document.replace(/^\{/, '{"\u0001":1,')),
        mangling("with a broken escape", (document) => document.replace(/^\{/, '{"\\u00zz":1,')),
        mangling("with a number of no form", (document) => document.replace(/^\{/, '{"a":01,')),
        mangling("in single quotes", (document) => `'${document}'`),
      ),
    },
  ),
};
