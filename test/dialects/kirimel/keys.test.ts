import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { countingDatabase, dumpEverything } from "../../support/http-storage.ts";
import {
  expectRefusal,
  kirimel,
  kirimelKey,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import type { KirimelKey } from "../../support/kirimel/signing.ts";
import { sign } from "../../support/kirimel/signing.ts";
import { GROUP_SCOPES } from "../../support/kirimel/till.ts";
import { create, establish, native } from "../../support/native/merchant.ts";

const clock = stopClock("2060-06-01T08:00:00Z");
const BALANCE = "/wallet/balance?customer_id=123456";

beforeAll(() => establish(myRestaurant()));

let made = 0;

/** A key of the demo merchant that no other test uses. */
async function newKey(rest: object = {}): Promise<KirimelKey> {
  made += 1;
  const key = { text: `kiri_key_number_${made}`, secret: `secret_number_${made}` };
  await create("/keys", kirimelKey(key, { unlimited: true, ...rest }), "myrestaurant");
  return key;
}

async function revoke(): Promise<void> {
  await env.DB.prepare("UPDATE keys SET revoked_at = ? WHERE name = 'Revoked'")
    .bind(clock.now)
    .run();
}

describe("a key", () => {
  it("is read from D1 once and then known to the isolate for 30 s", async () => {
    const key = await newKey();
    const { database: DB, take } = countingDatabase();
    await kirimel(BALANCE, { key });
    await kirimel(BALANCE, { key, bindings: { DB } });
    expect(take()).toBe(0);
    clock.now += 31 * SECOND;
    await kirimel(BALANCE, { key, bindings: { DB } });
    expect(take()).toBeGreaterThan(0);
    await kirimel(BALANCE, { key, bindings: { DB } });
    expect(take()).toBe(0);
  });

  it("is refused once it was revoked, 30 s later at the latest", async () => {
    const key = await newKey({ name: "Revoked" });
    expect((await kirimel(BALANCE, { key })).status).toBe(200);
    await revoke();
    clock.now += 31 * SECOND;
    expectRefusal(await kirimel(BALANCE, { key }), 401, "INVALID_API_KEY");
  });

  it("is refused from the moment it expires, whatever the isolate knows of it", async () => {
    const expiresAt = clock.now + 10 * SECOND;
    const key = await newKey({ expires_at: new Date(expiresAt).toISOString() });
    clock.now = expiresAt - 1;
    expect((await kirimel(BALANCE, { key })).status).toBe(200);
    clock.now = expiresAt;
    expectRefusal(await kirimel(BALANCE, { key }), 401, "INVALID_API_KEY");
  });

  it("works a moment after it was made, even if it was tried before", async () => {
    const key = { text: "kiri_key_tried_too_soon", secret: "secret_tried_too_soon" };
    expectRefusal(await kirimel(BALANCE, { key }), 401, "INVALID_API_KEY");
    await create("/keys", kirimelKey(key), "myrestaurant");
    clock.now += 3 * SECOND;
    expect((await kirimel(BALANCE, { key })).status).toBe(200);
  });

  it("is worth nothing in another dialect", async () => {
    const key = { text: "gd_key_of_another_dialect", secret: "secret_of_another_dialect" };
    await create("/keys", kirimelKey(key, { dialect: "native" }), "myrestaurant");
    expectRefusal(await kirimel(BALANCE, { key }), 401, "INVALID_API_KEY");
  });

  it("signs with its secret's characters, not with what they may encode", async () => {
    const secret = "00112233445566778899aabbccddeeff";
    const key = { text: "kiri_key_with_hex_secret", secret };
    await create("/keys", kirimelKey(key), "myrestaurant");
    expect((await kirimel(BALANCE, { key })).status).toBe(200);
    const timestamp = new Date(clock.now).toISOString();
    const decoded = Buffer.from(secret, "hex").toString("latin1");
    const headers = { "X-Signature": sign("B", decoded, timestamp, "") };
    expectRefusal(await kirimel(BALANCE, { key, timestamp, headers }), 401, "SIGNATURE_INVALID");
  });

  it("whose text and secret the service made signs like any other", async () => {
    const body = { name: "Made here", dialect: "kirimel", scopes: GROUP_SCOPES };
    const answer = await native("/keys", { body, merchant: "myrestaurant" });
    const key = answer.body as unknown as KirimelKey;
    expect((await kirimel(BALANCE, { key })).status).toBe(200);
  });
});

describe("a key's scopes", () => {
  it.each([
    ["write:transactions", "/points/earn"],
    ["write:transactions", "/points/redeem"],
    ["write:customers", "/customers/register"],
    ["read:customers", "/customers/lookup"],
    ["read:customers", "/wallet/balance"],
  ])("must include %s for POST %s", async (scope, path) => {
    const key = await newKey({ scopes: GROUP_SCOPES.filter((other) => other !== scope) });
    const before = await dumpEverything();
    const fields = { customer_id: 123456, points: 1, phone: "+60111111111" };
    expectRefusal(await post(path, fields, { key }), 401, "INVALID_API_KEY");
    expect(await dumpEverything()).toBe(before);
  });

  it("must include read:customers for a lookup by e-mail", async () => {
    const key = await newKey({ scopes: ["write:customers"] });
    const answer = await kirimel("/customers/lookup-by-email?email=john@example.com", { key });
    expectRefusal(answer, 401, "INVALID_API_KEY");
  });
});

describe("a key in test mode", () => {
  it("decides like a live one and keeps nothing", async () => {
    const key = await newKey({ mode: "test" });
    const before = await dumpEverything();
    const earned = await post("/points/earn", { customer_id: 123456, points: 50 }, { key });
    expect(earned.body).toMatchObject({ points_awarded: 50, new_balance: 150 });
    const again = await post("/points/redeem", { customer_id: 123456, points: 101 }, { key });
    const details = { requested: 101, available: 100, shortfall: 1 };
    expectRefusal(again, 400, "INSUFFICIENT_BALANCE", details);
    const registered = await post("/customers/register", { phone: "+60177777777" }, { key });
    expect(registered.body).toMatchObject({ customer_id: "CUST_123457", points_balance: 0 });
    const lookup = "/customers/lookup?phone=%2B60177777777";
    expectRefusal(await kirimel(lookup, { key }), 404, "CUSTOMER_NOT_FOUND");
    expect(await dumpEverything()).toBe(before);
  });
});
