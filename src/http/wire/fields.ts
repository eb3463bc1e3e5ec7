import * as z from "zod";
import { JsonNumber } from "./body.ts";

/** Fields as the wire carries them: scalars as texts, nothing for what is null or empty. */
export type Fields = Readonly<Record<string, unknown>>;

/** Drops what is null or empty, and takes numbers as the texts that they were written as. */
export function presentFields(fields: Fields): Record<string, unknown> {
  // Without a prototype: a field named __proto__ must not hand others down.
  const read: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === "") continue;
    read[name] = value instanceof JsonNumber ? value.text : value;
  }
  return read;
}

/** A text field; others are built on it. */
export const text = (max: number) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? "is required" : "must be a text") })
    .max(max, `must be at most ${max} characters`)
    .refine((value) => value.isWellFormed(), "must be well-formed Unicode");
