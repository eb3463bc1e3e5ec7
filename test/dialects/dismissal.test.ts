import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { addStaff, type Cafe, type Cashier } from "../support/augmigo/cafe.ts";
import { openCounter } from "../support/augmigo/calls.ts";
import { stopClock } from "../support/http-clock.ts";
import { Store, storeToken } from "../support/imonggo/store.ts";
import type { Json } from "../support/kirimel/till.ts";
import { openHotel } from "../support/microgenn/hotel.ts";
import { create, native } from "../support/native/merchant.ts";

const clock = stopClock("2060-06-01T08:00:00Z");
/** Longer than any isolate goes by what it knows. */
const LATER = 31_000;

let merchant: string;

beforeAll(async () => {
  merchant = (await openHotel()).slug;
  for (const code of ["MAIN01", "outlet_main"]) {
    await create("/sites", { code, name: code }, merchant);
  }
}, 60_000);

async function useToken(cafe: Cafe): Promise<number> {
  return (await cafe.get("/customers/reference-code/NONE")).status;
}

async function makeKey(dialect: string, given: object): Promise<string> {
  const key = { name: "K", dialect, ...given };
  return String((await create("/keys", key, merchant)).body.text);
}

const change = async (path: string, body: object = {}, method = "POST"): Promise<Json> => {
  const answer = await native(path, { merchant, body, method });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.body;
};

describe("a person", () => {
  let people = 0;

  /** A person who is signed in at a counter, with a token of Imonggo's besides. */
  async function person() {
    people += 1;
    const username = `person-${people}@example.com`;
    const who = await addStaff(merchant, { username });
    const { data } = (await native("/staff?limit=100", { merchant })).body;
    const all = data as { id: string; username: string }[];
    const id = all.find((one) => one.username === username)?.id ?? "";
    const cafe = await openCounter(merchant, "live", who);
    const token = await storeToken(merchant, { staff: username });
    const store = new Store(merchant, token);
    const useStore = async () => (await store.get("/branches.xml")).status;
    const lookUp = async (password = who.password) => {
      const query = new URLSearchParams({ email: username, password });
      return (await store.get(`/tokens.xml?${query}`, { token: null })).status;
    };
    expect([await useToken(cafe), await useStore(), await lookUp()]).toEqual([400, 200, 200]);
    return { id, who, cafe, useStore, lookUp };
  }

  const patch = (id: string, body: object): Promise<Json> => change(`/staff/${id}`, body, "PATCH");
  const signIn = async (cafe: Cafe, who: Cashier) => (await cafe.signIn(who)).status;

  it("who is disabled is signed out, cannot sign in, and has no keys", async () => {
    const { id, who, cafe, useStore, lookUp } = await person();
    const disabled = await patch(id, { disabled: true });
    expect(disabled.disabled_at).toBe(new Date(clock.now).toISOString());
    expect([await useToken(cafe), await useStore()]).toEqual([401, 401]);
    expect(await lookUp()).toBe(404);
    expect(await signIn(cafe, who)).toBe(await signIn(cafe, { ...who, password: "wrong" }));
    expect((await patch(id, { disabled: false })).disabled_at).toBe(null);
    // What was refused is remembered for two seconds.
    clock.now += 3_000;
    expect([await useToken(cafe), await useStore(), await lookUp()]).toEqual([401, 200, 200]);
    expect(await signIn(cafe, who)).toBe(200);
  });

  it("who gets a new password is signed out, and signs in with the new one only", async () => {
    const { id, who, cafe, lookUp } = await person();
    const changed = { ...who, password: "another" };
    await patch(id, { password: changed.password });
    expect(await useToken(cafe)).toBe(401);
    expect([await lookUp(), await lookUp("another")]).toEqual([404, 200]);
    expect(await signIn(cafe, who)).not.toBe(200);
    const again = await cafe.signedIn(changed);
    expect(await useToken(again)).toBe(400);
  });

  it("whose tokens are ended signs in anew, and needs new keys", async () => {
    const { id, who, cafe, useStore, lookUp } = await person();
    await change(`/staff/${id}/end_tokens`);
    expect([await useToken(cafe), await useStore(), await lookUp()]).toEqual([401, 401, 404]);
    expect(await useToken(await cafe.signedIn(who))).toBe(400);
  });

  it("is out in every isolate within half a minute", async () => {
    const { id, cafe, useStore } = await person();
    await env.DB.prepare("UPDATE staff SET disabled_at = 1 WHERE id = ?").bind(id).run();
    clock.now += LATER;
    expect([await useToken(cafe), await useStore()]).toEqual([401, 401]);
  });

  it("is signed out of the sandbox too, whose tokens are kept nowhere", async () => {
    const { id, who } = await person();
    const sandbox = await openCounter(merchant, "test", who);
    expect(await useToken(sandbox)).toBe(400);
    await change(`/staff/${id}/end_tokens`);
    expect(await useToken(sandbox)).toBe(401);
  });

  it("is changed in what is named, and in nothing else", async () => {
    const { id } = await person();
    const before = (await native(`/staff/${id}`, { merchant })).body;
    clock.now += 1_000;
    const scopes = ["read:customers"];
    const changed = await patch(id, { name: "Renamed", scopes });
    const updated_at = new Date(clock.now).toISOString();
    expect(changed).toEqual({ ...before, name: "Renamed", scopes, updated_at });
    expect((await native(`/staff/${id}`, { merchant })).body).toEqual(changed);
  });

  it("is changed by all who do so at once", async () => {
    const { id } = await person();
    const scopes = ["read:customers"];
    await Promise.all([patch(id, { name: "One" }), patch(id, { scopes }), patch(id, {})]);
    expect((await native(`/staff/${id}`, { merchant })).body).toMatchObject({
      name: "One",
      scopes,
    });
  });

  it("is out of reach of a key that has less, by own scopes, sites or keys", async () => {
    const { id } = await person();
    const { id: bare } = await change("/staff", { username: "bare", password: "p", name: "B" });
    await makeKey("imonggo", { staff: "bare", scopes: ["write:vouchers"] });
    const scopes = ["write:keys"];
    const lesser = await makeKey("native", { scopes });
    const bound = await makeKey("native", { scopes, site: "MAIN01" });
    const { id: everywhere } = await change("/staff", {
      username: "everywhere",
      password: "p",
      name: "E",
      all_sites: true,
    });
    for (const [token, who, code] of [
      [lesser, id, "scope_missing"],
      [lesser, bare, "scope_missing"],
      [bound, everywhere, "site_not_allowed"],
    ]) {
      for (const [method, path] of [
        ["PATCH", `/staff/${who}`],
        ["POST", `/staff/${who}/end_tokens`],
      ] as const) {
        const refused = await native(path, {
          method,
          token: token as string,
          body: { password: "mine" },
        });
        expect([refused.status, refused.body.code]).toEqual([403, code]);
      }
    }
    const free = await native(`/staff/${everywhere}`, {
      method: "PATCH",
      token: lesser,
      body: { password: "new", scopes: ["write:adjustments"] },
    });
    expect([free.status, free.body.code]).toEqual([403, "scope_missing"]);
  });
});
