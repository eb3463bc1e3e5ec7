import * as z from "zod";
import { basic } from "../augmigo/cafe.ts";
import type { Counter, DialectForm } from "../dialect-forms.ts";
import type { Answer } from "../http.ts";
import type { Stage } from "../write-calls.ts";
import type { Sample } from "./draft.ts";
import { formBody } from "./form-body.ts";
import { jsonFault } from "./json-answers.ts";
import { jsonBody } from "./json-body.ts";
import { onBase } from "./route-tables.ts";
import type { Fields } from "./values.ts";

const BASE = "/api/v1";

const REFUSAL = {
  contentType: "application/json; charset=utf-8",
  // 500 is what the vendor documents for some requests that cannot be done.
  statuses: [400, 401, 403, 404, 405, 429, 500],
  body: z.strictObject({
    msg: z.array(z.string().regex(/^(?!Internal server error$)./s)).min(1),
  }),
};

const PERSON: Fields = {
  name: "text",
  password: "text",
  email: "strict",
  mobile_phone: "strict",
  birth_date: "strict",
  gender: "strict",
  merchant_reference_code: "text",
};
const REMARKS: Fields = { invoice_id: "text", remarks: "text" };
const REDEEM: Fields = { redeem_amount: "strict!", ...REMARKS };
/** What is broken here is mended, as the vendor's own sample is: nothing is sure to be refused. */
const VOUCHERS: Fields = {};
const MEMBERSHIP: Fields = { membership_key: "text!", number_of_year: "strict" };
const CUSTOMER = "/customer-membership/customer/reference-code/:code";

/** The two spellings of the paths of a customer's rewards. */
const REWARD_FIELDS = ["", "/customers"].map((prefix) => {
  const path = `POST ${prefix}/reward/reference-code/:code`;
  return {
    [`${path}/give`]: {
      sales_amount: "strict!",
      tax_amount: "strict",
      transact_datetime: "strict",
      ...REMARKS,
    },
    [`${path}/point-redeem`]: REDEEM,
    [`${path}/prepaid-redeem`]: REDEEM,
    [`${path}/prepaid-topup`]: {
      topup_amount: "strict!",
      prepaid_program_key: "text",
      ...REMARKS,
    },
    [`${path}/redeem`]: {
      reward_format: "strict!",
      reward_amount: "strict!",
      redeem_datetime: "strict",
      ...REMARKS,
    },
  } satisfies Record<string, Fields>;
});

const FIELDS = onBase<Fields>(BASE, {
  "POST /merchant/auth": {},
  "POST /auth": {},
  "GET /customers/reference-code/:code/read-or-register": {},
  "DELETE /customers/reference-code/:code": {},
  "DELETE /customers/customer-key/:key": {},
  "POST /vouchers/redeem": VOUCHERS,
  "POST /vouchers/:code/redeem": VOUCHERS,
  "POST /vouchers/:code": VOUCHERS,
  [`DELETE ${CUSTOMER}/remove-tier-membership`]: {},
  "POST /customers/register": { ...PERSON, name: "text!", password: "text!" },
  "POST /customers/search/:limit": { name: "id!", email: "strict", mobile_phone: "strict" },
  "PUT /customers/reference-code/:code": PERSON,
  "PUT /customers/customer-key/:key": PERSON,
  ...REWARD_FIELDS[0],
  ...REWARD_FIELDS[1],
  [`POST ${CUSTOMER}/assign-membership`]: MEMBERSHIP,
  [`POST ${CUSTOMER}/renew-membership`]: MEMBERSHIP,
  [`DELETE ${CUSTOMER}/remove-membership`]: { membership_key: "text" },
});

const isSignIn = (route: string): boolean => /^POST \/api\/v1\/(merchant\/)?auth$/.test(route);

/** Reads of the stage's member. */
const READS = [
  "/customers/reference-code/:code",
  "/customers/customer-key/:key",
  "/reward/reference-code/:code",
  "/reward/reference-code/:code/read",
  "/customers/reward/reference-code/:code",
  "/customers/reward/reference-code/:code/read",
  "/customer-membership/ping",
  CUSTOMER,
];

function samplesOf({ cafe }: Stage): Record<string, Sample> {
  const { reference_code: code, customer_key: key } = cafe.member;
  const reads = READS.map((route) => {
    const path = route.replace(":code", String(code)).replace(":key", String(key));
    return [`GET ${route}`, { path: BASE + path }] as const;
  });
  return onBase<Sample>(BASE, {
    ...Object.fromEntries(reads),
    "GET /vouchers/redeem-code/:code": { path: `${BASE}/vouchers/redeem-code/CAFE-1` },
    "GET /vouchers/:code": { path: `${BASE}/vouchers/CAFE-1` },
  });
}

async function open(stage: Stage): Promise<Counter> {
  const { username, password } = stage.cafe.cashier;
  return {
    samples: samplesOf(stage),
    authorize: (route, _draft, mode) => {
      const { account, apiKey, token } = stage[mode].cafe;
      if (!isSignIn(route)) return [["x-auth-token", token]];
      return [
        ["X-ACCT-ID", account],
        ["X-API-KEY", apiKey],
        ["Authorization", basic(username, password)],
      ];
    },
  };
}

/** What is wrong with a success: it is an object, a list or nothing at all. */
function successFault({ status, text }: Answer): string | null {
  if (text === "") return null;
  if (status === 204) return "there is a body where there should be none";
  return /^[[{]/.test(text) ? null : "its body is neither object nor list";
}

/** Augmigo: JSON or form; the token of a sign-in, and for that the account's key and a person. */
export const augmigoForm: DialectForm = {
  name: "augmigo",
  routes: /^\/api\/v1\//,
  answers: (path) => /^\/api\/v1(\/|$)/.test(path),
  formats: [jsonBody, formBody],
  closed: false,
  maxBody: 262_144,
  fields: FIELDS,
  guards: (route) =>
    isSignIn(route) ? ["x-acct-id", "x-api-key", "authorization"] : ["x-auth-token"],
  refusalFault: (answer) => jsonFault(answer, REFUSAL),
  successFault,
  open,
};
