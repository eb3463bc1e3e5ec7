import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { holdingOf } from "../../src/core/ledger/entries.ts";
import { walletOf } from "../../src/wallet/client.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { openCafe } from "../support/augmigo/cafe.ts";
import { addCustomer } from "../support/augmigo/customers.ts";
import { d1Rows } from "../support/d1.ts";
import { addMember, addType } from "../support/imonggo/members.ts";
import { openStore } from "../support/imonggo/store.ts";
import { openShop } from "../support/kirimel/till.ts";
import { addGuest, openHotel, RAVI, sentCode } from "../support/microgenn/hotel.ts";
import { importLines } from "../support/native/merchant.ts";
import { nativeCall } from "../support/native/native.ts";
import { earn, requestFor } from "../support/requests.ts";

/** A balance with three decimals, as another vendor's customers bring it. */
const BALANCE = "26447.104";
const lots = [{ unit: "point", lots: [{ amount: BALANCE }] }];

let owner: Owner;

/** The owner of a merchant's customer, found by something of its row. */
async function findOwner(slug: string, where: string, value: string | number): Promise<void> {
  const [row] = await d1Rows<{ customer: string; merchant: string }>(
    `SELECT c.id AS customer, c.merchant_id AS merchant FROM customers AS c
     JOIN merchants AS m ON m.id = c.merchant_id WHERE m.slug = ? AND c.${where} = ?`,
    slug,
    value,
  );
  owner = { merchant: row?.merchant ?? "", customer: row?.customer ?? "" };
}

async function stepsLeft(): Promise<number> {
  return holdingOf((await walletOf(env, owner).view(0)).head, "point").balance;
}

/** Gives points in the smallest step to somebody whom a dialect made. */
async function give(steps: number): Promise<void> {
  const given = await walletOf(env, owner).execute("live", requestFor(earn(steps)));
  expect(given).toMatchObject({ ok: true });
}

afterEach(async () => {
  expect(await walletOf(env, owner).audit()).toEqual([]);
});

describe("a balance with thousandths of a point", () => {
  it("is whole points to KiriMel, all of which can be spent", async () => {
    const till = await openShop();
    await importLines(till.slug, [{ number: 700, balances: lots }]);
    await findOwner(till.slug, "number", 700);
    const balance = await till.get("/wallet/balance", { customer_id: "700" });
    expect(balance.body).toMatchObject({ balance: 26_447 });
    const short = await till.post("/points/redeem", { customer_id: 700, points: 26_448 });
    expect(short).toMatchObject({ status: 400, code: "INSUFFICIENT_BALANCE" });
    const spent = await till.post("/points/redeem", { customer_id: 700, points: 26_447 });
    expect(spent.body).toMatchObject({ points_redeemed: 26_447, new_balance: 0 });
    expect(await stepsLeft()).toBe(104);
  });

  it("is whole points to Microgenn, all of which can be spent", async () => {
    const hotel = await openHotel();
    await addGuest(hotel, { balances: lots });
    await findOwner(hotel.slug, "name", "Ravi Kumar");
    const found = await hotel.lookUp();
    expect(found.body).toMatchObject({ points_balance: 26_447 });
    await hotel.post("otp/send", { mobile: RAVI });
    const fields = { mobile: RAVI, points: 26_447, otp: await sentCode(hotel) };
    const spent = await hotel.post("points/redeem", fields);
    expect(spent.body).toMatchObject({ points_redeemed: 26_447, new_balance: 0 });
    expect(await stepsLeft()).toBe(104);
  });

  it("has two decimals at most to Augmigo, and all that it shows can be spent", async () => {
    const cafe = await openCafe();
    const customer = await addCustomer(cafe);
    await findOwner(cafe.account, "id", String(customer.customer_key));
    await give(26_447_104);
    const path = `/reward/reference-code/${customer.reference_code}`;
    const shown = async () => (await cafe.get(path)).text;
    expect(await shown()).toContain('"point":26447.1,');
    const finer = await cafe.post(`${path}/point-redeem`, { redeem_amount: 0.104 });
    expect(finer.status).toBe(200);
    expect(await stepsLeft()).toBe(26_447_004);
    expect(await shown()).toContain('"point":26447.0,');
    const all = await cafe.post(`${path}/point-redeem`, { redeem_amount: 26_447 });
    expect(all.status).toBe(200);
    expect(await stepsLeft()).toBe(4);
    expect(await shown()).toContain('"point":0.0,');
  });

  it("has two decimals at most to Imonggo", async () => {
    const store = await openStore();
    await addType(store, { points_per_unit: "3" });
    const juan = await addMember(store);
    await findOwner(store.account, "number", juan);
    await give(26_447_104);
    const { text } = await store.get(`/customers/${juan}.json`);
    expect(text).toContain('"available_points":26447.1,');
    const spent = await store.post(`/rewards.json?q=spend&customer_id=${juan}&amount=0.01`);
    expect(spent.text).toBe(
      '{"points_spent":0.03,"amount_spent":0.01,"points_available":26447.07}',
    );
    expect(await stepsLeft()).toBe(26_447_074);
  });

  it("has all its decimals in the native API and in events", async () => {
    const till = await openShop();
    const [made] = await importLines(till.slug, [{ number: 701, balances: lots }]);
    await findOwner(till.slug, "number", 701);
    const merchant = till.slug;
    const path = `/customers/${made?.customer}`;
    const { body } = await nativeCall("GET", path, { merchant });
    expect(body.balances).toEqual([{ unit: "point", amount: BALANCE }]);
    await till.post("/points/redeem", { customer_id: 701, points: 7 });
    const entries = await nativeCall("GET", `${path}/entries`, { merchant });
    expect(entries.body.data).toMatchObject([
      { kind: "redeem", amount: "-7.00", balance: "26440.104" },
      {},
      { kind: "open", amount: BALANCE, balance: BALANCE },
    ]);
    const told = async () => {
      const feed = await nativeCall("GET", "/events?after_seq=0&limit=100", { merchant });
      const data = feed.body.data as { type: string; data: Record<string, unknown> }[];
      expect(data.map(({ type, data: own }) => [type, own.amount, own.balance])).toEqual(
        expect.arrayContaining([
          ["points.adjusted", BALANCE, BALANCE],
          ["points.redeemed", "-7.00", "26440.104"],
        ]),
      );
    };
    await vi.waitFor(told, { timeout: 8_000 });
  });
});
