import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { VoucherState, VoucherTerms } from "../../src/core/vouchers.ts";
import { codeCandidates, judgeRedemption } from "../../src/core/vouchers.ts";

const TERMS: VoucherTerms = {
  kind: "percent",
  value: 1_000,
  minPurchase: null,
  maxDiscount: null,
  validFrom: null,
  validUntil: null,
};
const ACTIVE: VoucherState = { status: "active", customer: null };
const DAY = "2026-06-15";

function judge(
  terms: Partial<VoucherTerms>,
  purchase: number | null = 7_500,
  given: { readonly state?: Partial<VoucherState>; readonly day?: string } = {},
) {
  return judgeRedemption(
    { ...TERMS, ...terms },
    { ...ACTIVE, ...given.state },
    { customer: "cus_1", purchase, currency: "MYR", day: given.day ?? DAY },
  );
}

const discounted = (discount: number | null, remaining: number | null) => ({
  ok: true,
  value: { discount, remaining },
});
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });

describe("a percentage", () => {
  it("takes 7.50 off 75.00 at 10 %", () => {
    expect(judge({})).toEqual(discounted(750, 6_750));
  });

  it.each([
    [5, 1_000, 1],
    [4, 1_000, 0],
    [14, 1_000, 1],
    [15, 1_000, 2],
    [25, 1_000, 3],
    [1, 5_000, 1],
    [333, 3_333, 111],
    [9_999, 1, 1],
    [4_999, 1, 0],
  ])("of %i cents at %i hundredths of a percent is rounded half up to %i", (sum, value, off) => {
    expect(judge({ value }, sum)).toEqual(discounted(off, sum - off));
  });

  it("is exact where a float is not", () => {
    // 1.005 × 100 is 100.49999999999999 in floats.
    expect(judge({ value: 10_000 }, 999_999_999_999)).toEqual(discounted(999_999_999_999, 0));
    expect(judge({ value: 5_000 }, 201)).toEqual(discounted(101, 100));
  });

  it("is capped by the largest discount, and only then", () => {
    expect(judge({ maxDiscount: 500 })).toEqual(discounted(500, 7_000));
    expect(judge({ maxDiscount: 750 })).toEqual(discounted(750, 6_750));
    expect(judge({ maxDiscount: 0 })).toEqual(discounted(0, 7_500));
  });

  it("comes to nothing that is known without a purchase", () => {
    expect(judge({}, null)).toEqual(discounted(null, null));
  });
});

describe("a fixed amount", () => {
  it("is taken off, but never more than the purchase", () => {
    expect(judge({ kind: "amount", value: 500 })).toEqual(discounted(500, 7_000));
    expect(judge({ kind: "amount", value: 7_501 })).toEqual(discounted(7_500, 0));
    expect(judge({ kind: "amount", value: 500 }, 0)).toEqual(discounted(0, 0));
  });

  it("is known without a purchase; what is left to pay is not", () => {
    expect(judge({ kind: "amount", value: 500 }, null)).toEqual(discounted(500, null));
  });

  it("is not capped: the cap is for percentages", () => {
    const terms = { kind: "amount", value: 500, maxDiscount: 100 } as const;
    expect(judge(terms)).toEqual(discounted(500, 7_000));
  });
});

describe("a second item for free", () => {
  it("takes nothing off, since the till sends no items", () => {
    expect(judge({ kind: "bogo", value: 100 })).toEqual(discounted(0, 7_500));
    expect(judge({ kind: "bogo", value: 100 }, null)).toEqual(discounted(null, null));
  });
});

