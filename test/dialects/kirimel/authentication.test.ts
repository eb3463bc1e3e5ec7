import { beforeAll, describe, expect, it } from "vitest";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import {
  expectRefusal,
  kirimel,
  myRestaurant,
  post,
  UNLIMITED_KEY,
} from "../../support/kirimel/requests.ts";
import { CLIENT_STYLES, sign } from "../../support/kirimel/signing.ts";
import type { KirimelCall } from "../../support/kirimel/till.ts";
import { establish } from "../../support/native/merchant.ts";

const NOW = "2060-06-01T08:00:00.000Z";
const clock = stopClock(NOW);
const BALANCE = "/wallet/balance?customer_id=123456";

beforeAll(() => establish(myRestaurant()));

function balance(call: KirimelCall = {}) {
  return kirimel(BALANCE, call);
}

/** A balance read that was signed so many milliseconds from now. */
function signedAt(offset: number, bindings: Partial<Env> = {}) {
  return balance({ timestamp: new Date(clock.now + offset).toISOString(), bindings });
}

describe("the vendor's clients", () => {
  it.each(CLIENT_STYLES)("read and write as %s does", async (name, style) => {
    const fields = { qr_code: `QR/${name}`, name: "Jürgen / 李 ☕" };
    const registered = await post("/customers/register", fields, { style });
    expect(registered.body).toMatchObject({ success: true, points_balance: 0 });
    const query = new URLSearchParams({ identifier: `QR/${name}` });
    const found = await kirimel(`/customers/lookup?${query}`, { style });
    expect(found.body).toMatchObject({ data: { name: "Jürgen / 李 ☕" } });
  });
});

describe("the key header", () => {
  const { text } = UNLIMITED_KEY;

  it.each([
    [{ "X-API-Key": text, "X-Client-Key": null }],
    [{ "X-API-Key": null, "X-Client-Key": text }],
    [{ "X-API-Key": text, "X-Client-Key": text }],
  ])("may have either name: %o", async (headers) => {
    expect((await balance({ headers })).status).toBe(200);
  });

  it.each([
    [{ "X-API-Key": text, "X-Client-Key": "kiri_live_demo" }],
    [{ "X-API-Key": "kiri_live_demo", "X-Client-Key": text }],
    [{ "X-API-Key": text, "X-Client-Key": "nonsense" }],
  ])("must not name two keys: %o", async (headers) => {
    expectRefusal(await balance({ headers }), 401, "INVALID_API_KEY");
  });

  it("must be there (case 4)", async () => {
    const headers = { "X-API-Key": null, "X-Client-Key": null };
    expectRefusal(await balance({ headers }), 401, "INVALID_API_KEY");
  });

  it("must name a known key (case 5)", async () => {
    const key = { text: "kiri_live_nobody", secret: UNLIMITED_KEY.secret };
    expectRefusal(await balance({ key }), 401, "INVALID_API_KEY");
  });

  it("tells the letters of a key apart by their case", async () => {
    const key = { ...UNLIMITED_KEY, text: text.toUpperCase() };
    expectRefusal(await balance({ key }), 401, "INVALID_API_KEY");
  });

  it.each(["X-Timestamp", "X-Signature"])("is judged before a missing %s", async (missing) => {
    const headers = { "X-Client-Key": "nonsense", [missing]: null };
    expectRefusal(await balance({ headers }), 401, "INVALID_API_KEY");
  });
});

describe("the timestamp", () => {
  it("must be there", async () => {
    expectRefusal(await balance({ headers: { "X-Timestamp": null } }), 401, "SIGNATURE_INVALID");
  });

  it.each([
    "2060-06-01T08:00:00Z",
    "2060-06-01T08:00:00+00:00",
    "2060-06-01T08:00:00.1Z",
    "2060-06-01T07:59:59.999Z",
    "2060-06-01T08:00:00.123456789Z",
    "2060-06-01T08:00:00.000001+00:00",
    "2060-06-01T16:00:00+08:00",
    "2060-06-01T13:30:00.5+05:30",
    "2060-05-31T23:00:00-09:00",
  ])("may be %s", async (timestamp) => {
    expect((await balance({ timestamp })).status).toBe(200);
  });

  it.each([
    ["with a blank for the T (case 7)", "2060-06-01 08:00:00"],
    ["with a blank and a zone", "2060-06-01 08:00:00Z"],
    ["without a zone", "2060-06-01T08:00:00"],
    ["with a zone that is none", "2060-06-01T23:00:00+15:00"],
    ["with a zone without a colon", "2060-06-01T16:00:00+0800"],
    ["as of another zone's clock", "2060-06-01T08:00:00+08:00"],
    ["with a negative zero zone", "2060-06-01T08:00:00-00:00"],
    ["with a small zone letter", "2060-06-01T08:00:00z"],
    ["with a small t", "2060-06-01t08:00:00Z"],
    ["of Unix seconds", "2853302400"],
    ["without seconds", "2060-06-01T08:00Z"],
    ["of a date", "2060-06-01"],
    ["with an empty fraction", "2060-06-01T08:00:00.Z"],
    ["with a fraction of ten digits", "2060-06-01T08:00:00.0000000000Z"],
    ["in an expanded year", "+002060-06-01T08:00:00Z"],
    ["with a month that is none", "2060-13-01T08:00:00Z"],
    ["with an hour that is none", "2060-06-01T25:00:00Z"],
    ["with a word behind it", "2060-06-01T08:00:00Z now"],
    ["in words", "now"],
  ])("must not be written %s", async (_, timestamp) => {
    expectRefusal(await balance({ timestamp }), 401, "SIGNATURE_INVALID");
  });

  it("is signed as it was sent, not as it is understood", async () => {
    const sent = "2060-06-01T08:00:00.000Z";
    const signature = sign("A", UNLIMITED_KEY.secret, "2060-06-01T08:00:00Z", "");
    const headers = { "X-Signature": signature };
    expectRefusal(await balance({ timestamp: sent, headers }), 401, "SIGNATURE_INVALID");
  });
});

