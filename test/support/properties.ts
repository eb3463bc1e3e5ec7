import * as fc from "fast-check";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Seed of every property that sets none itself; null: a new one each time. */
    propertySeed: number | null;
    /** How much slower than an idle machine this one is. */
    slowFactor: number;
  }
}

/** Tells of a property that failed, as usual, and how to make it fail again. */
function report<T>(details: fc.RunDetails<T>): void {
  const message = fc.defaultReportMessage(details);
  if (message === undefined) return;
  const hint = `run again with GUERDON_PROPERTY_SEED=${details.seed}`;
  throw new Error(`${message}\n\n${hint}`, { cause: details.errorInstance });
}

const seed = inject("propertySeed");
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  ...(seed === null ? {} : { seed }),
  reporter: report,
});
