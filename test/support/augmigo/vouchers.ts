import { d1Rows } from "../d1.ts";
import type { Json, Target } from "../kirimel/till.ts";
import { appWith } from "../kirimel/till.ts";
import { nativeMake } from "../native/native.ts";
import type { Cafe, CafeReply } from "./cafe.ts";
import { addCustomer } from "./customers.ts";

/** Last days that are past and to come on every clock of a test. */
export const PAST = "2020-12-31";
export const FUTURE = "2070-12-31";

/** The contract's own voucher programme. */
export const CASH_SERIES = {
  name: "Cash",
  kind: "amount",
  value: "10",
  key: "vp-cash",
  label: "$ 10 Cash Voucher",
  description: "Allow to rebate $10 in single receipt",
  image_url: "https://cdn.example/v.png",
  conditions: "Rebate $ 10 in single receipt",
  configuration: { cash: 10, currency_code: "usd", label: "$10 Cash Voucher" },
  valid_from: "2020-01-01",
  valid_until: FUTURE,
};

let series = 0;

/** Makes a voucher programme with a key of its own; answers the key. */
export async function addSeries(cafe: Cafe, given: Json = {}): Promise<string> {
  series += 1;
  const key = `vp-${series}`;
  await nativeMake("/voucher_series", { ...CASH_SERIES, key, ...given }, cafe.account);
  return key;
}

/** Makes vouchers of a new programme, of nobody if nothing else is said; answers their codes. */
export async function addVouchers(
  cafe: Cafe,
  quantity = 1,
  given: Json = {},
): Promise<readonly string[]> {
  const key = await addSeries(cafe);
  const made = { quantity, ...given };
  return (await nativeMake(`/voucher_series/${key}/vouchers`, made, cafe.account))
    .codes as string[];
}

/** Makes one voucher like {@link addVouchers}; answers its code. */
export async function addVoucher(cafe: Cafe, given: Json = {}): Promise<string> {
  const [code = ""] = await addVouchers(cafe, 1, given);
  return code;
}

/** A customer of a cafe. */
export interface Guest {
  /** `cus_` id. */
  readonly id: string;
  readonly code: string;
}

/** Registers somebody new. */
export async function addGuest(cafe: Cafe): Promise<Guest> {
  const { customer_key: id, reference_code: code } = await addCustomer(cafe);
  return { id: String(id), code: String(code) };
}

/** Redeems codes on the documented path, with other fields if any are given. */
export async function redeem(
  cafe: Cafe,
  codes: readonly string[],
  given: Json = {},
): Promise<CafeReply> {
  return cafe.post("/vouchers/redeem", { redeem_code: codes, ...given });
}

/** Whether each voucher was redeemed, as reading tells. */
export async function areRedeemed(cafe: Cafe, codes: readonly string[]): Promise<unknown[]> {
  const read = await Promise.all(codes.map((code) => cafe.get(`/vouchers/${code}`)));
  return read.map(({ body }) => (body.voucher_details as Json | undefined)?.is_redeemed);
}

/** What is stored of a voucher. */
export async function storedVoucher(cafe: Cafe, code: string): Promise<Json> {
  const [row] = await d1Rows(
    `SELECT * FROM vouchers WHERE code = ? AND merchant_id =
     (SELECT id FROM merchants WHERE slug = ?)`,
    code,
    cafe.account,
  );
  if (row === undefined) throw new Error("no such voucher is stored");
  return row;
}

/**
 * The application, for which a POST with the header `X-Test-Get` is a GET: a Request cannot be
 * made with a body and that method, though a client can send one.
 */
export const gettingTarget: Target = (request) => {
  if (request.headers.has("x-test-get")) Object.defineProperty(request, "method", { value: "GET" });
  return appWith({})(request);
};
