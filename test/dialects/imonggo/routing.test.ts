import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { notFound } from "../../../src/core/errors.ts";
import { ok } from "../../../src/core/result.ts";
import { one } from "../../../src/dialects/imonggo/documents.ts";
import { call } from "../../../src/dialects/imonggo/endpoints.ts";
import { readRecord } from "../../../src/dialects/imonggo/fields.ts";
import { numberIn, paths } from "../../../src/dialects/imonggo/paths.ts";
import { IMONGGO } from "../../../src/dialects/imonggo/routes.ts";
import { mount } from "../../../src/http/dialect.ts";
import { routingPath } from "../../../src/http/path.ts";
import type { HttpEnv } from "../../../src/http/request.ts";
import { nameRequest } from "../../../src/http/request.ts";
import { isReservedSlug } from "../../../src/services/merchants/merchants.ts";
import { failingDatabase } from "../../support/d1.ts";
import { clientAddress } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { openStore, type Store, type StoreReply, storeToken } from "../../support/imonggo/store.ts";
import { appWith } from "../../support/kirimel/till.ts";

stopClock("2060-06-01T08:00:00Z");

let store: Store;

beforeAll(async () => {
  store = await openStore();
}, 60_000);

const seen = ({ status, errors }: StoreReply) => [status, ...errors];
const JSON_TYPE = "application/json; charset=utf-8";
const XML_TYPE = "application/xml; charset=utf-8";

describe("the format of an answer", () => {
  const xml = "application/xml";
  const json = "application/json";
  it.each([
    ["/branches.xml", undefined, XML_TYPE],
    ["/branches.xml", json, XML_TYPE],
    ["/branches.json", undefined, JSON_TYPE],
    ["/branches.json", xml, JSON_TYPE],
    ["/branches", undefined, XML_TYPE],
    ["/branches", "*/*", XML_TYPE],
    ["/branches", "text/html", XML_TYPE],
    ["/branches", json, JSON_TYPE],
    ["/branches", "text/html, Application/JSON;q=0.9", JSON_TYPE],
    ["/branches", `${json}, ${xml}`, JSON_TYPE],
    ["/branches", "text/xml, application/json", XML_TYPE],
    ["/branches/11", json, JSON_TYPE],
    ["/branches/99", json, JSON_TYPE],
    ["/products", json, JSON_TYPE],
    ["/products.json", xml, JSON_TYPE],
  ])(
    "is the path's, or else what is accepted, or else XML: %s with %s",
    async (path, accept, type) => {
      const headers = accept === undefined ? {} : { Accept: accept, "Content-Type": accept };
      expect((await store.get(path, { headers })).headers.get("content-type")).toBe(type);
      const refused = await store.get(path, { headers, token: null });
      expect([refused.status, refused.headers.get("content-type")]).toEqual([401, type]);
    },
  );
});

describe("a path", () => {
  it.each(["//branches.xml", "/branches.xml/", "/branches//11.xml", "/%62ranches.xml"])(
    "may have double and trailing slashes, and is never redirected: %s",
    async (path) => {
      expect((await store.get(path)).status).toBe(200);
    },
  );

  it.each([
    "/products.xml",
    "/products/12.json",
    "/products",
    "/inventories.xml",
    "/documents.json",
    "/orders.xml",
    "/price_lists.json",
    "/users.xml",
    "/tax_settings.json",
    "/pos_devices.xml",
    "/application_settings.json",
    "/sales_promotions.json?type=points",
    "/nothing.xml",
    "/branches/11/lines.xml",
    "/branches.xml/11",
    "/branch.xml",
    "/tokens/1.xml",
  ])("outside of what is served is not found, after the token: %s", async (path) => {
    expect(seen(await store.get(path))).toEqual([404, "Not Found"]);
    expect(seen(await store.post(path, "<a>"))).toEqual([404, "Not Found"]);
    expect(seen(await store.get(path, { token: null }))).toEqual([401, "Unauthorized"]);
  });

  it.each([
    "/branches.csv",
    "/branches.XML",
    "/hotel/nothing.xml",
    "/loyalty/nothing.xml",
    "/v1/x",
  ])("of another dialect, or of none, is not this one's: %s", async (path) => {
    const { headers, text } = await store.get(path);
    expect(headers.get("content-type")).not.toBe(XML_TYPE);
    expect(text).not.toContain('"error":"Not Found"}');
  });

  it.each([
    "branch",
    "branches",
    "customers",
    "customer_types",
    "invoices",
    "rewards",
    "tokens",
    "products",
    "users",
    "system",
    "www",
    "secure",
  ])("can begin with the name of no merchant: %s", (name) => {
    expect(isReservedSlug(name)).toBe(true);
  });
});

