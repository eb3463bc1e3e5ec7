import type { Answer } from "./http.ts";
import { augmigoForm } from "./malformed/augmigo.ts";
import type { BodyFormat } from "./malformed/body-format.ts";
import type { Draft, Header, Sample } from "./malformed/draft.ts";
import { imonggoForm } from "./malformed/imonggo.ts";
import { kirimelForm } from "./malformed/kirimel.ts";
import { microgennForm } from "./malformed/microgenn.ts";
import { nativeForm } from "./malformed/native.ts";
import type { Fields } from "./malformed/values.ts";
import type { Stage } from "./write-calls.ts";

/** A dialect's counter on a stage: what a test needs to make calls of the dialect there. */
export interface Counter {
  /**
   * Requests that succeed, by route, for the routes of which no write call is known; made anew
   * where they name a state.
   */
  readonly samples: Readonly<Record<string, Sample | (() => Promise<Sample>)>>;
  /** The headers that make the service let in what is about to be sent, as it then stands. */
  authorize(route: string, draft: Draft, mode: "live" | "test"): readonly Header[];
}

/** What a test must know of a dialect to break its requests and to judge its answers. */
export interface DialectForm {
  readonly name: string;
  /** Which of the app's route patterns are the dialect's. */
  readonly routes: RegExp;
  /** Whether the dialect answers a path, as it stands when it is routed. */
  readonly answers: (path: string) => boolean;
  readonly formats: readonly BodyFormat[];
  /** The formats of a route's body, where they hang on the route. */
  readonly formatsOf?: (route: string) => readonly BodyFormat[];
  /** Whether a field that nobody knows is refused. */
  readonly closed: boolean;
  readonly maxBody: number;
  /**
   * Fields by route: of the query for GET, of the body otherwise. Of what is left out nothing is
   * known; a route that writes must be here, with no fields if nothing is sure of any.
   */
  readonly fields: Readonly<Record<string, Fields>>;
  /** Headers, in lower case, without any of which a call of that route is refused. */
  readonly guards: (route: string) => readonly string[];
  /** What is wrong with a refusal; null when it is as the dialect documents it. */
  readonly refusalFault: (answer: Answer) => string | null;
  /** What is wrong with a success, where it may be something else than an object of JSON. */
  readonly successFault?: (answer: Answer) => string | null;
  /** Whether an answer of status 200 tells of refusals only; where there is such a thing. */
  readonly refusesWithin?: (answer: Answer) => boolean;
  readonly open: (stage: Stage) => Promise<Counter>;
}

/** Every dialect; the last one's form is that of the paths which belong to none. */
export const DIALECT_FORMS: readonly DialectForm[] = [
  kirimelForm,
  augmigoForm,
  imonggoForm,
  microgennForm,
  nativeForm,
];
