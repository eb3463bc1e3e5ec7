import { beforeAll, describe, expect, it } from "vitest";
import type { Json, Till } from "../support/kirimel/till.ts";
import { makeTill } from "../support/kirimel/till.ts";
import { addGuest, FUTURE, type Hotel, openHotel, PAST, RAVI } from "../support/microgenn/hotel.ts";
import { nativeMake } from "../support/native/native.ts";

const LATER = "2060-01-01";

let hotel: Hotel;
let till: Till;
let customer: string;

beforeAll(async () => {
  hotel = await openHotel();
  till = await makeTill(hotel.slug);
  customer = await addGuest(hotel, { number: 7 });
  await nativeMake("/sites", { code: "MAIN01", name: "Main" }, hotel.slug);
});

let codes = 0;

/** A voucher of the guest with days of its own, in a series with other ones; answers its code. */
async function addVoucher(series: Json, own: Json): Promise<string> {
  codes += 1;
  const code = `COUP-${codes}`;
  const worth = { name: "Campaign", kind: "amount", value: "200" };
  const { id } = await nativeMake("/voucher_series", { ...worth, ...series }, hotel.slug);
  const added = { codes: [code], customer, ...own };
  await nativeMake(`/voucher_series/${id}/vouchers`, added, hotel.slug);
  return code;
}

const redeem = (code: string) => till.post("/vouchers/redeem", { code, customer_id: 7 });

async function shownByHotel(): Promise<Record<string, unknown>> {
  const coupons = (await hotel.lookUp()).body.active_coupons as Json[];
  return Object.fromEntries(coupons.map(({ code, expiry_date }) => [code, expiry_date]));
}

async function shownByTill(): Promise<Record<string, unknown>> {
  const query = { phone: `+91${RAVI}`, include: "vouchers" };
  const found = await till.get("/customers/lookup-enriched", query);
  const vouchers = found.data.available_vouchers as Json[];
  return Object.fromEntries(vouchers.map(({ code, valid_until }) => [code, valid_until]));
}

describe("a voucher with days of its own", () => {
  it("is good although its series has ended, and shows its own last day", async () => {
    const code = await addVoucher({ valid_until: PAST }, { valid_until: FUTURE });
    expect((await shownByHotel())[code]).toBe(FUTURE);
    expect((await shownByTill())[code]).toBe(FUTURE);
    const read = await till.get(`/vouchers/${code}`);
    expect(read.data).toMatchObject({ status: "ACTIVE", valid_until: FUTURE });
    expect((await redeem(code)).status).toBe(200);
    const other = await addVoucher({ valid_until: PAST }, { valid_until: FUTURE });
    const { body } = await hotel.post("coupon/redeem", { code: other });
    expect(body).toMatchObject({ valid: true, coupon: { expiry_date: FUTURE } });
  });

  it("is no good after them although its series goes on", async () => {
    const code = await addVoucher({ valid_until: FUTURE }, { valid_until: PAST });
    expect(await shownByHotel()).not.toHaveProperty([code]);
    expect(await shownByTill()).not.toHaveProperty([code]);
    const read = await till.get(`/vouchers/${code}`);
    expect(read.data).toMatchObject({ status: "EXPIRED", valid_until: PAST });
    expect((await redeem(code)).code).toBe("VOUCHER_EXPIRED");
    expect((await hotel.post("coupon/redeem", { code })).body).toEqual({ error: "Coupon expired" });
  });

  it("is no good before them although its series has begun", async () => {
    const code = await addVoucher({ valid_from: PAST }, { valid_from: LATER });
    expect(await shownByHotel()).not.toHaveProperty([code]);
    expect(await shownByTill()).not.toHaveProperty([code]);
    expect((await till.get(`/vouchers/${code}`)).data.valid_from).toBe(LATER);
    expect((await redeem(code)).code).toBe("VOUCHER_NOT_ACTIVE");
    const { body } = await hotel.post("coupon/redeem", { code });
    expect(body).toEqual({ error: "Coupon is inactive" });
  });

  it("is good from them on although its series has not begun", async () => {
    const code = await addVoucher({ valid_from: LATER }, { valid_from: PAST });
    expect(await shownByHotel()).toHaveProperty([code]);
    expect((await redeem(code)).status).toBe(200);
  });

  it("stands in the order of its own last day", async () => {
    const last = await addVoucher({ valid_until: LATER }, { valid_until: "2061-01-02" });
    const first = await addVoucher({ valid_until: FUTURE }, { valid_until: "2061-01-01" });
    const order = Object.keys(await shownByHotel());
    expect(order.indexOf(first)).toBeLessThan(order.indexOf(last));
    const tills = Object.keys(await shownByTill());
    expect(tills.indexOf(first)).toBeLessThan(tills.indexOf(last));
  });
});

describe("a voucher that is issued from a series", () => {
  it("shows its own last day", async () => {
    const worth = { name: "Stock", kind: "amount", value: "1", valid_until: FUTURE };
    const { id } = await nativeMake("/voucher_series", worth, hotel.slug);
    const added = { codes: ["STOCK-1"], valid_until: "2061-05-05" };
    await nativeMake(`/voucher_series/${id}/vouchers`, added, hotel.slug);
    const listed = await till.get("/vouchers/batches");
    const [{ batch_id } = {}] = listed.data.batches as Json[];
    const issued = await till.post("/vouchers/issue", { customer_id: 7, batch_id });
    expect(issued.data).toMatchObject({ code: "STOCK-1", valid_until: "2061-05-05" });
  });
});
