import { describe, expect, it } from "vitest";
import { NEVER } from "../../src/core/ledger/entries.ts";
import {
  addDays,
  businessDayOf,
  dayOf,
  endOfDay,
  expiryOf,
  isTimeZone,
  lastDayOf,
  localTimeOf,
  momentOf,
} from "../../src/services/calendar.ts";
import type { Principal } from "../../src/services/context.ts";

const KUALA_LUMPUR = "Asia/Kuala_Lumpur";
const NEW_YORK = "America/New_York";
const text = (moment: number) => new Date(moment).toISOString();

describe("the end of a business day", () => {
  it.each([
    [KUALA_LUMPUR, "2026-12-31", "2026-12-31T16:00:00.000Z"],
    [KUALA_LUMPUR, "2028-02-28", "2028-02-28T16:00:00.000Z"],
    [KUALA_LUMPUR, "2028-02-29", "2028-02-29T16:00:00.000Z"],
    ["UTC", "2026-06-30", "2026-07-01T00:00:00.000Z"],
    ["Asia/Kathmandu", "2026-06-30", "2026-06-30T18:15:00.000Z"],
    [NEW_YORK, "2026-01-15", "2026-01-16T05:00:00.000Z"],
    [NEW_YORK, "2026-07-15", "2026-07-16T04:00:00.000Z"],
  ])("in %s of %s is %s", (zone, day, end) => {
    expect(text(endOfDay(day, zone))).toBe(end);
  });

  it.each([
    ["before the clocks go forward", "2026-03-07", "2026-03-08T05:00:00.000Z"],
    ["of the short day", "2026-03-08", "2026-03-09T04:00:00.000Z"],
    ["before the clocks go back", "2026-10-31", "2026-11-01T04:00:00.000Z"],
    ["of the long day", "2026-11-01", "2026-11-02T05:00:00.000Z"],
  ])("in New York %s", (_, day, end) => {
    expect(text(endOfDay(day, NEW_YORK))).toBe(end);
  });

  it.each([
    ["where midnight is skipped", "America/Sao_Paulo", "2018-11-03", "2018-11-04T03:00:00.000Z"],
    ["where a whole day is skipped", "Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00.000Z"],
    ["where midnight comes twice", "America/Havana", "2026-10-31", "2026-11-01T04:00:00.000Z"],
  ])("is the first moment of the next day %s", (_, zone, day, end) => {
    expect(text(endOfDay(day, zone))).toBe(end);
  });

  it("stays right when more days were asked for than are remembered", () => {
    for (let i = 0; i < 1500; i += 1) {
      const day = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10);
      expect(text(endOfDay(day, KUALA_LUMPUR))).toBe(`${day}T16:00:00.000Z`);
    }
    expect(text(endOfDay("2026-01-01", KUALA_LUMPUR))).toBe("2026-01-01T16:00:00.000Z");
    expect(text(endOfDay("2026-01-01", "UTC"))).toBe("2026-01-02T00:00:00.000Z");
  });
});

describe("the business day of a moment", () => {
  it.each([
    ["2026-12-31T15:59:59.999Z", KUALA_LUMPUR, "2026-12-31"],
    ["2026-12-31T16:00:00.000Z", KUALA_LUMPUR, "2027-01-01"],
    ["2026-03-08T04:59:59.999Z", NEW_YORK, "2026-03-07"],
    ["2026-03-08T05:00:00.000Z", NEW_YORK, "2026-03-08"],
    ["2026-03-09T03:59:59.999Z", NEW_YORK, "2026-03-08"],
    ["2026-11-02T04:59:59.999Z", NEW_YORK, "2026-11-01"],
    ["1969-12-31T23:00:00.000Z", "UTC", "1969-12-31"],
  ])("%s in %s is %s", (moment, zone, day) => {
    expect(dayOf(Date.parse(moment), zone)).toBe(day);
  });

  it("is the last good one of a lot that expires at its end", () => {
    for (const day of ["2026-03-07", "2026-03-08", "2028-02-29", "2026-11-01"]) {
      expect(lastDayOf(endOfDay(day, NEW_YORK), NEW_YORK)).toBe(day);
    }
    expect(lastDayOf(NEVER, NEW_YORK)).toBeNull();
  });
});

describe("the moment of a clock's time", () => {
  it.each([
    ["2026-01-15T10:00:00", KUALA_LUMPUR, "2026-01-15T02:00:00.000Z"],
    ["2026-01-15T00:30:00", KUALA_LUMPUR, "2026-01-14T16:30:00.000Z"],
    ["2026-07-15T10:00:00", NEW_YORK, "2026-07-15T14:00:00.000Z"],
    ["1960-01-01T00:00:00", "UTC", "1960-01-01T00:00:00.000Z"],
  ])("%s in %s is %s", (local, zone, moment) => {
    expect(text(momentOf(local, zone) ?? 0)).toBe(moment);
  });

  it("that the clocks skip is as much later as they were put forward", () => {
    expect(text(momentOf("2026-03-08T02:30:00", NEW_YORK) ?? 0)).toBe("2026-03-08T07:30:00.000Z");
  });

  it("that comes twice is the first", () => {
    expect(text(momentOf("2026-11-01T01:30:00", NEW_YORK) ?? 0)).toBe("2026-11-01T05:30:00.000Z");
  });

  it("is none for a time of no calendar", () => {
    expect(momentOf("2026-02-29T10:00:00", KUALA_LUMPUR)).toBeNull();
    expect(momentOf("yesterday", KUALA_LUMPUR)).toBeNull();
  });
});

