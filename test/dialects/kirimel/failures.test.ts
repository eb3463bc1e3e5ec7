import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { brokenDatabase, DATABASE_SECRET, dumpEverything } from "../../support/http-storage.ts";
import { expectRefusal, kirimel, myRestaurant, post } from "../../support/kirimel/requests.ts";
import type { KirimelCall } from "../../support/kirimel/till.ts";
import { establish } from "../../support/native/merchant.ts";

const WALLET_SECRET = "SQLITE_FULL: INSERT INTO entries VALUES ('+60123456789')";
const MESSAGE = "An internal error occurred";

/** A namespace whose objects cannot be reached. */
function brokenWallets(): Env["WALLETS"] {
  return new Proxy(env.WALLETS, {
    get() {
      return () => {
        throw new Error(WALLET_SECRET);
      };
    },
  });
}

const logged: string[] = [];

stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

beforeEach(() => {
  logged.length = 0;
  vi.spyOn(console, "error").mockImplementation((line: unknown) => {
    logged.push(String(line));
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const CALLS: readonly (readonly [string, (call: KirimelCall) => Promise<Answer>])[] = [
  ["register", (call) => post("/customers/register", { phone: "+60111000099" }, call)],
  ["lookup", (call) => kirimel("/customers/lookup?phone=%2B60123456789", call)],
  [
    "lookup by e-mail",
    (call) => kirimel("/customers/lookup-by-email?email=john@example.com", call),
  ],
  ["earn", (call) => post("/points/earn", { customer_id: 123456, points: 5 }, call)],
  ["redeem", (call) => post("/points/redeem", { customer_id: 123456, points: 5 }, call)],
  ["balance", (call) => kirimel("/wallet/balance?customer_id=123456", call)],
];

/** The fixed text, one line in the log that names the request, and nothing of the cause outside. */
function expectInternal(answer: Answer): void {
  expectRefusal(answer, 500, "INTERNAL_ERROR");
  expect(answer.body).toMatchObject({ error: { message: MESSAGE } });
  const id = answer.headers.get("Request-Id");
  expect(logged).toHaveLength(1);
  expect(JSON.parse(logged[0] ?? "")).toMatchObject({ level: "error", request_id: id });
  expect(answer.text).not.toMatch(/SELECT|INSERT|D1|SQLITE|moonbeam|\.ts|stack|Error:/);
}

describe("a failure that nobody expected", () => {
  it.each(CALLS)("of D1 shows no internals before a key is known: %s", async (name, call) => {
    const key = { text: `kiri_not_yet_known_${name}`, secret: "secret" };
    const before = await dumpEverything();
    expectInternal(await call({ key, bindings: { DB: brokenDatabase() } }));
    expect(logged[0]).toContain(DATABASE_SECRET);
    expect(await dumpEverything()).toBe(before);
  });

  it.each(CALLS.slice(0, 3))("of D1 shows no internals: %s", async (_, call) => {
    await kirimel("/wallet/balance?customer_id=123456");
    const before = await dumpEverything();
    expectInternal(await call({ bindings: { DB: brokenDatabase() } }));
    expect(await dumpEverything()).toBe(before);
  });

  it.each(CALLS.slice(1))("of a wallet shows no internals: %s", async (_, call) => {
    await kirimel("/wallet/balance?customer_id=123456");
    const before = await dumpEverything();
    expectInternal(await call({ bindings: { WALLETS: brokenWallets() } }));
    expect(await dumpEverything()).toBe(before);
  });

  it("of D1 does not stop what needs no D1", async () => {
    const earn = { customer_id: 123456, points: 1 };
    await post("/points/earn", earn);
    const answer = await post("/points/earn", earn, { bindings: { DB: brokenDatabase() } });
    expect(answer.status).toBe(200);
  });

  it("of noting that a customer was seen does not spoil the answer", async () => {
    const bindings = { DB: brokenDatabase(/^update/) };
    const found = await kirimel("/customers/lookup?phone=%2B60123456789", { bindings });
    expect(found.body).toMatchObject({ success: true, data: { id: 123456 } });
    expect(logged).toHaveLength(1);
  });

  it.each([
    ["a clock window that is no number", { GUERDON_KIRIMEL_WINDOW_SECONDS: "soon" }],
    ["master keys that are no JSON", { GUERDON_MASTER_KEYS: "{" }],
    ["master keys without the current one", { GUERDON_MASTER_KEYS: '{"current":"9","keys":{}}' }],
  ])("of the deployment's settings has the dialect's form: %s", async (_, bindings) => {
    const answer = await kirimel("/wallet/balance?customer_id=123456", { bindings });
    expectRefusal(answer, 500, "INTERNAL_ERROR");
  });
});

describe("the log of a failure", () => {
  it("holds no parameters of a statement", async () => {
    const thrown = new Error("Failed query: select 1\nparams: +60123456789,mer_1", {
      cause: new Error("inner"),
    });
    const path = "/customers/lookup?phone=%2B60123456789";
    await kirimel("/wallet/balance?customer_id=123456");
    expectInternal(await kirimel(path, { bindings: { DB: brokenDatabase(/(?:)/, thrown) } }));
    expect(logged.join()).not.toContain("60123456789");
  });

  it("holds no key, secret or signature", async () => {
    const request = { text: "kiri_in_the_log", secret: "secret_in_the_log" };
    await kirimel("/wallet/balance?customer_id=1", {
      key: request,
      bindings: { DB: brokenDatabase() },
    });
    expect(logged).toHaveLength(1);
    expect(logged.join()).not.toMatch(/kiri_in_the_log|secret_in_the_log|[0-9a-f]{64}/);
  });

  it.each(["bm90IEpTT04gYnV0IGEga2V5", '{"current":"1","keys":{"1":"c2VjcmV0IGtleSBieXRlcw'])(
    "holds no part of master keys that cannot be read: %s",
    async (text) => {
      const bindings = { GUERDON_MASTER_KEYS: text };
      await kirimel("/wallet/balance?customer_id=1", { bindings });
      expect(logged.length).toBeGreaterThan(0);
      expect(logged.join()).not.toMatch(/bm90IE|c2Vjcm/);
    },
  );
});
