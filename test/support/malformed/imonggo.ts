import type { Counter, DialectForm } from "../dialect-forms.ts";
import type { Answer } from "../http.ts";
import { GOLD } from "../imonggo/members.ts";
import type { Stage } from "../write-calls.ts";
import { parseXml } from "../xml-document.ts";
import type { BodyFormat } from "./body-format.ts";
import type { Sample } from "./draft.ts";
import { jsonBody } from "./json-body.ts";
import type { Fields } from "./values.ts";
import { xmlBody } from "./xml-body.ts";

const EXTENSIONS = ["", ".xml", ".json"];

/** A table by routes, each of which has extensions but for those that name a record. */
const inFormats = <T>(table: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([route, value]) => {
      const extensions = route.endsWith(":id") ? [""] : EXTENSIONS;
      return extensions.map((extension) => [`${route.replace(" ", " /api")}${extension}`, value]);
    }),
  );

const LIST: Fields = {
  page: "strict",
  per_page: "strict",
  before: "strict",
  after: "strict",
  from: "strict",
  to: "strict",
};

const FIELDS: Readonly<Record<string, Fields>> = {
  ...inFormats<Fields>({
    "GET /branches": LIST,
    "GET /customer_types": LIST,
    "GET /customers": { ...LIST, q: "strict" },
    // Texts of a customer are cut, whatever they are, and never refused.
    "POST /customers": { name: "any!" },
    "GET /invoices": { ...LIST, q: "strict", branch_id: "strict" },
    "POST /invoices": { invoice_lines: "strict!" },
    // These refuse nothing: texts are cut, and what nobody knows is left out.
    "PUT /customers/:id": {},
    "DELETE /customers/:id": {},
    "DELETE /invoices/:id": {},
    "POST /rewards": { q: "strict!", customer_id: "id!", amount: "strict!" },
    "GET /tokens": { email: "id!", password: "id!" },
  }),
  "GET /system/api_url": { account_id: "id!" },
};

/** Calls that nobody needs a token for. */
const isOpen = (route: string): boolean => / \/(api\/tokens|system\/)/.test(route);

function samplesOf({ slug, cafe, store }: Stage): Readonly<Record<string, Sample>> {
  const { username: email, password } = cafe.cashier;
  const tokens = { email, password };
  const invoice = { path: `/api/invoices/${store.invoice}` };
  const lines = [{ product_id: 5, quantity: 1, retail_price: 9 }];
  const spending = { q: "spend", customer_id: store.spender, amount: "0.01" };
  const paths = {
    "GET /branches": { path: "/api/branches" },
    "GET /branches/:id": { path: "/api/branches/1.json" },
    "GET /branch/:id": { path: "/api/branch/1.xml" },
    "GET /customer_types": { path: "/api/customer_types" },
    "GET /customer_types/:id": { path: `/api/customer_types/${GOLD}` },
    "GET /customers": { path: "/api/customers" },
    "POST /customers": { path: "/api/customers", fields: { name: "New" } },
    "PUT /customers/:id": { path: "/api/customers/7", fields: { remark: "Put" } },
    "GET /customers/:id": { path: "/api/customers/7.json" },
    "DELETE /customers/:id": { path: "/api/customers/7" },
    "GET /invoices": { path: "/api/invoices" },
    "POST /invoices": { path: "/api/invoices", fields: { invoice_lines: lines } },
    "GET /invoices/:id": invoice,
    "DELETE /invoices/:id": invoice,
    "POST /rewards": { path: "/api/rewards", fields: spending },
    "GET /tokens": { path: "/api/tokens", fields: tokens },
  };
  const samples = Object.entries(inFormats<Sample>(paths)).map(([route, sample]) => {
    const [extension = ""] = /\.(?:xml|json)$/.exec(route) ?? [];
    return [route, { ...sample, path: sample.path + extension }] as const;
  });
  return {
    ...Object.fromEntries(samples),
    "GET /system/api_url": { path: "/system/api_url", fields: { account_id: slug } },
    "ALL /api/*": { path: "/api/products.xml" },
  };
}

async function open(stage: Stage): Promise<Counter> {
  return {
    samples: samplesOf(stage),
    authorize: (route, _draft, mode) => {
      if (isOpen(route)) return [];
      // Without a password behind it, so that a token that is cut is none.
      return [["Authorization", `Basic ${btoa(stage[mode].store.token)}`]];
    },
  };
}

const STATUSES = [401, 403, 404, 405, 422, 503];

/** What is wrong with a refusal, in either format or as the text where the API's place is told. */
function refusalFault({ status, headers, text, body }: Answer): string | null {
  if (!STATUSES.includes(status)) return `there is no refusal of status ${status}`;
  const type = headers.get("Content-Type") ?? "";
  if (type === "text/plain; charset=UTF-8" && status === 404) {
    return text === "Not Found" ? null : "its text is another";
  }
  if (type === "application/json; charset=utf-8") {
    const isError = Object.keys(body).join() === "error" && typeof body.error === "string";
    return isError && body.error !== "" ? null : "its JSON is no error";
  }
  if (type !== "application/xml; charset=utf-8") return `its content type is ${type}`;
  const { name, children } = parseXml(text);
  const isErrors = name === "errors" && children.length > 0;
  const areTexts = children.every((error) => error.name === "error" && error.text !== "");
  return isErrors && areTexts ? null : "its XML is no list of errors";
}

/** What is wrong with a success: it is XML, JSON, or the place of the API. */
function successFault({ headers, text, body }: Answer): string | null {
  const type = headers.get("Content-Type") ?? "";
  if (type.startsWith("application/xml")) return parseXml(text) && null;
  if (type.startsWith("text/plain")) return /^https?:\/\/[^/]+$/.test(text) ? null : "no place";
  return text === "[]" || Object.keys(body).length > 0 ? null : "its body is nothing";
}

/** Whether a path is a resource of Imonggo's, or a name with an extension, or tells the place. */
function answers(path: string): boolean {
  const [, root, first = "", ...below] = path.split("/");
  if (root === "system") return first === "api_url" && below.length === 0;
  const name = first.replace(/\.(xml|json)$/, "");
  return root === "api" && (RESOURCES.includes(name) || (name !== first && below.length === 0));
}

/** Resources that are served, and one that is not. */
const RESOURCES = [
  "branches",
  "branch",
  "customers",
  "customer_types",
  "invoices",
  "products",
  "rewards",
  "tokens",
];

/** A body has the format that its path says, or either. */
function formatsOf(route: string): readonly BodyFormat[] {
  if (route.endsWith(".xml")) return [xmlBody("record")];
  return route.endsWith(".json") ? [jsonBody] : [xmlBody("record"), jsonBody];
}

/** Imonggo: XML or JSON, as the path says; a token as the name of Basic authentication. */
export const imonggoForm: DialectForm = {
  name: "imonggo",
  routes: /^\/(?:api\/(?:branch|customer|invoice|reward|token|\*)|system\/)/,
  answers,
  formats: [xmlBody("record"), jsonBody],
  formatsOf,
  closed: false,
  maxBody: 262_144,
  fields: FIELDS,
  guards: (route) => (isOpen(route) ? [] : ["authorization"]),
  refusalFault,
  successFault,
  open,
};