describe("the clock window", () => {
  const WINDOW = 300 * SECOND;

  it.each([-WINDOW, -1, 0, 1, WINDOW])("lets in what is off by %d ms", async (offset) => {
    expect((await signedAt(offset)).status).toBe(200);
  });

  it.each([-WINDOW - 1, WINDOW + 1, -600 * SECOND])(
    "keeps out what is off by %d ms (case 6)",
    async (offset) => {
      const answer = await signedAt(offset);
      expectRefusal(answer, 401, "SIGNATURE_INVALID");
      expect(answer.body).toMatchObject({
        error: { message: "Request timestamp is outside the allowed window" },
      });
    },
  );

  it("is as wide as the deployment sets it", async () => {
    const bindings = { GUERDON_KIRIMEL_WINDOW_SECONDS: "60" };
    expect((await signedAt(-60 * SECOND, bindings)).status).toBe(200);
    const late = await signedAt(-60 * SECOND - 1, bindings);
    expectRefusal(late, 401, "SIGNATURE_INVALID");
  });

  it("can be turned off", async () => {
    const bindings = { GUERDON_KIRIMEL_WINDOW_SECONDS: "0" };
    expect((await signedAt(-400 * 86_400 * SECOND, bindings)).status).toBe(200);
    expect((await signedAt(400 * 86_400 * SECOND, bindings)).status).toBe(200);
  });

  it("is no substitute for a signature when it is turned off", async () => {
    const bindings = { GUERDON_KIRIMEL_WINDOW_SECONDS: "0" };
    const headers = { "X-Signature": "0".repeat(64) };
    expectRefusal(await balance({ headers, bindings }), 401, "SIGNATURE_INVALID");
  });
});

describe("the signature", () => {
  const timestamp = "2060-06-01T08:00:00Z";
  const right = sign("B", UNLIMITED_KEY.secret, timestamp, "");

  function withSignature(signature: string | null) {
    return balance({ timestamp, headers: { "X-Signature": signature } });
  }

  it.each([
    ["in lower case", right],
    ["in upper case", right.toUpperCase()],
    ["behind sha256=", `sha256=${right}`],
    ["in upper case behind sha256=", `sha256=${right.toUpperCase()}`],
  ])("may come %s", async (_, signature) => {
    expect((await withSignature(signature)).status).toBe(200);
  });

  it.each([
    ["missing", null],
    ["empty", ""],
    ["nothing but its prefix", "sha256="],
    ["of another algorithm's prefix", `sha1=${right}`],
    ["too short", right.slice(0, -1)],
    ["too long", `${right}0`],
    ["doubled", right + right],
    ["no hex", "z".repeat(64)],
    ["base64", btoa(right)],
    ["of another secret", sign("B", "ks_other_secret", timestamp, "")],
    ["of another timestamp", sign("B", UNLIMITED_KEY.secret, "2060-06-01T08:00:01Z", "")],
    ["of another body", sign("B", UNLIMITED_KEY.secret, timestamp, "{}")],
    ["joined by another character", sign("A", UNLIMITED_KEY.secret, `${timestamp}:`, "")],
    ["of the query, which is not signed", sign("B", UNLIMITED_KEY.secret, timestamp, BALANCE)],
  ])("must not be %s", async (_, signature) => {
    expectRefusal(await withSignature(signature), 401, "SIGNATURE_INVALID");
  });

  it("covers the body's bytes as they came", async () => {
    const fields = { customer_id: 123456 };
    const signature = sign("B", UNLIMITED_KEY.secret, timestamp, JSON.stringify(fields));
    const headers = { "X-Signature": signature };
    const raw = JSON.stringify(fields, null, 1);
    const answer = await kirimel("/wallet/balance", { raw, timestamp, headers });
    expectRefusal(answer, 401, "SIGNATURE_INVALID");
    expect((await kirimel("/wallet/balance", { fields, timestamp, headers })).status).toBe(200);
  });

  it("covers bytes that are no text", async () => {
    const raw = new Uint8Array([0x71, 0x72, 0x3d, 0xff, 0xfe, 0x00]);
    const answer = await kirimel("/customers/register", { raw });
    expectRefusal(answer, 400, "INVALID_PARAMETERS", expect.any(Object));
  });
});
