import type { LoyaltyError } from "../../core/errors.ts";
import { invalid, notFound } from "../../core/errors.ts";
import { makeId, ulidOf } from "../../core/ids.ts";
import { programWithout } from "../../core/program/program.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { database } from "../../registry/database.ts";
import type { MerchantRow, StoredGateway } from "../../registry/merchants/merchants.ts";
import {
  changeGateway,
  findMerchant,
  insertMerchant,
  listMerchants,
} from "../../registry/merchants/merchants.ts";
import { findProgram } from "../../registry/merchants/programs.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import { toMerchant, toProgram } from "../access/credentials.ts";
import { sealSecret } from "../access/secrets.ts";
import { isTimeZone } from "../calendar.ts";
import type { Principal, Settings } from "../context.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";

export type { MerchantRow } from "../../registry/merchants/merchants.ts";

/** What the deployment's admin calls carry before a merchant is named. */
export interface Deployment {
  readonly env: Env;
  readonly settings: Settings;
  readonly now: number;
}

/** A message gateway to use, with its secret in clear. */
export type GatewayInput = StoredGateway;

/** A tenant to make. */
export interface MerchantInput {
  readonly slug: string;
  readonly name: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly businessType: string | null;
  readonly sandbox: boolean;
  readonly demo: boolean;
  readonly pending: boolean;
  readonly siteLimit: number | null;
  readonly unmasked: boolean;
  readonly messageGateway: GatewayInput | null;
  readonly billNumbers: "site" | "merchant";
}

/** Slugs that are another part of the path space: `/api/{slug}/…` must never mean two things. */
const RESERVED_SLUGS: readonly string[] = [
  "api",
  "application_settings",
  "auth",
  "branch",
  "branches",
  "console",
  "coupon",
  "customer_types",
  "customers",
  "documents",
  "inventories",
  "invoices",
  "loyalty",
  "mobile",
  "orders",
  "pos_devices",
  "price_lists",
  "products",
  "rewards",
  "sales_promotions",
  "secure",
  "system",
  "tax_settings",
  "tokens",
  "users",
  "v1",
  "v2",
  "v3",
  "www",
];

/** Whether a slug is part of another dialect's paths. */
export function isReservedSlug(slug: string): boolean {
  return RESERVED_SLUGS.includes(slug.toLowerCase());
}

/**
 * Makes a merchant. Refuses a slug that is taken (`already_exists`) or reserved, an unknown time
 * zone, and demo data anywhere but in local development (`demo_refused`).
 */
export async function createMerchant(
  deployment: Deployment,
  input: MerchantInput,
): Promise<Result<MerchantRow, LoyaltyError>> {
  const { env, settings, now } = deployment;
  if (isReservedSlug(input.slug)) {
    return invalid("/slug", "reserved", "is reserved; choose another");
  }
  if (!isTimeZone(input.timeZone)) {
    return invalid("/time_zone", "invalid", "must be an IANA time zone, e.g. Asia/Manila");
  }
  if (input.demo && settings.environment !== "local") return err({ code: "demo_refused" });
  const id = makeId("mer", ulid(now));
  const db = database(env, id);
  const work = unitOfWork(db, "live");
  const messageGateway = await sealGateway(settings, id, input.messageGateway);
  const row = { id, ...input, messageGateway, groupCode: null, createdAt: now, updatedAt: now };
  work.add(insertMerchant(db, row));
  if (await work.commit()) return getMerchant(deployment, id);
  return err({ code: "already_exists", object: "merchant", field: "slug" });
}

/** What names the state that a merchant is in: it rises with every change. */
export function versionOf(row: MerchantRow): number {
  return row.updatedAt;
}

/**
 * Changes how a merchant's messages leave, with its secret sealed; null: they do not any more.
 * `etag_mismatch` when the merchant was changed since it stood at `version`.
 */
export async function changeMessageGateway(
  deployment: Deployment,
  idOrSlug: string,
  version: number,
  gateway: GatewayInput | null,
): Promise<Result<MerchantRow, LoyaltyError>> {
  const { env, settings, now } = deployment;
  const found = await getMerchant(deployment, idOrSlug);
  if (!found.ok) return found;
  const row = found.value;
  if (versionOf(row) !== version) return err({ code: "etag_mismatch" });
  const db = database(env, row.id);
  const sealed = await sealGateway(settings, row.id, gateway);
  const updatedAt = Math.max(now, row.updatedAt + 1);
  const work = unitOfWork(db, "live");
  work.addConditional(changeGateway(db, row, sealed, updatedAt));
  if (!(await work.commit())) return err({ code: "etag_mismatch" });
  return ok({ ...row, messageGateway: sealed, updatedAt });
}

async function sealGateway(
  settings: Settings,
  merchantId: string,
  gateway: GatewayInput | null,
): Promise<StoredGateway | null> {
  if (gateway === null) return null;
  return { ...gateway, secret: await sealSecret(settings, merchantId, gateway.secret) };
}

/** Merchants, newest first. */
export async function pageMerchants(
  deployment: Deployment,
  limit: number,
  before: string | null,
): Promise<Page<MerchantRow>> {
  const db = database(deployment.env, "directory");
  return pageOf(await listMerchants(db, limit + 1, before), limit);
}

/** The merchant with that id or slug. */
export async function getMerchant(
  deployment: Deployment,
  idOrSlug: string,
): Promise<Result<MerchantRow, LoyaltyError>> {
  const isId = ulidOf("mer", idOrSlug) !== null;
  const by = isId ? { id: idOrSlug } : { slug: idOrSlug };
  const row = await findMerchant(database(deployment.env, "directory"), by);
  return row === undefined ? notFound("merchant") : ok(row);
}

/** The admin acting for a merchant: everything is allowed, nothing is signed by a key. */
export async function actAsAdmin(
  deployment: Deployment,
  idOrSlug: string,
): Promise<Result<Principal, LoyaltyError>> {
  const found = await getMerchant(deployment, idOrSlug);
  if (!found.ok) return found;
  const merchant = toMerchant(found.value);
  const program = await findProgram(database(deployment.env, merchant.id), merchant.id);
  return ok({
    merchant,
    program: program === undefined ? programWithout(found.value) : toProgram(program.definition),
    mode: "live",
    scopes: ["admin"],
    keyId: null,
    staffId: null,
    siteId: null,
  });
}
