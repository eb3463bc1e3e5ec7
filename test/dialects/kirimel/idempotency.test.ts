import { abortAllDurableObjects } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { DAY, stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import {
  balanceOf,
  customerWith,
  expectInvalid,
  expectRefusal,
  GROUP_KEY,
  kirimelKey,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import { CLIENT_STYLES } from "../../support/kirimel/signing.ts";
import { PROGRAM } from "../../support/kirimel/till.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

const clock = stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

let numbers = 6000;

async function newCustomer(points = "100"): Promise<number> {
  numbers += 1;
  await importLines("myrestaurant", [customerWith(numbers, points)]);
  return numbers;
}

const OPERATIONS = ["earn", "redeem"];

describe("a booking under a reference", () => {
  it("is answered again as it was the first time (case 17)", async () => {
    const fields = {
      customer_id: await newCustomer(),
      points: 50,
      reference_type: "TRANSACTION",
      reference_id: "TXN20260510001",
      notes: "x",
    };
    const first = await post("/points/earn", fields);
    expect(first.body).toMatchObject({ new_balance: 150 });
    const again = await post("/points/earn", fields);
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await balanceOf(fields.customer_id)).toBe(150);
  });

  it.each(OPERATIONS)("must not change its points (case 18): %s", async (operation) => {
    const fields = { customer_id: await newCustomer(), points: 50, reference_id: "R" };
    await post(`/points/${operation}`, fields);
    const balance = await balanceOf(fields.customer_id);
    const changed = { ...fields, points: 60 };
    expectInvalid(await post(`/points/${operation}`, changed), "reference_id");
    expectInvalid(await post(`/points/${operation}`, changed), "reference_id");
    expect(await balanceOf(fields.customer_id)).toBe(balance);
  });

  it("must not change the amount that its points were computed from", async () => {
    const fields = { customer_id: await newCustomer(), amount: "10.00", reference_id: "R" };
    const first = await post("/points/earn", fields);
    expect((await post("/points/earn", fields)).text).toBe(first.text);
    expect((await post("/points/earn", { ...fields, amount: 10 })).text).toBe(first.text);
    const changed = await post("/points/earn", { ...fields, amount: "20.00" });
    expectInvalid(changed, "reference_id");
    expect(await balanceOf(fields.customer_id)).toBe(110);
  });

  it.each(OPERATIONS)("is answered with the old balance, whatever came after: %s", async (name) => {
    const fields = { customer_id: await newCustomer(), points: 40, reference_id: "R" };
    const first = await post(`/points/${name}`, fields);
    await post("/points/earn", { customer_id: fields.customer_id, points: 1000 });
    await post("/points/redeem", { customer_id: fields.customer_id, points: 7 });
    expect((await post(`/points/${name}`, fields)).text).toBe(first.text);
  });
});

describe("a booking repeated under its reference", () => {
  it("is recognised whatever else the request says", async () => {
    const fields = { customer_id: await newCustomer(), points: 40, reference_id: "R" };
    const first = await post("/points/earn", { ...fields, description: "a", amount: 1 });
    const again = await post("/points/earn", { ...fields, description: "b", amount: 2 });
    expect(again.text).toBe(first.text);
  });

  it("is recognised from every client and key of the group", async () => {
    const fields = { customer_id: await newCustomer(), points: 40, reference_id: "R" };
    const first = await post("/points/redeem", fields);
    for (const [, style] of CLIENT_STYLES) {
      const again = await post("/points/redeem", fields, { style, key: GROUP_KEY });
      expect(again.text).toBe(first.text);
    }
    expect(await balanceOf(fields.customer_id)).toBe(60);
  });

  it("is booked once by ten requests at once", async () => {
    const fields = { customer_id: await newCustomer(), points: 40, reference_id: "R" };
    const calls = Array.from({ length: 10 }, () => post("/points/redeem", fields));
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await balanceOf(fields.customer_id)).toBe(60);
  });

  it("is recognised for good, by a wallet that forgot all but its storage", async () => {
    const fields = { customer_id: await newCustomer(), points: 40, reference_id: "R" };
    const first = await post("/points/earn", fields);
    await abortAllDurableObjects();
    clock.now += 1000 * DAY;
    expect((await post("/points/earn", fields)).text).toBe(first.text);
  });
});

