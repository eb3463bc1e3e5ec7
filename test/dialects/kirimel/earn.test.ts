import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import {
  balanceOf,
  customerWith,
  expectInvalid,
  expectRefusal,
  kirimel,
  kirimelKey,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import { formTill } from "../../support/kirimel/signing.ts";
import type { KirimelCall } from "../../support/kirimel/till.ts";
import { PROGRAM } from "../../support/kirimel/till.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

let numbers = 2000;

/** A fresh customer with 100 points, or with what is given. */
async function newCustomer(points = "100", lifetime = points): Promise<number> {
  numbers += 1;
  await importLines("myrestaurant", [customerWith(numbers, points, lifetime)]);
  return numbers;
}

const earn = (fields: object, call: KirimelCall = {}) => post("/points/earn", { ...fields }, call);

describe("an earn", () => {
  it("answers as documented, in the documented order", async () => {
    const customer = await newCustomer();
    const fields = {
      customer_id: `CUST_${customer}`,
      points: 50,
      amount: "25.50",
      reference_id: "ORDER_123",
      description: "Dining reward",
    };
    const answer = await earn(fields, { style: formTill });
    expect(answer.status).toBe(200);
    const { transaction_id: id } = answer.body;
    expect(id).toMatch(/^TXN_[1-9]\d*$/);
    expect(answer.text).toBe(
      `{"success":true,"transaction_id":"${id}","points_awarded":50,"new_balance":150,` +
        '"tier_progress":{"current_tier":"BRONZE","points_to_next":850,"next_tier":"SILVER"}}',
    );
    expect(await balanceOf(customer)).toBe(150);
  });

  it("needs no amount, and takes the customer's number as an integer (case 16)", async () => {
    const customer = await newCustomer();
    const answer = await earn({
      customer_id: customer,
      points: 50,
      reference_type: "TRANSACTION",
      reference_id: "TXN20260510001",
      notes: "x",
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ points_awarded: 50, new_balance: 150 });
  });

  it.each([0, -5, 1.5, "abc", "0", "-5", "1.5", "", "1,000", "0x10", "５", "1_000", "+5", " 5"])(
    "does not award %j points (case 19)",
    async (points) => {
      const customer = await newCustomer();
      const before = await dumpEverything();
      expectInvalid(await earn({ customer_id: customer, points }), "points");
      expect(await dumpEverything()).toBe(before);
    },
  );

  it("for an unknown customer is not found (case 20)", async () => {
    const before = await dumpEverything();
    const answer = await earn({ customer_id: "CUST_999999999", points: 50 });
    expectRefusal(answer, 404, "CUSTOMER_NOT_FOUND");
    expect(await dumpEverything()).toBe(before);
  });
});

describe("an earn of given points", () => {
  it("awards the points that were sent, whatever the amount says", async () => {
    const customer = await newCustomer();
    const answer = await earn({ customer_id: customer, points: 3, amount: "1000.00" });
    expect(answer.body).toMatchObject({ points_awarded: 3, new_balance: 103 });
  });

  it("needs points or an amount", async () => {
    expectInvalid(await earn({ customer_id: 123456 }), "points");
  });

  it("awards up to a milliard points at once", async () => {
    const customer = await newCustomer("0");
    const most = await earn({ customer_id: customer, points: 1_000_000_000 });
    expect(most.body).toMatchObject({ points_awarded: 1_000_000_000, new_balance: 1_000_000_000 });
    expectInvalid(await earn({ customer_id: customer, points: 1_000_000_001 }), "points");
  });

  it("loses none of fifty at once", async () => {
    const customer = await newCustomer();
    const calls = Array.from({ length: 50 }, () => earn({ customer_id: customer, points: 2 }));
    const answers = await Promise.all(calls);
    const balances = answers.map(({ body }) => Number(body.new_balance));
    expect(new Set(balances).size).toBe(50);
    expect(Math.max(...balances)).toBe(200);
    expect(await balanceOf(customer)).toBe(200);
  });

  it("has a transaction number of its own in the whole group", async () => {
    const digits = [1, 11, 12, 111, 112, 1111];
    await importLines(
      "myrestaurant",
      digits.map((number) => customerWith(number, "0")),
    );
    const ids: unknown[] = [];
    for (const customer of digits) {
      for (let i = 0; i < 12; i += 1) {
        ids.push((await earn({ customer_id: customer, points: 1 })).body.transaction_id);
      }
    }
    expect(new Set(ids).size).toBe(72);
  });
});

describe("a customer's number", () => {
  it.each(["CUST_123456", "123456", "CUST_000123456", "000123456", " CUST_123456 ", 123456])(
    "may be written %j",
    async (text) => {
      expect((await earn({ customer_id: text, points: 1 })).status).toBe(200);
    },
  );

  it.each([
    "test_customer_123",
    "CUST_",
    "CUST_0",
    "0",
    "cust_123456",
    "WALLET_123456",
    "CUST_123456x",
    "CUST_ 123456",
    "CUST_-123456",
    "1.5",
    "١٢٣",
    "CUST_99999999999999999999",
    "   ",
    -123456,
    1.5,
    0,
  ])("that is none belongs to nobody: %j", async (text) => {
    const answer = await earn({ customer_id: text, points: 1 });
    expectRefusal(answer, 404, "CUSTOMER_NOT_FOUND");
  });
});

describe("an earn without points", () => {
  it.each([
    ["25.50", 25],
    [25.99, 25],
    ["0.99", 0],
    ["1", 1],
    [1000, 1000],
    ["1e3", 1000],
    ["0.994", 0],
    ["0.995", 1],
    [3.3000000000000003, 3],
  ])("computes them from the amount %j, rounded down", async (amount, points) => {
    const customer = await newCustomer();
    const answer = await earn({ customer_id: customer, amount });
    expect(answer.body).toMatchObject({ points_awarded: points, new_balance: 100 + points });
  });

  it.each(["-0.01", "abc", "1e12", "NaN", "Infinity", "1,50", "1000000000000", "1.", ".5"])(
    "refuses the amount %j",
    async (amount) => {
      const customer = await newCustomer();
      expectInvalid(await earn({ customer_id: customer, amount }), "amount");
      expectInvalid(await earn({ customer_id: customer, amount, points: 1 }), "amount");
      expect(await balanceOf(customer)).toBe(100);
    },
  );

  it("multiplies by the programme's rate and the tier's multiplier", async () => {
    const key = { text: "kiri_multiplied", secret: "secret_multiplied" };
    const tiers = [
      { name: "BASE", from: "0" },
      { name: "TOP", from: "100", multiplier: "2.5" },
    ];
    await establish({
      merchant: { slug: "multiplied", name: "M", currency: "MYR", time_zone: "Asia/Manila" },
      program: { ...PROGRAM, earning: { rate: "1.5" }, tiers },
      keys: [kirimelKey(key, { unlimited: true })],
      customers: [customerWith(1, "0"), customerWith(2, "100")],
    });
    const base = await earn({ customer_id: 1, amount: "10.99" }, { key });
    expect(base.body).toMatchObject({ points_awarded: 16 });
    const top = await earn({ customer_id: 2, amount: "10.99" }, { key });
    expect(top.body).toMatchObject({ points_awarded: 41, new_balance: 141 });
  });

  it.each([
    ["JPY", "1000", 1000],
    ["MYR", "10.00", 10],
    ["JPY", "0.499", 0],
    ["JPY", "0.495", 0],
    ["KWD", "10.00", 10],
    ["KWD", "9.9994", 9],
    ["KWD", "9.9995", 10],
  ])("counts whole units of the currency %s", async (currency, amount, points) => {
    const slug = `currency-${currency.toLowerCase()}-${amount.replace(".", "-")}`;
    const key = { text: `kiri_${slug}`, secret: `secret_${slug}` };
    await establish({
      merchant: { slug, name: slug, currency, time_zone: "Asia/Tokyo" },
      program: PROGRAM,
      keys: [kirimelKey(key, { unlimited: true })],
      customers: [customerWith(1, "0")],
    });
    const answer = await earn({ customer_id: 1, amount }, { key });
    expect(answer.body).toMatchObject({ points_awarded: points, new_balance: points });
  });
});

describe("the tier progress", () => {
  it.each([
    ["100", 899, "BRONZE", 1, "SILVER"],
    ["100", 900, "SILVER", 4000, "GOLD"],
    ["100", 4899, "SILVER", 1, "GOLD"],
    ["100", 4900, "GOLD", 0, null],
    ["100", 100_000, "GOLD", 0, null],
  ])("of %s points and %d more is %s", async (held, points, current, missing, next) => {
    const customer = await newCustomer(held);
    const answer = await earn({ customer_id: customer, points });
    expect(answer.body.tier_progress).toEqual({
      current_tier: current,
      points_to_next: missing,
      next_tier: next,
    });
  });

  it("counts lifetime points, so that redeeming lowers no tier", async () => {
    const customer = await newCustomer("100", "990");
    await post("/points/redeem", { customer_id: customer, points: 100 });
    const answer = await earn({ customer_id: customer, points: 20 });
    expect(answer.body).toMatchObject({
      new_balance: 20,
      tier_progress: { current_tier: "SILVER", points_to_next: 3990, next_tier: "GOLD" },
    });
    await post("/points/redeem", { customer_id: customer, points: 20 });
    const balance = await kirimel(`/wallet/balance?customer_id=${customer}`);
    expect(balance.body).toMatchObject({ balance: 0, tier: { name: "SILVER" } });
  });
});
