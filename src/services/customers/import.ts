import type { LoyaltyError } from "../../core/errors.ts";
import { openingReference } from "../../core/ledger/opening.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { logFault } from "../../log.ts";
import { readOpeningKeys } from "../../registry/customers/openings.ts";
import type { Context } from "../context.ts";
import { bookCommands } from "../ledger/wallets.ts";
import type { MovedIn } from "./enrolment.ts";
import { enrolGroup } from "./enrolment.ts";
import type { ImportInput } from "./openings.ts";
import { collectOpenings } from "./openings.ts";

export type { ImportInput, OpeningBalance } from "./openings.ts";

/** What became of one imported customer. */
export interface Imported {
  readonly id: string;
  /** `unchanged` when the customer and all opening balances were there already. */
  readonly outcome: "created" | "unchanged";
}

/** What became of one input; null: what nobody expected, which was logged. */
export type ImportOutcome = Result<Imported, LoyaltyError | null>;

/** Brings customers along, group by group, for one request. */
export interface Importer {
  /**
   * Brings a group along, and answers for as many of it, from the first, as the platform lets the
   * request do. Who is left out was not looked at, and nobody who follows should be.
   */
  importGroup(inputs: readonly ImportInput[]): Promise<readonly ImportOutcome[]>;
}

/** Queries of D1 that the platform lets one invocation make; each statement of a batch is one. */
const D1_QUERIES = 1_000;
/** Of them and of the calls: what the request's own way in takes, and tries that lost a race. */
const RESERVE = 150;
/**
 * Statements that a group may take: mostly a look-up, customers, identifiers, openings, copies of
 * wallets and events, but lots that expired long ago make many entries.
 */
const QUERIES_A_TRY = 20;
/** Two ways to D1, and one to the projector. */
const CALLS_A_TRY = 3;
/** Wallets that are called at once; on a developer's machine all of them share one thread. */
const WALLETS_AT_ONCE = { local: 4, production: 32 };

/** What the platform still lets the request do. */
interface Budget {
  queries: number;
  calls: number;
}

/**
 * Starts an import. It is safe to repeat: a customer that is there by number or identifiers is not
 * made again, and each opening balance is booked once, whatever a crash left undone. What a new
 * customer brings waits in the registry until the wallet is first called. Refusals as of
 * {@link enrolGroup}, and `balance_limit`.
 */
export function startImport(ctx: Context): Importer {
  const left: Budget = {
    queries: D1_QUERIES - RESERVE,
    calls: ctx.settings.subrequests - RESERVE,
  };
  return {
    async importGroup(inputs) {
      // One more, to look at what those bring who were there before.
      if (left.queries <= QUERIES_A_TRY || left.calls <= CALLS_A_TRY) return [];
      // A long import is not of one moment.
      return importGroup({ ...ctx, now: Date.now() }, inputs, left);
    },
  };
}

async function importGroup(
  ctx: Context,
  inputs: readonly ImportInput[],
  left: Budget,
): Promise<readonly ImportOutcome[]> {
  const openings = collectOpenings(ctx, inputs);
  const tried = (queries: number): void => {
    left.queries -= queries;
    left.calls -= 1;
  };
  // That the feed has something new is told once.
  left.calls -= 1;
  let enrolled: readonly MovedIn[];
  try {
    enrolled = await enrolGroup(ctx, inputs, tried, openings.bring);
  } catch (error) {
    logFault({ request_id: ctx.requestId, during: "import" }, error);
    return inputs.map(() => err(null));
  }
  await othersTurn();
  const outcomes = enrolled.map((one, line): ImportOutcome => {
    if (!one.ok) return one;
    const { id, created } = one.value;
    const refusal = created ? openings.refusalOf(line) : null;
    return refusal === null ? ok({ id, outcome: created ? "created" : "unchanged" }) : err(refusal);
  });
  const waiting = await unopened(ctx, inputs, enrolled, left);
  const calls = waiting.slice(0, Math.max(0, left.calls));
  left.calls -= calls.length;
  await openAll(ctx, calls, outcomes);
  // What the platform does not let be asked is left for the next request.
  return outcomes.slice(0, waiting[calls.length]?.line);
}

/** A line that brings balances to somebody who was there before it. */
interface Waiting {
  readonly line: number;
  readonly id: string;
  readonly input: ImportInput;
}

/** Lines whose balances only the wallet can tell of: no opening that still waits has them. */
async function unopened(
  ctx: Context,
  inputs: readonly ImportInput[],
  enrolled: readonly MovedIn[],
  left: Budget,
): Promise<Waiting[]> {
  const lines = inputs.flatMap((input, line) => {
    const one = enrolled[line];
    const isKnown = one?.ok === true && !one.value.created;
    return isKnown && input.balances.length > 0 ? [{ line, id: one.value.id, input }] : [];
  });
  if (lines.length === 0) return lines;
  left.queries -= 1;
  left.calls -= 1;
  const ids = [...new Set(lines.map(({ id }) => id))];
  const keys = await readOpeningKeys(ctx.db, ctx.principal.merchant.id, ids);
  return lines.filter(({ id, input }) => {
    const own = keys.get(id) ?? [];
    return !bookingsOf(id, input).every(({ reference }) => own.includes(reference.key));
  });
}

/** Has the wallets book what lines bring; notes whose was not there before. */
async function openAll(
  ctx: Context,
  lines: readonly Waiting[],
  outcomes: ImportOutcome[],
): Promise<void> {
  const wave = WALLETS_AT_ONCE[ctx.settings.environment];
  // Lines of one customer are opened in their order.
  const customers = [...Map.groupBy(lines, ({ id }) => id).values()];
  for (let from = 0; from < customers.length; from += wave) {
    await Promise.all(
      customers.slice(from, from + wave).map(async (own) => {
        for (const { line, id, input } of own) {
          const opened = await open(ctx, id, input);
          if (!opened.ok) outcomes[line] = opened;
          else if (opened.value) outcomes[line] = ok({ id, outcome: "created" });
        }
      }),
    );
    await othersTurn();
  }
}

/**
 * An import always has something to do next, and so its isolate would never look for what other
 * requests have sent: it does while a timer is waited for.
 */
function othersTurn(): Promise<void> {
  return scheduler.wait(1);
}

function bookingsOf(customer: string, { balances, joinedAt }: ImportInput) {
  return balances.map(({ unit, lots, earned }) => {
    const command = { kind: "open", unit, lots, earned } as const;
    const reference = openingReference(command);
    return { customer, command, reference, remarks: {}, occurredAt: joinedAt };
  });
}

/** Books what the customer brings; whether any of it was not there before. */
async function open(
  ctx: Context,
  id: string,
  input: ImportInput,
): Promise<Result<boolean, LoyaltyError | null>> {
  try {
    const booked = await bookCommands(ctx, id, bookingsOf(id, input));
    return booked.ok ? ok(booked.value.some(({ repeated }) => !repeated)) : booked;
  } catch (error) {
    logFault({ request_id: ctx.requestId, during: "import" }, error);
    return err(null);
  }
}
