import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importFile } from "../../scripts/import-file.ts";

let folder: string;
let server: Server;
/** Lines of every request. */
let requests: string[][];
/** Answers in turn, and then as the service does. */
let answers: ((response: ServerResponse, lines: readonly string[]) => void)[];

const outcome = (line: number, what: string) => `${JSON.stringify({ line, outcome: what })}\n`;

/** What the service answers to lines, up to the one that is deferred. */
function outcomesOf(lines: readonly string[], deferred = Number.POSITIVE_INFINITY): string {
  const told = lines.map((line, i) => {
    if (line.trim() === "") return "";
    if (i >= deferred) return outcome(i + 1, "deferred");
    return outcome(i + 1, line.includes("bad") ? "failed" : "created");
  });
  return told.join("");
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "guerdon-import-"));
  [requests, answers] = [[], []];
  server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const lines = Buffer.concat(chunks).toString().split("\n");
    if (lines.at(-1) === "") lines.pop();
    requests.push(lines);
    const answer = answers.shift();
    if (answer === undefined) response.end(outcomesOf(lines));
    else answer(response, lines);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(lines: readonly string[], more: object = {}) {
  const file = join(folder, "customers.ndjson");
  await writeFile(file, lines.map((line) => `${line}\n`).join(""));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return importFile({ file, url, token: "x", merchant: "m", part: 4, retryMs: 1, ...more });
}

const kept = (ending: string) =>
  readFile(join(folder, `customers.ndjson.${ending}`), "utf8").catch(() => null);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `{"n":${i + 1}}`);

describe("a file that is imported", () => {
  it("is sent in parts, each line once, and leaves nothing beside it", async () => {
    const lines = numbered(10);
    expect(await run(lines)).toEqual({ next: 11, created: 10, unchanged: 0, failed: 0 });
    expect(requests.map((sent) => sent.length)).toEqual([4, 4, 2]);
    expect(requests.flat()).toEqual(lines);
    expect([await kept("position"), await kept("failed")]).toEqual([null, null]);
  });

  it("goes on by itself from the line that was deferred", async () => {
    answers.push((response, lines) => response.end(outcomesOf(lines, 2)));
    const lines = numbered(6);
    expect(await run(lines)).toMatchObject({ next: 7, created: 6 });
    expect(requests).toEqual([lines.slice(0, 4), lines.slice(2, 4), lines.slice(4)]);
  });

  it("goes on after a cut connection from the line whose outcome is missing", async () => {
    answers.push((response) => {
      response.write(outcome(1, "created") + outcome(2, "created"), () => response.destroy());
    });
    expect(await run(numbered(4))).toMatchObject({ next: 5, created: 4 });
    expect(requests.at(-1)).toEqual(['{"n":3}', '{"n":4}']);
  });

  it.each([429, 503])("waits and tries again after %i", async (status) => {
    answers.push((response) => response.writeHead(status, { "Retry-After": "0" }).end("{}"));
    expect(await run(numbered(2))).toMatchObject({ created: 2 });
    expect(requests).toHaveLength(2);
  });

  it("keeps the lines that failed under their numbers, blank ones counted", async () => {
    const lines = ["", '{"n":2}', "bad", "", "bad"];
    expect(await run(lines)).toMatchObject({ next: 6, created: 1, failed: 2 });
    expect(await kept("failed")).toBe('{"line":3}\n{"line":5}\n');
  });

  it("begins at a line that is named", async () => {
    expect(await run(numbered(6), { from: 5 })).toMatchObject({ next: 7, created: 2 });
    expect(requests).toEqual([['{"n":5}', '{"n":6}']]);
  });
});

describe("an import of a file that was ended", () => {
  const refuse = (response: ServerResponse) =>
    response.writeHead(401).end('{"code":"key_unknown"}');

  it("goes on where it was when it is called again", async () => {
    answers.push((response, lines) => response.end(outcomesOf(lines)), refuse);
    const lines = numbered(9);
    await expect(run(lines)).rejects.toThrow("answered with 401");
    expect(JSON.parse((await kept("position")) ?? "")).toMatchObject({ next: 5, created: 4 });
    requests = [];
    expect(await run(lines)).toEqual({ next: 10, created: 9, unchanged: 0, failed: 0 });
    expect(requests.flat()).toEqual(lines.slice(4));
  });

  it("is not gone on with where the file has changed meanwhile", async () => {
    answers.push((response, lines) => response.end(outcomesOf(lines)), refuse);
    await expect(run(numbered(9))).rejects.toThrow("answered with 401");
    await expect(run(numbered(8))).rejects.toThrow("--from");
  });

  it("gives up where every line is deferred, and where nothing answers", async () => {
    const defer = (response: ServerResponse, lines: readonly string[]) =>
      void response.end(outcomesOf(lines, 0));
    answers.push(...Array(8).fill(defer));
    await expect(run(numbered(2))).rejects.toThrow("defers every line");
    await expect(run(numbered(2), { url: "http://127.0.0.1:1" })).rejects.toThrow("reached");
  });
});
