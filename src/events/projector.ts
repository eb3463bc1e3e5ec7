import { DurableObject } from "cloudflare:workers";
import type { CustomerStatus } from "../core/customers.ts";
import type { BookedEvent } from "../core/events/body.ts";
import { makeId } from "../core/ids.ts";
import type { KeptBooking } from "../core/ledger/opening.ts";
import type { ProgramDefinition } from "../core/program/definition.ts";
import { defineProgram } from "../core/program/definition.ts";
import { programWithout } from "../core/program/program.ts";
import { logFault } from "../log.ts";
import { findOpening } from "../registry/customers/openings.ts";
import { database } from "../registry/database.ts";
import { findEndpoint, updateEndpoint } from "../registry/events/endpoints.ts";
import { insertEvents } from "../registry/events/events.ts";
import { projectedSeqs } from "../registry/events/projection.ts";
import { findMerchant } from "../registry/merchants/merchants.ts";
import { findProgram } from "../registry/merchants/programs.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import { ulid } from "../ulid.ts";
import type { Handover } from "./client.ts";
import { HandOut } from "./hand-out.ts";
import type { MerchantFacts, Purpose } from "./projection.ts";
import { groupWrites } from "./projection.ts";
import { rebuildSlice } from "./rebuild.ts";
import { settleStatus } from "./statuses.ts";

/** Groups begin so far apart: a lone handover is committed at once, many gather meanwhile. */
const PACE_MS = 100;
/** Entries of one group, and their characters: a statement's bound text stays far below 2 MB. */
const MAX_GROUP_ENTRIES = 500;
const MAX_GROUP_CHARS = 400_000;
/** How long the projector goes by what it read of the merchant. */
const FACTS_MS = 30_000;
const REBUILD_RETRY_MS = 5_000;

interface Waiting {
  readonly handover: Handover;
  readonly purpose: Purpose;
  /** Characters of its entries. */
  readonly size: number;
  readonly done: (told: number) => void;
  readonly failed: (error: unknown) => void;
}

interface Known extends MerchantFacts {
  readonly until: number;
}

/**
 * A merchant's projector: gathers what many wallets hand over and commits it as one group. It keeps
 * nothing: if it dies, the wallets hand over again.
 */
export class Projector extends DurableObject<Env> {
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #known: Known | null = null;
  #handingOut: HandOut | null = null;
  /** When the last group began. */
  #began = 0;

  /** Commits entries to projection and feed; their events go to the endpoints after that. */
  async publish(merchantId: string, handover: Handover): Promise<number> {
    return this.#gather(merchantId, handover, "publish");
  }

  /** Commits entries to the projection only. */
  async restore(merchantId: string, handover: Handover): Promise<void> {
    await this.#gather(merchantId, handover, "restore");
  }

  /** Hands to the endpoints what the feed has and they have not. */
  async handOut(merchantId: string): Promise<void> {
    await this.#handOutOf(merchantId).run();
  }

