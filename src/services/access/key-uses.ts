import { Memory } from "../../memory.ts";
import { insertKeyUse } from "../../registry/access/keys.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import type { Context } from "../context.ts";

/** How exactly it is known when a key was used last: it is written once in so long at most. */
const PRECISION_MS = 60_000;
const MAX_CACHED = 5_000;

const noted = new Memory<true>(MAX_CACHED);

/** Writes down, after the answer, that the caller's key was used. A test key leaves no trace. */
export function noteKeyUse({ db, now, principal, defer }: Context): void {
  const { keyId, mode } = principal;
  if (keyId === null || noted.recall(keyId, now) !== undefined) return;
  noted.remember(keyId, true, now + PRECISION_MS);
  const work = unitOfWork(db, mode);
  work.add(insertKeyUse(db, keyId, now, PRECISION_MS));
  defer(work.commit());
}
