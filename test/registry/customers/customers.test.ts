import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { beforeAll, describe, expect, it } from "vitest";
import { makeId } from "../../../src/core/ids.ts";
import type { CustomerRow, Identifier } from "../../../src/registry/customers/customers.ts";
import {
  giveIdentifier,
  insertCustomer,
  readCustomer,
  readReferenceCodes,
  replaceIdentifier,
  searchCustomers,
  updateCustomer,
} from "../../../src/registry/customers/customers.ts";
import { eraseCustomerWrites } from "../../../src/registry/customers/erasure.ts";
import { pageCustomers } from "../../../src/registry/customers/listing.ts";
import { findMember, findNamesakes } from "../../../src/registry/customers/members.ts";
import { listCustomerWindow } from "../../../src/registry/customers/windows.ts";
import type { Write } from "../../../src/registry/database.ts";
import { database } from "../../../src/registry/database.ts";
import { unitOfWork } from "../../../src/registry/unit-of-work.ts";
import { d1Rows, recordingDatabase } from "../../support/d1.ts";

const db = database(env, "directory");
const NOW = Date.parse("2026-01-15T10:00:00Z");

/** What leaves nobody out. */
const SEARCH = { name: null, email: null, identifiers: [] };
const ALL = { search: null, tier: null, lowestTier: null };
const WINDOW = {
  activeOnly: false,
  since: 0,
  until: NOW + 1,
  code: null,
  alternateCode: null,
  email: null,
  mobile: null,
  telephone: null,
  name: null,
};

/** Commits one conditional write; whether it changed a row. */
async function wins(write: Write): Promise<boolean> {
  const work = unitOfWork(db, "live");
  work.addConditional(write);
  return work.commit();
}

async function someone(own: readonly Identifier[] = []): Promise<CustomerRow> {
  const row = {
    id: makeId("cus", ulid()),
    merchantId: makeId("mer", ulid()),
    number: 1,
    status: "active",
    siteId: null,
    name: "Ada",
    email: null,
    birthDate: null,
    attributes: {},
    joinedAt: NOW,
    lastSeenAt: null,
    createdAt: NOW,
    updatedAt: NOW,
    password: null,
  } as const;
  const work = unitOfWork(db, "live");
  work.add(...insertCustomer(db, row, own));
  await work.commit();
  return row;
}

/** Erases somebody within the millisecond of the last change. */
async function erase({ id, merchantId }: CustomerRow): Promise<void> {
  const { conditional, others } = eraseCustomerWrites(db, merchantId, id, NOW);
  const work = unitOfWork(db, "live");
  work.addConditional(conditional);
  work.add(...others);
  expect(await work.commit()).toBe(true);
}

const code = (value: string) => ({ kind: "reference_code", value }) as const;

describe("a change of a profile", () => {
  it("is refused when somebody else changed it since it was read", async () => {
    const row = await someone();
    const changed = { ...row, name: "Grace", updatedAt: NOW + 1 };
    expect(await wins(updateCustomer(db, changed, NOW))).toBe(true);
    expect(await wins(updateCustomer(db, { ...changed, name: "Joan" }, NOW))).toBe(false);
    const kept = await readCustomer(db, row.merchantId, row.id);
    expect(kept?.name).toBe("Grace");
  });

  it("is refused once the customer is erased, even within one millisecond", async () => {
    const row = await someone();
    await erase(row);
    const changed = { ...row, name: "Grace", updatedAt: NOW + 1 };
    expect(await wins(updateCustomer(db, changed, NOW))).toBe(false);
    expect(await readCustomer(db, row.merchantId, row.id)).toBeUndefined();
  });

  it("is another merchant's to refuse", async () => {
    const row = await someone();
    const stranger = { ...row, merchantId: makeId("mer", ulid()), updatedAt: NOW + 1 };
    expect(await wins(updateCustomer(db, stranger, NOW))).toBe(false);
  });
});

describe("a customer as it is read", () => {
  const phone = (value: string) => ({ kind: "phone", value }) as const;

  it("has all identifiers, first given first, and nothing to sign in with", async () => {
    const own = [phone("+60111000002"), code("1000000000000009"), phone("+60111000001")];
    const row = await someone(own);
    const read = await readCustomer(db, row.merchantId, row.id);
    expect(read?.identifiers).toEqual(own);
    expect(read).not.toHaveProperty("password");
    expect(await searchCustomers(db, row.merchantId, SEARCH, 2)).toEqual([read]);
    expect(await findMember(db, row.merchantId, row.number)).toEqual(read);
    expect((await pageCustomers(db, row.merchantId, ALL, 2, 0)).rows).toEqual([read]);
    const slice = { limit: 2, offset: 0 };
    expect(await listCustomerWindow(db, row.merchantId, WINDOW, slice)).toEqual([read]);
  });

  it("has no identifiers of another merchant's", async () => {
    const [row, other] = [await someone(), await someone()];
    const stranger = { ...row, merchantId: other.merchantId };
    const work = unitOfWork(db, "live");
    work.add(...replaceIdentifier(db, stranger, "phone", "+60111000003", NOW));
    expect(await work.commit()).toBe(true);
    expect((await readCustomer(db, row.merchantId, row.id))?.identifiers).toEqual([]);
  });
});

