import type { MockInstance } from "vitest";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { DIALECT_FORMS } from "../dialect-forms.ts";
import { keptState, settle } from "../kept-state.ts";
import { setStage } from "../write-calls.ts";
import { Barrage, expectForm, REPEAT, REQUESTS } from "./barrage.ts";
import type { Exchange } from "./counter.ts";
import type { Route } from "./routes.ts";

const LONG = { timeout: 120_000 };

/** Sends thousands of broken requests to every route of a dialect. */
export function describeMalformed(name: string): void {
  const form = DIALECT_FORMS.find((candidate) => candidate.name === name);
  if (form === undefined) throw new Error(`the dialect ${name} is not registered`);
  const barrage = new Barrage(form);
  const accepted = new Map<Route, Exchange>();
  let logged: MockInstance;
  let before: string;

  beforeAll(async () => {
    const received = () => Promise.resolve(new Response(null, { status: 204 }));
    vi.spyOn(globalThis, "fetch").mockImplementation(received);
    logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await barrage.open(await setStage());
    for (const route of barrage.targets) accepted.set(route, await barrage.sendGood(route));
    before = await settle();
  }, LONG.timeout);

  afterEach(() => {
    const { calls } = logged.mock;
    logged.mockClear();
    expect(calls, "nothing unexpected is logged").toEqual([]);
  });

  it.each(barrage.targets.filter(hasSample))("is made from one that succeeds: $name", (route) => {
    const exchange = accepted.get(route);
    expect([exchange?.answer.status, exchange?.show()]).toEqual([
      expect.toBeOneOf([200, 201, 202, 204]),
      expect.anything(),
    ]);
  });

  refusals(barrage);

  it("leaves nothing behind when all has come to rest", LONG, async () => {
    expect(await settle()).toBe(before);
  });

  oddities(barrage);
}

/** What must be refused: these come first, as nothing may have changed after them. */
function refusals(barrage: Barrage): void {
  let kept: string | null = null;

  it.each(barrage.targets)("is refused and changes nothing: $name", LONG, async (route) => {
    const before = kept ?? (await keptState());
    kept = null;
    await barrage.sendBad(route);
    const after = await keptState();
    if (after === before) {
      kept = after;
      return;
    }
    // Once more with a look after each, to name the one that was kept.
    await barrage.sendBad(route, async () => expect(await keptState()).toBe(after));
    throw new Error(`something was kept, though not when it was sent again; ${REPEAT}`);
  });
}

/** What may be good: all that is sure is how it is answered. */
function oddities(barrage: Barrage): void {
  // What removes comes last, so that the others still find what they name.
  const ordered = barrage.targets.toSorted((a, b) => rank(a) - rank(b));

  it.each(ordered)("is answered as documented, be it good or bad: $name", LONG, async (route) => {
    await barrage.sendOdd(route);
  });

  it("is one of thousands, and the service still stands", LONG, async () => {
    expect(barrage.sent).toBeGreaterThanOrEqual(REQUESTS);
    await settle();
    for (const route of barrage.targets) expectForm(await barrage.sendGood(route));
  });
}

function hasSample({ method }: Route): boolean {
  return method !== "ALL";
}

function rank({ method }: Route): number {
  return method === "DELETE" ? 1 : 0;
}
