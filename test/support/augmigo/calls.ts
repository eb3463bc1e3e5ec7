import { ulid } from "ulid";
import type { Json } from "../kirimel/till.ts";
import { addCoupon, type Hotel } from "../microgenn/hotel.ts";
import { nativeMake } from "../native/native.ts";
import type { Credentials, Stage, WriteCall } from "../write-calls.ts";
import { accountKey, addStaff, Cafe, type CafeReply, type Cashier } from "./cafe.ts";
import { addCustomer, byCode, SAMPLE, someone } from "./customers.ts";

/** What the calls of the Augmigo dialect need on a stage. */
export interface CafeStage {
  readonly cashier: Cashier;
  /** A customer with points, loaded money, vouchers and a membership of `mp-held`. */
  readonly member: Json;
  /** Customers that are deleted by the two calls that can. */
  readonly leaving: readonly Json[];
  /** Id of a customer with one membership, and of that: for the calls of the native API. */
  readonly holder: string;
  readonly membership: string;
  /** Id of a voucher series. */
  readonly series: string;
}

/** The stage's account as its tills see it, with a key of a mode and the cashier signed in. */
export async function openCounter(
  slug: string,
  mode: "live" | "test",
  cashier: Cashier,
): Promise<Cafe> {
  return new Cafe(slug, await accountKey(slug, { mode })).signedIn(cashier);
}

/** A person for the stage; its account must have the site `MAIN01`. */
export function hireCashier(slug: string): Promise<Cashier> {
  return addStaff(slug, { sites: ["MAIN01"] });
}

/** Sets the stage for the Augmigo dialect. */
export async function setCafeStage(hotel: Hotel, cashier: Cashier, live: Cafe): Promise<CafeStage> {
  const member = await addCustomer(live);
  const leaving = [await addCustomer(live), await addCustomer(live)];
  const holder = String((await addCustomer(live)).customer_key);
  const path = rewardsOf(member);
  await expectSuccess(live.post(`${path}/give`, { sales_amount: 1_000 }));
  await expectSuccess(live.post(`${path}/prepaid-topup`, { topup_amount: 100 }));
  for (const code of ["CAFE-1", "CAFE-2", "CAFE-3"]) {
    await addCoupon(hotel, code, { customer: String(member.customer_key) });
  }
  for (const key of ["mp-held", "mp-free"]) {
    await nativeMake("/membership_programs", { key, label: key }, hotel.slug);
  }
  const assign = `${membershipsOf(member)}/assign-membership`;
  await expectSuccess(live.post(assign, { membership_key: "mp-held" }));
  const given = { program: "mp-held" };
  const { id: membership } = await nativeMake(
    `/customers/${holder}/memberships`,
    given,
    hotel.slug,
  );
  const series = { name: "Series", kind: "amount", value: "1", codes: ["CAFE-0"] };
  const { id } = await nativeMake("/voucher_series", series, hotel.slug);
  const ids = { holder, membership: String(membership), series: String(id) };
  return { cashier, member, leaving, ...ids };
}

async function expectSuccess(call: Promise<CafeReply>): Promise<void> {
  const { status, text } = await call;
  if (status !== 200) throw new Error(`${status} ${text}`);
}

const rewardsOf = (customer: Json): string => `/reward/reference-code/${customer.reference_code}`;

const membershipsOf = (customer: Json): string =>
  `/customer-membership/customer/reference-code/${customer.reference_code}`;

type Act = (cafe: Cafe, stage: CafeStage) => Promise<CafeReply>;

const augmigo = (route: string, act: Act, live: WriteCall["live"] = "something"): WriteCall => ({
  route: route.replace(" ", " /api/v1"),
  call: (stage: Stage, by: Credentials) => act(by.cafe, stage.cafe),
  live,
});

const leaver = ({ leaving }: CafeStage, nth: number): Json => leaving[nth] ?? {};

