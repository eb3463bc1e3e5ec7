import type { GivenStatus } from "../../core/customers.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { identifierOf } from "../../core/identifiers.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Customer, Identifier, IdentifierKind } from "../../registry/customers/customers.ts";
import {
  replaceIdentifier,
  setCustomerStatus,
  updateCustomer,
} from "../../registry/customers/customers.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { hashPassword } from "../access/passwords.ts";
import type { Context } from "../context.ts";
import { makeEvent } from "../events/events.ts";
import { guardWrite, unguarded } from "../ledger/guarded-writes.ts";
import { bookStatus, readWallet } from "../ledger/wallets.ts";
import { typeOfCustomer } from "./customer-type.ts";
import { getCustomer } from "./customers.ts";
import { requireFree } from "./enrolment.ts";
import { forgetProfile } from "./profiles.ts";

/** What to change of a customer: what is undefined stays, null clears. Values are normalised. */
export interface CustomerChanges {
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string | null | undefined;
  readonly status?: GivenStatus | undefined;
  /** Plain. */
  readonly password?: string | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  /** One identifier of its kind, instead of all there were. */
  readonly identifiers?: Readonly<Partial<Record<IdentifierKind, string | null | undefined>>>;
  /** Whether to refuse to take the last of phone and e-mail. */
  readonly keepsContact?: boolean;
}

/** Attributes that tell that an e-mail or a phone was verified: of a new one nothing is known. */
const VERIFIED = { email: "email_verified", phone: "phone_verified" } as const;

/** Far more changes of one status at once than anybody makes. */
const MAX_FOLLOWED = 10;

/** A change as it is written. */
interface Plan {
  readonly after: Customer;
  readonly moved: readonly Move[];
  /** Names of the fields that are not what they were. */
  readonly fields: readonly string[];
}

interface Move {
  readonly kind: IdentifierKind;
  readonly value: string | null;
}

/** Tells what to change of a customer, from how the customer is when the change is written. */
export type Decide = (before: Customer) => Result<Omit<CustomerChanges, "password">, LoyaltyError>;

/**
 * Changes a customer; answers with the customer as it then is. `not_found` (customer),
 * `contact_required` when the last of phone and e-mail would go but must not, `already_exists`
 * (customer) with the kind of the first identifier that somebody else has. An e-mail that the
 * customer is found by moves along with the profile's.
 */
export async function changeCustomer(
  ctx: Context,
  id: string,
  changes: CustomerChanges,
): Promise<Result<Customer, LoyaltyError>> {
  const { password } = changes;
  const { passwordCost } = ctx.settings;
  const hash = password === undefined ? null : await hashPassword(password, passwordCost);
  return writeChange(ctx, id, () => ok(changes), hash);
}

/** {@link changeCustomer} where the change hangs on what the customer is; fails as `decide` too. */
export async function changeCustomerBy(
  ctx: Context,
  id: string,
  decide: Decide,
): Promise<Result<Customer, LoyaltyError>> {
  return writeChange(ctx, id, decide, null);
}

async function writeChange(
  ctx: Context,
  id: string,
  decide: Decide,
  hash: string | null,
): Promise<Result<Customer, LoyaltyError>> {
  let toldBefore = false;
  const changed = await guardWrite<Customer>(unguarded(ctx), null, async (work) => {
    const found = await getCustomer(ctx, id);
    if (!found.ok) return found;
    const changes = decide(found.value);
    if (!changes.ok) return changes;
    const before = found.value;
    const { after, moved, fields } = planChange(before, changes.value, hash, ctx.now);
    const losesContact = hasContact(before) && !hasContact(after);
    if (losesContact && changes.value.keepsContact) return err({ code: "contact_required" });
    const free = await requireFree(ctx, moved.filter(isIdentifier));
    if (!free.ok) return free;
    const { status } = changes.value;
    if (status !== undefined) {
      // The wallet first; what a crash in between leaves different, the sweep's round makes equal.
      const told = await bookStatus(ctx, id, status, before.status);
      if (!told.ok) return told;
      toldBefore = true;
    }
    if (fields.length === 0) return found;
    const profile = { ...after, password: hash ?? undefined };
    work.addConditional(updateCustomer(ctx.db, profile, before.updatedAt));
    for (const { kind, value } of moved) {
      work.add(...replaceIdentifier(ctx.db, before, kind, value, ctx.now));
    }
    const data = { customer: id, fields };
    work.addEvents(before.merchantId, [makeEvent(ctx, "customer.updated", id, data)]);
    const isSame = after.attributes.type === before.attributes.type;
    return ok(isSame ? after : { ...after, type: await typeOfCustomer(ctx, after) });
  });
  if (changed.ok) forgetProfile(id);
  else if (toldBefore) await takeStatusBack(ctx, id);
  if (toldBefore) await followWallet(ctx, id);
  return changed;
}

