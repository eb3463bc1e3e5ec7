import type { LoyaltyError } from "../../core/errors.ts";
import { notFound } from "../../core/errors.ts";
import { makeId } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import { open } from "../../core/sealing.ts";
import { logFault } from "../../log.ts";
import type { GatewayConfig } from "../../otp/client.ts";
import { openGateway } from "../../otp/client.ts";
import { findMerchant } from "../../registry/merchants/merchants.ts";
import type { MessageRow } from "../../registry/messages/messages.ts";
import { insertMessage, listMessages } from "../../registry/messages/messages.ts";
import { unitOfWork } from "../../registry/unit-of-work.ts";
import { ulid } from "../../ulid.ts";
import type { Context } from "../context.ts";
import type { Page } from "../lists.ts";
import { pageOf } from "../lists.ts";

export type { MessageRow } from "../../registry/messages/messages.ts";

/** A short message to a customer. */
export interface MessageInput {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  readonly purpose: string;
}

/**
 * Sends a short message by the merchant's gateway; without one it is logged in local development
 * and `message_undeliverable` anywhere else. For sandbox merchants and sandbox keys nothing leaves.
 */
export async function sendMessage(
  ctx: Context,
  input: MessageInput,
): Promise<Result<null, LoyaltyError>> {
  const { merchant, mode } = ctx.principal;
  if (mode === "test" || merchant.sandbox) return ok(null);
  const id = makeId("msg", ulid(ctx.now));
  const gateway = await findGateway(ctx);
  if (gateway === null) return logMessage(ctx, id, input);
  try {
    await openGateway(gateway).send({ id, ...input, at: ctx.now });
    return ok(null);
  } catch (error) {
    return undeliverable(ctx, error);
  }
}

async function findGateway(ctx: Context): Promise<GatewayConfig | null> {
  const { id } = ctx.principal.merchant;
  const stored = (await findMerchant(ctx.db, { id }))?.messageGateway ?? null;
  if (stored === null) return null;
  return { ...stored, secret: await open(ctx.settings.masterKeys, id, stored.secret) };
}

/** A developer has no provider, and must see the code all the same. */
async function logMessage(
  ctx: Context,
  id: string,
  { to, text, purpose }: MessageInput,
): Promise<Result<null, LoyaltyError>> {
  if (ctx.settings.environment !== "local") {
    return undeliverable(ctx, new Error("the merchant has no message gateway"));
  }
  const merchantId = ctx.principal.merchant.id;
  const work = unitOfWork(ctx.db, ctx.principal.mode);
  const row = { id, merchantId, purpose, recipient: to, text, createdAt: ctx.now };
  work.add(insertMessage(ctx.db, row));
  await work.commit();
  return ok(null);
}

/** The log tells why, and never what the message says. */
function undeliverable(ctx: Context, error: unknown): Result<null, LoyaltyError> {
  logFault({ request_id: ctx.requestId, merchant: ctx.principal.merchant.id }, error);
  return err({ code: "message_undeliverable" });
}

/** The merchant's local message log, newest first; there is none outside local development. */
export async function pageMessages(
  ctx: Context,
  limit: number,
  before: string | null,
): Promise<Result<Page<MessageRow>, LoyaltyError>> {
  if (ctx.settings.environment !== "local") return notFound("route");
  const { id } = ctx.principal.merchant;
  return ok(pageOf(await listMessages(ctx.db, id, limit + 1, before), limit));
}
