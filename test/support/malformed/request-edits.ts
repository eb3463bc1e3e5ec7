import * as fc from "fast-check";
import type { Draft } from "./draft.ts";
import { withHeader } from "./draft.ts";
import type { Edit } from "./edits.ts";

const onRequest = (what: string, apply: (draft: Draft) => Draft): Edit => ({
  what,
  place: "request",
  apply,
});

/** Sends it with another method. */
export function withMethod(method: string): Edit {
  return onRequest(`as ${method}`, (draft) => ({ ...draft, method }));
}

const MEDIA_TYPES = [
  "",
  "text/xml",
  "application/json; charset=utf-16",
  "application/x-www-form-urlencoded",
  "application/json",
  "multipart/form-data",
  "multipart/form-data; boundary=x",
  "application/octet-stream",
  ";;;",
  "x".repeat(5_000),
];

/** Headers that nothing should hang on, with texts that none of them should have. */
const ODD_HEADERS: readonly (readonly [string, readonly string[]])[] = [
  ["Content-Encoding", ["gzip", "br", "identity, gzip", "zz"]],
  ["Content-Length", ["-1", "abc", "0", "1", "1e400", "99999999999999999999", " ", "0x10"]],
  ["Transfer-Encoding", ["chunked", "gzip", "zz"]],
  ["Accept", ["text/xml", "*/*;q=zz", ""]],
  ["Accept-Encoding", ["zz;q=-1", "*"]],
  ["X-HTTP-Method-Override", ["DELETE", "GET"]],
  ["Range", ["bytes=0-0", "bytes=9-1"]],
  ["If-None-Match", ["*"]],
  ["Idempotency-Key", ["", '"', "x".repeat(5_000), "\u0001"]],
  ["traceparent", ["zz", "00-0-0-00", "x".repeat(5_000)]],
  ["CF-Connecting-IP", ["", "zz", "::1", "x".repeat(5_000), "10.0.0.1, 10.0.0.2", "\u0001"]],
  ["Cookie", ["x".repeat(10_000), "__proto__=1"]],
  ["Host", ["zz", "../..", "api.example:99999"]],
  ["__proto__", ["1"]],
];

/** Another type than that of the body: what the body means may hang on it. */
export const oddMediaTypes: fc.Arbitrary<Edit> = fc
  .constantFrom(...MEDIA_TYPES)
  .map((type) =>
    onRequest(`Content-Type: ${type.slice(0, 40)}`, (draft) =>
      withHeader(draft, "Content-Type", type),
    ),
  );

/** A header that the call does not need. */
export const oddHeaders: fc.Arbitrary<Edit> = fc.oneof(
  ...ODD_HEADERS.map(([name, texts]) =>
    fc
      .constantFrom(...texts)
      .map((text) =>
        onRequest(`${name}: ${text.slice(0, 40)}`, (draft) => withHeader(draft, name, text)),
      ),
  ),
  fc
    .tuple(fc.stringMatching(/^x-[a-z-]{1,12}$/), fc.stringMatching(/^[ -~]{0,40}$/))
    .map(([name, text]) => onRequest(`${name}: ${text}`, (draft) => withHeader(draft, name, text))),
);

const QUERIES = [
  "&&&",
  "=",
  "%zz=%4",
  "__proto__=1",
  "constructor[prototype][a]=1",
  "limit=1e400",
  "limit=-1",
  "limit=\u0661",
  "page=0",
  "page=999999999999",
  "cursor=%00",
  "cursor=%ff",
  "after_seq=1e30",
  "search=%ED%A0%80",
  "search=%25%5f'",
  "tier=%00",
  "type=__proto__",
  "types=*,*,,",
  "include=,,",
  `q=${"x".repeat(8_000)}`,
];

