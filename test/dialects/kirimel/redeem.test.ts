import { beforeAll, describe, expect, it } from "vitest";
import { DAY, stopClock } from "../../support/http-clock.ts";
import {
  balanceOf,
  customerWith,
  expectInvalid,
  expectRefusal,
  kirimel,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import { formTill } from "../../support/kirimel/signing.ts";
import type { KirimelCall } from "../../support/kirimel/till.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

const clock = stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

let numbers = 3000;

async function newCustomer(points = "100"): Promise<number> {
  numbers += 1;
  await importLines("myrestaurant", [customerWith(numbers, points)]);
  return numbers;
}

const redeem = (fields: object, call: KirimelCall = {}) =>
  post("/points/redeem", { ...fields }, call);

describe("a redemption", () => {
  it("answers as documented, in the documented order", async () => {
    const customer = await newCustomer("150");
    const fields = { customer_id: `CUST_${customer}`, points: 100, description: "Free coffee" };
    const answer = await redeem(fields, { style: formTill });
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(
      /^\{"success":true,"transaction_id":"TXN_[1-9]\d*","points_redeemed":100,"new_balance":50\}$/,
    );
    expect(await balanceOf(customer)).toBe(50);
  });

  it("may take the whole balance (case 21)", async () => {
    const answer = await redeem({ customer_id: await newCustomer(), points: 100 });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ points_redeemed: 100, new_balance: 0 });
  });

  it("must not take more than the balance (case 22)", async () => {
    const customer = await newCustomer("50");
    const answer = await redeem({ customer_id: customer, points: 100 });
    expect(answer.status).toBe(400);
    expect(answer.text).toBe(
      '{"success":false,"error":{"code":"INSUFFICIENT_BALANCE",' +
        '"message":"Customer does not have enough points to complete this redemption",' +
        '"details":{"requested":100,"available":50,"shortfall":50}}}',
    );
    expect(await balanceOf(customer)).toBe(50);
  });

  it("needs no more than one point missing to be refused", async () => {
    const customer = await newCustomer("99");
    const answer = await redeem({ customer_id: customer, points: 100 });
    const details = { requested: 100, available: 99, shortfall: 1 };
    expectRefusal(answer, 400, "INSUFFICIENT_BALANCE", details);
  });
});

describe("redemptions at once", () => {
  it.each([
    ["two", 2],
    ["ten", 10],
  ])("of the whole balance by %s tills: exactly one succeeds (case 23)", async (_, count) => {
    const customer = await newCustomer();
    const calls = Array.from({ length: count }, (_call, i) =>
      redeem({ customer_id: customer, points: 100, reference_id: `PARALLEL_${i}` }),
    );
    const answers = await Promise.all(calls);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(count - 1).fill(400)]);
    const details = { requested: 100, available: 0, shortfall: 100 };
    for (const answer of answers.filter(({ status }) => status === 400)) {
      expectRefusal(answer, 400, "INSUFFICIENT_BALANCE", details);
    }
    expect(await balanceOf(customer)).toBe(0);
  });
});

describe("a number of points", () => {
  it.each(["50.0", "50.000", "5e1", "0.5E+2"])("may be written as %s", async (points) => {
    const customer = await newCustomer();
    const raw = `{"customer_id":${customer},"points":${points},"reference_id":"R"}`;
    const answer = await post("/points/redeem", {}, { raw });
    expect(answer.body).toMatchObject({ points_redeemed: 50, new_balance: 50 });
    const again = await redeem({ customer_id: customer, points: 50, reference_id: "R" });
    expect(again.text).toBe(answer.text);
  });
});

describe("a redemption that is not booked", () => {
  it.each([0, -5, 1.5, "abc", "", null, 1_000_000_001])(
    "must be of a positive whole number of points, not %j",
    async (points) => {
      const customer = await newCustomer();
      expectInvalid(await redeem({ customer_id: customer, points }), "points");
      expect(await balanceOf(customer)).toBe(100);
    },
  );

  it("takes no amount for points", async () => {
    const customer = await newCustomer();
    expectInvalid(await redeem({ customer_id: customer, amount: "10.00" }), "points");
  });

  it.each(["CUST_999999999", "test_customer_123"])(
    "for nobody is not found: %s",
    async (customer) => {
      const answer = await redeem({ customer_id: customer, points: 1 });
      expectRefusal(answer, 404, "CUSTOMER_NOT_FOUND");
    },
  );
});

describe("a redemption where points expire", () => {
  it("cannot spend what has expired", async () => {
    const customer = await newCustomer("0");
    await post("/points/earn", { customer_id: customer, points: 30 });
    expect(await balanceOf(customer)).toBe(30);
    clock.now += 366 * DAY;
    await post("/points/earn", { customer_id: customer, points: 5 });
    const answer = await redeem({ customer_id: customer, points: 6 });
    const details = { requested: 6, available: 5, shortfall: 1 };
    expectRefusal(answer, 400, "INSUFFICIENT_BALANCE", details);
  });

  it("spends first what expires first", async () => {
    numbers += 1;
    const day = (offset: number) => new Date(clock.now + offset * DAY).toISOString().slice(0, 10);
    const lots = [
      { amount: "60", expires_on: day(20) },
      { amount: "40", expires_on: day(10) },
    ];
    const balances = [{ unit: "point", lots }];
    await importLines("myrestaurant", [{ number: numbers, balances }]);
    await redeem({ customer_id: numbers, points: 45 });
    const answer = await kirimel(`/wallet/balance?customer_id=${numbers}`);
    expect(answer.body).toMatchObject({
      balance: 55,
      points_expiring_soon: 55,
      expiry_date: day(20),
    });
  });
});
