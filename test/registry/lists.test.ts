import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { pageCustomers } from "../../src/registry/customers/listing.ts";
import { findNamesakes } from "../../src/registry/customers/members.ts";
import { listCustomerWindow, summariseCustomers } from "../../src/registry/customers/windows.ts";
import { database } from "../../src/registry/database.ts";
import { readFeed } from "../../src/registry/events/events.ts";
import { countInvoices, listInvoices } from "../../src/registry/purchases/invoices.ts";
import { pageSeries } from "../../src/registry/vouchers/vouchers.ts";
import { d1Rows } from "../support/d1.ts";

const db = database(env, "directory");
const MANY = 9_000;
const ALL = { search: null, tier: null, lowestTier: "Bronze" };
const WINDOW = {
  activeOnly: false,
  since: 0,
  until: Number.MAX_SAFE_INTEGER,
  code: null,
  alternateCode: null,
  email: null,
  mobile: null,
  telephone: null,
  name: null,
};

/** Customers of a merchant with these numbers, made by SQL alone. */
async function insertCustomers(merchant: string, from: number, count: number, step: number) {
  await insertNumbered(merchant, `${from} + n * ${step}`, count);
}

/** {@link insertCustomers} with numbers that an expression of `n` from 0 on tells, in its order. */
async function insertNumbered(merchant: string, number: string, count: number) {
  await d1Rows(
    `INSERT INTO customers (id, merchant_id, number, status, name, email, attributes, joined_at,
       created_at, updated_at)
     WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ?2 - 1)
     SELECT ?1 || n, ?1, ${number}, 'active', 'Person ' || n || ' of Town', 'p' || n || '@x.co',
       '{}', 0, 0, n FROM n`,
    merchant,
    count,
  );
}

const numbersOf = (rows: readonly { readonly number: number }[]) => rows.map((row) => row.number);

/** What the counters say of a merchant, and what counting each row does. */
async function counts(merchant: string): Promise<unknown[]> {
  return Promise.all([
    d1Rows(
      `SELECT tier, SUM(kept) AS kept, SUM(living) AS living, SUM(active) AS active
       FROM customer_blocks WHERE merchant_id = ? GROUP BY 1 ORDER BY 1`,
      merchant,
    ),
    d1Rows(
      `SELECT tier, COUNT(*) AS kept, SUM(status <> 'erased') AS living,
         SUM(status NOT IN ('inactive', 'erased')) AS active
       FROM customers WHERE merchant_id = ? GROUP BY 1 ORDER BY 1`,
      merchant,
    ),
  ]);
}

/** Blocks of a merchant that say something else than going through their customers does. */
const wrongBlocks = (merchant: string) =>
  d1Rows(
    `WITH blocks AS (
       SELECT start, LEAD(start, 1, ${Number.MAX_SAFE_INTEGER}) OVER (ORDER BY start) AS until
       FROM (SELECT DISTINCT start FROM customer_blocks WHERE merchant_id = ?1)),
     counted AS (
       SELECT start, tier, COUNT(*) AS kept, SUM(status <> 'erased') AS living,
         SUM(status NOT IN ('inactive', 'erased')) AS active
       FROM blocks JOIN customers ON merchant_id = ?1 AND number >= start AND number < until
       GROUP BY 1, 2),
     told AS (
       SELECT start, tier, kept, living, active FROM customer_blocks WHERE merchant_id = ?1)
     SELECT * FROM (SELECT * FROM counted EXCEPT SELECT * FROM told)
     UNION ALL SELECT * FROM (SELECT * FROM told EXCEPT SELECT * FROM counted)`,
    merchant,
  );

