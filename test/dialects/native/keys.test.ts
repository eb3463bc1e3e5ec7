import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256Hex } from "../../../src/core/digest.ts";
import { stopClock } from "../../support/http-clock.ts";
import { dumpDatabase, dumpEverything } from "../../support/http-storage.ts";
import { create, native } from "../../support/native/merchant.ts";
import { expectFaults, expectProblem } from "../../support/native/problems.ts";

stopClock("2060-06-01T08:00:00.123Z");

const merchant = "hotel";

beforeAll(async () => {
  for (const slug of [merchant, "other"]) {
    await create("/merchants", { slug, name: slug, currency: "INR", time_zone: "Asia/Kolkata" });
  }
  await create("/sites", { code: "LOBBY", name: "Lobby" }, merchant);
});

const SOUND = { name: "Key", dialect: "kirimel", scopes: ["read:customers"] };
const STAMP = "2060-06-01T08:00:00.123Z";

interface KeyRow {
  readonly hash: string;
  readonly secret: string | null;
}

function storedKey(id: unknown): Promise<KeyRow | null> {
  return env.DB.prepare("SELECT hash, secret FROM keys WHERE id = ?").bind(id).first<KeyRow>();
}

async function listed(): Promise<readonly object[]> {
  return (await native("/keys?limit=100", { merchant })).body.data as object[];
}

describe("a new key", () => {
  it("is answered with the texts that were brought along", async () => {
    const texts = { text: "kiri_live_brought", secret: "ks_brought_along" };
    const expires_at = "2061-01-01T00:00:00+08:00";
    const fields = { ...SOUND, ...texts, mode: "test", unlimited: true, site: "LOBBY", expires_at };
    const { body } = await create("/keys", fields, merchant);
    expect(body).toEqual({
      id: expect.stringMatching(/^key_[0-9A-HJKMNP-TV-Z]{26}$/),
      object: "key",
      name: "Key",
      dialect: "kirimel",
      mode: "test",
      scopes: ["read:customers"],
      hint: "kiri…ught",
      staff: null,
      site: expect.stringMatching(/^sit_/),
      unlimited: true,
      expires_at: "2060-12-31T16:00:00.000Z",
      revoked_at: null,
      last_used_at: null,
      rotated_from: null,
      created_at: STAMP,
      updated_at: STAMP,
      ...texts,
    });
  });

  it("is live, limited, and good for ever where nothing else was said", async () => {
    const { body } = await create("/keys", SOUND, merchant);
    expect(body).toMatchObject({ mode: "live", unlimited: false, expires_at: null, site: null });
  });

  it.each(["live", "test"])("of mode %s gets a text of its own kind", async (mode) => {
    const made = await create("/keys", { ...SOUND, mode }, merchant);
    expect(made.body.text).toMatch(new RegExp(`^gd_${mode}_[0-9A-Za-z]{38}$`));
    const other = await create("/keys", { ...SOUND, mode }, merchant);
    expect(other.body.text).not.toBe(made.body.text);
  });

  it("gets a secret where its dialect signs, and none where it does not", async () => {
    const signing = await create("/keys", SOUND, merchant);
    expect(signing.body.secret).toMatch(/^[0-9A-Za-z]{40}$/);
    const bearer = await create("/keys", { ...SOUND, dialect: "native" }, merchant);
    expect(bearer.body.secret).toBeNull();
  });

  it("must not take the text of another of the merchant's", async () => {
    const fields = { ...SOUND, text: "text-taken-from-itself" };
    await create("/keys", fields, merchant);
    const before = await dumpEverything();
    const context = { object: "key", field: "text" };
    const again = await native("/keys", { merchant, body: fields });
    expectProblem(again, 409, { code: "already_exists", context });
    expect(await dumpEverything()).toBe(before);
  });

  it("must not take the text of another merchant's, and is not told that it is one", async () => {
    const fields = { ...SOUND, text: "text-taken-from-other" };
    await create("/keys", fields, "other");
    const before = await dumpEverything();
    const again = await native("/keys", { merchant, body: fields });
    expectFaults(again, { pointer: "/text", code: "invalid" });
    expect(await dumpEverything()).toBe(before);
  });

  it("must be bound to a site that there is", async () => {
    const answer = await native("/keys", { merchant, body: { ...SOUND, site: "NOWHERE" } });
    expectProblem(answer, 404, { code: "not_found", context: { object: "site" } });
  });

  it("may be a person's, who must be the merchant's own", async () => {
    const person = { username: "ann@example.com", password: "p", name: "Ann" };
    const { id } = (await create("/staff", person, "other")).body;
    const fields = { ...SOUND, staff: person.username };
    expect((await create("/keys", fields, "other")).body.staff).toBe(id);
    const answer = await native("/keys", { merchant, body: fields });
    expectProblem(answer, 404, { code: "not_found", context: { object: "staff" } });
  });
});

