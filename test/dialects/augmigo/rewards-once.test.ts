import { beforeAll, describe, expect, it, vi } from "vitest";
import { Projector } from "../../../src/events/projector.ts";
import { forgetAll } from "../../../src/memory.ts";
import type { Cafe, CafeReply } from "../../support/augmigo/cafe.ts";
import { MANAGER, testModeOf } from "../../support/augmigo/cafe.ts";
import { said } from "../../support/augmigo/customers.ts";
import {
  addMember,
  balancesOf,
  give,
  openRewards,
  PURCHASE,
  publish,
  REWARDS,
  rewardsOf,
  vouchersOf,
} from "../../support/augmigo/rewards.ts";
import { d1Rows } from "../../support/d1.ts";
import { failBatches } from "../../support/events.ts";
import { settle } from "../../support/kept-state.ts";

vi.setConfig({ testTimeout: 30_000 });

let cafe: Cafe;

beforeAll(async () => {
  cafe = await openRewards();
});

const TWICE = [400, "The transaction have been submitted"];

/** Gives as the manager does at the second outlet. */
async function atSecond(shop: Cafe): Promise<(code: string, given: unknown) => Promise<CafeReply>> {
  const manager = await shop.signedIn(MANAGER, "outlet_second");
  return (code, given) => give(manager, code, given);
}

const succeeded = (replies: readonly CafeReply[]) =>
  replies.filter(({ status }) => status === 200).length;

describe("an invoice", () => {
  it("case 24: is rewarded once, and its resend gets the first answer", async () => {
    const { code, id } = await addMember(cafe);
    const purchase = { ...PURCHASE, invoice_id: "ONCE-1" };
    const first = await give(cafe, code, purchase);
    expect(first.status).toBe(200);
    await give(cafe, code, { sales_amount: 1 });
    const { remarks: _, ...bare } = purchase;
    for (const again of [purchase, bare]) {
      expect((await give(cafe, code, again)).text).toBe(first.text);
    }
    expect(await balancesOf(cafe, code)).toEqual([190, 2, 0]);
    expect(await vouchersOf(id)).toHaveLength(1);
  });

  it("gets the first answer also when the programme has changed", async () => {
    const shop = await openRewards();
    const { code } = await addMember(shop);
    const purchase = { ...PURCHASE, invoice_id: "ONCE-5" };
    const first = await give(shop, code, purchase);
    const columns = "UPDATE programs SET definition = json_set(definition, '$.expiry.date', ?)";
    const own = "WHERE merchant_id = (SELECT id FROM merchants WHERE slug = ?)";
    await d1Rows(`${columns} ${own}`, "2069-01-01", shop.account);
    forgetAll();
    expect((await give(shop, code, purchase)).text).toBe(first.text);
  });

  it("is refused with another amount or other articles", async () => {
    const { code } = await addMember(cafe);
    await give(cafe, code, { ...PURCHASE, invoice_id: "ONCE-6" });
    const { invoice_details: _, ...bare } = PURCHASE;
    for (const other of [bare, { ...PURCHASE, tax_amount: 0 }]) {
      expect(said(await give(cafe, code, { ...other, invoice_id: "ONCE-6" }))).toEqual(TWICE);
    }
    expect(await balancesOf(cafe, code)).toEqual([188, 1, 0]);
  });

  it("is told by its number on either path", async () => {
    const { code } = await addMember(cafe);
    await give(cafe, code, { sales_amount: 10, invoice_id: "ONCE-2" });
    const path = `/customers/reward/reference-code/${code}/give`;
    const other = await cafe.post(path, { sales_amount: 99, invoice_id: "ONCE-2" });
    expect(said(other)).toEqual(TWICE);
    expect(await balancesOf(cafe, code)).toEqual([20, 1, 0]);
  });

  it("is an outlet's own: another's has numbers of its own", async () => {
    const second = await atSecond(cafe);
    const [one, other] = [await addMember(cafe), await addMember(cafe)];
    const purchase = { sales_amount: 10, invoice_id: "OUT-1" };
    const first = await give(cafe, one.code, purchase);
    const elsewhere = await second(one.code, purchase);
    expect([first.status, elsewhere.status]).toEqual([200, 200]);
    expect(elsewhere.body.transaction_id).not.toBe(first.body.transaction_id);
    expect(said(await second(other.code, purchase))).toEqual(TWICE);
    expect((await second(one.code, purchase)).text).toBe(elsewhere.text);
    expect(await balancesOf(cafe, one.code)).toEqual([40, 2, 0]);
  });

  it("is the whole account's where that is so set", async () => {
    const shop = await openRewards(REWARDS, { bill_numbers: "merchant" });
    const [one, other] = [await addMember(shop), await addMember(shop)];
    const purchase = { sales_amount: 10, invoice_id: "OUT-2" };
    const first = await give(shop, one.code, purchase);
    const second = await atSecond(shop);
    expect((await second(one.code, purchase)).text).toBe(first.text);
    expect(said(await second(other.code, purchase))).toEqual(TWICE);
  });

  it.each(["site", "merchant"])("stays rewarded when the setting was %s before", async (before) => {
    const after = before === "site" ? "merchant" : "site";
    const shop = await openRewards(REWARDS, { bill_numbers: before });
    const [one, other] = [await addMember(shop), await addMember(shop)];
    const purchase = { sales_amount: 10, invoice_id: "OUT-3" };
    const first = await give(shop, one.code, purchase);
    const change = "UPDATE merchants SET bill_numbers = ? WHERE slug = ?";
    await d1Rows(change, after, shop.account);
    forgetAll();
    expect((await give(shop, one.code, purchase)).text).toBe(first.text);
    expect(said(await give(shop, other.code, purchase))).toEqual(TWICE);
  });

  it("is one at its outlet, whoever the customer is", async () => {
    const [one, other] = [await addMember(cafe), await addMember(cafe)];
    const purchase = { sales_amount: 10, invoice_id: "ONCE-3" };
    await give(cafe, one.code, purchase);
    expect(said(await give(cafe, other.code, purchase))).toEqual(TWICE);
    expect(await balancesOf(cafe, other.code)).toEqual([0, 0, 0]);
  });

  it("is another account's own", async () => {
    const elsewhere = await openRewards();
    const purchase = { sales_amount: 10, invoice_id: "ONCE-4" };
    for (const shop of [cafe, elsewhere]) {
      const { code } = await addMember(shop);
      expect((await give(shop, code, purchase)).status).toBe(200);
    }
  });

  it("that is not told is rewarded each time", async () => {
    const { code } = await addMember(cafe);
    for (let i = 0; i < 2; i += 1) await give(cafe, code, { sales_amount: 10 });
    expect(await balancesOf(cafe, code)).toEqual([40, 2, 0]);
  });

  it("given several times at once to one customer is rewarded once", async () => {
    const { code } = await addMember(cafe);
    const purchase = { ...PURCHASE, invoice_id: "RACE-1" };
    const replies = await Promise.all(Array.from({ length: 8 }, () => give(cafe, code, purchase)));
    expect(succeeded(replies)).toBe(8);
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(await balancesOf(cafe, code)).toEqual([188, 1, 0]);
    expect((await rewardsOf(cafe, code)).vouchers).toHaveLength(1);
  });

  it("given at once to several customers is rewarded once", async () => {
    const members = await Promise.all(Array.from({ length: 6 }, () => addMember(cafe)));
    const purchase = { sales_amount: 10, invoice_id: "RACE-2" };
    const replies = await Promise.all(members.map(({ code }) => give(cafe, code, purchase)));
    expect(succeeded(replies)).toBe(1);
    const balances = await Promise.all(members.map(({ code }) => balancesOf(cafe, code)));
    expect(balances.filter(([point]) => point !== 0)).toEqual([[20, 1, 0]]);
  });

  it("whose booking was lost after it was claimed is rewarded when it is sent again", async () => {
    const [member, other] = [await addMember(cafe), await addMember(cafe)];
    const columns = "INSERT INTO claims SELECT id, 'give', 'LOST-1', ?, 0 FROM merchants";
    await d1Rows(`${columns} WHERE slug = ?`, member.id, cafe.account);
    const purchase = { sales_amount: 10, invoice_id: "LOST-1" };
    expect(said(await give(cafe, other.code, purchase))).toEqual(TWICE);
    const first = await give(cafe, member.code, purchase);
    expect(first.status).toBe(200);
    expect((await give(cafe, member.code, purchase)).text).toBe(first.text);
    expect(await balancesOf(cafe, member.code)).toEqual([20, 1, 0]);
  });
});

