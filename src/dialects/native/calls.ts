import type { KeyForms } from "./access/calls.ts";
import { keyCalls, STAFF_CALLS } from "./access/calls.ts";
import { BILL_CALLS } from "./bills/calls.ts";
import { CUSTOMER_TYPE_CALLS } from "./customer-type/calls.ts";
import { CUSTOMER_CALLS } from "./customers/calls.ts";
import { FEED_CALLS, REBUILD_CALLS } from "./events/calls.ts";
import { importCalls } from "./import/calls.ts";
import { MEMBERSHIP_CALLS, MEMBERSHIP_PROGRAM_CALLS } from "./memberships/calls.ts";
import type { DEPLOYMENT_CALLS } from "./merchants/calls.ts";
import { MESSAGE_CALLS } from "./messages/calls.ts";
import type { DescribeProblem } from "./problem.ts";
import { PROGRAM_CALLS } from "./programs/calls.ts";
import { SITE_CALLS } from "./sites/calls.ts";
import { VOUCHER_CALLS } from "./vouchers/calls.ts";
import { ENDPOINT_CALLS } from "./webhooks/calls.ts";
import { DELIVERY_CALLS } from "./webhooks/deliveries.ts";

/** What calls need to be told of what stands outside them. */
export interface Surroundings {
  readonly forms: KeyForms;
  readonly describe: DescribeProblem;
}

/** Every call on a merchant's behalf. */
export const nativeCalls = ({ forms, describe }: Surroundings) => [
  ...SITE_CALLS,
  ...PROGRAM_CALLS,
  ...keyCalls(forms),
  ...STAFF_CALLS,
  ...VOUCHER_CALLS,
  ...MEMBERSHIP_PROGRAM_CALLS,
  ...MEMBERSHIP_CALLS,
  ...CUSTOMER_TYPE_CALLS,
  ...ENDPOINT_CALLS,
  ...DELIVERY_CALLS,
  ...FEED_CALLS,
  ...REBUILD_CALLS,
  ...MESSAGE_CALLS,
  ...CUSTOMER_CALLS,
  ...BILL_CALLS,
  ...importCalls(describe),
];

export { DEPLOYMENT_CALLS } from "./merchants/calls.ts";

export type NativeCalls = ReturnType<typeof nativeCalls>;
export type DeploymentCalls = typeof DEPLOYMENT_CALLS;
