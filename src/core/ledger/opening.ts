import type { LoyaltyError } from "../errors.ts";
import type { Program } from "../program/program.ts";
import type { OpenCommand, Reference, StatusCommand } from "./commands.ts";
import type { Decision } from "./decide.ts";
import { assertDecision, decide } from "./decide.ts";
import type { Ledger } from "./draft.ts";
import type { Entry, Head, Source } from "./entries.ts";
import { EMPTY_HEAD, NEVER } from "./entries.ts";

/** What a customer who moves in brings for a wallet. */
export interface Opening {
  readonly recordedAt: number;
  /** When it happened; null: then. */
  readonly occurredAt: number | null;
  readonly source: Source;
  /** Commands with the ULID of each: each unit is opened once, and a status is told once. */
  readonly commands: readonly {
    readonly id: string;
    readonly command: OpenCommand | StatusCommand;
  }[];
}

/**
 * One command of an opening as it was decided. Plain data, kept as JSON until the wallet stores it
 * as it stands: what later rules would make of the command is of no concern.
 */
export interface KeptBooking {
  readonly reference: Reference;
  readonly decision: Decision;
}

/** What an opening comes to. */
export interface Opened {
  /** Up to the first that is refused. */
  readonly bookings: readonly KeptBooking[];
  /** Entries in their order, each with the reference that its command carried. */
  readonly entries: readonly { readonly entry: Entry; readonly reference: string | null }[];
  readonly head: Head;
  /** When the first lot expires; null when none does. */
  readonly nextExpiry: number | null;
  readonly refusal: LoyaltyError | null;
}

/** How an opening balance or status is known again: a wallet takes each once, from wherever. */
export function openingReference(command: OpenCommand | StatusCommand): Reference {
  const key = `opening/${command.kind === "open" ? command.unit : command.kind}`;
  return { operation: "open", key, fingerprint: "opening" };
}

/**
 * Decides what an empty wallet books of an opening, which it must then store as it is. Pure. Stops
 * at the first refusal.
 */
export function decideOpening(opening: Opening, program: Program): Opened {
  const { recordedAt, occurredAt, source, commands } = opening;
  let head = EMPTY_HEAD;
  const bookings: KeptBooking[] = [];
  let refusal: LoyaltyError | null = null;
  for (const { id, command } of commands) {
    const reference = openingReference(command);
    const keys = { reference, guard: null, source, remarks: {} };
    const request = { id, command, program, occurredAt, ...keys };
    const decided = decide(untouched(head), request, recordedAt);
    if (!decided.ok) {
      refusal = decided.error;
      break;
    }
    assertDecision(head, decided.value, program);
    bookings.push({ reference, decision: decided.value });
    head = decided.value.head;
  }
  const entries = bookings.flatMap(handedOf);
  return { bookings, entries, head, nextExpiry: nextExpiryOf(entries), refusal };
}

function handedOf({ reference, decision }: KeptBooking): Opened["entries"] {
  const { key } = reference;
  return decision.entries.map((entry) => {
    return { entry, reference: entry.receipt === null ? null : key };
  });
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
    correction: () => null,
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
