import type { Mode } from "../core/mode.ts";
import type { MasterKeys } from "../env.ts";
import type { Purpose } from "./challenge.ts";
import { keyedHash } from "./keyed-hash.ts";

export type { Purpose } from "./challenge.ts";
export { LIFETIME_MS } from "./challenge.ts";
export type { GatewayConfig, Message, MessageGateway } from "./gateways.ts";
export { openGateway } from "./gateways.ts";

/** The password of every test call: sandbox documents it. */
export const SANDBOX_CODE = "000000";

const CODE_DIGITS = 6;
const CODES = 10 ** CODE_DIGITS;
const RANDOM_RANGE = 2 ** 32;

/** Whose one-time passwords. */
export interface Subject {
  readonly merchant: string;
  /** E.164. */
  readonly mobile: string;
}

/** The one-time passwords of a subject. */
export interface OneTimePasswords {
  /** Makes the code to send the next; or tells how many milliseconds to wait. */
  issue(purpose: Purpose): Promise<{ readonly code: string } | { readonly retryAfterMs: number }>;
  /** Whether a code is right; it is used up then. A null purpose accepts any. */
  verify(code: string, purpose: Purpose | null): Promise<boolean>;
}

/** How a subject's passwords are made. */
export interface OtpOptions {
  readonly env: Env;
  readonly masterKeys: MasterKeys;
  /** `test` keeps nothing: there the one right code is {@link SANDBOX_CODE}. */
  readonly mode: Mode;
  /** The code that a sandbox merchant's customers are sent; null: a random one. */
  readonly fixedCode: string | null;
}

/** The one-time passwords of a subject; the object behind them has no personal data in its name. */
export function oneTimePasswordsOf(options: OtpOptions, subject: Subject): OneTimePasswords {
  const { env, masterKeys, mode, fixedCode } = options;
  if (mode === "test") {
    return {
      issue: async () => ({ code: SANDBOX_CODE }),
      verify: async (code) => code === SANDBOX_CODE,
    };
  }
  const name = `${subject.merchant}/${subject.mobile}`;
  const stub = async () => env.OTPS.getByName(await keyedHash(masterKeys, "otp/subject", name));
  const hash = (code: string) => keyedHash(masterKeys, "otp/code", `${name}/${code}`);
  return {
    issue: async (purpose) => {
      const code = fixedCode ?? randomCode();
      const object = await stub();
      const retryAfterMs = await object.issue(await hash(code), purpose);
      return retryAfterMs === 0 ? { code } : { retryAfterMs };
    },
    verify: async (code, purpose) => {
      const object = await stub();
      return object.verify(await hash(code), purpose);
    },
  };
}

/** Six digits from a secure random source, each code equally likely. */
function randomCode(): string {
  const limit = RANDOM_RANGE - (RANDOM_RANGE % CODES);
  for (;;) {
    const [value = limit] = crypto.getRandomValues(new Uint32Array(1));
    if (value < limit) return String(value % CODES).padStart(CODE_DIGITS, "0");
  }
}
