import { DurableObject } from "cloudflare:workers";
import { logFault } from "../log.ts";
import type { Database } from "../registry/database.ts";
import { database } from "../registry/database.ts";
import { findRebuild } from "../registry/events/rebuilds.ts";
import type { SweptWallet } from "../registry/events/sweeps.ts";
import {
  findRound,
  keepRound,
  postponeWakes,
  wakeableWallets,
  walletsAfter,
} from "../registry/events/sweeps.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import { walletOf } from "../wallet/client.ts";
import { projectorOf, SWEEP_AHEAD_MS } from "./client.ts";
import { inTime } from "./in-time.ts";

/** Wallets that are woken at once, each with some seconds to say that it is. */
const PAGE = 500;
const PATIENCE_MS = 10_000;
/** Pages of one alarm; what is left is the next one's. */
const PAGES = 40;
/** A round over all wallets begins so long after the last one began. */
const ROUND_MS = 24 * 60 * 60 * 1_000;
const RETRY_MS = 30_000;
/** Between two pages of a round, so that the objects of few pages are there at once. */
const ROUND_PAUSE_MS = 2_000;

/** What a page of a round came to: it goes on unless it is over. */
type Round = "over" | "woke" | "untouched";

/** Works off pages while there are more, as many as one alarm should; whether there still are. */
async function somePages(work: () => Promise<boolean>): Promise<boolean> {
  for (let page = 0; page < PAGES; page += 1) if (!(await work())) return false;
  return true;
}

/**
 * Looks after one merchant, page by page until nothing is due: wakes the wallets whose lots expire
 * soon, so that their alarms book it in time, and picks up what was left lying: events that no
 * endpoint was handed, because whoever wrote them died before saying so, rebuilds that stopped and,
 * in a round over all of them, wallets whose alarm was lost. A wallet that cannot do what it is
 * woken for is woken ever more seldom, and keeps no other waiting.
 */
export class Sweeper extends DurableObject<Env> {
  #working: Promise<void> | null = null;

  /** Begins, unless it is under way. */
  async start(merchantId: string): Promise<void> {
    if (this.#working !== null || (await this.ctx.storage.getAlarm()) !== null) return;
    if ((await this.ctx.storage.get("merchant")) === undefined) {
      await this.ctx.storage.put("merchant", merchantId);
    }
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** Works off what is due, and goes on where there is more than one alarm should do. */
  override async alarm(): Promise<void> {
    await this.work();
  }

  /** The work that is under way, or all that an alarm does. */
  async work(): Promise<void> {
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
    await this.#working;
  }

  async #work(): Promise<void> {
    const merchantId = await this.ctx.storage.get<string>("merchant");
    if (merchantId === undefined) return;
    try {
      const db = database(this.env, merchantId);
      await this.#tellProjector(db, merchantId);
      const isMore = await somePages(() => this.#wakeExpiring(db, merchantId));
      let round = "over" as Round;
      await somePages(async () => {
        round = await this.#goRound(db, merchantId);
        return round === "untouched";
      });
      const pause = isMore || round === "untouched" ? 0 : ROUND_PAUSE_MS;
      if (isMore || round !== "over") await this.ctx.storage.setAlarm(Date.now() + pause);
    } catch (error) {
      logFault({ merchant: merchantId, during: "sweep" }, error);
      await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    }
  }

  /** What becomes of it is the projector's; the wallets do not wait for one that fails. */
  async #tellProjector(db: Database, merchantId: string): Promise<void> {
    const projector = projectorOf(this.env, merchantId);
    try {
      await inTime(projector.handOut(), PATIENCE_MS);
      const rebuild = await findRebuild(db, merchantId);
      if (rebuild?.finishedAt === null) await inTime(projector.rebuild(), PATIENCE_MS);
    } catch (error) {
      logFault({ merchant: merchantId, during: "sweep" }, error);
    }
  }

  /** One page of wallets with an expiry that is near or overdue; whether there may be more. */
  async #wakeExpiring(db: Database, merchantId: string): Promise<boolean> {
    const now = Date.now();
    const page = await wakeableWallets(db, merchantId, now + SWEEP_AHEAD_MS, PAGE);
    if (page.length === 0) return false;
    await this.#wakeAll(page);
    const work = unitOfWork(db, "live");
    work.add(postponeWakes(db, merchantId, page, { now, ahead: SWEEP_AHEAD_MS }));
    await work.commit();
    return page.length === PAGE;
  }

  /** One page of the round over all wallets, if one is due. */
  async #goRound(db: Database, merchantId: string): Promise<Round> {
    const now = Date.now();
    const round = await findRound(db, merchantId, now);
    if (round.dueAt > now) return "over";
    const page = await walletsAfter(db, merchantId, round.cursor, PAGE);
    // What still waits has nothing to look after but expiries, found by theirs.
    const opened = page.filter(({ waits }) => waits === 0);
    await this.#wakeAll(opened);
    const goesOn = page.length === PAGE;
    const work = unitOfWork(db, "live");
    const next = goesOn
      ? { cursor: page.at(-1)?.number ?? 0, dueAt: now }
      : { cursor: 0, dueAt: Math.max(now, round.beganAt + ROUND_MS) };
    work.add(keepRound(db, { ...round, ...next }));
    await work.commit();
    if (!goesOn) return "over";
    return opened.length === 0 ? "untouched" : "woke";
  }

  async #wakeAll(wallets: readonly SweptWallet[]): Promise<void> {
    const wake = async (wallet: SweptWallet) => {
      try {
        await inTime(walletOf(this.env, wallet).wake(wallet.told ?? 0, wallet.status), PATIENCE_MS);
      } catch (error) {
        const { merchant, customer } = wallet;
        logFault({ merchant, customer, during: "sweep" }, error);
      }
    };
    await Promise.all(wallets.map(wake));
  }
}
