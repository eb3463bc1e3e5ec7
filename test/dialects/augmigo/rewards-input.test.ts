import { beforeAll, describe, expect, it } from "vitest";
import { MAX_BILL_LINES } from "../../../src/core/ledger/entries.ts";
import { MAX_SKU } from "../../../src/core/program/grants.ts";
import type { Cafe } from "../../support/augmigo/cafe.ts";
import { openCafe } from "../../support/augmigo/cafe.ts";
import { said } from "../../support/augmigo/customers.ts";
import {
  addMember,
  balancesOf,
  give,
  openRewards,
  PURCHASE,
} from "../../support/augmigo/rewards.ts";
import { d1Rows } from "../../support/d1.ts";
import { stopClock } from "../../support/http-clock.ts";
import type { Json } from "../../support/kirimel/till.ts";

const clock = stopClock("2060-01-15T04:00:00Z");

let cafe: Cafe;
let code: string;

beforeAll(async () => {
  cafe = await openRewards();
  ({ code } = await addMember(cafe));
});

/** A purchase with these articles. */
const articles = (purchased_items: unknown): Json => ({
  sales_amount: 1,
  invoice_details: { purchased_items },
});

const NOT_VALID = "Sales Amount is not valid";
const DETAILS = "Invoice Details is not valid";
const LONE_SURROGATE = '{"purchased_items":[{"SKU":"\\ud800"}]}';

describe("a purchase that is refused", () => {
  it.each<[string, unknown, string[]]>([
    ["case 23: without an amount", { tax_amount: 1 }, ["Sales Amount is required"]],
    ["with an empty amount", { sales_amount: "" }, ["Sales Amount is required"]],
    ["without fields", "", ["Sales Amount is required"]],
    ["of a negative amount", { sales_amount: -0.01 }, [NOT_VALID]],
    ["of an amount that is none", { sales_amount: "ten" }, [NOT_VALID]],
    ["of an amount with separators", { sales_amount: "1,000.00" }, [NOT_VALID]],
    ["of a list", { sales_amount: [1] }, [NOT_VALID]],
    ["of true", { sales_amount: true }, [NOT_VALID]],
    ["of too much", { sales_amount: 1e10 }, [NOT_VALID]],
    ["of far too much", { sales_amount: "9".repeat(400) }, [NOT_VALID]],
    [
      "with more tax than sales",
      { sales_amount: 1, tax_amount: 1.01 },
      ["Tax Amount is not valid"],
    ],
    ["with negative tax", { sales_amount: 1, tax_amount: -1 }, ["Tax Amount is not valid"]],
    [
      "with too long remarks",
      { sales_amount: 1, remarks: "x".repeat(301) },
      ["Remarks length must not more than 300 characters"],
    ],
    [
      "with too long a number",
      { sales_amount: 1, invoice_id: "x".repeat(101) },
      ["Invoice ID length must not more than 100 characters"],
    ],
    ["with details that are no object", { sales_amount: 1, invoice_details: [] }, [DETAILS]],
    ["with details that are no JSON", { sales_amount: 1, invoice_details: "{" }, [DETAILS]],
    ["with articles that are no list", articles({}), [DETAILS]],
    ["with an article that is no object", articles([1]), [DETAILS]],
    ["with a count that is no number", articles([{ SKU: "A", count: "two" }]), [DETAILS]],
    ["with an amount of a line that is none", articles([{ subtotal_sales_amt: "x" }]), [DETAILS]],
    ["with too long a SKU", articles([{ SKU: "x".repeat(MAX_SKU + 1) }]), [DETAILS]],
    ["with too many articles", articles(Array(MAX_BILL_LINES + 1).fill({ SKU: "A" })), [DETAILS]],
    ["with an ill-formed SKU", { sales_amount: 1, invoice_details: LONE_SURROGATE }, [DETAILS]],
    [
      "with several faults",
      { sales_amount: "x", remarks: "x".repeat(301), transact_datetime: "soon" },
      [
        NOT_VALID,
        "Remarks length must not more than 300 characters",
        "Transact Datetime is not valid",
      ],
    ],
  ])("%s", async (_, given, texts) => {
    const member = await addMember(cafe);
    expect(said(await give(cafe, member.code, given))).toEqual([400, ...texts]);
    expect(await balancesOf(cafe, member.code)).toEqual([0, 0, 0]);
  });

  it("for a customer that there is none of, or that is another account's", async () => {
    const elsewhere = await addMember(await openCafe());
    const texts = [400, "Reference code is invalid"];
    expect(said(await give(cafe, "9999999999999999"))).toEqual(texts);
    expect(said(await give(cafe, elsewhere.code))).toEqual(texts);
    expect(said(await cafe.get(`/reward/reference-code/${elsewhere.code}`))).toEqual(texts);
  });

  it("and the number of it may be used for the next", async () => {
    const member = await addMember(cafe);
    const refused = await give(cafe, member.code, { sales_amount: "x", invoice_id: "AGAIN" });
    expect(refused.status).toBe(400);
    const given = await give(cafe, member.code, { sales_amount: 1, invoice_id: "AGAIN" });
    expect(given.status).toBe(200);
  });

  it("because a balance cannot hold it leaves its number to others", async () => {
    const full = { unit: "point", lots: [{ amount: "999999999999" }] };
    const rich = await addMember(cafe, { balances: [full] });
    const given = { sales_amount: 1, invoice_id: "FULL" };
    expect(said(await give(cafe, rich.code, given))).toEqual([400, "The amount is too large"]);
    const claims = "SELECT * FROM claims WHERE key LIKE 'FULL%'";
    expect(await d1Rows(claims)).toEqual([]);
    expect((await give(cafe, code, given)).status).toBe(200);
    expect(await d1Rows(claims)).toHaveLength(1);
  });
});

