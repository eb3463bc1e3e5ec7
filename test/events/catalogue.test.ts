import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { EVENT_TYPES } from "../../src/core/events/catalogue.ts";
import type { Command } from "../../src/core/ledger/commands.ts";
import { NEVER } from "../../src/core/ledger/entries.ts";
import { walletOf } from "../../src/wallet/client.ts";
import catalogue from "../dialects/events.md?raw";
import { faultsOfBody } from "../support/event-schemas.ts";
import { bookFor, feedWith, makeShop, type Shop } from "../support/events.ts";
import { importCustomer, type Json, makeTill } from "../support/kirimel/till.ts";
import { nativeCall, nativeMake } from "../support/native/native.ts";
import {
  adjust,
  earn,
  open,
  program,
  redeem,
  reverse,
  TIERS,
  TODAY,
  voidBill,
  vouchers,
} from "../support/requests.ts";
import { callNative, useReceivers } from "../support/webhooks.ts";

vi.setConfig({ testTimeout: 30_000 });

const receivers = useReceivers();

afterEach(() => {
  vi.restoreAllMocks();
});

const PERSONAL = /Lovelace|ada@example|4915112345678|birthday|1815-12-10|Soup/;

/** The examples of the catalogue, each with the heading that it stands under. */
function examples(): { heading: string; body: Json }[] {
  const blocks = [...catalogue.matchAll(/^## `(.+)`$[\s\S]*?^```json\n([\s\S]*?)^```$/gm)];
  return blocks.map(([, heading = "", text = ""]) => ({ heading, body: JSON.parse(text) as Json }));
}

/** Somebody with much personal data, whom the merchant enrolled. */
async function enrolAda(shop: Shop): Promise<string> {
  const till = await makeTill(shop.slug);
  const identifiers = [{ kind: "phone", value: "+4915112345678" }];
  const person = { name: "Ada Lovelace", email: "ada@example.com", birth_date: "1815-12-10" };
  await importCustomer(till, { number: 7, ...person, identifiers });
  const { body } = await nativeCall("GET", "/customers", { merchant: shop.slug });
  return String((body.data as Json[])[0]?.id);
}

/** Changes somebody's profile. */
async function marry({ slug: merchant }: Shop, customer: string): Promise<void> {
  const body = { name: "Ada Lovelace", email: "ada@example.org", birth_date: "1815-12-10" };
  await nativeCall("PATCH", `/customers/${customer}`, { merchant, body });
}

/** Gives somebody a membership and takes it away again. */
async function holdMembership({ slug }: Shop, customer: string): Promise<void> {
  await nativeMake("/membership_programs", { key: "mp-gold", label: "Gold" }, slug);
  const path = `/customers/${customer}/memberships`;
  const { id } = await nativeMake(path, { program: "mp-gold" }, slug);
  await nativeCall("DELETE", `${path}/${id}`, { merchant: slug });
}

/** Books something of everything that a wallet books. */
async function liveALife(merchant: string, customer: string): Promise<void> {
  const rules = program({ tiers: TIERS, allowDebt: true });
  const remarks = { description: "Ada's birthday dinner" };
  const site = `sit_${customer.slice(4)}`;
  const source = { dialect: "kirimel", key: null, site, staff: null };
  const past = Date.now() - 86_400_000;
  const book = (command: Command) =>
    bookFor({ merchant, customer }, command, { program: rules, remarks, source });
  const line = { category: "food", sku: null, name: "Soup", quantity: 10_000, amount: 12_000 };
  const purchase = { amount: 12_000, currency: "EUR" };
  await book(earn(500));
  await book(redeem(100));
  const when = { day: TODAY, expiresAt: NEVER };
  const bill = { kind: "bill", number: "B-1", purchase, lines: [line], ...when } as const;
  await book({ ...bill, vouchers: vouchers(1) });
  await book(reverse(4));
  await book({ ...bill, purchase: { amount: -500, currency: "EUR" } });
  const { head } = await walletOf(env, { merchant, customer }).view(0);
  await book(voidBill(head.seq - 1));
  for (const unit of ["stamp", "prepaid"] as const) {
    await book(earn(500, NEVER, unit));
    await book(redeem(100, unit));
    await book(adjust(20, NEVER, unit));
    await book(earn(5, past, unit));
    await book(open([{ expiresAt: NEVER, amount: 5 }], 5, unit));
  }
  await book(adjust(20));
  await book(earn(5, past));
}

describe("the event catalogue", () => {
  it("has an example of every type that exists, in its documented form", () => {
    const found = examples();
    expect(found.map(({ heading }) => heading).sort()).toEqual([...EVENT_TYPES].sort());
    for (const { heading, body } of found) {
      expect(body.type).toBe(heading);
      expect(faultsOfBody(body)).toEqual([]);
    }
  });

  it("refuses what it does not know, so that nothing personal slips into a body", () => {
    const [{ body } = { body: {} as Json }] = examples();
    expect(faultsOfBody(body)).toEqual([]);
    const more = { ...(body.data as Json), description: "Ada" };
    expect(faultsOfBody({ ...body, data: more })).not.toEqual([]);
    expect(faultsOfBody({ ...body, type: "points.lost" })).not.toEqual([]);
  });
});

describe("events as they happen", () => {
  it("have the documented form and tell nothing personal", async () => {
    const shop = await makeShop();
    const customer = await enrolAda(shop);
    const hook = { url: "https://receiver.example/a" };
    const endpoint = await nativeMake("/webhook_endpoints", hook, shop.slug);
    const series = { name: "Promo", kind: "percent", value: "10", quantity: 1, customer };
    const { codes } = await nativeMake("/voucher_series", series, shop.slug);
    const till = await makeTill(shop.slug);
    const [code] = codes as string[];
    const order = { code, customer_id: "CUST_7", purchase_amount: 50, reference_id: "O-1" };
    await till.post("/vouchers/redeem", order);
    await callNative("POST", `/webhook_endpoints/${endpoint.id}/ping`, { merchant: shop.slug });
    const pinged = () =>
      expect(receivers.received.map((one) => one.body).join()).toContain('"ping"');
    await vi.waitFor(pinged);
    receivers.answer("/a", () => new Response(null, { status: 410 }));
    await marry(shop, customer);
    await holdMembership(shop, customer);
    await liveALife(shop.id, customer);
    await nativeCall("DELETE", `/customers/${customer}`, { merchant: shop.slug });
    const { head } = await walletOf(env, { merchant: shop.id, customer }).view(0);
    const vouchers = ["voucher.issued", "voucher.redeemed"];
    const memberships = ["membership.assigned", "membership.removed"];
    const profile = ["customer.created", "customer.updated", "customer.erased"];
    const notOfTheWallet = [...profile, ...vouchers, ...memberships, "disabled"];
    await feedWith(shop, head.seq + notOfTheWallet.length);
    const { body } = await nativeCall("GET", "/events?after_seq=0&limit=100", {
      merchant: shop.slug,
    });
    const issued = (body.data as Json[]).filter(({ type }) => type === "voucher.issued");
    expect(issued.map(({ sequence }) => sequence)).toEqual([null, 6]);
    const told = (body.data as Json[]).map(({ object: _object, seq: _seq, ...event }) => event);
    const sent = receivers.received.map((one) => JSON.parse(one.body) as Json);
    const all = [...told, ...sent];
    for (const event of all) expect(faultsOfBody(event)).toEqual([]);
    expect(JSON.stringify(all)).not.toMatch(PERSONAL);
    const seen = new Set(all.map(({ type }) => type));
    const rare = /^(stamp|prepaid)\.reversed$/;
    expect(EVENT_TYPES.filter((type) => !seen.has(type) && !rare.test(type))).toEqual([]);
  });
});
