import type { Database } from "../registry/database.ts";
import { advanceRebuild, findRebuild, walletsAfter } from "../registry/events/projection.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import { walletOf } from "../wallet/client.ts";

/** Wallets that one slice asks to tell their ledger again, all at once. */
const SLICE = 20;

/**
 * Rebuilds the copies of the next few customers; whether there are more. The cursor moves when
 * they are done, so that a crash repeats a slice and leaves none out.
 */
export async function rebuildSlice(env: Env, db: Database, merchantId: string): Promise<boolean> {
  const rebuild = await findRebuild(db, merchantId);
  if (rebuild === undefined || rebuild.finishedAt !== null) return false;
  const slice = await walletsAfter(db, merchantId, rebuild.cursor, SLICE);
  await Promise.all(slice.map((wallet) => walletOf(env, wallet).retell(wallet.told)));
  const last = slice.at(-1)?.customer;
  const finished = slice.length < SLICE;
  const step = {
    cursor: last ?? rebuild.cursor,
    done: slice.length,
    finishedAt: finished ? Date.now() : null,
  };
  const work = unitOfWork(db, "live");
  work.addConditional(advanceRebuild(db, rebuild, step));
  const advanced = await work.commit();
  return !(advanced && finished);
}
