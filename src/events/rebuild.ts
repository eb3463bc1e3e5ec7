import type { Database } from "../registry/database.ts";
import type { RebuildRow } from "../registry/events/rebuilds.ts";
import { advanceRebuild, findRebuild, readToldSeqs } from "../registry/events/rebuilds.ts";
import { walletsAfter } from "../registry/events/sweeps.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import { walletOf } from "../wallet/client.ts";

/** Wallets that one slice asks to tell their ledger again, all at once. */
const SLICE = 20;
/** Events of the feed that are looked at in one statement. */
const FEED_SLICE = 2_000;

/**
 * Goes on with a rebuild; whether there is more to do. First the feed is read for what it has of
 * each wallet, so that copies which are lost do not make a wallet tell again what was told, and no
 * copy makes what was never told look as if it had been. Then the wallets tell theirs.
 */
export async function rebuildSlice(env: Env, db: Database, merchantId: string): Promise<boolean> {
  const rebuild = await findRebuild(db, merchantId);
  if (rebuild === undefined || rebuild.finishedAt !== null) return false;
  if (rebuild.feedCursor >= rebuild.feedUntil) return retellSlice(env, db, rebuild);
  const work = unitOfWork(db, "live");
  const until = Math.min(rebuild.feedUntil, rebuild.feedCursor + FEED_SLICE);
  work.add(...readToldSeqs(db, rebuild, until));
  await work.commit();
  return true;
}

/**
 * Rebuilds the copies of the next few customers; whether there are more. The cursor moves when
 * they are done, so that a crash repeats a slice and leaves none out.
 */
async function retellSlice(env: Env, db: Database, rebuild: RebuildRow): Promise<boolean> {
  const slice = await walletsAfter(db, rebuild.merchantId, Number(rebuild.cursor) || 0, SLICE);
  await Promise.all(
    slice.map(async (wallet) => {
      const { retell, wake } = walletOf(env, wallet);
      const told = wallet.told ?? 0;
      if ((await retell(told)) || told === 0) await wake(told, wallet.status);
    }),
  );
  const last = slice.at(-1)?.number;
  const finished = slice.length < SLICE;
  const step = {
    cursor: last === undefined ? rebuild.cursor : String(last),
    done: slice.length,
    finishedAt: finished ? Date.now() : null,
  };
  const work = unitOfWork(db, "live");
  work.addConditional(advanceRebuild(db, rebuild, step));
  const advanced = await work.commit();
  return !(advanced && finished);
}
