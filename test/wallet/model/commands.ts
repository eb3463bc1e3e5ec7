import { evictDurableObject } from "cloudflare:test";
import * as fc from "fast-check";
import { expect } from "vitest";
import type { LoyaltyError } from "../../../src/core/errors.ts";
import type { CommandRequest, Guard } from "../../../src/core/ledger/commands.ts";
import type { Entry, Receipt } from "../../../src/core/ledger/entries.ts";
import { DEBT, EMPTY_HEAD, NEVER } from "../../../src/core/ledger/entries.ts";
import type { Mode } from "../../../src/core/mode.ts";
import type { Result } from "../../../src/core/result.ts";
import { ulid } from "../../../src/ulid.ts";
import type { Outcome, WalletClient } from "../../../src/wallet/client.ts";
import type { Wallet } from "../../../src/wallet/object.ts";
import type { EntryRow, LotRow, Owner } from "../../../src/wallet/rows.ts";
import { tillsReference, toEntry } from "../../../src/wallet/rows.ts";
import { DAY, UNITS } from "../../support/requests.ts";
import type { Clock } from "../../support/wallet.ts";
import { clientOf, HOUR, inside, objectOf, request } from "../../support/wallet.ts";
import type { Call } from "./calls.ts";
import { calls, modes, newSignature, requestOf } from "./calls.ts";
import type { Line } from "./lines.ts";
import type { ModelWallet } from "./wallet.ts";

/** The model, with all that tills have sent so far. */
export interface Story {
  readonly model: ModelWallet;
  readonly sent: CommandRequest[];
  /** What live calls were answered, repeats included. */
  readonly receipts: Receipt[];
  /** How many lines the merchant's copies hold. */
  published: number;
}

/** A wallet object under a hand-moved clock. */
export interface Real {
  readonly owner: Owner;
  readonly clock: Clock;
}

/** Something that happens to the model and to the wallet; after it both must be the same. */
export type Step = fc.AsyncCommand<Story, Real>;

/** A wallet's calls, and its alarm. */
interface Caller extends Pick<WalletClient, "execute" | "bind" | "view" | "entriesBefore"> {
  /** What the sweep does, and the alarm at once; `told` as in {@link WalletClient}. */
  ring(told: number): Promise<void>;
}

/** Something that happens while the object lies in memory. */
interface Happening {
  readonly name: string;
  readonly run: (story: Story, caller: Caller, clock: Clock) => void | Promise<void>;
}

/** A step from outside the object. */
function outside(name: string, run: (story: Story, owner: Owner) => Promise<unknown>): Step {
  return {
    check: () => true,
    async run(story, { owner }) {
      await run(story, owner);
      await inside(owner, (_wallet, { storage }) => expectSame(story, storage));
    },
    toString: () => name,
  };
}

/** A step inside the object, since the tests' way to it takes longer than what happens there. */
function visit(happenings: readonly Happening[]): Step {
  return {
    check: () => true,
    run: (story, { owner, clock }) =>
      inside(owner, async (wallet, { storage }) => {
        const caller = callerOf(wallet, storage, owner);
        for (const { run } of happenings) {
          await run(story, caller, clock);
          await expectSame(story, storage);
        }
      }),
    toString: () => happenings.map(({ name }) => name).join(", "),
  };
}

/** Copies what goes in and out, as the way from outside does. */
function callerOf(wallet: Wallet, storage: DurableObjectStorage, owner: Owner): Caller {
  return {
    execute: async (mode, body) =>
      structuredClone(await wallet.execute(owner, mode, structuredClone(body))),
    bind: async (mode, guard) => wallet.bind(owner, mode, structuredClone(guard)),
    view: async (until) => structuredClone(wallet.view(owner, until)),
    entriesBefore: async (before, limit) =>
      structuredClone(wallet.entriesBefore(owner, before, limit)),
    async ring(told) {
      await wallet.wake(owner, told, "active");
      if ((await storage.getAlarm()) === null) return;
      await storage.deleteAlarm();
      await wallet.alarm();
    },
  };
}

interface Sending {
  readonly mode: Mode;
  readonly body: CommandRequest;
}

