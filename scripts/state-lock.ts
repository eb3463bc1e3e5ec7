import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Two runtimes on one folder would run the same Durable Object twice, and its promise of one
 * writer would be void. The lock is the operating system's: it ends with the process that holds it.
 */
export function lockState(state: string): () => void {
  const lock = new DatabaseSync(join(state, "lock.sqlite"));
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch {
    lock.close();
    throw new Error(`another runtime uses the state in ${state}`);
  }
  return () => lock.close();
}
