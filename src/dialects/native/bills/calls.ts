import { pageBills } from "../../../services/events/projection.ts";
import { readCustomer, setFreshness } from "../customers/lines.ts";
import { list } from "../declarations.ts";
import { billAnswer } from "./answers.ts";
import { billBody } from "./mapping.ts";

/** Recorded purchases, from the wallets' copies. */
export const BILL_CALLS = [
  list({
    path: "/bills",
    summary: "Lists the merchant's bills, newest first",
    scope: "read:customers",
    item: billAnswer,
    errors: [],
    async read(ctx, limit, before, received) {
      await setFreshness(received, ctx, null);
      return pageBills(ctx, null, limit, before);
    },
    show: billBody,
  }),
  list({
    path: "/customers/:id/bills",
    summary: "Lists a customer's bills, newest first",
    scope: "read:customers",
    item: billAnswer,
    errors: ["not_found", "erased"],
    async read(ctx, limit, before, received) {
      const found = await readCustomer(ctx, received);
      return found.ok ? pageBills(ctx, found.value.id, limit, before) : found;
    },
    show: billBody,
  }),
];
