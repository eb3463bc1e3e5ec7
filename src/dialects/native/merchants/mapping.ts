import type * as z from "zod";
import type { MerchantInput, MerchantRow } from "../../../services/merchants/merchants.ts";
import { stampTexts } from "../mapping.ts";
import type { merchantAnswer } from "./answers.ts";
import type { merchantPatchSchema, merchantSchema } from "./schemas.ts";

type MerchantBody = z.input<typeof merchantAnswer>;

export function toMerchantInput(wire: z.output<typeof merchantSchema>): MerchantInput {
  const { slug, name, currency, sandbox, demo, pending, unmasked } = wire;
  return {
    slug,
    name,
    currency,
    timeZone: wire.time_zone,
    businessType: wire.business_type ?? null,
    sandbox,
    demo,
    pending,
    siteLimit: wire.site_limit ?? null,
    unmasked,
    messageGateway: toGateway(wire.message_gateway),
    billNumbers: wire.bill_numbers,
  };
}

/** A gateway to use; null is none. */
export function toGateway(
  wire: z.output<typeof merchantPatchSchema>["message_gateway"] | undefined,
): MerchantInput["messageGateway"] {
  if (wire === undefined || wire === null) return null;
  if (wire.kind === "webhook") return wire;
  const { kind, base_url: url, account_sid: account, auth_token: secret, from } = wire;
  return { kind, url, account, secret, from };
}

function gatewayBody(gateway: MerchantRow["messageGateway"]): MerchantBody["message_gateway"] {
  if (gateway === null) return null;
  const { kind, url, account, from } = gateway;
  return kind === "webhook" ? { kind, url } : { kind, base_url: url, account_sid: account, from };
}

export function merchantBody(row: MerchantRow): MerchantBody {
  return {
    id: row.id,
    object: "merchant",
    slug: row.slug,
    name: row.name,
    currency: row.currency,
    time_zone: row.timeZone,
    business_type: row.businessType,
    sandbox: row.sandbox,
    demo: row.demo,
    pending: row.pending,
    site_limit: row.siteLimit,
    unmasked: row.unmasked,
    message_gateway: gatewayBody(row.messageGateway),
    bill_numbers: row.billNumbers,
    ...stampTexts(row),
  };
}
