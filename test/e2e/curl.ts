import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text as textOf } from "node:stream/consumers";

/** What a curl command says, once a shell has read it. */
export interface CurlCommand {
  readonly method: string;
  /** As `-H` has them: name and value with a colon between. */
  readonly headers?: readonly string[];
  /** As `-d` has it. */
  readonly data?: string;
}

/** What curl would print with `-i`. */
export interface CurlAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/**
 * Sends what curl would send: the path as it is written, double slashes and all, the headers in
 * their spelling, and data with any method, as a form unless a header says otherwise.
 */
export async function curl(url: string, command: CurlCommand): Promise<CurlAnswer> {
  const { method, headers = [], data } = command;
  const [, origin = "", path = "/"] = /^(https?:\/\/[^/]+)(.*)$/.exec(url) ?? [];
  const { hostname, port } = new URL(origin);
  const sent = request({ hostname, port, method, path });
  if (data !== undefined) {
    sent.setHeader("Content-Type", "application/x-www-form-urlencoded");
    sent.setHeader("Content-Length", Buffer.byteLength(data));
  }
  for (const header of headers) {
    const colon = header.indexOf(":");
    sent.setHeader(header.slice(0, colon), header.slice(colon + 1).trim());
  }
  sent.end(data);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, text: await textOf(answer) };
}
