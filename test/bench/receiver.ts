import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";

/** An event as it was delivered, with a true signature. */
export interface Delivered {
  readonly id: string;
  readonly type: string;
  readonly sequence?: number | null;
  readonly data: Readonly<Record<string, unknown>> & { readonly customer?: string };
}

/** A webhook receiver on this machine. */
export interface Receiver {
  readonly url: string;
  /** Every delivery in the order of arrival, repeats included. */
  readonly deliveries: readonly Delivered[];
  /** Deliveries whose signature did not match; none should. */
  readonly forged: readonly string[];
  /** The secret is only known when the endpoint has been made. */
  expect(secret: string): void;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const deliveries: Delivered[] = [];
  const forged: string[] = [];
  let key: Buffer | null = null;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (key !== null && isSigned(request, body, key)) deliveries.push(JSON.parse(body));
    else forged.push(body);
    response.end("ok");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listens on no port");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    deliveries,
    forged,
    expect: (secret) => {
      key = Buffer.from(secret.replace("whsec_", ""), "base64");
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function isSigned({ headers }: IncomingMessage, body: string, key: Buffer): boolean {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return String(headers["webhook-signature"])
    .split(" ")
    .map((signature) => Buffer.from(signature.replace("v1,", ""), "base64"))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}
