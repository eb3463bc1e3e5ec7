import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetCredentials } from "../../../src/services/access/credentials.ts";
import {
  accountKey,
  addStaff,
  basic,
  buildCafe,
  CASHIER,
  type Cafe,
  type CafeReply,
  MANAGER,
  PASSWORD,
  STAFF_SCOPES,
} from "../../support/augmigo/cafe.ts";
import { d1Rows, recordingDatabase } from "../../support/d1.ts";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { appWith } from "../../support/kirimel/till.ts";
import { nativeMake } from "../../support/native/native.ts";

let cafe: Cafe;
let stranger: Cafe;

const clock = stopClock("2060-06-01T08:00:00Z");

beforeAll(async () => {
  cafe = await buildCafe();
  stranger = await buildCafe();
});

// No test meets a limit that others have used up.
beforeEach(() => {
  clock.now += 3 * 60 * SECOND;
});

/** What a refused sign-in shows. */
const seen = ({ status, msg }: CafeReply) => [status, ...msg];

const UNKNOWN_USER = [401, "Failed to authenticate"];
const UNKNOWN_KEY = [400, "Failed to authenticate"];
const NO_KEY = [400, "Missing account id or api key"];
const NOT_GRANTED = [400, "User is not authorized due to outlet is not granted"];
const NO_OUTLET = [400, "Missing outlet key"];

/** The four headers of the contract's first case, sent to a path as it stands. */
function fourHeaders(path: string): Promise<CafeReply> {
  const headers = {
    "X-ACCT-ID": cafe.account,
    "X-API-KEY": cafe.apiKey,
    Authorization: "Basic Y2FzaGllcjFAY2FmZS5leGFtcGxlOnMzY3JldA==",
  };
  return cafe.call("POST", path, { headers, outlet: "outlet_main", token: null });
}

describe("a sign-in", () => {
  it.each(["/auth", "/merchant/auth", "//auth", "/auth/", "/merchant//auth/"])(
    "cases 1 and 2: with four headers gives a token under all its names: %s",
    async (path) => {
      const reply = await fourHeaders(path);
      expect(reply.status).toBe(200);
      expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(Object.keys(reply.body)).toEqual([
        "x-auth-token",
        "expires_in_seconds",
        "username",
        "name",
        "outlet_name",
        "granted_access",
        "auth_token",
        "expires_in_second",
      ]);
      expect(reply.body).toEqual({
        "x-auth-token": expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        expires_in_seconds: 86_400,
        username: "cashier1@cafe.example",
        name: "Cashier One",
        outlet_name: "Main Outlet",
        granted_access: ["customer", "reward", "voucher", "membership"],
        auth_token: reply.body["x-auth-token"],
        expires_in_second: 86_400,
      });
    },
  );

  it("gives another token each time, and none is to be cached", async () => {
    const [one, other] = [await cafe.signIn(), await cafe.signIn()];
    expect(one.body.auth_token).not.toBe(other.body.auth_token);
    expect(one.headers.get("cache-control")).toBe("no-store");
  });

  it.each(["{", '{"username":"x"}', "username=x", "\u0000"])(
    "takes no notice of a body: %j",
    async (body) => {
      const headers = {
        "X-ACCT-ID": cafe.account,
        "X-API-KEY": cafe.apiKey,
        Authorization: basic(CASHIER.username, PASSWORD),
      };
      expect((await cafe.post("/auth", body, { headers, token: null })).status).toBe(200);
    },
  );

  it("takes the account id in any case, and header names too", async () => {
    const headers = { "X-ACCT-ID": "", "x-acct-Id": cafe.account.toUpperCase() };
    expect((await cafe.signIn(CASHIER, null, headers)).status).toBe(200);
  });

  it("names what both the person and the key may do", async () => {
    const reading = await addStaff(cafe.account, {
      scopes: ["write:memberships", "write:customers", "read:events"],
    });
    const signedIn = await cafe.signIn(reading);
    expect(signedIn.body.granted_access).toEqual(["customer", "membership"]);
    const narrow = await accountKey(cafe.account, { scopes: ["write:customers"] });
    const narrowed = await cafe.signIn(reading, null, { "X-API-KEY": narrow });
    expect(narrowed.body.granted_access).toEqual(["customer"]);
    const none = await accountKey(cafe.account, { scopes: ["read:events"] });
    const nothing = await cafe.signIn(CASHIER, null, { "X-API-KEY": none });
    expect(nothing.body.granted_access).toEqual([]);
  });
});

