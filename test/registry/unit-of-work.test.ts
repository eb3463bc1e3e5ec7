import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { database } from "../../src/registry/database.ts";
import { requests } from "../../src/registry/ledger/schema.ts";
import { unitOfWork } from "../../src/registry/unit-of-work.ts";
import { brokenDatabase, countingDatabase } from "../support/http-storage.ts";

const db = database(env, "mer_1");

const put = (key: string, outcome: unknown = null) =>
  db.insert(requests).values({ merchantId: "m", key, fingerprint: "f", outcome, expiresAt: 1 });

async function keys(): Promise<string[]> {
  return (await db.select({ key: requests.key }).from(requests).orderBy(requests.key)).map(
    (row) => row.key,
  );
}

beforeEach(async () => {
  await db.delete(requests);
});

describe("a unit of work", () => {
  it("commits all its writes, in the order in which they were added", async () => {
    const work = unitOfWork(db, "live");
    work.add(put("a"), put("b"));
    work.add(db.delete(requests));
    work.add(put("c"));
    expect(await work.commit()).toBe(true);
    expect(await keys()).toEqual(["c"]);
  });

  it("writes nothing before it is committed", async () => {
    unitOfWork(db, "live").add(put("a"));
    expect(await keys()).toEqual([]);
  });

  it("is one batch, however many writes there are", async () => {
    const { database: DB, take } = countingDatabase();
    const counted = database({ ...env, DB }, "mer_1");
    const work = unitOfWork(counted, "live");
    const row = { merchantId: "m", fingerprint: "f", expiresAt: 1 };
    for (const key of ["a", "b", "c"]) work.add(counted.insert(requests).values({ ...row, key }));
    take();
    await work.commit();
    // Three statements are prepared for one batch.
    expect(take()).toBe(4);
    expect(await keys()).toEqual(["a", "b", "c"]);
  });

  it("answers false and writes nothing when somebody else was first", async () => {
    await put("taken");
    const work = unitOfWork(db, "live");
    work.add(put("a"), put("taken"), put("b"));
    expect(await work.commit()).toBe(false);
    expect(await keys()).toEqual(["taken"]);
  });

  it("answers true when there is nothing to write", async () => {
    expect(await unitOfWork(db, "live").commit()).toBe(true);
  });

  it("does not write again what it has written", async () => {
    const work = unitOfWork(db, "live");
    work.add(put("a"));
    expect(await work.commit()).toBe(true);
    expect(await work.commit()).toBe(true);
    expect(await keys()).toEqual(["a"]);
  });

  it("answers false and writes nothing when a conditional write changed nothing", async () => {
    await put("a");
    for (const key of ["b", "a"]) {
      const work = unitOfWork(db, "live");
      work.add(put(`with ${key}`));
      work.addConditional(db.delete(requests).where(eq(requests.key, key)));
      expect(await work.commit()).toBe(key === "a");
    }
    expect(await keys()).toEqual(["with a"]);
  });

  it("answers false and writes nothing when a conditional write changed too much", async () => {
    await db.batch([put("a"), put("b")] as never);
    const work = unitOfWork(db, "live");
    work.addConditional(db.delete(requests));
    expect(await work.commit()).toBe(false);
    expect(await keys()).toEqual(["a", "b"]);
  });

  it("commits a conditional write that changed as many rows as it must, and no other", async () => {
    await db.batch([put("a"), put("b")] as never);
    for (const rows of [1, 3, 0, 2]) {
      const work = unitOfWork(db, "live");
      work.addConditional(db.delete(requests), rows);
      expect(await work.commit()).toBe(rows === 2);
    }
    expect(await keys()).toEqual([]);
  });

  it("throws on every other failure, and has written nothing", async () => {
    const work = unitOfWork(db, "live");
    const broken = {
      merchantId: "m",
      key: "b",
      fingerprint: null as unknown as string,
      expiresAt: 1,
    };
    work.add(put("a"), db.insert(requests).values(broken));
    await expect(work.commit()).rejects.toThrow();
    expect(await keys()).toEqual([]);
    const unreachable = database({ ...env, DB: brokenDatabase() }, "mer_1");
    const lost = unitOfWork(unreachable, "live");
    lost.add(put("a"));
    await expect(lost.commit()).rejects.toThrow();
  });
});

describe("a unit of work in test mode", () => {
  it("writes nothing and says that it did", async () => {
    await put("taken");
    const work = unitOfWork(db, "test");
    work.add(put("a"), put("taken"), db.delete(requests));
    expect(await work.commit()).toBe(true);
    expect(await keys()).toEqual(["taken"]);
  });

  it("does not even ask D1", async () => {
    const { database: DB, take } = countingDatabase();
    const counted = database({ ...env, DB }, "mer_1");
    const work = unitOfWork(counted, "test");
    work.add(counted.delete(requests));
    take();
    await work.commit();
    expect(take()).toBe(0);
  });
});
