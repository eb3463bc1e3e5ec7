import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { projectorOf } from "../../events/client.ts";
import type { BillRow } from "../../registry/events/projection.ts";
import {
  findProjectedWallet,
  listProjectedBills,
  projectedAt,
} from "../../registry/events/projection.ts";
import type { RebuildRow } from "../../registry/events/rebuilds.ts";
import { findRebuild, startRebuild } from "../../registry/events/rebuilds.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Context } from "../context.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";

export type { BillRow } from "../../registry/events/projection.ts";
export type { RebuildRow } from "../../registry/events/rebuilds.ts";

/** How fresh what a list shows is. */
export interface Freshness {
  /** When the copies were last written, milliseconds since the epoch; null if never. */
  readonly asOf: number | null;
  /** Number of the last entry that the copy of one customer holds; null for lists. */
  readonly seq: number | null;
}

/** How fresh the copies of the merchant's wallets are, or of one customer's. */
export async function readFreshness(ctx: Context, customer: string | null): Promise<Freshness> {
  const merchantId = ctx.principal.merchant.id;
  if (customer === null) return { asOf: await projectedAt(ctx.db, merchantId), seq: null };
  const wallet = await findProjectedWallet(ctx.db, merchantId, customer);
  return { asOf: wallet?.publishedAt ?? null, seq: wallet?.seq ?? 0 };
}

/** Recorded purchases as the wallets last told them, newest first; null is all customers. */
export async function pageBills(
  ctx: Context,
  customer: string | null,
  limit: number,
  before: string | null,
): Promise<Page<BillRow>> {
  const { db, principal } = ctx;
  return pageOf(
    await listProjectedBills(db, principal.merchant.id, customer, limit + 1, before),
    limit,
  );
}

/** Starts to make all copies of the merchant's wallets anew; the work goes on by itself. */
export async function rebuildProjection(ctx: Context): Promise<Result<RebuildRow, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  const work = unitOfWork(db, principal.mode);
  work.add(startRebuild(db, merchantId, now));
  await work.commit();
  if (principal.mode === "live") await projectorOf(ctx.env, merchantId).rebuild();
  return getRebuild(ctx);
}

/** The merchant's last rebuild and how far it is. */
export async function getRebuild(ctx: Context): Promise<Result<RebuildRow, LoyaltyError>> {
  const row = await findRebuild(ctx.db, ctx.principal.merchant.id);
  return row === undefined ? notFound("rebuild") : ok(row);
}
