import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { d1Rows } from "../../../support/d1.ts";
import type { Json, Till } from "../../../support/kirimel/till.ts";
import { enrol, numberOf, openShop } from "../../../support/kirimel/till.ts";
import { useClock } from "../../../support/wallet.ts";

useClock();
let till: Till;
let customer: string;

beforeAll(async () => {
  till = await openShop();
});

beforeEach(async () => {
  customer = await enrol(till);
});

async function makeBatch(quantity: number, given: Json = {}) {
  const fields = { name: "Gift", type: "FIXED", value: 5, quantity, ...given };
  const { body } = await till.post("/vouchers/batches", fields);
  return { batch_id: body.batch_id as string, codes: body.voucher_codes as string[] };
}

const issue = (fields: Json) => till.post("/vouchers/issue", { customer_id: customer, ...fields });

describe("POST /vouchers/issue", () => {
  it("gives the customer the next free voucher, in the documented form", async () => {
    const { batch_id, codes } = await makeBatch(3, { valid_until: "2060-12-31" });
    for (const code of codes) {
      const issued = await issue({ batch_id });
      expect(issued.status).toBe(200);
      expect(issued.body).toEqual({
        success: true,
        data: {
          voucher_id: expect.any(Number),
          code,
          customer_id: customer,
          valid_until: "2060-12-31",
        },
      });
    }
  });

  it("has none left when all are given away or used", async () => {
    const { batch_id, codes } = await makeBatch(2);
    await till.post("/vouchers/redeem", { code: codes[0], customer_id: await enrol(till) });
    expect((await issue({ batch_id })).data.code).toBe(codes[1]);
    const refused = await issue({ batch_id });
    expect([refused.status, refused.code]).toEqual([404, "VOUCHER_NOT_FOUND"]);
  });

  it("takes the batch and the customer in all their forms", async () => {
    const { batch_id } = await makeBatch(4);
    const number = numberOf(batch_id);
    const forms: Json[] = [
      { voucher_batch_id: batch_id },
      { batch_id: number },
      { batch_id: String(number), customer_id: numberOf(customer) },
      { batch_id, voucher_batch_id: "BATCH_999", delivered_via: "sms" },
    ];
    for (const form of forms) expect((await issue(form)).data.customer_id).toBe(customer);
  });

  it("answers the same reference with the same voucher", async () => {
    const { batch_id } = await makeBatch(2);
    const first = await issue({ batch_id, reference_id: "GIFT_1" });
    const second = await issue({ batch_id, reference_id: "GIFT_1", delivered_via: "email" });
    expect([first.status, second.text]).toEqual([200, first.text]);
    const third = await issue({ batch_id, reference_id: "GIFT_2" });
    expect(third.data.code).not.toBe(first.data.code);
  });

  it("still answers the reference when the voucher was redeemed since", async () => {
    const { batch_id, codes } = await makeBatch(1);
    const first = await issue({ batch_id, reference_id: "GIFT_1" });
    await till.post("/vouchers/redeem", { code: codes[0], customer_id: customer });
    expect((await issue({ batch_id, reference_id: "GIFT_1" })).text).toBe(first.text);
  });

  it("refuses a reference that was used for another batch", async () => {
    const [one, other] = [await makeBatch(1), await makeBatch(1)];
    await issue({ batch_id: one.batch_id, reference_id: "GIFT_1" });
    const refused = await issue({ batch_id: other.batch_id, reference_id: "GIFT_1" });
    expect([refused.code, refused.details.field]).toEqual(["INVALID_PARAMETERS", "reference_id"]);
    const somebody = { customer_id: await enrol(till), reference_id: "GIFT_1" };
    expect((await issue({ batch_id: other.batch_id, ...somebody })).status).toBe(200);
  });

  it.each([["BATCH_999999"], [999999], ["batch one"], ["BATCH_0"], ["BATCH_-1"]])(
    "does not know the batch %j",
    async (batch_id) => {
      const refused = await issue({ batch_id });
      expect([refused.status, refused.code]).toEqual([404, "BATCH_NOT_FOUND"]);
    },
  );

  it("does not know another merchant's batch", async () => {
    const other = await openShop();
    const fields = { name: "x", type: "FIXED", value: 1, quantity: 1 };
    for (let i = 0; i < 3; i += 1) await other.post("/vouchers/batches", fields);
    const stranger = await openShop();
    const customer_id = await enrol(stranger);
    const refused = await stranger.post("/vouchers/issue", { batch_id: "BATCH_003", customer_id });
    expect(refused.code).toBe("BATCH_NOT_FOUND");
  });

  it("does not know a customer who is none", async () => {
    const { batch_id } = await makeBatch(1);
    for (const customer_id of ["CUST_999999", "test_customer_123"]) {
      const refused = await issue({ batch_id, customer_id });
      expect([refused.status, refused.code]).toEqual([404, "CUSTOMER_NOT_FOUND"]);
    }
  });

  it("tells of it once, with the way of delivery", async () => {
    const { batch_id } = await makeBatch(1);
    const fields = { batch_id, reference_id: "GIFT", delivered_via: "email" };
    await issue(fields);
    const { data } = await issue(fields);
    const events = await d1Rows<{ data: string }>(
      `SELECT events.data FROM events JOIN vouchers
       ON vouchers.id = json_extract(events.data, '$.voucher')
       WHERE vouchers.code = ? AND events.type = 'voucher.issued'`,
      data.code,
    );
    expect(events).toHaveLength(1);
    expect(JSON.parse(events[0]?.data ?? "{}")).toMatchObject({ delivered_via: "email" });
  });

  it("gives ten tills at once ten different vouchers", async () => {
    const { batch_id, codes } = await makeBatch(10);
    const customers = await Promise.all(codes.map(() => enrol(till)));
    const answers = await Promise.all(
      customers.map((customer_id) => issue({ batch_id, customer_id })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ data }) => data.code))).toEqual(new Set(codes));
  });

  it("gives two hundred at once two hundred vouchers, and tells of each once", async () => {
    const { batch_id, codes } = await makeBatch(200);
    const answers = await Promise.all(codes.map(() => issue({ batch_id })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ data }) => data.code))).toEqual(new Set(codes));
    const told = await d1Rows<{ code: string }>(
      `SELECT vouchers.code FROM events JOIN vouchers
       ON vouchers.id = json_extract(events.data, '$.voucher')
       WHERE vouchers.series_id = (SELECT series_id FROM vouchers WHERE code = ?)
       AND events.type = 'voucher.issued' AND events.customer_id = vouchers.customer_id`,
      String(codes[0]),
    );
    expect(told.map(({ code }) => code).sort()).toEqual([...codes].sort());
  }, 60_000);

  it("gives bytes that come again the voucher they took, without a reference too", async () => {
    const { batch_id } = await makeBatch(12);
    const signed = await till.sign({ customer_id: customer, batch_id });
    const send = () => till.send("POST", "/vouchers/issue", signed);
    const calls = [...Array.from({ length: 4 }, send), issue({ batch_id }), issue({ batch_id })];
    const answers = await Promise.all(calls);
    await issue({ batch_id });
    const texts = [...answers.slice(0, 4), await send()].map(({ text }) => text);
    expect(new Set(texts).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    const taken = await d1Rows<{ n: number }>(
      `SELECT COUNT(*) AS n FROM vouchers WHERE customer_id IS NOT NULL AND series_id =
       (SELECT series_id FROM vouchers WHERE code = ?)`,
      String(answers[0]?.data.code),
    );
    expect(taken).toEqual([{ n: 4 }]);
  });

  it("never gives one voucher to two, nor more than there are", async () => {
    const { batch_id, codes } = await makeBatch(2);
    const calls = Array.from({ length: 4 }, () => issue({ batch_id }));
    const answers = await Promise.all(calls);
    const given = answers.filter(({ status }) => status === 200);
    expect(given.map(({ data }) => data.code).sort()).toEqual([...codes].sort());
    expect(answers.filter(({ code }) => code === "VOUCHER_NOT_FOUND")).toHaveLength(2);
  });

  it("gives one voucher for one reference, however often at once", async () => {
    const { batch_id } = await makeBatch(8);
    const calls = Array.from({ length: 8 }, () => issue({ batch_id, reference_id: "ONCE" }));
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
  });
});

