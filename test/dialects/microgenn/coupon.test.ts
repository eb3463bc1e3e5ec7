import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import type { Json } from "../../support/kirimel/till.ts";
import {
  addCoupon,
  FUTURE,
  openHotel,
  openHotelWithRavi,
  PAST,
} from "../../support/microgenn/hotel.ts";

const CODE = "COUP-XY12";

describe("POST pos/coupon/redeem", () => {
  it("cases 21, 22 and 32: uses a coupon up once, and shows it no more", async () => {
    const hotel = await openHotelWithRavi();
    await addCoupon(hotel, CODE, { customer: hotel.guest });
    const shown = (await hotel.lookUp()).body;
    const [{ coupon_id: id }] = shown.active_coupons as [Json];
    const { status, body } = await hotel.post("coupon/redeem", { code: CODE });
    expect(status).toBe(200);
    expect(body).toEqual({
      valid: true,
      value: 200,
      source: "campaign",
      coupon: {
        coupon_id: id,
        code: CODE,
        value: 200,
        source: "campaign",
        status: "used",
        customer_id: (shown.customer as Json).customer_id,
        expiry_date: FUTURE,
        used_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    });
    const again = await hotel.post("coupon/redeem", { code: CODE });
    expect([again.status, again.body]).toEqual([400, { error: "Coupon is used" }]);
    expect((await hotel.lookUp()).body.active_coupons).toEqual([]);
  });

  it("tells of the redemption in the feed, without the code", async () => {
    const hotel = await openHotelWithRavi();
    await addCoupon(hotel, CODE, { customer: hotel.guest });
    await hotel.post("coupon/redeem", { code: CODE });
    const events = await d1Rows<{ type: string; data: string }>(
      "SELECT type, data FROM events WHERE customer_id = ? ORDER BY seq",
      hotel.guest,
    );
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["voucher.issued", "voucher.redeemed"]),
    );
    expect(events.some(({ data }) => data.includes(CODE))).toBe(false);
  });

  it.each([
    ["case 23", "COUP-OLD1", 400, "Coupon expired"],
    ["case 24", "NO-SUCH", 404, "Coupon not found"],
    ["case 25", undefined, 400, "code is required"],
    ["a blank", "  ", 400, "code is required"],
    ["a number", 17, 404, "Coupon not found"],
    ["a list", [], 400, "code must be a text"],
    ["SQL", "' OR 1=1 --", 404, "Coupon not found"],
    ["a long text", "x".repeat(256), 400, "code must be at most 255 characters"],
  ])("%s: refuses %j", async (_case, code, status, error) => {
    const hotel = await openHotel();
    await addCoupon(hotel, "COUP-OLD1", { valid_until: PAST });
    const reply = await hotel.post("coupon/redeem", { code });
    expect([reply.status, reply.body]).toEqual([status, { error }]);
  });

  it("case 26: gives one of several at once the coupon, and the others the error", async () => {
    const hotel = await openHotel();
    await addCoupon(hotel, CODE);
    const redeem = () => hotel.post("coupon/redeem", { code: CODE });
    const replies = await Promise.all([redeem(), redeem(), redeem()]);
    const outcomes = replies.map(({ status, body }) => `${status} ${body.error ?? ""}`).sort();
    expect(outcomes).toEqual(["200 ", "400 Coupon is used", "400 Coupon is used"]);
  });

  it.each([" coup-xy12 ", "Coup-Xy12", CODE])("knows a code in any case: %j", async (code) => {
    const hotel = await openHotel();
    await addCoupon(hotel, CODE);
    expect((await hotel.post("coupon/redeem", { code })).body).toMatchObject({
      valid: true,
      coupon: { code: CODE, customer_id: null },
    });
  });

  it("means the exact code where two differ only by case", async () => {
    const hotel = await openHotel();
    await addCoupon(hotel, "aaaa", { value: "1" });
    await addCoupon(hotel, "AAAA", { value: "2" });
    expect((await hotel.post("coupon/redeem", { code: "AAAA" })).body.value).toBe(2);
    expect((await hotel.post("coupon/redeem", { code: "aAaA" })).body.value).toBe(1);
  });

  it("is about this merchant's coupons only", async () => {
    const [hotel, other] = [await openHotel(), await openHotel()];
    await addCoupon(other, CODE);
    expect((await hotel.post("coupon/redeem", { code: CODE })).status).toBe(404);
    expect((await other.post("coupon/redeem", { code: CODE })).status).toBe(200);
  });

  it.each([
    ["active", "2060-01-01", FUTURE, 400, "Coupon is inactive"],
    ["voided", null, FUTURE, 400, "Coupon is cancelled"],
    ["voided", null, PAST, 400, "Coupon expired"],
    ["redeemed", null, PAST, 400, "Coupon is used"],
  ])("with status %s, from %s until %s, answers %i %s", async (...given) => {
    const [state, from, until, status, error] = given;
    const hotel = await openHotel();
    const validity = { valid_until: until, ...(from === null ? {} : { valid_from: from }) };
    await addCoupon(hotel, CODE, validity);
    await env.DB.prepare(
      `UPDATE vouchers SET status = ? WHERE code = ? AND merchant_id =
       (SELECT id FROM merchants WHERE slug = ?)`,
    )
      .bind(state, CODE, hotel.slug)
      .run();
    const reply = await hotel.post("coupon/redeem", { code: CODE });
    expect([reply.status, reply.body]).toEqual([status, { error }]);
  });

  it("does not use up what this till cannot honour", async () => {
    const hotel = await openHotel();
    await addCoupon(hotel, "SHARE", { kind: "percent", value: "10" });
    await addCoupon(hotel, "LARGE", { min_purchase: "10" });
    expect((await hotel.post("coupon/redeem", { code: "SHARE" })).status).toBe(404);
    expect((await hotel.post("coupon/redeem", { code: "LARGE" })).body).toEqual({
      error: "Coupon needs a minimum purchase",
    });
    const rows = await d1Rows(
      `SELECT status FROM vouchers WHERE merchant_id =
       (SELECT id FROM merchants WHERE slug = ?)`,
      hotel.slug,
    );
    expect(rows).toEqual([{ status: "active" }, { status: "active" }]);
  });

  it("shows paise where there are any, and no last day where there is none", async () => {
    const hotel = await openHotel();
    await addCoupon(hotel, CODE, { value: "12.50", source: undefined, valid_until: undefined });
    const { body } = await hotel.post("coupon/redeem", { code: CODE });
    expect(body).toMatchObject({ value: 12.5, source: "campaign", coupon: { expiry_date: null } });
  });
});
