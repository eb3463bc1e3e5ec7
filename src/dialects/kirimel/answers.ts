import * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";

/** What an act comes to: a body of that schema, or an error for the table. */
export type Answer<S extends z.ZodType> = Promise<Result<z.input<S>, LoyaltyError>>;

export const success = z.literal(true);

export const textOrNull = z.string().nullable();

/** UTC, whole seconds. */
export const time = z.iso.datetime();

export const day = z.iso.date();

/** What a tier gives. */
export const benefits = z.array(z.string()).readonly();

/** A body whose contents stand in `data`. */
export const dataAnswer = <S extends z.ZodObject>(data: S) => z.object({ success, data });

/** What stands beside the lines of a list. */
export const page = { page: z.int(), per_page: z.int(), total: z.int() };

/** How far a customer is from the next tier. */
export const tierProgress = z.object({
  current_tier: textOrNull,
  points_to_next: z.int(),
  next_tier: textOrNull,
});

/** What a person's decision came to. */
export const correction = z.object({
  transaction_id: z.string(),
  points_delta: z.int(),
  new_balance: z.int(),
});
