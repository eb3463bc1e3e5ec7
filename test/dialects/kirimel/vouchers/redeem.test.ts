import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Json, Till } from "../../../support/kirimel/till.ts";
import {
  enrol,
  importVouchers,
  makeVoucher,
  makeVouchers,
  openShop,
} from "../../../support/kirimel/till.ts";
import { useClock } from "../../../support/wallet.ts";

const clock = useClock();
let till: Till;
let customer: string;
let orders = 0;

beforeAll(async () => {
  till = await openShop();
});

beforeEach(async () => {
  customer = await enrol(till);
});

const redeem = (code: string, given: Json = {}) =>
  till.post("/vouchers/redeem", { code, customer_id: customer, ...given });

function order(): string {
  orders += 1;
  return `ORDER_${orders}`;
}

describe("POST /vouchers/redeem", () => {
  it("takes 10 % off 75.00 (case 28)", async () => {
    const code = await makeVoucher(till, { min_purchase: 50 });
    const redeemed = await redeem(code, { purchase_amount: "75.00", reference_id: order() });
    expect(redeemed.status).toBe(200);
    expect(redeemed.text).toBe(
      `{"success":true,"redemption_id":"${redeemed.body.redemption_id}",` +
        '"voucher_type":"PERCENT","voucher_value":10,' +
        '"discount_applied":7.50,"new_purchase_amount":67.50}',
    );
    expect(redeemed.body.redemption_id).toMatch(/^REDEEM_[1-9]\d*$/);
  });

  it("answers the same reference with the same redemption (case 29)", async () => {
    const code = await makeVoucher(till);
    const fields = { purchase_amount: 75, reference_id: order() };
    const first = await redeem(code, fields);
    const second = await redeem(code, fields);
    expect([second.status, second.text]).toEqual([200, first.text]);
    // The reference tells the repeat: what else the till says now does not matter.
    const third = await redeem(` ${code.toLowerCase()}`, { ...fields, purchase_amount: 80 });
    expect(third.text).toBe(first.text);
  });

  it("answers another reference with VOUCHER_ALREADY_REDEEMED (case 30)", async () => {
    const code = await makeVoucher(till);
    await redeem(code, { reference_id: order() });
    for (const given of [{ reference_id: order() }, {}]) {
      const refused = await redeem(code, given);
      expect([refused.status, refused.code]).toEqual([400, "VOUCHER_ALREADY_REDEEMED"]);
    }
  });

  it("answers a second call without a reference with VOUCHER_ALREADY_REDEEMED", async () => {
    const code = await makeVoucher(till);
    expect((await redeem(code)).status).toBe(200);
    expect((await redeem(code)).code).toBe("VOUCHER_ALREADY_REDEEMED");
  });

  it("redeems several vouchers of one order, each once", async () => {
    const [one = "", other = ""] = await makeVouchers(till, { quantity: 2 });
    const reference_id = order();
    const first = await redeem(one, { reference_id });
    const second = await redeem(other, { reference_id });
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.redemption_id).not.toBe(first.body.redemption_id);
    expect((await redeem(one, { reference_id })).text).toBe(first.text);
    expect((await redeem(other, { reference_id })).text).toBe(second.text);
    const unknown = await redeem("VOUCHER_000000000000", { reference_id });
    expect([unknown.status, unknown.code]).toEqual([404, "VOUCHER_NOT_FOUND"]);
  });

  it("lets another customer and another operation use the same reference", async () => {
    const [one = "", other = ""] = await makeVouchers(till, { quantity: 2 });
    const reference = order();
    await till.post("/points/earn", { customer_id: customer, points: 5, reference_id: reference });
    expect((await redeem(one, { reference_id: reference })).status).toBe(200);
    const somebody = { customer_id: await enrol(till), reference_id: reference };
    expect((await redeem(other, somebody)).status).toBe(200);
  });

  it("leaves nothing behind when it fails: the same reference may try again", async () => {
    const code = await makeVoucher(till, { min_purchase: 50 });
    const reference = { reference_id: order() };
    const refused = await redeem(code, { ...reference, purchase_amount: 49.99 });
    expect(refused.code).toBe("MIN_PURCHASE_NOT_MET");
    expect((await redeem(code, { ...reference, purchase_amount: 50 })).status).toBe(200);
  });

  it("does not know a code of no voucher (case 32)", async () => {
    const refused = await redeem("VOUCHER_ZZZZZZZZZZZZ");
    expect([refused.status, refused.code]).toEqual([404, "VOUCHER_NOT_FOUND"]);
  });

  it("does not know another merchant's voucher", async () => {
    const code = await makeVoucher(await openShop());
    expect((await redeem(code)).code).toBe("VOUCHER_NOT_FOUND");
    expect((await till.get(`/vouchers/${code}`)).code).toBe("VOUCHER_NOT_FOUND");
  });

  it("refuses a purchase below the minimum, and tells it (case 33)", async () => {
    const code = await makeVoucher(till, { min_purchase: "50.00" });
    for (const given of [{ purchase_amount: "49.99" }, { purchase_amount: 0 }, {}]) {
      const refused = await redeem(code, given);
      expect([refused.status, refused.code]).toEqual([400, "MIN_PURCHASE_NOT_MET"]);
      expect(refused.details).toEqual({ min_purchase: 50 });
    }
    expect((await redeem(code, { purchase_amount: "50.00" })).status).toBe(200);
  });

  it("of somebody else's voucher does not know it", async () => {
    const made = await till.post("/vouchers/batches", {
      name: "Gift",
      type: "FIXED",
      value: 5,
      quantity: 1,
    });
    const owner = await enrol(till);
    const issued = await till.post("/vouchers/issue", {
      voucher_batch_id: made.body.batch_id,
      customer_id: owner,
    });
    const code = String(issued.data.code);
    expect((await redeem(code)).code).toBe("VOUCHER_NOT_FOUND");
    expect((await redeem(code, { customer_id: owner })).status).toBe(200);
  });
});

