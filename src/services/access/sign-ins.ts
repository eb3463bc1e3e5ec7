import { sha256Hex, toBase64Url } from "../../core/digest.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { open } from "../../core/sealing.ts";
import { Findings } from "../../memory.ts";
import { findToken, insertToken, sweepTokens } from "../../registry/access/sign-ins.ts";
import type { StaffRow } from "../../registry/access/staff.ts";
import { findStaff, findStaffByUsername } from "../../registry/access/staff.ts";
import { database } from "../../registry/database.ts";
import type { SiteRow } from "../../registry/merchants/sites.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Context, Principal, Scope, Visit } from "../context.ts";
import { settingsOf } from "../context.ts";
import { findCredentialById } from "./credentials.ts";
import { verifyPassword } from "./passwords.ts";
import { sealSecret } from "./secrets.ts";
import type { StaffSites } from "./staff.ts";
import { signInSite } from "./staff.ts";

/** Who wants to sign in. */
export interface SignInInput {
  readonly username: string;
  readonly password: string;
  /** Code of the site to act at; null: the person's own. */
  readonly site: string | null;
}

/** What signing in gives. */
export interface SignIn {
  /** Shown here and never again. */
  readonly token: string;
  readonly lifetimeMs: number;
  readonly staff: StaffRow;
  readonly site: SiteRow;
  /** What both the person and the key may do. */
  readonly scopes: readonly Scope[];
}

/** What a token stands for. */
interface Grant {
  readonly merchantId: string;
  readonly staffId: string;
  /** Key that was shown at the sign-in: its mode is the token's. */
  readonly keyId: string;
  readonly siteId: string | null;
  readonly expiresAt: number;
  /** The person's at the sign-in: all that was signed in for ends when that rises. */
  readonly epoch: number;
}

/** How long a token is good. */
const TOKEN_MS = 86_400_000;
/** How long a lapsed one is known as lapsed. */
const LAPSED_MS = 7 * TOKEN_MS;
const TOKEN_BYTES = 32;
/** Characters of a token; a sealed one has some 300. */
const MAX_TOKEN = 1_000;

/**
 * Signs a person in with the principal's key. `staff_credentials_invalid` for an unknown name, a
 * wrong password and a disabled person alike, in the same time; `site_required` and
 * `site_not_allowed` for the site.
 */
export async function signIn(
  ctx: Context,
  input: SignInInput,
): Promise<Result<SignIn, LoyaltyError>> {
  const { db, now, principal, settings } = ctx;
  const { keyId, merchant } = principal;
  const person = await findStaffByUsername(db, merchant.id, input.username);
  const stored = person?.password ?? null;
  const knows = await verifyPassword(input.password, stored, settings.passwordCost);
  if (keyId === null || person === undefined || person.disabledAt !== null || !knows) {
    return err({ code: "staff_credentials_invalid" });
  }
  const found = await signInSite(ctx, person, input.site);
  if (!found.ok) return found;
  const site = found.value;
  const whose = { merchantId: merchant.id, staffId: person.id, keyId, epoch: person.epoch };
  const token = await issue(ctx, { ...whose, siteId: site.id, expiresAt: now + TOKEN_MS });
  const scopes = sharedScopes(principal, person.scopes);
  return ok({ token, lifetimeMs: TOKEN_MS, staff: person, site, scopes });
}

/**
 * Makes a token for a grant. A live one is a random text that is kept as its hash. A test key's
 * sign-in keeps nothing, so its token carries the grant itself, encrypted.
 */
async function issue(ctx: Context, grant: Grant): Promise<string> {
  const { db, now, principal, settings } = ctx;
  if (principal.mode === "test") return sealSecret(settings, SEALED, JSON.stringify(grant));
  const text = toBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
  const work = unitOfWork(db, principal.mode);
  work.add(insertToken(db, { hash: await sha256Hex(text), ...grant, createdAt: now }));
  work.add(sweepTokens(db, now - LAPSED_MS));
  if (!(await work.commit())) throw new Error("a random token is in use");
  return text;
}