describe("GET /vouchers/{code}", () => {
  it("tells everything of a voucher, before and after it was redeemed", async () => {
    const { codes } = await makeBatch(1, {
      name: "Grand Opening Promo",
      valid_until: "2060-12-31",
      min_purchase: 50,
    });
    const [code = ""] = codes;
    const seen = await till.get(`/vouchers/${code}`);
    const id = seen.data.id;
    expect(seen.text).toBe(
      `{"success":true,"data":{"id":${id},"code":"${code}","batch_name":"Grand Opening Promo",` +
        '"voucher_type":"FIXED","voucher_value":5.00,"status":"ACTIVE",' +
        '"valid_from":"2060-01-01","valid_until":"2060-12-31","min_purchase":50.00,' +
        '"redeemed_at":null}}',
    );
    await till.post("/vouchers/redeem", { code, customer_id: customer, purchase_amount: 60 });
    expect((await till.get(`/vouchers/${code}`)).data).toMatchObject({
      id,
      status: "REDEEMED",
      redeemed_at: "2060-01-01T00:00:00Z",
    });
  });

  it("takes the code as leniently as a redemption does", async () => {
    const { codes } = await makeBatch(1);
    const bare = String(codes[0]).replace("VOUCHER_", "").toLowerCase();
    expect((await till.get(`/vouchers/${bare}`)).data.code).toBe(codes[0]);
    expect((await till.get(`/vouchers/%20${bare}%20`)).data.code).toBe(codes[0]);
  });

  it.each(["NONE", "%00", "%F0%9F%8E%81", "' OR 1=1 --", "%25", "a%2Fb", "x".repeat(255)])(
    "does not know %s",
    async (code) => {
      const refused = await till.get(`/vouchers/${code}`);
      expect([refused.status, refused.code]).toEqual([404, "VOUCHER_NOT_FOUND"]);
    },
  );
});
