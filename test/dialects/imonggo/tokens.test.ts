import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { failingDatabase, recordingDatabase } from "../../support/d1.ts";
import { clientAddress } from "../../support/http.ts";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import {
  OWNER,
  openStore,
  type Store,
  type StoreCall,
  storeToken,
} from "../../support/imonggo/store.ts";
import { appWith } from "../../support/kirimel/till.ts";
import { nativeMake } from "../../support/native/native.ts";
import { childText } from "../../support/xml-document.ts";

const clock = stopClock("2060-06-01T08:00:00Z");

let store: Store;
let people = 0;

// One user's attempts are limited.
beforeEach(() => {
  clock.now += 120 * SECOND;
});

beforeAll(async () => {
  store = await openStore();
}, 60_000);

/** Adds a person of a store, with a token if nothing else is said; answers the name. */
async function addPerson(
  given: { password?: string; account?: string; token?: object | null } = {},
) {
  people += 1;
  const { password = "secret", account = store.account, token = {} } = given;
  const username = `person-${people}@store.example`;
  await nativeMake("/staff", { username, password, name: "P", number: 100 + people }, account);
  const text = token === null ? "" : await storeToken(account, { staff: username, ...token });
  return { username, text, number: 100 + people };
}

/** Asks for a token, from an address of its own if none is given. */
function ask(
  { extension = ".json", email = OWNER.username, password = OWNER.password },
  given: StoreCall = {},
  by = store,
) {
  const query = new URLSearchParams({ email, password });
  const headers = { "CF-Connecting-IP": clientAddress(), ...given.headers };
  return by.get(`/tokens${extension}?${query}`, { token: null, ...given, headers });
}

describe("a user's token", () => {
  it("case 16: is shown to who knows the password, in XML by itself", async () => {
    const { username, text } = await addPerson();
    const reply = await ask({ extension: ".xml", email: username });
    expect(reply.status).toBe(200);
    expect(reply.xml).toMatchObject({ name: "hash", attributes: {} });
    expect(reply.xml.children.map(({ name }) => name)).toEqual(["api_token"]);
    expect(childText(reply.xml, "api_token")).toBe(text);
    expect(text).toMatch(/^[0-9a-f]{40}$/);
    expect(reply.headers.get("cache-control")).toBe("no-store");
  });

  it("case 18: comes with the number of the user in JSON", async () => {
    const { username, text, number } = await addPerson();
    const reply = await ask({ email: username });
    expect([reply.status, reply.text]).toEqual([
      200,
      `{"api_token":"${text}","user_id":${number}}`,
    ]);
    expect((await store.as(text).get("/branches.xml")).status).toBe(200);
  });

  it.each([
    ["a wrong password", { password: "wrong" }],
    ["an empty one", { password: "" }],
    ["one in capitals", { password: "SECRET" }],
    ["one with a blank more", { password: "secret " }],
    ["a very long one", { password: "x".repeat(10_000) }],
    ["an unknown user", { email: "nobody@store.example" }],
    ["no user", { email: "" }],
    ["a user whose name is too long", { email: "x".repeat(10_000) }],
  ])("case 17: is not found for %s", async (_, given) => {
    for (const extension of [".xml", ".json", ""]) {
      const reply = await ask({ ...given, extension });
      expect([reply.status, reply.errors]).toEqual([404, ["Not Found"]]);
      expect(reply.headers.get("www-authenticate")).toBeNull();
    }
  });

  it("is not found where nothing is asked", async () => {
    const headers = { "CF-Connecting-IP": clientAddress() };
    expect((await store.get("/tokens.xml", { token: null, headers })).status).toBe(404);
  });

  it("is not found for a user without one, nor when it is revoked or lapsed", async () => {
    const { username } = await addPerson({ token: null });
    expect((await ask({ email: username })).status).toBe(404);
    const expires_at = new Date(clock.now + SECOND).toISOString();
    const brief = await addPerson({ token: { expires_at } });
    expect((await ask({ email: brief.username })).status).toBe(200);
    clock.now += SECOND;
    expect((await ask({ email: brief.username })).status).toBe(404);
    clock.now += SECOND;
    const revoked = await addPerson();
    const change = "UPDATE keys SET revoked_at = 1 WHERE id = (SELECT MAX(id) FROM keys)";
    await env.DB.prepare(change).run();
    expect((await ask({ email: revoked.username })).status).toBe(404);
  });

  it("is the newest live one, and that of the sandbox only where there is no other", async () => {
    const { username, text } = await addPerson({ token: { mode: "test" } });
    expect((await ask({ email: username })).body.api_token).toBe(text);
    await storeToken(store.account, { staff: username });
    clock.now += SECOND;
    const newest = await storeToken(store.account, { staff: username });
    await storeToken(store.account, { staff: username, mode: "test" });
    expect((await ask({ email: username })).body.api_token).toBe(newest);
  });

  it("is no key of another dialect that the user has", async () => {
    const { username, text } = await addPerson();
    const key = { name: "K", dialect: "native", scopes: ["read:customers"], staff: username };
    await nativeMake("/keys", key, store.account);
    expect((await ask({ email: username })).body.api_token).toBe(text);
  });

  it("is only looked up: none is made", async () => {
    const { username } = await addPerson();
    await addPerson({ token: null });
    const before = await dumpEverything();
    await ask({ email: username });
    await ask({ email: `person-${people}@store.example` });
    await ask({ email: username, password: "wrong" });
    expect(await dumpEverything()).toBe(before);
  });
});

