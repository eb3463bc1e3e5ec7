import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { listKeysOfPerson, revokeKeysOfPerson } from "../../registry/access/keys.ts";
import type { StaffColumns, StaffRow } from "../../registry/access/staff.ts";
import { updateStaff } from "../../registry/access/staff.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Context, Scope } from "../context.ts";
import { forgetCredentialsWhere } from "./credentials.ts";
import { grantOf } from "./key-changes.ts";
import { hashPassword } from "./passwords.ts";
import type { Reach } from "./reach.ts";
import { checkReach, reachOf } from "./reach.ts";
import { forgetTokensOf } from "./sign-ins.ts";
import { getStaff, reachedSites } from "./staff.ts";

/** What to change of a person; undefined leaves. Sites are named by their codes. */
export interface StaffChanges {
  readonly name: string | undefined;
  readonly password: string | undefined;
  readonly scopes: readonly Scope[] | undefined;
  readonly sites: readonly string[] | undefined;
  readonly defaultSite: string | null | undefined;
  readonly allSites: boolean | undefined;
  readonly disabled: boolean | undefined;
}

/** Keys of one person that are looked at; nobody has half as many. */
const MAX_KEYS = 100;
/** Tries to change a person whom others change too. */
const MAX_TRIES = 5;

/**
 * Changes a person. A new password and being disabled end all that the person signed in for; who is
 * disabled cannot use keys of theirs either, until enabled again. In this isolate at once, in the
 * others within half a minute. A person who can do more than the caller is out of its reach, see
 * {@link checkReach}: whoever sets a password could sign in.
 */
export async function changeStaff(
  ctx: Context,
  id: string,
  changes: StaffChanges,
): Promise<Result<StaffRow, LoyaltyError>> {
  const { password: text } = changes;
  const { now, settings } = ctx;
  const password =
    text === undefined ? {} : { password: await hashPassword(text, settings.passwordCost) };
  return update(ctx, id, async (person, reach) => {
    const columns = await columnsOf(ctx, person, reach, changes);
    if (!columns.ok) return columns;
    const disables = changes.disabled === true && person.disabledAt === null;
    const disabledAt = changes.disabled === false ? null : disables ? now : person.disabledAt;
    const ends = text !== undefined || disables;
    return ok({ columns: { ...columns.value, ...password, disabledAt }, ends, revokes: false });
  });
}

/** Ends all that a person signed in for, and revokes the keys that are the person's own. */
export async function endTokens(ctx: Context, id: string): Promise<Result<StaffRow, LoyaltyError>> {
  return update(ctx, id, async () => ok({ columns: {}, ends: true, revokes: true }));
}

interface Change {
  readonly columns: StaffColumns;
  /** Whether it ends what the person signed in for. */
  readonly ends: boolean;
  /** Whether it revokes the person's keys. */
  readonly revokes: boolean;
}

/** What the change looks at must still be so when it is made; otherwise it looks again. */
async function update(
  ctx: Context,
  id: string,
  decide: (person: StaffRow, reach: Reach) => Promise<Result<Change, LoyaltyError>>,
): Promise<Result<StaffRow, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const reach = await reachOf(ctx);
  if (!reach.ok) return reach;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = await getStaff(ctx, id);
    if (!found.ok) return found;
    const person = found.value;
    const reached = await checkPerson(ctx, person, reach.value);
    if (!reached.ok) return reached;
    const decided = await decide(person, reach.value);
    if (!decided.ok) return decided;
    const { columns, ends, revokes } = decided.value;
    const work = unitOfWork(db, principal.mode);
    work.addConditional(updateStaff(db, person, columns, { ends, now }));
    const whose = { merchantId: person.merchantId, staffId: id };
    if (revokes) work.add(revokeKeysOfPerson(db, whose, now));
    if (!(await work.commit())) continue;
    forgetTokensOf(id);
    forgetCredentialsWhere((credential) => credential.principal.staffId === id);
    if (principal.mode === "live") return getStaff(ctx, id);
    return ok({ ...person, ...columns, updatedAt: now });
  }
  return err({ code: "customer_busy" });
}

/** Whether all that the person may do, and with keys of their own could, lies within a reach. */
async function checkPerson(
  { db }: Context,
  { id: staffId, merchantId, scopes, siteIds, allSites }: StaffRow,
  reach: Reach,
): Promise<Result<null, LoyaltyError>> {
  const own = { scopes, siteIds: allSites ? null : siteIds, mode: reach.mode, unlimited: false };
  const keys = await listKeysOfPerson(db, { merchantId, staffId }, MAX_KEYS);
  for (const grant of [own, ...keys.map(grantOf)]) {
    const reached = checkReach(reach, grant);
    if (!reached.ok) return reached;
  }
  return ok(null);
}

/** The columns that change, where the caller may give what they say. */
async function columnsOf(
  ctx: Context,
  person: StaffRow,
  reach: Reach,
  { name = person.name, scopes = person.scopes as Scope[], ...changes }: StaffChanges,
): Promise<Result<StaffColumns, LoyaltyError>> {
  const { sites, defaultSite, allSites = person.allSites } = changes;
  const places = await reachedSites(ctx, reach, { sites, defaultSite, allSites, scopes }, person);
  return places.ok ? ok({ name, scopes: [...scopes], ...places.value, allSites }) : places;
}
