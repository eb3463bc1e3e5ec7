import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Projector } from "../../src/events/projector.ts";
import { START } from "../support/wallet.ts";
import {
  after,
  Endpoint,
  hang,
  SECRET,
  sealed,
  someEvent,
  useReceivers,
} from "../support/webhooks.ts";

const receivers = useReceivers();
const clock = { now: START };
const DAY = 86_400_000;

beforeEach(() => {
  clock.now = START;
  vi.spyOn(Date, "now").mockImplementation(() => clock.now);
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});

const failing =
  (status: number, headers = {}) =>
  () =>
    new Response("no", { status, headers });
const fine = () => new Response(null, { status: 204 });

/** Moves the clock to the endpoint's alarm and lets it go off. */
async function next(endpoint: Endpoint): Promise<void> {
  const at = await endpoint.alarm();
  if (at === null) throw new Error("no alarm is set");
  clock.now = Math.max(clock.now, at);
  await endpoint.ring();
}

describe("a delivery", () => {
  it("is sent at once, signed, and listed with its try", async () => {
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await endpoint.send([event]);
    const delivery = await endpoint.tried(event, 1);
    const [{ headers, body } = { headers: new Headers(), body: "" }] = receivers.of("/a");
    expect(headers.get("webhook-timestamp")).toBe(String(START / 1000));
    vi.mocked(Date.now).mockRestore();
    vi.useFakeTimers({ now: START, toFake: ["Date"] });
    expect(new Webhook(SECRET).verify(body, Object.fromEntries(headers))).toEqual(
      JSON.parse(event.body),
    );
    vi.useRealTimers();
    const made = { at: START, status: 204, failure: null, response: "", durationMs: 0 };
    expect(delivery).toMatchObject({ state: "delivered", nextAt: null, tries: [made] });
  });

  it("has the standard form where the object was configured before there were forms", async () => {
    const endpoint = await Endpoint.make("/a");
    await endpoint.configure({});
    await runInDurableObject(endpoint.object, (_it, { storage }) => {
      storage.sql.exec("UPDATE endpoint SET config = json_remove(config, '$.form')");
    });
    expect(await endpoint.dump()).not.toContain("standard");
    await evictDurableObject(endpoint.object);
    const event = someEvent();
    await endpoint.send([event]);
    expect(await endpoint.tried(event, 1)).toMatchObject({ state: "delivered" });
    expect(receivers.of("/a")[0]?.headers.get("webhook-id")).toBe(event.id);
  });

  it("is sent once, though it is handed over twice", async () => {
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await Promise.all([endpoint.send([event]), endpoint.send([event])]);
    await endpoint.tried(event, 1);
    await endpoint.send([event]);
    await scheduler.wait(50);
    expect(receivers.received).toHaveLength(1);
  });

  it("is tried again with the same id at every step of the schedule, then given up", async () => {
    receivers.answer("/a", failing(500));
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await endpoint.send([event]);
    const waits: number[] = [];
    for (let n = 1; n <= 10; n += 1) {
      const { nextAt } = await endpoint.tried(event, n);
      if (nextAt === null) break;
      waits.push((nextAt - clock.now) / 1000);
      clock.now = nextAt;
      await endpoint.ring();
    }
    const hours = [2, 5, 10, 14, 20, 24].map((count) => 3_600 * count);
    expect(waits).toEqual([5, 300, 1_800, ...hours]);
    const { state, tries } = await endpoint.delivery(event);
    expect(state).toBe("failed");
    expect(tries).toHaveLength(10);
    expect(new Set(receivers.received.map(({ id }) => id))).toEqual(new Set([event.id]));
    clock.now += DAY;
    await endpoint.ring();
    await scheduler.wait(30);
    expect(receivers.received).toHaveLength(10);
  });

  it("arrives when the receiver is down for the first three tries", async () => {
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    receivers.answer("/a", () => Promise.reject(new Error("connection reset")));
    await endpoint.send([event]);
    for (let n = 1; n <= 3; n += 1) {
      clock.now = (await endpoint.tried(event, n)).nextAt ?? 0;
      if (n === 3) receivers.answer("/a", fine);
      await endpoint.ring();
    }
    const { state, tries } = await endpoint.tried(event, 4);
    expect(state).toBe("delivered");
    expect(tries.map(({ failure }) => failure)).toEqual([
      ...Array.from({ length: 3 }, () => "could not be reached"),
      null,
    ]);
  });

  it.each([
    ["120", 120_000],
    [new Date(START + 600_000).toUTCString(), 600_000],
    ["9999999", DAY],
  ])("waits as long as Retry-After: %s says, at most a day", async (header, wait) => {
    receivers.answer("/a", failing(503, { "Retry-After": header }));
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await endpoint.send([event]);
    expect((await endpoint.tried(event, 1)).nextAt).toBe(START + wait);
  });

  it("whose object died with it in memory is found again by the alarm", async () => {
    receivers.answer("/a", hang);
    const endpoint = await Endpoint.make("/a");
    const events = [someEvent(), someEvent()];
    await endpoint.send(events);
    await runInDurableObject(endpoint.object, (_it, state) => state.abort("killed")).catch(
      () => {},
    );
    receivers.answer("/a", fine);
    await next(endpoint);
    for (const event of events) expect((await endpoint.tried(event, 1)).state).toBe("delivered");
    expect(clock.now - START).toBeLessThanOrEqual(30_000);
  });

  it("that waits for its next try outlives the object's eviction", async () => {
    receivers.answer("/a", failing(500));
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await endpoint.send([event]);
    await endpoint.tried(event, 1);
    await evictDurableObject(endpoint.object);
    receivers.answer("/a", fine);
    expect(await endpoint.alarm()).toBe(START + 5_000);
    await next(endpoint);
    expect((await endpoint.tried(event, 2)).state).toBe("delivered");
  });

  it("is not doubled by an alarm that runs twice", async () => {
    receivers.answer("/a", failing(500));
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await endpoint.send([event]);
    await endpoint.tried(event, 1);
    receivers.answer("/a", after(30, fine));
    clock.now += 5_000;
    await runInDurableObject(endpoint.object, (it) => Promise.all([it.alarm(), it.alarm()]));
    await endpoint.tried(event, 2);
    await scheduler.wait(60);
    expect(receivers.received).toHaveLength(2);
  });

  it("that is due again is tried on time, though another one hangs", async () => {
    const [slow, retried] = [someEvent(), someEvent()];
    const endpoint = await Endpoint.make("/a");
    receivers.answer("/a", failing(500));
    await endpoint.send([slow, retried]);
    await endpoint.tried(slow, 1);
    await endpoint.tried(retried, 1);
    receivers.answer("/a", (one) => (one.id === slow.id ? hang(one) : fine()));
    await endpoint.object.resend(slow.id);
    await vi.waitFor(() => expect(receivers.received).toHaveLength(3));
    clock.now += 100;
    await endpoint.ring();
    expect(await endpoint.alarm()).toBe(START + 5_000);
    await next(endpoint);
    expect((await endpoint.tried(retried, 2)).state).toBe("delivered");
  });
});

