import { ulid } from "ulid";
import type { LoyaltyError } from "../core/errors.ts";
import { notFound } from "../core/errors.ts";
import { makeId } from "../core/ids.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import type { SiteRow } from "../registry/sites.ts";
import { countSites, findSite, findSiteByCode, insertSite, listSites } from "../registry/sites.ts";
import type { Context } from "./context.ts";
import type { Page } from "./lists.ts";
import { pageOf } from "./lists.ts";
import { guardWrite } from "./requests.ts";

export type { SiteRow } from "../registry/sites.ts";

/** A place of sale to add. */
export interface SiteInput {
  readonly code: string;
  readonly name: string;
  readonly kind: string | null;
  readonly address: Readonly<Record<string, string>>;
}

/**
 * Adds a site to the merchant. `already_exists` when the code is taken, `limit_reached` when the
 * merchant's plan has no room. The limit is part of the insert itself.
 */
export async function createSite(
  ctx: Context,
  input: SiteInput,
  named: number | null,
): Promise<Result<SiteRow, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const { id: merchantId, siteLimit } = principal.merchant;
  const id = makeId("sit", ulid(now));
  const address = { ...input.address };
  const row = { id, merchantId, ...input, address, createdAt: now, updatedAt: now };
  const made = await guardWrite(ctx, named, async (work) => {
    if ((await findSiteByCode(db, merchantId, input.code)) !== undefined) {
      return err({ code: "already_exists", object: "site", field: "code" });
    }
    const count = await countSites(db, merchantId);
    if (siteLimit !== null && count >= siteLimit) {
      return err({ code: "limit_reached", object: "site", limit: siteLimit });
    }
    work.addConditional(insertSite(db, row, siteLimit));
    return ok({ id, number: count + 1 });
  });
  if (!made.ok) return made;
  const stored = await findSite(db, merchantId, made.value.id);
  return ok(stored ?? { ...row, number: made.value.number });
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
