import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { walletOf } from "../../../src/wallet/client.ts";
import type { Cafe } from "../../support/augmigo/cafe.ts";
import { addStaff, openCafe } from "../../support/augmigo/cafe.ts";
import { said } from "../../support/augmigo/customers.ts";
import {
  addMember,
  balancesOf,
  give,
  openRewards,
  ownerOf,
  PURCHASE,
  publish,
} from "../../support/augmigo/rewards.ts";
import { countingDatabase } from "../../support/http-storage.ts";
import { appWith, type Json } from "../../support/kirimel/till.ts";

let cafe: Cafe;

beforeAll(async () => {
  cafe = await openRewards();
});

const lot = (unit: string, amount: string) => ({ unit, lots: [{ amount }] });

/** Somebody with 100 points, 10 stamps and 50.00 of money. */
async function addRich(): Promise<string> {
  const balances = [lot("point", "100"), lot("stamp", "10"), lot("prepaid", "50")];
  return (await addMember(cafe, { balances })).code;
}

const post = (code: string, call: string, body: unknown) =>
  cafe.post(`/reward/reference-code/${code}/${call}`, body);

/** Spends an amount of a unit that the body names. */
const spend = (code: string, unit: string, amount: unknown, given: Json = {}) =>
  post(code, "redeem", { reward_format: unit, reward_amount: amount, ...given });

describe("spending and loading one unit", () => {
  it.each<[string, Json, string, number[]]>([
    ["point-redeem", { redeem_amount: 30 }, "Point have been redeemed", [70, 10, 50]],
    ["prepaid-redeem", { redeem_amount: "$12.50" }, "Prepaid have been redeemed", [100, 10, 37.5]],
    [
      "prepaid-topup",
      { topup_amount: 5.5, prepaid_program_key: "pp-1" },
      "Prepaid have been topup",
      [100, 10, 55.5],
    ],
  ])("answers %s with its text", async (call, body, text, balances) => {
    const code = await addRich();
    const done = await post(code, call, body);
    expect([done.status, done.text]).toEqual([200, `{"msg":["${text} successfully"]}`]);
    expect(await balancesOf(cafe, code)).toEqual(balances);
  });

  it("has the same calls on the path of the overview", async () => {
    const code = await addRich();
    const calls: [string, Json][] = [
      ["point-redeem", { redeem_amount: 1 }],
      ["prepaid-redeem", { redeem_amount: 3 }],
      ["prepaid-topup", { topup_amount: 1 }],
      ["redeem", { reward_format: "stamp", reward_amount: 1 }],
    ];
    for (const [call, body] of calls) {
      const path = `/customers/reward/reference-code/${code}/${call}`;
      expect((await cafe.post(path, body)).status).toBe(200);
    }
    expect(await balancesOf(cafe, code)).toEqual([99, 9, 48]);
  });

  it.each([
    ["point", [96, 10, 50]],
    ["stamp", [100, 6, 50]],
    ["prepaid", [100, 10, 46]],
  ])("of the kind %s answers with its id", async (unit, balances) => {
    const code = await addRich();
    const done = await spend(code, unit, 4);
    expect(done.status).toBe(200);
    expect(Object.keys(done.body)).toEqual(["transaction_id"]);
    expect(done.body.transaction_id).toMatch(/^TX[0-9A-Z]{26}$/);
    expect(await balancesOf(cafe, code)).toEqual(balances);
  });

  it.each([
    ["point", "3.3000000000000003", [96.7, 10, 50]],
    ["prepaid", "3.3000000000000003", [100, 10, 46.7]],
    ["prepaid", "0.005", [100, 10, 49.99]],
    ["stamp", "4.0", [100, 6, 50]],
  ])("of the kind %s takes %s as what it rounds to", async (unit, amount, balances) => {
    const code = await addRich();
    expect((await spend(code, unit, amount)).status).toBe(200);
    expect(await balancesOf(cafe, code)).toEqual(balances);
  });

  it("keeps the till's remark and programme in the ledger, and tells nobody", async () => {
    const { code, id } = await addMember(cafe);
    const topUp = { topup_amount: 5, prepaid_program_key: "pp-1", remarks: "Gift of Ada" };
    await post(code, "prepaid-topup", topUp);
    const [told] = await walletOf(env, await ownerOf(cafe, id)).entriesBefore(9, 1);
    expect(told?.entry.remarks).toEqual({
      description: "Gift of Ada",
      extra: { prepaid_program_key: "pp-1" },
    });
    const events = await publish(cafe, id);
    expect(events.map(({ type }) => type)).toEqual(["customer.created", "prepaid.topped_up"]);
    expect(JSON.stringify(events)).not.toMatch(/Ada|pp-1/);
  });
});

