import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { d1Rows } from "../support/d1.ts";
import { appWith } from "../support/kirimel/till.ts";
import type { Hotel } from "../support/microgenn/hotel.ts";
import { openHotel, RAVI } from "../support/microgenn/hotel.ts";
import { nativeCall } from "../support/native/native.ts";
import { callNative } from "../support/webhooks.ts";

const SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const OTHER_SECRET = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
const WEBHOOK = { kind: "webhook", url: "https://sms.example/send", secret: SECRET };

function hotelWith(gateway: object): Promise<Hotel> {
  return openHotel({ merchant: { message_gateway: gateway } });
}

/** Catches what is logged as an error. */
function catchErrors(): () => string {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  return () => error.mock.calls.flat().join("\n");
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a message", () => {
  it("leaves by the merchant's gateway, and is logged nowhere", async () => {
    const hotel = await hotelWith(WEBHOOK);
    const sent = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(null));
    const error = vi.spyOn(console, "error");
    const log = vi.spyOn(console, "log");
    expect((await hotel.post("otp/send", { mobile: RAVI })).status).toBe(200);
    expect(sent).toHaveBeenCalledTimes(1);
    const [url, init] = sent.mock.calls[0] ?? [];
    expect(url).toBe(WEBHOOK.url);
    expect(String(init?.body)).toMatch(/"to":"\+919876543210","text":"\d{6} is your code for/);
    expect(error).not.toHaveBeenCalled();
    expect(log).not.toHaveBeenCalled();
    const page = await nativeCall("GET", "/messages", { merchant: hotel.slug });
    expect(page.body.data).toEqual([]);
  });

  it.each([
    ["refuses it", () => Promise.resolve(new Response("no", { status: 500 }))],
    ["redirects", () => Promise.resolve(new Response(null, { status: 302 }))],
    ["is not there", () => Promise.reject(new Error("connection refused"))],
  ])("is an error when the gateway %s, and no log line tells the code", async (_case, answer) => {
    const hotel = await hotelWith(WEBHOOK);
    const sent = vi.spyOn(globalThis, "fetch").mockImplementation(answer);
    const logged = catchErrors();
    const reply = await hotel.post("otp/send", { mobile: RAVI });
    expect([reply.status, reply.text]).toEqual([500, '{"error":"Server error"}']);
    const [code = "?"] =
      /\d{6}/.exec(String(sent.mock.calls[0]?.[1]?.body).split("text")[1] ?? "") ?? [];
    expect(code).toMatch(/^\d{6}$/);
    expect(logged()).toMatch(/gateway answered|connection refused/);
    expect(logged()).not.toContain(code);
    expect(logged()).not.toContain(RAVI);
  });

  it("needs a gateway outside local development, and the log says so", async () => {
    const hotel = await openHotel();
    const logged = catchErrors();
    const deployed = appWith({ GUERDON_ENVIRONMENT: "production" });
    const reply = await hotel.via(deployed).post("otp/send", { mobile: RAVI });
    expect([reply.status, reply.body]).toEqual([500, { error: "Server error" }]);
    expect(logged()).toContain("no message gateway");
    const messages = await nativeCall("GET", "/messages", { merchant: hotel.slug });
    expect(messages.body.data).toEqual([]);
  });

  it("leaves neither for a sandbox key nor for a sandbox merchant", async () => {
    const sent = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(null));
    const hotel = await hotelWith(WEBHOOK);
    expect((await hotel.post("otp/send", { mobile: RAVI }, hotel.test)).status).toBe(200);
    const merchant = { message_gateway: WEBHOOK, sandbox: true };
    const sandbox = await openHotel({ merchant });
    expect((await sandbox.post("otp/send", { mobile: RAVI })).status).toBe(200);
    expect(sent).not.toHaveBeenCalled();
  });
});

describe("a gateway's secret", () => {
  it("is stored encrypted and shown to nobody", async () => {
    const twilio = {
      kind: "twilio",
      account_sid: "AC1",
      auth_token: "token-of-16-chars",
      from: "+1",
    };
    const hotel = await hotelWith(twilio);
    const [row] = await d1Rows<{ message_gateway: string }>(
      "SELECT message_gateway FROM merchants WHERE slug = ?",
      hotel.slug,
    );
    expect(row?.message_gateway).toContain('"account":"AC1"');
    expect(row?.message_gateway).not.toContain("token-of-16-chars");
    const shown = await nativeCall("GET", `/merchants/${hotel.slug}`);
    expect(shown.body.message_gateway).toEqual({
      kind: "twilio",
      base_url: "https://api.twilio.com",
      account_sid: "AC1",
      from: "+1",
    });
  });

  it.each([
    { ...WEBHOOK, secret: "short" },
    { ...WEBHOOK, secret: "no-prefix-but-long-enough" },
    { ...WEBHOOK, url: "ftp://sms.example" },
    { ...WEBHOOK, more: 1 },
    { kind: "pigeon" },
    { kind: "twilio", account_sid: "../x", auth_token: "token-of-16-chars", from: "+1" },
  ])("and address are checked: %j", async (gateway) => {
    const merchant = { slug: "never", name: "x", currency: "INR", time_zone: "Asia/Kolkata" };
    const body = { ...merchant, message_gateway: gateway };
    const made = await nativeCall("POST", "/merchants", { body });
    expect(made.status).toBe(400);
  });
});

