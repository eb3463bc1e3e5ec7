import type * as z from "zod";
import type { Fault, LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";

/** Reads a wire value by its schema; all faults at once, with JSON pointers. */
export function validate<S extends z.ZodType>(
  schema: S,
  value: unknown,
): Result<z.output<S>, LoyaltyError> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return ok(parsed.data);
  return err({ code: "validation_failed", faults: parsed.error.issues.flatMap(toFaults) });
}

function toFaults(issue: z.core.$ZodIssue): Fault[] {
  const pointer = toPointer(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        pointer: toPointer([...issue.path, key]),
        code: "unknown_field",
        detail: "is not a field of this request",
      }));
    case "too_big":
      return [{ pointer, code: "too_large", detail: issue.message }];
    case "too_small":
      return [{ pointer, code: "too_small", detail: issue.message }];
    case "invalid_type":
    case "invalid_value":
      return [{ pointer, code: isMissing(issue) ? "required" : "invalid", detail: issue.message }];
    case "custom":
      return [{ pointer, code: customCode(issue), detail: issue.message }];
    default:
      return [{ pointer, code: "invalid", detail: issue.message }];
  }
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return "input" in issue && issue.input === undefined;
}

function customCode(issue: z.core.$ZodIssueCustom): string {
  const code = issue.params?.code;
  return typeof code === "string" ? code : "invalid";
}

function toPointer(path: readonly PropertyKey[]): string {
  const escaped = (part: PropertyKey): string =>
    String(part).replaceAll("~", "~0").replaceAll("/", "~1");
  return path.map((part) => `/${escaped(part)}`).join("");
}

/** Levels of objects and lists within one another; no schema has half as many. */
const MAX_DEPTH = 32;

/**
 * The first text in a wire value that is no well-formed Unicode: storage would replace what is
 * wrong with it, and the answer would then differ from what is kept. Or the first place beyond
 * {@link MAX_DEPTH}: what is nested without end would use up the stack. Null when there is neither.
 */
export function findIllFormed(value: unknown, pointer = "", depth = 0): Fault | null {
  if (typeof value === "string") {
    const detail = "must be well-formed Unicode";
    return value.isWellFormed() ? null : { pointer, code: "invalid", detail };
  }
  if (typeof value !== "object" || value === null) return null;
  if (depth === MAX_DEPTH) {
    return { pointer, code: "invalid", detail: `must be nested at most ${MAX_DEPTH} levels deep` };
  }
  for (const [key, item] of Object.entries(value)) {
    const found =
      findIllFormed(key, pointer) ?? findIllFormed(item, `${pointer}/${key}`, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