describe("a key of the dialect imonggo", () => {
  const TOKEN = { ...SOUND, dialect: "imonggo" };

  it("has forty hexadecimal digits, and is kept sealed besides its digest", async () => {
    const { body } = await create("/keys", TOKEN, merchant);
    expect(body.text).toMatch(/^[0-9a-f]{40}$/);
    expect(body.secret).toBeNull();
    const row = await storedKey(body.id);
    expect(row?.hash).toBe(await sha256Hex(String(body.text)));
    expect(row?.secret).toMatch(/^1\.[\w-]{16}\.[\w-]+$/);
    expect(await dumpDatabase()).not.toContain(String(body.text));
    expect(JSON.stringify(await listed())).not.toContain(String(row?.secret));
  });

  it.each([
    ["text", "0123456789abcdef0123456789abcdef0123456"],
    ["text", "0123456789abcdef0123456789abcdef012345678"],
    ["text", "0123456789ABCDEF0123456789ABCDEF01234567"],
    ["secret", "a-secret-of-its-own"],
  ])("must not have %s %j", async (field, value) => {
    const answer = await native("/keys", { merchant, body: { ...TOKEN, [field]: value } });
    expectFaults(answer, { pointer: `/${field}`, code: "invalid" });
  });
});

describe("a key's texts", () => {
  it("are shown once and never again", async () => {
    const { body } = await create("/keys", SOUND, merchant);
    const { text, secret, ...rest } = body;
    const list = await native("/keys?limit=100", { merchant });
    expect(await listed()).toContainEqual(rest);
    expect(list.text).not.toContain(String(text));
    expect(list.text).not.toContain(String(secret));
    for (const key of await listed()) {
      expect(Object.keys(key)).not.toEqual(expect.arrayContaining(["text"]));
      expect(Object.keys(key)).not.toEqual(expect.arrayContaining(["secret"]));
      expect(Object.keys(key)).not.toEqual(expect.arrayContaining(["hash"]));
    }
  });

  it("are stored nowhere in clear", async () => {
    const own = { text: "kiri_text_stored_nowhere", secret: "ks_secret_stored_nowhere" };
    await create("/keys", { ...SOUND, ...own }, merchant);
    const { body } = await create("/keys", SOUND, merchant);
    const dump = await dumpDatabase();
    for (const text of [own.text, own.secret, String(body.text), String(body.secret)]) {
      expect(dump).not.toContain(text);
      expect(dump).not.toContain(btoa(text).replaceAll("=", ""));
      expect(dump).not.toContain(Buffer.from(text).toString("hex"));
    }
  });

  it("are kept as a digest and, sealed, as a secret", async () => {
    const own = { text: "kiri_text_as_digest", secret: "ks_secret_sealed" };
    const { body } = await create("/keys", { ...SOUND, ...own }, merchant);
    const row = await storedKey(body.id);
    expect(row?.hash).toBe(await sha256Hex(own.text));
    expect(row?.secret).toMatch(/^1\.[\w-]{16}\.[\w-]+$/);
    const same = { ...SOUND, text: "kiri_text_as_digest_2", secret: own.secret };
    const other = await storedKey((await create("/keys", same, merchant)).body.id);
    expect(other?.secret).not.toBe(row?.secret);
  });

  it("are told apart by a hint that gives none away", async () => {
    const own = { text: "12345678", secret: "abcdefgh" };
    const { body } = await create("/keys", { ...SOUND, ...own }, merchant);
    expect(body.hint).not.toContain(own.text);
    expect(String(body.hint).replace(/[^0-9]/g, "").length).toBeLessThan(own.text.length);
  });
});

describe("a key's fields", () => {
  it.each(["name", "dialect", "scopes"])("include %s", async (field) => {
    const answer = await native("/keys", { merchant, body: { ...SOUND, [field]: undefined } });
    expectFaults(answer, { pointer: `/${field}`, code: "required" });
  });

  it.each([
    ["name", "", "/name", "too_small"],
    ["name", "x".repeat(256), "/name", "too_large"],
    ["dialect", "imaginary", "/dialect", "invalid"],
    ["mode", "sandbox", "/mode", "invalid"],
    ["scopes", "admin", "/scopes", "invalid"],
    ["scopes", [], "/scopes", "too_small"],
    ["scopes", ["admin"], "/scopes/0", "invalid"],
    ["scopes", ["read:customers", "write:everything"], "/scopes/1", "invalid"],
    ["text", "short", "/text", "invalid"],
    ["text", "has a blank", "/text", "invalid"],
    ["text", "has-ümlaut", "/text", "invalid"],
    ["text", "x".repeat(256), "/text", "invalid"],
    ["text", "ends-in-a-line\n", "/text", "invalid"],
    ["secret", "short", "/secret", "invalid"],
    ["secret", 12_345_678, "/secret", "invalid"],
    ["site", 5, "/site", "invalid"],
    ["staff", 5, "/staff", "invalid"],
    ["unlimited", "yes", "/unlimited", "invalid"],
    ["expires_at", "2061-01-01", "/expires_at", "invalid"],
    ["expires_at", "2061-01-01T00:00:00", "/expires_at", "invalid"],
    ["expires_at", "2061-02-30T00:00:00Z", "/expires_at", "invalid"],
    ["expires_at", 1_900_000_000, "/expires_at", "invalid"],
    ["expires_at", null, "/expires_at", "invalid"],
  ])("must not have %s %j", async (field, value, pointer, code) => {
    const before = await dumpEverything();
    const answer = await native("/keys", { merchant, body: { ...SOUND, [field]: value } });
    expectFaults(answer, { pointer, code });
    expect(await dumpEverything()).toBe(before);
  });
});
