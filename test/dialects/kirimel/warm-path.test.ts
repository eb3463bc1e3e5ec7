import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { countingDatabase } from "../../support/http-storage.ts";
import { kirimel, myRestaurant, post } from "../../support/kirimel/requests.ts";
import { establish } from "../../support/native/merchant.ts";

const { database: DB, take } = countingDatabase();
const bindings = { DB };

stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

const CALLS = [
  ["POST /points/earn", () => post("/points/earn", booking(), { bindings })],
  [
    "POST /points/earn under a reference",
    () => post("/points/earn", { ...booking(), reference_id: `R${Math.random()}` }, { bindings }),
  ],
  [
    "POST /points/earn of an amount",
    () => post("/points/earn", { customer_id: "CUST_123456", amount: "10.00" }, { bindings }),
  ],
  ["POST /points/redeem", () => post("/points/redeem", booking(), { bindings })],
  ["GET /wallet/balance", () => kirimel("/wallet/balance?customer_id=123456", { bindings })],
  ["POST /wallet/balance", () => post("/wallet/balance", booking(), { bindings })],
] as const;

function booking() {
  return { customer_id: 123456, points: 2 };
}

describe("a call by a known key for a customer whose wallet is open", () => {
  it("needed D1 the first time", async () => {
    expect((await post("/points/earn", booking(), { bindings })).status).toBe(200);
    expect(take()).toBeGreaterThan(0);
  });

  it.each(CALLS)("touches no D1: %s", async (_, call) => {
    await call();
    take();
    expect((await call()).status).toBe(200);
    expect(take()).toBe(0);
  });

  it("touches no D1 though it is refused", async () => {
    take();
    const refused = await post("/points/redeem", { ...booking(), points: 1_000_000 }, { bindings });
    expect(refused.status).toBe(400);
    expect((await post("/points/earn", { customer_id: 123456 }, { bindings })).status).toBe(400);
    const headers = { "X-Signature": "0".repeat(64) };
    expect((await post("/points/earn", booking(), { bindings, headers })).status).toBe(401);
    expect(take()).toBe(0);
  });

  it("touches no D1 though it is sent again", async () => {
    const timestamp = new Date(Date.now() - 5000).toISOString();
    await post("/points/earn", booking(), { bindings, timestamp });
    take();
    expect((await post("/points/earn", booking(), { bindings, timestamp })).status).toBe(200);
    expect(take()).toBe(0);
  });

  it("says how long the application and the wallet took", async () => {
    const { headers } = await post("/points/earn", booking());
    expect(headers.get("Server-Timing")).toMatch(/^app;dur=\d+, wallet;dur=\d+$/);
  });
});
