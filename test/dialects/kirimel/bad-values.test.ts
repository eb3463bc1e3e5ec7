import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import type { Json, Reply, Till } from "../../support/kirimel/till.ts";
import {
  ACCOUNT_SCOPES,
  enrol,
  makeMerchant,
  makeTill,
  makeVoucher,
  openShop,
} from "../../support/kirimel/till.ts";
import { useClock } from "../../support/wallet.ts";

useClock();
let till: Till;
let account: Till;
let customer: string;

beforeAll(async () => {
  till = await openShop();
  account = await makeTill(await makeMerchant({ pending: true }, null), { scopes: ACCOUNT_SCOPES });
});

beforeEach(async () => {
  customer = await enrol(till, 100);
});

const SQL = "'); DROP TABLE vouchers; --";
const EMOJI = "🎁🎁🎁🎁";
const LONE = "\ud800";
/** What is no text and no number. */
const NO_SCALAR = [[], ["1"], {}, { a: 1 }, true, false];
const MISSING = [undefined, null, ""];
const longer = (max: number): string => "x".repeat(max + 1);
const free = (max: number): unknown[] => [longer(max), LONE, ...NO_SCALAR];
const choice = ["NONE", "restaurant", 1, EMOJI, SQL, ...NO_SCALAR];
const name = [...MISSING, "   ", ...free(255)];
const HUGE = "9".repeat(40);
const noInteger = [1.5, "1.01", "1e-2", "+1", "0x1", "abc", "NaN", " ", HUGE, EMOJI, SQL];
const money = [-1, "-0.01", "1e13", "1,50", "abc", "NaN", HUGE, EMOJI, SQL, ...NO_SCALAR];
const positive = [...MISSING, 0, -1, ...noInteger, ...NO_SCALAR];
const date = [
  "2060-02-30",
  "2060-13-01",
  "2060-1-1",
  "01-01-2060",
  "2060-01-01T00:00:00Z",
  "tomorrow",
  20600101,
  EMOJI,
  SQL,
  ...NO_SCALAR,
];

/** A write with good fields, and bad values by the name that the answer gives the field. */
interface Write {
  readonly path: string;
  readonly good: () => Json;
  readonly bad: Readonly<Record<string, readonly unknown[]>>;
  /** How this request calls a field, where the answer calls it otherwise. */
  readonly alias?: Readonly<Record<string, string>>;
  readonly by?: () => Till;
}

const SITE = { site_code: "ABC", site_name: "Branch", site_type: "RETAIL" };
const BATCH = { name: "Promo", type: "PERCENT", value: 10, quantity: 1 };
const POINTS = [...positive, 1_000_000_001];