describe("customers beyond number", () => {
  beforeAll(async () => {
    await insertCustomers("mer_A", 1, MANY, 1);
    await insertCustomers("mer_B", 7, 40, 1_000_003);
    await d1Rows("UPDATE customers SET status = 'erased', name = NULL WHERE number % 10 = 3");
    await d1Rows("UPDATE customers SET status = 'inactive' WHERE number % 10 = 4");
    await d1Rows(
      `INSERT INTO wallets (customer_id, merchant_id, seq, points, tier, holdings, published_at)
       SELECT id, merchant_id, 1, 0, CASE number % 3 WHEN 0 THEN 'Gold' END, '{}', 0
       FROM customers WHERE number % 2 = 0`,
    );
    await d1Rows("UPDATE wallets SET tier = 'BRONZE' WHERE tier IS NULL AND seq = 1");
    await d1Rows("DELETE FROM wallets WHERE customer_id IN ('mer_A5', 'mer_A11')");
    await d1Rows("DELETE FROM customers WHERE id IN ('mer_A100', 'mer_A101')");
  });

  it.each(["mer_A", "mer_B"])("are counted as they are: %s", async (merchant) => {
    const [kept, counted] = await counts(merchant);
    expect(kept).toEqual(counted);
    expect(await wrongBlocks(merchant)).toEqual([]);
  });

  it.each([
    ["one after the other", "n + 1"],
    ["of twelve digits, upwards", "900000000000 + n * 7919"],
    ["of twelve digits, downwards", "999999999999 - n * 7919"],
    ["of sixteen digits, scattered", "(n + 1) * 48271 % 2147483647 * 4194301"],
    ["from both ends", "IIF(n % 2, n, 900000000000 - n)"],
  ])("are counted in few blocks, which are of few, with numbers %s", async (order, number) => {
    const merchant = `mer_${order}`;
    await insertNumbered(merchant, number, MANY);
    await d1Rows(
      "UPDATE customers SET tier = 'gold' WHERE merchant_id = ? AND number % 3 = 0",
      merchant,
    );
    expect(await wrongBlocks(merchant)).toEqual([]);
    const sizes = await d1Rows<{ readonly size: number }>(
      "SELECT SUM(kept) AS size FROM customer_blocks WHERE merchant_id = ? GROUP BY start",
      merchant,
    );
    expect(sizes.length).toBeLessThanOrEqual(1 + MANY / 2_048);
    expect(Math.max(...sizes.map(({ size }) => size))).toBeLessThanOrEqual(4_096);
    const page = await pageCustomers(db, merchant, ALL, 25, 7_000);
    const plain = `SELECT number FROM customers WHERE merchant_id = ?
      ORDER BY number DESC LIMIT 25 OFFSET 7000`;
    expect(numbersOf(page.rows)).toEqual(numbersOf(await d1Rows(plain, merchant)));
    expect(page.total).toBe(MANY);
    await d1Rows("DELETE FROM customers WHERE merchant_id = ?", merchant);
    expect(await d1Rows("SELECT * FROM customer_blocks WHERE merchant_id = ?", merchant)).toEqual(
      [],
    );
  });

  it.each([
    ["mer_A", 0],
    ["mer_A", 4_050],
    ["mer_A", 8_090],
    ["mer_B", 0],
    ["mer_B", 30],
  ])("are paged as by going through them: %s from %i", async (merchant, offset) => {
    const living = "merchant_id = ? AND status <> 'erased'";
    const newest = "ORDER BY number DESC LIMIT 25 OFFSET ?";
    const plain = `SELECT number FROM customers WHERE ${living} ${newest}`;
    const expected = await d1Rows<{ number: number }>(plain, merchant, offset);
    const page = await pageCustomers(db, merchant, ALL, 25, offset);
    expect(numbersOf(page.rows)).toEqual(numbersOf(expected));
    const tier = "merchant_id = ? AND status <> 'erased' AND tier IN ('', 'bronze')";
    const ofTier = await d1Rows<{ number: number }>(
      `SELECT number FROM customers WHERE ${tier} ${newest}`,
      merchant,
      offset,
    );
    const lowest = await pageCustomers(db, merchant, { ...ALL, tier: "bronze" }, 25, offset);
    expect(numbersOf(lowest.rows)).toEqual(numbersOf(ofTier));
    const [{ total } = { total: -1 }] = await d1Rows<{ total: number }>(
      `SELECT COUNT(*) AS total FROM customers WHERE ${tier}`,
      merchant,
    );
    expect(lowest.total).toBe(total);
    const active = { ...WINDOW, activeOnly: true };
    const slice = { limit: 25, offset };
    const ascending = await d1Rows<{ number: number }>(
      `SELECT number FROM customers WHERE merchant_id = ? AND status = 'active'
       ORDER BY number LIMIT 25 OFFSET ?`,
      merchant,
      offset,
    );
    const window = await listCustomerWindow(db, merchant, active, slice);
    expect(numbersOf(window)).toEqual(numbersOf(ascending));
    const { count } = await summariseCustomers(db, merchant, active);
    const [, rows] = (await counts(merchant)) as [unknown, { readonly active: number }[]];
    expect(count).toBe(rows.reduce((sum, row) => sum + row.active, 0));
  });

  it("are found by how a name, a word of it or an e-mail begins, however old", async () => {
    const search = async (text: string) =>
      (await pageCustomers(db, "mer_A", { ...ALL, search: text }, 5, 0)).rows.map(({ id }) => id);
    expect(await search("PERSON 17 of")).toEqual(["mer_A17"]);
    expect(await search("1017 of town")).toEqual(["mer_A1017"]);
    expect(await search("P17@")).toEqual(["mer_A17"]);
    expect(await search("erson 17 of")).toEqual([]);
    expect(await search("erson 8017 of")).toEqual(["mer_A8017"]);
    const named = await findNamesakes(db, "mer_A", "person 17 OF town", 2);
    expect(named.map(({ id }) => id)).toEqual(["mer_A17"]);
    expect(await findNamesakes(db, "mer_A", "17 of town", 2)).toEqual([]);
    await d1Rows("UPDATE customers SET name = 'Renamed' WHERE id = 'mer_A1017'");
    expect(await search("1017 of town")).toEqual([]);
    expect(await search("renamed")).toEqual(["mer_A1017"]);
  });
});

