import * as fc from "fast-check";
import type { BodyFormat, Mangling } from "./body-format.ts";
import type { Draft } from "./draft.ts";
import { hasBody } from "./draft.ts";
import type { Member, Value } from "./values.ts";
import { hostileNames, hostileValues } from "./values.ts";

/** Where an edit takes hold, in this order; what signs a request comes last but for the guards. */
export const PLACES = ["members", "document", "request", "guards"] as const;

/** One way to break a request. */
export interface Edit {
  readonly what: string;
  readonly place: (typeof PLACES)[number];
  apply(draft: Draft): Draft;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const shown = (value: Value): string => {
  const { shape } = value;
  const text = "text" in value ? value.text : "value" in value ? JSON.stringify(value.value) : "";
  return `${shape} ${JSON.stringify(text).slice(0, 40)}`;
};

const onMembers = (
  what: string,
  change: (members: readonly Member[]) => readonly Member[],
): Edit => ({
  what,
  place: "members",
  apply: (draft) => ({ ...draft, members: change(draft.members) }),
});

/** Puts a value into a field's place. */
export function replaceMember(name: string, value: Value): Edit {
  return onMembers(`${name} is ${shown(value)}`, (members) => [
    ...members.filter(([other]) => other !== name),
    [name, value],
  ]);
}

/** Takes a field away. */
export function dropMember(name: string): Edit {
  return onMembers(`without ${name}`, (members) => members.filter(([other]) => other !== name));
}

/** Says a field once more, before or behind what it said. */
export function repeatMember(name: string, value: Value, at: "first" | "last"): Edit {
  return onMembers(`${name} ${at} is ${shown(value)}`, (members) =>
    at === "first" ? [[name, value], ...members] : [...members, [name, value]],
  );
}

/** Adds a field that nobody knows. */
export const extraMembers: fc.Arbitrary<Edit> = fc
  .tuple(hostileNames, hostileValues)
  .map(([name, value]) => repeatMember(name, value, "last"));

/** Adds a field whose name belongs to no dialect and to no prototype. */
export const unknownMembers: fc.Arbitrary<Edit> = fc
  .tuple(fc.stringMatching(/^zz[a-z]{1,8}$/), hostileValues)
  .map(([name, value]) => repeatMember(name, value, "last"));

/** Says all fields once more where only a careless reader looks for them. */
export const inheritedMembers: fc.Arbitrary<Edit> = fc
  .constantFrom("__proto__", "constructor", "prototype")
  .map((name) =>
    onMembers(`all of it within ${name}`, (members) => {
      const values = members.map(([own, value]) => [own, "text" in value ? value.text : null]);
      return [...members, [name, { shape: "structure", value: Object.fromEntries(values) }]];
    }),
  );

/** Changes whichever of the fields that the request happens to have. */
export const anyMember: fc.Arbitrary<Edit> = fc
  .tuple(fc.nat(20), fc.constantFrom("replace", "first", "last", "rename"), hostileValues)
  .chain(([index, how, value]) =>
    fc
      .constantFrom(
        (name: string) => name.toUpperCase(),
        (name: string) => `${name}[]`,
      )
      .map((rename) =>
        onMembers(`field ${index} ${how} ${shown(value)}`, (members) => {
          const [name] = members[index % Math.max(1, members.length)] ?? [];
          if (name === undefined) return members;
          if (how === "first") return [[name, value], ...members];
          if (how === "last") return [...members, [name, value]];
          return members.map((member) => {
            if (member[0] !== name) return member;
            return how === "replace" ? [name, value] : [rename(name), member[1]];
          });
        }),
      ),
  );

const onDocument = (what: string, change: (body: Uint8Array) => Uint8Array): Edit => ({
  what,
  place: "document",
  apply: (draft) => (hasBody(draft.method) ? { ...draft, body: change(draft.body) } : draft),
});

/** Spoils the document as its format can be spoilt. */
export function mangle({ what, mangle: change }: Mangling): Edit {
  return onDocument(what, (body) => encoder.encode(change(decoder.decode(body))));
}

/** Bytes that are no UTF-8, wherever they stand. */
const NO_UTF8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80]];

function insertBytes(bytes: readonly number[], share: number): Edit {
  return onDocument(`bytes ${bytes.join(" ")} at ${Math.round(share * 100)} %`, (body) => {
    const at = Math.floor(share * body.length);
    return new Uint8Array([...body.subarray(0, at), ...bytes, ...body.subarray(at)]);
  });
}

const utf16 = (littleEndian: boolean): Edit =>
  onDocument(`in UTF-16 ${littleEndian ? "LE" : "BE"}`, (body) => {
    const text = `\ufeff${decoder.decode(body)}`;
    const view = new DataView(new ArrayBuffer(2 * text.length));
    for (let i = 0; i < text.length; i += 1)
      view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
    return new Uint8Array(view.buffer);
  });

/** A body that is no text at all. */
export const noText: fc.Arbitrary<Edit> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...NO_UTF8), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([bytes, share]) => insertBytes(bytes, share)),
  fc.boolean().map(utf16),
  fc.constant(onDocument("gzip", () => new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]))),
);

/** A body of more bytes than the limit. */
export function oversize(limit: number): Edit {
  return onDocument(`more than ${limit} bytes`, (body) => {
    const bytes = new Uint8Array(limit + 1).fill(0x20);
    bytes.set(body.subarray(0, limit));
    return bytes;
  });
}

/** No body at all. */
export const emptied = onDocument("an empty body", () => new Uint8Array(0));

const random = (bytes: Uint8Array): Edit => onDocument("a random body", () => bytes);

/** A body that has nothing to do with the call. */
export const randomBodies: fc.Arbitrary<Edit> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map(random),
  fc.string({ unit: "binary", maxLength: 60 }).map((text) => random(encoder.encode(text))),
  fc.json().map((text) => random(encoder.encode(text))),
);

/** A body that some readers still take. */
export const oddBodies: fc.Arbitrary<Edit> = fc.constantFrom(
  onDocument("behind a byte order mark", (body) => new Uint8Array([0xef, 0xbb, 0xbf, ...body])),
  onDocument("between blank lines", (body) => new Uint8Array([13, 10, ...body, 32, 10])),
  onDocument("before a NUL", (body) => new Uint8Array([...body, 0])),
  mangle({
    what: "beside a nest",
    mangle: (text) => text.replace(/^\{/, `{"zz":${"[".repeat(5_000)}${"]".repeat(5_000)},`),
  }),
);

/** All that can be done to a document whatever its call. */
export function documentEdits(format: BodyFormat): fc.Arbitrary<Edit> {
  return fc.oneof(format.unreadable.map(mangle), noText, randomBodies, oddBodies);
}
