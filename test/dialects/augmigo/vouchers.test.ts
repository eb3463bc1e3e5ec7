import { beforeAll, describe, expect, it } from "vitest";
import {
  addStaff,
  type Cafe,
  openCafe,
  STAFF_SCOPES,
  testModeOf,
} from "../../support/augmigo/cafe.ts";
import { said } from "../../support/augmigo/customers.ts";
import {
  addGuest,
  addSeries,
  addVoucher,
  CASH_SERIES,
  PAST,
  redeem,
} from "../../support/augmigo/vouchers.ts";
import { stopClock } from "../../support/http-clock.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { nativeMake } from "../../support/native/native.ts";

let cafe: Cafe;

// On the account's clocks it is the next day already.
stopClock("2060-06-14T17:30:00Z");

beforeAll(async () => {
  cafe = await openCafe();
});

async function detailsOf(code: string, by = cafe): Promise<Json> {
  return (await by.get(`/vouchers/redeem-code/${code}`)).body.voucher_details as Json;
}

describe("reading a voucher", () => {
  it("case 27: answers the sample's body on both paths, without an outlet", async () => {
    const code = await addVoucher(cafe);
    expect(code).toMatch(/^[0-9A-Za-z]{12}$/);
    const reply = await cafe.get(`/vouchers/redeem-code/${code}`);
    expect([reply.status, reply.text]).toEqual([
      200,
      JSON.stringify({
        voucher_details: {
          configuration: CASH_SERIES.configuration,
          desc: "Allow to rebate $10 in single receipt",
          effective_date: "01-01-2020",
          expiry_date: "31-12-2070",
          image_url: "https://cdn.example/v.png",
          is_redeemed: false,
          label: "$ 10 Cash Voucher",
          redeem_code: code,
          terms_and_conditions: "Rebate $ 10 in single receipt",
        },
      }),
    ]);
    expect((await cafe.get(`/vouchers/${code}`)).text).toBe(reply.text);
  });

  it.each([
    ["unknown", "NoSuchCode12"],
    ["empty but for a blank", "%20"],
    ["with a percent sign", "100%25"],
    ["SQL", "'%20OR%201=1%20--"],
    ["as long as a path may be", "x".repeat(2_000)],
  ])("case 28: refuses a code that is %s", async (_what, code) => {
    for (const path of ["/vouchers", "/vouchers/redeem-code"]) {
      const reply = await cafe.get(`${path}/${code}`);
      expect(said(reply)).toEqual([400, "Invalid voucher redeem code"]);
    }
  });

  it("knows a code only letter by letter", async () => {
    await addSeries(cafe, { codes: ["CaseMatters1", "CASEMATTERS1"], label: "Any" });
    expect((await detailsOf("CaseMatters1")).redeem_code).toBe("CaseMatters1");
    expect((await detailsOf("CASEMATTERS1")).redeem_code).toBe("CASEMATTERS1");
    expect((await cafe.get("/vouchers/casematters1")).status).toBe(400);
  });

  it("knows no voucher of another account", async () => {
    const code = await addVoucher(cafe);
    const other = await openCafe();
    expect(said(await other.get(`/vouchers/${code}`))).toEqual([
      400,
      "Invalid voucher redeem code",
    ]);
  });

  it("shows one that was redeemed or has expired as well", async () => {
    const [used, old] = [await addVoucher(cafe), await addVoucher(cafe, { valid_until: PAST })];
    await redeem(cafe, [used]);
    expect((await detailsOf(used)).is_redeemed).toBe(true);
    expect(await detailsOf(old)).toMatchObject({ is_redeemed: false, expiry_date: "31-12-2020" });
  });

  it("shows its own days rather than those of its programme, each for itself", async () => {
    const from = await addVoucher(cafe, { valid_from: "2061-02-03" });
    expect(await detailsOf(from)).toMatchObject({
      effective_date: "03-02-2061",
      expiry_date: "31-12-2070",
    });
    const until = await addVoucher(cafe, { valid_until: "2061-02-03" });
    expect(await detailsOf(until)).toMatchObject({
      effective_date: "01-01-2020",
      expiry_date: "03-02-2061",
    });
  });

  it("is good since it was made and for ever where nothing else is said", async () => {
    const series = { name: "Plain", kind: "percent", value: "10", codes: ["PlainVoucher"] };
    await nativeMake("/voucher_series", series, cafe.account);
    expect(await detailsOf("PlainVoucher")).toEqual({
      configuration: {},
      desc: null,
      effective_date: "15-06-2060",
      expiry_date: null,
      image_url: null,
      is_redeemed: false,
      label: "Plain",
      redeem_code: "PlainVoucher",
      terms_and_conditions: null,
    });
  });

  it("hands the configuration through as the merchant has it", async () => {
    const configuration = { z: [1, { deep: null }], a: "é \" ' </script>", "": 0.1, ok: false };
    const key = await addSeries(cafe, { configuration });
    const { codes } = await nativeMake(
      `/voucher_series/${key}/vouchers`,
      { quantity: 1 },
      cafe.account,
    );
    const [code = ""] = codes as string[];
    const details = await detailsOf(code);
    expect(JSON.stringify(details.configuration)).toBe(JSON.stringify(configuration));
  });

  it("needs a token and the permission for vouchers, and no other", async () => {
    const code = await addVoucher(cafe);
    const path = `/vouchers/${code}`;
    const nobody = await cafe.get(path, { token: null });
    expect(said(nobody)).toEqual([401, "Authenticated token is required"]);
    const others = STAFF_SCOPES.filter((scope) => scope !== "write:vouchers");
    const without = await cafe.signedIn(await addStaff(cafe.account, { scopes: others }));
    expect(said(await without.get(path))).toEqual([403, "Permission denied"]);
    const only = await addStaff(cafe.account, { scopes: ["write:vouchers"] });
    expect((await (await cafe.signedIn(only)).get(path)).status).toBe(200);
  });

  it("reads for a test-mode key as for a live one", async () => {
    const code = await addVoucher(cafe);
    const test = await testModeOf(cafe);
    expect(await detailsOf(code, test)).toEqual(await detailsOf(code));
  });

  it("answers a wrong method on a known path with 405", async () => {
    for (const path of ["/vouchers/redeem", "/vouchers/x", "/vouchers/x/redeem"]) {
      expect(said(await cafe.call("PUT", path, { body: {} }))).toEqual([405, "Method not allowed"]);
    }
  });
});

describe("the rewards of a customer", () => {
  it("list vouchers by their own days, as reading shows them", async () => {
    const guest = await addGuest(cafe);
    const customer = guest.id;
    const good = await addVoucher(cafe, { customer, valid_until: "2060-06-15" });
    await addVoucher(cafe, { customer, valid_until: "2060-06-14" });
    const early = await addVoucher(cafe, { customer, valid_from: "2060-06-16" });
    const { body } = await cafe.get(`/reward/reference-code/${guest.code}`);
    const { vouchers } = body.entitled_reward_summary as { vouchers: Json[] };
    const shown = vouchers.map(({ redeem_code, ...days }) => [
      redeem_code,
      days.effective_date,
      days.expiry_date,
    ]);
    expect(shown).toEqual([
      [good, "01-01-2020", "15-06-2060"],
      [early, "16-06-2060", "31-12-2070"],
    ]);
  });
});
