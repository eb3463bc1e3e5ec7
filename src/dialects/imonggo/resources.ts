import type { Hono } from "hono";
import type { Http, HttpEnv } from "../../http/request.ts";
import { finish, refuse } from "./calls.ts";

/** Answers to a path by their methods. */
type Answers = Readonly<
  Partial<Record<"GET" | "POST" | "PUT" | "DELETE", (http: Http) => Promise<Response>>>
>;

/**
 * Mounts a path (`/customers`, `/customers/:id`) below `/api`, with its extensions and without, and
 * refuses it all other methods. HEAD is answered by GET's handler. An `:id` has its extension in
 * it.
 */
export function resource(app: Hono<HttpEnv>, path: string, answers: Answers): void {
  const extensions = path.endsWith(":id") ? [""] : ["", ".xml", ".json"];
  const error = { code: "method_not_allowed", allowed: Object.keys(answers) } as const;
  for (const extension of extensions) {
    const full = `/api${path}${extension}`;
    for (const [method, answer] of Object.entries(answers)) {
      app.on(method, full, async (http) => finish(http, await answer(http)));
    }
    app.all(full, async (http) => finish(http, await refuse(http, error)));
  }
}
