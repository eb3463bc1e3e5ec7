import type {
  DemoCustomer,
  DemoDates,
  DemoMerchant,
  DemoVendor,
  DemoVoucherSeries,
} from "./model.ts";

const account = "acct_demo";
const apiKey = "ak_demo_key";
const password = "s3cret";
const cashier = "cashier1@cafe.example";
const manager = "manager@cafe.example";
const referenceCode = "1234567890123456";

const scopes = ["write:customers", "write:transactions", "write:vouchers", "write:memberships"];

function cafe(dates: DemoDates): DemoMerchant {
  return {
    merchant: {
      slug: account,
      name: "Cafe Example",
      currency: "MYR",
      time_zone: "Asia/Kuala_Lumpur",
    },
    sites: [
      { code: "outlet_main", name: "Main Outlet" },
      { code: "outlet_second", name: "Second Outlet" },
    ],
    programs: [
      {
        name: "Cafe Rewards",
        earning: { rate: "2", rounding: "floor" },
        expiry: { date: dates.future },
        grants: {
          stamps: { per_bill: "1", expiry: { date: dates.future } },
          skus: { SKU_1: { vouchers: [{ series: "vp-rm10", count: 1 }] } },
        },
      },
    ],
    keys: [{ name: "API key", dialect: "augmigo", mode: "live", scopes, text: apiKey }],
    staff: [
      { username: cashier, password, name: "Cashier One", sites: ["outlet_main"], scopes },
      {
        username: manager,
        password,
        name: "Manager",
        sites: ["outlet_main", "outlet_second"],
        scopes,
      },
    ],
    membershipPrograms: [
      {
        key: "mp-gold",
        label: "Gold Card",
        description: "Gold card programme",
        conditions: "Valid one year",
        years: 1,
      },
    ],
    customers: [customer(dates)],
    voucherSeries: series(dates),
  };
}

function customer(dates: DemoDates): DemoCustomer {
  return {
    number: 1,
    name: "Customer Test 0",
    email: "custtest0@email.com",
    identifiers: [
      { kind: "reference_code", value: referenceCode },
      { kind: "email", value: "custtest0@email.com" },
      { kind: "phone", value: "+60123450000" },
    ],
    balances: [
      { unit: "point", lifetime: "4254", lots: [lot("4254", dates)] },
      { unit: "prepaid", lifetime: "668.80", lots: [{ amount: "668.80" }] },
      { unit: "stamp", lifetime: "23", lots: [lot("23", dates)] },
    ],
  };
}

function series(dates: DemoDates): readonly DemoVoucherSeries[] {
  const valid = { customer: 1, valid_until: dates.future };
  return [
    {
      name: "10% Discount",
      key: "vp-10pct",
      label: "10% Discount",
      kind: "percent",
      value: "10",
      codes: ["vQbduaCKGxDe"],
      ...valid,
    },
    {
      name: "RM10",
      key: "vp-rm10",
      label: "RM10",
      kind: "amount",
      value: "10.00",
      configuration: { cash: 10, currency_code: "myr", label: "RM10" },
      codes: ["AWo1T6MxkyGa"],
      ...valid,
      more: { codes: ["ExpiredCode1"], customer: 1, valid_until: dates.past },
    },
    {
      name: "RM25",
      key: "vp-rm25",
      label: "RM25",
      kind: "amount",
      value: "25.00",
      codes: ["UaxhedSP9ms8"],
      ...valid,
    },
  ];
}

function lot(amount: string, dates: DemoDates) {
  return { amount, expires_on: dates.future };
}

export const augmigo: DemoVendor = {
  name: "Augmigo",
  merchants: (dates) => [cafe(dates)],
  credentials: [
    ["account and API key", account, apiKey],
    ["cashier, at outlet_main", cashier, password],
    ["manager, at both outlets", manager, password],
    ["customer", referenceCode, "Customer Test 0"],
    ["vouchers", "vQbduaCKGxDe", "AWo1T6MxkyGa", "UaxhedSP9ms8"],
  ],
  requests: (url) => [
    {
      purpose: "Sign in; the answer's x-auth-token goes into the requests that follow:",
      command: [
        "curl -sS -X POST",
        `-H 'X-ACCT-ID: ${account}'`,
        `-H 'X-API-KEY: ${apiKey}'`,
        `-u '${cashier}:${password}'`,
        `'${url}/api/v1/auth'`,
      ].join(" \\\n  "),
    },
    {
      purpose: "Give what a purchase earns (two points a ringgit less tax, a stamp, a voucher):",
      command: [
        "curl -sS -H 'x-auth-token: TOKEN'",
        "-H 'Content-Type: application/json'",
        `-d '${JSON.stringify(purchase)}'`,
        `'${url}/api/v1/reward/reference-code/${referenceCode}/give'`,
      ].join(" \\\n  "),
    },
  ],
};

const purchase = {
  sales_amount: 100,
  tax_amount: 6,
  invoice_id: "INV-1",
  invoice_details: {
    purchased_items: [{ SKU: "SKU_1", count: 1, subtotal_sales_amt: 100, subtotal_tax_amt: 6 }],
    pax_count: 1,
  },
};
