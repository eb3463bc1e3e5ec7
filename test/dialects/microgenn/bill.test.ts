import { describe, expect, it } from "vitest";
import type { Json } from "../../support/kirimel/till.ts";
import {
  addGuest,
  HOTEL_PROGRAM,
  openHotel,
  openHotelWithRavi,
  RAVI,
} from "../../support/microgenn/hotel.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INVOICE = { mobile: RAVI, amount: 1500, name: "Ravi Kumar", external_ref: "INV-2026-0042" };
const UNKNOWN = "9000000001";

describe("POST pos/bill", () => {
  it("case 12: awards the points of the purchase, in the documented form", async () => {
    const hotel = await openHotelWithRavi();
    const known = (await hotel.lookUp()).body.customer as Json;
    const { status, headers, body } = await hotel.post("bill", INVOICE);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(body).toEqual({
      transaction_id: expect.stringMatching(UUID),
      customer_id: known.customer_id,
      amount: 1500,
      points_earned: 150_000,
      points_redeemed: 0,
      new_balance: 153_400,
      tier: "Gold",
      tier_upgraded: false,
      customer: {
        customer_id: known.customer_id,
        name: "Ravi Kumar",
        mobile: RAVI,
        points_balance: 153_400,
        segment: "regular",
      },
    });
  });

  it("case 13: answers the same bill with the first answer, and awards once", async () => {
    const hotel = await openHotelWithRavi();
    const first = await hotel.post("bill", INVOICE);
    await hotel.post("bill", { mobile: RAVI, amount: 10 });
    expect((await hotel.post("bill", INVOICE)).text).toBe(first.text);
    expect((await hotel.lookUp()).body.points_balance).toBe(154_400);
  });

  it("case 14: takes the same number with another amount for a new bill", async () => {
    const hotel = await openHotelWithRavi();
    const first = await hotel.post("bill", INVOICE);
    const other = await hotel.post("bill", { ...INVOICE, amount: 1600 });
    expect(other.body).toMatchObject({ points_earned: 160_000, new_balance: 313_400 });
    expect(other.body.transaction_id).not.toBe(first.body.transaction_id);
    expect((await hotel.post("bill", INVOICE)).text).toBe(first.text);
  });

  it("takes the same number of another customer for a new bill", async () => {
    const hotel = await openHotelWithRavi();
    const first = await hotel.post("bill", INVOICE);
    const other = await hotel.post("bill", { ...INVOICE, mobile: UNKNOWN });
    expect(other.body).toMatchObject({ new_balance: 150_000, amount: 1500 });
    expect(other.body.transaction_id).not.toBe(first.body.transaction_id);
  });

  it.each([
    ["3.3000000000000003", "3.3", 330],
    ["10.005", "10.01", 1_001],
    ["10.00499", "10", 1_000],
    ['"0.30000000000000004"', "0.3", 30],
  ])("takes the amount %s as what it rounds to", async (amount, shown, points) => {
    const hotel = await openHotelWithRavi();
    const items = `[{"name":"Tea","amount":${amount}}]`;
    const bill = await hotel.post(
      "bill",
      `{"mobile":"${RAVI}","amount":${amount},"items":${items}}`,
    );
    expect(bill.status).toBe(200);
    expect(bill.text).toContain(`"amount":${shown},"points_earned":${points},`);
  });

  it("takes every bill without a number for a new one", async () => {
    const hotel = await openHotelWithRavi();
    const bill = { mobile: RAVI, amount: 1 };
    await hotel.post("bill", bill);
    expect((await hotel.post("bill", bill)).body.new_balance).toBe(3_600);
  });

  it.each([
    ["case 15", { mobile: RAVI }, 400, "amount is required"],
    ["case 16", { amount: 5 }, 400, "mobile or customer_id is required"],
    ["case 17", { customer_id: crypto.randomUUID(), amount: 5 }, 404, "Customer not found"],
    ["case 20", { mobile: RAVI, amount: -5 }, 400, "amount must be a positive number"],
    ["case 20", { mobile: RAVI, amount: "abc" }, 400, "amount must be a positive number"],
    ["case 30", '{"mobile":"987', 400, "Invalid JSON"],
  ])("%s: refuses %j", async (_case, fields, status, error) => {
    const hotel = await openHotelWithRavi();
    const reply = await hotel.post("bill", fields);
    expect([reply.status, reply.body]).toEqual([status, { error }]);
    expect((await hotel.lookUp()).body.points_balance).toBe(3_400);
  });

  it("case 18: enrols an unknown mobile and gives it the points", async () => {
    const hotel = await openHotel();
    const bill = await hotel.post("bill", { mobile: UNKNOWN, amount: 20, name: "Asha" });
    expect(bill.body).toMatchObject({
      points_earned: 2_000,
      new_balance: 2_000,
      tier: "Silver",
      customer: { name: "Asha", mobile: UNKNOWN, points_balance: 2_000 },
    });
    const found = await hotel.lookUp({ mobile: UNKNOWN });
    expect(found.body).toMatchObject({ found: true, points_balance: 2_000 });
    expect((found.body.customer as Json).customer_id).toBe(bill.body.customer_id);
  });

  it("enrols nobody where the till says not to", async () => {
    const hotel = await openHotel();
    const bill = await hotel.post("bill", { mobile: UNKNOWN, amount: 20, create: false });
    expect([bill.status, bill.body]).toEqual([404, { error: "Customer not found" }]);
    expect((await hotel.lookUp({ mobile: UNKNOWN })).body.found).toBe(false);
  });

  it("case 19: takes the amount as a text too, as the same bill", async () => {
    const hotel = await openHotelWithRavi();
    const first = await hotel.post("bill", INVOICE);
    expect((await hotel.post("bill", { ...INVOICE, amount: "1500" })).text).toBe(first.text);
  });

  it("knows a customer by id, whatever mobile stands beside it", async () => {
    const hotel = await openHotelWithRavi();
    const { customer_id: id } = (await hotel.lookUp()).body.customer as Json;
    const upper = String(id).toUpperCase();
    const bill = await hotel.post("bill", { customer_id: upper, mobile: UNKNOWN, amount: 1 });
    expect(bill.body).toMatchObject({ customer_id: id, new_balance: 3_500 });
    expect((await hotel.lookUp({ mobile: UNKNOWN })).body.found).toBe(false);
  });

  it("takes a form as well, and JSON under whatever type", async () => {
    const hotel = await openHotelWithRavi();
    const send = (type: string, body: string) =>
      hotel.send("/pos/bill", { method: "POST", body, headers: { "Content-Type": type } });
    const form = await send("application/x-www-form-urlencoded", `mobile=${RAVI}&amount=10.50`);
    expect(form.text).toContain('"amount":10.5,"points_earned":1050,');
    const json = await send("text/plain", ` {"mobile":${RAVI},"amount":1}`);
    expect(json.body).toMatchObject({ points_earned: 100 });
    expect((await send("text/plain", "mobile=1")).body).toEqual({ error: "Invalid JSON" });
  });
});

