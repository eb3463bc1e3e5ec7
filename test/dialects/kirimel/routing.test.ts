import { beforeAll, describe, expect, it } from "vitest";
import type { Answer, Json } from "../../support/http.ts";
import { ORIGIN, send } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import {
  balanceOf,
  customerWith,
  expectRefusal,
  kirimel,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import { nodeSdk } from "../../support/kirimel/signing.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

const CHARSET = "application/json; charset=utf-8";

/** An unsigned request: routes are judged before keys. */
function unsigned(method: string, path: string): Promise<Answer> {
  return send(new Request(`${ORIGIN}${path}`, { method }));
}

describe("a path", () => {
  it.each([
    "//wallet/balance",
    "/wallet//balance",
    "///wallet///balance",
    "/wallet/balance/",
    "//wallet//balance//",
    "/%77allet/balance",
  ])("may have slashes too many: %s", async (path) => {
    const read = await kirimel(`${path}?customer_id=123456`);
    expect(read.body).toMatchObject({ customer_id: "CUST_123456" });
    const posted = await post(path, { customer_id: 123456 });
    expect(posted.body).toMatchObject({ customer_id: "CUST_123456" });
  });

  it("may have slashes too many before the dialect's own part", async () => {
    const answer = await unsigned("GET", "//api//loyalty//wallet/balance");
    expectRefusal(answer, 401, "INVALID_API_KEY");
  });

  it("earns once, however it is spelled", async () => {
    await importLines("myrestaurant", [customerWith(5001, "0")]);
    const fields = { customer_id: 5001, points: 5 };
    const timestamp = "2060-06-01T08:00:00Z";
    const first = await post("/points/earn", fields, { timestamp });
    for (const path of ["//points/earn", "/points/earn/", "/points//earn", "/points/%65arn"]) {
      const again = await post(path, fields, { timestamp });
      expect(again.text).toBe(first.text);
    }
    expect(await balanceOf(5001)).toBe(5);
  });
});

describe("a route", () => {
  it.each([
    "/api/loyalty",
    "/api/loyalty/",
    "/api/loyalty/points",
    "/api/loyalty/points/earn/more",
    "/api/loyalty/points/Earn",
    "/api/loyalty/points/earn%00",
    "/api/loyalty/%E0%A4%A",
    "/api/loyalty/%",
    "/api/loyalty/../loyalty/nothing",
    "/api/loyalty/wallet/balance.json",
  ])("that is unknown is not found, with or without a key: %s", async (path) => {
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      expectRefusal(await unsigned(method, path), 404, "NOT_FOUND");
    }
    const inside = path.replace("/api/loyalty", "");
    expectRefusal(await kirimel(inside === "" ? "/" : inside), 404, "NOT_FOUND");
  });

  it.each([
    ["POST", "/customers/register", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]],
    ["GET, POST", "/customers/lookup", ["PUT", "DELETE", "PATCH", "OPTIONS"]],
    ["GET", "/customers/lookup-by-email", ["POST", "PUT", "DELETE", "PATCH"]],
    ["POST", "/points/earn", ["GET", "PUT", "DELETE", "PATCH"]],
    ["POST", "/points/redeem", ["GET", "PUT", "DELETE", "PATCH"]],
    ["GET, POST", "/wallet/balance", ["PUT", "DELETE", "PATCH", "OPTIONS"]],
  ])("is answered to %s only at %s", async (allowed, path, methods) => {
    for (const method of methods) {
      const answer = await unsigned(method, `/api/loyalty${path}`);
      expectRefusal(answer, 405, "METHOD_NOT_ALLOWED");
      expect(answer.headers.get("Allow")).toBe(allowed);
    }
  });

  it("that can be read is answered to HEAD like to GET, without the body", async () => {
    const answer = await kirimel("/wallet/balance?customer_id=123456", { method: "HEAD" });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe("");
    expect((await unsigned("HEAD", "/api/loyalty/wallet/balance")).status).toBe(401);
  });
});

describe("every answer", () => {
  it.each([
    ["a success", 200, () => kirimel("/wallet/balance?customer_id=123456")],
    ["a fault", 400, () => kirimel("/wallet/balance")],
    ["a refused key", 401, () => unsigned("GET", "/api/loyalty/wallet/balance")],
    ["a miss", 404, () => kirimel("/wallet/balance?customer_id=1")],
    ["an unknown path", 404, () => unsigned("GET", "/api/loyalty/nothing")],
    ["a wrong method", 405, () => unsigned("PUT", "/api/loyalty/wallet/balance")],
  ])("is JSON with its charset, named and timed: %s", async (_, status, call) => {
    const answer = await call();
    expect(answer.status).toBe(status);
    expect(answer.headers.get("Content-Type")).toBe(CHARSET);
    expect(answer.body).toHaveProperty("success", status === 200);
    expect(answer.headers.get("Request-Id")).toMatch(/^req_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(answer.headers.get("Server-Timing")).toMatch(/^app;dur=\d+, wallet;dur=\d+$/);
  });
});

function messageOf(body: Json): string {
  return (body.error as { message: string }).message;
}

/** The inner error as it must be written. */
function errorText(body: Json): string {
  const message = JSON.stringify(messageOf(body));
  return `{"code":"CUSTOMER_NOT_FOUND","message":${message},"details":{}}`;
}

describe("the message at top level", () => {
  const on = { GUERDON_KIRIMEL_TOP_LEVEL_MESSAGE: "on" };
  const path = "/wallet/balance?customer_id=1";

  it.each(["off", ""])("is left out where the deployment says %j", async (setting) => {
    const bindings = { GUERDON_KIRIMEL_TOP_LEVEL_MESSAGE: setting };
    const { text, body } = await kirimel(path, { bindings });
    expect(text).toBe(`{"success":false,"error":${errorText(body)}}`);
  });

  it("is the last key of an error where the deployment turns it on", async () => {
    const { text, body } = await kirimel(path, { bindings: on });
    const message = JSON.stringify(body.message);
    expect(text).toBe(`{"success":false,"error":${errorText(body)},"message":${message}}`);
    expect(body.message).toBe(messageOf(body));
  });

  it.each([
    ["a refused key", "/wallet/balance", { "X-API-Key": null }],
    ["an unknown path", "/nothing", {}],
    ["a fault", "/wallet/balance", {}],
  ])("stands in every kind of error: %s", async (_, at, headers) => {
    const { body } = await kirimel(at, { bindings: on, headers });
    expect(body.message).toBe(messageOf(body));
  });

  it("is the last key for the SDK, which sends X-Client-Key, without a setting", async () => {
    const { text, body } = await kirimel(path, { style: nodeSdk });
    const message = JSON.stringify(messageOf(body));
    expect(text).toBe(`{"success":false,"error":${errorText(body)},"message":${message}}`);
    for (const [at, headers] of [
      ["/nothing", {}],
      ["/wallet/balance", { "X-Signature": "0" }],
      ["/wallet/balance", { "X-Client-Key": "nobody" }],
    ] as const) {
      const refused = await kirimel(at, { style: nodeSdk, headers });
      expect(refused.body.message).toBe(messageOf(refused.body));
    }
  });

  it("is never in a success", async () => {
    const { text } = await kirimel("/wallet/balance?customer_id=123456");
    for (const call of [{ bindings: on }, { style: nodeSdk }]) {
      expect((await kirimel("/wallet/balance?customer_id=123456", call)).text).toBe(text);
    }
  });
});
