import type { DemoMerchant, DemoVendor } from "./model.ts";

const account = "test_account";
const token = "5c4fc5805eb643716bbc17dad456a0c6cf2e23fa";
const owner = "owner@test-account.example";
const password = "secret";

const scopes = ["read:customers", "write:customers", "write:transactions"];

const shop: DemoMerchant = {
  merchant: { slug: account, name: "Test Account", currency: "PHP", time_zone: "Asia/Manila" },
  sites: [{ code: "MAIN", name: "Main Branch", number: 11 }],
  // The types' own rules count; what a voided invoice takes back may already be spent.
  programs: [{ name: "Points", earning: { rate: "0.01", rounding: "floor" }, allow_debt: true }],
  staff: [{ username: owner, password, name: "Owner", number: 20, sites: [], scopes }],
  keys: [{ name: "Token", dialect: "imonggo", mode: "live", scopes, text: token, staff: owner }],
  customerTypes: [{ number: 8, name: "Gold", earn_amount: "100", points_per_unit: "200" }],
  customers: [
    {
      number: 1534,
      name: "Juan Cruz",
      identifiers: [{ kind: "reference_code", value: "0098420130000033" }],
      metadata: { first_name: "Juan", last_name: "Cruz", country: "PH" },
      type: 8,
      created_at: "2013-05-25T02:24:31Z",
      updated_at: "2013-07-13T00:52:24Z",
      balances: [{ unit: "point", lifetime: "30511", lots: [{ amount: "30511" }] }],
    },
    { number: 1535, name: "No Member", identifiers: [], balances: [] },
  ],
};

export const imonggo: DemoVendor = {
  name: "Imonggo",
  merchants: () => [shop],
  credentials: [
    ["account and token", account, token],
    ["owner, user 20", owner, password],
    ["customer, Gold", "1534", "Juan Cruz"],
    ["customer without a type", "1535", "No Member"],
  ],
  requests: (url) => [
    {
      purpose: "Read a customer with the points:",
      command: `curl -sS -u ${token}:X '${url}/api/customers/1534.xml'`,
    },
    {
      purpose: "Spend points worth 10 pesos (each time that it is sent):",
      command: [
        `curl -sS -u ${token}:X -X POST`,
        `'${url}/api/rewards.xml?q=spend&customer_id=1534&amount=10&reference=X-1'`,
      ].join(" \\\n  "),
    },
  ],
};
