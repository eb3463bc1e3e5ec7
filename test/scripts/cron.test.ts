import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { parseCron, runCrons } from "../../scripts/cron.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 3, 58, 30) });
});

afterEach(() => {
  vi.useRealTimers();
});

it.each([
  ["* * * * *", "00:03", true],
  ["*/5 * * * *", "00:10", true],
  ["*/5 * * * *", "00:11", false],
  ["0 3 * * *", "03:00", true],
  ["0 3 * * *", "04:00", false],
  ["10-20/5,40 * * * *", "03:15", true],
  ["10-20/5,40 * * * *", "03:25", false],
  ["10-20/5,40 * * * *", "03:40", true],
  ["5/10 * * * *", "03:25", true],
  ["7 * * * *", "03:17", false],
])("%s at %s: %s", (expression, time, due) => {
  expect(parseCron(expression)(new Date(`2026-01-01T${time}:30Z`))).toBe(due);
});

it.each([
  "0 0 1 * *",
  "0 0 * * MON",
  "60 * * * *",
  "20-10 * * * *",
  "*/0 * * * *",
  "x * * * *",
  "",
])("refuses %j", (expression) => {
  expect(() => parseCron(expression)).toThrow();
});

it("fires what is due at the beginning of each minute until it is stopped", async () => {
  const fired: string[] = [];
  const stop = runCrons(["* * * * *", "0 4 * * *"], async (cron, at) => {
    fired.push(`${at.toISOString().slice(11, 19)} ${cron}`);
  });
  await vi.advanceTimersByTimeAsync(90_000);
  expect(fired).toEqual(["03:59:00 * * * * *", "04:00:00 * * * * *", "04:00:00 0 4 * * *"]);
  stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(fired).toHaveLength(3);
});
