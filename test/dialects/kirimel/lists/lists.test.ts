import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { d1Rows } from "../../../support/d1.ts";
import type { Json, Reply, Till } from "../../../support/kirimel/till.ts";
import { enrol, importCustomer, numberOf, openShop } from "../../../support/kirimel/till.ts";
import { useClock } from "../../../support/wallet.ts";

const CROWD = 3_000;

useClock();
let till: Till;
let crowded: Till;

/** Customers 1 to `count`, straight into the database. */
async function insertCrowd(shop: Till, count: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO customers (id, merchant_id, number, status, site_id, name, email, birth_date,
       attributes, joined_at, last_seen_at, created_at, updated_at)
     WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
     SELECT 'cus_' || merchants.id || n, merchants.id, n, 'active', NULL, 'Crowd ' || n, NULL,
       NULL, '{}', 0, NULL, 0, 0 FROM numbers, merchants WHERE slug = ?`,
  )
    .bind(count, shop.slug)
    .run();
}

beforeAll(async () => {
  till = await openShop();
  crowded = await openShop();
  await insertCrowd(crowded, CROWD);
  const named: Json[] = [
    { name: "100% Juice", identifiers: [{ kind: "phone", value: "+60123456789" }] },
    { name: "100x Juice", identifiers: [{ kind: "phone", value: "+60123999999" }] },
    { name: "a_b", email: "under_score@example.com" },
    { name: "axb", email: "underxscore@example.com" },
    { name: "back\\slash", identifiers: [{ kind: "qr", value: "QR-%-1" }] },
    { name: "Zoë 🎁 O'Neil", email: "zoe@example.com" },
  ];
  for (const [i, line] of named.entries()) {
    await importCustomer(till, { ...line, number: i + 1, joined_at: "2026-05-01T10:00:00Z" });
  }
});

type Line = Json & { readonly id: number };
const linesOf = (reply: Reply): Line[] => reply.data.customers as Line[];
const search = async (text: string): Promise<unknown[]> => {
  const found = await till.get("/customers", { search: text });
  expect([found.status, found.data.total]).toEqual([200, linesOf(found).length]);
  return linesOf(found).map(({ name }) => name);
};

describe("GET /customers", () => {
  it("lists the objects of the lookups, newest first", async () => {
    const listed = await till.get("/customers");
    expect(Object.keys(listed.data)).toEqual(["customers", "page", "per_page", "total"]);
    expect(linesOf(listed).map(({ id }) => id)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(listed.data).toMatchObject({ page: 1, per_page: 50, total: 6 });
    const one = await till.get("/customers/1");
    expect(JSON.stringify(linesOf(listed)[5])).toBe(JSON.stringify(one.data));
    expect(one.data).toEqual({
      id: 1,
      site_id: 1,
      phone: "+60123456789",
      name: "100% Juice",
      email: null,
      status: "ACTIVE",
      balance_points: 0,
      joined_at: "2026-05-01T10:00:00Z",
      last_earn_at: null,
      last_redeem_at: null,
      last_seen_at: null,
    });
  });

  it("pages through thousands without a loss or a repeat", async () => {
    const seen: number[] = [];
    for (let page = 1; ; page += 1) {
      const query = { page: String(page), per_page: "100", search: "crowd" };
      const listed = await crowded.get("/customers", query);
      expect(listed.data).toMatchObject({ page, per_page: 100, total: CROWD });
      const ids = linesOf(listed).map(({ id }) => id);
      if (ids.length === 0) break;
      expect(ids).toHaveLength(100);
      seen.push(...ids);
    }
    expect(seen).toEqual(Array.from({ length: CROWD }, (_, i) => CROWD - i));
  });

  it("has 50 on a page if nothing else is said, and never more than 100", async () => {
    expect(linesOf(await crowded.get("/customers"))).toHaveLength(50);
    expect(linesOf(await crowded.get("/customers", { per_page: "1" }))).toHaveLength(1);
    const refused = await crowded.get("/customers", { per_page: "101" });
    expect([refused.code, refused.details.field]).toEqual(["INVALID_PARAMETERS", "per_page"]);
  });

  it("is empty behind the last page", async () => {
    const listed = await crowded.get("/customers", { page: "1000000", per_page: "100" });
    expect(listed.data).toMatchObject({ customers: [], total: CROWD });
  });

  it("shows no other merchant's customers", async () => {
    expect(await search("crowd")).toEqual([]);
  });
});

describe("a search for customers", () => {
  it("looks into names and e-mails, and at the beginning of identifiers", async () => {
    expect(await search("juice")).toEqual(["100x Juice", "100% Juice"]);
    expect(await search("ZOE@")).toEqual(["Zoë 🎁 O'Neil"]);
    expect(await search("+601234")).toEqual(["100% Juice"]);
    expect(await search("+60123")).toEqual(["100x Juice", "100% Juice"]);
    expect(await search("23456789")).toEqual([]);
    expect(await search("qr-")).toEqual(["back\\slash"]);
  });

  it("takes every character as itself", async () => {
    expect(await search("100%")).toEqual(["100% Juice"]);
    expect(await search("%")).toEqual(["100% Juice"]);
    expect(await search("a_b")).toEqual(["a_b"]);
    expect(await search("under_")).toEqual(["a_b"]);
    expect(await search("k\\s")).toEqual(["back\\slash"]);
    expect(await search("QR-%")).toEqual(["back\\slash"]);
    expect(await search("🎁")).toEqual(["Zoë 🎁 O'Neil"]);
    expect(await search("o'neil")).toEqual(["Zoë 🎁 O'Neil"]);
    expect(await search("\\%")).toEqual([]);
  });

  it.each(["' OR 1=1 --", "') OR ('1'='1", "x'; DROP TABLE customers; --", "\u0000", "%_%_%"])(
    "runs no SQL of its own: %j finds nobody and harms nothing",
    async (text) => {
      expect(await search(text)).toEqual([]);
      expect(await d1Rows("SELECT COUNT(*) AS count FROM customers")).toEqual([
        { count: CROWD + 6 },
      ]);
    },
  );

  it("may be as long as a name may be", async () => {
    const long = "Very Long Name ".repeat(17).trim();
    await importCustomer(till, { number: 99, name: long });
    expect(await search(long)).toEqual([long]);
    expect(await search("x".repeat(255))).toEqual([]);
    expect(await search("%".repeat(255))).toEqual([]);
    expect(await search("🎁".repeat(127))).toEqual([]);
  });
});

describe("a filter by tier", () => {
  it("takes the name in any case; who never earned is in the lowest", async () => {
    const shop = await openShop();
    const members = [await enrol(shop), await enrol(shop)];
    const [row] = await d1Rows<{ id: string; merchant_id: string }>(
      `SELECT customers.id, merchant_id FROM customers JOIN merchants
       ON merchants.id = merchant_id WHERE slug = ? AND customers.number = ?`,
      shop.slug,
      numberOf(members[1]),
    );
    await env.DB.prepare(
      `INSERT INTO wallets (customer_id, merchant_id, seq, points, tier, holdings, published_at)
       VALUES (?, ?, 2, 100000, 'SILVER', '{}', 0)`,
    )
      .bind(row?.id, row?.merchant_id)
      .run();
    const of = async (tier: string) =>
      linesOf(await shop.get("/customers", { tier })).map(({ id }) => `CUST_${id}`);
    for (const name of ["bronze", "BRONZE", "Bronze"]) expect(await of(name)).toEqual([members[0]]);
    for (const name of ["silver", "SILVER"]) expect(await of(name)).toEqual([members[1]]);
    expect(await of("gold")).toEqual([]);
    expect(await of("platinum")).toEqual([]);
    const both = await shop.get("/customers", { tier: "silver", search: "nobody" });
    expect(both.data.total).toBe(0);
  });
});

describe("GET /customers/{id}", () => {
  it("takes the number in all its forms", async () => {
    for (const id of ["1", "CUST_1", "0001", "CUST_0001"]) {
      expect((await till.get(`/customers/${id}`)).data.id).toBe(1);
    }
  });

  it.each(["999999", "CUST_0", "-1", "1.5", "test_customer_123", "%F0%9F%8E%81", "1%20OR%201=1"])(
    "does not know %s",
    async (id) => {
      for (const path of ["", "/tier", "/transactions"]) {
        const refused = await till.get(`/customers/${id}${path}`);
        expect([refused.status, refused.code]).toEqual([404, "CUSTOMER_NOT_FOUND"]);
      }
    },
  );

  it("does not know another merchant's customer", async () => {
    expect((await till.get(`/customers/${CROWD}`)).code).toBe("CUSTOMER_NOT_FOUND");
  });
});

describe("GET /vouchers/batches", () => {
  it("pages from the newest to the oldest, with counts", async () => {
    const shop = await openShop();
    const terms = { type: "FIXED", value: 5, quantity: 2 };
    const codes: string[] = [];
    for (const name of ["One", "Two", "Three"]) {
      const made = await shop.post("/vouchers/batches", { name, ...terms });
      codes.push(...(made.body.voucher_codes as string[]));
    }
    await shop.post("/vouchers/redeem", { code: codes[0], customer_id: await enrol(shop) });
    const first = await shop.get("/vouchers/batches", { per_page: "2" });
    expect(first.data).toMatchObject({
      batches: [{ batch_id: "BATCH_003" }, { batch_id: "BATCH_002" }],
      page: 1,
      per_page: 2,
      total: 3,
    });
    const second = await shop.get("/vouchers/batches", { per_page: "2", page: "2" });
    expect(second.data.batches).toMatchObject([
      { batch_id: "BATCH_001", name: "One", quantity: 2, redeemed: 1, created_at: isTime },
    ]);
  });
});

const isTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
