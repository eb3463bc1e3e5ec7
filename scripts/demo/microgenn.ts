import type { DemoDates, DemoKey, DemoMerchant, DemoVendor } from "./model.ts";

const slug = "spice-garden";
const mobile = "9876543210";
const liveKey = "mg_live_your_key_here";
const sandboxKey = "mg_test_your_key_here";

const india = { currency: "INR", time_zone: "Asia/Kolkata" };
const reading = "read:customers";
const writing = "write:transactions";

const key = (name: string, text: string, ...scopes: readonly string[]): DemoKey => ({
  name,
  dialect: "microgenn",
  mode: text.startsWith("mg_test_") ? "test" : "live",
  scopes,
  text,
});

/** The documented numbers: 100 points a rupee, and 100 points worth one. */
const program = {
  name: "Spice Garden Rewards",
  earning: { rate: "100", rounding: "floor", categories: { spa: "50" } },
  redemption: { rate: "100" },
  tiers: [
    { name: "Silver", from: "0", multiplier: "1" },
    { name: "Gold", from: "3000", multiplier: "1" },
    { name: "Platinum", from: "1000000", multiplier: "1.5", priority_service: true },
  ],
} as const;

function hotel(dates: DemoDates): DemoMerchant {
  const coupon = { kind: "amount", source: "campaign" } as const;
  return {
    merchant: { slug, name: "Spice Garden", ...india },
    sites: [{ code: "MAIN", name: "Spice Garden" }],
    programs: [program],
    keys: [
      key("Live key", liveKey, reading, writing),
      key("Sandbox key", sandboxKey, reading, writing),
      key("Live key, reads only", "mg_live_read_only_key", reading),
      key("Live key, writes only", "mg_live_write_only_key", writing),
    ],
    customers: [
      {
        number: 1,
        name: "Ravi Kumar",
        identifiers: [{ kind: "phone", value: `+91${mobile}` }],
        metadata: { segment: "regular" },
        balances: [{ unit: "point", lifetime: "3400", lots: [{ amount: "3400" }] }],
      },
    ],
    voucherSeries: [
      {
        name: "Campaign, 200 off",
        ...coupon,
        value: "200.00",
        valid_until: dates.future,
        codes: ["COUP-XY12"],
        customer: 1,
      },
      {
        name: "Last year's campaign, 100 off",
        ...coupon,
        value: "100.00",
        valid_until: dates.past,
        codes: ["COUP-OLD1"],
        customer: 1,
      },
      {
        name: "Campaign for everybody, 50 off",
        ...coupon,
        value: "50.00",
        valid_until: dates.future,
        codes: ["COUP-FREE"],
      },
    ],
  };
}

const otherHotel: DemoMerchant = {
  merchant: { slug: "other-hotel", name: "Other Hotel", ...india },
  sites: [{ code: "MAIN", name: "Other Hotel" }],
  programs: [{ ...program, name: "Other Hotel Rewards" }],
  keys: [key("Live key", "mg_live_other_hotel_key", reading, writing)],
  customers: [],
};

export const microgenn: DemoVendor = {
  name: "Microgenn",
  merchants: (dates) => [hotel(dates), otherHotel],
  credentials: [
    ["live key", slug, liveKey],
    ["sandbox key", slug, sandboxKey],
    ["customer", mobile, "Ravi Kumar"],
    ["coupons, 200 and 50 rupees off", "COUP-XY12", "COUP-FREE"],
  ],
  requests: (url) => [
    {
      purpose: "Look a guest up, with balance, tier and coupons:",
      command: curl(`${url}/api/${slug}/pos/customer?mobile=${mobile}`),
    },
    {
      purpose: "Post a bill (sent again within a day, it earns once):",
      command: curl(`${url}/api/${slug}/pos/bill`, {
        mobile,
        amount: 1500,
        name: "Ravi Kumar",
        external_ref: "INV-2026-0042",
      }),
    },
  ],
};

function curl(target: string, body?: object): string {
  const json = ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(body)}'`];
  const data = body === undefined ? [] : json;
  return ["curl -sS", `-H 'X-API-Key: ${liveKey}'`, ...data, `'${target}'`].join(" \\\n  ");
}
