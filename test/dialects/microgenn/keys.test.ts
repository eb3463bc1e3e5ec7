import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { forgetCredentials } from "../../../src/services/access/credentials.ts";
import { recordingDatabase } from "../../support/d1.ts";
import { appWith } from "../../support/kirimel/till.ts";
import {
  Hotel,
  hotelKey,
  openHotel,
  openHotelWithRavi,
  RAVI,
} from "../../support/microgenn/hotel.ts";
import { nativeCall } from "../../support/native/native.ts";

const UNAUTHENTICATED = '{"error":"Missing or invalid API key"}';
const OUT_OF_SCOPE = { error: "API key missing required scope" };

describe("a key", () => {
  it.each([null, "", "   ", "mg_live_nobody_knows", "x", "mg_live_ß"])(
    "case 2: that is missing or unknown is refused: %j",
    async (key) => {
      const hotel = await openHotelWithRavi();
      const reply = await hotel.lookUp({ mobile: RAVI }, key);
      expect([reply.status, reply.text]).toEqual([401, UNAUTHENTICATED]);
    },
  );

  it("case 3: of another tenant is refused alike", async () => {
    const [hotel, other] = [await openHotelWithRavi(), await openHotel()];
    const reply = await hotel.lookUp({ mobile: RAVI }, other.live);
    expect([reply.status, reply.text]).toEqual([401, UNAUTHENTICATED]);
  });

  it("cases 4 and 5: does only what its scope allows", async () => {
    const hotel = await openHotelWithRavi();
    const reading = await hotelKey(hotel.slug, "live", ["read:customers"]);
    const writing = await hotelKey(hotel.slug, "live", ["write:transactions"]);
    expect((await hotel.lookUp({ mobile: RAVI }, reading)).status).toBe(200);
    const lookup = await hotel.lookUp({ mobile: RAVI }, writing);
    expect([lookup.status, lookup.body]).toEqual([403, OUT_OF_SCOPE]);
    const bill = await hotel.post("bill", { mobile: RAVI, amount: 1 }, reading);
    expect([bill.status, bill.body]).toEqual([403, OUT_OF_SCOPE]);
  });

  it("that only reads may enrol all the same", async () => {
    const hotel = await openHotel();
    const reading = await hotelKey(hotel.slug, "live", ["read:customers"]);
    const query = { mobile: RAVI, create: "true" };
    expect((await hotel.lookUp(query, reading)).body.found).toBe(true);
  });

  it("is judged before the scope, that before the body, that before its fields", async () => {
    const hotel = await openHotel();
    const reading = await hotelKey(hotel.slug, "live", ["read:customers"]);
    expect((await hotel.post("bill", "{", "mg_live_unknown")).status).toBe(401);
    expect((await hotel.post("bill", "{", reading)).status).toBe(403);
    expect((await hotel.post("bill", "{")).body).toEqual({ error: "Invalid JSON" });
  });

  it("is good with blanks around it, and for its slug in any case", async () => {
    const hotel = await openHotelWithRavi();
    const path = `/pos/customer?mobile=${RAVI}`;
    expect((await hotel.send(path, { headers: { "X-API-Key": ` ${hotel.live} ` } }, null)).status)
      // A header's outer blanks may be dropped on the way.
      .toBe(200);
    const shouting = new Hotel(hotel.slug.toUpperCase(), hotel);
    expect((await shouting.lookUp()).status).toBe(200);
  });

  it("of another dialect opens nothing", async () => {
    const hotel = await openHotel();
    const key = { name: "x", dialect: "kirimel", scopes: ["read:customers"] };
    const text = "mg_live_kirimel_key";
    await nativeCall("POST", "/keys", { body: { ...key, text }, merchant: hotel.slug });
    expect((await hotel.lookUp({ mobile: RAVI }, text)).status).toBe(401);
  });

  it.each([
    ["mg_test_12345678", "live"],
    ["mg_live_12345678", "test"],
    ["mg_live_1234567", "live"],
    ["gd_live_12345678", "live"],
    ["mg_live_12345678!", "live"],
  ])("%s is not made for mode %s", async (text, mode) => {
    const hotel = await openHotel();
    const key = { name: "x", dialect: "microgenn", mode, scopes: ["read:customers"], text };
    const made = await nativeCall("POST", "/keys", { body: key, merchant: hotel.slug });
    expect(made).toMatchObject({ status: 400, body: { code: "validation_failed" } });
  });

  it("is made with the prefix of its mode", async () => {
    const hotel = await openHotel();
    expect(hotel.live).toMatch(/^mg_live_[A-Za-z0-9_]{8,}$/);
    expect(hotel.test).toMatch(/^mg_test_[A-Za-z0-9_]{8,}$/);
  });

  it("whose record has another mode than its prefix is unknown", async () => {
    const hotel = await openHotelWithRavi();
    const change = "UPDATE keys SET mode = 'test' WHERE hint = ?";
    const hint = `${hotel.live.slice(0, 4)}…${hotel.live.slice(-4)}`;
    await env.DB.prepare(change).bind(hint).run();
    expect((await hotel.lookUp()).status).toBe(401);
  });

  it("that was refused 600 times a minute is answered 429 with Retry-After", async () => {
    const hotel = await openHotel();
    const send = () =>
      hotel.send("/pos/customer", { headers: { "CF-Connecting-IP": "203.0.113.9" } }, "mg_live_x");
    for (let batch = 0; batch < 25; batch += 1) {
      const replies = await Promise.all(Array.from({ length: 30 }, send));
      const limited = replies.find(({ status }) => status === 429);
      if (limited === undefined) continue;
      expect(limited.body).toEqual({ error: "Too many requests" });
      expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
      return;
    }
    throw new Error("nobody was refused");
  });
});

