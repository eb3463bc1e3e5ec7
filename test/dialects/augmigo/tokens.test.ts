import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetCredentials } from "../../../src/services/access/credentials.ts";
import { forgetTokens } from "../../../src/services/access/sign-ins.ts";
import {
  accountKey,
  addStaff,
  buildCafe,
  Cafe,
  type CafeReply,
  type Cashier,
  openCafe,
  testModeOf,
} from "../../support/augmigo/cafe.ts";
import { d1Rows, recordingDatabase } from "../../support/d1.ts";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { appWith } from "../../support/kirimel/till.ts";
import { nativeMake } from "../../support/native/native.ts";

const clock = stopClock("2060-06-01T08:00:00Z");
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** Longer than any isolate goes by what it knows. */
const LATER = 31 * SECOND;

let cafe: Cafe;
let stranger: Cafe;

beforeAll(async () => {
  cafe = await openCafe();
  stranger = await openCafe();
}, 60_000);

beforeEach(async () => {
  clock.now += 10 * MINUTE;
  cafe = await cafe.signedIn();
});

const seen = ({ status, msg }: CafeReply) => [status, ...msg];
const REQUIRED = [401, "Authenticated token is required"];
const INVALID = [401, "Authenticated token is invalid"];
const EXPIRED = [401, "Authenticated token is expired"];

const READ = "/customers/reference-code/9999999999999999";
/** What a call with a good token gets: nobody has that reference code. */
const GOOD = [400, "Customer with reference code (9999999999999999) is not found"];
const use = async (by: Cafe, token = by.token) => seen(await by.get(READ, { token }));

describe("a call", () => {
  it.each([
    ["POST", "/customers/register"],
    ["GET", READ],
    ["PUT", READ],
    ["DELETE", READ],
    ["POST", "/reward/reference-code/1/give"],
    ["GET", "/reward/reference-code/1"],
    ["GET", "/vouchers/redeem-code/x"],
    ["POST", "/vouchers/redeem"],
    ["GET", "/customer-membership/customer/reference-code/1"],
  ])("case 14: without a token is refused: %s %s", async (method, path) => {
    const reply = await cafe.call(method, path, { token: null, outlet: "outlet_main" });
    expect(seen(reply)).toEqual(REQUIRED);
    expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
  });

  it.each([
    "x",
    "m2YkFakeFakeFakeFakeFakeFakeFakeFakeFakeFak",
    "1.AAAA.BBBB",
    "9.AAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBBBB",
    "..",
    "a.b.c.d",
    "ü",
    "x".repeat(10_000),
  ])("with a garbled token is refused: %.20s", async (token) => {
    expect(await use(cafe, token)).toEqual(INVALID);
  });

  it("with a good token has it in any spelling of its header, with blanks", async () => {
    const headers = { "X-Auth-Token": ` ${cafe.token} ` };
    expect(seen(await cafe.get(READ, { token: null, headers }))).toEqual(GOOD);
  });

  it("may not show the API key as a token, nor the account's id of it", async () => {
    const [row] = await d1Rows<{ id: string; merchant_id: string }>(
      `SELECT keys.id, merchant_id FROM keys JOIN merchants ON merchants.id = merchant_id
        WHERE slug = ?`,
      cafe.account,
    );
    await use(cafe);
    for (const text of [cafe.apiKey, row?.id, `${row?.merchant_id}/${row?.id}`]) {
      expect(await use(cafe, String(text))).toEqual(INVALID);
      const reply = await cafe.signIn(undefined, null, { "X-API-KEY": String(text) });
      expect([text, reply.status]).toEqual([text, text === cafe.apiKey ? 200 : 400]);
    }
  });

  it("case 16: that names another account than the token's is refused", async () => {
    const naming = async (account: string) =>
      seen(await cafe.get(READ, { headers: { "x-acct-id": account } }));
    expect(await naming(stranger.account)).toEqual(INVALID);
    expect(await naming("acct_nobody")).toEqual(INVALID);
    expect(await naming(cafe.account)).toEqual(GOOD);
    expect(await naming(cafe.account.toUpperCase())).toEqual(GOOD);
    expect(await naming("")).toEqual(GOOD);
  });

  it("sees nothing of another account, though the token is good", async () => {
    const person = { name: "Ann", email: "ann@example.com", password: "x" };
    const made = await cafe.post("/customers/register", person, { outlet: "outlet_main" });
    const path = `/customers/reference-code/${made.body.reference_code}`;
    expect((await cafe.get(path)).status).toBe(200);
    expect((await stranger.get(path)).status).toBe(400);
  });
});