describe("the local message log", () => {
  it("is read page by page, newest first", async () => {
    const hotel = await openHotel();
    const mobiles = ["9000000001", "9000000002", "9000000003"];
    for (const mobile of mobiles) await hotel.post("otp/send", { mobile, purpose: "login" });
    const read = (query: string) =>
      nativeCall("GET", `/messages?${query}`, { merchant: hotel.slug });
    const first = await read("limit=2");
    expect(first.body).toMatchObject({
      object: "list",
      data: [{ to: "+919000000003", purpose: "login" }, { to: "+919000000002" }],
      has_more: true,
    });
    const second = await read(`limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ data: [{ to: "+919000000001" }], has_more: false });
  });

  it("is not there in a deployment", async () => {
    const target = appWith({
      GUERDON_ENVIRONMENT: "production",
      GUERDON_ADMIN_TOKEN: "dev_admin_token".repeat(3),
    });
    const hotel = await openHotel();
    const headers = {
      Authorization: `Bearer ${"dev_admin_token".repeat(3)}`,
      "Guerdon-Merchant": hotel.slug,
    };
    const url = "https://api.example/loyalty/v1/messages";
    expect((await target(new Request(url, { headers }))).status).toBe(404);
  });
});

describe("a merchant's gateway", () => {
  const patch = (slug: string, body: unknown, etag: string, key?: string) =>
    callNative("PATCH", `/merchants/${slug}`, {
      body,
      headers: etag === "" ? {} : { "If-Match": etag },
      ...(key === undefined ? {} : { key }),
    });

  it("is changed by the admin, and the next message leaves by the new one", async () => {
    const hotel = await hotelWith(WEBHOOK);
    const { etag } = await callNative("GET", `/merchants/${hotel.slug}`);
    const next = { ...WEBHOOK, url: "https://other.example/sms", secret: OTHER_SECRET };
    const changed = await patch(hotel.slug, { message_gateway: next }, etag);
    expect(changed).toMatchObject({
      status: 200,
      body: { message_gateway: { kind: "webhook", url: next.url } },
    });
    const sent = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(null));
    expect((await hotel.post("otp/send", { mobile: RAVI })).status).toBe(200);
    const [url, init] = sent.mock.calls[0] ?? [];
    expect(url).toBe(next.url);
    const headers = Object.fromEntries(new Headers(init?.headers));
    const verified = new Webhook(OTHER_SECRET).verify(String(init?.body), headers);
    expect(verified).toMatchObject({ type: "message.requested" });
    const rows = await d1Rows("SELECT message_gateway FROM merchants");
    expect(JSON.stringify(rows)).not.toContain(OTHER_SECRET.slice(6, -1));
    const gone = await patch(hotel.slug, { message_gateway: null }, changed.etag);
    expect(gone.body.message_gateway).toBeNull();
  });

  it("is changed only as its ETag says it stands, and of two at once by one", async () => {
    const hotel = await hotelWith(WEBHOOK);
    const { etag } = await callNative("GET", `/merchants/${hotel.slug}`);
    const body = { message_gateway: null };
    expect((await patch(hotel.slug, body, "")).status).toBe(428);
    expect((await patch(hotel.slug, body, '"v1"')).status).toBe(412);
    const both = await Promise.all([patch(hotel.slug, body, etag), patch(hotel.slug, body, etag)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it("is the admin's to change, and nothing else of a merchant is", async () => {
    const hotel = await hotelWith(WEBHOOK);
    const { etag } = await callNative("GET", `/merchants/${hotel.slug}`);
    const fields = { name: "Native", dialect: "native", scopes: ["write:merchants"] };
    const made = await nativeCall("POST", "/keys", { merchant: hotel.slug, body: fields });
    const refused = await patch(
      hotel.slug,
      { message_gateway: null },
      etag,
      String(made.body.text),
    );
    expect(refused.status).toBe(401);
    for (const body of [{}, { name: "Other" }, { message_gateway: { kind: "pigeon" } }]) {
      expect((await patch(hotel.slug, body, etag)).status).toBe(400);
    }
    expect((await patch("nobody", { message_gateway: null }, etag)).status).toBe(404);
  });
});
