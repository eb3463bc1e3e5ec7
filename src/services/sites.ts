import { ulid } from "ulid";
import type { LoyaltyError } from "../core/errors.ts";
import { notFound } from "../core/errors.ts";
import { makeId } from "../core/ids.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import type { SiteRow } from "../registry/sites.ts";
import { findSite, findSiteByCode, insertSite, listSites } from "../registry/sites.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import type { Context } from "./context.ts";
import type { Page } from "./lists.ts";
import { pageOf } from "./lists.ts";

export type { SiteRow } from "../registry/sites.ts";

/** A place of sale to add. */
export interface SiteInput {
  readonly code: string;
  readonly name: string;
  readonly kind: string | null;
  readonly address: Readonly<Record<string, string>>;
}

/** Adds a site to the merchant. `already_exists` when the code is taken. */
export async function createSite(
  ctx: Context,
  input: SiteInput,
): Promise<Result<SiteRow, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  const row = {
    id: makeId("sit", ulid(now)),
    merchantId,
    ...input,
    address: { ...input.address },
    createdAt: now,
    updatedAt: now,
  };
  const work = unitOfWork(db, principal.mode);
  work.add(insertSite(db, row));
  if (!(await work.commit())) {
    return err({ code: "already_exists", object: "site", field: "code" });
  }
  return ok((await findSite(db, merchantId, row.id)) ?? { ...row, number: 0 });
}

/** A merchant's sites, newest first. */
export async function pageSites(
  ctx: Context,
  limit: number,
  before: string | null,
): Promise<Page<SiteRow>> {
  return pageOf(await listSites(ctx.db, ctx.principal.merchant.id, limit + 1, before), limit);
}

/** A merchant's site by its code. */
export async function getSiteByCode(
  ctx: Context,
  code: string,
): Promise<Result<SiteRow, LoyaltyError>> {
  const row = await findSiteByCode(ctx.db, ctx.principal.merchant.id, code);
  return row === undefined ? notFound("site") : ok(row);
}
