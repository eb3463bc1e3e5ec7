import { ulid } from "ulid";
import * as z from "zod";
import type { Counter, DialectForm } from "../dialect-forms.ts";
import type { Answer } from "../http.ts";
import { ORIGIN, send } from "../http.ts";
import { makeMerchant } from "../kirimel/till.ts";
import { ADMIN_TOKEN } from "../native/merchant.ts";
import type { Stage } from "../write-calls.ts";
import type { Header, Sample } from "./draft.ts";
import { jsonFault } from "./json-answers.ts";
import { jsonBody } from "./json-body.ts";
import { onBase } from "./route-tables.ts";
import type { Fields } from "./values.ts";

const BASE = "/loyalty/v1";

const problemMembers = {
  type: z.string().startsWith("https://guerdon.dev/errors/"),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.string().regex(/^[a-z_]+$/),
  retryable: z.boolean(),
  errors: z
    .array(z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string().min(1) }))
    .min(1)
    .optional(),
  context: z.record(z.string(), z.unknown()).optional(),
};

const STATUSES = [400, 401, 403, 404, 405, 409, 410, 412, 413, 422, 428, 429];

function refusalFault(answer: Answer): string | null {
  return jsonFault(answer, {
    contentType: "application/problem+json",
    statuses: STATUSES,
    body: z.strictObject({
      ...problemMembers,
      status: z.literal(answer.status),
      instance: z.string().startsWith("/"),
      request_id: z.literal(answer.headers.get("Request-Id") ?? ""),
    }),
  });
}

const failedLine = z.strictObject({
  line: z.int().min(1),
  outcome: z.literal("failed"),
  error: z.strictObject({ ...problemMembers, status: z.int().min(400).max(499) }),
});

/** An import answers each line by itself. */
function refusesWithin({ headers, text }: Answer): boolean {
  if (!headers.get("Content-Type")?.startsWith("application/x-ndjson")) return false;
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.every((line) => failedLine.safeParse(JSON.parse(line)).success);
}

const LIST: Fields = { limit: "strict", cursor: "text" };
const NUMBERED: Fields = { limit: "strict", cursor: "strict" };

const FIELDS = onBase<Fields>(BASE, {
  "POST /merchants": {
    slug: "text!",
    name: "text!",
    currency: "strict!",
    time_zone: "strict!",
    business_type: "strict",
  },
  "GET /merchants": LIST,
  "PATCH /merchants/:merchant": { message_gateway: "strict!" },
  "POST /sites": { code: "text!", name: "text!", kind: "strict" },
  "GET /sites": LIST,
  "POST /programs": { name: "text!", earning: "strict!" },
  "GET /programs": LIST,
  "POST /voucher_series": {
    name: "text!",
    kind: "strict!",
    value: "strict!",
    min_purchase: "strict",
    valid_until: "strict",
    image_url: "strict",
    life_days: "strict",
  },
  "GET /voucher_series": LIST,
  "POST /voucher_series/:id/vouchers": { codes: "any!", valid_from: "strict" },
  "POST /customer_types": {
    name: "text!",
    number: "strict",
    discount_percent: "strict",
    earn_amount: "strict",
    points_per_unit: "strict",
  },
  "GET /customer_types": LIST,
  "POST /membership_programs": { key: "text!", label: "text!", years: "strict" },
  "GET /membership_programs": LIST,
  "POST /keys": { name: "text!", dialect: "strict!", mode: "strict", expires_at: "strict" },
  "GET /keys": LIST,
  "POST /keys/:id/revoke": {},
  "POST /keys/:id/rotate": { overlap_seconds: "strict" },
  "POST /staff": { username: "text!", password: "text!", name: "text!", default_site: "text" },
  "GET /staff": LIST,
  "PATCH /staff/:id": { name: "text", password: "text", default_site: "text", disabled: "strict" },
  "POST /staff/:id/end_tokens": {},
  "POST /webhook_endpoints": { url: "strict!", description: "text" },
  "GET /webhook_endpoints": LIST,
  "PATCH /webhook_endpoints/:id": { description: "text", url: "strict" },
  "DELETE /webhook_endpoints/:id": {},
  "POST /webhook_endpoints/:id/ping": {},
  "POST /webhook_endpoints/:id/rotate_secret": {},
  "GET /webhook_endpoints/:id/deliveries": LIST,
  "POST /webhook_endpoints/:id/resend": { event: "text!" },
  "POST /webhook_endpoints/:id/replay": { since: "strict!" },
  "GET /events": { limit: "strict", after_seq: "strict", types: "text" },
  "GET /messages": LIST,
  "GET /customers": NUMBERED,
  "PATCH /customers/:id": {
    name: "text",
    email: "strict",
    phone: "strict",
    birth_date: "strict",
    status: "strict",
  },
  "DELETE /customers/:id": {},
  "POST /customers/:id/memberships": { program: "text!", years: "strict" },
  "DELETE /customers/:id/memberships/:membership": {},
  "GET /customers/:id/entries": NUMBERED,
  "GET /bills": LIST,
  "GET /customers/:id/bills": LIST,
  "POST /customers/import": { number: "strict", name: "text", birth_date: "strict" },
});

