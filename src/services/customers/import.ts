import type { Unit } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { LotChange } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { logFault } from "../../log.ts";
import type { Context } from "../context.ts";
import { bookCommands } from "../ledger/wallets.ts";
import type { MovedIn, MoverInput } from "./enrolment.ts";
import { enrolGroup } from "./enrolment.ts";

/** An opening balance: what the customer brings of one unit. */
export interface OpeningBalance {
  readonly unit: Unit;
  /** Lots with their expiry, in the smallest step. */
  readonly lots: readonly LotChange[];
  /** All that was ever earned, in the smallest step. */
  readonly earned: number;
}

/** A customer who moves in from another system. */
export interface ImportInput extends MoverInput {
  readonly balances: readonly OpeningBalance[];
}

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
/** A look-up, and the batch of customers, identifiers and events. */
const QUERIES_A_TRY = 4;
/** Two ways to D1. */
const CALLS_A_TRY = 2;
/** Wallets that are opened at once; on a developer's machine all of them share one thread. */
const WALLETS_AT_ONCE = { local: 4, production: 32 };

/**
 * Starts an import. It is safe to repeat: a customer that is there by number or identifiers is not
 * made again, and each opening balance is booked once, whatever a crash left undone. Refusals as of
 * {@link enrolGroup}, and `balance_limit`.
 */
export function startImport(ctx: Context): Importer {
  const left = { queries: D1_QUERIES - RESERVE, calls: ctx.settings.subrequests - RESERVE };
  const tried = (): void => {
    left.queries -= QUERIES_A_TRY;
    left.calls -= CALLS_A_TRY;
  };
  return {
    async importGroup(inputs) {
      if (left.queries < QUERIES_A_TRY) return [];
      const group = affordable(inputs, left.calls - CALLS_A_TRY);
      if (group.length === 0) return [];
      left.calls -= group.filter(bringsBalances).length;
      // A long import is not of one moment.
      return importGroup({ ...ctx, now: Date.now() }, group, tried);
    },
  };
}

/** As many of a group as so many calls to wallets suffice for. */
function affordable(inputs: readonly ImportInput[], calls: number): readonly ImportInput[] {
  if (calls < 0) return [];
  let needed = 0;
  const end = inputs.findIndex((input) => {
    needed += bringsBalances(input) ? 1 : 0;
    return needed > calls;
  });
  return end === -1 ? inputs : inputs.slice(0, end);
}

function bringsBalances({ balances }: ImportInput): boolean {
  return balances.length > 0;
}

async function importGroup(
  ctx: Context,
  inputs: readonly ImportInput[],
  tried: () => void,
): Promise<readonly ImportOutcome[]> {
  let enrolled: readonly MovedIn[];
  try {
    enrolled = await enrolGroup(ctx, inputs, tried);
  } catch (error) {
    logFault({ request_id: ctx.requestId, during: "import" }, error);
    return inputs.map(() => err(null));
  }
  const outcomes: ImportOutcome[] = enrolled.map((one) =>
    one.ok ? ok({ id: one.value.id, outcome: one.value.created ? "created" : "unchanged" }) : one,
  );
  const opening = openingsOf(inputs, enrolled);
  const wave = WALLETS_AT_ONCE[ctx.settings.environment];
  for (let from = 0; from < opening.length; from += wave) {
    await Promise.all(
      opening.slice(from, from + wave).map(async (lines) => {
        // Lines of one customer are opened in their order.
        for (const { line, id, input } of lines) {
          const opened = await open(ctx, id, input);
          const before = outcomes[line];
          if (!opened.ok) outcomes[line] = opened;
          else if (opened.value && before?.ok) outcomes[line] = ok({ id, outcome: "created" });
        }
      }),
    );
    await othersTurn();
  }
  return outcomes;
}

/**
 * An import always has something to do next, and so its isolate would never look for what other
 * requests have sent: it does while a timer is waited for.
 */
function othersTurn(): Promise<void> {
  return scheduler.wait(1);
}

/** The lines that bring balances, by customer. */
function openingsOf(inputs: readonly ImportInput[], enrolled: readonly MovedIn[]) {
  const lines = inputs.flatMap((input, line) => {
    const one = enrolled[line];
    return one?.ok && bringsBalances(input) ? [{ line, id: one.value.id, input }] : [];
  });
  return [...Map.groupBy(lines, ({ id }) => id).values()];
}

/** Books what the customer brings; whether any of it was not there before. */
async function open(
  ctx: Context,
  id: string,
  { balances, joinedAt }: ImportInput,
): Promise<Result<boolean, LoyaltyError | null>> {
  const bookings = balances.map(({ unit, lots, earned }) => ({
    customer: id,
    command: { kind: "open", unit, lots, earned } as const,
    reference: { operation: "open", key: `opening/${unit}`, fingerprint: "opening" },
    remarks: {},
    occurredAt: joinedAt,
  }));
  try {
    const booked = await bookCommands(ctx, id, bookings);
    return booked.ok ? ok(booked.value.some(({ repeated }) => !repeated)) : booked;
  } catch (error) {
    logFault({ request_id: ctx.requestId, during: "import" }, error);
    return err(null);
  }
}
