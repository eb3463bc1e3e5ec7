import * as z from "zod";
import { dateAnswer } from "../answers.ts";

/** Body of `GET …`: what a customer holds today. */
export const membershipsAnswer = z.array(
  z.object({
    desc: z.string().nullable(),
    entitled_date: dateAnswer,
    expiry_date: dateAnswer,
    label: z.string(),
    terms_and_conditions: z.string().nullable(),
  }),
);
