import { STATUS_ERRORS } from "../../../core/errors.ts";
import { json } from "../../../http/calls.ts";
import { addVouchers, createSeries, cursorSeries } from "../../../services/vouchers/series.ts";
import { call, list, mapped } from "../declarations.ts";
import { codesAnswer, seriesAnswer } from "./answers.ts";
import { codesBody, seriesBody, toSeriesInput, toVouchersInput } from "./mapping.ts";
import { voucherSeriesSchema, vouchersSchema } from "./schemas.ts";

/** Voucher series, and vouchers that are added to them. */
export const VOUCHER_CALLS = [
  call({
    method: "POST",
    path: "/voucher_series",
    summary: "Makes a voucher series and its vouchers",
    scope: "write:vouchers",
    input: voucherSeriesSchema,
    answer: json(codesAnswer),
    status: 201,
    errors: ["not_found", ...STATUS_ERRORS, "already_exists", "customer_busy"],
    async act(ctx, wire) {
      const input = toSeriesInput(wire, ctx.principal.merchant);
      return input.ok ? mapped(await createSeries(ctx, input.value), codesBody) : input;
    },
  }),
  list({
    path: "/voucher_series",
    summary: "Lists the merchant's voucher series, newest first",
    scope: "read:vouchers",
    item: seriesAnswer,
    errors: [],
    read: cursorSeries,
    show: (row, ctx) => seriesBody(row, ctx.principal.merchant.currency),
  }),
  call({
    method: "POST",
    path: "/voucher_series/:id/vouchers",
    summary: "Adds vouchers to a series",
    scope: "write:vouchers",
    input: vouchersSchema,
    answer: json(codesAnswer),
    status: 201,
    errors: ["not_found", ...STATUS_ERRORS, "already_exists", "customer_busy"],
    act: async (ctx, wire, { path: { id = "" } }) =>
      mapped(await addVouchers(ctx, toVouchersInput(id, wire)), codesBody),
  }),
];