/** Sends requests, waiting for no answer in between. */
async function send(
  story: Story,
  caller: Pick<Caller, "execute">,
  sendings: readonly Sending[],
): Promise<void> {
  const answers = await Promise.all(sendings.map(({ mode, body }) => caller.execute(mode, body)));
  const expected = sendings.map(({ mode, body }) => story.model.execute(mode, body));
  expect(answers.map(withoutEntry)).toEqual(expected);
  for (const [i, { mode, body }] of sendings.entries()) {
    // No till asks for expiry, so none asks again.
    if (body.command.kind !== "expire") story.sent.push(body);
    const answer = answers[i];
    if (mode === "live" && answer?.ok && answer.value) story.receipts.push(answer.value.receipt);
  }
}

/** The model knows no ids of entries. */
function withoutEntry(answer: Result<Outcome | null, LoyaltyError>): unknown {
  if (!answer.ok || answer.value === null) return answer;
  const { entry: _entry, ...receipt } = answer.value.receipt;
  return { ...answer, value: { ...answer.value, receipt } };
}

const oneCall = calls.map(
  (call): Happening => ({
    name: `send ${JSON.stringify(call)}`,
    run: (story, caller) => send(story, caller, [sendingOf(call, story)]),
  }),
);

const callsAtOnce = fc.array(calls, { minLength: 2, maxLength: 4 }).map((several) =>
  outside(`send at once ${JSON.stringify(several)}`, (story, owner) => {
    const sendings = several.map((call) => sendingOf(call, story));
    return send(story, clientOf(owner), sendings);
  }),
);

function sendingOf(call: Call, { model }: Story): Sending {
  return { mode: call.mode, body: requestOf(call, model) };
}

/** What a till may change in a request that it sends again. */
const twists: Readonly<Record<string, (body: CommandRequest) => Partial<CommandRequest>>> = {
  nothing: () => ({}),
  "the signature": () => ({ guard: newSignature() }),
  "the path": ({ guard }) => ({ guard: guard && elsewhere(guard) }),
  "the content": ({ guard, reference }) => ({
    reference: reference && { ...reference, fingerprint: `${reference.fingerprint} changed` },
    guard: guard?.kind === "signature" ? newSignature() : guard && elsewhere(guard),
  }),
};

function elsewhere(guard: Guard): Guard {
  return { ...guard, fingerprint: `${guard.fingerprint} elsewhere` };
}

/** A request that was sent some time ago. */
function earlier({ sent }: Story, back: number): CommandRequest | undefined {
  return sent[sent.length - 1 - (back % sent.length)];
}

const callsAgain = fc
  .record({
    back: fc.nat(12),
    twist: fc.constantFrom("nothing", ...Object.keys(twists)),
    mode: modes,
  })
  .map(
    ({ back, twist, mode }): Happening => ({
      name: `send again, ${back} back, changing ${twist}, ${mode}`,
      async run(story, caller) {
        const first = earlier(story, back);
        if (first === undefined) return;
        const body = request(first.command, { ...first, ...twists[twist]?.(first), id: ulid() });
        await send(story, caller, [{ mode, body }]);
      },
    }),
  );

const bindings = fc.record({ back: fc.nat(12), turned: fc.boolean(), mode: modes }).map(
  ({ back, turned, mode }): Happening => ({
    name: `bind a guard, ${back} back, ${turned ? "elsewhere" : "there"}, ${mode}`,
    async run(story, caller) {
      const used = earlier(story, back)?.guard ?? newSignature();
      const guard = turned ? elsewhere(used) : used;
      expect(await caller.bind(mode, guard)).toEqual(story.model.bind(mode, guard));
    },
  }),
);

/** To the ends of what keys hold for, to the millisecond, and between. */
const waits = fc.constantFrom(1, 599_999, 600_000, HOUR, DAY / 4, DAY - 1, DAY, 3 * DAY).map(
  (ms): Happening => ({
    name: `wait ${ms} ms`,
    run: (story, _caller, clock) => moveClock(story, clock, ms),
  }),
);

const waitsForExpiry = fc.constantFrom(-1, 0, 1).map(
  (off): Happening => ({
    name: `wait for the next expiry, ${off} ms off`,
    run(story, _caller, clock) {
      const next = story.model.ledger.nextExpiry();
      if (next !== NEVER) moveClock(story, clock, Math.max(0, next + off - story.model.now));
    },
  }),
);

/** Nobody tells the wallet. */
function moveClock({ model }: Story, clock: Clock, ms: number): void {
  model.now += ms;
  clock.now += ms;
}