const WRITES: readonly Write[] = [
  {
    path: "/group/create",
    by: () => account,
    good: () => ({ company_slug: "slug", company_name: "Name", business_type: "RETAIL" }),
    bad: {
      company_slug: [...MISSING, "ab", "ABC", "a-b", "a b", "äbc", EMOJI, SQL, ...free(63)],
      company_name: name,
      business_type: [...MISSING, ...choice],
    },
  },
  {
    path: "/group/sites/add",
    good: () => SITE,
    bad: {
      site_code: [...MISSING, "AB", "abc", "A-B", "A B", "ÄBC", EMOJI, SQL, ...free(63)],
      site_name: name,
      site_type: [...MISSING, ...choice],
      address: free(500),
      city: free(255),
      state: free(255),
      postal_code: free(32),
      phone: free(32),
    },
  },
  ...["/vouchers/batches", "/vouchers/batches/create"].map((path) => ({
    path,
    good: () => BATCH,
    bad: {
      name,
      type: [...MISSING, ...choice],
      value: [...MISSING, 0, 0.001, 100.01, ...money],
      quantity: [...positive, 1001],
      valid_from: date,
      valid_until: [...date, "2000-01-01"],
      min_purchase: money,
      max_discount: money,
    },
  })),
  {
    path: "/vouchers/redeem",
    good: () => ({ code: "ANY", customer_id: customer }),
    bad: {
      code: [...MISSING, ...free(255)],
      customer_id: [...MISSING, ...NO_SCALAR],
      purchase_amount: money,
      reference_id: free(255),
    },
  },
  {
    path: "/vouchers/issue",
    good: () => ({ voucher_batch_id: "BATCH_001", customer_id: customer }),
    alias: { batch_id: "voucher_batch_id" },
    bad: {
      batch_id: [...MISSING, ...free(32)],
      customer_id: [...MISSING, ...NO_SCALAR],
      delivered_via: ["fax", "SMS", EMOJI, SQL, ...NO_SCALAR],
      reference_id: free(255),
    },
  },
  {
    path: "/customers/1/adjust",
    good: () => ({ points: 5, reference: "A" }),
    alias: { reference_id: "reference", description: "notes" },
    bad: {
      points: [...MISSING, 0, "-0", -1_000_000_001, 1_000_000_001, ...noInteger, ...NO_SCALAR],
      reference_id: [...MISSING, ...free(255)],
      description: free(500),
      adjusted_by: free(255),
      reference_type: free(255),
    },
  },
  {
    path: "/points/reverse",
    good: () => ({ transaction_id: "TXN_999999" }),
    bad: {
      transaction_id: [...MISSING, ...free(64)],
      reason: free(500),
      description: free(500),
      reference_id: free(255),
    },
  },
  {
    path: "/points/preview-redeem",
    good: () => ({ customer_id: customer, points_to_redeem: 5 }),
    alias: { points: "points_to_redeem" },
    bad: { customer_id: [...MISSING, ...NO_SCALAR], points: POINTS },
  },
  {
    path: "/points/commit-redeem",
    good: () => ({ customer_id: customer, points_to_redeem: 5 }),
    alias: { points: "points_to_redeem" },
    bad: {
      customer_id: [...MISSING, ...NO_SCALAR],
      points: POINTS,
      reference_id: free(255),
      description: free(500),
      reference_type: free(255),
    },
  },
  {
    path: "/wallet/recalculate",
    good: () => ({ customer_id: customer }),
    bad: { customer_id: [...MISSING, ...NO_SCALAR] },
  },
];

function expectRefusal(reply: Reply, field: string | null): void {
  expect([reply.status, reply.code]).toEqual([400, "INVALID_PARAMETERS"]);
  expect(reply.details.field ?? null).toBe(field);
  expect(String(reply.details.reason)).not.toBe("");
  expect(Object.keys(reply.body)).toEqual(["success", "error"]);
  expect(reply.text).not.toMatch(/select |insert |sqlite|drizzle|zod|at .*\.ts|DROP TABLE|xxxx/i);
}

/** All that the calls above could write. */
async function written(): Promise<string> {
  const tables = ["merchants", "sites", "voucher_series", "vouchers", "customers", "events"];
  const rows = await Promise.all(tables.map((table) => d1Rows(`SELECT * FROM ${table}`)));
  const { text } = await till.get("/wallet/balance", { customer_id: customer });
  return JSON.stringify([rows, text]);
}

const FIELDS = WRITES.flatMap((write) =>
  Object.keys(write.bad).map((field) => [write.path, field, write] as const),
);

describe("a bad value", () => {
  it.each(FIELDS)("(POST %s, %s) is told by its field, and nothing is written", async (...row) => {
    const [path, field, { good, bad, alias = {}, by = () => till }] = row;
    const before = await written();
    for (const value of bad[field] ?? []) {
      const fields = { ...good(), [alias[field] ?? field]: value };
      expectRefusal(await by().post(path, fields), field);
    }
    expect(await written()).toBe(before);
  });
});

describe("a text that is no customer's number", () => {
  const WITH_CUSTOMER = WRITES.filter(({ bad }) => "customer_id" in bad);

  it.each(WITH_CUSTOMER)("(POST $path) is nobody's, and nothing is written", async (write) => {
    const before = await written();
    for (const value of [longer(10_000), LONE, EMOJI, SQL, HUGE, -1, 1.5, "CUST_", "cust_1"]) {
      const reply = await till.post(write.path, { ...write.good(), customer_id: value });
      expect([reply.status, reply.code]).toEqual([404, "CUSTOMER_NOT_FOUND"]);
    }
    expect(await written()).toBe(before);
  });
});

