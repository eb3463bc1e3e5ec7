import { describe, expect, it } from "vitest";
import type { Json } from "../../support/kirimel/till.ts";
import {
  addCoupon,
  addGuest,
  FUTURE,
  openHotel,
  openHotelWithRavi,
  PAST,
  RAVI,
} from "../../support/microgenn/hotel.ts";

const UNKNOWN = "9000000001";

describe("GET pos/customer", () => {
  it("case 1: shows balance, worth, tier and coupons, in the documented form", async () => {
    const hotel = await openHotelWithRavi();
    await addCoupon(hotel, "COUP-XY12", { customer: hotel.guest });
    const { status, body, text } = await hotel.lookUp();
    expect(status).toBe(200);
    const { customer_id: id } = body.customer as Json;
    const [{ coupon_id: coupon }] = body.active_coupons as [Json];
    expect(text).toBe(
      JSON.stringify({
        found: true,
        customer: {
          customer_id: id,
          name: "Ravi Kumar",
          mobile: RAVI,
          points_balance: 3400,
          segment: "regular",
        },
        points_balance: 3400,
        redeemable_value: 34,
        redemption_rate: 100,
        tier: "Gold",
        priority_service: false,
        active_coupons: [
          {
            coupon_id: coupon,
            code: "COUP-XY12",
            value: 200,
            source: "campaign",
            expiry_date: FUTURE,
          },
        ],
      }),
    );
    expect([id, coupon].every((text) => /^[0-9a-f-]{36}$/.test(String(text)))).toBe(true);
  });

  it.each([
    ["case 6", {}, "mobile is required"],
    ["case 7", { mobile: "12345" }, "Invalid mobile number"],
    ["an old number", { mobile: "5876543210" }, "Invalid mobile number"],
    ["a number too long", { mobile: "919876543210123" }, "Invalid mobile number"],
    ["letters", { mobile: "98765432I0" }, "Invalid mobile number"],
  ])("%s: refuses %j", async (_case, query, error) => {
    const hotel = await openHotel();
    const reply = await hotel.lookUp(query as Record<string, string>);
    expect([reply.status, reply.body]).toEqual([400, { error }]);
  });

  it("case 8: says that somebody is unknown, and that is no error", async () => {
    const hotel = await openHotel();
    const reply = await hotel.lookUp({ mobile: UNKNOWN });
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(`{"found":false,"mobile":"${UNKNOWN}"}`);
  });

  it("cases 9 and 10: enrols somebody unknown once, under the first name", async () => {
    const hotel = await openHotel();
    const enrolled = await hotel.lookUp({ mobile: UNKNOWN, create: "true", name: "Asha" });
    expect(enrolled.body).toMatchObject({
      found: true,
      customer: { name: "Asha", points_balance: 0, segment: "new" },
      points_balance: 0,
      redeemable_value: 0,
      tier: "Silver",
      active_coupons: [],
    });
    const again = await hotel.lookUp({ mobile: UNKNOWN, create: "true", name: "Other" });
    expect(again.text).toBe(enrolled.text);
  });

  it.each(["+919876543210", " 98765 43210", "098765-43210", "91 9876543210"])(
    "case 11: knows the guest by %s",
    async (mobile) => {
      const hotel = await openHotelWithRavi();
      const known = (await hotel.lookUp()).text;
      expect((await hotel.lookUp({ mobile })).text).toBe(known);
    },
  );

  it.each([
    ["TRUE", true],
    ["1", true],
    ["yes", true],
    ["false", false],
    ["0", false],
    ["on", false],
    ["", false],
  ])("enrols with create=%s: %s", async (create, found) => {
    const hotel = await openHotel();
    expect((await hotel.lookUp({ mobile: UNKNOWN, create })).body.found).toBe(found);
    expect((await hotel.lookUp({ mobile: UNKNOWN })).body.found).toBe(found);
  });

  it("enrols a mobile once, however many ask at the same time", async () => {
    const hotel = await openHotel();
    const query = { mobile: UNKNOWN, create: "true" };
    const replies = await Promise.all(Array.from({ length: 5 }, () => hotel.lookUp(query)));
    const ids = replies.map(({ body }) => (body.customer as Json).customer_id);
    expect(new Set(ids).size).toBe(1);
  });

  it("shows the merchant's segment, and an empty name where there is none", async () => {
    const hotel = await openHotel();
    await addGuest(hotel, { name: undefined, metadata: { segment: "vip" } });
    expect((await hotel.lookUp()).body.customer).toMatchObject({ name: "", segment: "vip" });
  });

  it("rounds the worth of the points down to whole rupees", async () => {
    const hotel = await openHotel();
    await addGuest(hotel, {}, "3499");
    expect((await hotel.lookUp()).body).toMatchObject({
      points_balance: 3499,
      redeemable_value: 34,
    });
  });

  it("shows only the guest's own flat coupons, good today, soonest expiry first", async () => {
    const hotel = await openHotelWithRavi();
    const customer = hotel.guest;
    await addCoupon(hotel, "LATE", { customer });
    await addCoupon(hotel, "SOON", { customer, valid_until: "2069-01-01" });
    await addCoupon(hotel, "OVER", { customer, valid_until: PAST });
    await addCoupon(hotel, "EARLY", { customer, valid_from: "2069-01-01" });
    await addCoupon(hotel, "ANYBODY");
    await addCoupon(hotel, "SHARE", { customer, kind: "percent", value: "10" });
    await addCoupon(hotel, "MINIMUM", { customer, min_purchase: "10" });
    const coupons = (await hotel.lookUp()).body.active_coupons as Json[];
    expect(coupons.map(({ code }) => code)).toEqual(["SOON", "LATE"]);
  });
});
