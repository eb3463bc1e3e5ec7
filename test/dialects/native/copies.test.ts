import { beforeEach, describe, expect, it, vi } from "vitest";
import { NEVER } from "../../../src/core/ledger/entries.ts";
import { bookFor, feedWith, makeShop, type Shop } from "../../support/events.ts";
import { importCustomer, type Json, makeTill } from "../../support/kirimel/till.ts";
import { nativeCall, nativeMake } from "../../support/native/native.ts";
import { earn, redeem, TODAY } from "../../support/requests.ts";
import { callNative } from "../../support/webhooks.ts";

vi.setConfig({ testTimeout: 20_000 });

let shop: Shop;
let merchant: string;
let customer: string;

beforeEach(async () => {
  shop = await makeShop();
  merchant = shop.slug;
  const till = await makeTill(merchant);
  const identifiers = [{ kind: "phone", value: "+4915112345678" }];
  const line = { number: 7, name: "Ada Lovelace", email: "ada@example.com", identifiers };
  await importCustomer(till, line);
  const { body } = await nativeCall("GET", "/customers", { merchant });
  customer = String((body.data as Json[])[0]?.id);
});

const get = (path: string) => callNative("GET", path, { merchant });

const rows = ({ body }: { body: Json }) => body.data as Json[];

function bill(number: string, amount: number) {
  const purchase = { amount, currency: "EUR" };
  return { kind: "bill", number, purchase, lines: [], day: TODAY, expiresAt: NEVER } as const;
}

describe("reads of the copies", () => {
  it("say how fresh they are, and of one customer up to which entry", async () => {
    const owner = { merchant: shop.id, customer };
    const start = Date.now();
    await bookFor(owner, earn(10_000));
    await bookFor(owner, redeem(2_000));
    await feedWith(shop, 3);
    const one = await get(`/customers/${customer}`);
    expect(one.headers.get("guerdon-seq")).toBe("2");
    const asOf = Date.parse(one.headers.get("guerdon-as-of") ?? "");
    expect(asOf).toBeGreaterThanOrEqual(start);
    expect(asOf).toBeLessThanOrEqual(Date.now());
    expect(one.body.balances).toEqual([{ unit: "point", amount: "8.00" }]);
    const all = await get("/customers");
    expect(all.headers.get("guerdon-as-of")).toBe(one.headers.get("guerdon-as-of"));
    expect(all.headers.has("guerdon-seq")).toBe(false);
  });

  it("list entries and bills newest first, by cursor", async () => {
    const owner = { merchant: shop.id, customer };
    for (const number of ["B-1", "B-2", "B-3"]) await bookFor(owner, bill(number, 1_000));
    await feedWith(shop, 7);
    for (const path of ["/bills", `/customers/${customer}/bills`]) {
      const first = await get(`${path}?limit=2`);
      expect(rows(first).map(({ number }) => number)).toEqual(["B-3", "B-2"]);
      expect(first.headers.has("guerdon-as-of")).toBe(true);
      const second = await get(`${path}?limit=2&cursor=${first.body.next_cursor}`);
      expect(rows(second).map(({ number }) => number)).toEqual(["B-1"]);
      expect(second.body).toMatchObject({ has_more: false, next_cursor: null });
    }
    const entries = await get(`/customers/${customer}/entries?limit=4`);
    expect(rows(entries).map(({ sequence }) => sequence)).toEqual([6, 5, 4, 3]);
    const rest = await get(`/customers/${customer}/entries?cursor=${entries.body.next_cursor}`);
    expect(rows(rest).map(({ sequence }) => sequence)).toEqual([2, 1]);
  });

  it("show nothing of another merchant", async () => {
    await bookFor({ merchant: shop.id, customer }, bill("B-1", 1_000));
    await feedWith(shop, 3);
    merchant = (await makeShop()).slug;
    expect(rows(await get("/bills"))).toEqual([]);
    for (const path of ["", "/entries", "/bills"]) {
      expect((await get(`/customers/${customer}${path}`)).status).toBe(404);
    }
  });

  it.each(["/customers?cursor=x", "/customers?cursor=-1"])("refuse %s", async (path) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { code: "validation_failed" } });
  });

  it("mask personal data for a key of the mode test", async () => {
    const fields = { name: "Test", dialect: "native", mode: "test", scopes: ["read:customers"] };
    const { text } = await nativeMake("/keys", fields, merchant);
    for (const path of ["/customers", `/customers/${customer}`]) {
      const seen = JSON.stringify((await callNative("GET", path, { key: String(text) })).body);
      expect(seen).toContain(customer);
      expect(seen).not.toMatch(/Lovelace|ada@|4915112345678/);
    }
    expect(JSON.stringify((await get("/customers")).body)).toContain("Lovelace");
  });
});
