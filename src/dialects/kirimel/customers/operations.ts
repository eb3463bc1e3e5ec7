import type * as z from "zod";
import type { LoyaltyError } from "../../../core/errors.ts";
import { notFound } from "../../../core/errors.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import { fromWholePoints } from "../../../http/wire/amounts.ts";
import type { Context } from "../../../services/context.ts";
import type { Customer, Identifier } from "../../../services/customers/customers.ts";
import {
  findCustomer,
  findCustomerWithEmail,
  getCustomer,
  listCustomers,
  noteSeen,
} from "../../../services/customers/customers.ts";
import { resolveCustomer } from "../../../services/customers/identity.ts";
import { enrolNumbered } from "../../../services/customers/registration.ts";
import { adjustPoints } from "../../../services/ledger/corrections.ts";
import { readPoints } from "../../../services/ledger/points.ts";
import { listEntries } from "../../../services/ledger/wallets.ts";
import { getVoucher, redeemableVouchers } from "../../../services/vouchers/vouchers.ts";
import type { Answer } from "../answers.ts";
import { dataBody, referenceOf, remarksOf, SOON_MS } from "../mapping.ts";
import type { available } from "../vouchers/answers.ts";
import { availableLine } from "../vouchers/mapping.ts";
import type {
  adjustAnswer,
  customersAnswer,
  enrichedAnswer,
  lookupAnswer,
  registerAnswer,
  tierAnswer,
  transaction,
  transactionsAnswer,
} from "./answers.ts";
import {
  adjustBody,
  customerLine,
  enrichedBody,
  lookupBody,
  registerBody,
  tierBody,
  transactionKinds,
  transactionLine,
} from "./mapping.ts";
import type {
  adjustSchema,
  customersSchema,
  enrichedSchema,
  lookupByEmailSchema,
  lookupSchema,
  pathCustomerSchema,
  registerSchema,
  transactionsSchema,
} from "./schemas.ts";

/** Newest entries that an enriched look-up shows. */
const RECENT = 10;
/** Vouchers that an enriched look-up shows. */
const MAX_AVAILABLE = 50;
const SECTIONS = ["transactions", "vouchers", "wallet_stats"];

