import { callMaker, json } from "../../../http/calls.ts";
import type { Deployment } from "../../../services/merchants/merchants.ts";
import {
  changeMessageGateway,
  createMerchant,
  getMerchant,
  pageMerchants,
  versionOf,
} from "../../../services/merchants/merchants.ts";
import type { Conditional } from "../declarations.ts";
import { listMaker, mapped, NOTHING } from "../declarations.ts";
import { expectedVersion, setETag } from "../versions.ts";
import { merchantAnswer } from "./answers.ts";
import { merchantBody, toGateway, toMerchantInput } from "./mapping.ts";
import { merchantPatchSchema, merchantSchema } from "./schemas.ts";

const call = callMaker<Deployment, Conditional>();
const list = listMaker<Deployment>();

/** Calls that act on the deployment itself: only its admin's token is let in to them. */
export const DEPLOYMENT_CALLS = [
  call({
    method: "POST",
    path: "/merchants",
    summary: "Makes a merchant",
    scope: null,
    input: merchantSchema,
    answer: json(merchantAnswer),
    status: 201,
    errors: ["demo_refused", "already_exists"],
    async act(deployment, wire, received) {
      const made = await createMerchant(deployment, toMerchantInput(wire));
      if (made.ok) setETag(received, versionOf(made.value));
      return mapped(made, merchantBody);
    },
  }),
  list({
    path: "/merchants",
    summary: "Lists the merchants, newest first",
    scope: null,
    item: merchantAnswer,
    errors: [],
    read: pageMerchants,
    show: merchantBody,
  }),
  call({
    method: "GET",
    path: "/merchants/:merchant",
    summary: "Shows the merchant with an id or a slug",
    scope: null,
    input: NOTHING,
    answer: json(merchantAnswer),
    errors: ["not_found"],
    async act(deployment, _, received) {
      const { merchant = "" } = received.path;
      const found = await getMerchant(deployment, merchant);
      if (found.ok) setETag(received, versionOf(found.value));
      return mapped(found, merchantBody);
    },
  }),
  call({
    method: "PATCH",
    path: "/merchants/:merchant",
    summary: "Changes how a merchant's messages leave",
    scope: null,
    conditional: true,
    input: merchantPatchSchema,
    answer: json(merchantAnswer),
    errors: ["not_found", "if_match_required", "etag_mismatch"],
    async act(deployment, { message_gateway: gateway }, received) {
      const { merchant = "" } = received.path;
      const version = expectedVersion(received.header("if-match"));
      if (!version.ok) return version;
      const input = toGateway(gateway);
      const changed = await changeMessageGateway(deployment, merchant, version.value, input);
      if (changed.ok) setETag(received, versionOf(changed.value));
      return mapped(changed, merchantBody);
    },
  }),
];
