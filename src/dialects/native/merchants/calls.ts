import { callMaker, json } from "../../../http/calls.ts";
import type { Deployment } from "../../../services/merchants/merchants.ts";
import {
  createMerchant,
  getMerchant,
  pageMerchants,
} from "../../../services/merchants/merchants.ts";
import type { Conditional } from "../declarations.ts";
import { listMaker, mapped, NOTHING } from "../declarations.ts";
import { merchantAnswer } from "./answers.ts";
import { merchantBody, toMerchantInput } from "./mapping.ts";
import { merchantSchema } from "./schemas.ts";

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
    act: async (deployment, wire) =>
      mapped(await createMerchant(deployment, toMerchantInput(wire)), merchantBody),
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
    act: async (deployment, _, { path: { merchant = "" } }) =>
      mapped(await getMerchant(deployment, merchant), merchantBody),
  }),
];