describe("a name that users of two accounts have", () => {
  it("belongs to whose password it is, and to whose account the host names", async () => {
    const other = await openStore();
    const { username, text } = await addPerson({ password: "mine" });
    const person = { username, password: "other", name: "O" };
    await nativeMake("/staff", person, other.account);
    const theirs = await storeToken(other.account, { staff: username });
    expect((await ask({ email: username, password: "mine" })).body.api_token).toBe(text);
    expect((await ask({ email: username, password: "other" })).body.api_token).toBe(theirs);
    expect((await ask({ email: username, password: "secret" })).status).toBe(404);
    const host = `${other.account}.imonggo.com`;
    const named = (password: string) => ask({ email: username, password }, { host });
    expect((await named("other")).body.api_token).toBe(theirs);
    expect((await named("mine")).status).toBe(404);
  });
});

describe("a look-up", () => {
  it("reads as much for an unknown user as for a wrong password", async () => {
    const { DB, statements } = recordingDatabase();
    const recorded = store.via(appWith({ DB }));
    const read = async (given: object) => {
      statements.length = 0;
      expect((await ask(given, {}, recorded)).status).toBe(404);
      return [...statements];
    };
    // The account of the host is remembered, whoever is asked for.
    await read({ password: "wrong" });
    const wrong = await read({ password: "wrong" });
    expect(wrong.length).toBeGreaterThan(0);
    expect(await read({ email: "nobody@store.example" })).toEqual(wrong);
  });

  it("works on a password once, be the user unknown, known or right", async () => {
    const { username } = await addPerson();
    const person = await addPerson({ token: null });
    const app = store.via(appWith({}));
    const email = "nobody@store.example";
    for (const given of [
      { email },
      { email: person.username },
      { email: username, password: "wrong" },
      { email: username },
    ]) {
      // What a password is hashed from, and nothing else: files share the module that hashes.
      const composed = vi.spyOn(String.prototype, "normalize");
      await ask(given, {}, app);
      const worked = composed.mock.calls.filter(([form]) => form === "NFKC");
      composed.mockRestore();
      expect(worked).toHaveLength(1);
    }
  });

  it("can be made ten times a minute from one address, with whatever outcome", async () => {
    const headers = { "CF-Connecting-IP": clientAddress() };
    const replies = await Promise.all(
      Array.from({ length: 14 }, (_, nth) => {
        const extension = nth % 2 === 0 ? ".xml" : ".json";
        return ask({ extension, password: nth < 7 ? "wrong" : OWNER.password }, { headers });
      }),
    );
    const refused = replies.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(4);
    for (const reply of refused) {
      expect(reply.errors).toEqual(["Rate limit exceeded"]);
      expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect((await ask({})).status).toBe(200);
    clock.now += 60 * SECOND;
    expect((await ask({}, { headers })).status).toBe(200);
  });

  it("leaves neither name nor password in the log, though it should fail", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = store.via(appWith({ DB: failingDatabase(/staff/) }));
    const reply = await ask({ password: "pass-never-logged" }, {}, broken);
    expect([reply.status, reply.errors]).toEqual([500, ["Internal Server Error"]]);
    const logged = JSON.stringify(log.mock.calls);
    expect(log).toHaveBeenCalledTimes(1);
    log.mockRestore();
    expect(logged).not.toContain("pass-never-logged");
    expect(logged).not.toContain(OWNER.username);
  });
});

describe("the place of the API", () => {
  const place = (query: string, given: StoreCall = {}, by = store) =>
    by.send("GET", `/system/api_url${query}`, { token: null, ...given });
  const local = () => `?account_id=${store.account}`;

  it("case 19: is told as a bare text, without a token", async () => {
    const reply = await place(local(), { host: "loyalty.example:8787" });
    expect([reply.status, reply.text]).toEqual([200, "http://loyalty.example:8787"]);
    expect(reply.headers.get("content-type")).toMatch(/^text\/plain/);
  });

  it("is HTTPS in a deployment, however it was asked for", async () => {
    const settings = { GUERDON_ENVIRONMENT: "production", GUERDON_ADMIN_TOKEN: "x".repeat(32) };
    const deployed = store.via(appWith(settings));
    const reply = await place(local(), { host: "loyalty.example" }, deployed);
    expect(reply.text).toBe("https://loyalty.example");
  });

  it("is told for an account in any spelling", async () => {
    expect((await place(local().toUpperCase().replace("ACCOUNT_ID", "account_id"))).status).toBe(
      200,
    );
  });

  it.each(["", "?account_id=", "?account_id=nobody", `?account_id=${"x".repeat(1_000)}`])(
    "is not found for an account that there is none of: %.30s",
    async (query) => {
      const reply = await place(query);
      expect([reply.status, reply.text]).toEqual([404, "Not Found"]);
      expect(reply.headers.get("content-type")).toMatch(/^text\/plain/);
    },
  );

  it("can be asked for 300 times a minute from one address", async () => {
    const headers = { "CF-Connecting-IP": clientAddress() };
    const replies = await Promise.all(
      Array.from({ length: 310 }, () => place(local(), { headers })),
    );
    expect(replies.filter(({ status }) => status === 503)).toHaveLength(10);
  }, 60_000);
});
