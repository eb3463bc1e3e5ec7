import { describe, expect, it, vi } from "vitest";
import type { Attempt } from "../../src/webhooks/client.ts";
import { MAX_RESPONSE_BYTES, send } from "../../src/webhooks/send.ts";
import { hang, SECRET, someEvent, useReceivers } from "../support/webhooks.ts";

const receivers = useReceivers();
const event = someEvent();
const due = { event: event.id, type: event.type, body: event.body, failures: 0 };

function sendTo(url: string, allowLoopback = false): Promise<Attempt> {
  return send({ url, form: "standard", secrets: [SECRET], allowLoopback }, due);
}

/** Ends what waits for the 15 seconds of a try after 50 milliseconds. */
function shortenTimeout(): ReturnType<typeof vi.spyOn> {
  const start = globalThis.setTimeout;
  return vi
    .spyOn(globalThis, "setTimeout")
    .mockImplementation((work: () => void) => start(work, 50));
}

/** A body that goes on for ever; tells how much of it was taken and whether it was let go. */
function endless(chunk: number) {
  const taken = { bytes: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.bytes += chunk;
      controller.enqueue(new Uint8Array(chunk).fill(120));
    },
    cancel() {
      taken.cancelled = true;
    },
  });
  return { taken, stream };
}

describe("one try", () => {
  it("posts the very body with the headers of Standard Webhooks, without redirects", async () => {
    await sendTo("https://receiver.example/a?x=1");
    const [{ url, init, headers, body } = { init: {} }] = receivers.received;
    expect(url).toBe("https://receiver.example/a?x=1");
    expect(init).toMatchObject({ method: "POST", redirect: "manual" });
    expect(body).toBe(event.body);
    expect(headers?.get("content-type")).toBe("application/json");
    expect(headers?.get("webhook-id")).toBe(event.id);
    expect(Number(headers?.get("webhook-timestamp"))).toBeCloseTo(Date.now() / 1000, -1);
    expect(headers?.get("webhook-signature")).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  });

  it.each([
    [200, null],
    [204, null],
    [299, null],
    [301, "answered with status 301"],
    [307, "answered with status 307"],
    [400, "answered with status 400"],
    [410, "answered with status 410"],
    [500, "answered with status 500"],
  ])("that is answered with %d: failure %j", async (status, failure) => {
    receivers.answer("/a", () => new Response(null, { status }));
    expect((await sendTo("https://receiver.example/a")).made).toMatchObject({ status, failure });
  });

  it("keeps the first kilobyte of an answer and lets go of the rest", async () => {
    const { taken, stream } = endless(700);
    receivers.answer("/a", () => new Response(stream));
    const { made } = await sendTo("https://receiver.example/a");
    expect(made).toMatchObject({ status: 200, failure: null, response: "x".repeat(1_024) });
    await vi.waitFor(() => expect(taken.cancelled).toBe(true));
    expect(taken.bytes).toBeLessThan(5 * MAX_RESPONSE_BYTES);
  });

  it("keeps a kilobyte of a 10 MB answer", async () => {
    receivers.answer("/a", () => new Response(new Uint8Array(10_000_000).fill(121)));
    expect((await sendTo("https://receiver.example/a")).made.response).toBe("y".repeat(1_024));
  });

  it("ends after 15 seconds without an answer", async () => {
    const timeout = shortenTimeout();
    receivers.answer("/a", hang);
    const { made } = await sendTo("https://receiver.example/a");
    expect(timeout).toHaveBeenCalledWith(expect.any(Function), 15_000);
    expect(made).toMatchObject({ status: null, failure: "no answer within 15 s" });
  });

  it("goes by the status, though the body never ends or breaks off", async () => {
    shortenTimeout();
    const silent = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("one moment"));
      },
    });
    receivers.answer("/a", () => new Response(silent));
    const { made } = await sendTo("https://receiver.example/a");
    expect(made).toMatchObject({ status: 200, failure: null, response: "one moment" });
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error("reset"));
      },
    });
    receivers.answer("/a", () => new Response(broken, { status: 500 }));
    expect((await sendTo("https://receiver.example/a")).made).toMatchObject({ status: 500 });
  });

  it("is a failure when the connection is reset, and keeps no inner message", async () => {
    receivers.answer("/a", () => Promise.reject(new Error("secret detail")));
    const { made } = await sendTo("https://receiver.example/a");
    expect(made).toMatchObject({ status: null, failure: "could not be reached", response: "" });
  });

  it.each([
    ["http://receiver.example/a", false],
    ["https://169.254.169.254/latest", false],
    ["http://127.0.0.1:8080/a", false],
    ["https://10.0.0.1/a", true],
  ])("never goes to %s (loopback allowed: %s)", async (url, allowLoopback) => {
    const { made } = await sendTo(url, allowLoopback);
    expect(made.failure).toMatch(/^the address /);
    expect(receivers.received).toEqual([]);
  });

  it("hands on how long the receiver asks to wait", async () => {
    const headers = { "Retry-After": "120" };
    receivers.answer("/a", () => new Response(null, { status: 503, headers }));
    expect((await sendTo("https://receiver.example/a")).retryAfterMs).toBe(120_000);
  });
});
