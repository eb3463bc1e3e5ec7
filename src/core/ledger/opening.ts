import type { LoyaltyError } from "../errors.ts";
import type { Program } from "../program/program.ts";
import type { CommandRequest, OpenCommand, StatusCommand } from "./commands.ts";
import type { Decision } from "./decide.ts";
import { assertDecision, decide } from "./decide.ts";
import type { Ledger } from "./draft.ts";
import type { Entry, Head, Source } from "./entries.ts";
import { EMPTY_HEAD, NEVER } from "./entries.ts";

/** What a customer opens a wallet with, decided before there is one. Plain data, kept as JSON. */
export interface Opening {
  /** When it was decided: the wallet books it as of then. */
  readonly recordedAt: number;
  /** When it happened; null: then. */
  readonly occurredAt: number | null;
  readonly source: Source;
  /** Commands with the ULID of each. */
  readonly commands: readonly OpeningCommand[];
}

/** An {@link Opening} with the programme that it was decided by. */
export interface KeptOpening extends Opening {
  readonly program: Program;
}

/** A command of an opening: each unit is opened once, and a status is told once. */
export interface OpeningCommand {
  readonly id: string;
  readonly command: OpenCommand | StatusCommand;
}

/** What an opening comes to. */
export interface Opened {
  /** Those that are booked: up to the first that is refused. */
  readonly commands: readonly OpeningCommand[];
  /** Entries in their order, each with the reference that its command carried. */
  readonly entries: readonly { readonly entry: Entry; readonly reference: string | null }[];
  readonly head: Head;
  /** When the first lot expires; null when none does. */
  readonly nextExpiry: number | null;
  readonly refusal: LoyaltyError | null;
}

/** The requests that book an opening's commands under a programme, with their natural keys. */
export function requestsOf(opening: Opening, program: Program): CommandRequest[] {
  const { occurredAt, source, commands } = opening;
  return commands.map(({ id, command }) => ({
    id,
    command,
    program,
    occurredAt,
    reference: { operation: OPEN, key: openingKey(command), fingerprint: "opening" },
    guard: null,
    source,
    remarks: {},
  }));
}

const OPEN = "open";

/** The natural key of an opening balance or status: a wallet takes each once. */
export function openingKey(command: OpenCommand | StatusCommand): string {
  return `opening/${command.kind === "open" ? command.unit : command.kind}`;
}

/**
 * Decides what an empty wallet books of an opening: what it will then book is the same, id by id.
 * Pure. Stops at the first refusal.
 */
export function decideOpening(opening: Opening, program: Program): Opened {
  let head = EMPTY_HEAD;
  const entries: { entry: Entry; reference: string | null }[] = [];
  const commands: OpeningCommand[] = [];
  const opened = (refusal: LoyaltyError | null): Opened => {
    return { commands, entries, head, nextExpiry: nextExpiryOf(entries), refusal };
  };
  for (const [i, request] of requestsOf(opening, program).entries()) {
    const decided = decide(untouched(head), request, opening.recordedAt);
    if (!decided.ok) return opened(decided.error);
    assertDecision(head, decided.value, program);
    const command = opening.commands[i];
    if (command !== undefined) commands.push(command);
    entries.push(...handedOf(decided.value, request));
    head = decided.value.head;
  }
  return opened(null);
}

function handedOf({ entries }: Decision, { reference }: CommandRequest) {
  const key = reference?.key ?? null;
  return entries.map((entry) => ({ entry, reference: entry.receipt === null ? null : key }));
}

/** A ledger of which nothing matters but its head: each command opens a unit that has no lots. */
function untouched(head: Head): Ledger {
  return {
    head,
    lots: () => [],
    lotAmount: () => 0,
    dueLots: () => [],
    expired: () => 0,
    entry: () => null,
    isReversed: () => false,
  };
}

function nextExpiryOf(entries: Opened["entries"]): number | null {
  const lots = new Map<string, { expiresAt: number; amount: number }>();
  for (const { entry } of entries) {
    for (const { expiresAt, amount } of entry.lots) {
      const name = `${entry.unit} ${expiresAt}`;
      lots.set(name, { expiresAt, amount: amount + (lots.get(name)?.amount ?? 0) });
    }
  }
  const living = [...lots.values()].filter(({ expiresAt, amount }) => {
    return amount > 0 && expiresAt !== NEVER;
  });
  return living.length === 0 ? null : Math.min(...living.map(({ expiresAt }) => expiresAt));
}
