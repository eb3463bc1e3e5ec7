import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { HttpEnv } from "../../src/http/request.ts";
import { isSecure } from "../../src/http/transport.ts";

/** Whether a request is taken as secure, in a deployment of that kind. */
async function judge(
  url: string,
  forwarded: string | null,
  environment = "production",
): Promise<boolean> {
  const app = new Hono<HttpEnv>();
  app.get("/", (http) => http.json(isSecure(http)));
  const headers = forwarded === null ? {} : { "X-Forwarded-Proto": forwarded };
  const bindings = { ...env, GUERDON_ENVIRONMENT: environment };
  return (await app.request(url, { headers }, bindings)).json();
}

describe("a request", () => {
  it.each([
    ["https://loyalty.example/", null, true],
    ["http://loyalty.example/", null, false],
    ["http://loyalty.example/", "https", true],
    ["http://loyalty.example/", "HTTPS", true],
    ["https://loyalty.example/", "http", false],
    ["http://loyalty.example/", "https, http", true],
    ["https://loyalty.example/", "http, https", false],
    ["https://loyalty.example/", "gopher", false],
  ])("to %s, forwarded from %j, is secure: %s", async (url, forwarded, expected) => {
    expect(await judge(url, forwarded)).toBe(expected);
  });

  it("is always taken on a developer's machine", async () => {
    expect(await judge("http://localhost/", "http", "local")).toBe(true);
  });
});
