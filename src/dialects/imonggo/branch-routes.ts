import type { Hono } from "hono";
import * as z from "zod";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import { getSiteByNumber, listSiteWindow } from "../../services/merchants/sites.ts";
import { BRANCH } from "./branch-mapping.ts";
import { handle } from "./calls.ts";
import { many, one } from "../../http/documents.ts";
import { resource } from "./resources.ts";
import { listFields, noFields, readQuery, sliceOf, windowOf } from "./schemas.ts";

/** Branches of a page: at most, and if nothing is said. */
const MAX_PAGE = 100;
const USUAL_PAGE = 50;

/** Branches: every site of the account is one, and active. */
export function branchRoutes(app: Hono<HttpEnv>): void {
  const list = handle({
    scope: "read:customers",
    read: readQuery,
    schema: z.object(listFields(MAX_PAGE, USUAL_PAGE)),
    act: async (ctx, wire) =>
      ok(many(BRANCH, await listSiteWindow(ctx, windowOf(wire), sliceOf(wire)))),
  });
  const show = handle({
    scope: "read:customers",
    read: readQuery,
    schema: noFields,
    act: async (ctx, _wire, id) => {
      const found = await getSiteByNumber(ctx, id);
      return found.ok ? ok(one(BRANCH, found.value)) : found;
    },
  });
  resource(app, "/branches", { GET: list });
  resource(app, "/branches/:id", { GET: show });
  resource(app, "/branch/:id", { GET: show });
}
