import type { LoyaltyError } from "../../core/errors.ts";
import { invalid, notFound } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { StaffRow } from "../../registry/access/staff.ts";
import {
  findStaff,
  findStaffByUsername,
  insertStaff,
  listStaff,
  nextStaffNumber,
} from "../../registry/access/staff.ts";
import type { SiteRow } from "../../registry/merchants/sites.ts";
import { findSite, findSiteByCode, listSites } from "../../registry/merchants/sites.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import type { Context, Scope } from "../context.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";
import { getSiteByCode } from "../merchants/sites.ts";
import { hashPassword } from "./passwords.ts";
import type { Reach } from "./reach.ts";
import { checkReach, reachOf } from "./reach.ts";

export type { StaffRow } from "../../registry/access/staff.ts";

/** A person to add; sites are named by their codes. */
export interface StaffInput {
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly sites: readonly string[];
  readonly defaultSite: string | null;
  readonly scopes: readonly Scope[];
  /** Number for dialects that speak numbers; null: the merchant's next one. */
  readonly number: number | null;
  /** Whether the person may act at every site, present and future. */
  readonly allSites: boolean;
}

/**
 * Adds a person who can do at most what the maker can; see {@link checkReach}. `not_found` (site)
 * for an unknown site, `already_exists` for a taken name or number.
 */
export async function createStaff(
  ctx: Context,
  input: StaffInput,
): Promise<Result<StaffRow, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  const reach = await reachOf(ctx);
  if (!reach.ok) return reach;
  const sites = await reachedSites(ctx, reach.value, input);
  if (!sites.ok) return sites;
  const row: StaffRow = {
    id: makeId("stf", ulid(now)),
    merchantId,
    username: input.username,
    name: input.name,
    password: await hashPassword(input.password, ctx.settings.passwordCost),
    ...sites.value,
    scopes: [...input.scopes],
    number: input.number,
    allSites: input.allSites,
    disabledAt: null,
    epoch: 0,
    createdAt: now,
    updatedAt: now,
  };
  const work = unitOfWork(db, principal.mode);
  work.add(insertStaff(db, row));
  if (await work.commit()) {
    const stored = await findStaff(db, merchantId, row.id);
    return ok(
      stored ?? { ...row, number: input.number ?? (await nextStaffNumber(db, merchantId)) },
    );
  }
  const taken = await findStaffByUsername(db, merchantId, input.username);
  const field = taken === undefined ? "number" : "username";
  return err({ code: "already_exists", object: "staff", field });
}

/** Sites of a person, by their codes; undefined leaves what the person has. */
interface NamedSites {
  readonly sites?: readonly string[] | undefined;
  readonly defaultSite?: string | null | undefined;
  readonly allSites: boolean;
}

type SiteColumns = Pick<StaffRow, "siteIds" | "defaultSiteId">;

/** A person's sites and scopes, where whoever is at it may give them; answers the sites' ids. */
export async function reachedSites(
  ctx: Context,
  reach: Reach,
  input: NamedSites & Pick<StaffInput, "scopes">,
  present?: SiteColumns,
): Promise<Result<SiteColumns, LoyaltyError>> {
  // A person is as live as whoever makes one: a test key keeps nobody.
  const bare = { scopes: input.scopes, mode: reach.mode, unlimited: false };
  const general = checkReach(reach, { ...bare, siteIds: [] });
  if (!general.ok) return general;
  const named = await namedSites(ctx, input, present);
  if (!named.ok) return named;
  const { siteIds } = named.value;
  const placed = checkReach(reach, { ...bare, siteIds: input.allSites ? null : siteIds });
  return placed.ok ? named : placed;
}

/** The ids of the sites that a person is granted, and of the default among them. */
async function namedSites(
  ctx: Context,
  { sites, defaultSite, allSites }: NamedSites,
  present: SiteColumns = { siteIds: [], defaultSiteId: null },
): Promise<Result<SiteColumns, LoyaltyError>> {
  const siteIds = sites === undefined ? [...present.siteIds] : [];
  for (const code of new Set(sites)) {
    const site = await getSiteByCode(ctx, code);
    if (!site.ok) return site;
    siteIds.push(site.value.id);
  }
  let { defaultSiteId } = present;
  if (defaultSite === null) defaultSiteId = null;
  else if (defaultSite !== undefined) {
    const site = await getSiteByCode(ctx, defaultSite);
    if (!site.ok) return site;
    defaultSiteId = site.value.id;
  }
  if (defaultSiteId === null || mayActAt({ siteIds, allSites }, defaultSiteId)) {
    return ok({ siteIds, defaultSiteId });
  }
  return invalid("/default_site", "invalid", "must be one of sites");
}

/** A merchant's person by the id. */
export async function getStaff(ctx: Context, id: string): Promise<Result<StaffRow, LoyaltyError>> {
  const row = await findStaff(ctx.db, ctx.principal.merchant.id, id);
  return row === undefined ? notFound("staff") : ok(row);
}

/** A merchant's staff, newest first. */
export async function pageStaff(
  ctx: Context,
  limit: number,
  before: string | null,
): Promise<Page<StaffRow>> {
  return pageOf(await listStaff(ctx.db, ctx.principal.merchant.id, limit + 1, before), limit);
}

/** Where a person may act. */
export type StaffSites = Pick<StaffRow, "siteIds" | "allSites">;

/** Whether a person may act at the site with that id. */
export function mayActAt({ siteIds, allSites }: StaffSites, siteId: string): boolean {
  return allSites || siteIds.includes(siteId);
}

/**
 * The site at which a person signs in: the one whose code is given, or else the person's default,
 * or else the only one that is granted. `site_not_allowed` for an unknown one and for one that is
 * not granted; `site_required` where nothing tells which.
 */
export async function signInSite(
  ctx: Context,
  person: StaffRow,
  code: string | null,
): Promise<Result<SiteRow, LoyaltyError>> {
  const merchantId = ctx.principal.merchant.id;
  if (code === null) {
    const own = await ownSite(ctx, person);
    return own === undefined ? err({ code: "site_required" }) : ok(own);
  }
  const site = await findSiteByCode(ctx.db, merchantId, code);
  const allowed = site !== undefined && mayActAt(person, site.id);
  return allowed ? ok(site) : err({ code: "site_not_allowed" });
}

async function ownSite({ db, principal }: Context, person: StaffRow): Promise<SiteRow | undefined> {
  const merchantId = principal.merchant.id;
  const [first, ...others] = person.siteIds;
  const only = person.allSites || others.length > 0 ? undefined : first;
  const named = person.defaultSiteId ?? only;
  if (named !== undefined) return findSite(db, merchantId, named);
  const [site, ...more] = person.allSites ? await listSites(db, merchantId, 2, null) : [];
  return more.length === 0 ? site : undefined;
}

/** Number of the person whose key or token it is; null when it is nobody's. */
export async function callerNumber({ db, principal }: Context): Promise<number | null> {
  const { staffId, merchant } = principal;
  if (staffId === null) return null;
  return (await findStaff(db, merchant.id, staffId))?.number ?? null;
}
