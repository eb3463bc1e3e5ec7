import { describe, expect, it } from "vitest";
import {
  decodeUtf8,
  JsonNumber,
  looksLikeJson,
  parseForm,
  parseJson,
  readBody,
} from "../../../src/http/wire/body.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function posted(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  const init = { method: "POST", headers, body, duplex: "half" };
  return new Request("http://host/", init as RequestInit);
}

function chunked(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(bytes(chunk));
      controller.close();
    },
  });
}

describe("reading a body", () => {
  it.each([
    ["nothing", null, ""],
    ["an empty text", "", ""],
    ["a text", "müsli", "müsli"],
    ["one chunk", chunked("one"), "one"],
    ["several chunks", chunked("one", "", "two", "three"), "onetwothree"],
  ])("gives its bytes: %s", async (_, body, text) => {
    const read = await readBody(posted(body), 100);
    expect(read).toEqual({ ok: true, value: bytes(text) });
  });

  it.each([
    ["declared", () => posted("12345")],
    ["in one chunk", () => posted(chunked("12345"))],
    ["in several", () => posted(chunked("12", "345"))],
  ])("takes exactly as many bytes as the limit and not one more, %s", async (_, request) => {
    expect(await readBody(request(), 5)).toEqual({ ok: true, value: bytes("12345") });
    const error = { code: "body_too_large", limit: 4 };
    expect(await readBody(request(), 4)).toEqual({ ok: false, error });
  });

  it("believes a declared length that is too large without reading", async () => {
    const request = posted(chunked("x"), { "Content-Length": "1000" });
    const error = { code: "body_too_large", limit: 10 };
    expect(await readBody(request, 10)).toEqual({ ok: false, error });
    expect(request.bodyUsed).toBe(false);
  });

  it("does not believe a declared length that is too small", async () => {
    const request = posted(chunked("12345"), { "Content-Length": "1" });
    expect((await readBody(request, 4)).ok).toBe(false);
  });
});

describe("bytes as text", () => {
  it("are UTF-8, without a byte order mark", () => {
    expect(decodeUtf8(bytes("Zoë 🐦"))).toBe("Zoë 🐦");
    expect(decodeUtf8(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe("a");
    expect(decodeUtf8(new Uint8Array(0))).toBe("");
  });

  it.each([[[0xff]], [[0xc3]], [[0xc0, 0xaf]], [[0xed, 0xa0, 0x80]], [[0xf5, 0x80, 0x80, 0x80]]])(
    "are none where they are no UTF-8: %j",
    (broken) => {
      expect(decodeUtf8(new Uint8Array(broken))).toBeNull();
    },
  );
});

describe("a JSON document", () => {
  it.each(["50", "-0", "1.50", "1e400", "90071992547409931", "0.1000000000000000055"])(
    "keeps the digits of %s",
    (source) => {
      const parsed = parseJson(`{"a":[${source}]}`);
      expect(parsed).toEqual({ ok: true, value: { a: [new JsonNumber(source)] } });
    },
  );

  it("keeps all that is no number", () => {
    const text = '{"a":"1","b":null,"c":[true,{"d":""}]}';
    expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it.each(["", "{", "{a:1}", "[1,]", "NaN", "\u0000", "[".repeat(100_000)])(
    "that is none is an error",
    (text) => {
      expect(parseJson(text)).toEqual({ ok: false, error: { code: "invalid_json" } });
    },
  );

  it.each(["{", "[", " {", "\r\n\t [", "{}"])("shows in its first character: %j", (text) => {
    expect(looksLikeJson(text)).toBe(true);
  });

  it.each(["", " ", "a={", '"{"', "1", "null", "(", "=["])(
    "does not look like a form: %j",
    (text) => {
      expect(looksLikeJson(text)).toBe(false);
    },
  );
});

describe("a form", () => {
  it.each([
    ["a=1&b=2", { a: "1", b: "2" }],
    ["a=1&a=2", { a: "1" }],
    ["a=&a=2", { a: "" }],
    ["a", { a: "" }],
    ["", {}],
    ["&&", {}],
    ["a=b=c", { a: "b=c" }],
    ["a=x+y&b=x%2By", { a: "x y", b: "x+y" }],
    ["n%C3%A4me=%E6%97%A9", { näme: "早" }],
    ["a=%&b=%4&c=%zz", { a: "%", b: "%4", c: "%zz" }],
    ["a=%ff", { a: "\ufffd" }],
  ])("%j is read as URLs are", (text, fields) => {
    expect({ ...parseForm(text) }).toEqual(fields);
  });

  it.each(["__proto__", "constructor", "toString"])("has no field by itself: %s", (name) => {
    expect(parseForm("a=1")[name]).toBeUndefined();
    expect(parseForm(`${name}=x`)[name]).toBe("x");
  });
});
