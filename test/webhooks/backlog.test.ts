import { describe, expect, it } from "vitest";
import { Backlog, MAX_READ, STEP, type Waiting } from "../../src/webhooks/backlog.ts";

/** What an endpoint's object keeps, and how many rows were read of it. */
class Kept {
  fresh_: Waiting[] = [];
  due_: Waiting[] = [];
  rows = 0;

  fresh(limit: number): readonly Waiting[] {
    return this.#read(this.fresh_, limit);
  }

  due(now: number, limit: number): readonly Waiting[] {
    return this.#read(
      this.due_.filter(({ since }) => since <= now),
      limit,
    );
  }

  nextAt(now: number): number | null {
    const later = this.due_.map(({ since }) => since).filter((since) => since > now);
    return later.length === 0 ? null : Math.min(...later);
  }

  settle({ event }: Waiting): void {
    this.fresh_ = this.fresh_.filter((one) => one.event !== event);
    this.due_ = this.due_.filter((one) => one.event !== event);
  }

  #read(from: readonly Waiting[], limit: number): readonly Waiting[] {
    const rows = from.slice(0, limit);
    this.rows += rows.length;
    return rows;
  }
}

const NOW = Date.now();

function waiting(customer: string | null, n: number, since = 0): Waiting {
  return { event: `evt_${customer}_${n}`, customer, since };
}

/** Begins what can be, at most so many. */
function begin(backlog: Backlog, most: number, now = NOW): Waiting[] {
  const begun: Waiting[] = [];
  for (const one of backlog.candidates(now)) {
    if (begun.length === most) break;
    backlog.begin(one);
    begun.push(one);
  }
  return begun;
}

const names = (begun: readonly Waiting[]) => begun.map(({ event }) => event);

describe("what waits for an endpoint", () => {
  it("is begun in its order, of each customer one at a time", () => {
    const backlog = new Backlog(new Kept());
    backlog.add([waiting("a", 1), waiting("a", 2), waiting("b", 1), waiting(null, 1)]);
    const first = begin(backlog, 6);
    expect(names(first)).toEqual(["evt_a_1", "evt_b_1", "evt_null_1"]);
    expect(begin(backlog, 6)).toEqual([]);
    backlog.end(waiting("a", 1));
    expect(names(begin(backlog, 6))).toEqual(["evt_a_2"]);
  });

  it("without a customer is begun at once, however much of it there is", () => {
    const backlog = new Backlog(new Kept());
    backlog.add([waiting(null, 1), waiting(null, 2), waiting(null, 3)]);
    expect(begin(backlog, 6)).toHaveLength(3);
  });

  it("is all begun once, though only a part of it is read at a time", () => {
    const kept = new Kept();
    const total = 5 * STEP;
    kept.fresh_ = Array.from({ length: total }, (_, i) => waiting(`c${i % 50}`, i));
    const backlog = new Backlog(kept);
    const seen: Waiting[] = [];
    for (let begun = begin(backlog, 6); begun.length > 0; begun = begin(backlog, 6)) {
      for (const one of begun) {
        seen.push(one);
        kept.settle(one);
        backlog.end(one);
      }
    }
    expect(names(seen)).toEqual(Array.from({ length: total }, (_, i) => `evt_c${i % 50}_${i}`));
    expect(backlog.isIdle).toBe(true);
    expect(kept.rows).toBeLessThan(1.2 * total);
  });

  it("of one customer in thousands stands in nobody's way", () => {
    const kept = new Kept();
    kept.fresh_ = Array.from({ length: 3 * STEP }, (_, i) => waiting("busy", i));
    kept.fresh_.push(waiting("other", 1));
    const backlog = new Backlog(kept);
    expect(names(begin(backlog, 6))).toEqual(["evt_busy_0", "evt_other_1"]);
  });

  it("is in memory up to a limit, and no more of it is read for what cannot be begun", () => {
    const kept = new Kept();
    kept.fresh_ = Array.from({ length: 2 * MAX_READ }, (_, i) => waiting("busy", i));
    const backlog = new Backlog(kept);
    const [first = waiting(null, 0)] = begin(backlog, 6);
    expect(kept.rows).toBeLessThan(2.1 * MAX_READ);
    const before = kept.rows;
    kept.settle(first);
    backlog.end(first);
    expect(names(begin(backlog, 6))).toEqual(["evt_busy_1"]);
    backlog.add([waiting("other", 1)]);
    expect(kept.rows).toBe(before);
  });

  it("for its retry is begun when that is due, and holds up nothing of its customer before", () => {
    const kept = new Kept();
    const backlog = new Backlog(kept);
    const failed = waiting("a", 1, NOW + 5_000);
    kept.due_ = [failed];
    backlog.retryAt(failed.since);
    backlog.add([waiting("a", 2)]);
    expect(names(begin(backlog, 6))).toEqual(["evt_a_2"]);
    expect(begin(backlog, 6, NOW + 4_999)).toEqual([]);
    expect(backlog.dueAt).toBe(NOW + 5_000);
  });
});
