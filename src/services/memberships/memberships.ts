import type { LoyaltyError } from "../../core/errors.ts";
import { invalid, notFound } from "../../core/errors.ts";
import type { BookedEvent } from "../../core/events/body.ts";
import type { EventType } from "../../core/events/catalogue.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type {
  MembershipProgramRow,
  MembershipRecord,
} from "../../registry/memberships/memberships.ts";
import {
  endMembershipsWrite,
  extendMembershipWrite,
  findHeldMembership,
  findMembershipProgram,
  insertMembership,
  insertMembershipProgram,
  listHeldMemberships,
  listMembershipPrograms,
} from "../../registry/memberships/memberships.ts";
import type { UnitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import { addYears, dayOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import { requireActiveCustomers } from "../customers/customers.ts";
import { makeEvent } from "../events/events.ts";
import { guardWrite } from "../ledger/guarded-writes.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";

export type {
  MembershipProgramRow,
  MembershipRecord,
} from "../../registry/memberships/memberships.ts";

/** Years that a membership can last, counted from the day on which it is assigned or renewed. */
export const MAX_YEARS = 100;

/** A programme of cards that a merchant assigns. */
export interface MembershipProgramInput {
  /** The merchant's own name for it, by which tills mean it. */
  readonly key: string;
  readonly label: string;
  readonly description: string | null;
  readonly conditions: string | null;
  /** Years that a membership lasts unless told otherwise, at most {@link MAX_YEARS}. */
  readonly years: number;
}

/** Makes a membership programme; `already_exists` when the merchant has one of that key. */
export async function createMembershipProgram(
  ctx: Context,
  input: MembershipProgramInput,
): Promise<Result<MembershipProgramRow, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const merchantId = principal.merchant.id;
  return guardWrite<MembershipProgramRow>(ctx, null, async (work) => {
    const taken = await findMembershipProgram(db, merchantId, input.key);
    if (taken !== undefined) {
      return err({ code: "already_exists", object: "membership_program", field: "key" });
    }
    const id = makeId("mpr", ulid(now));
    const row = { id, merchantId, ...input, createdAt: now, updatedAt: now };
    work.add(insertMembershipProgram(db, row));
    return ok(row);
  });
}

/** A merchant's membership programmes, newest first. */
export async function pageMembershipPrograms(
  ctx: Context,
  limit: number,
  before: string | null,
): Promise<Page<MembershipProgramRow>> {
  const { id } = ctx.principal.merchant;
  return pageOf(await listMembershipPrograms(ctx.db, id, limit + 1, before), limit);
}

/** Whose membership of which programme, and for how long. */
export interface MembershipInput {
  /** `cus_` id. */
  readonly customer: string;
  /** The programme's key. */
  readonly program: string;
  /** At most {@link MAX_YEARS}; null: as long as the programme says. */
  readonly years: number | null;
}

/**
 * Assigns a membership from today on, to the same day so many years later. Of one programme a
 * customer holds one (`already_assigned`); one that has expired is replaced. `not_found`
 * (membership_program).
 */
export async function assignMembership(
  ctx: Context,
  input: MembershipInput,
): Promise<Result<MembershipRecord, LoyaltyError>> {
  const { db, now } = ctx;
  const { merchant } = ctx.principal;
  const { customer: customerId } = input;
  const program = await findMembershipProgram(db, merchant.id, input.program);
  if (program === undefined) return notFound("membership_program");
  const today = dayOf(now, merchant.timeZone);
  return guardWrite<MembershipRecord>(ctx, null, async (work) => {
    const allowed = await requireActiveCustomers(ctx, [customerId]);
    if (!allowed.ok) return allowed;
    const held = await findHeldMembership(db, merchant.id, customerId, program.id);
    if (held !== undefined) {
      if (held.expiresOn >= today) return err({ code: "already_assigned" });
      work.addConditional(endMembershipsWrite(db, merchant.id, [held.id], now));
    }
    const membership = {
      id: makeId("mem", ulid(now)),
      merchantId: merchant.id,
      customerId,
      programId: program.id,
      entitledOn: today,
      expiresOn: addYears(today, input.years ?? program.years),
      endedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    work.add(insertMembership(db, membership));
    const record = { membership, program };
    work.addEvents(merchant.id, [membershipEvent(ctx, "membership.assigned", record)]);
    return ok(record);
  });
}

/**
 * Lets a membership last so many years longer, or, where it has expired, so many from today on.
 * `not_found` (membership_program, membership).
 */
export async function renewMembership(
  ctx: Context,
  input: MembershipInput,
): Promise<Result<MembershipRecord, LoyaltyError>> {
  const { db, now } = ctx;
  const { merchant } = ctx.principal;
  const program = await findMembershipProgram(db, merchant.id, input.program);
  if (program === undefined) return notFound("membership_program");
  const today = dayOf(now, merchant.timeZone);
  return guardWrite<MembershipRecord>(ctx, null, async (work) => {
    const held = await findHeldMembership(db, merchant.id, input.customer, program.id);
    if (held === undefined) return notFound("membership");
    const from = held.expiresOn < today ? today : held.expiresOn;
    const expiresOn = addYears(from, input.years ?? program.years);
    if (expiresOn > addYears(today, MAX_YEARS)) {
      return invalid("/years", "too_large", `must not lead beyond ${MAX_YEARS} years from today`);
    }
    work.addConditional(extendMembershipWrite(db, held, expiresOn, now));
    const record = { membership: { ...held, expiresOn, updatedAt: now }, program };
    work.addEvents(merchant.id, [membershipEvent(ctx, "membership.assigned", record)]);
    return ok(record);
  });
}

/** The memberships that a customer holds today, oldest first; none that has expired. */
export async function listMemberships(
  ctx: Context,
  customer: string,
): Promise<readonly MembershipRecord[]> {
  const { id, timeZone } = ctx.principal.merchant;
  return listHeldMemberships(ctx.db, id, customer, dayOf(ctx.now, timeZone));
}

/** Which of a customer's memberships: the one of a programme, the one with an id, or all. */
export type MembershipChoice = { readonly program: string } | { readonly id: string } | "all";

/**
 * Takes memberships away that a customer holds today; answers how many. `not_found` (membership)
 * when there is none of them.
 */
export async function removeMemberships(
  ctx: Context,
  customer: string,
  choice: MembershipChoice,
): Promise<Result<number, LoyaltyError>> {
  return guardWrite<number>(ctx, null, async (work) => {
    const held = await listMemberships(ctx, customer);
    const records = held.filter((record) => isChosen(record, choice));
    if (records.length === 0) return notFound("membership");
    endMemberships(ctx, work, records);
    return ok(records.length);
  });
}

/** Adds the end of memberships that are held to a unit of work; one that ended refuses it. */
export function endMemberships(
  ctx: Context,
  work: UnitOfWork,
  records: readonly MembershipRecord[],
): void {
  const merchantId = ctx.principal.merchant.id;
  const ids = records.map(({ membership }) => membership.id);
  work.addConditional(endMembershipsWrite(ctx.db, merchantId, ids, ctx.now), ids.length);
  const told = records.map((record) => membershipEvent(ctx, "membership.removed", record));
  work.addEvents(merchantId, told);
}

function isChosen(record: MembershipRecord, choice: MembershipChoice): boolean {
  if (choice === "all") return true;
  const { membership, program } = record;
  return "id" in choice ? membership.id === choice.id : program.key === choice.program;
}

function membershipEvent(ctx: Context, type: EventType, record: MembershipRecord): BookedEvent {
  const { membership, program } = record;
  const { id, customerId: customer, entitledOn, expiresOn } = membership;
  const days = { entitled_on: entitledOn, expires_on: expiresOn };
  const data = { customer, membership: id, program: program.id, key: program.key, ...days };
  return makeEvent(ctx, type, customer, data);
}
