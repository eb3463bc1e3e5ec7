import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { brokenDatabase, dumpEverything } from "../../support/http-storage.ts";
import { balanceOf, kirimel, myRestaurant } from "../../support/kirimel/requests.ts";
import type { Outcome } from "../../support/native/merchant.ts";
import { create, establish, importLines, native, outcomes } from "../../support/native/merchant.ts";

stopClock("2060-06-01T08:00:00Z");

const merchant = "myrestaurant";

beforeAll(() => establish(myRestaurant()));

const importAll = (...lines: (object | string)[]) => importLines(merchant, lines);
const qr = (value: string) => ({ kind: "qr", value });
const points = (amount: string) => [{ unit: "point", lots: [{ amount }] }];
const results = (answered: readonly Outcome[]) => answered.map(({ outcome }) => outcome);

const ndjson = (lines: readonly object[]) => lines.map((line) => JSON.stringify(line)).join("\n");

async function numbersOf(prefix: string): Promise<number[]> {
  const query = `SELECT number FROM customers WHERE id IN
    (SELECT customer_id FROM identifiers WHERE value GLOB ?) ORDER BY number`;
  const { results: rows } = await env.DB.prepare(query)
    .bind(`${prefix}*`)
    .all<{ number: number }>();
  return rows.map(({ number }) => number);
}

describe("lines that come together", () => {
  it("about one customer bring the balance of the first", async () => {
    const line = { number: 1_000, identifiers: [qr("G-1000")] };
    const answered = await importAll(
      { ...line, balances: points("10") },
      { ...line, balances: points("20") },
      { identifiers: [qr("G-1000")], balances: points("30") },
    );
    expect(results(answered)).toEqual(["created", "unchanged", "unchanged"]);
    expect(await balanceOf(1_000)).toBe(10);
  });

  it("must not mix two who come to be with them", async () => {
    const answered = await importAll(
      { number: 1_010, identifiers: [qr("G-1010")] },
      { number: 1_011, identifiers: [qr("G-1011")] },
      { identifiers: [qr("G-1010"), qr("G-1011")] },
      { number: 1_010, identifiers: [qr("G-1011")] },
      { number: 1_012, identifiers: [qr("G-1010")] },
    );
    expect(results(answered)).toEqual(["created", "created", "failed", "failed", "failed"]);
    const error = { code: "already_exists", context: { object: "customer" } };
    for (const { error: told } of answered.slice(2)) expect(told).toMatchObject(error);
    expect((await kirimel("/wallet/balance?customer_id=1012")).status).toBe(404);
  });

  it("may name an identifier twice, as written in two ways", async () => {
    const phone = (value: string) => ({ kind: "phone", value });
    const line = { identifiers: [phone("+60111001020"), phone("+60 (111) 001-020")] };
    expect(results(await importAll(line, line))).toEqual(["created", "unchanged"]);
  });

  it("get numbers that none of them brings", async () => {
    const top = 5_000_000;
    const answered = await importAll(
      { identifiers: [qr("N-1")] },
      { number: top, identifiers: [qr("N-2")] },
      { identifiers: [qr("N-3")] },
      { number: top + 1, identifiers: [qr("N-4")] },
    );
    expect(results(answered)).toEqual(Array(4).fill("created"));
    expect(await numbersOf("N-")).toEqual([top, top + 1, top + 2, top + 3]);
  });

  it("fail each by itself: site, type, number of somebody erased, balance", async () => {
    const [gone] = await importAll({ number: 1_030 });
    const erased = await native(`/customers/${gone?.customer}`, { merchant, method: "DELETE" });
    expect(erased.status).toBeLessThan(300);
    const answered = await importAll(
      { number: 1_031, balances: points("1") },
      { number: 1_032, site: "NOWHERE" },
      { number: 1_033, type: 77 },
      { number: 1_030 },
      { number: 1_034, balances: points("1000000000001") },
      { number: 1_035, balances: points("1") },
    );
    expect(answered.map(({ outcome, error }) => error?.code ?? outcome)).toEqual([
      "created",
      "not_found",
      "not_found",
      "already_exists",
      "balance_limit",
      "created",
    ]);
    expect(answered[3]?.error).toMatchObject({ context: { field: "number" } });
  });

  it("are of the site and the type that each names", async () => {
    await create("/sites", { code: "TWO", name: "Two" }, merchant);
    const made = await create("/customer_types", { name: "Gold" }, merchant);
    const type = Number(made.body.number);
    await importAll({ number: 1_040, site: "TWO", type }, { number: 1_041 });
    const rows = `SELECT number, (SELECT code FROM sites WHERE id = site_id) AS site,
      json_extract(attributes, '$.type') AS type FROM customers WHERE number IN (1040, 1041)`;
    const { results: found } = await env.DB.prepare(rows).all();
    expect(found).toEqual([
      { number: 1_040, site: "TWO", type: made.body.id },
      { number: 1_041, site: null, type: null },
    ]);
  });

  it("keep strange texts as they came", async () => {
    const strange = `a\u0000b "\\' 👩‍👩‍👧 __proto__ \u202e $.x`;
    const metadata = { "k\"'$.": strange, __proto: "{}" };
    await importAll({ number: 1_050, name: strange, metadata, identifiers: [qr(strange)] });
    const row = await env.DB.prepare("SELECT * FROM customers WHERE number = 1050").first();
    expect(row?.name).toBe(strange);
    expect(JSON.parse(String(row?.attributes))).toEqual(metadata);
    const again = await importAll({ identifiers: [qr(strange)] });
    expect(results(again)).toEqual(["unchanged"]);
  });

  it("are each told in the feed once, as customers that came to be", async () => {
    const made = await importAll(...Array.from({ length: 20 }, (_, i) => ({ number: 1_060 + i })));
    const query = `SELECT customer_id FROM events WHERE type = 'customer.created'
      AND customer_id IN (SELECT value FROM json_each(?)) ORDER BY seq`;
    const ids = made.map(({ customer }) => customer);
    const told = await env.DB.prepare(query).bind(JSON.stringify(ids)).all();
    expect(told.results.map((row) => row.customer_id)).toEqual(ids);
  });
});

