import type { GivenStatus } from "../../core/customers.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { BookedEvent } from "../../core/events/body.ts";
import { identifierOf } from "../../core/identifiers.ts";
import { makeId } from "../../core/ids.ts";
import { standingFor } from "../../core/program/tiers.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { AddedCustomer, Identifier, NewCustomer } from "../../registry/customers/customers.ts";
import { findHeld, insertCustomer } from "../../registry/customers/customers.ts";
import type { Holders, Mover, Wanted } from "../../registry/customers/moving-in.ts";
import { insertCustomers, nameOf, readHolders } from "../../registry/customers/moving-in.ts";
import type { UnitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import { hashPassword } from "../access/passwords.ts";
import type { Context } from "../context.ts";
import { makeEvent } from "../events/events.ts";
import { guardWrite, unguarded } from "../ledger/guarded-writes.ts";
import { readPoints } from "../ledger/points.ts";
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

/** Who moves in: a person and the earlier record. */
export interface MoverInput extends PersonInput, EarlierRecord {}

/** A person to enrol, and how. */
export interface EnrolInput extends PersonInput {
  /**
   * Who counts as enrolled already. `first`: whoever has an identifier, the first given that
   * matches. `none`: nobody, and whoever has an identifier stands in the way.
   */
  readonly known: "first" | "none";
  /** Customer number that the same request carries for another purpose; see `guardWrite`. */
  readonly named?: number | null;
  /** Whether a new customer gets a reference code, unless it is among the identifiers. */
  readonly coded?: boolean;
  /** Plain; null or absent: the customer signs in with nothing. */
  readonly password?: string | null;
}

/** What an enrolment came to. */
export interface Enrolment {
  /** `cus_` id. */
  readonly id: string;
  /** False when the customer was enrolled before. */
  readonly created: boolean;
  /** Points (smallest step) and tier at the first answer: a repeat tells the same. */
  readonly balance: number;
  readonly tier: string | null;
  /** As this very call has added the customer; null: it has not, or repeats one under its guard. */
  readonly added: AddedCustomer | null;
}

/** What a guard keeps of an enrolment: nothing personal. */
type Kept = Omit<Enrolment, "added">;

/**
 * Enrols a customer, or finds who is enrolled already and leaves that one as it is. Of two at once
 * one is first, and the other decides anew. `already_exists` (customer) names what somebody else
 * has.
 */
export async function enrolCustomer(
  ctx: Context,
  input: EnrolInput,
): Promise<Result<Enrolment, LoyaltyError>> {
  const { known, named = null, password: plain = null } = input;
  const password = plain === null ? null : await hashPassword(plain, ctx.settings.passwordCost);
  let added: AddedCustomer | null = null;
  const attempt = async (work: UnitOfWork): Promise<Result<Kept, LoyaltyError>> => {
    added = null;
    const existing = await findKnown(ctx, input);
    if (!existing.ok) return existing;
    if (existing.value !== null) return ok(existing.value);
    const customer = { ...newRow(ctx, input), password };
    const identifiers = identifiersOf(input);
    const { id, merchantId } = customer;
    work.add(...insertCustomer(ctx.db, customer, identifiers));
    work.addEvents(merchantId, [createdEvent(ctx, customer)]);
    added = { ...customer, identifiers };
    return ok({ id, created: true, balance: 0, tier: standingFor(ctx.principal.program, 0).tier });
  };
  // Where nobody is found the answer is personal.
  const guarded = known === "first" ? ctx : unguarded(ctx);
  const enrolled = await guardWrite(guarded, named, attempt);
  return enrolled.ok ? ok({ ...enrolled.value, added }) : enrolled;
}

/** Whom one who moves in turned out to be. */
export type MovedIn = Result<Pick<Enrolment, "id" | "created">, LoyaltyError>;

/** Adds what those of a group who come to be bring along; tells of it after them. */
export type Bring = (work: UnitOfWork, outcomes: readonly MovedIn[]) => readonly BookedEvent[];

/**
 * Enrols a group of customers who move in, with one look-up and one batch, whoever many they are:
 * each is the one to whom number and identifiers lead, or comes to be with all the others. What one
 * line brings holds for the next. `tried` hears of each way to D1, with its statements, before it
 * is gone; `bring` adds what the new ones bring besides, and answers with the events of that.
 * Refusals of one are its own: `already_exists` (customer) when number and identifiers belong to
 * different customers, `not_found` (site, customer type) where there is none of that code or
 * number.
 */
export async function enrolGroup(
  ctx: Context,
  inputs: readonly MoverInput[],
  tried: (queries: number) => void,
  bring: Bring,
): Promise<readonly MovedIn[]> {
  const merchantId = ctx.principal.merchant.id;
  const attempt = async (work: UnitOfWork): Promise<Result<MovedIn[], LoyaltyError>> => {
    tried(1);
    const holders = await readHolders(ctx.db, merchantId, wantedBy(inputs));
    const { outcomes, added } = judgeGroup(ctx, inputs, holders);
    if (added.length === 0) return ok(outcomes);
    work.add(...insertCustomers(ctx.db, merchantId, added));
    const events = added.map((customer) => createdEvent(ctx, customer));
    work.addEvents(merchantId, [...events, ...bring(work, outcomes)]);
    tried(work.size);
    return ok(outcomes);
  };
  const enrolled = await guardWrite(unguarded(ctx), null, attempt);
  return enrolled.ok ? enrolled.value : inputs.map(() => enrolled);
}

/** Each of a group by what is held, and who of them is new. */
function judgeGroup(ctx: Context, inputs: readonly MoverInput[], holders: Holders) {
  const numbers = new Map(holders.numbers);
  const identifiers = new Map(holders.identifiers);
  const added: Mover[] = [];
  const outcomes = inputs.map((input): MovedIn => {
    const own = distinct(input.identifiers);
    const known = knownTo({ number: input.number, own }, { ...holders, numbers, identifiers });
    if (!known.ok) return known;
    if (known.value !== null) return ok({ id: known.value, created: false });
    const customer = moverRow(ctx, input, holders);
    if (!customer.ok) return customer;
    const { id, number } = customer.value;
    if (number !== null) numbers.set(number, id);
    for (const identifier of own) identifiers.set(nameOf(identifier), id);
    added.push({ ...customer.value, identifiers: own });
    return ok({ id, created: true });
  });
  return { outcomes, added };
}

/** The one to whom number and identifiers lead; null: nobody. */
function knownTo(
  { number, own }: { readonly number: number | null; readonly own: readonly Identifier[] },
  { numbers, gone, identifiers }: Holders,
): Result<string | null, LoyaltyError> {
  const byNumber = number === null ? undefined : numbers.get(number);
  const matches = own.flatMap((identifier) => identifiers.get(nameOf(identifier)) ?? []);
  const all = new Set(byNumber === undefined ? matches : [byNumber, ...matches]);
  const [id = null] = all;
  const isForeign = id !== null && number !== null && byNumber === undefined;
  if (all.size > 1 || isForeign) return taken(isForeign ? "identifiers" : "number");
  // Nobody can be found by it, and yet it is taken.
  if (number !== null && gone.has(number)) return taken("number");
  return ok(id);
}

function wantedBy(inputs: readonly MoverInput[]): Wanted {
  const each = <T>(of: (input: MoverInput) => T | null): NonNullable<T>[] =>
    [...new Set(inputs.flatMap((input) => of(input) ?? []))] as NonNullable<T>[];
  return {
    numbers: each(({ number }) => number),
    identifiers: distinct(inputs.flatMap(({ identifiers }) => identifiers)),
    sites: each(({ site }) => site),
    types: each(({ type }) => type),
  };
}

function distinct(identifiers: readonly Identifier[]): readonly Identifier[] {
  return [...new Map(identifiers.map((identifier) => [nameOf(identifier), identifier])).values()];
}

/** Who is enrolled already; null: nobody who counts. */
async function findKnown(
  ctx: Context,
  { known, identifiers }: EnrolInput,
): Promise<Result<Kept | null, LoyaltyError>> {
  if (known === "none") {
    const free = await requireFree(ctx, identifiers);
    return free.ok ? ok(null) : free;
  }
  const found = await findCustomer(ctx, identifiers);
  if (!found.ok) return ok(null);
  const { id } = found.value;
  const { balance, standing } = await readPoints(ctx, id, 0);
  return ok({ id, created: false, balance, tier: standing.tier });
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
export function newRow(
  { now, principal }: Context,
  { name, email, birthDate, attributes }: PersonInput,
): NewCustomer {
  return {
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
    password: null,
  };
}

/** The row of a new customer who moves in. */
function moverRow(
  ctx: Context,
  input: MoverInput,
  { sites, types }: Holders,
): Result<NewCustomer, LoyaltyError> {
  const { number, status, joinedAt, createdAt, updatedAt } = input;
  const site = input.site === null ? ctx.principal.siteId : sites.get(input.site);
  if (site === undefined) return notFound("site");
  const type = input.type === null ? null : types.get(input.type);
  if (type === undefined) return notFound("customer_type");
  const row = newRow(ctx, input);
  return ok({
    ...row,
    number,
    status,
    siteId: site,
    attributes: type === null ? row.attributes : { ...row.attributes, type },
    joinedAt: joinedAt ?? createdAt ?? ctx.now,
    lastSeenAt: null,
    createdAt: createdAt ?? ctx.now,
    updatedAt: updatedAt ?? ctx.now,
  });
}

function createdEvent(
  ctx: Context,
  { id, status }: Pick<NewCustomer, "id" | "status">,
): BookedEvent {
  return makeEvent(ctx, "customer.created", id, { customer: id, status });
}
