/** One merchant of the demo data, in the words of the native API's request bodies. */
export interface DemoMerchant {
  merchant: {
    slug: string;
    name: string;
    currency: string;
    time_zone: string;
    business_type?: "RESTAURANT" | "RETAIL";
    sandbox?: boolean;
    site_limit?: number;
    /** Registered at its vendor, but its group has not been created yet. */
    pending?: boolean;
  };
  sites: readonly DemoSite[];
  programs: readonly DemoProgram[];
  keys: readonly DemoKey[];
  voucherSeries?: readonly DemoVoucherSeries[];
  staff?: readonly DemoStaff[];
  membershipPrograms?: readonly DemoMembershipProgram[];
  customerTypes?: readonly DemoCustomerType[];
  customers: readonly DemoCustomer[];
}

export interface DemoSite {
  code: string;
  name: string;
  number?: number;
  kind?: "RESTAURANT" | "RETAIL";
}

/** A person who signs in. */
export interface DemoStaff {
  username: string;
  password: string;
  name: string;
  number?: number;
  sites: readonly string[];
  scopes: readonly string[];
}

export interface DemoCustomerType {
  number: number;
  name: string;
  /** Purchase that earns one point. */
  earn_amount: string;
  points_per_unit: string;
}

export interface DemoMembershipProgram {
  key: string;
  label: string;
  description: string;
  conditions: string;
  years: number;
}

export interface DemoProgram {
  name: string;
  earning: {
    rate: string;
    rounding: "floor";
    /** Points per currency unit that lines of a category earn besides. */
    categories?: Readonly<Record<string, string>>;
  };
  redemption?: { rate: string };
  /** Never, unless told. */
  expiry?: { days: number } | { date: string };
  allow_debt?: boolean;
  /** What a purchase gives besides points. */
  grants?: {
    stamps: { per_bill: string; expiry: { date: string } };
    skus: Readonly<Record<string, { vouchers: readonly { series: string; count: number }[] }>>;
  };
  tiers?: readonly {
    name: string;
    from: string;
    multiplier: string;
    benefits?: readonly string[];
    priority_service?: boolean;
  }[];
}

export interface DemoKey {
  name: string;
  dialect: string;
  mode: "live" | "test";
  scopes: readonly string[];
  text: string;
  secret?: string;
  /** User name of the person whose key it is. */
  staff?: string;
  unlimited?: boolean;
}

export interface DemoVoucherSeries {
  name: string;
  source?: string;
  /** Number of the customer that the codes are issued to. */
  customer?: number;
  kind: "percent" | "amount" | "bogo";
  value: string;
  min_purchase?: string;
  valid_from?: string;
  valid_until: string;
  codes: readonly string[];
  /** The merchant's own name for the series, and how it presents itself. */
  key?: string;
  label?: string;
  description?: string;
  image_url?: string;
  conditions?: string;
  configuration?: Readonly<Record<string, unknown>>;
  /** Codes that were good for another time than the series. */
  more?: { codes: readonly string[]; customer: number; valid_until: string };
}

export interface DemoCustomer {
  number: number;
  name: string;
  email?: string;
  identifiers: readonly { kind: string; value: string }[];
  metadata?: Readonly<Record<string, string>>;
  /** Number of the customer's type. */
  type?: number;
  created_at?: string;
  updated_at?: string;
  balances: readonly {
    unit: string;
    lifetime: string;
    lots: readonly { amount: string; expires_on?: string }[];
  }[];
}

/** The data names no fixed day: it must stay valid, or expired, whenever it is loaded. */
export interface DemoDates {
  /** 31 December of next year. */
  future: string;
  /** 31 December of last year. */
  past: string;
}

export function demoDates(now: Date): DemoDates {
  const year = now.getUTCFullYear();
  return { future: `${year + 1}-12-31`, past: `${year - 1}-12-31` };
}

/** What one vendor's till finds in a local runtime. */
export interface DemoVendor {
  name: string;
  merchants(dates: DemoDates): readonly DemoMerchant[];
  /** Rows of the table that `npm start` prints: what it is, then the values. */
  credentials: readonly (readonly string[])[];
  /** Ready-to-paste requests against `url`, signed at `now` where the vendor signs. */
  requests(url: string, now: Date): readonly { purpose: string; command: string }[];
}
