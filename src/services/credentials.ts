import { sha256Hex } from "../core/digest.ts";
import type { LoyaltyError } from "../core/errors.ts";
import type { Program, ProgramDefinition } from "../core/program.ts";
import { DEFAULT_PROGRAM, defineProgram } from "../core/program.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import { database } from "../registry/database.ts";
import type { KeyRecord } from "../registry/keys.ts";
import { findKeyByHash } from "../registry/keys.ts";
import type { MerchantRow } from "../registry/merchants.ts";
import { open } from "../registry/sealing.ts";
import type { Merchant, Principal, Scope } from "./context.ts";
import { settingsOf } from "./context.ts";

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

interface Cached {
  readonly credential: Credential | null;
  readonly until: number;
}

const cache = new Map<string, Cached>();

/**
 * The credential of a key text for a dialect. `key_unknown` for unknown and revoked keys and for
 * keys of other dialects, `key_expired` for expired ones. Reads D1 at most once in 30 s per key
 * and isolate.
 */
export async function findCredential(
  env: Env,
  dialect: string,
  text: string,
  now: number,
): Promise<Result<Credential, LoyaltyError>> {
  const known = cache.get(text);
  const credential =
    known !== undefined && known.until > now ? known.credential : await load(env, text, now);
  if (credential === null || credential.dialect !== dialect) return err({ code: "key_unknown" });
  if (credential.expiresAt !== null && credential.expiresAt <= now) {
    return err({ code: "key_expired" });
  }
  return ok(credential);
}

/** Forgets what the isolate knows of keys, so that a change it made itself is seen at once. */
export function forgetCredentials(): void {
  cache.clear();
}

async function load(env: Env, text: string, now: number): Promise<Credential | null> {
  const record = await findKeyByHash(database(env, "directory"), await sha256Hex(text));
  const usable = record !== undefined && record.key.revokedAt === null;
  const credential = usable ? await toCredential(env, record) : null;
  if (cache.size >= MAX_CACHED) cache.clear();
  // What may change at any moment by a merchant's own doing is not remembered for long.
  const settled = credential !== null && !credential.principal.merchant.pending;
  cache.set(text, { credential, until: now + (settled ? KNOWN_MS : UNKNOWN_MS) });
  return credential;
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
      staffId: null,
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
  const { id, slug, name, currency, timeZone, sandbox, pending, siteLimit } = row;
  return { id, slug, name, currency, timeZone, sandbox, pending, siteLimit };
}

/** A programme from its stored definition, which was checked when it was stored. */
export function toProgram(definition: unknown): Program {
  const defined = defineProgram(definition as ProgramDefinition);
  if (!defined.ok) throw new Error("a stored programme is not valid");
  return defined.value;
}
