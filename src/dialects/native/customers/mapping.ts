import type * as z from "zod";
import { unitText } from "../../../core/amount.ts";
import { heldUnits, holdingOf } from "../../../core/ledger/entries.ts";
import type { Context } from "../../../services/context.ts";
import type { CustomerChanges } from "../../../services/customers/changes.ts";
import type { Customer } from "../../../services/customers/customers.ts";
import { identifierOf } from "../../../services/customers/customers.ts";
import { hidesPersonalData, maskWords } from "../../../services/customers/masking.ts";
import type { HandedEntry } from "../../../services/ledger/wallets.ts";
import { optionalTimeText, stampTexts, timeText } from "../mapping.ts";
import type { customerAnswer, entryAnswer } from "./answers.ts";
import type { customerPatchSchema } from "./schemas.ts";

export function toChanges(wire: z.output<typeof customerPatchSchema>): CustomerChanges {
  const { name, email, phone, birth_date: birthDate, status } = wire;
  return { name, email, birthDate, status, identifiers: { phone } };
}

export function customerBody(customer: Customer, ctx: Context): z.input<typeof customerAnswer> {
  const { wallet } = customer;
  const { merchant, program } = ctx.principal;
  const { currency } = merchant;
  const shown = (text: string | null): string | null =>
    text !== null && hidesPersonalData(ctx.principal) ? maskWords(text) : text;
  return {
    id: customer.id,
    object: "customer",
    number: customer.number,
    status: customer.status,
    name: shown(customer.name),
    email: shown(customer.email),
    phone: shown(identifierOf(customer, "phone")),
    birth_date: shown(customer.birthDate),
    tier: wallet?.tier ?? program.tiers[0]?.name ?? null,
    balances: heldUnits({ holdings: wallet?.holdings ?? {} }).map((unit) => ({
      unit,
      amount: unitText(wallet?.holdings[unit]?.balance ?? 0, unit, currency, program.units),
    })),
    joined_at: timeText(customer.joinedAt),
    last_earned_at: optionalTimeText(wallet?.lastEarnedAt ?? null),
    last_redeemed_at: optionalTimeText(wallet?.lastRedeemedAt ?? null),
    ...stampTexts(customer),
  };
}

export function entryBody(
  { entry, reference }: HandedEntry,
  ctx: Context,
): z.input<typeof entryAnswer> {
  const { unit, source } = entry;
  const { merchant, program } = ctx.principal;
  const text = (steps: number): string => unitText(steps, unit, merchant.currency, program.units);
  return {
    id: entry.id,
    object: "entry",
    sequence: entry.seq,
    kind: entry.kind,
    unit,
    amount: text(entry.amount),
    balance: text(holdingOf(entry.after, unit).balance),
    reference,
    site: source.site,
    dialect: source.dialect,
    occurred_at: timeText(entry.occurredAt),
    recorded_at: timeText(entry.recordedAt),
  };
}
