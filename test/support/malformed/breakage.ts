import * as fc from "fast-check";
import type { BodyFormat } from "./body-format.ts";
import { hasBody } from "./draft.ts";
import type { Edit } from "./edits.ts";
import {
  anyMember,
  documentEdits,
  dropMember,
  emptied,
  extraMembers,
  inheritedMembers,
  mangle,
  noText,
  oversize,
  PLACES,
  randomBodies,
  repeatMember,
  replaceMember,
  unknownMembers,
} from "./edits.ts";
import {
  longerPaths,
  oddHeaders,
  oddMediaTypes,
  oddPaths,
  oddQueries,
  spoilGuard,
  withMethod,
} from "./request-edits.ts";
import type { FieldKind, Fields } from "./values.ts";
import { refusedValues } from "./values.ts";

/** What a route is known to demand, and so what of it can be broken. */
export interface Demands {
  readonly method: string;
  readonly fields: Fields;
  /** How its body may be written; a query is always a form. */
  readonly formats: readonly BodyFormat[];
  /** Whether a field that nobody knows is refused. */
  readonly closed: boolean;
  /** Headers, in lower case, without which nothing may happen. */
  readonly guards: readonly string[];
  /** Methods that its path has no answer to. */
  readonly foreignMethods: readonly string[];
  /** Bytes that its body may have; null where its parts are judged one by one. */
  readonly maxBody: number | null;
}

/** A request to be made: a good one, written in a format and broken in some places. */
export interface Breakage {
  readonly format: BodyFormat;
  readonly edits: readonly Edit[];
  /** What a failing property prints. */
  readonly [fc.toStringMethod]: () => string;
}

const EXTRA_PLACES = 2;
const MAX_PLACES = 3;

function breakage(format: BodyFormat, edits: readonly Edit[]): Breakage {
  const inOrder = PLACES.flatMap((place) => edits.filter((edit) => edit.place === place));
  const names = inOrder.map(({ what }) => what);
  return {
    format,
    edits: inOrder,
    [fc.toStringMethod]: () => `a good ${format.name} request, but ${names.join("; ")}`,
  };
}

/** What can neither make a bad request good nor a good one bad for sure. */
const harmless: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: oddHeaders },
  { weight: 3, arbitrary: extraMembers },
  { weight: 2, arbitrary: inheritedMembers },
  { weight: 1, arbitrary: oddPaths },
);

/**
 * Requests that must be refused, and that must change nothing: something that the route demands is
 * wrong for sure, and in up to two more places something is odd.
 */
export function surelyBroken(demands: Demands): fc.Arbitrary<Breakage> {
  return fc.oneof(
    ...demands.formats.map((format) =>
      fc
        .tuple(fc.array(harmless, { maxLength: EXTRA_PLACES }), sureEdits(demands, format))
        .map(([others, sure]) => breakage(format, [...others, sure])),
    ),
  );
}

/** Requests that are odd in up to three places: some of them may still be good. */
export function perhapsBroken(demands: Demands): fc.Arbitrary<Breakage> {
  return fc.oneof(
    ...demands.formats.map((format) => {
      const edits = fc.oneof(
        { weight: 3, arbitrary: sureEdits(demands, format) },
        { weight: 4, arbitrary: anyMember },
        { weight: 2, arbitrary: documentEdits(format) },
        { weight: 2, arbitrary: oddPaths },
        { weight: 2, arbitrary: oddQueries },
        { weight: 1, arbitrary: extraMembers },
        { weight: 2, arbitrary: oddHeaders },
        { weight: 1, arbitrary: oddMediaTypes },
      );
      return fc
        .array(edits, { minLength: 1, maxLength: MAX_PLACES })
        .map((chosen) => breakage(format, chosen));
    }),
  );
}

/** Edits each of which alone makes the request one that must be refused. */
function sureEdits(demands: Demands, format: BodyFormat): fc.Arbitrary<Edit> {
  const { fields, closed, guards, foreignMethods } = demands;
  const fieldEdits = Object.entries(fields).flatMap(([name, kind]) => onField(name, kind, format));
  const groups = [
    { weight: 6, edits: fieldEdits },
    { weight: 3, edits: onDocument(demands) },
    { weight: 3, edits: isParsed(demands, format) ? [format.unreadable.map(mangle)] : [] },
    { weight: 2, edits: closed && reads(demands) ? [unknownMembers] : [] },
    { weight: 2, edits: guards.map(spoilGuard) },
    { weight: 1, edits: [fc.constantFrom(...foreignMethods).map(withMethod), longerPaths] },
  ];
  const known = groups.filter(({ edits }) => edits.length > 0);
  return fc.oneof(...known.map(({ weight, edits }) => ({ weight, arbitrary: fc.oneof(...edits) })));
}

function onField(name: string, kind: FieldKind, format: BodyFormat): fc.Arbitrary<Edit>[] {
  const { counts } = format;
  const values = refusedValues(kind, format);
  const edits = values.map((value) => value.map((refused) => replaceMember(name, refused)));
  if (counts !== null && !kind.endsWith("!")) {
    edits.push(
      ...values.map((value) => value.map((refused) => repeatMember(name, refused, counts))),
    );
  }
  if (kind.endsWith("!")) edits.push(fc.constant(dropMember(name)));
  return edits;
}

/** Whether the body is read: some calls need none. */
function reads({ method, fields }: Demands): boolean {
  return hasBody(method) && Object.keys(fields).length > 0;
}

function hasRequired({ fields }: Demands): boolean {
  return Object.values(fields).some((kind) => kind.endsWith("!"));
}

/** Whether an unreadable body is refused: a form is always readable, and then lacks fields. */
function isParsed(demands: Demands, format: BodyFormat): boolean {
  return reads(demands) && (hasRequired(demands) || format.typed);
}

function onDocument(demands: Demands): fc.Arbitrary<Edit>[] {
  const { maxBody } = demands;
  if (!reads(demands)) return [];
  const required = hasRequired(demands);
  const edits = [noText];
  if (required) edits.push(fc.constant(emptied), randomBodies);
  if (maxBody !== null) edits.push(fc.constant(oversize(maxBody)));
  return edits;
}
