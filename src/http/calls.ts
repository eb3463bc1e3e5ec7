import * as z from "zod";
import type { ErrorOf, LoyaltyError, LoyaltyErrorCode } from "../core/errors.ts";
import type { Result } from "../core/result.ts";
import { ok } from "../core/result.ts";
import type { Scope } from "../services/context.ts";
import type { Format } from "./wire/document.ts";
import { validate } from "./wire/validation.ts";

/** What a request says besides its fields, and where a call puts headers of its success. */
export interface Received {
  /** Parameters of the path, by the names that the route gives them. */
  readonly path: Readonly<Record<string, string>>;
  readonly raw: Request;
  /** Headers of the success, for the act to add to. */
  readonly headers: Record<string, string>;
  header(name: string): string | undefined;
}

/** What a call answers a success with. `B` is what its act hands over. */
export interface Answer<B> {
  /** Of the JSON form, for descriptions of the API; null where there is no JSON. */
  readonly schema: z.ZodType | null;
  /** The body: a JSON value, the text of a document, null for none, or a whole response. */
  write(body: B, format: Format): unknown;
}

/** A JSON body of that schema. Its input type is what the act hands over; nothing is parsed. */
export function json<S extends z.ZodType>(schema: S): Answer<z.input<S>> {
  return { schema, write: (body) => body };
}

/** An answer without a body. */
export const EMPTY: Answer<null> = { schema: null, write: () => null };

/** An answer that the act makes by itself: a stream, or a plain text. */
export const WHOLE: Answer<Response> = { schema: null, write: (response) => response };

/** What an act hands over to an answer. */
export type BodyOf<A> = A extends Answer<infer B> ? B : never;

/** One of several bodies, with the name of the answer that it is for. */
export type Variant<M, K extends keyof M = keyof M> = {
  [P in K]: { readonly as: P; readonly body: M[P] };
}[K];

/** An answer that is one of several: the act says which. */
export function either<M extends object>(
  answers: {
    readonly [K in keyof M]: Answer<M[K]>;
  },
): Answer<Variant<M>> {
  return {
    get schema() {
      const all: readonly Answer<never>[] = Object.values(answers);
      const schemas = all.flatMap(({ schema }) => schema ?? []);
      return schemas.length === 0 ? null : z.union(schemas);
    },
    write: <K extends keyof M>({ as, body }: Variant<M, K>, format: Format) =>
      answers[as].write(body, format),
  };
}

/** What is known of a call without running it: enough to find it by its path and to describe it. */
export interface Endpoint<E extends LoyaltyErrorCode = LoyaltyErrorCode> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the dialect's root; the first is the documented one, the others mean the same. */
  readonly paths: readonly string[];
  /** What it does, in a few words. */
  readonly summary: string;
  /** What the caller must be allowed to do; null: whoever was let in may. */
  readonly scope: Scope | null;
  readonly input: z.ZodType;
  readonly answer: Pick<Answer<never>, "schema">;
  readonly status: number;
  /** What the act may be refused with, besides {@link ENTRY_ERRORS} and the dialect's own. */
  readonly errors: readonly E[];
}

/** A success that waits for the format to be written in. */
export type Written = (format: Format) => unknown;

/** Fields that were understood: what is left is to act on them. */
export type Prepared<Caller> = (
  caller: Caller,
  received: Received,
) => Promise<Result<Written, LoyaltyError>>;

/** A call of a dialect; `Own` is what the dialect needs to know of each of its calls besides. */
export type Call<
  Caller,
  Own extends object = object,
  E extends LoyaltyErrorCode = LoyaltyErrorCode,
> = Endpoint<E> & Own & { prepare(fields: unknown): Result<Prepared<Caller>, LoyaltyError> };

/** A call as its dialect writes it down. */
export interface Declaration<Caller, S extends z.ZodType, B, E extends LoyaltyErrorCode> {
  readonly method: Endpoint["method"];
  readonly path: string | readonly string[];
  readonly summary: string;
  readonly scope: Scope | null;
  readonly input: S;
  readonly answer: Answer<B>;
  /** Of a success; 200 if nothing is said. */
  readonly status?: number;
  readonly errors: readonly E[];
  act(caller: Caller, wire: z.output<S>, received: Received): Promise<Result<B, LoyaltyError>>;
}

/** The maker of a dialect's calls. */
export function callMaker<Caller, Own extends object = object>() {
  return <S extends z.ZodType, B, const E extends LoyaltyErrorCode = never>(
    declaration: Declaration<Caller, S, B, E> & Own,
  ): Call<Caller, Own, E> => {
    const { path, status = 200, input, answer, act } = declaration;
    const prepare = (fields: unknown): Result<Prepared<Caller>, LoyaltyError> => {
      const wire = validate(input, fields);
      if (!wire.ok) return wire;
      return ok(async (caller, received) => {
        const done = await act(caller, wire.value, received);
        return done.ok ? ok((format: Format) => answer.write(done.value, format)) : done;
      });
    };
    const paths = typeof path === "string" ? [path] : path;
    return { ...declaration, paths, status, prepare };
  };
}

/** What every call may be refused with on its way in. */
export const ENTRY_ERRORS = [
  "key_missing",
  "key_unknown",
  "key_expired",
  "rate_limited",
  "scope_missing",
  "body_too_large",
  "invalid_json",
  "validation_failed",
] as const satisfies readonly LoyaltyErrorCode[];

/** What stands for a path or a method that there is none of. */
export const CLOSING_ERRORS = [
  "not_found",
  "method_not_allowed",
] as const satisfies readonly LoyaltyErrorCode[];

/** Every error that calls of a list may answer, whose dialect has errors `O` of its own. */
export type CodesOf<
  L extends readonly Endpoint<LoyaltyErrorCode>[],
  O extends readonly LoyaltyErrorCode[] = readonly [],
> =
  | L[number]["errors"][number]
  | O[number]
  | (typeof ENTRY_ERRORS)[number]
  | (typeof CLOSING_ERRORS)[number];

/** How errors look on the wire: total over the codes that a dialect's calls declare. */
export type ErrorTable<C extends LoyaltyErrorCode, Row> = {
  readonly [K in C]: (error: ErrorOf<K>) => Row;
};