const MERCHANTS = /^\w+ \/loyalty\/v1\/merchants/;
/** What only the deployment's admin may. */
const ADMINS = /^\w+ \/loyalty\/v1\/(projection|messages|programs$)/;
const CONDITIONAL = /^(?:(?:PATCH|DELETE) \/loyalty\/v1\/webhook_endpoints|PATCH .*\/merchants)/;

function guards(route: string): readonly string[] {
  return [
    "authorization",
    ...(ADMINS.test(route) ? ["guerdon-merchant"] : []),
    ...(CONDITIONAL.test(route) ? ["if-match"] : []),
  ];
}

/** Paths that need nothing but to be called. */
const PLAIN = [
  "/merchants",
  "/sites",
  "/programs",
  "/voucher_series",
  "/customer_types",
  "/membership_programs",
  "/keys",
  "/staff",
  "/webhook_endpoints",
  "/events",
  "/projection/rebuild",
  "/messages",
  "/customers",
  "/bills",
];

function samplesOn(stage: Stage): Record<string, Sample> {
  const { slug, endpoint, event, customer, access } = stage;
  const plain = PLAIN.map((path) => [`GET ${path}`, { path: BASE + path }] as const);
  return onBase<Sample>(BASE, {
    ...Object.fromEntries(plain),
    "POST /merchants": {
      path: `${BASE}/merchants`,
      fields: {
        slug: `m-${ulid().toLowerCase()}`,
        name: "M",
        currency: "EUR",
        time_zone: "Europe/Berlin",
      },
    },
    "GET /merchants/:merchant": { path: `${BASE}/merchants/${slug}` },
    "POST /programs": {
      path: `${BASE}/programs`,
      fields: { name: "P", earning: { rate: "1" } },
    },
    "GET /webhook_endpoints/:id": { path: `${BASE}/webhook_endpoints/${endpoint}` },
    "GET /webhook_endpoints/:id/deliveries": {
      path: `${BASE}/webhook_endpoints/${endpoint}/deliveries`,
    },
    "GET /events/:id/deliveries": { path: `${BASE}/events/${event}/deliveries` },
    "POST /projection/rebuild": { path: `${BASE}/projection/rebuild` },
    "GET /keys/:id": { path: `${BASE}/keys/${access.key}` },
    "GET /staff/:id": { path: `${BASE}/staff/${access.person}` },
    "GET /customers/:id": { path: `${BASE}/customers/${customer}` },
    "GET /customers/:id/entries": { path: `${BASE}/customers/${customer}/entries` },
    "GET /customers/:id/memberships": { path: `${BASE}/customers/${customer}/memberships` },
    "GET /customers/:id/bills": { path: `${BASE}/customers/${customer}/bills` },
  });
}

/** Names the state that the merchant is in. */
async function changeOf(slug: string): Promise<Sample> {
  const path = `${BASE}/merchants/${slug}`;
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
  const { headers: answered } = await send(new Request(`${ORIGIN}${path}`, { headers }));
  const etag = answered.get("ETag") ?? "";
  return { path, fields: { message_gateway: null }, headers: [["If-Match", etag]] };
}

async function open(stage: Stage): Promise<Counter> {
  // The stage's own merchant has its one programme.
  const newcomer = await makeMerchant({}, null);
  const admin: Header = ["Authorization", `Bearer ${ADMIN_TOKEN}`];
  return {
    samples: {
      ...samplesOn(stage),
      [`PATCH ${BASE}/merchants/:merchant`]: () => changeOf(newcomer),
    },
    authorize: (route, _draft, mode) => {
      if (MERCHANTS.test(route)) return [admin];
      const named = route.startsWith("POST") && route.endsWith("/programs") ? newcomer : stage.slug;
      if (ADMINS.test(route)) return [admin, ["Guerdon-Merchant", named]];
      return [["Authorization", `Bearer ${stage[mode].native}`]];
    },
  };
}

/** The native API: JSON, strict; and every path that is no dialect's. */
export const nativeForm: DialectForm = {
  name: "native",
  routes: /^\/(loyalty\/v1\/|\*$)/,
  answers: () => true,
  formats: [jsonBody],
  closed: true,
  maxBody: 262_144,
  fields: FIELDS,
  guards,
  refusalFault,
  refusesWithin,
  open,
};
