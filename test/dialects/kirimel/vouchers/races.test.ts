import { beforeAll, describe, expect, it, vi } from "vitest";
import { d1Rows, failingDatabase } from "../../../support/d1.ts";
import type { Json, Till } from "../../../support/kirimel/till.ts";
import { appWith, enrol, makeVoucher, openShop } from "../../../support/kirimel/till.ts";
import { useClock } from "../../../support/wallet.ts";

const CROWD = Array.from({ length: 24 }, (_, i) => i);

const clock = useClock();
let till: Till;

beforeAll(async () => {
  till = await openShop();
});

/** What was told of a voucher, by its code. */
function eventsOf(code: string): Promise<{ type: string; data: string }[]> {
  return d1Rows(
    `SELECT events.type, events.data FROM events JOIN vouchers
     ON vouchers.id = json_extract(events.data, '$.voucher') WHERE vouchers.code = ?`,
    code,
  );
}

const redeem = (fields: Json, by = till) => by.post("/vouchers/redeem", fields);

describe("redemptions of one voucher at once", () => {
  it("with different references: exactly one wins, the others come too late", async () => {
    const code = await makeVoucher(till);
    const customer_id = await enrol(till);
    const answers = await Promise.all(
      CROWD.map((i) => redeem({ code, customer_id, reference_id: `ORDER_${i}` })),
    );
    const late = answers.filter((answer) => answer.code === "VOUCHER_ALREADY_REDEEMED");
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(late).toHaveLength(CROWD.length - 1);
    expect((await eventsOf(code)).map(({ type }) => type)).toEqual(["voucher.redeemed"]);
  });

  it("by different customers: exactly one wins, and it is the one that is told of", async () => {
    const code = await makeVoucher(till);
    const customers = await Promise.all(CROWD.slice(0, 8).map(() => enrol(till)));
    const answers = await Promise.all(
      customers.map((customer_id) => redeem({ code, customer_id, reference_id: "SAME" })),
    );
    const winners = customers.filter((_customer, i) => answers[i]?.status === 200);
    expect(winners).toHaveLength(1);
    const events = await eventsOf(code);
    expect(events).toHaveLength(1);
    const told = (JSON.parse(events[0]?.data ?? "{}") as Json).customer;
    const [row] = await d1Rows("SELECT number FROM customers WHERE id = ?", told);
    expect(`CUST_${row?.number}`).toBe(winners[0]);
  });

  it("with the same reference: one redemption, and everybody gets its answer", async () => {
    const code = await makeVoucher(till);
    const fields = { code, customer_id: await enrol(till), reference_id: "X", purchase_amount: 9 };
    const answers = await Promise.all(CROWD.map(() => redeem(fields)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await eventsOf(code)).toHaveLength(1);
  });

  it("with the same signature: one redemption, and everybody gets its answer", async () => {
    const code = await makeVoucher(till);
    const signed = await till.sign({ code, customer_id: await enrol(till) });
    const answers = await Promise.all(
      CROWD.map(() => till.send("POST", "/vouchers/redeem", signed)),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(await eventsOf(code)).toHaveLength(1);
  });

  it("of two codes under one reference: both are redeemed, each once", async () => {
    const codes = [await makeVoucher(till), await makeVoucher(till)];
    const customer_id = await enrol(till);
    const answers = await Promise.all(
      [...codes, ...codes].map((code) => redeem({ code, customer_id, reference_id: "ORDER" })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.redemption_id)).size).toBe(2);
  });
});

describe("a voucher's event", () => {
  it("is booked with the redemption or neither is", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const code = await makeVoucher(till);
    const signed = await till.sign({ code, customer_id: await enrol(till), reference_id: "R" });
    const failing = till.via(appWith({ DB: failingDatabase(/insert into "events"/i) }));
    const failed = await failing.send("POST", "/vouchers/redeem", signed);
    expect([failed.status, failed.code]).toEqual([500, "INTERNAL_ERROR"]);
    expect(failed.text).not.toMatch(/sql|nothing|vouchers/i);
    expect(log).toHaveBeenCalledTimes(1);
    expect((await till.get(`/vouchers/${code}`)).data.status).toBe("ACTIVE");
    expect(await eventsOf(code)).toEqual([]);
    const again = await till.send("POST", "/vouchers/redeem", signed);
    expect(again.status).toBe(200);
    expect(await eventsOf(code)).toHaveLength(1);
  });

  it("tells what was redeemed, without personal data", async () => {
    const code = await makeVoucher(till);
    const registered = await till.post("/customers/register", {
      phone: "+60111222333",
      name: "Ada Lovelace",
    });
    const customer_id = registered.body.customer_id;
    await redeem({ code, customer_id, purchase_amount: 75 });
    const [event] = await eventsOf(code);
    expect(JSON.parse(event?.data ?? "{}")).toMatchObject({
      kind: "percent",
      discount: { amount: "7.50", currency: "MYR" },
      purchase: { amount: "75.00", currency: "MYR" },
      dialect: "kirimel",
    });
    expect(event?.data).not.toMatch(/Ada|60111222333/);
  });
});

/** Faults of a redemption in the order in which they are checked, and what each is answered. */
const FAULTS = [
  ["unknown customer", "CUSTOMER_NOT_FOUND"],
  ["unknown code", "VOUCHER_NOT_FOUND"],
  ["used", "VOUCHER_ALREADY_REDEEMED"],
  ["not yet good", "VOUCHER_NOT_ACTIVE"],
  ["expired", "VOUCHER_EXPIRED"],
  ["somebody else's", "VOUCHER_NOT_FOUND"],
  ["below the minimum", "MIN_PURCHASE_NOT_MET"],
] as const;
type Fault = (typeof FAULTS)[number][0];

const PAIRS = FAULTS.flatMap(([first, code], i) =>
  FAULTS.slice(i + 1)
    .filter(([second]) => !(first === "not yet good" && second === "expired"))
    .map(([second]) => [first, second, code] as const),
);

/** Redeems a voucher against which all of that can be said. */
async function redeemWith(faults: readonly Fault[]) {
  const has = (fault: Fault): boolean => faults.includes(fault);
  const made = await till.post("/vouchers/batches", {
    name: "Faulty",
    type: "PERCENT",
    value: 10,
    quantity: 1,
    ...(has("not yet good") ? { valid_from: "2060-06-01" } : {}),
    ...(has("expired") ? { valid_until: "2060-01-31" } : {}),
    ...(has("below the minimum") ? { min_purchase: 50 } : {}),
  });
  const [code] = made.body.voucher_codes as string[];
  const owner = await enrol(till);
  if (has("somebody else's")) {
    await till.post("/vouchers/issue", { batch_id: made.body.batch_id, customer_id: owner });
  }
  if (has("used")) {
    clock.now = has("not yet good") ? Date.UTC(2060, 5, 2) : clock.now;
    await redeem({ code, customer_id: owner, purchase_amount: 100 });
  }
  clock.now = Date.UTC(2060, 2, 1);
  return redeem({
    code: has("unknown code") ? "VOUCHER_NONE00000000" : code,
    customer_id: has("unknown customer") ? "CUST_999999" : await enrol(till),
    purchase_amount: 10,
  });
}

describe("a redemption with one fault", () => {
  it.each(FAULTS)("(%s) is answered %s", async (fault, code) => {
    expect((await redeemWith([fault])).code).toBe(code);
  });
});

describe("a redemption with two faults", () => {
  it.each(PAIRS)("(%s, %s) is answered for the former, %s", async (first, second, code) => {
    expect((await redeemWith([first, second])).code).toBe(code);
  });
});
