import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { kirimel, myRestaurant, post } from "../../support/kirimel/requests.ts";
import type { Outcome } from "../../support/native/merchant.ts";
import { create, establish, importLines, native, outcomes } from "../../support/native/merchant.ts";

stopClock("2060-06-01T08:00:00.123Z");

const merchant = "myrestaurant";
const ID = expect.stringMatching(/^cus_[0-9A-HJKMNP-TV-Z]{26}$/);

beforeAll(() => establish(myRestaurant()));

const importAll = (...lines: (object | string)[]) => importLines(merchant, lines);
const phone = (value: string) => ({ kind: "phone", value });
const qr = (value: string) => ({ kind: "qr", value });

async function only(line: object | string): Promise<Outcome> {
  const [outcome, ...rest] = await importAll(line);
  expect(rest).toEqual([]);
  if (outcome === undefined) throw new Error("no line came back");
  return outcome;
}

describe("an import", () => {
  it("answers one JSON line per line, in their order", async () => {
    const lines = Array.from({ length: 50 }, (_, i) =>
      i % 5 === 3 ? "no JSON" : JSON.stringify({ identifiers: [qr(`ORDER-${i}`)] }),
    );
    const answer = await native("/customers/import", { merchant, body: lines.join("\n") });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Content-Type")).toBe("application/x-ndjson; charset=utf-8");
    expect(answer.headers.get("Request-Id")).toMatch(/^req_/);
    expect(answer.text.endsWith("\n")).toBe(true);
    const query = "SELECT value, customer_id FROM identifiers WHERE value GLOB 'ORDER-*'";
    const { results } = await env.DB.prepare(query).all<{ value: string; customer_id: string }>();
    const made = new Map(results.map((row) => [row.value, row.customer_id]));
    expect(outcomes(answer).map(({ line, customer }) => [line, customer])).toEqual(
      lines.map((_, i) => [i + 1, made.get(`ORDER-${i}`)]),
    );
    expect(made.size).toBe(40);
  });

  it("says which customer was made, and which was there", async () => {
    const line = { number: 500, identifiers: [qr("QR-500")] };
    const made = await only(line);
    expect(made).toEqual({ line: 1, outcome: "created", customer: ID });
    const before = await dumpEverything();
    expect(await only(line)).toEqual({ ...made, outcome: "unchanged" });
    expect(await dumpEverything()).toBe(before);
  });

  it("lets a line fail by itself", async () => {
    const answered = await importAll(
      { number: 510 },
      { number: "511" },
      { number: 512, nope: true },
      "{",
      { number: 513 },
    );
    const fails = (code: string, more: object = {}) => ({
      outcome: "failed",
      error: {
        type: `https://guerdon.dev/errors/${code}`,
        title: expect.any(String),
        status: 400,
        detail: expect.any(String),
        code,
        retryable: false,
        ...more,
      },
    });
    const fault = (pointer: string, code: string) => ({
      errors: [{ pointer, code, detail: expect.any(String) }],
    });
    expect(answered).toEqual([
      { line: 1, outcome: "created", customer: ID },
      { line: 2, ...fails("validation_failed", fault("/number", "invalid")) },
      { line: 3, ...fails("unknown_field", fault("/nope", "unknown_field")) },
      { line: 4, ...fails("invalid_json") },
      { line: 5, outcome: "created", customer: ID },
    ]);
    expect((await kirimel("/wallet/balance?customer_id=512")).status).toBe(404);
  });
});

describe("an import's form", () => {
  it.each([
    ["without a last line end", '{"number":520}\n{"number":521}'],
    ["with Windows' line ends", '{"number":520}\r\n{"number":521}\r\n'],
    ["with blank lines", '\n{"number":520}\n\n   \n{"number":521}\n\n'],
    ["behind a byte order mark", '\ufeff{"number":520}\n{"number":521}\n'],
  ])("may come %s", async (_, body) => {
    const answer = await native("/customers/import", { merchant, body });
    expect(outcomes(answer)).toHaveLength(2);
    expect(answer.text).not.toContain("failed");
  });

  it.each(["", "\n", " \n\n"])("of nothing answers nothing: %j", async (body) => {
    const answer = await native("/customers/import", { merchant, body });
    expect([answer.status, answer.text]).toEqual([200, ""]);
  });
});

