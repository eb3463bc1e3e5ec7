import type * as z from "zod";
import type { MessageRow } from "../../../services/messages/messages.ts";
import { timeText } from "../mapping.ts";
import type { messageAnswer } from "./answers.ts";

export function messageBody(row: MessageRow): z.input<typeof messageAnswer> {
  const { id, purpose, recipient: to, text } = row;
  return { id, object: "message", purpose, to, text, created_at: timeText(row.createdAt) };
}
