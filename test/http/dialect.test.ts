import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { LoyaltyErrorCode } from "../../src/core/errors.ts";
import { invalid, notFound } from "../../src/core/errors.ts";
import { err, ok } from "../../src/core/result.ts";
import type { Admitted } from "../../src/http/admission.ts";
import type { CodesOf, ErrorTable } from "../../src/http/calls.ts";
import { callMaker, EMPTY, json, WHOLE } from "../../src/http/calls.ts";
import type { Dialect } from "../../src/http/dialect.ts";
import { contextOfItem, performEach, serve } from "../../src/http/dialect.ts";
import type { HttpEnv } from "../../src/http/request.ts";
import { nameRequest } from "../../src/http/request.ts";
import type { Context } from "../../src/services/context.ts";

/** Whoever calls is known by a name. */
const call = callMaker<string, { readonly loud?: boolean }>();

const things = call({
  method: "POST",
  path: ["/things/:id", "/others/:id"],
  summary: "Makes a thing",
  scope: null,
  input: z.object({ count: z.int().positive() }),
  answer: json(z.object({ id: z.string(), count: z.int(), by: z.string() })),
  status: 201,
  errors: ["not_found", "voucher_used"],
  act: async (by, { count }, { path, headers }) => {
    if (count === 13) return notFound("voucher");
    if (count === 14) return err({ code: "voucher_expired" });
    if (count === 15) throw new Error("the thing exploded");
    if (count === 16) return invalid("/count", "invalid", "is not my number");
    headers.ETag = `"v${count}"`;
    return ok({ id: path.id ?? "", count, by });
  },
});

const gone = call({
  method: "DELETE",
  path: "/things/:id",
  summary: "Takes a thing away",
  scope: null,
  input: z.unknown(),
  answer: EMPTY,
  status: 204,
  errors: [],
  loud: true,
  act: async () => ok(null),
});

const whole = call({
  method: "GET",
  path: "/things",
  summary: "Answers by itself",
  scope: null,
  input: z.unknown(),
  answer: WHOLE,
  errors: [],
  act: async () => ok(new Response("as it is", { status: 203 })),
});

const special = call({
  method: "POST",
  path: "/things/special",
  summary: "Stands at a path that another call's parameter takes too",
  scope: null,
  input: z.unknown(),
  answer: EMPTY,
  status: 204,
  errors: [],
  act: async () => ok(null),
});

const guarded = call({
  method: "GET",
  path: "/secrets",
  summary: "Wants what a caller without a principal lacks",
  scope: "read:customers",
  input: z.unknown(),
  answer: EMPTY,
  errors: [],
  act: async () => ok(null),
});

const CALLS = [things, gone, whole, special, guarded];

const refused = ({ code }: { readonly code: string }) => code;

const TABLE = {
  not_found: ({ object }) => `no ${object}`,
  method_not_allowed: ({ allowed }) => `only ${allowed.join(" ")}`,
  key_missing: refused,
  key_unknown: refused,
  key_expired: refused,
  rate_limited: refused,
  scope_missing: refused,
  body_too_large: refused,
  invalid_json: refused,
  validation_failed: ({ faults }) => `faulty ${faults.map(({ pointer }) => pointer).join(" ")}`,
  voucher_used: refused,
} satisfies ErrorTable<CodesOf<typeof CALLS>, string>;

const DIALECT: Dialect<Admitted<string>, { readonly loud?: boolean }, string> = {
  name: "parrot",
  policy: null,
  errors: [],
  owns: (http) => !http.req.path.includes("foreign"),
  authenticate: async (http) => {
    const name = http.req.header("name");
    if (name === undefined) return err({ code: "key_missing" });
    return ok({ caller: name, principal: null, key: null });
  },
  readFields: async (http) => ok(http.req.method === "POST" ? await http.req.json() : {}),
  bind: async ({ caller }) => (caller === "nobody" ? err({ code: "key_unknown" }) : ok(null)),
  table: TABLE,
  internal: "unexpected",
  render: {
    success: (_http, body, { status, loud }) => ({
      status,
      body,
      ...(loud === true ? { headers: { Loud: "yes" } } : {}),
    }),
    error: (_http, { row }, own) => ({ status: 400, body: own === null ? row : { error: row } }),
    send: (_http, { status, body, headers }) =>
      new Response(status === 204 ? null : JSON.stringify(body), {
        status,
        headers: headers ?? {},
      }),
  },
  strangers: "authenticated",
};

function parrot(dialect = DIALECT): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (http, next) => {
    nameRequest(http);
    await next();
  });
  app.route("/parrot", serve(dialect, CALLS));
  app.notFound(() => new Response("another's", { status: 404 }));
  return app;
}

