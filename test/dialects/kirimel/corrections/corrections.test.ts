import * as fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseTransaction, transactionText } from "../../../../src/dialects/kirimel/mapping.ts";
import type { Json, Till } from "../../../support/kirimel/till.ts";
import { enrol, importCustomer, numberOf, openShop } from "../../../support/kirimel/till.ts";
import { DAY } from "../../../support/requests.ts";
import { useClock } from "../../../support/wallet.ts";

const clock = useClock();
let till: Till;
let customer: string;

beforeAll(async () => {
  till = await openShop();
});

beforeEach(async () => {
  customer = await enrol(till, 100);
});

async function balance(of = customer): Promise<unknown> {
  return (await till.get("/wallet/balance", { customer_id: of })).body.balance;
}

const adjust = (fields: Json, of = customer) =>
  till.post(`/customers/${numberOf(of)}/adjust`, { reference: "ADJ_1", ...fields });
const reverse = (transaction_id: unknown, fields: Json = {}) =>
  till.post("/points/reverse", { transaction_id, ...fields });
const earn = (points: number, fields: Json = {}) =>
  till.post("/points/earn", { customer_id: customer, points, ...fields });
const redeem = (points: number) => till.post("/points/redeem", { customer_id: customer, points });

describe("POST /customers/{id}/adjust", () => {
  it("adds and takes points", async () => {
    const added = await adjust({ points: 50, reference: "A" });
    expect(added.status).toBe(200);
    expect(added.text).toBe(
      '{"success":true,"data":{"transaction_id":' +
        `"${added.data.transaction_id}","points_delta":50,"new_balance":150}}`,
    );
    expect(added.data.transaction_id).toMatch(/^TXN_\d+$/);
    const taken = await adjust({ points: "-30", reference: "B" });
    expect(taken.data).toMatchObject({ points_delta: -30, new_balance: 120 });
    expect(await balance()).toBe(120);
  });

  it("takes the customer in the path as number or as CUST_…", async () => {
    const answer = await till.post(`/customers/${customer}/adjust`, { points: 1, reference: "A" });
    expect(answer.data.new_balance).toBe(101);
  });

  it("may take all and not more: below 0 is INSUFFICIENT_BALANCE", async () => {
    const refused = await adjust({ points: -101 });
    expect([refused.status, refused.code]).toEqual([400, "INSUFFICIENT_BALANCE"]);
    expect(refused.details).toEqual({ requested: 101, available: 100, shortfall: 1 });
    expect((await adjust({ points: -100 })).data.new_balance).toBe(0);
  });

  it("counts for no tier", async () => {
    await adjust({ points: 5_000 });
    const { data } = await till.get(`/customers/${numberOf(customer)}/tier`);
    expect(data).toMatchObject({ current_tier: "BRONZE", points_to_next: 900 });
  });

  it("answers the same reference and points with its first answer, byte for byte", async () => {
    const first = await adjust({ points: 50, reference: "A" });
    await earn(7);
    const second = await adjust({ points: 50, reference_id: "A", description: "again" });
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(await balance()).toBe(157);
  });

  it("refuses the same reference with other points", async () => {
    await adjust({ points: 50 });
    for (const points of [-50, 51]) {
      const refused = await adjust({ points });
      expect([refused.code, refused.details.field]).toEqual(["INVALID_PARAMETERS", "reference_id"]);
    }
    expect(await balance()).toBe(150);
  });

  it("shares its references with no other operation and no other customer", async () => {
    await earn(5, { reference_id: "SAME" });
    expect((await adjust({ points: 1, reference: "SAME" })).status).toBe(200);
    const other = await enrol(till);
    expect((await adjust({ points: 2, reference: "SAME" }, other)).data.new_balance).toBe(2);
  });

  it("leaves a failed reference free to try again", async () => {
    expect((await adjust({ points: -500 })).code).toBe("INSUFFICIENT_BALANCE");
    expect((await adjust({ points: -10 })).data.new_balance).toBe(90);
  });

  it("adds once for many calls at once with one reference", async () => {
    const calls = Array.from({ length: 12 }, () => adjust({ points: 50 }));
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await balance()).toBe(150);
  });

  it("does not know a customer who is none, or another merchant's", async () => {
    const foreign = numberOf(await enrol(await openShop())) + 1_000_000;
    for (const id of ["999999", "test_customer_123", String(foreign)]) {
      const path = `/customers/${id}/adjust`;
      const refused = await till.post(path, { points: 1, reference: "A" });
      expect([refused.status, refused.code]).toEqual([404, "CUSTOMER_NOT_FOUND"]);
    }
  });
});

