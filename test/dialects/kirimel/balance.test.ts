import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import {
  customerWith,
  expectInvalid,
  expectRefusal,
  kirimel,
  kirimelKey,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

const START = "2060-06-01T08:00:00Z";
const clock = stopClock(START);
const balance = (customer: string | number) =>
  kirimel(`/wallet/balance?customer_id=${encodeURIComponent(customer)}`);

beforeAll(() => establish(myRestaurant()));

describe("a balance", () => {
  it("answers as documented, in the documented order", async () => {
    await importLines("myrestaurant", [
      {
        number: 4001,
        balances: [
          {
            unit: "point",
            lifetime: "1500",
            lots: [{ amount: "20", expires_on: "2060-06-30" }, { amount: "130" }],
          },
        ],
      },
    ]);
    const answer = await balance("CUST_4001");
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(
      '{"success":true,"customer_id":"CUST_4001","balance":150,"tier":{"name":"SILVER",' +
        '"benefits":["5% discount on birthdays","Priority seating"]},' +
        '"points_expiring_soon":20,"expiry_date":"2060-06-30"}',
    );
  });

  it.each(["123456", "CUST_123456", "CUST_0123456", "0123456", " 123456"])(
    "names the customer CUST_<n>, asked for as %j (case 24)",
    async (customer) => {
      const answer = await balance(customer);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ customer_id: "CUST_123456" });
    },
  );

  it.each(["test_customer_123", "CUST_999999999", "CUST_abc", "-1", "1e3"])(
    "of nobody is not found (case 25): %s",
    async (customer) => {
      expectRefusal(await balance(customer), 404, "CUSTOMER_NOT_FOUND");
    },
  );

  it("may be asked for by POST, as the SDKs do", async () => {
    const read = await balance(123456);
    for (const customer_id of [123456, "123456", "CUST_123456"]) {
      const posted = await post("/wallet/balance", { customer_id });
      expect(posted.text).toBe(read.text);
    }
  });

  it("needs a customer", async () => {
    expectInvalid(await kirimel("/wallet/balance"), "customer_id");
    expectInvalid(await post("/wallet/balance", {}), "customer_id");
  });
});

describe("a balance where there is little to tell", () => {
  it("lists no benefits of a tier that has none", async () => {
    expect((await balance(123456)).body).toMatchObject({ tier: { name: "BRONZE", benefits: [] } });
  });

  it("is 0 for who has just registered", async () => {
    const { body } = await post("/customers/register", { phone: "+60111004002" });
    expect((await balance(String(body.customer_id))).body).toEqual({
      success: true,
      customer_id: body.customer_id,
      balance: 0,
      tier: { name: "BRONZE", benefits: [] },
      points_expiring_soon: 0,
      expiry_date: null,
    });
  });

  it("has no tier where the programme has none", async () => {
    const key = { text: "kiri_no_program", secret: "secret_no_program" };
    await establish({
      merchant: { slug: "plain", name: "Plain", currency: "MYR", time_zone: "Asia/Manila" },
      keys: [kirimelKey(key, { unlimited: true })],
      customers: [customerWith(1, "0")],
    });
    const answer = await kirimel("/wallet/balance?customer_id=1", { key });
    expect(answer.body).toMatchObject({ balance: 0, tier: { name: null, benefits: [] } });
    const earned = await post("/points/earn", { customer_id: 1, amount: "7.50" }, { key });
    expect(earned.body).toMatchObject({
      points_awarded: 7,
      tier_progress: { current_tier: null, points_to_next: 0, next_tier: null },
    });
  });
});

describe("what expires soon", () => {
  // Days end at 16:00 UTC in Kuala Lumpur.
  const lots = [
    { amount: "1", expires_on: "2060-06-01" },
    { amount: "2", expires_on: "2060-06-15" },
    { amount: "4", expires_on: "2060-06-30" },
    { amount: "8", expires_on: "2060-07-01" },
    { amount: "16" },
  ];

  it("is what expires within 30 days; the date is the earliest that there is", async () => {
    await importLines("myrestaurant", [{ number: 4010, balances: [{ unit: "point", lots }] }]);
    const seen = async (at: string) => {
      clock.now = Date.parse(at);
      const { body } = await balance(4010);
      return [body.balance, body.points_expiring_soon, body.expiry_date];
    };
    expect(await seen("2060-06-01T08:00:00Z")).toEqual([31, 7, "2060-06-01"]);
    expect(await seen("2060-06-01T15:59:59.999Z")).toEqual([31, 7, "2060-06-01"]);
    expect(await seen("2060-06-01T16:00:00Z")).toEqual([30, 14, "2060-06-15"]);
    expect(await seen("2060-06-20T00:00:00Z")).toEqual([28, 12, "2060-06-30"]);
    expect(await seen("2060-07-01T16:00:00Z")).toEqual([16, 0, null]);
    clock.now = Date.parse("2060-05-01T00:00:00Z");
    const early = [{ number: 4013, balances: [{ unit: "point", lots }] }];
    await importLines("myrestaurant", early);
    expect((await balance(4013)).body).toMatchObject({
      points_expiring_soon: 0,
      expiry_date: "2060-06-01",
    });
    clock.now = Date.parse(START);
  });

  it("is nothing for points that were earned just now", async () => {
    await importLines("myrestaurant", [customerWith(4011, "0")]);
    await post("/points/earn", { customer_id: 4011, points: 5 });
    expect((await balance(4011)).body).toMatchObject({
      balance: 5,
      points_expiring_soon: 0,
      expiry_date: "2061-06-01",
    });
  });

  it("are the points earned 365 days ago, to the end of their last day", async () => {
    await importLines("myrestaurant", [customerWith(4012, "0")]);
    await post("/points/earn", { customer_id: 4012, points: 5 });
    clock.now = Date.parse("2061-06-01T15:59:59.999Z");
    expect((await balance(4012)).body).toMatchObject({
      balance: 5,
      points_expiring_soon: 5,
      expiry_date: "2061-06-01",
    });
    clock.now = Date.parse("2061-06-01T16:00:00Z");
    expect((await balance(4012)).body).toMatchObject({ balance: 0, points_expiring_soon: 0 });
  });
});
