import type * as z from "zod";
import { currencyScale, formatDecimal } from "../../../core/amount.ts";
import { QUANTITY_SCALE } from "../../../core/ledger/entries.ts";
import type { BillRow } from "../../../services/events/projection.ts";
import { timeText } from "../mapping.ts";
import type { billAnswer } from "./answers.ts";

export function billBody(row: BillRow): z.input<typeof billAnswer> {
  const scale = currencyScale(row.currency);
  return {
    id: row.id,
    object: "bill",
    customer: row.customerId,
    number: row.number,
    reference: row.reference,
    total: { amount: formatDecimal(row.total, scale), currency: row.currency },
    lines: row.lines.map(({ category, sku, name, quantity, amount }) => ({
      category,
      sku,
      name,
      quantity: quantity === null ? null : formatDecimal(quantity, QUANTITY_SCALE),
      amount: formatDecimal(amount, scale),
    })),
    site: row.siteId,
    dialect: row.dialect,
    occurred_at: timeText(row.occurredAt),
    recorded_at: timeText(row.recordedAt),
    voided_at: row.voidedAt === null ? null : timeText(row.voidedAt),
    reversed_at: row.reversedAt === null ? null : timeText(row.reversedAt),
  };
}