/**
 * Of changes of a status at once the last that the wallet was told counts: each sees to it that the
 * registry has what the wallet has then, and looks again after it has written.
 */
async function followWallet(ctx: Context, id: string): Promise<void> {
  if (ctx.principal.mode === "test") return;
  for (let tries = 0; tries < MAX_FOLLOWED; tries += 1) {
    const [{ head }, found] = await Promise.all([readWallet(ctx, id, 0), getCustomer(ctx, id)]);
    const { status } = head;
    if (!found.ok || status === undefined || status === "erased") return;
    if (found.value.status === status) return;
    const work = unitOfWork(ctx.db, ctx.principal.mode);
    work.add(setCustomerStatus(ctx.db, found.value.merchantId, id, status, ctx.now));
    await work.commit();
  }
}

/**
 * A change that was refused after its status was told changes nothing, not in the wallet either.
 */
async function takeStatusBack(ctx: Context, id: string): Promise<void> {
  const found = await getCustomer(ctx, id);
  if (found.ok && found.value.status !== "erased") {
    await bookStatus(ctx, id, found.value.status, found.value.status);
  }
}

function planChange(
  before: Customer,
  changes: Omit<CustomerChanges, "password">,
  hash: string | null,
  now: number,
): Plan {
  const moved = planMoves(before, changes);
  const identifiers = [
    ...before.identifiers.filter(({ kind }) => moved.every((move) => move.kind !== kind)),
    ...moved.filter(isIdentifier),
  ];
  const profile = {
    name: changes.name === undefined ? before.name : changes.name,
    email: changes.email === undefined ? before.email : changes.email,
    birthDate: changes.birthDate === undefined ? before.birthDate : changes.birthDate,
    status: changes.status ?? before.status,
  };
  const fields = new Set<string>(moved.map(({ kind }) => kind));
  for (const [key, name] of Object.entries(FIELDS)) {
    const column = key as keyof typeof FIELDS;
    if (profile[column] !== before[column]) fields.add(name);
  }
  if (hash !== null) fields.add("password");
  const attributes = planAttributes(before, changes.attributes ?? {}, fields);
  // Two changes within a millisecond must not look like one.
  const updatedAt = Math.max(now, before.updatedAt + 1);
  const after = { ...before, ...profile, attributes, identifiers, updatedAt };
  return { after, moved, fields: [...fields] };
}

/** Columns of the profile, and their names in events. */
const FIELDS = {
  name: "name",
  email: "email",
  birthDate: "birth_date",
  status: "status",
} as const;

function planMoves(
  { identifiers }: Customer,
  changes: Pick<CustomerChanges, "email" | "identifiers">,
): Move[] {
  const known = identifiers.some(({ kind }) => kind === "email");
  const wanted = { ...(known ? { email: changes.email } : {}), ...changes.identifiers };
  return Object.entries(wanted).flatMap(([name, value]): Move[] => {
    if (value === undefined) return [];
    const kind = name as IdentifierKind;
    const own = identifiers.filter((identifier) => identifier.kind === kind);
    const stays = value === null ? own.length === 0 : own.some((one) => one.value === value);
    return stays ? [] : [{ kind, value }];
  });
}

/** The attributes after the change; adds the names of those that change to `fields`. */
function planAttributes(
  { attributes: before }: Customer,
  changes: Readonly<Record<string, unknown>>,
  fields: Set<string>,
): Record<string, unknown> {
  const after = { ...before };
  for (const [name, value] of Object.entries(changes)) {
    if (JSON.stringify(value ?? undefined) === JSON.stringify(before[name])) continue;
    fields.add(name);
    after[name] = value;
  }
  for (const kind of ["email", "phone"] as const) {
    if (fields.has(kind)) delete after[VERIFIED[kind]];
  }
  return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== null));
}

function hasContact(customer: Customer): boolean {
  return customer.email !== null || identifierOf(customer, "phone") !== null;
}

function isIdentifier(move: Move): move is Identifier {
  return move.value !== null;
}
