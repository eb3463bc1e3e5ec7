import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { recordingDatabase } from "../../support/d1.ts";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { openStore, type Store, type StoreReply, storeToken } from "../../support/imonggo/store.ts";
import { appWith } from "../../support/kirimel/till.ts";
import { nativeMake } from "../../support/native/native.ts";

const clock = stopClock("2060-06-01T08:00:00Z");
/** Longer than any isolate goes by what it knows. */
const LATER = 31 * SECOND;

let store: Store;
let stranger: Store;

beforeAll(async () => {
  store = await openStore();
  stranger = await openStore();
}, 60_000);

/** What is said to who has no good token. */
function expectUnauthorized(reply: StoreReply): void {
  expect([reply.status, reply.errors]).toEqual([401, ["Unauthorized"]]);
  expect(reply.headers.get("www-authenticate")).toBe('Basic realm="Application"');
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const encode = (bytes: Uint8Array) => `Basic ${btoa(String.fromCharCode(...bytes))}`;

/** A call with an `Authorization` of the test's own. */
function callWith(authorization: string, by = store): Promise<StoreReply> {
  return by.get("/branches.xml", { token: null, headers: { Authorization: authorization } });
}

describe("a call", () => {
  it.each(["/customers/1534.xml", "/branches.xml", "/branches/11.json", "/nothing.json"])(
    "case 3: without a header is refused: %s",
    async (path) => {
      expectUnauthorized(await store.get(path, { token: null }));
    },
  );

  it.each(["/customers/1534.xml", "/branches.xml", "/nothing.json"])(
    "case 4: with a token that nobody has is refused: %s",
    async (path) => {
      expectUnauthorized(await store.get(path, { token: "0".repeat(40) }));
    },
  );

  it("is refused in the words of either format", async () => {
    const xml = await store.get("/branches.xml", { token: null });
    const [, ...lines] = xml.text.split("\n");
    expect(lines).toEqual(["<errors>", "  <error>Unauthorized</error>", "</errors>", ""]);
    const json = await store.get("/branches.json", { token: null });
    expect(json.text).toBe('{"error":"Unauthorized"}');
  });

  it.each(["X", "x", "", "20", "s3cret:with:colons", "\u{1f642}", "x".repeat(2_000)])(
    "cases 1, 2: may have any password behind the token: %.20s",
    async (password) => {
      const header = encode(bytesOf(`${store.token}:${password}`));
      expect((await callWith(header)).status).toBe(200);
    },
  );

  it("may have a password that is no UTF-8, or none with its colon", async () => {
    const latin1 = new Uint8Array([...bytesOf(`${store.token}:`), 0x70, 0xe4, 0xdf]);
    expect((await callWith(encode(latin1))).status).toBe(200);
    expect((await callWith(encode(bytesOf(store.token)))).status).toBe(200);
  });

  it("may spell its scheme as it likes, and have blanks around", async () => {
    const header = encode(bytesOf(`${store.token}:X`));
    expect((await callWith(header.replace("Basic", "basic"))).status).toBe(200);
    expect((await callWith(` ${header.replace(" ", "   ")} `)).status).toBe(200);
  });

  it.each([
    "",
    "Basic",
    "Basic ",
    "Basic !!!!",
    "Basic Og==",
    "Basic OlgK",
    "Bearer x",
    "Token token=x",
    `Basic ${"A".repeat(10_000)}`,
  ])("with a header that holds no token is refused: %.20s", async (header) => {
    expectUnauthorized(await callWith(header));
  });

  it("may not show the token in another place or spelling", async () => {
    expectUnauthorized(await callWith(`Bearer ${store.token}`));
    expectUnauthorized(await store.get("/branches.xml", { token: store.token.toUpperCase() }));
    expectUnauthorized(await store.get("/branches.xml", { token: ` ${store.token}` }));
    expectUnauthorized(await store.get(`/branches.xml?api_token=${store.token}`, { token: null }));
  });

  it("needs a token of this dialect, and those of this dialect open no other", async () => {
    const key = { name: "Key", scopes: ["read:customers"], text: `mg_live_${"a".repeat(32)}` };
    const { text } = await nativeMake("/keys", { ...key, dialect: "microgenn" }, store.account);
    expectUnauthorized(await store.get("/branches.xml", { token: String(text) }));
    const headers = { "X-API-Key": store.token };
    const path = `/${store.account}/pos/customer?mobile=9876543210`;
    expect((await store.get(path, { token: null, headers })).status).toBe(401);
  });
});

describe("a token", () => {
  it("ends at its time, and within half a minute of being revoked", async () => {
    const expires_at = new Date(clock.now + 60 * SECOND).toISOString();
    const brief = store.as(await storeToken(store.account, { expires_at }));
    clock.now += SECOND;
    const revoked = store.as(await storeToken(store.account));
    expect((await brief.get("/branches.xml")).status).toBe(200);
    expect((await revoked.get("/branches.xml")).status).toBe(200);
    const newest = "SELECT id FROM keys ORDER BY id DESC LIMIT 1";
    await env.DB.prepare(`UPDATE keys SET revoked_at = 1 WHERE id = (${newest})`).run();
    clock.now += LATER;
    expectUnauthorized(await revoked.get("/branches.xml"));
    expect((await brief.get("/branches.xml")).status).toBe(200);
    clock.now += LATER;
    expectUnauthorized(await brief.get("/branches.xml"));
  });

  it("without the scope is told that it may not, which is no 401", async () => {
    const token = await storeToken(store.account, { scopes: ["write:keys"] });
    const reply = await store.as(token).get("/branches.json");
    expect([reply.status, reply.text]).toEqual([403, '{"error":"Forbidden"}']);
  });

  it("of the sandbox says so in a header", async () => {
    const test = store.as(await storeToken(store.account, { mode: "test" }));
    expect((await test.get("/branches.xml")).headers.get("guerdon-mode")).toBe("test");
    expect((await store.get("/branches.xml")).headers.get("guerdon-mode")).toBeNull();
  });

  it("asks D1 for nothing but the records while the isolate knows it", async () => {
    const { DB, statements } = recordingDatabase();
    const warm = store.via(appWith({ DB }));
    const host = "api-of-nobody.store.example";
    await warm.get("/branches.xml", { host });
    statements.length = 0;
    await warm.get("/branches.xml", { host });
    expect(statements).toHaveLength(1);
    expect(statements[0]).toContain('from "sites"');
  });
});

describe("a host that names an account", () => {
  const at = (host: string, by = store) => by.get("/branches.xml", { host });

  it.each([
    (account: string) => `${account}.imonggo.com`,
    (account: string) => `${account}.c3.imonggo.com`,
    (account: string) => `${account}.guerdon.example:8787`,
    (account: string) => `${account.toUpperCase()}.imonggo.com`,
  ])("must name the token's", async (host) => {
    expect((await at(host(store.account))).status).toBe(200);
    expectUnauthorized(await at(host(stranger.account)));
    expect((await at(host(stranger.account), stranger)).status).toBe(200);
  });

  it.each(["localhost", "localhost:8787", "127.0.0.1", "[::1]:8787", "guerdon.example"])(
    "is another matter than one that names none: %s",
    async (host) => {
      expect((await at(host)).status).toBe(200);
    },
  );

  it("is one from the moment on at which there is such an account", async () => {
    const slug = "late-comer";
    expect((await at(`${slug}.imonggo.com`)).status).toBe(200);
    const merchant = { slug, name: "Late", currency: "PHP", time_zone: "Asia/Manila" };
    await nativeMake("/merchants", merchant);
    clock.now += 3 * SECOND;
    expectUnauthorized(await at(`${slug}.imonggo.com`));
  });
});
