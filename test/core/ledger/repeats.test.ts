import { describe, expect, it } from "vitest";
import type { CommandRequest, Guard, Reference } from "../../../src/core/ledger/commands.ts";
import type { Receipt } from "../../../src/core/ledger/entries.ts";
import type { Past, Prior, Recognition } from "../../../src/core/ledger/repeats.ts";
import { recognise, recogniseGuard } from "../../../src/core/ledger/repeats.ts";
import { carryOutOnce, MemoryLedger } from "../../support/ledger.ts";
import { DAY, earn, redeem, requestFor, START } from "../../support/requests.ts";

const KEEP = 5 * 60_000;
const NOTHING: Past = { byReference: [], byGuard: null, refusal: null };

function receipt(seq: number): Receipt {
  const standing = { tier: null, next: null, missing: 0 };
  return { seq, entry: "", unit: "point", amount: 1, balance: 1, standing, recordedAt: START };
}

function prior(given: Partial<Prior>): Prior {
  return {
    operation: null,
    fingerprint: null,
    guardKey: null,
    guardFingerprint: null,
    recordedAt: START,
    receipt: receipt(1),
    ...given,
  };
}

function told(
  given: Pick<Partial<CommandRequest>, "reference" | "guard">,
  past: Partial<Past>,
  now = START + 1,
): Recognition {
  return recognise(requestFor(earn(1), given), { ...NOTHING, ...past }, now);
}

const reference = (given: Partial<Reference> = {}): Reference => ({
  operation: "earn",
  key: "R-1",
  fingerprint: "content",
  ...given,
});
const REPEAT = { kind: "repeat", receipt: receipt(1) };
const NEW = { kind: "new" };

describe("a reference", () => {
  const booked = prior({ operation: "earn", fingerprint: "content" });

  it("that was never used is new", () => {
    expect(told({ reference: reference() }, {})).toEqual(NEW);
    expect(told({}, {})).toEqual(NEW);
  });

  it("with the same content is a repeat with the first receipt, for good", () => {
    expect(told({ reference: reference() }, { byReference: [booked] })).toEqual(REPEAT);
    const later = START + 100 * 365 * DAY;
    expect(told({ reference: reference() }, { byReference: [booked] }, later)).toEqual(REPEAT);
  });

  it("with other content is refused", () => {
    const other = { reference: reference({ fingerprint: "other" }) };
    expect(told(other, { byReference: [booked] })).toEqual({
      kind: "refused",
      error: { code: "reference_reused", reference: "R-1" },
    });
  });

  it("under another operation is new", () => {
    const redeemed = { reference: reference({ operation: "redeem" }) };
    expect(told(redeemed, { byReference: [booked] })).toEqual(NEW);
  });

  it("is compared with the command of its own operation among others", () => {
    const byReference = [
      prior({ operation: "redeem", fingerprint: "other", receipt: receipt(7) }),
      booked,
    ];
    expect(told({ reference: reference() }, { byReference })).toEqual(REPEAT);
  });
});

describe("a reference of a till whose numbers start again", () => {
  const booked = prior({ operation: "earn", fingerprint: "content" });
  const recurring = (given: Partial<Reference> = {}) => ({
    reference: reference({ repeatWithinMs: DAY, ...given }),
  });

  it("is a repeat with the same content within its time", () => {
    const last = START + DAY - 1;
    expect(told(recurring(), { byReference: [booked] }, last)).toEqual(REPEAT);
    expect(told(recurring(), { byReference: [booked] }, last + 1)).toEqual(NEW);
  });

  it("is new with other content or of another operation", () => {
    const past = { byReference: [booked] };
    expect(told(recurring({ fingerprint: "other" }), past)).toEqual(NEW);
    expect(told(recurring({ operation: "redeem" }), past)).toEqual(NEW);
    expect(told(recurring(), {})).toEqual(NEW);
  });

  it("is found among the other commands of that number", () => {
    const others = [
      { ...booked, fingerprint: "other", receipt: receipt(7) },
      { ...booked, recordedAt: START - DAY, receipt: receipt(8) },
    ];
    expect(told(recurring(), { byReference: [...others, booked] })).toEqual(REPEAT);
    expect(told(recurring(), { byReference: others })).toEqual(NEW);
  });
});