describe("spending and loading refuses", () => {
  const amount = (given: unknown) => ({ redeem_amount: given });
  const kind = (unit: unknown, given: unknown) => ({ reward_format: unit, reward_amount: given });

  it.each<[string, string, Json, string]>([
    ["too many points", "point-redeem", amount(101), "Failed to redeem point"],
    ["too much money", "prepaid-redeem", amount("50.01"), "Failed to redeem prepaid"],
    ["too many stamps", "redeem", kind("stamp", 11), "Failed to redeem stamp"],
    ["no amount", "point-redeem", {}, "Redeem amount is required"],
    ["nothing", "point-redeem", amount(0), "Redeem amount is not valid"],
    ["less than nothing", "prepaid-redeem", amount(-5), "Redeem amount is not valid"],
    ["what rounds to nothing", "prepaid-redeem", amount("0.001"), "Redeem amount is not valid"],
    ["half a stamp", "redeem", kind("stamp", 0.5), "Reward amount is not valid"],
    ["no kind", "redeem", { reward_amount: 1 }, "Reward format is required"],
    ["a voucher", "redeem", kind("voucher", 1), "Reward format is not valid"],
    ["no amount of a kind", "redeem", { reward_format: "point" }, "Reward amount is required"],
    ["no amount to load", "prepaid-topup", {}, "Topup amount is required"],
    ["nothing to load", "prepaid-topup", { topup_amount: "0.00" }, "Topup amount is not valid"],
    [
      "a time to come",
      "redeem",
      { ...kind("point", 1), redeem_datetime: "01-01-2099 00:00:00" },
      "Redeem datetime cannot be future",
    ],
    [
      "a time that is none",
      "redeem",
      { ...kind("point", 1), redeem_datetime: "now" },
      "Redeem Datetime is not valid",
    ],
    [
      "too long a remark",
      "point-redeem",
      { ...amount(1), remarks: "x".repeat(301) },
      "Remarks length must not more than 300 characters",
    ],
  ])("%s", async (_, call, body, text) => {
    const code = await addRich();
    expect(said(await post(code, call, body))).toEqual([400, text]);
    expect(await balancesOf(cafe, code)).toEqual([100, 10, 50]);
  });

  it("more money than a balance can hold", async () => {
    const { code } = await addMember(cafe, { balances: [lot("prepaid", "9999999999999")] });
    const topUp = await post(code, "prepaid-topup", { topup_amount: 2 });
    expect(said(topUp)).toEqual([400, "Failed to topup prepaid"]);
  });

  it("a customer that there is none of", async () => {
    const calls: [string, Json][] = [
      ["point-redeem", amount(1)],
      ["prepaid-redeem", amount(1)],
      ["prepaid-topup", { topup_amount: 1 }],
      ["redeem", kind("point", 1)],
    ];
    for (const [call, body] of calls) {
      const texts = [400, "Reference code is invalid"];
      expect(said(await post("9999999999999999", call, body))).toEqual(texts);
    }
  });

  it("who may not give or spend rewards", async () => {
    const scopes = ["write:customers", "write:vouchers", "write:memberships"];
    const clerk = await cafe.signedIn(await addStaff(cafe.account, { scopes }));
    const code = await addRich();
    const path = `/reward/reference-code/${code}`;
    const replies = [await give(clerk, code), await clerk.get(path)];
    for (const call of ["point-redeem", "prepaid-redeem", "prepaid-topup", "redeem"]) {
      replies.push(await clerk.post(`${path}/${call}`, {}));
    }
    for (const reply of replies) expect(said(reply)).toEqual([403, "Permission denied"]);
  });
});

describe("an invoice number beside one unit", () => {
  it("answers its repeat as the first time, and books it once", async () => {
    const code = await addRich();
    const first = await spend(code, "point", 30, { invoice_id: "U-1" });
    const second = await spend(code, "point", 30, { invoice_id: "U-1", remarks: "again" });
    expect(second.text).toBe(first.text);
    for (let i = 0; i < 2; i += 1) {
      await post(code, "prepaid-topup", { topup_amount: 5, invoice_id: "U-1" });
    }
    expect(await balancesOf(cafe, code)).toEqual([70, 10, 55]);
  });

  it("is refused with another amount", async () => {
    const code = await addRich();
    await spend(code, "point", 30, { invoice_id: "U-2" });
    const other = await spend(code, "point", 31, { invoice_id: "U-2" });
    expect(said(other)).toEqual([400, "The transaction have been submitted"]);
    expect(await balancesOf(cafe, code)).toEqual([70, 10, 50]);
  });

  it("is another matter for each unit, for loading and for the reward", async () => {
    const code = await addRich();
    for (const unit of ["point", "stamp", "prepaid"]) {
      expect((await spend(code, unit, 1, { invoice_id: "U-3" })).status).toBe(200);
    }
    const topUp = await post(code, "prepaid-topup", { topup_amount: 1, invoice_id: "U-3" });
    expect(topUp.status).toBe(200);
    expect((await give(cafe, code, { ...PURCHASE, invoice_id: "U-3" })).status).toBe(200);
    expect(await balancesOf(cafe, code)).toEqual([287, 10, 50]);
  });

  it("spent several times at once is spent once", async () => {
    const code = await addRich();
    const spends = Array.from({ length: 5 }, () => spend(code, "point", 30, { invoice_id: "U-4" }));
    const replies = await Promise.all(spends);
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(await balancesOf(cafe, code)).toEqual([70, 10, 50]);
  });
});

describe("a call for a customer who is known, by somebody who is signed in", () => {
  it("touches no D1 to give without a number, to spend and to load", async () => {
    const { database: DB, take } = countingDatabase();
    const shop = (await openCafe()).via(appWith({ DB }));
    const { code } = await addMember(shop);
    await give(shop, code, { sales_amount: 50 });
    expect(take()).toBeGreaterThan(0);
    expect((await give(shop, code, { sales_amount: 50 })).status).toBe(200);
    const path = `/reward/reference-code/${code}`;
    expect((await shop.post(`${path}/point-redeem`, { redeem_amount: 1 })).status).toBe(200);
    expect((await shop.post(`${path}/prepaid-topup`, { topup_amount: 1 })).status).toBe(200);
    expect(take()).toBe(0);
  });
});
