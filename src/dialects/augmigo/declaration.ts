import type * as z from "zod";
import type { ErrorOf, LoyaltyError, LoyaltyErrorCode } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { callMaker } from "../../http/calls.ts";
import type { Context } from "../../services/context.ts";
import type { Reader } from "./readers.ts";

/** How an endpoint words its errors. */
export interface Wording {
  /** Status of a request that the endpoint cannot do. */
  readonly failure: 400 | 500;
  /** Status for what is not there, if another. */
  readonly missing?: 400;
  /** Its own texts, by the code of the error; their status is `failure`. */
  readonly texts?: {
    readonly [C in LoyaltyErrorCode]?: (error: ErrorOf<C>) => string | readonly string[];
  };
}

/** What a call says besides what calls of every dialect do. */
export interface Particulars extends Wording {
  /** Whether the call records at which outlet it was made. */
  readonly outlet: "required" | "optional";
  /** Where the fields are, if not in the body. */
  readonly read?: Reader;
}

/** Makes a call of somebody who is signed in. */
export const call = callMaker<Context, Particulars>();

/** What an act answers: a body of that schema, or an error for the table. */
export type Answer<S extends z.ZodType> = Promise<Result<z.input<S>, LoyaltyError>>;

/** What an act answers whose success has no body. */
export type Done = Promise<Result<null, LoyaltyError>>;
