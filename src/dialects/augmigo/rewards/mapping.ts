import type * as z from "zod";
import type { BuiltInUnit } from "../../../core/amount.ts";
import { formatShortDecimal, unitScale } from "../../../core/amount.ts";
import type { BillLine, Remarks } from "../../../core/ledger/entries.ts";
import { moneyOf, pointsText } from "../../../http/wire/amounts.ts";
import type { Merchant } from "../../../services/context.ts";
import type { Rewards } from "../../../services/ledger/rewards.ts";
import type { Gain, GivenReward } from "../../../services/purchases/rewards.ts";
import type { SeriesGrants } from "../../../services/vouchers/granted.ts";
import { dateText, transactionText } from "../mapping.ts";
import { voucherFace } from "../vouchers/mapping.ts";
import type { giveAnswer, rewardsAnswer } from "./answers.ts";
import type { giveSchema } from "./schemas.ts";

const COUNT = /^\d+$/;

type GiveWire = z.output<typeof giveSchema>;

/** The lines of a purchase in the currency's smallest unit. */
export function toBillLines(wire: GiveWire, currency: string): readonly BillLine[] {
  const items = wire.invoice_details?.purchased_items ?? [];
  return items.map(({ SKU: sku = null, count = null, subtotal_sales_amt: amount = "0" }) => ({
    category: null,
    sku,
    name: null,
    quantity: count,
    amount: moneyOf(amount, currency),
  }));
}

/** What a till says of a purchase besides amounts. */
export function toRemarks(wire: GiveWire): Remarks {
  const { pax_count: count, pax_acount: misspelt = count } = wire.invoice_details ?? {};
  const details = { tax_amount: wire.tax_amount };
  const said = describe(wire.remarks);
  if (misspelt === undefined) return { ...said, details };
  const pax = { pax_count: misspelt };
  // What is no number may be anything.
  return COUNT.test(misspelt)
    ? { ...said, details: { ...details, ...pax } }
    : { ...said, details, extra: pax };
}

/** A till's remark, if it made one. */
export function describe(description: string | undefined): Remarks {
  return description === undefined ? {} : { description };
}

/** An amount of a unit as a JSON number that always has a fraction: `188.0`, `668.8`. */
function rewardNumber(amount: number, unit: BuiltInUnit, currency: string): unknown {
  const text =
    unit === "point"
      ? pointsText(amount).replace(/\.?0+$/, "")
      : formatShortDecimal(amount, unitScale(unit, currency));
  return JSON.rawJSON(text.includes(".") ? text : `${text}.0`);
}

const dateOrNull = (date: string | null): string | null => (date === null ? null : dateText(date));

type GiveBody = z.input<typeof giveAnswer>;

/** Body of `POST …/give`. */
export function givenBody(given: GivenReward, currency: string): GiveBody {
  const { point, stamp } = given;
  return {
    entitled_reward_summary: {
      ...(point === null ? {} : { point: gainBody(point, "point", currency) }),
      ...(stamp === null ? {} : { stamp: gainBody(stamp, "stamp", currency) }),
    },
    entitled_voucher_summary: given.vouchers.map(grantsBody),
    transaction_id: transactionText(given.bill),
  };
}

function gainBody(
  { amount, lastDay }: Gain,
  unit: BuiltInUnit,
  currency: string,
): GiveBody["entitled_reward_summary"]["point"] {
  return {
    amount: rewardNumber(amount, unit, currency),
    latest_expiry_date: dateOrNull(lastDay),
  };
}

function grantsBody({
  series,
  vouchers,
}: SeriesGrants): GiveBody["entitled_voucher_summary"][number] {
  const [first] = vouchers;
  return {
    voucher_program_key: series.key,
    amount: vouchers.length,
    effective_date: dateOrNull(first?.validFrom ?? null),
    expiry_date: dateOrNull(first?.validUntil ?? null),
    image_url: series.imageUrl,
    label: series.label ?? series.name,
  };
}

/** Body of `GET …`: all four kinds, whatever the customer has. */
export function rewardsBody(
  { balances, vouchers }: Rewards,
  merchant: Merchant,
): z.input<typeof rewardsAnswer> {
  const { currency, timeZone } = merchant;
  const shown = (unit: BuiltInUnit): unknown => rewardNumber(balances[unit], unit, currency);
  return {
    entitled_reward_summary: {
      point: shown("point"),
      prepaid: shown("prepaid"),
      stamp: shown("stamp"),
      vouchers: vouchers.map((record) => ({
        ...voucherFace(record, timeZone),
        voucher_program_key: record.series.key ?? record.series.id,
      })),
    },
  };
}
