import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommandRequest, Guard } from "../../../src/core/ledger/commands.ts";
import type { Receipt } from "../../../src/core/ledger/entries.ts";
import type { Scenario } from "../../support/commands.ts";
import { requestOf, scenarios } from "../../support/commands.ts";
import { carryOutOnce, MemoryLedger } from "../../support/ledger.ts";
import { DAY, START } from "../../support/requests.ts";

/** Longer than any scenario. */
const KEEP = 1_000 * DAY;

/** How a till marks its commands, and when it sends them again. */
interface Till {
  readonly guard: Guard["kind"] | null;
  readonly referenced: boolean;
  /** After how many of its other commands it sends one again. */
  readonly again: number;
}

const tills = fc
  .record({
    guard: fc.constantFrom<Guard["kind"] | null>("idempotency_key", "signature", null),
    referenced: fc.boolean(),
    again: fc.integer({ min: 0, max: 4 }),
  })
  .filter((till) => till.referenced || till.guard !== null);

/** A command on its way, with the receipt that it got when it was booked. */
interface Sent {
  readonly request: CommandRequest;
  readonly clock: number;
  readonly again: number;
  receipt: Receipt | null;
}

function marked(request: CommandRequest, number: number, till: Till): CommandRequest {
  const key = `${number}`;
  const { guard: kind, referenced } = till;
  return {
    ...request,
    reference: referenced ? { operation: "any", key, fingerprint: "content" } : null,
    guard: kind === null ? null : { kind, key, fingerprint: "content", keepMs: KEEP },
  };
}

/** Sends a scenario's commands, and each once more after some others; `resend` does the latter. */
function sendAll(
  scenario: Scenario,
  marks: readonly Till[],
  resend: (ledger: MemoryLedger, sent: Sent, clock: number) => void,
): { ledger: MemoryLedger; all: Sent[] } {
  const ledger = new MemoryLedger();
  const all: Sent[] = [];
  const steps = scenario.steps.filter((step) => step.wish.kind !== "expire");
  let clock = START;
  for (const [number, step] of steps.entries()) {
    clock += step.wait;
    const till = marks[number % marks.length];
    if (till === undefined) throw new Error("there is a till");
    const request = marked(requestOf(scenario, step, { number, ledger, clock }), number, till);
    const answer = carryOutOnce(ledger, request, clock);
    all.push({
      request,
      clock,
      again: number + till.again,
      receipt: answer.ok ? answer.value : null,
    });
    for (const sent of all) if (sent.again === number) resend(ledger, sent, clock);
  }
  return { ledger, all };
}

function sendsAgain(
  title: string,
  resend: (ledger: MemoryLedger, sent: Sent, clock: number) => void,
): void {
  it(title, () => {
    const marks = fc.array(tills, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(scenarios(), marks, (scenario, some) => {
        const { ledger, all } = sendAll(scenario, some, resend);
        const mains = ledger.entries.filter((entry) => entry.receipt !== null);
        expect(mains).toHaveLength(all.filter((sent) => sent.receipt !== null).length);
      }),
      { numRuns: 200 },
    );
  });
}

describe("any command that is sent again", { timeout: 60_000 }, () => {
  sendsAgain("never acts twice, and answers as at first", (ledger, sent, clock) => {
    const { seq } = ledger.head;
    const answer = carryOutOnce(ledger, sent.request, clock);
    if (sent.receipt === null) {
      sent.receipt = answer.ok ? answer.value : null;
      if (sent.request.guard?.kind === "idempotency_key") expect(answer.ok).toBe(false);
      return;
    }
    expect(answer).toEqual({ ok: true, value: sent.receipt });
    expect(ledger.head.seq).toBe(seq);
  });

  sendsAgain("under a new signature is known by its reference", (ledger, sent, clock) => {
    if (sent.receipt === null || sent.request.reference === null) return;
    const guard: Guard = { kind: "signature", key: "new", fingerprint: "other", keepMs: KEEP };
    const { seq } = ledger.head;
    const answer = carryOutOnce(ledger, { ...sent.request, guard }, clock);
    expect(answer).toEqual({ ok: true, value: sent.receipt });
    expect(ledger.head.seq).toBe(seq);
  });

  sendsAgain("with other content is refused and changes nothing", (ledger, sent, clock) => {
    if (sent.receipt === null) return;
    const { guard, reference } = sent.request;
    const { seq } = ledger.head;
    const answer = carryOutOnce(
      ledger,
      {
        ...sent.request,
        guard: guard && { ...guard, fingerprint: "other" },
        reference: reference && { ...reference, fingerprint: "other" },
      },
      clock,
    );
    const code =
      guard === null
        ? "reference_reused"
        : { signature: "signature_reused", idempotency_key: "idempotency_key_reused" }[guard.kind];
    expect(answer).toMatchObject({ ok: false, error: { code } });
    expect(ledger.head.seq).toBe(seq);
  });
});
