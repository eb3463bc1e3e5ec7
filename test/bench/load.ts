import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What a round of load came to. */
export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  readonly rps: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
}

/** How a round is driven. */
export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly milliseconds: number;
  /** The bytes of the n-th request; cheap, so that the client is not what is measured. */
  readonly request: (n: number) => Buffer;
  /** At most so many requests, where there are not more. */
  readonly limit?: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/**
 * Sends one request after the other on each of some kept connections. An answer that is no success
 * ends the round: a refused request is cheap, and would be taken for a fast one.
 */
export async function drive(load: Load): Promise<Measured> {
  const { hostname, port } = new URL(load.url);
  const opening = Array.from({ length: load.connections }, async () => {
    const socket = connect(Number(port), hostname).setNoDelay(true);
    await once(socket, "connect");
    return socket;
  });
  const sockets = await Promise.all(opening);
  const start = performance.now();
  const until = start + load.milliseconds;
  const took: number[] = [];
  let sent = 0;
  const next = (): Buffer | null => {
    if (performance.now() >= until || sent >= (load.limit ?? Number.POSITIVE_INFINITY)) return null;
    sent += 1;
    return load.request(sent - 1);
  };
  try {
    await Promise.all(sockets.map((socket) => converse(socket, next, took)));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  return summary(took, (performance.now() - start) / 1000);
}

function summary(took: number[], seconds: number): Measured {
  took.sort((a, b) => a - b);
  const percentile = (share: number): number =>
    round(took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0);
  return {
    requests: took.length,
    seconds: round(seconds),
    rps: round(took.length / seconds),
    p50_ms: percentile(0.5),
    p95_ms: percentile(0.95),
    p99_ms: percentile(0.99),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function converse(socket: Socket, next: () => Buffer | null, took: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    let sentAt = 0;
    const send = (): void => {
      const bytes = next();
      if (bytes === null) {
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(bytes);
    };
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the connection was closed")));
    socket.on("data", (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (!isWhole(received)) return;
      const status = received.toString("latin1", 9, 12);
      if (!status.startsWith("2")) {
        reject(new Error(received.toString()));
        return;
      }
      took.push(performance.now() - sentAt);
      received = Buffer.alloc(0);
      send();
    });
    send();
  });
}

/** Whether an answer is there to its end; never more than one is under way on a connection. */
function isWhole(received: Buffer): boolean {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd === -1) return false;
  const head = received.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const begin = headEnd + HEAD_END.length;
  if (length !== undefined) return received.length >= begin + Number(length);
  return received.subarray(begin).subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
}
