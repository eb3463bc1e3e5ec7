import { currencyScale, formatDecimal } from "../../../core/amount.ts";
import type { Resource } from "../../../http/documents.ts";
import { pointsText } from "../../../http/wire/amounts.ts";
import type { Spent } from "../../../services/ledger/spending.ts";

/** What a redemption comes to, with the currency that it was in. */
export interface Redemption extends Spent {
  readonly currency: string;
}

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
      of: ({ points }) => pointsText(points),
    },
    {
      name: "amount_spent",
      kind: "decimal",
      of: (spent) => formatDecimal(spent.amount, currencyScale(spent.currency)),
    },
    {
      name: "points_available",
      kind: "decimal",
      of: ({ available }) => pointsText(available),
    },
  ],
};
