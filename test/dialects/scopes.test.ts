import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { KEY_SCOPES } from "../../src/services/context.ts";
import { addStaff, buildCafe, type Cafe } from "../support/augmigo/cafe.ts";
import { openStore, type Store, storeToken } from "../support/imonggo/store.ts";
import { makeTill, type Till, worker } from "../support/kirimel/till.ts";
import { type Hotel, hotelKey, openHotel, RAVI } from "../support/microgenn/hotel.ts";
import { nativeMake } from "../support/native/native.ts";

/** A key has at least one scope: the native API has no call that needs this one. */
const USELESS = ["write:adjustments"] as const;

const REFERENCE = "/api/v1/customers/reference-code/:code";
const CUSTOMER_KEY = "/api/v1/customers/customer-key/:key";
const MEMBERSHIPS = "/api/v1/customer-membership/customer/reference-code/:code";

/** The routes of the Augmigo dialect, and the permission of a person that each asks for. */
const STAFF_SCOPES: Readonly<Record<string, string>> = {
  ...scopeOf("write:customers", [
    "POST /api/v1/customers/register",
    "POST /api/v1/customers/search/:limit",
    `GET ${REFERENCE}`,
    `PUT ${REFERENCE}`,
    `DELETE ${REFERENCE}`,
    `GET ${REFERENCE}/read-or-register`,
    `GET ${CUSTOMER_KEY}`,
    `PUT ${CUSTOMER_KEY}`,
    `DELETE ${CUSTOMER_KEY}`,
  ]),
  ...scopeOf(
    "write:transactions",
    ["/api/v1", "/api/v1/customers"]
      .map((base) => `${base}/reward/reference-code/:code`)
      .flatMap((base) => [
        `GET ${base}`,
        `GET ${base}/read`,
        ...["give", "point-redeem", "prepaid-redeem", "prepaid-topup", "redeem"].map(
          (verb) => `POST ${base}/${verb}`,
        ),
      ]),
  ),
  ...scopeOf("write:vouchers", [
    "GET /api/v1/vouchers/:code",
    "GET /api/v1/vouchers/redeem-code/:code",
    "POST /api/v1/vouchers/:code",
    "POST /api/v1/vouchers/:code/redeem",
    "POST /api/v1/vouchers/redeem",
  ]),
  ...scopeOf("write:memberships", [
    `GET ${MEMBERSHIPS}`,
    `POST ${MEMBERSHIPS}/assign-membership`,
    `POST ${MEMBERSHIPS}/renew-membership`,
    `DELETE ${MEMBERSHIPS}/remove-membership`,
    `DELETE ${MEMBERSHIPS}/remove-tier-membership`,
  ]),
};

function scopeOf(scope: string, routes: readonly string[]): Record<string, string> {
  return Object.fromEntries(routes.map((route) => [route, scope]));
}

/** Routes that ask for no scope, and why. */
const OPEN: Readonly<Record<string, string>> = {
  "POST /api/v1/auth": "signs a person in",
  "POST /api/v1/merchant/auth": "signs a person in",
  "GET /api/v1/customer-membership/ping": "tells nothing",
  "GET /api/tokens": "shows a person's token to who knows the password",
  "GET /api/tokens.xml": "shows a person's token to who knows the password",
  "GET /api/tokens.json": "shows a person's token to who knows the password",
  "GET /system/api_url": "tells where the API is",
};

/** A route of the Imonggo dialect with its extensions and without. */
function inFormats(route: string): string[] {
  return route.endsWith(":id") ? [route] : [route, `${route}.xml`, `${route}.json`];
}

/** The routes of the Imonggo dialect. */
const STORE_SCOPES: Readonly<Record<string, string>> = {
  ...scopeOf(
    "read:customers",
    [
      "GET /api/branches",
      "GET /api/branches/:id",
      "GET /api/branch/:id",
      "GET /api/customer_types",
      "GET /api/customer_types/:id",
      "GET /api/customers",
      "GET /api/customers/:id",
      "GET /api/invoices",
      "GET /api/invoices/:id",
    ].flatMap(inFormats),
  ),
  ...scopeOf(
    "write:customers",
    ["POST /api/customers", "PUT /api/customers/:id", "DELETE /api/customers/:id"].flatMap(
      inFormats,
    ),
  ),
  ...scopeOf(
    "write:transactions",
    ["POST /api/invoices", "DELETE /api/invoices/:id", "POST /api/rewards"].flatMap(inFormats),
  ),
};

/** Every route that keys can call, and the one scope that it asks for. */
const SCOPES: Readonly<Record<string, string>> = {
  ...STAFF_SCOPES,
  ...STORE_SCOPES,
  "GET /api/:slug/pos/customer": "read:customers",
  "POST /api/:slug/pos/bill": "write:transactions",
  "POST /api/:slug/pos/coupon/redeem": "write:transactions",
  "POST /api/:slug/pos/otp/send": "write:transactions",
  "POST /api/:slug/pos/otp/verify": "write:transactions",
  "POST /api/:slug/pos/points/redeem": "write:transactions",
  "GET /api/loyalty/customers": "read:customers",
  "GET /api/loyalty/customers/:id": "read:customers",
  "GET /api/loyalty/customers/:id/tier": "read:customers",
  "GET /api/loyalty/customers/:id/transactions": "read:customers",
  "GET /api/loyalty/customers/lookup": "read:customers",
  "GET /api/loyalty/customers/lookup-by-email": "read:customers",
  "GET /api/loyalty/customers/lookup-enriched": "read:customers",
  "GET /api/loyalty/vouchers/:code": "read:vouchers",
  "GET /api/loyalty/vouchers/batches": "read:vouchers",
  "GET /api/loyalty/wallet/balance": "read:customers",
  "POST /api/loyalty/customers/:id/adjust": "write:adjustments",
  "POST /api/loyalty/customers/lookup": "read:customers",
  "POST /api/loyalty/customers/register": "write:customers",
  "POST /api/loyalty/group/create": "write:merchants",
  "POST /api/loyalty/group/sites/add": "write:sites",
  "POST /api/loyalty/points/commit-redeem": "write:transactions",
  "POST /api/loyalty/points/earn": "write:transactions",
  "POST /api/loyalty/points/preview-redeem": "read:customers",
  "POST /api/loyalty/points/redeem": "write:transactions",
  "POST /api/loyalty/points/reverse": "write:transactions",
  "POST /api/loyalty/vouchers/batches": "write:vouchers",
  "POST /api/loyalty/vouchers/batches/create": "write:vouchers",
  "POST /api/loyalty/vouchers/issue": "write:vouchers",
  "POST /api/loyalty/vouchers/redeem": "write:vouchers",
  "POST /api/loyalty/wallet/balance": "read:customers",
  "POST /api/loyalty/wallet/recalculate": "write:adjustments",
};

