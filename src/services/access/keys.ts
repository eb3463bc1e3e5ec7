import { sha256Hex } from "../../core/digest.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid, notFound } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { Mode } from "../../core/mode.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { KeyRow, UsedKey } from "../../registry/access/keys.ts";
import { findKeyByHash, findUsedKey, insertKey, listKeys } from "../../registry/access/keys.ts";
import { findStaffByUsername } from "../../registry/access/staff.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import type { Context, Scope } from "../context.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";
import { getSiteByCode } from "../merchants/sites.ts";
import type { KeyForm } from "./key-texts.ts";
import { randomText } from "./key-texts.ts";
import { checkReach, endWithin, reachOf } from "./reach.ts";
import { sealSecret } from "./secrets.ts";

export type { KeyRow, UsedKey } from "../../registry/access/keys.ts";

/** A key to make. `text` and `secret` bring along what another vendor issued. */
export interface KeyInput {
  readonly name: string;
  readonly dialect: string;
  /** Null: its maker's. */
  readonly mode: Mode | null;
  readonly scopes: readonly Scope[];
  readonly text: string | null;
  readonly secret: string | null;
  /** User name of the person whose key it is; null: nobody's in particular. */
  readonly staff: string | null;
  /** Code of the site to bind the key to; null: bound as its maker is. */
  readonly site: string | null;
  readonly unlimited: boolean;
  /** Null: with its maker. */
  readonly expiresAt: number | null;
}

/** A key that was just made, with the texts that are shown once. */
export interface NewKey {
  readonly row: UsedKey;
  readonly text: string;
  readonly secret: string | null;
}

/** What of a key does not come with its texts. */
export type KeyProperties = Omit<
  KeyRow,
  "id" | "hash" | "hint" | "secret" | "revokedAt" | "createdAt" | "updatedAt"
>;

const SECRET_LENGTH = 40;
const HINT_LENGTH = 4;
/** Shorter texts, brought along from elsewhere, show only how they begin. */
const LONG_TEXT = 16;

/**
 * Makes a key of its dialect's form that can do at most what its maker can; see {@link checkReach}.
 * `already_exists` when the merchant has a key of that text, `not_found` for an unknown site and an
 * unknown person. A text that is another merchant's is refused as one that is no key's.
 */
export async function createKey(
  ctx: Context,
  input: KeyInput,
  form: KeyForm,
): Promise<Result<NewKey, LoyaltyError>> {
  const { db, principal } = ctx;
  const given = await reachedGift(ctx, input);
  if (!given.ok) return given;
  const { mode } = given.value;
  const text = input.text ?? form.make(mode);
  const fault = faultOf(input, text, mode, form);
  if (fault !== null) return fault;
  const made = await writeKey(
    ctx,
    {
      merchantId: principal.merchant.id,
      dialect: input.dialect,
      name: input.name,
      scopes: [...input.scopes],
      ...given.value,
      unlimited: input.unlimited,
      rotatedFrom: null,
    },
    { text, secret: input.secret },
    form,
  );
  const { row } = made;
  const work = unitOfWork(db, principal.mode);
  work.add(insertKey(db, row));
  if (await work.commit()) return ok(made);
  const taken = await findKeyByHash(db, row.hash);
  if (taken?.key.merchantId !== row.merchantId) return NO_TEXT;
  return err({ code: "already_exists", object: "key", field: "text" });
}

/** A key's row with its texts; a secret is made where the dialect signs and none is given. */
export async function writeKey(
  { now, settings }: Context,
  given: KeyProperties,
  texts: Pick<NewKey, "text" | "secret">,
  form: KeyForm,
): Promise<NewKey> {
  const { text } = texts;
  const secret = texts.secret ?? (form.signed ? randomText(SECRET_LENGTH) : null);
  const kept = form.shown ? text : secret;
  const id = makeId("key", ulid(now));
  const row: KeyRow = {
    ...given,
    id,
    hash: await sha256Hex(text),
    hint: hintOf(text),
    secret: kept === null ? null : await sealSecret(settings, id, kept),
    revokedAt: null,
    createdAt: now,
    updatedAt: now,
  };
  return { row: { ...row, lastUsedAt: null }, text, secret };
}

/** What a key gets beside its texts, where its maker may give it all that. */
async function reachedGift(
  ctx: Context,
  input: KeyInput,
): Promise<Result<Pick<KeyRow, "mode" | "siteId" | "staffId" | "expiresAt">, LoyaltyError>> {
  const found = await reachOf(ctx);
  if (!found.ok) return found;
  const reach = found.value;
  const { scopes, unlimited } = input;
  const mode = input.mode ?? reach.mode;
  const bare = { scopes, unlimited, mode };
  const general = checkReach(reach, { ...bare, siteIds: [] });
  if (!general.ok) return general;
  const owner = await ownerOf(ctx, input);
  if (!owner.ok) return owner;
  const siteId = owner.value.siteId ?? reach.siteId;
  const placed = checkReach(reach, { ...bare, siteIds: siteId === null ? null : [siteId] });
  if (!placed.ok) return placed;
  const expiresAt = endWithin(reach, input.expiresAt);
  return expiresAt.ok
    ? ok({ ...owner.value, siteId, mode, expiresAt: expiresAt.value })
    : expiresAt;
}

/** Whose key it is, and which site's. */
async function ownerOf(
  ctx: Context,
  { site, staff }: KeyInput,
): Promise<Result<Pick<KeyRow, "siteId" | "staffId">, LoyaltyError>> {
  const found = site === null ? null : await getSiteByCode(ctx, site);
  if (found !== null && !found.ok) return found;
  const { db, principal } = ctx;
  const person =
    staff === null ? null : await findStaffByUsername(db, principal.merchant.id, staff);
  if (person === undefined) return notFound("staff");
  return ok({ siteId: found?.value.id ?? null, staffId: person?.id ?? null });
}

function faultOf(
  { secret }: KeyInput,
  text: string,
  mode: Mode,
  form: KeyForm,
): Result<never, LoyaltyError> | null {
  if (!form.fits(text, mode)) return NO_TEXT;
  if (secret === null || !form.shown) return null;
  return invalid("/secret", "invalid", "is nothing that keys of this dialect have");
}

/** Says as little of a text that is somebody else's as of one that nobody's key can have. */
const NO_TEXT = invalid(
  "/text",
  "invalid",
  "cannot be a key's: it needs its dialect's form and the prefix of its mode, and to be nobody's",
);

/** Lets people tell keys apart without giving one away. */
function hintOf(text: string): string {
  if (text.length < LONG_TEXT) return `${text.slice(0, HINT_LENGTH / 2)}…`;
  return `${text.slice(0, HINT_LENGTH)}…${text.slice(-HINT_LENGTH)}`;
}

/** A merchant's key by its id; never with its texts. */
export async function getKey(ctx: Context, id: string): Promise<Result<UsedKey, LoyaltyError>> {
  const row = await findUsedKey(ctx.db, ctx.principal.merchant.id, id);
  return row === undefined ? notFound("key") : ok(row);
}

/** A merchant's keys, newest first; never with their texts. */
export async function pageKeys(
  ctx: Context,
  limit: number,
  before: string | null,
): Promise<Page<UsedKey>> {
  return pageOf(await listKeys(ctx.db, ctx.principal.merchant.id, limit + 1, before), limit);
}