describe("any discount", () => {
  it("and what is left to pay make up the purchase, both at least 0", () => {
    const money = fc.integer({ min: 0, max: 1e14 });
    const terms = fc.record({
      kind: fc.constantFrom("percent" as const, "amount" as const, "bogo" as const),
      value: fc.integer({ min: 1, max: 10_000 }),
      maxDiscount: fc.option(money),
    });
    fc.assert(
      fc.property(terms, money, (given, purchase) => {
        const judged = judge(given, purchase);
        if (!judged.ok) throw new Error("refused");
        const { discount, remaining } = judged.value;
        expect(Number(discount) + Number(remaining)).toBe(purchase);
        expect(Number(discount)).toBeGreaterThanOrEqual(0);
        expect(Number(remaining)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("a redemption", () => {
  it("is possible on the first and on the last good day, not before and not after", () => {
    const terms = { validFrom: "2026-06-15", validUntil: "2026-06-30" };
    const on = (day: string) => judge(terms, 7_500, { day });
    expect(on("2026-06-14")).toEqual(refused("voucher_not_active"));
    expect(on("2026-06-15").ok).toBe(true);
    expect(on("2026-06-30").ok).toBe(true);
    expect(on("2026-07-01")).toEqual(refused("voucher_expired"));
  });

  it("needs the minimum purchase, if there is one", () => {
    const minimum = refused("minimum_not_met", { minimum: 5_000, currency: "MYR" });
    expect(judge({ minPurchase: 5_000 }, 5_000).ok).toBe(true);
    expect(judge({ minPurchase: 5_000 }, 4_999)).toEqual(minimum);
    expect(judge({ minPurchase: 5_000 }, null)).toEqual(minimum);
    expect(judge({ minPurchase: 0 }, null).ok).toBe(true);
    expect(judge({ minPurchase: 0 }, 0).ok).toBe(true);
  });

  it("of somebody else's voucher finds none; of one's own or anybody's it does", () => {
    expect(judge({}, 1, { state: { customer: "cus_2" } })).toEqual(
      refused("not_found", { object: "voucher" }),
    );
    expect(judge({}, 1, { state: { customer: "cus_1" } }).ok).toBe(true);
  });

  // In the order of the checks: of any two faults the earlier is the answer.
  const faults = [
    ["voucher_used", {}, { status: "redeemed" }],
    ["voucher_not_active", { validFrom: "2026-06-16" }, {}],
    ["voucher_expired", { validUntil: "2026-06-14" }, {}],
    ["not_found", {}, { customer: "cus_2" }],
    ["minimum_not_met", { minPurchase: 7_501 }, {}],
  ] as const;
  const pairs = faults.flatMap((first, i) =>
    faults.slice(i + 1).map((second) => [first[0], second[0], first, second] as const),
  );

  it.each(pairs)("with %s and %s answers the former", (code, _later, first, second) => {
    const state: Partial<VoucherState> = { ...second[2], ...first[2] };
    const judged = judge({ ...second[1], ...first[1] }, 7_500, { state });
    expect(judged).toMatchObject(refused(code));
  });

  it("of a voided voucher is refused as not active, before its dates are looked at", () => {
    const state = { status: "voided" } as const;
    expect(judge({}, 1, { state })).toEqual(refused("voucher_not_active"));
    const expired = { validUntil: "2026-06-14" };
    expect(judge(expired, 1, { state })).toEqual(refused("voucher_not_active"));
  });
});

describe("a typed code", () => {
  it("means a generated one in any case, with or without the prefix, blanks aside", () => {
    const typed = [
      "VOUCHER_A1B2C3D4E5F6",
      "voucher_a1b2c3d4e5f6",
      "Voucher_A1b2c3d4e5f6",
      "A1B2C3D4E5F6",
      " a1b2c3d4e5f6\n",
    ];
    for (const text of typed) expect(codeCandidates(text).generated).toBe("VOUCHER_A1B2C3D4E5F6");
  });

  it("means an imported one only letter by letter, itself or behind the prefix", () => {
    expect(codeCandidates(" Summer ").exact).toEqual(["Summer", "VOUCHER_Summer"]);
    expect(codeCandidates("VOUCHER_x").exact).toEqual(["VOUCHER_x", "VOUCHER_VOUCHER_x"]);
  });
});
