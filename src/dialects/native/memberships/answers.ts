import * as z from "zod";
import { identity, optionalText, stamps } from "../answers.ts";

/** A programme of cards. */
export const membershipProgramAnswer = z.object({
  ...identity("membership_program"),
  key: z.string(),
  label: z.string(),
  description: optionalText,
  conditions: optionalText,
  years: z.int(),
  ...stamps,
});

/** A card that a customer holds; `program` is the programme's key. */
export const membershipAnswer = z.object({
  ...identity("membership"),
  customer: z.string(),
  program: z.string(),
  label: z.string(),
  entitled_on: z.iso.date(),
  expires_on: z.iso.date(),
  ...stamps,
});
