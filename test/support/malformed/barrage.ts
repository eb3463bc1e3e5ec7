import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import type { Counter, DialectForm } from "../dialect-forms.ts";
import { DIALECT_FORMS } from "../dialect-forms.ts";
import type { Stage } from "../write-calls.ts";
import type { Breakage, Demands } from "./breakage.ts";
import { perhapsBroken, surelyBroken } from "./breakage.ts";
import type { Exchange } from "./counter.ts";
import { answerFault, demandsOf, isRefusal, sendTo } from "./counter.ts";
import type { Route } from "./routes.ts";
import { targetsOf } from "./routes.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      /** Broken requests to all dialects; empty for the usual number. */
      GUERDON_MALFORMED_REQUESTS: string;
      /** Seed of the generator; empty for a new one. */
      GUERDON_MALFORMED_SEED: string;
    }
  }
}

/** Broken requests that each dialect is sent at least. */
export const REQUESTS = Math.ceil(
  Number(env.GUERDON_MALFORMED_REQUESTS || "3300") / DIALECT_FORMS.length,
);
/** Always the same unless told: a test that fails by chance is a test that nobody believes. */
const SEED = Number(env.GUERDON_MALFORMED_SEED || 20_261_121);

/** How what failed is made to fail again. */
export const REPEAT = `run again with GUERDON_MALFORMED_SEED=${SEED}`;

type Mode = "live" | "test";

/** Broken requests to all routes of a dialect. */
export class Barrage {
  readonly targets: readonly Route[];
  readonly #form: DialectForm;
  readonly #shares: number;
  #place: { readonly stage: Stage; readonly counter: Counter } | undefined;
  #sent = 0;

  constructor(form: DialectForm) {
    this.#form = form;
    this.targets = targetsOf(form);
    this.#shares = this.targets.reduce((sum, route) => sum + this.#shareOf(route), 0);
  }

  /** Broken requests that were sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Makes what the dialect's calls need on a stage. */
  async open(stage: Stage): Promise<void> {
    this.#place = { stage, counter: await this.#form.open(stage) };
  }

  /** Sends a route's request as it should be, so that nothing is kept of it. */
  async sendGood(route: Route): Promise<Exchange> {
    return this.#send(route, null, "test");
  }

  /** Sends requests each of which must be refused; `look` is called after each. */
  async sendBad(route: Route, look = async () => {}): Promise<void> {
    await this.#sendMany(route, surelyBroken, ["live"], async (breakage, mode) => {
      const exchange = await this.#send(route, breakage, mode);
      expectForm(exchange);
      if (!isRefusal(exchange)) fail("it was accepted", exchange);
      await look();
    });
  }

  /** Sends requests each of which may be good or bad. */
  async sendOdd(route: Route): Promise<void> {
    await this.#sendMany(route, perhapsBroken, ["live", "test"], async (breakage, mode) => {
      expectForm(await this.#send(route, breakage, mode));
    });
  }

  /** A route with many fields can be broken in many ways. */
  #shareOf({ name }: Route): number {
    return 2 + Object.keys(this.#form.fields[name] ?? {}).length;
  }

  async #sendMany(
    route: Route,
    generate: (demands: Demands) => fc.Arbitrary<Breakage>,
    modes: readonly Mode[],
    check: (breakage: Breakage, mode: Mode) => Promise<void>,
  ): Promise<void> {
    const breakages = generate(demandsOf(this.#form, route));
    const numRuns = Math.ceil((this.#shareOf(route) * REQUESTS) / (2 * this.#shares));
    // Another seed for each: else every route would be broken in the same ways.
    const seed = SEED + this.targets.indexOf(route);
    const property = fc.asyncProperty(breakages, fc.constantFrom(...modes), check);
    await fc.assert(property, { seed, numRuns });
  }

  async #send(route: Route, breakage: Breakage | null, mode: Mode): Promise<Exchange> {
    if (this.#place === undefined) throw new Error("there is no stage");
    if (breakage !== null) this.#sent += 1;
    return sendTo({ form: this.#form, ...this.#place }, route, { breakage, mode });
  }
}

/** Fails unless an answer has the form of its dialect. */
export function expectForm(exchange: Exchange): void {
  const fault = answerFault(exchange);
  if (fault !== null) fail(fault, exchange);
}

function fail(why: string, { show }: Exchange): never {
  throw new Error(`${why}; ${REPEAT}\n\n${show()}`);
}
