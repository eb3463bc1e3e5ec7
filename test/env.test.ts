import { describe, expect, it } from "vitest";
import { PASSWORD_COST, settingsOf } from "../src/env.ts";

const MASTER_KEYS = JSON.stringify({ current: "1", keys: { "1": "AAAA" } });

/** The cost of passwords in an environment with that setting. */
function passwordCost(environment: string | undefined, setting: string | undefined): number {
  const given = { GUERDON_ENVIRONMENT: environment, GUERDON_PASSWORD_COST: setting };
  return settingsOf({ GUERDON_MASTER_KEYS: MASTER_KEYS, ...given } as Env).passwordCost;
}

describe("the cost of passwords", () => {
  it("is the full one unless told otherwise", () => {
    expect(PASSWORD_COST).toBe(2 ** 14);
    expect(passwordCost("local", undefined)).toBe(PASSWORD_COST);
    expect(passwordCost("local", "")).toBe(PASSWORD_COST);
  });

  it("can be lowered on a developer's machine", () => {
    expect(passwordCost("local", "16")).toBe(16);
  });

  it.each(["0", "1", "100"])("is none that the hash cannot take: %s", (cost) => {
    expect(() => passwordCost("local", cost)).toThrow("must be a power of 2");
    expect(passwordCost("production", cost)).toBe(PASSWORD_COST);
  });

  it.each(["production", "staging", "", "LOCAL", undefined])(
    "is the full one in the environment %s, whatever is set",
    (environment) => {
      expect(passwordCost(environment, "16")).toBe(PASSWORD_COST);
      expect(passwordCost(environment, undefined)).toBe(PASSWORD_COST);
    },
  );
});
