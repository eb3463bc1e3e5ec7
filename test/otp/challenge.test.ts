import { describe, expect, it } from "vitest";
import type { SubjectState } from "../../src/otp/challenge.ts";
import {
  forgottenAt,
  issue,
  judge,
  LIFETIME_MS,
  MAX_SENDS,
  MAX_TRIES,
  SENDING_MS,
  UNSENT,
} from "../../src/otp/challenge.ts";

const NOW = Date.UTC(2060, 0, 1);
const right = { hash: "aa11", purpose: null };
const wrong = { hash: "aa12", purpose: null };

function issued(state: SubjectState = UNSENT, hash = "aa11", now = NOW): SubjectState {
  const next = issue(state, { hash, purpose: "redeem" }, now).state;
  if (next === null) throw new Error("refused");
  return next;
}

describe("a one-time password", () => {
  it("is right once", () => {
    const first = judge(issued(), right, NOW);
    expect(first.right).toBe(true);
    expect(judge(first.state, right, NOW).right).toBe(false);
  });

  it("is right until its time is over", () => {
    expect(judge(issued(), right, NOW + LIFETIME_MS - 1).right).toBe(true);
    const late = judge(issued(), right, NOW + LIFETIME_MS);
    expect(late).toMatchObject({ right: false, state: { challenge: null } });
  });

  it("lives through four wrong tries and not through five", () => {
    let state = issued();
    for (let tries = 1; tries < MAX_TRIES; tries += 1) state = judge(state, wrong, NOW).state;
    expect(judge(state, right, NOW).right).toBe(true);
    state = judge(state, wrong, NOW).state;
    expect(judge(state, right, NOW).right).toBe(false);
  });

  it("is replaced by a new one, which may be tried afresh", () => {
    let state = issued();
    for (let tries = 1; tries < MAX_TRIES; tries += 1) state = judge(state, wrong, NOW).state;
    state = issued(state, "bb22");
    expect(judge(state, right, NOW).right).toBe(false);
    expect(judge(state, { hash: "bb22", purpose: null }, NOW).right).toBe(true);
  });

  it("is wrong for another purpose, and that counts as a try", () => {
    const other = judge(issued(), { hash: "aa11", purpose: "login" }, NOW);
    expect(other).toMatchObject({ right: false, state: { challenge: { tries: 1 } } });
    expect(judge(issued(), { hash: "aa11", purpose: "redeem" }, NOW).right).toBe(true);
  });

  it.each(["", "a", "aa11a", "AA11", "aa1"])("is not guessed with %j", (hash) => {
    expect(judge(issued(), { hash, purpose: null }, NOW).right).toBe(false);
  });
});

describe("sending", () => {
  it("is possible five times in an hour, and again when the first is an hour old", () => {
    let state: SubjectState = UNSENT;
    for (let sends = 0; sends < MAX_SENDS; sends += 1) state = issued(state, "x", NOW + sends);
    const refused = issue(state, { hash: "y", purpose: "redeem" }, NOW + 10);
    expect(refused).toEqual({ state: null, retryAfterMs: SENDING_MS - 10 });
    const next = issued(state, "y", NOW + SENDING_MS);
    expect(next.sends).toEqual([NOW + 1, NOW + 2, NOW + 3, NOW + 4, NOW + SENDING_MS]);
  });

  it("is remembered for an hour after the last", () => {
    expect(forgottenAt(issued(issued(), "x", NOW + 7))).toBe(NOW + 7 + SENDING_MS);
  });
});
