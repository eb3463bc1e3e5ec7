import { beforeAll, describe, expect, it } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { create, importLines, native } from "../../support/native/merchant.ts";
import { expectFaults, expectProblem } from "../../support/native/problems.ts";

stopClock("2060-06-01T08:00:00.123Z");

const merchant = "cafe";
const SERIES = { name: "Cash", kind: "amount", value: "10.00" };
const SHOWN = {
  key: "vp-rm10",
  label: "RM10",
  description: "Ten off",
  image_url: "https://cdn.example/v.png",
  conditions: "One per receipt",
  configuration: { cash: 10, nested: { list: [1.5, null, "x"] } },
  life_days: 90,
};

let customer: string;

beforeAll(async () => {
  for (const slug of [merchant, "other"]) {
    await create("/merchants", {
      slug,
      name: slug,
      currency: "MYR",
      time_zone: "Asia/Kuala_Lumpur",
    });
  }
  const [made] = await importLines(merchant, [{ number: 7, name: "Guest" }]);
  customer = String(made?.customer);
});

let keys = 0;

async function makeSeries(
  given: object = {},
): Promise<{ id: string; key: string; codes: string[] }> {
  keys += 1;
  const key = `series-${keys}`;
  const { body } = await create("/voucher_series", { ...SERIES, key, ...given }, merchant);
  return { id: String(body.id), key, codes: body.codes as string[] };
}

const add = (series: string, body: object, by = merchant) =>
  native(`/voucher_series/${series}/vouchers`, { merchant: by, body });

/** Series of one millisecond stand in no order. */
async function listedAs(id: string): Promise<object | undefined> {
  const listed = await native("/voucher_series?limit=100", { merchant });
  return (listed.body.data as { id: string }[]).find((line) => line.id === id);
}

const stored = (code: string) => d1Rows("SELECT * FROM vouchers WHERE code = ?", code);

describe("the codes of a series", () => {
  it.each([
    ["VIP-", /^VIP-[0-9A-Z]{12}$/],
    ["", /^[0-9A-Z]{12}$/],
  ])("begin with the prefix %j", async (code_prefix, form) => {
    const { id, codes } = await makeSeries({ code_prefix, quantity: 2 });
    const added = await add(id, { quantity: 1 });
    for (const code of [...codes, ...(added.body.codes as string[])]) expect(code).toMatch(form);
    expect(await listedAs(id)).toMatchObject({ code_prefix });
  });

  it("begin with VOUCHER_ or with nothing where the series does not say", async () => {
    const unnamed = await create("/voucher_series", { ...SERIES, quantity: 1 }, merchant);
    expect(unnamed.body.codes).toEqual([expect.stringMatching(/^VOUCHER_[0-9A-Z]{12}$/)]);
    expect(await listedAs(String(unnamed.body.id))).toMatchObject({ code_prefix: "VOUCHER_" });
    const { id } = await makeSeries();
    expect(await listedAs(id)).toMatchObject({ code_prefix: null });
  });

  it.each(["vip", "A B", "Ä", "A".repeat(17)])("must not begin with %j", async (code_prefix) => {
    const answer = await native("/voucher_series", { merchant, body: { ...SERIES, code_prefix } });
    expectFaults(answer, { pointer: "/code_prefix", code: "invalid" });
  });
});

