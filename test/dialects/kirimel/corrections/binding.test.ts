import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { d1Rows } from "../../../support/d1.ts";
import type { Json, Signed, Till } from "../../../support/kirimel/till.ts";
import {
  ACCOUNT_SCOPES,
  enrol,
  makeTill,
  makeVoucher,
  numberOf,
  openShop,
} from "../../../support/kirimel/till.ts";
import { DAY } from "../../../support/requests.ts";
import { useClock } from "../../../support/wallet.ts";

/**
 * Signed bytes with every field of every write, so that they would be good for any of them: what is
 * tested is that the first path keeps them to itself.
 */
interface Scene {
  readonly customer: string;
  readonly other: string;
  readonly fields: Json;
}

const clock = useClock();
let till: Till;
let scene: Scene;
let scenes = 0;

beforeAll(async () => {
  const { slug } = await openShop();
  till = await makeTill(slug, { scopes: ACCOUNT_SCOPES });
});

beforeEach(async () => {
  scene = await makeScene();
});

async function makeScene(): Promise<Scene> {
  scenes += 1;
  const customer = await enrol(till, 100);
  const earned = await till.post("/points/earn", { customer_id: customer, points: 10 });
  const batch = await till.post("/vouchers/batches", {
    name: "Gift",
    type: "FIXED",
    value: 1,
    quantity: 3,
  });
  return {
    customer,
    other: await enrol(till, 100),
    fields: {
      customer_id: customer,
      points: 5,
      amount: 1,
      reference_id: `REF_${scenes}`,
      transaction_id: earned.body.transaction_id,
      code: await makeVoucher(till),
      batch_id: batch.body.batch_id,
      phone: `+6011${String(1_000_000 + scenes)}`,
      name: "Ada",
      type: "FIXED",
      value: 1,
      quantity: 2,
      site_code: `SITE${scenes}`,
      site_name: "Branch",
      site_type: "RETAIL",
      company_slug: "slug",
      company_name: "Company",
      business_type: "RETAIL",
    },
  };
}

/** Every path that takes a signed write, as seen from a scene. */
const WRITES: Readonly<Record<string, (scene: Scene) => string>> = {
  register: () => "/customers/register",
  earn: () => "/points/earn",
  redeem: () => "/points/redeem",
  "commit-redeem": () => "/points/commit-redeem",
  preview: () => "/points/preview-redeem",
  recalculate: () => "/wallet/recalculate",
  reverse: () => "/points/reverse",
  "adjust of A": ({ customer }) => `/customers/${numberOf(customer)}/adjust`,
  "adjust of B": ({ other }) => `/customers/${numberOf(other)}/adjust`,
  "voucher redeem": () => "/vouchers/redeem",
  issue: () => "/vouchers/issue",
  "batch create": () => "/vouchers/batches/create",
  "site add": () => "/group/sites/add",
};
const NAMES = Object.keys(WRITES);

const pathOf = (name: string): string => WRITES[name]?.(scene) ?? "";
const post = (name: string, signed: Signed) => till.send("POST", pathOf(name), signed);

/** All that the writes could change, but what is kept of requests. */
async function stateOf({ customer, other }: Scene): Promise<unknown> {
  const wallets = [customer, other].map(
    async (id) => (await till.get(`/customers/${numberOf(id)}/transactions`)).text,
  );
  const tables = ["vouchers", "voucher_series", "sites", "identifiers", "merchants", "events"].map(
    (table) => d1Rows(`SELECT * FROM ${table}`),
  );
  return JSON.stringify(await Promise.all([...wallets, ...tables]));
}

describe("a signature that was used for one write", () => {
  it.each(NAMES)("(%s) is refused for every other, and nothing happens", async (name) => {
    const signed = await till.sign(scene.fields);
    expect((await post(name, signed)).status).toBe(200);
    const before = await stateOf(scene);
    for (const other of NAMES.filter((candidate) => candidate !== name)) {
      const { status, code } = await post(other, signed);
      expect([other, status, code]).toEqual([other, 401, "SIGNATURE_INVALID"]);
    }
    expect(await stateOf(scene)).toBe(before);
  });

  it.each(NAMES)("(%s) answers the same request again, and nothing acts twice", async (name) => {
    const signed = await till.sign({ ...scene.fields, reference_id: undefined, reference: "R" });
    const first = await post(name, signed);
    expect(first.status).toBe(200);
    const before = await stateOf(scene);
    const second = await post(name, signed);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(await stateOf(scene)).toBe(before);
  });

  it("acts once also without a reference, and whatever came in between", async () => {
    const signed = await till.sign({ customer_id: scene.customer, points: 5 });
    const first = await post("earn", signed);
    await till.post("/points/earn", { customer_id: scene.customer, points: 7 });
    expect((await post("earn", signed)).text).toBe(first.text);
    const issued = await till.sign({ ...scene.fields, reference_id: undefined });
    const given = await post("issue", issued);
    await till.post("/vouchers/issue", scene.fields);
    expect((await post("issue", issued)).text).toBe(given.text);
  });

  it("acts once for many at once, whatever paths they come by", async () => {
    const signed = await till.sign(scene.fields);
    const answers = await Promise.all(
      [...NAMES, ...NAMES].map(async (name) => [name, await post(name, signed)] as const),
    );
    const accepted = answers.filter(([, { status }]) => status === 200);
    expect(new Set(accepted.map(([name]) => name)).size).toBe(1);
    for (const [, { status, code }] of answers) {
      if (status !== 200) expect([status, code]).toEqual([401, "SIGNATURE_INVALID"]);
    }
  });

  it("is bound however it is written: other case, prefix, slashes in the path", async () => {
    const signed = await till.sign(scene.fields);
    const first = await post("earn", signed);
    const { "X-Signature": signature = "" } = signed.headers;
    const written = `sha256=${signature.toUpperCase()}`;
    const other = { ...signed, headers: { ...signed.headers, "X-Signature": written } };
    expect((await till.send("POST", "//points//earn/", other)).text).toBe(first.text);
    expect((await post("redeem", other)).code).toBe("SIGNATURE_INVALID");
  });

  it("is refused for another path also after a write that failed", async () => {
    const tooMany = { ...scene.fields, points: 5_000 };
    const signed = await till.sign(tooMany);
    expect((await post("redeem", signed)).code).toBe("INSUFFICIENT_BALANCE");
    expect((await post("earn", signed)).code).toBe("SIGNATURE_INVALID");
    expect((await post("adjust of B", signed)).code).toBe("SIGNATURE_INVALID");
  });

  it("stays bound for as long as its timestamp is good", async () => {
    const signed = await till.sign(scene.fields);
    await post("earn", signed);
    await post("adjust of B", await till.sign({ ...scene.fields, reference_id: "other" }));
    clock.now += 299_000;
    expect((await post("adjust of A", signed)).code).toBe("SIGNATURE_INVALID");
    clock.now += DAY;
    expect((await post("adjust of A", signed)).code).toBe("SIGNATURE_INVALID");
  });
});

describe("a signature that was used for a read", () => {
  it("may read again, also on other paths", async () => {
    const signed = await till.sign({ customer_id: scene.customer });
    for (const path of ["/customers/lookup", "/wallet/balance", "/customers/lookup"]) {
      expect((await till.send("POST", path, signed)).status).toBe(200);
    }
  });
});
