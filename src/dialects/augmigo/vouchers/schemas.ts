import * as z from "zod";
import { JsonNumber } from "../../../http/wire/body.ts";
import type { Fields } from "../../../http/wire/fields.ts";
import { MAX_REDEEMED } from "../../../services/vouchers/redemptions.ts";
import { dateTime, invoice, remarks, shortText } from "../schemas.ts";

/** Longest code: those that merchants bring along are at most so long. */
const MAX_CODE = 64;
const MAX_REFERENCE_CODE = 16;

/** Codes in a list, or in one text with commas between them; blank ones are none. */
function readCodes(value: unknown): readonly string[] | null {
  const items = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(items)) return null;
  const texts = items.map((item: unknown) => (item instanceof JsonNumber ? item.text : item));
  if (!texts.every((text) => typeof text === "string")) return null;
  return texts.map((text) => text.trim()).filter((text) => text !== "");
}

const codes = z.unknown().transform((value, issues) => {
  const read = readCodes(value);
  const message = faultOf(read);
  if (read !== null && message === null) return read;
  issues.addIssue({ code: "custom", message: message ?? "" });
  return z.NEVER;
});

function faultOf(read: readonly string[] | null): string | null {
  if (read === null || read.some((code) => code.length > MAX_CODE)) {
    return "Voucher Code is not valid";
  }
  if (read.length === 0) return "Voucher Code is required";
  const count = new Set(read).size;
  return count > MAX_REDEEMED ? `Voucher Code must not more than ${MAX_REDEEMED}` : null;
}

const redemptionFields = z.object({
  redeem_code: codes,
  redeem_datetime: dateTime("Redeem Datetime").optional(),
  remarks,
  invoice_id: invoice,
  reference_code: shortText("Reference code", MAX_REFERENCE_CODE).optional(),
});

/** `POST vouchers/redeem` and its other forms. Faults are told in the order of the fields here. */
export const redemptionSchema = redemptionFields;

/** `GET vouchers/{code}`: null where the request redeems nothing. */
export const readOrRedeemSchema = z.preprocess(
  (fields) => ("redeem_code" in (fields as Fields) ? fields : null),
  redemptionFields.nullable(),
);
