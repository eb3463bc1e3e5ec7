import { beforeAll, describe, expect, it } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import type { Answer, Json } from "../../support/http.ts";
import { settle } from "../../support/kept-state.ts";
import { create, establish, importLines, native } from "../../support/native/merchant.ts";

const merchant = "customers-a";
const other = "customers-b";

beforeAll(async () => {
  for (const slug of [merchant, other]) {
    const defaults = { name: "Shop", currency: "EUR", time_zone: "Europe/Berlin" };
    await establish({ merchant: { slug, ...defaults } });
  }
});

let people = 0;

interface Somebody {
  readonly id: string;
  readonly path: string;
  readonly phone: string;
  readonly email: string;
}

/** Somebody new whom the merchant brought along. */
async function somebody(given: object = {}): Promise<Somebody> {
  people += 1;
  const phone = `+4930000${String(people).padStart(5, "0")}`;
  const email = `ada${people}@example.com`;
  const identifiers = [
    { kind: "phone", value: phone },
    { kind: "card", value: `CARD-${people}` },
  ];
  const person = { name: "Ada", email, birth_date: "1815-12-10", identifiers, ...given };
  const [line] = await importLines(merchant, [person]);
  const id = String(line?.customer);
  return { id, path: `/customers/${id}`, phone, email };
}

const patch = (path: string, body: object | string, call: object = {}): Promise<Answer> =>
  native(path, { method: "PATCH", merchant, body, ...call });
const remove = (path: string): Promise<Answer> => native(path, { method: "DELETE", merchant });
const read = async (path: string): Promise<Json> => (await native(path, { merchant })).body;

async function identifiersOf(id: string): Promise<string[]> {
  const rows = await d1Rows<{ kind: string; value: string }>(
    "SELECT kind, value FROM identifiers WHERE customer_id = ? ORDER BY kind, value",
    id,
  );
  return rows.map(({ kind, value }) => `${kind} ${value}`);
}

async function eventsOf(id: string): Promise<Json[]> {
  const { body } = await native("/events?after_seq=0&limit=100", { merchant });
  const events = body.data as { type: string; data: Json }[];
  return events
    .filter(({ data }) => data.customer === id)
    .map(({ type, data }) => ({ type, fields: data.fields }));
}