/** What sealed tokens are bound to; no id of a row. */
const SEALED = "staff token";

/** A token as the edge checks it. */
export interface StaffCredential {
  readonly principal: Principal;
  readonly keyId: string;
  readonly unlimited: boolean;
  /** Where the person may act. */
  readonly sites: StaffSites;
}

/** What an isolate knows of a token. Plain data. */
interface Holder extends Grant {
  readonly sites: StaffSites;
  readonly scopes: readonly string[];
}

/** How long an isolate may answer from what it knows of a token. */
const KNOWN_MS = 30_000;
/** Unknown tokens are forgotten sooner. */
const UNKNOWN_MS = 2_000;
const MAX_CACHED = 5_000;

const holders = new Findings<Holder>(MAX_CACHED);

/** Forgets what the isolate knows of tokens. */
export function forgetTokens(): void {
  holders.forget();
}

/** Forgets what the isolate knows of a person's tokens. */
export function forgetTokensOf(staffId: string): void {
  holders.forgetWhere((holder) => holder.staffId === staffId);
}

/**
 * The credential of a token for a dialect. `key_expired` for a lapsed one; `key_unknown` for an
 * unknown one, for one that was ended, and when its key or its person is no more or disabled,
 * seconds after that. Reads D1 at most once
 * in 30 s per token and isolate, and as often per key.
 */
export async function findStaffCredential(
  visit: Visit,
  dialect: string,
  text: string,
): Promise<Result<StaffCredential, LoyaltyError>> {
  const known = await recall(visit, text);
  if (!known.ok) return known;
  const holder = known.value;
  if (holder === null) return err({ code: "key_unknown" });
  if (holder.expiresAt <= visit.now) return err({ code: "key_expired" });
  const found = await findCredentialById(visit, dialect, holder);
  if (!found.ok) {
    return found.error.code === "rate_limited" ? found : err({ code: "key_unknown" });
  }
  const { principal, keyId, unlimited } = found.value;
  const { staffId, siteId, sites } = holder;
  const scopes = sharedScopes(principal, holder.scopes);
  return ok({ principal: { ...principal, scopes, staffId, siteId }, keyId, unlimited, sites });
}

/** What a person may do with a key: what both may. */
function sharedScopes(key: Principal, own: readonly string[]): Scope[] {
  return key.scopes.filter((scope) => own.includes(scope));
}

async function recall(
  { env, now, beforeLookUp }: Visit,
  text: string,
): Promise<Result<Holder | null, LoyaltyError>> {
  if (text.length > MAX_TOKEN) return ok(null);
  const known = holders.recall(text, now);
  if (known !== undefined) return ok(known);
  const allowed = holders.knew(text) ? ok(null) : await beforeLookUp();
  if (!allowed.ok) return allowed;
  const holder = text.includes(".") ? await openSealed(env, text) : await findKept(env, text);
  return ok(holders.remember(text, holder, now + (holder === null ? UNKNOWN_MS : KNOWN_MS)));
}

async function findKept(env: Env, text: string): Promise<Holder | null> {
  const kept = await findToken(database(env, "directory"), await sha256Hex(text));
  return kept === undefined ? null : toHolder(kept.token, kept.person);
}

async function openSealed(env: Env, text: string): Promise<Holder | null> {
  const opened = await open(settingsOf(env).masterKeys, SEALED, text).catch(() => null);
  if (opened === null) return null;
  const grant = JSON.parse(opened) as Grant;
  const { merchantId, staffId } = grant;
  const person = await findStaff(database(env, merchantId), merchantId, staffId);
  return person === undefined ? null : toHolder(grant, person);
}

/** Null when what the person signed in for has ended. */
function toHolder(grant: Grant, person: StaffRow): Holder | null {
  const { merchantId, staffId, keyId, siteId, expiresAt, epoch } = grant;
  if (person.disabledAt !== null || person.epoch !== epoch) return null;
  const { siteIds, allSites, scopes } = person;
  const sites = { siteIds, allSites };
  return { merchantId, staffId, keyId, siteId, expiresAt, epoch, sites, scopes };
}