/** Every route of every dialect. */
const ROUTES = createApp()
  .routes.filter(({ method }) => method !== "ALL")
  .map(({ method, path }) => `${method} ${path}`)
  .filter((route) => !(route in OPEN));

let hotel: Hotel;
let cafe: Cafe;
let store: Store;

beforeAll(async () => {
  hotel = await openHotel();
  cafe = await buildCafe({ key: { scopes: KEY_SCOPES } });
  store = await openStore();
}, 60_000);

type Made = Promise<Till | Cafe | string>;

const made = new Map<string, Made>();

/** What a dialect's caller shows who has these scopes, made when it is first asked for. */
async function caller<T extends Awaited<Made>>(
  dialect: string,
  scopes: readonly string[],
  make: () => Promise<T>,
): Promise<T> {
  const name = [dialect, ...scopes].join(" ");
  const known = made.get(name) ?? make();
  made.set(name, known);
  return (await known) as T;
}

/** Calls a route with a key that has these scopes; answers the status and the body's text. */
async function callWith(route: string, scopes: readonly string[]) {
  const [method = "", path = ""] = route.replace(/:id|:code|:key|:limit/, "1").split(" ");
  if (path.startsWith("/api/v1")) {
    const person = await caller("augmigo", scopes, async () =>
      cafe.signedIn(await addStaff(cafe.account, { scopes })),
    );
    return person.call(method, path.slice("/api/v1".length));
  }
  if (path.startsWith("/api/loyalty")) {
    const till = await caller("kirimel", scopes, () => makeTill(hotel.slug, { scopes }));
    const request = await till.sign(method === "GET" ? "" : {});
    return till.send(method, path.slice("/api/loyalty".length), request);
  }
  if (path.startsWith("/api/:slug")) {
    const key = await caller("microgenn", scopes, () => hotelKey(hotel.slug, "live", scopes));
    const init = method === "GET" ? {} : { method, body: "{}" };
    return hotel.send(`${path.slice("/api/:slug".length)}?mobile=${RAVI}`, init, key);
  }
  if (route in STORE_SCOPES) {
    const token = await caller("imonggo", scopes, () => storeToken(store.account, { scopes }));
    return store.as(token).send(method, path);
  }
  const text = await caller("native", scopes, async () => {
    const key = { name: "Key", dialect: "native", scopes, unlimited: true };
    return String((await nativeMake("/keys", key, hotel.slug)).text);
  });
  const headers = { Authorization: `Bearer ${text}`, "If-Match": '"v1"' };
  const url = `https://api.example${path}`;
  const reply = await worker(new Request(url, { method, headers }));
  return { status: reply.status, text: new TextDecoder().decode(await reply.arrayBuffer()) };
}

const isNative = (route: string): boolean => route.includes(" /loyalty/v1");

/** Whether an answer says that the key may not do it, in the dialect's own way. */
function isRefused(route: string, { status, text }: { status: number; text: string }): boolean {
  if (route.includes("/api/loyalty")) return status === 401 && text.includes("INVALID_API_KEY");
  if (route.includes("/api/:slug")) return status === 403 && text.includes("required scope");
  if (route.includes("/api/v1")) return status === 403 && text.includes("Permission denied");
  if (route in STORE_SCOPES) return status === 403 && text.includes("Forbidden");
  // Merchants are the deployment's: no key of one is known there.
  const adminOnly = / \/loyalty\/v1\/merchants/.test(route);
  return adminOnly ? status === 401 : status === 403 && text.includes('"scope_missing"');
}

describe("a key without the scope of a route", () => {
  it.each(ROUTES.filter((route) => !isNative(route)))("is refused: %s", async (route) => {
    const scope = SCOPES[route];
    expect(scope).toBeDefined();
    const others = KEY_SCOPES.filter((other) => other !== scope);
    expect(isRefused(route, await callWith(route, others))).toBe(true);
    expect(isRefused(route, await callWith(route, [String(scope)]))).toBe(false);
  });

  it.each(ROUTES.filter(isNative))("with no scope of the API is refused: %s", async (route) => {
    expect(isRefused(route, await callWith(route, USELESS))).toBe(true);
  });

  it.each(ROUTES.filter(isNative))(
    "is told which one it needs, and needs one: %s",
    async (route) => {
      const refused = await callWith(route, USELESS);
      const [, scope] = /"scope":"([a-z:]+)"/.exec(refused.text) ?? [];
      if (scope === undefined || scope === "admin") return;
      const others = KEY_SCOPES.filter((other) => other !== scope);
      expect(isRefused(route, await callWith(route, others))).toBe(true);
      expect(isRefused(route, await callWith(route, [scope]))).toBe(false);
    },
  );
});