describe("a voucher's time", () => {
  it("ends with its last day in the merchant's zone (case 31)", async () => {
    const [one = "", other = ""] = await makeVouchers(till, {
      quantity: 2,
      valid_until: "2060-01-10",
    });
    clock.now = Date.UTC(2060, 0, 10, 15, 59, 59, 999);
    expect((await till.get(`/vouchers/${other}`)).data.status).toBe("ACTIVE");
    expect((await redeem(one)).status).toBe(200);
    clock.now += 1;
    const refused = await redeem(other);
    expect([refused.status, refused.code]).toEqual([400, "VOUCHER_EXPIRED"]);
    expect((await till.get(`/vouchers/${other}`)).data.status).toBe("EXPIRED");
  });

  it("begins with its first day in the merchant's zone", async () => {
    const code = await makeVoucher(till, { valid_from: "2060-01-05" });
    clock.now = Date.UTC(2060, 0, 4, 15, 59, 59, 999);
    const refused = await redeem(code);
    expect([refused.status, refused.code]).toEqual([400, "VOUCHER_NOT_ACTIVE"]);
    clock.now += 1;
    expect((await redeem(code)).status).toBe(200);
  });

  it("follows the zone of the merchant that made it", async () => {
    const york = await openShop({ time_zone: "America/New_York" });
    const code = await makeVoucher(york, { valid_from: "2060-01-01", valid_until: "2060-01-01" });
    const somebody = await enrol(york);
    clock.now = Date.UTC(2060, 0, 2, 5);
    const refused = await york.post("/vouchers/redeem", { code, customer_id: somebody });
    expect(refused.code).toBe("VOUCHER_EXPIRED");
    clock.now -= 1;
    const fields = { code, customer_id: somebody };
    expect((await york.post("/vouchers/redeem", fields)).status).toBe(200);
  });
});

describe("a discount", () => {
  const forms: readonly (readonly [string, Json, Json, string, string])[] = [
    ["half a cent up", { value: 10 }, { purchase_amount: 0.05 }, "0.01", "0.04"],
    ["less than half down", { value: 10 }, { purchase_amount: 0.04 }, "0.00", "0.04"],
    ["a fraction of a percent", { value: 12.5 }, { purchase_amount: 9.99 }, "1.25", "8.74"],
    ["up to the cap", { value: 50, max_discount: 20 }, { purchase_amount: 75 }, "20.00", "55.00"],
    ["all of it", { value: 100 }, { purchase_amount: "75.10" }, "75.10", "0.00"],
    ["a percentage of nothing told", { value: 10 }, {}, "null", "null"],
    ["an amount", { type: "FIXED", value: 5 }, { purchase_amount: 75 }, "5.00", "70.00"],
    ["an amount above", { type: "FIXED", value: 5 }, { purchase_amount: 3.2 }, "3.20", "0.00"],
    ["an amount of nothing told", { type: "FIXED", value: 5 }, {}, "5.00", "null"],
    ["a second item", { type: "BOGO", value: 1 }, { purchase_amount: 75 }, "0.00", "75.00"],
    ["a second item of nothing told", { type: "BOGO", value: 1 }, {}, "null", "null"],
  ];

  it.each(forms)("is %s", async (_form, terms, purchase, discount, rest) => {
    const redeemed = await redeem(await makeVoucher(till, terms), purchase);
    expect(redeemed.text).toMatch(
      new RegExp(`"discount_applied":${discount},"new_purchase_amount":${rest}}$`),
    );
  });
});

describe("a code at the till", () => {
  it("may lack the prefix and be in any case when it was generated", async () => {
    const codes = await makeVouchers(till, { quantity: 4 });
    const bare = (code: string) => code.replace("VOUCHER_", "");
    const typed = [
      (code: string) => code.toLowerCase(),
      (code: string) => bare(code),
      (code: string) => bare(code).toLowerCase(),
      (code: string) => `  ${code} `,
    ];
    for (const [i, type] of typed.entries()) {
      const redeemed = await redeem(type(codes[i] ?? ""));
      expect([redeemed.status, redeemed.body.success]).toEqual([200, true]);
    }
  });

  it("must be typed exactly when it was imported", async () => {
    await importVouchers(till, ["Summer-5", "VOUCHER_WINTER"]);
    for (const code of ["summer-5", "SUMMER-5", "Summer5", "winter", "voucher_WINTER"]) {
      expect((await redeem(code)).code).toBe("VOUCHER_NOT_FOUND");
    }
    expect((await redeem(" Summer-5 ")).status).toBe(200);
    expect((await redeem("WINTER")).status).toBe(200);
  });

  it("may lack the prefix when it was imported with it", async () => {
    await importVouchers(till, ["VOUCHER_OldOne1"]);
    expect((await redeem("OLDONE1")).code).toBe("VOUCHER_NOT_FOUND");
    expect((await redeem("OldOne1")).status).toBe(200);
  });

  it("means the voucher that has just these letters before any that it may mean", async () => {
    await importVouchers(till, ["VOUCHER_Twin"]);
    await importVouchers(till, ["Twin"], { kind: "amount", value: "1.00" });
    expect((await redeem("Twin")).body.voucher_type).toBe("FIXED");
    expect((await redeem("VOUCHER_Twin")).body.voucher_type).toBe("PERCENT");
  });
});
