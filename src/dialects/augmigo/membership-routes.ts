import type { Hono } from "hono";
import type * as z from "zod";
import { invalid } from "../../core/errors.ts";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import { resolveReferenceCode } from "../../services/customers/identity.ts";
import { readPoints } from "../../services/ledger/points.ts";
import type { MembershipRecord } from "../../services/memberships/memberships.ts";
import {
  assignMembership,
  listMemberships,
  removeMemberships,
  renewMembership,
} from "../../services/memberships/memberships.ts";
import type { Answer, PathParams } from "./calls.ts";
import { handle } from "./calls.ts";
import { dateText } from "./mapping.ts";
import { assignSchema, INVALID_YEARS, readAnywhere, removeSchema } from "./membership-schemas.ts";
import { noFields, readQuery } from "./schemas.ts";

const MISSING_KEY = { texts: { invalid_json: () => "Missing membership program key" } };

/** Memberships of a customer: reading, assigning, renewing and removing them. */
export function membershipRoutes(app: Hono<HttpEnv>): void {
  const base = "/customer-membership/customer/reference-code/:code";
  const scope = "write:memberships";
  const recorded = { scope, failure: 400, outlet: "required" } as const;
  const bare = { failure: 400, outlet: "optional", read: readQuery, schema: noFields } as const;
  app.get(
    "/customer-membership/ping",
    handle({ ...bare, scope: null, act: async () => ok({ msg: ["OK"] }) }),
  );
  app.get(base, handle({ ...bare, scope, act: show }));
  app.post(
    `${base}/assign-membership`,
    handle({ ...recorded, ...MISSING_KEY, failure: 500, schema: assignSchema, act: assign }),
  );
  app.post(
    `${base}/renew-membership`,
    handle({ ...recorded, ...MISSING_KEY, schema: assignSchema, act: renew }),
  );
  app.delete(
    `${base}/remove-membership`,
    handle({ ...recorded, read: readAnywhere, schema: removeSchema, success: 204, act: remove }),
  );
  app.delete(`${base}/remove-tier-membership`, handle({ ...bare, scope, act: removeTier }));
}

async function show(ctx: Context, _wire: unknown, { code = "" }: PathParams): Answer {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  return ok((await listMemberships(ctx, customer.value)).map(membershipBody));
}

function membershipBody({ membership, program }: MembershipRecord): object {
  return {
    desc: program.description,
    entitled_date: dateText(membership.entitledOn),
    expiry_date: dateText(membership.expiresOn),
    label: program.label,
    terms_and_conditions: program.conditions,
  };
}

async function assign(
  ctx: Context,
  { key, years }: z.output<typeof assignSchema>,
  { code = "" }: PathParams,
): Answer {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const input = { customer: customer.value, program: key, years };
  const assigned = await assignMembership(ctx, input);
  return assigned.ok ? ok(null) : assigned;
}

async function renew(
  ctx: Context,
  { key, years }: z.output<typeof assignSchema>,
  { code = "" }: PathParams,
): Answer {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const input = { customer: customer.value, program: key, years };
  const renewed = await renewMembership(ctx, input);
  if (renewed.ok) return ok({ msg: ["Customer membership have been renew successfully"] });
  const tooLong = renewed.error.code === "validation_failed";
  return tooLong ? invalid("", "invalid", INVALID_YEARS) : renewed;
}

async function remove(
  ctx: Context,
  { key }: z.output<typeof removeSchema>,
  { code = "" }: PathParams,
): Answer {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const removed = await removeMemberships(
    ctx,
    customer.value,
    key === null ? "all" : { program: key },
  );
  return removed.ok ? ok(null) : removed;
}

/** A tier follows from what a customer has earned: only the lowest, which all have, is none. */
async function removeTier(ctx: Context, _wire: unknown, { code = "" }: PathParams): Answer {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const { standing } = await readPoints(ctx, customer.value, 0);
  const lowest = ctx.principal.program.tiers[0]?.name ?? null;
  return standing.tier === lowest
    ? ok({ msg: ["Customer tier membership have been deleted"] })
    : invalid("", "earned", "Customer tier membership is earned, it cannot be deleted");
}
