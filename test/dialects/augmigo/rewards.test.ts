import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Cafe } from "../../support/augmigo/cafe.ts";
import { MANAGER, openCafe } from "../../support/augmigo/cafe.ts";
import {
  addMember,
  addSeries,
  balancesOf,
  FUTURE,
  give,
  openRewards,
  PURCHASE,
  REWARDS,
  rewardsOf,
  vouchersOf,
} from "../../support/augmigo/rewards.ts";
import { d1Rows } from "../../support/d1.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { nativeCall } from "../../support/native/native.ts";

let cafe: Cafe;

beforeAll(async () => {
  cafe = await openRewards();
});

/** Today on the cafe's calendar, as the wire has it. */
function today(): string {
  const parts = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10).split("-");
  return parts.reverse().join("-");
}

describe("giving rewards", () => {
  it("case 21: rewards the sales amount less tax, with stamp and voucher", async () => {
    const { code } = await addMember(cafe);
    const given = await give(cafe, code);
    expect(given.status).toBe(200);
    expect(given.headers.get("content-type")).toBe("application/json; charset=utf-8");
    const { transaction_id: id } = given.body;
    expect(id).toMatch(/^TX[0-9A-Z]{26}$/);
    expect(given.text).toBe(
      '{"entitled_reward_summary":{' +
        '"point":{"amount":188.0,"latest_expiry_date":"31-12-2070"},' +
        '"stamp":{"amount":1.0,"latest_expiry_date":"31-12-2070"}},' +
        '"entitled_voucher_summary":[{"voucher_program_key":"vp-rm10","amount":1,' +
        `"effective_date":"${today()}","expiry_date":null,` +
        '"image_url":"https://cdn.example/v.png","label":"RM10"}],' +
        `"transaction_id":"${id}"}`,
    );
    expect(await balancesOf(cafe, code)).toEqual([188, 1, 0]);
  });

  it("case 22: is the same on the path of the overview", async () => {
    const { code } = await addMember(cafe);
    const first = await give(cafe, code, { ...PURCHASE, invoice_id: "OV-1" });
    const path = `/customers/reward/reference-code/${code}/give`;
    const second = await cafe.post(path, { ...PURCHASE, invoice_id: "OV-2" });
    expect(second.status).toBe(200);
    const { transaction_id: _first, ...one } = first.body;
    const { transaction_id: _second, ...other } = second.body;
    expect(other).toEqual(one);
    expect(await balancesOf(cafe, code)).toEqual([376, 2, 0]);
  });

  it("tells only what was granted, and no date for what lasts for ever", async () => {
    const shop = await openCafe();
    const { code } = await addMember(shop);
    const nothing = await give(shop, code, { sales_amount: 0 });
    expect(nothing.body).toMatchObject({
      entitled_reward_summary: {},
      entitled_voucher_summary: [],
    });
    const points = await give(shop, code, { sales_amount: "12.50" });
    expect(points.text).toContain('{"point":{"amount":25.0,"latest_expiry_date":null}}');
  });

  it("never tells one transaction id twice", async () => {
    const { code } = await addMember(cafe);
    const given = await Promise.all(Array.from({ length: 5 }, () => give(cafe, code)));
    expect(new Set(given.map(({ body }) => body.transaction_id)).size).toBe(5);
  });

  it("takes a form, whose details are a JSON text", async () => {
    const { code } = await addMember(cafe);
    const fields = new URLSearchParams({
      sales_amount: "100.00",
      tax_amount: "6.0",
      invoice_id: "F-1",
      invoice_details: JSON.stringify(PURCHASE.invoice_details),
    });
    const given = await give(cafe, code, fields.toString());
    expect(given.body).toMatchObject({
      entitled_reward_summary: { point: { amount: 188 } },
      entitled_voucher_summary: [{ voucher_program_key: "vp-rm10" }],
    });
  });

  it.each([
    ["$12.00", 24],
    ["€ 12.00", 24],
    ["1.2e1", 24],
    ["12.004999", 24],
    ["12.995", 26],
  ])("takes the amount %s", async (amount, points) => {
    const { code } = await addMember(cafe);
    const given = await give(cafe, code, { sales_amount: amount });
    expect(given.body).toMatchObject({ entitled_reward_summary: { point: { amount: points } } });
  });

  it("tells the parts of a point that the programme gives", async () => {
    const shop = await openCafe({ program: { name: "R", earning: { rate: "1.5", step: "0.01" } } });
    const { code } = await addMember(shop);
    const given = await give(shop, code, { sales_amount: "1.25" });
    expect(given.text).toContain('"amount":1.87,');
    expect((await shop.get(`/reward/reference-code/${code}`)).text).toContain('"point":1.87,');
  });

  it("keeps the bill with its lines, its number and what the till said", async () => {
    const { code, id } = await addMember(cafe);
    const { transaction_id } = (await give(cafe, code, { ...PURCHASE, invoice_id: "KEEP-1" })).body;
    await expect
      .poll(async () => {
        const { body } = await nativeCall("GET", `/customers/${id}/bills`, {
          merchant: cafe.account,
        });
        return body.data;
      })
      .toEqual([
        expect.objectContaining({
          id: String(transaction_id).replace("TX", "bil_"),
          number: "KEEP-1",
          total: { amount: "100.00", currency: "MYR" },
          lines: [
            { category: null, sku: "SKU_1", name: null, quantity: "1.0000", amount: "100.00" },
          ],
          dialect: "augmigo",
        }),
      ]);
  });

  it("records the outlet that the call names, or else that of the sign-in", async () => {
    const manager = await cafe.signedIn(MANAGER, "outlet_main");
    const siteOf = async (outlet: string | null) => {
      const { code, id } = await addMember(cafe);
      await manager.post(`/reward/reference-code/${code}/give`, { sales_amount: 1 }, { outlet });
      const query = `SELECT s.code FROM bills AS b JOIN sites AS s ON s.id = b.site_id
        WHERE b.customer_id = ?`;
      await expect.poll(() => d1Rows(query, id)).toHaveLength(1);
      return (await d1Rows<{ code: string }>(query, id))[0]?.code;
    };
    expect(await siteOf("outlet_second")).toBe("outlet_second");
    expect(await siteOf(null)).toBe("outlet_main");
  });
});

