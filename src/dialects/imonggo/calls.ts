import { BRANCHES } from "./branches/calls.ts";
import { CUSTOMER_TYPES } from "./customer-type/calls.ts";
import { CUSTOMERS } from "./customers/calls.ts";
import { INVOICES } from "./invoices/calls.ts";
import { REWARDS } from "./rewards/calls.ts";
import { TOKENS } from "./tokens/calls.ts";

/** Every call with a token. */
export const CALLS = [...BRANCHES, ...CUSTOMER_TYPES, ...CUSTOMERS, ...INVOICES, ...REWARDS];

/** Every call without one. */
export const OPEN_CALLS = TOKENS;