describe("a password", () => {
  it.each([
    ["päss wörd", "bar ista"],
    ["pass:word:", "colons"],
    [" s3cret ", " blanks "],
    ["密码🔑", "收银员"],
  ])("may be %j, of a user %j", async (password, username) => {
    const name = `${username}${password.length}`;
    // Outer blanks of a user name are dropped when the person is made.
    await addStaff(cafe.account, { username: name, password });
    expect((await cafe.signIn({ username: name.trim(), password })).status).toBe(200);
    expect(seen(await cafe.signIn({ username: name.trim(), password: `${password}x` }))).toEqual(
      UNKNOWN_USER,
    );
  });

  it("is not taken as its MD5, nor in another case", async () => {
    const md5OfSecret = "33e1b232a4e6fa0028a6670753749a17";
    for (const password of [md5OfSecret, PASSWORD.toUpperCase()]) {
      expect(seen(await cafe.signIn({ ...CASHIER, password }))).toEqual(UNKNOWN_USER);
    }
  });

  it.each([
    ["wrong", { ...CASHIER, password: "wrong" }],
    ["empty", { ...CASHIER, password: "" }],
    ["too long", { ...CASHIER, password: "x".repeat(256) }],
    ["of nobody", { username: "nobody@cafe.example", password: PASSWORD }],
    ["of a name too long", { username: "x".repeat(256), password: PASSWORD }],
    ["of no name", { username: "", password: PASSWORD }],
  ])("case 5: that is %s is refused with a challenge", async (_, who) => {
    const reply = await cafe.signIn(who);
    expect(seen(reply)).toEqual(UNKNOWN_USER);
    expect(reply.headers.get("www-authenticate")).toBe('Basic realm="Authentication Required"');
  });

  it("of another account's person opens nothing", async () => {
    const who = await addStaff(stranger.account);
    expect(seen(await cafe.signIn(who))).toEqual(UNKNOWN_USER);
  });

  it("costs as many reads whether or not there is such a person", async () => {
    await cafe.signIn();
    const reads: number[] = [];
    for (const username of [CASHIER.username, "nobody@cafe.example"]) {
      const { DB, statements } = recordingDatabase();
      await cafe.via(appWith({ DB })).signIn({ username, password: "wrong" });
      reads.push(statements.length);
    }
    expect(reads[0]).toBe(reads[1]);
  });
});

describe("a Basic header", () => {
  it.each([
    "",
    "Basic",
    "Basic ",
    "Basic !!!!",
    "Bearer Y2FzaGllcjE6eA==",
    `Basic ${btoa("no colon")}`,
    `Basic ${btoa("\xff\xfe:x")}`,
    `Basic Y2FzaGllcjFAY2FmZS5leGFtcGxlOnMzY3JldA`.slice(0, -1),
    `Basic ${btoa("x:y")} ${btoa("x:y")}`,
    `Basic ${"QUFB".repeat(2_000)}`,
  ])("that cannot be read is refused like a wrong password: %j", async (Authorization) => {
    expect(seen(await cafe.signIn(CASHIER, null, { Authorization }))).toEqual(UNKNOWN_USER);
  });

  it("is good without its padding, in any case of its scheme, with blanks", async () => {
    const encoded = btoa(`${CASHIER.username}:${PASSWORD}`).replaceAll("=", "");
    const Authorization = `bASIC   ${encoded} `;
    expect((await cafe.signIn(CASHIER, null, { Authorization })).status).toBe(200);
  });
});

describe("an account", () => {
  it("case 6: with a wrong key is refused", async () => {
    expect(seen(await cafe.signIn(CASHIER, null, { "X-API-KEY": "wrong_key" }))).toEqual(
      UNKNOWN_KEY,
    );
  });

  it.each([
    ["unknown", () => ({ "X-ACCT-ID": "acct_nobody" })],
    ["another's", () => ({ "X-ACCT-ID": stranger.account })],
    ["known by another's key", () => ({ "X-API-KEY": stranger.apiKey })],
    ["too long", () => ({ "X-ACCT-ID": "x".repeat(5_000) })],
  ])("that is %s is refused alike", async (_, headers) => {
    expect(seen(await cafe.signIn(CASHIER, null, headers()))).toEqual(UNKNOWN_KEY);
  });

  it.each([
    { "X-ACCT-ID": "" },
    { "X-API-KEY": "" },
    { "X-ACCT-ID": "  " },
    { "X-ACCT-ID": "", "X-API-KEY": "", Authorization: "" },
  ])("must be named with its key: %j", async (headers) => {
    expect(seen(await cafe.signIn(CASHIER, null, headers))).toEqual(NO_KEY);
  });

  it("signs nobody in with a key of another dialect, or one that expired", async () => {
    for (const dialect of ["native", "kirimel"]) {
      const given = { name: "x", dialect, scopes: STAFF_SCOPES };
      const { text } = await nativeMake("/keys", given, cafe.account);
      const headers = { "X-API-KEY": String(text) };
      expect(seen(await cafe.signIn(CASHIER, null, headers))).toEqual(UNKNOWN_KEY);
    }
    const expired = await accountKey(cafe.account, { expires_at: "2020-01-01T00:00:00Z" });
    const headers = { "X-API-KEY": expired };
    expect(seen(await cafe.signIn(CASHIER, null, headers))).toEqual(UNKNOWN_KEY);
  });

  it("is judged before the password, that before the outlet", async () => {
    const wrong = { "X-API-KEY": "wrong_key", Authorization: "" };
    expect(seen(await cafe.signIn(CASHIER, "nowhere", { ...wrong, "X-ACCT-ID": "" }))).toEqual(
      NO_KEY,
    );
    expect(seen(await cafe.signIn(CASHIER, "nowhere", wrong))).toEqual(UNKNOWN_KEY);
    const bad = { ...CASHIER, password: "wrong" };
    expect(seen(await cafe.signIn(bad, "nowhere"))).toEqual(UNKNOWN_USER);
    expect(seen(await cafe.signIn(CASHIER, "nowhere"))).toEqual(NOT_GRANTED);
  });

  it("asks for no person before its key is known", async () => {
    const { DB, statements } = recordingDatabase();
    forgetCredentials();
    await cafe.via(appWith({ DB })).signIn(CASHIER, null, { "X-API-KEY": "no_such_key" });
    expect(statements).toHaveLength(1);
    expect(statements.join()).not.toContain(`from "staff"`);
  });
});

