import type { Http } from "../../http/request.ts";
import type { Format } from "../../http/wire/document.ts";

/** How paths end that say their format. */
export const EXTENSION = /\.(xml|json)$/;

/** The format that a request's path says; null where it leaves that open. */
export function namedFormat(http: Http): Format | null {
  const [, extension] = EXTENSION.exec(http.req.path) ?? [];
  return (extension as Format | undefined) ?? null;
}

/** The format of an answer: the path's, or else what the client accepts first, or else XML. */
export function formatOf(http: Http): Format {
  const named = namedFormat(http);
  if (named !== null) return named;
  const [accepted = ""] = /json|xml/i.exec(http.req.header("accept") ?? "") ?? [];
  return accepted.toLowerCase() === "json" ? "json" : "xml";
}