/** Something behind or before the query. */
export const oddQueries: fc.Arbitrary<Edit> = fc
  .tuple(fc.oneof(fc.constantFrom(...QUERIES), fc.stringMatching(/^[!-"$-~]{1,30}$/)), fc.boolean())
  .map(([text, first]) =>
    onRequest(`?${text.slice(0, 40)}`, (draft) => {
      const { query } = draft;
      if (query === "") return { ...draft, query: text };
      return { ...draft, query: first ? `${text}&${query}` : `${query}&${text}` };
    }),
  );

const SEGMENTS = [
  "%2e%2e",
  "..",
  "%2E",
  ".",
  "%00",
  "%zz",
  "%",
  "%ff",
  "%ED%A0%80",
  "%D9%A1%D9%A2",
  "%2f",
  "%5c",
  "%25",
  "%2500",
  "%25252e",
  "*",
  ":id",
  "__proto__",
  "a;b=c",
  "%F0%9F%99%82",
  "%27%20OR%201=1",
  "%0d%0aX:1",
  "null",
  "-1",
  "0",
  "1e400",
  "9".repeat(40),
  "x".repeat(5_000),
];

const onPath = (what: string, change: (path: string) => string): Edit =>
  onRequest(what, (draft) => ({ ...draft, path: change(draft.path) }));

const segmentAt = (index: number, change: (segment: string) => string) => (path: string) => {
  const segments = path.split("/");
  const at = 1 + (index % Math.max(1, segments.length - 1));
  return segments.map((segment, i) => (i === at ? change(segment) : segment)).join("/");
};

/** Segments that are none, or that mean something to somebody on the way. */
const oddSegments: fc.Arbitrary<Edit> = fc
  .tuple(
    fc.nat(10),
    fc.constantFrom("before", "instead of", "behind"),
    fc.oneof(fc.constantFrom(...SEGMENTS), fc.stringMatching(/^[!-"$->@-~]{1,20}$/)),
  )
  .map(([index, where, odd]) =>
    onPath(
      `${odd.slice(0, 20)} ${where} segment ${index}`,
      segmentAt(index, (segment) => {
        if (where === "instead of") return odd;
        return where === "before" ? `${odd}/${segment}` : segment + odd;
      }),
    ),
  );

/** The same path, spelt otherwise. */
const SPELLINGS: readonly (readonly [string, (segment: string) => string])[] = [
  ["behind slashes", (segment) => `//${segment}`],
  ["in capitals", (segment) => segment.toUpperCase()],
  [
    "percent-encoded",
    (segment) => segment.replace(/^\w/, (first) => `%${first.charCodeAt(0).toString(16)}`),
  ],
];

/** A path that is another, or another spelling of the same. */
export const oddPaths: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: oddSegments },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(10), fc.constantFrom(...SPELLINGS))
      .map(([index, [how, spell]]) => onPath(`segment ${index} ${how}`, segmentAt(index, spell))),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("/", "//", "/.", "/%20", ".json", "%00", ";a")
      .map((end) => onPath(`${end} at the end`, (path) => path + end)),
  },
);

/** A segment too many, which no route has. */
export const longerPaths: fc.Arbitrary<Edit> = fc
  .stringMatching(/^zz[a-z0-9]{6}$/)
  .map((segment) => onPath(`/${segment} at the end`, (path) => `${path}/${segment}`));

/** Spoils a header without which nothing may happen; `name` is one that the request has. */
export function spoilGuard(name: string): fc.Arbitrary<Edit> {
  const change = (what: string, spoil: (text: string) => string | null): Edit => ({
    what: `${name} ${what}`,
    place: "guards",
    apply: (draft) => {
      const [, text = ""] = draft.headers.find(([n]) => n.toLowerCase() === name) ?? [];
      return withHeader(draft, name, spoil(text));
    },
  });
  return fc.oneof(
    fc.constantFrom(
      change("is missing", () => null),
      change("is empty", () => ""),
      change("is cut", (text) => text.slice(0, -1)),
      change("has a letter more", (text) => `${text}x`),
      change("has a blank within", (text) => {
        const middle = Math.floor(text.length / 2);
        return `${text.slice(0, middle)} ${text.slice(middle)}`;
      }),
      change("is there twice", (text) => `${text}, ${text}`),
      change("is very long", (text) => text.repeat(200)),
      change("has a control character", (text) => `\u0001${text}`),
      change("is __proto__", () => "__proto__"),
    ),
    fc.stringMatching(/^[!-~]{1,40}$/).map((text) => change(`is ${text}`, () => text)),
  );
}
