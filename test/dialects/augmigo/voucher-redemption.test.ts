import { beforeAll, describe, expect, it } from "vitest";
import type { Cafe } from "../../support/augmigo/cafe.ts";
import { addStaff, openCafe, STAFF_SCOPES, testModeOf } from "../../support/augmigo/cafe.ts";
import { feedOf, said } from "../../support/augmigo/customers.ts";
import type { Guest } from "../../support/augmigo/vouchers.ts";
import {
  addGuest,
  addSeries,
  addVoucher,
  addVouchers,
  areRedeemed,
  gettingTarget,
  PAST,
  redeem,
  storedVoucher,
} from "../../support/augmigo/vouchers.ts";
import { d1Rows } from "../../support/d1.ts";
import { stopClock } from "../../support/http-clock.ts";
import { keptState } from "../../support/kept-state.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { nativeMake } from "../../support/native/native.ts";

const NOW = Date.parse("2060-06-15T04:00:00Z");

let cafe: Cafe;
let guest: Guest;

const clock = stopClock("2060-06-15T04:00:00Z");

beforeAll(async () => {
  cafe = await openCafe();
  guest = await addGuest(cafe);
});

const redemptionOf = async (code: string): Promise<Json> =>
  JSON.parse(String((await storedVoucher(cafe, code)).redemption)) as Json;

const siteId = async (code: string): Promise<unknown> => {
  const query = `SELECT id FROM sites WHERE code = ? AND merchant_id =
    (SELECT id FROM merchants WHERE slug = ?)`;
  return (await d1Rows(query, code, cafe.account))[0]?.id;
};

describe("redeeming vouchers", () => {
  it("case 29: redeems two codes and answers only a transaction id", async () => {
    const codes = await addVouchers(cafe, 2, { customer: guest.id });
    const { status, body } = await redeem(cafe, codes, { remarks: "Table 4", invoice_id: "INV-1" });
    expect([status, body]).toEqual([200, { transaction_id: expect.stringMatching(/^\w{12,40}$/) }]);
    expect(await areRedeemed(cafe, codes)).toEqual([true, true]);
    const [first = "", second = ""] = codes;
    expect(await redemptionOf(second)).toEqual(await redemptionOf(first));
    expect(await redemptionOf(first)).toMatchObject({ invoice: "INV-1", remarks: "Table 4" });
    expect(await storedVoucher(cafe, first)).toMatchObject({
      redeemed_by: guest.id,
      redeemed_at: NOW,
    });
  });

  it("tells of each voucher in the feed, without its code", async () => {
    const shop = await openCafe();
    const { id: customer } = await addGuest(shop);
    const codes = await addVouchers(shop, 2, { customer });
    await redeem(shop, codes, { invoice_id: "INV-7" });
    const told = (await feedOf(shop)).filter(({ type }) => type === "voucher.redeemed");
    expect(told.map(({ data }) => data)).toEqual(
      [1, 2].map(() =>
        expect.objectContaining({ customer, reference: "INV-7", dialect: "augmigo" }),
      ),
    );
    expect(new Set(told.map(({ data }) => (data as Json).voucher)).size).toBe(2);
    expect(JSON.stringify(told)).not.toMatch(new RegExp(codes.join("|")));
  });

  it("case 39: records the outlet of the sign-in, or the one that is named", async () => {
    const manager = await cafe.signedIn(
      await addStaff(cafe.account, { sites: ["outlet_main", "outlet_second"] }),
      "outlet_second",
    );
    const [own, named] = [await addVoucher(cafe), await addVoucher(cafe)];
    expect((await redeem(manager, [own])).status).toBe(200);
    expect(await redemptionOf(own)).toMatchObject({
      site: await siteId("outlet_second"),
      staff: expect.stringMatching(/^stf_/),
    });
    const given = { outlet: "outlet_main" };
    await manager.post("/vouchers/redeem", { redeem_code: [named] }, given);
    expect(await redemptionOf(named)).toMatchObject({ site: await siteId("outlet_main") });
  });

  it("counts a code that comes twice once", async () => {
    const code = await addVoucher(cafe);
    expect((await redeem(cafe, [code, ` ${code} `, code])).status).toBe(200);
    expect(await redemptionOf(code)).toMatchObject({ vouchers: 1 });
  });

  it("needs the permission for vouchers", async () => {
    const code = await addVoucher(cafe);
    const scopes = STAFF_SCOPES.filter((scope) => scope !== "write:vouchers");
    const without = await cafe.signedIn(await addStaff(cafe.account, { scopes }));
    expect(said(await redeem(without, [code]))).toEqual([403, "Permission denied"]);
    expect(said(await cafe.post("/vouchers/redeem", {}, { token: null }))).toEqual([
      401,
      "Authenticated token is required",
    ]);
    expect(await areRedeemed(cafe, [code])).toEqual([false]);
  });

  it("keeps nothing for a test-mode key, and judges as for a live one", async () => {
    const [good = "", bad = ""] = [await addVoucher(cafe), await addVoucher(cafe)];
    await redeem(cafe, [bad]);
    const test = await testModeOf(cafe);
    const before = await keptState();
    expect((await redeem(test, [good])).body).toEqual({ transaction_id: expect.any(String) });
    const get = { headers: { "X-Test-Get": "yes" } };
    const got = await test
      .via(gettingTarget)
      .post(`/vouchers/${guest.code}`, { redeem_code: good }, get);
    expect(got.body).toEqual({ transaction_id: expect.any(String) });
    expect((await redeem(test, [good, bad])).msg).toEqual([
      `Voucher (${bad}) have been redeemed before,  thus it is not allow to redeem again`,
    ]);
    expect(await keptState()).toBe(before);
  });
});

