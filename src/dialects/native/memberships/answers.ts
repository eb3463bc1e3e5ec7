import * as z from "zod";
import { identity, optionalText, stamps, text, whole } from "../answers.ts";

/** A programme of cards. */
export const membershipProgramAnswer = z.object({
  ...identity("membership_program"),
  key: text,
  label: text,
  description: optionalText,
  conditions: optionalText,
  years: whole,
  ...stamps,
});

/** A card that a customer holds; `program` is the programme's key. */
export const membershipAnswer = z.object({
  ...identity("membership"),
  customer: text,
  program: text,
  label: text,
  entitled_on: z.iso.date(),
  expires_on: z.iso.date(),
  ...stamps,
});
