import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  addStaff,
  basic,
  buildCafe,
  CASHIER,
  type Cafe,
  type CafeReply,
  MANAGER,
} from "../../support/augmigo/cafe.ts";
import { recordingDatabase } from "../../support/d1.ts";
import { clientAddress } from "../../support/http.ts";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { appWith } from "../../support/kirimel/till.ts";

const clock = stopClock("2060-06-01T08:00:00Z");
let cafe: Cafe;

beforeEach(async () => {
  cafe = await buildCafe();
}, 60_000);

/** scrypt at its least: a hundred attempts are not to take seconds. */
const CHEAP = "scrypt$2$1$1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/** Gives every person a password that is checked in no time, and that nobody can know. */
async function cheapen(): Promise<void> {
  await env.DB.prepare("UPDATE staff SET password = ?").bind(CHEAP).run();
}

/** Adds persons named `many-0` and so on to the cafe. */
async function addMany(count: number): Promise<void> {
  const insert = `INSERT INTO staff (id, merchant_id, username, name, password, site_ids, scopes,
    created_at, updated_at) SELECT ?2 || id, merchant_id, ?2, name, password, site_ids, scopes, 0, 0
    FROM staff WHERE username = ?3 AND merchant_id = (SELECT id FROM merchants WHERE slug = ?1)`;
  const names = Array.from({ length: count }, (_, nth) => `many-${nth}`);
  const { username } = CASHIER;
  await env.DB.batch(
    names.map((name) => env.DB.prepare(insert).bind(cafe.account, name, username)),
  );
}

const MINUTE = 60 * SECOND;
const WRONG = { ...CASHIER, password: "wrong" };
const from = (address = clientAddress()) => ({ "CF-Connecting-IP": address });

/** So many attempts at once, each made by `attempt`; answers how many no limit refused. */
async function passing(count: number, attempt: (nth: number) => Promise<CafeReply>) {
  const replies = await Promise.all(Array.from({ length: count }, (_, nth) => attempt(nth)));
  return replies.filter(({ status }) => status !== 429).length;
}

describe("attempts to sign in", { timeout: 60_000 }, () => {
  it("are limited by user, wherever they come from", async () => {
    const attempt = () => cafe.signIn(WRONG, null, from());
    expect(await passing(25, attempt)).toBe(20);
    const refused = await cafe.signIn(CASHIER, "outlet_main", from());
    expect([refused.status, refused.msg]).toEqual([429, ["Too many requests"]]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await cafe.signIn(MANAGER, "outlet_main", from())).status).toBe(200);
    clock.now += 2 * MINUTE;
    expect((await cafe.signIn(CASHIER, null, from())).status).toBe(200);
    expect(await passing(25, attempt)).toBe(19);
  });

  it("of a user that there is not are limited alike, so that nobody can be found out", async () => {
    const nobody = { username: "nobody@cafe.example", password: "wrong" };
    expect(await passing(25, () => cafe.signIn(nobody, null, from()))).toBe(20);
  });

  it("count when they succeed too", async () => {
    expect(await passing(25, () => cafe.signIn(CASHIER, null, from()))).toBe(20);
  });

  it("are limited by address, whatever they name", async () => {
    const address = from();
    const strange = (nth: number) => ({
      ...address,
      "X-ACCT-ID": nth % 2 === 0 ? "" : `no-${nth}`,
    });
    expect(await passing(80, (nth) => cafe.signIn(WRONG, null, strange(nth)))).toBe(60);
    expect((await cafe.signIn(CASHIER, null, address)).status).toBe(429);
    expect((await cafe.signIn(CASHIER, null, from())).status).toBe(200);
    clock.now += 2 * MINUTE;
    expect((await cafe.signIn(CASHIER, null, address)).status).toBe(200);
  });

  it("are limited by account, whichever users they name", async () => {
    await cheapen();
    await addMany(60);
    const guess = (nth: number) =>
      cafe.signIn({ username: `many-${nth % 60}`, password: "x" }, null, from());
    expect(await passing(220, guess)).toBe(200);
    const late = await addStaff(cafe.account);
    expect((await cafe.signIn(late, null, from())).status).toBe(429);
    const other = await buildCafe();
    expect((await other.signIn(CASHIER, null, from())).status).toBe(200);
  });

  it("without the account's key use up no limit of account or user", async () => {
    const wrong = () => cafe.signIn(CASHIER, null, { ...from(), "X-API-KEY": "wrong_key" });
    expect(await passing(210, wrong)).toBe(210);
    expect((await cafe.signIn(CASHIER, null, from())).status).toBe(200);
  });

  it("that are refused by a limit read nothing", async () => {
    await cheapen();
    await passing(20, () => cafe.signIn(WRONG, null, from()));
    const { DB, statements } = recordingDatabase();
    const reply = await cafe.via(appWith({ DB })).signIn(CASHIER, null, from());
    expect([reply.status, statements]).toEqual([429, []]);
  });

  it("leave no user name in the name of an object", async () => {
    const named = vi.spyOn(env.LIMITS, "getByName");
    await cafe.via(appWith({})).signIn(CASHIER, null, from());
    const names = named.mock.calls.map(([name]) => name);
    named.mockRestore();
    expect(names.filter((name) => name.startsWith("sign-in/"))).toHaveLength(2);
    expect(names.join()).not.toContain("cashier1");
  });

  it("on both paths count together", async () => {
    const headers = {
      "X-ACCT-ID": cafe.account,
      "X-API-KEY": cafe.apiKey,
      Authorization: basic(WRONG.username, WRONG.password),
    };
    const attempt = (nth: number) =>
      cafe.post(nth % 2 === 0 ? "/auth" : "/merchant/auth", undefined, {
        headers: { ...headers, ...from() },
        token: null,
      });
    await cheapen();
    expect(await passing(25, attempt)).toBe(20);
  });
});
