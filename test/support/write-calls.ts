import { ulid } from "ulid";
import type { Cafe, Cashier } from "./augmigo/cafe.ts";
import type { CafeStage } from "./augmigo/calls.ts";
import { CAFE_CALLS, hireCashier, openCounter, setCafeStage } from "./augmigo/calls.ts";
import { d1Rows } from "./d1.ts";
import type { StoreStage } from "./imonggo/calls.ts";
import { STORE_CALLS, setStoreStage } from "./imonggo/calls.ts";
import { Store, storeToken } from "./imonggo/store.ts";
import type { Json, Target, Till } from "./kirimel/till.ts";
import { importVouchers, makeTill, worker } from "./kirimel/till.ts";
import { addCoupon, addGuest, Hotel, openHotel, RAVI, sentCode } from "./microgenn/hotel.ts";
import { nativeMake } from "./native/native.ts";

/** An answer, whatever the dialect. */
export interface WriteReply {
  readonly status: number;
  readonly text: string;
}

/** The credentials of one mode, for every dialect. */
export interface Credentials {
  readonly mode: "live" | "test";
  readonly till: Till;
  readonly hotel: Hotel;
  readonly cafe: Cafe;
  readonly store: Store;
  readonly native: string;
  /** Where the native calls go to. */
  readonly target: Target;
}

/** The same credentials, with all calls going to another target. */
export function via(by: Credentials, target: Target): Credentials {
  return {
    ...by,
    till: by.till.via(target),
    hotel: by.hotel.via(target),
    cafe: by.cafe.via(target),
    store: by.store.via(target),
    target,
  };
}

/** A merchant that every dialect's tills know, and what their calls need. */
export interface Stage {
  readonly slug: string;
  readonly live: Credentials;
  readonly test: Credentials;
  readonly customer: string;
  /** `TXN_…` of an earn that can be reversed. */
  readonly transaction: string;
  readonly series: number;
  readonly endpoint: string;
  readonly event: string;
  /** A test key, which either mode may take away, and a person. */
  readonly access: { readonly key: string; readonly person: string };
  readonly cafe: CafeStage;
  readonly store: StoreStage;
}

/** A route that writes, and a call of it that must succeed. */
export interface WriteCall {
  readonly route: string;
  readonly call: (stage: Stage, by: Credentials) => Promise<WriteReply>;
  /** What the same call changes with a live key; `nothing` for routes that only may write. */
  readonly live: "something" | "nothing";
}

const KIRIMEL_SCOPES = [
  "read:customers",
  "write:customers",
  "write:transactions",
  "read:vouchers",
  "write:vouchers",
  "write:adjustments",
  "write:sites",
];
const NATIVE_SCOPES = [
  ...KIRIMEL_SCOPES,
  "read:programs",
  "write:programs",
  "read:events",
  "write:memberships",
];

async function credentials(
  hotel: Hotel,
  mode: "live" | "test",
  cashier: Cashier,
): Promise<Credentials> {
  const { slug } = hotel;
  const scopes = [...NATIVE_SCOPES, "write:webhooks", "write:keys"];
  const key = { name: "Native", dialect: "native", mode, scopes };
  const text = mode === "live" ? hotel.live : hotel.test;
  return {
    mode,
    till: await makeTill(slug, { mode, scopes: KIRIMEL_SCOPES }),
    hotel: new Hotel(slug, { live: text, test: text }),
    cafe: await openCounter(slug, mode, cashier),
    store: new Store(slug, await storeToken(slug, { mode, staff: cashier.username })),
    native: String((await nativeMake("/keys", key, slug)).text),
    target: worker,
  };
}

async function setAccess(slug: string): Promise<Stage["access"]> {
  const key = { name: "Old", dialect: "native", mode: "test", scopes: ["read:events"] };
  const person = { username: "changing", password: "p", name: "Changing" };
  return {
    key: String((await nativeMake("/keys", key, slug)).id),
    person: String((await nativeMake("/staff", person, slug)).id),
  };
}

