import { createHmac, randomBytes } from "node:crypto";
import type { DemoDates, DemoMerchant, DemoVendor } from "./model.ts";

const groupKey = { text: "kiri_live_demo", secret: "ks_test_5f2c9a7d41e84b0e" };
const accountKey = { text: "kiri_account_demo", secret: "ks_account_demo_secret" };
const unlimitedKey = { text: "kiri_unlimited_demo", secret: "ks_unlimited_demo_secret" };

const groupScopes = [
  "read:customers",
  "write:customers",
  "write:transactions",
  "read:vouchers",
  "write:vouchers",
  "write:adjustments",
  "write:sites",
];

const malaysia = { currency: "MYR", time_zone: "Asia/Kuala_Lumpur" };

function group(dates: DemoDates): DemoMerchant {
  const key = { dialect: "kirimel", mode: "live", scopes: groupScopes } as const;
  return {
    merchant: {
      slug: "myrestaurant",
      name: "My Restaurant Sdn Bhd",
      ...malaysia,
      business_type: "RESTAURANT",
      site_limit: 3,
    },
    sites: [{ code: "MAIN01", name: "Main Restaurant", kind: "RESTAURANT" }],
    programs: [
      {
        name: "My Restaurant Rewards",
        earning: { rate: "1", rounding: "floor" },
        redemption: { rate: "100" },
        expiry: { days: 365 },
        tiers: [
          { name: "BRONZE", from: "0", multiplier: "1", benefits: [] },
          {
            name: "SILVER",
            from: "1000",
            multiplier: "1",
            benefits: ["5% discount on birthdays", "Priority seating"],
          },
          { name: "GOLD", from: "5000", multiplier: "1", benefits: [] },
        ],
      },
    ],
    keys: [
      { name: "Group key", ...key, ...groupKey },
      { name: "Unlimited key", ...key, ...unlimitedKey, unlimited: true },
    ],
    voucherSeries: [
      {
        name: "Grand Opening Promo",
        kind: "percent",
        value: "10",
        min_purchase: "50.00",
        valid_until: dates.future,
        codes: ["VOUCHER_A1B2C3D4E5F6", "VOUCHER_G7H8I9J0K1L2"],
      },
      {
        name: "Last Year",
        kind: "amount",
        value: "5.00",
        valid_until: dates.past,
        codes: ["VOUCHER_OLDOLDOLD001"],
      },
    ],
    customers: [
      {
        number: 123456,
        name: "John Doe",
        identifiers: [
          { kind: "phone", value: "+60123456789" },
          { kind: "email", value: "john@example.com" },
          { kind: "qr", value: "QR-123456" },
        ],
        balances: [
          {
            unit: "point",
            lifetime: "100",
            lots: [{ amount: "100", expires_on: dates.future }],
          },
        ],
      },
    ],
  };
}

/** An account whose owner has signed up and not created a group: only its key exists. */
const account: DemoMerchant = {
  merchant: {
    slug: "kirimel-account-demo",
    name: "KiriMel account without a group",
    ...malaysia,
    pending: true,
  },
  sites: [],
  programs: [],
  keys: [
    {
      name: "Account key",
      dialect: "kirimel",
      mode: "live",
      scopes: ["write:merchants", ...groupScopes],
      ...accountKey,
    },
  ],
  customers: [],
};

/** The headers of a request that KiriMel's documentation calls signed. */
function signedHeaders(body: string, now: Date): string[] {
  const timestamp = `${now.toISOString().slice(0, 19)}Z`;
  const hmac = createHmac("sha256", groupKey.secret).update(timestamp + body);
  return [
    `X-API-Key: ${groupKey.text}`,
    `X-Timestamp: ${timestamp}`,
    `X-Signature: ${hmac.digest("hex")}`,
  ];
}

function curl(target: string, body: string, now: Date): string {
  const headers = signedHeaders(body, now).map((header) => `-H '${header}'`);
  const data = body === "" ? [] : [`--data '${body}'`];
  return ["curl -sS", ...headers, ...data, `'${target}'`].join(" \\\n  ");
}

function earn(url: string, now: Date): string {
  const fields = new URLSearchParams({
    customer_id: "CUST_123456",
    points: "50",
    amount: "50.00",
    reference_id: `ORDER_${randomBytes(6).toString("hex")}`,
    description: "Dining reward",
  });
  return curl(`${url}/api/loyalty/points/earn`, fields.toString(), now);
}

export const kirimel: DemoVendor = {
  name: "KiriMel",
  merchants: (dates) => [group(dates), account],
  credentials: [
    ["group key", groupKey.text, groupKey.secret],
    ["account key, no group yet", accountKey.text, accountKey.secret],
    ["group key without rate limit", unlimitedKey.text, unlimitedKey.secret],
    ["customer", "CUST_123456", "+60123456789"],
    ["vouchers, 10 % off from 50.00", "VOUCHER_A1B2C3D4E5F6", "VOUCHER_G7H8I9J0K1L2"],
  ],
  requests: (url, now) => [
    {
      purpose: "Earn 50 points (signed now, valid for 5 minutes; sent again, it earns once):",
      command: earn(url, now),
    },
    {
      purpose: "See the balance:",
      command: curl(`${url}/api/loyalty/wallet/balance?customer_id=CUST_123456`, "", now),
    },
  ],
};
