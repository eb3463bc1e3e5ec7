import type { Answer } from "../http.ts";
import { clientAddress, ORIGIN, send, sendWith } from "../http.ts";

/** The deployment's admin token under test. */
export const ADMIN_TOKEN = "dev_admin_token";

/** A call of the native API; `merchant` is what the header `Guerdon-Merchant` names. */
export interface NativeCall {
  readonly method?: string;
  readonly merchant?: string | null;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: object | string;
  /** Bindings that replace the deployment's own. */
  readonly bindings?: Partial<Env>;
}

/** Calls the native API as its admin. */
export async function native(path: string, call: NativeCall = {}): Promise<Answer> {
  const { body, bindings, token = ADMIN_TOKEN, merchant = null } = call;
  const text = typeof body === "object" ? JSON.stringify(body) : body;
  const request = new Request(`${ORIGIN}/loyalty/v1${path}`, {
    method: call.method ?? (text === undefined ? "GET" : "POST"),
    headers: {
      "CF-Connecting-IP": clientAddress(),
      ...(text === undefined ? {} : { "Content-Type": "application/json" }),
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(merchant === null ? {} : { "Guerdon-Merchant": merchant }),
      ...call.headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  return bindings === undefined ? send(request) : sendWith(bindings, request);
}

/** Makes an object that must come into being; answers its body. */
export async function create(path: string, body: object, merchant?: string): Promise<Answer> {
  const answer = await native(path, { body, merchant: merchant ?? null });
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  return answer;
}

/** One line of an import's answer. */
export interface Outcome {
  readonly line: number;
  readonly outcome: "created" | "unchanged" | "failed" | "deferred";
  readonly customer?: string;
  readonly error?: Readonly<Record<string, unknown>>;
}

/** Sends lines as NDJSON; a text is a line as it stands. */
export async function importLines(
  merchant: string,
  lines: readonly (object | string)[],
): Promise<Outcome[]> {
  const body = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`);
  const headers = { "Content-Type": "application/x-ndjson" };
  const answer = await native("/customers/import", { body: body.join(""), merchant, headers });
  if (answer.status !== 200) throw new Error(`import: ${answer.status} ${answer.text}`);
  return outcomes(answer);
}

/** The lines of an import's answer. */
export function outcomes(answer: Answer): Outcome[] {
  const lines = answer.text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Outcome);
}

/** A merchant with all that its tills need, in the words of the native API. */
export interface Setup {
  readonly merchant: { readonly slug: string } & Readonly<Record<string, unknown>>;
  readonly sites?: readonly object[];
  readonly program?: object;
  readonly keys?: readonly object[];
  readonly customers?: readonly object[];
}

/** Brings a merchant into being through the native API, as the demo loader does. */
export async function establish(setup: Setup): Promise<void> {
  const { merchant, sites = [], program, keys = [], customers = [] } = setup;
  const { slug } = merchant;
  await create("/merchants", merchant);
  for (const site of sites) await create("/sites", site, slug);
  if (program !== undefined) await create("/programs", program, slug);
  for (const key of keys) await create("/keys", key, slug);
  if (customers.length === 0) return;
  const made = await importLines(slug, customers);
  const failed = made.filter((line) => line.outcome === "failed");
  if (failed.length > 0) throw new Error(`import: ${JSON.stringify(failed)}`);
}

/** 31 December of next year, when what is earned today is still good. */
export function nextYearEnd(): string {
  return `${new Date(Date.now()).getUTCFullYear() + 1}-12-31`;
}
