import { describe, expect, it } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import type { Json } from "../../support/kirimel/till.ts";
import {
  addGuest,
  HOTEL_PROGRAM,
  openHotel,
  openHotelWithRavi,
  RAVI,
  sentCode,
} from "../../support/microgenn/hotel.ts";
import { nativeCall } from "../../support/native/native.ts";

const INVALID = { error: "Invalid or expired OTP" };

/** A code that is not the one. */
const wrong = (code: string): string => (code === "111111" ? "222222" : "111111");

describe("POST pos/otp/send and pos/otp/verify", () => {
  it("sends a live code to the guest and to nobody else, and accepts it once", async () => {
    const hotel = await openHotelWithRavi();
    const sent = await hotel.post("otp/send", { mobile: RAVI });
    expect([sent.status, sent.text]).toEqual([200, '{"sent":true,"expires_in":300}']);
    const code = await sentCode(hotel);
    const log = await nativeCall("GET", "/messages", { merchant: hotel.slug });
    expect(log.body.data).toMatchObject([{ object: "message", to: `+91${RAVI}` }]);
    const verified = await hotel.post("otp/verify", { mobile: RAVI, otp: code });
    expect([verified.status, verified.text]).toEqual([200, '{"verified":true}']);
    const again = await hotel.post("otp/verify", { mobile: RAVI, otp: code });
    expect([again.status, again.body]).toEqual([400, INVALID]);
  });

  it("cases 33 and 34: answers a sandbox key with 000000, and sends nothing", async () => {
    const hotel = await openHotelWithRavi();
    const sent = await hotel.post("otp/send", { mobile: RAVI, purpose: "redeem" }, hotel.test);
    expect(sent.text).toBe('{"sent":true,"expires_in":300,"otp":"000000","sandbox":true}');
    const right = await hotel.post("otp/verify", { mobile: RAVI, otp: "000000" }, hotel.test);
    expect(right.body).toEqual({ verified: true, sandbox: true });
    const other = await hotel.post("otp/verify", { mobile: RAVI, otp: "000001" }, hotel.test);
    expect(other.body).toEqual({ ...INVALID, sandbox: true });
    expect(await d1Rows("SELECT * FROM messages WHERE text LIKE '%000000%'")).toEqual([]);
  });

  it("case 35: does not take 000000 from a live key", async () => {
    const hotel = await openHotelWithRavi();
    const reply = await hotel.post("otp/verify", { mobile: RAVI, otp: "000000" });
    expect([reply.status, reply.body]).toEqual([400, INVALID]);
  });

  it("case 38: ends after five wrong codes, even for the right one", async () => {
    const hotel = await openHotelWithRavi();
    await hotel.post("otp/send", { mobile: RAVI });
    const code = await sentCode(hotel);
    for (let tries = 0; tries < 5; tries += 1) {
      const reply = await hotel.post("otp/verify", { mobile: RAVI, otp: wrong(code) });
      expect(reply.body).toEqual(INVALID);
    }
    expect((await hotel.post("otp/verify", { mobile: RAVI, otp: code })).body).toEqual(INVALID);
  });

  it("sends at most five an hour to one mobile, and says when the next may follow", async () => {
    const hotel = await openHotelWithRavi();
    for (let sends = 0; sends < 5; sends += 1) {
      expect((await hotel.post("otp/send", { mobile: RAVI })).status).toBe(200);
    }
    const refused = await hotel.post("otp/send", { mobile: RAVI });
    expect([refused.status, refused.body]).toEqual([429, { error: "Too many requests" }]);
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(3_500);
    expect(wait).toBeLessThanOrEqual(3_600);
    expect((await hotel.post("otp/send", { mobile: "9000000001" })).status).toBe(200);
  });

  it.each([
    ["otp/send", {}, "mobile is required"],
    ["otp/send", { mobile: "1" }, "Invalid mobile number"],
    ["otp/send", { mobile: RAVI, purpose: "win" }, "purpose must be redeem or login"],
    ["otp/verify", { mobile: RAVI }, "otp is required"],
    ["otp/verify", { otp: "123456" }, "mobile is required"],
    ["otp/verify", { mobile: RAVI, otp: "abc" }, INVALID.error],
  ])("%s refuses %j", async (path, fields, error) => {
    const hotel = await openHotel();
    const reply = await hotel.post(path, fields);
    expect([reply.status, reply.body]).toEqual([400, { error }]);
  });

  it("uses 000000 for everybody of a sandbox merchant, whom nothing is sent", async () => {
    const hotel = await openHotel({ merchant: { sandbox: true } });
    const sent = await hotel.post("otp/send", { mobile: RAVI });
    expect(sent.body).toEqual({ sent: true, expires_in: 300 });
    const log = await nativeCall("GET", "/messages", { merchant: hotel.slug });
    expect(log.body.data).toEqual([]);
    const verify = () => hotel.post("otp/verify", { mobile: RAVI, otp: "000000" });
    expect((await verify()).status).toBe(200);
    expect((await verify()).body).toEqual(INVALID);
  });
});

