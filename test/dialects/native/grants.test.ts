import { ulid } from "ulid";
import { beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../../support/kirimel/till.ts";
import type { NativeReply } from "../../support/native/native.ts";
import { nativeCall, nativeMake } from "../../support/native/native.ts";

let merchant: string;

beforeEach(async () => {
  merchant = `grants-${ulid().toLowerCase()}`;
  const zone = { currency: "MYR", time_zone: "Asia/Kuala_Lumpur" };
  await nativeMake("/merchants", { slug: merchant, name: "Cafe", ...zone });
});

/** Posts a programme with these grants. */
const define = (grants: Json): Promise<NativeReply> => {
  const body = { name: "Rewards", earning: { rate: "1" }, grants };
  return nativeCall("POST", "/programs", { body, merchant });
};

const GRANTS = {
  stamps: { per_bill: "1", expiry: { days: 90 } },
  skus: {
    SKU_1: { vouchers: [{ series: "vp-rm10", count: 2, per: "item" }] },
    "a/b": { stamps: { amount: "3" }, vouchers: [{ series: "vp-rm25" }, { series: "vp-rm10" }] },
  },
};

describe("a programme's grants", () => {
  it("are answered as they were defined", async () => {
    const made = await define(GRANTS);
    expect(made.status).toBe(201);
    expect(made.body.grants).toEqual(GRANTS);
    const { body } = await nativeCall("GET", "/programs", { merchant });
    expect((body.data as Json[])[0]?.grants).toEqual(GRANTS);
  });

  it("warn of series that there are none of yet, and of no others", async () => {
    const series = { key: "vp-rm10", name: "RM10", kind: "amount", value: "10" };
    await nativeMake("/voucher_series", series, merchant);
    const made = await define(GRANTS);
    expect(made.body.warnings).toEqual([
      {
        pointer: "/grants/skus/a~1b/vouchers/0/series",
        code: "unknown_series",
        detail: "is the key of no voucher series yet, so it grants nothing",
      },
    ]);
  });

  it.each<[Json, string]>([
    [{ stamps: { per_bill: "0.5" } }, "/grants/stamps/per_bill"],
    [{ stamps: { per_bill: 1 } }, "/grants/stamps/per_bill"],
    [{ stamps: { expiry: { days: 1, date: "2070-12-31" } } }, "/grants/stamps/expiry"],
    [{ stamps: { expiry: { days: 0 } } }, "/grants/stamps/expiry/days"],
    [{ skus: { A: { stamps: {} } } }, "/grants/skus/A/stamps/amount"],
    [{ skus: { A: { vouchers: [{}] } } }, "/grants/skus/A/vouchers/0/series"],
    [{ skus: { A: { vouchers: [{ series: "v", count: 0 }] } } }, "/grants/skus/A/vouchers/0/count"],
    [
      { skus: { A: { vouchers: [{ series: "v", per: "line" }] } } },
      "/grants/skus/A/vouchers/0/per",
    ],
    [{ skus: { A: { points: "1" } } }, "/grants/skus/A/points"],
    [{ coupons: 1 }, "/grants/coupons"],
  ])("must not be %j", async (grants, pointer) => {
    const { status, body } = await define(grants);
    expect(status).toBe(400);
    expect((body.errors as Json[]).map((fault) => fault.pointer)).toEqual([pointer]);
  });
});
