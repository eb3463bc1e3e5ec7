import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Projector } from "../../src/events/projector.ts";
import { WebhookEndpoint } from "../../src/webhooks/object.ts";
import {
  bookFor,
  failBatches,
  faultsOf,
  feedOf,
  feedWith,
  makeShop,
  registered,
  runSweep,
  type Shop,
  someCustomer,
} from "../support/events.ts";
import { enrol, type Json, makeTill, type Till } from "../support/kirimel/till.ts";
import { nativeCall, nativeMake } from "../support/native/native.ts";
import { earn, program, redeem, TIERS } from "../support/requests.ts";

vi.setConfig({ testTimeout: 30_000 });

let shop: Shop;
let till: Till;

beforeEach(async () => {
  shop = await makeShop();
  await nativeMake("/sites", { code: "MAIN01", name: "Main" }, shop.slug);
  till = await makeTill(shop.slug);
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function page(query: string): Promise<{ status: number; body: Json; data: Json[] }> {
  const { status, body } = await nativeCall("GET", `/events${query}`, { merchant: shop.slug });
  return { status, body, data: (body.data ?? []) as Json[] };
}

const types = async () => (await feedOf(shop)).map(({ type }) => type);

describe("an event of a change that D1 keeps", () => {
  it("is in the feed when the change is: customer created, voucher issued, redeemed", async () => {
    const customer = await enrol(till);
    expect(await types()).toEqual(["customer.created"]);
    const batch = await till.post("/vouchers/batches/create", {
      name: "Promo",
      type: "PERCENT",
      value: 10,
      quantity: 1,
    });
    const [code] = batch.body.voucher_codes as string[];
    const { batch_id } = batch.body;
    await till.post("/vouchers/issue", { batch_id, customer_id: customer });
    expect(await types()).toEqual(["customer.created", "voucher.issued"]);
    const redeemed = await till.post("/vouchers/redeem", {
      code,
      customer_id: customer,
      purchase_amount: 50,
    });
    expect(redeemed.text).toContain('"success":true');
    expect(await types()).toEqual(["customer.created", "voucher.issued", "voucher.redeemed"]);
    expect(faultsOf(await feedOf(shop))).toEqual([]);
  });

  it("is not in the feed when the change failed, was refused or was only tested", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    failBatches("events", 1);
    const failed = await till.post("/customers/register", { qr_code: "QR-FAILS" });
    expect(failed.status).toBe(500);
    vi.restoreAllMocks();
    await till.post("/vouchers/redeem", { code: "VOUCHER_NOWHERE", purchase_amount: 50 });
    const sandbox = await makeTill(shop.slug, { mode: "test" });
    await sandbox.post("/customers/register", { qr_code: "QR-TEST" });
    expect(await types()).toEqual([]);
  });

  it("whose hand-out is lost is picked up by the sweep", async () => {
    const url = "http://127.0.0.1:9/hook";
    await nativeMake("/webhook_endpoints", { url }, shop.slug);
    const taken: string[] = [];
    vi.spyOn(WebhookEndpoint.prototype, "enqueue").mockImplementation(async (_config, events) => {
      taken.push(...events.map(({ type }) => type));
    });
    const handOut = vi.spyOn(Projector.prototype, "handOut").mockResolvedValue();
    await enrol(till);
    await vi.waitFor(() => expect(handOut).toHaveBeenCalled());
    handOut.mockRestore();
    expect(taken).toEqual([]);
    await runSweep();
    expect(taken).toEqual(["customer.created"]);
    await runSweep();
    expect(taken).toEqual(["customer.created"]);
  });

  it("is not for an endpoint that was made after it, though it is handed out later", async () => {
    const hook = (path: string) => ({ url: `http://127.0.0.1:9/${path}` });
    const first = await nativeMake("/webhook_endpoints", hook("first"), shop.slug);
    const taken: string[] = [];
    vi.spyOn(WebhookEndpoint.prototype, "enqueue").mockImplementation(async (config, events) => {
      taken.push(...events.map(() => config.endpoint));
    });
    const handOut = vi.spyOn(Projector.prototype, "handOut").mockResolvedValue();
    await enrol(till);
    await vi.waitFor(() => expect(handOut).toHaveBeenCalled());
    await nativeMake("/webhook_endpoints", hook("second"), shop.slug);
    handOut.mockRestore();
    await runSweep();
    expect(taken).toEqual([first.id]);
  });

  it("of one merchant whose projector fails keeps the sweep from no other", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const other = await makeShop();
    for (const { slug } of [shop, other]) {
      await nativeMake("/webhook_endpoints", { url: "http://127.0.0.1:9/hook" }, slug);
    }
    vi.spyOn(WebhookEndpoint.prototype, "enqueue").mockResolvedValue();
    const { handOut } = Projector.prototype;
    vi.spyOn(Projector.prototype, "handOut")
      .mockResolvedValueOnce()
      .mockResolvedValueOnce()
      .mockImplementation(async function (this: Projector, merchant) {
        if (merchant === shop.id) throw new Error("reset");
        await handOut.call(this, merchant);
      });
    await enrol(till);
    await enrol(await makeTill(other.slug));
    await scheduler.wait(50);
    await runSweep();
    const handed = await env.DB.prepare(
      "SELECT merchant_id, handed_seq FROM feeds ORDER BY 2",
    ).all();
    expect(handed.results).toContainEqual({ merchant_id: shop.id, handed_seq: 0 });
    expect(handed.results).toContainEqual({ merchant_id: other.id, handed_seq: 1 });
  });
});

