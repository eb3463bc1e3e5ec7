import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { finishInvoices } from "../../../src/services/purchases/sweep.ts";
import { d1Rows } from "../../support/d1.ts";
import { makeShop, registered, type Shop } from "../../support/events.ts";

vi.setConfig({ testTimeout: 30_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const source = { dialect: "imonggo", key: null, site: null, staff: null };
const booking = { lines: [], every: 100, base: 1_000, expiresAt: 253_402_300_799_000, source };
const GOOD = JSON.stringify({ shown: {}, booking });
/** Whoever settles it fails. */
const BROKEN = JSON.stringify({ shown: {} });

let now = 0;

beforeEach(() => {
  now = Date.now();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(async () => {
  vi.restoreAllMocks();
  await env.DB.prepare("DELETE FROM invoices").run();
});

/** Invoices that are kept and were not booked when whoever brought them died an hour ago. */
async function open(shop: Shop, count: number, document: string): Promise<void> {
  const { customer } = await registered(shop);
  const query = `INSERT INTO invoices (id, merchant_id, number, customer_id, amount, document,
      invoiced_at, created_at, updated_at)
    VALUES (?, ?, (SELECT COALESCE(MAX(number), 0) + 1 FROM invoices WHERE merchant_id = ?2),
      ?, 1000, ?, ?5, ?5, ?5)`;
  const rows = Array.from({ length: count }, () =>
    env.DB.prepare(query).bind(`inv_${ulid()}`, shop.id, customer, document, now - HOUR),
  );
  await env.DB.batch(rows);
}

async function numbersOf(shop: Shop): Promise<{ booked: number; tries: number; most: number }> {
  const query = `SELECT COUNT(booked_at) AS booked, SUM(tries) AS tries, MAX(tries) AS most
    FROM invoices WHERE merchant_id = ?`;
  const [row] = await d1Rows<{ booked: number; tries: number; most: number }>(query, shop.id);
  return row ?? { booked: 0, tries: 0, most: 0 };
}

describe("invoices that are kept and not booked", () => {
  it("of one merchant that cannot be booked keep no other's from being booked", async () => {
    const [broken, well] = [await makeShop(), await makeShop()];
    await open(broken, 120, BROKEN);
    await open(well, 3, GOOD);
    await finishInvoices(env, now);
    expect(await numbersOf(well)).toEqual({ booked: 3, tries: 3, most: 1 });
    expect(await numbersOf(broken)).toMatchObject({ booked: 0, most: 1 });
  });

  it("are tried ever more seldom, and booked when they can be", async () => {
    const shop = await makeShop();
    await open(shop, 1, BROKEN);
    const tries: number[] = [];
    for (let hour = 0; hour < 6; hour += 1) {
      for (let at = 0; at < 60; at += 5) {
        await finishInvoices(env, now);
        now += 5 * MINUTE;
      }
      tries.push((await numbersOf(shop)).tries);
    }
    expect(tries[0]).toBeLessThanOrEqual(6);
    expect((tries[5] ?? 0) - (tries[0] ?? 0)).toBeLessThanOrEqual(4);
    const mend = "UPDATE invoices SET document = ? WHERE merchant_id = ?";
    await env.DB.prepare(mend).bind(GOOD, shop.id).run();
    now += 5 * HOUR;
    await finishInvoices(env, now);
    expect(await numbersOf(shop)).toMatchObject({ booked: 1 });
  });
});
