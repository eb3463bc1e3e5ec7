import { routingPath } from "../../../src/http/path.ts";
import type { Counter, DialectForm } from "../dialect-forms.ts";
import { DIALECT_FORMS } from "../dialect-forms.ts";
import type { Answer } from "../http.ts";
import { send } from "../http.ts";
import type { Stage } from "../write-calls.ts";
import { via, WRITE_CALLS } from "../write-calls.ts";
import type { BodyFormat } from "./body-format.ts";
import type { Breakage, Demands } from "./breakage.ts";
import type { Draft, Sample } from "./draft.ts";
import {
  draftOf,
  hasBody,
  sampleOf,
  showRequest,
  toRequest,
  withHeader,
  written,
} from "./draft.ts";
import type { Edit } from "./edits.ts";
import { formBody } from "./form-body.ts";
import type { Route } from "./routes.ts";
import { foreignMethods } from "./routes.ts";

/** A request that was made, and what came back. */
export interface Exchange {
  readonly answer: Answer;
  /** Both as a person reads them. */
  readonly show: () => string;
  /** The dialect whose path it was in the end, and whose form the answer must have. */
  readonly form: DialectForm;
}

type Mode = "live" | "test";

/** How a dialect's fields are written: in a query there is but one way. */
function formatsOf(
  form: DialectForm,
  { name, method }: Pick<Route, "name" | "method">,
): readonly BodyFormat[] {
  if (!hasBody(method)) return [formBody];
  return form.formatsOf?.(name) ?? form.formats;
}

/** What is known of what a route demands. */
export function demandsOf(form: DialectForm, route: Route): Demands {
  const { name, method } = route;
  const streams = form.refusesWithin !== undefined && name.endsWith("/import");
  return {
    method,
    fields: form.fields[name] ?? {},
    formats: formatsOf(form, route),
    closed: form.closed,
    guards: form.guards(name),
    foreignMethods: foreignMethods(route),
    maxBody: streams ? null : form.maxBody,
  };
}

/** A request of the route that succeeds, made anew so that it never repeats one before. */
async function sampleFor(route: Route, stage: Stage, counter: Counter): Promise<Sample> {
  const known = counter.samples[route.name];
  if (known !== undefined) return typeof known === "function" ? known() : known;
  const writing = WRITE_CALLS.find((call) => call.route === route.name);
  if (writing === undefined) return { path: nowhereBelow(route, stage) };
  let last: Request | undefined;
  const keeping = async (request: Request) => {
    last = request;
    return new Response("{}");
  };
  await writing.call(stage, via(stage.test, keeping));
  if (last === undefined) throw new Error(`${route.name} was not called`);
  return sampleOf(last);
}

/** A path below that of a closing route, which none of the others has. */
function nowhereBelow({ pattern }: Route, { slug }: Stage): string {
  return pattern.replace(":slug", slug).replace(/\*$/, "zz-nowhere");
}

function showAnswer({ status, headers, text }: Answer): string {
  return `${status} ${headers.get("Content-Type")}\n${text}`;
}

/** Sends a route's good request, broken or as it is. */
export async function sendTo(
  where: { readonly form: DialectForm; readonly stage: Stage; readonly counter: Counter },
  route: Route,
  given: { readonly breakage: Breakage | null; readonly mode: Mode },
): Promise<Exchange> {
  const { form, stage, counter } = where;
  const { breakage, mode } = given;
  const method = route.method === "ALL" ? "POST" : route.method;
  const [ownFormat] = formatsOf(form, { ...route, method });
  const format = breakage?.format ?? ownFormat;
  if (format === undefined) throw new Error(`${form.name} has no format`);
  const sample = await sampleFor(route, stage, counter);
  const good = draftOf(method, sample, format);
  const edits = breakage?.edits ?? [];
  const apply = (draft: Draft, places: readonly Edit["place"][]): Draft =>
    edits.reduce((now, edit) => (places.includes(edit.place) ? edit.apply(now) : now), draft);
  const changed = apply(written(apply(good, ["members"])), ["document", "request"]);
  const headers = counter.authorize(route.name, changed, mode);
  const authorized = headers.reduce((now, [name, text]) => withHeader(now, name, text), changed);
  const draft = apply(authorized, ["guards"]);
  const request = toRequest(draft);
  const path = routingPath(request);
  const answer = await send(request);
  const answering = DIALECT_FORMS.find(({ answers }) => answers(path)) ?? form;
  const show = () => `${showRequest(request, draft.body)}\n\n${showAnswer(answer)}`;
  return { answer, show, form: answering };
}

const LEAKS = /SQLITE_|D1_ERROR|drizzle|\n\s+at |Error: /;

/** What is wrong with an answer, whatever was asked; null when nothing is. */
export function answerFault({ answer, form }: Exchange): string | null {
  const { status, headers, text, body } = answer;
  if (!headers.get("Request-Id")?.startsWith("req_")) return "it has no request id";
  if (LEAKS.test(text)) return "it tells of the inside";
  if (status >= 400) return form.refusalFault(answer);
  if (status >= 300) return "it sends elsewhere";
  if (form.successFault !== undefined) return form.successFault(answer);
  const isList = headers.get("Content-Type")?.includes("ndjson");
  return isList || Object.keys(body).length > 0 ? null : "its body is no object";
}

/** Whether the request was refused. */
export function isRefusal({ answer, form }: Exchange): boolean {
  return answer.status >= 400 || (answer.status === 200 && form.refusesWithin?.(answer) === true);
}
