import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { transactionText } from "../../../src/dialects/kirimel/mapping.ts";
import { Projector } from "../../../src/events/projector.ts";
import { walletOf } from "../../../src/wallet/client.ts";
import type { Owner } from "../../../src/wallet/rows.ts";
import { d1Rows, recordingDatabase } from "../../support/d1.ts";
import { failBatches } from "../../support/events.ts";
import {
  addGrantedSeries,
  askedWallets,
  GRANTS,
  grantedBy,
  ownerIn,
  publish,
  stampsOf,
  vouchersOf,
} from "../../support/grants.ts";
import { settle } from "../../support/kept-state.ts";
import { appWith, makeTill, type Till } from "../../support/kirimel/till.ts";
import {
  addGuest,
  HOTEL_PROGRAM,
  type Hotel,
  openHotel,
  RAVI,
} from "../../support/microgenn/hotel.ts";

vi.setConfig({ testTimeout: 30_000 });

const INVOICE = {
  mobile: RAVI,
  amount: 1500,
  external_ref: "INV-1",
  items: [
    { category: "spa", name: "Massage", amount: 1000 },
    { category: "bar", name: "Tea", amount: 500 },
  ],
};

let hotel: Hotel;
let owner: Owner;

beforeEach(async () => {
  hotel = await openHotel({ program: { ...HOTEL_PROGRAM, grants: GRANTS } });
  await addGrantedSeries(hotel.slug);
  owner = await ownerIn(hotel.slug, await addGuest(hotel));
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a bill", () => {
  it("grants the programme's stamps and vouchers, and is answered as without them", async () => {
    const { status, body } = await hotel.post("bill", INVOICE);
    expect([status, Object.keys(body)]).toEqual([
      200,
      [
        "transaction_id",
        "customer_id",
        "amount",
        "points_earned",
        "points_redeemed",
        "new_balance",
        "tier",
        "tier_upgraded",
        "customer",
      ],
    ]);
    expect([body.points_earned, body.new_balance]).toEqual([200_000, 203_400]);
    expect(await stampsOf(owner)).toBe(1);
    expect(await grantedBy(owner)).toEqual([await vouchersOf(owner)]);
    const { active_coupons: coupons } = (await hotel.lookUp()).body;
    expect(coupons).toMatchObject([{ value: 10 }]);
  });

  it("tells what it granted in the wallet's events, once", async () => {
    await hotel.post("bill", INVOICE);
    for (let i = 0; i < 2; i += 1) {
      const types = await publish(owner);
      expect(types.slice(-4)).toEqual([
        "bill.recorded",
        "points.earned",
        "stamp.added",
        "voucher.issued",
      ]);
    }
    expect(await vouchersOf(owner)).toHaveLength(1);
  });

  it("that is repeated grants nothing more: its receipt names the first's vouchers", async () => {
    const first = await hotel.post("bill", INVOICE);
    expect((await hotel.post("bill", INVOICE)).text).toBe(first.text);
    expect(await stampsOf(owner)).toBe(1);
    expect(await vouchersOf(owner)).toHaveLength(1);
    expect(await grantedBy(owner)).toEqual([await vouchersOf(owner)]);
  });

  it("that comes several times at once grants once", async () => {
    const replies = await Promise.all(Array.from({ length: 6 }, () => hotel.post("bill", INVOICE)));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(await stampsOf(owner)).toBe(1);
    expect(await vouchersOf(owner)).toHaveLength(1);
  });

  it("grants again under its number when it is another", async () => {
    await hotel.post("bill", INVOICE);
    await hotel.post("bill", { ...INVOICE, amount: 1600 });
    expect(await stampsOf(owner)).toBe(2);
    expect(await vouchersOf(owner)).toHaveLength(2);
  });

  it("whose vouchers were not kept when it was booked has them kept by its repeat", async () => {
    failBatches("vouchers", 1);
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.spyOn(Projector.prototype, "publish").mockRejectedValue(new Error("not yet"));
    const first = await hotel.post("bill", INVOICE);
    expect([first.status, await vouchersOf(owner)]).toEqual([200, []]);
    expect((await hotel.post("bill", INVOICE)).text).toBe(first.text);
    expect(await grantedBy(owner)).toEqual([await vouchersOf(owner)]);
    expect(await vouchersOf(owner)).toHaveLength(1);
  });

  it("of a sandbox key is answered alike and keeps no grant, also as a repeat", async () => {
    const before = await settle();
    const tried = await hotel.post("bill", INVOICE, hotel.test);
    expect(tried.body).toMatchObject({ points_earned: 200_000, new_balance: 203_400 });
    expect(await settle()).toBe(before);
    await hotel.post("bill", INVOICE);
    const after = await settle();
    await hotel.post("bill", INVOICE, hotel.test);
    expect(await settle()).toBe(after);
    expect(await vouchersOf(owner)).toHaveLength(1);
  });

  it("tells the wallet the merchant's business day", async () => {
    const { WALLETS, asked } = askedWallets();
    vi.spyOn(console, "error").mockImplementation(() => {});
    const zone = { timeZone: "Asia/Kolkata", dateStyle: "short" } as const;
    const today = () => new Intl.DateTimeFormat("sv-SE", zone).format(Date.now());
    const before = today();
    await hotel.via(appWith({ WALLETS })).post("bill", INVOICE);
    expect(asked).toMatchObject([{ kind: "bill", stamps: { amount: 1 } }]);
    expect([before, today()]).toContain((asked[0] as { day: string }).day);
  });
});

