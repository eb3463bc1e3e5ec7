import type { Hono } from "hono";
import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { countAddress } from "../../http/rate-limit.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import { recallMerchantId } from "../../services/access/accounts.ts";
import type { PersonalToken } from "../../services/access/personal-tokens.ts";
import { findPersonalToken } from "../../services/access/personal-tokens.ts";
import { settingsOf } from "../../services/context.ts";
import { DIALECT, namedAccount } from "./authentication.ts";
import { finish, POLICY, refuse } from "./calls.ts";
import { respond } from "./errors.ts";
import type { Resource } from "../../http/documents.ts";
import { one } from "../../http/documents.ts";
import { resource } from "./resources.ts";

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

/** What is asked without a token: a user's token, and where the API is. */
export function tokenRoutes(app: Hono<HttpEnv>): void {
  resource(app, "/tokens", {
    GET: async (http) => {
      const found = await lookUp(http);
      return respond(http, found.ok ? ok(one(TOKEN, found.value)) : found);
    },
  });
  app.get("/system/api_url", async (http) => finish(http, await apiUrl(http)));
  const error = { code: "method_not_allowed", allowed: ["GET"] } as const;
  app.all("/system/api_url", async (http) => finish(http, await refuse(http, error)));
}

async function lookUp(http: Http): Promise<Result<PersonalToken, LoyaltyError>> {
  const counted = await countAddress(http, LOOKUPS);
  if (!counted.ok) return counted;
  const { email = "", password = "" } = http.req.query();
  const merchantId = await namedAccount(http);
  const input = { dialect: DIALECT, username: email.trim(), password, merchantId };
  return findPersonalToken(http.env, input, http.get("now"));
}

/** The address is taken as it stands: clients put a path behind it. */
async function apiUrl(http: Http): Promise<Response> {
  const counted = await countAddress(http, POLICY);
  if (!counted.ok) return respond(http, counted);
  const slug = (http.req.query("account_id") ?? "").trim().toLowerCase();
  const known = await recallMerchantId(http.env, slug, http.get("now"));
  if (known === null) return http.text("Not Found", 404);
  const { host, protocol } = new URL(http.req.url);
  const isLocal = settingsOf(http.env).environment === "local";
  return http.text(`${isLocal ? protocol : "https:"}//${host}`);
}
