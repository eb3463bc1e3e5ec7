import { CUSTOMER_CALLS } from "./customers/calls.ts";
import { MEMBERSHIP_CALLS } from "./memberships/calls.ts";
import { REWARD_CALLS } from "./rewards/calls.ts";
import { VOUCHER_CALLS } from "./vouchers/calls.ts";

/** Every call of somebody who is signed in; `sign-in/calls.ts` is what comes before. */
export const CALLS = [...CUSTOMER_CALLS, ...REWARD_CALLS, ...VOUCHER_CALLS, ...MEMBERSHIP_CALLS];