describe("the forms of a redemption", () => {
  const FORMS: readonly (readonly [string, (codes: string[], code: string) => unknown])[] = [
    ["a list", (codes) => ({ redeem_code: codes })],
    ["a text with commas", (codes) => ({ redeem_code: codes.join(", ") })],
    ["a form with commas", (codes) => `redeem_code=${codes.join("%2C")}`],
    ["a form with a field for each", (codes) => codes.map((one) => `redeem_code=${one}`).join("&")],
    ["case 31: single quotation marks", (codes) => `{"redeem_code":['${codes.join("','")}']}`],
    ["the sample", (codes) => `{"redeem_code":[${codes}],"invoice_id": "S","remarks": "x"}"`],
    ["the customer in the body", (codes, code) => ({ redeem_code: codes, reference_code: code })],
  ];

  it.each(FORMS)("are all good on every path: %s", async (_form, bodyOf) => {
    const paths = ["/vouchers/redeem", `/vouchers/${guest.code}/redeem`, `/vouchers/${guest.code}`];
    for (const path of paths) {
      const codes = [...(await addVouchers(cafe, 2, { customer: guest.id }))];
      const reply = await cafe.post(path, bodyOf(codes, guest.code));
      expect([reply.status, reply.body]).toEqual([200, { transaction_id: expect.any(String) }]);
      expect(await areRedeemed(cafe, codes)).toEqual([true, true]);
    }
    const codes = [...(await addVouchers(cafe, 2, { customer: guest.id }))];
    const headers = { "X-Test-Get": "yes" };
    const body = bodyOf(codes, guest.code);
    const got = await cafe.via(gettingTarget).post(`/vouchers/${guest.code}`, body, { headers });
    expect([got.status, got.body]).toEqual([200, { transaction_id: expect.any(String) }]);
    expect(await areRedeemed(cafe, codes)).toEqual([true, true]);
  });

  it("take one code as a text, and digits as a number", async () => {
    const [one, digits] = [await addVoucher(cafe), "123456789012"];
    expect((await cafe.post("/vouchers/redeem", { redeem_code: one })).status).toBe(200);
    await addSeries(cafe, { codes: [digits] });
    expect((await cafe.post("/vouchers/redeem", `{"redeem_code":[${digits}]}`)).status).toBe(200);
    expect(await areRedeemed(cafe, [digits])).toEqual([true]);
  });

  it("name the customer whose the vouchers must be", async () => {
    const [other, bearer] = [await addGuest(cafe), await addVoucher(cafe)];
    const code = await addVoucher(cafe, { customer: guest.id });
    const refusal = [400, `Voucher (${code}) is not belong to customer`];
    const sent = { redeem_code: [code] };
    expect(said(await cafe.post(`/vouchers/${other.code}/redeem`, sent))).toEqual(refusal);
    expect(said(await cafe.post(`/vouchers/${other.code}`, sent))).toEqual(refusal);
    const named = { ...sent, reference_code: other.code };
    expect(said(await cafe.post("/vouchers/redeem", named))).toEqual(refusal);
    expect(await areRedeemed(cafe, [code])).toEqual([false]);
    await cafe.post(`/vouchers/${other.code}`, { redeem_code: [bearer] });
    expect(await storedVoucher(cafe, bearer)).toMatchObject({ redeemed_by: other.id });
  });

  it("refuse a customer that there is none of", async () => {
    const stranger = await addGuest(await openCafe());
    for (const code of ["9999999999999999", "x", stranger.code]) {
      const reply = await cafe.post(`/vouchers/${code}`, { redeem_code: [await addVoucher(cafe)] });
      expect(said(reply)).toEqual([400, "Reference code is invalid"]);
    }
  });

  it("of a GET without codes in its body are a reading", async () => {
    const code = await addVoucher(cafe);
    const headers = { "X-Test-Get": "yes" };
    for (const body of [{}, "", { invoice_id: "x" }, "{", "[]"]) {
      const read = await cafe.via(gettingTarget).post(`/vouchers/${code}`, body, { headers });
      expect(read.body).toMatchObject({ voucher_details: { redeem_code: code } });
    }
    const given = { redeem_code: [] };
    const empty = await cafe.via(gettingTarget).post(`/vouchers/${code}`, given, { headers });
    expect(said(empty)).toEqual([400, "Voucher Code is required"]);
  });
});

