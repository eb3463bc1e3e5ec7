import * as z from "zod";

/** A moment, RFC 3339 UTC with milliseconds. */
export const time = z.iso.datetime();
export const optionalTime = time.nullable();
export const optionalText = z.string().nullable();

/** Where an object's fields begin. */
export const identity = <N extends string>(object: N) => ({
  id: z.string(),
  object: z.literal(object),
});

/** Where most objects' fields end. */
export const stamps = { created_at: time, updated_at: time };

/** What is left to tell of an object that was removed. */
export const deleted = <N extends string>(object: N) =>
  z.object({ ...identity(object), deleted: z.literal(true) });
