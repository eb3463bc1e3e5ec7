import { describe, expect, it } from "vitest";
import { requireScope } from "../../src/http/scopes.ts";
import type { Principal, Scope } from "../../src/services/context.ts";
import { KEY_SCOPES } from "../../src/services/context.ts";

const holding = (...scopes: Scope[]) => ({ scopes }) as unknown as Principal;

describe("a scope", () => {
  it.each(KEY_SCOPES)("%s is needed by name", (scope) => {
    expect(requireScope(holding(scope), scope)).toEqual({ ok: true, value: null });
    const others = KEY_SCOPES.filter((other) => other !== scope);
    const error = { code: "scope_missing", scope };
    expect(requireScope(holding(...others), scope)).toEqual({ ok: false, error });
    expect(requireScope(holding(), scope)).toEqual({ ok: false, error });
  });

  it.each(KEY_SCOPES)("%s is the admin's too", (scope) => {
    expect(requireScope(holding("admin"), scope).ok).toBe(true);
  });

  it("of the admin can be given to no key", () => {
    expect(KEY_SCOPES).not.toContain("admin");
  });
});