describe("a redemption that is refused", () => {
  it("case 32: leaves the good code unused beside a used one", async () => {
    const [used, good] = [await addVoucher(cafe), await addVoucher(cafe)];
    await redeem(cafe, [used]);
    expect(said(await redeem(cafe, [good, used]))).toEqual([
      400,
      `Voucher (${used}) have been redeemed before,  thus it is not allow to redeem again`,
    ]);
    expect(await areRedeemed(cafe, [good])).toEqual([false]);
    expect((await redeem(cafe, [good])).status).toBe(200);
  });

  it("case 33: is told that a voucher has expired", async () => {
    const code = await addVoucher(cafe, { valid_until: PAST });
    expect(said(await redeem(cafe, [code]))).toEqual([400, `Voucher (${code}) is expired`]);
  });

  it("case 34: is told all codes that are unknown, and as they were sent", async () => {
    const foreign = await addVoucher(await openCafe());
    const good = await addVoucher(cafe);
    const codes = [foreign, good, "NoSuchCode12", good.toLowerCase(), foreign];
    expect(said(await redeem(cafe, codes))).toEqual([
      400,
      `Voucher (${foreign},NoSuchCode12,${good.toLowerCase()}) is not valid`,
    ]);
    expect(await areRedeemed(cafe, [good])).toEqual([false]);
  });

  it("is told the first fault in the documented order", async () => {
    const other = await addGuest(cafe);
    const make = (given: Json = {}) => addVoucher(cafe, { customer: guest.id, ...given });
    const foreign = await make({ customer: other.id, valid_until: PAST });
    const [used, early, old] = [
      await make(),
      await make({ valid_from: "2060-06-16" }),
      await make({ valid_until: "2060-06-14" }),
    ];
    await redeem(cafe, [used]);
    const faulty = ["NoSuchCode12", foreign, used, early, old];
    const faults = [
      "is not valid",
      "is not belong to customer",
      "have been redeemed before,  thus it is not allow to redeem again",
      "is not effective yet",
      "is expired",
    ];
    for (const [i, fault] of faults.entries()) {
      const rest = faulty.slice(i).reverse();
      const reply = await cafe.post(`/vouchers/${guest.code}`, { redeem_code: rest });
      expect(said(reply)).toEqual([400, `Voucher (${faulty[i]}) ${fault}`]);
    }
    const tomorrow = { redeem_datetime: "16-06-2060 12:00:00" };
    const soon = await redeem(cafe, faulty, tomorrow);
    expect(said(soon)).toEqual([400, "Redeem datetime cannot be future"]);
    expect(said(await redeem(cafe, [], tomorrow))).toEqual([400, "Voucher Code is required"]);
  });

  it("is told of a voucher that was withdrawn as of none", async () => {
    const code = await addVoucher(cafe);
    await d1Rows("UPDATE vouchers SET status = 'voided' WHERE code = ?", code);
    expect(said(await redeem(cafe, [code]))).toEqual([400, `Voucher (${code}) is not valid`]);
  });

  it.each([
    ["no body", "", "Voucher Code is required"],
    ["no codes", {}, "Voucher Code is required"],
    ["an empty list", { redeem_code: [] }, "Voucher Code is required"],
    ["null", { redeem_code: null }, "Voucher Code is required"],
    ["blanks", { redeem_code: [" ", ""] }, "Voucher Code is required"],
    ["commas", { redeem_code: " , ," }, "Voucher Code is required"],
    ["an object", { redeem_code: { a: 1 } }, "Voucher Code is not valid"],
    ["true", { redeem_code: true }, "Voucher Code is not valid"],
    ["a list in a list", { redeem_code: [["a"]] }, "Voucher Code is not valid"],
    ["a long code", { redeem_code: ["x".repeat(65)] }, "Voucher Code is not valid"],
    [
      "half a character",
      '{"redeem_code":["\\ud800"]}',
      "redeem_code/0 must be well-formed Unicode",
    ],
    ["no JSON", '{"redeem_code":', "Missing voucher data"],
    ["a JSON text", '"redeem_code"', "Voucher Code is required"],
    ["a JSON list", '["redeem_code"]', "Missing voucher data"],
    [
      "too many codes",
      { redeem_code: Array.from({ length: 51 }, (_, i) => `code${i}`) },
      "Voucher Code must not more than 50",
    ],
    [
      "long remarks",
      { redeem_code: ["a"], remarks: "x".repeat(301) },
      "Remarks length must not more than 300 characters",
    ],
    [
      "a long invoice id",
      { redeem_code: ["a"], invoice_id: "x".repeat(101) },
      "Invoice ID length must not more than 100 characters",
    ],
    [
      "no time",
      { redeem_code: ["a"], redeem_datetime: "31-02-2060 10:00:00" },
      "Redeem Datetime is not valid",
    ],
  ])("says what is wrong with the request: %s", async (_what, body, text) => {
    expect(said(await cafe.post("/vouchers/redeem", body))).toEqual([400, text]);
  });

  it("takes fifty codes at once", async () => {
    const codes = await addVouchers(cafe, 50);
    expect((await redeem(cafe, codes)).status).toBe(200);
    expect(new Set(await areRedeemed(cafe, codes))).toEqual(new Set([true]));
  });
});

