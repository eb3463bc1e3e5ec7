import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { d1Rows, failingDatabase } from "../../support/d1.ts";
import { runSweep } from "../../support/events.ts";
import {
  addMember,
  addType,
  auditOf,
  countEntries,
  entriesOf,
  invoiceOf,
  pointsOf,
} from "../../support/imonggo/members.ts";
import { openStore, type Store } from "../../support/imonggo/store.ts";
import { appWith, type Json, type Target } from "../../support/kirimel/till.ts";

let store: Store;
/** Its programme allows no debt. */
let careful: Store;
let references = 0;

beforeAll(async () => {
  store = await openStore();
  careful = await openStore({ program: { name: "Points", earning: { rate: "1" } } });
  for (const one of [store, careful]) await addType(one);
}, 60_000);

beforeEach(() => {
  references += 1;
  // The service logs what nobody expected.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Dies when it asks the wallet. */
function withoutWallets(): Target {
  const away = () => Promise.reject(new Error("the wallet is away"));
  const WALLETS = { getByName: () => ({ execute: away }) };
  return appWith({ WALLETS: WALLETS as unknown as Env["WALLETS"] });
}

/** Dies when it has the wallet's answer, before it can note it. */
const beforeNoting = (): Target =>
  appWith({ DB: failingDatabase(/^update "invoices" set "(?:points_earned|void_booked_at)"/) });
const beforeDeleting = (): Target => appWith({ DB: failingDatabase(/^delete from "invoices"/) });
const beforeUnmarking = (): Target =>
  appWith({ DB: failingDatabase(/^update "invoices" set "voided_at" = \?, "void_reason" = \? /) });

const reference = (): string => `C-${references}`;

async function rowOf(by: Store): Promise<Json | undefined> {
  const query = `SELECT i.* FROM invoices AS i JOIN merchants AS m ON m.id = i.merchant_id
    WHERE m.slug = ? AND i.reference = ?`;
  return (await d1Rows<Json>(query, by.account, reference()))[0];
}

/** Lets the sweep come by after the grace that every request has. */
async function sweepLater(): Promise<void> {
  await env.DB.prepare("UPDATE invoices SET created_at = created_at - 120000").run();
  await runSweep();
}

const post = (by: Store, customer: number, price = "1000") =>
  by.post("/invoices.json", invoiceOf(customer, price, { reference: reference() }));

const giveBack = (by: Store, customer: number) => {
  const invoice_lines = [{ product_id: 5, quantity: -2, retail_price: 100 }];
  const given = { reference: reference(), invoice_lines };
  return by.post("/invoices.json", invoiceOf(customer, "0", given));
};

describe.each([
  ["before the wallet books it", withoutWallets],
  ["before it is noted that the wallet has booked it", beforeNoting],
])("an invoice whose request dies %s", (_when, dying) => {
  it("is finished by the next request with its reference, which is still refused", async () => {
    const juan = await addMember(store);
    expect((await post(store.via(dying()), juan)).status).toBe(500);
    expect(await rowOf(store)).toMatchObject({ booked_at: null, points_earned: null });
    for (let tries = 0; tries < 2; tries += 1) {
      const again = await post(store, juan);
      expect(again.errors).toEqual(["Reference has already been taken"]);
    }
    expect(await rowOf(store)).toMatchObject({ points_earned: 10_000 });
    expect(await pointsOf(store, juan)).toBe(1_000);
    expect(await countEntries(store, juan, "bill")).toBe(1);
  });

  it("is finished by the sweep, in the name of the token that brought it", async () => {
    const juan = await addMember(store);
    await post(store.via(dying()), juan);
    await runSweep();
    expect(await rowOf(store)).toMatchObject({ booked_at: null });
    for (let sweeps = 0; sweeps < 2; sweeps += 1) await sweepLater();
    expect(await rowOf(store)).toMatchObject({
      booked_at: expect.any(Number),
      points_earned: 10_000,
    });
    expect(await pointsOf(store, juan)).toBe(1_000);
    expect((await entriesOf(store, juan, "bill")).map(({ source }) => source)).toEqual([
      {
        dialect: "imonggo",
        key: expect.stringMatching(/^key_/),
        site: expect.stringMatching(/^sit_/),
        staff: expect.stringMatching(/^stf_/),
      },
    ]);
    expect(await auditOf(store, juan)).toEqual([]);
  });

  it("is voided as if it had been finished", async () => {
    const juan = await addMember(store);
    await post(store.via(dying()), juan);
    const { number } = (await rowOf(store)) ?? {};
    expect((await store.delete(`/invoices/${number}.json`)).status).toBe(200);
    expect(await pointsOf(store, juan)).toBe(0);
    expect(await rowOf(store)).toMatchObject({ points_earned: 10_000 });
    expect(await countEntries(store, juan, "bill")).toBe(1);
  });
});

describe.each([
  ["before the wallet books it", withoutWallets],
  ["before it is noted that the wallet has booked it", beforeNoting],
])("a void whose request dies %s", (_when, dying) => {
  it("is finished by the next one, to which it is already void", async () => {
    const juan = await addMember(store);
    const { body } = await post(store, juan);
    const path = `/invoices/${body.id}.json`;
    expect((await store.via(dying()).delete(path)).status).toBe(500);
    for (let tries = 0; tries < 2; tries += 1) {
      const again = await store.delete(path);
      expect(again.errors).toEqual(["Invoice has already been voided"]);
    }
    expect(await pointsOf(store, juan)).toBe(0);
    expect(await countEntries(store, juan, "void")).toBe(1);
  });

  it("is finished by the sweep", async () => {
    const juan = await addMember(store);
    const { body } = await post(store, juan);
    await store.via(dying()).delete(`/invoices/${body.id}.json`);
    for (let sweeps = 0; sweeps < 2; sweeps += 1) await sweepLater();
    expect(await rowOf(store)).toMatchObject({ void_booked_at: expect.any(Number) });
    expect(await pointsOf(store, juan)).toBe(0);
    expect(await countEntries(store, juan, "void")).toBe(1);
  });
});

describe("what the wallet has refused when the request dies", () => {
  it("stays refused though there are points by then, and its reference is free", async () => {
    const juan = await addMember(careful);
    expect((await giveBack(careful.via(beforeDeleting()), juan)).status).toBe(500);
    expect(await rowOf(careful)).toBeDefined();
    await careful.post("/invoices.json", invoiceOf(juan, "1000"));
    const again = await giveBack(careful, juan);
    expect([again.status, again.body.points_earned]).toEqual([201, -2]);
    expect(await pointsOf(careful, juan)).toBe(800);
    expect(await countEntries(careful, juan, "bill")).toBe(2);
  });

  it("is removed by the sweep", async () => {
    const juan = await addMember(careful);
    await giveBack(careful.via(beforeDeleting()), juan);
    await sweepLater();
    expect(await rowOf(careful)).toBeUndefined();
    expect(await countEntries(careful, juan, "bill")).toBe(0);
  });

  it("leaves the invoice as it was, if it was a void", async () => {
    const juan = await addMember(careful);
    const { body } = await post(careful, juan);
    await careful.post(`/rewards.json?q=spend&customer_id=${juan}&amount=0.05`);
    const path = `/invoices/${body.id}.json`;
    expect((await careful.via(beforeUnmarking()).delete(path)).status).toBe(500);
    expect(await rowOf(careful)).toMatchObject({ voided_at: expect.any(Number) });
    await sweepLater();
    expect(await rowOf(careful)).toMatchObject({ voided_at: null, void_reason: null });
    expect((await careful.delete(path)).errors).toEqual(["Insufficient points"]);
    await careful.post("/invoices.json", invoiceOf(juan, "1000"));
    expect((await careful.delete(path)).status).toBe(200);
    expect(await pointsOf(careful, juan)).toBe(0);
  });
});

describe("the sweep", () => {
  it("finishes the others though one cannot be finished", async () => {
    const juan = await addMember(store);
    await post(store.via(withoutWallets()), juan);
    const spoil = "UPDATE invoices SET document = '{}' WHERE reference = ?";
    await env.DB.prepare(spoil).bind(reference()).run();
    const spoilt = await rowOf(store);
    references += 1;
    await post(store.via(withoutWallets()), juan);
    await sweepLater();
    expect(await rowOf(store)).toMatchObject({ points_earned: 10_000 });
    const remove = "DELETE FROM invoices WHERE id = ?";
    await env.DB.prepare(remove).bind(spoilt?.id).run();
  });
});
