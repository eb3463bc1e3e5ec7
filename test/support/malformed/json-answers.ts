import type * as z from "zod";
import type { Answer } from "../http.ts";

/** What every refusal of a dialect that answers in JSON is like. */
export interface JsonRefusal {
  readonly contentType: string;
  readonly statuses: readonly number[];
  readonly body: z.ZodType;
}

/** What is wrong with a refusal; null when it is of that form to the last member. */
export function jsonFault({ status, headers, text }: Answer, form: JsonRefusal): string | null {
  if (!form.statuses.includes(status)) return `there is no refusal of status ${status}`;
  const type = headers.get("Content-Type");
  if (type !== form.contentType) return `its content type is ${type}`;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return "its body is no JSON";
  }
  const { error } = form.body.safeParse(body);
  return error === undefined ? null : error.message;
}