describe("two imports at once", () => {
  it("of the same lines make each customer once, with one balance", async () => {
    const lines = Array.from({ length: 60 }, (_, i) => ({
      number: 2_000 + i,
      identifiers: [qr(`T-${i}`)],
      balances: points("7"),
    }));
    const both = await Promise.all([importAll(...lines), importAll(...lines)]);
    const made = both.map((answered) => answered.map(({ customer }) => customer));
    expect(made[0]).toEqual(made[1]);
    for (const outcome of both.flat()) expect(outcome.outcome).not.toBe("failed");
    expect(await balanceOf(2_000)).toBe(7);
    expect(await balanceOf(2_059)).toBe(7);
    expect(await numbersOf("T-")).toHaveLength(60);
  });

  it("give no number twice", async () => {
    const lines = (name: string) =>
      Array.from({ length: 40 }, (_, i) => ({ identifiers: [qr(`U-${name}-${i}`)] }));
    const both = await Promise.all([importAll(...lines("A")), importAll(...lines("B"))]);
    expect(new Set(results(both.flat()))).toEqual(new Set(["created"]));
    expect(new Set(await numbersOf("U-")).size).toBe(80);
  });
});

describe("an import that a crash cut off", () => {
  // What nobody expected is logged.
  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const lines = Array.from({ length: 6 }, (_, i) => ({
    number: 3_000 + i,
    identifiers: [qr(`C-${i}`)],
    balances: [...points("9"), { unit: "stamp", lots: [{ amount: "2" }] }],
  }));

  it("before the customers were written has written none, and says so of each", async () => {
    const before = await dumpEverything();
    const bindings = { DB: brokenDatabase(/insert into "identifiers"/i) };
    const answer = await native("/customers/import", { merchant, body: ndjson(lines), bindings });
    expect(results(outcomes(answer))).toEqual(Array(6).fill("failed"));
    expect(await dumpEverything()).toBe(before);
  });

  it.each([0, 1, 3, 5])("after the wallet of line %i goes on when sent again", async (cut) => {
    const own = lines.map((line, i) => ({
      ...line,
      number: line.number + 10 * (cut + 1),
      identifiers: [qr(`C-${cut}-${i}`)],
    }));
    // Of whom the registry makes itself, no wallet is asked.
    await importAll(...own.map(({ balances: _later, ...line }) => line));
    let opened = 0;
    const wallets = new Proxy(env.WALLETS, {
      get(target, name) {
        if (name !== "getByName") return Reflect.get(target, name);
        return (wallet: string) => {
          opened += 1;
          if (opened > cut) throw new Error("cut off");
          return target.getByName(wallet);
        };
      },
    });
    const bindings = { WALLETS: wallets };
    const answer = await native("/customers/import", { merchant, body: ndjson(own), bindings });
    const failed = results(outcomes(answer)).filter((outcome) => outcome === "failed");
    expect(failed).toHaveLength(6 - cut);
    const again = await importAll(...own);
    const made = results(again).filter((outcome) => outcome === "created");
    expect(made).toHaveLength(6 - cut);
    for (const { number } of own) expect(await balanceOf(number)).toBe(9);
    expect(results(await importAll(...own))).toEqual(Array(6).fill("unchanged"));
    for (const { number } of own) expect(await balanceOf(number)).toBe(9);
  });
});