describe("an endpoint's secrets", () => {
  it("sign both for as long as the old one holds, then only the new", async () => {
    const fresh = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
    const endpoint = await Endpoint.make("/a");
    const old = endpoint.config.secrets[0]?.sealed ?? "";
    const until = START + DAY;
    const secrets = [
      { sealed: await sealed(endpoint.config.endpoint, fresh), until: null },
      { sealed: old, until },
    ];
    await endpoint.configure({ secrets });
    const counts: number[] = [];
    for (const now of [START, until - 1, until]) {
      clock.now = now;
      const event = someEvent();
      await endpoint.send([event]);
      await endpoint.tried(event, 1);
      const header = receivers.received.at(-1)?.headers.get("webhook-signature") ?? "";
      counts.push(header.split(" ").length);
    }
    expect(counts).toEqual([2, 2, 1]);
  });

  it("are nowhere in the object in clear", async () => {
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await endpoint.send([event]);
    await endpoint.tried(event, 1);
    const kept = await endpoint.dump();
    expect(kept).toContain(event.id);
    expect(kept).not.toContain(SECRET.slice("whsec_".length, -4));
  });
});

describe("an endpoint that is given up", () => {
  it("is one that answers 410: nothing more is sent, and the projector is told", async () => {
    const told = vi.spyOn(Projector.prototype, "endpointDisabled").mockResolvedValue();
    receivers.answer("/a", failing(410));
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await endpoint.send([event]);
    await endpoint.tried(event, 1);
    const { merchant, endpoint: id } = endpoint.config;
    await vi.waitFor(() => {
      expect(told).toHaveBeenCalledExactlyOnceWith(merchant, id, "the receiver answered 410 Gone");
    });
    clock.now += DAY;
    await endpoint.ring();
    await endpoint.send([someEvent()]);
    await scheduler.wait(50);
    expect(receivers.received).toHaveLength(1);
  });

  it("tells it until the projector has heard", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const told = vi.spyOn(Projector.prototype, "endpointDisabled");
    told.mockRejectedValueOnce(new Error("D1 is away")).mockResolvedValue();
    receivers.answer("/a", failing(410));
    const endpoint = await Endpoint.make("/a");
    await endpoint.send([someEvent()]);
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1));
    await next(endpoint);
    expect(told).toHaveBeenCalledTimes(2);
    clock.now += DAY;
    await endpoint.ring();
    expect(told).toHaveBeenCalledTimes(2);
  });

  it("is one without a success for five days, and no sooner", async () => {
    const told = vi.spyOn(Projector.prototype, "endpointDisabled").mockResolvedValue();
    receivers.answer("/a", failing(500));
    const endpoint = await Endpoint.make("/a");
    const fail = async (at: number) => {
      clock.now = at;
      const event = someEvent();
      await endpoint.send([event]);
      await endpoint.tried(event, 1);
    };
    await fail(START);
    await fail(START + 5 * DAY - 1);
    expect(told).not.toHaveBeenCalled();
    await fail(START + 5 * DAY);
    await vi.waitFor(() => expect(told).toHaveBeenCalled());
    expect(told.mock.calls[0]?.[2]).toBe("no success within 5 days");
  });

  it("is not one that had a success in between", async () => {
    const told = vi.spyOn(Projector.prototype, "endpointDisabled").mockResolvedValue();
    const endpoint = await Endpoint.make("/a");
    for (const [day, status] of [
      [0, 500],
      [3, 204],
      [4, 500],
      [8, 500],
    ] as const) {
      receivers.answer("/a", () => new Response(null, { status }));
      clock.now = START + day * DAY;
      const event = someEvent();
      await endpoint.send([event]);
      await endpoint.tried(event, 1);
    }
    await scheduler.wait(50);
    expect(told).not.toHaveBeenCalled();
  });

  it("sends again once somebody changes it, also what came meanwhile", async () => {
    vi.spyOn(Projector.prototype, "endpointDisabled").mockResolvedValue();
    receivers.answer("/a", failing(410));
    const endpoint = await Endpoint.make("/a");
    await endpoint.send([someEvent()]);
    await vi.waitFor(() => expect(receivers.received).toHaveLength(1));
    const meanwhile = someEvent();
    await endpoint.send([meanwhile]);
    receivers.answer("/a", fine);
    await endpoint.configure({ enabled: true });
    expect((await endpoint.tried(meanwhile, 1)).state).toBe("delivered");
  });

  it("stays deleted, though an event comes late", async () => {
    const endpoint = await Endpoint.make("/a");
    await endpoint.send([someEvent()]);
    await vi.waitFor(() => expect(receivers.received).toHaveLength(1));
    await endpoint.object.drop();
    await endpoint.send([someEvent()]);
    await endpoint.configure({ enabled: true });
    await scheduler.wait(50);
    expect(receivers.received).toHaveLength(1);
    expect(await endpoint.deliveries()).toEqual([]);
  });
});

