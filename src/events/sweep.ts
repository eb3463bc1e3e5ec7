import { logFault } from "../log.ts";
import type { Database } from "../registry/database.ts";
import { database } from "../registry/database.ts";
import { laggingEndpoints, laggingFeeds } from "../registry/events/hand-out.ts";
import type { CopiedWallet } from "../registry/events/projection.ts";
import { advancePatrol, expiringWallets, nextPatrol } from "../registry/events/projection.ts";
import { unfinishedRebuilds } from "../registry/events/rebuilds.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import { walletOf } from "../wallet/client.ts";
import { projectorOf, SWEEP_AHEAD_MS } from "./client.ts";

/** Merchants that one sweep looks after; the next one goes on. */
const MERCHANTS = 100;
/** Wallets that one sweep looks after: some 144,000 a day. */
const WALLETS = 100;
/** Wallets with lots about to expire that one sweep wakes; what is overdue goes on in the next. */
const EXPIRING = 500;

/**
 * Wakes the wallets whose lots expire soon, so that their alarms book it in time, and picks up what
 * was left lying: events that no endpoint was handed, because whoever wrote them died
 * before saying so, rebuilds that stopped, and, in a round over all of them, wallets whose alarm
 * was lost. Runs every minute.
 */
export async function sweep(env: Env): Promise<void> {
  const db = database(env, "directory");
  const [feeds, endpoints, unfinished] = await Promise.all([
    laggingFeeds(db, MERCHANTS),
    laggingEndpoints(db, Date.now(), MERCHANTS),
    unfinishedRebuilds(db, MERCHANTS),
  ]);
  await Promise.all([
    ...[...new Set([...feeds, ...endpoints])].map((merchant) =>
      logged(merchant, projectorOf(env, merchant).handOut()),
    ),
    ...unfinished.map((merchant) => logged(merchant, projectorOf(env, merchant).rebuild())),
    wakeExpiring(env, db),
    patrol(env, db),
  ]);
}

async function wakeExpiring(env: Env, db: Database): Promise<void> {
  await wakeAll(env, await expiringWallets(db, Date.now() + SWEEP_AHEAD_MS, EXPIRING));
}

/** Wakes the next few wallets, so that what they have booked is published after all. */
async function patrol(env: Env, db: Database): Promise<void> {
  const { round, cursor } = await nextPatrol(db, WALLETS);
  await wakeAll(env, round);
  const work = unitOfWork(db, "live");
  work.add(advancePatrol(db, cursor));
  await work.commit();
}

async function wakeAll(env: Env, wallets: readonly CopiedWallet[]): Promise<void> {
  await Promise.all(
    wallets.map((wallet) => logged(wallet.merchant, walletOf(env, wallet).wake(wallet.told ?? 0))),
  );
}

async function logged(merchant: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    logFault({ merchant, during: "sweep" }, error);
  }
}