describe("a method", () => {
  it.each([
    ["POST", "/branches.xml"],
    ["PUT", "/branches/11.json"],
    ["DELETE", "/branches/11.xml"],
    ["PATCH", "/branches"],
    ["POST", "/tokens.xml"],
    ["OPTIONS", "/branches.xml"],
  ])("that a path does not have is refused, after the token: %s %s", async (method, path) => {
    const reply = await store.call(method, path);
    expect(seen(reply)).toEqual([405, "Method Not Allowed"]);
    expect(reply.headers.get("allow")).toBe("GET");
    expect(seen(await store.call(method, path, { token: null }))).toEqual([401, "Unauthorized"]);
  });

  it("of the place of the API is GET only", async () => {
    const reply = await store.send("POST", `/system/api_url?account_id=${store.account}`);
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "GET"]);
  });

  it("HEAD is answered as GET is, without the body", async () => {
    for (const [path, status] of [
      ["/branches.xml", 200],
      ["/branches/99.json", 404],
    ] as const) {
      const reply = await store.call("HEAD", path);
      expect([reply.status, reply.text]).toEqual([status, ""]);
      const { headers } = await store.get(path);
      expect(reply.headers.get("content-type")).toBe(headers.get("content-type"));
    }
    expect((await store.call("HEAD", "/branches.xml", { token: null })).status).toBe(401);
  });
});

/** A resource that only this test has: a thing with a name, which no number 404 has. */
function thingsApp(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>({ getPath: routingPath });
  app.use((http, next) => {
    nameRequest(http);
    return next();
  });
  const thing = {
    element: "thing",
    list: "things",
    fields: [{ name: "name", kind: "text", of: (name: string) => name }],
  } as const;
  const declared = {
    summary: "A thing",
    scope: "write:customers",
    read: readRecord("thing"),
    input: z.object({ name: z.string({ error: "can't be blank" }) }),
    answer: one(thing),
    errors: ["not_found"],
  } as const;
  const calls = [
    call({
      ...declared,
      method: "POST",
      path: paths("/things"),
      status: 201,
      act: async (_ctx, { name }) => ok(name),
    }),
    call({
      ...declared,
      method: "PUT",
      path: paths("/things/:id"),
      act: async (_ctx, { name }, received) => {
        const id = numberIn(received);
        return id === 404 ? notFound("customer") : ok(`${name} ${id}`);
      },
    }),
  ];
  mount(app, { ...IMONGGO, owns: () => true }, calls);
  return app;
}

