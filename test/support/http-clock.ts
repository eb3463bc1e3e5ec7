import { afterAll, beforeAll, vi } from "vitest";

/** The moment that the service sees; tests move it by hand. */
export interface Clock {
  now: number;
}

/** Milliseconds of a second and a day. */
export const SECOND = 1_000;
export const DAY = 86_400_000;

/**
 * Stops the clock for a whole file, for its fixtures too. Objects share the tests' isolate. Alarms
 * go by the machine's clock: started far ahead of it, no lot expires and no wallet publishes by
 * itself.
 */
export function stopClock(start: string): Clock {
  const clock = { now: Date.parse(start) };
  beforeAll(() => {
    vi.spyOn(Date, "now").mockImplementation(() => clock.now);
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  return clock;
}
