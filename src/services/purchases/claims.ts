import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { deleteClaim, findClaim, insertClaim } from "../../registry/purchases/claims.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Context } from "../context.ts";

/** How often a claim that was given back under somebody's eyes is tried again. */
const MAX_ATTEMPTS = 5;

/** A natural key that stands for one command in the whole merchant, whatever the customer. */
export interface Claim {
  /** Name space of the key, like a reference's operation. */
  readonly operation: string;
  readonly key: string;
  /** How another setting of the merchant writes the key; whoever has it, has the key. */
  readonly alias?: string;
  /** `cus_` id of the customer whose wallet books the command. */
  readonly customer: string;
}

/**
 * Claims a key for a customer's command before a wallet books it; as what that customer has it now,
 * or null where somebody else has. The claim is only the way in: whether the command is a repeat is
 * for the wallet to say, so that after a crash in between the same customer's command is still
 * booked.
 */
export async function claimReference(
  ctx: Context,
  { operation, key, alias = key, customer }: Claim,
): Promise<Result<string | null, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
    const held = await findClaim(db, merchantId, operation, [key, alias]);
    if (held !== undefined) return ok(held.customerId === customer ? held.key : null);
    const work = unitOfWork(db, principal.mode);
    work.add(insertClaim(db, { merchantId, operation, key, customerId: customer, createdAt: now }));
    if (await work.commit()) return ok(key);
  }
  return err({ code: "customer_busy" });
}

/** Gives a key back whose command the wallet refused, so that it may be used after all. */
export async function releaseReference(
  ctx: Context,
  { operation, key, customer: customerId }: Claim,
): Promise<void> {
  const work = unitOfWork(ctx.db, ctx.principal.mode);
  const merchantId = ctx.principal.merchant.id;
  work.add(deleteClaim(ctx.db, { merchantId, operation, key, customerId }));
  await work.commit();
}