describe("a redemption that waited in an offline queue", () => {
  it("is judged on the business day on which it happened", async () => {
    const past = { redeem_datetime: "14-06-2060 23:59:59" };
    const old = await addVoucher(cafe, { valid_until: "2060-06-14" });
    const fresh = await addVoucher(cafe, { valid_from: "2060-06-15" });
    expect(said(await redeem(cafe, [fresh], past))).toEqual([
      400,
      `Voucher (${fresh}) is not effective yet`,
    ]);
    expect(said(await redeem(cafe, [old]))).toEqual([400, `Voucher (${old}) is expired`]);
    expect((await redeem(cafe, [old], past)).status).toBe(200);
    expect(await storedVoucher(cafe, old)).toMatchObject({
      redeemed_at: Date.parse("2060-06-14T15:59:59Z"),
      updated_at: clock.now,
    });
  });

  it.each([
    ["is issued to nobody", false],
    ["is issued to a customer", true],
  ])("is not before the day that a voucher shows which %s and has none", async (_case, issued) => {
    const key = await addSeries(cafe, { valid_from: undefined });
    const customer = issued ? { customer: (await addGuest(cafe)).id } : {};
    const made = { quantity: 1, ...customer };
    const { codes } = await nativeMake(`/voucher_series/${key}/vouchers`, made, cafe.account);
    const [code = ""] = codes as string[];
    const details = (await cafe.get(`/vouchers/${code}`)).body.voucher_details as Json;
    expect(details.effective_date).toBe("15-06-2060");
    const before = await redeem(cafe, [code], { redeem_datetime: "14-06-2060 23:59:59" });
    expect(said(before)).toEqual([400, `Voucher (${code}) is not effective yet`]);
    const day = await redeem(cafe, [code], { redeem_datetime: "15-06-2060 00:00:00" });
    expect(day.status).toBe(200);
  });

  it("may come from a clock that is five minutes ahead, and is then of now", async () => {
    const [code, late] = [await addVoucher(cafe), await addVoucher(cafe)];
    const ahead = await redeem(cafe, [code], { redeem_datetime: "15-06-2060 12:05:00" });
    expect(ahead.status).toBe(200);
    expect(await storedVoucher(cafe, code)).toMatchObject({ redeemed_at: NOW });
    const beyond = await redeem(cafe, [late], { redeem_datetime: "15-06-2060 12:05:01" });
    expect(said(beyond)).toEqual([400, "Redeem datetime cannot be future"]);
  });
});