describe("what articles grant", () => {
  it("comes by the piece where the programme says so", async () => {
    const skus = {
      COFFEE: {
        stamps: { amount: "2", per: "item" },
        vouchers: [{ series: "vp-rm10", count: 2, per: "item" }],
      },
    };
    const shop = await openRewards({ ...REWARDS, grants: { skus } });
    const { code, id } = await addMember(shop);
    const purchased_items = [
      { SKU: "COFFEE", count: 2, subtotal_sales_amt: 10, subtotal_tax_amt: 0 },
      { SKU: "COFFEE", count: "1.5", subtotal_sales_amt: 10, subtotal_tax_amt: 0 },
    ];
    const given = await give(shop, code, {
      sales_amount: 20,
      invoice_details: { purchased_items },
    });
    expect(given.body).toMatchObject({
      entitled_reward_summary: { stamp: { amount: 6 } },
      entitled_voucher_summary: [{ amount: 6 }],
    });
    expect(await vouchersOf(id)).toHaveLength(6);
  });

  it("is good for the series' own days, from the day of the purchase on", async () => {
    const skus = {
      A: { vouchers: [{ series: "a" }] },
      B: { vouchers: [{ series: "b" }] },
      C: { vouchers: [{ series: "c" }] },
      D: { vouchers: [{ series: "d" }] },
    };
    const shop = await openRewards({ ...REWARDS, grants: { skus } });
    await addSeries(shop, { key: "a", life_days: 90 });
    await addSeries(shop, { key: "b", life_days: 90, valid_until: "2026-02-01" });
    await addSeries(shop, { key: "c", valid_from: "2026-01-20", life_days: 1 });
    await addSeries(shop, { key: "d", valid_until: "2026-01-14" });
    const { code } = await addMember(shop);
    const purchased_items = ["A", "B", "C", "D"].map((SKU) => ({ SKU }));
    const given = await give(shop, code, {
      sales_amount: 1,
      transact_datetime: "15-01-2026 09:00:00",
      invoice_details: { purchased_items },
    });
    const vouchers = given.body.entitled_voucher_summary as Json[];
    expect(
      vouchers.map((one) => [one.voucher_program_key, one.effective_date, one.expiry_date]),
    ).toEqual([
      ["a", "15-01-2026", "15-04-2026"],
      ["b", "15-01-2026", "01-02-2026"],
      ["c", "20-01-2026", "21-01-2026"],
    ]);
  });

  it("is left out, and the purchase rewarded, while there is no such series", async () => {
    const skus = { A: { vouchers: [{ series: "later" }] } };
    const shop = await openRewards({ ...REWARDS, grants: { skus } });
    const { code } = await addMember(shop);
    const items = { invoice_details: { purchased_items: [{ SKU: "A" }] } };
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const early = await give(shop, code, { sales_amount: 1, ...items });
    expect(log.mock.calls.join()).toContain("vouchers of later");
    log.mockRestore();
    expect(early.body).toMatchObject({
      entitled_reward_summary: { point: { amount: 2 } },
      entitled_voucher_summary: [],
    });
    await addSeries(shop, { key: "later" });
    const late = await give(shop, code, { sales_amount: 1, ...items });
    expect(late.body.entitled_voucher_summary).toMatchObject([{ voucher_program_key: "later" }]);
  });

  it("has a code of twelve letters and digits that the customer can read at once", async () => {
    const { code, id } = await addMember(cafe);
    await give(cafe, code);
    const [row] = await vouchersOf(id);
    expect(row?.code).toMatch(/^[0-9A-Za-z]{12}$/);
    expect((await rewardsOf(cafe, code)).vouchers).toEqual([
      {
        effective_date: today(),
        expiry_date: null,
        image_url: "https://cdn.example/v.png",
        label: "RM10",
        redeem_code: row?.code,
        voucher_program_key: "vp-rm10",
      },
    ]);
  });
});

