import type * as fc from "fast-check";
import type { Expression, Member } from "./values.ts";

/** A way to spoil a document. */
export interface Mangling {
  readonly what: string;
  mangle(document: string): string;
}

/** A way to write fields as a body, and to spoil what was written. */
export interface BodyFormat extends Expression {
  readonly name: "json" | "form" | "xml";
  readonly contentType: string;
  write(members: readonly Member[]): string;
  /** Leaves a document of which no required field can be read. */
  readonly unreadable: fc.Arbitrary<Mangling>;
}

/** A mangling with nothing to choose. */
export function mangling(what: string, mangle: (document: string) => string): Mangling {
  return { what, mangle };
}

/** Keeps a beginning of a document: never nothing, never all of it. */
export function truncated(share: number): Mangling {
  return mangling(`cut after ${Math.round(share * 100)} %`, (document) =>
    document.slice(0, 1 + Math.floor(share * Math.max(0, document.length - 1))),
  );
}
