import { beforeAll, describe, expect, it, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { keptState, settle } from "../support/kept-state.ts";
import { makeMerchant, makeTill, worker } from "../support/kirimel/till.ts";
import { openHotel } from "../support/microgenn/hotel.ts";
import { nativeMake } from "../support/native/native.ts";
import type { Stage } from "../support/write-calls.ts";
import { setStage, UNSTAGED, WRITE_CALLS } from "../support/write-calls.ts";

let stage: Stage;
let before: string;

beforeAll(async () => {
  const received = () => Promise.resolve(new Response(null, { status: 204 }));
  vi.spyOn(globalThis, "fetch").mockImplementation(received);
  stage = await setStage();
  before = await settle();
}, 60_000);

describe("a call with a sandbox key", () => {
  it.each(WRITE_CALLS)("keeps nothing and tells nobody: $route", async ({ call }) => {
    const reply = await call(stage, stage.test);
    expect([reply.status, reply.text]).toEqual([expect.toSatisfy(isSuccess), expect.anything()]);
    expect(await settle(before)).toBe(before);
  });

  it("keeps nothing when all are made at once", async () => {
    const replies = await Promise.all(WRITE_CALLS.map(({ call }) => call(stage, stage.test)));
    expect(replies.every(({ status }) => isSuccess(status))).toBe(true);
    expect(await settle(before)).toBe(before);
  });

  it("creates no group and no programme either", async () => {
    const slug = await makeMerchant({ pending: true }, null);
    const till = await makeTill(slug, { mode: "test", scopes: ["write:merchants"] });
    const hotel = await openHotel({ program: null });
    const given = { name: "N", dialect: "native", mode: "test", scopes: ["write:programs"] };
    const { text } = await nativeMake("/keys", given, hotel.slug);
    const kept = await settle();
    const group = { company_slug: "abc", company_name: "ABC", business_type: "RETAIL" };
    expect((await till.post("/group/create", group)).status).toBe(200);
    const program = JSON.stringify({ name: "P", earning: { rate: "1" } });
    const headers = { Authorization: `Bearer ${text}` };
    const url = "https://api.example/loyalty/v1/programs";
    const reply = await worker(new Request(url, { method: "POST", headers, body: program }));
    expect(reply.status).toBe(201);
    expect(await settle(kept)).toBe(kept);
  });

  it("is proven for every route of every dialect", () => {
    const staged = new Set(WRITE_CALLS.map(({ route }) => route));
    const writing = createApp()
      .routes.filter(({ method }) => ["POST", "PUT", "PATCH", "DELETE"].includes(method))
      .map(({ method, path }) => `${method} ${path}`);
    expect(writing.filter((route) => !staged.has(route) && !(route in UNSTAGED))).toEqual([]);
  });
});

describe("the same call with a live key", () => {
  it.each(WRITE_CALLS.filter(({ live }) => live === "something"))(
    "is kept, so that the proof above means something: $route",
    async ({ call }) => {
      const unchanged = await keptState();
      const reply = await call(stage, stage.live);
      expect([reply.status, reply.text]).toEqual([expect.toSatisfy(isSuccess), expect.anything()]);
      expect(await settle()).not.toBe(unchanged);
    },
  );
});

function isSuccess(status: unknown): boolean {
  return status === 200 || status === 201 || status === 202 || status === 204;
}
