import { logFault } from "../log.ts";
import { database } from "../registry/database.ts";
import { merchantsToSweep, noteSwept } from "../registry/events/sweeps.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import { SWEEP_AHEAD_MS, sweeperOf } from "./client.ts";

/** Sweepers that one minute starts; the next goes on among the merchants. */
const STARTS = 800;
const AT_ONCE = 50;

/**
 * Starts the sweepers of merchants for whom something is due, round and round, so that none is left
 * out however many there are. Runs every minute; the work is the sweepers'.
 */
export async function sweep(env: Env): Promise<void> {
  const db = database(env, "directory");
  const now = Date.now();
  const found = await merchantsToSweep(db, { now, expiring: now + SWEEP_AHEAD_MS }, STARTS);
  for (let from = 0; from < found.length; from += AT_ONCE) {
    await Promise.all(found.slice(from, from + AT_ONCE).map((merchant) => start(env, merchant)));
  }
  const work = unitOfWork(db, "live");
  work.add(noteSwept(db, found.length < STARTS ? "" : (found.at(-1) ?? "")));
  await work.commit();
}

async function start(env: Env, merchant: string): Promise<void> {
  try {
    await sweeperOf(env, merchant).start();
  } catch (error) {
    logFault({ merchant, during: "sweep" }, error);
  }
}
