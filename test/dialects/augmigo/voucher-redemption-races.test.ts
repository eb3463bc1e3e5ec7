import { beforeAll, describe, expect, it } from "vitest";
import type { Cafe, CafeReply } from "../../support/augmigo/cafe.ts";
import { openCafe } from "../../support/augmigo/cafe.ts";
import { said } from "../../support/augmigo/customers.ts";
import type { Guest } from "../../support/augmigo/vouchers.ts";
import {
  addGuest,
  addVoucher,
  addVouchers,
  areRedeemed,
  redeem,
  storedVoucher,
} from "../../support/augmigo/vouchers.ts";
import { d1Rows, failingDatabase } from "../../support/d1.ts";
import { appWith } from "../../support/kirimel/till.ts";

const CROWD = Array.from({ length: 12 }, (_, i) => i);

const USED = "have been redeemed before,  thus it is not allow to redeem again";

let cafe: Cafe;
let guest: Guest;

beforeAll(async () => {
  cafe = await openCafe();
  guest = await addGuest(cafe);
});

const succeeded = (replies: readonly CafeReply[]) => replies.filter(({ status }) => status === 200);

async function eventsOf(codes: readonly string[]): Promise<number> {
  const rows = await d1Rows(
    `SELECT events.id FROM events JOIN vouchers
     ON vouchers.id = json_extract(events.data, '$.voucher')
     WHERE events.type = 'voucher.redeemed' AND vouchers.code IN (SELECT value FROM json_each(?))`,
    JSON.stringify(codes),
  );
  return rows.length;
}

describe("redemptions of the same vouchers at once", () => {
  it("let exactly one win, with all its vouchers", async () => {
    const codes = await addVouchers(cafe, 3, { customer: guest.id });
    const replies = await Promise.all(CROWD.map(() => redeem(cafe, codes)));
    expect(succeeded(replies)).toHaveLength(1);
    const refusal = `Voucher (${codes}) ${USED}`;
    const late = replies.filter(({ status }) => status !== 200);
    expect(new Set(late.flatMap(({ msg }) => msg))).toEqual(new Set([refusal]));
    expect(await eventsOf(codes)).toBe(3);
  });

  it("that overlap never split a set", async () => {
    const codes = await addVouchers(cafe, CROWD.length + 1);
    const sets = CROWD.map((i) => [codes[i] ?? "", codes[i + 1] ?? ""]);
    const replies = await Promise.all(sets.map((set) => redeem(cafe, set)));
    const won = sets.filter((_set, i) => replies[i]?.status === 200);
    expect(won.length).toBeGreaterThan(0);
    const used = await areRedeemed(cafe, codes);
    expect(codes.filter((_code, i) => used[i] === true).sort()).toEqual(won.flat().sort());
    expect(new Set(won.flat()).size).toBe(2 * won.length);
    for (const [first = "", second = ""] of won) {
      const [one, other] = [await storedVoucher(cafe, first), await storedVoucher(cafe, second)];
      expect(one.redemption).toBe(other.redemption);
    }
    expect(await eventsOf(codes)).toBe(2 * won.length);
  });

  it("under one invoice are one redemption, and all get its answer", async () => {
    const codes = await addVouchers(cafe, 2);
    const replies = await Promise.all(
      CROWD.map((i) => redeem(cafe, i % 2 ? codes : codes.toReversed(), { invoice_id: "INV-R" })),
    );
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies[0]?.status).toBe(200);
    expect(await eventsOf(codes)).toBe(2);
  });

  it("by different customers are of the one who won", async () => {
    const guests = await Promise.all(CROWD.slice(0, 4).map(() => addGuest(cafe)));
    const code = await addVoucher(cafe);
    const body = { redeem_code: [code] };
    const replies = await Promise.all(
      guests.map((who) => cafe.post(`/vouchers/${who.code}`, body)),
    );
    const winners = guests.filter((_guest, i) => replies[i]?.status === 200);
    expect(winners).toHaveLength(1);
    expect(await storedVoucher(cafe, code)).toMatchObject({ redeemed_by: winners[0]?.id });
  });
});

describe("a redemption that is sent again", () => {
  it("with its invoice answers with the first transaction id, in any order of codes", async () => {
    const codes = await addVouchers(cafe, 2, { customer: guest.id });
    const invoice = { invoice_id: "INV-1" };
    const first = await redeem(cafe, codes, invoice);
    const again = await cafe.post(`/vouchers/${guest.code}/redeem`, {
      redeem_code: [...codes.toReversed(), codes[0]],
      ...invoice,
    });
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await eventsOf(codes)).toBe(2);
  });

  it("with its invoice answers alike after its vouchers have expired", async () => {
    const code = await addVoucher(cafe);
    const invoice = { invoice_id: "INV-2" };
    const first = await redeem(cafe, [code], invoice);
    await d1Rows("UPDATE vouchers SET valid_until = '2020-01-01' WHERE code = ?", code);
    expect((await redeem(cafe, [code], invoice)).text).toBe(first.text);
  });

  it("is refused without its invoice, with another, with fewer or with more codes", async () => {
    const [one = "", two = ""] = await addVouchers(cafe, 2);
    const more = await addVoucher(cafe);
    const invoice = { invoice_id: "INV-3" };
    await redeem(cafe, [one, two], invoice);
    const both = `Voucher (${one},${two}) ${USED}`;
    expect(said(await redeem(cafe, [one, two]))).toEqual([400, both]);
    expect(said(await redeem(cafe, [one, two], { invoice_id: "INV-4" }))).toEqual([400, both]);
    expect(said(await redeem(cafe, [one], invoice))).toEqual([400, `Voucher (${one}) ${USED}`]);
    expect(said(await redeem(cafe, [one, two, more], invoice))).toEqual([400, both]);
    expect(await areRedeemed(cafe, [more])).toEqual([false]);
  });

  it("is refused when two redemptions of one invoice are put together", async () => {
    const sets = [await addVouchers(cafe, 2), await addVouchers(cafe, 2)];
    const invoice = { invoice_id: "INV-5" };
    for (const set of sets) expect((await redeem(cafe, set, invoice)).status).toBe(200);
    const mixed = sets.map(([first = ""]) => first);
    expect(said(await redeem(cafe, mixed, invoice))).toEqual([400, `Voucher (${mixed}) ${USED}`]);
  });

  it("is refused for vouchers that another dialect redeemed", async () => {
    const code = await addVoucher(cafe);
    const redemption = JSON.stringify({ number: 1, kind: "amount", value: 1, discount: 1 });
    await d1Rows(
      "UPDATE vouchers SET status = 'redeemed', redemption = ? WHERE code = ?",
      redemption,
      code,
    );
    const reply = await redeem(cafe, [code], { invoice_id: "INV-6" });
    expect(said(reply)).toEqual([400, `Voucher (${code}) ${USED}`]);
  });
});

describe("a redemption whose batch fails", () => {
  it("redeems nothing and tells nothing", async () => {
    const codes = await addVouchers(cafe, 2);
    const broken = cafe.via(appWith({ DB: failingDatabase(/insert into "events"/i) }));
    expect(said(await redeem(broken, codes))).toEqual([500, "Internal server error"]);
    expect(await areRedeemed(cafe, codes)).toEqual([false, false]);
    expect(await eventsOf(codes)).toBe(0);
  });
});
