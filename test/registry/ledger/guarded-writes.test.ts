import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { database } from "../../../src/registry/database.ts";
import {
  bindRequest,
  findRequest,
  keepRequest,
  sweepRequests,
} from "../../../src/registry/ledger/guarded-writes.ts";
import { requests } from "../../../src/registry/ledger/schema.ts";
import { unitOfWork } from "../../../src/registry/unit-of-work.ts";

const db = database(env, "mer_1");
const NOW = 1_000_000;
const LIFE = 1000;

const row = (key: string, rest: object = {}) => ({
  merchantId: "mer_1",
  key,
  fingerprint: "POST /x",
  outcome: { id: 1 },
  expiresAt: NOW + LIFE,
  ...rest,
});

/** Keeps an answer together with another write; whether it was the first. */
async function keep(key: string, rest: object = {}, now = NOW): Promise<boolean> {
  const work = unitOfWork(db, "live");
  work.add(
    db
      .insert(requests)
      .values(row(`written with ${key}`))
      .onConflictDoNothing(),
  );
  work.addConditional(keepRequest(db, row(key, { expiresAt: now + LIFE, ...rest }), now));
  return work.commit();
}

async function bind(key: string, rest: object = {}): Promise<void> {
  await unitOfWorkOf(bindRequest(db, row(key, { outcome: null, ...rest })));
}

async function unitOfWorkOf(write: ReturnType<typeof sweepRequests>): Promise<void> {
  const work = unitOfWork(db, "live");
  work.add(write);
  await work.commit();
}

const find = (key: string, now = NOW) => findRequest(db, "mer_1", key, now);

beforeEach(async () => {
  await db.delete(requests);
});

describe("a kept answer", () => {
  it("is found by merchant and key", async () => {
    expect(await keep("k")).toBe(true);
    expect(await find("k")).toEqual({ fingerprint: "POST /x", outcome: { id: 1 } });
    expect(await findRequest(db, "mer_2", "k", NOW)).toBeUndefined();
    expect(await find("K")).toBeUndefined();
  });

  it("is found until its time is over", async () => {
    await keep("k");
    expect(await find("k", NOW + LIFE - 1)).toBeDefined();
    expect(await find("k", NOW + LIFE + 1)).toBeUndefined();
  });

  it("is kept once of two with one key; what comes with the other is not written", async () => {
    expect(await keep("k", { outcome: "first" })).toBe(true);
    await db.delete(requests).where(eq(requests.key, "written with k"));
    expect(await keep("k", { outcome: "second" })).toBe(false);
    expect(await find("k")).toMatchObject({ outcome: "first" });
    expect(await find("written with k")).toBeUndefined();
  });

  it("is kept once of ten at once", async () => {
    const calls = Array.from({ length: 10 }, (_, i) => keep("k", { outcome: i }));
    const kept = await Promise.all(calls);
    expect(kept.filter((first) => first)).toHaveLength(1);
    expect(await find("k")).toMatchObject({ outcome: kept.indexOf(true) });
  });

  it("makes room for another when its time is over", async () => {
    await keep("k", { outcome: "old" });
    const later = NOW + 5 * LIFE;
    expect(await keep("k", { outcome: "new" }, later)).toBe(true);
    expect(await find("k", later)).toMatchObject({ outcome: "new" });
  });
});

describe("a bound key", () => {
  it("may still get its first answer, for the same request only", async () => {
    await bind("k");
    expect(await find("k")).toEqual({ fingerprint: "POST /x", outcome: null });
    expect(await keep("k", { fingerprint: "POST /y" })).toBe(false);
    expect(await keep("k")).toBe(true);
    expect(await find("k")).toEqual({ fingerprint: "POST /x", outcome: { id: 1 } });
  });

  it("stays bound to what it was first used for", async () => {
    await bind("k");
    await bind("k", { fingerprint: "POST /y" });
    expect(await find("k")).toMatchObject({ fingerprint: "POST /x" });
  });

  it("does not lose an answer to a later binding", async () => {
    await keep("k");
    await bind("k");
    expect(await find("k")).toMatchObject({ outcome: { id: 1 } });
  });
});

describe("a sweep", () => {
  it("takes what is over, and nothing else", async () => {
    for (let i = 0; i < 5; i += 1) await bind(`old ${i}`);
    await bind("young", { expiresAt: NOW + 9 * LIFE });
    await unitOfWorkOf(sweepRequests(db, NOW + 5 * LIFE));
    const rows = await db.select({ key: requests.key }).from(requests);
    expect(rows).toEqual([{ key: "young" }]);
  });

  it("takes no more than some at a time", async () => {
    for (let i = 0; i < 30; i += 1) await bind(`old ${i}`);
    await unitOfWorkOf(sweepRequests(db, NOW + 5 * LIFE));
    const rows = await db.select({ key: requests.key }).from(requests);
    expect(rows).toHaveLength(10);
  });
});
