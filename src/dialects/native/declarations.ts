import * as z from "zod";
import type { LoyaltyError, LoyaltyErrorCode } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { Answer, Call, Declaration, Received } from "../../http/calls.ts";
import { callMaker } from "../../http/calls.ts";
import type { Context } from "../../services/context.ts";
import type { Page } from "../../services/lists.ts";
import { flag, optionalText } from "./answers.ts";

/** What the native dialect needs to know of each of its calls besides. */
export interface Conditional {
  /** Whether `If-Match` must name the state that is changed: nothing is changed blindly. */
  readonly conditional?: boolean;
}

/** The input of a call that reads neither query nor body, whatever is sent. */
export const NOTHING = z.strictObject({});

/** `?limit=` and `?cursor=` of every list. */
const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(64).optional(),
});

/** A page of a list on the wire. */
export interface PageBody<Item> {
  object: "list";
  data: Item[];
  has_more: boolean;
  next_cursor: string | null;
}

const object = z.literal("list");

/** Answers a page of such items. */
export function pageAnswer<S extends z.ZodType>(item: S): Answer<PageBody<z.input<S>>> {
  const schema = z.object({
    object,
    data: z.array(item),
    has_more: flag,
    next_cursor: optionalText,
  });
  return { schema, write: (body) => body };
}

/** A page with its rows as `show` shows them. */
export function pageBody<Row, Item>(page: Page<Row>, show: (row: Row) => Item): PageBody<Item> {
  return {
    object: "list",
    data: page.items.map(show),
    has_more: page.hasMore,
    next_cursor: page.next,
  };
}

/** All there is, as one page. */
export function wholePage<Row>(items: readonly Row[]): Page<Row> {
  return { items, hasMore: false, next: null };
}

/** A call that lists something by cursor. */
interface ListDeclaration<Caller, Row, S extends z.ZodType, E extends LoyaltyErrorCode>
  extends Pick<Declaration<Caller, S, unknown, E>, "path" | "summary" | "scope" | "errors"> {
  /** Of one of its items. */
  readonly item: S;
  read(
    caller: Caller,
    limit: number,
    before: string | null,
    received: Received,
  ): Promise<Page<Row> | Result<Page<Row>, LoyaltyError>>;
  show(row: Row, caller: Caller): z.input<S>;
}

/** The maker of calls that list. */
export function listMaker<Caller>() {
  const make = callMaker<Caller, Conditional>();
  return <Row, S extends z.ZodType, const E extends LoyaltyErrorCode = never>(
    declaration: ListDeclaration<Caller, Row, S, E>,
  ): Call<Caller, Conditional, E> => {
    const { item, read, show, path, summary, scope, errors } = declaration;
    return make({
      method: "GET",
      path,
      summary,
      scope,
      input: listSchema,
      answer: pageAnswer(item),
      errors,
      async act(caller, { limit, cursor: before = null }, received) {
        const found = await read(caller, limit, before, received);
        const page = "ok" in found ? found : ok(found);
        return mapped(page, (rows) => pageBody(rows, (row) => show(row, caller)));
      },
    });
  };
}

/** The makers of calls on a merchant's behalf. */
export const call = callMaker<Context, Conditional>();
export const list = listMaker<Context>();

/** A result's value as a body. */
export function mapped<T, B>(
  result: Result<T, LoyaltyError>,
  body: (value: T) => B,
): Result<B, LoyaltyError> {
  return result.ok ? ok(body(result.value)) : result;
}
