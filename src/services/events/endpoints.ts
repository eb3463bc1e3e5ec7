import { refusedAddress } from "../../core/address.ts";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid, notFound } from "../../core/errors.ts";
import type { WebhookForm } from "../../core/events/forms.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { configOf } from "../../events/client.ts";
import type { EndpointChange, EndpointRow } from "../../registry/events/endpoints.ts";
import {
  countEndpoints,
  deleteEndpoint,
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  NOT_BEHIND,
  updateEndpoint,
} from "../../registry/events/endpoints.ts";
import { startHandingOut } from "../../registry/events/hand-out.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import { endpointOf } from "../../webhooks/client.ts";
import { sealSecret } from "../access/secrets.ts";
import type { Context } from "../context.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";

export type { EndpointRow } from "../../registry/events/endpoints.ts";

/** Endpoints that a merchant may have. */
export const MAX_ENDPOINTS = 50;

/** After a rotation the old secret signs beside the new one for so long. */
const OVERLAP_MS = 24 * 60 * 60 * 1000;
const SECRET_BYTES = 32;

/** A receiver to register. */
export interface EndpointInput {
  readonly url: string;
  readonly description: string;
  /** Types or patterns: `points.earned`, `points.*`, `*`. */
  readonly eventTypes: readonly string[];
  readonly form: WebhookForm;
}

/** An endpoint with the secret that is shown once. */
export interface NewEndpoint {
  readonly row: EndpointRow;
  readonly secret: string;
}

/**
 * Registers a receiver; it gets what happens from now on. `validation_failed` for an address that
 * events must not go to, `limit_reached` beyond {@link MAX_ENDPOINTS}.
 */
export async function createEndpoint(
  ctx: Context,
  input: EndpointInput,
): Promise<Result<NewEndpoint, LoyaltyError>> {
  const { db, now, principal, settings } = ctx;
  const merchantId = principal.merchant.id;
  const refused = refusedAddress(input.url, settings.webhookLoopback);
  if (refused !== null) return invalid("/url", "refused", refused);
  if ((await countEndpoints(db, merchantId)) >= MAX_ENDPOINTS) {
    return err({ code: "limit_reached", object: "webhook_endpoint", limit: MAX_ENDPOINTS });
  }
  const id = makeId("whe", ulid(now));
  const secret = makeSecret();
  const { url, description, eventTypes, form } = input;
  const row = {
    id,
    merchantId,
    url,
    description,
    eventTypes: [...eventTypes],
    form,
    enabled: true,
    disabledReason: null,
    secret: await sealSecret(settings, id, secret),
    oldSecret: null,
    oldSecretUntil: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  const work = unitOfWork(db, principal.mode);
  work.add(startHandingOut(db, merchantId), insertEndpoint(db, row));
  await work.commit();
  return ok({ row: { ...row, ...NOT_BEHIND, afterSeq: 0 }, secret });
}

/** The merchant's endpoint with that id. */
export async function getEndpoint(
  ctx: Context,
  id: string,
): Promise<Result<EndpointRow, LoyaltyError>> {
  const row = await findEndpoint(ctx.db, ctx.principal.merchant.id, id);
  return row === undefined ? notFound("webhook_endpoint") : ok(row);
}

/** A merchant's endpoints, newest first. */
export async function pageEndpoints(
  ctx: Context,
  limit: number,
  before: string | null,
): Promise<Page<EndpointRow>> {
  return pageOf(await listEndpoints(ctx.db, ctx.principal.merchant.id, limit + 1, before), limit);
}

/** What a person may change of an endpoint. */
export type EndpointPatch = Partial<EndpointInput & { readonly enabled: boolean }>;

/**
 * Changes an endpoint as it stands at `version`; `etag_mismatch` when it was changed meanwhile. One
 * that is enabled again gets what happens from now on.
 */
export async function changeEndpoint(
  ctx: Context,
  id: string,
  version: number,
  patch: EndpointPatch,
): Promise<Result<EndpointRow, LoyaltyError>> {
  const { url, description, eventTypes, form, enabled } = patch;
  if (url !== undefined) {
    const refused = refusedAddress(url, ctx.settings.webhookLoopback);
    if (refused !== null) return invalid("/url", "refused", refused);
  }
  return change(ctx, id, version, () => ({
    ...(url === undefined ? {} : { url }),
    ...(description === undefined ? {} : { description }),
    ...(eventTypes === undefined ? {} : { eventTypes: [...eventTypes] }),
    ...(form === undefined ? {} : { form }),
    ...(enabled === undefined ? {} : { enabled, disabledReason: enabled ? null : "by request" }),
  }));
}

/** Gives an endpoint a new secret; the old one signs beside it for a day. */
export async function rotateSecret(
  ctx: Context,
  id: string,
): Promise<Result<NewEndpoint, LoyaltyError>> {
  const found = await getEndpoint(ctx, id);
  if (!found.ok) return found;
  const secret = makeSecret();
  const sealed = await sealSecret(ctx.settings, id, secret);
  const rotated = await change(ctx, id, found.value.version, (row) => ({
    secret: sealed,
    oldSecret: row.secret,
    oldSecretUntil: ctx.now + OVERLAP_MS,
  }));
  return rotated.ok ? ok({ row: rotated.value, secret }) : rotated;
}

/** Removes an endpoint as it stands at `version`, with all its deliveries. */
export async function removeEndpoint(
  ctx: Context,
  id: string,
  version: number,
): Promise<Result<null, LoyaltyError>> {
  const { db, principal } = ctx;
  const found = await getEndpoint(ctx, id);
  if (!found.ok) return found;
  if (found.value.version !== version) return err({ code: "etag_mismatch" });
  const work = unitOfWork(db, principal.mode);
  work.addConditional(deleteEndpoint(db, found.value));
  if (!(await work.commit())) return err({ code: "etag_mismatch" });
  if (principal.mode === "live") await endpointOf(ctx.env, principal.merchant.id, id).drop();
  return ok(null);
}

async function change(
  ctx: Context,
  id: string,
  version: number,
  changes: (row: EndpointRow) => EndpointChange,
): Promise<Result<EndpointRow, LoyaltyError>> {
  const { db, now, principal } = ctx;
  const found = await getEndpoint(ctx, id);
  if (!found.ok) return found;
  const row = found.value;
  if (row.version !== version) return err({ code: "etag_mismatch" });
  const changed = { ...changes(row), updatedAt: now };
  const work = unitOfWork(db, principal.mode);
  work.addConditional(updateEndpoint(db, row, changed));
  if (!(await work.commit())) return err({ code: "etag_mismatch" });
  const after = { ...row, ...changed, version: version + 1 };
  if (principal.mode === "live") {
    await endpointOf(ctx.env, principal.merchant.id, id).configure(configOf(after));
  }
  return ok(after);
}

function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
