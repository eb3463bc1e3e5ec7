import * as z from "zod";

/** A date on the wire. */
export const dateAnswer = z.string().regex(/^\d\d-\d\d-\d{4}$/);

/** The body of what was done and has nothing else to tell. */
export const messageAnswer = z.object({ msg: z.array(z.string()) });

/** The body of what is told by the id of its transaction. */
export const transactionAnswer = z.object({ transaction_id: z.string() });
