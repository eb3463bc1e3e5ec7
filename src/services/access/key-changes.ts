import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { endKey, insertKey, revokeKey as revoking } from "../../registry/access/keys.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Context } from "../context.ts";
import { forgetCredentialsWhere } from "./credentials.ts";
import type { KeyForm } from "./key-texts.ts";
import type { KeyRow, NewKey, UsedKey } from "./keys.ts";
import { getKey, writeKey } from "./keys.ts";
import type { Grant, Reach } from "./reach.ts";
import { checkReach, endWithin, reachOf } from "./reach.ts";

/**
 * Revokes a key for good, in this isolate at once and in the others within half a minute; what
 * persons signed in for with it ends too. A key that can do more than the caller is out of its
 * reach, see {@link checkReach}.
 */
export async function revokeKey(ctx: Context, id: string): Promise<Result<UsedKey, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const found = await reachedKey(ctx, id);
  if (!found.ok) return found;
  const { row } = found.value;
  if (row.revokedAt !== null) return ok(row);
  const work = unitOfWork(db, principal.mode);
  work.add(revoking(db, row.merchantId, id, now));
  await work.commit();
  forgetKey(id);
  return ok({ ...row, revokedAt: now, updatedAt: now });
}

/**
 * Makes a key that follows another: the same but for its texts. Both are good until the overlap is
 * over. `key_ended` for one that is good no more.
 */
export async function rotateKey(
  ctx: Context,
  id: string,
  overlapMs: number,
  forms: Readonly<Record<string, KeyForm>>,
): Promise<Result<NewKey, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const found = await reachedKey(ctx, id, (row) => row.unlimited);
  if (!found.ok) return found;
  const { row, reach } = found.value;
  const form = forms[row.dialect];
  if (form === undefined) throw new Error(`no form of keys for ${row.dialect}`);
  const expiresAt = endWithin(reach, row.expiresAt ?? Number.POSITIVE_INFINITY);
  if (!expiresAt.ok) return expiresAt;
  const { merchantId, dialect, name, mode, scopes, siteId, unlimited, staffId } = row;
  const same = { merchantId, dialect, name, mode, scopes, siteId, unlimited, staffId };
  const properties = { ...same, expiresAt: row.expiresAt, rotatedFrom: id };
  const made = await writeKey(ctx, properties, { text: form.make(mode), secret: null }, form);
  const work = unitOfWork(db, principal.mode);
  work.addConditional(endKey(db, row, now + overlapMs, now));
  work.add(insertKey(db, made.row));
  const isGood = row.revokedAt === null && (row.expiresAt === null || row.expiresAt > now);
  if (!isGood || !(await work.commit())) return err({ code: "key_ended" });
  forgetKey(id);
  return ok(made);
}

/** A key that the caller may change, with how far it may go. */
async function reachedKey(
  ctx: Context,
  id: string,
  unlimited: (row: KeyRow) => boolean = () => false,
): Promise<Result<{ readonly row: UsedKey; readonly reach: Reach }, LoyaltyError>> {
  const reach = await reachOf(ctx);
  if (!reach.ok) return reach;
  const found = await getKey(ctx, id);
  if (!found.ok) return found;
  const row = found.value;
  const reached = checkReach(reach.value, { ...grantOf(row), unlimited: unlimited(row) });
  return reached.ok ? ok({ row, reach: reach.value }) : reached;
}

/** What a key has. A leaked one without limits is revoked by whoever reaches the rest of it. */
export function grantOf({ scopes, siteId, mode }: KeyRow): Grant {
  return { scopes, siteIds: siteId === null ? null : [siteId], mode, unlimited: false };
}

function forgetKey(id: string): void {
  forgetCredentialsWhere(({ keyId }) => keyId === id);
}
