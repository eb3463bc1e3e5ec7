import { createHmac } from "node:crypto";
import { describe, expect, inject, it } from "vitest";

const KEY = "kiri_live_demo";
const SECRET = "ks_test_5f2c9a7d41e84b0e";

type Fields = Readonly<Record<string, string | number>>;
type Body = Readonly<Record<string, unknown>>;

/** How one of the vendor's published clients writes and signs a request. */
interface Client {
  readonly keyHeader: string;
  readonly contentType: string;
  readonly encode: (fields: Fields) => string;
  readonly timestamp: () => string;
  /** What stands between the timestamp and the body in the signed text. */
  readonly glue: string;
  /** How it looks customers and balances up. */
  readonly readBy: "GET" | "POST";
  readonly batchPath: string;
}

const wholeSeconds = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

const escapeNonAscii = (text: string): string =>
  text.replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** `json_encode` as PHP does it. */
const phpJson = (fields: Fields): string =>
  escapeNonAscii(JSON.stringify(fields)).replaceAll("/", "\\/");

/** `json.dumps` as Python does it. */
function pythonJson(fields: Fields): string {
  const pairs = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}: ${escapeNonAscii(JSON.stringify(value))}`,
  );
  return `{${pairs.join(", ")}}`;
}

const JSON_TYPE = "application/json";

const CLIENTS: Readonly<Record<string, Client>> = {
  "PHP sample": {
    keyHeader: "X-API-Key",
    contentType: "application/x-www-form-urlencoded",
    encode: (fields) => {
      const texts = Object.entries(fields).map(([name, value]) => [name, String(value)]);
      return new URLSearchParams(texts).toString();
    },
    timestamp: wholeSeconds,
    glue: "",
    readBy: "GET",
    batchPath: "/vouchers/batches/create",
  },
  "PHP SDK": {
    keyHeader: "X-Client-Key",
    contentType: JSON_TYPE,
    encode: phpJson,
    timestamp: wholeSeconds,
    glue: ".",
    readBy: "GET",
    batchPath: "/vouchers/batches",
  },
  "Node sample": {
    keyHeader: "X-API-Key",
    contentType: JSON_TYPE,
    encode: (fields) => JSON.stringify(fields),
    timestamp: () => new Date().toISOString(),
    glue: "",
    readBy: "GET",
    batchPath: "/vouchers/batches/create",
  },
  "Python SDK": {
    keyHeader: "X-API-Key",
    contentType: JSON_TYPE,
    encode: pythonJson,
    timestamp: wholeSeconds,
    glue: ".",
    readBy: "POST",
    batchPath: "/vouchers/batches",
  },
};

const origin = `${inject("demoUrl")}/api/loyalty`;

interface Request {
  readonly url: string;
  readonly init: RequestInit;
}

function write(client: Client, path: string, fields: Fields): Request {
  const body = client.encode(fields);
  const headers = { ...signed(client, body), "Content-Type": client.contentType };
  return { url: origin + path, init: { method: "POST", headers, body } };
}

function read(client: Client, path: string, fields: Fields): Request {
  if (client.readBy === "POST") return write(client, path, fields);
  const query = new URLSearchParams(
    Object.entries(fields).map(([name, value]) => [name, String(value)]),
  );
  return { url: `${origin}${path}?${query}`, init: { headers: signed(client, "") } };
}

function signed(client: Client, body: string): Record<string, string> {
  const timestamp = client.timestamp();
  const signature = createHmac("sha256", SECRET)
    .update(timestamp + client.glue + body)
    .digest("hex");
  return { [client.keyHeader]: KEY, "X-Timestamp": timestamp, "X-Signature": signature };
}

async function send({ url, init }: Request): Promise<{ status: number; text: string; body: Body }> {
  const response = await fetch(url, init);
  const text = await response.text();
  expect(response.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
  expect(response.headers.get("X-RateLimit-Limit")).toBe("100");
  return { status: response.status, text, body: JSON.parse(text) as Body };
}

/** The body of an answer that must be a success. */
async function succeed(request: Request): Promise<Body> {
  const { status, text, body } = await send(request);
  expect([status, body.success], text).toEqual([200, true]);
  return body;
}

/** One whole visit at the till: everything that a POS does with KiriMel. */
async function visit(client: Client, order: number): Promise<void> {
  const name = "Zoë / 10% 😀";
  const phone = `+6012345000${order}`;
  const post = (path: string, fields: Fields) => succeed(write(client, path, fields));

  const registered = await post("/customers/register", { phone, name });
  expect(registered).toMatchObject({ points_balance: 0, tier: "BRONZE" });
  const customer_id = String(registered.customer_id);
  const found = await succeed(read(client, "/customers/lookup", { phone }));
  expect(found.data).toMatchObject({ id: Number(customer_id.slice(5)), phone, name });

  const earn = { customer_id, points: 120, amount: 25.5, reference_id: `ORDER/${order}` };
  const request = write(client, "/points/earn", earn);
  const earned = await send(request);
  expect(earned.body).toMatchObject({ points_awarded: 120, new_balance: 120 });
  expect((await send(request)).text).toBe(earned.text);
  const balance = await succeed(read(client, "/wallet/balance", { customer_id }));
  expect(balance).toMatchObject({ customer_id, balance: 120, tier: { name: "BRONZE" } });

  const redeemed = await post("/points/redeem", { customer_id, points: 100, reference_id: "BILL" });
  expect(redeemed).toMatchObject({ points_redeemed: 100, new_balance: 20 });
  const short = await send(write(client, "/points/redeem", { customer_id, points: 100 }));
  expect([short.status, short.body.error]).toMatchObject([400, { code: "INSUFFICIENT_BALANCE" }]);
  const transaction_id = String(redeemed.transaction_id);
  const reversed = await post("/points/reverse", { transaction_id, reason: "void / refund" });
  expect(reversed.data).toMatchObject({ points_delta: 100, new_balance: 120 });

  const promo = { name: "Promo / é", type: "PERCENT", value: 10, quantity: 2, min_purchase: 50 };
  const batch = await post(client.batchPath, promo);
  expect(batch).toMatchObject({ vouchers_created: 2 });
  const [code = ""] = batch.voucher_codes as string[];
  const voucher = { code, customer_id, purchase_amount: "75.00", reference_id: `V/${order}` };
  const used = await send(write(client, "/vouchers/redeem", voucher));
  expect(used.text).toContain('"discount_applied":7.50,"new_purchase_amount":67.50');
  const again = await send(write(client, "/vouchers/redeem", { ...voucher, reference_id: "X" }));
  expect(again.body.error).toMatchObject({ code: "VOUCHER_ALREADY_REDEEMED" });
}

describe("a running service", () => {
  it.each(Object.entries(CLIENTS).map(([name, client], order) => [name, client, order] as const))(
    "serves a till that speaks as the %s does",
    async (_name, client, order) => {
      await visit(client, order);
    },
  );

  it("redeems the vouchers of the demo data, and knows that one has expired", async () => {
    const client = CLIENTS["Node sample"] as Client;
    const redeem = (code: string) =>
      send(
        write(client, "/vouchers/redeem", {
          code,
          customer_id: "CUST_123456",
          purchase_amount: 75,
        }),
      );
    expect((await redeem("VOUCHER_A1B2C3D4E5F6")).body).toMatchObject({ discount_applied: 7.5 });
    const expired = await redeem("VOUCHER_OLDOLDOLD001");
    expect(expired.body.error).toMatchObject({ code: "VOUCHER_EXPIRED" });
  });

  it("refuses a till that signs with another secret", async () => {
    const client = CLIENTS["Node sample"] as Client;
    const { url, init } = read(client, "/wallet/balance", { customer_id: "CUST_123456" });
    const headers = { ...(init.headers as Record<string, string>), "X-Signature": "0".repeat(64) };
    const refused = await send({ url, init: { headers } });
    expect([refused.status, refused.body.error]).toMatchObject([
      401,
      { code: "SIGNATURE_INVALID" },
    ]);
  });
});
