import { ulid } from "ulid";
import type { LoyaltyError } from "../core/errors.ts";
import { invalid } from "../core/errors.ts";
import { makeId } from "../core/ids.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import type { StaffRow } from "../registry/staff.ts";
import { insertStaff, listStaff } from "../registry/staff.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import type { Context, Scope } from "./context.ts";
import type { Page } from "./lists.ts";
import { pageOf } from "./lists.ts";
import { hashPassword } from "./password.ts";
import { getSiteByCode } from "./sites.ts";

export type { StaffRow } from "../registry/staff.ts";

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

/** Adds a person. `not_found` (site) for an unknown site, `already_exists` for a taken name. */
export async function createStaff(
  ctx: Context,
  input: StaffInput,
): Promise<Result<StaffRow, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const siteIds: string[] = [];
  for (const code of input.sites) {
    const site = await getSiteByCode(ctx, code);
    if (!site.ok) return site;
    siteIds.push(site.value.id);
  }
  const granted = input.defaultSite === null ? -1 : input.sites.indexOf(input.defaultSite);
  if (input.defaultSite !== null && granted === -1) {
    return invalid("/default_site", "invalid", "must be one of sites");
  }
  const row = {
    id: makeId("stf", ulid(now)),
    merchantId: principal.merchant.id,
    username: input.username,
    name: input.name,
    password: await hashPassword(input.password),
    siteIds,
    defaultSiteId: siteIds[granted] ?? null,
    scopes: [...input.scopes],
    number: input.number,
    allSites: input.allSites,
    createdAt: now,
    updatedAt: now,
  };
  const work = unitOfWork(db, principal.mode);
  work.add(insertStaff(db, row));
  if (await work.commit()) return ok(row);
  return err({ code: "already_exists", object: "staff", field: "username" });
}

/** A merchant's staff, newest first. */
export async function pageStaff(
  ctx: Context,
  limit: number,
  before: string | null,
): Promise<Page<StaffRow>> {
  return pageOf(await listStaff(ctx.db, ctx.principal.merchant.id, limit + 1, before), limit);
}
