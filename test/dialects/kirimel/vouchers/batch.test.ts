import { beforeAll, describe, expect, it } from "vitest";
import { d1Rows, recordingDatabase } from "../../../support/d1.ts";
import type { Json, Till } from "../../../support/kirimel/till.ts";
import { appWith, makeVoucher, makeVouchers, openShop } from "../../../support/kirimel/till.ts";
import { useClock } from "../../../support/wallet.ts";

const PROMO = { name: "Grand Opening Promo", type: "PERCENT", value: 10, quantity: 2 };
const OF_MERCHANT = `SELECT code, vouchers.number FROM vouchers
  JOIN merchants ON merchants.id = merchant_id WHERE slug = ?`;
const CODE = /^VOUCHER_[0-9A-Z]{12}$/;

const clock = useClock();
let till: Till;

beforeAll(async () => {
  till = await openShop();
});

const create = (given: Json) => till.post("/vouchers/batches/create", { ...PROMO, ...given });

describe("POST /vouchers/batches/create", () => {
  it("makes the vouchers and answers all their codes (case 27)", async () => {
    const made = await create({});
    expect([made.status, made.body.vouchers_created]).toEqual([200, 2]);
    expect(Object.keys(made.body)).toEqual([
      "success",
      "batch_id",
      "vouchers_created",
      "voucher_codes",
    ]);
    expect(made.body.batch_id).toMatch(/^BATCH_\d{3,}$/);
    const codes = made.body.voucher_codes as string[];
    expect(codes).toHaveLength(2);
    for (const code of codes) expect(code).toMatch(CODE);
  });

  it("refuses more than 1000 (case 26)", async () => {
    const before = await d1Rows("SELECT COUNT(*) AS count FROM vouchers");
    const refused = await create({ quantity: 1001 });
    expect([refused.status, refused.code]).toEqual([400, "INVALID_PARAMETERS"]);
    expect(refused.details.field).toBe("quantity");
    expect(await d1Rows("SELECT COUNT(*) AS count FROM vouchers")).toEqual(before);
  });

  it("makes a single voucher", async () => {
    expect(await makeVouchers(till, { quantity: "1" })).toHaveLength(1);
  });

  it("makes a thousand, all different, from all letters and digits alike", async () => {
    const shop = await openShop();
    const codes = await makeVouchers(shop, { quantity: 1000 });
    expect(new Set(codes).size).toBe(1000);
    const counts = new Map<string, number>();
    for (const code of codes) {
      expect(code).toMatch(CODE);
      for (const letter of code.slice("VOUCHER_".length)) {
        counts.set(letter, (counts.get(letter) ?? 0) + 1);
      }
    }
    // 12,000 letters, 333 of each expected: far outside is no secure random source.
    expect(counts.size).toBe(36);
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(220);
      expect(count).toBeLessThan(450);
    }
    const stored = await d1Rows<{ code: string; number: number }>(OF_MERCHANT, shop.slug);
    expect(new Set(stored.map(({ code }) => code))).toEqual(new Set(codes));
    expect(new Set(stored.map(({ number }) => number)).size).toBe(1000);
  });

  it("takes as few statements for a thousand as for one", async () => {
    const count = async (quantity: number): Promise<number> => {
      const { DB, statements } = recordingDatabase();
      const counted = till.via(appWith({ DB }));
      await counted.get("/vouchers/batches");
      statements.length = 0;
      await counted.post("/vouchers/batches", { ...PROMO, quantity });
      return statements.length;
    };
    const [one, thousand] = [await count(1), await count(1000)];
    expect(thousand).toBe(one);
    expect(thousand).toBeLessThanOrEqual(8);
  });

  it("answers alike on /vouchers/batches, as the SDKs call it", async () => {
    const made = await till.post("/vouchers/batches", PROMO);
    expect([made.status, made.body.vouchers_created]).toEqual([200, 2]);
  });

  it("numbers the batches of a merchant from BATCH_001, at once or one after another", async () => {
    const other = await openShop();
    const calls = Array.from({ length: 6 }, () => other.post("/vouchers/batches", PROMO));
    const ids = (await Promise.all(calls)).map(({ body }) => String(body.batch_id));
    expect(ids.sort()).toEqual(Array.from({ length: 6 }, (_, i) => `BATCH_00${i + 1}`));
    const rows = await d1Rows<{ number: number }>(OF_MERCHANT, other.slug);
    expect(new Set(rows.map(({ number }) => number)).size).toBe(12);
  });

  it("answers a resent request with the same codes and makes no more", async () => {
    const other = await openShop();
    const signed = await other.sign(PROMO);
    const first = await other.send("POST", "/vouchers/batches/create", signed);
    const second = await other.send("POST", "/vouchers/batches/create", signed);
    expect([first.status, second.text]).toEqual([200, first.text]);
    const listed = await other.get("/vouchers/batches");
    expect(listed.data.total).toBe(1);
  });
});

