import type { Hono } from "hono";
import { formatDecimal, UNITS, unitScale } from "../../core/amount.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { Http, HttpEnv } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import type { CustomerLine, EntryLine } from "../../services/customers.ts";
import { listCustomerEntries, listCustomers, readCustomerLine } from "../../services/customers.ts";
import { readFreshness } from "../../services/projection.ts";
import { call, list } from "./calls.ts";
import type { Body } from "./mapping.ts";

const SCOPE = "read:customers";

/** Reads of customers and their entries, from the wallets' copies. */
export function customerRoutes(app: Hono<HttpEnv>): void {
  app.get("/customers", (http) =>
    list(http, SCOPE, async (ctx, limit, cursor) => {
      await setFreshness(http, ctx, null);
      const before = cursor === null ? null : Number(cursor);
      const filter = { search: null, tier: null, before };
      const { rows } = await listCustomers(ctx, filter, limit + 1, 0);
      const page = rows.slice(0, limit);
      const hasMore = rows.length > limit;
      return {
        object: "list",
        data: page.map((line) => fromLine(line, ctx)),
        has_more: hasMore,
        next_cursor: hasMore ? String(page.at(-1)?.customer.number) : null,
      };
    }),
  );
  app.get("/customers/:id", (http) =>
    call(http, SCOPE, async (ctx) => {
      const found = await known(http, ctx);
      return found.ok ? ok(fromLine(found.value, ctx)) : found;
    }),
  );
  app.get("/customers/:id/entries", (http) =>
    list(http, SCOPE, async (ctx, limit, cursor) => {
      const found = await known(http, ctx);
      if (!found.ok) return found;
      const before = cursor === null ? null : Number(cursor);
      const rows = await listCustomerEntries(ctx, found.value.customer.id, limit + 1, before);
      const page = rows.slice(0, limit);
      const hasMore = rows.length > limit;
      return ok({
        object: "list",
        data: page.map((row) => fromEntry(row, ctx)),
        has_more: hasMore,
        next_cursor: hasMore ? String(page.at(-1)?.seq) : null,
      });
    }),
  );
}

async function known(http: Http, ctx: Context): Promise<Result<CustomerLine, LoyaltyError>> {
  const line = await readCustomerLine(ctx, http.req.param("id") ?? "");
  if (line === undefined) return notFound("customer");
  await setFreshness(http, ctx, line.customer.id);
  return ok(line);
}

/** A copy says how old it is. */
async function setFreshness(http: Http, ctx: Context, customer: string | null): Promise<void> {
  const { asOf, seq } = await readFreshness(ctx, customer);
  http.header("Guerdon-As-Of", new Date(asOf ?? ctx.now).toISOString());
  if (seq !== null) http.header("Guerdon-Seq", String(seq));
}

function fromLine(line: CustomerLine, ctx: Context): Body {
  const { customer, wallet, phone } = line;
  const { currency } = ctx.principal.merchant;
  const at = (time: number | null): string | null =>
    time === null ? null : new Date(time).toISOString();
  return {
    id: customer.id,
    object: "customer",
    number: customer.number,
    status: customer.status,
    name: customer.name,
    email: customer.email,
    phone,
    tier: wallet?.tier ?? ctx.principal.program.tiers[0]?.name ?? null,
    balances: UNITS.filter((unit) => wallet?.holdings[unit] !== undefined).map((unit) => ({
      unit,
      amount: formatDecimal(wallet?.holdings[unit]?.balance ?? 0, unitScale(unit, currency)),
    })),
    joined_at: at(customer.joinedAt),
    last_earned_at: at(wallet?.lastEarnedAt ?? null),
    last_redeemed_at: at(wallet?.lastRedeemedAt ?? null),
    created_at: at(customer.createdAt),
    updated_at: at(customer.updatedAt),
  };
}

function fromEntry(row: EntryLine, ctx: Context): Body {
  const scale = unitScale(row.unit, ctx.principal.merchant.currency);
  return {
    id: row.id,
    object: "entry",
    sequence: row.seq,
    kind: row.kind,
    unit: row.unit,
    amount: formatDecimal(row.amount, scale),
    balance: formatDecimal(row.balance, scale),
    reference: row.reference,
    site: row.siteId,
    dialect: row.dialect,
    occurred_at: new Date(row.occurredAt).toISOString(),
    recorded_at: new Date(row.recordedAt).toISOString(),
  };
}