describe("a granted voucher", () => {
  it("is there once, and told once, though the ledger makes it again", async () => {
    const { code, id } = await addMember(cafe);
    await give(cafe, code);
    const before = await vouchersOf(id);
    const events = await publish(cafe, id);
    expect(before).toHaveLength(1);
    expect(await vouchersOf(id)).toEqual(before);
    const issued = events.filter(({ type }) => type === "voucher.issued");
    expect(issued.map(({ sequence }) => sequence)).toEqual([4]);
  });

  it("is made from the ledger when whoever booked it died before", async () => {
    const { code, id } = await addMember(cafe);
    const failed = failBatches("vouchers", 1);
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(Projector.prototype, "publish").mockRejectedValue(new Error("not yet"));
    const given = await give(cafe, code);
    expect([given.status, failed()]).toEqual([200, 1]);
    expect(log.mock.calls.join()).toContain("the database is away");
    expect((await rewardsOf(cafe, code)).vouchers).toEqual([]);
    vi.restoreAllMocks();
    await publish(cafe, id);
    const { vouchers } = await rewardsOf(cafe, code);
    expect(vouchers).toMatchObject([{ voucher_program_key: "vp-rm10" }]);
    await publish(cafe, id);
    expect(await vouchersOf(id)).toHaveLength(1);
  });
});

describe("a test-mode key", () => {
  it("gives as a live one would, and keeps nothing", async () => {
    const test = await testModeOf(cafe);
    const [member, other] = [await addMember(cafe), await addMember(cafe)];
    const done = { sales_amount: 10, invoice_id: "TEST-1" };
    const { text } = await give(cafe, member.code, done);
    const before = await settle();
    const given = await give(test, member.code, { ...PURCHASE, invoice_id: "TEST-2" });
    expect(given.body).toMatchObject({
      entitled_reward_summary: { point: { amount: 188 }, stamp: { amount: 1 } },
      entitled_voucher_summary: [{ voucher_program_key: "vp-rm10", amount: 1 }],
    });
    expect((await give(test, member.code, done)).text).toBe(text);
    expect(said(await give(test, other.code, done))).toEqual(TWICE);
    expect(await settle()).toBe(before);
    const live = await give(cafe, other.code, { ...PURCHASE, invoice_id: "TEST-2" });
    expect(live.status).toBe(200);
  });
});
