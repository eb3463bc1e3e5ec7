import { expect } from "vitest";
import type { Answer } from "../http.ts";

/** What a problem must say besides what every problem says. */
export interface Expected {
  readonly code: string;
  readonly instance?: string;
  readonly errors?: unknown;
  readonly context?: unknown;
  readonly retryable?: boolean;
}

/** Expects problem details (RFC 9457) with our members, and not one member more. */
export function expectProblem(answer: Answer, status: number, expected: Expected): void {
  const { code, errors, context, retryable = false } = expected;
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: {
      type: `https://guerdon.dev/errors/${code}`,
      title: expect.stringMatching(/^[A-Z]/),
      status,
      detail: expect.stringMatching(/^[A-Z].*\.$/),
      code,
      retryable,
      ...(errors === undefined ? {} : { errors }),
      ...(context === undefined ? {} : { context }),
      instance: expected.instance ?? expect.stringMatching(/^\/loyalty\/v1/),
      request_id: answer.headers.get("Request-Id"),
    },
  });
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
}

/** One fault of a request. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
}

/** Expects that exactly these faults were found, in whatever order. */
export function expectFaults(answer: Answer, ...faults: readonly Fault[]): void {
  const unknown = faults.every((fault) => fault.code === "unknown_field");
  const code = unknown ? "unknown_field" : "validation_failed";
  expectProblem(answer, 400, { code, errors: expect.any(Array) });
  const found = (answer.body.errors as (Fault & { detail: string })[]).map((fault) => {
    expect(Object.keys(fault).sort()).toEqual(["code", "detail", "pointer"]);
    expect(fault.detail).not.toBe("");
    return { pointer: fault.pointer, code: fault.code };
  });
  const sorted = (list: readonly Fault[]) => list.map((fault) => JSON.stringify(fault)).sort();
  expect(sorted(found)).toEqual(
    sorted(faults.map(({ pointer, code: c }) => ({ pointer, code: c }))),
  );
}
