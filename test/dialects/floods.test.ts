import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ok } from "../../src/core/result.ts";
import { takeToken } from "../../src/limits/client.ts";
import { forgetAll } from "../../src/memory.ts";
import { findCredential } from "../../src/services/access/credentials.ts";
import { hireCashier } from "../support/augmigo/calls.ts";
import { recordingDatabase } from "../support/d1.ts";
import { clientAddress } from "../support/http.ts";
import { stopClock } from "../support/http-clock.ts";
import type { Target } from "../support/kirimel/till.ts";
import { appWith } from "../support/kirimel/till.ts";
import { openHotel, RAVI } from "../support/microgenn/hotel.ts";
import { ADMIN_TOKEN, create } from "../support/native/merchant.ts";

const clock = stopClock("2060-06-01T08:00:00Z");
const APP = appWith({});
const ORIGIN = "http://loyalty.example";

let merchant: string;

beforeAll(async () => {
  merchant = (await openHotel()).slug;
  await create("/sites", { code: "MAIN01", name: "Main" }, merchant);
}, 60_000);

/** How a dialect is called with a credential that is sent in clear, and how often strangers may. */
interface Way {
  readonly path: string;
  headers(text: string): Record<string, string>;
  /** A text that nobody's credential is. */
  stranger(nth: number): string;
  readonly burst: number;
  /** As many as the burst if nothing is said. */
  readonly perMinute?: number;
  readonly refused: number;
}

const hex = (nth: number): string => nth.toString(16).padStart(40, "0");

const WAYS: Readonly<Record<string, Way>> = {
  native: {
    path: "/loyalty/v1/customers",
    headers: (text) => ({ Authorization: `Bearer ${text}` }),
    stranger: (nth) => `gd_live_${nth}`,
    burst: 100,
    perMinute: 60,
    refused: 429,
  },
  kirimel: {
    path: "/api/loyalty/customers/1",
    headers: (text) => ({ "X-API-Key": text }),
    stranger: (nth) => `nobody_${nth}`,
    burst: 200,
    perMinute: 100,
    refused: 429,
  },
  microgenn: {
    path: `/api/no-such-hotel/pos/customer?mobile=${RAVI}`,
    headers: (text) => ({ "X-API-Key": text }),
    stranger: (nth) => `mg_live_nobody_${nth}`,
    burst: 600,
    refused: 429,
  },
  imonggo: {
    path: "/api/branches.xml",
    headers: (text) => ({ Authorization: `Basic ${btoa(`${text}:x`)}` }),
    stranger: hex,
    burst: 300,
    refused: 503,
  },
  augmigo: {
    path: "/api/v1/customers/reference-code/NONE",
    headers: (text) => ({ "X-Auth-Token": text }),
    stranger: (nth) => `nobody-${nth}`,
    burst: 600,
    refused: 429,
  },
};
const DIALECTS = Object.keys(WAYS);

function wayOf(dialect: string): Way {
  const way = WAYS[dialect];
  if (way === undefined) throw new Error(`no way of ${dialect}`);
  return way;
}

async function call(target: Target, way: Way, text: string, from: string): Promise<number> {
  const headers = { ...way.headers(text), "CF-Connecting-IP": from };
  const response = await target(new Request(ORIGIN + way.path, { headers }));
  await response.arrayBuffer();
  return response.status;
}

