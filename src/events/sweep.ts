import { logFault } from "../log.ts";
import { database } from "../registry/database.ts";
import { laggingFeeds } from "../registry/events.ts";
import { unfinishedRebuilds } from "../registry/projection.ts";
import { projectorOf } from "./client.ts";

/** Merchants that one sweep looks after; the next one goes on. */
const MERCHANTS = 100;

/**
 * Picks up what was left lying: events that no endpoint was handed, because whoever wrote them died
 * before saying so, and rebuilds that stopped. Runs every minute.
 */
export async function sweep(env: Env): Promise<void> {
  const db = database(env, "directory");
  const [lagging, unfinished] = await Promise.all([
    laggingFeeds(db, MERCHANTS),
    unfinishedRebuilds(db, MERCHANTS),
  ]);
  const work = [
    ...lagging.map((merchant) => ({ merchant, done: projectorOf(env, merchant).handOut() })),
    ...unfinished.map((merchant) => ({ merchant, done: projectorOf(env, merchant).rebuild() })),
  ];
  for (const { merchant, done } of work) {
    await done.catch((error: unknown) => logFault({ merchant, during: "sweep" }, error));
  }
}
