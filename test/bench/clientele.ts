import { randomBytes } from "node:crypto";
import { nativeApi } from "../../scripts/demo/native-api.ts";

/** A merchant made for a measurement, with its keys and customers. */
export interface Clientele {
  readonly slug: string;
  readonly size: number;
  readonly kirimelKey: string;
  readonly kirimelSecret: string;
  readonly microgennKey: string;
  readonly augmigoKey: string;
  /** Token of a cashier who is signed in. */
  readonly cashier: string;
  /** Vouchers that anybody may redeem, once each. */
  readonly vouchers: readonly string[];
  numberOf(customer: number): number;
  mobileOf(customer: number): string;
  referenceCodeOf(customer: number): string;
}

/** What a measurement wants of its merchant. */
export interface Wishes {
  readonly vouchers?: number;
  /** Whole points that every customer opens with. */
  readonly opening?: number;
  /** Done when the merchant is there and before its customers are. */
  readonly prepare?: (clientele: Clientele) => Promise<unknown>;
}

const OPENING_POINTS = 1_000_000;

const FIRST_NUMBER = 700_000;
const FIRST_MOBILE = 7_000_000_000;
const FIRST_CODE = 4_000_000_000_000_000;
const LINES = 500;

const program = {
  name: "Measured",
  earning: { rate: "1", rounding: "floor" },
  redemption: { rate: "100" },
  expiry: { days: 365 },
  // Of the measured tills only the one that gives sells that article.
  grants: { stamps: { expiry: { days: 365 } }, skus: { STAMPED: { stamps: { amount: "1" } } } },
  tiers: [
    { name: "SILVER", from: "0", multiplier: "1", benefits: ["Welcome drink"] },
    { name: "GOLD", from: "5000", multiplier: "1", benefits: ["Welcome drink", "Upgrade"] },
  ],
};

const scopes = {
  kirimel: [
    "read:customers",
    "write:transactions",
    "write:adjustments",
    "read:vouchers",
    "write:vouchers",
  ],
  microgenn: ["read:customers", "write:transactions"],
  augmigo: ["write:customers", "write:transactions"],
};

const person = { username: "cashier@measured.example", password: "measured", name: "Cashier" };
const site = { code: "MAIN", name: "Main" };

/** Makes a merchant with unlimited keys, customers with an opening balance, and vouchers. */
export async function createClientele(
  url: string,
  size: number,
  wishes: Wishes = {},
): Promise<Clientele> {
  const voucherCount = wishes.vouchers ?? 0;
  const token = randomBytes(6).toString("hex");
  const named: Omit<Clientele, "cashier"> = {
    slug: `measured-${token}`,
    size,
    kirimelKey: `kiri_measured_${token}`,
    kirimelSecret: randomBytes(20).toString("hex"),
    microgennKey: `mg_live_measured_${token}`,
    augmigoKey: `ak_measured_${token}`,
    vouchers: Array.from({ length: voucherCount }, (_, i) => `V${token.toUpperCase()}${i}`),
    numberOf: (customer) => FIRST_NUMBER + customer,
    mobileOf: (customer) => String(FIRST_MOBILE + customer),
    referenceCodeOf: (customer) => String(FIRST_CODE + customer),
  };
  const api = nativeApi(url);
  const { slug } = named;
  await api.create("/merchants", {
    slug,
    name: "Measured",
    currency: "INR",
    time_zone: "Asia/Kolkata",
  });
  await api.create("/programs", program, slug);
  await api.create("/sites", site, slug);
  await api.create("/staff", { ...person, sites: [site.code], scopes: scopes.augmigo }, slug);
  for (const key of keysOf(named)) await api.create("/keys", key, slug);
  const clientele = { ...named, cashier: await signIn(url, named) };
  if (voucherCount > 0) {
    const series = { name: "Ten off", kind: "amount", value: "10.00", codes: clientele.vouchers };
    await api.create("/voucher_series", series, slug);
  }
  await wishes.prepare?.(clientele);
  await importCustomers(url, clientele, wishes.opening ?? OPENING_POINTS);
  return clientele;
}

async function signIn(url: string, { slug, augmigoKey }: Omit<Clientele, "cashier">) {
  const { username, password } = person;
  const answer = await fetch(`${url}/api/v1/auth`, {
    method: "POST",
    headers: {
      "X-ACCT-ID": slug,
      "X-API-KEY": augmigoKey,
      Authorization: `Basic ${btoa(`${username}:${password}`)}`,
    },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the cashier could not sign in: ${text}`);
  return String(JSON.parse(text)["x-auth-token"]);
}

function keysOf(clientele: Omit<Clientele, "cashier">): object[] {
  const shared = { mode: "live", unlimited: true };
  const { kirimelKey, kirimelSecret, microgennKey, augmigoKey } = clientele;
  return [
    {
      name: "Augmigo",
      dialect: "augmigo",
      scopes: scopes.augmigo,
      text: augmigoKey,
      ...shared,
    },
    {
      name: "KiriMel",
      dialect: "kirimel",
      scopes: scopes.kirimel,
      text: kirimelKey,
      secret: kirimelSecret,
      ...shared,
    },
    {
      name: "Microgenn",
      dialect: "microgenn",
      scopes: scopes.microgenn,
      text: microgennKey,
      ...shared,
    },
  ];
}

async function importCustomers(url: string, clientele: Clientele, opening: number): Promise<void> {
  const api = nativeApi(url);
  const amount = String(opening);
  const lines = Array.from({ length: clientele.size }, (_, customer) => ({
    number: clientele.numberOf(customer),
    name: `Customer ${customer}`,
    identifiers: [
      { kind: "phone", value: `+91${clientele.mobileOf(customer)}` },
      { kind: "reference_code", value: clientele.referenceCodeOf(customer) },
    ],
    balances: [{ unit: "point", lifetime: amount, lots: [{ amount }] }],
  }));
  for (let from = 0; from < lines.length; from += LINES) {
    const part = lines.slice(from, from + LINES);
    const outcomes = await api.importLines("/customers/import", part, clientele.slug);
    const failed = outcomes.find(({ outcome }) => outcome !== "created");
    if (failed !== undefined || outcomes.length !== part.length) {
      throw new Error(`the customers were not imported: ${JSON.stringify(failed)}`);
    }
  }
}
