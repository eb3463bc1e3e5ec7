import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Json, Reply, Till } from "../../../support/kirimel/till.ts";
import { enrol, importCustomer, numberOf, openShop } from "../../../support/kirimel/till.ts";
import { DAY } from "../../../support/requests.ts";
import { useClock } from "../../../support/wallet.ts";

const clock = useClock();
let till: Till;
let customer: string;

/** What a customer did; the numbers count up so that the order shows. */
async function tellStory(id: string): Promise<void> {
  const by = (path: string, fields: Json) => till.post(path, { customer_id: id, ...fields });
  const earned = await by("/points/earn", { points: 1_200, reference_id: "ORDER_1" });
  await by("/points/redeem", { points: 200, reference_id: "BILL_2" });
  await till.post(`/customers/${id}/adjust`, { points: -50, reference: "ADJ_3" });
  await till.post("/points/reverse", {
    transaction_id: (await by("/points/earn", { points: 4 })).body.transaction_id,
  });
  expect(earned.status).toBe(200);
}

beforeAll(async () => {
  till = await openShop();
});

beforeEach(async () => {
  customer = await enrol(till);
  await tellStory(customer);
});

type Line = Readonly<Record<string, unknown>>;
const linesOf = (reply: Reply): Line[] => reply.data.transactions as Line[];
const list = (query: Record<string, string> = {}, id = customer) =>
  till.get(`/customers/${numberOf(id)}/transactions`, query);
const typesOf = async (query: Record<string, string> = {}, id = customer): Promise<unknown[]> =>
  linesOf(await list(query, id)).map((line) => line.transaction_type);

describe("GET /customers/{id}/transactions", () => {
  it("lists points only, whatever else the wallet holds", async () => {
    const balances = ["point", "stamp", "prepaid"].map((unit) => {
      return { unit, lifetime: "5", lots: [{ amount: "5" }] };
    });
    await importCustomer(till, { number: 990, name: "Rich", balances });
    const reply = await till.get("/customers/990/transactions");
    expect(linesOf(reply).map((line) => line.points_delta)).toEqual([5]);
    expect(reply.data.total).toBe(1);
  });

  it("lists what moved points, newest first, and no change of tier", async () => {
    const listed = await list();
    expect(listed.data).toMatchObject({ page: 1, per_page: 50, total: 5 });
    const story = linesOf(listed).map((line) => [
      line.transaction_type,
      line.points_delta,
      line.balance_after,
      line.reference,
    ]);
    expect(story).toEqual([
      ["REVERSE", -4, 950, null],
      ["EARN", 4, 954, null],
      ["ADJUST", -50, 950, "ADJ_3"],
      ["REDEEM", -200, 1000, "BILL_2"],
      ["EARN", 1200, 1200, "ORDER_1"],
    ]);
  });

  it("has the documented keys and the numbers that the calls answered", async () => {
    const other = await enrol(till);
    const earned = await till.post("/points/earn", { customer_id: other, points: 50 });
    expect((await list({}, other)).text).toBe(
      '{"success":true,"data":{"transactions":[' +
        `{"transaction_id":"${earned.body.transaction_id}","transaction_type":"EARN",` +
        '"points_delta":50,"balance_after":50,"reference":null,' +
        '"created_at":"2060-01-01T00:00:00Z"}],"page":1,"per_page":50,"total":1}}',
    );
  });

  it("pages by page and per_page", async () => {
    const first = await list({ page: "1", per_page: "2" });
    expect(first.data).toMatchObject({ page: 1, per_page: 2, total: 5 });
    expect(await typesOf({ page: "1", per_page: "2" })).toEqual(["REVERSE", "EARN"]);
    expect(await typesOf({ page: "2", per_page: "2" })).toEqual(["ADJUST", "REDEEM"]);
    expect(await typesOf({ page: "3", per_page: "2" })).toEqual(["EARN"]);
    expect(await typesOf({ page: "4", per_page: "2" })).toEqual([]);
  });

  it("pages by limit and offset, as the PHP client does", async () => {
    expect(await typesOf({ limit: "2" })).toEqual(["REVERSE", "EARN"]);
    expect(await typesOf({ limit: "2", offset: "2" })).toEqual(["ADJUST", "REDEEM"]);
    expect(await typesOf({ limit: "3", offset: "4" })).toEqual(["EARN"]);
    expect(await typesOf({ limit: "3", offset: "5" })).toEqual([]);
    const { data } = await list({ limit: "2", offset: "2" });
    expect(data).toMatchObject({ page: 2, per_page: 2, total: 5 });
  });

  it("shows only one type if asked, in any case, and counts only those", async () => {
    for (const type of ["EARN", "earn", "Earn"]) {
      const { data } = await list({ type });
      expect(data.total).toBe(2);
      expect(await typesOf({ type })).toEqual(["EARN", "EARN"]);
    }
    expect(await typesOf({ type: "EARN", per_page: "1", page: "2" })).toEqual(["EARN"]);
    expect(await typesOf({ type: "redeem" })).toEqual(["REDEEM"]);
    expect(await typesOf({ type: "adjust" })).toEqual(["ADJUST"]);
    expect(await typesOf({ type: "reverse" })).toEqual(["REVERSE"]);
    for (const type of ["tier", "bill", "nonsense", "' OR 1=1 --"]) {
      expect((await list({ type })).data).toMatchObject({ transactions: [], total: 0 });
    }
  });

  it("shows opening balances and what expired", async () => {
    const id = await importCustomer(till, {
      number: 4711,
      balances: [{ unit: "point", lots: [{ amount: "70", expires_on: "2060-01-10" }] }],
    });
    clock.now += 30 * DAY;
    const lines = linesOf(await list({}, id));
    expect(lines.map((line) => [line.transaction_type, line.points_delta])).toEqual([
      ["EXPIRE", -70],
      ["OPENING", 70],
    ]);
    expect(lines.map((line) => line.reference)).toEqual([null, null]);
    expect(await typesOf({ type: "expire" }, id)).toEqual(["EXPIRE"]);
    expect(await typesOf({ type: "opening" }, id)).toEqual(["OPENING"]);
  });

  it("is empty for who never did anything", async () => {
    expect((await list({}, await enrol(till))).data).toMatchObject({ transactions: [], total: 0 });
  });

  it("pages through hundreds without a loss or a repeat", async () => {
    const busy = await enrol(till);
    const earns = Array.from({ length: 230 }, (_, i) =>
      till.post("/points/earn", { customer_id: busy, points: 1, reference_id: `R${i}` }),
    );
    await Promise.all(earns);
    const seen: unknown[] = [];
    for (const page of ["1", "2", "3"]) {
      const lines = linesOf(await list({ page, per_page: "100" }, busy));
      seen.push(...lines.map((line) => line.balance_after));
    }
    expect(seen).toEqual(Array.from({ length: 230 }, (_, i) => 230 - i));
  });
});
