import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { VoucherGrant } from "../../src/core/ledger/entries.ts";
import { holdingOf } from "../../src/core/ledger/entries.ts";
import { walletOf } from "../../src/wallet/client.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { d1Rows } from "./d1.ts";
import { publishedOf, walletObject } from "./events.ts";
import { nativeMake } from "./native/native.ts";

/** A stamp for every bill, and a voucher for every piece of one article. */
export const GRANTS = {
  stamps: { per_bill: "1" },
  skus: { Massage: { vouchers: [{ series: "vp-10", per: "item" }] } },
} as const;

/** Makes the series whose vouchers {@link GRANTS} grants. */
export async function addGrantedSeries(merchant: string): Promise<void> {
  const series = { key: "vp-10", name: "Ten off", kind: "amount", value: "10" };
  await nativeMake("/voucher_series", series, merchant);
}

/** Whose wallet a customer's is. */
export async function ownerIn(slug: string, customer: string): Promise<Owner> {
  const [merchant] = await d1Rows<{ id: string }>("SELECT id FROM merchants WHERE slug = ?", slug);
  return { merchant: String(merchant?.id), customer };
}

/** A customer's stamps. */
export async function stampsOf(owner: Owner): Promise<number> {
  return holdingOf((await walletOf(env, owner).view(0)).head, "stamp").balance;
}

/** Ids of the vouchers that a customer has. */
export async function vouchersOf({ customer }: Owner): Promise<string[]> {
  const query = "SELECT id FROM vouchers WHERE customer_id = ? ORDER BY id";
  return (await d1Rows<{ id: string }>(query, customer)).map(({ id }) => id);
}

/** Ids of the vouchers that each bill of a customer granted by its receipt, oldest bill first. */
export async function grantedBy(owner: Owner): Promise<(readonly string[])[]> {
  const query = { kinds: ["bill"], unit: "point", limit: 100, offset: 0 } as const;
  const { entries } = await walletOf(env, owner).entries(query);
  const idsOf = (granted: readonly VoucherGrant[] = []) => granted.map(({ id }) => id).sort();
  return entries.map(({ receipt }) => idsOf(receipt?.bill?.vouchers)).reverse();
}

/** Publishes what a wallet has booked; the types of all its events, in their order. */
export async function publish(owner: Owner): Promise<string[]> {
  const { head } = await walletOf(env, owner).view(0);
  const isPublished = async () => {
    await runDurableObjectAlarm(walletObject(owner));
    if ((await publishedOf(owner)) < head.seq) throw new Error("the wallet is not published");
  };
  await vi.waitFor(isPublished, { timeout: 20_000, interval: 50 });
  const query = "SELECT type FROM events WHERE customer_id = ? AND sequence > 0 ORDER BY sequence";
  return (await d1Rows<{ type: string }>(query, owner.customer)).map(({ type }) => type);
}

/** A place in which no wallet answers, and what each was asked to book. */
export function askedWallets(): { readonly WALLETS: Env["WALLETS"]; readonly asked: unknown[] } {
  const asked: unknown[] = [];
  const execute = (_owner: Owner, _mode: string, { command }: { command: unknown }) => {
    asked.push(command);
    return Promise.reject(new Error("the wallet is away"));
  };
  const WALLETS = { getByName: () => ({ execute }) } as unknown as Env["WALLETS"];
  return { WALLETS, asked };
}