describe("a batch's dates", () => {
  const datesOf = async (code: string) => {
    const { data } = await till.get(`/vouchers/${code}`);
    return [data.valid_from, data.valid_until];
  };

  it("begin today in the merchant's zone and never end, if nothing else is said", async () => {
    clock.now = Date.UTC(2060, 0, 1, 15, 59, 59);
    expect(await datesOf(await makeVoucher(till))).toEqual(["2060-01-01", null]);
    clock.now = Date.UTC(2060, 0, 1, 16);
    expect(await datesOf(await makeVoucher(till))).toEqual(["2060-01-02", null]);
  });

  it("may be one single day, and may lie in the past", async () => {
    const dates = { valid_from: "2024-02-29", valid_until: "2024-02-29" };
    expect(await datesOf(await makeVoucher(till, dates))).toEqual(["2024-02-29", "2024-02-29"]);
  });

  it("must not end before they begin", async () => {
    for (const dates of [
      { valid_from: "2060-03-02", valid_until: "2060-03-01" },
      { valid_until: "2059-12-31" },
    ]) {
      const refused = await create(dates);
      expect([refused.code, refused.details.field]).toEqual(["INVALID_PARAMETERS", "valid_until"]);
    }
  });
});

describe("a batch's worth", () => {
  it.each([
    ["PERCENT", "10", '"voucher_value":10,'],
    ["PERCENT", "12.5", '"voucher_value":12.5,'],
    ["PERCENT", 100, '"voucher_value":100,'],
    ["FIXED", "5", '"voucher_value":5.00,'],
    ["FIXED", 7.5, '"voucher_value":7.50,'],
    ["BOGO", 1, '"voucher_value":1.00,'],
  ])("of %s %s is told as %s", async (type, value, expected) => {
    const code = await makeVoucher(till, { type, value });
    expect((await till.get(`/vouchers/${code}`)).text).toContain(expected);
  });

  it.each([
    ["JPY", "FIXED", 500, '"voucher_value":500,'],
    ["JPY", "BOGO", 1, '"voucher_value":1,'],
    ["KWD", "FIXED", 1.25, '"voucher_value":1.25,'],
    ["KWD", "BOGO", 1, '"voucher_value":1.00,'],
    ["KWD", "PERCENT", 10, '"voucher_value":10,'],
  ])("in %s of %s %s is told as %s", async (currency, type, value, expected) => {
    const shop = await openShop({ currency });
    const code = await makeVoucher(shop, { type, value });
    expect((await shop.get(`/vouchers/${code}`)).text).toContain(expected);
  });

  it.each([
    ["PERCENT", "12.504", '"voucher_value":12.5,'],
    ["FIXED", "7.4950000000000001", '"voucher_value":7.50,'],
  ])("of %s %s is told as what it rounds to", async (type, value, expected) => {
    const code = await makeVoucher(till, { type, value, quantity: "1.0" });
    expect((await till.get(`/vouchers/${code}`)).text).toContain(expected);
  });

  it.each([
    [{ valid_until: "2059-12-31" }, "must not be in the past"],
    [{ valid_from: "2060-02-01", valid_until: "2060-01-31" }, "must not be before valid_from"],
  ])("is refused %j, and told why", async (days, reason) => {
    const refused = await till.post("/vouchers/batches", { ...PROMO, ...days });
    expect([refused.status, refused.details]).toEqual([400, { field: "valid_until", reason }]);
  });

  it("has its conditions in the list of batches", async () => {
    const shop = await openShop();
    const terms = { valid_from: "2060-01-01", valid_until: "2060-12-31" };
    const amounts = { min_purchase: 50, max_discount: 20 };
    await shop.post("/vouchers/batches", { ...PROMO, ...terms, ...amounts });
    expect((await shop.get("/vouchers/batches")).text).toBe(
      '{"success":true,"data":{"batches":[{"batch_id":"BATCH_001",' +
        '"name":"Grand Opening Promo","type":"PERCENT","value":10,"quantity":2,"redeemed":0,' +
        '"valid_from":"2060-01-01","valid_until":"2060-12-31","min_purchase":50.00,' +
        '"max_discount":20.00,"created_at":"2060-01-01T00:00:00Z"}],' +
        '"page":1,"per_page":50,"total":1}}',
    );
  });
});