async function ask(
  method: string,
  path: string,
  body: unknown = null,
  name: string | null = "Ada",
  dialect = DIALECT,
): Promise<{ readonly status: number; readonly body: unknown; readonly headers: Headers }> {
  const response = await parrot(dialect).request(
    path,
    {
      method,
      headers: name === null ? {} : { name },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    },
    env,
  );
  const text = await response.text();
  const isJson = /^["{[]/.test(text);
  const { status, headers } = response;
  return { status, body: isJson ? JSON.parse(text) : text, headers };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a call", () => {
  it.each(["/parrot/things/7", "/parrot/others/7"])(
    "is answered at each path: %s",
    async (path) => {
      const { status, body, headers } = await ask("POST", path, { count: 2 });
      expect({ status, body }).toEqual({ status: 201, body: { id: "7", count: 2, by: "Ada" } });
      expect(headers.get("ETag")).toBe('"v2"');
    },
  );

  it("may have no body, and what its dialect adds by its declaration", async () => {
    const { status, body, headers } = await ask("DELETE", "/parrot/things/7");
    expect({ status, body, loud: headers.get("Loud") }).toEqual({
      status: 204,
      body: "",
      loud: "yes",
    });
  });

  it("may answer by itself", async () => {
    expect(await ask("GET", "/parrot/things")).toMatchObject({ status: 203, body: "as it is" });
  });

  it.each([
    ["a field that its schema refuses", { count: 0 }, { error: "faulty /count" }],
    ["a refusal that it declares", { count: 13 }, { error: "no voucher" }],
    ["a field that its act refuses", { count: 16 }, { error: "faulty /count" }],
  ])("words errors by the table: %s", async (_what, fields, body) => {
    const silent = vi.spyOn(console, "error");
    expect(await ask("POST", "/parrot/things/7", fields)).toMatchObject({ status: 400, body });
    expect(silent).not.toHaveBeenCalled();
  });

  it("tells us of a refusal that it does not declare, and the client nothing", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { body } = await ask("POST", "/parrot/things/7", { count: 14 });
    expect(body).toEqual({ error: "unexpected" });
    expect(String(logged.mock.calls[0])).toContain(
      "parrot POST /things/:id does not declare voucher_expired",
    );
  });

  it("answers what nobody expected with the fixed text, and logs it once", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await ask("POST", "/parrot/things/7", { count: 15 })).toMatchObject({
      status: 400,
      body: "unexpected",
    });
    expect(logged).toHaveBeenCalledTimes(1);
  });

  it("is bound once its fields are sound, before its act", async () => {
    expect(await ask("POST", "/parrot/things/7", { count: 0 }, "nobody")).toMatchObject({
      body: { error: "faulty /count" },
    });
    expect(await ask("POST", "/parrot/things/7", { count: 15 }, "nobody")).toMatchObject({
      body: { error: "key_unknown" },
    });
  });
});

describe("a dialect", () => {
  it("keeps a call that asks for a scope from who has none at all", async () => {
    expect(await ask("GET", "/parrot/secrets")).toMatchObject({ body: "scope_missing" });
  });

  it("tells strangers nothing of its paths", async () => {
    for (const path of ["/parrot/nothing", "/parrot/things"]) {
      expect(await ask("PUT", path, null, null)).toMatchObject({ body: "key_missing" });
    }
  });

  it("tells who may know", async () => {
    expect(await ask("PUT", "/parrot/nothing")).toMatchObject({ body: "no route" });
    expect(await ask("PUT", "/parrot/things/7")).toMatchObject({ body: "only POST DELETE" });
  });

  it("may keep a literal path from another call's parameter, whatever the method", async () => {
    const strict: typeof DIALECT = { ...DIALECT, literalsWin: true };
    const special = "/parrot/things/special";
    const at = async (method: string, path: string, dialect = strict) => {
      const { status, body } = await ask(method, path, { count: 2 }, "Ada", dialect);
      return [status, body];
    };
    expect(await at("DELETE", special)).toEqual([400, "only POST"]);
    expect(await at("POST", special)).toEqual([204, ""]);
    expect(await at("DELETE", "/parrot/things/7")).toEqual([204, ""]);
    expect(await at("DELETE", special, DIALECT)).toEqual([204, ""]);
    expect(await at("POST", special, DIALECT)).toEqual([201, expect.anything()]);
    expect(await at("PUT", "/parrot/things/foreign")).toEqual([404, "another's"]);
  });

  it("passes on what is not its own", async () => {
    for (const path of ["/parrot/foreign", "/parrot/things/foreign"]) {
      expect(await ask("POST", path, { count: 1 })).toMatchObject({ body: "another's" });
      expect(await ask("PUT", path)).toMatchObject({ body: "another's" });
    }
  });
});

describe("a batch", () => {
  const codes: readonly LoyaltyErrorCode[] = ["not_found", "voucher_used"];

  it("gives each item an outcome of its own", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const app = new Hono<HttpEnv>();
    app.post("/batch", async (http) => {
      nameRequest(http);
      const items: unknown[] = await http.req.json();
      const outcomes = await performEach(http, { dialect: DIALECT, call: things }, items, (i) => ({
        caller: `Ada ${i}`,
        principal: null,
        key: null,
      }));
      return http.json(outcomes);
    });
    const sent = [{ count: 1 }, { count: 0 }, { count: 13 }, { count: 15 }, null, { count: 2 }];
    const response = await app.request("/batch", { method: "POST", body: JSON.stringify(sent) });
    expect(await response.json()).toEqual([
      { status: 201, body: { id: "", count: 1, by: "Ada 0" }, headers: { ETag: '"v1"' } },
      { status: 400, body: { error: "faulty /count" } },
      { status: 400, body: { error: "no voucher" } },
      { status: 400, body: { error: "unexpected" } },
      { status: 400, body: { error: "faulty " } },
      { status: 201, body: { id: "", count: 2, by: "Ada 5" }, headers: { ETag: '"v2"' } },
    ]);
    expect(things.errors).toEqual(codes);
  });

  it("guards each item by itself, and a repeat of it the same way", () => {
    const guard = { kind: "signature", key: "k", fingerprint: "POST /b", keepMs: 1 } as const;
    const ctx = { guard } as Context;
    const [first, second, again] = [0, 1, 1].map((index) => contextOfItem(ctx, index).guard);
    expect(first?.key).not.toBe(second?.key);
    expect(first?.fingerprint).not.toBe(second?.fingerprint);
    expect(again).toEqual(second);
    const unguarded = { guard: null } as Context;
    expect(contextOfItem(unguarded, 3)).toBe(unguarded);
  });
});