describe("a name", () => {
  const TEXTS = [
    "a\u0000b c",
    '"',
    "\\",
    "a\\ b",
    " ",
    "\ttab\nline",
    "🎁 é",
    "[1] {",
    "a ".repeat(127),
  ];

  it.each(TEXTS)("may be any text, and is given up again: %j", async (name) => {
    const columns =
      "id, merchant_id, number, status, attributes, joined_at, created_at, updated_at";
    const values = "'cus_n', 'mer_N', 1, 'active', '{}', 0, 0, 0, ?";
    await d1Rows(`INSERT INTO customers (${columns}, name) VALUES (${values})`, name);
    const named = await findNamesakes(db, "mer_N", name.toUpperCase().replace("É", "é"), 2);
    expect(named.map((one) => one.name)).toEqual([name]);
    await d1Rows("UPDATE customers SET name = 'other' WHERE id = 'cus_n'");
    const left = "SELECT name FROM customer_names WHERE merchant_id = 'mer_N'";
    expect(await d1Rows(left)).toEqual([{ name: "other" }]);
    await d1Rows("DELETE FROM customers WHERE id = 'cus_n'");
    expect(await d1Rows(left)).toEqual([]);
  });
});

describe("invoices, vouchers and events beyond number", () => {
  const EVERY = { since: 0, until: Number.MAX_SAFE_INTEGER, siteId: null, reference: null };

  it("are counted by their sites, also when some are removed", async () => {
    await d1Rows(
      `INSERT INTO invoices (id, merchant_id, number, amount, document, site_id, invoiced_at,
         created_at, updated_at)
       WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 9000)
       SELECT 'inv_' || n, 'mer_A', n, 1, '{}', CASE n % 3 WHEN 0 THEN NULL ELSE 's' || (n % 3) END,
         0, 0, 0 FROM n`,
    );
    await d1Rows("DELETE FROM invoices WHERE number IN (5, 6, 7, 8999)");
    const site = { ...EVERY, siteId: "s2" };
    expect(await countInvoices(db, "mer_A", EVERY)).toBe(8_996);
    expect(await countInvoices(db, "mer_A", site)).toBe(2_998);
    const slice = { limit: 2, offset: 8_993 };
    const all = await listInvoices(db, "mer_A", EVERY, slice);
    expect(all.map(({ invoice }) => invoice.number)).toEqual([8_997, 8_998]);
    const last = await listInvoices(db, "mer_A", site, { limit: 2, offset: 2_997 });
    expect(last.map(({ invoice }) => invoice.number)).toEqual([8_996]);
  });

  it("are counted by their series, through redemption and its reversal", async () => {
    await d1Rows(
      `INSERT INTO voucher_series (id, merchant_id, number, name, kind, value, created_at,
         updated_at) VALUES ('vse_1', 'mer_A', 1, 'S', 'amount', 1, 0, 0)`,
    );
    await d1Rows(
      `INSERT INTO vouchers (id, merchant_id, series_id, number, code, generated, status,
         created_at, updated_at) SELECT 'vou_' || value, 'mer_A', 'vse_1', value, value, 0,
         'active', 0, 0 FROM json_each('[1, 2, 3, 4]')`,
    );
    await d1Rows("UPDATE vouchers SET status = 'redeemed' WHERE number < 4");
    await d1Rows("UPDATE vouchers SET status = 'voided' WHERE number = 1");
    await d1Rows("DELETE FROM vouchers WHERE number = 2");
    const { rows, total } = await pageSeries(db, "mer_A", 9, 0);
    expect(total).toBe(1);
    expect(rows[0]).toMatchObject({ vouchers: 3, redeemed: 1 });
    expect((await pageSeries(db, "mer_A", 9, 1)).rows).toEqual([]);
  });

  it("are looked for among so many, and the look goes on where it ended", async () => {
    await d1Rows(
      `INSERT INTO events (merchant_id, seq, id, type, timestamp, data)
       WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 25000)
       SELECT 'mer_A', n, 'evt_' || n, CASE WHEN n IN (3, 24999) THEN 'ping'
         ELSE 'points.earned' END, n, '{}' FROM n`,
    );
    const seen: number[] = [];
    const looks: number[] = [];
    for (let before: number | undefined; ; ) {
      const query = { types: ["ping"], limit: 9, ...(before === undefined ? {} : { before }) };
      const { rows, reached } = await readFeed(db, "mer_A", query);
      seen.push(...rows.map(({ seq }) => seq));
      if (reached === null) break;
      looks.push(reached);
      before = reached;
    }
    expect([seen, looks]).toEqual([
      [24_999, 3],
      [15_001, 5_001],
    ]);
    const tailed = await readFeed(db, "mer_A", { types: ["ping"], limit: 9, after: 3 });
    expect(tailed).toEqual({ rows: [], reached: 10_003 });
    const end = await readFeed(db, "mer_A", { types: ["ping"], limit: 9, after: 20_000 });
    expect([end.rows.map(({ seq }) => seq), end.reached]).toEqual([[24_999], null]);
  });
});

