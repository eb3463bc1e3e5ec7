import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { create, importLines, native } from "../../support/native/merchant.ts";
import { expectFaults, expectProblem } from "../../support/native/problems.ts";

stopClock("2060-06-01T08:00:00.123Z");

const merchant = "cafe";
const STAMPS = { created_at: "2060-06-01T08:00:00.123Z", updated_at: "2060-06-01T08:00:00.123Z" };
const GOLD = { key: "mp-gold", label: "Gold Card" };

let customer: string;
let stranger: string;

beforeAll(async () => {
  for (const slug of [merchant, "other"]) {
    await create("/merchants", {
      slug,
      name: slug,
      currency: "MYR",
      time_zone: "Asia/Kuala_Lumpur",
    });
    await create("/membership_programs", GOLD, slug);
  }
  const [made] = await importLines(merchant, [{ number: 1, name: "Guest" }]);
  const [foreign] = await importLines("other", [{ number: 1, name: "Stranger" }]);
  [customer, stranger] = [String(made?.customer), String(foreign?.customer)];
});

const missing = (object: string) => ({ code: "not_found", context: { object } });

describe("a membership programme", () => {
  it("is answered as it was made, and listed", async () => {
    const fields = { key: "mp-club", label: "Club", description: "d", conditions: "c", years: 3 };
    const { body } = await create("/membership_programs", fields, merchant);
    const id = expect.stringMatching(/^mpr_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(body).toEqual({ id, object: "membership_program", ...fields, ...STAMPS });
    const bare = await create("/membership_programs", { key: "mp-bare", label: "B" }, merchant);
    expect(bare.body).toMatchObject({ description: null, conditions: null, years: 1 });
    const listed = await native("/membership_programs", { merchant });
    expect(listed.body.data).toEqual(expect.arrayContaining([body, bare.body]));
    const others = await native("/membership_programs", { merchant: "other" });
    expect(others.body.data).toHaveLength(1);
  });

  it("is listed by cursor", async () => {
    const first = await native("/membership_programs?limit=1", { merchant });
    expect(first.body.has_more).toBe(true);
    const next = `/membership_programs?limit=1&cursor=${first.body.next_cursor}`;
    const [newer] = first.body.data as { id: string }[];
    const [older] = (await native(next, { merchant })).body.data as { id: string }[];
    expect(String(older?.id) < String(newer?.id)).toBe(true);
  });

  it("must not take the key of another of the merchant's, not even at once", async () => {
    const context = { object: "membership_program", field: "key" };
    const before = await dumpEverything();
    const again = await native("/membership_programs", { merchant, body: GOLD });
    expectProblem(again, 409, { code: "already_exists", context });
    expect(await dumpEverything()).toBe(before);
    const body = { key: "mp-race", label: "R" };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => native("/membership_programs", { merchant, body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it.each([
    ["key", "a/b", "invalid"],
    ["label", "", "too_small"],
    ["description", "", "too_small"],
    ["conditions", "x".repeat(10_001), "too_large"],
    ["years", 0, "too_small"],
    ["years", 101, "too_large"],
    ["years", "1", "invalid"],
    ["colour", "gold", "unknown_field"],
  ])("refuses the %s %j", async (field, value, code) => {
    const body = { ...GOLD, key: "mp-new", [field]: value };
    const answer = await native("/membership_programs", { merchant, body });
    expectFaults(answer, { pointer: `/${field}`, code });
  });
});

describe("a customer's memberships", () => {
  it("are assigned once, listed and taken away", async () => {
    const path = `/customers/${customer}/memberships`;
    const { body } = await create(path, { program: "mp-gold", years: 2 }, merchant);
    expect(body).toEqual({
      id: expect.stringMatching(/^mem_[0-9A-HJKMNP-TV-Z]{26}$/),
      object: "membership",
      customer,
      program: "mp-gold",
      label: "Gold Card",
      entitled_on: "2060-06-01",
      expires_on: "2062-06-01",
      ...STAMPS,
    });
    const again = await native(path, { merchant, body: { program: "mp-gold" } });
    expectProblem(again, 409, { code: "already_assigned" });
    const listed = await native(path, { merchant });
    expect(listed.body).toEqual({
      object: "list",
      data: [body],
      has_more: false,
      next_cursor: null,
    });
    const own = `${path}/${body.id}`;
    const removed = await native(own, { merchant, method: "DELETE" });
    expect(removed.body).toEqual({ id: body.id, object: "membership", deleted: true });
    expectProblem(await native(own, { merchant, method: "DELETE" }), 404, missing("membership"));
    expect((await native(path, { merchant })).body.data).toEqual([]);
  });

  it("need a programme and a customer of the merchant", async () => {
    const program = "mp-gold";
    for (const id of [stranger, "cus_none"]) {
      const path = `/customers/${id}/memberships`;
      expectProblem(await native(path, { merchant, body: { program } }), 404, missing("customer"));
      expectProblem(await native(path, { merchant }), 404, missing("customer"));
      const gone = await native(`${path}/mem_1`, { merchant, method: "DELETE" });
      expectProblem(gone, 404, missing("customer"));
    }
    const path = `/customers/${customer}/memberships`;
    const unknown = await native(path, { merchant, body: { program: "mp-none" } });
    expectProblem(unknown, 404, missing("membership_program"));
    const held = await create(`/customers/${stranger}/memberships`, { program }, "other");
    const foreign = await native(`${path}/${held.body.id}`, { merchant, method: "DELETE" });
    expectProblem(foreign, 404, missing("membership"));
  });

  it.each([
    [{}, "/program", "required"],
    [{ program: "mp-gold", years: 101 }, "/years", "too_large"],
    [{ program: "mp-gold", years: 0 }, "/years", "too_small"],
    [{ program: "mp-gold", until: "x" }, "/until", "unknown_field"],
  ])("are refused as %j", async (body, pointer, code) => {
    const answer = await native(`/customers/${customer}/memberships`, { merchant, body });
    expectFaults(answer, { pointer, code });
  });
});
