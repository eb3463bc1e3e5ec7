import type { LoyaltyError } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { prefixOf } from "../../core/vouchers.ts";
import type { UnitOfWork } from "../../registry/unit-of-work.ts";
import type { SeriesRow } from "../../registry/vouchers/vouchers.ts";
import { findVouchersByCodes, insertVouchers } from "../../registry/vouchers/vouchers.ts";
import { ulid } from "../../ulid.ts";
import { BASE36, randomText } from "../access/key-texts.ts";
import type { Context } from "../context.ts";
import { makeEvent } from "../events/events.ts";

/** Vouchers that one request may make. */
export const MAX_VOUCHERS = 1_000;

const CODE_LENGTH = 12;

/** How many codes to make, or codes that are brought along. */
export type WantedCodes = { readonly quantity: number } | { readonly imported: readonly string[] };

/** Vouchers to add to a series. */
export interface VouchersInput {
  readonly series: Pick<SeriesRow, "id" | "key" | "kind" | "codePrefix">;
  readonly codes: WantedCodes;
  /** `cus_` id of the customer that they are issued to; null: nobody. */
  readonly customer: string | null;
  /** First and last good business day, `YYYY-MM-DD`; null: the series' counts. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
}

/** What decides the form of a series' codes. */
type CodeForm = Pick<SeriesRow, "key" | "codePrefix">;

/** A fresh code from a secure random source; one with a prefix is read in any case. */
export function freshCode(series: CodeForm): string {
  const prefix = prefixOf(series);
  return prefix === null ? randomText(CODE_LENGTH) : prefix + randomText(CODE_LENGTH, BASE36);
}

/**
 * Adds the writes that make vouchers, with their events where somebody gets them; answers the
 * codes. `already_exists` (voucher) when a code that is brought along is in use or comes twice.
 */
export async function addVouchersTo(
  ctx: Context,
  work: UnitOfWork,
  input: VouchersInput,
): Promise<Result<readonly string[], LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  const { series, customer: customerId, validFrom, validUntil } = input;
  const imported = "imported" in input.codes;
  const codes = "imported" in input.codes ? input.codes.imported : freshCodes(series, input.codes);
  if (codes.length === 0) return ok(codes);
  if (imported && (await areTaken(ctx, codes))) {
    return err({ code: "already_exists", object: "voucher", field: "code" });
  }
  const vouchers = codes.map((code) => ({ id: makeId("vou", ulid(now)), code }));
  const generated = !imported && prefixOf(series) !== null;
  const validity = { validFrom, validUntil };
  const added = { merchantId, seriesId: series.id, generated, now, customerId, vouchers };
  work.add(insertVouchers(db, { ...added, ...validity }));
  if (customerId !== null) {
    const about = { customer: customerId, series: series.id, kind: series.kind };
    const issued = vouchers.map(({ id }) =>
      makeEvent(ctx, "voucher.issued", customerId, { ...about, voucher: id }),
    );
    work.addEvents(merchantId, issued);
  }
  return ok(codes);
}

/** Among so many possible codes two never meet, and the index refuses it. */
function freshCodes(series: CodeForm, { quantity }: { quantity: number }): string[] {
  const codes = new Set<string>();
  while (codes.size < quantity) codes.add(freshCode(series));
  return [...codes];
}

async function areTaken(ctx: Context, codes: readonly string[]): Promise<boolean> {
  if (new Set(codes).size < codes.length) return true;
  const taken = await findVouchersByCodes(ctx.db, ctx.principal.merchant.id, codes);
  return taken.length > 0;
}
