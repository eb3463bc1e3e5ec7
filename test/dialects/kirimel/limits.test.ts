import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { failingDatabase } from "../../support/d1.ts";
import type { Reply, Signed, Till } from "../../support/kirimel/till.ts";
import {
  appWith,
  enrol,
  makeTill,
  numberOf,
  openShop,
  worker,
} from "../../support/kirimel/till.ts";
import { useClock } from "../../support/wallet.ts";

const clock = useClock();
let slug: string;
let unlimited: Till;
let addresses = 0;

beforeAll(async () => {
  unlimited = await openShop();
  slug = unlimited.slug;
});

afterEach(() => {
  vi.restoreAllMocks();
});

const limitedTill = (): Promise<Till> => makeTill(slug, { unlimited: false });

/** A client address that no test has used. */
function someAddress(): Record<string, string> {
  addresses += 1;
  return { "cf-connecting-ip": `203.0.113.${addresses}` };
}

/** Cheap requests: nobody has that number. */
const ask = (till: Till): Promise<Reply> => till.get("/customers/999999999");
const askAtOnce = (till: Till, count: number): Promise<Reply[]> =>
  Promise.all(Array.from({ length: count }, () => ask(till)));
const passed = (replies: readonly Reply[]): number =>
  replies.filter(({ status }) => status !== 429).length;

async function badlySigned(till: Till): Promise<Signed> {
  const signed = await till.sign();
  return { ...signed, headers: { ...signed.headers, "X-Signature": "0".repeat(64) } };
}

const headersOf = ({ headers }: Reply): (string | null)[] =>
  ["Limit", "Remaining", "Reset"].map((name) => headers.get(`X-RateLimit-${name}`));

describe("a key's rate limit", () => {
  it("refuses the 201st request of a burst (case 35)", async () => {
    const till = await limitedTill();
    for (let i = 0; i < 200; i += 1) expect((await ask(till)).status).toBe(404);
    const refused = await ask(till);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBe("1");
    expect(refused.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
    expect(refused.text).toBe(
      '{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED",' +
        '"message":"Rate limit exceeded","details":{}}}',
    );
    expect(headersOf(refused)).toEqual(["100", "0", String((clock.now + 60_000) / 1000)]);
  });

  it("lets 200 of 300 requests at once pass, not one more or less", async () => {
    expect(passed(await askAtOnce(await limitedTill(), 300))).toBe(200);
  });

  it("is over when Retry-After says so", async () => {
    const till = await limitedTill();
    await askAtOnce(till, 200);
    const refused = await ask(till);
    clock.now += 1000 * Number(refused.headers.get("Retry-After"));
    expect((await ask(till)).status).toBe(404);
  });

  it("touches no other key of the same merchant", async () => {
    const [one, other] = [await limitedTill(), await limitedTill()];
    await askAtOnce(one, 210);
    expect((await ask(other)).status).toBe(404);
    expect(passed(await askAtOnce(other, 199))).toBe(199);
  });

  it("does not hold for an unlimited key, which asks nobody", async () => {
    const lease = vi.spyOn(env.LIMITS, "getByName");
    const till = unlimited.via(appWith({}));
    const replies = await askAtOnce(till, 210);
    expect(passed(replies)).toBe(210);
    expect(lease).not.toHaveBeenCalled();
    for (const [limit, remaining] of replies.map(headersOf)) {
      expect(Number(limit)).toBeGreaterThan(300);
      expect(Number(remaining)).toBeGreaterThan(300);
    }
  });

  it("never tells more requests than there are", async () => {
    const till = await limitedTill();
    const told: number[] = [];
    for (let i = 0; i < 200; i += 1) {
      const [, remaining] = headersOf(await ask(till));
      told.push(Number(remaining));
    }
    expect(told[0]).toBe(100);
    told.forEach((remaining, i) => {
      expect(remaining).toBeLessThanOrEqual(199 - i);
    });
  });

  it("tells never more within a minute than before in it, though tokens flow in", async () => {
    clock.now = Math.ceil(clock.now / 60_000) * 60_000;
    const till = await limitedTill();
    await askAtOnce(till, 150);
    const told: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      const [, remaining] = headersOf(await ask(till));
      told.push(Number(remaining));
      clock.now += 5_000;
    }
    expect(told).toEqual(told.toSorted((one, other) => other - one));
    const [, next] = headersOf(await ask(till));
    expect(Number(next)).toBeGreaterThan(told.at(-1) ?? 0);
  });

  it("counts requests that are refused for what they ask", async () => {
    const till = await limitedTill();
    const readOnly = await makeTill(slug, { unlimited: false, scopes: ["read:customers"] });
    await Promise.all(Array.from({ length: 200 }, () => till.post("/points/earn", {})));
    expect((await ask(till)).status).toBe(429);
    await Promise.all(Array.from({ length: 200 }, () => readOnly.post("/points/earn", {})));
    expect((await ask(readOnly)).status).toBe(429);
  });
});

describe("a warm isolate", () => {
  it("asks the object for at most one request in ten", async () => {
    const till = await limitedTill();
    let asked = 0;
    const getByName = (name: string) => {
      const stub = env.LIMITS.getByName(name);
      const lease = (...given: Parameters<typeof stub.lease>) => {
        asked += 1;
        return stub.lease(...given);
      };
      return { lease };
    };
    const warm = till.via(appWith({ LIMITS: { getByName } as unknown as Env["LIMITS"] }));
    for (let i = 0; i < 100; i += 1) {
      expect((await ask(warm)).status).toBe(404);
      clock.now += 400;
    }
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(10);
  });
});

