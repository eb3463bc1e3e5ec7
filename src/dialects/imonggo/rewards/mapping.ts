import { currencyScale, formatDecimal, unitScale } from "../../../core/amount.ts";
import type { Resource } from "../../../http/documents.ts";
import type { Spent } from "../../../services/ledger/spending.ts";

/** What a redemption comes to, with the currency that it was in. */
export interface Redemption extends Spent {
  readonly currency: string;
}

const POINT_SCALE = unitScale("point", "");

/** A redemption as Imonggo shows it, unlike all other records with hyphens and types. */
export const REWARD: Resource<Redemption> = {
  element: "hash",
  list: "hashes",
  typed: true,
  hyphens: true,
  fields: [
    {
      name: "points_spent",
      kind: "decimal",
      of: ({ points }) => formatDecimal(points, POINT_SCALE),
    },
    {
      name: "amount_spent",
      kind: "decimal",
      of: (spent) => formatDecimal(spent.amount, currencyScale(spent.currency)),
    },
    {
      name: "points_available",
      kind: "decimal",
      of: ({ available }) => formatDecimal(available, POINT_SCALE),
    },
  ],
};
