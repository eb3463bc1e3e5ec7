import { beforeAll, describe, expect, it, vi } from "vitest";
import { type Cafe, type CafeReply, openCafe } from "../../support/augmigo/cafe.ts";
import {
  addCustomer,
  byCode,
  feedOf,
  readBack,
  said,
  someone,
} from "../../support/augmigo/customers.ts";
import { d1Rows } from "../../support/d1.ts";
import type { Json } from "../../support/kirimel/till.ts";

// Every registration hashes a password.
vi.setConfig({ testTimeout: 30_000 });

let cafe: Cafe;
let stranger: Cafe;

beforeAll(async () => {
  cafe = await openCafe();
  stranger = await openCafe();
});

const CODE = "Merchant reference code (TAKEN) have been taken";

const put = (customer: Json, body: Json): Promise<CafeReply> =>
  cafe.call("PUT", byCode(customer), { body });

/** How often each answer came, by what it said. */
function tally(replies: readonly CafeReply[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const reply of replies) {
    const text = said(reply).join(" ");
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
}

async function identifiersOf(customer: Json): Promise<string[]> {
  const rows = await d1Rows<{ kind: string; value: string }>(
    "SELECT kind, value FROM identifiers WHERE customer_id = ? ORDER BY kind, value",
    customer.customer_key,
  );
  return rows.map(({ kind, value }) => `${kind} ${value}`);
}

describe("an e-mail, a phone and a merchant's code", () => {
  it("belong to one customer: cases 10 and 11", async () => {
    const { email, mobile_phone } = await addCustomer(cafe, { merchant_reference_code: "TAKEN" });
    const register = async (given: Json) =>
      said(await cafe.post("/customers/register", someone(given)));
    expect(await register({ email })).toEqual([500, "Email have been taken"]);
    expect(await register({ mobile_phone })).toEqual([500, "Mobile phone have been taken"]);
    expect(await register({ merchant_reference_code: "TAKEN" })).toEqual([500, CODE]);
    const all = { email, mobile_phone, merchant_reference_code: "TAKEN" };
    expect(await register(all)).toEqual([500, "Email have been taken"]);
    const two = { mobile_phone, merchant_reference_code: "TAKEN" };
    expect(await register(two)).toEqual([500, "Mobile phone have been taken"]);
  });

  it("are the same in any of their forms", async () => {
    const { email, mobile_phone } = await addCustomer(cafe);
    const capitals = someone({ email: String(email).toUpperCase() });
    expect(said(await cafe.post("/customers/register", capitals))[1]).toBe("Email have been taken");
    const spaced = someone({ mobile_phone: String(mobile_phone).replace("+60", "+60 ") });
    const refused = await cafe.post("/customers/register", spaced);
    expect(said(refused)[1]).toBe("Mobile phone have been taken");
  });

  it("cannot be taken from another customer, but may be one's own again", async () => {
    const other = await addCustomer(cafe, { merchant_reference_code: "OTHER" });
    const own = await addCustomer(cafe, { merchant_reference_code: "OWN" });
    const before = await identifiersOf(own);
    expect(said(await put(own, { email: other.email }))).toEqual([500, "Email have been taken"]);
    const phone = { mobile_phone: other.mobile_phone };
    expect(said(await put(own, phone))).toEqual([500, "Mobile phone have been taken"]);
    const code = { merchant_reference_code: "OTHER" };
    const taken = "Merchant reference code (OTHER) have been taken";
    expect(said(await put(own, code))).toEqual([500, taken]);
    expect(await identifiersOf(own)).toEqual(before);
    const { email, mobile_phone, merchant_reference_code } = own;
    const same = await put(own, { name: "N", email, mobile_phone, merchant_reference_code });
    expect(same.status).toBe(200);
    expect(await identifiersOf(own)).toEqual(before);
  });

  it("leave no trace when they change", async () => {
    const made = await addCustomer(cafe, { merchant_reference_code: "BEFORE" });
    const { email, mobile_phone } = someone();
    await put(made, { email, mobile_phone, merchant_reference_code: "AFTER" });
    expect(await identifiersOf(made)).toEqual([
      `email ${email}`,
      "merchant_code AFTER",
      `phone ${mobile_phone}`,
      `reference_code ${made.reference_code}`,
    ]);
  });

  it("are no longer verified when they change", async () => {
    const made = await addCustomer(cafe);
    const verified = '{"gender":"m","email_verified":true,"phone_verified":"true"}';
    await d1Rows("UPDATE customers SET attributes = ? WHERE id = ?", verified, made.customer_key);
    const flags = async () => {
      const { is_email_verified, is_mobile_phone_verified } = await readBack(cafe, made);
      return [is_email_verified, is_mobile_phone_verified];
    };
    await put(made, { name: "N", email: made.email });
    expect(await flags()).toEqual([true, true]);
    await put(made, { email: someone().email });
    expect(await flags()).toEqual([false, true]);
    await put(made, { mobile_phone: someone().mobile_phone });
    expect(await flags()).toEqual([false, false]);
  });

  it("are another account's own business", async () => {
    const made = await addCustomer(cafe, { merchant_reference_code: "BOTH" });
    const { email, mobile_phone } = made;
    const given = { email, mobile_phone, merchant_reference_code: "BOTH" };
    const there = await addCustomer(stranger, given);
    expect(there.customer_key).not.toBe(made.customer_key);
  });
});

describe("at once", () => {
  it("two registrations with one e-mail never both succeed", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { email } = someone();
      const body = () => cafe.post("/customers/register", someone({ email }));
      const replies = await Promise.all([body(), body(), body()]);
      expect(tally(replies)).toEqual({ "200": 1, "500 Email have been taken": 2 });
      expect(await identifiersHolding("email", email)).toBe(1);
    }
  });

  it("the loser is told the field that was taken", async () => {
    const { mobile_phone } = someone();
    const body = () => cafe.post("/customers/register", someone({ mobile_phone }));
    const replies = await Promise.all(Array.from({ length: 6 }, body));
    expect(tally(replies)).toEqual({ "200": 1, "500 Mobile phone have been taken": 5 });
    const merchant_reference_code = "TAKEN2";
    const coded = () => cafe.post("/customers/register", someone({ merchant_reference_code }));
    expect(tally(await Promise.all([coded(), coded()]))).toEqual({
      "200": 1,
      "500 Merchant reference code (TAKEN2) have been taken": 1,
    });
  });

  it("two updates to one phone never both succeed", async () => {
    const [one, two] = [await addCustomer(cafe), await addCustomer(cafe)];
    const { mobile_phone } = someone();
    const replies = await Promise.all([put(one, { mobile_phone }), put(two, { mobile_phone })]);
    expect(tally(replies)).toEqual({ "200": 1, "500 Mobile phone have been taken": 1 });
  });

  it("updates of one customer lose none of their fields", async () => {
    const made = await addCustomer(cafe);
    const { email } = someone();
    const bodies = [{ name: "N" }, { gender: "f" }, { birth_date: "28-02-1990" }, { email }];
    const replies = await Promise.all(bodies.map((body) => put(made, body)));
    expect(tally(replies)).toEqual({ "200": 4 });
    const changed = { name: "N", gender: "f", birth_date: "28-02-1990", email };
    expect(await readBack(cafe, made)).toEqual({ ...made, ...changed });
  });

  it("two updates never take the last of e-mail and phone between them", async () => {
    const made = await addCustomer(cafe);
    const replies = await Promise.all([put(made, { email: "" }), put(made, { mobile_phone: "" })]);
    const refused = "500 Email or mobile phone must be provided";
    expect(tally(replies)).toEqual({ "200": 1, [refused]: 1 });
  });

  it("a deletion beside updates leaves nothing personal, whoever was first", async () => {
    for (let round = 0; round < 5; round += 1) {
      const made = await addCustomer(cafe);
      const erase = () => cafe.call("DELETE", byCode(made));
      const { email } = someone();
      const replies = await Promise.all([put(made, { email }), erase(), put(made, { name: "N" })]);
      expect(replies[1]?.status).toBe(204);
      expect(await identifiersOf(made)).toEqual([]);
      const query = "SELECT name, email, status FROM customers WHERE id = ?";
      const erased = { name: null, email: null, status: "erased" };
      expect(await d1Rows(query, made.customer_key)).toEqual([erased]);
    }
  });

  it("of two deletions one succeeds, and one event tells it", async () => {
    const shop = await openCafe();
    const made = await addCustomer(shop);
    const erase = () => shop.call("DELETE", byCode(made));
    expect(tally(await Promise.all([erase(), erase(), erase()]))).toEqual({
      "204": 1,
      "400 Customer is not exist": 2,
    });
    const types = (await feedOf(shop)).map(({ type }) => type);
    expect(types).toEqual(["customer.created", "customer.erased"]);
  });
});

describe("another account's customer", () => {
  it("looks like one that does not exist, on every call", async () => {
    const made = await addCustomer(cafe);
    const paths = [byCode(made), `/customers/customer-key/${made.customer_key}`];
    for (const path of paths) {
      const [, text] = said(await stranger.get(path));
      expect(text).toMatch(/ is not found$/);
      const body = { name: "Stolen" };
      const refused = [400, "Customer is not exist"];
      expect(said(await stranger.call("PUT", path, { body }))).toEqual(refused);
      expect(said(await stranger.call("DELETE", path))).toEqual(refused);
    }
    const found = await stranger.post("/customers/search/5", { email: made.email });
    expect([found.status, found.list]).toEqual([200, []]);
    expect(await readBack(cafe, made)).toEqual(made);
  });
});

async function identifiersHolding(kind: string, value: string): Promise<number> {
  const query = "SELECT * FROM identifiers WHERE kind = ? AND value = ?";
  return (await d1Rows(query, kind, value)).length;
}
