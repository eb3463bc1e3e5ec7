import { describe, expect, it } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import type { Json, Till } from "../../support/kirimel/till.ts";
import {
  ACCOUNT_SCOPES,
  makeMerchant,
  makeTill,
  numberOf,
  openShop,
} from "../../support/kirimel/till.ts";
import { nativeMake } from "../../support/native/native.ts";

const GROUP = {
  company_slug: "myrestaurant",
  company_name: "My Restaurant Sdn Bhd",
  business_type: "RESTAURANT",
};

async function openAccount(): Promise<Till> {
  const slug = await makeMerchant({ pending: true }, null);
  return makeTill(slug, { scopes: ACCOUNT_SCOPES });
}

/** A call of every resource that an account without a group must not reach. */
const OTHER_CALLS: readonly (readonly [string, string, Json])[] = [
  ["POST", "/group/sites/add", { site_code: "ABC", site_name: "x", site_type: "RETAIL" }],
  ["POST", "/customers/register", { phone: "+60123456789" }],
  ["GET", "/customers/lookup?phone=%2B60123456789", {}],
  ["GET", "/customers/lookup-enriched?phone=%2B60123456789", {}],
  ["GET", "/customers", {}],
  ["POST", "/points/earn", { customer_id: 1, points: 1 }],
  ["POST", "/points/redeem", { customer_id: 1, points: 1 }],
  ["POST", "/points/preview-redeem", { customer_id: 1, points: 1 }],
  ["POST", "/points/reverse", { transaction_id: "TXN_111" }],
  ["POST", "/customers/1/adjust", { points: 1, reference: "r" }],
  ["GET", "/wallet/balance?customer_id=1", {}],
  ["POST", "/wallet/recalculate", { customer_id: 1 }],
  ["GET", "/vouchers/batches", {}],
  ["POST", "/vouchers/batches", { name: "x", type: "FIXED", value: 1, quantity: 1 }],
  ["POST", "/vouchers/issue", { batch_id: 1, customer_id: 1 }],
  ["POST", "/vouchers/redeem", { code: "x", customer_id: 1 }],
  ["GET", "/vouchers/x", {}],
];

async function call(till: Till, method: string, path: string, fields: Json) {
  return till.send(method, path, await till.sign(method === "GET" ? "" : fields));
}

describe("POST /group/create", () => {
  it("gives an account its group, in the documented form", async () => {
    const account = await openAccount();
    const created = await account.post("/group/create", GROUP);
    expect(created.status).toBe(200);
    const code = String(created.body.group_code);
    expect(code).toMatch(/^myrestaurant_[0-9a-f]{8}$/);
    expect(created.text).toBe(
      `{"success":true,"group_id":${created.body.group_id},` +
        `"group_code":"${code}","tenant_db":"kiriloyalty_${code}"}`,
    );
    const [row] = await d1Rows("SELECT * FROM merchants WHERE slug = ?", account.slug);
    expect(row).toMatchObject({
      number: created.body.group_id,
      name: "My Restaurant Sdn Bhd",
      business_type: "RESTAURANT",
      group_code: code,
      pending: 0,
    });
  });

  it("has the documented tiers from the start, until a programme is defined", async () => {
    const account = await openAccount();
    await account.post("/group/create", GROUP);
    const { customer_id, tier } = (await account.post("/customers/register", { qr_code: "Q" }))
      .body;
    expect(tier).toBe("BRONZE");
    const earn = async (points: number): Promise<unknown> =>
      (await account.post("/points/earn", { customer_id, points })).body.tier_progress;
    expect(await earn(150)).toEqual({
      current_tier: "BRONZE",
      points_to_next: 850,
      next_tier: "SILVER",
    });
    expect(await earn(850)).toEqual({
      current_tier: "SILVER",
      points_to_next: 4000,
      next_tier: "GOLD",
    });
    expect(await earn(4000)).toEqual({ current_tier: "GOLD", points_to_next: 0, next_tier: null });
    const own = { name: "Own", earning: { rate: "1" }, tiers: [{ name: "ONE", from: "0" }] };
    await nativeMake("/programs", own, account.slug);
    expect(await earn(1)).toMatchObject({ current_tier: "ONE" });
  });

  it("is answered once: a second call is GROUP_ALREADY_EXISTS, and the group stays", async () => {
    const account = await openAccount();
    await account.post("/group/create", GROUP);
    const again = await account.post("/group/create", { ...GROUP, company_name: "Other" });
    expect([again.status, again.code]).toEqual([400, "GROUP_ALREADY_EXISTS"]);
    const [row] = await d1Rows("SELECT name FROM merchants WHERE slug = ?", account.slug);
    expect(row).toEqual({ name: "My Restaurant Sdn Bhd" });
  });

  it("answers a resent request with its first answer", async () => {
    const account = await openAccount();
    const signed = await account.sign(GROUP);
    const first = await account.send("POST", "/group/create", signed);
    const second = await account.send("POST", "/group/create", signed);
    expect([first.status, second.text]).toEqual([200, first.text]);
  });

  it("creates exactly one group for any number of calls at once", async () => {
    const account = await openAccount();
    const calls = Array.from({ length: 12 }, () => account.post("/group/create", GROUP));
    const answers = await Promise.all(calls);
    const created = answers.filter(({ status }) => status === 200);
    expect(created).toHaveLength(1);
    expect(answers.filter(({ code }) => code === "GROUP_ALREADY_EXISTS")).toHaveLength(11);
    const [row] = await d1Rows("SELECT group_code FROM merchants WHERE slug = ?", account.slug);
    expect(row).toEqual({ group_code: created[0]?.body.group_code });
  });

  it("does not tell whether a slug is in use: each group has a code of its own", async () => {
    const taken = await makeMerchant();
    const slug = taken.replaceAll("-", "");
    const accounts = [await openAccount(), await openAccount()];
    const codes: unknown[] = [];
    for (const account of accounts) {
      const created = await account.post("/group/create", { ...GROUP, company_slug: slug });
      expect(created.status).toBe(200);
      codes.push(created.body.group_code);
    }
    expect(new Set(codes).size).toBe(2);
  });

  it("is not for a group key", async () => {
    const till = await openShop();
    const refused = await till.post("/group/create", GROUP);
    expect([refused.status, refused.code]).toEqual([401, "INVALID_API_KEY"]);
  });

  it("of an account key that owns a group already is GROUP_ALREADY_EXISTS", async () => {
    const { slug } = await openShop();
    const account = await makeTill(slug, { scopes: ACCOUNT_SCOPES });
    expect((await account.post("/group/create", GROUP)).code).toBe("GROUP_ALREADY_EXISTS");
  });
});

