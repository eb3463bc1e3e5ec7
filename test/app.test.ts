import { describe, expect, it, vi } from "vitest";
import type { Answer } from "./support/http.ts";
import { ORIGIN, send, sendWith } from "./support/http.ts";
import { native } from "./support/native/merchant.ts";
import { expectProblem } from "./support/native/problems.ts";

const REQUEST_ID = /^req_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  return send(new Request(`${ORIGIN}${path}`, init));
}

describe("every answer of every dialect", () => {
  it.each([
    ["/", 404],
    ["/nothing", 404],
    ["/favicon.ico", 404],
    ["/api/loyalty/points/earn", 405],
    ["/api/loyalty/wallet/balance", 401],
    ["/api/loyalty/nothing", 404],
    ["/loyalty/v1/merchants", 401],
    ["/loyalty/v1/nothing", 404],
  ])("has an id and tells its time: %s", async (path, status) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("Request-Id")).toMatch(REQUEST_ID);
    expect(answer.headers.get("Server-Timing")).toMatch(/^app;dur=\d+, wallet;dur=\d+$/);
    expect(answer.text).not.toBe("");
  });

  it("has an id of its own, whatever the client calls it", async () => {
    const headers = { "Request-Id": "req_mine" };
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask("/", { headers })));
    expect(new Set(answers.map((answer) => answer.headers.get("Request-Id"))).size).toBe(50);
  });

  it("has an id and a time though it failed", async () => {
    const bindings = { GUERDON_MASTER_KEYS: "{" };
    const log = vi.spyOn(console, "error").mockReturnValue();
    const answer = await native("/merchants", { bindings });
    log.mockRestore();
    expect(answer.status).toBe(500);
    expect(answer.headers.get("Request-Id")).toMatch(REQUEST_ID);
    expect(answer.headers.get("Server-Timing")).toMatch(/^app;dur=\d+, wallet;dur=\d+$/);
  });

  it("says nothing of what it runs on", async () => {
    const { headers } = await ask("/");
    expect(headers.get("X-Powered-By")).toBeNull();
    expect(headers.get("Server")).toBeNull();
  });
});

describe("a path of no dialect", () => {
  it.each(["/", "/nothing", "/api", "/api/", "/loyalty", "/loyalty/v2/merchants", "/loyaltyx"])(
    "is not found: %s",
    async (path) => {
      for (const method of ["GET", "POST", "DELETE"]) {
        const answer = await ask(path, { method });
        const instance = path.length > 1 ? path.replace(/\/$/, "") : path;
        const context = { object: "route" };
        expectProblem(answer, 404, { code: "not_found", instance, context });
      }
    },
  );
});

describe("the application", () => {
  it("keeps the settings of one deployment from another", async () => {
    const request = () =>
      new Request(`${ORIGIN}/loyalty/v1/merchants`, {
        headers: { Authorization: "Bearer second" },
      });
    expect((await sendWith({ GUERDON_ADMIN_TOKEN: "second" }, request())).status).toBe(200);
    expect((await sendWith({ GUERDON_ADMIN_TOKEN: "first" }, request())).status).toBe(401);
    expect((await sendWith({ GUERDON_ADMIN_TOKEN: "second" }, request())).status).toBe(200);
  });
});
