import type * as z from "zod";
import { parseDecimal, unitNamed, unitScale } from "../../../core/amount.ts";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid } from "../../../core/errors.ts";
import { NEVER } from "../../../core/ledger/entries.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import { endOfDay } from "../../../services/calendar.ts";
import type { Principal } from "../../../services/context.ts";
import type { ImportInput, OpeningBalance } from "../../../services/customers/import.ts";
import type { importSchema } from "./schemas.ts";

type Rules = Pick<Principal, "merchant" | "program">;

/** An import line for the service; amounts that the unit cannot hold are faults. */
export function toImportInput(
  wire: z.output<typeof importSchema>,
  rules: Rules,
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
    const opening = toOpening(balance, rules, `/balances/${i}`);
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
  { merchant, program }: Rules,
  pointer: string,
): Result<OpeningBalance, LoyaltyError> {
  const unit = unitNamed(balance.unit, program.units);
  if (unit === null) return invalid(`${pointer}/unit`, "invalid", "is no unit of the programme");
  const scale = unitScale(unit, merchant.currency, program.units);
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
  return ok({ unit, lots, earned });
}