  /** Goes on with a rebuild; the work is the alarm's, slice by slice. */
  async rebuild(merchantId: string): Promise<void> {
    await this.ctx.storage.put("merchant", merchantId);
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** Books that an endpoint's object stopped by itself, with its event. */
  async endpointDisabled(merchantId: string, endpoint: string, reason: string): Promise<void> {
    const db = database(this.env, merchantId);
    const row = await findEndpoint(db, merchantId, endpoint);
    if (row === undefined || !row.enabled) return;
    const now = Date.now();
    const change = { enabled: false, disabledReason: reason, updatedAt: now };
    const event: BookedEvent = {
      id: makeId("evt", ulid(now)),
      type: "webhook_endpoint.disabled",
      customerId: null,
      sequence: null,
      timestamp: now,
      data: { webhook_endpoint: endpoint, reason },
    };
    const work = unitOfWork(db, "live");
    work.addConditional(updateEndpoint(db, row, change));
    work.add(insertEvents(db, merchantId, [event]));
    if (!(await work.commit())) throw new Error("the endpoint was changed meanwhile");
    this.ctx.waitUntil(this.#handOutOf(merchantId).soon());
  }

  /** What a customer's wallet opens with, as the registry keeps it until then. */
  async openingOf(merchantId: string, customer: string): Promise<readonly KeptBooking[] | null> {
    return (await findOpening(database(this.env, merchantId), merchantId, customer)) ?? null;
  }

  /** Brings the registry to the status that a customer's ledger has. */
  async settleStatus(merchantId: string, customer: string, status: CustomerStatus): Promise<void> {
    await settleStatus(database(this.env, merchantId), merchantId, customer, status);
    this.ctx.waitUntil(this.#handOutOf(merchantId).soon());
  }

  /** One slice of a rebuild after the other, each durable where it stands. */
  override async alarm(): Promise<void> {
    const merchantId = await this.ctx.storage.get<string>("merchant");
    if (merchantId === undefined) return;
    try {
      const more = await rebuildSlice(this.env, database(this.env, merchantId), merchantId);
      if (more) await this.ctx.storage.setAlarm(Date.now());
      else await this.ctx.storage.deleteAll();
    } catch (error) {
      logFault({ merchant: merchantId, during: "rebuild" }, error);
      await this.ctx.storage.setAlarm(Date.now() + REBUILD_RETRY_MS);
    }
  }

  #gather(merchantId: string, handover: Handover, purpose: Purpose): Promise<number> {
    return new Promise((done, failed) => {
      const size = JSON.stringify(handover.entries).length;
      this.#waiting.push({ handover, purpose, size, done, failed });
      this.#running ??= this.#run(merchantId);
    });
  }

  async #run(merchantId: string): Promise<void> {
    while (this.#waiting.length > 0) {
      const wait = this.#began + PACE_MS - Date.now();
      if (wait > 0) await scheduler.wait(Math.min(wait, PACE_MS));
      this.#began = Date.now();
      const group = this.#nextGroup();
      try {
        const told = await this.#commit(merchantId, group);
        for (const { handover, done } of group) done(told.get(handover.customer) ?? 0);
      } catch (error) {
        for (const waiting of group) waiting.failed(error);
      }
    }
    this.#running = null;
  }

  /**
   * As many of one purpose as a statement may carry, in their order; at least one, and of each
   * wallet at most one, since what may follow it depends on what it leads to.
   */
  #nextGroup(): readonly Waiting[] {
    const [first] = this.#waiting;
    let [entries, chars] = [0, 0];
    const customers = new Set<string>();
    const group = this.#waiting.filter(({ handover, purpose, size }) => {
      if (purpose !== first?.purpose || customers.has(handover.customer)) return false;
      entries += handover.entries.length;
      chars += size;
      const fits = entries <= MAX_GROUP_ENTRIES && chars <= MAX_GROUP_CHARS;
      if (customers.size > 0 && !fits) return false;
      customers.add(handover.customer);
      return true;
    });
    this.#waiting = this.#waiting.filter((waiting) => !group.includes(waiting));
    return group;
  }

  async #commit(
    merchantId: string,
    group: readonly Waiting[],
  ): Promise<ReadonlyMap<string, number>> {
    const facts = await this.#know(merchantId);
    const db = database(this.env, merchantId);
    const handovers = group.map(({ handover }) => handover);
    const purpose = group[0]?.purpose ?? "publish";
    const work = unitOfWork(db, "live");
    work.add(...groupWrites(db, facts, handovers, purpose, Date.now()));
    if (!(await work.commit())) throw new Error("the feed's number was taken");
    if (purpose === "publish") this.ctx.waitUntil(this.#handOutOf(merchantId).soon());
    const customers = handovers.map(({ customer }) => customer);
    return projectedSeqs(db, merchantId, customers);
  }

  #handOutOf(merchantId: string): HandOut {
    this.#handingOut ??= new HandOut({
      env: this.env,
      db: database(this.env, merchantId),
      merchantId,
      livemode: async () => (await this.#know(merchantId)).livemode,
    });
    return this.#handingOut;
  }

  async #know(merchantId: string): Promise<Known> {
    const now = Date.now();
    if (this.#known !== null && this.#known.until > now) return this.#known;
    const db = database(this.env, merchantId);
    const [merchant, program] = await Promise.all([
      findMerchant(db, { id: merchantId }),
      findProgram(db, merchantId),
    ]);
    if (merchant === undefined) throw new Error("a projector was called for no merchant");
    const { id, currency, sandbox } = merchant;
    const defined = program === undefined ? null : define(program.definition);
    const rules = defined ?? programWithout(merchant);
    const facts = { id, currency, livemode: !sandbox, program: rules };
    this.#known = { ...facts, until: now + FACTS_MS };
    return this.#known;
  }
}

function define(definition: unknown) {
  const defined = defineProgram(definition as ProgramDefinition);
  return defined.ok ? defined.value : null;
}
