import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { walletName } from "../../../../src/wallet/client.ts";
import { d1Rows } from "../../../support/d1.ts";
import type { Till } from "../../../support/kirimel/till.ts";
import { enrol, numberOf, openShop } from "../../../support/kirimel/till.ts";
import { useClock } from "../../../support/wallet.ts";

useClock();
let till: Till;
let customer: string;

beforeAll(async () => {
  till = await openShop();
});

beforeEach(async () => {
  customer = await enrol(till, 100);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs SQL in the database of the customer's own object. */
async function corrupt(query: string): Promise<void> {
  const [row] = await d1Rows<{ id: string; merchant: string }>(
    `SELECT customers.id, merchant_id AS merchant FROM customers
     JOIN merchants ON merchants.id = merchant_id WHERE slug = ? AND customers.number = ?`,
    till.slug,
    numberOf(customer),
  );
  const owner = { merchant: row?.merchant ?? "", customer: row?.id ?? "" };
  await runInDurableObject(env.WALLETS.getByName(walletName(owner)), (_wallet, { storage }) => {
    storage.sql.exec(query);
  });
}

describe("POST /wallet/recalculate", () => {
  const recalculate = () => till.post("/wallet/recalculate", { customer_id: customer });

  it("answers the balance, in its form, and logs nothing when all is right", async () => {
    const log = vi.spyOn(console, "error");
    const balance = await till.get("/wallet/balance", { customer_id: customer });
    const recalculated = await recalculate();
    expect([recalculated.status, recalculated.text]).toEqual([200, balance.text]);
    expect(log).not.toHaveBeenCalled();
  });

  it("logs a difference once, by its figures, and tells the till nothing of it", async () => {
    await corrupt("UPDATE lots SET amount = amount + 100");
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const recalculated = await recalculate();
    expect([recalculated.status, recalculated.body.balance]).toEqual([200, 100]);
    expect(log).toHaveBeenCalledTimes(1);
    const line = JSON.parse(String(log.mock.calls[0]?.[0])) as Record<string, unknown>;
    expect(line).toMatchObject({
      level: "error",
      request_id: recalculated.headers.get("Request-Id"),
      error: "a wallet's balance is not the sum of its entries and lots",
      discrepancies: [{ unit: "point", balance: 100_000, entries: 100_000, lots: 100_100 }],
    });
    expect(line.customer).toMatch(/^cus_/);
    expect(line.merchant).toMatch(/^mer_/);
  });

  it("changes nothing: it can be sent twice and moves no points", async () => {
    const before = await till.get(`/customers/${numberOf(customer)}/transactions`);
    await recalculate();
    await recalculate();
    const after = await till.get(`/customers/${numberOf(customer)}/transactions`);
    expect(after.text).toBe(before.text);
  });

  it("does not know a customer who is none", async () => {
    const refused = await till.post("/wallet/recalculate", { customer_id: "CUST_999999" });
    expect([refused.status, refused.code]).toEqual([404, "CUSTOMER_NOT_FOUND"]);
  });
});

describe("POST /points/preview-redeem", () => {
  const preview = (points: number | string, by = till) =>
    by.post("/points/preview-redeem", { customer_id: customer, points_to_redeem: points });

  it("tells what the points are worth, and takes none", async () => {
    const previewed = await preview(100);
    expect(previewed.status).toBe(200);
    expect(previewed.text).toBe(
      '{"success":true,"data":{"points_to_redeem":100,"points_value":1.00,' +
        '"max_redeemable":100,"amount_discount":1.00}}',
    );
    const { body } = await till.get("/wallet/balance", { customer_id: customer });
    expect(body.balance).toBe(100);
  });

  it("of more than there is tells what all would be worth, and what is to be had", async () => {
    expect((await preview("250")).text).toContain(
      '"points_to_redeem":250,"points_value":2.50,"max_redeemable":100,"amount_discount":1.00',
    );
  });

  it("does not know a customer who is none", async () => {
    const fields = { customer_id: "CUST_999999", points: 1 };
    expect((await till.post("/points/preview-redeem", fields)).code).toBe("CUSTOMER_NOT_FOUND");
  });
});

describe("POST /points/commit-redeem", () => {
  it("is the same call as points/redeem, with the same references", async () => {
    const fields = { customer_id: customer, points_to_redeem: 30, reference: "BILL_1" };
    const committed = await till.post("/points/commit-redeem", fields);
    expect(committed.body).toMatchObject({ points_redeemed: 30, new_balance: 70 });
    expect(Object.keys(committed.body)).toEqual([
      "success",
      "transaction_id",
      "points_redeemed",
      "new_balance",
    ]);
    expect((await till.post("/points/redeem", fields)).text).toBe(committed.text);
  });
});
