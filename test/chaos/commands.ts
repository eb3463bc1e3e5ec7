import type { Till, TillRequest } from "../bench/till.ts";
import type { Random } from "./random.ts";

/** What a till does; the same reference makes it the same command, however often it is sent. */
export interface Command {
  readonly kind: "earn" | "redeem" | "bill" | "voucher" | "reverse";
  /** Counts the clientele from 0. */
  readonly customer: number;
  readonly reference: string;
  /** Whole points; of a bill the amount in whole units of money, else 0. */
  readonly amount: number;
  /** Of a voucher its code, of a reversal the transaction that it takes back. */
  readonly code: string;
}

/** What customers fight for, or fight over: few, so that several want the same. */
export interface Prizes {
  readonly vouchers: readonly string[];
  /** Earns whose points expired before anybody reverses them. */
  readonly expired: readonly { readonly customer: number; readonly transaction: string }[];
}

/** How a command stands with the till that sent it. */
export interface CommandRecord {
  readonly command: Command;
  /** How often it was sent. */
  sent: number;
  /** The body of the first success; null while nobody has acknowledged it. */
  acknowledged: string | null;
  /** The body of the last refusal for good, if that was the last answer. */
  refused: string | null;
}

const KINDS: readonly Command["kind"][] = [
  ...Array<"earn">(9).fill("earn"),
  ...Array<"redeem">(5).fill("redeem"),
  ...Array<"bill">(4).fill("bill"),
  ...Array<"voucher">(2).fill("voucher"),
  "reverse",
];

const isOfWallet = (kind: Command["kind"]) => kind !== "voucher";

const MAX_POINTS = 60;

/**
 * The next command of a client. Vouchers are few, so that customers fight for the same ones;
 * without any, the other kinds remain.
 */
export function nextCommand(
  random: Random,
  reference: string,
  customers: number,
  prizes: Prizes,
): Command {
  const kind = random.pick(prizes.vouchers.length === 0 ? KINDS.filter(isOfWallet) : KINDS);
  const customer = random.below(customers);
  const amount = 1 + random.below(MAX_POINTS);
  if (kind === "voucher") {
    return { kind, customer, reference, amount: 0, code: random.pick(prizes.vouchers) };
  }
  if (kind === "reverse") {
    const { transaction, customer: whose } = random.pick(prizes.expired);
    return { kind, customer: whose, reference, amount: 0, code: transaction };
  }
  return { kind, customer, reference, amount, code: "" };
}

/** The command as a request, signed anew each time it is asked for. */
export function requestOf(till: Till, command: Command): TillRequest {
  const { kind, customer, amount, reference, code } = command;
  if (kind === "earn") return till.earn(customer, amount, reference);
  if (kind === "redeem") return till.redeem(customer, amount, reference);
  if (kind === "bill") return till.bill(customer, `${amount}.00`, reference);
  if (kind === "reverse") return till.reverse(code, reference);
  return till.redeemVoucher(customer, code, reference);
}

/** Points that the command moves once it is booked: what had expired before is not moved again. */
export function pointsOf({ kind, amount }: Command): number {
  return kind === "redeem" ? -amount : amount;
}