describe("an imported customer", () => {
  it("is found as the vendor knew it", async () => {
    await create("/sites", { code: "SECOND", name: "Second" }, merchant);
    await only({
      number: 999_999_999_999,
      identifiers: [phone("+60 (111) 000-530"), qr("QR-530"), { kind: "card", value: "C-530" }],
      name: " Jane Doe ",
      email: " Jane@Example.COM ",
      birth_date: "2000-02-29",
      status: "blocked",
      site: "SECOND",
      joined_at: "2013-05-25T10:24:31+08:00",
      metadata: { segment: "regular", note: "早鳥" },
    });
    const found = await kirimel("/customers/lookup?phone=%2B60111000530");
    expect(found.body).toEqual({
      success: true,
      data: {
        id: 999_999_999_999,
        site_id: 2,
        phone: "+60111000530",
        name: "Jane Doe",
        email: "jane@example.com",
        status: "BLOCKED",
        balance_points: 0,
        joined_at: "2013-05-25T02:24:31Z",
        last_earn_at: null,
        last_redeem_at: null,
        last_seen_at: null,
      },
    });
    const row = await env.DB.prepare("SELECT * FROM customers WHERE number = 999999999999").first();
    expect(row).toMatchObject({
      birth_date: "2000-02-29",
      attributes: '{"segment":"regular","note":"早鳥"}',
    });
  });

  it("without a number gets the next, and is of the first site", async () => {
    await only({ number: 999_999_000, identifiers: [qr("QR-540")] });
    const other = await only({ identifiers: [qr("QR-541")] });
    expect(other.outcome).toBe("created");
    const found = await kirimel("/customers/lookup?identifier=QR-541");
    expect(found.body).toMatchObject({ data: { site_id: 1, status: "ACTIVE" } });
    const { id } = found.body.data as { id: number };
    expect(id).toBeGreaterThan(999_999_000);
  });

  it("takes the e-mail among its identifiers for its own", async () => {
    const identifiers = [{ kind: "email", value: "Own@Example.com" }];
    await only({ number: 550, identifiers });
    const found = await kirimel("/customers/lookup-by-email?email=own@example.com");
    expect(found.body).toMatchObject({ data: { id: 550, email: "own@example.com" } });
  });

  it("can earn at once", async () => {
    await only({ number: 551 });
    const answer = await post("/points/earn", { customer_id: 551, points: 5 });
    expect(answer.body).toMatchObject({ new_balance: 5 });
  });

  it("of a site that there is not is refused and not made", async () => {
    const line = await only({ number: 552, site: "NOWHERE" });
    expect(line).toMatchObject({ outcome: "failed", error: { code: "not_found", status: 404 } });
    expect((await kirimel("/wallet/balance?customer_id=552")).status).toBe(404);
  });
});

describe("a customer that is there already", () => {
  const CONFLICT = { code: "already_exists", status: 409 };

  it("is found by number or by identifiers, and stays as it was", async () => {
    const made = await only({ number: 560, identifiers: [phone("+60111000560")], name: "First" });
    const before = await dumpEverything();
    const answered = await importAll(
      { number: 560, name: "Second" },
      { identifiers: [phone("+60111000560")], name: "Third" },
      { number: 560, identifiers: [phone("+60111000560")], status: "blocked" },
    );
    expect(answered.map(({ outcome }) => outcome)).toEqual(Array(3).fill("unchanged"));
    expect(answered.map(({ customer }) => customer)).toEqual(Array(3).fill(made.customer));
    expect(await dumpEverything()).toBe(before);
  });

  it("must not have its identifiers come under another number", async () => {
    await only({ number: 570, identifiers: [qr("QR-570")] });
    const before = await dumpEverything();
    const line = await only({ number: 571, identifiers: [qr("QR-570")] });
    const context = { object: "customer", field: "identifiers" };
    expect(line).toMatchObject({ outcome: "failed", error: { ...CONFLICT, context } });
    expect(await dumpEverything()).toBe(before);
  });

  it("must not be mixed with another", async () => {
    await importAll(
      { number: 580, identifiers: [qr("QR-580")] },
      { number: 581, identifiers: [qr("QR-581"), phone("+60111000581")] },
    );
    const before = await dumpEverything();
    const answered = await importAll(
      { number: 580, identifiers: [qr("QR-581")] },
      { identifiers: [qr("QR-580"), phone("+60111000581")] },
    );
    const context = { object: "customer", field: "number" };
    const failed = { outcome: "failed", error: { ...CONFLICT, context } };
    expect(answered).toMatchObject([failed, failed]);
    expect(await dumpEverything()).toBe(before);
  });

  it("is another merchant's where that merchant imports it", async () => {
    await create("/merchants", {
      slug: "other",
      name: "Other",
      currency: "MYR",
      time_zone: "Asia/Manila",
    });
    const line = { number: 590, identifiers: [phone("+60111000590")] };
    const [here] = await importAll(line);
    const [there] = await importLines("other", [line]);
    expect([here?.outcome, there?.outcome]).toEqual(["created", "created"]);
    expect(there?.customer).not.toBe(here?.customer);
  });
});

describe("lines of one import about one customer", () => {
  it("make it once; a repeated line is unchanged", async () => {
    const line = { number: 595, identifiers: [qr("QR-595")] };
    const answered = await importAll(line, line, line);
    expect(answered.map(({ outcome }) => outcome)).toEqual(["created", "unchanged", "unchanged"]);
  });

  it("make it once, by whichever of two numbers", async () => {
    const identifiers = [qr("QR-596")];
    const answered = await importAll({ number: 596, identifiers }, { number: 597, identifiers });
    expect(answered.map(({ outcome }) => outcome).sort()).toEqual(["created", "failed"]);
    const failed = answered.find(({ outcome }) => outcome === "failed");
    expect(failed?.error).toMatchObject({ code: "already_exists" });
    const query = "SELECT COUNT(*) AS n FROM customers WHERE number IN (596, 597)";
    expect(await env.DB.prepare(query).first("n")).toBe(1);
  });
});
