import { beforeAll, describe, expect, it } from "vitest";
import type { Json, Till } from "../../../support/kirimel/till.ts";
import { enrol, makeVoucher, numberOf, openShop } from "../../../support/kirimel/till.ts";
import { DAY } from "../../../support/requests.ts";
import { useClock } from "../../../support/wallet.ts";

const clock = useClock();
let till: Till;
let phones = 0;

beforeAll(async () => {
  till = await openShop();
});

async function member(shop = till): Promise<{ readonly id: string; readonly phone: string }> {
  phones += 1;
  const phone = `+6012${String(3_000_000 + phones)}`;
  const fields = { phone, name: "John Doe", email: "john@example.com", qr_code: `QR-${phones}` };
  const { body } = await shop.post("/customers/register", fields);
  return { id: String(body.customer_id), phone };
}

const enriched = (query: Record<string, string>, shop = till) =>
  shop.get("/customers/lookup-enriched", query);

async function issue(customer_id: string, given: Json = {}): Promise<string> {
  const batch = { name: "Gift", type: "FIXED", value: 5, quantity: 1, ...given };
  const { body } = await till.post("/vouchers/batches", batch);
  const fields = { batch_id: body.batch_id, customer_id };
  return String((await till.post("/vouchers/issue", fields)).data.code);
}

describe("GET /customers/lookup-enriched", () => {
  it("has exactly the sections that are asked for (case 34)", async () => {
    const { phone } = await member();
    const sections = async (include: string) =>
      Object.keys((await enriched({ phone, include })).data).sort();
    const always = ["customer", "wallet"];
    expect(await sections("vouchers")).toEqual([...always, "available_vouchers"].sort());
    expect(await sections("transactions")).toEqual([...always, "recent_transactions"].sort());
    expect(await sections("wallet_stats")).toEqual(always);
    const both = ["available_vouchers", "recent_transactions"];
    expect(await sections(" vouchers , transactions ")).toEqual([...both, ...always].sort());
    expect(await sections("nothing")).toEqual(always);
  });

  it("tells everything when no section is named", async () => {
    const shop = await openShop();
    const { id, phone } = await member(shop);
    await shop.post("/points/earn", { customer_id: id, points: 60, reference_id: "TXN1" });
    await shop.post("/points/redeem", { customer_id: id, points: 10, reference_id: "BILL1" });
    const terms = { min_purchase: 50, valid_until: "2060-12-31", name: "Grand Opening Promo" };
    const code = await makeVoucher(shop, terms);
    const first = await enriched({ phone }, shop);
    expect(first.text).toBe(
      '{"success":true,"data":{' +
        `"customer":{"id":${numberOf(id)},"phone":"${phone}","name":"John Doe",` +
        '"email":"john@example.com","status":"ACTIVE"},' +
        '"wallet":{"balance_points":50,"total_earned":60,"total_redeemed":10},' +
        '"recent_transactions":[' +
        `{"transaction_id":${JSON.stringify(transactionOf(first.data, 0))},` +
        '"transaction_type":"REDEEM","points_delta":-10,"balance_after":50,' +
        '"reference":"BILL1","created_at":"2060-01-01T00:00:00Z"},' +
        `{"transaction_id":${JSON.stringify(transactionOf(first.data, 1))},` +
        '"transaction_type":"EARN","points_delta":60,"balance_after":60,' +
        '"reference":"TXN1","created_at":"2060-01-01T00:00:00Z"}],' +
        `"available_vouchers":[{"id":1,"code":"${code}","batch_name":"Grand Opening Promo",` +
        '"voucher_type":"PERCENT","voucher_value":10,"valid_until":"2060-12-31",' +
        '"min_purchase":50.00}]}}',
    );
    expect((await enriched({ phone, include: "" }, shop)).text).toBe(first.text);
  });

  it("counts what was earned and redeemed only when asked", async () => {
    const { phone } = await member();
    const { data } = await enriched({ phone, include: "vouchers" });
    expect(data.wallet).toEqual({ balance_points: 0 });
  });

  it("shows the newest ten transactions", async () => {
    const { id, phone } = await member();
    for (let points = 1; points <= 12; points += 1) {
      await till.post("/points/earn", { customer_id: id, points });
    }
    const { data } = await enriched({ phone, include: "transactions" });
    const deltas = (data.recent_transactions as Json[]).map((line) => line.points_delta);
    expect(deltas).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  });

  it("shows the vouchers that this customer could redeem now", async () => {
    const shop = await openShop();
    const { id, phone } = await member(shop);
    const anybodys = await makeVoucher(shop);
    await makeVoucher(shop, { valid_from: "2060-01-02" });
    const short = await makeVoucher(shop, { valid_until: "2060-01-01" });
    const used = await makeVoucher(shop);
    await shop.post("/vouchers/redeem", { code: used, customer_id: await enrol(shop) });
    const [own, foreign] = [await issueIn(shop, id), await issueIn(shop, await enrol(shop))];
    const codesNow = async () => {
      const { data } = await enriched({ phone, include: "vouchers" }, shop);
      return (data.available_vouchers as Json[]).map(({ code }) => code);
    };
    expect(await codesNow()).toEqual([own, short, anybodys]);
    expect(await codesNow()).not.toContain(foreign);
    clock.now += DAY;
    expect(await codesNow()).toHaveLength(3);
    expect(await codesNow()).not.toContain(short);
  });

  it("lists no more vouchers than a till can show", async () => {
    const shop = await openShop();
    const { phone } = await member(shop);
    await shop.post("/vouchers/batches", { name: "x", type: "FIXED", value: 1, quantity: 500 });
    const { data } = await enriched({ phone, include: "vouchers" }, shop);
    expect((data.available_vouchers as Json[]).length).toBeLessThanOrEqual(100);
  });

  it("finds by identifier too, and needs one of the two", async () => {
    const { phone } = await member();
    const found = await enriched({ phone, include: "wallet_stats" });
    const identifier = `QR-${phones}`;
    const same = await enriched({ identifier, include: "wallet_stats" });
    expect(same.text).toBe(found.text);
    const refused = await enriched({ include: "vouchers" });
    expect([refused.status, refused.code]).toEqual([400, "INVALID_PARAMETERS"]);
  });

  it("does not know who is not registered, here or at this merchant", async () => {
    const { phone } = await member(await openShop());
    for (const query of [{ phone }, { identifier: "nobody" }]) {
      const refused = await enriched(query);
      expect([refused.status, refused.code]).toEqual([404, "CUSTOMER_NOT_FOUND"]);
    }
  });
});