describe("a voucher series", () => {
  it("shows itself to tills and customers as it was made", async () => {
    const { body } = await create("/voucher_series", { ...SERIES, ...SHOWN }, merchant);
    const line = await listedAs(String(body.id));
    expect(line).toMatchObject({ object: "voucher_series", ...SERIES, ...SHOWN });
  });

  it("tells nothing where nothing was given", async () => {
    const { body } = await create("/voucher_series", SERIES, merchant);
    const nothing = Object.fromEntries(Object.keys(SHOWN).map((field) => [field, null]));
    expect(await listedAs(String(body.id))).toMatchObject(nothing);
  });

  it("must not take the key of another of the merchant's", async () => {
    const { key } = await makeSeries();
    const before = await dumpEverything();
    const again = await native("/voucher_series", { merchant, body: { ...SERIES, key } });
    const context = { object: "voucher_series", field: "key" };
    expectProblem(again, 409, { code: "already_exists", context });
    expect(await dumpEverything()).toBe(before);
    await create("/voucher_series", { ...SERIES, key }, "other");
  });

  it("of one key is made once, however many want it at once", async () => {
    const body = { ...SERIES, key: "wanted" };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => native("/voucher_series", { merchant, body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it.each([
    ["key", "", "/key", "invalid"],
    ["key", "a b", "/key", "invalid"],
    ["key", "-a", "/key", "invalid"],
    ["key", "x".repeat(65), "/key", "too_large"],
    ["label", " ", "/label", "too_small"],
    ["description", "x".repeat(1_001), "/description", "too_large"],
    ["conditions", "x".repeat(10_001), "/conditions", "too_large"],
    ["image_url", "ftp://cdn.example/v.png", "/image_url", "invalid"],
    ["image_url", "javascript:alert(1)", "/image_url", "invalid"],
    ["configuration", [], "/configuration", "invalid"],
    ["configuration", "{}", "/configuration", "invalid"],
    ["configuration", { text: "x".repeat(4_096) }, "/configuration", "invalid"],
    ["configuration", { a: "\ud800" }, "/configuration/a", "invalid"],
    ["life_days", 0, "/life_days", "too_small"],
    ["life_days", 36_526, "/life_days", "too_large"],
    ["life_days", 1.5, "/life_days", "invalid"],
    ["colour", "red", "/colour", "unknown_field"],
  ])("refuses the %s %j", async (field, value, pointer, code) => {
    const before = await dumpEverything();
    const body = { ...SERIES, [field]: value };
    expectFaults(await native("/voucher_series", { merchant, body }), { pointer, code });
    expect(await dumpEverything()).toBe(before);
  });
});

describe("the codes of a series", () => {
  it("are twelve letters and digits where the series has a key, read exactly", async () => {
    const { codes } = await makeSeries({ quantity: 200 });
    expect(new Set(codes).size).toBe(200);
    expect(codes.every((code) => /^[0-9A-Za-z]{12}$/.test(code))).toBe(true);
    const letters = [...codes.join("")];
    expect(new Set(letters).size).toBe(62);
    expect(await stored(codes[0] ?? "")).toMatchObject([{ generated: 0 }]);
  });

  it("have the prefix where it has none, and are read in any case", async () => {
    const { body } = await create("/voucher_series", { ...SERIES, quantity: 2 }, merchant);
    const [code = "", other] = body.codes as string[];
    expect([code, other]).toEqual(
      [1, 2].map(() => expect.stringMatching(/^VOUCHER_[0-9A-Z]{12}$/)),
    );
    expect(await stored(code)).toMatchObject([{ generated: 1 }]);
  });
});

describe("vouchers that are added to a series", () => {
  it("are made under its id or its key, and issued to a customer", async () => {
    const { id, key } = await makeSeries({ valid_until: "2070-12-31" });
    const made = await add(id, { quantity: 2 });
    expect(made.status).toBe(201);
    const code = expect.stringMatching(/^[0-9A-Za-z]{12}$/);
    expect(made.body).toEqual({ id, object: "voucher_series", codes: [code, code] });
    for (const [i, who] of [7, customer].entries()) {
      const codes = [`Brought-0${i}`];
      const brought = await add(key, { codes, customer: who, valid_until: "2061-01-01" });
      expect(brought.body).toEqual({ id, object: "voucher_series", codes });
      expect(await stored(`Brought-0${i}`)).toMatchObject([
        { series_id: id, customer_id: customer, valid_from: null, valid_until: "2061-01-01" },
      ]);
    }
    const events = await d1Rows("SELECT type FROM events WHERE customer_id = ?", customer);
    expect(events.filter(({ type }) => type === "voucher.issued")).toHaveLength(2);
  });

  it("must not have codes that are in use, or that come twice", async () => {
    const { key } = await makeSeries({ codes: ["IN-USE"] });
    const before = await dumpEverything();
    for (const codes of [
      ["NEW-1", "IN-USE"],
      ["NEW-1", "NEW-1"],
    ]) {
      const context = { object: "voucher", field: "code" };
      expectProblem(await add(key, { codes }), 409, { code: "already_exists", context });
    }
    expect(await dumpEverything()).toBe(before);
    expect((await add(key, { codes: ["in-use"] })).status).toBe(201);
  });

  it("need a series and a customer of the merchant", async () => {
    const { id, key } = await makeSeries();
    const missing = (object: string) => ({ code: "not_found", context: { object } });
    for (const name of ["none", "vse_01M7WH843NEQTVM59S5ENKXZF3"]) {
      expectProblem(await add(name, { quantity: 1 }), 404, missing("voucher_series"));
    }
    for (const name of [id, key]) {
      const foreign = await add(name, { quantity: 1 }, "other");
      expectProblem(foreign, 404, missing("voucher_series"));
    }
    const nobody = await add(id, { quantity: 1, customer: 999 });
    expectProblem(nobody, 404, missing("customer"));
  });

  it.each([
    [{}, "/codes", "invalid"],
    [{ quantity: 0 }, "/codes", "invalid"],
    [{ quantity: 1_001 }, "/quantity", "too_large"],
    [{ codes: ["abc"] }, "/codes/0", "invalid"],
    [{ codes: ["with blank"] }, "/codes/0", "invalid"],
    [{ quantity: 1, codes: ["ABCD"] }, "/codes", "invalid"],
    [{ quantity: 1, valid_from: "2060-02-30" }, "/valid_from", "invalid"],
    [
      { quantity: 1, valid_from: "2061-01-02", valid_until: "2061-01-01" },
      "/valid_until",
      "invalid",
    ],
    [{ quantity: 1, value: "1" }, "/value", "unknown_field"],
  ])("are refused as %j", async (body, pointer, code) => {
    const { id } = await makeSeries();
    const before = await dumpEverything();
    expectFaults(await add(id, body), { pointer, code });
    expect(await dumpEverything()).toBe(before);
  });
});