const counts = ["0", "-1", "1.5", "1e2", "abc", "NaN", " ", HUGE, EMOJI, SQL];
const QUERIES: readonly (readonly [string, string, readonly string[]])[] = [
  ["/customers", "page", [...counts, "1000001"]],
  ["/customers", "per_page", [...counts, "101"]],
  ["/customers", "tier", [longer(255)]],
  ["/customers", "search", [longer(255)]],
  ["/customers/1/transactions", "page", counts],
  ["/customers/1/transactions", "per_page", [...counts, "101"]],
  ["/customers/1/transactions", "limit", [...counts, "101"]],
  ["/customers/1/transactions", "offset", counts.slice(1)],
  ["/customers/1/transactions", "type", [longer(32)]],
  ["/vouchers/batches", "page", counts],
  ["/vouchers/batches", "per_page", [...counts, "101"]],
  ["/customers/lookup-enriched", "phone", ["", "123", "+123", "abc", EMOJI, SQL, longer(255)]],
  ["/customers/lookup-enriched?phone=%2B60123456789", "include", [longer(255)]],
  ["/customers/lookup-enriched?phone=%2B60123456789", "identifier", [longer(255)]],
];

describe("a bad value in a query", () => {
  it.each(QUERIES)("(GET %s, %s) is told by its field", async (path, field, values) => {
    for (const value of values) {
      const glue = path.includes("?") ? "&" : "?";
      const url = `${path}${glue}${field}=${encodeURIComponent(value)}`;
      expectRefusal(await till.send("GET", url, await till.sign()), field);
    }
  });

  it("of a path is told by its name, or is an object that does not exist", async () => {
    expectRefusal(await till.get(`/vouchers/${longer(255)}`), "code");
    const tier = `/customers/${longer(255)}/tier`;
    for (const path of [
      tier,
      "/vouchers/%zz",
      "/vouchers/%ff",
      "/customers/%zz",
      "/customers/%00",
    ]) {
      expect((await till.get(path)).status).toBe(404);
    }
  });
});

describe("a body that is no request", () => {
  const BODIES: readonly (readonly [string, string])[] = [
    ["cut off", '{"customer_id":'],
    ["followed by more", "{} {}"],
    ["a list", '[{"customer_id":1}]'],
    ["empty", ""],
    ["an empty list", "[]"],
    ["a form of nothing", "&&&==="],
    ["deeply nested", `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`],
    ["longer than any request", `{"code":"${"x".repeat(70_000)}"}`],
  ];

  it.each(BODIES)(
    "(%s) is INVALID_PARAMETERS on every path, and nothing is written",
    async (...row) => {
      const before = await written();
      for (const { path, by = () => till } of WRITES) {
        const refused = await by().post(path, row[1]);
        expectRefusal(refused, (refused.details.field as string | undefined) ?? null);
      }
      expect(await written()).toBe(before);
    },
  );

  it("(of 10 MB) is refused", async () => {
    expectRefusal(await till.post("/vouchers/redeem", "x".repeat(10_000_000)), null);
  });
});

describe("a text", () => {
  it("is kept as it is, whatever it says", async () => {
    for (const text of [EMOJI, SQL, "Ünï", "\u0000", "<script>", "%s%n", longer(254)]) {
      const made = await till.post("/vouchers/batches", { ...BATCH, name: text });
      expect(made.status).toBe(200);
      const [row] = await d1Rows(
        "SELECT name FROM voucher_series WHERE number = ? AND merchant_id = (SELECT id FROM " +
          "merchants WHERE slug = ?)",
        Number(String(made.body.batch_id).slice("BATCH_".length)),
        till.slug,
      );
      expect(row).toEqual({ name: text });
    }
  });

  it("may be a reference: every text is its own", async () => {
    const codes = new Set<unknown>();
    for (const reference_id of [EMOJI, SQL, "a", "A", "a ", longer(254)]) {
      const fields = { code: await makeVoucher(till), customer_id: customer, reference_id };
      const redeemed = await till.post("/vouchers/redeem", fields);
      expect((await till.post("/vouchers/redeem", fields)).text).toBe(redeemed.text);
      codes.add(redeemed.body.redemption_id);
    }
    expect(codes.size).toBe(6);
  });
});