const transactionOf = (data: Json, i: number): unknown =>
  (data.recent_transactions as Json[])[i]?.transaction_id;

async function issueIn(shop: Till, customer_id: string): Promise<string> {
  const batch = { name: "Gift", type: "FIXED", value: 5, quantity: 1 };
  const { body } = await shop.post("/vouchers/batches", batch);
  const fields = { batch_id: body.batch_id, customer_id };
  return String((await shop.post("/vouchers/issue", fields)).data.code);
}

describe("a lookup by the code of a voucher", () => {
  it("finds the customer to whom it was issued", async () => {
    const { id } = await member();
    const code = await issue(id);
    for (const identifier of [code, code.replace("VOUCHER_", "").toLowerCase()]) {
      expect((await till.get("/customers/lookup", { identifier })).data.id).toBe(numberOf(id));
      const { data } = await enriched({ identifier, include: "wallet_stats" });
      expect(data.customer).toMatchObject({ id: numberOf(id) });
    }
  });

  it("finds nobody by a voucher that is anybody's, or another merchant's", async () => {
    const stranger = await openShop();
    const foreign = await issueIn(stranger, await enrol(stranger));
    for (const identifier of [await makeVoucher(till), foreign, "VOUCHER_NONE00000000"]) {
      const refused = await till.get("/customers/lookup", { identifier });
      expect([refused.status, refused.code]).toEqual([404, "CUSTOMER_NOT_FOUND"]);
    }
  });

  it("comes after QR codes: who has that very text as QR code is found first", async () => {
    const code = await issue((await member()).id);
    const { body } = await till.post("/customers/register", { qr_code: code });
    const { data } = await till.get("/customers/lookup", { identifier: code });
    expect(data.id).toBe(numberOf(body.customer_id));
  });
});

describe("GET /customers/{id}/tier", () => {
  const tierOf = async (id: string) => (await till.get(`/customers/${numberOf(id)}/tier`)).text;
  const body = (data: string): string => `{"success":true,"data":${data}}`;

  it("tells the tier and how far the next is, up to the top", async () => {
    const id = await enrol(till);
    const earn = (points: number) => till.post("/points/earn", { customer_id: id, points });
    expect(await tierOf(id)).toBe(
      body('{"current_tier":"BRONZE","points_to_next":1000,"next_tier":"SILVER","benefits":[]}'),
    );
    await earn(1_000);
    expect(await tierOf(id)).toBe(
      body(
        '{"current_tier":"SILVER","points_to_next":4000,"next_tier":"GOLD",' +
          '"benefits":["5% discount on birthdays","Priority seating"]}',
      ),
    );
    await earn(4_000);
    expect(await tierOf(id)).toBe(
      body('{"current_tier":"GOLD","points_to_next":0,"next_tier":null,"benefits":[]}'),
    );
  });

  it("is not lowered by a redemption", async () => {
    const id = await enrol(till, 1_000);
    await till.post("/points/redeem", { customer_id: id, points: 1_000 });
    expect(await tierOf(id)).toContain('"current_tier":"SILVER"');
  });
});
