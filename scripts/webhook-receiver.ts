import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { localAdminToken } from "./local-settings.ts";

const host = "127.0.0.1";
const maxBodyBytes = 65_536;

/** Bodies of the native API's answers, as far as this script looks at them. */
interface Endpoint {
  readonly id: string;
  readonly secret: string;
}

interface MerchantPage {
  readonly data: readonly { readonly slug: string; readonly demo: boolean }[];
  readonly next_cursor: string | null;
}

/** Registers a receiver for each merchant and prints every event that it verified. */
async function receiveAll(url: string, slugs: readonly string[]): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0)) await one();
  };
  try {
    const merchants = slugs.length > 0 ? slugs : await demoMerchants(url);
    for (const merchant of merchants) stops.push(await receive(url, merchant));
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The merchants that the printed requests of every dialect speak for. */
async function demoMerchants(url: string): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const answer = await callFor(url, null)("GET", `/merchants?limit=100${query}`);
    if (answer.status !== 200) throw await refusal(answer);
    const page = (await answer.json()) as MerchantPage;
    found.push(...page.data.filter(({ demo }) => demo).map(({ slug }) => slug));
    cursor = page.next_cursor;
  }
  if (found.length === 0) throw new Error("there are no demo merchants: name one");
  return found.toReversed();
}

async function receive(url: string, merchant: string): Promise<() => Promise<void>> {
  const call = callFor(url, merchant);
  const verifier = Promise.withResolvers<Webhook>();
  const server = await listen(merchant, verifier.promise);
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  let endpoint: Endpoint;
  try {
    endpoint = await register(call, `http://${host}:${port}/`);
  } catch (error) {
    close();
    throw error;
  }
  verifier.resolve(new Webhook(endpoint.secret));
  process.stdout.write(`receiving the events of ${merchant} as ${endpoint.id}; Ctrl-C ends it\n`);
  return async () => {
    try {
      const path = `/webhook_endpoints/${endpoint.id}`;
      const { headers } = await call("GET", path);
      await call("DELETE", path, { headers: { "If-Match": headers.get("etag") ?? "" } });
    } finally {
      close();
    }
  };
}

type Call = (method: string, path: string, init?: RequestInit) => Promise<Response>;

/** Calls of the native API, for a merchant or for none. */
function callFor(url: string, merchant: string | null): Call {
  return (method, path, init = {}) =>
    fetch(`${url}/loyalty/v1${path}`, {
      ...init,
      method,
      headers: {
        Authorization: `Bearer ${localAdminToken}`,
        ...(merchant === null ? {} : { "Guerdon-Merchant": merchant }),
        "Content-Type": "application/json",
        ...init.headers,
      },
    });
}

async function refusal(answer: Response): Promise<Error> {
  return new Error(`the service answered ${answer.status}: ${await answer.text()}`);
}

async function register(call: Call, url: string): Promise<Endpoint> {
  const body = JSON.stringify({ url, description: "webhook-receiver" });
  const registered = await call("POST", "/webhook_endpoints", { body });
  if (registered.status !== 201) throw await refusal(registered);
  return (await registered.json()) as Endpoint;
}

async function listen(merchant: string, verifier: Promise<Webhook>): Promise<Server> {
  const server = createServer(async (request, response) => {
    const text = await readText(request);
    const event = text === null ? null : verified(await verifier, text, request);
    if (event !== null) process.stdout.write(`${lineOf(merchant, event)}\n`);
    response.writeHead(event === null ? 400 : 204).end();
  });
  server.listen(0, host);
  await once(server, "listening");
  return server;
}

async function readText(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The event, when its signature and its time are right. */
function verified(verifier: Webhook, text: string, request: IncomingMessage): Event | null {
  try {
    return verifier.verify(text, request.headers as Record<string, string>) as Event;
  } catch (error) {
    process.stderr.write(`refused: ${error instanceof Error ? error.message : error}\n`);
    return null;
  }
}

interface Event {
  readonly type: string;
  readonly timestamp: string;
  readonly id: string;
  readonly sequence: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

function lineOf(merchant: string, { type, timestamp, id, sequence, data }: Event): string {
  return `${timestamp}  ${merchant}  ${type}  #${sequence ?? "-"}  ${id}  ${JSON.stringify(data)}`;
}

async function main(): Promise<number> {
  const url = `http://${host}:${process.env.PORT ?? "8787"}`;
  const stopping = new AbortController();
  const stopped = once(stopping.signal, "abort");
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => stopping.abort());
  try {
    const stop = await receiveAll(url, process.argv.slice(2));
    await stopped;
    await stop();
    return 0;
  } catch (error) {
    const unreachable = error instanceof TypeError ? `is the service running at ${url}? ` : "";
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${unreachable}${reason}\n`);
    return 1;
  }
}

process.exitCode = await main();
