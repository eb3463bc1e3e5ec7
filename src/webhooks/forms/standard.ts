import { signatureHeaders } from "../../core/standard-webhooks.ts";
import type { Form } from "./form.ts";

/** The event as it is, with the headers of Standard Webhooks. */
export const standard: Form = async ({ id, body, at }, secrets) => {
  const signature = await signatureHeaders(secrets, id, at, body);
  return { body, headers: { "Content-Type": "application/json", ...signature } };
};
