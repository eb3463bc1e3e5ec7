import type { GivenStatus } from "../../core/customers.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { identifierOf } from "../../core/identifiers.ts";
import { makeId } from "../../core/ids.ts";
import { standingFor } from "../../core/program/tiers.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { AddedCustomer, Identifier, NewCustomer } from "../../registry/customers/customers.ts";
import {
  findCustomerId,
  findCustomersByIdentifiers,
  findHeld,
  insertCustomer,
} from "../../registry/customers/customers.ts";
import type { UnitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import { hashPassword } from "../access/passwords.ts";
import type { Context } from "../context.ts";
import { announce, makeEvent } from "../events/events.ts";
import { guardWrite, unguarded } from "../ledger/guarded-writes.ts";
import { readPoints } from "../ledger/points.ts";
import { getSiteByCode } from "../merchants/sites.ts";
import { getCustomerType } from "./customer-type.ts";
import { findCustomer } from "./customers.ts";
import { newReferenceCode, referenceCode } from "./reference-codes.ts";

/** A person as a till describes one; values are normalised. */
export interface PersonInput {
  readonly identifiers: readonly Identifier[];
  readonly name: string | null;
  readonly email: string | null;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a customer brings along who was kept in another system before. */
export interface EarlierRecord {
  /** The vendor's number; null lets the merchant's next one be given. */
  readonly number: number | null;
  readonly status: GivenStatus;
  /** Site code. */
  readonly site: string | null;
  /** Number of a customer type; null: is of none. */
  readonly type: number | null;
  readonly joinedAt: number | null;
  /** When the record came to be, where it was kept before; null is now. */
  readonly createdAt: number | null;
  /** When it was last changed there; null is now. */
  readonly updatedAt: number | null;
}

/** A person to enrol, and how. */
export interface EnrolInput extends PersonInput {
  /**
   * Who counts as enrolled already. `first`: whoever has an identifier, the first given that
   * matches. `all`: the one to whom number and identifiers lead. `none`: nobody, and whoever has an
   * identifier stands in the way.
   */
  readonly known: "first" | "all" | "none";
  /** Customer number that the same request carries for another purpose; see `guardWrite`. */
  readonly named?: number | null;
  /** Whether a new customer gets a reference code, unless it is among the identifiers. */
  readonly coded?: boolean;
  /** Plain; null or absent: the customer signs in with nothing. */
  readonly password?: string | null;
  readonly earlier?: EarlierRecord;
}

/** What an enrolment came to. */
export interface Enrolment {
  /** `cus_` id. */
  readonly id: string;
  /** False when the customer was enrolled before. */
  readonly created: boolean;
  /**
   * Points (smallest step) and tier at the first answer: a repeat tells the same. Of somebody whom
   * `all` has found nothing is read.
   */
  readonly balance: number;
  readonly tier: string | null;
  /** As this very call has added the customer; null: it has not, or repeats one under its guard. */
  readonly added: AddedCustomer | null;
}

/** What a guard keeps of an enrolment: nothing personal. */
type Kept = Omit<Enrolment, "added">;

/**
 * Enrols a customer, or finds who is enrolled already and leaves that one as it is: the one way in
 * which customers come to be. Of two at once one is first, and the other decides anew.
 * `already_exists` (customer) names what somebody else has; `not_found` (site, customer type) where
 * an earlier record names one that there is none of.
 */
export async function enrolCustomer(
  ctx: Context,
  input: EnrolInput,
): Promise<Result<Enrolment, LoyaltyError>> {
  const { known, named = null, password: plain = null } = input;
  const password = plain === null ? null : await hashPassword(plain, ctx.settings.passwordCost);
  let added: AddedCustomer | null = null;
  let tries = 0;
  const attempt = async (work: UnitOfWork): Promise<Result<Kept, LoyaltyError>> => {
    added = null;
    tries += 1;
    const existing = await findKnown(ctx, input, tries);
    if (!existing.ok) return existing;
    if (existing.value !== null) return ok(existing.value);
    const row = await newRow(ctx, input, password);
    if (!row.ok) return row;
    const customer = row.value;
    const identifiers = identifiersOf(input);
    const { id, merchantId, status } = customer;
    work.add(...insertCustomer(ctx.db, customer, identifiers));
    work.addEvents(merchantId, [makeEvent(ctx, "customer.created", id, { customer: id, status })]);
    added = { ...customer, identifiers };
    return ok({ id, created: true, balance: 0, tier: standingFor(ctx.principal.program, 0).tier });
  };
  // Where nobody is found the answer is personal.
  const guarded = known === "first" ? ctx : unguarded(ctx);
  const enrolled = await guardWrite(guarded, named, attempt, input.earlier ? untold : announce);
  return enrolled.ok ? ok({ ...enrolled.value, added }) : enrolled;
}

/** Who moves in comes with many others: the sweep tells of them all at once. */
function untold(): void {}

/** Who is enrolled already; null: nobody who counts. */
async function findKnown(
  ctx: Context,
  input: EnrolInput,
  tries: number,
): Promise<Result<Kept | null, LoyaltyError>> {
  const { known, identifiers } = input;
  switch (known) {
    case "first": {
      const found = await findCustomer(ctx, identifiers);
      if (!found.ok) return ok(null);
      const { id } = found.value;
      const { balance, standing } = await readPoints(ctx, id, 0);
      return ok({ id, created: false, balance, tier: standing.tier });
    }
    case "all": {
      const found = await findAll(ctx, input);
      // Neither number nor identifiers are of anybody who can be found, and yet one is taken.
      const isTaken = found.ok && found.value === null && tries > 1;
      return isTaken
        ? taken((input.earlier?.number ?? null) === null ? "identifiers" : "number")
        : found;
    }
    case "none": {
      const free = await requireFree(ctx, identifiers);
      return free.ok ? ok(null) : free;
    }
  }
}

async function findAll(
  ctx: Context,
  { identifiers, earlier }: EnrolInput,
): Promise<Result<Kept | null, LoyaltyError>> {
  const merchantId = ctx.principal.merchant.id;
  const number = earlier?.number ?? null;
  const byNumber = number === null ? undefined : await findCustomerId(ctx.db, merchantId, number);
  const matches = await findCustomersByIdentifiers(ctx.db, merchantId, identifiers);
  const all = new Set(byNumber === undefined ? matches : [byNumber, ...matches]);
  const [id] = all;
  if (id === undefined) return ok(null);
  const isForeign = number !== null && byNumber === undefined;
  if (all.size > 1 || isForeign) return taken(isForeign ? "identifiers" : "number");
  return ok({ id, created: false, balance: 0, tier: null });
}

/**
 * Whether nobody has any of the identifiers: `already_exists` (customer) names the kind of the
 * first that somebody has.
 */
export async function requireFree(
  ctx: Context,
  wanted: readonly Identifier[],
): Promise<Result<null, LoyaltyError>> {
  const held = await findHeld(ctx.db, ctx.principal.merchant.id, wanted);
  const first = wanted.find(({ kind, value }) =>
    held.some((other) => other.kind === kind && other.value === value),
  );
  return first === undefined ? ok(null) : taken(first.kind);
}

function taken(field: string): Result<never, LoyaltyError> {
  return err({ code: "already_exists", object: "customer", field });
}

function identifiersOf(input: EnrolInput): readonly Identifier[] {
  const { identifiers, coded = false } = input;
  if (!coded || identifierOf(input, "reference_code") !== null) return identifiers;
  return [...identifiers, referenceCode(newReferenceCode())];
}

/**
 * The row of a new customer. The number is given by the insert itself, unless it is brought along:
 * two enrolments at once never want the same one.
 */
async function newRow(
  ctx: Context,
  { name, email, birthDate, attributes, earlier }: EnrolInput,
  password: string | null,
): Promise<Result<NewCustomer, LoyaltyError>> {
  const { now, principal } = ctx;
  const row = {
    id: makeId("cus", ulid(now)),
    merchantId: principal.merchant.id,
    number: null,
    status: "active",
    siteId: principal.siteId,
    name,
    email,
    birthDate,
    attributes: { ...attributes },
    joinedAt: now,
    lastSeenAt: now,
    createdAt: now,
    updatedAt: now,
    password,
  } as const;
  if (earlier === undefined) return ok(row);
  const site = earlier.site === null ? null : await getSiteByCode(ctx, earlier.site);
  if (site !== null && !site.ok) return site;
  const type = earlier.type === null ? null : await getCustomerType(ctx, earlier.type);
  if (type !== null && !type.ok) return type;
  const { number, status, joinedAt, createdAt, updatedAt } = earlier;
  return ok({
    ...row,
    number,
    status,
    siteId: site?.value.id ?? principal.siteId,
    attributes: type === null ? row.attributes : { ...attributes, type: type.value.id },
    joinedAt: joinedAt ?? createdAt ?? now,
    lastSeenAt: null,
    createdAt: createdAt ?? now,
    updatedAt: updatedAt ?? now,
  });
}