describe("the time of a purchase", () => {
  const at = (transact_datetime: string) =>
    give(cafe, code, { sales_amount: 1, transact_datetime });

  it("case 25: is not tomorrow", async () => {
    const texts = [400, "Transact datetime cannot be future"];
    expect(said(await at("16-01-2060 12:00:00"))).toEqual(texts);
  });

  it("a little ahead counts as now, also over midnight", async () => {
    const program = { name: "R", earning: { rate: "1" }, expiry: { days: 1 } };
    const shop = await openCafe({ program });
    const member = await addMember(shop);
    const midday = clock.now;
    clock.now = Date.parse("2060-01-15T15:58:00Z");
    const ahead = { sales_amount: 1, transact_datetime: "16-01-2060 00:02:00" };
    const given = await give(shop, member.code, ahead);
    clock.now = midday;
    expect(given.body).toMatchObject({
      entitled_reward_summary: { point: { latest_expiry_date: "16-01-2060" } },
    });
  });

  it("may be up to five minutes ahead, and no more", async () => {
    const member = await addMember(cafe);
    const ahead = (time: string) =>
      give(cafe, member.code, { sales_amount: 1, transact_datetime: `15-01-2060 ${time}` });
    expect((await ahead("12:05:00")).status).toBe(200);
    expect(said(await ahead("12:05:01"))).toEqual([400, "Transact datetime cannot be future"]);
    expect((await ahead("11:59:59")).status).toBe(200);
  });

  it.each([
    "2060-01-15 10:00:00",
    "15/01/2060 10:00:00",
    "15-01-2060 10:00:00",
    " 15-01-2060 10:00:00 ",
  ])("is read from %s", async (text) => {
    expect((await at(text)).status).toBe(200);
  });

  it.each([
    "15-01-2060",
    "15-01-2060 24:00:00",
    "15-01-2060 10:60:00",
    "15-01-2060 10:00",
    "31-02-2059 10:00:00",
    "15-13-2059 10:00:00",
    "15-01-59 10:00:00",
    "2060-01-15T10:00:00Z",
    "1",
  ])("is not read from %s", async (text) => {
    expect(said(await at(text))).toEqual([400, "Transact Datetime is not valid"]);
  });

  it("is that of the account's clocks, and rules by it what is given", async () => {
    const program = { name: "R", earning: { rate: "1" }, expiry: { days: 10 } };
    const shop = await openCafe({ program, merchant: { time_zone: "America/New_York" } });
    const member = await addMember(shop);
    const given = await give(shop, member.code, {
      sales_amount: 1,
      transact_datetime: "10-01-2060 23:30:00",
    });
    expect(given.body).toMatchObject({
      entitled_reward_summary: { point: { latest_expiry_date: "20-01-2060" } },
    });
  });

  it("may be so long ago that all is over: then it counts, and is gone at once", async () => {
    const program = { name: "R", earning: { rate: "1" }, expiry: { days: 10 } };
    const shop = await openCafe({ program });
    const member = await addMember(shop);
    const long = { sales_amount: 5, transact_datetime: "01-01-2020 10:00:00" };
    expect((await give(shop, member.code, long)).body).toMatchObject({
      entitled_reward_summary: { point: { amount: 5, latest_expiry_date: "11-01-2020" } },
    });
    expect(await balancesOf(shop, member.code)).toEqual([0, 0, 0]);
  });

  it("is now where the till does not tell it", async () => {
    clock.now += 1_000;
    const program = { name: "R", earning: { rate: "1" }, expiry: { days: 1 } };
    const shop = await openCafe({ program });
    const member = await addMember(shop);
    expect((await give(shop, member.code, { sales_amount: 1 })).body).toMatchObject({
      entitled_reward_summary: { point: { latest_expiry_date: "16-01-2060" } },
    });
  });
});

describe("what a purchase need not say", () => {
  it.each<[string, Json]>([
    ["a promotion code", { promotion_code: "X" }],
    ["either spelling of the number of guests", { invoice_details: { pax_acount: 2 } }],
    ["empty and null fields", { invoice_id: "", remarks: null, invoice_details: null }],
    ["articles without anything", { invoice_details: { purchased_items: [{}] } }],
    ["a discount as a line", articles([{ SKU: "OFF", count: 1, subtotal_sales_amt: -5 }])],
    ["the longest remark", { remarks: "x".repeat(300) }],
  ])("is accepted: %s", async (_, given) => {
    expect((await give(cafe, code, { ...given, sales_amount: 1 })).status).toBe(200);
  });

  it("is checked before anything is looked up", async () => {
    const refused = await give(cafe, "9999999999999999", { ...PURCHASE, sales_amount: "x" });
    expect(said(refused)).toEqual([400, NOT_VALID]);
  });
});
