import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import {
  bookFor,
  feedOf,
  feedWith,
  makeShop,
  type Shop,
  someCustomer,
} from "../../support/events.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { nativeMake } from "../../support/native/native.ts";
import { earn } from "../../support/requests.ts";
import { callNative, type NativeAnswer, useReceivers } from "../../support/webhooks.ts";

vi.setConfig({ testTimeout: 20_000 });

const receivers = useReceivers();
const PATH = "/webhook_endpoints";
const URL_A = "https://receiver.example/a";

let shop: Shop;
let merchant: string;

beforeEach(async () => {
  shop = await makeShop();
  merchant = shop.slug;
});

function make(given: Json = {}): Promise<NativeAnswer> {
  return callNative("POST", PATH, { merchant, body: { url: URL_A, ...given } });
}

async function made(given: Json = {}): Promise<{ id: string; secret: string; etag: string }> {
  const { body, etag, status } = await make(given);
  expect(status).toBe(201);
  return { id: String(body.id), secret: String(body.secret), etag };
}

function patch(id: string, body: unknown, etag?: string): Promise<NativeAnswer> {
  const headers = etag === undefined ? {} : { "If-Match": etag };
  return callNative("PATCH", `${PATH}/${id}`, { merchant, body, headers });
}

const read = (id: string) => callNative("GET", `${PATH}/${id}`, { merchant });

function kept(id: string): Promise<string> {
  const object = env.ENDPOINTS.getByName(`${shop.id}/${id}`);
  return runInDurableObject(object, (_it, { storage }) =>
    JSON.stringify([...storage.sql.exec("SELECT * FROM endpoint")]),
  );
}

