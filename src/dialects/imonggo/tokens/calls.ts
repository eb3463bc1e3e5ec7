import * as z from "zod";
import { notFound } from "../../../core/errors.ts";
import { ok } from "../../../core/result.ts";
import type { Answer, Received } from "../../../http/calls.ts";
import type { Resource } from "../../../http/documents.ts";
import { recallMerchantId } from "../../../services/access/accounts.ts";
import type { PersonalToken } from "../../../services/access/personal-tokens.ts";
import { findPersonalToken } from "../../../services/access/personal-tokens.ts";
import { settingsOf } from "../../../services/context.ts";
import { NAME, namedAccount } from "../authentication.ts";
import { one } from "../documents.ts";
import type { Outcome, Visitor } from "../endpoints.ts";
import { openCall, POLICY } from "../endpoints.ts";
import { readQuery } from "../fields.ts";
import { PLACE, paths } from "../paths.ts";

/** Look-ups with a password from one address. */
const LOOKUPS = { capacity: 10, perMinute: 10 };

const TOKEN: Resource<PersonalToken> = {
  element: "hash",
  list: "hashes",
  fields: [
    { name: "api_token", kind: "text", of: ({ text }) => text },
    { name: "user_id", kind: "integer", of: ({ userNumber }) => userNumber, only: "json" },
  ],
};

const lookUpSchema = z.object({
  email: z.string().default(""),
  password: z.string().default(""),
});

const placeSchema = z.object({ account_id: z.string().default("") });

const TEXT: Answer<string> = { schema: null, write: (text) => text };

/** What is asked without a token: a user's token, and where the API is. */
export const TOKENS = [
  openCall({
    method: "GET",
    path: paths("/tokens"),
    summary: "Looks a user's token up by name and password",
    scope: null,
    rate: LOOKUPS,
    read: readQuery,
    input: lookUpSchema,
    answer: one(TOKEN),
    errors: ["staff_credentials_invalid"],
    act: lookUp,
  }),
  openCall({
    method: "GET",
    path: PLACE,
    summary: "Tells where an account's API is",
    scope: null,
    rate: POLICY,
    read: readQuery,
    bare: true,
    input: placeSchema,
    answer: TEXT,
    errors: ["not_found"],
    act: tellPlace,
  }),
];

async function lookUp(
  visitor: Visitor,
  { email, password }: z.output<typeof lookUpSchema>,
  { raw }: Received,
): Outcome<PersonalToken> {
  const merchantId = await namedAccount(visitor, raw.url);
  const username = email.trim();
  const counted = await visitor.countAttempt(merchantId, username);
  if (!counted.ok) return counted;
  const input = { dialect: NAME, username, password, merchantId };
  return findPersonalToken(visitor.env, input, visitor.now);
}

/** The address is taken as it stands: clients put a path behind it. */
async function tellPlace(
  { env, now }: Visitor,
  { account_id: account }: z.output<typeof placeSchema>,
  { raw }: Received,
): Outcome<string> {
  const known = await recallMerchantId(env, account.trim().toLowerCase(), now);
  if (known === null) return notFound("merchant");
  const { host, protocol } = new URL(raw.url);
  const isLocal = settingsOf(env).environment === "local";
  return ok(`${isLocal ? protocol : "https:"}//${host}`);
}
