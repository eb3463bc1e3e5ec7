import { vi } from "vitest";

/** Rows that storage bills for. */
export interface RowCount {
  readonly read: number;
  readonly written: number;
}

/**
 * Counts the rows that `work` reads and writes: those of every cursor, rows of indexes included,
 * and one for each time that it sets the alarm. `work` must be synchronous.
 */
export function countRows(storage: DurableObjectStorage, work: () => unknown): RowCount {
  const exec = vi.spyOn(storage.sql, "exec");
  const setAlarm = vi.spyOn(storage, "setAlarm");
  try {
    work();
    const cursors = exec.mock.results.map(({ value }) => value as SqlStorageCursor<never>);
    return {
      read: cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0),
      written: cursors.reduce(
        (sum, cursor) => sum + cursor.rowsWritten,
        setAlarm.mock.calls.length,
      ),
    };
  } finally {
    exec.mockRestore();
    setAlarm.mockRestore();
  }
}

/** The statements that `work` runs, in order. */
export function statementsOf(storage: DurableObjectStorage, work: () => unknown): string[] {
  const exec = vi.spyOn(storage.sql, "exec");
  try {
    work();
    return exec.mock.calls.map(([query]) => query);
  } finally {
    exec.mockRestore();
  }
}

/** What a {@link failAt} throws. */
export class StorageFailure extends Error {}

/** Runs `work` with storage whose n-th statement (from 1) fails. */
export function failAt<T>(storage: DurableObjectStorage, n: number, work: () => T): T {
  const { sql } = storage;
  const run = sql.exec.bind(sql);
  let count = 0;
  const exec = vi.spyOn(sql, "exec").mockImplementation((query, ...values) => {
    count += 1;
    if (count === n) throw new StorageFailure(`statement ${n} fails`);
    return run(query, ...values);
  });
  try {
    return work();
  } finally {
    exec.mockRestore();
  }
}
