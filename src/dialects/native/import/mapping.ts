import type * as z from "zod";
import { parseDecimal, unitScale } from "../../../core/amount.ts";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import { NEVER } from "../../../core/ledger/entries.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import { endOfDay } from "../../../services/calendar.ts";
import type { Merchant } from "../../../services/context.ts";
import type { ImportInput, OpeningBalance } from "../../../services/customers/import.ts";
import type { importSchema } from "./schemas.ts";

/** An import line for the service; amounts that the unit cannot hold are faults. */
export function toImportInput(
  wire: z.output<typeof importSchema>,
  merchant: Merchant,
): Result<ImportInput, LoyaltyError> {
  if (wire.number === undefined && wire.identifiers.length === 0) {
    // Sent again, it would be somebody else.
    return invalid("", "required", "must have a number or an identifier");
  }
  const balances: OpeningBalance[] = [];
  for (const [i, balance] of wire.balances.entries()) {
    if (balances.some(({ unit }) => unit === balance.unit)) {
      return invalid(`/balances/${i}/unit`, "invalid", "must not be named twice");
    }
    const opening = toOpening(balance, merchant, `/balances/${i}`);
    if (!opening.ok) return opening;
    balances.push(opening.value);
  }
  const email = wire.identifiers.find((identifier) => identifier.kind === "email");
  return ok({
    number: wire.number ?? null,
    identifiers: wire.identifiers,
    name: wire.name ?? null,
    email: wire.email ?? email?.value ?? null,
    birthDate: wire.birth_date ?? null,
    status: wire.status,
    site: wire.site ?? null,
    joinedAt: wire.joined_at ?? null,
    createdAt: wire.created_at ?? null,
    updatedAt: wire.updated_at ?? null,
    type: wire.type ?? null,
    attributes: wire.metadata,
    balances,
  });
}

function toOpening(
  balance: z.output<typeof importSchema>["balances"][number],
  merchant: Merchant,
  pointer: string,
): Result<OpeningBalance, LoyaltyError> {
  const scale = unitScale(balance.unit, merchant.currency);
  const detail = `must have at most ${scale} digits behind the point`;
  const lots: { expiresAt: number; amount: number }[] = [];
  for (const [i, lot] of balance.lots.entries()) {
    const amount = parseDecimal(lot.amount, scale);
    if (amount === null || amount === 0) {
      return invalid(`${pointer}/lots/${i}/amount`, "invalid", `${detail} and not be 0`);
    }
    const day = lot.expires_on;
    lots.push({ amount, expiresAt: day === undefined ? NEVER : endOfDay(day, merchant.timeZone) });
  }
  const held = lots.reduce((sum, lot) => sum + lot.amount, 0);
  const earned = balance.lifetime === undefined ? held : parseDecimal(balance.lifetime, scale);
  if (earned === null) return invalid(`${pointer}/lifetime`, "invalid", detail);
  if (earned < held) {
    return invalid(`${pointer}/lifetime`, "invalid", "must be at least what the lots hold");
  }
  return ok({ unit: balance.unit, lots, earned });
}
