import { DurableObject } from "cloudflare:workers";
import { open } from "../core/sealing.ts";
import type { Settings } from "../env.ts";
import { settingsOf } from "../env.ts";
import { projectorOf } from "../events/client.ts";
import { logFault } from "../log.ts";
import type { DeliveryPage, DeliveryQuery, EndpointConfig, OutgoingEvent } from "./client.ts";
import { DISABLE_AFTER_MS, nextTryAt } from "./schedule.ts";
import type { Attempt } from "./send.ts";
import { send } from "./send.ts";
import type { DueDelivery, EndpointState, EndpointStore } from "./store.ts";
import { endpointStore } from "./store.ts";

/** Deliveries that are under way at once: one that hangs delays no other. */
const MAX_IN_FLIGHT = 6;
/** What is in memory only is found again after so long, should the object die. */
const SAFETY_MS = 30_000;
const GONE = 410;

/** What a deleted endpoint is left with; no change is newer. */
const GONE_FOR_GOOD: EndpointConfig = {
  merchant: "",
  endpoint: "",
  url: "",
  form: "standard",
  enabled: false,
  secrets: [],
  version: Number.MAX_SAFE_INTEGER,
};

/**
 * A webhook endpoint: its pending deliveries, tries and retry schedule. Each endpoint is an object
 * of its own, so that a slow or dead one delays nobody else's deliveries.
 */
export class WebhookEndpoint extends DurableObject<Env> {
  #store: EndpointStore;
  readonly #settings: Settings;
  /** Fresh deliveries, in their order. */
  readonly #queue: Set<string>;
  readonly #inFlight = new Map<string, Promise<void>>();
  #armedAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#settings = settingsOf(env);
    this.#store = endpointStore(ctx.storage);
    this.#queue = new Set(this.#store.fresh());
    ctx.blockConcurrencyWhile(async () => {
      this.#armedAt = await ctx.storage.getAlarm();
      this.#armNext();
    });
  }

  /** Takes events to deliver and begins at once; those it knows only `again` are sent again. */
  async enqueue(
    config: EndpointConfig,
    events: readonly OutgoingEvent[],
    again: boolean,
  ): Promise<void> {
    const now = Date.now();
    this.#store.configure(config);
    if (this.#store.state()?.config.endpoint !== config.endpoint) return;
    if (again) for (const { id } of events) this.#store.reopen(id, now);
    for (const { id } of this.#store.add(events, now)) this.#queue.add(id);
    this.#arm(Date.now());
    this.#fill();
  }

  /** Takes a change of the endpoint. */
  async configure(config: EndpointConfig): Promise<void> {
    this.#store.configure(config);
    this.#arm(Date.now());
    this.#fill();
  }

  /** A page of deliveries with their tries, newest first. */
  async deliveries(query: DeliveryQuery): Promise<DeliveryPage> {
    return this.#store.page(query);
  }

  /** Delivers a known event once more. */
  async resend(event: string): Promise<boolean> {
    const known = this.#store.reopen(event, Date.now());
    this.#arm(Date.now());
    this.#fill();
    return known;
  }

  /** Drops everything but that the endpoint is gone: what comes late must not bring it back. */
  async drop(): Promise<void> {
    this.#queue.clear();
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#store = endpointStore(this.ctx.storage);
    this.#store.configure(GONE_FOR_GOOD);
    this.#armedAt = null;
  }

  /** Begins what is due. It does not wait for the end: the next retry may be due before that. */
  override async alarm(): Promise<void> {
    this.#armedAt = null;
    try {
      await this.#report();
    } catch (error) {
      logFault({ during: "report" }, error);
    } finally {
      this.#store.sweep(Date.now());
      this.#fill();
      this.#armNext();
    }
  }

  /** Keeps as many deliveries under way as may be; each that ends makes room for the next. */
  #fill(): void {
    const state = this.#store.state();
    if (state === null || !state.config.enabled || state.disabledReason !== null) return;
    for (const event of this.#candidates()) {
      if (this.#inFlight.size >= MAX_IN_FLIGHT) return;
      this.#queue.delete(event);
      const delivery = this.#inFlight.has(event) ? null : this.#store.find(event);
      if (delivery === null) continue;
      const work = this.#deliver(state, delivery)
        .catch((error: unknown) => logFault({ during: "delivery", event }, error))
        .finally(() => {
          this.#inFlight.delete(event);
          this.#fill();
          this.#armNext();
        });
      this.#inFlight.set(event, work);
    }
  }

  /** Fresh deliveries first, then those whose retry is due. */
  *#candidates(): Iterable<string> {
    yield* this.#queue;
    yield* this.#store.due(Date.now(), 2 * MAX_IN_FLIGHT);
  }

  async #deliver(state: EndpointState, delivery: DueDelivery): Promise<void> {
    const { url, form } = state.config;
    const secrets = await this.#openSecrets(state.config);
    const allowLoopback = this.#settings.webhookLoopback;
    const attempt = await send({ url, form, secrets, allowLoopback }, delivery);
    this.#settle(delivery, attempt);
  }

  #settle(delivery: DueDelivery, { made, retryAfterMs }: Attempt): void {
    const state = this.#store.state();
    if (state === null) return;
    const { event } = delivery;
    if (made.failure === null) {
      this.#store.settle(event, made, { state: "delivered", failures: 0, nextAt: null });
      if (state.failingSince !== null) this.#store.setFailingSince(null);
      return;
    }
    const failures = delivery.failures + 1;
    const nextAt = nextTryAt(failures, Date.now(), Math.random(), retryAfterMs);
    const left = nextAt === null ? "failed" : "pending";
    this.#store.settle(event, made, { state: left, failures, nextAt });
    if (state.disabledReason !== null) return;
    const since = state.failingSince ?? made.at;
    if (state.failingSince === null) this.#store.setFailingSince(since);
    if (made.status === GONE) this.#disable("the receiver answered 410 Gone");
    else if (made.at - since >= DISABLE_AFTER_MS) this.#disable("no success within 5 days");
  }

  #disable(reason: string): void {
    this.#store.setDisabled(reason);
    this.#arm(Date.now());
    this.#report().catch((error: unknown) => logFault({ during: "report" }, error));
  }

  /** Tells the projector that the object stopped by itself, until it has heard. */
  async #report(): Promise<void> {
    const state = this.#store.state();
    if (state === null || state.reported || state.disabledReason === null) return;
    const { merchant, endpoint } = state.config;
    await projectorOf(this.env, merchant).endpointDisabled(endpoint, state.disabledReason);
    this.#store.setReported();
  }

  async #openSecrets(config: EndpointConfig): Promise<string[]> {
    const now = Date.now();
    const good = config.secrets.filter(({ until }) => until === null || until > now);
    return Promise.all(
      good.map(({ sealed }) => open(this.#settings.masterKeys, config.endpoint, sealed)),
    );
  }

  /** Sets the alarm for the next retry, or for what is in memory only. */
  #armNext(): void {
    const state = this.#store.state();
    if (state === null) return;
    if (!state.reported) this.#arm(Date.now());
    if (!state.config.enabled || state.disabledReason !== null) return;
    const now = Date.now();
    const next = this.#store.nextAt(now);
    if (next !== null) this.#arm(next);
    if (this.#queue.size + this.#inFlight.size > 0 || this.#store.isDue(now)) this.#arm(now);
  }

  /** Work that is in memory gets a safety margin, so that a stream of events sets few alarms. */
  #arm(due: number): void {
    const now = Date.now();
    const at = due > now ? due : now + SAFETY_MS;
    if (this.#armedAt !== null && this.#armedAt <= at) return;
    this.#armedAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}
