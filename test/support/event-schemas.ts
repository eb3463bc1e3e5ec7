import * as z from "zod";

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

const movement = (unit: "point" | "stamp" | "prepaid") =>
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
  kind: z.enum(["percent", "amount", "bogo"]),
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

const verbs = ["redeemed", "adjusted", "reversed", "expired"];
const movements = (noun: string, unit: "point" | "stamp" | "prepaid", gain: string) =>
  [gain, ...verbs].map((verb) => [`${noun}.${verb}`, movement(unit)] as const);

/** The form of `data`, by event type. Strict: what is not listed is not told. */
const DATA: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ...movements("points", "point", "earned"),
  ...movements("stamp", "stamp", "added"),
  ...movements("prepaid", "prepaid", "topped_up"),
  ["tier.upgraded", movement("point")],
  ["tier.downgraded", movement("point")],
  ["bill.recorded", bill],
  ["bill.returned", bill],
  ["bill.voided", z.strictObject({ ...entry, bill: id("bil") })],
  ["customer.created", z.strictObject({ customer: id("cus"), status: z.string(), ...place })],
  [
    "customer.updated",
    z.strictObject({ customer: id("cus"), fields: z.array(z.string().min(1)).min(1), ...place }),
  ],
  ["customer.erased", z.strictObject({ customer: id("cus"), ...place })],
  ["voucher.issued", z.union([z.strictObject(voucher), grantedVoucher])],
  [
    "voucher.redeemed",
    z.strictObject({
      ...voucher,
      reference: z.string().nullable().optional(),
      discount: money.nullable().optional(),
      purchase: money.nullable().optional(),
    }),
  ],
  ["membership.assigned", membership],
  ["membership.removed", membership],
  [
    "webhook_endpoint.disabled",
    z.strictObject({ webhook_endpoint: id("whe"), reason: z.string().min(1) }),
  ],
  ["ping", z.strictObject({ webhook_endpoint: id("whe"), ...place })],
]);

/** Every event type that exists so far. */
export const EVENT_TYPES: readonly string[] = [...DATA.keys()];

const envelope = z.strictObject({
  type: z.string(),
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
  const schema = DATA.get(type);
  if (schema === undefined) return [`${type} is in no catalogue`];
  const parsed = schema.safeParse(data);
  return parsed.success ? [] : [`${type}: ${z.prettifyError(parsed.error)}`];
}