describe("a bill where the programme grants nothing", () => {
  let plain: Hotel;

  beforeAll(async () => {
    plain = await openHotel();
    await addGuest(plain);
  });

  it("asks no database once customer and key are known", async () => {
    const { DB, statements } = recordingDatabase();
    const warm = plain.via(appWith({ DB }));
    await warm.post("bill", { mobile: RAVI, amount: 10, external_ref: "W-1" });
    statements.length = 0;
    const bill = { ...INVOICE, external_ref: "W-2" };
    expect((await warm.post("bill", bill)).status).toBe(200);
    expect(statements).toEqual([]);
  });
});

describe("the reversal of what a bill earned", () => {
  /** The points of the customer's first bill, as KiriMel names them: behind opening and bill. */
  async function reversal(till: Till): Promise<() => Promise<unknown>> {
    const query = "SELECT number FROM customers WHERE id = ?";
    const [row] = await d1Rows<{ number: number }>(query, owner.customer);
    const { entries } = await walletOf(env, owner).entries({
      ...{ unit: "point", kinds: ["earn"], limit: 1, offset: 0 },
    });
    const transaction_id = transactionText(row?.number ?? 0, entries[0]?.seq ?? 0);
    return async () => (await till.post("/points/reverse", { transaction_id })).status;
  }

  const statuses = async () => {
    const query = "SELECT status FROM vouchers WHERE customer_id = ?";
    const rows = await d1Rows<{ status: string }>(query, owner.customer);
    return rows.map(({ status }) => status);
  };

  it("withdraws its voucher, which nobody can use any more, and is told", async () => {
    const till = await makeTill(hotel.slug);
    await hotel.post("bill", INVOICE);
    expect(await (await reversal(till))()).toBe(200);
    expect(await statuses()).toEqual(["voided"]);
    // A repeat of the bill makes nothing good again.
    await hotel.post("bill", INVOICE);
    expect(await statuses()).toEqual(["voided"]);
    const used = await hotel.post("coupon/redeem", { code: await codeOf() });
    expect([used.status, used.body.error]).toEqual([400, "Coupon is cancelled"]);
    expect((await publish(owner)).slice(-2)).toEqual(["points.reversed", "voucher.voided"]);
  });

  it("and a redemption at once have one winner", async () => {
    const till = await makeTill(hotel.slug);
    await hotel.post("bill", INVOICE);
    const reverse = await reversal(till);
    const code = await codeOf();
    const [reversed, used] = await Promise.all([
      reverse(),
      hotel.post("coupon/redeem", { code }).then(({ status }) => status),
    ]);
    expect(reversed).toBe(200);
    expect(await statuses()).toEqual([used === 200 ? "redeemed" : "voided"]);
    await publish(owner);
    expect(await statuses()).toEqual([used === 200 ? "redeemed" : "voided"]);
  });

  async function codeOf(): Promise<string> {
    const query = "SELECT code FROM vouchers WHERE customer_id = ?";
    const [row] = await d1Rows<{ code: string }>(query, owner.customer);
    return String(row?.code);
  }
});
