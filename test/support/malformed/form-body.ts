import * as fc from "fast-check";
import type { BodyFormat } from "./body-format.ts";
import { mangling } from "./body-format.ts";
import type { Member, Value } from "./values.ts";

/** Objects and lists as PHP and Rails send them: `a[b][]=1`. */
function pairsOf(name: string, value: Value): [string, string][] {
  if (value.shape === "structure") return structurePairs(name, value.value);
  if (value.shape === "null") return [[name, ""]];
  return [[name, value.shape === "flag" ? String(value.value) : value.text]];
}

function structurePairs(name: string, value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [[name, String(value)]];
  const pairs = Object.entries(value).flatMap(([key, item]) =>
    structurePairs(`${name}[${Array.isArray(value) ? "" : key}]`, item),
  );
  return pairs.length === 0 ? [[`${name}[]`, ""]] : pairs;
}

function write(members: readonly Member[]): string {
  return String(new URLSearchParams(members.flatMap(([name, value]) => pairsOf(name, value))));
}

const eachPair = (change: (pair: string) => string) => (document: string) =>
  document.split("&").map(change).join("&");

const NO_FIELDS = ["&&&", "=", "==&=", "%", "%=%zz", "a", "\u0000", "&".repeat(10_000)];

/** A body of `application/x-www-form-urlencoded`. Every text is one, but not of these fields. */
export const formBody: BodyFormat = {
  name: "form",
  contentType: "application/x-www-form-urlencoded",
  typed: false,
  nests: false,
  counts: "first",
  write,
  unreadable: fc.oneof(
    fc.constantFrom(...NO_FIELDS).map((text) => mangling(`is ${text.slice(0, 20)}`, () => text)),
    fc.constantFrom(
      mangling(
        "with broken names",
        eachPair((pair) => `%zz${pair}`),
      ),
      mangling(
        "with names in percent signs of percent signs",
        eachPair((pair) => pair.replace(/^./, (first) => `%25${first.charCodeAt(0).toString(16)}`)),
      ),
      mangling(
        "with names that end in a NUL",
        eachPair((pair) => pair.replace("=", "%00=")),
      ),
      mangling(
        "with names of lists",
        eachPair((pair) => pair.replace("=", "[]=")),
      ),
      mangling(
        "with names without values",
        eachPair((pair) => pair.replace(/=.*/s, "")),
      ),
      mangling("encoded twice", encodeURIComponent),
      mangling("behind a brace", (document) => `{${document}`),
    ),
  ),
};
