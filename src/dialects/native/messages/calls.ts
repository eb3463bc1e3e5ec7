import type { Hono } from "hono";
import type { HttpEnv } from "../../../http/request.ts";
import type { MessageRow } from "../../../services/messages/messages.ts";
import { pageMessages } from "../../../services/messages/messages.ts";
import { list, mapped } from "../calls.ts";
import type { Body } from "../mapping.ts";
import { fromPage } from "../mapping.ts";

/** The local message log: what a developer's customers would have been sent. */
export function messageRoutes(app: Hono<HttpEnv>): void {
  app.get("/messages", (http) =>
    list(http, "admin", async (ctx, limit, before) =>
      mapped(await pageMessages(ctx, limit, before), (page) => fromPage(page, fromMessage)),
    ),
  );
}

function fromMessage({ id, purpose, recipient, text, createdAt }: MessageRow): Body {
  const at = new Date(createdAt).toISOString();
  return { id, object: "message", purpose, to: recipient, text, created_at: at };
}