describe("a first identifier of its kind", () => {
  it("is given once", async () => {
    const row = await someone();
    expect(await wins(giveIdentifier(db, row, code("1000000000000001"), NOW))).toBe(true);
    expect(await wins(giveIdentifier(db, row, code("1000000000000002"), NOW))).toBe(false);
    const kept = await readCustomer(db, row.merchantId, row.id);
    expect(kept?.identifiers).toEqual([code("1000000000000001")]);
  });

  it("is not given to somebody erased, nor to another merchant's customer", async () => {
    const [gone, other] = [await someone(), await someone()];
    await erase(gone);
    expect(await wins(giveIdentifier(db, gone, code("1000000000000003"), NOW))).toBe(false);
    const stranger = { ...other, merchantId: gone.merchantId };
    expect(await wins(giveIdentifier(db, stranger, code("1000000000000003"), NOW))).toBe(false);
  });
});

/** How SQLite goes about the statements that a call makes. */
async function plansOf(call: (watched: typeof db) => Promise<unknown>): Promise<string> {
  const { DB, statements } = recordingDatabase();
  await call(database({ ...env, DB }, "directory"));
  const plans = statements.map(async (statement) => {
    const values = Array.from(statement.matchAll(/\?/g), () => "[]");
    const explain = env.DB.prepare(`EXPLAIN QUERY PLAN ${statement}`).bind(...values);
    const { results } = await explain.all<{ detail: string }>();
    return results.map(({ detail }) => detail).join("\n");
  });
  return (await Promise.all(plans)).join("\n");
}

describe("a look-up of customers", () => {
  // A list that is known to be empty is not read.
  beforeAll(async () => {
    await d1Rows("INSERT INTO customer_blocks VALUES ('mer_1', 0, '', 1, 1, 1)");
  });

  const ofNumber = "customers_number";

  it.each([
    ["an identifier", { ...SEARCH, identifiers: [code("1")] }],
    ["an e-mail", { ...SEARCH, email: "a@b.co" }],
    ["both and a name", { name: "A", email: "a@b.co", identifiers: [code("1")] }],
  ])("goes through none but those it finds by %s", async (_by, search) => {
    const plan = await plansOf((watched) => searchCustomers(watched, "mer_1", search, 10));
    expect(plan).not.toContain(ofNumber);
    expect(plan).not.toMatch(/SCAN (customers|identifiers)/);
  });

  it.each<[string, (watched: typeof db) => Promise<unknown>, RegExp]>([
    ["an id", (watched) => readCustomer(watched, "mer_1", "cus_1"), /autoindex_customers_1 \(id=/],
    ["a number", (watched) => findMember(watched, "mer_1", 1), /merchant_id=\? AND number=/],
    ["a name", (watched) => findNamesakes(watched, "mer_1", "Ada", 2), /number \(merchant_id=/],
    ["a page", (watched) => pageCustomers(watched, "mer_1", ALL, 9, 0), /number \(merchant_id=/],
    [
      "a window",
      (watched) => listCustomerWindow(watched, "mer_1", WINDOW, { limit: 9, offset: 0 }),
      /number \(merchant_id=/,
    ],
  ])("by %s goes from each customer to what belongs to that one", async (_by, call, index) => {
    const plan = await plansOf(call);
    expect(plan).toMatch(index);
    expect(plan).toMatch(/autoindex_wallets_1 \(customer_id=/);
    expect(plan).toMatch(/customer_types_merchant \(merchant_id=\? AND id=/);
    expect(plan).toMatch(/identifiers_customer \(customer_id=/);
    expect(plan).not.toMatch(/SCAN (?!\()/);
  });

  it("finds identifiers and codes by the customers' ids", async () => {
    const plan = await plansOf(async (watched) => {
      await searchCustomers(watched, "mer_1", SEARCH, 10);
      await readReferenceCodes(watched, "mer_1", ["cus_1"]);
    });
    expect(plan.match(/identifiers_customer/g)).toHaveLength(2);
    expect(plan.match(/customers_number/g)).toHaveLength(1);
  });
});
