import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Cafe } from "../../support/augmigo/cafe.ts";
import { addStaff, openCafe, STAFF_SCOPES, testModeOf } from "../../support/augmigo/cafe.ts";
import { feedOf, said } from "../../support/augmigo/customers.ts";
import { addGuest } from "../../support/augmigo/vouchers.ts";
import { d1Rows } from "../../support/d1.ts";
import { stopClock } from "../../support/http-clock.ts";
import { keptState } from "../../support/kept-state.ts";
import { appWith, type Json } from "../../support/kirimel/till.ts";
import { nativeCall, nativeMake } from "../../support/native/native.ts";

const GOLD = {
  key: "mp-gold",
  label: "Gold Card",
  description: "Gold card programme",
  conditions: "Valid one year",
};
const GIVEN = { membership_key: "mp-gold" };
const ASSIGNED = "The customer membership has already been assigned";

let cafe: Cafe;
/** With the token of the beginning. */
let opened: Cafe;

// On the account's clocks it is 15 January already.
const START = "2060-01-14T17:00:00Z";
const clock = stopClock(START);

beforeAll(async () => {
  opened = await openCafe();
  await addPrograms(opened);
});

async function addPrograms({ account }: Cafe): Promise<void> {
  await nativeMake("/membership_programs", GOLD, account);
  await nativeMake("/membership_programs", { key: "mp-club", label: "Club", years: 3 }, account);
}

const at = (code: string): string => `/customer-membership/customer/reference-code/${code}`;

/** The calls on the memberships of somebody, by whoever is signed in unless a shop is named. */
function callsOn(code: string, shop?: Cafe) {
  const by = (): Cafe => shop ?? cafe;
  return {
    assign: (body: unknown = GIVEN) => by().post(`${at(code)}/assign-membership`, body),
    read: () => by().get(at(code)),
    remove: (body?: unknown, query = "") =>
      by().call("DELETE", `${at(code)}/remove-membership${query}`, { body }),
    renew: (body: unknown = GIVEN) => by().post(`${at(code)}/renew-membership`, body),
  };
}

/** Somebody new, and the calls on the memberships. */
async function newGuest(shop?: Cafe) {
  const guest = await addGuest(shop ?? cafe);
  return { ...guest, ...callsOn(guest.code, shop) };
}

/** Moves the clock, and signs in anew: a token is good for a day. */
async function moveTo(moment: string): Promise<void> {
  clock.now = Date.parse(moment);
  cafe = await cafe.signedIn();
}

const labelsOf = (list: readonly Json[]): unknown[] => list.map(({ label }) => label);

beforeEach(() => {
  clock.now = Date.parse(START);
  cafe = opened;
});

