import type { Fault, LoyaltyError } from "../../core/errors.ts";

/** How an error looks on the wire, besides its code. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The public code, where it is not the error's own. */
  readonly code?: string;
  readonly retryable?: boolean;
  readonly faults?: readonly Fault[];
  readonly context?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as a body that stands in another; null is what nobody expected. */
export type DescribeProblem = (error: LoyaltyError | null) => object;

/** Problem details (RFC 9457), without the members that are the request's own. */
export function problemBody(problem: Problem, error: LoyaltyError | null): object {
  const { status, title, detail, code = error?.code, retryable = false } = problem;
  const { faults, context } = problem;
  return {
    type: `https://guerdon.dev/errors/${code}`,
    title,
    status,
    detail,
    code,
    retryable,
    ...(faults === undefined ? {} : { errors: faults }),
    ...(context === undefined ? {} : { context }),
  };
}