describe("an outlet", () => {
  it("case 3: need not be named by who is granted one", async () => {
    expect((await cafe.signIn(CASHIER)).body.outlet_name).toBe("Main Outlet");
  });

  it("case 4: must be named by who is granted two and has no default", async () => {
    expect(seen(await cafe.signIn(MANAGER))).toEqual(NO_OUTLET);
    const named = await cafe.signIn(MANAGER, "outlet_second");
    expect(named.body.outlet_name).toBe("Second Outlet");
  });

  it.each([["outlet_second"], ["nowhere"], ["OUTLET_MAIN"], ["x".repeat(5_000)]])(
    "case 7: that is not granted or unknown is refused: %.20s",
    async (outlet) => {
      expect(seen(await cafe.signIn(CASHIER, outlet))).toEqual(NOT_GRANTED);
    },
  );

  it("of another account is refused", async () => {
    await nativeMake("/sites", { code: "outlet_theirs", name: "Theirs" }, stranger.account);
    expect(seen(await cafe.signIn(MANAGER, "outlet_theirs"))).toEqual(NOT_GRANTED);
  });

  it("is the default of who has one", async () => {
    const sites = ["outlet_main", "outlet_second"];
    const who = await addStaff(cafe.account, { sites, default_site: "outlet_second" });
    expect((await cafe.signIn(who)).body.outlet_name).toBe("Second Outlet");
    expect((await cafe.signIn(who, "outlet_main")).body.outlet_name).toBe("Main Outlet");
  });

  it("must be named by who is granted none, and then is not granted", async () => {
    const who = await addStaff(cafe.account, { sites: [] });
    expect(seen(await cafe.signIn(who))).toEqual(NO_OUTLET);
    expect(seen(await cafe.signIn(who, "outlet_main"))).toEqual(NOT_GRANTED);
  });

  it("may be any of the account's for an administrator, also a later one", async () => {
    const boss = await addStaff(cafe.account, { sites: [], all_sites: true });
    expect(seen(await cafe.signIn(boss))).toEqual(NO_OUTLET);
    expect((await cafe.signIn(boss, "outlet_second")).body.outlet_name).toBe("Second Outlet");
    await nativeMake("/sites", { code: "outlet_new", name: "New Outlet" }, cafe.account);
    expect((await cafe.signIn(boss, "outlet_new")).body.outlet_name).toBe("New Outlet");
    expect(seen(await cafe.signIn(boss, "nowhere"))).toEqual(NOT_GRANTED);
  });

  it("is the account's only one for an administrator, and can be a default", async () => {
    const slug = "acct_small";
    const merchant = { slug, name: "Small", currency: "MYR", time_zone: "Asia/Kuala_Lumpur" };
    await nativeMake("/merchants", merchant);
    await nativeMake("/sites", { code: "only", name: "Only" }, slug);
    const key = { "X-ACCT-ID": slug, "X-API-KEY": await accountKey(slug) };
    const boss = await addStaff(slug, { sites: [], all_sites: true });
    expect((await cafe.signIn(boss, null, key)).body.outlet_name).toBe("Only");
    await nativeMake("/sites", { code: "second", name: "Second" }, slug);
    expect(seen(await cafe.signIn(boss, null, key))).toEqual(NO_OUTLET);
    const given = { sites: [], all_sites: true, default_site: "second" };
    const settled = await addStaff(slug, given);
    expect((await cafe.signIn(settled, null, key)).body.outlet_name).toBe("Second");
  });
});

describe("what a sign-in keeps", () => {
  it("is the token's hash, and nothing of the password", async () => {
    const { body } = await cafe.signIn(CASHIER);
    const rows = JSON.stringify(await d1Rows("SELECT * FROM staff_tokens"));
    expect(rows).not.toContain(String(body.auth_token));
    expect(rows).not.toContain(PASSWORD);
    const hash = await crypto.subtle.digest(
      "SHA-256",
      new TextEncoder().encode(String(body.auth_token)),
    );
    expect(rows).toContain(Buffer.from(hash).toString("hex"));
  });
});
