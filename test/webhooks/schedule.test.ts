import { describe, expect, it } from "vitest";
import { nextTryAt, parseRetryAfter } from "../../src/webhooks/schedule.ts";

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("the retry schedule", () => {
  it.each([
    [1, 5_000],
    [2, 5 * 60_000],
    [3, 30 * 60_000],
    [4, 2 * HOUR],
    [5, 5 * HOUR],
    [6, 10 * HOUR],
    [7, 14 * HOUR],
    [8, 20 * HOUR],
    [9, 24 * HOUR],
  ])("waits after failure %d for %d ms, 20 %% more or less", (failures, wait) => {
    expect(nextTryAt(failures, NOW, 0, null)).toBe(NOW + 0.8 * wait);
    expect(nextTryAt(failures, NOW, 0.5, null)).toBe(NOW + wait);
    expect(nextTryAt(failures, NOW, 1, null)).toBe(NOW + 1.2 * wait);
  });

  it("ends with the tenth failure, whatever the receiver asks for", () => {
    expect(nextTryAt(10, NOW, 0.5, null)).toBeNull();
    expect(nextTryAt(10, NOW, 0.5, 1_000)).toBeNull();
  });

  it("waits longer when the receiver asks for it, at most 24 hours, and never shorter", () => {
    expect(nextTryAt(1, NOW, 0.5, 60_000)).toBe(NOW + 60_000);
    expect(nextTryAt(1, NOW, 0.5, 3 * DAY)).toBe(NOW + DAY);
    expect(nextTryAt(2, NOW, 0.5, 1_000)).toBe(NOW + 5 * 60_000);
  });
});

describe("Retry-After", () => {
  it.each([
    ["120", 120_000],
    ["0", 0],
    [" 7 ", 7_000],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["soon", null],
    ["", null],
    [null, null],
  ])("%j is %j milliseconds", (header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected);
  });
});
