import { deliveryText, wantsType } from "../core/events/body.ts";
import { logFault } from "../log.ts";
import type { Database, Write } from "../registry/database.ts";
import type { EndpointRow } from "../registry/events/endpoints.ts";
import type { EventRow } from "../registry/events/events.ts";
import {
  advanceBehind,
  advanceHandedSeq,
  noteBehind,
  postponeBehind,
  readHandOut,
  readMissed,
  rejoin,
} from "../registry/events/hand-out.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import type { OutgoingEvent } from "../webhooks/client.ts";
import { endpointOf } from "../webhooks/client.ts";
import { configOf } from "./client.ts";
import { inTime } from "./in-time.ts";

/** Events that are read and handed out at once. */
const CHUNK = 300;
/** An endpoint's object that has not taken a chunk by then counts as down. */
const PATIENCE_MS = 5_000;
/** The first and the longest wait before what failed is tried again. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

/** Whose feed is handed out. */
export interface Feed {
  readonly env: Env;
  readonly db: Database;
  readonly merchantId: string;
  readonly livemode: () => Promise<boolean>;
}

/**
 * Hands a merchant's feed to its endpoints. One cursor serves all that take: it moves when each of
 * them has the chunk or is noted as behind. One that is behind is caught up from its own place,
 * beside the others and ever later while it fails, and goes with them again once it has what they
 * have. A crash means handing out again: the endpoints know an event by its id.
 */
export class HandOut {
  readonly #feed: Feed;
  #running: Promise<void> | null = null;
  #again = false;
  #failures = 0;
  /** Ends with what has the cursor for itself: a chunk for all, or an endpoint that rejoins. */
  #turns: Promise<unknown> = Promise.resolve();
  readonly #catchingUp = new Set<string>();
  #timer: { readonly at: number; readonly id: number } | null = null;

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  /** Hands out what the feed has now; joins what is under way. */
  run(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#handAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** {@link run} for whoever does not wait for it: what fails is tried again by itself. */
  async soon(): Promise<void> {
    try {
      await this.run();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      logFault({ merchant: this.#feed.merchantId, during: "hand-out" }, error);
      this.#wake(Date.now() + waitAfter(this.#failures));
    }
  }

  async #handAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      while (await this.#alone(() => this.#handChunk()));
    }
  }

  /**
   * Hands the next chunk to every endpoint; whether there may be more. Events and endpoints are
   * read as of one moment: an endpoint that is not among them was made later, and begins behind
   * these events.
   */
  async #handChunk(): Promise<boolean> {
    const { db, merchantId } = this.#feed;
    const { rows, endpoints } = await readHandOut(db, merchantId, CHUNK);
    for (const { id, behindRetryAt } of endpoints) {
      if (behindRetryAt !== null) this.#attend(id, behindRetryAt);
    }
    const [first, last] = [rows.at(0), rows.at(-1)];
    if (first === undefined || last === undefined) return false;
    const taken = await Promise.all(
      endpoints.map(async (row) => row.behindSeq === null && (await this.#handTo(row, rows))),
    );
    // Those that were behind too: should one rejoin by another hand meanwhile, it has not got this.
    const left = endpoints.filter((_, i) => taken[i] !== true).map(({ id }) => id);
    const now = Date.now();
    const retry = { now, retryAt: now + waitAfter(1) };
    await this.#commit(
      advanceHandedSeq(db, merchantId, last.seq),
      ...(left.length === 0 ? [] : [noteBehind(db, merchantId, left, first.seq - 1, retry)]),
    );
    if (left.length > 0) this.#wake(retry.retryAt);
    return rows.length === CHUNK;
  }

  #attend(endpoint: string, retryAt: number): void {
    if (retryAt > Date.now()) {
      this.#wake(retryAt);
      return;
    }
    if (this.#catchingUp.has(endpoint)) return;
    this.#catchingUp.add(endpoint);
    this.#catchUp(endpoint)
      .catch((error: unknown) => {
        logFault({ merchant: this.#feed.merchantId, endpoint, during: "catching up" }, error);
        this.#wake(Date.now() + MAX_RETRY_MS);
      })
      .finally(() => this.#catchingUp.delete(endpoint));
  }

  /** Only one that has just taken its last but one chunk may hold up the others for the last. */
  async #catchUp(endpoint: string): Promise<void> {
    for (let step = await this.#handMissed(endpoint, false); step !== "over"; ) {
      step = await (step === "near"
        ? this.#alone(() => this.#handMissed(endpoint, true))
        : this.#handMissed(endpoint, false));
    }
  }

  /** Hands an endpoint the next chunk of what it missed; whether it is near the cursor then. */
  async #handMissed(endpoint: string, isAlone: boolean): Promise<"far" | "near" | "over"> {
    const { db, merchantId } = this.#feed;
    const { rows, endpoints } = await readMissed(db, merchantId, endpoint, CHUNK);
    const [row] = endpoints;
    if (row === undefined) return "over";
    if (!(await this.#handTo(row, rows))) {
      const retryAt = Date.now() + waitAfter(row.behindFailures + 1);
      await this.#commit(postponeBehind(db, row, retryAt));
      this.#wake(retryAt);
      return "over";
    }
    const reached = rows.at(-1)?.seq ?? row.behindSeq ?? 0;
    const isNear = rows.length < CHUNK;
    if (isNear && isAlone) {
      await this.#commit(rejoin(db, row, reached));
      return "over";
    }
    await this.#commit(advanceBehind(db, row, reached, Date.now()));
    return isNear ? "near" : "far";
  }

  /** Hands an endpoint what it wants of these events; whether it has taken it. */
  async #handTo(endpoint: EndpointRow, rows: readonly EventRow[]): Promise<boolean> {
    const wanted = rows.filter(
      (row) => row.seq > endpoint.afterSeq && wantsType(endpoint.eventTypes, row.type),
    );
    if (wanted.length === 0) return true;
    const { env, merchantId, livemode } = this.#feed;
    const isLive = await livemode();
    const events = wanted.map(
      (row): OutgoingEvent => ({ id: row.id, type: row.type, body: deliveryText(row, isLive) }),
    );
    try {
      const { enqueue } = endpointOf(env, merchantId, endpoint.id);
      await inTime(enqueue(configOf(endpoint), events), PATIENCE_MS);
      return true;
    } catch (error) {
      logFault({ merchant: merchantId, endpoint: endpoint.id, during: "hand-out" }, error);
      return false;
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(work, work);
    this.#turns = turn;
    return turn;
  }

  async #commit(...writes: readonly Write[]): Promise<void> {
    const work = unitOfWork(this.#feed.db, "live");
    work.add(...writes);
    await work.commit();
  }

  /** Sees to it that this goes on by then, if it lives so long; else the sweep does. */
  #wake(at: number): void {
    if (this.#timer !== null && this.#timer.at <= at) return;
    if (this.#timer !== null) clearTimeout(this.#timer.id);
    const goOn = () => {
      this.#timer = null;
      void this.soon();
    };
    const id = setTimeout(goOn, Math.max(0, at - Date.now()));
    this.#timer = { at, id: Number(id) };
  }
}

function waitAfter(failures: number): number {
  return Math.min(MAX_RETRY_MS, 2 ** (failures - 1) * RETRY_MS);
}
