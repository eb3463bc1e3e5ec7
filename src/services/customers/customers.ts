import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type {
  CustomerRecord,
  Identifier,
  NewCustomer,
} from "../../registry/customers/customers.ts";
import {
  findCustomerByEmail,
  findCustomerNumber,
  findCustomersByIdentifiers,
  insertCustomer,
  nextCustomerNumber,
  readCustomer,
  touchCustomer,
} from "../../registry/customers/customers.ts";
import type { CustomerLine } from "../../registry/customers/listing.ts";
import { pageCustomers } from "../../registry/customers/listing.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import type { Context } from "../context.ts";
import { makeEvent } from "../events/events.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";
import { readPoints } from "../ledger/points.ts";
import { bindGuard } from "../ledger/wallets.ts";

export type {
  CustomerRecord,
  Identifier,
  IdentifierKind,
} from "../../registry/customers/customers.ts";
export type { CustomerLine } from "../../registry/customers/listing.ts";

/** A person to enrol; values are normalised. */
export interface EnrolInput {
  readonly identifiers: readonly Identifier[];
  readonly name: string | null;
  readonly email: string | null;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Customer number that the same request carries for another purpose; see `guardWrite`. */
  readonly named: number | null;
}

/** What an enrolment came to. */
export interface Enrolment {
  readonly id: string;
  readonly number: number;
  /** False when one of the identifiers already belonged to this customer. */
  readonly created: boolean;
  /** Points (smallest step) and tier at the first answer: a repeat tells the same. */
  readonly balance: number;
  readonly tier: string | null;
}

/**
 * Enrols a customer, or finds the one that already has an identifier (the first given counts). An
 * existing profile stays as it is.
 */
export async function enrolCustomer(
  ctx: Context,
  input: EnrolInput,
): Promise<Result<Enrolment, LoyaltyError>> {
  const merchantId = ctx.principal.merchant.id;
  const enrolled = await guardWrite(ctx, input.named, async (work) => {
    const existing = await firstMatch(ctx, input.identifiers);
    if (existing !== null) {
      const { id } = existing.customer;
      const { balance, standing } = await readPoints(ctx, id, 0);
      return ok({ id, created: false, balance, tier: standing.tier });
    }
    const customer = newCustomer(ctx, input);
    work.add(...insertCustomer(ctx.db, customer, input.identifiers));
    const data = { customer: customer.id, status: customer.status };
    work.addEvents(merchantId, [makeEvent(ctx, "customer.created", customer.id, data)]);
    return ok({ id: customer.id, created: true, balance: 0, tier: lowestTier(ctx) });
  });
  if (!enrolled.ok) return enrolled;
  const { id, created } = enrolled.value;
  const known = await findCustomerNumber(ctx.db, merchantId, id);
  const number = known ?? (await nextCustomerNumber(ctx.db, merchantId));
  if (created && ctx.guard !== null && input.named === number) {
    // Before, there was nobody of that number in whose wallet the guard could be bound.
    const bound = await bindGuard(ctx, id, ctx.guard);
    if (!bound.ok) return bound;
  }
  return ok({ ...enrolled.value, number });
}

/**
 * A customer as `enrolCustomer` adds one. The number is given by the insert itself: two enrolments
 * at once never want the same one.
 */
export function newCustomer(
  ctx: Context,
  input: Pick<EnrolInput, "name" | "email" | "birthDate" | "attributes">,
): NewCustomer {
  const { now, principal } = ctx;
  return {
    id: makeId("cus", ulid(now)),
    merchantId: principal.merchant.id,
    number: null,
    status: "active",
    siteId: principal.siteId,
    name: input.name,
    email: input.email,
    birthDate: input.birthDate,
    attributes: { ...input.attributes },
    joinedAt: now,
    lastSeenAt: now,
    createdAt: now,
    updatedAt: now,
    password: null,
  };
}

async function firstMatch(
  ctx: Context,
  wanted: readonly Identifier[],
): Promise<CustomerRecord | null> {
  const merchantId = ctx.principal.merchant.id;
  for (const identifier of wanted) {
    const [id] = await findCustomersByIdentifiers(ctx.db, merchantId, [identifier]);
    const record = id === undefined ? undefined : await readCustomer(ctx.db, merchantId, id);
    if (record !== undefined) return record;
  }
  return null;
}

/** The customer that has one of the identifiers; the first given that matches counts. */
export async function findCustomer(
  ctx: Context,
  wanted: readonly Identifier[],
): Promise<Result<CustomerRecord, LoyaltyError>> {
  const record = await firstMatch(ctx, wanted);
  return record === null ? notFound("customer") : ok(record);
}

/** The customer with that e-mail (normalised): of several the newest active one. */
export async function findCustomerWithEmail(
  ctx: Context,
  email: string,
): Promise<Result<CustomerRecord, LoyaltyError>> {
  const id = await findCustomerByEmail(ctx.db, ctx.principal.merchant.id, email);
  return id === undefined ? notFound("customer") : getCustomer(ctx, id);
}

/** The merchant's customer with that id. */
export async function getCustomer(
  ctx: Context,
  id: string,
): Promise<Result<CustomerRecord, LoyaltyError>> {
  const record = await readCustomer(ctx.db, ctx.principal.merchant.id, id);
  return record === undefined ? notFound("customer") : ok(record);
}

/** {@link getCustomer} for who may know that somebody was erased: `erased` tells it. */
export async function getCustomerOrErased(
  ctx: Context,
  id: string,
): Promise<Result<CustomerRecord, LoyaltyError>> {
  const found = await getCustomer(ctx, id);
  if (found.ok) return found;
  const number = await findCustomerNumber(ctx.db, ctx.principal.merchant.id, id);
  return number === undefined ? found : err({ code: "erased" });
}

/** Which customers to list. */
export interface CustomerQuery {
  /** Part of a name or e-mail, or the beginning of an identifier; null is all. */
  readonly search: string | null;
  readonly tier: string | null;
  /** Only customers with a smaller number; null is all. */
  readonly before: number | null;
}

/** A page of the merchant's customers, newest first; balances as the wallets last told them. */
export async function listCustomers(
  ctx: Context,
  query: CustomerQuery,
  limit: number,
  offset: number,
): Promise<{ readonly rows: readonly CustomerLine[]; readonly total: number }> {
  const filter = { ...query, id: null, lowestTier: lowestTier(ctx) };
  return pageCustomers(ctx.db, ctx.principal.merchant.id, filter, limit, offset);
}

/** One customer as a list shows it, also one who was erased; undefined when there is none. */
export async function readCustomerLine(
  ctx: Context,
  id: string,
): Promise<CustomerLine | undefined> {
  const filter = { search: null, tier: null, before: null, id, lowestTier: lowestTier(ctx) };
  const { rows } = await pageCustomers(ctx.db, ctx.principal.merchant.id, filter, 1, 0);
  return rows[0];
}

function lowestTier(ctx: Context): string | null {
  return ctx.principal.program.tiers[0]?.name ?? null;
}

/** Notes, after the answer, that a customer was seen. */
export function noteSeen(ctx: Context, id: string): void {
  const work = unitOfWork(ctx.db, ctx.principal.mode);
  work.add(touchCustomer(ctx.db, ctx.principal.merchant.id, id, ctx.now));
  ctx.defer(work.commit());
}
