import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import {
  customerWith,
  expectInvalid,
  expectRefusal,
  kirimel,
  kirimelKey,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import { phpSdk } from "../../support/kirimel/signing.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

const clock = stopClock("2060-06-01T08:00:00.789Z");
const BY_PHONE = "/customers/lookup?phone=%2B60123456789";

beforeAll(() => establish(myRestaurant()));

/** Waits also for what is noted after the answer. */
const settled = { bindings: { DB: env.DB } };

describe("a lookup", () => {
  it("answers as documented, in the documented order", async () => {
    await importLines("myrestaurant", [
      {
        ...customerWith(500, "1500"),
        name: "Jane Doe",
        email: "jane@example.com",
        identifiers: [{ kind: "phone", value: "+60111000500" }],
        joined_at: "2060-05-01T10:00:00.999Z",
      },
    ]);
    const answer = await kirimel("/customers/lookup?phone=%2B60111000500");
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(
      '{"success":true,"data":{"id":500,"site_id":1,"phone":"+60111000500","name":"Jane Doe",' +
        '"email":"jane@example.com","status":"ACTIVE","balance_points":1500,' +
        '"joined_at":"2060-05-01T10:00:00Z","last_earn_at":null,"last_redeem_at":null,' +
        '"last_seen_at":null}}',
    );
  });

  it("may be a POST, as the SDKs send it (case 10)", async () => {
    await importLines("myrestaurant", [
      { ...customerWith(501, "5"), identifiers: [{ kind: "phone", value: "+60111000501" }] },
    ]);
    const read = await kirimel("/customers/lookup?phone=%2B60111000501");
    await env.DB.prepare("UPDATE customers SET last_seen_at = NULL").run();
    const posted = await post("/customers/lookup", { phone: "+60111000501" });
    expect(posted.status).toBe(200);
    expect(posted.text).toBe(read.text);
  });

  it("needs something to look for (case 11)", async () => {
    expectInvalid(await kirimel("/customers/lookup"), "phone");
    expectInvalid(await post("/customers/lookup", {}), "phone");
    expectInvalid(await post("/customers/lookup", {}, { style: phpSdk }), "phone");
    expectInvalid(await kirimel("/customers/lookup?phone=&identifier="), "phone");
  });

  it.each([
    "phone=%2B60999999999",
    "identifier=NOBODY",
    "identifier=qr-123456",
    "qr_code=NOBODY",
    "customer_id=CUST_999999999",
    "customer_id=test_customer_123",
    "identifier=john@example.com",
  ])("of nobody is not found (case 12): %s", async (query) => {
    expectRefusal(await kirimel(`/customers/lookup?${query}`), 404, "CUSTOMER_NOT_FOUND");
  });
});

describe("a lookup by other codes", () => {
  it("finds a customer by a promo code of its own", async () => {
    const referral = { kind: "referral", value: "FRIEND-OF-JOHN" };
    await importLines("myrestaurant", [{ ...customerWith(502, "0"), identifiers: [referral] }]);
    const found = await kirimel("/customers/lookup?identifier=FRIEND-OF-JOHN");
    expect(found.body).toMatchObject({ data: { id: 502 } });
  });

  it("takes a code for a QR code before it takes it for a promo code", async () => {
    const value = "AMBIGUOUS";
    await importLines("myrestaurant", [
      { ...customerWith(503, "0"), identifiers: [{ kind: "referral", value }] },
      { ...customerWith(504, "0"), identifiers: [{ kind: "qr", value }] },
    ]);
    const found = await kirimel(`/customers/lookup?identifier=${value}`);
    expect(found.body).toMatchObject({ data: { id: 504 } });
  });

  it.each(["external", "card", "email"])("does not search %s identifiers", async (kind) => {
    const value = kind === "email" ? "other@example.com" : `only-${kind}`;
    await importLines("myrestaurant", [{ identifiers: [{ kind, value }] }]);
    const missed = await kirimel(`/customers/lookup?identifier=${value}`);
    expectRefusal(missed, 404, "CUSTOMER_NOT_FOUND");
  });

  it.each(["CUST_123456", "123456", "000123456", "CUST_000123456", " 123456 "])(
    "finds a customer by the number %j",
    async (text) => {
      const query = new URLSearchParams({ customer_id: text });
      const found = await kirimel(`/customers/lookup?${query}`);
      expect(found.body).toMatchObject({ data: { id: 123456 } });
    },
  );
});

describe("what a lookup tells of a customer", () => {
  it.each([
    ["inactive", "INACTIVE"],
    ["blocked", "BLOCKED"],
  ])("is that the customer is %s", async (status, shown) => {
    const identifiers = [{ kind: "qr", value: `QR-${status}` }];
    await importLines("myrestaurant", [{ identifiers, status }]);
    const found = await kirimel(`/customers/lookup?identifier=QR-${status}`);
    expect(found.body).toMatchObject({ data: { status: shown } });
  });

  it("is no site where the merchant has none", async () => {
    const key = { text: "kiri_without_site", secret: "secret_without_site" };
    const merchant = { slug: "stall", name: "Stall", currency: "MYR", time_zone: "Asia/Manila" };
    const keys = [kirimelKey(key, { unlimited: true })];
    await establish({ merchant, keys, customers: [customerWith(1, "0")] });
    const found = await kirimel("/customers/lookup?customer_id=1", { key });
    expect(found.body).toMatchObject({ data: { id: 1, site_id: null } });
  });
});

describe("the times of a lookup", () => {
  it("are when points were last earned and redeemed", async () => {
    await importLines("myrestaurant", [customerWith(510, "100")]);
    const path = "/customers/lookup?customer_id=510";
    await post("/points/earn", { customer_id: 510, points: 5 });
    expect((await kirimel(path)).body).toMatchObject({
      data: { last_earn_at: "2060-06-01T08:00:00Z", last_redeem_at: null },
    });
    clock.now += 90 * SECOND;
    await post("/points/redeem", { customer_id: 510, points: 5 });
    expect((await kirimel(path)).body).toMatchObject({
      data: { last_earn_at: "2060-06-01T08:00:00Z", last_redeem_at: "2060-06-01T08:01:30Z" },
    });
  });

  it("tell when the customer was seen before this lookup", async () => {
    await importLines("myrestaurant", [customerWith(511, "0")]);
    const path = "/customers/lookup?customer_id=511";
    const seen = async () => (await kirimel(path, settled)).body;
    const first = new Date(clock.now).toISOString().replace(/\.\d+Z$/, "Z");
    expect(await seen()).toMatchObject({ data: { last_seen_at: null } });
    clock.now += 60 * SECOND;
    expect(await seen()).toMatchObject({ data: { last_seen_at: first } });
  });

  it("say nothing of a lookup that found nobody", async () => {
    const before = await env.DB.prepare("SELECT * FROM customers").all();
    await kirimel("/customers/lookup?phone=%2B60999999999", settled);
    expect((await env.DB.prepare("SELECT * FROM customers").all()).results).toEqual(before.results);
  });
});

describe("a lookup by e-mail", () => {
  const byEmail = (email: string) => kirimel(`/customers/lookup-by-email?email=${email}`);

  it("answers like a lookup by phone", async () => {
    await env.DB.prepare("UPDATE customers SET last_seen_at = NULL").run();
    const answer = await byEmail("john@example.com");
    expect(answer.status).toBe(200);
    await env.DB.prepare("UPDATE customers SET last_seen_at = NULL").run();
    expect(answer.text).toBe((await kirimel(BY_PHONE)).text);
  });

  it("does not mind the case of letters", async () => {
    expect((await byEmail("JOHN@Example.Com")).body).toMatchObject({ data: { id: 123456 } });
  });

  it("finds the newest active of several", async () => {
    const email = "shared@example.com";
    await importLines("myrestaurant", [
      { number: 520, email, joined_at: "2060-01-01T00:00:00Z" },
      { number: 522, email, joined_at: "2060-02-01T00:00:00Z" },
      { number: 521, email, joined_at: "2060-03-01T00:00:00Z" },
      { number: 523, email, joined_at: "2060-04-01T00:00:00Z", status: "inactive" },
      { number: 524, email, joined_at: "2060-05-01T00:00:00Z", status: "blocked" },
    ]);
    expect((await byEmail(email)).body).toMatchObject({ data: { id: 521 } });
  });

  it("finds the only customer with it, also one that is blocked", async () => {
    const email = "blocked@example.com";
    await importLines("myrestaurant", [{ number: 525, email, status: "blocked" }]);
    expect((await byEmail(email)).body).toMatchObject({ data: { id: 525, status: "BLOCKED" } });
  });

  it("finds who registered with it", async () => {
    await post("/customers/register", { phone: "+60111000530", email: "New@Example.com" });
    expect((await byEmail("new@example.com")).body).toMatchObject({
      data: { phone: "+60111000530", email: "new@example.com" },
    });
  });

  it("of nobody is not found", async () => {
    expectRefusal(await byEmail("nobody@example.com"), 404, "CUSTOMER_NOT_FOUND");
  });

  it("needs an e-mail address", async () => {
    expectInvalid(await kirimel("/customers/lookup-by-email"), "email");
    expectInvalid(await byEmail("john"), "email");
  });
});
