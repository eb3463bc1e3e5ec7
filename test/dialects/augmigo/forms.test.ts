import { beforeAll, describe, expect, it } from "vitest";
import type { Cafe } from "../../support/augmigo/cafe.ts";
import { addMember, balancesOf, give, openRewards } from "../../support/augmigo/rewards.ts";
import { addVoucher, addVouchers, areRedeemed } from "../../support/augmigo/vouchers.ts";

let cafe: Cafe;

beforeAll(async () => {
  cafe = await openRewards();
});

/** A form whose names stand as they are, as most clients send them. */
const form = (...fields: readonly string[]): string => fields.join("&");

const redeemForm = (body: string) => cafe.post("/vouchers/redeem", body);

describe("codes in a form", () => {
  it.each<[string, (codes: readonly string[]) => string]>([
    ["with brackets", (codes) => form(...codes.map((code) => `redeem_code[]=${code}`))],
    ["with encoded brackets", (codes) => form(...codes.map((code) => `redeem_code%5B%5D=${code}`))],
    ["numbered", (codes) => form(...codes.map((code, nth) => `redeem_code[${nth}]=${code}`))],
    ["as a JSON list", (codes) => `redeem_code=${encodeURIComponent(JSON.stringify(codes))}`],
    ["as a JSON list with blanks", (codes) => `redeem_code=+[ "${codes.join('", "')}" ]+`],
    ["as the documentation's list", (codes) => `redeem_code=['${codes.join("','")}']`],
    ["as a list without marks", (codes) => `redeem_code=[${codes.join(",")}]`],
  ])("are all redeemed: %s", async (_case, bodyOf) => {
    const codes = await addVouchers(cafe, 2);
    expect(await redeemForm(bodyOf(codes))).toMatchObject({ status: 200 });
    expect(await areRedeemed(cafe, codes)).toEqual([true, true]);
  });

  it("are redeemed all or none", async () => {
    const code = await addVoucher(cafe);
    const refused = await redeemForm(form(`redeem_code[]=${code}`, "redeem_code[]=none"));
    expect([refused.status, refused.msg]).toEqual([400, ["Voucher (none) is not valid"]]);
    expect(await areRedeemed(cafe, [code])).toEqual([false]);
  });

  it.each([
    ["none", "redeem_code[]=", "Voucher Code is required"],
    ["none in a list", "redeem_code=[]", "Voucher Code is required"],
    ["lists of lists", "redeem_code[][]=a", "Voucher Code is not valid"],
    ["one that is a list as well", "redeem_code=a&redeem_code[]=b", "Missing voucher data"],
    ["one that is too deep", `redeem_code${"[]".repeat(5_000)}=a`, "Missing voucher data"],
  ])("are refused: %s", async (_case, body, message) => {
    const { status, msg } = await redeemForm(body);
    expect([status, msg]).toEqual([400, [message]]);
  });
});

describe("details of an invoice in a form", () => {
  const item = "invoice_details[purchased_items]";

  it.each([
    ["numbered", form(`${item}[0][SKU]=SKU_9`, `${item}[1][SKU]=SKU_1`, `${item}[1][count]=1`)],
    ["out of order", form(`${item}[10][SKU]=SKU_9`, `${item}[2][SKU]=SKU_1`)],
    ["in turn", form(`${item}[][SKU]=SKU_9`, `${item}[][count]=1`, `${item}[][SKU]=SKU_1`)],
    ["as a JSON text", `${item}=[{"SKU":"SKU_1","count":1}]`],
  ])("grant what the article grants: %s", async (_case, details) => {
    const { code } = await addMember(cafe);
    const given = await give(cafe, code, form("sales_amount=100.00", "tax_amount=6.0", details));
    expect(given.body).toMatchObject({
      entitled_reward_summary: { point: { amount: 188 } },
      entitled_voucher_summary: [{ voucher_program_key: "vp-rm10", amount: 1 }],
    });
  });

  it("may tell only how many were served", async () => {
    const { code } = await addMember(cafe);
    const given = await give(cafe, code, form("sales_amount=1", "invoice_details[pax_count]=4"));
    expect([given.status, await balancesOf(cafe, code)]).toEqual([200, [2, 1, 0]]);
  });

  it.each([
    ["items that are none", `${item}[0]=SKU_1`],
    ["one item instead of a list", `${item}[SKU]=SKU_1`],
    ["a list of details", "invoice_details[][pax_count]=1"],
  ])("refuse the purchase that they cannot be read of: %s", async (_case, details) => {
    const { code } = await addMember(cafe);
    const refused = await give(cafe, code, form("sales_amount=1", details));
    expect([refused.status, refused.msg]).toEqual([400, ["Invoice Details is not valid"]]);
  });

  it("refuse the purchase where they are a text and fields at once", async () => {
    const { code } = await addMember(cafe);
    const both = form("sales_amount=1", "invoice_details={}", "invoice_details[pax_count]=1");
    const refused = await give(cafe, code, both);
    expect([refused.status, refused.msg]).toEqual([400, ["Request body is not valid"]]);
  });
});
