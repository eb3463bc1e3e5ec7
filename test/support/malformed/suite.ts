import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import type { MockInstance } from "vitest";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import type { Counter, DialectForm } from "../dialect-forms.ts";
import { DIALECT_FORMS } from "../dialect-forms.ts";
import { keptState, settle } from "../kept-state.ts";
import type { Stage } from "../write-calls.ts";
import { setStage } from "../write-calls.ts";
import type { Breakage, Demands } from "./breakage.ts";
import { perhapsBroken, surelyBroken } from "./breakage.ts";
import type { Exchange } from "./counter.ts";
import { answerFault, demandsOf, isRefusal, sendTo } from "./counter.ts";
import type { Route } from "./routes.ts";
import { targetsOf } from "./routes.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      /** Broken requests per dialect; empty for the usual number. */
      GUERDON_MALFORMED_REQUESTS: string;
      /** Seed of the generator; empty for a new one. */
      GUERDON_MALFORMED_SEED: string;
    }
  }
}

const REQUESTS = Number(env.GUERDON_MALFORMED_REQUESTS || "1050");
const SEED = Number(env.GUERDON_MALFORMED_SEED || Date.now() % 2 ** 31);
const LONG = { timeout: 120_000 };
const REPEAT = `run again with GUERDON_MALFORMED_SEED=${SEED}`;

interface Place {
  readonly form: DialectForm;
  readonly stage: Stage;
  readonly counter: Counter;
}

function formNamed(name: string): DialectForm {
  const form = DIALECT_FORMS.find((candidate) => candidate.name === name);
  if (form === undefined) throw new Error(`the dialect ${name} is not registered`);
  return form;
}

function expectGood(exchange: Exchange): void {
  const fault = answerFault(exchange);
  if (fault !== null) throw new Error(`${fault}; ${REPEAT}\n\n${exchange.show()}`);
}

function expectRefused(exchange: Exchange): void {
  expectGood(exchange);
  if (!isRefusal(exchange)) throw new Error(`it was accepted; ${REPEAT}\n\n${exchange.show()}`);
}

/** Sends thousands of broken requests to every route of a dialect. */
export function describeMalformed(name: string): void {
  const form = formNamed(name);
  const targets = targetsOf(form);
  // What removes comes last, so that the others still find what they name.
  const ordered = targets.toSorted((a, b) => rank(a) - rank(b));
  // A route with many fields can be broken in many ways.
  const share = ({ name: route }: Route) => 2 + Object.keys(form.fields[route] ?? {}).length;
  const shares = targets.reduce((sum, route) => sum + share(route), 0);
  const runsOf = (route: Route) => Math.ceil((share(route) * REQUESTS) / (2 * shares));
  const accepted = new Map<string, Exchange>();
  let place: Place;
  let before: string;
  let logged: MockInstance;
  let sent = 0;

  const requests = (
    route: Route,
    generate: (demands: Demands) => fc.Arbitrary<Breakage>,
    check: (breakage: Breakage, mode: "live" | "test") => Promise<void>,
    modes: readonly ("live" | "test")[] = ["live"],
  ) =>
    fc.assert(
      fc.asyncProperty(generate(demandsOf(form, route)), fc.constantFrom(...modes), check),
      // Another seed for each: else every route would be broken in the same ways.
      { seed: SEED + targets.indexOf(route), numRuns: runsOf(route) },
    );

  beforeAll(async () => {
    const received = () => Promise.resolve(new Response(null, { status: 204 }));
    vi.spyOn(globalThis, "fetch").mockImplementation(received);
    logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const stage = await setStage();
    place = { form, stage, counter: await form.open(stage) };
    for (const route of targets) {
      accepted.set(route.name, await sendTo(place, route, { breakage: null, mode: "test" }));
    }
    before = await settle();
  }, LONG.timeout);

  afterEach(() => {
    const { calls } = logged.mock;
    logged.mockClear();
    expect(calls, "nothing unexpected is logged").toEqual([]);
  });

  it.each(targets.filter(({ method }) => method !== "ALL"))(
    "is made from one that is accepted: $name",
    ({ name: route }) => {
      const exchange = accepted.get(route);
      expect([exchange?.answer.status, exchange?.show()]).toEqual([
        expect.toBeOneOf([200, 201, 202, 204]),
        expect.anything(),
      ]);
    },
  );

  it.each(targets)(
    "is refused in its dialect's form and changes nothing: $name",
    LONG,
    async (route) => {
      const refuse = async (breakage: Breakage) => {
        sent += 1;
        expectRefused(await sendTo(place, route, { breakage, mode: "live" }));
      };
      await requests(route, surelyBroken, refuse);
      if ((await keptState()) === before) return;
      // Once more with a look after each, to name the one that was kept.
      before = await keptState();
      await requests(route, surelyBroken, async (breakage) => {
        await refuse(breakage);
        expect(await keptState()).toBe(before);
      });
      throw new Error(`something was kept, though not when it was sent again; ${REPEAT}`);
    },
  );

  it("leaves nothing behind when all has come to rest", LONG, async () => {
    expect(await settle()).toBe(before);
  });

  it.each(ordered)(
    "is answered in its dialect's form, be it good or bad: $name",
    LONG,
    async (route) => {
      const answer = async (breakage: Breakage, mode: "live" | "test") => {
        sent += 1;
        expectGood(await sendTo(place, route, { breakage, mode }));
      };
      await requests(route, perhapsBroken, answer, ["live", "test"]);
    },
  );

  it("is one of thousands, and the service still stands", LONG, async () => {
    expect(sent).toBeGreaterThanOrEqual(REQUESTS);
    await settle();
    for (const route of targets.filter(({ method }) => method === "GET")) {
      expectGood(await sendTo(place, route, { breakage: null, mode: "test" }));
    }
  });
}

function rank({ method }: Route): number {
  return method === "DELETE" ? 1 : 0;
}
