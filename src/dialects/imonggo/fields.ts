import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Endpoint } from "../../http/calls.ts";
import type { Http } from "../../http/request.ts";
import { readBody } from "../../http/wire/body.ts";
import { isRecord, readDocument } from "../../http/wire/document.ts";
import type { Fields } from "../../http/wire/fields.ts";
import { presentFields } from "../../http/wire/fields.ts";
import { findIllFormed } from "../../http/wire/validation.ts";
import { namedFormat } from "./formats.ts";
import { parseId } from "./paths.ts";

/** Bytes of a request body: an invoice of some hundred lines. */
export const MAX_BODY_BYTES = 262_144;

/** What a request carries besides its path: scalars are texts, or booleans of JSON, or null. */
export interface Sent {
  readonly query: Fields;
  /** A record or a list in either format; no fields where there was no body. */
  readonly body: unknown;
}

/** Where a call has its fields. */
export type Reader = (sent: Sent) => Fields;

/** The fields of the query, without the empty ones: for calls without a body. */
export const readQuery: Reader = ({ query }) => presentFields(query);

/**
 * The fields of the record in the body, also those that are null or empty. JSON has it bare or as
 * the field `name`; XML in a root of any name.
 */
export function readRecord(name: string): Reader {
  return ({ body }) => {
    if (!isRecord(body)) return {};
    const wrapped = body[name];
    return isRecord(wrapped) ? wrapped : body;
  };
}

/** The fields of the query and, where that does not have them, those of the body. */
export const readEverywhere: Reader = ({ query, body }) =>
  presentFields({ ...(isRecord(body) ? body : {}), ...presentFields(query) });

/** The fields of a request; a path whose number is none is `not_found` before they are read. */
export async function readFields(
  http: Http,
  { method, read }: Pick<Endpoint, "method"> & { readonly read: Reader },
): Promise<Result<Fields, LoyaltyError>> {
  const id = http.req.param("id");
  if (id !== undefined && parseId(id) === null) return notFound("route");
  const query = http.req.query();
  const hasBody = method === "POST" || method === "PUT";
  const body = hasBody ? await requestBody(http) : ok({});
  if (!body.ok) return body;
  const fields = read({ query, body: body.value });
  const fault = findIllFormed(fields);
  return fault === null ? ok(fields) : err({ code: "validation_failed", faults: [fault] });
}

async function requestBody(http: Http): Promise<Result<unknown, LoyaltyError>> {
  const bytes = await readBody(http.req.raw, MAX_BODY_BYTES);
  return bytes.ok ? readDocument(bytes.value, namedFormat(http)) : bytes;
}
