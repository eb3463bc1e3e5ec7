import { beforeAll, describe, expect, it } from "vitest";
import { ORIGIN, send } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import {
  customerWith,
  expectInvalid,
  expectRefusal,
  kirimel,
  myRestaurant,
  post,
  signedRequest,
  UNLIMITED_KEY,
} from "../../support/kirimel/requests.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

const POSTS = [
  "/customers/register",
  "/customers/lookup",
  "/points/earn",
  "/points/redeem",
  "/wallet/balance",
];
const WHOLE_BODY = { reason: expect.any(String) };
const LIMIT = 65_536;

const utf8 = (text: string, ...bytes: number[]) =>
  new Uint8Array([...new TextEncoder().encode(text), ...bytes]);

const MALFORMED = [
  ["a JSON object that breaks off", '{"customer_id":123456,"points":5'],
  ["a JSON text that breaks off", '{"customer_id":"CUST_12'],
  ["a comma too many", '{"customer_id":123456,"points":5,}'],
  ["single quotes", "{'customer_id':123456,'points':5}"],
  ["a comment", '{"customer_id":123456,/* five */"points":5}'],
  ["two documents", '{"customer_id":123456,"points":5}{"points":6}'],
  ["a number that JSON does not know", '{"customer_id":123456,"points":NaN}'],
  ["a list that breaks off", "["],
  ["a nest without end", "[".repeat(60_000)],
  ["an object nested without end", '{"a":'.repeat(10_000)],
  ["a closed nest of great depth", `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`],
  ["a control character in a text", '{"customer_id":"123456","description":"a\u0001b"}'],
  ["bytes that are no UTF-8 in JSON", utf8('{"customer_id":123456,"points":5,"notes":"', 0xff)],
  ["an overlong UTF-8 sequence", utf8("customer_id=123456&points=5&notes=", 0xc0, 0xaf)],
  ["a surrogate in UTF-8", utf8("customer_id=123456&points=5&notes=", 0xed, 0xa0, 0x80)],
  ["UTF-16", new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
  ["gzip", new Uint8Array([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00])],
] as const;

describe("a body that cannot be read", () => {
  it.each(MALFORMED)("is refused everywhere, and nothing is written: %s", async (_, raw) => {
    const before = await dumpEverything();
    for (const path of POSTS) {
      const answer = await kirimel(path, { raw });
      expectRefusal(answer, 400, "INVALID_PARAMETERS", WHOLE_BODY);
    }
    expect(await dumpEverything()).toBe(before);
  });

  it.each(["null", "true", "42", '"text"', "<xml/>", "%", "%ZZ=%4", "&&&", "=", "\u0000"])(
    "and is no JSON object is read as a form without a known field: %j",
    async (raw) => {
      expectInvalid(await kirimel("/points/earn", { raw }), "customer_id");
    },
  );
});

describe("a broken percent encoding", () => {
  it.each(["100%", "%", "%4", "%zz", "a%00b", "%ff%fe"])(
    "in a form's text is kept and harms nothing: %s",
    async (value) => {
      const raw = `customer_id=123456&points=1&description=${value}`;
      expect((await kirimel("/points/earn", { raw })).status).toBe(200);
    },
  );

  it.each(["points=%", "points=%3", "points=1%", "customer_id=123456&points=%c0"])(
    "in a form's number is refused: %s",
    async (pair) => {
      const raw = pair.startsWith("customer_id") ? pair : `customer_id=123456&${pair}`;
      expectInvalid(await kirimel("/points/earn", { raw }), "points");
    },
  );

  it.each(["%", "%4", "%zz", "%ff", "%ED%A0%80", "%00"])(
    "in a query finds nobody: %s",
    async (value) => {
      const answer = await kirimel(`/customers/lookup?identifier=${value}`);
      expectRefusal(answer, 404, "CUSTOMER_NOT_FOUND");
      const balance = await kirimel(`/wallet/balance?customer_id=${value}`);
      expectRefusal(balance, 404, "CUSTOMER_NOT_FOUND");
    },
  );
});

describe("a body of ten megabytes", () => {
  const huge = "x".repeat(10_000_000);

  it.each(POSTS)("is refused at %s", async (path) => {
    const answer = await kirimel(path, { raw: huge });
    expectRefusal(answer, 400, "INVALID_PARAMETERS", WHOLE_BODY);
  });

  it("is refused though it does not say how long it is, and not read to its end", async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(10_000).fill(0x78));
        if (pulled === 1000) controller.close();
      },
    });
    const { headers } = signedRequest("/points/earn", { raw: "x" });
    const init = { method: "POST", headers, body, duplex: "half" };
    const answer = await send(new Request(`${ORIGIN}/api/loyalty/points/earn`, init));
    expectRefusal(answer, 400, "INVALID_PARAMETERS", WHOLE_BODY);
    expect(pulled).toBeLessThan(100);
  });

  it("is not even judged where the key is unknown", async () => {
    const key = { ...UNLIMITED_KEY, text: "kiri_unknown_key" };
    expectRefusal(await kirimel("/points/earn", { raw: huge, key }), 401, "INVALID_API_KEY");
  });
});