describe("assigning a membership", () => {
  it("cases 35, 36 and 38: answers with an empty body, once, and shows it", async () => {
    const guest = await newGuest();
    const assigned = await guest.assign();
    expect([assigned.status, assigned.text]).toEqual([200, ""]);
    expect(assigned.headers.get("content-length")).toBe("0");
    expect(said(await guest.assign())).toEqual([500, ASSIGNED]);
    const read = await guest.read();
    expect([read.status, read.text]).toEqual([
      200,
      JSON.stringify([
        {
          desc: "Gold card programme",
          entitled_date: "15-01-2060",
          expiry_date: "15-01-2061",
          label: "Gold Card",
          terms_and_conditions: "Valid one year",
        },
      ]),
    ]);
  });

  it.each([
    ["no key", {}],
    ["an empty key", { membership_key: "" }],
    ["no body", undefined],
    ["no JSON", "{"],
    ["a form without it", "number_of_year=2"],
  ])("case 37: needs the programme's key: %s", async (_what, body) => {
    const guest = await addGuest(cafe);
    const reply = await cafe.post(`${at(guest.code)}/assign-membership`, body);
    expect(said(reply)).toEqual([500, "Missing membership program key"]);
  });

  const REFUSED: readonly (readonly [Json, string])[] = [
    [{ membership_key: "mp-none" }, "Membership program is not found"],
    [{ membership_key: "MP-GOLD" }, "Membership program is not found"],
    [{ membership_key: ["mp-gold"] }, "Membership key is not valid"],
    [{ membership_key: "x".repeat(65) }, "Membership key length must not more than 64 characters"],
    ...[0, -1, 1.5, 101, "x", true, [1]].map(
      (years) => [{ ...GIVEN, number_of_year: years }, "Number of year is not valid"] as const,
    ),
  ];

  it.each(REFUSED)("refuses %j", async (body, text) => {
    const guest = await newGuest();
    expect(said(await guest.assign(body))).toEqual([500, text]);
    expect((await guest.read()).list).toEqual([]);
  });

  it("refuses a customer that there is none of, also one of another account", async () => {
    const stranger = await addGuest(await openCafe());
    for (const code of ["9999999999999999", stranger.code]) {
      const { assign, read, renew, remove } = callsOn(code);
      expect(said(await assign())).toEqual([500, "Reference code is invalid"]);
      for (const call of [read, renew, remove]) {
        expect(said(await call())).toEqual([400, "Reference code is invalid"]);
      }
    }
  });

  it("knows no programme of another account", async () => {
    const other = await newGuest(await openCafe());
    expect(said(await other.assign())).toEqual([500, "Membership program is not found"]);
  });

  it("lasts as long as the programme says, or as the till says", async () => {
    const guest = await newGuest();
    await guest.assign({ merchant_membership_key: "mp-club" });
    await guest.assign("membership_key=mp-gold&number_of_year=100");
    const { list } = await guest.read();
    expect(list.map(({ label, expiry_date }) => [label, expiry_date])).toEqual([
      ["Club", "15-01-2063"],
      ["Gold Card", "15-01-2160"],
    ]);
  });

  it("on 29 February lasts to 28 February of a year without one", async () => {
    await moveTo("2060-02-29T04:00:00Z");
    const [leap, common] = [await newGuest(), await newGuest()];
    await leap.assign({ ...GIVEN, number_of_year: 4 });
    await common.assign({ ...GIVEN, number_of_year: "1" });
    expect((await leap.read()).list[0]?.expiry_date).toBe("29-02-2064");
    expect((await common.read()).list[0]?.expiry_date).toBe("28-02-2061");
  });

  it("is shown to its last day, and can be assigned anew after it", async () => {
    const guest = await newGuest();
    await guest.assign();
    await moveTo("2061-01-15T15:59:59Z");
    expect(labelsOf((await guest.read()).list)).toEqual(["Gold Card"]);
    expect(said(await guest.assign())).toEqual([500, ASSIGNED]);
    clock.now += 1_000;
    expect((await guest.read()).list).toEqual([]);
    expect((await guest.assign()).status).toBe(200);
    expect((await guest.read()).list).toMatchObject([{ entitled_date: "16-01-2061" }]);
    const rows = await d1Rows("SELECT ended_at FROM memberships WHERE customer_id = ?", guest.id);
    expect(rows.map(({ ended_at }) => ended_at)).toEqual([clock.now, null]);
  });

  it("of several at once is one, and the others are told that it is assigned", async () => {
    const [fresh, expired] = [await newGuest(), await newGuest()];
    await expired.assign();
    await moveTo("2062-01-01T00:00:00Z");
    for (const guest of [fresh, expired]) {
      const replies = await Promise.all(Array.from({ length: 8 }, () => guest.assign()));
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
      const late = replies.filter(({ status }) => status !== 200).flatMap(({ msg }) => msg);
      expect(late).toEqual(Array.from({ length: 7 }, () => ASSIGNED));
      expect((await guest.read()).list).toHaveLength(1);
    }
  });

  it("answers refusals with 400 where the deployment says so", async () => {
    const guest = await addGuest(cafe);
    const always = cafe.via(appWith({ GUERDON_AUGMIGO_VALIDATION_STATUS: "400" }));
    expect(said(await callsOn(guest.code, always).assign({}))).toEqual([
      400,
      "Missing membership program key",
    ]);
  });
});

