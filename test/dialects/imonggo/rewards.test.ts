import { beforeAll, describe, expect, it } from "vitest";
import { addMember, addType, auditOf, pointsOf } from "../../support/imonggo/members.ts";
import { openStore, type Store, type StoreReply, storeToken } from "../../support/imonggo/store.ts";

let store: Store;

beforeAll(async () => {
  store = await openStore();
  await addType(store);
}, 60_000);

const spend = (customer: unknown, amount: string, more = "", by = store): Promise<StoreReply> =>
  by.post(`/rewards.xml?q=spend&customer_id=${customer}&amount=${amount}${more}`);

/** An answer as an XML client reads it: the texts of its elements. */
const textsOf = ({ status, xml }: StoreReply) => [status, ...xml.children.map(({ text }) => text)];

describe("spending", () => {
  it("case 7: takes money's worth of points and answers as documented", async () => {
    const juan = await addMember(store, 3_051_100);
    const reply = await spend(juan, "10", "&reference=X-1");
    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toBe("application/xml; charset=utf-8");
    expect(reply.text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<hash>
  <points-spent type="decimal">2000.0</points-spent>
  <amount-spent type="decimal">10.0</amount-spent>
  <points-available type="decimal">28511.0</points-available>
</hash>
`);
  });

  it("case 8: spends again with the same reference, which need not be unique", async () => {
    const juan = await addMember(store, 500_000);
    await spend(juan, "10", "&reference=X-2");
    const again = await spend(juan, "10", "&reference=X-2");
    expect(textsOf(again)).toEqual([200, "2000.0", "10.0", "1000.0"]);
    expect(await pointsOf(store, juan)).toBe(100_000);
  });

  it("case 9: is refused beyond what is there, and takes nothing", async () => {
    const juan = await addMember(store, 199_900);
    const reply = await spend(juan, "10");
    expect([reply.status, reply.errors]).toEqual([422, ["Insufficient points"]]);
    expect(await pointsOf(store, juan)).toBe(199_900);
  });

  it("takes the exact balance", async () => {
    const juan = await addMember(store, 200_000);
    expect(textsOf(await spend(juan, "10"))).toEqual([200, "2000.0", "10.0", "0.0"]);
  });

  it.each(["0", "-1", "abc", "", "0.00", "1,5", "NaN"])(
    "case 10: is refused an amount of %j",
    async (amount) => {
      const reply = await spend(1, amount);
      expect([reply.status, reply.errors]).toEqual([422, ["Amount must be greater than 0"]]);
    },
  );

  it("case 10: is refused without an amount", async () => {
    const reply = await store.post("/rewards.json?q=spend&customer_id=1");
    expect([reply.status, reply.errors]).toEqual([422, ["Amount must be greater than 0"]]);
  });

  it.each([
    ["0.004999", "Amount must be greater than 0"],
    ["9999999999999999", "Amount is too large"],
    ["1e30", "Amount is too large"],
    ["1e300", "Amount is too large"],
    ["12345678901234567890", "Amount is too large"],
    ["12345678901234567890.5", "Amount is too large"],
    [".5", "Amount must have a digit before the point"],
    ["-.5", "Amount must be greater than 0"],
  ])("is refused an amount of %s in words of its own", async (amount, text) => {
    const reply = await spend(1, amount);
    expect([reply.status, reply.errors]).toEqual([422, [text]]);
  });

  it.each([
    ["3.3000000000000003", "660.0", "3.3"],
    ["0.005", "2.0", "0.01"],
  ])("takes the amount %s as what it rounds to", async (amount, points, money) => {
    const juan = await addMember(store, 500_000);
    expect(textsOf(await spend(juan, amount)).slice(0, 3)).toEqual([200, points, money]);
  });

  it("is refused an amount that costs more points than there can be", async () => {
    const juan = await addMember(store);
    const reply = await spend(juan, "99999999999");
    expect([reply.status, reply.errors]).toEqual([422, ["Amount is too large"]]);
  });

  it.each(["999999", "0", "-1", "abc", "1534.0"])(
    "case 11: does not find customer %s",
    async (customer) => {
      const reply = await spend(customer, "1");
      expect([reply.status, reply.errors]).toEqual([404, ["Not Found"]]);
    },
  );

  it("does not find who was deleted, nor another account's", async () => {
    const juan = await addMember(store, 100_000);
    await store.delete(`/customers/${juan}.json`);
    expect((await spend(juan, "1")).status).toBe(404);
    const other = await openStore();
    await addType(other);
    const theirs = await addMember(other, 100_000, 8, { first_name: "Their" });
    const before = await pointsOf(other, theirs);
    for (let number = theirs; number > 0; number -= 1) await spend(number, "0.01");
    expect(await pointsOf(other, theirs)).toBe(before);
  });

  it("is refused without a customer", async () => {
    const reply = await store.post("/rewards.xml?q=spend&amount=10");
    expect([reply.status, reply.errors]).toEqual([422, ["Customer can't be blank"]]);
  });

  it("tells all that is wrong with the parameters, before it looks for anybody", async () => {
    const reply = await store.post("/rewards.xml?q=spend&amount=0");
    expect(reply.errors).toEqual(["Customer can't be blank", "Amount must be greater than 0"]);
  });

  it.each(["q=earn&", "q=&", "", "q=SPEND&"])("case 12: is all that there is: %s", async (q) => {
    const reply = await store.post(`/rewards.xml?${q}customer_id=1`);
    expect([reply.status, reply.errors]).toEqual([422, ["q is not supported"]]);
  });

  it("case 13: answers JSON with numbers that have a fraction", async () => {
    const juan = await addMember(store, 500_000);
    const reply = await store.post(`/rewards.json?q=spend&customer_id=${juan}&amount=10`);
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(
      '{"points_spent":2000.0,"amount_spent":10.0,"points_available":3000.0}',
    );
  });

  it("case 14: is for members only", async () => {
    const nobody = await addMember(store, 100_000, null);
    const reply = await spend(nobody, "1");
    expect([reply.status, reply.errors]).toEqual([422, ["Customer is not a member"]]);
    expect(await pointsOf(store, nobody)).toBe(100_000);
  });

  it("is for members of groups that spend, and only while those are active", async () => {
    await addType(store, { number: 20, name: "Collect", points_per_unit: null });
    const collector = await addMember(store, 100_000, 20);
    expect((await spend(collector, "1")).errors).toEqual(["Customer is not a member"]);
    await addType(store, { number: 21, name: "Old", active: false });
    const old = await addMember(store, 100_000, 21);
    expect((await spend(old, "1")).errors).toEqual(["Customer is not a member"]);
  });

  it("case 15: of two at once with points for one takes them once", async () => {
    const juan = await addMember(store, 250_000);
    const replies = await Promise.all([spend(juan, "10"), spend(juan, "10")]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(await pointsOf(store, juan)).toBe(50_000);
    expect(await auditOf(store, juan)).toEqual([]);
  });

  it("keeps fractions, and rounds what is finer against the customer", async () => {
    await addType(store, { number: 22, name: "Odd", points_per_unit: "3" });
    const odd = await addMember(store, 10_000, 22);
    expect(textsOf(await spend(odd, "0.01"))).toEqual([200, "0.03", "0.01", "99.97"]);
    expect(textsOf(await spend(odd, "1.5"))).toEqual([200, "4.5", "1.5", "95.47"]);
  });

  it("is told of in a query, a form, XML in any root, or JSON", async () => {
    const juan = await addMember(store, 200_000);
    const xml = `<reward><q>spend</q><customer_id>${juan}</customer_id><amount>1</amount></reward>`;
    const bodies: readonly [string, string | object | undefined][] = [
      [`/rewards?q=spend&customer_id=${juan}&amount=1`, undefined],
      ["/rewards.xml", `q=spend&customer_id=${juan}&amount=1`],
      ["/rewards.xml", xml],
      ["/rewards.json", { q: "spend", customer_id: juan, amount: 1.0 }],
      [`/rewards.json?q=spend&amount=1`, { customer_id: String(juan), amount: 5 }],
    ];
    for (const [path, body] of bodies) expect((await store.post(path, body)).status).toBe(200);
    expect(await pointsOf(store, juan)).toBe(100_000);
  });

  it("keeps the reference with what it took", async () => {
    const juan = await addMember(store, 200_000);
    const reply = await spend(juan, "1", `&reference=${"x".repeat(255)}`);
    expect(reply.status).toBe(200);
    const long = await spend(juan, "1", `&reference=${"x".repeat(256)}`);
    expect(long.errors).toEqual(["Reference must be at most 255 characters"]);
  });

  it("needs a token that may move points", async () => {
    const juan = await addMember(store, 200_000);
    const reader = store.as(await storeToken(store.account, { scopes: ["read:customers"] }));
    expect((await spend(juan, "1", "", reader)).status).toBe(403);
  });

  it("answers no other method", async () => {
    const reply = await store.get("/rewards.xml?q=spend&customer_id=1&amount=1");
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe("spending with a sandbox token", () => {
  it("answers the same and takes nothing", async () => {
    const juan = await addMember(store, 200_000);
    const sandbox = store.as(await storeToken(store.account, { mode: "test" }));
    expect(textsOf(await spend(juan, "10", "", sandbox))).toEqual([200, "2000.0", "10.0", "0.0"]);
    expect((await spend(juan, "11", "", sandbox)).errors).toEqual(["Insufficient points"]);
    expect(await pointsOf(store, juan)).toBe(200_000);
  });
});

describe("spending where references are to be unique", () => {
  let strict: Store;

  beforeAll(async () => {
    const redemption = { rate: "200", unique_references: true };
    const program = { name: "Points", earning: { rate: "1" }, redemption };
    strict = await openStore({ program });
    await addType(strict);
  }, 60_000);

  it("is refused a second time, also to another customer", async () => {
    const [juan, other] = [await addMember(strict, 500_000), await addMember(strict, 500_000)];
    expect((await spend(juan, "10", "&reference=R-1", strict)).status).toBe(200);
    for (const customer of [juan, other]) {
      const again = await spend(customer, "10", "&reference=R-1", strict);
      expect([again.status, again.errors]).toEqual([422, ["Reference has already been taken"]]);
    }
    expect(await pointsOf(strict, juan)).toBe(300_000);
    expect(await pointsOf(strict, other)).toBe(500_000);
  });

  it("happens once of many at once", async () => {
    const juan = await addMember(strict, 500_000);
    const calls = Array.from({ length: 4 }, () => spend(juan, "10", "&reference=R-2", strict));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(await pointsOf(strict, juan)).toBe(300_000);
  });

  it("may be tried again after it was refused for too few points", async () => {
    const juan = await addMember(strict, 200_000);
    expect((await spend(juan, "11", "&reference=R-3", strict)).status).toBe(422);
    expect((await spend(juan, "10", "&reference=R-3", strict)).status).toBe(200);
  });

  it("is not limited without a reference", async () => {
    const juan = await addMember(strict, 500_000);
    for (let i = 0; i < 2; i += 1) expect((await spend(juan, "10", "", strict)).status).toBe(200);
  });
});