const CUSTOMER_CALLS: readonly WriteCall[] = [
  augmigo("POST /merchant/auth", (cafe, { cashier }) => cafe.signIn(cashier)),
  augmigo("POST /auth", (cafe, { cashier }) => cafe.signIn(cashier, null, {}, "/auth")),
  augmigo("POST /customers/register", (cafe) => cafe.post("/customers/register", someone())),
  augmigo(
    "POST /customers/search/:limit",
    (cafe) => cafe.post("/customers/search/5", { name: SAMPLE.name }),
    "nothing",
  ),
  augmigo("GET /customers/reference-code/:code/read-or-register", (cafe) =>
    cafe.get("/customers/reference-code/7777777777777777/read-or-register"),
  ),
  augmigo("PUT /customers/reference-code/:code", (cafe, { member }) =>
    cafe.call("PUT", byCode(member), { body: { name: "Renamed" } }),
  ),
  augmigo("PUT /customers/customer-key/:key", (cafe, { member }) =>
    cafe.call("PUT", `/customers/customer-key/${member.customer_key}`, { body: { gender: "f" } }),
  ),
  augmigo("DELETE /customers/reference-code/:code", (cafe, stage) =>
    cafe.call("DELETE", byCode(leaver(stage, 0))),
  ),
  augmigo("DELETE /customers/customer-key/:key", (cafe, stage) =>
    cafe.call("DELETE", `/customers/customer-key/${leaver(stage, 1).customer_key}`),
  ),
];

/** The two spellings of the paths of a customer's rewards. */
const REWARD_CALLS = ["", "/customers"].flatMap((prefix): WriteCall[] => {
  const reward = (verb: string, fields: Json): WriteCall =>
    augmigo(`POST ${prefix}/reward/reference-code/:code/${verb}`, (cafe, { member }) =>
      cafe.post(`${prefix}${rewardsOf(member)}/${verb}`, { ...fields, invoice_id: ulid() }),
    );
  return [
    reward("give", { sales_amount: "10.00" }),
    reward("point-redeem", { redeem_amount: 1 }),
    reward("prepaid-redeem", { redeem_amount: 1 }),
    reward("prepaid-topup", { topup_amount: 5 }),
    reward("redeem", { reward_format: "point", reward_amount: 1 }),
  ];
});

const OTHER_CALLS: readonly WriteCall[] = [
  augmigo("POST /vouchers/redeem", (cafe) =>
    cafe.post("/vouchers/redeem", { redeem_code: ["CAFE-1"] }),
  ),
  augmigo("POST /vouchers/:code/redeem", (cafe, { member }) =>
    cafe.post(`/vouchers/${member.reference_code}/redeem`, { redeem_code: ["CAFE-2"] }),
  ),
  augmigo("POST /vouchers/:code", (cafe, { member }) =>
    cafe.post(`/vouchers/${member.reference_code}`, { redeem_code: ["CAFE-3"] }),
  ),
  augmigo(
    "DELETE /customer-membership/customer/reference-code/:code/remove-tier-membership",
    (cafe, stage) =>
      cafe.call("DELETE", `${membershipsOf(leaver(stage, 0))}/remove-tier-membership`),
    "nothing",
  ),
  ...(["assign", "renew", "remove"] as const).map((verb) => {
    const path = `${verb}-membership`;
    const method = verb === "remove" ? "DELETE" : "POST";
    const body = { membership_key: verb === "assign" ? "mp-free" : "mp-held" };
    const route = `${method} /customer-membership/customer/reference-code/:code/${path}`;
    return augmigo(route, (cafe, { member }) =>
      cafe.call(method, `${membershipsOf(member)}/${path}`, { body }),
    );
  }),
];

/** A call of every route of the Augmigo dialect that writes. */
export const CAFE_CALLS: readonly WriteCall[] = [
  ...CUSTOMER_CALLS,
  ...REWARD_CALLS,
  ...OTHER_CALLS,
];
