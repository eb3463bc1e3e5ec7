import type * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid, notFound } from "../../core/errors.ts";
import type { Reference } from "../../core/ledger/commands.ts";
import type { BillLine } from "../../core/ledger/entries.ts";
import { moneyForPoints } from "../../core/purchases/earning.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { fromWholePoints, fromWireMoney } from "../../http/wire/amounts.ts";
import type { Context } from "../../services/context.ts";
import { identifierOf } from "../../services/customers/customers.ts";
import type { NamedCustomer } from "../../services/customers/profiles.ts";
import { enrolByPhone, readProfile, recallProfile } from "../../services/customers/profiles.ts";
import { noPoints, readPoints, redeemPoints } from "../../services/ledger/points.ts";
import {
  sendOneTimePassword,
  useOneTimePassword,
} from "../../services/messages/one-time-passwords.ts";
import { recordPurchase } from "../../services/purchases/purchase.ts";
import { ownFlatVouchers, redeemBearerVoucher } from "../../services/vouchers/vouchers.ts";
import type {
  billAnswer,
  couponAnswer,
  customerAnswer,
  otpSendAnswer,
  otpVerifyAnswer,
  redeemAnswer,
} from "./answers.ts";
import { billBody, couponBody, foundBody, redeemedBody, unknownBody } from "./mapping.ts";
import type {
  billSchema,
  couponSchema,
  customerSchema,
  otpSendSchema,
  otpVerifySchema,
  pointsSchema,
} from "./schemas.ts";

/** What a call answers: a body of that schema, or an error for the table. */
type Answer<S extends z.ZodType> = Promise<Result<z.input<S>, LoyaltyError>>;

/** A till's number is only good for a day: shops start again every morning. */
const REPEAT_WITHIN_MS = 86_400_000;
/** Coupons that a look-up shows. */
const MAX_COUPONS = 100;

/** `GET pos/customer`: somebody unknown is no error here. */
export async function lookUpCustomer(
  ctx: Context,
  wire: z.output<typeof customerSchema>,
): Answer<typeof customerAnswer> {
  const { mobile: phone, create, name } = wire;
  const known = await readProfile(ctx, { phone });
  const found = create && isUnknown(known) ? await enrolByPhone(ctx, phone, name) : known;
  if (isUnknown(found)) return ok(unknownBody(phone));
  if (!found.ok) return found;
  const named = found.value;
  if (named.created) return ok(foundBody(ctx, named, noPoints(ctx), []));
  const { id } = named.customer;
  const [points, coupons] = await Promise.all([
    readPoints(ctx, id, 0),
    ownFlatVouchers(ctx, id, MAX_COUPONS),
  ]);
  return ok(foundBody(ctx, named, points, coupons));
}

function isUnknown(found: Result<NamedCustomer, LoyaltyError>): boolean {
  return !found.ok && found.error.code === "not_found";
}

/** `POST pos/bill`: an unknown mobile is enrolled, unless the till says not to. */
export async function postBill(
  ctx: Context,
  wire: z.output<typeof billSchema>,
): Answer<typeof billAnswer> {
  const { whom, amount, name, external_ref: number, create, items } = wire;
  const known = await recallCustomer(ctx, whom);
  const enrols = create && "phone" in whom && isUnknown(known);
  const found = enrols ? await enrolByPhone(ctx, whom.phone, name) : known;
  if (!found.ok) return found;
  const named = found.value;
  const { currency } = ctx.principal.merchant;
  const lines = items.map(
    (item): BillLine => ({
      category: item.category,
      sku: null,
      name: item.name,
      quantity: null,
      amount: fromWireMoney(item.amount, currency),
    }),
  );
  const reference = referenceOf("bill", number, amount);
  const recorded = await recordPurchase(ctx, {
    customer: named.customer.id,
    number: number ?? null,
    purchase: { amount: fromWireMoney(amount, currency), currency },
    lines,
    unique: reference === null ? { within: "nothing" } : { within: "customer", reference },
    remarks: {},
    occurredAt: null,
  });
  return recorded.ok ? ok(billBody(ctx, named, amount, recorded.value.receipt)) : recorded;
}

function recallCustomer(
  ctx: Context,
  whom: z.output<typeof billSchema>["whom"],
): Promise<Result<NamedCustomer, LoyaltyError>> | Result<NamedCustomer, LoyaltyError> {
  if ("phone" in whom) return recallProfile(ctx, whom);
  return whom.id === null ? notFound("customer") : recallProfile(ctx, { id: whom.id });
}

/** The same number, customer and content within a day is a repeat; anything else is new. */
function referenceOf(
  operation: string,
  key: string | undefined,
  content: number,
): Reference | null {
  if (key === undefined) return null;
  const repeatWithinMs = REPEAT_WITHIN_MS;
  return { operation, key, fingerprint: String(content), repeatWithinMs };
}

/** `POST pos/coupon/redeem`: validates and uses up in one step. */
export async function redeemCoupon(
  ctx: Context,
  wire: z.output<typeof couponSchema>,
): Answer<typeof couponAnswer> {
  const redeemed = await redeemBearerVoucher(ctx, wire.code);
  return redeemed.ok ? ok(couponBody(ctx, redeemed.value)) : redeemed;
}

/** `POST pos/otp/send` */
export async function sendOtp(
  ctx: Context,
  wire: z.output<typeof otpSendSchema>,
): Answer<typeof otpSendAnswer> {
  const sent = await sendOneTimePassword(ctx, wire.mobile, wire.purpose);
  if (!sent.ok) return sent;
  const { expiresIn, shown } = sent.value;
  return ok({ sent: true, expires_in: expiresIn, ...(shown === null ? {} : { otp: shown }) });
}

/** `POST pos/otp/verify` */
export async function verifyOtp(
  ctx: Context,
  wire: z.output<typeof otpVerifySchema>,
): Answer<typeof otpVerifyAnswer> {
  const { mobile, otp: code } = wire;
  const used = await useOneTimePassword(ctx, mobile, { code: code.trim(), purpose: null });
  return used.ok ? ok({ verified: true }) : used;
}

/** `POST pos/points/redeem`: the guest's one-time password is used up before anything is booked. */
export async function redeemForOtp(
  ctx: Context,
  wire: z.output<typeof pointsSchema>,
): Answer<typeof redeemAnswer> {
  const { whom, points, otp: code, external_ref: key } = wire;
  const { merchant, program } = ctx.principal;
  const amount = fromWholePoints(points);
  const value = moneyForPoints(program, amount, merchant.currency);
  if (value === null) return invalid("/points", "invalid", "cannot be redeemed for money here");
  const found = await recallCustomer(ctx, whom);
  if (!found.ok) return found;
  const { customer } = found.value;
  const phone = identifierOf(customer, "phone");
  if (phone === null) return err({ code: "one_time_password_invalid" });
  const used = await useOneTimePassword(ctx, phone, { code: code.trim(), purpose: "redeem" });
  if (!used.ok) return used;
  const redeemed = await redeemPoints(ctx, {
    customer: customer.id,
    amount,
    reference: referenceOf("redeem", key, points),
    remarks: {},
    occurredAt: null,
  });
  return redeemed.ok ? ok(redeemedBody(ctx, customer.id, redeemed.value.receipt, value)) : redeemed;
}