describe.each([
  ["idempotency_key", "idempotency_key_reused"],
  ["signature", "signature_reused"],
] as const)("a guard by %s", (kind, code) => {
  const guard: Guard = { kind, key: "G-1", fingerprint: "POST /earn", keepMs: KEEP };
  const elsewhere: Guard = { ...guard, fingerprint: "POST /redeem" };
  const guarded = prior({ guardKey: "G-1", guardFingerprint: "POST /earn" });
  const refused = { kind: "refused", error: { code } };

  it("that was never used is new", () => {
    expect(told({ guard }, {})).toEqual(NEW);
    expect(recogniseGuard(guard, NOTHING, START)).toBeNull();
  });

  it("with the same fingerprint is a repeat with the first receipt", () => {
    expect(told({ guard }, { byGuard: guarded })).toEqual(REPEAT);
  });

  it("with another fingerprint is refused", () => {
    expect(told({ guard: elsewhere }, { byGuard: guarded })).toEqual(refused);
  });

  it("is recognised also when it is found only by the reference", () => {
    const past = { byReference: [{ ...guarded, operation: "earn", fingerprint: "content" }] };
    expect(told({ guard, reference: reference() }, past)).toEqual(REPEAT);
    expect(told({ guard: elsewhere, reference: reference() }, past)).toEqual(refused);
    const moved = reference({ operation: "redeem", fingerprint: "other" });
    expect(told({ guard: elsewhere, reference: moved }, past)).toEqual(refused);
    expect(told({ guard, reference: moved }, past)).toEqual(REPEAT);
  });

  it("is looked at before the reference", () => {
    const past = { byReference: [{ ...guarded, operation: "earn", fingerprint: "content" }] };
    const other = { guard: elsewhere, reference: reference({ fingerprint: "other" }) };
    expect(told(other, past)).toEqual(refused);
  });

  it("is refused when any of its uses was another, whichever is found first", () => {
    const byReference = [{ ...guarded, operation: "earn", fingerprint: "content" }];
    const byGuard = { ...guarded, guardFingerprint: "POST /redeem", receipt: receipt(2) };
    expect(told({ guard, reference: reference() }, { byReference, byGuard })).toEqual(refused);
  });

  it("does not stand in the way of a repeat by reference under a new guard", () => {
    const fresh: Guard = { ...elsewhere, key: "G-2" };
    const past = { byReference: [{ ...guarded, operation: "earn", fingerprint: "content" }] };
    expect(told({ guard: fresh, reference: reference() }, past)).toEqual(REPEAT);
  });

  it("holds for its time and not longer", () => {
    const last = START + KEEP - 1;
    expect(told({ guard }, { byGuard: guarded }, last)).toEqual(REPEAT);
    expect(told({ guard: elsewhere }, { byGuard: guarded }, last)).toEqual(refused);
    expect(told({ guard }, { byGuard: guarded }, last + 1)).toEqual(NEW);
    expect(told({ guard: elsewhere }, { byGuard: guarded }, last + 1)).toEqual(NEW);
  });

  it("still holds when the clock jumps back", () => {
    expect(told({ guard }, { byGuard: guarded }, START - DAY)).toEqual(REPEAT);
  });
});

describe("a refusal", () => {
  const guard: Guard = { kind: "idempotency_key", key: "G-1", fingerprint: "F", keepMs: KEEP };
  const error = { code: "balance_limit", unit: "point" } as const;
  const kept = { guardFingerprint: "F", recordedAt: START, error };

  it("is repeated under the same key", () => {
    expect(told({ guard }, { refusal: kept })).toEqual({ kind: "refused", error });
  });

  it("binds the key to its content", () => {
    const other = { ...guard, fingerprint: "other" };
    const reused = { kind: "refused", error: { code: "idempotency_key_reused" } };
    expect(told({ guard: other }, { refusal: kept })).toEqual(reused);
    expect(told({ guard: other }, { refusal: { ...kept, error: null } })).toEqual(reused);
  });

  it("may be tried again where only the guard was bound", () => {
    expect(told({ guard }, { refusal: { ...kept, error: null } })).toEqual(NEW);
    const byReference = [prior({ operation: "earn", fingerprint: "content" })];
    const past = { refusal: { ...kept, error: null }, byReference };
    expect(told({ guard, reference: reference() }, past)).toEqual(REPEAT);
  });

  it("is forgotten with its guard", () => {
    expect(told({ guard }, { refusal: kept }, START + KEEP)).toEqual(NEW);
    const other = { ...guard, fingerprint: "other" };
    expect(told({ guard: other }, { refusal: kept }, START + KEEP)).toEqual(NEW);
  });

  it("is nothing to a request without a guard", () => {
    expect(told({ reference: reference() }, { refusal: kept })).toEqual(NEW);
  });
});

describe("a ledger that is sent the same command again", () => {
  const send = (ledger: MemoryLedger, given: Partial<CommandRequest>, points = 10) =>
    carryOutOnce(ledger, requestFor(earn(points), given), START);

  it("answers as at first, whatever was booked since", () => {
    const ledger = new MemoryLedger();
    const first = send(ledger, { reference: reference() });
    send(ledger, {});
    expect(send(ledger, { reference: reference() })).toEqual(first);
    expect(first).toMatchObject({ ok: true, value: { seq: 1, amount: 10, balance: 10 } });
    expect(ledger.head.seq).toBe(2);
  });

  it("refuses again what it refused under an idempotency key, though it could book it now", () => {
    const ledger = new MemoryLedger();
    const guard = { kind: "idempotency_key", key: "G", fingerprint: "F", keepMs: KEEP } as const;
    const request = requestFor(redeem(5), { guard });
    const first = carryOutOnce(ledger, request, START);
    send(ledger, {});
    expect(first).toMatchObject({ ok: false, error: { code: "insufficient_balance" } });
    expect(carryOutOnce(ledger, request, START)).toEqual(first);
    expect(carryOutOnce(ledger, request, START + KEEP)).toMatchObject({ ok: true });
  });

  it("lets a signed command be tried again after a refusal", () => {
    const ledger = new MemoryLedger();
    const guard = { kind: "signature", key: "G", fingerprint: "F", keepMs: KEEP } as const;
    const request = requestFor(redeem(5), { guard });
    expect(carryOutOnce(ledger, request, START)).toMatchObject({ ok: false });
    send(ledger, {});
    expect(carryOutOnce(ledger, request, START)).toMatchObject({ ok: true });
  });
});
