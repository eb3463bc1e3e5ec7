import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { open } from "../../core/sealing.ts";
import type { PersonalKey } from "../../registry/access/keys.ts";
import { listPersonalKeys } from "../../registry/access/keys.ts";
import { database } from "../../registry/database.ts";
import { settingsOf } from "../context.ts";
import { verifyPassword } from "./passwords.ts";

/** Whose token is asked for. */
export interface PersonalTokenInput {
  readonly dialect: string;
  readonly username: string;
  readonly password: string;
  /** Null where the request does not tell the merchant. */
  readonly merchantId: string | null;
}

/** A person's token, in clear, with the person's number. */
export interface PersonalToken {
  readonly text: string;
  readonly userNumber: number;
}

/** Persons of one name, of different merchants, whose password is tried. */
const MAX_PERSONS = 5;
/** Keys that are looked at to find theirs. */
const MAX_KEYS = 100;
/** Characters of a user name and of a password; staff is made with no longer ones. */
const MAX_PART = 255;

/**
 * The current token of the person with that name and password: the newest live one, or else the
 * newest of the sandbox. `staff_credentials_invalid` for an unknown name and a wrong password
 * alike, in the same time.
 */
export async function findPersonalToken(
  env: Env,
  input: PersonalTokenInput,
  now: number,
): Promise<Result<PersonalToken, LoyaltyError>> {
  const { username, password } = input;
  if (username.length > MAX_PART || password.length > MAX_PART) {
    return err({ code: "staff_credentials_invalid" });
  }
  const { passwordCost } = settingsOf(env);
  const db = database(env, input.merchantId ?? "directory");
  const found = onePerPerson(await listPersonalKeys(db, input, now, MAX_KEYS));
  const [first, ...others] = found.slice(0, MAX_PERSONS);
  for (const candidate of [first, ...others]) {
    const knows = await verifyPassword(password, candidate?.password ?? null, passwordCost);
    if (knows && candidate !== undefined) return ok(await openToken(env, candidate));
  }
  return err({ code: "staff_credentials_invalid" });
}

/** Of each person the first key. */
function onePerPerson(keys: readonly PersonalKey[]): readonly PersonalKey[] {
  return keys.filter(
    ({ staffId }, at) => keys.findIndex((other) => other.staffId === staffId) === at,
  );
}

async function openToken(env: Env, { id, secret, number }: PersonalKey): Promise<PersonalToken> {
  const text = await open(settingsOf(env).masterKeys, id, secret);
  return { text, userNumber: number ?? 0 };
}
