import { describe, expect, inject, it, vi } from "vitest";
import { Endpoint, eventOf, type Received, useReceivers } from "../support/webhooks.ts";

vi.setConfig({ testTimeout: 60_000 });

const receivers = useReceivers();
const EVENTS = 2_000;
const CUSTOMERS = 250;
const CHUNK = 300;
const RECEIVER_MS = 200;
/** On an idle machine. */
const WITHIN_MS = 20_000;

const numberOf = ({ body }: Received) => JSON.parse(body).data as { customer: string; seq: number };

describe("a busy endpoint", () => {
  it("is sent 2,000 events in 20 s at 200 ms each, once, in each customer's order", async () => {
    let [now, most] = [0, 0];
    receivers.answer("/busy", async () => {
      now += 1;
      most = Math.max(most, now);
      await scheduler.wait(RECEIVER_MS);
      now -= 1;
      return new Response(null, { status: 204 });
    });
    const endpoint = await Endpoint.make("/busy");
    const events = Array.from({ length: EVENTS }, (_, i) => eventOf(`cus_${i % CUSTOMERS}`, i + 1));
    const start = performance.now();
    for (let i = 0; i < EVENTS; i += CHUNK) await endpoint.send(events.slice(i, i + CHUNK));
    await vi.waitFor(() => expect(receivers.received.length).toBeGreaterThanOrEqual(EVENTS), {
      timeout: 50_000,
      interval: 50,
    });
    const took = performance.now() - start;
    await vi.waitFor(() => expect(now).toBe(0));
    console.info(`${EVENTS} events: ${took.toFixed(0)} ms, at most ${most} at once`);
    expect(took).toBeLessThan(WITHIN_MS * inject("slowFactor"));
    expect(most).toBeLessThanOrEqual(192);
    expect(receivers.received.map(({ id }) => id).toSorted()).toEqual(
      events.map(({ id }) => id).toSorted(),
    );
    const last = new Map<string, number>();
    for (const { customer, seq } of receivers.received.map(numberOf)) {
      expect([customer, (last.get(customer) ?? 0) < seq]).toEqual([customer, true]);
      last.set(customer, seq);
    }
    const { deliveries } = await endpoint.object.deliveries({
      event: null,
      limit: EVENTS + 1,
      before: null,
    });
    expect(deliveries.filter(({ state }) => state === "delivered")).toHaveLength(EVENTS);
  });
});
