import type { Hono } from "hono";
import type * as z from "zod";
import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { HttpEnv } from "../../http/request.ts";
import type { Context } from "../../services/context.ts";
import type { CustomerRecord, Identifier } from "../../services/customers/customers.ts";
import {
  findCustomer,
  findCustomerWithEmail,
  getCustomer,
  listCustomers,
  noteSeen,
} from "../../services/customers/customers.ts";
import { enrolNumbered } from "../../services/customers/registration.ts";
import { adjustPoints } from "../../services/ledger/corrections.ts";
import { readPoints } from "../../services/ledger/points.ts";
import { listEntries } from "../../services/ledger/wallets.ts";
import { getVoucher, redeemableVouchers } from "../../services/vouchers/vouchers.ts";
import type { Answer } from "./calls.ts";
import { handle, referenceOf, remarksOf, resolve } from "./calls.ts";
import {
  adjustBody,
  customerLine,
  dataBody,
  fromWholePoints,
  lookupBody,
  registerBody,
  SOON_MS,
  tierBody,
  transactionKinds,
  transactionLine,
  wholePoints,
} from "./mapping.ts";
import {
  adjustSchema,
  customersSchema,
  enrichedSchema,
  lookupByEmailSchema,
  lookupSchema,
  pathCustomerSchema,
  registerSchema,
  transactionsSchema,
} from "./schemas.ts";
import { availableLine } from "./voucher-mapping.ts";

/** Newest entries that an enriched look-up shows. */
const RECENT = 10;
/** Vouchers that an enriched look-up shows. */
const MAX_AVAILABLE = 50;
const SECTIONS = ["transactions", "vouchers", "wallet_stats"];

/** Registration, the look-ups, and what belongs to one customer. */
export function customerRoutes(app: Hono<HttpEnv>): void {
  const scope = "read:customers";
  const lookup = handle({ access: "read", scope, schema: lookupSchema, act: lookUp });
  app.post(
    "/customers/register",
    handle({
      access: "write",
      scope: "write:customers",
      schema: registerSchema,
      act: registerCustomer,
    }),
  );
  app.get("/customers/lookup", lookup);
  app.post("/customers/lookup", lookup);
  app.get(
    "/customers/lookup-by-email",
    handle({
      access: "read",
      scope,
      schema: lookupByEmailSchema,
      act: async (ctx, { email }) => lookedUp(ctx, await findCustomerWithEmail(ctx, email)),
    }),
  );
  app.get(
    "/customers/lookup-enriched",
    handle({ access: "read", scope, schema: enrichedSchema, act: lookUpEnriched }),
  );
  app.get("/customers", handle({ access: "read", scope, schema: customersSchema, act: listCall }));
  app.get(
    "/customers/:id",
    handle({ access: "read", scope, schema: pathCustomerSchema, act: get }),
  );
  app.get(
    "/customers/:id/transactions",
    handle({ access: "read", scope, schema: transactionsSchema, act: transactions }),
  );
  app.get(
    "/customers/:id/tier",
    handle({ access: "read", scope, schema: pathCustomerSchema, act: tier }),
  );
  app.post(
    "/customers/:id/adjust",
    handle({ access: "claim", scope: "write:adjustments", schema: adjustSchema, act: adjust }),
  );
}

async function registerCustomer(ctx: Context, wire: z.output<typeof registerSchema>): Answer {
  const { phone, qr_code: qr, name, email, birth_date: birthDate, tags } = wire;
  const identifiers: Identifier[] = [];
  if (phone !== undefined) identifiers.push({ kind: "phone", value: phone });
  if (qr !== undefined) identifiers.push({ kind: "qr", value: qr });
  const enrolled = await enrolNumbered(ctx, {
    identifiers,
    name: name ?? null,
    email: email ?? null,
    birthDate: birthDate ?? null,
    attributes: tags === undefined ? {} : { tags },
    named: wire.customer_id ?? null,
  });
  if (!enrolled.ok) return enrolled;
  return ok(registerBody(enrolled.value));
}

async function lookUp(ctx: Context, wire: z.output<typeof lookupSchema>): Answer {
  const { phone, identifier, qr_code: qr, customer_id: number } = wire;
  // Three names of one field: the first that was sent wins.
  const text = identifier ?? qr;
  const wanted = wantedBy(phone, text);
  if (wanted.length > 0) return lookedUp(ctx, await findWanted(ctx, wanted, identifier));
  return get(ctx, { id: number ?? null });
}

/** By what was wanted, or else by the code of a voucher that was issued to one customer. */
async function findWanted(
  ctx: Context,
  wanted: readonly Identifier[],
  code: string | undefined,
): Promise<Result<CustomerRecord, LoyaltyError>> {
  const found = await findCustomer(ctx, wanted);
  if (found.ok || code === undefined) return found;
  const issued = await getVoucher(ctx, code);
  const owner = issued.ok ? issued.value.voucher.customerId : null;
  return owner === null ? found : getCustomer(ctx, owner);
}

