import { describe, expect, it } from "vitest";
import { isDate } from "../../src/core/dates.ts";

describe("a date", () => {
  it.each(["2026-01-01", "2024-02-29", "2000-12-31", "0001-01-01"])("is %s", (text) => {
    expect(isDate(text)).toBe(true);
  });

  it.each([
    "2026-02-29",
    "2026-02-30",
    "2026-04-31",
    "2026-00-10",
    "2026-10-00",
    "2026-13-01",
    "26-01-01",
    "2026-01-01T00:00:00Z",
    "2026-01-01\n",
    " 2026-01-01",
    "2026/01/01",
    "today",
    "",
  ])("is not %j", (text) => {
    expect(isDate(text)).toBe(false);
  });
});