describe("a slug", () => {
  beforeEach(() => {
    forgetCredentials();
  });

  /** What three calls in a row answer, and the D1 statements that each runs. */
  async function probe(slug: string, key: string) {
    const { DB, statements } = recordingDatabase();
    const target = appWith({ DB });
    const seen: unknown[] = [];
    for (let call = 0; call < 3; call += 1) {
      statements.length = 0;
      const url = `http://loyalty.example/api/${slug}/pos/customer?mobile=${RAVI}`;
      const reply = await target(new Request(url, { headers: { "X-API-Key": key } }));
      seen.push([reply.status, await reply.text(), [...statements]]);
    }
    return JSON.stringify(seen);
  }

  it("cannot be probed: unknown, another's or with a wrong key costs the same", async () => {
    const [hotel, other] = [await openHotel(), await openHotel()];
    forgetCredentials();
    const wrongKey = await probe(hotel.slug, "mg_live_wrong_key");
    const foreignKey = await probe(hotel.slug, other.live);
    const unknownSlug = await probe("no-such-hotel", hotel.live);
    const bothWrong = await probe("no-such-hotel", "mg_live_other_wrong_key");
    expect(new Set([wrongKey, foreignKey, unknownSlug, bothWrong]).size).toBe(1);
    expect(wrongKey).toContain("401");
  });

  it("costs the same when the key was used with success just before", async () => {
    const [hotel, other] = [await openHotel(), await openHotel()];
    const { DB, statements } = recordingDatabase();
    const target = appWith({ DB });
    await other.via(target).lookUp();
    const reads = async (slug: string, key: string): Promise<number> => {
      statements.length = 0;
      const url = `http://loyalty.example/api/${slug}/pos/customer?mobile=${RAVI}`;
      await target(new Request(url, { headers: { "X-API-Key": key } }));
      return statements.length;
    };
    expect(await reads(hotel.slug, other.live)).toBe(await reads(hotel.slug, "mg_live_wrong"));
    expect(await reads("no-such-hotel", other.live)).toBe(await reads(hotel.slug, "mg_live_q"));
  });

  it("that is no slug, or part of another dialect's path, is not this dialect's", async () => {
    const hotel = await openHotel();
    for (const slug of ["v1", "loyalty", "customers.xml", "-x"]) {
      const url = `http://loyalty.example/api/${slug}/pos/none`;
      const headers = { "X-API-Key": hotel.live };
      const reply = await appWith({})(new Request(url, { headers }));
      expect([slug, await reply.text()]).not.toEqual([slug, UNAUTHENTICATED]);
    }
  });
});

describe("a path", () => {
  it.each(["/pos/none", "/none", "/pos", "/pos/customer/1"])(
    "%s below a known slug is not found, and is not told to strangers",
    async (path) => {
      const hotel = await openHotel();
      const known = await hotel.send(path);
      expect([known.status, known.body]).toEqual([404, { error: "Not found" }]);
      const sandbox = await hotel.send(path, {}, hotel.test);
      expect(sandbox.body).toEqual({ error: "Not found", sandbox: true });
      expect((await hotel.send(path, {}, null)).status).toBe(401);
    },
  );

  it("answers its documented method only", async () => {
    const hotel = await openHotel();
    const reply = await hotel.send("/pos/bill");
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await hotel.send("/pos/customer", { method: "POST" })).status).toBe(405);
  });

  it("may have duplicate and trailing slashes, and is never redirected", async () => {
    const hotel = await openHotelWithRavi();
    const found = await hotel.send(`//pos///customer/?mobile=${RAVI}`);
    expect([found.status, found.body.found]).toEqual([200, true]);
  });
});

describe("an unexpected fault", () => {
  it("is answered with the fixed text, with the marker for a sandbox key", async () => {
    const hotel = await openHotel();
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = appWith({ WALLETS: undefined as unknown as Env["WALLETS"] });
    const bill = { mobile: RAVI, amount: 1 };
    const live = await hotel.via(broken).post("bill", bill);
    expect([live.status, live.text]).toEqual([500, '{"error":"Server error"}']);
    const sandbox = await hotel.via(broken).post("bill", bill, hotel.test);
    expect(sandbox.text).toBe('{"error":"Server error","sandbox":true}');
    expect(error).toHaveBeenCalledTimes(2);
    error.mockRestore();
  });
});
