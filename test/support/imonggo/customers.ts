import { d1Rows } from "../d1.ts";
import type { Json } from "../kirimel/till.ts";
import { importLines } from "../native/merchant.ts";
import { nativeCall, nativeMake } from "../native/native.ts";
import type { XmlElement } from "../xml-document.ts";
import type { Store, StoreReply } from "./store.ts";

/** The documentation's customer type. */
export const GOLD = { number: 8, name: "Gold", earn_amount: "100", points_per_unit: "200" };

/** The documentation's customer, as the native API imports him. */
export const JUAN = {
  number: 1534,
  name: "Juan Cruz",
  type: 8,
  created_at: "2013-05-25T02:24:31Z",
  updated_at: "2013-07-13T00:52:24Z",
  metadata: { code: "0098420130000033", first_name: "Juan", last_name: "Cruz", country: "PH" },
  balances: [{ unit: "point", lots: [{ amount: "30511" }] }],
};

/** A customer without a type. */
export const STRANGER = { number: 1535, name: "No Member" };

/** Gives a store the documentation's type and customer, and one who is of no type. */
export async function addJuan({ account }: Store): Promise<void> {
  await nativeMake("/customer_types", GOLD, account);
  await addCustomers(account, [JUAN, STRANGER]);
}

/** Imports customers who must come into being; answers their `cus_` ids. */
export async function addCustomers(account: string, lines: readonly Json[]): Promise<string[]> {
  const outcomes = await importLines(account, lines);
  const failed = outcomes.find(({ outcome }) => outcome !== "created");
  if (failed !== undefined) throw new Error(`import: ${JSON.stringify(failed)}`);
  return outcomes.map(({ customer }) => String(customer));
}

/** Copies the customer or type 1 of an account under the numbers from 2 on, all at once. */
export async function copyFirst(
  { account }: Store,
  table: "customers" | "customer_types",
  copies: number,
): Promise<void> {
  const columns = COLUMNS[table];
  const numbers = JSON.stringify(Array.from({ length: copies }, (_, i) => i + 2));
  await d1Rows(
    `WITH numbers AS (SELECT value FROM json_each(?))
      INSERT INTO ${table} (id, number, ${columns})
      SELECT id || '-' || n.value, n.value, ${columns} FROM ${table}, numbers AS n
      WHERE number = 1 AND merchant_id = (SELECT m.id FROM merchants AS m WHERE m.slug = ?)`,
    numbers,
    account,
  );
}

const COLUMNS = {
  customers: "merchant_id, status, attributes, joined_at, created_at, updated_at",
  customer_types: "merchant_id, name, discount, active, created_at, updated_at",
};

/** Creates a customer who must come into being, by JSON; answers the body. */
export async function createCustomer(store: Store, customer: Json): Promise<Json> {
  const reply = await store.post("/customers.json", { customer });
  if (reply.status !== 201) throw new Error(`${reply.status} ${reply.text}`);
  return reply.body;
}

/** A document of a customer. */
export function customerXml(fields: Readonly<Record<string, string>>): string {
  const elements = Object.entries(fields).map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?><customer>${elements.join("")}</customer>`;
}

/** Ids of a list of customers, in its order. */
export function idsOf({ list }: StoreReply): unknown[] {
  return list.map(({ id }) => id);
}

/** The texts of an element's children by their names; null for nil. */
export function textsOf({ children }: XmlElement): Record<string, string | null> {
  return Object.fromEntries(
    children.map(({ name, attributes, text }) => [name, attributes.nil === "true" ? null : text]),
  );
}

/** An event as the feed tells it. */
interface Told {
  readonly type: string;
  readonly data: Json;
}

/** All that the feed of a store tells of its customers' profiles. */
export async function profileEvents({ account }: Store): Promise<readonly Told[]> {
  const path = "/events?after_seq=0&limit=100&types=customer.*";
  return (await nativeCall("GET", path, { merchant: account })).body.data as Told[];
}