describe("the limit of a body", () => {
  const padded = (bytes: number) => {
    const fields = "customer_id=9100&points=1&padding=";
    return fields + "x".repeat(bytes - fields.length);
  };

  it("lets in what has exactly as many bytes", async () => {
    await importLines("myrestaurant", [customerWith(9100, "0")]);
    expect((await kirimel("/points/earn", { raw: padded(LIMIT) })).status).toBe(200);
  });

  it("keeps out what has one byte more", async () => {
    const answer = await kirimel("/points/earn", { raw: padded(LIMIT + 1) });
    expectRefusal(answer, 400, "INVALID_PARAMETERS", WHOLE_BODY);
  });

  it("counts bytes, not characters", async () => {
    const raw = `customer_id=9100&points=1&padding=${"é".repeat(LIMIT / 2)}`;
    const answer = await kirimel("/points/earn", { raw });
    expectRefusal(answer, 400, "INVALID_PARAMETERS", WHOLE_BODY);
  });
});

describe("a field named __proto__", () => {
  const EARN = "/points/earn";

  it("hands no fields down to its body", async () => {
    const before = await dumpEverything();
    const raw = '{"__proto__":{"customer_id":"CUST_123456","points":"5"}}';
    expectInvalid(await kirimel(EARN, { raw }), "customer_id");
    expect(await dumpEverything()).toBe(before);
  });

  it("hands no fields down by another name", async () => {
    const before = await dumpEverything();
    const raw = '{"customer_id":"CUST_123456","__proto__":{"points_to_redeem":"5"}}';
    for (const path of [EARN, "/points/redeem"]) {
      expectInvalid(await kirimel(path, { raw }), "points");
    }
    expect(await dumpEverything()).toBe(before);
  });

  it("hands no fields down to a read", async () => {
    const raw = '{"__proto__":{"customer_id":"CUST_123456"}}';
    expectInvalid(await kirimel("/wallet/balance", { raw }), "customer_id");
  });

  it("leaves no trace for later requests", async () => {
    await kirimel(EARN, { raw: '{"__proto__":{"points":"7"},"constructor":{"prototype":{}}}' });
    expectInvalid(await post(EARN, { customer_id: 123456 }), "points");
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "or any name that objects know is a field that nobody knows: %s",
    async (name) => {
      await importLines("myrestaurant", [customerWith(9101, "0")]);
      const raw = `{"customer_id":9101,"points":1,"${name}":"x"}`;
      expect((await kirimel(EARN, { raw })).status).toBe(200);
      const form = `customer_id=9101&points=1&${name}=x`;
      expect((await kirimel(EARN, { raw: form })).status).toBe(200);
      expect((await kirimel(`/wallet/balance?customer_id=9101&${name}=x`)).status).toBe(200);
    },
  );
});
