import type { Hono } from "hono";
import type { LoyaltyError } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type { HttpEnv } from "../../../http/request.ts";
import type { Context } from "../../../services/context.ts";
import { getCustomerOrErased } from "../../../services/customers/customers.ts";
import type {
  MembershipProgramRow,
  MembershipRecord,
} from "../../../services/memberships/memberships.ts";
import {
  assignMembership,
  createMembershipProgram,
  listMemberships,
  pageMembershipPrograms,
  removeMemberships,
} from "../../../services/memberships/memberships.ts";
import { call, create, list, mapped } from "../calls.ts";
import type { Body } from "../mapping.ts";
import { fromPage, stamps } from "../mapping.ts";
import { membershipProgramSchema, membershipSchema } from "./schemas.ts";

/** Membership programmes, and the memberships that customers hold. */
export function membershipRoutes(app: Hono<HttpEnv>): void {
  const scope = "write:memberships";
  app.post("/membership_programs", (http) =>
    create(http, "write:programs", membershipProgramSchema, async (ctx, wire) => {
      const { description = null, conditions = null, ...rest } = wire;
      return mapped(
        await createMembershipProgram(ctx, { ...rest, description, conditions }),
        fromProgram,
      );
    }),
  );
  app.get("/membership_programs", (http) =>
    list(http, "read:programs", async (ctx, limit, before) =>
      fromPage(await pageMembershipPrograms(ctx, limit, before), fromProgram),
    ),
  );
  app.post("/customers/:id/memberships", (http) =>
    create(http, scope, membershipSchema, async (ctx, { program, years = null }) => {
      const customer = await known(ctx, http.req.param("id"));
      if (!customer.ok) return customer;
      const input = { customer: customer.value, program, years };
      return mapped(await assignMembership(ctx, input), fromMembership);
    }),
  );
  app.get("/customers/:id/memberships", (http) =>
    call(http, "read:customers", async (ctx) => {
      const customer = await known(ctx, http.req.param("id"));
      if (!customer.ok) return customer;
      const items = await listMemberships(ctx, customer.value);
      return ok(fromPage({ items, hasMore: false, next: null }, fromMembership));
    }),
  );
  app.delete("/customers/:id/memberships/:membership", (http) =>
    call(http, scope, async (ctx) => {
      const customer = await known(ctx, http.req.param("id"));
      if (!customer.ok) return customer;
      const id = http.req.param("membership");
      const removed = await removeMemberships(ctx, customer.value, { id });
      return mapped(removed, () => ({ id, object: "membership", deleted: true }));
    }),
  );
}

async function known(ctx: Context, id: string): Promise<Result<string, LoyaltyError>> {
  const found = await getCustomerOrErased(ctx, id);
  return found.ok ? ok(found.value.customer.id) : found;
}

function fromProgram(row: MembershipProgramRow): Body {
  const { id, key, label, description, conditions, years } = row;
  const own = { id, object: "membership_program", key, label, description, conditions, years };
  return { ...own, ...stamps(row) };
}

function fromMembership({ membership, program }: MembershipRecord): Body {
  return {
    id: membership.id,
    object: "membership",
    customer: membership.customerId,
    program: program.key,
    label: program.label,
    entitled_on: membership.entitledOn,
    expires_on: membership.expiresOn,
    ...stamps(membership),
  };
}