describe("a token", () => {
  it("case 15: is good for a day and then expired, known to the isolate or not", async () => {
    clock.now += DAY - 1;
    expect(await use(cafe)).toEqual(GOOD);
    clock.now += 1;
    expect(await use(cafe)).toEqual(EXPIRED);
    forgetTokens();
    expect(await use(cafe)).toEqual(EXPIRED);
    expect(seen(await cafe.post("/customers/register", {}))).toEqual(EXPIRED);
  });

  it("ends none that was given before", async () => {
    const tokens = [cafe.token];
    for (let i = 0; i < 4; i += 1) tokens.push((await cafe.signedIn()).token);
    expect(new Set(tokens).size).toBe(5);
    for (const token of tokens) expect(await use(cafe, token)).toEqual(GOOD);
  });

  it("is told as expired for a week, and is swept away by a later sign-in", async () => {
    const old = cafe.token;
    clock.now += DAY;
    await cafe.signedIn();
    clock.now += 7 * DAY - 1;
    await cafe.signedIn();
    forgetTokens();
    expect(await use(cafe, old)).toEqual(EXPIRED);
    clock.now += 1;
    await cafe.signedIn();
    forgetTokens();
    expect(await use(cafe, old)).toEqual(INVALID);
  });

  it("sweeps away at most twenty, whosever they are", async () => {
    const insert = `INSERT INTO staff_tokens (hash, merchant_id, staff_id, key_id, expires_at,
      created_at) VALUES (?, 'mer_gone', 'stf_gone', 'key_gone', 1, 1)`;
    await env.DB.batch(Array.from({ length: 50 }, (_, i) => env.DB.prepare(insert).bind(`h${i}`)));
    const left = async () =>
      (await d1Rows("SELECT 1 FROM staff_tokens WHERE merchant_id = 'mer_gone'")).length;
    await cafe.signedIn();
    expect(await left()).toBe(30);
    await cafe.signedIn();
    await cafe.signedIn();
    expect(await left()).toBe(0);
    expect(await use(cafe)).toEqual(GOOD);
  });

  it("asks D1 for nothing while the isolate knows it", async () => {
    const { DB, statements } = recordingDatabase();
    const warm = cafe.via(appWith({ DB }));
    forgetCredentials();
    expect((await warm.get("/customer-membership/ping")).status).toBe(200);
    expect(statements.length).toBe(2);
    statements.length = 0;
    const outlet = "outlet_main";
    expect((await warm.get("/customer-membership/ping", { outlet })).status).toBe(200);
    expect(statements.length).toBe(1);
    statements.length = 0;
    expect((await warm.get("/customer-membership/ping", { outlet })).status).toBe(200);
    expect(statements).toEqual([]);
  });
});

/** A person with a token, on a cafe of their own. */
async function somebody(given = {}): Promise<{ by: Cafe; who: Cashier; key: string }> {
  const who = await addStaff(cafe.account, given);
  const key = await accountKey(cafe.account);
  const by = await new Cafe(cafe.account, key).signedIn(who);
  return { by, who, key };
}

async function change(sql: string, ...values: unknown[]): Promise<void> {
  await env.DB.prepare(sql)
    .bind(...values)
    .run();
}

