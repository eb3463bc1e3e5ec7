import * as z from "zod";
import type { Counter, DialectForm } from "../dialect-forms.ts";
import { sign } from "../kirimel/signing.ts";
import type { Till } from "../kirimel/till.ts";
import { ACCOUNT_SCOPES, makeMerchant, makeTill } from "../kirimel/till.ts";
import type { Stage } from "../write-calls.ts";
import type { Header, Sample } from "./draft.ts";
import { formBody } from "./form-body.ts";
import { jsonFault } from "./json-answers.ts";
import { jsonBody } from "./json-body.ts";
import { onBase } from "./route-tables.ts";
import type { Fields } from "./values.ts";

const BASE = "/api/loyalty";
const GROUP = `POST ${BASE}/group/create`;

const REFUSAL = {
  contentType: "application/json; charset=utf-8",
  statuses: [400, 401, 404, 405, 429],
  body: z.strictObject({
    success: z.literal(false),
    error: z.strictObject({
      code: z.string().regex(/^[A-Z_]+$/),
      message: z.string().min(1),
      details: z.record(z.string(), z.unknown()),
    }),
  }),
};

const REMARKS: Fields = { description: "text", reference_id: "text", reference_type: "text" };
const BALANCE: Fields = { customer_id: "id!" };
const REDEEM: Fields = { customer_id: "id!", points: "strict!", ...REMARKS };
const PAGING: Fields = { page: "strict", per_page: "strict" };
const BATCH: Fields = {
  name: "text!",
  type: "strict!",
  value: "strict!",
  quantity: "strict!",
  valid_from: "strict",
  valid_until: "strict",
  min_purchase: "strict",
  max_discount: "strict",
};

const FIELDS = onBase<Fields>(BASE, {
  "POST /customers/register": { phone: "strict!", name: "text", email: "strict" },
  "GET /customers/lookup": { phone: "strict!" },
  "POST /customers/lookup": { customer_id: "id!" },
  "GET /customers/lookup-by-email": { email: "strict!" },
  "GET /customers/lookup-enriched": { phone: "strict!", include: "text" },
  "GET /customers": { ...PAGING, tier: "text", search: "text" },
  "GET /customers/:id/transactions": { ...PAGING, limit: "strict", offset: "strict", type: "text" },
  "POST /customers/:id/adjust": { points: "strict!", ...REMARKS, reference_id: "text!" },
  "POST /points/earn": { customer_id: "id!", points: "strict", amount: "strict", ...REMARKS },
  "POST /points/redeem": REDEEM,
  "POST /points/commit-redeem": REDEEM,
  "POST /points/preview-redeem": { customer_id: "id!", points: "strict!" },
  "POST /points/reverse": { transaction_id: "text!", reason: "text", ...REMARKS },
  "GET /wallet/balance": BALANCE,
  "POST /wallet/balance": BALANCE,
  "POST /wallet/recalculate": BALANCE,
  "POST /group/create": {
    company_slug: "text!",
    company_name: "text!",
    business_type: "strict!",
  },
  "POST /group/sites/add": {
    site_code: "text!",
    site_name: "text!",
    site_type: "strict!",
    address: "text",
  },
  "POST /vouchers/batches/create": BATCH,
  "POST /vouchers/batches": BATCH,
  "GET /vouchers/batches": PAGING,
  "POST /vouchers/redeem": { customer_id: "id!", code: "text!", purchase_amount: "strict" },
  "POST /vouchers/issue": { customer_id: "id!", batch_id: "id!", delivered_via: "strict" },
});

const PHONE = { phone: "+919876543210" };

const SAMPLES = onBase<Sample>(BASE, {
  "GET /customers/lookup": { path: "/customers/lookup", fields: PHONE },
  "GET /customers/lookup-by-email": {
    path: "/customers/lookup-by-email",
    fields: { email: "ravi@example.com" },
  },
  "GET /customers/lookup-enriched": { path: "/customers/lookup-enriched", fields: PHONE },
  "GET /customers": { path: "/customers" },
  "GET /customers/:id": { path: "/customers/7" },
  "GET /customers/:id/transactions": { path: "/customers/7/transactions" },
  "GET /customers/:id/tier": { path: "/customers/7/tier" },
  "GET /wallet/balance": { path: "/wallet/balance", fields: { customer_id: 7 } },
  "GET /vouchers/batches": { path: "/vouchers/batches" },
  "GET /vouchers/:code": { path: "/vouchers/KIRI-0001" },
  "POST /group/create": {
    path: "/group/create",
    fields: { company_slug: "abc", company_name: "ABC", business_type: "RETAIL" },
  },
});

let signatures = 0;

/** A moment that no other request of this file names, so that no signature comes twice. */
function freshTimestamp(): string {
  signatures += 1;
  const seconds = new Date(Date.now()).toISOString().slice(0, 19);
  return `${seconds}.${500_000_000 + signatures}Z`;
}

function signatureOf({ key, secret }: Till, body: Uint8Array): readonly Header[] {
  const timestamp = freshTimestamp();
  return [
    ["X-API-Key", key],
    ["X-Timestamp", timestamp],
    ["X-Signature", sign("A", secret, timestamp, body)],
  ];
}

async function open(stage: Stage): Promise<Counter> {
  const account = await makeMerchant({ pending: true }, null);
  const founders = {
    live: await makeTill(account, { scopes: ACCOUNT_SCOPES }),
    test: await makeTill(account, { scopes: ACCOUNT_SCOPES, mode: "test" }),
  };
  const samples = Object.entries(SAMPLES).map(
    ([route, sample]) => [route, { ...sample, path: BASE + sample.path }] as const,
  );
  return {
    samples: Object.fromEntries(samples),
    authorize: (route, { body }, mode) =>
      signatureOf(route === GROUP ? founders[mode] : stage[mode].till, body),
  };
}

/** KiriMel: JSON or form, whatever the content type says, signed over the raw body. */
export const kirimelForm: DialectForm = {
  name: "kirimel",
  routes: /^\/api\/loyalty\//,
  answers: (path) => /^\/api\/loyalty(\/|$)/.test(path),
  formats: [jsonBody, formBody],
  closed: false,
  maxBody: 65_536,
  fields: FIELDS,
  guards: () => ["x-api-key", "x-timestamp", "x-signature"],
  refusalFault: (answer) => jsonFault(answer, REFUSAL),
  open,
};
