import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { OneTimePasswords, Purpose } from "../../otp/client.ts";
import { LIFETIME_MS, oneTimePasswordsOf, SANDBOX_CODE } from "../../otp/client.ts";
import type { Context } from "../context.ts";
import { sendMessage } from "./messages.ts";

export type { Purpose } from "../../otp/client.ts";

/** A one-time password that is on its way. */
export interface SentPassword {
  /** Seconds for which it is good. */
  readonly expiresIn: number;
  /** The code itself, for sandbox keys, whose customers are sent nothing; null otherwise. */
  readonly shown: string | null;
}

/**
 * Sends a mobile number (E.164) a new one-time password, which replaces the one before.
 * `rate_limited` beyond five in an hour, `message_undeliverable` when no message can leave.
 */
export async function sendOneTimePassword(
  ctx: Context,
  mobile: string,
  purpose: Purpose,
): Promise<Result<SentPassword, LoyaltyError>> {
  const { merchant, mode } = ctx.principal;
  const issued = await passwordsOf(ctx, mobile).issue(purpose);
  if ("retryAfterMs" in issued) {
    return err({ code: "rate_limited", retryAfter: Math.ceil(issued.retryAfterMs / 1000) });
  }
  const minutes = LIFETIME_MS / 60_000;
  const text = `${issued.code} is your code for ${merchant.name}, valid for ${minutes} minutes.`;
  const sent = await sendMessage(ctx, { to: mobile, text, purpose });
  if (!sent.ok) return sent;
  return ok({ expiresIn: LIFETIME_MS / 1000, shown: mode === "test" ? issued.code : null });
}

/**
 * Uses a one-time password up. `one_time_password_invalid` when it is wrong, used, expired, or was
 * sent for another purpose; a null purpose accepts any.
 */
export async function useOneTimePassword(
  ctx: Context,
  mobile: string,
  attempt: { readonly code: string; readonly purpose: Purpose | null },
): Promise<Result<null, LoyaltyError>> {
  const right = await passwordsOf(ctx, mobile).verify(attempt.code, attempt.purpose);
  return right ? ok(null) : err({ code: "one_time_password_invalid" });
}

function passwordsOf(ctx: Context, mobile: string): OneTimePasswords {
  const { env, settings, principal } = ctx;
  const { merchant, mode } = principal;
  const options = {
    env,
    masterKeys: settings.masterKeys,
    mode,
    fixedCode: merchant.sandbox ? SANDBOX_CODE : null,
  };
  return oneTimePasswordsOf(options, { merchant: merchant.id, mobile });
}
