import { logFault } from "../log.ts";
import type { Database } from "../registry/database.ts";
import { database } from "../registry/database.ts";
import { laggingFeeds } from "../registry/events.ts";
import { advancePatrol, nextPatrol, unfinishedRebuilds } from "../registry/projection.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import { walletOf } from "../wallet/client.ts";
import { projectorOf } from "./client.ts";

/** Merchants that one sweep looks after; the next one goes on. */
const MERCHANTS = 100;
/** Wallets that one sweep looks after: some 144,000 a day. */
const WALLETS = 100;

/**
 * Picks up what was left lying: events that no endpoint was handed, because whoever wrote them died
 * before saying so, rebuilds that stopped, and, in a round over all of them, wallets whose alarm
 * was lost. Runs every minute.
 */
export async function sweep(env: Env): Promise<void> {
  const db = database(env, "directory");
  const [lagging, unfinished] = await Promise.all([
    laggingFeeds(db, MERCHANTS),
    unfinishedRebuilds(db, MERCHANTS),
  ]);
  await Promise.all([
    ...lagging.map((merchant) => logged(merchant, projectorOf(env, merchant).handOut())),
    ...unfinished.map((merchant) => logged(merchant, projectorOf(env, merchant).rebuild())),
    patrol(env, db),
  ]);
}

/** Wakes the next few wallets, so that what they have booked is published after all. */
async function patrol(env: Env, db: Database): Promise<void> {
  const { owners, cursor } = await nextPatrol(db, WALLETS);
  await Promise.all(owners.map((owner) => logged(owner.merchant, walletOf(env, owner).wake())));
  const work = unitOfWork(db, "live");
  work.add(advancePatrol(db, cursor));
  await work.commit();
}

async function logged(merchant: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    logFault({ merchant, during: "sweep" }, error);
  }
}
