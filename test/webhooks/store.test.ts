import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import type { OutgoingEvent } from "../../src/webhooks/client.ts";
import { endpointStore } from "../../src/webhooks/store.ts";
import { START } from "../support/wallet.ts";
import { Endpoint, eventOf, someEvent, useReceivers } from "../support/webhooks.ts";

vi.setConfig({ testTimeout: 60_000 });

useReceivers();

const HOUR = 3_600_000;
const KEPT = 72 * HOUR;
const made = { durationMs: 5, status: 204, response: "", failure: null };
const DELIVERED = { state: "delivered", failures: 0, nextAt: null } as const;

interface Used {
  readonly query: string;
  readonly bindings: readonly SqlStorageValue[];
  readonly cursor: SqlStorageCursor<Record<string, SqlStorageValue>>;
}

/** A storage that keeps a list of the statements that are run on it. */
function recorded(storage: DurableObjectStorage): { storage: DurableObjectStorage; used: Used[] } {
  const used: Used[] = [];
  const sql = new Proxy(storage.sql, {
    get(target, name) {
      if (name !== "exec") return Reflect.get(target, name, target);
      return (query: string, ...bindings: SqlStorageValue[]) => {
        const cursor = target.exec(query, ...bindings);
        used.push({ query, bindings, cursor });
        return cursor;
      };
    },
  });
  const proxy = new Proxy(storage, {
    get(target, name) {
      if (name === "sql") return sql;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { storage: proxy, used };
}

async function inObject<T>(work: (storage: DurableObjectStorage) => T): Promise<T> {
  const endpoint = await Endpoint.make("/a");
  await endpoint.configure({});
  return runInDurableObject(endpoint.object, (_it, { storage }) => work(storage));
}

/** Every statement that a delivery's life takes, and what each read and wrote. */
function life(storage: DurableObjectStorage, seq: number, now: number): Used[] {
  const { storage: watched, used } = recorded(storage);
  const store = endpointStore(watched);
  used.length = 0;
  // Behind all others in a page, whose size else hangs on the order of ids of one millisecond.
  const one = { ...eventOf("cus_1", seq, "points.earned"), id: `evt_Z${seq}` };
  const other = { ...eventOf("cus_2", seq + 1), id: `evt_Z${seq + 1}` };
  store.add([one, other], now);
  store.fresh(500);
  store.find(one.id);
  store.settle(one.id, { at: now, ...made }, DELIVERED);
  const failed = { at: now, ...made, failure: "no", status: 500 };
  store.settle(other.id, failed, { state: "pending", failures: 1, nextAt: now });
  store.due(now, 500);
  store.nextAt(now);
  store.settle(other.id, failed, { state: "failed", failures: 10, nextAt: null });
  store.reopen(one.id, now, one.body);
  store.settle(one.id, { at: now, ...made }, DELIVERED);
  store.page({ event: one.id, limit: 1, before: null });
  store.page({ event: null, limit: 10, before: null });
  store.page({ event: null, limit: 10, before: one.id });
  store.sweep(now - 1_000 * HOUR, KEPT);
  store.nextDrop(KEPT);
  store.state();
  return used;
}

const costs = (used: readonly Used[]) =>
  used.map(({ cursor }) => [...cursor].length + cursor.rowsRead + cursor.rowsWritten);

const NUMBERED = 100_000;

describe("an endpoint's object", () => {
  it("scans nothing in any statement of a delivery's life", async () => {
    const plans = await inObject((storage) =>
      life(storage, 1, START).map(({ query, bindings }) => ({
        query,
        steps: [
          ...storage.sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...bindings),
        ].map(({ detail }) => detail),
      })),
    );
    expect(plans.length).toBeGreaterThan(15);
    // Reads that begin at an end of an index and stop at their limit, and the single row of state.
    const bounded =
      /^SCAN (?:endpoint|deliveries(?: USING INDEX deliveries_(?:delivered|failed))?)$/;
    for (const { query, steps } of plans) {
      const scans = steps.filter((step) => /SCAN|TEMP B-TREE/.test(step));
      const allowed = / LIMIT \S+$/.test(query) || query.endsWith("FROM endpoint");
      expect([query, scans.filter((step) => !(allowed && bounded.test(step)))]).toEqual([
        query,
        [],
      ]);
    }
  });

  it("keeps three days of 100,000 deliveries, and none costs more than the first", async () => {
    const { before, after, most, left, bytes } = await inObject((storage) => {
      const store = endpointStore(storage);
      const some = Array.from({ length: 20 }, (_, i) => eventOf("cus_1", i + 1));
      store.add(some, START);
      for (const { id } of some) store.settle(id, { at: START, ...made }, DELIVERED);
      const first = costs(life(storage, 1, START));
      const perHour = 500;
      let highest = 0;
      let now = START;
      for (let hour = 0; hour < NUMBERED / perHour; hour += 1) {
        now = START + hour * HOUR;
        const events = Array.from({ length: perHour }, (_, i): OutgoingEvent => {
          const id = `evt_${String(hour).padStart(6, "0")}${String(i).padStart(6, "0")}`;
          return { ...eventOf(`cus_${i % 50}`, hour * perHour + i + 10), id };
        });
        store.add(events, now);
        for (const { id } of events) store.settle(id, { at: now, ...made }, DELIVERED);
        while (store.sweep(now, KEPT));
        const count = "SELECT COUNT(*) AS n FROM deliveries";
        highest = Math.max(highest, storage.sql.exec<{ n: number }>(count).one().n);
      }
      const last = costs(life(storage, NUMBERED * 2, now));
      const size = storage.sql.databaseSize;
      const end = now + KEPT;
      let sweeps = 1;
      while (store.sweep(end, KEPT)) sweeps += 1;
      return { before: first, after: last, most: highest, left: sweeps, bytes: size };
    });
    console.info(
      `100,000 deliveries: at most ${most} rows, ${bytes} bytes; sweeps of all: ${left}`,
    );
    expect(after).toEqual(before);
    expect(most).toBeLessThanOrEqual(72 * 500 + 522);
    expect(bytes / most).toBeLessThan(600);
  });

  it("works off a backlog of what it kept too long, sweep after sweep", async () => {
    const endpoint = await Endpoint.make("/a");
    await endpoint.send([someEvent()]);
    await runInDurableObject(endpoint.object, (_it, { storage }) => {
      storage.sql.exec(
        `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         INSERT INTO deliveries (event, type, body, state, failures, created_at, tries)
         SELECT 'evt_old' || i, 'points.earned', '{}', 'delivered', 0, ?, '[]' FROM n`,
        Date.now() - 4 * 24 * HOUR,
      );
    });
    const count = () =>
      runInDurableObject(
        endpoint.object,
        (_it, { storage }) =>
          storage.sql.exec<{ n: number }>("SELECT COUNT(*) AS n FROM deliveries").one().n,
      );
    let rings = 0;
    for (; (await count()) > 1 && rings < 10; rings += 1) await endpoint.ring();
    expect(await count()).toBe(1);
    expect(rings).toBeLessThanOrEqual(5);
    await endpoint.ring();
    const alarm = await endpoint.alarm();
    expect(alarm).toBeGreaterThan(Date.now() + 71 * HOUR);
  });

  it("that was made before there were these columns goes on where it was", async () => {
    const kept = await inObject((storage) => {
      storage.sql.exec("DROP TABLE deliveries");
      storage.sql.exec(`CREATE TABLE deliveries (event TEXT PRIMARY KEY, type TEXT NOT NULL,
        body TEXT NOT NULL, state TEXT NOT NULL, failures INTEGER NOT NULL, next_at INTEGER,
        created_at INTEGER NOT NULL, tries TEXT NOT NULL) STRICT, WITHOUT ROWID`);
      const insert = "INSERT INTO deliveries VALUES (?, 'ping', '{}', ?, 0, NULL, ?, '[]')";
      for (const state of ["pending", "delivered", "failed"]) {
        storage.sql.exec(insert, `evt_${state}`, state, START);
      }
      const store = endpointStore(storage);
      const fresh = store.fresh(10).map(({ event }) => event);
      const resent = store.reopen("evt_delivered", START, "");
      store.sweep(START + KEPT, KEPT);
      store.sweep(START + 31 * 24 * HOUR, KEPT);
      const page = store.page({ event: null, limit: 10, before: null }).deliveries;
      return { fresh, resent, left: page.map(({ event, state }) => [event, state]) };
    });
    expect(kept).toEqual({
      fresh: ["evt_pending"],
      resent: true,
      left: [
        ["evt_pending", "pending"],
        ["evt_delivered", "pending"],
      ],
    });
  });
});
