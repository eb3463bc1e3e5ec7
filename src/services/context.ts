import type { LoyaltyError } from "../core/errors.ts";
import type { Guard } from "../core/ledger/commands.ts";
import type { Mode } from "../core/mode.ts";
import type { Program } from "../core/program/program.ts";
import type { Result } from "../core/result.ts";
import type { Settings } from "../env.ts";
import { settingsOf } from "../env.ts";
import type { Database } from "../registry/database.ts";
import { database } from "../registry/database.ts";

export type { Settings } from "../env.ts";
export { PASSWORD_COST, settingsOf } from "../env.ts";

/** The tenant, as services see it. */
export interface Merchant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA name of the zone that business days are counted in. */
  readonly timeZone: string;
  readonly sandbox: boolean;
  /** Has no loyalty group yet. */
  readonly pending: boolean;
  /** How many sites the plan allows; null is no limit. */
  readonly siteLimit: number | null;
  /** Whether sandbox answers show personal data of real customers unmasked. */
  readonly unmasked: boolean;
}

/** Every scope that a key can be given. */
export const KEY_SCOPES = [
  "read:customers",
  "write:customers",
  "write:transactions",
  "read:vouchers",
  "write:vouchers",
  "read:programs",
  "write:programs",
  "read:events",
  "write:webhooks",
  "write:keys",
  "write:adjustments",
  "write:sites",
  "write:merchants",
  "write:memberships",
] as const;

/** What a principal may do (`verb:resource`). `admin` is for the deployment's own token only. */
export type Scope = (typeof KEY_SCOPES)[number] | "admin";

/** A request of which it is not known yet who calls. */
export interface Visit {
  readonly env: Env;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Asked before storage is about what nobody here knows: refuses who failed too often. */
  beforeLookUp(): Promise<Result<null, LoyaltyError>>;
}

/** Who is calling. */
export interface Principal {
  readonly merchant: Merchant;
  readonly program: Program;
  /** `test` decides like `live` and keeps nothing. */
  readonly mode: Mode;
  readonly scopes: readonly Scope[];
  readonly keyId: string | null;
  readonly staffId: string | null;
  readonly siteId: string | null;
}

/** Time spent in other places than the application, in milliseconds, for `Server-Timing`. */
export interface Timing {
  wallet: number;
}

/** What every service gets: who calls, with what, and when. */
export interface Context {
  readonly env: Env;
  readonly settings: Settings;
  readonly principal: Principal;
  /** Name of the dialect that the call came in by. */
  readonly dialect: string;
  readonly requestId: string;
  /** Milliseconds since the epoch, taken once per request. */
  readonly now: number;
  /** The merchant's database. */
  readonly db: Database;
  /** What makes a resent request recognisable besides its own reference. */
  readonly guard: Guard | null;
  readonly timing: Timing;
  /** Goes on with work after the answer. */
  defer(work: Promise<unknown>): void;
}

/** What {@link makeContext} needs to know of a request. */
export interface ContextInput {
  readonly env: Env;
  readonly principal: Principal;
  readonly dialect: string;
  readonly requestId: string;
  readonly now: number;
  readonly guard: Guard | null;
  readonly timing: Timing;
  readonly defer: (work: Promise<unknown>) => void;
}

/** The context of one authenticated request. Opens no connection before a query is made. */
export function makeContext(input: ContextInput): Context {
  const { env, principal } = input;
  return { ...input, settings: settingsOf(env), db: database(env, principal.merchant.id) };
}