/** Calls by so many strangers at once; answers how many were refused by each status. */
async function flood(
  target: Target,
  way: Way,
  count: number,
  from: (nth: number) => string,
): Promise<Record<number, number>> {
  const tries = Array.from({ length: count }, (_, nth) =>
    call(target, way, way.stranger(nth), from(nth)),
  );
  const counts: Record<number, number> = {};
  for (const status of await Promise.all(tries)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Attempts that {@link drain} leaves. */
const LEFT = 30;

/** Uses up an address's attempts but for a few, faster than by failing. */
async function drain({ burst, perMinute = burst }: Way, address: string): Promise<void> {
  const bucket = `address/${burst}-${perMinute}/${address}`;
  const policy = { capacity: burst, perMinute };
  for (let taken = LEFT; taken < burst; taken += 1) {
    expect((await takeToken(env, bucket, policy, clock.now)).allowed).toBe(true);
  }
}

describe("made-up credentials from one address", { timeout: 60_000 }, () => {
  it.each(DIALECTS)("are refused by the limit before they are looked up: %s", async (dialect) => {
    const way = wayOf(dialect);
    const { DB, statements } = recordingDatabase();
    const target = appWith({ DB });
    const address = clientAddress();
    await drain(way, address);
    const refused = await flood(target, way, LEFT + 1, () => address);
    expect(refused).toEqual({ 401: LEFT, [way.refused]: 1 });
    const asked = statements.length;
    expect(await flood(target, way, 40, () => address)).toEqual({ [way.refused]: 40 });
    expect(statements).toHaveLength(asked);
  });

  it.each(["native"])("are counted by the network, if it is of IPv6: %s", async (dialect) => {
    const way = wayOf(dialect);
    const network = `2001:db8:${DIALECTS.indexOf(dialect)}:7`;
    const refused = await flood(
      APP,
      way,
      way.burst + 20,
      (nth) => `${network}:${nth.toString(16)}::1`,
    );
    expect(refused).toEqual({ 401: way.burst, [way.refused]: 20 });
    const next = `2001:db8:${DIALECTS.indexOf(dialect)}:8::1`;
    expect(await call(APP, way, way.stranger(0), next)).toBe(401);
  });
});

describe("a credential that is known", { timeout: 60_000 }, () => {
  it("is not pushed out of memory by made-up ones", async () => {
    const { DB, statements } = recordingDatabase();
    const visit = (bindings: Env) => ({
      env: bindings,
      now: clock.now,
      beforeLookUp: async () => ok(null),
    });
    const key = { name: "K", dialect: "native", scopes: ["read:events"] };
    const text = String((await create("/keys", key, merchant)).body.text);
    const find = async (bindings: Env) =>
      (await findCredential(visit(bindings), "native", text)).ok;
    expect(await find(env)).toBe(true);
    const empty = { ...env, DB: emptyDatabase() };
    for (let nth = 0; nth < 5_010; nth += 1) {
      await findCredential(visit(empty), "native", `gd_live_${nth}`);
    }
    expect(await find({ ...env, DB })).toBe(true);
    expect(statements).toEqual([]);
  });

  it("is let in from an exhausted address, also when it has to be looked up again", async () => {
    const way = wayOf("native");
    const key = { name: "K", dialect: "native", scopes: ["read:customers"] };
    const text = String((await create("/keys", key, merchant)).body.text);
    const address = clientAddress();
    expect(await call(APP, way, text, address)).toBe(200);
    await flood(APP, way, 150, () => address);
    expect(await call(APP, way, way.stranger(1), address)).toBe(429);
    expect(await call(APP, way, text, address)).toBe(200);
    clock.now += 31_000;
    await flood(APP, way, 150, () => address);
    expect(await call(APP, way, text, address)).toBe(200);
  });

  it("asks no object and no database while it is warm, nor takes of its address", async () => {
    const way = wayOf("native");
    const key = { name: "K", dialect: "native", scopes: ["read:events"] };
    const text = String((await create("/keys", key, merchant)).body.text);
    const address = clientAddress();
    // Cold in each isolate: what was taken for looking it up is given back.
    for (let isolate = 0; isolate < 3; isolate += 1) {
      forgetAll();
      expect(await call(APP, way, text, address)).toBe(403);
    }
    const asked = vi.spyOn(env.LIMITS, "getByName");
    const { DB, statements } = recordingDatabase();
    for (let i = 0; i < 10; i += 1) {
      expect(await call(appWith({ DB }), way, text, address)).toBe(403);
    }
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
    expect(statements).toEqual([]);
  });
});

/** A database that answers every look-up of a credential with nothing, in no time. */
function emptyDatabase(): D1Database {
  const none = { results: [], success: true, meta: {} };
  const statement: unknown = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === "bind") return () => statement;
        if (name === "raw") return async () => [];
        return async () => (name === "first" ? null : none);
      },
    },
  );
  return { prepare: () => statement } as unknown as D1Database;
}

describe("the native API", { timeout: 60_000 }, () => {
  const way = wayOf("native");
  const admin = (token: string, from: string, path = "/loyalty/v1/merchants?limit=1") =>
    call(APP, { ...way, path }, token, from);

  it("counts guesses at the admin's token, of which the right one is then none", async () => {
    const address = clientAddress();
    const guesses = Array.from({ length: 400 }, (_, nth) => admin(`guess-${nth}`, address));
    const statuses = await Promise.all(guesses);
    expect(statuses.filter((status) => status === 401)).toHaveLength(100);
    expect(statuses.filter((status) => status === 429)).toHaveLength(300);
    expect(await admin(ADMIN_TOKEN, address)).toBe(429);
    expect(await admin(ADMIN_TOKEN, clientAddress())).toBe(200);
  });

  it("counts a caller by its key, whatever it asks", async () => {
    const key = { name: "K", dialect: "native", scopes: ["read:events"] };
    const text = String((await create("/keys", key, merchant)).body.text);
    await call(APP, way, text, clientAddress());
    const calls = Array.from({ length: 620 }, () => call(APP, way, text, clientAddress()));
    const refused = (await Promise.all(calls)).filter((status) => status === 429);
    expect(refused).toHaveLength(21);
  });

  it("never counts the admin", async () => {
    const asked = vi.spyOn(env.LIMITS, "getByName");
    const address = clientAddress();
    for (let i = 0; i < 20; i += 1) expect(await admin(ADMIN_TOKEN, address)).toBe(200);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  it("tells how much is left", async () => {
    const key = { name: "K", dialect: "native", scopes: ["read:customers"] };
    const text = String((await create("/keys", key, merchant)).body.text);
    const headers = way.headers(text);
    const answer = await APP(new Request(ORIGIN + way.path, { headers }));
    await answer.arrayBuffer();
    expect(answer.headers.get("X-RateLimit-Limit")).toBe("600");
    expect(Number(answer.headers.get("X-RateLimit-Remaining"))).toBeGreaterThan(100);
  });
});

describe("the look-up of Imonggo's token by a password", () => {
  it("is limited by user, wherever it comes from and whether or not there is one", async () => {
    const lookUp = async (username: string, nth: number) => {
      const query = new URLSearchParams({ email: username, password: `guess-${nth}` });
      const headers = { "CF-Connecting-IP": clientAddress() };
      const url = `${ORIGIN}/api/tokens.xml?${query}`;
      const response = await APP(new Request(url, { headers }));
      await response.arrayBuffer();
      return response.status;
    };
    const cashier = await hireCashier(merchant);
    for (const username of [cashier.username, "nobody@store.example"]) {
      const tries = Array.from({ length: 60 }, (_, nth) => lookUp(username, nth));
      const statuses = await Promise.all(tries);
      expect(statuses.filter((status) => status === 404)).toHaveLength(20);
      expect(statuses.filter((status) => status === 503)).toHaveLength(40);
      clock.now += 30_000;
      expect(await lookUp(username, 0)).toBe(404);
    }
  });
});
