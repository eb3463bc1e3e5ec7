import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { afterEach, beforeEach, vi } from "vitest";
import type { EventType } from "../../src/core/events/catalogue.ts";
import { makeId } from "../../src/core/ids.ts";
import { NONCE_BYTES, seal } from "../../src/core/sealing.ts";
import { settingsOf } from "../../src/env.ts";
import type { Delivery, EndpointConfig, OutgoingEvent } from "../../src/webhooks/client.ts";
import type { WebhookEndpoint } from "../../src/webhooks/object.ts";
import type { Json } from "./kirimel/till.ts";
import { worker } from "./kirimel/till.ts";

/** What a receiver was sent. */
export interface Received {
  readonly url: string;
  readonly id: string;
  readonly headers: Headers;
  readonly body: string;
  readonly init: RequestInit;
  /** Milliseconds since the receivers were set up, by a clock that no test moves. */
  readonly at: number;
}

type Receiver = (received: Received) => Response | Promise<Response>;

/** Receivers by the path of their URL, and all that they were sent. */
export interface Receivers {
  readonly received: Received[];
  answer(path: string, receiver: Receiver): void;
  of(path: string): Received[];
}

/** Puts receivers in the place of the network for every test; an unknown one answers 204. */
export function useReceivers(): Receivers {
  const received: Received[] = [];
  const answers = new Map<string, Receiver>();
  beforeEach(() => {
    received.length = 0;
    answers.clear();
    const start = performance.now();
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init = {}) => {
      const url = String(input);
      const headers = new Headers(init.headers);
      const id = headers.get("webhook-id") ?? "";
      const at = performance.now() - start;
      const one = { url, id, headers, body: String(init.body), init, at };
      received.push(one);
      const answer = answers.get(new URL(url).pathname);
      return answer === undefined ? new Response(null, { status: 204 }) : answer(one);
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  return {
    received,
    answer: (path, receiver) => answers.set(path, receiver),
    of: (path) => received.filter(({ url }) => new URL(url).pathname === path),
  };
}

/** Never answers, but for the signal that ends every try. */
export const hang: Receiver = ({ init }) =>
  new Promise((_, reject) => {
    init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
  });

/** Answers after a while. */
export function after(ms: number, response: () => Response): Receiver {
  return async () => {
    await scheduler.wait(ms);
    return response();
  };
}

/** An endpoint's object, driven without the API. */
export class Endpoint {
  config: EndpointConfig;

  private constructor(config: EndpointConfig) {
    this.config = config;
  }

  static async make(path: string, secret = SECRET): Promise<Endpoint> {
    const endpoint = makeId("whe", ulid());
    const merchant = makeId("mer", ulid());
    const url = `https://receiver.example${path}`;
    const secrets = [{ sealed: await sealed(endpoint, secret), until: null }];
    return new Endpoint({
      merchant,
      endpoint,
      url,
      form: "standard",
      enabled: true,
      secrets,
      version: 1,
    });
  }

  get object(): DurableObjectStub<WebhookEndpoint> {
    return env.ENDPOINTS.getByName(`${this.config.merchant}/${this.config.endpoint}`);
  }

  async send(events: readonly OutgoingEvent[], again = false): Promise<void> {
    await this.object.enqueue(this.config, events, again);
  }

  async configure(change: Partial<EndpointConfig>): Promise<void> {
    this.config = { ...this.config, ...change, version: this.config.version + 1 };
    await this.object.configure(this.config);
  }

  async deliveries(): Promise<readonly Delivery[]> {
    const page = await this.object.deliveries({ event: null, limit: 100, before: null });
    return page.deliveries;
  }

  async delivery(event: OutgoingEvent): Promise<Delivery> {
    const page = await this.object.deliveries({ event: event.id, limit: 1, before: null });
    const [delivery] = page.deliveries;
    if (delivery === undefined) throw new Error("there is no such delivery");
    return delivery;
  }

  /** Waits until an event's delivery has so many tries. */
  async tried(event: OutgoingEvent, times: number): Promise<Delivery> {
    return vi.waitFor(
      async () => {
        const delivery = await this.delivery(event);
        if (delivery.tries.length < times) throw new Error(`${delivery.tries.length} tries`);
        return delivery;
      },
      { timeout: 5_000, interval: 10 },
    );
  }

  alarm(): Promise<number | null> {
    return runInDurableObject(this.object, (_it, { storage }) => storage.getAlarm());
  }

  async ring(): Promise<boolean> {
    return runDurableObjectAlarm(this.object);
  }

  /** All that the object keeps, as text. */
  async dump(): Promise<string> {
    return runInDurableObject(this.object, (_it, { storage }) => {
      const { sql } = storage;
      const rows = ["endpoint", "deliveries"].map((table) => [
        ...sql.exec(`SELECT * FROM ${table}`),
      ]);
      return JSON.stringify(rows);
    });
  }
}

/** The secret of the vector in Standard Webhooks' form. */
export const SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

export async function sealed(endpoint: string, secret: string): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return seal(settingsOf(env).masterKeys, endpoint, secret, nonce);
}

/** An event as the projector hands it to an endpoint. */
export function someEvent(type: EventType = "points.earned"): OutgoingEvent {
  return eventOf(makeId("cus", ulid()), 1, type);
}

/** One of a customer's events, with its number in the feed. */
export function eventOf(
  customer: string,
  seq: number,
  type: EventType = "points.earned",
): OutgoingEvent {
  const id = makeId("evt", ulid());
  return { id, type, seq, customer, body: JSON.stringify({ type, id, data: { customer, seq } }) };
}

/** An answer of the native API with what tests look at. */
export interface NativeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
  readonly etag: string;
}

/** Calls the native API with a key or, for a merchant, with the admin's token. */
export async function callNative(
  method: string,
  path: string,
  given: {
    readonly merchant?: string;
    readonly key?: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<NativeAnswer> {
  const { merchant, key = String(env.GUERDON_ADMIN_TOKEN), body } = given;
  const headers = {
    Authorization: `Bearer ${key}`,
    ...(merchant === undefined ? {} : { "Guerdon-Merchant": merchant }),
    ...given.headers,
  };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const init = { method, headers, ...(body === undefined ? {} : { body: text }) };
  const response = await worker(new Request(`https://api.example/loyalty/v1${path}`, init));
  const etag = response.headers.get("etag") ?? "";
  const { status, headers: sent } = response;
  return { status, headers: sent, body: (await response.json()) as Json, etag };
}
