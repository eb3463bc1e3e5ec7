import type { Unit } from "../../core/amount.ts";
import type { GivenStatus } from "../../core/customers.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { LotChange } from "../../core/ledger/entries.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Identifier } from "../../registry/customers/customers.ts";
import {
  findCustomerId,
  findCustomersByIdentifiers,
  insertCustomer,
} from "../../registry/customers/customers.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import type { Context } from "../context.ts";
import { makeEvent } from "../events/events.ts";
import { bookCommand } from "../ledger/wallets.ts";
import { getSiteByCode } from "../merchants/sites.ts";
import { getCustomerType } from "./customer-type.ts";

/** An opening balance: what the customer brings of one unit. */
export interface OpeningBalance {
  readonly unit: Unit;
  /** Lots with their expiry, in the smallest step. */
  readonly lots: readonly LotChange[];
  /** All that was ever earned, in the smallest step. */
  readonly earned: number;
}

/** A customer who moves in from another system. */
export interface ImportInput {
  /** The vendor's number; null lets the merchant's next one be given. */
  readonly number: number | null;
  readonly identifiers: readonly Identifier[];
  readonly name: string | null;
  readonly email: string | null;
  readonly birthDate: string | null;
  readonly status: GivenStatus;
  /** Site code. */
  readonly site: string | null;
  readonly joinedAt: number | null;
  /** When the record came to be, where it was kept before; null is now. */
  readonly createdAt: number | null;
  /** When it was last changed there; null is now. */
  readonly updatedAt: number | null;
  /** Number of a customer type; null: is of none. */
  readonly type: number | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly balances: readonly OpeningBalance[];
}

/** What became of one imported customer. */
export interface Imported {
  readonly id: string;
  /** `unchanged` when the customer and all opening balances were there already. */
  readonly outcome: "created" | "unchanged";
}

/**
 * Brings one customer along with opening balances. Safe to repeat: a customer that is there by
 * number or identifiers is not made again, and each opening balance is booked once, whatever a
 * crash left undone. `already_exists` when number and identifiers belong to different customers,
 * `not_found` (site, customer type) when there is none of that code or number.
 */
export async function importCustomer(
  ctx: Context,
  input: ImportInput,
): Promise<Result<Imported, LoyaltyError>> {
  const found = await findOrCreate(ctx, input);
  if (!found.ok) return found;
  const { id, created } = found.value;
  let changed = created;
  for (const { unit, lots, earned } of input.balances) {
    const booked = await bookCommand(ctx, {
      customer: id,
      command: { kind: "open", unit, lots, earned },
      reference: { operation: "open", key: `opening/${unit}`, fingerprint: "opening" },
      remarks: {},
      occurredAt: input.joinedAt,
    });
    if (!booked.ok) return booked;
    changed ||= !booked.value.repeated;
  }
  return ok({ id, outcome: changed ? "created" : "unchanged" });
}

interface Found {
  readonly id: string;
  readonly created: boolean;
}

async function findOrCreate(
  ctx: Context,
  input: ImportInput,
): Promise<Result<Found, LoyaltyError>> {
  const existing = await findExisting(ctx, input);
  if (!existing.ok || existing.value !== null) return existing as Result<Found, LoyaltyError>;
  const site = input.site === null ? null : await getSiteByCode(ctx, input.site);
  if (site !== null && !site.ok) return site;
  const type = input.type === null ? null : await getCustomerType(ctx, input.type);
  if (type !== null && !type.ok) return type;
  const { now, principal } = ctx;
  const id = makeId("cus", ulid(now));
  const work = unitOfWork(ctx.db, principal.mode);
  const { number, name, email, birthDate, status, attributes } = input;
  const row = {
    id,
    merchantId: principal.merchant.id,
    number,
    status,
    siteId: site?.value.id ?? principal.siteId,
    name,
    email,
    birthDate,
    attributes: { ...attributes, ...(type === null ? {} : { type: type.value.id }) },
    joinedAt: input.joinedAt ?? input.createdAt ?? now,
    lastSeenAt: null,
    createdAt: input.createdAt ?? now,
    updatedAt: input.updatedAt ?? now,
    password: null,
  };
  work.add(...insertCustomer(ctx.db, row, input.identifiers));
  const data = { customer: id, status };
  work.addEvents(ctx.principal.merchant.id, [makeEvent(ctx, "customer.created", id, data)]);
  if (await work.commit()) return ok({ id, created: true });
  // Somebody else brought the customer along meanwhile: another line, or another import.
  const meanwhile = await findExisting(ctx, input);
  if (!meanwhile.ok) return meanwhile;
  const field = input.number === null ? "identifiers" : "number";
  const taken = err({ code: "already_exists", object: "customer", field } as const);
  return meanwhile.value === null ? taken : ok(meanwhile.value);
}

async function findExisting(
  ctx: Context,
  input: ImportInput,
): Promise<Result<Found | null, LoyaltyError>> {
  const merchantId = ctx.principal.merchant.id;
  const byNumber =
    input.number === null ? undefined : await findCustomerId(ctx.db, merchantId, input.number);
  const matches = await findCustomersByIdentifiers(ctx.db, merchantId, input.identifiers);
  const all = new Set(byNumber === undefined ? matches : [byNumber, ...matches]);
  const [id] = all;
  if (id === undefined) return ok(null);
  const foreign = input.number !== null && byNumber === undefined;
  if (all.size > 1 || foreign) {
    const field = foreign ? "identifiers" : "number";
    return err({ code: "already_exists", object: "customer", field });
  }
  return ok({ id, created: false });
}
