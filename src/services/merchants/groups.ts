import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { completeMerchant, findMerchant } from "../../registry/merchants/merchants.ts";
import { forgetCredentials } from "../access/credentials.ts";
import type { Context } from "../context.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";

/** A loyalty group to create for an account that has none. */
export interface GroupInput {
  readonly slug: string;
  readonly name: string;
  readonly businessType: string;
  /** Customer number that the same request carries for another purpose; see `guardWrite`. */
  readonly named: number | null;
}

/** A merchant's loyalty group. */
export interface Group {
  readonly number: number;
  /** The slug and eight random hex digits. */
  readonly code: string;
}

const SUFFIX_BYTES = 4;

/** Creates the merchant's one group; `already_exists` (group) when it has one. */
export async function createGroup(
  ctx: Context,
  input: GroupInput,
): Promise<Result<Group, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const { id } = principal.merchant;
  const created = await guardWrite<Group>(ctx, input.named, async (work) => {
    const merchant = await findMerchant(db, { id });
    if (merchant === undefined || !merchant.pending) {
      return err({ code: "already_exists", object: "group", field: "merchant" });
    }
    const { name, businessType } = input;
    const groupCode = `${input.slug}_${randomHex()}`;
    work.addConditional(
      completeMerchant(db, id, { name, businessType, groupCode, updatedAt: now }),
    );
    return ok({ number: merchant.number, code: groupCode });
  });
  forgetCredentials();
  return created;
}

function randomHex(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SUFFIX_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
