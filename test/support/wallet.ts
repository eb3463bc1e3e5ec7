import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { afterEach, beforeEach, expect, vi } from "vitest";
import type { Unit } from "../../src/core/amount.ts";
import type { LoyaltyError } from "../../src/core/errors.ts";
import { makeId } from "../../src/core/ids.ts";
import type { Command, CommandRequest, Guard, Reference } from "../../src/core/ledger/commands.ts";
import type { Receipt } from "../../src/core/ledger/entries.ts";
import { DEBT, holdingOf } from "../../src/core/ledger/entries.ts";
import type { Program } from "../../src/core/program/program.ts";
import type { Result } from "../../src/core/result.ts";
import { SWEEP_AHEAD_MS } from "../../src/events/client.ts";
import { Projector } from "../../src/events/projector.ts";
import type { Outcome, WalletClient } from "../../src/wallet/client.ts";
import { walletName, walletOf } from "../../src/wallet/client.ts";
import type { Wallet } from "../../src/wallet/object.ts";
import type { EntryRow, LotRow, Owner } from "../../src/wallet/rows.ts";
import { toHead } from "../../src/wallet/rows.ts";
import { DAY, program, requestFor, TIERS, UNITS } from "./requests.ts";

/** So far ahead of the machine's clock that no alarm goes off by itself. */
export const START = Date.UTC(2060, 0, 1);
export const HOUR = 3_600_000;

/** How long a wallet gathers entries before it publishes them. */
export const PUBLISH_DELAY = Number(env.GUERDON_PUBLISH_DELAY_MS);

/** What a row may hold. */
export type Row = Record<string, SqlStorageValue>;

/** Where taking back may leave a debt. */
export const DEBT_PROGRAM: Program = program({ allowDebt: true });

/** Tiers at 0, 100 and 500 points. */
export const TIER_PROGRAM: Program = program({ tiers: TIERS });

/** Somebody whose wallet nobody has called yet. */
export function someOwner(): Owner {
  return { merchant: makeId("mer", ulid()), customer: makeId("cus", ulid()) };
}

/** The object behind an owner's wallet. */
export function objectOf(owner: Owner): DurableObjectStub<Wallet> {
  return env.WALLETS.getByName(walletName(owner));
}

/** The client that services use. */
export function clientOf(owner: Owner): WalletClient {
  return walletOf(env, owner);
}

/** A command as a service would send it: now, from a till, without reference or guard. */
export function request(command: Command, given: Partial<CommandRequest> = {}): CommandRequest {
  return requestFor(command, { id: ulid(), ...given });
}

export function reference(key: string, operation = "earn", fingerprint = "content"): Reference {
  return { operation, key, fingerprint };
}

/** A signature as it is bound to a path; it holds for ten minutes. */
export function signature(key: string, path = "POST /points/earn"): Guard {
  return { kind: "signature", key: `signature/${key}`, fingerprint: path, keepMs: 600_000 };
}

/** An idempotency key with a fingerprint of the content; it holds for a day. */
export function idempotencyKey(key: string, content = "content"): Guard {
  return { kind: "idempotency_key", key: `key/${key}`, fingerprint: content, keepMs: DAY };
}

/** The outcome of a command that must have been booked. */
export function booked(answer: Result<Outcome | null, LoyaltyError>): Outcome {
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
  if (answer.value === null) throw new Error("nothing was booked");
  return answer.value;
}

/** The error of a command that must have been refused. */
export function refusal(answer: Result<Outcome | null, LoyaltyError>): LoyaltyError {
  if (answer.ok) throw new Error(`booked: ${JSON.stringify(answer.value)}`);
  return answer.error;
}

/** Books a command that must succeed; answers its receipt. */
export async function book(
  owner: Owner,
  command: Command,
  given: Partial<CommandRequest> = {},
): Promise<Receipt> {
  return booked(await clientOf(owner).execute("live", request(command, given))).receipt;
}

/** A balance as the wallet shows it. */
export async function balanceOf(owner: Owner, unit: Unit = "point"): Promise<number> {
  const { head } = await clientOf(owner).view(0);
  return holdingOf(head, unit).balance;
}

/** Runs `work` inside the owner's object. */
export function inside<T>(
  owner: Owner,
  work: (wallet: Wallet, state: DurableObjectState) => T | Promise<T>,
): Promise<T> {
  return runInDurableObject(objectOf(owner), work);
}

/** Reads rows of the object's private database. */
export function rowsOf<T extends Row = Row>(
  owner: Owner,
  query: string,
  ...values: SqlStorageValue[]
): Promise<T[]> {
  return inside(owner, (_wallet, { storage }) => [...storage.sql.exec<T>(query, ...values)]);
}

export function entriesOf(owner: Owner): Promise<EntryRow[]> {
  return rowsOf<EntryRow>(owner, "SELECT * FROM entries ORDER BY seq");
}

