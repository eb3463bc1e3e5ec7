import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import type { Entry } from "../../../src/core/ledger/entries.ts";
import { holdingOf, NEVER } from "../../../src/core/ledger/entries.ts";
import { walletOf } from "../../../src/wallet/client.ts";
import type { Owner } from "../../../src/wallet/rows.ts";
import { d1Rows } from "../d1.ts";
import type { Json } from "../kirimel/till.ts";
import { nativeMake } from "../native/native.ts";
import { earn, requestFor } from "../requests.ts";
import type { Store } from "./store.ts";

/** The number of a store's group: 100 currency units earn a point, 200 points are worth one. */
export const GOLD = 8;

/** Smallest steps of a hundredth of a point. */
const STEPS = 10;

/** Makes the group {@link GOLD}, or one like it. */
export async function addType(store: Store, given: Json = {}): Promise<void> {
  const gold = { number: GOLD, name: "Gold", earn_amount: "100", points_per_unit: "200" };
  await nativeMake("/customer_types", { ...gold, ...given }, store.account);
}

/** Makes a customer with so many points (in hundredths); answers the number. */
export async function addMember(
  store: Store,
  points = 0,
  type: number | null = GOLD,
  given: Json = {},
): Promise<number> {
  const customer = { name: "Juan Cruz", ...(type === null ? {} : { customer_type_id: type }) };
  const { body } = await store.post("/customers.json", { customer: { ...customer, ...given } });
  const number = Number(body.id);
  if (points > 0) {
    const request = requestFor(earn(points * STEPS, NEVER), { id: ulid() });
    await walletOf(env, await ownerOf(store, number)).execute("live", request);
  }
  return number;
}

/** Whose wallet it is. */
export async function ownerOf(store: Store, number: number): Promise<Owner> {
  const query = `SELECT c.id AS customer, c.merchant_id AS merchant FROM customers AS c
    JOIN merchants AS m ON m.id = c.merchant_id WHERE m.slug = ? AND c.number = ?`;
  const [owner] = await d1Rows<Owner & Json>(query, store.account, number);
  if (owner === undefined) throw new Error(`${store.account} has no customer ${number}`);
  return { customer: owner.customer, merchant: owner.merchant };
}

/** A customer's points, in hundredths. */
export async function pointsOf(store: Store, number: number): Promise<number> {
  const { head } = await walletOf(env, await ownerOf(store, number)).view(0);
  return holdingOf(head, "point").balance / STEPS;
}

/** Of every unit what is wrong in a customer's ledger; none, or a test has failed. */
export async function auditOf(store: Store, number: number): Promise<readonly unknown[]> {
  return walletOf(env, await ownerOf(store, number)).audit();
}

/** A customer's entries of a kind, newest first. */
export async function entriesOf(
  store: Store,
  number: number,
  kind: "bill" | "void",
): Promise<readonly Entry[]> {
  const query = { kinds: [kind], unit: "point", limit: 100, offset: 0 } as const;
  return (await walletOf(env, await ownerOf(store, number)).entries(query)).entries;
}

/** How many entries of a kind a customer has. */
export async function countEntries(
  store: Store,
  number: number,
  kind: "bill" | "void",
): Promise<number> {
  return (await entriesOf(store, number, kind)).length;
}

/** An invoice of one line over so much, as JSON. */
export function invoiceOf(customer: number | null, price: string, given: Json = {}): Json {
  const line = { product_id: 54, quantity: 1, retail_price: price };
  const whose = customer === null ? {} : { customer_id: customer };
  return { invoice: { ...whose, invoice_lines: [line], ...given } };
}
