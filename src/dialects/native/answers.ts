import * as z from "zod";

export const text = z.string();
export const optionalText = text.nullable();
export const whole = z.int();
export const optionalWhole = whole.nullable();
export const flag = z.boolean();

/** A moment, RFC 3339 UTC with milliseconds. */
export const time = z.iso.datetime();
export const optionalTime = time.nullable();

/** Where an object's fields begin. */
export const identity = <N extends string>(object: N) => ({
  id: text,
  object: z.literal(object),
});

/** Where most objects' fields end. */
export const stamps = { created_at: time, updated_at: time };

/** What is left to tell of an object that was removed. */
export const deleted = <N extends string>(object: N) =>
  z.object({ ...identity(object), deleted: z.literal(true) });
