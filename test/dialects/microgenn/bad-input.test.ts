import { beforeAll, describe, expect, it } from "vitest";
import { keptState } from "../../support/kept-state.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { addCoupon, addGuest, type Hotel, openHotel, RAVI } from "../../support/microgenn/hotel.ts";

/** Values that a broken or hostile till may send for a field, as JSON. */
const VALUES: Readonly<Record<string, string>> = {
  boolean: "true",
  list: "[]",
  "list of lists": "[[1]]",
  object: "{}",
  "prototype key": '{"__proto__":{"x":1}}',
  negative: "-1",
  "negative fraction": "-0.01",
  fraction: "1.005",
  huge: "1e308",
  "huge integer": "99999999999999999999",
  exponent: "1e-30",
  emoji: '"😀😀"',
  "lone surrogate": '"\\ud800"',
  NUL: '"a\\u0000b"',
  "separator of our own": '"a\\u001fb"',
  SQL: `"'; DROP TABLE customers; --"`,
  blanks: '"   "',
  long: `"${"9".repeat(300)}"`,
  "very long": `"${"x".repeat(100_000)}"`,
};

/** Every call that writes, with every field that it knows. */
const CALLS: Readonly<Record<string, Json>> = {
  bill: {
    mobile: RAVI,
    customer_id: null,
    amount: 10,
    name: "Ravi",
    external_ref: "R",
    create: true,
    items: [],
  },
  "coupon/redeem": { code: "COUP-XY12" },
  "otp/send": { mobile: RAVI, purpose: "redeem" },
  "otp/verify": { mobile: RAVI, otp: "000000" },
  "points/redeem": { mobile: RAVI, customer_id: null, points: 1, otp: "000000", external_ref: "R" },
};

const ITEM_FIELDS = ["category", "name", "amount"];

const CASES = Object.entries(CALLS).flatMap(([path, fields]) =>
  Object.keys(fields).flatMap((field) =>
    Object.entries(VALUES).map(([what, value]) => {
      const rest = Object.entries(fields).filter(([name]) => name !== field);
      const body = [...rest.map(([name, own]) => `"${name}":${JSON.stringify(own)}`)];
      return { path, field, what, body: `{${[...body, `"${field}":${value}`].join(",")}}` };
    }),
  ),
);

const ITEM_CASES = ITEM_FIELDS.flatMap((field) =>
  Object.entries(VALUES).map(([what, value]) => ({
    path: "bill",
    field: `items.${field}`,
    what,
    body: `{"mobile":"${RAVI}","amount":1,"items":[{"amount":1,"${field}":${value}}]}`,
  })),
);

let hotel: Hotel;

beforeAll(async () => {
  hotel = await openHotel();
  await addGuest(hotel);
  await addCoupon(hotel, "COUP-XY12");
});

/** A documented body: an error of one key, or a success; and no word of ours in it. */
function expectSound(status: number, body: Json, text: string): void {
  expect([200, 400, 404]).toContain(status);
  if (status !== 200) {
    expect(body).toEqual({ error: expect.any(String), sandbox: true });
    expect(String(body.error).length).toBeLessThan(100);
  }
  expect(text).not.toMatch(/SQLITE|D1_|drizzle|\bat [\w.]+ \(|Invalid input|expected|NaN/);
}

describe("bad input", () => {
  it.each([...CASES, ...ITEM_CASES])(
    "gets a documented body: $path, $field $what",
    async (given) => {
      const { status, body, text } = await hotel.post(given.path, given.body, hotel.test);
      expectSound(status, body, text);
    },
  );

  it.each(["mobile", "create", "name"])(
    "gets a documented body in the query: %s",
    async (field) => {
      for (const value of ["😀", "'; DROP TABLE x; --", "x".repeat(2_000), "%00", " ", "\ud800"]) {
        const query = { mobile: "9000000001", create: "true", [field]: value };
        const { status, body, text } = await hotel.lookUp(query, hotel.test);
        expectSound(status, body, text);
      }
    },
  );

  it.each([
    ["nothing", "", "application/json", "amount is required"],
    ["half of it", '{"mobile":"98', "application/json", "Invalid JSON"],
    ["a list", "[1]", "application/json", "Invalid JSON"],
    ["null", "null", "application/json", "Invalid JSON"],
    ["a text", '"x"', "application/json", "Invalid JSON"],
    ["XML", "<bill/>", "text/xml", "Invalid JSON"],
    ["a form of nothing", "&&==", "application/x-www-form-urlencoded", "amount is required"],
    ["bytes", "\u0000\u0001", "application/octet-stream", "Invalid JSON"],
    ["two documents", "{}{}", "application/json", "Invalid JSON"],
  ])("gets a documented body: a document that is %s", async (_what, body, type, error) => {
    const headers = { "Content-Type": type };
    const reply = await hotel.send("/pos/bill", { method: "POST", body, headers });
    expect([reply.status, reply.body]).toEqual([400, { error }]);
  });

  it("gets a documented body: bytes that are no UTF-8", async () => {
    const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]);
    const reply = await hotel.send("/pos/bill", { method: "POST", body });
    expect(reply.body).toEqual({ error: "Invalid JSON" });
  });

  it("gets a documented body: ten megabytes, declared or not", async () => {
    const body = `{"mobile":"${RAVI}","amount":1,"name":"${"x".repeat(10_000_000)}"}`;
    const reply = await hotel.post("bill", body);
    expect([reply.status, reply.body]).toEqual([400, { error: "Request body too large" }]);
    const stream = new Blob([body]).stream();
    const init = { method: "POST", body: stream, duplex: "half" };
    expect((await hotel.send("/pos/bill", init as RequestInit)).body).toEqual(reply.body);
  });

  it("gets a documented body: more items than a bill may have", async () => {
    const items = Array.from({ length: 501 }, () => ({ amount: 1 }));
    const reply = await hotel.post("bill", { mobile: RAVI, amount: 1, items });
    expect(reply.body).toEqual({ error: "items must have at most 500 lines" });
  });

  it("writes nothing when a live key sends it", async () => {
    const before = await keptState();
    const bad = [...CASES, ...ITEM_CASES].filter(({ field, what }) =>
      field === "amount"
        ? !what.startsWith("fraction") && what !== "exponent"
        : (field === "points" || field === "mobile") && what !== "fraction",
    );
    for (const { path, body } of bad) {
      const reply = await hotel.post(path, body);
      expect([path, body.slice(0, 200), reply.status]).toEqual([path, body.slice(0, 200), 400]);
    }
    expect(await keptState()).toBe(before);
  });
});
