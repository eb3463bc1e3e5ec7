import type { Hono } from "hono";
import { currencyScale, formatDecimal, UNITS, unitScale } from "../../../core/amount.ts";
import type { LoyaltyError } from "../../../core/errors.ts";
import { invalid, notFound } from "../../../core/errors.ts";
import { holdingOf, QUANTITY_SCALE } from "../../../core/ledger/entries.ts";
import type { Result } from "../../../core/result.ts";
import { err, ok } from "../../../core/result.ts";
import type { Http, HttpEnv } from "../../../http/request.ts";
import type { Context } from "../../../services/context.ts";
import { changeCustomer } from "../../../services/customers/changes.ts";
import type { CustomerLine } from "../../../services/customers/customers.ts";
import { listCustomers, readCustomerLine } from "../../../services/customers/customers.ts";
import { eraseCustomer } from "../../../services/customers/erasure.ts";
import { hidesPersonalData, maskWords } from "../../../services/customers/masking.ts";
import type { BillRow } from "../../../services/events/projection.ts";
import { pageBills, readFreshness } from "../../../services/events/projection.ts";
import type { HandedEntry } from "../../../services/ledger/wallets.ts";
import { entriesBefore } from "../../../services/ledger/wallets.ts";
import { call, list, mapped, readJson } from "../calls.ts";
import type { Body } from "../mapping.ts";
import { fromPage } from "../mapping.ts";
import { customerPatchSchema } from "./schemas.ts";

const SCOPE = "read:customers";

/**
 * Reads of customers from the wallets' copies, and of entries from the wallets; changes of
 * customers and their erasure.
 */
export function customerRoutes(app: Hono<HttpEnv>): void {
  app.get("/customers", (http) =>
    list(http, SCOPE, async (ctx, limit, cursor) => {
      const before = toNumber(cursor);
      if (!before.ok) return before;
      await setFreshness(http, ctx, null);
      const filter = { search: null, tier: null, before: before.value };
      const { rows } = await listCustomers(ctx, filter, limit + 1, 0);
      const page = rows.slice(0, limit);
      const hasMore = rows.length > limit;
      return ok({
        object: "list",
        data: page.map((line) => fromLine(line, ctx)),
        has_more: hasMore,
        next_cursor: hasMore ? String(page.at(-1)?.customer.number) : null,
      });
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
      const before = toNumber(cursor);
      if (!before.ok) return before;
      const found = await known(http, ctx);
      if (!found.ok) return found;
      const { id } = found.value.customer;
      const rows = await entriesBefore(ctx, id, before.value, limit + 1);
      const page = rows.slice(0, limit);
      const hasMore = rows.length > limit;
      return ok({
        object: "list",
        data: page.map((row) => fromEntry(row, ctx)),
        has_more: hasMore,
        next_cursor: hasMore ? String(page.at(-1)?.entry.seq) : null,
      });
    }),
  );
  changeRoutes(app);
  billRoutes(app);
}

function changeRoutes(app: Hono<HttpEnv>): void {
  const scope = "write:customers";
  app.patch("/customers/:id", (http) =>
    call(http, scope, async (ctx) => {
      const wire = await readJson(http, customerPatchSchema);
      if (!wire.ok) return wire;
      const found = await known(http, ctx);
      if (!found.ok) return found;
      const { name, email, phone, birth_date: birthDate, status } = wire.value;
      const changes = { name, email, birthDate, status, identifiers: { phone } };
      const changed = await changeCustomer(ctx, found.value.customer.id, changes);
      if (!changed.ok) return changed;
      const { customer, identifiers } = changed.value;
      const number = identifiers.find(({ kind }) => kind === "phone")?.value ?? null;
      return ok(fromLine({ ...found.value, customer, phone: number }, ctx));
    }),
  );
  app.delete("/customers/:id", (http) =>
    call(http, scope, async (ctx) => {
      const found = await known(http, ctx);
      if (!found.ok) return found;
      const { id } = found.value.customer;
      return mapped(await eraseCustomer(ctx, id), () => ({
        id,
        object: "customer",
        deleted: true,
      }));
    }),
  );
}

function billRoutes(app: Hono<HttpEnv>): void {
  app.get("/bills", (http) =>
    list(http, SCOPE, async (ctx, limit, cursor) => {
      await setFreshness(http, ctx, null);
      return fromPage(await pageBills(ctx, null, limit, cursor), fromBill);
    }),
  );
  app.get("/customers/:id/bills", (http) =>
    list(http, SCOPE, async (ctx, limit, cursor) => {
      const found = await known(http, ctx);
      if (!found.ok) return found;
      const { id } = found.value.customer;
      return ok(fromPage(await pageBills(ctx, id, limit, cursor), fromBill));
    }),
  );
}

/** A cursor that is a number. */
function toNumber(cursor: string | null): Result<number | null, LoyaltyError> {
  if (cursor === null) return ok(null);
  return /^\d{1,15}$/.test(cursor)
    ? ok(Number(cursor))
    : invalid("/cursor", "invalid", "must be the next_cursor of a list");
}

async function known(http: Http, ctx: Context): Promise<Result<CustomerLine, LoyaltyError>> {
  const line = await readCustomerLine(ctx, http.req.param("id") ?? "");
  if (line === undefined) return notFound("customer");
  if (line.customer.status === "erased") return err({ code: "erased" });
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
  const shown = (text: string | null): string | null =>
    text !== null && hidesPersonalData(ctx.principal) ? maskWords(text) : text;
  const at = (time: number | null): string | null =>
    time === null ? null : new Date(time).toISOString();
  return {
    id: customer.id,
    object: "customer",
    number: customer.number,
    status: customer.status,
    name: shown(customer.name),
    email: shown(customer.email),
    phone: shown(phone),
    birth_date: shown(customer.birthDate),
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

function fromEntry({ entry, reference }: HandedEntry, ctx: Context): Body {
  const { unit, source } = entry;
  const scale = unitScale(unit, ctx.principal.merchant.currency);
  return {
    id: entry.id,
    object: "entry",
    sequence: entry.seq,
    kind: entry.kind,
    unit,
    amount: formatDecimal(entry.amount, scale),
    balance: formatDecimal(holdingOf(entry.after, unit).balance, scale),
    reference,
    site: source.site,
    dialect: source.dialect,
    occurred_at: new Date(entry.occurredAt).toISOString(),
    recorded_at: new Date(entry.recordedAt).toISOString(),
  };
}

function fromBill(row: BillRow): Body {
  const scale = currencyScale(row.currency);
  return {
    id: row.id,
    object: "bill",
    customer: row.customerId,
    number: row.number,
    reference: row.reference,
    total: { amount: formatDecimal(row.total, scale), currency: row.currency },
    lines: row.lines.map(({ category, sku, name, quantity, amount }) => ({
      category,
      sku,
      name,
      quantity: quantity === null ? null : formatDecimal(quantity, QUANTITY_SCALE),
      amount: formatDecimal(amount, scale),
    })),
    site: row.siteId,
    dialect: row.dialect,
    occurred_at: new Date(row.occurredAt).toISOString(),
    recorded_at: new Date(row.recordedAt).toISOString(),
  };
}
