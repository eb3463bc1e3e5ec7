import type * as z from "zod";
import { currencyScale, formatDecimal, parseDecimal } from "../../../core/amount.ts";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import { prefixOf } from "../../../core/vouchers.ts";
import type { Merchant } from "../../../services/context.ts";
import type { WantedCodes } from "../../../services/vouchers/codes.ts";
import type {
  AddVouchersInput,
  NewSeries,
  SeriesInput,
  SeriesPresentation,
  SeriesRow,
} from "../../../services/vouchers/series.ts";
import { stampTexts } from "../mapping.ts";
import type { codesAnswer, seriesAnswer } from "./answers.ts";
import type { codesSchema, voucherSeriesSchema, vouchersSchema } from "./schemas.ts";

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
  const codes = toCodes(wire);
  const terms = { kind: wire.kind, value, minPurchase, maxDiscount, validFrom, validUntil };
  const { name, source = null, customer = null } = wire;
  const presentation = toPresentation(wire);
  return ok({ name, source, terms, presentation, codes, customer, named: null });
}

function toPresentation(wire: z.output<typeof voucherSeriesSchema>): SeriesPresentation {
  const { key = null, label = null, description = null, conditions = null } = wire;
  const { image_url: imageUrl = null, configuration = null, life_days: lifeDays = null } = wire;
  const { code_prefix: codePrefix = null } = wire;
  return { key, label, description, imageUrl, conditions, configuration, lifeDays, codePrefix };
}

function toCodes(wire: z.output<typeof codesSchema>): WantedCodes {
  return wire.codes === undefined ? { quantity: wire.quantity ?? 0 } : { imported: wire.codes };
}

/** Vouchers to add to the series with that id or key. */
export function toVouchersInput(
  series: string,
  wire: z.output<typeof vouchersSchema>,
): AddVouchersInput {
  const { customer = null, valid_from: validFrom = null, valid_until: validUntil = null } = wire;
  return { series, codes: toCodes(wire), customer, validFrom, validUntil };
}

/** Hundredths of a percent. */
const PERCENT_SCALE = 2;
const MAX_PERCENT = 10_000;

/** A series as the list shows it. */
export function seriesBody(row: SeriesRow, currency: string): z.input<typeof seriesAnswer> {
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
    key: row.key,
    label: row.label,
    description: row.description,
    image_url: row.imageUrl,
    conditions: row.conditions,
    configuration: row.configuration,
    life_days: row.lifeDays,
    code_prefix: prefixOf(row),
    ...stampTexts(row),
  };
}

/** A series with the codes that were just made of it. */
export function codesBody(made: Pick<NewSeries, "id" | "codes">): z.input<typeof codesAnswer> {
  return { id: made.id, object: "voucher_series", codes: [...made.codes] };
}