describe("PATCH /customers/{id}", () => {
  it("changes what is sent, leaves what is absent, clears what is null", async () => {
    const { path, phone, email } = await somebody();
    const before = await read(path);
    expect(before).toMatchObject({ name: "Ada", email, phone, birth_date: "1815-12-10" });
    const changed = await patch(path, { name: " Ada King ", birth_date: null, status: "blocked" });
    expect(changed.status).toBe(200);
    const { updated_at } = changed.body;
    const wanted = { name: "Ada King", birth_date: null, status: "blocked", updated_at };
    expect(changed.body).toEqual({ ...before, ...wanted });
    expect(Date.parse(String(updated_at))).toBeGreaterThan(Date.parse(String(before.updated_at)));
    expect(await read(path)).toEqual(changed.body);
  });

  it("normalises an e-mail and a phone as every dialect does", async () => {
    const { path } = await somebody();
    const { body } = await patch(path, { email: " Ada@Example.ORG", phone: "+49 (30) 1234-567" });
    expect(body).toMatchObject({ email: "ada@example.org", phone: "+49301234567" });
  });

  it("moves the identifier with the phone, and an e-mail that is one", async () => {
    const [first, second] = [await somebody(), await somebody()];
    const cards = (await identifiersOf(first.id)).slice(0, 1);
    const phone = "+49301111111";
    await patch(first.path, { phone, email: "free@example.com" });
    expect(await identifiersOf(first.id)).toEqual([...cards, `phone ${phone}`]);
    await patch(first.path, { phone: null });
    expect(await identifiersOf(first.id)).toEqual(cards);
    const found = await somebody({ identifiers: [{ kind: "email", value: "own@example.com" }] });
    await patch(found.path, { email: "moved@example.com" });
    expect(await identifiersOf(found.id)).toEqual(["email moved@example.com"]);
    const taken = await patch(second.path, { email: "moved@example.com" });
    expect(taken.status).toBe(200);
  });

  it("refuses an identifier that somebody else has", async () => {
    const [first, second] = [await somebody(), await somebody()];
    const before = await read(second.path);
    const taken = await patch(second.path, { phone: first.phone, name: "N" });
    expect([taken.status, taken.body.code]).toEqual([409, "already_exists"]);
    expect(taken.body.context).toEqual({ object: "customer", field: "phone" });
    expect(await read(second.path)).toEqual(before);
  });

  it("tells the names of what changed and nothing personal; nothing when nothing did", async () => {
    const { id, path, phone } = await somebody();
    const before = await read(path);
    const same = await patch(path, { name: "Ada", phone, status: "active" });
    expect(same.body).toEqual(before);
    expect((await patch(path, {})).body).toEqual(before);
    await patch(path, { email: null, status: "inactive", name: "Ada" });
    expect(await eventsOf(id)).toEqual([
      { type: "customer.created", fields: undefined },
      { type: "customer.updated", fields: ["email", "status"] },
    ]);
  });

  it.each([
    ["name", "", "/name"],
    ["name", 7, "/name"],
    ["email", "nobody", "/email"],
    ["email", `${"a".repeat(250)}@b.co`, "/email"],
    ["phone", "030123456", "/phone"],
    ["birth_date", "1990-02-30", "/birth_date"],
    ["status", "erased", "/status"],
    ["status", null, "/status"],
    ["number", 7, "/number"],
    ["password", "x", "/password"],
  ])("refuses the %s %j", async (field, value, pointer) => {
    const { path } = await somebody();
    const { status, body } = await patch(path, { [field]: value });
    expect(status).toBe(400);
    expect(body.errors).toEqual([expect.objectContaining({ pointer })]);
  });

  it("refuses a body that is no object", async () => {
    const { path } = await somebody();
    expect((await patch(path, "{")).body.code).toBe("invalid_json");
    expect((await patch(path, "[]")).status).toBe(400);
  });

  it("loses no field when changes come at once", async () => {
    const { path } = await somebody();
    const bodies = [{ name: "N" }, { email: null }, { status: "blocked" }, { birth_date: null }];
    const answers = await Promise.all(bodies.map((body) => patch(path, body)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await read(path)).toMatchObject({
      name: "N",
      email: null,
      status: "blocked",
      birth_date: null,
    });
  });
});

describe("DELETE /customers/{id}", () => {
  it("erases, once; then it is gone for good", async () => {
    const { id, path, phone } = await somebody();
    const erased = await remove(path);
    expect([erased.status, erased.body]).toEqual([200, { id, object: "customer", deleted: true }]);
    const again = await remove(path);
    expect([again.status, again.body.code, again.body.retryable]).toEqual([410, "erased", false]);
    expect((await patch(path, { name: "N" })).status).toBe(410);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      "customer.created",
      "customer.erased",
    ]);
    const next = await somebody();
    expect((await patch(next.path, { phone })).status).toBe(200);
  });
});

describe("both", () => {
  it("know nobody of another merchant", async () => {
    const { path } = await somebody();
    for (const method of ["PATCH", "DELETE"]) {
      const body = method === "PATCH" ? { body: { name: "N" } } : {};
      const answer = await native(path, { method, merchant: other, ...body });
      expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
    }
    expect((await read(path)).name).toBe("Ada");
  });

  it("need the scope write:customers", async () => {
    const { path } = await somebody();
    const key = { name: "Reader", dialect: "native", scopes: ["read:customers"] };
    const { body } = await create("/keys", key, merchant);
    const token = String(body.text);
    const refused = [
      await patch(path, { name: "N" }, { token, merchant: null }),
      await native(path, { method: "DELETE", token }),
    ];
    for (const { status, body } of refused) {
      expect([status, body.code]).toEqual([403, "scope_missing"]);
    }
  });

  it("answer a test-mode key the same, masked, and keep nothing", async () => {
    const { path } = await somebody();
    const scopes = ["read:customers", "write:customers"];
    const key = { name: "Test", dialect: "native", mode: "test", scopes };
    const { body } = await create("/keys", key, merchant);
    const call = { token: String(body.text), merchant: null };
    const before = await settle();
    const changed = await patch(path, { name: "Grace Hopper", status: "blocked" }, call);
    expect(changed.body).toMatchObject({ name: "G*** H***", status: "blocked", phone: "+***" });
    expect((await native(path, { method: "DELETE", ...call })).status).toBe(200);
    expect(await settle()).toBe(before);
  });
});