/** `POST customers/register` */
export async function register(
  ctx: Context,
  wire: z.output<typeof registerSchema>,
): Answer<typeof registerAnswer> {
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

/** `GET|POST customers/lookup` */
export async function lookUp(
  ctx: Context,
  wire: z.output<typeof lookupSchema>,
): Answer<typeof lookupAnswer> {
  const { phone, identifier, qr_code: qr, customer_id: number } = wire;
  // Three names of one field: the first that was sent wins.
  const text = identifier ?? qr;
  const wanted = wantedBy(phone, text);
  if (wanted.length > 0) return lookedUp(ctx, await findWanted(ctx, wanted, identifier));
  return getById(ctx, { id: number ?? null });
}

/** By what was wanted, or else by the code of a voucher that was issued to one customer. */
async function findWanted(
  ctx: Context,
  wanted: readonly Identifier[],
  code: string | undefined,
): Promise<Result<Customer, LoyaltyError>> {
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

/** `GET customers/lookup-by-email` */
export async function lookUpByEmail(
  ctx: Context,
  { email }: z.output<typeof lookupByEmailSchema>,
): Answer<typeof lookupAnswer> {
  return lookedUp(ctx, await findCustomerWithEmail(ctx, email));
}

async function lookedUp(
  ctx: Context,
  found: Result<Customer, LoyaltyError>,
): Answer<typeof lookupAnswer> {
  if (!found.ok) return found;
  const customer = found.value;
  const body = lookupBody(customer, await readPoints(ctx, customer.id, SOON_MS));
  noteSeen(ctx, customer.id);
  return ok(body);
}

/** `GET customers/lookup-enriched` */
export async function lookUpEnriched(
  ctx: Context,
  wire: z.output<typeof enrichedSchema>,
): Answer<typeof enrichedAnswer> {
  const { phone, identifier, include } = wire;
  const found = await findWanted(ctx, wantedBy(phone, identifier), identifier);
  if (!found.ok) return found;
  const customer = found.value;
  const asked = include?.split(",").map((section) => section.trim()) ?? SECTIONS;
  const points = await readPoints(ctx, customer.id, SOON_MS);
  const body = enrichedBody(customer, points, {
    stats: asked.includes("wallet_stats"),
    transactions: asked.includes("transactions") ? await recent(ctx, customer) : null,
    vouchers: asked.includes("vouchers") ? await redeemable(ctx, customer.id) : null,
  });
  noteSeen(ctx, customer.id);
  return ok(body);
}

async function recent(
  ctx: Context,
  { id, number }: Customer,
): Promise<z.input<typeof transaction>[]> {
  const kinds = transactionKinds(undefined);
  const page = { unit: "point", kinds, limit: RECENT, offset: 0 } as const;
  const { entries, references } = await listEntries(ctx, id, page);
  return entries.map((entry, i) => transactionLine(number, entry, references[i] ?? null));
}

async function redeemable(ctx: Context, id: string): Promise<z.input<typeof available>[]> {
  const { currency } = ctx.principal.merchant;
  const records = await redeemableVouchers(ctx, id, MAX_AVAILABLE);
  return records.map((record) => availableLine(record, currency));
}

/** `GET customers` */
export async function list(
  ctx: Context,
  wire: z.output<typeof customersSchema>,
): Answer<typeof customersAnswer> {
  const { page, per_page, tier: tierName, search } = wire;
  const filter = { search: search ?? null, tier: tierName ?? null };
  const { rows, total } = await listCustomers(ctx, filter, per_page, (page - 1) * per_page);
  return ok(dataBody({ customers: rows.map(customerLine), page, per_page, total }));
}

/** `GET customers/{id}` */
export async function getById(
  ctx: Context,
  wire: z.output<typeof pathCustomerSchema>,
): Answer<typeof lookupAnswer> {
  if (wire.id === null) return notFound("customer");
  const id = await resolveCustomer(ctx, wire.id);
  return id.ok ? lookedUp(ctx, await getCustomer(ctx, id.value)) : id;
}

/** `GET customers/{id}/tier` */
export async function readTier(
  ctx: Context,
  wire: z.output<typeof pathCustomerSchema>,
): Answer<typeof tierAnswer> {
  if (wire.id === null) return notFound("customer");
  const id = await resolveCustomer(ctx, wire.id);
  return id.ok ? ok(tierBody(await readPoints(ctx, id.value, SOON_MS))) : id;
}

/** `GET customers/{id}/transactions` */
export async function listTransactions(
  ctx: Context,
  wire: z.output<typeof transactionsSchema>,
): Answer<typeof transactionsAnswer> {
  const { id: number } = wire;
  if (number === null) return notFound("customer");
  const id = await resolveCustomer(ctx, number);
  if (!id.ok) return id;
  const limit = wire.limit ?? wire.per_page;
  const offset = wire.offset ?? (wire.page - 1) * limit;
  const query = { unit: "point", kinds: transactionKinds(wire.type), limit, offset } as const;
  const { entries, references, total } = await listEntries(ctx, id.value, query);
  const lines = entries.map((entry, i) => transactionLine(number, entry, references[i] ?? null));
  const page = Math.floor(offset / limit) + 1;
  return ok(dataBody({ transactions: lines, page, per_page: limit, total }));
}

/** `POST customers/{id}/adjust` */
export async function adjust(
  ctx: Context,
  wire: z.output<typeof adjustSchema>,
): Answer<typeof adjustAnswer> {
  const { id: number, points, adjusted_by: by } = wire;
  if (number === null) return notFound("customer");
  const customer = await resolveCustomer(ctx, number);
  if (!customer.ok) return customer;
  const adjusted = await adjustPoints(ctx, {
    customer: customer.value,
    amount: fromWholePoints(points),
    reference: referenceOf("adjust", wire, points),
    remarks: remarksOf(wire, by === undefined ? {} : { extra: { adjusted_by: by } }),
  });
  return adjusted.ok ? ok(adjustBody(number, adjusted.value.receipt)) : adjusted;
}