export function lotsOf(owner: Owner): Promise<LotRow[]> {
  return rowsOf<LotRow>(owner, "SELECT * FROM lots ORDER BY unit, expires_at");
}

export function alarmOf(owner: Owner): Promise<number | null> {
  return inside(owner, (_wallet, { storage }) => storage.getAlarm());
}

/** All that the object keeps, byte for byte: every table and index, and the alarm. */
export function dumpOf(owner: Owner): Promise<string> {
  return inside(owner, (_wallet, { storage }) => dumpStorage(storage));
}

/** What the object keeps, but for what differs between two wallets with the same story: ids. */
export async function contentOf(owner: Owner): Promise<unknown> {
  const entries = await entriesOf(owner);
  return {
    entries: entries.map((row) => {
      const { id: _id, receipt, ...rest } = row;
      return { ...rest, receipt: receipt === null ? null : { ...JSON.parse(receipt), entry: "" } };
    }),
    lots: await lotsOf(owner),
    refusals: await rowsOf(owner, "SELECT * FROM refusals ORDER BY guard_key"),
    alarm: await alarmOf(owner),
  };
}

/** {@link dumpOf} from inside the object. */
export async function dumpStorage(storage: DurableObjectStorage): Promise<string> {
  const { sql } = storage;
  const schema = [
    ...sql.exec<{ type: string; name: string; sql: string | null }>(
      "SELECT type, name, sql FROM sqlite_schema WHERE name NOT GLOB '_cf_*' ORDER BY name",
    ),
  ];
  const tables = schema
    .filter((item) => item.type === "table")
    .map(({ name }) => [name, [...sql.exec(`SELECT * FROM ${name}`)]]);
  return JSON.stringify({ schema, tables, alarm: await storage.getAlarm() }, null, 1);
}

/**
 * Holds the ledger against its rules, from the tables alone: numbers without a gap, entries that
 * are the sums of their lots, and balance = Σ entries = Σ lots for every unit.
 */
export async function expectSoundLedger(owner: Owner): Promise<void> {
  const entries = await entriesOf(owner);
  const lots = await lotsOf(owner);
  expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_entry, i) => i + 1));
  for (const entry of entries) {
    const changes = JSON.parse(entry.lots) as [number, number][];
    expect(changes.reduce((sum, [, amount]) => sum + amount, 0)).toBe(entry.amount);
  }
  const last = entries.at(-1);
  for (const unit of UNITS) {
    const balance = last === undefined ? 0 : holdingOf(toHead(last), unit).balance;
    const own = entries.filter((entry) => entry.unit === unit);
    expect(own.reduce((sum, entry) => sum + entry.amount, 0)).toBe(balance);
    const held = lots.filter((lot) => lot.unit === unit);
    expect(held.reduce((sum, lot) => sum + lot.amount, 0)).toBe(balance);
    expect(own.at(-1)?.balance ?? 0).toBe(balance);
  }
}

/**
 * Lets the wallet's alarm go off now, which publishes what is booked. The alarm that this leaves
 * is the one for an expiry that is near.
 */
export async function settle(owner: Owner): Promise<number | null> {
  await runDurableObjectAlarm(objectOf(owner));
  return alarmOf(owner);
}

/** When the wallet's next lot expires; infinity when none is left. */
export async function nextExpiryOf(owner: Owner): Promise<number> {
  const ends = (await lotsOf(owner)).map((lot) => lot.expires_at);
  return Math.min(...ends.filter((at) => at !== DEBT));
}

/**
 * Moves the clock to the next expiry and lets the wallet's alarm go off: set beforehand by the
 * wallet itself or because the sweep woke it in time.
 */
export async function ring(owner: Owner, clock: Clock): Promise<void> {
  const next = await nextExpiryOf(owner);
  clock.now = Math.max(clock.now, next - SWEEP_AHEAD_MS);
  await clientOf(owner).wake((await entriesOf(owner)).length, "active");
  const due = Math.max(clock.now, next);
  expect(await alarmOf(owner)).toBe(due);
  clock.now = due;
  expect(await runDurableObjectAlarm(objectOf(owner))).toBe(true);
}

/** The time that wallets see; {@link START} at the beginning of every test. */
export interface Clock {
  now: number;
}

/**
 * Puts a hand-moved clock under every test of the file, and a projector that takes whatever it is
 * handed. Objects share the tests' isolate.
 */
export function useClock(): Clock {
  const clock = { now: START };
  beforeEach(() => {
    clock.now = START;
    vi.spyOn(Date, "now").mockImplementation(() => clock.now);
    vi.spyOn(Projector.prototype, "publish").mockImplementation(
      async (_merchant, handover) => handover.head.seq,
    );
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  return clock;
}