describe("a reference", () => {
  it("is one thing for earning and another for redeeming", async () => {
    const fields = { customer_id: await newCustomer(), points: 40, reference_id: "R" };
    expect((await post("/points/earn", fields)).body).toMatchObject({ new_balance: 140 });
    expect((await post("/points/redeem", fields)).body).toMatchObject({ new_balance: 100 });
    expect((await post("/points/earn", fields)).body).toMatchObject({ new_balance: 140 });
    expect(await balanceOf(fields.customer_id)).toBe(100);
  });

  it("of one customer says nothing of another", async () => {
    for (const customer_id of [await newCustomer(), await newCustomer()]) {
      const answer = await post("/points/earn", { customer_id, points: 5, reference_id: "R" });
      expect(answer.body).toMatchObject({ new_balance: 105 });
    }
  });

  it("of one group says nothing of another", async () => {
    const key = { text: "kiri_other_group", secret: "secret_other_group" };
    const number = await newCustomer();
    await establish({
      merchant: { slug: "other-group", name: "Other", currency: "MYR", time_zone: "Asia/Manila" },
      program: PROGRAM,
      keys: [kirimelKey(key, { unlimited: true })],
      customers: [customerWith(number, "100")],
    });
    const fields = { customer_id: number, points: 5, reference_id: "R" };
    expect((await post("/points/earn", fields)).body).toMatchObject({ new_balance: 105 });
    const other = await post("/points/earn", { ...fields, points: 6 }, { key });
    expect(other.body).toMatchObject({ new_balance: 106 });
  });

  it.each([
    ["R", "r"],
    ["R", "R "],
    ["1", "01"],
    ["é", "e\u0301"],
  ])("is compared letter by letter: %j and %j", async (one, other) => {
    const fields = { customer_id: await newCustomer(), points: 5 };
    await post("/points/earn", { ...fields, reference_id: one });
    await post("/points/earn", { ...fields, reference_id: other });
    expect(await balanceOf(fields.customer_id)).toBe(110);
  });

  it("may have 255 characters and not one more", async () => {
    const fields = { customer_id: await newCustomer(), points: 5 };
    const longest = { ...fields, reference_id: "R".repeat(255) };
    const first = await post("/points/earn", longest);
    expect((await post("/points/earn", longest)).text).toBe(first.text);
    const longer = { ...fields, reference_id: "R".repeat(256) };
    expectInvalid(await post("/points/earn", longer), "reference_id");
  });
});

describe("a refused request", () => {
  it("leaves no record of its reference", async () => {
    const fields = { customer_id: await newCustomer("50"), points: 100, reference_id: "R" };
    const details = { requested: 100, available: 50, shortfall: 50 };
    const refused = await post("/points/redeem", fields);
    expectRefusal(refused, 400, "INSUFFICIENT_BALANCE", details);
    await post("/points/earn", { customer_id: fields.customer_id, points: 60 });
    const retried = await post("/points/redeem", fields);
    expect(retried.body).toMatchObject({ points_redeemed: 100, new_balance: 10 });
  });

  it("may be sent again with other points", async () => {
    const fields = { customer_id: await newCustomer("50"), reference_id: "R" };
    await post("/points/redeem", { ...fields, points: 100 });
    const retried = await post("/points/redeem", { ...fields, points: 20 });
    expect(retried.body).toMatchObject({ points_redeemed: 20, new_balance: 30 });
  });

  it.each([{ points: "abc" }, { points: 5, customer_id: 999_999_999 }])(
    "that came to nothing at all may be sent again: %j",
    async (fault) => {
      const fields = { customer_id: await newCustomer(), points: 5, reference_id: "R" };
      const before = await dumpEverything();
      expect((await post("/points/earn", { ...fields, ...fault })).status).not.toBe(200);
      expect(await dumpEverything()).toBe(before);
      expect((await post("/points/earn", fields)).body).toMatchObject({ new_balance: 105 });
    },
  );
});
