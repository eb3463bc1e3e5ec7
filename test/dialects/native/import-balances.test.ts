import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { walletOf } from "../../../src/wallet/client.ts";
import { stopClock } from "../../support/http-clock.ts";
import { dumpDatabase, dumpEverything, dumpWallets } from "../../support/http-storage.ts";
import {
  balanceOf,
  expectRefusal,
  kirimel,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import type { Outcome } from "../../support/native/merchant.ts";
import { establish, importLines } from "../../support/native/merchant.ts";
import { objectOf, balanceOf as unitBalanceOf } from "../../support/wallet.ts";

stopClock("2060-06-01T08:00:00Z");

const merchant = "myrestaurant";

beforeAll(() => establish(myRestaurant()));

async function only(line: object): Promise<Outcome> {
  const [outcome] = await importLines(merchant, [line]);
  if (outcome === undefined) throw new Error("no line came back");
  return outcome;
}

const points = (amount: string, rest: object = {}) => ({
  unit: "point",
  lots: [{ amount }],
  ...rest,
});

/** Merchant and id of a customer by its number. */
async function ownerOf(number: number) {
  const query = "SELECT merchant_id AS merchant, id AS customer FROM customers WHERE number = ?";
  const row = await env.DB.prepare(query)
    .bind(number)
    .first<{ merchant: string; customer: string }>();
  if (row === null) throw new Error(`there is no customer ${number}`);
  return row;
}

describe("an opening balance", () => {
  it("brings lots with their days of expiry, and lifetime points", async () => {
    const lots = [
      { amount: "30", expires_on: "2060-06-10" },
      { amount: "20", expires_on: "2060-06-05" },
      { amount: "50" },
    ];
    await only({ number: 600, balances: [{ unit: "point", lifetime: "1200", lots }] });
    expect((await kirimel("/wallet/balance?customer_id=600")).body).toMatchObject({
      balance: 100,
      tier: { name: "SILVER" },
      points_expiring_soon: 50,
      expiry_date: "2060-06-05",
    });
  });

  it("of no lots brings lifetime points alone", async () => {
    await only({ number: 601, balances: [{ unit: "point", lifetime: "5000", lots: [] }] });
    const { body } = await kirimel("/wallet/balance?customer_id=601");
    expect(body).toMatchObject({ balance: 0, tier: { name: "GOLD" } });
  });

  it("without lifetime points counts what the lots hold", async () => {
    await only({ number: 602, balances: [points("999.99")] });
    const earned = await post("/points/earn", { customer_id: 602, points: 1 });
    expect(earned.body).toMatchObject({ tier_progress: { current_tier: "SILVER" } });
  });

  it("of a lot that has expired is not spent", async () => {
    const lots = [{ amount: "70", expires_on: "2059-12-31" }, { amount: "5" }];
    await only({ number: 603, balances: [{ unit: "point", lots }] });
    expect(await balanceOf(603)).toBe(5);
    const details = { requested: 6, available: 5, shortfall: 1 };
    const refused = await post("/points/redeem", { customer_id: 603, points: 6 });
    expectRefusal(refused, 400, "INSUFFICIENT_BALANCE", details);
  });

  it("may hold parts of a point, which tills do not see", async () => {
    await only({ number: 604, balances: [points("12.75")] });
    expect(await balanceOf(604)).toBe(12);
    await post("/points/redeem", { customer_id: 604, points: 12 });
    expect(await unitBalanceOf(await ownerOf(604))).toBe(750);
  });

  it("is kept in each unit's smallest step", async () => {
    const balances = [
      points("1.5"),
      { unit: "stamp", lots: [{ amount: "23" }] },
      { unit: "prepaid", lots: [{ amount: "668.8" }] },
    ];
    await only({ number: 605, balances });
    const owner = await ownerOf(605);
    expect(await unitBalanceOf(owner, "point")).toBe(1_500);
    expect(await unitBalanceOf(owner, "stamp")).toBe(23);
    expect(await unitBalanceOf(owner, "prepaid")).toBe(66_880);
  });

  it("adds up lots that share a day", async () => {
    const lots = Array.from({ length: 400 }, () => ({ amount: "0.25", expires_on: "2061-01-01" }));
    await only({ number: 606, balances: [{ unit: "point", lots }] });
    expect(await balanceOf(606)).toBe(100);
  });
});

describe("an opening balance that is not valid", () => {
  it.each([
    ["unit", { ...points("1"), unit: "mile" }, "/balances/0/unit"],
    ["lots", { unit: "point" }, "/balances/0/lots"],
    ["amount", points("-1"), "/balances/0/lots/0/amount"],
    ["amount", points("0"), "/balances/0/lots/0/amount"],
    ["amount", points("0.00"), "/balances/0/lots/0/amount"],
    ["amount", points("1.0001"), "/balances/0/lots/0/amount"],
    ["amount", points("1e3"), "/balances/0/lots/0/amount"],
    ["amount", points(""), "/balances/0/lots/0/amount"],
    ["amount", points("9".repeat(33)), "/balances/0/lots/0/amount"],
    ["amount", points("9".repeat(16)), "/balances/0/lots/0/amount"],
    ["amount", { unit: "point", lots: [{ amount: 1 }] }, "/balances/0/lots/0/amount"],
    ["amount", { unit: "stamp", lots: [{ amount: "1.5" }] }, "/balances/0/lots/0/amount"],
    ["amount", { unit: "prepaid", lots: [{ amount: "1.001" }] }, "/balances/0/lots/0/amount"],
    ["lifetime", points("1", { lifetime: "-1" }), "/balances/0/lifetime"],
    ["lifetime", points("1", { lifetime: "1.0001" }), "/balances/0/lifetime"],
    ["lifetime", points("100", { lifetime: "99.99" }), "/balances/0/lifetime"],
    [
      "expires_on",
      { unit: "point", lots: [{ amount: "1", expires_on: "2061-02-29" }] },
      "/balances/0/lots/0/expires_on",
    ],
    [
      "lot",
      { unit: "point", lots: Array.from({ length: 401 }, () => ({ amount: "1" })) },
      "/balances/0/lots",
    ],
  ])("names the %s, and nothing is written: %j", async (_, balance, pointer) => {
    const before = await dumpEverything();
    const line = await only({ number: 610, balances: [balance] });
    expect(line).toMatchObject({ outcome: "failed", error: { code: "validation_failed" } });
    const { errors } = line.error as { errors: { pointer: string }[] };
    expect(errors.map((fault) => fault.pointer)).toContain(pointer);
    expect(await dumpEverything()).toBe(before);
  });

  it("must not name a unit twice, for the second would be lost", async () => {
    const before = await dumpEverything();
    const line = await only({ number: 611, balances: [points("100"), points("50")] });
    expect(line).toMatchObject({ outcome: "failed", error: { code: "validation_failed" } });
    expect(await dumpEverything()).toBe(before);
  });

  it("must fit into a balance; the customer can be sent again", async () => {
    const line = await only({ number: 612, balances: [points("1000000000001")] });
    expect(line).toMatchObject({
      outcome: "failed",
      error: { code: "balance_limit", status: 409 },
    });
    const again = await only({ number: 612, balances: [points("100")] });
    expect(again.outcome).toBe("created");
    expect(await balanceOf(612)).toBe(100);
  });
});

describe("an import that is repeated", () => {
  const line = (number: number, ...balances: object[]) => ({ number, balances });

  it("books an opening balance once, whatever happened since", async () => {
    await only(line(620, points("100")));
    await post("/points/redeem", { customer_id: 620, points: 30 });
    await post("/points/earn", { customer_id: 620, points: 5 });
    const before = await dumpEverything();
    expect((await only(line(620, points("100")))).outcome).toBe("unchanged");
    expect(await dumpEverything()).toBe(before);
    expect(await balanceOf(620)).toBe(75);
  });

  it("books an opening balance once for ten at once", async () => {
    await only(line(621));
    const calls = Array.from({ length: 10 }, () => only(line(621, points("100"))));
    const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome).sort();
    expect(outcomes).toEqual(["created", ...Array(9).fill("unchanged")]);
    expect(await balanceOf(621)).toBe(100);
  });

  it("books what a crash left out after the customer was written", async () => {
    await only(line(622));
    const before = await dumpDatabase();
    const again = await only(line(622, points("100")));
    expect(again.outcome).toBe("created");
    expect(await balanceOf(622)).toBe(100);
    expect(await dumpDatabase()).toBe(before);
  });

  it("has a wallet that lost all open anew with what it came with", async () => {
    await only(line(623, points("100")));
    expect(await balanceOf(623)).toBe(100);
    const object = objectOf(await ownerOf(623));
    await runInDurableObject(object, (_wallet, state) => state.storage.deleteAll());
    await abortAllDurableObjects();
    expect((await only(line(623, points("100")))).outcome).toBe("unchanged");
    expect(await balanceOf(623)).toBe(100);
  });

  it("books the units that a crash left out, and no other again", async () => {
    const stamps = { unit: "stamp", lots: [{ amount: "7" }] };
    await only(line(624, points("100")));
    expect((await only(line(624, points("100"), stamps))).outcome).toBe("created");
    expect((await only(line(624, points("100"), stamps))).outcome).toBe("unchanged");
    const owner = await ownerOf(624);
    expect(await unitBalanceOf(owner, "point")).toBe(100_000);
    expect(await unitBalanceOf(owner, "stamp")).toBe(7);
  });

  it("adds to what was earned here before", async () => {
    const { body } = await post("/customers/register", { qr_code: "QR-625" });
    await post("/points/earn", { customer_id: body.customer_id, points: 5 });
    const identifiers = [{ kind: "qr", value: "QR-625" }];
    const outcome = await only({ identifiers, balances: [points("100")] });
    expect(outcome.outcome).toBe("created");
    const found = await kirimel("/customers/lookup?identifier=QR-625");
    expect(found.body).toMatchObject({ data: { balance_points: 105 } });
  });

  it("opens no wallet where no balance is brought", async () => {
    const before = await dumpWallets();
    await only(line(626));
    expect(await dumpWallets()).toBe(before);
  });
});

// Last, since what it leaves would be compared by all that look for what was kept.
describe("opening balances", () => {
  it("of very many lots that expired long ago keep no neighbour from being made", async () => {
    const lots = Array.from({ length: 400 }, (_, i) => ({
      amount: "1",
      expires_on: new Date(Date.UTC(2001, 0, 1 + i)).toISOString().slice(0, 10),
    }));
    const gone = ["point", "stamp", "prepaid"].map((unit) => ({ unit, lots }));
    const old = Array.from({ length: 6 }, (_, i) => ({ number: 640 + i, balances: gone }));
    const lines = [{ number: 638 }, { number: 639, balances: [points("5")] }, ...old];
    const answered = await importLines(merchant, lines);
    expect(answered.map(({ outcome }) => outcome)).toEqual(lines.map(() => "created"));
    expect([await balanceOf(639), await balanceOf(640)]).toEqual([5, 0]);
    expect(await walletOf(env, await ownerOf(640)).audit()).toEqual([]);
  });
});
