import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { create, native } from "../../support/native/merchant.ts";
import { expectFaults, expectProblem } from "../../support/native/problems.ts";

stopClock("2060-06-01T08:00:00.123Z");

const merchant = "hotel";
const STAMPS = {
  created_at: "2060-06-01T08:00:00.123Z",
  updated_at: "2060-06-01T08:00:00.123Z",
};

beforeAll(async () => {
  for (const slug of [merchant, "other"]) {
    await create("/merchants", { slug, name: slug, currency: "INR", time_zone: "Asia/Kolkata" });
  }
});

const STAFF = { path: "/staff", sound: { username: "u", password: "p", name: "U" } };

interface Refused {
  readonly path: string;
  readonly sound: object;
}

/** Expects each value to be a fault of its field, and that nothing is written. */
async function expectFault(
  { path, sound }: Refused,
  field: string,
  value: unknown,
  pointer: string,
  code: string,
): Promise<void> {
  const before = await dumpEverything();
  const answer = await native(path, { merchant, body: { ...sound, [field]: value } });
  expectFaults(answer, { pointer, code });
  expect(await dumpEverything()).toBe(before);
}

describe("a new site", () => {
  const SITE = { path: "/sites", sound: { code: "LOBBY", name: "Lobby" } };

  it("is answered as it was made", async () => {
    const address = { city: "Pune", line1: "1, Hill Road" };
    const fields = { code: "SPA", name: "Spa", kind: "RETAIL", address };
    const { body } = await create("/sites", fields, merchant);
    const id = expect.stringMatching(/^sit_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(body).toEqual({ id, object: "site", number: 1, ...fields, ...STAMPS });
    const bare = await create("/sites", { code: "BAR", name: "Bar" }, merchant);
    expect(bare.body).toMatchObject({ number: 2, kind: null, address: {} });
    const listed = await native("/sites", { merchant });
    expect(listed.body.data).toEqual(expect.arrayContaining([body, bare.body]));
  });

  it("must not take the code of another of the merchant's", async () => {
    const body = { code: "TAKEN", name: "First" };
    await create("/sites", body, merchant);
    const again = await native("/sites", { merchant, body: { ...body, name: "Second" } });
    const context = { object: "site", field: "code" };
    expectProblem(again, 409, { code: "already_exists", context });
    await create("/sites", body, "other");
  });

  it("may bring a number along, behind which the next ones are counted", async () => {
    const slug = "numbered-sites";
    await create("/merchants", { slug, name: slug, currency: "INR", time_zone: "Asia/Kolkata" });
    const make = async (code: string, given: object = {}) =>
      (await create("/sites", { code, name: code, ...given }, slug)).body.number;
    expect([await make("A", { number: 11 }), await make("B")]).toEqual([11, 12]);
    expect(await make("C", { number: 5 })).toBe(5);
    const fields = { code: "D", name: "D", number: 11 };
    const context = { object: "site", field: "number" };
    const taken = await native("/sites", { merchant: slug, body: fields });
    expectProblem(taken, 409, { code: "already_exists", context });
    expect((await create("/sites", fields, "other")).body.number).toBe(11);
  });

  it.each([
    ["code", undefined, "/code", "required"],
    ["code", " ", "/code", "too_small"],
    ["code", "x".repeat(65), "/code", "too_large"],
    ["code", 7, "/code", "invalid"],
    ["name", undefined, "/name", "required"],
    ["name", "", "/name", "too_small"],
    ["name", "x".repeat(256), "/name", "too_large"],
    ["kind", "BAR", "/kind", "invalid"],
    ["number", 0, "/number", "too_small"],
    ["number", "7", "/number", "invalid"],
    ["number", 1e12, "/number", "too_large"],
    ["address", "1, Hill Road", "/address", "invalid"],
    ["address", ["Pune"], "/address", "invalid"],
    ["address", { zip: 411001 }, "/address/zip", "invalid"],
    ["address", { city: "x".repeat(501) }, "/address/city", "too_large"],
  ])("must not have %s %j", async (field, value, pointer, code) => {
    await expectFault(SITE, field, value, pointer, code);
  });
});

describe("a new programme", () => {
  const PROGRAM = { path: "/programs", sound: { name: "P", earning: { rate: "1" } } };

  it("is answered as it was defined, and is the merchant's only one", async () => {
    const fields = {
      name: "Rewards",
      earning: { rate: "1.5", rounding: "half_up", step: "0.5" },
      redemption: { rate: "100" },
      expiry: { date: "2061-12-31" },
      tiers: [
        { name: "A", from: "0", multiplier: "1", benefits: ["x"] },
        { name: "B", from: "99.50" },
      ],
      allow_debt: true,
    };
    const { body } = await create("/programs", fields, merchant);
    const id = expect.stringMatching(/^prg_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(body).toMatchObject({ id, object: "program", ...fields, ...STAMPS });
    const listed = await native("/programs", { merchant });
    const data = [{ id: body.id, ...fields }];
    expect(listed.body).toMatchObject({ data, has_more: false, next_cursor: null });
    const again = await native("/programs", { merchant, body: fields });
    const context = { object: "program", field: "merchant" };
    expectProblem(again, 409, { code: "already_exists", context });
    expect((await native("/programs", { merchant: "other" })).body).toMatchObject({ data: [] });
  });

  it.each([
    ["name", undefined, "/name", "required"],
    ["earning", undefined, "/earning", "required"],
    ["earning", {}, "/earning/rate", "required"],
    ["earning", { rate: 1 }, "/earning/rate", "invalid"],
    ["earning", { rate: "-1" }, "/earning/rate", "invalid"],
    ["earning", { rate: "1e3" }, "/earning/rate", "invalid"],
    ["earning", { rate: "1.0000001" }, "/earning/rate", "invalid"],
    ["earning", { rate: "1000000.1" }, "/earning/rate", "invalid"],
    ["earning", { rate: "1", rounding: "up" }, "/earning/rounding", "invalid"],
    ["earning", { rate: "1", step: "0" }, "/earning/step", "invalid"],
    ["earning", { rate: "1", step: "0.0001" }, "/earning/step", "invalid"],
    ["redemption", { rate: "0" }, "/redemption/rate", "invalid"],
    ["expiry", { days: 0 }, "/expiry/days", "invalid"],
    ["expiry", { days: 36_526 }, "/expiry/days", "invalid"],
    ["expiry", { days: 1.5 }, "/expiry/days", "invalid"],
    ["expiry", { date: "2061-02-29" }, "/expiry/date", "invalid"],
    ["expiry", { days: 1, date: "2061-12-31" }, "/expiry", "invalid"],
    ["tiers", [{ name: "A", from: "1" }], "/tiers/0/from", "invalid"],
    ["tiers", [{ from: "0" }], "/tiers/0/name", "required"],
    ["tiers", [{ name: "A", from: "0", multiplier: "x" }], "/tiers/0/multiplier", "invalid"],
    ["tiers", [{ name: "A", from: "0", benefits: [1] }], "/tiers/0/benefits/0", "invalid"],
    ["allow_debt", "yes", "/allow_debt", "invalid"],
  ])("must not have %s %j", async (field, value, pointer, code) => {
    await expectFault(PROGRAM, field, value, pointer, code);
  });

  it("must have rising tiers with names of their own", async () => {
    const tier = (name: string, from: string) => ({ name, from });
    const tiers = [tier("A", "0"), tier("B", "5"), tier("A", "5")];
    const body = { ...PROGRAM.sound, tiers };
    const faults = [
      { pointer: "/tiers/2/from", code: "invalid" },
      { pointer: "/tiers/2/name", code: "invalid" },
    ];
    expectFaults(await native("/programs", { merchant, body }), ...faults);
  });

  it("must not have more than twenty tiers", async () => {
    const tiers = Array.from({ length: 21 }, (_, i) => ({ name: `T${i}`, from: String(i) }));
    await expectFault(PROGRAM, "tiers", tiers, "/tiers", "too_large");
  });
});

describe("a new person of the staff", () => {
  it("is answered as it was made, without the password", async () => {
    const first = await create("/sites", { code: "S1", name: "One" }, merchant);
    const second = await create("/sites", { code: "S2", name: "Two" }, merchant);
    const fields = {
      username: "cashier@cafe.example",
      password: "s3cret-of-the-cashier",
      name: "Cashier One",
      sites: ["S1", "S2"],
      default_site: "S2",
      scopes: ["write:transactions"],
    };
    const { body, text } = await create("/staff", fields, merchant);
    expect(body).toEqual({
      id: expect.stringMatching(/^stf_[0-9A-HJKMNP-TV-Z]{26}$/),
      object: "staff",
      number: 1,
      username: fields.username,
      name: fields.name,
      sites: [first.body.id, second.body.id],
      all_sites: false,
      default_site: second.body.id,
      scopes: fields.scopes,
      disabled_at: null,
      ...STAMPS,
    });
    const listed = await native("/staff", { merchant });
    expect(listed.body.data).toContainEqual(body);
    expect(text + listed.text).not.toMatch(/s3cret|scrypt|password/);
    expect(await dumpEverything()).not.toContain(fields.password);
  });

  it("must not take the name of another of the merchant's", async () => {
    const body = { username: "taken", password: "p", name: "First" };
    await create("/staff", body, merchant);
    const again = await native("/staff", { merchant, body });
    const context = { object: "staff", field: "username" };
    expectProblem(again, 409, { code: "already_exists", context });
    await create("/staff", body, "other");
  });

  it("gets the merchant's next number, or its own, which nobody else may have", async () => {
    const merchantOfThem = "numbered";
    const about = { name: "N", currency: "INR", time_zone: "Asia/Kolkata" };
    await create("/merchants", { slug: merchantOfThem, ...about });
    const numberOf = async (username: string, given = {}) => {
      const body = { username, password: "p", name: "N", ...given };
      return (await create("/staff", body, merchantOfThem)).body.number;
    };
    expect(await numberOf("a")).toBe(1);
    expect(await numberOf("b", { number: 70 })).toBe(70);
    expect(await numberOf("c")).toBe(71);
    const body = { username: "d", password: "p", name: "N", number: 70 };
    const again = await native("/staff", { merchant: merchantOfThem, body });
    const context = { object: "staff", field: "number" };
    expectProblem(again, 409, { code: "already_exists", context });
  });

  it("may act everywhere without a site being named, and have any as default", async () => {
    const { body: site } = await create("/sites", { code: "ANY", name: "Any" }, merchant);
    const fields = { username: "boss", password: "p", name: "Boss", all_sites: true };
    const { body } = await create("/staff", { ...fields, default_site: "ANY" }, merchant);
    expect(body).toMatchObject({ all_sites: true, sites: [], default_site: site.id });
  });

  it("is granted a site once, however often it is named", async () => {
    const { body: site } = await create("/sites", { code: "TWICE", name: "Twice" }, merchant);
    const fields = { username: "twice", password: "p", name: "T", sites: ["TWICE", "TWICE"] };
    expect((await create("/staff", fields, merchant)).body.sites).toEqual([site.id]);
  });

  it("gets no scope that its maker lacks", async () => {
    const key = { name: "K", dialect: "native", scopes: ["write:keys", "write:vouchers"] };
    const token = String((await create("/keys", key, merchant)).body.text);
    const body = { username: "beyond", password: "p", name: "B" };
    const make = (scopes: readonly string[]) =>
      native("/staff", { token, body: { ...body, scopes } });
    const refused = await make(["write:vouchers", "write:transactions"]);
    expectProblem(refused, 403, {
      code: "scope_missing",
      context: { scope: "write:transactions" },
    });
    expect((await make(["write:vouchers"])).status).toBe(201);
  });

  it("is shown with its number by a test key too, and kept by none", async () => {
    const key = { name: "K", dialect: "native", mode: "test", scopes: ["write:keys"] };
    const token = String((await create("/keys", key, merchant)).body.text);
    const before = await dumpEverything();
    const body = { username: "unkept", password: "p", name: "U" };
    const made = await native("/staff", { token, body });
    expect(made.body.number).toEqual(expect.any(Number));
    expect(await dumpEverything()).toBe(before);
  });

  it("must be granted sites that there are", async () => {
    const body = { ...STAFF.sound, sites: ["NOWHERE"] };
    const answer = await native("/staff", { merchant, body });
    expectProblem(answer, 404, { code: "not_found", context: { object: "site" } });
  });

  it("must have a default site that is granted", async () => {
    await create("/sites", { code: "UNGRANTED", name: "Ungranted" }, merchant);
    for (const site of ["UNGRANTED", "NOWHERE"]) {
      const body = { ...STAFF.sound, username: site, sites: [], default_site: site };
      expect([400, 404]).toContain((await native("/staff", { merchant, body })).status);
    }
  });
});

describe("a person of the staff", () => {
  it.each([
    ["username", undefined, "/username", "required"],
    ["username", " ", "/username", "too_small"],
    ["username", "x".repeat(256), "/username", "too_large"],
    ["password", undefined, "/password", "required"],
    ["password", "", "/password", "too_small"],
    ["password", "x".repeat(256), "/password", "too_large"],
    ["name", undefined, "/name", "required"],
    ["sites", "S1", "/sites", "invalid"],
    ["sites", [1], "/sites/0", "invalid"],
    ["default_site", 1, "/default_site", "invalid"],
    ["scopes", ["admin"], "/scopes/0", "invalid"],
    ["scopes", ["read:everything"], "/scopes/0", "invalid"],
  ])("must not have %s %j", async (field, value, pointer, code) => {
    await expectFault(STAFF, field, value, pointer, code);
  });
});
