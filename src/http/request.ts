import type { Context as HonoContext } from "hono";
import { makeId } from "../core/ids.ts";
import type { Mode } from "../core/mode.ts";
import type { BucketPolicy, Verdict } from "../limits/client.ts";
import { logFault } from "../log.ts";
import { ulid } from "../ulid.ts";

/** What the application keeps of a request while it is under way. */
export interface RequestVariables {
  readonly requestId: string;
  /** Milliseconds since the epoch, taken once. */
  readonly now: number;
  readonly timing: { wallet: number };
  /** What the rate limiter said, once it was asked. */
  readonly verdict: Verdict | undefined;
  /** How those are counted who fail to authenticate; null: not at all. */
  readonly strangers: BucketPolicy | null | undefined;
  /** The mode of the key, once the request was authenticated. */
  readonly mode: Mode | undefined;
}

/** Hono's types for every app and sub-app of this service. */
export interface HttpEnv {
  Bindings: Env;
  Variables: RequestVariables;
}

/** Hono's context with this service's types. */
export type Http = HonoContext<HttpEnv>;

/** Gives a request its id and its moment. */
export function nameRequest(http: Http): void {
  const now = Date.now();
  http.set("now", now);
  http.set("requestId", makeId("req", ulid(now)));
  http.set("timing", { wallet: 0 });
}

/** Work that goes on after the answer; a test without an execution context just lets it run. */
export function deferrer(http: Http): (work: Promise<unknown>) => void {
  return (work) => {
    const logged = work.catch((error: unknown) => logUnexpected(http.get("requestId"), error));
    http.executionCtx.waitUntil(logged);
  };
}

/** Logs what nobody expected, once, with the request's id. Never shown to a client. */
export function logUnexpected(requestId: string, error: unknown): void {
  logFault({ request_id: requestId }, error);
}
