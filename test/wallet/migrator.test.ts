import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import ledger from "../../migrations/wallet/0001_ledger.sql";
import { migrate, openDatabase } from "../../src/wallet/migrator.ts";
import { walletReader } from "../../src/wallet/reader.ts";
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

const VERSIONS = [1, 2, 3, 4];

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
  it("has brought an object to the newest version when something is first kept", async () => {
    const owner = someOwner();
    expect(await rowsOf(owner, TABLES)).toEqual([]);
    await book(owner, earn(1));
    const tables = await rowsOf(owner, `${TABLES} ORDER BY name`);
    expect(tables.map(({ name }) => name)).toEqual([
      "entries",
      "lots",
      "owner",
      "refusals",
      "schema",
      "texts",
    ]);
    expect(await rowsOf(owner, "SELECT version FROM schema")).toEqual(
      VERSIONS.map((version) => ({ version })),
    );
  });

  it("makes the same database of an empty one, whoever calls it", async () => {
    const owner = someOwner();
    await book(owner, earn(1));
    const schema = "SELECT name, sql FROM sqlite_schema WHERE name NOT GLOB '_cf_*' ORDER BY name";
    const opened = await rowsOf(owner, schema);
    await inEmptyObject((storage) => {
      migrate(storage);
      expect(storage.sql.exec(schema).toArray()).toEqual(opened);
    });
  });

  it("brings a wallet of the first version to the newest, with what it holds", async () => {
    await inEmptyObject((storage) => {
      storage.sql.exec("CREATE TABLE schema (version INTEGER PRIMARY KEY) STRICT");
      storage.sql.exec(ledger);
      storage.sql.exec("INSERT INTO schema (version) VALUES (1)");
      storage.sql.exec(`INSERT INTO entries (seq, id, kind, unit, amount, balance, lots,
        occurred_at, recorded_at, guard_indexed, source, remarks, after)
        VALUES (1, 'ent_1', 'expire', 'point', -5, 0, '[]', 7, 8, 0, '{}', '{}', '{}')`);
      expect(openDatabase(storage)).toBe(true);
      expect(versions(storage)).toEqual(VERSIONS);
      expect(walletReader(storage.sql).ledger().expired("point", 7)).toBe(50);
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
    await book(owner, earn(1));
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
        const version = tables.length === 0 ? 0 : versions(storage).length;
        expect(tables, `after statement ${n}`).toHaveLength(
          [n === 1 ? 0 : 1, 5, 5, 6][version] ?? 0,
        );
        const index = "SELECT 1 FROM sqlite_schema WHERE name = 'entries_expired'";
        expect(storage.sql.exec(index).toArray()).toHaveLength(version >= 2 ? 1 : 0);
      }
      expect(versions(storage)).toEqual(VERSIONS);
      expect(storage.sql.exec(TABLES).toArray()).toHaveLength(6);
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
      expect(versions(storage)).toEqual(VERSIONS);
    });
  });
});

function versions(storage: DurableObjectStorage): SqlStorageValue[] {
  return storage.sql
    .exec("SELECT version FROM schema")
    .toArray()
    .map(({ version }) => version ?? null);
}
