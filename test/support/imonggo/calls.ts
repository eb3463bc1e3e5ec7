import { d1Rows } from "../d1.ts";
import type { Stage, WriteCall } from "../write-calls.ts";
import { addMember, addType, invoiceOf } from "./members.ts";
import type { Store, StoreReply } from "./store.ts";

/** What the calls of the dialect need. */
export interface StoreStage {
  /** Number of a customer with points. */
  readonly spender: number;
  /** Number of an invoice that can be voided. */
  readonly invoice: number;
}

/** Makes what the calls need. */
export async function setStoreStage(store: Store): Promise<StoreStage> {
  await addType(store);
  const spender = await addMember(store, 10_000);
  const { body } = await store.post("/invoices.json?branch_id=1", invoiceOf(spender, "1000"));
  return { spender, invoice: Number(body.id) };
}

/** A call of a route, with each of its extensions. */
const inFormats = (
  route: string,
  act: (store: Store, path: string, stage: Stage) => Promise<StoreReply>,
): readonly WriteCall[] => {
  const [method = "", path = ""] = route.split(" ");
  const extensions = path.endsWith(":id") ? [""] : ["", ".xml", ".json"];
  return extensions.map((extension) => ({
    route: `${method} /api${path}${extension}`,
    call: (stage, { store }) => act(store, path + extension, stage),
    live: "something",
  }));
};

/** The number of a customer whom no other call of the dialect needs. */
async function memberNumber({ cafe }: Stage): Promise<unknown> {
  const query = "SELECT number FROM customers WHERE id = ?";
  return (await d1Rows(query, cafe.member.customer_key))[0]?.number;
}

/** A call of every route of the Imonggo dialect that writes. */
export const STORE_CALLS: readonly WriteCall[] = [
  ...inFormats("POST /customers", (store, path) => {
    const xml = "<customer><name>New</name></customer>";
    return store.post(path, path.endsWith("json") ? { customer: { name: "New" } } : xml);
  }),
  ...inFormats("PUT /customers/:id", (store) =>
    store.put("/customers/7.json", { customer: { remark: "Put" } }),
  ),
  ...inFormats("POST /invoices", (store, path) => {
    const line = "<product_id>5</product_id><quantity>1</quantity><retail_price>9</retail_price>";
    const lines = `<invoice_lines><invoice_line>${line}</invoice_line></invoice_lines>`;
    const json = { invoice_lines: [{ product_id: 5, quantity: 1, retail_price: 9 }] };
    const isJson = path.endsWith("json");
    const branch = `${path}?branch_id=1`;
    return store.post(branch, isJson ? json : `<invoice>${lines}</invoice>`);
  }),
  ...inFormats("DELETE /invoices/:id", (by, _path, { store }) =>
    by.delete(`/invoices/${store.invoice}.json`),
  ),
  ...inFormats("POST /rewards", (by, path, { store }) =>
    by.post(`${path}?q=spend&customer_id=${store.spender}&amount=0.01`),
  ),
  ...inFormats("DELETE /customers/:id", async (store, _path, stage) =>
    store.delete(`/customers/${await memberNumber(stage)}.json`),
  ),
];
