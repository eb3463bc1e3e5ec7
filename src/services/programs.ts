import { ulid } from "ulid";
import type { Fault, LoyaltyError } from "../core/errors.ts";
import { notFound } from "../core/errors.ts";
import { makeId } from "../core/ids.ts";
import type { ProgramDefinition } from "../core/program.ts";
import { defineProgram, warningsOf } from "../core/program.ts";
import type { Result } from "../core/result.ts";
import { err, ok } from "../core/result.ts";
import type { ProgramRow } from "../registry/programs.ts";
import { findProgram, insertProgram } from "../registry/programs.ts";
import { unitOfWork } from "../registry/unit-of-work.ts";
import type { Context } from "./context.ts";
import { forgetCredentials } from "./credentials.ts";

export type { ProgramRow } from "../registry/programs.ts";

/** A programme that was just made, with what of it looks like a mistake. */
export interface NewProgram extends ProgramRow {
  readonly warnings: readonly Fault[];
}

/**
 * Gives the merchant its programme. `validation_failed` names every fault of the definition;
 * `already_exists` when the merchant has one.
 */
export async function createProgram(
  ctx: Context,
  name: string,
  definition: ProgramDefinition,
): Promise<Result<NewProgram, LoyaltyError>> {
  const defined = defineProgram(definition);
  if (!defined.ok) return err({ code: "validation_failed", faults: defined.error });
  const { db, now, principal } = ctx;
  const row = {
    id: makeId("prg", ulid(now)),
    merchantId: principal.merchant.id,
    name,
    definition,
    createdAt: now,
    updatedAt: now,
  };
  const work = unitOfWork(db, principal.mode);
  work.add(insertProgram(db, row));
  if (!(await work.commit())) {
    return err({ code: "already_exists", object: "program", field: "merchant" });
  }
  forgetCredentials();
  return ok({ ...row, warnings: warningsOf(defined.value) });
}

/** The merchant's programme. */
export async function getProgram(ctx: Context): Promise<Result<ProgramRow, LoyaltyError>> {
  const row = await findProgram(ctx.db, ctx.principal.merchant.id);
  return row === undefined ? notFound("program") : ok(row);
}