describe("removing memberships", () => {
  it("takes one away, or all, with an empty answer; then there is none", async () => {
    const guest = await newGuest();
    await guest.assign();
    await guest.assign({ membership_key: "mp-club" });
    const one = await guest.remove({ membership_key: "mp-gold" });
    expect([one.status, one.text]).toEqual([204, ""]);
    expect(labelsOf((await guest.read()).list)).toEqual(["Club"]);
    expect(said(await guest.remove({ membership_key: "mp-gold" }))).toEqual([
      400,
      "Customer membership is not found",
    ]);
    await guest.assign();
    expect((await guest.remove()).status).toBe(204);
    expect((await guest.read()).list).toEqual([]);
    expect(said(await guest.remove())).toEqual([400, "Customer membership is not found"]);
    expect((await guest.assign()).status).toBe(200);
  });

  it("takes the key from the query as well", async () => {
    const guest = await newGuest();
    await guest.assign();
    await guest.assign({ membership_key: "mp-club" });
    expect((await guest.remove(undefined, "?membership_key=mp-club")).status).toBe(204);
    expect(labelsOf((await guest.read()).list)).toEqual(["Gold Card"]);
    expect((await guest.remove(undefined, "?membership_key=mp-club")).status).toBe(400);
  });

  it("does not find what has expired", async () => {
    const guest = await newGuest();
    await guest.assign();
    await moveTo("2061-01-16T00:00:00Z");
    expect(said(await guest.remove())).toEqual([400, "Customer membership is not found"]);
  });

  it("touches nobody else's", async () => {
    const [guest, other] = [await newGuest(), await newGuest()];
    await Promise.all([guest.assign(), other.assign()]);
    await guest.remove();
    expect((await other.read()).list).toHaveLength(1);
  });

  it("of one at once succeeds once", async () => {
    const guests = await Promise.all([newGuest(), newGuest(), newGuest(), newGuest()]);
    for (const guest of guests) await guest.assign();
    const calls = guests.flatMap((guest) => Array.from({ length: 12 }, () => guest.remove()));
    const replies = await Promise.all(calls);
    expect(replies.filter(({ status }) => status === 204)).toHaveLength(guests.length);
  });
});

describe("renewing a membership", () => {
  const DONE = { msg: ["Customer membership have been renew successfully"] };

  it("lets it last a term longer, and one that has expired a term from today", async () => {
    const guest = await newGuest();
    await guest.assign();
    const renewed = await guest.renew({ merchant_membership_key: "mp-gold" });
    expect([renewed.status, renewed.body]).toEqual([200, DONE]);
    expect((await guest.read()).list).toMatchObject([
      { entitled_date: "15-01-2060", expiry_date: "15-01-2062" },
    ]);
    await moveTo("2065-05-05T04:00:00Z");
    expect((await guest.renew({ ...GIVEN, number_of_year: 2 })).body).toEqual(DONE);
    expect((await guest.read()).list).toMatchObject([{ expiry_date: "05-05-2067" }]);
  });

  it("needs a membership, a key and a programme, and ends within a hundred years", async () => {
    const guest = await newGuest();
    expect(said(await guest.renew())).toEqual([400, "Customer membership is not found"]);
    expect(said(await guest.renew({}))).toEqual([400, "Missing membership program key"]);
    const unknown = await guest.renew({ membership_key: "mp-none" });
    expect(said(unknown)).toEqual([400, "Membership program is not found"]);
    await guest.assign();
    const far = await guest.renew({ ...GIVEN, number_of_year: 100 });
    expect(said(far)).toEqual([400, "Number of year is not valid"]);
    expect((await guest.read()).list).toMatchObject([{ expiry_date: "15-01-2061" }]);
  });

  it("eight times at once lets it last eight terms longer", async () => {
    const guest = await newGuest();
    await guest.assign();
    await Promise.all(Array.from({ length: 8 }, () => guest.renew()));
    expect((await guest.read()).list).toMatchObject([{ expiry_date: "15-01-2069" }]);
  });
});

