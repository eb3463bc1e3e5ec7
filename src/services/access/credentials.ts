import { sha256Hex } from "../../core/digest.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import type { ProgramDefinition } from "../../core/program/definition.ts";
import { defineProgram } from "../../core/program/definition.ts";
import type { Program } from "../../core/program/program.ts";
import { DEFAULT_PROGRAM } from "../../core/program/program.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { open } from "../../core/sealing.ts";
import { Findings } from "../../memory.ts";
import type { KeyRecord } from "../../registry/access/keys.ts";
import { findKeyByHash, findKeyById } from "../../registry/access/keys.ts";
import { database } from "../../registry/database.ts";
import type { MerchantRow } from "../../registry/merchants/merchants.ts";
import type { Merchant, Principal, Scope, Visit } from "../context.ts";
import { settingsOf } from "../context.ts";

/** A key as the edge checks it. Plain data: it lies in the isolate's cache. */
export interface Credential {
  readonly principal: Principal;
  readonly keyId: string;
  readonly dialect: string;
  /** The HMAC secret in clear; null for keys that sign nothing. */
  readonly secret: string | null;
  readonly expiresAt: number | null;
  readonly unlimited: boolean;
}

/** How long an isolate may answer from what it knows of a key. */
const KNOWN_MS = 30_000;
/** Unknown keys are forgotten sooner: a key that was just made should work. */
const UNKNOWN_MS = 2_000;
const MAX_CACHED = 5_000;

/** Characters of a key's text; longer ones are nobody's, and not worth remembering. */
const MAX_TEXT = 255;

const byText = new Findings<Credential>(MAX_CACHED);
/** Apart from the texts: what a client sends as a key must never be taken for an id. */
const byId = new Findings<Credential>(MAX_CACHED);

/**
 * The credential of a key text for a dialect. `key_unknown` for unknown and revoked keys, for
 * those of other dialects and of persons who are disabled, `key_expired` for expired ones. Reads D1 at most once in 30 s per key
 * and isolate, and for a text that was nobody's so far only where the visit allows it
 * (`rate_limited`).
 */
export async function findCredential(
  visit: Visit,
  dialect: string,
  text: string,
): Promise<Result<Credential, LoyaltyError>> {
  return text.length > MAX_TEXT ? err({ code: "key_unknown" }) : findByText(visit, dialect, text);
}

async function findByText(
  visit: Visit,
  dialect: string,
  text: string,
): Promise<Result<Credential, LoyaltyError>> {
  const read = async (): Promise<KeyRecord | undefined> =>
    findKeyByHash(database(visit.env, "directory"), await sha256Hex(text));
  const found = await recall(visit, byText, text, read);
  return found.ok ? judge(found.value, dialect, visit.now) : found;
}

/**
 * The credential of a merchant's key that somebody showed before, by its id; see
 * {@link findCredential}.
 */
export async function findCredentialById(
  visit: Visit,
  dialect: string,
  key: { readonly merchantId: string; readonly keyId: string },
): Promise<Result<Credential, LoyaltyError>> {
  const { merchantId, keyId } = key;
  const read = () => findKeyById(database(visit.env, merchantId), merchantId, keyId);
  const found = await recall(visit, byId, `${merchantId}/${keyId}`, read);
  return found.ok ? judge(found.value, dialect, visit.now) : found;
}

function judge(
  credential: Credential | null,
  dialect: string,
  now: number,
): Result<Credential, LoyaltyError> {
  if (credential === null || credential.dialect !== dialect) return err({ code: "key_unknown" });
  if (credential.expiresAt !== null && credential.expiresAt <= now) {
    return err({ code: "key_expired" });
  }
  return ok(credential);
}

/**
 * {@link findCredential} for dialects whose path names the tenant by its slug. An unknown slug,
 * another merchant's and an unknown key are `key_unknown` alike: for the same key text and slug
 * each reads D1 as often, so that time tells no more than the answer.
 */
export async function findTenantCredential(
  visit: Visit,
  dialect: string,
  tenant: { readonly slug: string; readonly text: string },
): Promise<Result<Credential, LoyaltyError>> {
  const { slug, text } = tenant;
  const { now } = visit;
  const warm = byText.recall(text, now) !== undefined;
  const found = await findCredential(visit, dialect, text);
  if (!found.ok) return found.error.code === "rate_limited" ? found : UNKNOWN;
  if (found.value.principal.merchant.slug === slug.toLowerCase()) return found;
  // No key can hold the blank, so this look-up costs what that of an unknown key costs.
  const decoy = `${slug.slice(0, MAX_TEXT)} ${text}`;
  if (!warm) {
    byText.remember(decoy, null, now + UNKNOWN_MS);
    return UNKNOWN;
  }
  const limited = await findByText(visit, dialect, decoy);
  return !limited.ok && limited.error.code === "rate_limited" ? limited : UNKNOWN;
}

const UNKNOWN: Result<never, LoyaltyError> = err({ code: "key_unknown" });

/** Forgets what the isolate knows of keys, so that a change it made itself is seen at once. */
export function forgetCredentials(): void {
  byText.forget();
  byId.forget();
}

/** Forgets what the isolate knows of the keys that `matches` names. */
export function forgetCredentialsWhere(matches: (credential: Credential) => boolean): void {
  byText.forgetWhere(matches);
  byId.forgetWhere(matches);
}

async function recall(
  visit: Visit,
  from: Findings<Credential>,
  name: string,
  read: () => Promise<KeyRecord | undefined>,
): Promise<Result<Credential | null, LoyaltyError>> {
  const { env, now } = visit;
  const known = from.recall(name, now);
  if (known !== undefined) return ok(known);
  // Who was known before is only asked after again: no neighbour's failures are in the way.
  const allowed = from.knew(name) ? ok(null) : await visit.beforeLookUp();
  if (!allowed.ok) return allowed;
  const record = await read();
  const usable = record?.key.revokedAt === null && record.disabledAt === null;
  const credential = usable ? await toCredential(env, record) : null;
  // What may change at any moment by a merchant's own doing is not remembered for long.
  const settled = credential !== null && !credential.principal.merchant.pending;
  return ok(from.remember(name, credential, now + (settled ? KNOWN_MS : UNKNOWN_MS)));
}

async function toCredential(env: Env, record: KeyRecord): Promise<Credential> {
  const { key, merchant, program } = record;
  const { masterKeys } = settingsOf(env);
  return {
    principal: {
      merchant: toMerchant(merchant),
      program: program === null ? DEFAULT_PROGRAM : toProgram(program.definition),
      mode: key.mode,
      scopes: key.scopes as Scope[],
      keyId: key.id,
      staffId: key.staffId,
      siteId: record.siteId,
    },
    keyId: key.id,
    dialect: key.dialect,
    secret: key.secret === null ? null : await open(masterKeys, key.id, key.secret),
    expiresAt: key.expiresAt,
    unlimited: key.unlimited,
  };
}

/** A merchant from its row. */
export function toMerchant(row: MerchantRow): Merchant {
  const { id, slug, name, currency, timeZone, sandbox, pending, siteLimit, unmasked } = row;
  return { id, slug, name, currency, timeZone, sandbox, pending, siteLimit, unmasked };
}

/** A programme from its stored definition, which was checked when it was stored. */
export function toProgram(definition: unknown): Program {
  const defined = defineProgram(definition as ProgramDefinition);
  if (!defined.ok) throw new Error("a stored programme is not valid");
  return defined.value;
}