describe("what a bill earns", () => {
  it("case 31: raises the tier at its threshold, by the rate of the tier before", async () => {
    const hotel = await openHotelWithRavi();
    const crossing = await hotel.post("bill", { mobile: RAVI, amount: 10_000 });
    expect(crossing.body).toMatchObject({
      points_earned: 1_000_000,
      tier: "Platinum",
      tier_upgraded: true,
    });
    const next = await hotel.post("bill", { mobile: RAVI, amount: 10 });
    expect(next.body).toMatchObject({ points_earned: 1_500, tier_upgraded: false });
    const found = await hotel.lookUp();
    expect(found.body).toMatchObject({ tier: "Platinum", priority_service: true });
  });

  it("includes the bonus of its items' categories, each rounded down, times no tier", async () => {
    const program = {
      ...HOTEL_PROGRAM,
      earning: { rate: "0.35", rounding: "floor", categories: { Spa: "0.5", "to go": "1" } },
    };
    const hotel = await openHotel({ program });
    await addGuest(hotel, {}, "1000000");
    const items = [
      { category: " SPA ", name: "Massage", amount: 3 },
      { category: "spa", name: "Oil", amount: 3 },
      { category: "To Go", name: "Cake", amount: "1.99" },
      { category: "other", name: "x", amount: 1_000 },
      { name: "y", amount: 1_000 },
      { category: "constructor", amount: 5 },
    ];
    const bill = await hotel.post("bill", { mobile: RAVI, amount: 10, items });
    // 10 × 0.35 × 1.5 = 5.25, and 1.5 → 1 twice, and 1.99 → 1.
    expect(bill.body.points_earned).toBe(8);
  });

  it("is nothing for nothing, and the bill counts all the same", async () => {
    const hotel = await openHotelWithRavi();
    const bill = await hotel.post("bill", { mobile: RAVI, amount: 0 });
    expect(bill.body).toMatchObject({ amount: 0, points_earned: 0, new_balance: 3_400 });
  });

  it.each([
    ["1500.50", "1500.5"],
    ["0.10", "0.1"],
    ["1.5e3", "1500"],
    ["99.00", "99"],
  ])("is told with the amount as it was sent: %s", async (sent, echoed) => {
    const hotel = await openHotelWithRavi();
    const bill = await hotel.post("bill", `{"mobile":"${RAVI}","amount":${sent}}`);
    expect(bill.text).toContain(`"amount":${echoed},`);
  });
});
