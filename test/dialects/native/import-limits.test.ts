import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../../src/app.ts";
import { ORIGIN, sendWith } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { countingDatabase, dumpDatabase } from "../../support/http-storage.ts";
import { balanceOf, kirimel, myRestaurant } from "../../support/kirimel/requests.ts";
import {
  ADMIN_TOKEN,
  establish,
  importLines,
  native,
  outcomes,
} from "../../support/native/merchant.ts";
import { expectProblem } from "../../support/native/problems.ts";

const merchant = "myrestaurant";
/** What of a request's queries and calls is kept for its way in and for tries that lost a race. */
const RESERVE = 150;
const MAX_LINE = 65_536;
const MAX_BYTES = 104_857_600;
const PATH = `${ORIGIN}/loyalty/v1/customers/import`;
const HEADERS = { Authorization: `Bearer ${ADMIN_TOKEN}`, "Guerdon-Merchant": merchant };

stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

const encode = (text: string) => new TextEncoder().encode(text);

/** An import whose length is not declared. */
function streamed(body: ReadableStream<Uint8Array>): Request {
  return new Request(PATH, {
    method: "POST",
    headers: HEADERS,
    body,
    duplex: "half",
  } as RequestInit);
}

/** A stream of so many equal chunks, which counts those that were asked for. */
function repeating(chunk: Uint8Array, count: number) {
  const read = { chunks: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (read.chunks === count) return controller.close();
        read.chunks += 1;
        controller.enqueue(chunk.slice());
      },
    },
    { highWaterMark: 0 },
  );
  return { body, read };
}

describe("the lines of an import", () => {
  it("may be any number, each answered and nothing more", async () => {
    const lines = Array.from({ length: 1_500 }, (_, i) =>
      i % 3 === 0 ? "no JSON" : { number: 800_000 + i },
    );
    const answered = await importLines(merchant, lines);
    expect(answered.map(({ line, outcome }) => [line, outcome])).toEqual(
      lines.map((line, i) => [i + 1, line === "no JSON" ? "failed" : "created"]),
    );
  });

  it("are counted with the blank ones, as an editor does", async () => {
    const answer = await native("/customers/import", {
      merchant,
      body: '\n{"number":701}\n \n\nno JSON\n',
    });
    expect(outcomes(answer).map(({ line }) => line)).toEqual([2, 5]);
  });

  it("may each be as long as the limit", async () => {
    const line = '{"number":710}'.padEnd(MAX_LINE, " ");
    expect(await importLines(merchant, [line])).toMatchObject([{ outcome: "created" }]);
  });

  it("must each not be longer; the others are not touched", async () => {
    const long = '{"number":720}'.padEnd(MAX_LINE, " ");
    const answered = await importLines(merchant, [
      { number: 721 },
      `${long} `,
      "x".repeat(1_000_000),
      { number: 722 },
    ]);
    const failed = {
      outcome: "failed",
      error: { code: "validation_failed", errors: [{ pointer: "", code: "too_long" }] },
    };
    const made = { outcome: "created" };
    expect(answered).toMatchObject([made, failed, failed, made]);
    expect((await kirimel("/wallet/balance?customer_id=720")).status).toBe(404);
  });

  it("must be UTF-8, each for itself", async () => {
    const bad = new Uint8Array([...encode('{"number":731,"name":"'), 0xff, ...encode('"}\n')]);
    const body = new Uint8Array([
      ...encode('{"number":730}\n'),
      ...bad,
      ...encode('{"number":732}'),
    ]);
    const request = new Request(PATH, { method: "POST", headers: HEADERS, body });
    expect(outcomes(await sendWith({}, request))).toMatchObject([
      { outcome: "created" },
      { outcome: "failed", error: { code: "invalid_json" } },
      { outcome: "created" },
    ]);
  });
});