describe("POST /points/reverse", () => {
  it("takes an earn back", async () => {
    const earned = await earn(50);
    const reversed = await reverse(earned.body.transaction_id, { reason: "void" });
    expect(reversed.status).toBe(200);
    expect(reversed.text).toBe(
      `{"success":true,"data":{"transaction_id":"${reversed.data.transaction_id}",` +
        `"reversed_transaction_id":"${earned.body.transaction_id}",` +
        '"points_delta":-50,"new_balance":100}}',
    );
    expect(await balance()).toBe(100);
  });

  it("gives a redemption back, to the lots that it came from", async () => {
    clock.now += 350 * DAY;
    await earn(40);
    const redeemed = await redeem(120);
    const reversed = await reverse(redeemed.body.transaction_id);
    expect(reversed.data).toMatchObject({ points_delta: 120, new_balance: 140 });
    const { body } = await till.get("/wallet/balance", { customer_id: customer });
    expect(body).toMatchObject({ points_expiring_soon: 100, expiry_date: "2060-12-31" });
  });

  it("takes adjustments back, either way", async () => {
    const added = await adjust({ points: 30, reference: "A" });
    const taken = await adjust({ points: -20, reference: "B" });
    expect((await reverse(taken.data.transaction_id)).data.new_balance).toBe(130);
    expect((await reverse(added.data.transaction_id)).data.new_balance).toBe(100);
  });

  it("happens once: a second time is TRANSACTION_ALREADY_REVERSED", async () => {
    const earned = await earn(50);
    await reverse(earned.body.transaction_id, { reference_id: "R1" });
    for (const fields of [{}, { reference_id: "R2" }]) {
      const refused = await reverse(earned.body.transaction_id, fields);
      expect([refused.status, refused.code]).toEqual([400, "TRANSACTION_ALREADY_REVERSED"]);
    }
    expect(await balance()).toBe(100);
  });

  it("answers the same reference and transaction with its first answer", async () => {
    const [one, other] = [await earn(50), await earn(50)];
    const first = await reverse(one.body.transaction_id, { reference_id: "R" });
    const second = await reverse(one.body.transaction_id, { reference_id: "R", reason: "again" });
    expect([second.status, second.text]).toEqual([200, first.text]);
    const refused = await reverse(other.body.transaction_id, { reference_id: "R" });
    expect([refused.code, refused.details.field]).toEqual(["INVALID_PARAMETERS", "reference_id"]);
    expect(await balance()).toBe(150);
  });

  it("happens once for many calls at once", async () => {
    const { transaction_id } = (await earn(50)).body;
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => reverse(transaction_id, { reference_id: `R${i}` })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === "TRANSACTION_ALREADY_REVERSED")).toHaveLength(11);
    expect(await balance()).toBe(100);
  });

  it("of points that were spent since is INSUFFICIENT_BALANCE", async () => {
    const earned = await earn(50);
    await redeem(120);
    const refused = await reverse(earned.body.transaction_id);
    expect(refused.details).toEqual({ requested: 50, available: 30, shortfall: 20 });
  });

  it("of points that have expired takes them no second time", async () => {
    const earned = await earn(50);
    clock.now += 200 * DAY;
    await earn(70);
    clock.now += 200 * DAY;
    expect(await balance()).toBe(70);
    const reversed = await reverse(earned.body.transaction_id);
    expect(reversed.data).toMatchObject({ points_delta: -50, new_balance: 70 });
    expect(await balance()).toBe(70);
  });

  it("lowers the tier that the points had brought", async () => {
    const earned = await earn(900);
    expect(earned.body.tier_progress).toMatchObject({ current_tier: "SILVER" });
    await reverse(earned.body.transaction_id);
    const { data } = await till.get(`/customers/${numberOf(customer)}/tier`);
    expect(data.current_tier).toBe("BRONZE");
  });

  it("takes the number of a transaction with or without its prefix", async () => {
    const earned = await earn(50);
    const number = numberOf(earned.body.transaction_id);
    expect((await reverse(number)).data.new_balance).toBe(100);
  });

  it("does not know transactions that are none, or cannot be reversed", async () => {
    const n = numberOf(customer);
    const reversed = await reverse((await earn(1)).body.transaction_id);
    const imported = await importCustomer(till, {
      number: 777_000 + n,
      balances: [{ unit: "point", lots: [{ amount: "5" }] }],
    });
    for (const id of [
      "TXN_999999999",
      transactionText(n, 99),
      transactionText(888_888, 1),
      transactionText(numberOf(imported), 1),
      reversed.data.transaction_id,
      "TXN_0",
      "TXN_",
      "nonsense",
      `${customer}`,
      "9".repeat(60),
    ]) {
      const refused = await reverse(id);
      expect([id, refused.status, refused.code]).toEqual([id, 404, "TRANSACTION_NOT_FOUND"]);
    }
  });

  it("does not know another merchant's transaction", async () => {
    const other = await openShop();
    for (let i = 0; i < 3; i += 1) await enrol(other);
    const earned = await other.post("/points/earn", {
      customer_id: await importCustomer(other, { number: 5_000_000 }),
      points: 50,
    });
    const refused = await reverse(earned.body.transaction_id);
    expect([refused.status, refused.code]).toEqual([404, "TRANSACTION_NOT_FOUND"]);
  });
});

describe("the number of a transaction", () => {
  const numbers = fc.tuple(
    fc.integer({ min: 1, max: 999_999_999_999_999 }),
    fc.integer({ min: 1, max: 999_999_999 }),
  );

  it("leads back to its customer and its entry", () => {
    fc.assert(
      fc.property(numbers, ([customerNumber, seq]) => {
        const text = transactionText(customerNumber, seq);
        const read = { customer: customerNumber, seq };
        expect(text).toMatch(/^TXN_[1-9]\d*$/);
        for (const form of [text, text.slice(4), ` ${text} `]) {
          expect(parseTransaction(form)).toEqual(read);
        }
      }),
    );
  });

  it("is one for every entry of every customer", () => {
    const small = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(small, small, (one, other) => {
        const same = transactionText(...one) === transactionText(...other);
        expect(same).toBe(one[0] === other[0] && one[1] === other[1]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is read in one way only: any other text is no transaction", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{1,20}$/), (digits) => {
        const read = parseTransaction(digits);
        if (read === null) return;
        const text = transactionText(read.customer, read.seq);
        expect(text).toBe(`TXN_${digits.replace(/^0+/, "")}`);
      }),
      { numRuns: 2_000 },
    );
  });
});