describe("requests that do not authenticate", () => {
  it("are counted by address, and not against the key that they name", async () => {
    const till = await limitedTill();
    const from = someAddress();
    const thief = till.via(worker, from);
    const tries = Array.from({ length: 260 }, async () =>
      thief.send("GET", "/customers/999999999", await badlySigned(thief)),
    );
    const replies = await Promise.all(tries);
    expect(replies.filter(({ code }) => code === "SIGNATURE_INVALID")).toHaveLength(200);
    expect(replies.filter(({ code }) => code === "RATE_LIMIT_EXCEEDED")).toHaveLength(60);
    // The key has lost nothing, not even at that address.
    expect(passed(await askAtOnce(thief, 200))).toBe(200);
  });

  it("from one address do not hinder another", async () => {
    const [one, other] = [someAddress(), someAddress()];
    const stranger = (from: Record<string, string>) =>
      unlimited.via(worker).send("GET", "/customers/1", {
        body: "",
        headers: { "X-API-Key": "nobody", ...from },
      });
    await Promise.all(Array.from({ length: 201 }, () => stranger(one)));
    expect((await stranger(one)).code).toBe("RATE_LIMIT_EXCEEDED");
    expect((await stranger(other)).code).toBe("INVALID_API_KEY");
  });

  it("are counted on unknown paths and wrong methods too", async () => {
    const from = someAddress();
    const send = (method: string, path: string) =>
      unlimited.send(method, path, { body: "", headers: from });
    const tries = Array.from({ length: 100 }, async () => [
      await send("GET", "/nowhere"),
      await send("DELETE", "/points/earn"),
    ]);
    const replies = (await Promise.all(tries)).flat();
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([404, 405]));
    expect((await send("GET", "/nowhere")).status).toBe(429);
  });
});

describe("every response", () => {
  const expectHeaders = (reply: Reply, limit = 100): void => {
    const [shown, remaining, reset] = headersOf(reply).map(Number);
    expect(shown).toBe(limit);
    expect(Number.isInteger(remaining)).toBe(true);
    expect(remaining).toBeGreaterThanOrEqual(0);
    expect(remaining).toBeLessThanOrEqual(limit);
    expect(reset).toBe(Math.floor(clock.now / 60_000) * 60 + 60);
    expect(reply.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
  };

  it("carries the three headers, whatever its status (case 37)", async () => {
    clock.now += 34_567;
    const till = (await limitedTill()).via(worker, someAddress());
    const id = numberOf(await enrol(unlimited));
    const readOnly = await makeTill(slug, { unlimited: false, scopes: ["read:customers"] });
    const replies: [number, Reply][] = [
      [200, await till.get(`/customers/${id}`)],
      [200, await till.post("/points/earn", { customer_id: id, points: 1 })],
      [400, await till.post("/points/earn", {})],
      [400, await till.post("/points/earn", "{")],
      [400, await till.post("/points/earn", "x".repeat(100_000))],
      [401, await till.send("GET", "/customers", await badlySigned(till))],
      [401, await till.send("GET", "/customers", { body: "", headers: someAddress() })],
      [401, await readOnly.post("/points/earn", { customer_id: id, points: 1 })],
      [404, await ask(till)],
      [404, await till.get("/nowhere")],
      [405, await till.send("DELETE", "/points/earn", await till.sign())],
    ];
    for (const [status, reply] of replies) {
      expect(reply.status).toBe(status);
      expectHeaders(reply);
    }
  });

  it("carries them when something unexpected happened, too", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const till = await limitedTill();
    await ask(till);
    const broken = till.via(appWith({ DB: failingDatabase(/vouchers/) }));
    const reply = await broken.get("/vouchers/ANY");
    expect([reply.status, reply.code]).toEqual([500, "INTERNAL_ERROR"]);
    expectHeaders(reply);
  });
});

describe("a wrong method on a path of its own", () => {
  it.each([
    ["GET", "/group/create", "POST"],
    ["GET", "/group/sites/add", "POST"],
    ["GET", "/customers/register", "POST"],
    ["GET", "/points/preview-redeem", "POST"],
    ["GET", "/points/commit-redeem", "POST"],
    ["GET", "/points/reverse", "POST"],
    ["GET", "/wallet/recalculate", "POST"],
    ["GET", "/vouchers/batches/create", "POST"],
    ["GET", "/vouchers/redeem", "POST"],
    ["GET", "/vouchers/issue", "POST"],
    ["PUT", "/vouchers/batches", "GET, POST"],
    ["POST", "/vouchers/ANY", "GET"],
    ["POST", "/customers", "GET"],
    ["POST", "/customers/1", "GET"],
    ["POST", "/customers/1/tier", "GET"],
    ["POST", "/customers/1/transactions", "GET"],
    ["GET", "/customers/1/adjust", "POST"],
    ["POST", "/customers/lookup-enriched", "GET"],
  ])("(%s %s) is METHOD_NOT_ALLOWED", async (method, path, allowed) => {
    const till = unlimited.via(worker, someAddress());
    const refused = await till.send(method, path, await till.sign());
    expect([refused.status, refused.code]).toEqual([405, "METHOD_NOT_ALLOWED"]);
    const allow = refused.headers.get("Allow")?.split(", ").sort().join(", ");
    expect(allow).toBe(allowed);
  });
});