describe("an import that would exceed what the platform lets a request do", () => {
  const line = (number: number) => ({
    number,
    balances: [{ unit: "point", lots: [{ amount: "5" }] }],
  });
  const some = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => line(from + i));
  const send = (lines: readonly object[], bindings: Partial<Env>) =>
    native("/customers/import", {
      merchant,
      body: lines.map((each) => JSON.stringify(each)).join("\n"),
      bindings,
    });

  it("ends with the line to go on from, and leaves that and the rest alone", async () => {
    // Only the wallets of those who were there before must be asked.
    await importLines(
      merchant,
      Array.from({ length: 5 }, (_, i) => ({ number: 750 + i })),
    );
    // One way to look up, one to tell, one to what waits, and so many wallets: nobody is made.
    const bindings = { GUERDON_SUBREQUESTS: String(RESERVE + 2 + 1 + 3) } as Partial<Env>;
    const answered = outcomes(await send(some(750, 5), bindings));
    expect(answered.map(({ line: number, outcome }) => [number, outcome])).toEqual([
      [1, "created"],
      [2, "created"],
      [3, "created"],
      [4, "deferred"],
      [5, "deferred"],
    ]);
    expect(await balanceOf(753)).toBe(0);
    const rest = await importLines(merchant, some(753, 2));
    expect(rest.map(({ outcome }) => outcome)).toEqual(["created", "created"]);
  });

  it("defers every line that follows, sound or not", async () => {
    const bindings = { GUERDON_SUBREQUESTS: String(RESERVE + 3) } as Partial<Env>;
    const before = await dumpDatabase();
    const lines = [line(760), { number: "faulty" }, { number: 761 }];
    const answered = outcomes(await send(lines, bindings));
    expect(answered.map(({ outcome }) => outcome)).toEqual(Array(3).fill("deferred"));
    expect(await dumpDatabase()).toBe(before);
  });

  it("spends six queries of D1 on five hundred lines, and calls no wallet", async () => {
    const { database, take } = countingDatabase();
    take();
    await send([{ number: 1_000_000 }], { DB: database });
    const few = take();
    const many = Array.from({ length: 500 }, (_, i) => ({
      number: 1_000_001 + i,
      identifiers: [{ kind: "qr", value: `QR-${i}` }],
      balances: line(0).balances,
    }));
    const WALLETS = new Proxy(env.WALLETS, {
      get: () => {
        throw new Error("a wallet was called");
      },
    });
    const answered = outcomes(await send(many, { DB: database, WALLETS }));
    expect(answered.filter(({ outcome }) => outcome !== "created")).toEqual([]);
    // Of identifiers, openings and copies a statement each; and the batch that carries them all.
    expect(take()).toBeLessThanOrEqual(few + 3);
  });
});

describe("the bytes of an import", () => {
  it("must not be declared too many", async () => {
    const headers = { "Content-Length": String(MAX_BYTES + 1) };
    const answer = await native("/customers/import", { merchant, body: "\n", headers });
    expectProblem(answer, 413, { code: "body_too_large", context: { limit: MAX_BYTES } });
  });

  it.each([
    ["blank lines", "\n".repeat(65_536)],
    ["a line without end", "x".repeat(65_536)],
  ])("are not read without end where they are not declared: %s", async (_, chunk) => {
    const chunks = (4 * MAX_BYTES) / 65_536;
    const { body, read } = repeating(encode(chunk), chunks);
    const answer = await sendWith({}, streamed(body));
    expect(read.chunks).toBeLessThan(chunks / 2);
    expect(outcomes(answer).at(-1)).toMatchObject({
      outcome: "failed",
      error: { code: "body_too_large" },
    });
  });

  it("may be cut anywhere, within a character too", async () => {
    const whole = encode('{"number":740,"name":"早鳥 🐦"}\n{"number":741,"name":"Zoë"}\n');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of whole) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });
    const answer = await sendWith({}, streamed(body));
    expect(outcomes(answer).map(({ outcome }) => outcome)).toEqual(["created", "created"]);
    const found = await kirimel("/customers/lookup?customer_id=740");
    expect(found.body).toMatchObject({ data: { name: "早鳥 🐦" } });
  });

  it("are answered while they are still coming in", async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const ctx = createExecutionContext();
    const writer = writable.getWriter();
    const response = await createApp().fetch(streamed(readable), env, ctx);
    const reader = response.body?.getReader();
    void writer.write(encode("no JSON\n".repeat(20)));
    const first = new TextDecoder().decode((await reader?.read())?.value);
    expect(first.trim().split("\n")).toHaveLength(20);
    void writer.write(encode("no JSON\n")).then(() => writer.close());
    const second = new TextDecoder().decode((await reader?.read())?.value);
    expect(JSON.parse(second)).toMatchObject({ line: 21, outcome: "failed" });
    expect((await reader?.read())?.done).toBe(true);
    await waitOnExecutionContext(ctx);
  });
});