function wantedBy(phone: string | undefined, value: string | undefined): readonly Identifier[] {
  const wanted: Identifier[] = phone === undefined ? [] : [{ kind: "phone", value: phone }];
  if (value !== undefined) wanted.push({ kind: "qr", value }, { kind: "referral", value });
  return wanted;
}

async function lookedUp(ctx: Context, found: Result<CustomerRecord, LoyaltyError>): Answer {
  if (!found.ok) return found;
  const { customer } = found.value;
  const body = lookupBody(found.value, await readPoints(ctx, customer.id, SOON_MS));
  noteSeen(ctx, customer.id);
  return ok(body);
}

async function lookUpEnriched(ctx: Context, wire: z.output<typeof enrichedSchema>): Answer {
  const { phone, identifier, include } = wire;
  const found = await findWanted(ctx, wantedBy(phone, identifier), identifier);
  if (!found.ok) return found;
  const { customer, identifiers } = found.value;
  const asked = include?.split(",").map((section) => section.trim()) ?? SECTIONS;
  const points = await readPoints(ctx, customer.id, SOON_MS);
  const number = customer.number;
  const stats = {
    total_earned: wholePoints(points.earned),
    total_redeemed: wholePoints(points.redeemed),
  };
  const body = dataBody({
    customer: {
      id: number,
      phone: identifiers.find(({ kind }) => kind === "phone")?.value ?? null,
      name: customer.name,
      email: customer.email,
      status: customer.status.toUpperCase(),
    },
    wallet: {
      balance_points: wholePoints(points.balance),
      ...(asked.includes("wallet_stats") ? stats : {}),
    },
    ...(asked.includes("transactions") ? await recent(ctx, customer.id, number) : {}),
    ...(asked.includes("vouchers") ? await available(ctx, customer.id) : {}),
  });
  noteSeen(ctx, customer.id);
  return ok(body);
}

async function recent(ctx: Context, customer: string, number: number): Promise<object> {
  const kinds = transactionKinds(undefined);
  const page = { unit: "point", kinds, limit: RECENT, offset: 0 } as const;
  const { entries, references } = await listEntries(ctx, customer, page);
  const lines = entries.map((entry, i) => transactionLine(number, entry, references[i] ?? null));
  return { recent_transactions: lines };
}

async function available(ctx: Context, customer: string): Promise<object> {
  const { currency } = ctx.principal.merchant;
  const records = await redeemableVouchers(ctx, customer, MAX_AVAILABLE);
  return { available_vouchers: records.map((record) => availableLine(record, currency)) };
}

async function listCall(ctx: Context, wire: z.output<typeof customersSchema>): Answer {
  const { page, per_page, tier: tierName, search } = wire;
  const filter = { search: search ?? null, tier: tierName ?? null, before: null };
  const { rows, total } = await listCustomers(ctx, filter, per_page, (page - 1) * per_page);
  return ok(dataBody({ customers: rows.map(customerLine), page, per_page, total }));
}

async function get(ctx: Context, wire: z.output<typeof pathCustomerSchema>): Answer {
  const id = await resolve(ctx, wire.id);
  return id.ok ? lookedUp(ctx, await getCustomer(ctx, id.value)) : id;
}

async function tier(ctx: Context, wire: z.output<typeof pathCustomerSchema>): Answer {
  const id = await resolve(ctx, wire.id);
  return id.ok ? ok(tierBody(await readPoints(ctx, id.value, SOON_MS))) : id;
}

async function transactions(ctx: Context, wire: z.output<typeof transactionsSchema>): Answer {
  const id = await resolve(ctx, wire.id);
  if (!id.ok || wire.id === null) return id.ok ? notFound("customer") : id;
  const limit = wire.limit ?? wire.per_page;
  const offset = wire.offset ?? (wire.page - 1) * limit;
  const query = { unit: "point", kinds: transactionKinds(wire.type), limit, offset } as const;
  const number = wire.id;
  const { entries, references, total } = await listEntries(ctx, id.value, query);
  const lines = entries.map((entry, i) => transactionLine(number, entry, references[i] ?? null));
  const page = Math.floor(offset / limit) + 1;
  return ok(dataBody({ transactions: lines, page, per_page: limit, total }));
}

async function adjust(ctx: Context, wire: z.output<typeof adjustSchema>): Answer {
  const { id: number, points, adjusted_by: by } = wire;
  const customer = await resolve(ctx, number);
  if (!customer.ok) return customer;
  const adjusted = await adjustPoints(ctx, {
    customer: customer.value,
    amount: fromWholePoints(points),
    reference: referenceOf("adjust", wire, points),
    remarks: remarksOf(wire, by === undefined ? {} : { extra: { adjusted_by: by } }),
  });
  return adjusted.ok ? ok(adjustBody(Number(number), adjusted.value.receipt)) : adjusted;
}