describe("what was kept before there were counters", () => {
  it("is counted and named by the migration", async () => {
    await reset();
    const at = env.TEST_MIGRATIONS.findIndex(({ name }) => name.startsWith("0014"));
    const apply = (migrations: typeof env.TEST_MIGRATIONS) =>
      env.DB.batch(migrations.flatMap(({ queries }) => queries.map((one) => env.DB.prepare(one))));
    await apply(env.TEST_MIGRATIONS.slice(0, at));
    await insertCustomers("mer_A", 1, 5_000, 1);
    await d1Rows("UPDATE customers SET status = 'erased', name = NULL WHERE number = 3");
    await d1Rows(
      `INSERT INTO wallets (customer_id, merchant_id, seq, points, tier, holdings, published_at)
       SELECT id, merchant_id, 1, 0, CASE WHEN number < 9 THEN 'Gold' END, '{}', 0 FROM customers`,
    );
    await apply(env.TEST_MIGRATIONS.slice(at));
    const [kept, counted] = await counts("mer_A");
    expect(kept).toEqual(counted);
    expect(kept).toHaveLength(2);
    expect(await wrongBlocks("mer_A")).toEqual([]);
    const migrated = await d1Rows("SELECT * FROM customer_names");
    await d1Rows("UPDATE customers SET name = name || '!'");
    await d1Rows("UPDATE customers SET name = REPLACE(name, '!', '')");
    expect(await d1Rows("SELECT * FROM customer_names")).toEqual(migrated);
    expect(migrated).toHaveLength(4_999 * 4);
  });
});
