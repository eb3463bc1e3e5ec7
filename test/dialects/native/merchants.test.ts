import { describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { create, native } from "../../support/native/merchant.ts";
import { expectFaults, expectProblem } from "../../support/native/problems.ts";

stopClock("2060-06-01T08:00:00.123Z");

const HOTEL = { slug: "hotel", name: "Hotel", currency: "INR", time_zone: "Asia/Kolkata" };

let slugs = 0;

function sound(rest: object = {}): object {
  slugs += 1;
  return { ...HOTEL, slug: `hotel-${slugs}`, ...rest };
}

describe("a new merchant", () => {
  it("is answered as it was made, with what was left out filled in", async () => {
    const answer = await create("/merchants", HOTEL);
    expect(answer.headers.get("Content-Type")).toMatch(/^application\/json/);
    expect(answer.body).toMatchObject({
      id: expect.stringMatching(/^mer_[0-9A-HJKMNP-TV-Z]{26}$/),
      object: "merchant",
      ...HOTEL,
      business_type: null,
      sandbox: false,
      demo: false,
      pending: false,
      site_limit: null,
      unmasked: false,
      bill_numbers: "site",
      created_at: "2060-06-01T08:00:00.123Z",
      updated_at: "2060-06-01T08:00:00.123Z",
    });
  });

  it("keeps all that it was told", async () => {
    const fields = {
      business_type: "RETAIL",
      sandbox: true,
      demo: true,
      pending: true,
      site_limit: 3,
      unmasked: true,
      bill_numbers: "merchant",
    };
    const { body } = await create("/merchants", sound({ name: " Ünïque 🏨 ", ...fields }));
    expect(body).toMatchObject({ name: "Ünïque 🏨", ...fields });
    expect((await native(`/merchants/${body.id}`)).body).toEqual(body);
    expect((await native(`/merchants/${body.slug}`)).body).toEqual(body);
  });

  it("must not take another's slug", async () => {
    const body = sound();
    await create("/merchants", body);
    const before = await dumpEverything();
    const context = { object: "merchant", field: "slug" };
    for (const again of [body, { ...body, name: "Other" }]) {
      const answer = await native("/merchants", { body: again });
      expectProblem(answer, 409, { code: "already_exists", context });
    }
    expect(await dumpEverything()).toBe(before);
  });

  it("is made once of ten at once with one slug", async () => {
    const body = sound();
    const calls = Array.from({ length: 10 }, () => native("/merchants", { body }));
    const statuses = (await Promise.all(calls)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array(9).fill(409)]);
  });
});

describe("a merchant", () => {
  it.each(["nobody", "mer_01ARZ3NDEKTSV4RRFFQ69G5FAV", "mer_", "%F0%9F%8F%A8", "a'; --"])(
    "that there is not is not found: %s",
    async (name) => {
      const answer = await native(`/merchants/${name}`);
      expectProblem(answer, 404, { code: "not_found", context: { object: "merchant" } });
    },
  );
});

describe("a merchant's slug", () => {
  it.each(["a", "9", "a-b", "a_b", "a1-b2_c3", "x".repeat(63)])("may be %s", async (slug) => {
    await create("/merchants", { ...HOTEL, slug });
  });

  it.each(["api", "auth", "console", "coupon", "loyalty", "mobile", "system", "v1", "v2", "v3"])(
    "must not be part of a dialect's path: %s",
    async (slug) => {
      const answer = await native("/merchants", { body: { ...HOTEL, slug } });
      expectFaults(answer, { pointer: "/slug", code: "reserved" });
    },
  );

  it.each([
    ["", "invalid"],
    ["Hotel", "invalid"],
    ["ho tel", "invalid"],
    ["ho/tel", "invalid"],
    ["ho.tel", "invalid"],
    ["-hotel", "invalid"],
    ["hotel-", "invalid"],
    ["ho--tel", "invalid"],
    ["_hotel", "invalid"],
    ["hôtel", "invalid"],
    ["hotel\n", "invalid"],
    ["x".repeat(64), "too_large"],
  ])("must not be %j", async (slug, code) => {
    const answer = await native("/merchants", { body: { ...HOTEL, slug } });
    expectFaults(answer, { pointer: "/slug", code });
  });
});

describe("a merchant's other fields", () => {
  it.each(["slug", "name", "currency", "time_zone"])("include %s", async (field) => {
    const body = { ...sound(), [field]: undefined };
    const answer = await native("/merchants", { body });
    expectFaults(answer, { pointer: `/${field}`, code: "required" });
  });

  it.each([
    ["time_zone", "Asia/Kuala_Lumpur"],
    ["time_zone", "America/New_York"],
    ["time_zone", "Asia/Kathmandu"],
    ["time_zone", "UTC"],
    ["currency", "JPY"],
    ["business_type", "RESTAURANT"],
    ["site_limit", 1],
    ["site_limit", 100_000],
    ["name", "x".repeat(255)],
  ])("may have %s %j", async (field, value) => {
    const { body } = await create("/merchants", sound({ [field]: value }));
    expect(body[field]).toBe(value);
  });

  it.each([
    ["time_zone", "Asia/Atlantis", "invalid"],
    ["time_zone", "+08:00", "invalid"],
    ["time_zone", "", "invalid"],
    ["time_zone", "x".repeat(65), "too_large"],
    ["time_zone", null, "invalid"],
    ["currency", "MY", "invalid"],
    ["currency", "myr", "invalid"],
    ["currency", "RM", "invalid"],
    ["currency", "MYR ", "invalid"],
    ["name", "", "too_small"],
    ["name", "   ", "too_small"],
    ["name", "x".repeat(256), "too_large"],
    ["name", 5, "invalid"],
    ["business_type", "BAR", "invalid"],
    ["business_type", null, "invalid"],
    ["site_limit", 0, "too_small"],
    ["site_limit", -1, "too_small"],
    ["site_limit", 1.5, "invalid"],
    ["site_limit", "3", "invalid"],
    ["site_limit", 100_001, "too_large"],
    ["sandbox", "true", "invalid"],
    ["sandbox", 1, "invalid"],
    ["demo", null, "invalid"],
    ["pending", "no", "invalid"],
    ["unmasked", {}, "invalid"],
  ])("must not have %s %j", async (field, value, code) => {
    const before = await dumpEverything();
    const answer = await native("/merchants", { body: sound({ [field]: value }) });
    expectFaults(answer, { pointer: `/${field}`, code });
    expect(await dumpEverything()).toBe(before);
  });

  it("report all their faults at once", async () => {
    const body = { slug: "X", currency: 5, nope: 1 };
    expectFaults(
      await native("/merchants", { body }),
      { pointer: "/slug", code: "invalid" },
      { pointer: "/name", code: "required" },
      { pointer: "/currency", code: "invalid" },
      { pointer: "/time_zone", code: "required" },
      { pointer: "/nope", code: "unknown_field" },
    );
  });
});
