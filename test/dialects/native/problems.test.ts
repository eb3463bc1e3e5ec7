import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ORIGIN, send } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { brokenDatabase, DATABASE_SECRET, dumpEverything } from "../../support/http-storage.ts";
import { myRestaurant } from "../../support/kirimel/requests.ts";
import type { NativeCall } from "../../support/native/merchant.ts";
import { ADMIN_TOKEN, establish, native, outcomes } from "../../support/native/merchant.ts";
import { expectFaults, expectProblem } from "../../support/native/problems.ts";

const LIMIT = 262_144;
const merchant = "myrestaurant";

stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

const CREATES = ["/merchants", "/sites", "/programs", "/keys", "/staff"];

describe("a body", () => {
  it.each(CREATES)("must be JSON: %s", async (path) => {
    const before = await dumpEverything();
    const bodies = ["", "{", '{"name":', "name=x", "undefined", "[", '{"a":1}}', "[".repeat(9000)];
    for (const body of bodies) {
      const answer = await native(path, { merchant, body });
      expectProblem(answer, 400, { code: "invalid_json", instance: `/loyalty/v1${path}` });
    }
    expect(await dumpEverything()).toBe(before);
  });

  it.each(CREATES)("must be an object: %s", async (path) => {
    for (const body of ["[]", "null", "42", '"text"', "true", "[{}]"]) {
      expectFaults(await native(path, { merchant, body }), { pointer: "", code: "invalid" });
    }
  });

  it("must be UTF-8", async () => {
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
    const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const request = new Request(`${ORIGIN}/loyalty/v1/merchants`, {
      method: "POST",
      headers,
      body,
    });
    expectProblem(await send(request), 400, { code: "invalid_json" });
  });

  it.each(CREATES)("must not be too large: %s", async (path) => {
    const body = `{"name":"${"x".repeat(LIMIT)}"}`;
    const answer = await native(path, { merchant, body });
    expectProblem(answer, 413, { code: "body_too_large", context: { limit: LIMIT } });
  });

  it.each(CREATES)("must not have fields that nobody knows: %s", async (path) => {
    const fields = { nope: 1, "a/b~c": 2 };
    const answer = await native(path, { merchant, body: fields });
    const errors = answer.body.errors as { pointer: string; code: string }[];
    const unknown = errors.filter(({ code }) => code === "unknown_field");
    expect(unknown.map(({ pointer }) => pointer).sort()).toEqual(["/a~1b~0c", "/nope"]);
  });
});

describe("a request with nothing wrong but an unknown field", () => {
  it.each([
    ["/merchants", { slug: "x", name: "X", currency: "MYR", time_zone: "Asia/Manila" }, ""],
    ["/sites", { code: "X", name: "X" }, ""],
    ["/programs", { name: "X", earning: { rate: "1" } }, "/earning"],
    ["/keys", { name: "X", dialect: "kirimel", scopes: ["read:customers"] }, ""],
    ["/staff", { username: "x", password: "x", name: "X" }, ""],
  ])("is told so by its code: %s", async (path, sound, inside) => {
    const before = await dumpEverything();
    const own =
      inside === "" ? { ...sound, nope: 1 } : { ...sound, earning: { rate: "1", nope: 1 } };
    const answer = await native(path, { merchant, body: own });
    expectFaults(answer, { pointer: `${inside}/nope`, code: "unknown_field" });
    expect(await dumpEverything()).toBe(before);
  });
});

describe("a path", () => {
  it.each(["/", "/nothing", "/merchants/a/b", "/customers/import/1", "/%"])(
    "that is unknown is not found: %s",
    async (path) => {
      const answer = await native(path, { token: null });
      expectProblem(answer, 404, { code: "not_found", context: { object: "route" } });
    },
  );

  it.each([
    ["DELETE", "/merchants", "POST, GET"],
    ["PUT", "/merchants/myrestaurant", "GET, PATCH"],
    ["PATCH", "/sites", "POST, GET"],
    ["PUT", "/programs", "POST, GET"],
    ["DELETE", "/keys", "POST, GET"],
    ["OPTIONS", "/staff", "POST, GET"],
  ])("answers no other method: %s %s", async (method, path, allowed) => {
    const answer = await native(path, { method });
    expectProblem(answer, 405, { code: "method_not_allowed" });
    expect(answer.headers.get("Allow")).toBe(allowed);
  });

  it("may have slashes too many; the problem names it without them", async () => {
    const answer = await native("//merchants//nobody/");
    const instance = "/loyalty/v1/merchants/nobody";
    expectProblem(answer, 404, { code: "not_found", instance, context: { object: "merchant" } });
  });
});

describe("a failure that nobody expected", () => {
  const logged: string[] = [];

  beforeEach(() => {
    logged.length = 0;
    vi.spyOn(console, "error").mockImplementation((line: unknown) => {
      logged.push(String(line));
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  const CALLS: readonly (readonly [string, string, NativeCall])[] = [
    ["a list", "/sites", { merchant }],
    ["an object", "/merchants/myrestaurant", {}],
    ["a new object", "/sites", { merchant, body: { code: "NEW", name: "New" } }],
    ["an import", "/customers/import", { merchant, body: "{}" }],
  ];

  it.each(CALLS)("shows no internals: %s", async (_, path, call) => {
    const before = await dumpEverything();
    const answer = await native(path, { ...call, bindings: { DB: brokenDatabase() } });
    expectProblem(answer, 500, { code: "internal", retryable: true });
    expect(answer.text).not.toMatch(/moonbeam|SELECT|D1_|\.ts:|stack/);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(DATABASE_SECRET);
    const { request_id } = JSON.parse(logged[0] ?? "") as { request_id: string };
    expect(request_id).toBe(answer.headers.get("Request-Id"));
    expect(await dumpEverything()).toBe(before);
  });

  it("of one line of an import shows no internals", async () => {
    const answer = await native("/customers/import", {
      merchant,
      body: '{"identifiers":[{"kind":"qr","value":"FAILS"}]}\n',
      bindings: { DB: brokenDatabase(/identifiers/) },
    });
    const [line] = outcomes(answer);
    expect(line).toMatchObject({
      line: 1,
      outcome: "failed",
      error: { code: "internal", status: 500, retryable: true },
    });
    expect(answer.text).not.toMatch(/moonbeam|SELECT|D1_|\.ts:|stack/);
  });
});