const alarm: Happening = {
  name: "let the alarm go off",
  async run(story, caller) {
    const { ledger, now } = story.model;
    await caller.ring(story.published);
    ledger.expire(now);
    story.published = ledger.lines.length;
  },
};

/** More entries than a life has. */
const ALL = 1_000;

const look: Happening = {
  name: "look at the wallet",
  async run({ model: { ledger, now } }, caller) {
    const view = await caller.view(NEVER);
    ledger.expire(now);
    expect(view.head).toEqual(ledger.head());
    for (const unit of UNITS) {
      const lots = (view.expiring[unit] ?? []).map((lot) => [lot.expiresAt, lot.amount]);
      expect(lots).toEqual(ledger.lots(unit).filter(([at]) => at !== DEBT));
    }
    const entries = await caller.entriesBefore(ALL, ALL);
    const lines = entries.map(({ entry, reference }) => lineOf(entry, reference));
    expect(lines.toReversed()).toEqual(ledger.lines);
  },
};

const eviction = outside("evict the object", async (_story, owner) => {
  // Only what runs can be evicted.
  await inside(owner, () => {});
  await evictDurableObject(objectOf(owner));
});

const visits = fc
  .array(
    fc.oneof(
      { weight: 14, arbitrary: oneCall },
      { weight: 5, arbitrary: callsAgain },
      { weight: 1, arbitrary: bindings },
      { weight: 2, arbitrary: waits },
      { weight: 3, arbitrary: waitsForExpiry },
      { weight: 2, arbitrary: fc.constantFrom(alarm, look) },
    ),
    { minLength: 1, maxLength: 10, size: "max" },
  )
  .map(visit);

/** What happens to a wallet in its life. */
export const lives: fc.Arbitrary<Iterable<Step>> = fc.commands(
  [
    fc.oneof(
      { weight: 4, arbitrary: visits },
      { weight: 1, arbitrary: callsAtOnce },
      { weight: 1, arbitrary: fc.constant(eviction) },
    ),
  ],
  { maxCommands: 8, size: "max" },
);

/** Compares what the object keeps. Disturbs nothing: what is due stays due. */
async function expectSame(
  { model: { ledger }, published }: Story,
  storage: DurableObjectStorage,
): Promise<void> {
  const rows = [...storage.sql.exec<EntryRow>("SELECT * FROM entries ORDER BY seq")];
  expect(rows.map((row) => row.seq)).toEqual(ledger.lines.map((_line, i) => i + 1));
  const entries = rows.map(toEntry);
  const references = rows.map(tillsReference);
  const lines = entries.map((entry, i) => lineOf(entry, references[i] ?? null));
  expect(lines).toEqual(ledger.lines);
  expect(entries.at(-1)?.after ?? EMPTY_HEAD).toEqual(ledger.head());
  const lots = [...storage.sql.exec<LotRow>("SELECT * FROM lots ORDER BY expires_at")];
  for (const unit of UNITS) {
    const held = lots.filter((lot) => lot.unit === unit);
    expect(held.map((lot) => [lot.expires_at, lot.amount])).toEqual(ledger.lots(unit));
  }
  const isWaiting = published < ledger.lines.length;
  if (isWaiting) expect(await storage.getAlarm()).not.toBeNull();
}

function lineOf(entry: Entry, reference: string | null): Line {
  const { kind, unit, amount, occurredAt, recordedAt, corrects, after } = entry;
  return {
    ...{ kind, unit, amount, occurredAt, recordedAt, corrects, reference },
    lots: entry.lots
      .map((lot) => [lot.expiresAt, lot.amount] as const)
      .toSorted(([one], [other]) => one - other),
    balance: after.holdings[unit]?.balance ?? 0,
  };
}

/** At the end: sums that agree, and every answer still that of the one entry it told of. */
export function expectSound({ receipts }: Story, { owner }: Real): Promise<void> {
  return inside(owner, (wallet, { storage }) => {
    expect(wallet.audit(owner)).toEqual([]);
    const ids = [...storage.sql.exec<{ id: string }>("SELECT id FROM entries ORDER BY seq")].map(
      (row) => row.id,
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const { seq, entry } of receipts) expect(ids[seq - 1]).toBe(entry);
  });
}
