import * as z from "zod";
import type { Unit } from "../../src/core/amount.ts";
import { CUSTOMER_STATUSES } from "../../src/core/customers.ts";
import type { EventType } from "../../src/core/events/catalogue.ts";
import { EVENT_TYPES } from "../../src/core/events/catalogue.ts";
import { VOUCHER_KINDS } from "../../src/core/vouchers.ts";

const moment = z.iso.datetime({ precision: 3 });
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`));
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const place = { site: z.string().startsWith("sit_").nullable(), dialect: z.string().min(1) };

/** What every event of a wallet's entry tells. */
const entry = {
  customer: id("cus"),
  entry: id("ent"),
  tier: z.string().nullable(),
  corrects: z.int().positive().nullable(),
  reference: z.string().nullable(),
  ...place,
  occurred_at: moment,
  recorded_at: moment,
};

const movement = (unit: Unit) =>
  z.strictObject({
    ...entry,
    unit: z.literal(unit),
    amount: decimal,
    balance: decimal,
    lots: z.array(z.strictObject({ amount: decimal, expires_at: moment.nullable() })),
    bill: id("bil").optional(),
  });

const bill = z.strictObject({
  ...entry,
  bill: id("bil"),
  number: z.string().nullable(),
  total: z.strictObject({ amount: decimal, currency: z.string().length(3) }),
  lines: z.int().min(0),
  points_earned: decimal,
});

const whichVoucher = {
  voucher: id("vou"),
  series: id("vse"),
  kind: z.enum(VOUCHER_KINDS),
};
const voucher = { customer: id("cus").nullable(), ...whichVoucher, ...place };
const grantedVoucher = z.strictObject({ ...entry, ...whichVoucher, bill: id("bil") });
const day = z.iso.date();
const membership = z.strictObject({
  customer: id("cus"),
  membership: id("mem"),
  program: id("mpr"),
  key: z.string().min(1),
  entitled_on: day,
  expires_on: day,
  ...place,
});
const money = z.strictObject({ amount: decimal, currency: z.string().length(3) });

/** The form of `data`, by event type. Strict: what is not listed is not told. */
const DATA = {
  "points.earned": movement("point"),
  "points.redeemed": movement("point"),
  "points.adjusted": movement("point"),
  "points.reversed": movement("point"),
  "points.expired": movement("point"),
  "stamp.added": movement("stamp"),
  "stamp.redeemed": movement("stamp"),
  "stamp.adjusted": movement("stamp"),
  "stamp.reversed": movement("stamp"),
  "stamp.expired": movement("stamp"),
  "prepaid.topped_up": movement("prepaid"),
  "prepaid.redeemed": movement("prepaid"),
  "prepaid.adjusted": movement("prepaid"),
  "prepaid.reversed": movement("prepaid"),
  "prepaid.expired": movement("prepaid"),
  "tier.upgraded": movement("point"),
  "tier.downgraded": movement("point"),
  "bill.recorded": bill,
  "bill.returned": bill,
  "bill.voided": z.strictObject({ ...entry, bill: id("bil") }),
  "customer.created": z.strictObject({ customer: id("cus"), status: z.string(), ...place }),
  "customer.updated": z.strictObject({
    customer: id("cus"),
    fields: z.array(z.string().min(1)).min(1),
    ...place,
  }),
  "customer.erased": z.strictObject({ customer: id("cus"), ...place }),
  "voucher.issued": z.union([z.strictObject(voucher), grantedVoucher]),
  "voucher.redeemed": z.strictObject({
    ...voucher,
    reference: z.string().nullable().optional(),
    discount: money.nullable().optional(),
    purchase: money.nullable().optional(),
  }),
  "voucher.voided": grantedVoucher,
  "customer.status_changed": z.strictObject({ ...entry, status: z.enum(CUSTOMER_STATUSES) }),
  "membership.assigned": membership,
  "membership.removed": membership,
  "webhook_endpoint.disabled": z.strictObject({
    webhook_endpoint: id("whe"),
    reason: z.string().min(1),
  }),
  ping: z.strictObject({ webhook_endpoint: id("whe"), ...place }),
} satisfies Record<EventType, z.ZodType>;

const envelope = z.strictObject({
  type: z.enum(EVENT_TYPES),
  timestamp: moment,
  id: id("evt"),
  merchant: id("mer"),
  livemode: z.boolean(),
  sequence: z.int().positive().nullable(),
  data: z.record(z.string(), z.unknown()),
});

/** What is wrong with an event's body; empty when nothing is. */
export function faultsOfBody(body: unknown): string[] {
  const whole = envelope.safeParse(body);
  if (!whole.success) return [z.prettifyError(whole.error)];
  const { type, data } = whole.data;
  const parsed = DATA[type].safeParse(data);
  return parsed.success ? [] : [`${type}: ${z.prettifyError(parsed.error)}`];
}
