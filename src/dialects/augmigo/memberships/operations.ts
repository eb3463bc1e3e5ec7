import type * as z from "zod";
import { invalid } from "../../../core/errors.ts";
import { ok } from "../../../core/result.ts";
import type { Received } from "../../../http/calls.ts";
import type { Context } from "../../../services/context.ts";
import { resolveReferenceCode } from "../../../services/customers/identity.ts";
import { readPoints } from "../../../services/ledger/points.ts";
import type { MembershipRecord } from "../../../services/memberships/memberships.ts";
import {
  assignMembership,
  listMemberships,
  removeMemberships,
  renewMembership,
} from "../../../services/memberships/memberships.ts";
import type { messageAnswer } from "../answers.ts";
import type { Answer, Done } from "../declaration.ts";
import { dateText } from "../mapping.ts";
import type { membershipsAnswer } from "./answers.ts";
import type { assignSchema, removeSchema } from "./schemas.ts";
import { INVALID_YEARS } from "./schemas.ts";

/** `GET …` */
export async function showMemberships(
  ctx: Context,
  _wire: unknown,
  { path: { code = "" } }: Received,
): Answer<typeof membershipsAnswer> {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  return ok((await listMemberships(ctx, customer.value)).map(membershipBody));
}

function membershipBody({
  membership,
  program,
}: MembershipRecord): z.input<typeof membershipsAnswer>[number] {
  return {
    desc: program.description,
    entitled_date: dateText(membership.entitledOn),
    expiry_date: dateText(membership.expiresOn),
    label: program.label,
    terms_and_conditions: program.conditions,
  };
}

/** `POST …/assign-membership` */
export async function assign(
  ctx: Context,
  { key, years }: z.output<typeof assignSchema>,
  { path: { code = "" } }: Received,
): Done {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const input = { customer: customer.value, program: key, years };
  const assigned = await assignMembership(ctx, input);
  return assigned.ok ? ok(null) : assigned;
}

/** `POST …/renew-membership` */
export async function renew(
  ctx: Context,
  { key, years }: z.output<typeof assignSchema>,
  { path: { code = "" } }: Received,
): Answer<typeof messageAnswer> {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const input = { customer: customer.value, program: key, years };
  const renewed = await renewMembership(ctx, input);
  if (renewed.ok) return ok({ msg: ["Customer membership have been renew successfully"] });
  const tooLong = renewed.error.code === "validation_failed";
  return tooLong ? invalid("", "invalid", INVALID_YEARS) : renewed;
}

/** `DELETE …/remove-membership` */
export async function remove(
  ctx: Context,
  { key }: z.output<typeof removeSchema>,
  { path: { code = "" } }: Received,
): Done {
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
export async function removeTier(
  ctx: Context,
  _wire: unknown,
  { path: { code = "" } }: Received,
): Answer<typeof messageAnswer> {
  const customer = await resolveReferenceCode(ctx, code);
  if (!customer.ok) return customer;
  const { standing } = await readPoints(ctx, customer.value, 0);
  const lowest = ctx.principal.program.tiers[0]?.name ?? null;
  return standing.tier === lowest
    ? ok({ msg: ["Customer tier membership have been deleted"] })
    : invalid("", "earned", "Customer tier membership is earned, it cannot be deleted");
}
