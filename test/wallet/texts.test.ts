import { evictDurableObject } from "cloudflare:test";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import ledger from "../../migrations/wallet/0001_ledger.sql";
import corrections from "../../migrations/wallet/0002_corrections.sql";
import type { CommandRequest } from "../../src/core/ledger/commands.ts";
import { openDatabase } from "../../src/wallet/migrator.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { adjust, bill, earn, redeem } from "../support/requests.ts";
import {
  clientOf,
  dumpOf,
  entriesOf,
  expectSoundLedger,
  inside,
  objectOf,
  request,
  rowsOf,
  someOwner,
  useClock,
} from "../support/wallet.ts";

useClock();

const SAID = { description: "Ada's table", extra: { reason: "Ada complained" } };
const WHERE = "SELECT * FROM texts ORDER BY seq";

async function send(owner: Owner, ...commands: readonly CommandRequest[]): Promise<void> {
  for (const command of commands) {
    expect(await clientOf(owner).execute("live", command)).toMatchObject({ ok: true });
  }
}

const erase = () => request({ kind: "status", status: "erased" });

async function shownBy(owner: Owner): Promise<unknown[]> {
  const kinds = ["earn", "redeem", "adjust", "bill"] as const;
  const page = await clientOf(owner).entries({ unit: null, kinds, limit: 50, offset: 0 });
  const before = await clientOf(owner).entriesBefore(99, 50);
  const shown = page.entries.map(({ remarks: { description, extra } }) => ({ description, extra }));
  const moved = before.filter(({ entry }) => (kinds as readonly string[]).includes(entry.kind));
  expect(moved.map(({ entry: { remarks } }) => remarks)).toEqual(
    page.entries.map(({ remarks }) => remarks),
  );
  return shown;
}

describe("what a till writes in its own words", () => {
  it("stands beside the entry, which keeps its salted digest, and is shown with it", async () => {
    const owner = someOwner();
    await send(owner, request(earn(100), { remarks: SAID }));
    const [entry] = await entriesOf(owner);
    expect(JSON.stringify(entry)).not.toContain("Ada");
    const [row] = await rowsOf<{ seq: number; salt: string; texts: string }>(owner, WHERE);
    expect(row).toMatchObject({ seq: 1, salt: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const digest = createHash("sha256").update(`${row?.salt}${row?.texts}`).digest("hex");
    expect(entry).toMatchObject({ texts_seq: 1, texts_digest: digest });
    expect(await shownBy(owner)).toEqual([SAID]);
  });

  it("is kept once for all entries of a command", async () => {
    const owner = someOwner();
    const stamps = { amount: 1, expiresAt: 8_640_000_000_000_000 };
    await send(owner, request(bill(1_000, undefined, [], { stamps }), { remarks: SAID }));
    const entries = await entriesOf(owner);
    expect(entries.map(({ texts_seq }) => texts_seq)).toEqual(entries.map(() => 1));
    expect(entries.length).toBeGreaterThan(2);
    expect(await rowsOf(owner, WHERE)).toHaveLength(1);
    expect(await shownBy(owner)).toEqual(entries.map(() => SAID));
  });

  it("costs nothing where nothing is written", async () => {
    const owner = someOwner();
    await send(owner, request(earn(100)), request(redeem(5)));
    expect(await rowsOf(owner, WHERE)).toEqual([]);
    const places = (await entriesOf(owner)).map(({ texts_seq }) => texts_seq);
    expect(places).toEqual([null, null]);
  });

  it("is the same for two who write the same, and nobody can tell by the digests", async () => {
    const owner = someOwner();
    const said = { remarks: SAID };
    await send(owner, request(earn(100), said), request(adjust(5), said));
    const [one, other] = await entriesOf(owner);
    expect(one?.texts_digest).not.toBe(other?.texts_digest);
  });

  it("is gone with the erasure, and the entries are as they were", async () => {
    const owner = someOwner();
    await send(owner, request(earn(100), { remarks: SAID }), request(redeem(5), { remarks: SAID }));
    const before = await entriesOf(owner);
    await send(owner, erase());
    expect(await rowsOf(owner, WHERE)).toEqual([]);
    expect(await dumpOf(owner)).not.toContain("Ada");
    expect((await entriesOf(owner)).slice(0, 2)).toEqual(before);
    const nothing = { description: undefined, extra: undefined };
    expect(await shownBy(owner)).toEqual([nothing, nothing]);
    await expectSoundLedger(owner);
  });

  it("leaves no row behind in a sandbox", async () => {
    const owner = someOwner();
    await send(owner, request(earn(1)));
    await clientOf(owner).execute("test", request(earn(100), { remarks: SAID }));
    expect(await rowsOf(owner, WHERE)).toEqual([]);
  });

  it("is taken out of the entries of a wallet from before, when it is opened", async () => {
    const owner = someOwner();
    await inside(owner, async (_wallet, { storage }) => {
      await storage.deleteAll();
      storage.sql.exec("CREATE TABLE schema (version INTEGER PRIMARY KEY) STRICT");
      storage.sql.exec(ledger);
      storage.sql.exec(corrections);
      storage.sql.exec("INSERT INTO schema (version) VALUES (1), (2)");
      storage.sql.exec("INSERT INTO owner VALUES (1, ?, ?)", owner.merchant, owner.customer);
      const kept = { ...SAID, purchase: { amount: 5, currency: "EUR" } };
      for (const [seq, remarks] of [{}, kept, { extra: SAID.extra }].entries()) {
        const after = { seq: seq + 1, holdings: {}, tier: null, recordedAt: 1 };
        storage.sql.exec(
          `INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at,
             recorded_at, guard_indexed, source, remarks, after)
           VALUES (?, ?, 'earn', 'point', 0, 0, '[]', 1, 1, 0, '{}', ?, ?)`,
          seq + 1,
          `ent_${seq}`,
          JSON.stringify(remarks),
          JSON.stringify(after),
        );
      }
      expect(openDatabase(storage)).toBe(true);
      const moved = storage.sql.exec("SELECT remarks FROM entries ORDER BY seq").toArray();
      expect(moved.map(({ remarks }) => JSON.parse(String(remarks)))).toEqual([
        {},
        { purchase: kept.purchase },
        {},
      ]);
      expect(() => storage.sql.exec("UPDATE entries SET amount = 1")).toThrow(/immutable/);
    });
    await evictDurableObject(objectOf(owner));
    const nothing = { description: undefined, extra: undefined };
    expect(await shownBy(owner)).toEqual([{ ...nothing, extra: SAID.extra }, SAID, nothing]);
    await send(owner, erase());
    expect(await dumpOf(owner)).not.toContain("Ada");
  });
});