describe("a token ends within half a minute", () => {
  it("when its key is revoked", async () => {
    const { by } = await somebody();
    expect(await use(by)).toEqual(GOOD);
    const newest = "SELECT id FROM keys ORDER BY id DESC LIMIT 1";
    await change(`UPDATE keys SET revoked_at = 1 WHERE id = (${newest})`);
    clock.now += LATER;
    expect(await use(by)).toEqual(INVALID);
  });

  it("when its key expires, at once", async () => {
    const who = await addStaff(cafe.account);
    const expires_at = new Date(clock.now + MINUTE).toISOString();
    const key = await accountKey(cafe.account, { expires_at });
    const by = await new Cafe(cafe.account, key).signedIn(who);
    expect(await use(by)).toEqual(GOOD);
    clock.now += MINUTE;
    expect(await use(by)).toEqual(INVALID);
  });

  it("when its person is removed", async () => {
    const { by, who } = await somebody();
    expect(await use(by)).toEqual(GOOD);
    await change("DELETE FROM staff WHERE username = ?", who.username);
    clock.now += LATER;
    expect(await use(by)).toEqual(INVALID);
  });

  it("to be good for what its person may no longer do", async () => {
    const { by, who } = await somebody();
    expect(await use(by)).toEqual(GOOD);
    await change("UPDATE staff SET scopes = '[]' WHERE username = ?", who.username);
    clock.now += LATER;
    expect(await use(by)).toEqual([403, "Permission denied"]);
  });
});

describe("a test-mode token", () => {
  it("is kept nowhere, works, and says so in a header", async () => {
    const before = JSON.stringify(await d1Rows("SELECT * FROM staff_tokens"));
    const sandbox = await testModeOf(cafe);
    expect(JSON.stringify(await d1Rows("SELECT * FROM staff_tokens"))).toBe(before);
    expect(sandbox.token).toMatch(/^[A-Za-z0-9._-]+$/);
    const reply = await sandbox.get(READ);
    expect(seen(reply)).toEqual(GOOD);
    expect(reply.headers.get("guerdon-mode")).toBe("test");
    expect((await cafe.get(READ)).headers.get("guerdon-mode")).toBeNull();
    expect((await sandbox.signIn()).headers.get("guerdon-mode")).toBe("test");
  });

  it("registers nobody", async () => {
    const sandbox = await testModeOf(cafe);
    const person = { name: "Eve", email: "eve@example.com", password: "x" };
    const made = await sandbox.post("/customers/register", person, { outlet: "outlet_main" });
    expect(made.status).toBe(200);
    expect(await d1Rows("SELECT * FROM customers WHERE name = 'Eve'")).toEqual([]);
  });

  it("expires after a day, and says nothing of what it carries", async () => {
    const sandbox = await testModeOf(cafe);
    clock.now += DAY - 1;
    expect(await use(sandbox)).toEqual(GOOD);
    clock.now += 1;
    expect(await use(sandbox)).toEqual(EXPIRED);
    const [, , sealed = ""] = sandbox.token.split(".");
    const carried = atob(sealed.replaceAll("-", "+").replaceAll("_", "/"));
    expect(carried).not.toContain("stf_");
  });

  it("is refused when a single character of it is changed", async () => {
    const { token } = await testModeOf(cafe);
    for (const at of [2, 20, token.length - 2]) {
      const other = token[at] === "A" ? "B" : "A";
      const forged = token.slice(0, at) + other + token.slice(at + 1);
      expect(await use(cafe, forged)).toEqual(INVALID);
    }
  });

  it("cannot be made of another secret that the deployment sealed", async () => {
    const given = {
      name: "K",
      dialect: "kirimel",
      scopes: ["read:customers"],
      secret: '{"merchantId":"x"}',
    };
    const { id } = await nativeMake("/keys", given, cafe.account);
    const [row] = await d1Rows<{ secret: string }>("SELECT secret FROM keys WHERE id = ?", id);
    expect(row?.secret).toContain(".");
    expect(await use(cafe, row?.secret)).toEqual(INVALID);
  });

  it("ends when its key is revoked or its person removed", async () => {
    const who = await addStaff(cafe.account);
    const key = await accountKey(cafe.account, { mode: "test" });
    const by = await new Cafe(cafe.account, key).signedIn(who);
    expect(await use(by)).toEqual(GOOD);
    await change("DELETE FROM staff WHERE username = ?", who.username);
    clock.now += LATER;
    expect(await use(by)).toEqual(INVALID);
    const sandbox = await testModeOf(await buildCafe());
    expect(await use(sandbox)).toEqual(GOOD);
    await change("UPDATE keys SET revoked_at = 1 WHERE mode = 'test'");
    clock.now += LATER;
    expect(await use(sandbox)).toEqual(INVALID);
  });
});
