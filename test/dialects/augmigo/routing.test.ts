import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  accountKey,
  basic,
  CASHIER,
  Cafe,
  type CafeReply,
  openCafe,
} from "../../support/augmigo/cafe.ts";
import { failingDatabase } from "../../support/d1.ts";
import { clientAddress } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { appWith } from "../../support/kirimel/till.ts";

stopClock("2060-06-01T08:00:00Z");

let cafe: Cafe;

beforeAll(async () => {
  cafe = await openCafe();
}, 60_000);

const seen = ({ status, msg }: CafeReply) => [status, ...msg];
const READ = "/customers/reference-code/9999999999999999";
const MISSING = [400, "Customer with reference code (9999999999999999) is not found"];
const from = (address = clientAddress()) => ({ "CF-Connecting-IP": address });

describe("a path", () => {
  it.each([`/${READ}`, `${READ}/`, READ.replaceAll("/", "//"), `${READ}//`, `${READ}?x=1`])(
    "may have double and trailing slashes, and is never redirected: %s",
    async (path) => {
      expect(seen(await cafe.get(path))).toEqual(MISSING);
    },
  );

  it.each(["", "/", "/none", "/merchant", "/customers", "/auth/none", "/pos/customer"])(
    "that there is none of is not found, with a token or without: %j",
    async (path) => {
      for (const token of [cafe.token, null]) {
        const reply = await cafe.get(path, { token });
        expect([reply.status, reply.text]).toEqual([404, '{"msg":["Not found"]}']);
        expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
      }
    },
  );

  it.each([
    ["GET", "/auth", "POST"],
    ["GET", "/merchant/auth", "POST"],
    ["GET", "/customers/register", "POST"],
    ["POST", READ, "DELETE, GET, PUT"],
    ["PATCH", READ, "DELETE, GET, PUT"],
    ["DELETE", "/reward/reference-code/1", "GET"],
    ["GET", "/reward/reference-code/1/give", "POST"],
    ["PUT", "/vouchers/redeem", "POST"],
    ["POST", "/customer-membership/customer/reference-code/1", "GET"],
  ])("answers its own methods only: %s %s", async (method, path, allowed) => {
    const reply = await cafe.call(method, path, { token: null });
    expect(seen(reply)).toEqual([405, "Method not allowed"]);
    const allow = reply.headers.get("allow")?.split(", ").sort().join(", ");
    expect(allow).toBe(allowed);
  });

  it("that is unknown counts against the address", async () => {
    const headers = from();
    const ask = () => cafe.get("/none", { token: null, headers });
    for (let batch = 0; batch < 25; batch += 1) {
      const replies = await Promise.all(Array.from({ length: 30 }, ask));
      if (replies.some(({ status }) => status === 429)) return;
    }
    throw new Error("nobody was refused");
  }, 60_000);
});

describe("plain HTTP", () => {
  const production = appWith({
    GUERDON_ENVIRONMENT: "production",
    GUERDON_ADMIN_TOKEN: "x".repeat(32),
  });

  it.each([["/auth"], ["/merchant/auth"], [READ], ["/none"]])(
    "is refused in a deployment, whatever is asked: %s",
    async (path) => {
      const reply = await cafe.via(production).post(path, undefined, { headers: from() });
      expect([reply.status, reply.text]).toEqual([403, '{"msg":["HTTPS is required"]}']);
    },
  );

  it("is no matter behind a proxy that speaks HTTPS, nor on a developer's machine", async () => {
    const headers = { ...from(), "X-Forwarded-Proto": "https" };
    expect(seen(await cafe.via(production).get(READ, { headers }))).toEqual(MISSING);
    const plain = { ...from(), "X-Forwarded-Proto": "http" };
    expect(seen(await cafe.get(READ, { headers: plain }))).toEqual(MISSING);
  });

  it("uses up no attempt to sign in", async () => {
    const headers = {
      "X-ACCT-ID": cafe.account,
      "X-API-KEY": cafe.apiKey,
      Authorization: basic(CASHIER.username, CASHIER.password),
      ...from(),
    };
    const insecure = cafe.via(production);
    for (let i = 0; i < 30; i += 1) {
      expect((await insecure.post("/auth", undefined, { headers })).status).toBe(403);
    }
    expect((await cafe.post("/auth", undefined, { headers })).status).toBe(200);
  });
});

