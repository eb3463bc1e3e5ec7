import { pageMessages } from "../../../services/messages/messages.ts";
import { list } from "../declarations.ts";
import { messageAnswer } from "./answers.ts";
import { messageBody } from "./mapping.ts";

/** The local message log: what a developer's customers would have been sent. */
export const MESSAGE_CALLS = [
  list({
    path: "/messages",
    summary: "Lists logged messages, newest first; only in local development",
    scope: "admin",
    item: messageAnswer,
    errors: ["not_found"],
    read: pageMessages,
    show: messageBody,
  }),
];
