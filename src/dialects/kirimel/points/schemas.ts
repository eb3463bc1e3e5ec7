import * as z from "zod";
import { text } from "../../../http/wire/fields.ts";
import { parseTransaction } from "../mapping.ts";
import { customerId, MAX_TEXT, money, points, remarks } from "../schemas.ts";

/** `POST points/earn` */
export const earnSchema = z
  .object({
    customer_id: customerId,
    points: points.optional(),
    amount: money.optional(),
    ...remarks,
  })
  .refine((fields) => fields.points !== undefined || fields.amount !== undefined, {
    path: ["points"],
    message: "is required unless amount is given",
  });

/** `POST points/redeem` */
export const redeemSchema = z.object({ customer_id: customerId, points, ...remarks });

/** `GET|POST wallet/balance` */
export const balanceSchema = z.object({ customer_id: customerId });

/** `POST points/preview-redeem` */
export const previewSchema = z.object({ customer_id: customerId, points });

/** `POST points/reverse` */
export const reverseSchema = z.object({
  transaction_id: text(64).transform(parseTransaction),
  customer_id: customerId.optional(),
  reason: text(MAX_TEXT).optional(),
  ...remarks,
});
