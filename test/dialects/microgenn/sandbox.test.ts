import { describe, expect, it } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import type { Json } from "../../support/kirimel/till.ts";
import {
  addCoupon,
  openHotel,
  openHotelWithRavi,
  PAST,
  RAVI,
} from "../../support/microgenn/hotel.ts";

const INVOICE = { mobile: RAVI, amount: 1500, name: "Ravi Kumar", external_ref: "INV-2026-0042" };
const UNKNOWN = "9000000001";

describe("a sandbox key", () => {
  it("case 27: posts a bill as live would, and the balance stays", async () => {
    const hotel = await openHotelWithRavi();
    const reply = await hotel.post("bill", INVOICE, hotel.test);
    expect(reply.body).toMatchObject({
      points_earned: 150_000,
      new_balance: 153_400,
      tier: "Gold",
    });
    expect(reply.text).toMatch(/,"sandbox":true}$/);
    const live = await hotel.lookUp();
    expect(live.body.points_balance).toBe(3400);
    expect(live.text).not.toContain("sandbox");
    expect((await hotel.post("bill", INVOICE)).body.new_balance).toBe(153_400);
  });

  it("case 28: redeems a coupon as often as it likes, and it stays active", async () => {
    const hotel = await openHotelWithRavi();
    await addCoupon(hotel, "COUP-XY12", { customer: hotel.guest });
    for (let call = 0; call < 2; call += 1) {
      const reply = await hotel.post("coupon/redeem", { code: "COUP-XY12" }, hotel.test);
      expect([reply.status, reply.body]).toMatchObject([
        200,
        { valid: true, coupon: { status: "active", used_at: null }, sandbox: true },
      ]);
      expect(Object.keys(reply.body).at(-1)).toBe("sandbox");
    }
    expect((await hotel.lookUp()).body.active_coupons).toHaveLength(1);
    expect((await hotel.post("coupon/redeem", { code: "COUP-XY12" })).status).toBe(200);
  });

  it("case 29: is told of an expired coupon, with the marker", async () => {
    const hotel = await openHotel();
    await addCoupon(hotel, "COUP-OLD1", { valid_until: PAST });
    const reply = await hotel.post("coupon/redeem", { code: "COUP-OLD1" }, hotel.test);
    expect([reply.status, reply.text]).toEqual([400, '{"error":"Coupon expired","sandbox":true}']);
  });

  it.each([
    ["customer?mobile=1", "Invalid mobile number"],
    ["none", "Not found"],
    ["bill", "Method not allowed"],
  ])("gets the marker on errors too: pos/%s", async (path, error) => {
    const hotel = await openHotel();
    const reply = await hotel.send(`/pos/${path}`, {}, hotel.test);
    expect(reply.text).toBe(JSON.stringify({ error, sandbox: true }));
  });

  it("gets the marker on the body for somebody unknown", async () => {
    const hotel = await openHotel();
    const reply = await hotel.lookUp({ mobile: UNKNOWN }, hotel.test);
    expect(reply.text).toBe(`{"found":false,"mobile":"${UNKNOWN}","sandbox":true}`);
  });

  it("enrols nobody and answers as if it had, with a fresh id each time", async () => {
    const hotel = await openHotel();
    const query = { mobile: UNKNOWN, create: "true", name: "Asha Rao" };
    const first = await hotel.lookUp(query, hotel.test);
    expect(first.body).toMatchObject({
      found: true,
      customer: { name: "Asha Rao" },
      tier: "Silver",
    });
    const second = await hotel.lookUp(query, hotel.test);
    const ids = [first, second].map(({ body }) => (body.customer as Json).customer_id);
    expect(new Set(ids).size).toBe(2);
    expect((await hotel.lookUp({ mobile: UNKNOWN })).body.found).toBe(false);
    const bill = { mobile: UNKNOWN, amount: 20, name: "Asha Rao" };
    expect((await hotel.post("bill", bill, hotel.test)).body).toMatchObject({
      points_earned: 2000,
      new_balance: 2000,
      customer: { name: "Asha Rao", mobile: UNKNOWN },
    });
    const rows = await d1Rows("SELECT * FROM identifiers WHERE value = ?", `+91${UNKNOWN}`);
    expect(rows).toEqual([]);
  });

  it("bills whom it has just enrolled by the id that it was answered", async () => {
    const hotel = await openHotel();
    const query = { mobile: UNKNOWN, create: "true", name: "Asha Rao" };
    const { customer } = (await hotel.lookUp(query, hotel.test)).body;
    const { customer_id } = customer as Json;
    const bill = { customer_id, amount: 20, name: "Asha Rao", external_ref: "INV-1" };
    const posted = await hotel.post("bill", bill, hotel.test);
    expect([posted.status, posted.body]).toMatchObject([
      200,
      {
        customer_id,
        points_earned: 2000,
        customer: { customer_id, mobile: UNKNOWN, name: "Asha Rao" },
      },
    ]);
    const spent = { customer_id, points: 1, otp: "000000" };
    expect((await hotel.post("points/redeem", spent, hotel.test)).body).toEqual({
      error: "Insufficient points",
      sandbox: true,
    });
    expect(await d1Rows("SELECT * FROM identifiers WHERE value = ?", `+91${UNKNOWN}`)).toEqual([]);
  });

  it("finds by such an id nobody else: neither live, elsewhere, nor changed", async () => {
    const hotel = await openHotel();
    const other = await openHotel();
    const query = { mobile: UNKNOWN, create: "true" };
    const { customer } = (await hotel.lookUp(query, hotel.test)).body;
    const id = String((customer as Json).customer_id);
    const changed = id.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    const replies = [
      await hotel.post("bill", { customer_id: id, amount: 1 }),
      await other.post("bill", { customer_id: id, amount: 1 }, other.test),
      await hotel.post("bill", { customer_id: changed, amount: 1 }, hotel.test),
    ];
    expect(replies.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(id.replaceAll("-", "")).not.toContain(BigInt(`91${UNKNOWN}`).toString(16));
  });

  it("sees real customers' names masked, and the mobile as it asked", async () => {
    const hotel = await openHotelWithRavi();
    const seen = await hotel.lookUp({ mobile: RAVI }, hotel.test);
    expect(seen.body.customer).toMatchObject({
      name: "R*** K***",
      mobile: RAVI,
      points_balance: 3400,
    });
    const bill = await hotel.post("bill", INVOICE, hotel.test);
    expect(bill.body.customer).toMatchObject({ name: "R*** K***" });
    expect((await hotel.lookUp()).text).toContain("Ravi Kumar");
  });

  it("sees them unmasked where the merchant wants that", async () => {
    const hotel = await openHotel({ merchant: { unmasked: true } });
    await hotel.lookUp({ mobile: RAVI, create: "1", name: "Ravi Kumar" });
    expect((await hotel.lookUp({ mobile: RAVI }, hotel.test)).text).toContain("Ravi Kumar");
  });

  it("redeems points for 000000 without spending any", async () => {
    const hotel = await openHotelWithRavi();
    const fields = { mobile: RAVI, points: 1000, otp: "000000" };
    const reply = await hotel.post("points/redeem", fields, hotel.test);
    expect(reply.body).toMatchObject({ points_redeemed: 1000, new_balance: 2400, sandbox: true });
    expect((await hotel.lookUp()).body.points_balance).toBe(3400);
    const short = await hotel.post("points/redeem", { ...fields, points: 9999 }, hotel.test);
    expect(short.body).toEqual({ error: "Insufficient points", sandbox: true });
  });
});
