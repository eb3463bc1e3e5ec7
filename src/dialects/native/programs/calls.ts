import { json } from "../../../http/calls.ts";
import { createProgram, getProgram } from "../../../services/merchants/programs.ts";
import { call, list, mapped, wholePage } from "../declarations.ts";
import { newProgramAnswer, programAnswer } from "./answers.ts";
import { newProgramBody, programBody } from "./mapping.ts";
import { programSchema } from "./schemas.ts";

/** The merchant's programme. */
export const PROGRAM_CALLS = [
  call({
    method: "POST",
    path: "/programs",
    summary: "Gives the merchant its programme",
    scope: "write:programs",
    input: programSchema,
    answer: json(newProgramAnswer),
    status: 201,
    errors: ["already_exists"],
    act: async (ctx, { name, ...definition }) =>
      mapped(await createProgram(ctx, name, definition), newProgramBody),
  }),
  list({
    path: "/programs",
    summary: "Lists the merchant's programme, if it has one",
    scope: "read:programs",
    item: programAnswer,
    errors: [],
    async read(ctx) {
      const found = await getProgram(ctx);
      return wholePage(found.ok ? [found.value] : []);
    },
    show: programBody,
  }),
];