/** Sets the stage: a merchant with a customer, vouchers, an endpoint, and keys of both modes. */
export async function setStage(): Promise<Stage> {
  const hotel = await openHotel();
  const { slug } = hotel;
  await nativeMake("/sites", { code: "MAIN01", name: "Main" }, slug);
  const customer = await addGuest(hotel, { number: 7, email: "ravi@example.com" });
  await addCoupon(hotel, "COUP-1", { customer });
  const cashier = await hireCashier(slug);
  const live = await credentials(hotel, "live", cashier);
  const test = await credentials(hotel, "test", cashier);
  await importVouchers(live.till, ["KIRI-0001"], { kind: "amount", value: "5" });
  const batch = { name: "Promo", type: "FIXED", value: 1, quantity: 3 };
  const made = await live.till.post("/vouchers/batches", batch);
  const earned = await live.till.post("/points/earn", { customer_id: 7, points: 5 });
  const hook = { url: "https://receiver.example/hook", event_types: ["nothing.ever"] };
  const endpoint = await nativeMake("/webhook_endpoints", hook, slug);
  const ping = await nativeMake(`/webhook_endpoints/${endpoint.id}/ping`, {}, slug);
  return {
    slug,
    live,
    test,
    customer,
    transaction: String(earned.body.transaction_id),
    series: Number(String(made.body.batch_id).replace("BATCH_", "")),
    endpoint: String(endpoint.id),
    event: String(ping.id),
    access: await setAccess(slug),
    cafe: await setCafeStage(hotel, cashier, live.cafe),
    store: await setStoreStage(live.store),
  };
}

const kirimel = (
  path: string,
  fields: (stage: Stage) => Json,
  live: WriteCall["live"] = "something",
): WriteCall => ({
  route: `POST /api/loyalty${path}`,
  call: (stage, { till }) =>
    till.post(path.replace(":id", "7"), { reference_id: ulid(), ...fields(stage) }),
  live,
});

const microgenn = (
  path: string,
  fields: (stage: Stage, by: Credentials) => Json | Promise<Json>,
  live: WriteCall["live"] = "something",
): WriteCall => ({
  route: `POST /api/:slug/pos/${path}`,
  call: async (stage, by) => by.hotel.post(path, await fields(stage, by)),
  live,
});

async function endpointVersion({ endpoint }: Stage): Promise<number> {
  const rows = await d1Rows<{ version: number }>(
    "SELECT version FROM webhook_endpoints WHERE id = ?",
    endpoint,
  );
  return rows[0]?.version ?? 0;
}

const native = (
  route: string,
  given: (stage: Stage) => unknown,
  live: WriteCall["live"] = "something",
  ids: (stage: Stage) => readonly string[] = ({ endpoint }) => [endpoint],
): WriteCall => ({
  route: route.replace(" ", " /loyalty/v1"),
  call: async (stage, by) => {
    const named = ids(stage).reduce((rest, id) => rest.replace(/:[a-z]+/, id), route);
    const [method = "", path = ""] = named.split(" ");
    const body = given(stage);
    const text = typeof body === "string" ? body : JSON.stringify(body ?? {});
    const version = `"v${await endpointVersion(stage)}"`;
    const authorization = { Authorization: `Bearer ${by.native}`, "If-Match": version };
    const init = { method, headers: authorization };
    const url = `https://api.example/loyalty/v1${path}`;
    const request = new Request(url, method === "DELETE" ? init : { ...init, body: text });
    const reply = await by.target(request);
    return {
      status: reply.status,
      text: new TextDecoder().decode(await reply.arrayBuffer()),
    };
  },
  live,
});

const guest = { customer_id: 7 };

const KIRIMEL_CALLS: readonly WriteCall[] = [
  kirimel("/group/sites/add", () => ({
    site_code: "NEW01",
    site_name: "New",
    site_type: "RETAIL",
  })),
  kirimel("/customers/register", () => ({ phone: "+60123456700", name: "New" })),
  kirimel("/customers/lookup", () => guest),
  kirimel("/customers/:id/adjust", () => ({ points: 3 })),
  kirimel("/points/earn", () => ({ ...guest, points: 9, amount: "9.00" })),
  kirimel("/points/redeem", () => ({ ...guest, points: 2 })),
  kirimel("/points/commit-redeem", () => ({ ...guest, points: 2 })),
  kirimel("/points/preview-redeem", () => ({ ...guest, points: 2 })),
  kirimel("/points/reverse", ({ transaction }) => ({ transaction_id: transaction })),
  kirimel("/wallet/balance", () => guest, "nothing"),
  kirimel("/wallet/recalculate", () => guest),
  kirimel("/vouchers/batches/create", () => ({ name: "A", type: "FIXED", value: 1, quantity: 2 })),
  kirimel("/vouchers/batches", () => ({ name: "B", type: "FIXED", value: 1, quantity: 2 })),
  kirimel("/vouchers/issue", ({ series }) => ({ ...guest, batch_id: series })),
  kirimel("/vouchers/redeem", () => ({ ...guest, code: "KIRI-0001", purchase_amount: 9 })),
];

