import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { eraseCustomerWrites } from "../../registry/customers/erasure.ts";
import type { Context } from "../context.ts";
import { makeEvent } from "../events/events.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";
import { bookStatus } from "../ledger/wallets.ts";
import { endMemberships, listMemberships } from "../memberships/memberships.ts";
import { getCustomer } from "./customers.ts";
import { forgetIdentity } from "./identity.ts";
import { forgetProfile } from "./profiles.ts";

/**
 * Erases a customer: all personal data is gone, nothing finds the customer any more, and what the
 * customer was found by is free for somebody else. The ledger stays, under the `cus_` id; it is
 * closed before all else, so that nothing is booked any more by whoever still knows the number.
 * `not_found` (customer) when there is no such customer, or no more. What a crash leaves undone,
 * the wallet's alarm finishes a minute later, or the erasure done again before.
 */
export async function eraseCustomer(ctx: Context, id: string): Promise<Result<null, LoyaltyError>> {
  const merchantId = ctx.principal.merchant.id;
  const erased = await guardWrite<null>(ctx, null, async (work) => {
    const found = await getCustomer(ctx, id);
    if (!found.ok) return found;
    const closed = await bookStatus(ctx, id, "erased", found.value.status);
    if (!closed.ok) return closed;
    endMemberships(ctx, work, await listMemberships(ctx, id));
    const { conditional, others } = eraseCustomerWrites(ctx.db, merchantId, id, ctx.now);
    work.addConditional(conditional);
    work.add(...others);
    work.addEvents(merchantId, [makeEvent(ctx, "customer.erased", id, { customer: id })]);
    return ok(null);
  });
  if (erased.ok) {
    forgetIdentity(id);
    forgetProfile(id);
  }
  return erased;
}
