import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/wallet/migrator.ts";
import { DAY, earn } from "../support/requests.ts";
import { countRows, failAt, StorageFailure, statementsOf } from "../support/statements.ts";
import {
  book,
  dumpOf,
  dumpStorage,
  expectSoundLedger,
  inside,
  objectOf,
  rowsOf,
  START,
  someOwner,
  useClock,
} from "../support/wallet.ts";

useClock();

const TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*'";

/** Runs `work` in an object whose database is as empty as that of one that was never called. */
async function inEmptyObject(
  work: (storage: DurableObjectStorage) => void | Promise<void>,
): Promise<void> {
  await inside(someOwner(), async (_wallet, { storage }) => {
    await storage.deleteAll();
    expect(storage.sql.exec(TABLES).toArray()).toEqual([]);
    await work(storage);
  });
}

function failure(work: () => void): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}

describe("the migrator", () => {
  it("has brought a fresh object to the newest version when it is first called", async () => {
    const owner = someOwner();
    const tables = await rowsOf(owner, `${TABLES} ORDER BY name`);
    expect(tables.map(({ name }) => name)).toEqual([
      "entries",
      "lots",
      "owner",
      "refusals",
      "schema",
    ]);
    expect(await rowsOf(owner, "SELECT version FROM schema")).toEqual([{ version: 1 }]);
  });

  it("makes the same database of an empty one, whoever calls it", async () => {
    const opened = await dumpOf(someOwner());
    await inEmptyObject(async (storage) => {
      migrate(storage);
      expect(await dumpStorage(storage)).toBe(opened);
    });
  });

  it("runs nothing twice when the object is opened again", async () => {
    const owner = someOwner();
    await book(owner, earn(100, START + DAY));
    const before = await dumpOf(owner);
    await evictDurableObject(objectOf(owner));
    expect(await dumpOf(owner)).toBe(before);
    await inside(owner, (_wallet, { storage }) => {
      const statements = statementsOf(storage, () => migrate(storage));
      expect(statements).toHaveLength(2);
      expect(statements.join()).not.toContain("entries");
      expect(countRows(storage, () => migrate(storage)).written).toBe(0);
    });
    await expectSoundLedger(owner);
  });

  it("leaves a database of a newer version alone", async () => {
    const owner = someOwner();
    await inside(owner, async (_wallet, { storage }) => {
      storage.sql.exec("INSERT INTO schema (version) VALUES (99)");
      const before = await dumpStorage(storage);
      migrate(storage);
      expect(await dumpStorage(storage)).toBe(before);
    });
  });

  it("leaves version and tables consistent, whichever statement it dies at", async () => {
    await inEmptyObject(async (storage) => {
      for (let n = 1; ; n += 1) {
        const failed = failure(() => failAt(storage, n, () => migrate(storage)));
        if (failed === null) break;
        expect(failed).toBeInstanceOf(StorageFailure);
        const tables = storage.sql.exec(TABLES).toArray();
        expect(tables, `after statement ${n}`).toEqual(n === 1 ? [] : [{ name: "schema" }]);
        expect(tables.length === 0 || versions(storage).length === 0).toBe(true);
      }
      expect(versions(storage)).toEqual([1]);
      expect(storage.sql.exec(TABLES).toArray()).toHaveLength(5);
    });
  });

  it("leaves nothing of a script behind that fails half-way", async () => {
    await inEmptyObject((storage) => {
      storage.sql.exec("CREATE TABLE lots (in_the_way TEXT)");
      expect(() => migrate(storage)).toThrow(/already exists/);
      const tables = storage.sql.exec(TABLES).toArray();
      expect(tables.map(({ name }) => name).sort()).toEqual(["lots", "schema"]);
      expect(versions(storage)).toEqual([]);
      storage.sql.exec("DROP TABLE lots");
      migrate(storage);
      expect(versions(storage)).toEqual([1]);
    });
  });
});

function versions(storage: DurableObjectStorage): SqlStorageValue[] {
  return storage.sql
    .exec("SELECT version FROM schema")
    .toArray()
    .map(({ version }) => version ?? null);
}
