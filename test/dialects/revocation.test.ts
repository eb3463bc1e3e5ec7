import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { forgetAll } from "../../src/memory.ts";
import type { Cafe, Cashier } from "../support/augmigo/cafe.ts";
import { hireCashier, openCounter } from "../support/augmigo/calls.ts";
import { stopClock } from "../support/http-clock.ts";
import { Store, storeToken } from "../support/imonggo/store.ts";
import type { Json } from "../support/kirimel/till.ts";
import { makeTill } from "../support/kirimel/till.ts";
import { Hotel, openHotel, RAVI } from "../support/microgenn/hotel.ts";
import { create, native } from "../support/native/merchant.ts";
import { expectProblem } from "../support/native/problems.ts";

const clock = stopClock("2060-06-01T08:00:00Z");
/** Longer than any isolate goes by what it knows. */
const LATER = 31_000;
const DAY = 86_400_000;

let merchant: string;
let cashier: Cashier;

beforeAll(async () => {
  merchant = (await openHotel()).slug;
  for (const code of ["MAIN01", "outlet_main"]) {
    await create("/sites", { code, name: code }, merchant);
  }
  cashier = await hireCashier(merchant);
}, 60_000);

/** A key with a way to use it; answers the status of a call that any live key is let in to. */
interface Door {
  readonly id: string;
  use(text?: string): Promise<number>;
}

/** A door of each dialect, opened by a key of its own. */
const DOORS: Readonly<Record<string, () => Promise<Door>>> = {
  native: async () => {
    const { id, text } = await makeKey("native", { scopes: ["read:customers"] });
    return {
      id,
      use: async (token = text) => (await native("/customers", { token })).status,
    };
  },
  kirimel: async () => {
    const till = await makeTill(merchant);
    return { id: await newestKey(), use: async () => (await till.get("/customers/999")).status };
  },
  microgenn: async () => {
    const { id, text } = await makeKey("microgenn", { scopes: ["read:customers"] });
    const use = async (live = text) =>
      (await new Hotel(merchant, { live, test: live }).lookUp({ mobile: RAVI })).status;
    return { id, use };
  },
  imonggo: async () => {
    const given = await storeToken(merchant);
    const use = async (text = given) =>
      (await new Store(merchant, text).get("/branches.xml")).status;
    return { id: await newestKey(), use };
  },
  augmigo: async () => {
    const cafe = await openCounter(merchant, "live", cashier);
    return { id: await newestKey(), use: () => useToken(cafe) };
  },
};
const DIALECTS = Object.keys(DOORS);

async function doorOf(dialect: string): Promise<Door> {
  const open = DOORS[dialect];
  if (open === undefined) throw new Error(`no door of ${dialect}`);
  // Ids of one millisecond are ordered by chance.
  clock.now += 1;
  const door = await open();
  expect(await door.use()).not.toBe(401);
  return door;
}

async function useToken(cafe: Cafe): Promise<number> {
  return (await cafe.get("/customers/reference-code/NONE")).status;
}

async function makeKey(dialect: string, given: object = {}) {
  const key = { name: "K", dialect, scopes: ["write:keys"], ...given };
  const { body } = await create("/keys", key, merchant);
  return { id: String(body.id), text: String(body.text) };
}

async function newestKey(): Promise<string> {
  const { body } = await native("/keys?limit=1", { merchant });
  const [{ id } = { id: "" }] = body.data as { id: string }[];
  return id;
}

const change = async (path: string, body: object = {}, method = "POST"): Promise<Json> => {
  const answer = await native(path, { merchant, body, method });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.body;
};

const revoke = (id: string): Promise<Json> => change(`/keys/${id}/revoke`);