describe("what a clock shows at a moment", () => {
  it.each([
    ["2026-01-15T02:00:00.999Z", KUALA_LUMPUR, "2026-01-15T10:00:00"],
    ["2026-12-31T16:00:00.000Z", KUALA_LUMPUR, "2027-01-01T00:00:00"],
    ["2026-07-15T14:00:00.000Z", NEW_YORK, "2026-07-15T10:00:00"],
    ["2026-03-08T07:30:00.000Z", NEW_YORK, "2026-03-08T03:30:00"],
    ["2026-11-01T05:30:00.000Z", NEW_YORK, "2026-11-01T01:30:00"],
    ["2026-11-01T06:30:00.000Z", NEW_YORK, "2026-11-01T01:30:00"],
  ])("%s in %s is %s", (moment, zone, local) => {
    expect(localTimeOf(Date.parse(moment), zone)).toBe(local);
  });
});

describe("days after a day", () => {
  it("are counted on the calendar", () => {
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2026-12-31", 365)).toBe("2027-12-31");
    expect(addDays("2026-01-15", 0)).toBe("2026-01-15");
  });
});

describe("points that expire", () => {
  const earned = (moment: string, days: number, zone: string) =>
    text(expiryOf({ kind: "days", days }, Date.parse(moment), zone));

  it.each([
    ["2026-05-10T14:30:00Z", 365, KUALA_LUMPUR, "2027-05-10T16:00:00.000Z"],
    ["2026-05-10T16:00:00Z", 365, KUALA_LUMPUR, "2027-05-11T16:00:00.000Z"],
    ["2028-02-28T00:00:00Z", 1, KUALA_LUMPUR, "2028-02-29T16:00:00.000Z"],
    ["2028-02-29T00:00:00Z", 365, KUALA_LUMPUR, "2029-02-28T16:00:00.000Z"],
    ["2027-02-28T00:00:00Z", 366, KUALA_LUMPUR, "2028-02-29T16:00:00.000Z"],
    ["2026-03-07T17:00:00Z", 1, NEW_YORK, "2026-03-09T04:00:00.000Z"],
    ["2026-10-31T17:00:00Z", 1, NEW_YORK, "2026-11-02T05:00:00.000Z"],
    ["2026-03-08T04:30:00Z", 30, NEW_YORK, "2026-04-07T04:00:00.000Z"],
  ])("earned at %s are good for %d days in %s", (moment, days, zone, end) => {
    expect(earned(moment, days, zone)).toBe(end);
  });

  it("earned at any moment of one business day expire together", () => {
    const start = endOfDay("2026-03-07", NEW_YORK);
    const end = endOfDay("2026-03-08", NEW_YORK);
    const expiries = new Set<number>();
    for (let at = start; at < end; at += 1_800_000) {
      expiries.add(expiryOf({ kind: "days", days: 90 }, at, NEW_YORK));
    }
    expiries.add(expiryOf({ kind: "days", days: 90 }, end - 1, NEW_YORK));
    expect([...expiries].map(text)).toEqual(["2026-06-07T04:00:00.000Z"]);
  });

  it("on a fixed day are good to its end, whenever they were earned", () => {
    const expiry = { kind: "date", date: "2026-12-31" } as const;
    const end = Date.parse("2026-12-31T16:00:00Z");
    for (const moment of ["2026-01-01T00:00:00Z", "2026-12-31T15:00:00Z"]) {
      expect(expiryOf(expiry, Date.parse(moment), KUALA_LUMPUR)).toBe(end);
    }
  });

  it("may never expire", () => {
    expect(expiryOf({ kind: "never" }, 0, KUALA_LUMPUR)).toBe(NEVER);
  });
});

describe("the business day of what happened at a till", () => {
  const now = Date.parse("2026-03-08T03:00:00Z");
  const day = (moment: string | null, timeZone = NEW_YORK) => {
    const principal = { merchant: { timeZone } } as Principal;
    return businessDayOf({ now, principal }, moment === null ? null : Date.parse(moment));
  };

  it("is the day in the merchant's zone", () => {
    expect(day("2026-03-06T04:59:59Z")).toBe("2026-03-05");
    expect(day("2026-03-06T05:00:00Z")).toBe("2026-03-06");
    expect(day("2026-03-06T17:00:00Z", KUALA_LUMPUR)).toBe("2026-03-07");
  });

  it("is today where the till does not say, or says a moment that is to come", () => {
    expect(day(null)).toBe("2026-03-07");
    expect(day("2026-12-24T12:00:00Z")).toBe("2026-03-07");
  });
});

describe("a time zone", () => {
  it.each([KUALA_LUMPUR, NEW_YORK, "UTC", "Etc/GMT+8", "Asia/Kolkata", "Asia/Calcutta"])(
    "is known: %s",
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each([
    "",
    "Asia",
    "Asia/Atlantis",
    "+08:00",
    "-05",
    "08:00",
    "local",
    "Asia/Manila ",
    "\u0000",
  ])("is not known: %j", (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
