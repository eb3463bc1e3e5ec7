import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { create, native } from "../../support/native/merchant.ts";
import { expectFaults, expectProblem } from "../../support/native/problems.ts";

stopClock("2060-06-01T08:00:00Z");

const merchant = "reaching";
const SCOPES = ["write:keys", "read:customers"];
const sites = new Map<string, string>();

beforeAll(async () => {
  for (const slug of [merchant, "elsewhere"]) {
    await create("/merchants", { slug, name: slug, currency: "INR", time_zone: "Asia/Kolkata" });
  }
  for (const code of ["HERE", "THERE"]) {
    const { body } = await create("/sites", { code, name: code }, merchant);
    sites.set(code, String(body.id));
  }
});

const KEY = { name: "Key", dialect: "native", scopes: SCOPES };

/** The text of a new key that may make others. */
async function makerKey(given: object = {}): Promise<string> {
  return String((await create("/keys", { ...KEY, ...given }, merchant)).body.text);
}

function makeBy(token: string, given: object = {}): Promise<Answer> {
  return native("/keys", { token, body: { ...KEY, ...given } });
}

let people = 0;

function hireBy(token: string, given: object = {}): Promise<Answer> {
  people += 1;
  const person = { username: `person-${people}`, password: "p", name: "P" };
  return native("/staff", { token, body: { ...person, ...given } });
}

/** Expects a refusal after which everything is as before. */
async function expectRefused(
  attempt: () => Promise<Answer>,
  code: string,
  context?: object,
): Promise<void> {
  const before = await dumpEverything();
  expectProblem(await attempt(), 403, { code, ...(context === undefined ? {} : { context }) });
  expect(await dumpEverything()).toBe(before);
}

describe("a key that is made by another", () => {
  it("has no scope that its maker lacks", async () => {
    const maker = await makerKey();
    const scopes = ["read:customers", "write:adjustments"];
    const context = { scope: "write:adjustments" };
    await expectRefused(() => makeBy(maker, { scopes }), "scope_missing", context);
    expect((await makeBy(maker)).body.scopes).toEqual(SCOPES);
  });

  it("is bound to the site that its maker is bound to, named or not", async () => {
    const maker = await makerKey({ site: "HERE" });
    for (const given of [{}, { site: "HERE" }]) {
      const made = await makeBy(maker, given);
      expect([made.status, made.body.site]).toEqual([201, sites.get("HERE")]);
      // And so is what that one makes in turn.
      const next = await makeBy(String(made.body.text));
      expect([next.status, next.body.site]).toEqual([201, sites.get("HERE")]);
    }
    await expectRefused(() => makeBy(maker, { site: "THERE" }), "site_not_allowed");
  });

  it("may be bound where its maker is not", async () => {
    const made = await makeBy(await makerKey(), { site: "THERE" });
    expect([made.status, made.body.site]).toEqual([201, sites.get("THERE")]);
  });

  it("is never unlimited, whatever its maker is: only the admin makes one", async () => {
    for (const unlimited of [false, true]) {
      const maker = await makerKey({ unlimited });
      const attempt = () => makeBy(maker, { unlimited: true });
      await expectRefused(attempt, "scope_missing", { scope: "admin" });
    }
  });

  it("is not live where its maker is a test key", async () => {
    const maker = await makerKey({ mode: "test" });
    await expectRefused(() => makeBy(maker, { mode: "live" }), "mode_mismatch");
    const before = await dumpEverything();
    for (const given of [{}, { mode: "test" }]) {
      const made = await makeBy(maker, given);
      expect([made.status, made.body.mode]).toEqual([201, "test"]);
      expect(String(made.body.text)).toMatch(/^gd_test_/);
    }
    expect(await dumpEverything()).toBe(before);
  });

  it("may be a test key of a live one, and is live as its maker if nothing is said", async () => {
    const maker = await makerKey();
    expect((await makeBy(maker, { mode: "test" })).body.mode).toBe("test");
    expect((await makeBy(maker)).body.mode).toBe("live");
  });

  it("ends with its maker at the latest", async () => {
    const maker = await makerKey({ expires_at: "2060-07-01T00:00:00Z" });
    const endOf = async (given: object) => (await makeBy(maker, given)).body.expires_at;
    expect(await endOf({})).toBe("2060-07-01T00:00:00.000Z");
    expect(await endOf({ expires_at: "2060-06-20T00:00:00Z" })).toBe("2060-06-20T00:00:00.000Z");
    const late = await makeBy(maker, { expires_at: "2060-07-01T00:00:01Z" });
    expectFaults(late, { pointer: "/expires_at", code: "too_large" });
  });

  it("is not made by one that was revoked meanwhile, though the isolate knows it", async () => {
    const maker = await makerKey();
    expect((await makeBy(maker)).status).toBe(201);
    const change = env.DB.prepare("UPDATE keys SET revoked_at = 1 WHERE hint = ?");
    await change.bind(`${maker.slice(0, 4)}…${maker.slice(-4)}`).run();
    expectProblem(await makeBy(maker), 401, { code: "key_unknown" });
    expectProblem(await hireBy(maker), 401, { code: "key_unknown" });
  });
});

describe("a text that is chosen for a key", () => {
  it("of another merchant's key is refused as one that can be nobody's", async () => {
    const taken = { dialect: "imonggo", text: "0123456789abcdef0123456789abcdef01234567" };
    await create("/keys", { ...KEY, ...taken }, "elsewhere");
    const maker = await makerKey();
    const before = await dumpEverything();
    const refused = await makeBy(maker, taken);
    const formless = await makeBy(maker, { ...taken, text: "0".repeat(39) });
    expect({ ...refused.body, request_id: "" }).toEqual({ ...formless.body, request_id: "" });
    expectFaults(refused, { pointer: "/text", code: "invalid" });
    expect(await dumpEverything()).toBe(before);
  });
});

describe("a person who is added by a key", () => {
  it("has no scope that it lacks", async () => {
    const maker = await makerKey();
    const attempt = () => hireBy(maker, { scopes: ["write:vouchers"] });
    await expectRefused(attempt, "scope_missing", { scope: "write:vouchers" });
  });

  it("acts only where it is bound to", async () => {
    const maker = await makerKey({ site: "HERE" });
    for (const given of [
      { sites: ["THERE"] },
      { sites: ["HERE", "THERE"] },
      { all_sites: true },
      { all_sites: true, default_site: "HERE" },
    ]) {
      await expectRefused(() => hireBy(maker, given), "site_not_allowed");
    }
    const hired = await hireBy(maker, { sites: ["HERE"] });
    expect([hired.status, hired.body.sites]).toEqual([201, [sites.get("HERE")]]);
    expect((await hireBy(maker)).status).toBe(201);
  });

  it("acts everywhere where it is bound to nothing", async () => {
    expect((await hireBy(await makerKey(), { all_sites: true })).status).toBe(201);
  });
});
