import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { closeRoutes } from "../../src/http/closing.ts";
import type { HttpEnv } from "../../src/http/request.ts";

function dialect(): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (_, next) => next());
  app.get("/things", (http) => http.text("list"));
  app.post("/things", (http) => http.text("create"));
  app.get("/things/special", (http) => http.text("special"));
  app.delete("/things/:id", (http) => http.text(`delete ${http.req.param("id")}`));
  closeRoutes(app, (http, error) => {
    if (http.req.path.endsWith("/another")) return null;
    return Promise.resolve(
      error.code === "method_not_allowed"
        ? new Response(error.allowed.join(" "), { status: 405 })
        : new Response("nothing here", { status: 404 }),
    );
  });
  return app;
}

const mounted = new Hono<HttpEnv>().route("/dialect", dialect());
mounted.get("/outside", (http) => http.text("outside"));
mounted.notFound(() => new Response("host", { status: 404 }));

async function ask(method: string, path: string): Promise<readonly [number, string]> {
  const response = await mounted.request(path, { method });
  return [response.status, await response.text()];
}

describe("closed routes", () => {
  it.each([
    ["GET", "/dialect/things", "list"],
    ["POST", "/dialect/things", "create"],
    ["GET", "/dialect/things/special", "special"],
    ["DELETE", "/dialect/things/5", "delete 5"],
    ["GET", "/outside", "outside"],
  ])("leave open what is there: %s %s", async (method, path, text) => {
    expect(await ask(method, path)).toEqual([200, text]);
  });

  it.each([
    ["PUT", "/dialect/things", "GET POST"],
    ["DELETE", "/dialect/things", "GET POST"],
    ["POST", "/dialect/things/special", "GET"],
    ["GET", "/dialect/things/5", "DELETE"],
  ])("tell of another method: %s %s", async (method, path, allowed) => {
    expect(await ask(method, path)).toEqual([405, allowed]);
  });

  it.each(["/dialect", "/dialect/", "/dialect/nothing", "/dialect/things/5/more"])(
    "answer for what is not there: %s",
    async (path) => {
      expect(await ask("GET", path)).toEqual([404, "nothing here"]);
      expect(await ask("POST", path)).toEqual([404, "nothing here"]);
    },
  );

  it.each(["/nowhere", "/dialects", "/dialect-two", "/dialect/another"])(
    "leave the rest to the host: %s",
    async (path) => {
      expect(await ask("GET", path)).toEqual([404, "host"]);
    },
  );
});
