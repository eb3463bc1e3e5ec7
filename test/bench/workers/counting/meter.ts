import { AsyncLocalStorage } from "node:async_hooks";
import type { Counts } from "./counts.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

const fresh = (): Counts => ({
  read: 0,
  written: 0,
  alarmsSet: 0,
  d1Calls: 0,
  d1Statements: 0,
  d1Read: 0,
  d1Written: 0,
  calls: {},
  busyMs: {},
  fetches: 0,
});

let counts = fresh();
/** A cursor tells what it cost when it has been read: they are added up when asked. */
let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
const patched = new Set<object>();
/** The kind of object that is at it: what calls its own methods is not called from outside. */
const within = new AsyncLocalStorage<string>();

/** All that was counted; begins anew. Objects share the isolate of their Worker. */
export function takeCounts(): Counts {
  const taken = counts;
  for (const cursor of cursors) {
    taken.read += cursor.rowsRead;
    taken.written += cursor.rowsWritten;
  }
  counts = fresh();
  cursors = [];
  return taken;
}

/** Replaces a method where all objects of its kind find it, once. */
function wrap(owner: object, name: string, make: (method: Method) => Method): void {
  const methods = owner as Methods;
  const method = methods[name];
  if (method === undefined) throw new Error(`nothing to count: ${name} is missing`);
  methods[name] = make(method);
}

function once(owner: object, patch: () => void): void {
  if (patched.has(owner)) return;
  patched.add(owner);
  patch();
}

/** Counts rows and alarms of every object. */
export function countStorage(storage: DurableObjectStorage): void {
  const prototype = Object.getPrototypeOf(storage);
  once(prototype, () => {
    wrap(
      prototype,
      "setAlarm",
      (setAlarm) =>
        function (...args) {
          counts.alarmsSet += 1;
          return setAlarm.apply(this, args);
        },
    );
    wrap(
      Object.getPrototypeOf(storage.sql),
      "exec",
      (exec) =>
        function (...args) {
          const cursor = exec.apply(this, args);
          cursors.push(cursor as (typeof cursors)[number]);
          return cursor;
        },
    );
  });
}

/** Counts calls of objects, and how long each took. */
export function countCalls(kinds: Readonly<Record<string, { prototype: object }>>): void {
  for (const [kind, { prototype }] of Object.entries(kinds)) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (name === "constructor") continue;
      wrap(
        prototype,
        name,
        (method) =>
          function (...args) {
            if (within.getStore() === kind) return method.apply(this, args);
            const call = name === "alarm" ? `${kind}_alarm` : kind;
            counts.calls[call] = (counts.calls[call] ?? 0) + 1;
            return within.run(kind, () => timed(call, () => method.apply(this, args)));
          },
      );
    }
  }
}

function timed(call: string, work: () => unknown): unknown {
  const start = performance.now();
  const end = (): void => {
    counts.busyMs[call] = (counts.busyMs[call] ?? 0) + performance.now() - start;
  };
  const result = work();
  if (result instanceof Promise) return result.finally(end);
  end();
  return result;
}

/** Counts what the Worker and its objects send out. */
export function countFetches(): void {
  wrap(globalThis, "fetch", (original) => (...args) => {
    counts.fetches += 1;
    return original.apply(globalThis, args);
  });
}

interface D1Answer {
  readonly meta?: { readonly rows_read?: number; readonly rows_written?: number };
}

/**
 * Counts the statements that reach a database, and the rows that it says they cost. The platform's
 * own client sends everything through one of two methods, after its compatibility flags.
 */
export function countD1(database: D1Database): void {
  const session = (database as unknown as { alwaysPrimarySession: object }).alwaysPrimarySession;
  const prototype = Object.getPrototypeOf(session);
  once(prototype, () => {
    for (const name of ["_send", "_query"]) {
      wrap(
        prototype,
        name,
        (send) =>
          async function (...args) {
            const answer = (await send.apply(this, args)) as D1Answer | D1Answer[];
            countAnswers(Array.isArray(answer) ? answer : [answer]);
            return answer;
          },
      );
    }
  });
}

function countAnswers(answers: readonly D1Answer[]): void {
  counts.d1Calls += 1;
  counts.d1Statements += answers.length;
  for (const { meta } of answers) {
    counts.d1Read += meta?.rows_read ?? 0;
    counts.d1Written += meta?.rows_written ?? 0;
  }
}
