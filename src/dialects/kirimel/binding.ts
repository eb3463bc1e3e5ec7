import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { Context } from "../../services/context.ts";
import { resolveCustomer } from "../../services/customers/identity.ts";
import { claimGuard } from "../../services/ledger/guarded-writes.ts";
import { bindGuard } from "../../services/ledger/wallets.ts";
import type { Access, Signed } from "./authentication.ts";
import { readBodyFields } from "./fields.ts";
import { parseCustomer } from "./mapping.ts";

/**
 * Binds the signature of a call whose act does not bind it by itself, also in the wallet of the
 * customer that the request names. Who that is, only the signed bytes say: path and query are not
 * signed, and must not lead the signature to be bound in somebody else's wallet.
 */
export async function bind(
  { caller, body }: Signed,
  { access }: Access,
): Promise<Result<null, LoyaltyError>> {
  if (access === "claim") return claimGuard(caller, namedCustomer(body));
  return access === "preview" ? bindPreview(caller, namedCustomer(body)) : ok(null);
}

async function bindPreview(
  ctx: Context,
  named: number | null,
): Promise<Result<null, LoyaltyError>> {
  if (ctx.guard === null || named === null) return ok(null);
  const customer = await resolveCustomer(ctx, named);
  return customer.ok ? bindGuard(ctx, customer.value, ctx.guard) : ok(null);
}

function namedCustomer(body: Uint8Array): number | null {
  const fields = readBodyFields(body);
  const text = fields.ok ? fields.value.customer_id : undefined;
  return typeof text === "string" ? parseCustomer(text) : null;
}
