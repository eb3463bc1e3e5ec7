import { describe, expect, it } from "vitest";
import * as z from "zod";
import {
  listField,
  listFields,
  parseMoment,
  sliceOf,
  windowOf,
} from "../../../src/dialects/imonggo/schemas.ts";

describe("a time", () => {
  it.each([
    ["2013-07-13T00:52:24Z", "2013-07-13T00:52:24.000Z"],
    ["2013-07-13T00:52:24", "2013-07-13T00:52:24.000Z"],
    ["2013-07-13 00:52:24", "2013-07-13T00:52:24.000Z"],
    ["2013/07/13 00:52:24 +0000", "2013-07-13T00:52:24.000Z"],
    ["2013/07/13 08:52:24 +0800", "2013-07-13T00:52:24.000Z"],
    ["2013/07/12 19:52:24 -0500", "2013-07-13T00:52:24.000Z"],
    ["2013/07/13 08:52:24  0800", "2013-07-13T00:52:24.000Z"],
    ["2013-07-13T08:52:24+08:00", "2013-07-13T00:52:24.000Z"],
    ["2013-07-13T00:52:24.500Z", "2013-07-13T00:52:24.000Z"],
    [" 2012-02-29T23:59:59Z ", "2012-02-29T23:59:59.000Z"],
  ])("is read as clients write it: %s", (text, moment) => {
    expect(new Date(parseMoment(text) ?? 0).toISOString()).toBe(moment);
  });

  it.each([
    "",
    "2013-07-13",
    "2013-07/13 00:52:24",
    "2013-02-29T00:00:00Z",
    "2013-13-01T00:00:00Z",
    "2013-07-13T24:00:00Z",
    "2013-07-13T00:60:00Z",
    "2013-07-13T00:00:00+99:00",
    "13/07/2013 00:52:24",
    "1373676744",
    "yesterday",
    "2013-07-13T00:52:24Zx",
  ])("is none: %s", (text) => {
    expect(parseMoment(text)).toBeNull();
  });
});

describe("the window of a list", () => {
  const at = (seconds: number) => 1_373_676_744_000 + seconds * 1_000;
  const includes = (given: Parameters<typeof windowOf>[0], moment: number) => {
    const { since, until } = windowOf(given, "Asia/Manila");
    return moment >= since && moment < until;
  };

  it("has all times where nothing is asked", () => {
    expect(includes({}, 0) && includes({}, at(0))).toBe(true);
  });

  it("has what is before and after, strictly, and no part of a second is ever lost", () => {
    expect(includes({ before: at(0) }, at(0) - 1)).toBe(true);
    expect(includes({ before: at(0) }, at(0))).toBe(false);
    expect(includes({ after: at(0) }, at(0))).toBe(false);
    expect(includes({ after: at(0) }, at(0) + 1)).toBe(true);
  });

  it("includes from and to, of which the latter is a whole second", () => {
    expect(includes({ from: at(0) }, at(0))).toBe(true);
    expect(includes({ from: at(0) }, at(0) - 1)).toBe(false);
    expect(includes({ to: at(0) }, at(0) + 999)).toBe(true);
    expect(includes({ to: at(0) }, at(1))).toBe(false);
  });

  it("has days of the zone as a whole: from and to with them, after and before without", () => {
    const day = "2013-07-13";
    const [start, end] = ["2013-07-12T16:00:00Z", "2013-07-13T16:00:00Z"].map(Date.parse);
    const since = windowOf({}, "Asia/Manila").since;
    const { until } = windowOf({}, "Asia/Manila");
    expect(windowOf({ from: day, to: day }, "Asia/Manila")).toEqual({ since: start, until: end });
    expect(windowOf({ after: day }, "Asia/Manila")).toEqual({ since: end, until });
    expect(windowOf({ before: day }, "Asia/Manila")).toEqual({ since, until: start });
  });

  it("is what all that is asked have in common", () => {
    const given = { after: at(1), from: at(0), before: at(9), to: at(5) };
    expect(windowOf(given, "Asia/Manila")).toEqual({ since: at(1) + 1, until: at(6) });
  });
});

describe("the page of a list", () => {
  const read = (query: object) => z.object(listFields(100, 50)).safeParse(query);

  it("is the first of the usual size where nothing is asked", () => {
    expect(read({}).data).toMatchObject({ page: 1, per_page: 50, active_only: false });
    expect(sliceOf({ page: 1, per_page: 50 })).toEqual({ limit: 50, offset: 0 });
    expect(sliceOf({ page: 3, per_page: 20 })).toEqual({ limit: 20, offset: 40 });
  });

  it("may be as large as is allowed, and no larger: a shorter one would lose records", () => {
    expect(read({ per_page: "100" }).data).toMatchObject({ per_page: 100 });
    const { error } = read({ per_page: "101" });
    expect(error?.issues[0]?.message).toBe("must be at most 100");
  });

  it.each([
    ["page", "0"],
    ["page", "-1"],
    ["page", "1.5"],
    ["page", "1e3"],
    ["page", "x"],
    ["page", "\u0661"],
    ["page", "1000001"],
    ["per_page", "0"],
    ["per_page", ""],
    ["before", "x"],
    ["after", "2013"],
  ])("is refused with %s %j", (name, value) => {
    expect(read({ [name]: value }).success).toBe(false);
  });

  it.each([
    ["1", true],
    ["true", true],
    [true, true],
    ["0", false],
    ["no", false],
    [false, false],
  ])("has its switches on with 1 and true: %j", (value, on) => {
    expect(read({ active_only: value }).data?.active_only).toBe(on);
  });
});

describe("a list of lines", () => {
  const lines = listField(z.object({ id: z.string() }), 2);
  const read = (value: unknown) => lines.safeParse(value).data;

  it("is an array, or an element around its lines", () => {
    const line = { id: "1" };
    expect(read([line])).toEqual([line]);
    expect(read({ invoice_line: [line, line] })).toEqual([line, line]);
    expect(read({ invoice_line: line })).toEqual([line]);
    expect(read("")).toEqual([]);
  });

  it.each([null, "x", undefined, true, ["x"], [{}], [{ id: "1" }, { id: "2" }, { id: "3" }]])(
    "is none, or too long: %j",
    (value) => {
      expect(lines.safeParse(value).success).toBe(false);
    },
  );
});
