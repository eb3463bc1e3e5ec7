import type * as z from "zod";
import { parseDecimal, unitScale } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import { NEVER } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { KeyInput, KeyRow, NewKey } from "../../services/access/keys.ts";
import type { StaffRow } from "../../services/access/staff.ts";
import { endOfDay } from "../../services/calendar.ts";
import type { Merchant, Scope } from "../../services/context.ts";
import type { ImportInput, OpeningBalance } from "../../services/customers/import.ts";
import type { Page } from "../../services/lists.ts";
import type { MerchantInput, MerchantRow } from "../../services/merchants/merchants.ts";
import type { ProgramRow } from "../../services/merchants/programs.ts";
import type { SiteRow } from "../../services/merchants/sites.ts";
import type { importSchema, keySchema, merchantSchema } from "./schemas.ts";

/** A JSON object on its way out. */
export type Body = Record<string, unknown>;

const at = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

/** When a row came to be and when it was last changed. */
export const stamps = (row: { readonly createdAt: number; readonly updatedAt: number }): Body => ({
  created_at: at(row.createdAt),
  updated_at: at(row.updatedAt),
});

export function toMerchantInput(wire: z.output<typeof merchantSchema>): MerchantInput {
  const { slug, name, currency, sandbox, demo, pending, unmasked } = wire;
  return {
    slug,
    name,
    currency,
    timeZone: wire.time_zone,
    businessType: wire.business_type ?? null,
    sandbox,
    demo,
    pending,
    siteLimit: wire.site_limit ?? null,
    unmasked,
    messageGateway: toGateway(wire.message_gateway),
  };
}

function toGateway(
  wire: z.output<typeof merchantSchema>["message_gateway"],
): MerchantInput["messageGateway"] {
  if (wire === undefined) return null;
  if (wire.kind === "webhook") return wire;
  const { kind, base_url: url, account_sid: account, auth_token: secret, from } = wire;
  return { kind, url, account, secret, from };
}

/** A gateway without its secret. */
function fromGateway(gateway: MerchantRow["messageGateway"]): Body | null {
  if (gateway === null) return null;
  const { kind, url, account, from } = gateway;
  return kind === "webhook" ? { kind, url } : { kind, base_url: url, account_sid: account, from };
}

export function fromMerchant(row: MerchantRow): Body {
  return {
    id: row.id,
    object: "merchant",
    slug: row.slug,
    name: row.name,
    currency: row.currency,
    time_zone: row.timeZone,
    business_type: row.businessType,
    sandbox: row.sandbox,
    demo: row.demo,
    pending: row.pending,
    site_limit: row.siteLimit,
    unmasked: row.unmasked,
    message_gateway: fromGateway(row.messageGateway),
    ...stamps(row),
  };
}

export function fromSite(row: SiteRow): Body {
  const { id, number, code, name, kind, address } = row;
  return { id, object: "site", number, code, name, kind, address, ...stamps(row) };
}

export function fromProgram(row: ProgramRow): Body {
  const definition = row.definition as Body;
  return { id: row.id, object: "program", name: row.name, ...definition, ...stamps(row) };
}

export function toKeyInput(wire: z.output<typeof keySchema>): KeyInput {
  return {
    name: wire.name,
    dialect: wire.dialect,
    mode: wire.mode,
    scopes: wire.scopes as Scope[],
    text: wire.text ?? null,
    secret: wire.secret ?? null,
    staff: wire.staff ?? null,
    site: wire.site ?? null,
    unlimited: wire.unlimited,
    expiresAt: wire.expires_at ?? null,
  };
}

export function fromKey(row: KeyRow): Body {
  return {
    id: row.id,
    object: "key",
    name: row.name,
    dialect: row.dialect,
    mode: row.mode,
    scopes: row.scopes,
    hint: row.hint,
    staff: row.staffId,
    site: row.siteId,
    unlimited: row.unlimited,
    expires_at: at(row.expiresAt),
    revoked_at: at(row.revokedAt),
    ...stamps(row),
  };
}

/** A key that was just made: the only answer that shows its texts. */
export function fromNewKey(made: NewKey): Body {
  return { ...fromKey(made.row), text: made.text, secret: made.secret };
}

export function fromStaff(row: StaffRow): Body {
  return {
    id: row.id,
    object: "staff",
    number: row.number,
    username: row.username,
    name: row.name,
    sites: row.siteIds,
    all_sites: row.allSites,
    default_site: row.defaultSiteId,
    scopes: row.scopes,
    ...stamps(row),
  };
}

export function fromPage<T>(page: Page<T>, item: (row: T) => Body): Body {
  return {
    object: "list",
    data: page.items.map(item),
    has_more: page.hasMore,
    next_cursor: page.next,
  };
}

/** An import line for the service; amounts that the unit cannot hold are faults. */
export function toImportInput(
  wire: z.output<typeof importSchema>,
  merchant: Merchant,
): Result<ImportInput, LoyaltyError> {
  const balances: OpeningBalance[] = [];
  for (const [i, balance] of wire.balances.entries()) {
    if (balances.some(({ unit }) => unit === balance.unit)) {
      return invalid(`/balances/${i}/unit`, "invalid", "must not be named twice");
    }
    const opening = toOpening(balance, merchant, `/balances/${i}`);
    if (!opening.ok) return opening;
    balances.push(opening.value);
  }
  const email = wire.identifiers.find((identifier) => identifier.kind === "email");
  return ok({
    number: wire.number ?? null,
    identifiers: wire.identifiers,
    name: wire.name ?? null,
    email: wire.email ?? email?.value ?? null,
    birthDate: wire.birth_date ?? null,
    status: wire.status,
    site: wire.site ?? null,
    joinedAt: wire.joined_at ?? null,
    createdAt: wire.created_at ?? null,
    updatedAt: wire.updated_at ?? null,
    type: wire.type ?? null,
    attributes: wire.metadata,
    balances,
  });
}

function toOpening(
  balance: z.output<typeof importSchema>["balances"][number],
  merchant: Merchant,
  pointer: string,
): Result<OpeningBalance, LoyaltyError> {
  const scale = unitScale(balance.unit, merchant.currency);
  const detail = `must have at most ${scale} digits behind the point`;
  const lots: { expiresAt: number; amount: number }[] = [];
  for (const [i, lot] of balance.lots.entries()) {
    const amount = parseDecimal(lot.amount, scale);
    if (amount === null || amount === 0) {
      return invalid(`${pointer}/lots/${i}/amount`, "invalid", `${detail} and not be 0`);
    }
    const day = lot.expires_on;
    lots.push({ amount, expiresAt: day === undefined ? NEVER : endOfDay(day, merchant.timeZone) });
  }
  const held = lots.reduce((sum, lot) => sum + lot.amount, 0);
  const earned = balance.lifetime === undefined ? held : parseDecimal(balance.lifetime, scale);
  if (earned === null) return invalid(`${pointer}/lifetime`, "invalid", detail);
  if (earned < held) {
    return invalid(`${pointer}/lifetime`, "invalid", "must be at least what the lots hold");
  }
  return ok({ unit: balance.unit, lots, earned });
}