describe("a key that is revoked", () => {
  it.each(DIALECTS)("is refused at once by the isolate that did it: %s", async (dialect) => {
    const door = await doorOf(dialect);
    const revoked = await revoke(door.id);
    expect(revoked.revoked_at).toBe(new Date(clock.now).toISOString());
    expect(await door.use()).toBe(401);
  });

  it.each(DIALECTS)("is refused by every isolate within half a minute: %s", async (dialect) => {
    const door = await doorOf(dialect);
    // As another isolate does it: this one is not told.
    await env.DB.prepare("UPDATE keys SET revoked_at = 1 WHERE id = ?").bind(door.id).run();
    clock.now += LATER;
    expect(await door.use()).toBe(401);
  });

  it("stays so, and tells so when it is shown", async () => {
    const { id } = await makeKey("native");
    const { revoked_at } = await revoke(id);
    clock.now += 1_000;
    expect((await revoke(id)).revoked_at).toBe(revoked_at);
    expect((await native(`/keys/${id}`, { merchant })).body.revoked_at).toBe(revoked_at);
  });

  it("leaves the others alone", async () => {
    const other = await doorOf("native");
    await revoke((await makeKey("native")).id);
    expect(await other.use()).toBe(200);
  });
});

describe("a key that is rotated", () => {
  it.each(["native", "microgenn", "imonggo"])(
    "is good beside the one that follows it until the overlap is over: %s",
    async (dialect) => {
      const door = await doorOf(dialect);
      const { text, ...made } = await change(`/keys/${door.id}/rotate`, { overlap_seconds: 90 });
      const shown = (await native(`/keys/${door.id}`, { merchant })).body;
      const expires_at = new Date(clock.now + 90_000).toISOString();
      expect(shown).toMatchObject({ expires_at });
      expect(made).toMatchObject({
        rotated_from: door.id,
        expires_at: null,
        scopes: shown.scopes,
        name: shown.name,
      });
      for (const by of [undefined, String(text)]) expect(await door.use(by)).not.toBe(401);
      clock.now += 90_000;
      expect(await door.use()).toBe(401);
      expect(await door.use(String(text))).not.toBe(401);
    },
  );

  it("has a secret of its own where its dialect signs", async () => {
    const door = await doorOf("kirimel");
    const made = await change(`/keys/${door.id}/rotate`);
    expect(made.secret).toMatch(/^[0-9A-Za-z]{40}$/);
    expect(await door.use()).not.toBe(401);
    clock.now += DAY;
    expect(await door.use()).toBe(401);
  });

  it("ends at once without an overlap, and then cannot be rotated again", async () => {
    const door = await doorOf("native");
    await change(`/keys/${door.id}/rotate`, { overlap_seconds: 0 });
    expect(await door.use()).toBe(401);
    const again = await native(`/keys/${door.id}/rotate`, { merchant, body: {} });
    expectProblem(again, 409, { code: "key_ended" });
  });

  it("is not revived when it was revoked", async () => {
    const { id } = await makeKey("native");
    await revoke(id);
    const refused = await native(`/keys/${id}/rotate`, { merchant, body: {} });
    expectProblem(refused, 409, { code: "key_ended" });
  });

  it("keeps an end that is nearer than the overlap's", async () => {
    const end = new Date(clock.now + 5_000).toISOString();
    const { id } = await makeKey("native", { expires_at: end });
    expect((await change(`/keys/${id}/rotate`)).expires_at).toBe(end);
    expect((await native(`/keys/${id}`, { merchant })).body.expires_at).toBe(end);
  });
});