describe("resending and replaying", () => {
  it("sends a known event again with the same id, and no unknown one", async () => {
    const endpoint = await Endpoint.make("/a");
    const event = { ...someEvent("ping"), seq: 0, customer: null };
    await endpoint.send([event]);
    await endpoint.tried(event, 1);
    expect(await endpoint.object.resend(event.id)).toBe(true);
    expect((await endpoint.tried(event, 2)).state).toBe("delivered");
    expect(receivers.received.map(({ id }) => id)).toEqual([event.id, event.id]);
    expect(receivers.received.map(({ body }) => body)).toEqual([event.body, event.body]);
    expect(await endpoint.object.resend("evt_unknown")).toBe(false);
  });

  it("keeps no body of what was delivered and the feed has, and takes it from there", async () => {
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await endpoint.send([event]);
    expect((await endpoint.tried(event, 1)).inFeed).toBe(event.seq);
    expect(await endpoint.dump()).not.toContain('\\"data\\"');
    expect(await endpoint.object.resend(event.id)).toBe(false);
    await endpoint.send([event], true);
    await endpoint.tried(event, 2);
    expect(receivers.received.map(({ body }) => body)).toEqual([event.body, event.body]);
  });

  it("gives an event that was given up all its tries again", async () => {
    receivers.answer("/a", failing(500));
    const endpoint = await Endpoint.make("/a");
    const event = someEvent();
    await endpoint.send([event]);
    for (let n = 1; n < 10; n += 1) {
      clock.now = (await endpoint.tried(event, n)).nextAt ?? 0;
      await endpoint.ring();
    }
    expect((await endpoint.tried(event, 10)).state).toBe("failed");
    await endpoint.object.resend(event.id);
    const { state, nextAt } = await endpoint.tried(event, 11);
    expect([state, nextAt]).toEqual(["pending", clock.now + 5_000]);
  });

  it("sends known and unknown events when they are replayed", async () => {
    const endpoint = await Endpoint.make("/a");
    const [known, unknown] = [someEvent(), someEvent()];
    await endpoint.send([known]);
    await endpoint.tried(known, 1);
    await endpoint.send([known, unknown], true);
    await endpoint.tried(known, 2);
    await endpoint.tried(unknown, 1);
    expect(receivers.received).toHaveLength(3);
  });
});