describe("an account's rate", () => {
  it("is 600 requests a minute, of all its users together", async () => {
    const key = await accountKey(cafe.account, { unlimited: false });
    const limited = await new Cafe(cafe.account, key).signedIn();
    const other = await limited.signedIn();
    const ask = (nth: number) => (nth % 2 === 0 ? limited : other).get("/customer-membership/ping");
    const first = await ask(0);
    expect(first.headers.get("x-ratelimit-limit")).toBe("600");
    const replies = await Promise.all(Array.from({ length: 620 }, (_, nth) => ask(nth)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(599);
    const refused = await limited.get(READ);
    expect(seen(refused)).toEqual([429, "Too many requests"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(seen(await cafe.get(READ))).toEqual(MISSING);
  }, 60_000);
});

describe("an unexpected fault", () => {
  it("is answered with the fixed text, and logged once", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = cafe.via(appWith({ DB: failingDatabase(/identifiers/) }));
    const reply = await broken.get("/customers/reference-code/1234567890123456");
    expect([reply.status, reply.text]).toEqual([500, '{"msg":["Internal server error"]}']);
    expect(reply.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(error).toHaveBeenCalledTimes(1);
    error.mockRestore();
  });
});

describe("the status of what is wrong with a request", () => {
  const register = (by: Cafe) => by.post("/customers/register", {}, { outlet: "outlet_main" });

  it("is the documented one, unless the deployment wants 400 for all", async () => {
    expect(seen(await register(cafe))).toEqual([500, "Missing customer data"]);
    const GUERDON_AUGMIGO_VALIDATION_STATUS = "400";
    const plain = cafe.via(appWith({ GUERDON_AUGMIGO_VALIDATION_STATUS }));
    expect(seen(await register(plain))).toEqual([400, "Missing customer data"]);
  });

  it("must not be set to anything else", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const settings = { ...env, GUERDON_AUGMIGO_VALIDATION_STATUS: "422" };
    const reply = await register(cafe.via(appWith(settings)));
    expect(seen(reply)).toEqual([500, "Internal server error"]);
    expect(String(error.mock.calls[0])).toContain("GUERDON_AUGMIGO_VALIDATION_STATUS");
    error.mockRestore();
  });
});

describe("an answer", () => {
  it("carries a request id and is never cached, whatever its status", async () => {
    const replies = [
      await cafe.get(READ),
      await cafe.get("/none"),
      await cafe.get("/auth"),
      await cafe.get(READ, { token: null }),
      await cafe.signIn(),
    ];
    for (const { headers } of replies) {
      expect(headers.get("request-id")).toMatch(/^req_/);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(Number(headers.get("x-ratelimit-remaining"))).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("a body", () => {
  const outlet = "outlet_main";

  it("must have at most 256 kB, and be UTF-8", async () => {
    const long = await cafe.post("/customers/register", { name: "x".repeat(262_144) }, { outlet });
    expect(seen(long)).toEqual([500, "Request body too large"]);
    const headers = { "Content-Type": "application/json" };
    const bytes = new Uint8Array([0x7b, 0xff, 0x7d]);
    const request = new Request("http://cafe.example/api/v1/customers/register", {
      method: "POST",
      body: bytes,
      headers: { ...headers, "x-auth-token": cafe.token },
    });
    const reply = await appWith({})(request);
    expect([reply.status, await reply.json()]).toEqual([500, { msg: ["Missing customer data"] }]);
  });

  it("of nested fields must be well-formed Unicode", async () => {
    const body = '{"sales_amount":1,"invoice_details":{"x":["\\ud800"]}}';
    const headers = { "Content-Type": "application/json" };
    const reply = await cafe.post("/reward/reference-code/1/give", body, { headers });
    expect(seen(reply)).toEqual([400, "invoice_details/x/0 must be well-formed Unicode"]);
  });
});