const MICROGENN_CALLS: readonly WriteCall[] = [
  {
    route: "GET /api/:slug/pos/customer",
    call: (_stage, { hotel }) =>
      hotel.lookUp({ mobile: "9000000001", create: "true", name: "Asha" }),
    live: "something",
  },
  microgenn("bill", () => ({ mobile: RAVI, amount: 10, external_ref: "INV-1" })),
  microgenn("coupon/redeem", () => ({ code: "COUP-1" })),
  microgenn("otp/send", () => ({ mobile: RAVI })),
  microgenn("points/redeem", async (_stage, { hotel, mode }) => {
    const otp = mode === "test" ? "000000" : await sentCode(hotel);
    return { mobile: RAVI, points: 100, otp };
  }),
  {
    route: "POST /api/:slug/pos/otp/verify",
    call: async (_stage, { hotel, mode }) => {
      if (mode === "live") await hotel.post("otp/send", { mobile: "9000000002" });
      const otp = mode === "test" ? "000000" : await sentCode(hotel);
      return hotel.post("otp/verify", { mobile: "9000000002", otp });
    },
    live: "something",
  },
];

const NATIVE_CALLS: readonly WriteCall[] = [
  native("POST /sites", () => ({ code: "N1", name: "N" })),
  native("POST /voucher_series", ({ customer }) => ({
    name: "N",
    kind: "amount",
    value: "1",
    codes: ["NATIVE-1"],
    customer,
  })),
  native("POST /keys", () => ({ name: "N", dialect: "native", scopes: ["read:events"] })),
  native(
    "POST /keys/:id/rotate",
    () => ({}),
    "something",
    ({ access }) => [access.key],
  ),
  native(
    "POST /keys/:id/revoke",
    () => ({}),
    "something",
    ({ access }) => [access.key],
  ),
  native("POST /staff", () => ({ username: "n", password: "p", name: "N" })),
  native(
    "PATCH /staff/:id",
    () => ({ password: "q", disabled: true }),
    "something",
    ({ access }) => [access.person],
  ),
  native(
    "POST /staff/:id/end_tokens",
    () => ({}),
    "something",
    ({ access }) => [access.person],
  ),
  native("POST /customers/import", () => '{"number":99,"name":"N"}\n'),
  native("POST /webhook_endpoints", () => ({ url: "https://other.example/" })),
  native("POST /webhook_endpoints/:id/ping", () => ({})),
  native("POST /webhook_endpoints/:id/resend", ({ event }) => ({ event })),
  native(
    "POST /webhook_endpoints/:id/replay",
    () => ({ since: "2020-01-01T00:00:00Z" }),
    "nothing",
  ),
  native("PATCH /webhook_endpoints/:id", () => ({ description: "n" })),
  native("POST /webhook_endpoints/:id/rotate_secret", () => ({})),
  native("DELETE /webhook_endpoints/:id", () => ({})),
  native(
    "POST /voucher_series/:id/vouchers",
    () => ({ codes: ["NATIVE-2"] }),
    "something",
    ({ cafe }) => [cafe.series],
  ),
  native("POST /customer_types", () => ({ name: "New" })),
  native("POST /membership_programs", () => ({ key: "mp-new", label: "New" })),
  native(
    "POST /customers/:id/memberships",
    () => ({ program: "mp-free" }),
    "something",
    ({ cafe }) => [cafe.holder],
  ),
  native(
    "DELETE /customers/:id/memberships/:membership",
    () => ({}),
    "something",
    ({ cafe }) => [cafe.holder, cafe.membership],
  ),
  native(
    "PATCH /customers/:id",
    () => ({ name: "Patched" }),
    "something",
    ({ cafe }) => [cafe.holder],
  ),
  native(
    "DELETE /customers/:id",
    () => ({}),
    "something",
    ({ cafe }) => [cafe.holder],
  ),
];

/** A call of every route that writes, of every dialect: a new dialect adds its own here. */
export const WRITE_CALLS: readonly WriteCall[] = [
  ...KIRIMEL_CALLS,
  ...MICROGENN_CALLS,
  ...NATIVE_CALLS,
  ...CAFE_CALLS,
  ...STORE_CALLS,
];

/** Routes that write but that no key with a mode can call with success on the stage, and why. */
export const UNSTAGED: Readonly<Record<string, string>> = {
  "POST /loyalty/v1/merchants": "only the deployment's admin token may",
  "PATCH /loyalty/v1/merchants/:merchant": "only the deployment's admin token may",
  "POST /loyalty/v1/projection/rebuild": "only the deployment's admin token may",
  "POST /loyalty/v1/programs": "the merchant has its one programme; see its own test",
  "POST /api/loyalty/group/create": "an account has one group; see its own test",
};
