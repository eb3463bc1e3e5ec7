import { beforeAll, describe, expect, it } from "vitest";
import { addMember, addType, invoiceOf } from "../../support/imonggo/members.ts";
import { openStore, type Store } from "../../support/imonggo/store.ts";
import type { Json } from "../../support/kirimel/till.ts";

let store: Store;

beforeAll(async () => {
  store = await openStore();
  await addType(store);
}, 60_000);

const line = (given: Json): Json => ({ product_id: 1, quantity: 1, retail_price: 100, ...given });

/** What an invoice comes to, and what it earned somebody. */
async function post(given: Json): Promise<{ status: number; body: Json; errors: unknown }> {
  const juan = await addMember(store, 10_000);
  const { status, body, errors } = await store.post("/invoices.json", invoiceOf(juan, "0", given));
  return { status, body, errors };
}

describe("the amount of an invoice", () => {
  it.each<[string, Json[], number]>([
    ["all its lines", [line({}), line({ quantity: 2.5, retail_price: "9.90" })], 124.75],
    ["discounts in percent", [line({ discount_text: "12.5%" })], 87.5],
    ["discounts in money, once for a line", [line({ quantity: 2, discount_text: "15.50" })], 184.5],
    ["returns among them", [line({ quantity: 3 }), line({ quantity: -1 })], 200],
    ["numbers as texts or with an exponent", [line({ quantity: "2", retail_price: 1e2 })], 200],
    ["lines each rounded once", [1, 2, 3].map(() => line({ retail_price: 0.333333 })), 0.99],
  ])("has %s", async (_what, invoice_lines, amount) => {
    const { status, body } = await post({ invoice_lines });
    expect([status, body.amount]).toEqual([201, amount]);
  });

  it("has its taxes where the prices do not have them", async () => {
    const invoice_tax_rates = [{ tax_rate_id: "7", amount: 12, rate: 0.12 }, { amount: "0.50" }];
    const without = { invoice_lines: [line({})], invoice_tax_rates };
    const exclusive = await post({ ...without, tax_inclusive: false });
    expect([exclusive.body.amount, exclusive.body.tax_inclusive]).toEqual([112.5, false]);
    expect(exclusive.body.invoice_tax_rates).toEqual([
      { tax_rate_id: "7", amount: 12, rate: 0.12 },
      { tax_rate_id: null, amount: 0.5, rate: null },
    ]);
    for (const given of [{ tax_inclusive: true }, { tax_inclusive: "true" }, {}]) {
      expect((await post({ ...without, ...given })).body.amount).toBe(100);
    }
  });

  it.each(["101%", "-5", "ten", "10%%", "%"])("is refused a discount of %s", async (text) => {
    const { status, errors } = await post({ invoice_lines: [line({ discount_text: text })] });
    expect([status, errors]).toEqual([422, ["Discount text is invalid"]]);
  });

  it.each<[Json, string]>([
    [{ retail_price: -1 }, "Retail price must not be negative"],
    [{ retail_price: "a" }, "Retail price is not a number"],
    [{ retail_price: ".5" }, "Retail price must have a digit before the point"],
    [{ retail_price: "12345678901234567890" }, "Retail price is too large"],
    [{ quantity: "-.5" }, "Quantity must have a digit before the point"],
    [{ quantity: "1e30" }, "Quantity is too large"],
    [{ quantity: 900_000_000, retail_price: 900_000 }, "Subtotal is too large"],
  ])("is refused a line with %j", async (given, text) => {
    const { status, errors } = await post({ invoice_lines: [line(given)] });
    expect([status, errors]).toEqual([422, [text]]);
  });

  it("is refused when its lines are too much together", async () => {
    const dear = line({ quantity: 90_000, retail_price: 1_000_000 });
    const { status, errors } = await post({ invoice_lines: [dear, dear] });
    expect([status, errors]).toEqual([422, ["Amount is too large"]]);
  });

  it("is refused with more lines than a bill may have", async () => {
    const lines = (count: number) => Array.from({ length: count }, () => line({}));
    expect((await post({ invoice_lines: lines(500) })).status).toBe(201);
    const { errors } = await post({ invoice_lines: lines(501) });
    expect(errors).toEqual(["Invoice lines must have at most 500 lines"]);
  });
});

describe("the payments of an invoice", () => {
  it("are one of the full amount when the till tells none", async () => {
    const { body } = await post({ invoice_lines: [line({})] });
    expect(body.payments).toEqual([{ amount: 100, payment_type_id: null, tender: 100 }]);
  });

  it.each(["Points", "rewards", " Reward Points "])("by %s earn nothing", async (name) => {
    const payments = [
      { amount: 250, payment_type_id: 9, payment_type_name: name },
      { amount: 650, payment_type_id: 1, payment_type_name: "Cash" },
    ];
    const { body } = await post({ invoice_lines: [line({ quantity: 9 })], payments });
    expect([body.amount, body.points_earned]).toEqual([900, 6]);
  });

  it("take no points when they are more than there was to pay", async () => {
    const payments = [{ amount: 950, payment_type_name: "Points" }];
    const { body } = await post({ invoice_lines: [line({ quantity: 9 })], payments });
    expect(body.points_earned).toBe(0);
  });

  it.each<[Json, string]>([
    [{ tender: 5 }, "Amount can't be blank"],
    [{ amount: "a" }, "Amount is not a number"],
    [{ amount: "1e30" }, "Amount is too large"],
    [{ amount: 1, payment_type_id: "cash" }, "Payment type is invalid"],
  ])("are refused as %j", async (payment, text) => {
    const { status, errors } = await post({ invoice_lines: [line({})], payments: [payment] });
    expect([status, errors]).toEqual([422, [text]]);
  });
});