describe("reading rewards", () => {
  it("case 26: is the same on every path, and tells plain numbers", async () => {
    const balance = (unit: string, amount: string) => ({ unit, lots: [{ amount }] });
    const balances = [
      balance("point", "4254"),
      balance("stamp", "23"),
      balance("prepaid", "668.8"),
    ];
    const { code } = await addMember(cafe, { balances });
    const paths = [
      `/reward/reference-code/${code}`,
      `/reward/reference-code/${code}/read`,
      `/customers/reward/reference-code/${code}`,
      `/customers/reward/reference-code/${code}/read`,
    ];
    const read = await Promise.all(paths.map((path) => cafe.get(path)));
    expect(read.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(read.map(({ text }) => text))).toEqual(
      new Set([
        '{"entitled_reward_summary":' +
          '{"point":4254.0,"prepaid":668.8,"stamp":23.0,"vouchers":[]}}',
      ]),
    );
  });

  it("tells all four kinds of somebody who has none", async () => {
    const { code } = await addMember(cafe);
    expect((await cafe.get(`/reward/reference-code/${code}`)).text).toBe(
      '{"entitled_reward_summary":{"point":0.0,"prepaid":0.0,"stamp":0.0,"vouchers":[]}}',
    );
  });

  it("lists the customer's own vouchers that are not used nor over, the next first", async () => {
    const { code, id } = await addMember(cafe);
    const other = await addMember(cafe);
    const own = (codes: string[], given: Json) =>
      addSeries(cafe, { customer: id, codes, kind: "percent", ...given });
    await own(["LATER-000001"], { valid_from: "2069-01-01", valid_until: FUTURE });
    await own(["SOON-0000001"], { valid_until: "2069-06-30", label: "Soon" });
    await own(["OVER-0000001"], { valid_until: "2020-12-31" });
    await own(["USED-0000001"], {});
    await addSeries(cafe, { customer: other.id, codes: ["OTHER-000001"] });
    await addSeries(cafe, { codes: ["NOBODY-00001"] });
    const used = await cafe.post("/vouchers/redeem", { redeem_code: ["USED-0000001"] });
    expect(used.status).toBe(200);
    const { vouchers } = await rewardsOf(cafe, code);
    expect((vouchers as Json[]).map((one) => [one.redeem_code, one.expiry_date])).toEqual([
      ["SOON-0000001", "30-06-2069"],
      ["LATER-000001", "31-12-2070"],
    ]);
  });
});
