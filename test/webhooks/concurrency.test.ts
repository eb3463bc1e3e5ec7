import { describe, expect, it, vi } from "vitest";
import { after, Endpoint, someEvent, useReceivers } from "../support/webhooks.ts";

vi.setConfig({ testTimeout: 40_000 });

const receivers = useReceivers();
const fine = () => new Response(null, { status: 204 });

describe("deliveries under way at once", () => {
  it("are at most six of one endpoint, and all get their turn", async () => {
    let [now, most] = [0, 0];
    receivers.answer("/a", async () => {
      now += 1;
      most = Math.max(most, now);
      await scheduler.wait(20);
      now -= 1;
      return fine();
    });
    const endpoint = await Endpoint.make("/a");
    await endpoint.send(Array.from({ length: 50 }, () => someEvent()));
    await vi.waitFor(() => expect(receivers.received).toHaveLength(50), { timeout: 10_000 });
    expect(most).toBe(6);
    expect(new Set(receivers.received.map(({ id }) => id)).size).toBe(50);
  });

  it("of an endpoint that hangs for 14 s delay no other, nor the rest of its own", async () => {
    const [slow, quick] = [await Endpoint.make("/slow"), await Endpoint.make("/quick")];
    const first = someEvent();
    const late = after(14_000, fine);
    receivers.answer("/slow", (one) => (one.id === first.id ? late(one) : fine()));
    const sent = performance.now();
    await slow.send([first]);
    const rest = Array.from({ length: 20 }, () => someEvent());
    await Promise.all([quick.send(rest), slow.send(rest)]);
    const arrived = async (path: string, count: number) => {
      await vi.waitFor(() => expect(receivers.of(path)).toHaveLength(count), { timeout: 10_000 });
      return performance.now() - sent;
    };
    const [others, own] = await Promise.all([arrived("/quick", 20), arrived("/slow", 21)]);
    const figures = `${others.toFixed(0)} ms, the rest of its own after ${own.toFixed(0)} ms`;
    console.info(`one delivery hangs for 14 s: another endpoint's 20 after ${figures}`);
    expect(Math.max(others, own)).toBeLessThan(3_000);
    await vi.waitFor(async () => expect((await slow.delivery(first)).state).toBe("delivered"), {
      timeout: 20_000,
      interval: 200,
    });
  });
});
