import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { create, importLines, native } from "../../support/native/merchant.ts";
import { expectFaults, expectProblem } from "../../support/native/problems.ts";

stopClock("2060-06-01T08:00:00.123Z");

const merchant = "store";
const STAMPS = { created_at: "2060-06-01T08:00:00.123Z", updated_at: "2060-06-01T08:00:00.123Z" };

beforeAll(async () => {
  const base = { currency: "PHP", time_zone: "Asia/Manila" };
  for (const slug of [merchant, "other"]) {
    await create("/merchants", { slug, name: slug, ...base });
  }
  await create("/merchants", { slug: "yen", name: "yen", ...base, currency: "JPY" });
});

describe("a customer type", () => {
  it("is answered as it was made, and listed", async () => {
    const fields = {
      number: 8,
      name: "Gold",
      discount_percent: "12.50",
      earn_amount: "99.50",
      points_per_unit: "200",
      active: false,
    };
    const { body } = await create("/customer_types", fields, merchant);
    const id = expect.stringMatching(/^cty_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(body).toEqual({ id, object: "customer_type", ...fields, ...STAMPS });
    const bare = await create("/customer_types", { name: "Bare" }, merchant);
    const defaults = { discount_percent: "0.00", earn_amount: null, points_per_unit: null };
    expect(bare.body).toMatchObject({ number: 9, ...defaults, active: true });
    const listed = await native("/customer_types", { merchant });
    expect(listed.body.data).toEqual(expect.arrayContaining([body, bare.body]));
    expect((await native("/customer_types", { merchant: "other" })).body.data).toEqual([]);
  });

  it("must not take the number of another of the merchant's, not even at once", async () => {
    const context = { object: "customer_type", field: "number" };
    const fields = { number: 20, name: "First" };
    await create("/customer_types", fields, merchant);
    const before = await dumpEverything();
    const again = await native("/customer_types", { merchant, body: fields });
    expectProblem(again, 409, { code: "already_exists", context });
    expect(await dumpEverything()).toBe(before);
    await create("/customer_types", fields, "other");
    const body = { number: 21, name: "Race" };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => native("/customer_types", { merchant, body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it("has the decimals of the merchant's currency", async () => {
    const body = { name: "Yen", earn_amount: "100" };
    expect((await create("/customer_types", body, "yen")).body.earn_amount).toBe("100");
    const refused = await native("/customer_types", {
      merchant: "yen",
      body: { name: "Yen", earn_amount: "100.5" },
    });
    expectFaults(refused, { pointer: "/earn_amount", code: "invalid" });
  });

  it.each([
    ["number", 0, "too_small"],
    ["name", "", "too_small"],
    ["discount_percent", "100.01", "invalid"],
    ["discount_percent", "0.001", "invalid"],
    ["discount_percent", "-1", "invalid"],
    ["earn_amount", "0", "invalid"],
    ["earn_amount", "1.001", "invalid"],
    ["earn_amount", "100000000000.01", "invalid"],
    ["earn_amount", 100, "invalid"],
    ["points_per_unit", "0", "invalid"],
    ["points_per_unit", "0.5", "invalid"],
    ["points_per_unit", "1000001", "invalid"],
    ["active", "yes", "invalid"],
    ["colour", "gold", "unknown_field"],
  ])("refuses the %s %j", async (field, value, code) => {
    const body = { name: "New", [field]: value };
    const answer = await native("/customer_types", { merchant, body });
    expectFaults(answer, { pointer: `/${field}`, code });
  });
});

describe("an imported customer", () => {
  it("keeps the type and the times that the record had", async () => {
    await create("/customer_types", { number: 30, name: "Type" }, merchant);
    const times = {
      created_at: "2013-05-25T02:24:31.000Z",
      updated_at: "2013-07-13T00:52:24.000Z",
    };
    const identifiers = [{ kind: "alternate_code", value: "ALT-1" }];
    const line = { number: 1, name: "Juan", type: 30, ...times, identifiers };
    const [made] = await importLines(merchant, [line]);
    const { body } = await native(`/customers/${made?.customer}`, { merchant });
    expect(body).toMatchObject({ ...times, joined_at: times.created_at });
    const [again] = await importLines(merchant, [line]);
    expect(again).toEqual({ ...made, outcome: "unchanged" });
    const [joined] = await importLines(merchant, [
      { number: 2, created_at: times.created_at, joined_at: "2014-01-01T00:00:00.000Z" },
    ]);
    const other = (await native(`/customers/${joined?.customer}`, { merchant })).body;
    const { updated_at } = STAMPS;
    expect(other).toMatchObject({ joined_at: "2014-01-01T00:00:00.000Z", updated_at });
  });

  it("is refused with a type that is none, or another merchant's", async () => {
    await create("/customer_types", { number: 77, name: "Foreign" }, "other");
    const [failed] = await importLines(merchant, [{ number: 3, type: 77 }]);
    const context = { object: "customer_type" };
    expect(failed).toMatchObject({ outcome: "failed", error: { code: "not_found", context } });
    const [faulty] = await importLines(merchant, [{ number: 3, type: "8", created_at: "May" }]);
    expect(faulty?.error).toMatchObject({
      errors: [{ pointer: "/created_at" }, { pointer: "/type" }],
    });
  });
});