describe("an endpoint", () => {
  it("is made with a secret that is shown once, and sealed wherever it is kept", async () => {
    const answer = await make({ event_types: ["points.*"], description: "Books" });
    expect(answer).toMatchObject({ status: 201, etag: '"v1"' });
    expect(answer.body).toMatchObject({
      id: expect.stringMatching(/^whe_[0-9A-Z]{26}$/),
      object: "webhook_endpoint",
      url: URL_A,
      description: "Books",
      event_types: ["points.*"],
      form: "standard",
      enabled: true,
      disabled_reason: null,
      behind_since: null,
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const [id, secret] = [String(answer.body.id), String(answer.body.secret)];
    await callNative("POST", `${PATH}/${id}/ping`, { merchant });
    await vi.waitFor(() => expect(receivers.received).toHaveLength(1));
    const tables = await d1Rows<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    );
    const rows = await Promise.all(tables.map(({ name }) => d1Rows(`SELECT * FROM "${name}"`)));
    const everything = JSON.stringify(rows) + (await kept(id));
    expect(everything).toContain(id);
    expect(everything).not.toContain(secret.slice("whsec_".length, -1));
    const shown = [await read(id), await callNative("GET", PATH, { merchant })];
    expect(JSON.stringify(shown)).not.toContain("whsec_");
  });

  it("is listed by cursor, newest first, and only to its merchant", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      ids.unshift((await made()).id);
      await scheduler.wait(2);
    }
    const first = await callNative("GET", `${PATH}?limit=2`, { merchant });
    const idsOf = ({ body }: NativeAnswer) => (body.data as Json[]).map(({ id }) => id);
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    const second = await callNative("GET", `${PATH}?limit=2&cursor=${first.body.next_cursor}`, {
      merchant,
    });
    expect(idsOf(second)).toEqual(ids.slice(2));
    const other = await makeShop();
    expect(idsOf(await callNative("GET", PATH, { merchant: other.slug }))).toEqual([]);
  });

  it.each([
    ["GET", ""],
    ["PATCH", ""],
    ["DELETE", ""],
    ["POST", "/rotate_secret"],
    ["POST", "/ping"],
    ["GET", "/deliveries"],
    ["POST", "/resend"],
    ["POST", "/replay"],
  ])("of another merchant is not there: %s%s", async (method, action) => {
    const { id } = await made();
    merchant = (await makeShop()).slug;
    const bodies: Record<string, Json> = {
      "/resend": { event: "evt_1" },
      "/replay": { since: "2026-01-01T00:00:00Z" },
    };
    const body = method === "PATCH" ? {} : bodies[action];
    const answer = await callNative(method, `${PATH}/${id}${action}`, {
      merchant,
      headers: { "If-Match": '"v1"' },
      ...(body === undefined ? {} : { body }),
    });
    expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
  });

  it("is changed only as its ETag says it stands", async () => {
    const { id, etag } = await made();
    const nothing = await patch(id, { description: "x" });
    expect(nothing).toMatchObject({ status: 428, body: { code: "if_match_required" } });
    const changed = await patch(id, { description: "x", event_types: ["tier.*"] }, etag);
    expect(changed).toMatchObject({ status: 200, etag: '"v2"' });
    expect(changed.body).toMatchObject({ description: "x", event_types: ["tier.*"], url: URL_A });
    for (const stale of [etag, '"v9"', "*", "v2"]) {
      expect(await patch(id, {}, stale)).toMatchObject({
        status: 412,
        body: { code: "etag_mismatch" },
      });
    }
    const headers = { "If-Match": etag };
    const removed = await callNative("DELETE", `${PATH}/${id}`, { merchant, headers });
    expect(removed.status).toBe(412);
    expect((await read(id)).status).toBe(200);
  });

  it("is told in which form it gets its events, and tells its object", async () => {
    const { id, etag } = await made({ form: "standard" });
    expect((await read(id)).body.form).toBe("standard");
    expect(await kept(id)).toBe("[]");
    const changed = await patch(id, { form: "standard" }, etag);
    expect(changed).toMatchObject({ status: 200, etag: '"v2"', body: { form: "standard" } });
    expect(await kept(id)).toContain('\\"form\\":\\"standard\\"');
  });

  it("lets one of two changes at once win", async () => {
    const { id, etag } = await made();
    const both = await Promise.all([
      patch(id, { description: "one" }, etag),
      patch(id, { description: "two" }, etag),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const winner = both.find(({ status }) => status === 200)?.body.description;
    expect((await read(id)).body.description).toBe(winner);
  });

  it("is gone when it was deleted, and gets nothing more", async () => {
    const { id, etag } = await made();
    expect((await callNative("DELETE", `${PATH}/${id}`, { merchant })).status).toBe(428);
    const headers = { "If-Match": etag };
    const removed = await callNative("DELETE", `${PATH}/${id}`, { merchant, headers });
    expect(removed.body).toEqual({ id, object: "webhook_endpoint", deleted: true });
    expect((await read(id)).status).toBe(404);
    await bookFor(someCustomer(shop), earn(1));
    await feedWith(shop, 1);
    expect(receivers.received).toEqual([]);
  });

  it("exists at most fifty times", async () => {
    for (let i = 0; i < 50; i += 1) await made();
    expect(await make()).toMatchObject({ status: 409, body: { code: "limit_reached" } });
  });

  it.each([
    [{ url: "http://receiver.example/" }, "/url"],
    [{ url: "https://10.0.0.1/" }, "/url"],
    [{ url: 1 }, "/url"],
    [{ event_types: [] }, "/event_types"],
    [{ event_types: ["Points.*"] }, "/event_types/0"],
    [{ event_types: ["points.%"] }, "/event_types/0"],
    [{ event_types: Array.from({ length: 51 }, () => "*") }, "/event_types"],
    [{ description: "x".repeat(501) }, "/description"],
    [{ secret: "whsec_mine" }, "/secret"],
    [{ enabled: "yes" }, "/enabled"],
    [{ form: "carrier-pigeon" }, "/form"],
    [{ form: null }, "/form"],
  ])("cannot be made or changed with %j", async (fields, pointer) => {
    const faulty = await make(fields);
    expect(faulty.status).toBe(400);
    const { id, etag } = await made();
    const changed = await patch(id, fields, etag);
    expect(changed.status).toBe(400);
    expect((changed.body.errors as Json[])[0]).toMatchObject({ pointer });
  });
});

describe("the key of a caller", () => {
  async function keyWith(scopes: string[], given: Json = {}): Promise<string> {
    const fields = { name: "Native", dialect: "native", scopes, ...given };
    return String((await nativeMake("/keys", fields, shop.slug)).text);
  }

  it("needs write:webhooks for endpoints, and read:events for the feed", async () => {
    const [writer, reader] = [await keyWith(["write:webhooks"]), await keyWith(["read:events"])];
    expect(writer).toMatch(/^gd_live_/);
    const statusOf = async (key: string, path: string) =>
      (await callNative("GET", path, { key })).status;
    expect(await statusOf(writer, PATH)).toBe(200);
    expect(await statusOf(reader, PATH)).toBe(403);
    expect(await statusOf(reader, "/events")).toBe(200);
    expect(await statusOf(writer, "/events")).toBe(403);
    expect(await statusOf(writer, "/projection/rebuild")).toBe(403);
    const body = { url: URL_A };
    const refused = await callNative("POST", PATH, { key: reader, body });
    expect(refused.body).toMatchObject({ code: "scope_missing" });
    expect((await callNative("POST", PATH, { key: writer, body })).status).toBe(201);
  });

  it("of the mode test makes and changes nothing, and judges alike", async () => {
    const key = await keyWith(["write:webhooks"], { mode: "test" });
    const before = await callNative("POST", PATH, { key, body: { url: URL_A } });
    expect(before.status).toBe(201);
    expect((await callNative("GET", PATH, { key })).body.data).toEqual([]);
    const { id, etag } = await made();
    for (const version of [etag, '"v7"']) {
      const headers = { "If-Match": version };
      const { status } = await callNative("DELETE", `${PATH}/${id}`, { key, headers });
      expect(status).toBe(version === etag ? 200 : 412);
    }
    const body = { event: "evt_01K3Q8Z0V4N6W2R8T0Y5B7D9FA" };
    const resent = await callNative("POST", `${PATH}/${id}/resend`, { key, body });
    expect(resent.status).toBe(404);
    await callNative("POST", `${PATH}/${id}/ping`, { key });
    await callNative("POST", `${PATH}/${id}/rotate_secret`, { key });
    expect((await read(id)).etag).toBe(etag);
    await scheduler.wait(50);
    expect(receivers.received).toEqual([]);
  });
});

describe("what an endpoint gets", () => {
  it("is every event of its types from its creation on, verifiable with its secret", async () => {
    await bookFor(someCustomer(shop), earn(1));
    await feedWith(shop, 1);
    const all = await made({ url: "https://receiver.example/all" });
    await made({ url: "https://receiver.example/tiers", event_types: ["tier.*"] });
    await made({ url: "https://receiver.example/points", event_types: ["points.*"] });
    await bookFor(someCustomer(shop), earn(2));
    await vi.waitFor(() => expect(receivers.of("/points")).toHaveLength(1), { timeout: 5_000 });
    expect(receivers.of("/all")).toHaveLength(1);
    expect(receivers.of("/tiers")).toHaveLength(0);
    const [{ body, headers } = { body: "", headers: new Headers() }] = receivers.of("/all");
    const event = new Webhook(all.secret).verify(body, Object.fromEntries(headers)) as Json;
    const { body: feed } = await callNative("GET", "/events?after_seq=1", { merchant });
    const [{ object: _object, seq: _seq, ...row } = {}] = feed.data as Json[];
    expect(event).toEqual(row);
  });

  it("stops while it is disabled, and is replayed with what came before it", async () => {
    await bookFor(someCustomer(shop), earn(1));
    await feedWith(shop, 1);
    const { id, etag } = await made();
    const disabled = await patch(id, { enabled: false }, etag);
    expect(disabled.body).toMatchObject({ enabled: false, disabled_reason: "by request" });
    await bookFor(someCustomer(shop), earn(2));
    const feed = await feedWith(shop, 2);
    const enabled = await patch(id, { enabled: true }, disabled.etag);
    expect(enabled.body).toMatchObject({ enabled: true, disabled_reason: null });
    await scheduler.wait(50);
    expect(receivers.received).toEqual([]);
    const body = { since: "2020-01-01T00:00:00Z" };
    const replayed = await callNative("POST", `${PATH}/${id}/replay`, { merchant, body });
    expect(replayed).toMatchObject({ status: 202, body: { object: "replay", events: 2 } });
    await vi.waitFor(() => expect(receivers.received).toHaveLength(2));
    expect(receivers.received.map(({ id: event }) => event)).toEqual(feed.map((row) => row.id));
    const later = { since: new Date(Date.now() + 60_000).toISOString() };
    const none = await callNative("POST", `${PATH}/${id}/replay`, { merchant, body: later });
    expect(none.body).toMatchObject({ events: 0 });
  });

  it("is a ping of its own, whatever its types", async () => {
    const { id, secret } = await made({ event_types: ["tier.upgraded"] });
    const ping = await callNative("POST", `${PATH}/${id}/ping`, { merchant });
    expect(ping.status).toBe(202);
    await vi.waitFor(() => expect(receivers.received).toHaveLength(1));
    const [{ body, headers } = { body: "", headers: new Headers() }] = receivers.received;
    expect(new Webhook(secret).verify(body, Object.fromEntries(headers))).toMatchObject({
      type: "ping",
      id: ping.body.id,
      merchant: shop.id,
    });
    expect(await feedOf(shop)).toEqual([]);
  });

  it("is signed with both secrets after a rotation, and the new one is shown once", async () => {
    const { id, secret, etag } = await made();
    const rotated = await callNative("POST", `${PATH}/${id}/rotate_secret`, { merchant });
    expect(rotated.status).toBe(200);
    expect(rotated.etag).not.toBe(etag);
    const fresh = String(rotated.body.secret);
    expect(fresh).not.toBe(secret);
    await callNative("POST", `${PATH}/${id}/ping`, { merchant });
    await vi.waitFor(() => expect(receivers.received).toHaveLength(1));
    const [{ body, headers } = { body: "", headers: new Headers() }] = receivers.received;
    for (const good of [secret, fresh]) {
      expect(new Webhook(good).verify(body, Object.fromEntries(headers))).toBeDefined();
    }
  });

  it("is listed with every try, per endpoint and per event, and can be sent again", async () => {
    receivers.answer("/a", () => new Response("sorry", { status: 500 }));
    const [one, two] = [await made(), await made({ url: "https://receiver.example/b" })];
    await bookFor(someCustomer(shop), earn(1));
    await vi.waitFor(() => expect(receivers.received).toHaveLength(2), { timeout: 5_000 });
    const [{ id: event = "" } = {}] = await feedOf(shop);
    const list = () => callNative("GET", `${PATH}/${one.id}/deliveries`, { merchant });
    await vi.waitFor(async () => {
      expect((await list()).body.data).toEqual([
        expect.objectContaining({
          object: "delivery",
          webhook_endpoint: one.id,
          event,
          type: "points.earned",
          state: "pending",
          tries: [expect.objectContaining({ n: 1, status: 500, response: "sorry" })],
        }),
      ]);
    });
    receivers.answer("/a", () => new Response("thanks"));
    const body = { event };
    const resent = await callNative("POST", `${PATH}/${one.id}/resend`, { merchant, body });
    expect(resent).toMatchObject({ status: 202, body: { object: "event", id: event } });
    await vi.waitFor(async () => {
      const [delivery] = (await list()).body.data as Json[];
      expect(delivery).toMatchObject({ state: "delivered", next_try_at: null });
      expect(((delivery?.tries ?? []) as Json[]).map(({ n, status }) => [n, status])).toEqual([
        [1, 500],
        [2, 200],
      ]);
    });
    const both = await callNative("GET", `/events/${event}/deliveries`, { merchant });
    const receiversOf = (both.body.data as Json[]).map((line) => line.webhook_endpoint);
    expect(receiversOf.sort()).toEqual([one.id, two.id].sort());
    const unknown = { event: "evt_unknown" };
    const missing = await callNative("POST", `${PATH}/${one.id}/resend`, {
      merchant,
      body: unknown,
    });
    expect(missing.status).toBe(404);
  });

  it("ends when the receiver is gone, which the others are told", async () => {
    receivers.answer("/a", () => new Response(null, { status: 410 }));
    const { id } = await made();
    await made({ url: "https://receiver.example/b" });
    await bookFor(someCustomer(shop), earn(1));
    await vi.waitFor(() => expect(receivers.of("/b")).toHaveLength(2), { timeout: 8_000 });
    const reason = "the receiver answered 410 Gone";
    expect((await read(id)).body).toMatchObject({ enabled: false, disabled_reason: reason });
    const told = JSON.parse(receivers.of("/b")[1]?.body ?? "{}") as Json;
    expect(told).toMatchObject({
      type: "webhook_endpoint.disabled",
      data: { webhook_endpoint: id, reason },
    });
    expect(receivers.of("/a")).toHaveLength(1);
  });
});
