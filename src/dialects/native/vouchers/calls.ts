import type { Hono } from "hono";
import type { HttpEnv } from "../../../http/request.ts";
import { addVouchers, createSeries, cursorSeries } from "../../../services/vouchers/series.ts";
import { create, list, mapped } from "../calls.ts";
import { fromPage } from "../mapping.ts";
import { fromSeries, toSeriesInput, toVouchersInput } from "./mapping.ts";
import { voucherSeriesSchema, vouchersSchema } from "./schemas.ts";

/** Voucher series, and vouchers that are added to them. */
export function voucherRoutes(app: Hono<HttpEnv>): void {
  app.post("/voucher_series", (http) =>
    create(http, "write:vouchers", voucherSeriesSchema, async (ctx, wire) => {
      const input = toSeriesInput(wire, ctx.principal.merchant);
      if (!input.ok) return input;
      return mapped(await createSeries(ctx, input.value), ({ id, codes }) => ({
        id,
        object: "voucher_series",
        codes,
      }));
    }),
  );
  app.get("/voucher_series", (http) =>
    list(http, "read:vouchers", async (ctx, limit, before) =>
      fromPage(await cursorSeries(ctx, limit, before), (row) =>
        fromSeries(row, ctx.principal.merchant.currency),
      ),
    ),
  );
  app.post("/voucher_series/:id/vouchers", (http) =>
    create(http, "write:vouchers", vouchersSchema, async (ctx, wire) => {
      const added = await addVouchers(ctx, toVouchersInput(http.req.param("id"), wire));
      return mapped(added, ({ id, codes }) => ({ id, object: "voucher_series", codes }));
    }),
  );
}
