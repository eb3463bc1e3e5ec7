import { CUSTOMER_CALLS } from "./customers/calls.ts";
import { GROUP_CALLS } from "./groups/calls.ts";
import { POINT_CALLS } from "./points/calls.ts";
import { VOUCHER_CALLS } from "./vouchers/calls.ts";

/** Every call of the loyalty API. */
export const CALLS = [...GROUP_CALLS, ...CUSTOMER_CALLS, ...POINT_CALLS, ...VOUCHER_CALLS];
