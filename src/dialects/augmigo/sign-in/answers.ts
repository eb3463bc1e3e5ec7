import * as z from "zod";

/** Body of a sign-in: the sample's six keys, then the two spellings of its table. */
export const signInAnswer = z.object({
  "x-auth-token": z.string(),
  expires_in_seconds: z.int(),
  username: z.string(),
  name: z.string(),
  outlet_name: z.string(),
  granted_access: z.array(z.enum(["customer", "reward", "voucher", "membership"])),
  auth_token: z.string(),
  expires_in_second: z.int(),
});