describe("memberships", () => {
  it("are told of in the feed", async () => {
    const shop = await openCafe();
    await addPrograms(shop);
    const guest = await newGuest(shop);
    await guest.assign();
    await guest.renew();
    await guest.assign({ membership_key: "mp-club" });
    await guest.remove();
    const told = (await feedOf(shop)).filter(({ type }) => /^membership/.test(String(type)));
    expect(told.map(({ type, data }) => [type, (data as Json).key])).toEqual([
      ["membership.assigned", "mp-gold"],
      ["membership.assigned", "mp-gold"],
      ["membership.assigned", "mp-club"],
      ["membership.removed", "mp-club"],
      ["membership.removed", "mp-gold"],
    ]);
    const [first, second] = told.map(({ data }) => data as Json);
    expect(second).toEqual({ ...first, expires_on: "2062-01-15" });
    expect(first).toMatchObject({ customer: guest.id, dialect: "augmigo" });
  });

  it("need their own permission", async () => {
    const { code } = await newGuest();
    const scopes = STAFF_SCOPES.filter((scope) => scope !== "write:memberships");
    const without = await cafe.signedIn(await addStaff(cafe.account, { scopes }));
    const { assign, read, remove, renew } = callsOn(code, without);
    for (const call of [assign, read, remove, renew]) {
      expect(said(await call())).toEqual([403, "Permission denied"]);
    }
  });

  it("are left as they are by a test-mode key", async () => {
    const guest = await newGuest();
    await guest.assign({ membership_key: "mp-club" });
    const { assign, remove, renew } = callsOn(guest.code, await testModeOf(cafe));
    const before = await keptState();
    expect((await assign()).status).toBe(200);
    expect(said(await assign({ membership_key: "mp-club" }))).toEqual([500, ASSIGNED]);
    expect((await renew({ membership_key: "mp-club" })).status).toBe(200);
    expect((await remove()).status).toBe(204);
    expect(await keptState()).toBe(before);
  });

  it("answer a ping to whoever is signed in", async () => {
    const { status, body } = await cafe.get("/customer-membership/ping");
    expect([status, body]).toEqual([200, { msg: ["OK"] }]);
    const nobody = await cafe.get("/customer-membership/ping", { token: null });
    expect(said(nobody)).toEqual([401, "Authenticated token is required"]);
  });
});

describe("removing a tier membership", () => {
  const tiers = [
    { name: "Silver", from: "0" },
    { name: "Gold", from: "100" },
  ];

  it("leaves nobody above the lowest tier, and does not take away what was earned", async () => {
    const shop = await openCafe({ program: { name: "R", earning: { rate: "1" }, tiers } });
    const path = (code: string) => `${at(code)}/remove-tier-membership`;
    const low = await addGuest(shop);
    const done = await shop.call("DELETE", path(low.code));
    expect([done.status, done.body]).toEqual([
      200,
      { msg: ["Customer tier membership have been deleted"] },
    ]);
    const high = await addGuest(shop);
    const sale = { sales_amount: "100.00" };
    expect((await shop.post(`/reward/reference-code/${high.code}/give`, sale)).status).toBe(200);
    expect(said(await shop.call("DELETE", path(high.code)))).toEqual([
      400,
      "Customer tier membership is earned, it cannot be deleted",
    ]);
    const { body } = await nativeCall("GET", `/customers/${high.id}`, { merchant: shop.account });
    expect(body.id).toBe(high.id);
  });
});