describe("a key's last use", () => {
  const lastUse = async (id: string) =>
    (await native(`/keys/${id}`, { merchant })).body.last_used_at;

  it.each(DIALECTS)("is told, also in the list: %s", async (dialect) => {
    const door = await doorOf(dialect);
    const at = new Date(clock.now).toISOString();
    await vi.waitFor(async () => expect(await lastUse(door.id)).toBe(at));
    const { body } = await native("/keys?limit=100", { merchant });
    expect(body.data).toContainEqual(expect.objectContaining({ id: door.id, last_used_at: at }));
  });

  it("is written once a minute at most, by all isolates together", async () => {
    const { id, text } = await makeKey("native", { scopes: ["read:customers"] });
    const use = () => native("/customers", { token: text, bindings: {} });
    expect(await lastUse(id)).toBe(null);
    await use();
    const first = await lastUse(id);
    expect(first).toBe(new Date(clock.now).toISOString());
    for (let i = 0; i < 5; i += 1) {
      clock.now += 11_000;
      // Another isolate, which does not know that it was noted.
      forgetAll();
      await use();
    }
    expect(await lastUse(id)).toBe(first);
    clock.now += 5_000;
    await use();
    forgetAll();
    await use();
    expect(await lastUse(id)).toBe(new Date(clock.now).toISOString());
  });

  it("is not noted for who only knows its text", async () => {
    const till = await makeTill(merchant);
    const id = await newestKey();
    const signed = await till.sign();
    const headers = { ...signed.headers, "X-Signature": "0".repeat(64) };
    expect((await till.send("GET", "/customers/9", { ...signed, headers })).status).toBe(401);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await lastUse(id)).toBe(null);
  });
});

describe("who may do all that", () => {
  const own = ["write:keys", "read:customers"];

  it.each([
    ["lacks a scope of it", { scopes: own }, { scopes: ["write:vouchers"] }, "scope_missing"],
    ["is bound to another site", { scopes: own, site: "MAIN01" }, {}, "site_not_allowed"],
    ["is a test key", { scopes: own, mode: "test" }, {}, "mode_mismatch"],
  ])("is no key that %s", async (_what, maker, given, code) => {
    const { text: token } = await makeKey("native", maker);
    const { id } = await makeKey("native", { scopes: ["read:customers"], ...given });
    for (const verb of ["revoke", "rotate"]) {
      const refused = await native(`/keys/${id}/${verb}`, { token, body: {} });
      const context = code === "scope_missing" ? { context: { scope: "write:vouchers" } } : {};
      expectProblem(refused, 403, { code, ...context });
    }
    expect((await native(`/keys/${id}`, { merchant })).body.revoked_at).toBe(null);
  });

  it("is a key that does not outlive what it makes follow itself", async () => {
    const end = new Date(clock.now + DAY).toISOString();
    const { text: token } = await makeKey("native", { scopes: own, expires_at: end });
    const { id } = await makeKey("native", { scopes: ["read:customers"] });
    expect((await native(`/keys/${id}/rotate`, { token, body: {} })).status).toBe(400);
    expect((await native(`/keys/${id}/revoke`, { token, body: {} })).status).toBe(200);
  });

  it("is only the admin for a key without limits to be followed; any may revoke it", async () => {
    const { text: token } = await makeKey("native", { scopes: own });
    const { id } = await makeKey("native", { scopes: ["read:customers"], unlimited: true });
    const context = { scope: "admin" };
    const refused = await native(`/keys/${id}/rotate`, { token, body: {} });
    expectProblem(refused, 403, { code: "scope_missing", context });
    expect((await native(`/keys/${id}/revoke`, { token, body: {} })).status).toBe(200);
  });

  it("is nobody of another merchant", async () => {
    const { slug: other } = await openHotel();
    const { id } = await makeKey("native");
    const { id: person } = await change("/staff", { username: "p1", password: "p", name: "P" });
    for (const [method, path, object] of [
      ["GET", `/keys/${id}`, "key"],
      ["POST", `/keys/${id}/revoke`, "key"],
      ["POST", `/keys/${id}/rotate`, "key"],
      ["GET", `/staff/${person}`, "staff"],
      ["PATCH", `/staff/${person}`, "staff"],
      ["POST", `/staff/${person}/end_tokens`, "staff"],
    ] as const) {
      const body = method === "GET" ? {} : { body: {} };
      const refused = await native(path, { method, merchant: other, ...body });
      expectProblem(refused, 404, { code: "not_found", context: { object } });
    }
  });
});