describe("GET /events", () => {
  it("can be tailed without gaps or repeats while wallets and D1 write", async () => {
    const owners = Array.from({ length: 20 }, () => someCustomer(shop));
    const seen: number[] = [];
    let writing = true;
    const tail = async () => {
      for (let idle = 0; idle < 2; ) {
        const { body, data } = await page(`?after_seq=${seen.at(-1) ?? 0}&limit=7`);
        seen.push(...data.map(({ seq }) => Number(seq)));
        expect(body.next_after_seq).toBe(seen.at(-1) ?? 0);
        if (data.length === 0 && !writing) idle += 1;
        if (data.length === 0) await scheduler.wait(50);
      }
    };
    const write = async () => {
      for (let round = 0; round < 3; round += 1) {
        await Promise.all([...owners.map((owner) => bookFor(owner, earn(1))), enrol(till)]);
        await scheduler.wait(100);
      }
      await feedWith(shop, 63);
      writing = false;
    };
    await Promise.all([tail(), write()]);
    expect(seen).toEqual(Array.from({ length: 63 }, (_, i) => i + 1));
    expect(faultsOf(await feedOf(shop))).toEqual([]);
  });

  it("filters by type and by pattern", async () => {
    const owner = await registered(shop);
    await bookFor(owner, earn(15_000), { program: program({ tiers: TIERS }) });
    await bookFor(owner, redeem(100));
    await enrol(till);
    await feedWith(shop, 4);
    const of = async (filter: string) =>
      (await page(`?after_seq=0&types=${filter}`)).data.map(({ type }) => type).sort();
    expect(await of("points.*")).toEqual(["points.earned", "points.redeemed"]);
    expect(await of("points.earned")).toEqual(["points.earned"]);
    expect(await of("tier.upgraded,customer.*")).toEqual(["customer.created", "tier.upgraded"]);
    expect(await of("*")).toHaveLength(4);
    expect(await of("point.*")).toEqual([]);
  });

  it("looks back by cursor, newest first", async () => {
    const owner = someCustomer(shop);
    for (let i = 0; i < 5; i += 1) await bookFor(owner, earn(1));
    await feedWith(shop, 5);
    const first = await page("?limit=2");
    expect(first.data.map(({ seq }) => seq)).toEqual([5, 4]);
    expect(first.body).toMatchObject({ has_more: true, next_cursor: "4" });
    const second = await page("?limit=3&cursor=4");
    expect(second.data.map(({ seq }) => seq)).toEqual([3, 2, 1]);
    expect(second.body).toMatchObject({ has_more: false, next_cursor: null });
  });

  it.each([
    "?after_seq=-1",
    "?after_seq=x",
    "?after_seq=1.5",
    "?limit=0",
    "?limit=101",
    "?cursor=abc",
    "?types=Points",
    "?types=points.%25",
    "?types=",
    "?after_seq=1&cursor=1",
    "?unknown=1",
  ])("refuses %s", async (query) => {
    expect((await page(query)).status).toBe(400);
  });

  it("shows no other merchant's events", async () => {
    await bookFor(someCustomer(await makeShop()), earn(1));
    await scheduler.wait(600);
    expect((await page("")).data).toEqual([]);
  });
});
