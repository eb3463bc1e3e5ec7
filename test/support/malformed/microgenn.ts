import * as z from "zod";
import { isReservedSlug } from "../../../src/services/merchants/merchants.ts";
import type { DialectForm } from "../dialect-forms.ts";
import { formBody } from "./form-body.ts";
import { jsonFault } from "./json-answers.ts";
import { jsonBody } from "./json-body.ts";

const REFUSAL = {
  contentType: "application/json; charset=utf-8",
  statuses: [400, 401, 403, 404, 405, 429],
  body: z.strictObject({ error: z.string().min(1), sandbox: z.literal(true).optional() }),
};

const SLUG = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/i;

/** Whatever stands where a tenant's slug stands, if it could be one. */
function answers(path: string): boolean {
  const [, segment = ""] = /^\/api\/([^/]+)/.exec(path) ?? [];
  const slug = decodeParameter(segment);
  return SLUG.test(slug) && !isReservedSlug(slug);
}

/** A parameter is decoded by itself, also where the path as a whole could not be. */
function decodeParameter(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Microgenn: JSON or, if the content type says so, a form; a key of the tenant in the path. */
export const microgennForm: DialectForm = {
  name: "microgenn",
  routes: /^\/api\/:slug\//,
  answers,
  formats: [jsonBody, formBody],
  closed: false,
  maxBody: 262_144,
  fields: {
    "GET /api/:slug/pos/customer": { mobile: "strict!", name: "text" },
    "POST /api/:slug/pos/bill": {
      mobile: "strict!",
      amount: "strict!",
      external_ref: "text",
      name: "text",
    },
    "POST /api/:slug/pos/coupon/redeem": { code: "text!" },
    "POST /api/:slug/pos/otp/send": { mobile: "strict!", purpose: "strict" },
    "POST /api/:slug/pos/otp/verify": { mobile: "strict!", otp: "text!" },
    "POST /api/:slug/pos/points/redeem": {
      mobile: "strict!",
      points: "strict!",
      otp: "text!",
      external_ref: "text",
    },
  },
  guards: () => ["x-api-key"],
  refusalFault: (answer) => jsonFault(answer, REFUSAL),
  open: async (stage) => ({
    samples: {},
    authorize: (_route, _draft, mode) => [["X-API-Key", stage[mode].hotel.live]],
  }),
};
