import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../../src/app.ts";
import { ORIGIN, sendWith } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { dumpDatabase } from "../../support/http-storage.ts";
import { kirimel, myRestaurant } from "../../support/kirimel/requests.ts";
import {
  ADMIN_TOKEN,
  establish,
  importLines,
  native,
  outcomes,
} from "../../support/native/merchant.ts";
import { expectProblem } from "../../support/native/problems.ts";

const merchant = "myrestaurant";
const MAX_LINES = 1_000;
const MAX_LINE = 65_536;
const MAX_BYTES = 10_485_760;
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
  it("may be a thousand, each answered and nothing more", async () => {
    const answered = await importLines(merchant, Array(MAX_LINES).fill("no JSON"));
    expect(answered).toHaveLength(MAX_LINES);
    expect(answered.map(({ line }) => line)).toEqual(
      Array.from({ length: MAX_LINES }, (_, i) => i + 1),
    );
  });

  it("must not be one more; the rest is left alone", async () => {
    const before = await dumpDatabase();
    const lines = [...Array(MAX_LINES).fill("no JSON"), { number: 700 }, { number: 701 }];
    const answered = await importLines(merchant, lines);
    expect(answered).toHaveLength(MAX_LINES + 1);
    expect(answered.at(-1)).toMatchObject({
      line: MAX_LINES + 1,
      outcome: "failed",
      error: { code: "validation_failed", errors: [{ pointer: "", code: "too_many_lines" }] },
    });
    expect(await dumpDatabase()).toBe(before);
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

describe("the bytes of an import", () => {
  it("must not be declared too many", async () => {
    const body = "\n".repeat(MAX_BYTES + 1);
    const answer = await native("/customers/import", { merchant, body });
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
