import type { BatchItem } from "drizzle-orm/batch";
import type { Database } from "./database.ts";

/** One write that a unit of work collects. */
export type Write = BatchItem<"sqlite">;

/** A service's writes, committed together or not at all. */
export interface UnitOfWork {
  add(...writes: readonly Write[]): void;
  /**
   * Commits all writes in one atomic batch, in the order in which they were added. False when a
   * unique constraint refused them: somebody else was first and nothing was written. In `test`
   * mode the writes are dropped and the answer is true: this is the registry's whole knowledge of
   * sandbox calls.
   */
  commit(): Promise<boolean>;
}

/** A unit of work on a merchant's database. */
export function unitOfWork(db: Database, mode: "live" | "test"): UnitOfWork {
  const writes: Write[] = [];
  return {
    add: (...more) => {
      writes.push(...more);
    },
    async commit() {
      const [first, ...rest] = writes.splice(0);
      if (first === undefined || mode === "test") return true;
      try {
        await db.batch([first, ...rest]);
        return true;
      } catch (thrown) {
        if (isUniqueViolation(thrown)) return false;
        throw thrown;
      }
    },
  };
}

/** SQLite's words for it; drizzle wraps the error and D1 wraps SQLite's. */
function isUniqueViolation(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error.message.includes("UNIQUE constraint failed")) return true;
  }
  return false;
}
