import { callMaker, json } from "../../../http/calls.ts";
import type { Wording } from "../declaration.ts";
import { noFields } from "../schemas.ts";
import { signInAnswer } from "./answers.ts";
import type { Attempt } from "./authentication.ts";
import { signInPerson } from "./operations.ts";

const call = callMaker<Attempt>();

/** How signing in words its errors, also those of the attempt that was not let in. */
export const SIGN_IN_WORDING: Wording = {
  failure: 400,
  texts: {
    key_missing: () => "Missing account id or api key",
    key_unknown: () => "Failed to authenticate",
    key_expired: () => "Failed to authenticate",
    site_required: () => "Missing outlet key",
    site_not_allowed: () => "User is not authorized due to outlet is not granted",
  },
};

/** Signing in, on the path of the documentation's text and on that of its sample. */
export const SIGN_IN_CALLS = [
  call({
    method: "POST",
    path: ["/merchant/auth", "/auth"],
    summary: "Signs a person in at an outlet",
    scope: null,
    input: noFields,
    answer: json(signInAnswer),
    errors: ["staff_credentials_invalid", "site_required", "site_not_allowed"],
    act: signInPerson,
  }),
];
