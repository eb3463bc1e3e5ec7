import { ok } from "../../../core/result.ts";
import { signIn } from "../../../services/access/sign-ins.ts";
import type { Answer } from "../declaration.ts";
import type { signInAnswer } from "./answers.ts";
import type { Attempt } from "./authentication.ts";
import { signInBody } from "./mapping.ts";

/** Whose password is wrong learns nothing about outlets. */
export async function signInPerson({ ctx, person }: Attempt): Answer<typeof signInAnswer> {
  const signedIn = await signIn(ctx, person);
  return signedIn.ok ? ok(signInBody(signedIn.value)) : signedIn;
}
