import type { z } from "zod";
import { currencyScale, formatDecimal, parseDecimal, unitScale } from "../../core/amount.ts";
import { NEVER } from "../../core/entries.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { endOfDay } from "../../services/calendar.ts";
import type { Merchant, Scope } from "../../services/context.ts";
import type { ImportInput, OpeningBalance } from "../../services/import.ts";
import type { KeyInput, KeyRow, NewKey } from "../../services/keys.ts";
import type { Page } from "../../services/lists.ts";
import type { MerchantInput, MerchantRow } from "../../services/merchants.ts";
import type { ProgramRow } from "../../services/programs.ts";
import type { SiteRow } from "../../services/sites.ts";
import type { StaffRow } from "../../services/staff.ts";
import type { SeriesInput, SeriesRow } from "../../services/voucher-series.ts";
import type { importSchema, keySchema, merchantSchema, voucherSeriesSchema } from "./schemas.ts";

/** A JSON object on its way out. */
export type Body = Record<string, unknown>;

const at = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

const stamps = (row: { readonly createdAt: number; readonly updatedAt: number }): Body => ({
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
  const { id, code, name, kind, address } = row;
  return { id, object: "site", code, name, kind, address, ...stamps(row) };
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
    username: row.username,
    name: row.name,
    sites: row.siteIds,
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

/** A series for the service; amounts that the currency cannot hold are faults. */
export function toSeriesInput(
  wire: z.output<typeof voucherSeriesSchema>,
  merchant: Merchant,
): Result<SeriesInput, LoyaltyError> {
  const scale = currencyScale(merchant.currency);
  const digits = (places: number): string => `must have at most ${places} digits behind the point`;
  const value = parseDecimal(wire.value, wire.kind === "percent" ? PERCENT_SCALE : scale);
  if (value === null || (wire.kind === "percent" && value > MAX_PERCENT)) {
    return invalid("/value", "invalid", `${digits(scale)} and be at most 100 percent`);
  }
  const amounts: (number | null)[] = [];
  for (const field of ["min_purchase", "max_discount"] as const) {
    const text = wire[field];
    const amount = text === undefined ? null : parseDecimal(text, scale);
    if (text !== undefined && amount === null)
      return invalid(`/${field}`, "invalid", digits(scale));
    amounts.push(amount);
  }
  const [minPurchase = null, maxDiscount = null] = amounts;
  const validFrom = wire.valid_from ?? null;
  const validUntil = wire.valid_until ?? null;
  const codes =
    wire.codes === undefined ? { quantity: wire.quantity ?? 0 } : { imported: wire.codes };
  const terms = { kind: wire.kind, value, minPurchase, maxDiscount, validFrom, validUntil };
  const { name, source = null, customer = null } = wire;
  return ok({ name, source, terms, codes, customer, named: null });
}

/** Hundredths of a percent. */
const PERCENT_SCALE = 2;
const MAX_PERCENT = 10_000;

/** A series as the list shows it. */
export function fromSeries(row: SeriesRow, currency: string): Body {
  const scale = currencyScale(currency);
  const money = (amount: number | null): string | null =>
    amount === null ? null : formatDecimal(amount, scale);
  return {
    id: row.id,
    object: "voucher_series",
    name: row.name,
    source: row.source,
    kind: row.kind,
    value: formatDecimal(row.value, row.kind === "percent" ? PERCENT_SCALE : scale),
    min_purchase: money(row.minPurchase),
    max_discount: money(row.maxDiscount),
    valid_from: row.validFrom,
    valid_until: row.validUntil,
    ...stamps(row),
  };
}
