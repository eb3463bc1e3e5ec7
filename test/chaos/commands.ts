import type { Till, TillRequest } from "../bench/till.ts";
import type { Random } from "./random.ts";

/** What a till does; the same reference makes it the same command, however often it is sent. */
export interface Command {
  readonly kind: "earn" | "redeem" | "bill" | "voucher";
  /** Counts the clientele from 0. */
  readonly customer: number;
  readonly reference: string;
  /** Whole points; of a bill the amount in whole units of money, of a voucher 0. */
  readonly amount: number;
  /** Only of a voucher. */
  readonly code: string;
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
  codes: readonly string[],
): Command {
  const kind = random.pick(codes.length === 0 ? KINDS.filter(isOfWallet) : KINDS);
  return {
    kind,
    customer: random.below(customers),
    reference,
    amount: kind === "voucher" ? 0 : 1 + random.below(MAX_POINTS),
    code: kind === "voucher" ? random.pick(codes) : "",
  };
}

/** The command as a request, signed anew each time it is asked for. */
export function requestOf(till: Till, command: Command): TillRequest {
  const { kind, customer, amount, reference, code } = command;
  if (kind === "earn") return till.earn(customer, amount, reference);
  if (kind === "redeem") return till.redeem(customer, amount, reference);
  if (kind === "bill") return till.bill(customer, `${amount}.00`, reference);
  return till.redeemVoucher(customer, code, reference);
}

/** Points that the command moves once it is booked. */
export function pointsOf({ kind, amount }: Command): number {
  return kind === "redeem" ? -amount : amount;
}
