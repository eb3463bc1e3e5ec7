import * as z from "zod";
import { ok } from "../../../core/result.ts";
import { getSiteByNumber, listSiteWindow } from "../../../services/merchants/sites.ts";
import { many, one } from "../documents.ts";
import { call } from "../endpoints.ts";
import { readQuery } from "../fields.ts";
import { numberIn, paths } from "../paths.ts";
import { listFields, noFields, sliceOf, windowOf } from "../schemas.ts";
import { BRANCH } from "./mapping.ts";

/** Branches of a page: at most, and if nothing is said. */
const MAX_PAGE = 100;
const USUAL_PAGE = 50;

/** Branches: every site of the account is one, and active. */
export const BRANCHES = [
  call({
    method: "GET",
    path: paths("/branches"),
    summary: "Lists branches",
    scope: "read:customers",
    read: readQuery,
    input: z.object(listFields(MAX_PAGE, USUAL_PAGE)),
    answer: many(BRANCH),
    errors: [],
    act: async (ctx, wire) =>
      ok(await listSiteWindow(ctx, windowOf(wire, ctx.principal.merchant.timeZone), sliceOf(wire))),
  }),
  call({
    method: "GET",
    path: [...paths("/branches/:id"), ...paths("/branch/:id")],
    summary: "Shows a branch",
    scope: "read:customers",
    read: readQuery,
    input: noFields,
    answer: one(BRANCH),
    errors: ["not_found"],
    act: (ctx, _wire, received) => getSiteByNumber(ctx, numberIn(received)),
  }),
];
