import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  ListedVoucher,
  Redemption,
  VoucherState,
  VoucherTerms,
} from "../../src/core/vouchers.ts";
import { codeCandidates, judgeRedemption, judgeTogether } from "../../src/core/vouchers.ts";

const TERMS: VoucherTerms = {
  kind: "percent",
  value: 1_000,
  minPurchase: null,
  maxDiscount: null,
  validFrom: null,
  validUntil: null,
};
const STATE: VoucherState = { status: "active", customer: null };
const REDEMPTION: Redemption = {
  customer: "cus_1",
  purchase: 7_500,
  currency: "EUR",
  day: "2026-06-15",
};

function judge(
  terms: Partial<VoucherTerms>,
  state: Partial<VoucherState> = {},
  redemption: Partial<Redemption> = {},
) {
  const judged = judgeRedemption(
    { ...TERMS, ...terms },
    { ...STATE, ...state },
    { ...REDEMPTION, ...redemption },
  );
  return judged.ok ? judged.value : judged.error.code;
}

describe("the discount of a voucher", () => {
  it.each([
    ["a share", { value: 1_000 }, 7_500, 750, 6_750],
    ["a share, half a cent rounded up", { value: 1_000 }, 5, 1, 4],
    ["a share, less than half rounded down", { value: 1_000 }, 4, 0, 4],
    ["a share of a hundredth of a percent", { value: 1 }, 10_000, 1, 9_999],
    ["a share, half a cent of three digits rounded up", { value: 5_000 }, 201, 101, 100],
    ["a share of more than a float holds", { value: 9_999 }, 1e14, 99_990_000_000_000, 1e10],
    ["an amount, which no cap concerns", { kind: "amount", value: 9, maxDiscount: 1 }, 10, 9, 1],
    ["a share up to the most", { value: 1_000, maxDiscount: 500 }, 7_500, 500, 7_000],
    ["a share below the most", { value: 1_000, maxDiscount: 800 }, 7_500, 750, 6_750],
    ["all", { value: 10_000 }, 7_500, 7_500, 0],
    ["no more than all", { value: 20_000 }, 7_500, 7_500, 0],
    ["an amount", { kind: "amount", value: 500 }, 7_500, 500, 7_000],
    ["an amount up to the purchase", { kind: "amount", value: 500 }, 300, 300, 0],
    ["nothing, when it is a second item", { kind: "bogo" }, 7_500, 0, 7_500],
  ] as const)("is %s", (_, terms, purchase, discount, remaining) => {
    expect(judge(terms, {}, { purchase })).toEqual({ discount, remaining });
  });

  it("is known without the purchase only where it is an amount", () => {
    const unknown = { discount: null, remaining: null };
    expect(judge({}, {}, { purchase: null })).toEqual(unknown);
    expect(judge({ kind: "bogo" }, {}, { purchase: null })).toEqual(unknown);
    expect(judge({ kind: "amount", value: 500 }, {}, { purchase: null })).toEqual({
      discount: 500,
      remaining: null,
    });
  });

  it("and what remains are the purchase, neither below 0", () => {
    const amounts = fc.nat(10_000_000);
    const terms = fc.record({
      kind: fc.constantFrom("percent", "amount", "bogo"),
      value: fc.nat(20_000),
      maxDiscount: fc.option(amounts),
    });
    fc.assert(
      fc.property(terms, amounts, (given, purchase) => {
        const judged = judge(given as Partial<VoucherTerms>, {}, { purchase });
        if (typeof judged === "string") throw new Error(judged);
        const { discount, remaining } = judged;
        expect((discount ?? 0) + (remaining ?? 0)).toBe(purchase);
        expect(Math.min(discount ?? -1, remaining ?? -1)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("a voucher", () => {
  it("is good on its first and its last day, and not before or after", () => {
    const terms = { validFrom: "2026-06-10", validUntil: "2026-06-20" };
    const on = (day: string) => judge(terms, {}, { day });
    expect(on("2026-06-09")).toBe("voucher_not_active");
    expect(on("2026-06-10")).toMatchObject({ discount: 750 });
    expect(on("2026-06-20")).toMatchObject({ discount: 750 });
    expect(on("2026-06-21")).toBe("voucher_expired");
  });

  it("is good once, and not when it was voided", () => {
    expect(judge({}, { status: "redeemed" })).toBe("voucher_used");
    expect(judge({}, { status: "voided" })).toBe("voucher_not_active");
  });

  it("of somebody else is as one that does not exist", () => {
    expect(judge({}, { customer: "cus_1" })).toMatchObject({ discount: 750 });
    expect(judge({}, { customer: "cus_2" })).toBe("not_found");
  });

  it("may need a purchase of some size", () => {
    const of = (purchase: number | null) => judge({ minPurchase: 5_000 }, {}, { purchase });
    expect(of(5_000)).toMatchObject({ discount: 500 });
    expect(of(4_999)).toBe("minimum_not_met");
    expect(of(null)).toBe("minimum_not_met");
    expect(judge({ minPurchase: 0 }, {}, { purchase: null })).toMatchObject({ discount: null });
  });

  it("with several faults is refused for the first in the fixed order", () => {
    const terms = { validFrom: "2026-07-01", validUntil: "2026-06-01", minPurchase: 10_000 };
    const foreign = { customer: "cus_2" };
    expect(judge(terms, { ...foreign, status: "redeemed" })).toBe("voucher_used");
    expect(judge(terms, foreign)).toBe("voucher_not_active");
    expect(judge({ ...terms, validFrom: null }, foreign)).toBe("voucher_expired");
    expect(judge({ minPurchase: 10_000 }, foreign)).toBe("not_found");
    expect(judge({ minPurchase: 10_000 })).toBe("minimum_not_met");
  });
});

/** In the order of the checks. */
const FAULTS = [
  { code: "voucher_used", state: { status: "redeemed" } },
  { code: "voucher_not_active", terms: { validFrom: "2026-06-16" } },
  { code: "voucher_expired", terms: { validUntil: "2026-06-14" } },
  { code: "not_found", state: { customer: "cus_2" } },
  { code: "minimum_not_met", terms: { minPurchase: 7_501 } },
] as const;

const PAIRS = FAULTS.flatMap((first, i) =>
  FAULTS.slice(i + 1).map((second) => [first.code, second.code, first, second] as const),
);

describe("a voucher with two faults", () => {
  it.each(PAIRS)("%s and %s is refused for the former", (code, _later, first, second) => {
    const later = { terms: {}, state: {}, ...second };
    const { terms, state } = { terms: {}, state: {}, ...first };
    expect(judge({ ...later.terms, ...terms }, { ...later.state, ...state })).toBe(code);
  });

  it("voided and out of date is refused as not active", () => {
    expect(judge({ validUntil: "2026-06-14" }, { status: "voided" })).toBe("voucher_not_active");
  });
});

describe("a typed code", () => {
  it.each([
    ["VOUCHER_A1B2C3D4E5F6", "VOUCHER_A1B2C3D4E5F6"],
    ["A1B2C3D4E5F6", "VOUCHER_A1B2C3D4E5F6"],
    [" voucher_a1b2c3d4e5f6 ", "VOUCHER_A1B2C3D4E5F6"],
  ])("%j means the generated code %s", (text, generated) => {
    expect(codeCandidates(text).generated).toContain(generated);
  });

  it("means an imported code letter by letter, with the prefix or without", () => {
    expect(codeCandidates(" Summer5 ").exact).toEqual(["Summer5", "VOUCHER_Summer5"]);
  });
});

describe("vouchers that are redeemed together", () => {
  const DAY = "2026-06-15";
  const FAULTY = {
    unknown: null,
    voided: { status: "voided" },
    foreign: { customer: "cus_2" },
    redeemed: { status: "redeemed" },
    early: { validFrom: "2026-06-16" },
    expired: { validUntil: "2026-06-14" },
  } as const;
  type Given = Partial<VoucherTerms & VoucherState>;

  const listed = (code: string, given: Given | null = {}): ListedVoucher => {
    const { status = "active", customer = "cus_1", ...terms } = given ?? {};
    const state = { status, customer };
    return { code, voucher: given === null ? null : { terms: { ...TERMS, ...terms }, state } };
  };

  it("are good when each is, on its first and last day, whatever the purchase", () => {
    const good = [
      listed("a", { validFrom: DAY, validUntil: DAY, minPurchase: 1 }),
      listed("b", { customer: null }),
    ];
    expect(judgeTogether(good, "cus_1", DAY)).toEqual({ ok: true, value: null });
    expect(judgeTogether([listed("c", { customer: "cus_2" })], null, DAY).ok).toBe(true);
  });

  it("are refused for the first fault of the order, with every code that has it", () => {
    const names = Object.keys(FAULTY) as (keyof typeof FAULTY)[];
    const all = names.flatMap((name) => [
      listed(`${name}-1`, FAULTY[name]),
      listed(`${name}-2`, FAULTY[name]),
      listed(`good-${name}`),
    ]);
    for (const [i, reason] of names.entries()) {
      const rest = all.slice(3 * i);
      const codes = [`${reason}-1`, `${reason}-2`];
      for (const [order, told] of [
        [rest, codes],
        [rest.toReversed(), codes.toReversed()],
      ] as const) {
        const error = { code: "vouchers_refused", reason, codes: told };
        expect(judgeTogether(order, "cus_1", DAY)).toEqual({ ok: false, error });
      }
    }
  });

  it("are told by the first fault of each alone, where one has several", () => {
    const worst: Given = { status: "redeemed", customer: "cus_2", validUntil: "2026-06-14" };
    const judged = judgeTogether([listed("x", worst)], "cus_1", DAY);
    expect(judged).toMatchObject({ ok: false, error: { reason: "foreign", codes: ["x"] } });
    const anybody = judgeTogether([listed("x", worst)], null, DAY);
    expect(anybody).toMatchObject({ ok: false, error: { reason: "redeemed" } });
  });
});
