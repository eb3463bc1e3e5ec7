import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { createApp } from "../../src/app.ts";

/** Host of every request; no test depends on it. */
export const ORIGIN = "http://localhost";

/** A JSON object as it came back. */
export type Json = Readonly<Record<string, unknown>>;

/** An answer that was read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; an empty object when it is none. */
  readonly body: Json;
}

/** Where requests go to: the worker itself, or the application with bindings of a test. */
export type Target = (request: Request) => Promise<Response>;

/** The whole worker. */
export const worker: Target = (request) => exports.default.fetch(request);

/** The application with some bindings replaced; what it defers just runs. */
export function appWith(bindings: Partial<Env>): Target {
  const app = createApp();
  const given = { ...env, ...bindings };
  const ctx = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
  return async (request) => app.fetch(request, given, ctx as unknown as ExecutionContext);
}

/** Sends a request to the whole worker, or to another target. */
export async function send(request: Request, target = worker): Promise<Answer> {
  return read(await target(request));
}

/** Sends a request to the application with other bindings, and waits for what it puts off. */
export async function sendWith(bindings: Partial<Env>, request: Request): Promise<Answer> {
  const ctx = createExecutionContext();
  const response = await createApp().fetch(request, { ...env, ...bindings }, ctx);
  const answer = await read(response);
  await waitOnExecutionContext(ctx);
  return answer;
}

async function read(response: Response): Promise<Answer> {
  const text = new TextDecoder().decode(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

/** The member of a body that must be a text. */
export function textAt(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw new Error(`${name} is no text in ${JSON.stringify(body)}`);
  return value;
}

let addresses = 0;

/** A client address of its own, so that no test meets a limit that another one has used up. */
export function clientAddress(): string {
  addresses += 1;
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
}
