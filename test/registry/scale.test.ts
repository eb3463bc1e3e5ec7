import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { d1Rows } from "../support/d1.ts";

const SOURCE = { dialect: "native", key: null, site: null, staff: null };

/** An opening as a registry of points in hundredths kept it, or as it is with `scale` of 10. */
function booking(unit: string, seq: number, amount: number, points: number, missing: number) {
  const holdings = {
    point: { balance: points, earned: points, redeemed: 0 },
    ...(unit === "stamp" ? { stamp: { balance: amount, earned: amount, redeemed: 0 } } : {}),
  };
  const head = { seq, holdings, tier: null, lastEarnedAt: null, recordedAt: 5 };
  const standing = { tier: "Bronze", next: "Silver", missing };
  const receipt = { seq, entry: `ent_${seq}`, unit, amount, balance: amount, standing };
  const lots = [
    { expiresAt: 9, amount: amount - 1 },
    { expiresAt: 10, amount: 1 },
  ];
  const entry = { seq, id: `ent_${seq}`, kind: "open", unit, amount, lots, source: SOURCE };
  return {
    reference: { operation: "open", key: `opening/${unit}`, fingerprint: "opening" },
    decision: { entries: [{ ...entry, after: head, receipt }], head, receipt },
  };
}

/** A tier's line, which moves nothing and carries no command. */
function withoutReceipt(given: ReturnType<typeof booking>) {
  const { decision } = given;
  const [entry] = decision.entries;
  const tier = { ...entry, kind: "tier", amount: 0, lots: [], receipt: null };
  return { ...given, decision: { ...decision, entries: [...decision.entries, tier] } };
}

it("counts in thousandths what the registry kept in hundredths of a point", async () => {
  await reset();
  const at = env.TEST_MIGRATIONS.findIndex(({ name }) => name.startsWith("0017"));
  const apply = (migrations: typeof env.TEST_MIGRATIONS) =>
    env.DB.batch(migrations.flatMap(({ queries }) => queries.map((one) => env.DB.prepare(one))));
  await apply(env.TEST_MIGRATIONS.slice(0, at));
  const wallet = (id: string, points: number, holdings: object) =>
    d1Rows(
      `INSERT INTO wallets (customer_id, merchant_id, seq, points, holdings, published_at)
       VALUES (?, 'mer_1', 1, ?, ?, 0)`,
      id,
      points,
      JSON.stringify(holdings),
    );
  const stamp = { balance: 7, earned: 9, redeemed: 2 };
  await wallet("cus_1", -1_050, {
    point: { balance: -1_050, earned: 20, redeemed: 1_070 },
    stamp,
  });
  await wallet("cus_2", 0, { stamp });
  for (const [number, points] of [
    [1, "1050"],
    [2, "0"],
    [3, "NULL"],
  ]) {
    await d1Rows(
      `INSERT INTO invoices (id, merchant_id, number, amount, points_earned, document, invoiced_at,
         created_at, updated_at)
       VALUES ('inv_${number}', 'mer_1', ${number}, 500, ${points}, '{}', 0, 0, 0)`,
    );
  }
  const before = [
    withoutReceipt(booking("point", 1, 1_050, 1_050, 8_950)),
    booking("stamp", 2, 7, 1_050, 8_950),
  ];
  await d1Rows(
    `INSERT INTO openings (customer_id, merchant_id, bookings, keys)
     VALUES ('cus_3', 'mer_1', ?, '[]')`,
    JSON.stringify(before),
  );
  await apply(env.TEST_MIGRATIONS.slice(at));
  const copies = await d1Rows<{ points: number; holdings: string }>(
    "SELECT points, holdings FROM wallets ORDER BY customer_id",
  );
  expect(copies.map(({ points, holdings }) => [points, JSON.parse(holdings)])).toEqual([
    [-10_500, { point: { balance: -10_500, earned: 200, redeemed: 10_700 }, stamp }],
    [0, { stamp }],
  ]);
  expect(await d1Rows("SELECT points_earned FROM invoices ORDER BY number")).toEqual([
    { points_earned: 10_500 },
    { points_earned: 0 },
    { points_earned: null },
  ]);
  const [opening] = await d1Rows<{ bookings: string }>("SELECT bookings FROM openings");
  const kept = JSON.parse(opening?.bookings ?? "") as ReturnType<typeof booking>[];
  const expected = [
    withoutReceipt(booking("point", 1, 10_500, 10_500, 89_500)),
    booking("stamp", 2, 7, 10_500, 89_500),
  ];
  for (const [i, { reference, decision }] of expected.entries()) {
    const lots = decision.entries.map((entry) =>
      entry.lots.map((lot, at) => ({ ...lot, amount: i === 0 ? [10_490, 10][at] : lot.amount })),
    );
    const entries = decision.entries.map((entry, at) => ({ ...entry, lots: lots[at] }));
    expect(kept[i]).toEqual({ reference, decision: { ...decision, entries } });
  }
});
