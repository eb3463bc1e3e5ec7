import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { Findings } from "../../memory.ts";
import type { SiteRow, SiteWindow } from "../../registry/merchants/sites.ts";
import {
  countSites,
  findSite,
  findSiteByCode,
  findSiteByNumber,
  insertSite,
  listSites,
  listSitesByNumber,
  nextSiteNumber,
} from "../../registry/merchants/sites.ts";
import { ulid } from "../../ulid.ts";
import type { Context } from "../context.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";

export type { SiteRow } from "../../registry/merchants/sites.ts";

/** A place of sale to add. */
export interface SiteInput {
  readonly code: string;
  readonly name: string;
  readonly kind: string | null;
  readonly address: Readonly<Record<string, string>>;
  /** Number for dialects that speak numbers; null: the merchant's next one. */
  readonly number: number | null;
}

/**
 * Adds a site to the merchant. `already_exists` when the code or the number is taken,
 * `limit_reached` when the merchant's plan has no room. The limit is part of the insert itself.
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
    const { number } = input;
    if (number !== null && (await findSiteByNumber(db, merchantId, number)) !== undefined) {
      return err({ code: "already_exists", object: "site", field: "number" });
    }
    const count = await countSites(db, merchantId);
    if (siteLimit !== null && count >= siteLimit) {
      return err({ code: "limit_reached", object: "site", limit: siteLimit });
    }
    work.addConditional(insertSite(db, row, siteLimit));
    return ok({ id, number: number ?? (await nextSiteNumber(db, merchantId)) });
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

/** A merchant's site by its number. */
export async function getSiteByNumber(
  ctx: Context,
  number: number,
): Promise<Result<SiteRow, LoyaltyError>> {
  const row = await findSiteByNumber(ctx.db, ctx.principal.merchant.id, number);
  return row === undefined ? notFound("site") : ok(row);
}

/** A merchant's sites that were changed in a window of time, by their numbers. */
export async function listSiteWindow(
  { db, principal }: Context,
  window: SiteWindow,
  slice: { readonly limit: number; readonly offset: number },
): Promise<SiteRow[]> {
  return listSitesByNumber(db, principal.merchant.id, window, slice);
}

/**
 * The id of the site with that number, `not_found` if there is none. Where no number is told it is
 * the merchant's only site, null where it has none, and `site_required` where it has several.
 */
export async function siteOfNumber(
  ctx: Context,
  number: number | null,
): Promise<Result<string | null, LoyaltyError>> {
  if (number !== null) {
    const found = await getSiteByNumber(ctx, number);
    return found.ok ? ok(found.value.id) : found;
  }
  const [only, ...others] = await listSites(ctx.db, ctx.principal.merchant.id, 2, null);
  return others.length > 0 ? err({ code: "site_required" }) : ok(only?.id ?? null);
}

/** How long an isolate answers from what it knows of a site code. */
const KNOWN_MS = 30_000;
/** Unknown codes are forgotten sooner: a site that was just made should work. */
const UNKNOWN_MS = 2_000;
const MAX_CACHED = 5_000;
/** Characters of a site's code; longer ones are no site's, and not worth remembering. */
const MAX_CODE = 64;

const ids = new Findings<string>(MAX_CACHED);

/** The id of a merchant's site by its code, from the isolate's memory if it can. */
export async function recallSite(
  ctx: Context,
  code: string,
): Promise<Result<string, LoyaltyError>> {
  const { db, now, principal } = ctx;
  if (code.length > MAX_CODE) return notFound("site");
  const name = `${principal.merchant.id}/${code}`;
  let id = ids.recall(name, now);
  if (id === undefined) {
    id = (await findSiteByCode(db, principal.merchant.id, code))?.id ?? null;
    ids.remember(name, id, now + (id === null ? UNKNOWN_MS : KNOWN_MS));
  }
  return id === null ? notFound("site") : ok(id);
}
