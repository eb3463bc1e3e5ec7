import { afterEach, describe, expect, it, vi } from "vitest";
import { logFault } from "../src/log.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is logged of an error. */
function logged(error: unknown): string {
  const told = vi.spyOn(console, "error").mockImplementation(() => {});
  logFault({ request_id: "req_1" }, error);
  return String(told.mock.calls[0]?.[0]);
}

const QUERY = "Failed query: select ? from customers";

describe("a fault that is logged", () => {
  it.each([
    ["a line break", "Ann\nLovelace\n+60123456789,mer_1"],
    ["what looks like a frame", "Ann\n    at Lovelace (+60123456789)\nmer_1"],
    ["what looks like parameters", "Ann\nparams: Lovelace\n+60123456789"],
  ])("tells the statement and where, and no parameter, also with %s in it", (_what, params) => {
    const text = logged(new Error(`${QUERY}\nparams: ${params}`));
    expect(text).toContain(QUERY);
    expect(text).toMatch(/log\.test/);
    expect(text).not.toMatch(/Ann|Lovelace|60123|mer_1/);
    expect(JSON.parse(text)).toMatchObject({ level: "error", request_id: "req_1" });
  });

  it("tells none where the stack has another message than the error, or there is no error", () => {
    const changed = new Error("before");
    changed.message = `${QUERY}\nparams: Ann\nLovelace`;
    for (const thrown of [changed, `${QUERY}\nparams: Ann\nLovelace`]) {
      expect(logged(thrown)).toContain(QUERY);
      expect(logged(thrown)).not.toMatch(/Ann|Lovelace/);
      vi.restoreAllMocks();
    }
  });

  it("tells the name, the message and the frames of any other", () => {
    const text = logged(new TypeError("no such thing"));
    expect(text).toMatch(/TypeError: no such thing\\n +at /);
  });
});
