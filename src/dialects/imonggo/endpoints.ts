import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { callMaker } from "../../http/calls.ts";
import type { BucketPolicy } from "../../http/rate-limit.ts";
import type { Context } from "../../services/context.ts";
import type { Reader } from "./fields.ts";

/** 300 requests a minute; a whole minute's may come at once. */
export const POLICY = { capacity: 300, perMinute: 300 };

/** What each call says besides. */
export interface Own {
  /** Where it has its fields. */
  readonly read: Reader;
  /** Whether it answers bare texts, whatever the format. */
  readonly bare?: true;
}

/** A call with a token. */
export const call = callMaker<Context, Own>();

/** Who asks without a token. */
export interface Visitor {
  readonly env: Env;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Counts an attempt to tell a person's password, whether or not there is such a person. */
  countAttempt(merchantId: string | null, username: string): Promise<Result<null, LoyaltyError>>;
}

/** What a call without a token says besides. */
export interface OpenOwn extends Own {
  /** How often one address may ask. */
  readonly rate: BucketPolicy;
}

/** A call without a token. */
export const openCall = callMaker<Visitor, OpenOwn>();

/** What an act comes to: what its answer writes, or an error for the table. */
export type Outcome<B> = Promise<Result<B, LoyaltyError>>;
