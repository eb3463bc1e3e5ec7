import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { create, native } from "../../support/merchant.ts";
import { expectFaults, expectProblem } from "../../support/merchant-problems.ts";

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
    expect(body).toEqual({ id, object: "site", ...fields, ...STAMPS });
    const bare = await create("/sites", { code: "BAR", name: "Bar" }, merchant);
    expect(bare.body).toMatchObject({ kind: null, address: {} });
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

  it.each([
    ["code", undefined, "/code", "required"],
    ["code", " ", "/code", "too_small"],
    ["code", "x".repeat(65), "/code", "too_large"],
    ["code", 7, "/code", "invalid"],
    ["name", undefined, "/name", "required"],
    ["name", "", "/name", "too_small"],
    ["name", "x".repeat(256), "/name", "too_large"],
    ["kind", "BAR", "/kind", "invalid"],
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
    ["earning", { rate: "1", step: "0.001" }, "/earning/step", "invalid"],
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
      username: fields.username,
      name: fields.name,
      sites: [first.body.id, second.body.id],
      default_site: second.body.id,
      scopes: fields.scopes,
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
