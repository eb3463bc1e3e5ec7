import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { myRestaurant } from "../../support/kirimel/requests.ts";
import { create, establish, importLines, native } from "../../support/native/merchant.ts";
import { expectFaults } from "../../support/native/problems.ts";

const merchant = "myrestaurant";

stopClock("2060-06-01T08:00:00Z");

beforeAll(async () => {
  await establish(myRestaurant());
  const fields = { name: "No limit", currency: "MYR", time_zone: "Asia/Manila" };
  await create("/merchants", { slug: "unlimited", ...fields });
});

const identifier = (kind: string, value: unknown) => [{ kind, value }];

describe("a line of an import must not have", () => {
  it.each([
    ["number", 0, "/number"],
    ["number", -1, "/number"],
    ["number", 1.5, "/number"],
    ["number", "5", "/number"],
    ["number", 1_000_000_000_000, "/number"],
    ["number", null, "/number"],
    ["identifiers", {}, "/identifiers"],
    ["identifiers", ["+60123456789"], "/identifiers/0"],
    ["identifiers", [{ kind: "phone" }], "/identifiers/0/value"],
    ["identifiers", identifier("fax", "1"), "/identifiers/0/kind"],
    ["identifiers", identifier("qr", ""), "/identifiers/0/value"],
    ["identifiers", identifier("qr", " "), "/identifiers/0/value"],
    ["identifiers", identifier("qr", 5), "/identifiers/0/value"],
    ["identifiers", identifier("qr", "x".repeat(256)), "/identifiers/0/value"],
    ["identifiers", identifier("phone", "0123456789"), "/identifiers/0/value"],
    ["identifiers", identifier("email", "nobody"), "/identifiers/0/value"],
    ["identifiers", [{ kind: "qr", value: "x", nope: 1 }], "/identifiers/0/nope"],
    ["identifiers", Array(21).fill({ kind: "qr", value: "x" }), "/identifiers"],
    ["name", 5, "/name"],
    ["name", "x".repeat(256), "/name"],
    ["email", "nobody", "/email"],
    ["email", 5, "/email"],
    ["birth_date", "2001-02-29", "/birth_date"],
    ["birth_date", 20010228, "/birth_date"],
    ["status", "erased", "/status"],
    ["status", "ACTIVE", "/status"],
    ["site", 5, "/site"],
    ["site", "x".repeat(65), "/site"],
    ["joined_at", "2060-06-01", "/joined_at"],
    ["joined_at", 5, "/joined_at"],
    ["metadata", [], "/metadata"],
    ["metadata", { a: 1 }, "/metadata/a"],
    ["metadata", { a: "x".repeat(501) }, "/metadata/a"],
    ["balances", {}, "/balances"],
    ["balances", [5], "/balances/0"],
    ["balances", [{ unit: "point", lots: [], nope: 1 }], "/balances/0/nope"],
  ])("%s %j", async (field, value, pointer) => {
    const before = await dumpEverything();
    const [line] = await importLines(merchant, [{ [field]: value }]);
    expect(line?.outcome).toBe("failed");
    expect(line?.error).toMatchObject({
      code: pointer.endsWith("nope") ? "unknown_field" : "validation_failed",
      errors: [{ pointer }],
    });
    expect(await dumpEverything()).toBe(before);
  });

  it.each([
    ["no number and no identifier", { name: "Nobody", email: "nobody@example.com" }],
    ["no number and an empty list of identifiers", { identifiers: [], birth_date: "2000-01-01" }],
  ])("%s, for it would be somebody else each time", async (_, content) => {
    const before = await dumpEverything();
    const [line] = await importLines(merchant, [content]);
    expect(line).toMatchObject({
      outcome: "failed",
      error: { code: "validation_failed", errors: [{ pointer: "", code: "required" }] },
    });
    expect(await dumpEverything()).toBe(before);
  });

  it.each(["null", "5", '"x"', "[]", "true"])("no object: %s", async (text) => {
    const [line] = await importLines(merchant, [text]);
    expect(line).toMatchObject({ outcome: "failed", error: { code: "validation_failed" } });
  });
});

describe("a text that is no well-formed Unicode", () => {
  const LONE = '"a\\ud800b"';

  it.each([
    ["/merchants", `{"slug":"x","name":${LONE},"currency":"MYR","time_zone":"Asia/Manila"}`],
    ["/sites", `{"code":"X","name":${LONE}}`],
    ["/keys", `{"name":${LONE},"dialect":"native","scopes":[]}`],
    ["/staff", `{"username":"x","password":"x","name":${LONE}}`],
  ])("is refused, for it could not be kept: %s", async (path, body) => {
    const before = await dumpEverything();
    const answer = await native(path, { merchant, body });
    // First by itself: a reporter chokes on the body that a success would have.
    expect(answer.status).toBe(400);
    expectFaults(answer, { pointer: "/name", code: "invalid" });
    expect(await dumpEverything()).toBe(before);
  });

  it.each([`{"name":${LONE}}`, `{"identifiers":[{"kind":"qr","value":${LONE}}]}`])(
    "is refused in an import: %s",
    async (text) => {
      const before = await dumpEverything();
      const [line] = await importLines(merchant, [text]);
      expect(line).toMatchObject({ outcome: "failed", error: { code: "validation_failed" } });
      expect(await dumpEverything()).toBe(before);
    },
  );
});

describe("a strange text that is legal", () => {
  it.each(["'; DROP TABLE sites; --", "a\u0000b", "👩‍👩‍👧", "__proto__", "<b>", "\u202e١", "%s%n"])(
    "is kept as it came: %j",
    async (text) => {
      const { body } = await create("/sites", { code: text, name: text }, "unlimited");
      expect(body).toMatchObject({ code: text, name: text });
      const listed = await native("/sites?limit=100", { merchant: "unlimited" });
      expect(listed.body.data).toContainEqual(body);
    },
  );

  it("hands no fields down from __proto__", async () => {
    const body = '{"code":"P","__proto__":{"name":"Inherited"}}';
    const answer = await native("/sites", { merchant, body });
    expect(answer.status).toBe(400);
    const errors = answer.body.errors as { pointer: string; code: string }[];
    expect(errors).toContainEqual(expect.objectContaining({ pointer: "/name", code: "required" }));
  });
});
