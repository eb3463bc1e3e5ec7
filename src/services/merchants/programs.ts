import type { Fault, LoyaltyError } from "../../core/errors.ts";
import { notFound, pointerPart } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { ProgramDefinition } from "../../core/program/definition.ts";
import { defineProgram, warningsOf } from "../../core/program/definition.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { ProgramRow } from "../../registry/merchants/programs.ts";
import { findProgram, insertProgram } from "../../registry/merchants/programs.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { listSeriesKeys } from "../../registry/vouchers/granted.ts";
import { ulid } from "../../ulid.ts";
import { forgetCredentials } from "../access/credentials.ts";
import type { Context } from "../context.ts";

export type { ProgramRow } from "../../registry/merchants/programs.ts";

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
  const warnings = [...warningsOf(defined.value), ...(await seriesWarnings(ctx, definition))];
  return ok({ ...row, warnings });
}

/** A series may come after the programme that grants its vouchers; until then it grants none. */
async function seriesWarnings(
  { db, principal }: Context,
  { grants }: ProgramDefinition,
): Promise<readonly Fault[]> {
  const named = Object.entries(grants?.skus ?? {}).flatMap(([sku, { vouchers = [] }]) =>
    vouchers.map(({ series }, i) => ({
      series,
      pointer: `/grants/skus/${pointerPart(sku)}/vouchers/${i}/series`,
    })),
  );
  if (named.length === 0) return [];
  const keys = named.map(({ series }) => series);
  const known = await listSeriesKeys(db, principal.merchant.id, keys);
  const detail = "is the key of no voucher series yet, so it grants nothing";
  return named
    .filter(({ series }) => !known.includes(series))
    .map(({ pointer }) => ({ pointer, code: "unknown_series", detail }));
}

/** The merchant's programme. */
export async function getProgram(ctx: Context): Promise<Result<ProgramRow, LoyaltyError>> {
  const row = await findProgram(ctx.db, ctx.principal.merchant.id);
  return row === undefined ? notFound("program") : ok(row);
}
