import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Owner } from "../../../src/wallet/rows.ts";
import { d1Rows } from "../d1.ts";
import { walletObject } from "../events.ts";
import type { Json } from "../kirimel/till.ts";
import { worker } from "../kirimel/till.ts";
import { nativeMake } from "../native/native.ts";
import type { Cafe, CafeReply } from "./cafe.ts";
import { openCafe } from "./cafe.ts";

/** Last day of all that a cafe gives, on every clock of a test. */
export const FUTURE = "2070-12-31";

/** Two points per unit less tax, a stamp per purchase, and a voucher with one article. */
export const REWARDS = {
  name: "Rewards",
  earning: { rate: "2" },
  expiry: { date: FUTURE },
  grants: {
    stamps: { per_bill: "1" },
    skus: { SKU_1: { vouchers: [{ series: "vp-rm10" }] } },
  },
};

/** A cafe with its rewards and the series that they need. */
export async function openRewards(program: Json = REWARDS, merchant: Json = {}): Promise<Cafe> {
  const cafe = await openCafe({ program, merchant });
  await addSeries(cafe, { key: "vp-rm10", label: "RM10", image_url: "https://cdn.example/v.png" });
  return cafe;
}

/** Makes a voucher series of an account: ten units off, if nothing else is said. */
export async function addSeries(cafe: Cafe, given: Json): Promise<string> {
  const series = { name: "RM10 voucher", kind: "amount", value: "10", ...given };
  return String((await nativeMake("/voucher_series", series, cafe.account)).id);
}

let members = 0;

/** Brings a customer along; answers the reference code and the id. */
export async function addMember(
  cafe: Cafe,
  given: Json = {},
): Promise<{ readonly code: string; readonly id: string }> {
  members += 1;
  const code = String(1_000_000_000_000_000 + members);
  const line = { name: "Member", identifiers: [{ kind: "reference_code", value: code }], ...given };
  const headers = {
    Authorization: `Bearer ${env.GUERDON_ADMIN_TOKEN}`,
    "Guerdon-Merchant": cafe.account,
  };
  const init = { method: "POST", headers, body: JSON.stringify(line) };
  const url = "https://api.example/loyalty/v1/customers/import";
  const answer = await worker(new Request(url, init));
  const imported = JSON.parse(new TextDecoder().decode(await answer.arrayBuffer())) as Json;
  if (imported.outcome !== "created") throw new Error(JSON.stringify(imported));
  return { code, id: String(imported.customer) };
}

/** The documentation's purchase: 100.00 with 6.00 of tax, one article. */
export const PURCHASE = {
  sales_amount: 100.0,
  tax_amount: 6.0,
  remarks: "Table 7",
  invoice_details: {
    purchased_items: [{ SKU: "SKU_1", count: 1, subtotal_sales_amt: 100.0, subtotal_tax_amt: 6.0 }],
    pax_count: 1,
  },
};

/** Gives for a purchase. */
export function give(cafe: Cafe, code: string, given: unknown = PURCHASE): Promise<CafeReply> {
  return cafe.post(`/reward/reference-code/${code}/give`, given);
}

/** What a customer has. */
export async function rewardsOf(cafe: Cafe, code: string): Promise<Json> {
  const { status, text, body } = await cafe.get(`/reward/reference-code/${code}`);
  if (status !== 200) throw new Error(text);
  return body.entitled_reward_summary as Json;
}

/** Points, stamps and loaded money of a customer. */
export async function balancesOf(cafe: Cafe, code: string): Promise<unknown[]> {
  const { point, stamp, prepaid } = await rewardsOf(cafe, code);
  return [point, stamp, prepaid];
}

/** A row of `vouchers`, as far as tests look at it. */
export interface VoucherLine {
  readonly id: string;
  readonly code: string;
  readonly status: string;
  readonly valid_from: string | null;
  readonly valid_until: string | null;
}

/** A customer's vouchers as D1 has them. */
export function vouchersOf(customer: string): Promise<VoucherLine[]> {
  return d1Rows<VoucherLine>("SELECT * FROM vouchers WHERE customer_id = ? ORDER BY id", customer);
}

/** Whose wallet a customer's is. */
export async function ownerOf({ account }: Cafe, customer: string): Promise<Owner> {
  const [merchant] = await d1Rows<{ id: string }>(
    "SELECT id FROM merchants WHERE slug = ?",
    account,
  );
  return { merchant: String(merchant?.id), customer };
}

/** Publishes what a customer's wallet has booked; answers what the feed tells of the customer. */
export async function publish(cafe: Cafe, customer: string): Promise<Json[]> {
  const wallet = walletObject(await ownerOf(cafe, customer));
  await runDurableObjectAlarm(wallet);
  const query = "SELECT type, sequence, data FROM events WHERE customer_id = ? ORDER BY seq";
  return d1Rows<Json>(query, customer);
}