describe("a call's faults", () => {
  const app = thingsApp();
  const at = () => store.via(async (request) => app.fetch(request, env, createExecutionContext()));
  const GOOD = "<thing><name>A</name></thing>";

  it("are none where all is well", async () => {
    const made = await at().post("/things.xml", GOOD);
    expect([made.status, made.xml.children[0]?.text]).toEqual([201, "A"]);
    const body = { thing: { name: "A" } };
    expect((await at().post("/things.json", body)).text).toBe('{"name":"A"}');
    expect((await at().put("/things/7.json", body)).text).toBe('{"name":"A 7"}');
    expect((await at().put("/things/7.xml", GOOD)).xml.children[0]?.text).toBe("A 7");
  });

  it.each(["<thing", "{", "\u0000", "<a/>".repeat(100_000)])(
    "are told in the order token, scope, path, parameters, rules: %.10s",
    async (broken) => {
      const weak = at().as(await storeToken(store.account, { scopes: ["read:customers"] }));
      expect(seen(await at().post("/things.xml", broken, { token: null }))[0]).toBe(401);
      expect(seen(await weak.post("/things.xml", broken))).toEqual([403, "Forbidden"]);
      expect(seen(await at().put("/things/x.xml", broken))).toEqual([404, "Not Found"]);
      expect(seen(await at().put("/things/404.xml", broken))[0]).toBe(422);
      expect(seen(await at().put("/things/404.xml", "<a/>"))).toEqual([422, "Name can't be blank"]);
      expect(seen(await at().put("/things/404.xml", GOOD))).toEqual([404, "Not Found"]);
    },
  );

  it.each([
    ["/things.xml", "<thing><name>A</thing>"],
    ["/things.xml", "<!DOCTYPE a><thing><name>A</name></thing>"],
    ["/things.xml", '{"name":"A"}'],
    ["/things.json", GOOD],
    ["/things.json", '{"name":'],
    ["/things", "A"],
  ])("include a body that is not what the path says: %s %s", async (path, body) => {
    expect(seen(await at().post(path, body))).toEqual([422, "Request body is invalid"]);
  });

  it("include a body of more than 256 kB, and one of two megabytes is not even read", async () => {
    for (const size of [262_145, 2_097_152]) {
      const body = `<thing><name>${"x".repeat(size)}</name></thing>`;
      const start = performance.now();
      const reply = await at().post("/things.xml", body);
      expect(seen(reply)).toEqual([422, "Request body is too large"]);
      expect(performance.now() - start).toBeLessThan(1_000);
    }
  });

  it.each(["[]", '[{"name":"A"}]', "<things type='array'><thing/></things>", "<thing/>", ""])(
    "include a body without the record: %s",
    async (body) => {
      const path = body.startsWith("<") ? "/things.xml" : "/things.json";
      expect(seen(await at().post(path, body))).toEqual([422, "Name can't be blank"]);
    },
  );

  it("include texts that are no Unicode, and nests without end", async () => {
    const surrogate = '{"thing":{"name":"A","note":"\\ud800"}}';
    expect(seen(await at().post("/things.json", surrogate))).toEqual([
      422,
      "Note must be well-formed Unicode",
    ]);
    const nest = `{"name":"A","note":${"[".repeat(50)}${"]".repeat(50)}}`;
    expect((await at().post("/things.json", nest)).status).toBe(422);
  });
});

describe("a token's rate", () => {
  it("case 38: is 300 requests a minute, whatever comes of them", async () => {
    const limited = store.as(await storeToken(store.account, { unlimited: false }));
    const paths = ["/branches.xml", "/branches.json", "/nothing.xml", "/branches/99.json"];
    const ask = (nth: number) => limited.get(paths[nth % paths.length] ?? "");
    const first = await ask(0);
    expect(first.headers.get("x-ratelimit-limit")).toBe("300");
    const replies = await Promise.all(Array.from({ length: 310 }, (_, nth) => ask(nth)));
    expect(replies.filter(({ status }) => status !== 503)).toHaveLength(299);
    for (const path of ["/branches.xml", "/nothing.json"]) {
      const refused = await limited.get(path);
      expect(seen(refused)).toEqual([503, "Rate limit exceeded"]);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect((await store.get("/branches.xml")).status).toBe(200);
  }, 60_000);

  it("is counted by address where there is no token", async () => {
    const headers = { "CF-Connecting-IP": clientAddress() };
    const replies = await Promise.all(
      Array.from({ length: 310 }, () => store.get("/branches.xml", { token: null, headers })),
    );
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(300);
    expect(replies.filter(({ status }) => status === 503)).toHaveLength(10);
    expect((await store.get("/branches.xml", { headers })).status).toBe(200);
  }, 60_000);
});

describe("an answer", () => {
  it("carries a request id and is never cached, whatever its status", async () => {
    const replies = [
      await store.get("/branches.xml"),
      await store.get("/branches.xml", { token: null }),
      await store.get("/nothing.json"),
      await store.post("/branches.json", "{}"),
      await store.send("GET", "/system/api_url"),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 401, 404, 405, 404]);
    for (const { headers } of replies) {
      expect(headers.get("request-id")).toMatch(/^req_/);
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  it("to an unexpected fault is the fixed text in either format, logged once", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = store.via(appWith({ DB: failingDatabase(/from "sites" where/) }));
    const xml = await broken.get("/branches.xml");
    expect([...seen(xml), xml.headers.get("content-type")]).toEqual([
      500,
      "Internal Server Error",
      XML_TYPE,
    ]);
    expect((await broken.get("/branches.json")).text).toBe('{"error":"Internal Server Error"}');
    expect(error).toHaveBeenCalledTimes(2);
    error.mockRestore();
  });
});
