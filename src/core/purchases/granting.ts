import { narrow } from "../amount.ts";
import type { BillLine } from "../ledger/entries.ts";
import { QUANTITY_SCALE } from "../ledger/entries.ts";
import { MAX_BILL_VOUCHERS } from "../program/grants.ts";
import type { GrantPer, Program } from "../program/program.ts";
import type { Purchase } from "./purchase.ts";

/** What one bill grants besides points. */
export interface Granted {
  readonly stamps: number;
  /** By series in the order of the bill's lines, {@link MAX_BILL_VOUCHERS} in all at most. */
  readonly vouchers: readonly { readonly series: string; readonly count: number }[];
}

const ONE_PIECE = 10n ** BigInt(QUANTITY_SCALE);

/**
 * What a purchase grants besides points: what the programme names for its lines, and nothing for a
 * return. Null as in {@link grantsFor}.
 */
export function grantsForPurchase(
  program: Program,
  { total, lines }: Pick<Purchase, "total" | "lines" | "day">,
): Granted | null {
  return total.amount < 0 ? { stamps: 0, vouchers: [] } : grantsFor(program, lines);
}

/**
 * What a bill with these lines grants besides points. Pieces of an article are added up over all
 * lines, and only whole ones count; a line without a quantity is one piece. Null when the stamps
 * are more than one command may move.
 */
export function grantsFor(program: Program, lines: readonly BillLine[]): Granted | null {
  const { grants } = program;
  if (grants === undefined) return { stamps: 0, vouchers: [] };
  let stamps = BigInt(grants.stamps.perBill);
  const vouchers = new Map<string, bigint>();
  for (const [sku, quantity] of boughtArticles(lines)) {
    const own = Object.hasOwn(grants.skus, sku) ? grants.skus[sku] : undefined;
    if (own === undefined) continue;
    const times = (per: GrantPer): bigint => (per === "bill" ? 1n : quantity / ONE_PIECE);
    stamps += BigInt(own.stamps.amount) * times(own.stamps.per);
    for (const { series, count, per } of own.vouchers) {
      vouchers.set(series, (vouchers.get(series) ?? 0n) + BigInt(count) * times(per));
    }
  }
  const amount = narrow(stamps);
  return amount === null ? null : { stamps: amount, vouchers: withinLimit(vouchers) };
}

/** Quantities by article, as integers with {@link QUANTITY_SCALE} digits behind the point. */
function boughtArticles(lines: readonly BillLine[]): [string, bigint][] {
  const quantities = new Map<string, bigint>();
  for (const { sku, name, quantity } of lines) {
    const article = sku ?? name;
    if (article === null) continue;
    const bought = quantity === null ? ONE_PIECE : BigInt(quantity);
    quantities.set(article, (quantities.get(article) ?? 0n) + bought);
  }
  return [...quantities].filter(([, quantity]) => quantity > 0n);
}

function withinLimit(vouchers: ReadonlyMap<string, bigint>): Granted["vouchers"] {
  let rest = MAX_BILL_VOUCHERS;
  const granted: { series: string; count: number }[] = [];
  for (const [series, wanted] of vouchers) {
    const count = wanted > BigInt(rest) ? rest : Number(wanted);
    if (count > 0) granted.push({ series, count });
    rest -= count;
  }
  return granted;
}