describe("POST pos/points/redeem", () => {
  it("cases 36 and 37: spends points for a code, and the code once", async () => {
    const hotel = await openHotelWithRavi();
    await hotel.post("otp/send", { mobile: RAVI });
    const fields = { mobile: RAVI, points: 1000, otp: await sentCode(hotel) };
    const redeemed = await hotel.post("points/redeem", fields);
    expect(redeemed.status).toBe(200);
    expect(redeemed.body).toEqual({
      transaction_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      customer_id: ((await hotel.lookUp()).body.customer as Json).customer_id,
      points_redeemed: 1000,
      value: 10,
      new_balance: 2400,
    });
    const again = await hotel.post("points/redeem", fields);
    expect([again.status, again.body]).toEqual([400, INVALID]);
    expect((await hotel.lookUp()).body.points_balance).toBe(2400);
  });

  it("spends 50.0 points as 50", async () => {
    const hotel = await openHotelWithRavi();
    const guest = `{"mobile":"${RAVI}","points":50.0,"otp":"000000"}`;
    const reply = await hotel.post("points/redeem", guest, hotel.test);
    expect([reply.status, reply.body.points_redeemed]).toEqual([200, 50]);
  });

  it("answers the same external_ref as the first time, and spends once", async () => {
    const hotel = await openHotelWithRavi();
    const redeem = async (given: Json = {}) => {
      await hotel.post("otp/send", { mobile: RAVI });
      const otp = await sentCode(hotel);
      const fields = { mobile: RAVI, points: "1000", otp, external_ref: "R-1", ...given };
      return hotel.post("points/redeem", fields);
    };
    const first = await redeem();
    expect((await redeem()).text).toBe(first.text);
    expect((await redeem({ points: 400 })).body.new_balance).toBe(2000);
  });

  it("takes no code that was sent for a login", async () => {
    const hotel = await openHotelWithRavi();
    await hotel.post("otp/send", { mobile: RAVI, purpose: "login" });
    const otp = await sentCode(hotel);
    const reply = await hotel.post("points/redeem", { mobile: RAVI, points: 1, otp });
    expect(reply.body).toEqual(INVALID);
  });

  it("refuses more points than there are", async () => {
    const hotel = await openHotelWithRavi();
    await hotel.post("otp/send", { mobile: RAVI });
    const otp = await sentCode(hotel);
    const reply = await hotel.post("points/redeem", { mobile: RAVI, points: 3401, otp });
    expect([reply.status, reply.body]).toEqual([400, { error: "Insufficient points" }]);
  });

  it("spends once when two send the code at the same time", async () => {
    const hotel = await openHotelWithRavi();
    await hotel.post("otp/send", { mobile: RAVI });
    const fields = { mobile: RAVI, points: 100, otp: await sentCode(hotel) };
    const redeem = () => hotel.post("points/redeem", fields);
    const replies = await Promise.all([redeem(), redeem(), redeem()]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect((await hotel.lookUp()).body.points_balance).toBe(3300);
  });

  it("knows the guest by id, and the code is that of the guest's mobile", async () => {
    const hotel = await openHotelWithRavi();
    const { customer_id: id } = (await hotel.lookUp()).body.customer as Json;
    await hotel.post("otp/send", { mobile: RAVI });
    const otp = await sentCode(hotel);
    const reply = await hotel.post("points/redeem", { customer_id: id, points: 50, otp });
    expect(reply.body).toMatchObject({ points_redeemed: 50, value: 0.5, new_balance: 3350 });
  });

  it.each([
    [{ points: 1, otp: "1" }, 400, "mobile or customer_id is required"],
    [{ mobile: RAVI, otp: "1" }, 400, "points is required"],
    [{ mobile: RAVI, points: 1 }, 400, "otp is required"],
    [{ mobile: RAVI, points: 0, otp: "1" }, 400, "points must be a positive integer"],
    [{ mobile: RAVI, points: -1, otp: "1" }, 400, "points must be a positive integer"],
    [{ mobile: RAVI, points: 1.5, otp: "1" }, 400, "points must be a positive integer"],
    [{ mobile: "9000000001", points: 1, otp: "1" }, 404, "Customer not found"],
    [{ customer_id: "x", points: 1, otp: "1" }, 404, "Customer not found"],
  ])("refuses %j", async (fields, status, error) => {
    const hotel = await openHotelWithRavi();
    const reply = await hotel.post("points/redeem", fields);
    expect([reply.status, reply.body]).toEqual([status, { error }]);
  });

  it("is closed where points are worth no money", async () => {
    const hotel = await openHotel({ program: { ...HOTEL_PROGRAM, redemption: undefined } });
    await addGuest(hotel);
    const fields = { mobile: RAVI, points: 1, otp: "000000" };
    const reply = await hotel.post("points/redeem", fields, hotel.test);
    expect(reply.body).toEqual({
      error: "points cannot be redeemed for money here",
      sandbox: true,
    });
    expect((await hotel.lookUp()).body).toMatchObject({
      redemption_rate: null,
      redeemable_value: 0,
    });
  });
});
