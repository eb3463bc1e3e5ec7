import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import {
  balanceOf,
  customerWith,
  kirimel,
  kirimelKey,
  myRestaurant,
  post,
  UNLIMITED_KEY,
} from "../../support/kirimel/requests.ts";
import { PROGRAM } from "../../support/kirimel/till.ts";
import { establish } from "../../support/native/merchant.ts";

/** Of a group with one customer, 777, that shares nothing with the demo group. */
const STRANGER = { text: "kiri_stranger", secret: "secret_of_a_stranger" };

stopClock("2060-06-01T08:00:00Z");

beforeAll(async () => {
  await establish(myRestaurant());
  const identifiers = [
    { kind: "phone", value: "+60177700777" },
    { kind: "qr", value: "QR-777" },
    { kind: "referral", value: "PROMO-777" },
  ];
  await establish({
    merchant: { slug: "stranger", name: "Stranger", currency: "MYR", time_zone: "Asia/Manila" },
    sites: [{ code: "MAIN01", name: "Stranger's" }],
    program: PROGRAM,
    keys: [kirimelKey(STRANGER, { unlimited: true })],
    customers: [
      { ...customerWith(777, "100"), identifiers, name: "Stranger", email: "s@example.com" },
    ],
  });
});

describe("another group's customer is as unknown as one that never was", () => {
  it.each([
    ["/wallet/balance?customer_id=777", "/wallet/balance?customer_id=778"],
    ["/wallet/balance?customer_id=CUST_777", "/wallet/balance?customer_id=CUST_778"],
    ["/customers/lookup?customer_id=777", "/customers/lookup?customer_id=778"],
    ["/customers/lookup?phone=%2B60177700777", "/customers/lookup?phone=%2B60177700778"],
    ["/customers/lookup?identifier=QR-777", "/customers/lookup?identifier=QR-778"],
    ["/customers/lookup?identifier=PROMO-777", "/customers/lookup?identifier=PROMO-778"],
    [
      "/customers/lookup-by-email?email=s@example.com",
      "/customers/lookup-by-email?email=t@example.com",
    ],
  ])("in %s", async (theirs, nobodys) => {
    expect((await kirimel(theirs, { key: STRANGER })).status).toBe(200);
    const before = await dumpEverything();
    const [foreign, missing] = [await kirimel(theirs), await kirimel(nobodys)];
    expect(missing.status).toBe(404);
    expect([foreign.status, foreign.text]).toEqual([missing.status, missing.text]);
    expect([...foreign.headers.keys()]).toEqual([...missing.headers.keys()]);
    expect(await dumpEverything()).toBe(before);
  });

  it.each(["/points/earn", "/points/redeem"])("in POST %s", async (path) => {
    await post(path, { customer_id: 777, points: 1 }, { key: STRANGER });
    const before = await dumpEverything();
    const foreign = await post(path, { customer_id: 777, points: 1 });
    const missing = await post(path, { customer_id: 778, points: 1 });
    expect(missing.status).toBe(404);
    expect([foreign.status, foreign.text]).toEqual([missing.status, missing.text]);
    expect(await dumpEverything()).toBe(before);
  });
});

describe("a person who registers with two groups", () => {
  it("is one customer in each, with a balance in each", async () => {
    const fields = { phone: "+60177700777", qr_code: "QR-777" };
    const here = await post("/customers/register", fields);
    expect(here.body.customer_id).not.toBe("CUST_777");
    expect(here.body.points_balance).toBe(0);
    await post("/points/earn", { customer_id: here.body.customer_id, points: 9 });
    const there = await balanceOf(777, STRANGER);
    await post("/points/earn", { customer_id: 777, points: 5 }, { key: STRANGER });
    expect(await balanceOf(777, STRANGER)).toBe(there + 5);
    const found = await kirimel("/customers/lookup?phone=%2B60177700777");
    expect(found.body).toMatchObject({ data: { name: null, balance_points: 9 } });
  });

  it("may have the same number in both, with different wallets", async () => {
    await env.DB.prepare("UPDATE customers SET number = 4242 WHERE number = 123456").run();
    const clash = customerWith(4242, "7");
    const key = { text: "kiri_third", secret: "secret_of_a_third" };
    await establish({
      merchant: { slug: "third", name: "Third", currency: "MYR", time_zone: "Asia/Manila" },
      program: PROGRAM,
      keys: [kirimelKey(key, { unlimited: true })],
      customers: [clash],
    });
    expect(await balanceOf(4242, key)).toBe(7);
    expect(await balanceOf(4242)).toBe(100);
    await post("/points/redeem", { customer_id: 4242, points: 7 }, { key });
    expect(await balanceOf(4242, key)).toBe(0);
    expect(await balanceOf(4242)).toBe(100);
  });
});

describe("another group's key", () => {
  it("is refused with one's own secret, like a key that never was", async () => {
    const path = "/wallet/balance?customer_id=777";
    const foreign = await kirimel(path, { key: { ...STRANGER, secret: UNLIMITED_KEY.secret } });
    expect(foreign.status).toBe(401);
    expect(foreign.body).toMatchObject({ error: { code: "SIGNATURE_INVALID" } });
    const unknown = await kirimel(path, { key: { ...UNLIMITED_KEY, text: "kiri_nobody" } });
    expect(unknown.body).toMatchObject({ error: { code: "INVALID_API_KEY" } });
  });

  it("sees its own site only", async () => {
    const theirs = await kirimel("/customers/lookup?customer_id=777", { key: STRANGER });
    expect(theirs.body).toMatchObject({ data: { id: 777, site_id: 1 } });
  });
});
