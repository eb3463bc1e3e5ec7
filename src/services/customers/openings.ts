import type { Unit } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { copyOfWallet, eventsOfHandover } from "../../core/events/handover.ts";
import type { LotChange } from "../../core/ledger/entries.ts";
import type { Opening } from "../../core/ledger/opening.ts";
import { decideOpening } from "../../core/ledger/opening.ts";
import { insertOpenings } from "../../registry/customers/openings.ts";
import { projectWallets } from "../../registry/events/projection.ts";
import { ulid } from "../../ulid.ts";
import type { Context } from "../context.ts";
import type { Bring, MoverInput } from "./enrolment.ts";

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

/** What the new customers of a group open their wallets with. */
export interface Openings {
  /**
   * Adds to the batch that makes them what their wallets will open with, and their copies; answers
   * with the events of the entries that it comes to.
   */
  readonly bring: Bring;
  /** What of a line's balances was refused in the last try; null: nothing. */
  refusalOf(line: number): LoyaltyError | null;
}

/** Collects the openings of a group, anew at each try. */
export function collectOpenings(ctx: Context, inputs: readonly ImportInput[]): Openings {
  const { merchant, program } = ctx.principal;
  let refusals = new Map<number, LoyaltyError>();
  const bring: Bring = (work, outcomes) => {
    refusals = new Map();
    const opened = outcomes.flatMap((one, line) => {
      const input = inputs[line];
      if (!one.ok || !one.value.created || input === undefined) return [];
      const outcome = decideOpening(openingOf(ctx, input), program);
      if (outcome.refusal !== null) refusals.set(line, outcome.refusal);
      return outcome.entries.length === 0 ? [] : [{ customer: one.value.id, outcome }];
    });
    if (opened.length === 0) return [];
    const handovers = opened.map(({ customer, outcome: { entries, head, nextExpiry } }) => {
      return { customer, after: 0, entries, head, tierBefore: null, nextExpiry };
    });
    const kept = opened.map(({ customer, outcome: { bookings } }) => ({ customer, bookings }));
    const copies = handovers.map((handover) => copyOfWallet(handover, ctx.now));
    work.add(
      ...insertOpenings(ctx.db, merchant.id, kept),
      projectWallets(ctx.db, merchant.id, copies, "publish"),
    );
    const teller = { currency: merchant.currency, program };
    return handovers.flatMap((handover) => eventsOfHandover(handover, teller));
  };
  return { bring, refusalOf: (line) => refusals.get(line) ?? null };
}

function openingOf(ctx: Context, { balances, joinedAt, status }: ImportInput): Opening {
  const { keyId: key, siteId: site, staffId: staff } = ctx.principal;
  const own = (command: Opening["commands"][number]["command"]) => ({ id: ulid(ctx.now), command });
  return {
    recordedAt: ctx.now,
    occurredAt: joinedAt,
    source: { dialect: ctx.dialect, key, site, staff },
    commands: [
      ...(status === "active" ? [] : [own({ kind: "status", status })]),
      ...balances.map(({ unit, lots, earned }) => own({ kind: "open", unit, lots, earned })),
    ],
  };
}
