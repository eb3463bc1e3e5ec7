import { DurableObject } from "cloudflare:workers";
import type { Settings } from "../env.ts";
import { settingsOf } from "../env.ts";
import { projectorOf } from "../events/client.ts";
import { logFault } from "../log.ts";
import type { Waiting } from "./backlog.ts";
import { Backlog } from "./backlog.ts";
import type {
  Attempt,
  DeliveryPage,
  DeliveryQuery,
  DueDelivery,
  EndpointConfig,
  OutgoingEvent,
} from "./client.ts";
import { senderOf } from "./client.ts";
import { GROWTH_MS, Lanes } from "./lanes.ts";
import { DISABLE_AFTER_MS, nextTryAt } from "./schedule.ts";
import type { Trying } from "./send.ts";
import { attempt, tryingOf } from "./send.ts";
import type { EndpointState, EndpointStore } from "./store.ts";
import { endpointStore } from "./store.ts";

/** What is in memory only is found again after so long, should the object die. */
const SAFETY_MS = 30_000;
/** Between sweeps while there is more to drop, and at least until one that nothing else causes. */
const SWEEP_PAUSE_MS = 1_000;
const DROP_PAUSE_MS = 60 * 60 * 1000;
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
  #backlog: Backlog;
  readonly #settings: Settings;
  readonly #try: Trying;
  readonly #lanes = new Lanes();
  #looking: Promise<void> | null = null;
  #armedAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#settings = settingsOf(env);
    this.#try = tryingOf(this.#settings);
    this.#store = endpointStore(ctx.storage);
    this.#backlog = new Backlog(this.#store);
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
    if (again) for (const { id, body } of events) this.#store.reopen(id, now, body);
    if (again) this.#backlog.retryAt(now);
    this.#backlog.add(this.#store.add(events, now));
    this.#goOn();
  }

  /** Takes a change of the endpoint. */
  async configure(config: EndpointConfig): Promise<void> {
    this.#store.configure(config);
    this.#goOn();
  }

  /** A page of deliveries with their tries, newest first. */
  async deliveries(query: DeliveryQuery): Promise<DeliveryPage> {
    return this.#store.page(query);
  }

  /** Delivers a known event once more. */
  async resend(event: string): Promise<boolean> {
    const now = Date.now();
    const known = this.#store.reopen(event, now, "");
    this.#backlog.retryAt(now);
    this.#goOn();
    return known;
  }

  /** Drops everything but that the endpoint is gone: what comes late must not bring it back. */
  async drop(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#store = endpointStore(this.ctx.storage);
    this.#store.configure(GONE_FOR_GOOD);
    this.#backlog = new Backlog(this.#store);
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
      const now = Date.now();
      if (this.#store.sweep(now, this.#settings.deliveredKeptMs)) this.#arm(now + SWEEP_PAUSE_MS);
      this.#fill();
      this.#armNext();
    }
  }

  #goOn(): void {
    this.#arm(Date.now());
    this.#fill();
  }

  /** Keeps as many deliveries under way as may be; each that ends makes room for the next. */
  #fill(): void {
    const state = this.#store.state();
    if (state === null || !state.config.enabled || state.disabledReason !== null) return;
    const now = Date.now();
    this.#lanes.notice(this.#backlog.isIdle, now);
    for (const waiting of this.#backlog.candidates(now)) {
      const lane = this.#laneFor(state, waiting, now);
      if (lane === null) {
        this.#fillLater();
        return;
      }
      this.#backlog.begin(waiting);
      const delivery = this.#store.find(waiting.event);
      if (delivery === null) this.#backlog.end(waiting);
      else void this.#deliver(state.config, lane, waiting, delivery);
    }
  }

  /** A lane with room; there become more when a receiver that answers is sent too little. */
  #laneFor(state: EndpointState, { since }: Waiting, now: number): number | null {
    const lane = this.#lanes.room();
    if (lane !== null || state.failingSince !== null) return lane;
    return this.#lanes.grow(since, now) ? this.#lanes.room() : null;
  }

  /** Looks again though nothing ends: what waits may have waited long enough for another lane. */
  #fillLater(): void {
    this.#looking ??= scheduler.wait(GROWTH_MS).then(() => {
      this.#looking = null;
      this.#fill();
    });
  }

  async #deliver(
    config: EndpointConfig,
    lane: number,
    waiting: Waiting,
    delivery: DueDelivery,
  ): Promise<void> {
    this.#lanes.begin(lane);
    try {
      const sender = lane === 0 ? this.#try : senderOf(this.env, config, lane).send;
      this.#settle(delivery, await attempt(sender, config, delivery));
    } catch (error) {
      logFault({ during: "delivery", event: delivery.event }, error);
    } finally {
      this.#lanes.end(lane);
      this.#backlog.end(waiting);
      this.#fill();
      this.#armNext();
    }
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
    if (nextAt !== null) this.#backlog.retryAt(nextAt);
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

  /** Sets the alarm for the next retry, what is in memory only, or what is to be dropped. */
  #armNext(): void {
    const state = this.#store.state();
    if (state === null) return;
    const now = Date.now();
    if (!state.reported) this.#arm(now);
    if (state.config.enabled && state.disabledReason === null) {
      if (this.#backlog.dueAt !== null) this.#arm(this.#backlog.dueAt);
      if (!this.#backlog.isIdle) this.#arm(now);
    }
    if (this.#armedAt !== null) return;
    const drop = this.#store.nextDrop(this.#settings.deliveredKeptMs);
    if (drop !== null) this.#arm(Math.max(drop, now + DROP_PAUSE_MS));
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
