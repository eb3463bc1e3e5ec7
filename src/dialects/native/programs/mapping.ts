import type * as z from "zod";
import type { NewProgram, ProgramRow } from "../../../services/merchants/programs.ts";
import { stampTexts } from "../mapping.ts";
import type { newProgramAnswer, programAnswer } from "./answers.ts";
import type { programSchema } from "./schemas.ts";

/** What is stored of a programme: what passed the schema, less the name. */
type Definition = Omit<z.output<typeof programSchema>, "name">;

export function programBody(row: ProgramRow): z.input<typeof programAnswer> {
  const definition = row.definition as Definition;
  return { id: row.id, object: "program", name: row.name, ...definition, ...stampTexts(row) };
}

export function newProgramBody(row: NewProgram): z.input<typeof newProgramAnswer> {
  return { ...programBody(row), warnings: [...row.warnings] };
}
