import type { Till } from "../bench/till.ts";
import {
  type Command,
  type CommandRecord,
  nextCommand,
  type Prizes,
  requestOf,
} from "./commands.ts";
import { firstErased } from "./erasures.ts";
import type { Random } from "./random.ts";

/** What all clients share. */
export interface Traffic {
  readonly url: string;
  readonly slug: string;
  readonly till: Till;
  readonly customers: number;
  readonly prizes: Prizes;
  readonly records: CommandRecord[];
  readonly tally: Tally;
  /** Answers that a repeat got and that differ from the first. */
  readonly contradictions: string[];
  over: boolean;
}

export interface Tally {
  requests: number;
  repeats: number;
  /** Requests that no answer came to, or one that promises nothing. */
  unanswered: number;
}

const TIMEOUT_MS = 5_000;
const PAUSE_MS = 25;
/** One in so many acknowledged commands is sent again all the same. */
const NEEDLESS_REPEAT = 12;
const MAX_TRIES = 400;

/**
 * A till: sends one command after the other and repeats each, with the same reference, until it has
 * an answer, as long as that may take. Sometimes it repeats what was answered.
 */
export async function runClient(traffic: Traffic, random: Random, name: string): Promise<void> {
  const { customers, prizes, records } = traffic;
  for (let n = 0; !traffic.over; n += 1) {
    const reference = `${name}-${String(n).padStart(6, "0")}`;
    const command = ofWhoStays(nextCommand(random, reference, customers, prizes), customers);
    const record: CommandRecord = { command, sent: 0, acknowledged: null, refused: null };
    records.push(record);
    await sendUntilAnswered(traffic, record);
    if (random.below(NEEDLESS_REPEAT) === 0) await repeat(traffic, random.pick(records));
  }
}

/** A bill by a number that nobody has any more makes somebody new, and is no repeat. */
function ofWhoStays(command: Command, customers: number): Command {
  if (command.kind !== "bill") return command;
  return { ...command, customer: command.customer % firstErased(customers) };
}

/** Once more what another till, or this one, has done before. */
async function repeat(traffic: Traffic, record: CommandRecord): Promise<void> {
  if (record.acknowledged !== null) await sendUntilAnswered(traffic, record);
}

async function sendUntilAnswered(traffic: Traffic, record: CommandRecord): Promise<void> {
  const { tally } = traffic;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (record.sent > 0) tally.repeats += 1;
    record.sent += 1;
    tally.requests += 1;
    const answer = await send(traffic, record);
    if (answer !== null) return keep(traffic, record, answer);
    tally.unanswered += 1;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`${record.command.reference} was never answered`);
}

interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

/** Null where nobody knows what became of it: no answer, half of one, or a fault. */
async function send(traffic: Traffic, { command }: CommandRecord): Promise<Answer | null> {
  const { method, path, headers, body } = requestOf(traffic.till, command);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await fetch(traffic.url + path, { method, headers, body, signal });
    const text = await answer.text();
    return answer.status >= 500 ? null : { ok: answer.ok, text };
  } catch {
    return null;
  }
}

function keep(traffic: Traffic, record: CommandRecord, { ok, text }: Answer): void {
  const { contradictions, customers } = traffic;
  const { reference, customer } = record.command;
  if (!ok) {
    // Of somebody erased nothing is told any more, not even what was once booked.
    if (customer >= firstErased(customers)) record.refused = text;
    else if (record.acknowledged !== null)
      contradictions.push(`${reference}: ${text} after a success`);
    else record.refused = text;
    return;
  }
  record.acknowledged ??= text;
  record.refused = null;
  if (record.acknowledged !== text) {
    contradictions.push(`${reference}: ${text} after ${record.acknowledged}`);
  }
}
