import type * as z from "zod";
import type { SignIn } from "../../../services/access/sign-ins.ts";
import type { Scope } from "../../../services/context.ts";
import type { signInAnswer } from "./answers.ts";

type SignInBody = z.input<typeof signInAnswer>;

/** What a person may do, in the words of `granted_access`. */
const GRANTS: readonly (readonly [SignInBody["granted_access"][number], Scope])[] = [
  ["customer", "write:customers"],
  ["reward", "write:transactions"],
  ["voucher", "write:vouchers"],
  ["membership", "write:memberships"],
];

/** The body of a sign-in. */
export function signInBody({ token, lifetimeMs, staff, site, scopes }: SignIn): SignInBody {
  const seconds = lifetimeMs / 1_000;
  return {
    "x-auth-token": token,
    expires_in_seconds: seconds,
    username: staff.username,
    name: staff.name,
    outlet_name: site.name,
    granted_access: GRANTS.filter(([, scope]) => scopes.includes(scope)).map(([word]) => word),
    auth_token: token,
    expires_in_second: seconds,
  };
}