describe("an account key", () => {
  it.each(OTHER_CALLS)("may not %s %s before its group exists", async (method, path, fields) => {
    const refused = await call(await openAccount(), method, path, fields);
    expect([refused.status, refused.code]).toEqual([401, "INVALID_API_KEY"]);
    expect(refused.text).not.toContain("scope");
  });

  it("may do all that a group key may once its group exists", async () => {
    const account = await openAccount();
    const groupKey = await makeTill(account.slug);
    expect((await account.post("/group/create", GROUP)).status).toBe(200);
    for (const [method, path, fields] of OTHER_CALLS) {
      const answer = await call(account, method, path, fields);
      expect([path, answer.status]).not.toEqual([path, 401]);
      expect((await call(groupKey, method, path, fields)).status).not.toBe(401);
    }
  });
});

describe("POST /group/sites/add", () => {
  const site = (code: string): Json => ({
    site_code: code,
    site_name: "Branch",
    site_type: "RESTAURANT",
  });
  const sitesOf = (slug: string) =>
    d1Rows(
      `SELECT code, sites.number, sites.name, kind, address FROM sites
       JOIN merchants ON merchants.id = merchant_id WHERE slug = ? ORDER BY sites.number`,
      slug,
    );

  it("adds a site with all that was told of it", async () => {
    const till = await openShop();
    const address = {
      address: "123 Main St",
      city: "Kuala Lumpur",
      state: "WP",
      postal_code: "50000",
      phone: "+60123456789",
    };
    const added = await till.post("/group/sites/add", { ...site("BRANCH2"), ...address });
    expect(added.text).toBe('{"success":true,"site_id":2,"site_code":"BRANCH2"}');
    const [, row] = await sitesOf(till.slug);
    expect(row).toMatchObject({ code: "BRANCH2", number: 2, name: "Branch", kind: "RESTAURANT" });
    expect(JSON.parse(String(row?.address))).toEqual(address);
  });

  it("refuses a site beyond the plan with SITE_LIMIT_REACHED (case 36)", async () => {
    const till = await openShop({ site_limit: 3 });
    expect((await till.post("/group/sites/add", site("AAA"))).status).toBe(200);
    expect((await till.post("/group/sites/add", site("BBB"))).status).toBe(200);
    const refused = await till.post("/group/sites/add", site("CCC"));
    expect([refused.status, refused.code]).toEqual([400, "SITE_LIMIT_REACHED"]);
    expect(refused.details).toEqual({ limit: 3 });
    expect(await sitesOf(till.slug)).toHaveLength(3);
  });

  it("keeps the plan's limit exactly when many sites are added at once", async () => {
    const till = await openShop({ site_limit: 4 });
    const calls = Array.from({ length: 15 }, (_, i) =>
      till.post("/group/sites/add", site(`SITE${i}`)),
    );
    const answers = await Promise.all(calls);
    const added = answers.filter(({ status }) => status === 200);
    expect(added.map(({ body }) => body.site_id).sort()).toEqual([2, 3, 4]);
    expect(answers.filter(({ code }) => code === "SITE_LIMIT_REACHED")).toHaveLength(12);
    expect(await sitesOf(till.slug)).toHaveLength(4);
  });

  it("has no limit where the plan has none", async () => {
    const till = await openShop();
    const calls = Array.from({ length: 12 }, (_, i) =>
      till.post("/group/sites/add", site(`SITE${i}`)),
    );
    const ids = (await Promise.all(calls)).map(({ body }) => numberOf(body.site_id));
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 2));
  });

  it("refuses a code that the group has, one after another or at once", async () => {
    const till = await openShop();
    const calls = Array.from({ length: 8 }, () => till.post("/group/sites/add", site("SAME")));
    const answers = await Promise.all(calls);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = [
      ...answers.filter(({ status }) => status !== 200),
      await till.post("/group/sites/add", site("MAIN01")),
    ];
    expect(refused).toHaveLength(8);
    for (const { status, code, details } of refused) {
      expect([status, code, details.field]).toEqual([400, "INVALID_PARAMETERS", "site_code"]);
    }
  });

  it("lets another group have the same code", async () => {
    const [one, other] = [await openShop(), await openShop()];
    expect((await one.post("/group/sites/add", site("SAME"))).status).toBe(200);
    expect((await other.post("/group/sites/add", site("SAME"))).status).toBe(200);
  });

  it("answers a resent request as before, though the plan is full by then", async () => {
    const till = await openShop({ site_limit: 2 });
    const signed = await till.sign(site("AAA"));
    const first = await till.send("POST", "/group/sites/add", signed);
    const second = await till.send("POST", "/group/sites/add", signed);
    expect([first.status, second.text]).toEqual([200, first.text]);
    expect(await sitesOf(till.slug)).toHaveLength(2);
  });
});
