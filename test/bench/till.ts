import { createHmac } from "node:crypto";
import type { Clientele } from "./clientele.ts";

/** A request as a till sends it. */
export interface TillRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A till of each dialect, at the same merchant. `customer` counts the clientele from 0. */
export interface Till {
  earn(customer: number, points: number, reference: string): TillRequest;
  redeem(customer: number, points: number, reference: string): TillRequest;
  redeemVoucher(customer: number, code: string, reference: string): TillRequest;
  bill(customer: number, amount: string, reference: string): TillRequest;
  /** Points and a stamp for a purchase, whose number counts once in the whole account. */
  give(customer: number, amount: string, reference: string): TillRequest;
  /** Points for a purchase at an earlier local time, `dd-mm-yyyy HH:MM:SS`. */
  giveLate(customer: number, amount: string, at: string): TillRequest;
  reverse(transaction: string, reference: string): TillRequest;
  balance(customer: number): TillRequest;
}

/** KiriMel signs what it sends, the others do not; each request is signed when it is made. */
export function tillOf(clientele: Clientele): Till {
  const { kirimelKey, kirimelSecret, microgennKey, slug } = clientele;
  const signed = (method: "GET" | "POST", path: string, fields: Record<string, string>) => {
    const query = new URLSearchParams(fields).toString();
    const body = method === "POST" ? query : "";
    const timestamp = `${new Date().toISOString().slice(0, 19)}Z`;
    const hmac = createHmac("sha256", kirimelSecret).update(timestamp + body);
    return {
      method,
      path: `/api/loyalty${path}${method === "GET" ? `?${query}` : ""}`,
      headers: {
        "X-API-Key": kirimelKey,
        "X-Timestamp": timestamp,
        "X-Signature": hmac.digest("hex"),
        "Content-Type": "application/x-www-form-urlencoded",
      },
      body,
    };
  };
  const giving = givingOf(clientele);
  const customerOf = (customer: number) => `CUST_${clientele.numberOf(customer)}`;
  const points = (path: string) => (customer: number, amount: number, reference: string) =>
    signed("POST", path, {
      customer_id: customerOf(customer),
      points: String(amount),
      reference_id: reference,
    });
  return {
    earn: points("/points/earn"),
    redeem: points("/points/redeem"),
    redeemVoucher: (customer, code, reference) =>
      signed("POST", "/vouchers/redeem", {
        code,
        customer_id: customerOf(customer),
        purchase_amount: "100.00",
        reference_id: reference,
      }),
    balance: (customer) => signed("GET", "/wallet/balance", { customer_id: customerOf(customer) }),
    reverse: (transaction, reference) =>
      signed("POST", "/points/reverse", { transaction_id: transaction, reference_id: reference }),
    give: (customer, amount, reference) =>
      giving(customer, {
        sales_amount: amount,
        tax_amount: 0,
        invoice_id: reference,
        invoice_details: {
          purchased_items: [{ SKU: "STAMPED", count: 1, subtotal_sales_amt: amount }],
        },
      }),
    giveLate: (customer, amount, at) =>
      giving(customer, { sales_amount: amount, tax_amount: 0, transact_datetime: at }),
    bill: (customer, amount, reference) => ({
      method: "POST",
      path: `/api/${slug}/pos/bill`,
      headers: { "X-API-Key": microgennKey, "Content-Type": "application/json" },
      body: JSON.stringify({
        mobile: clientele.mobileOf(customer),
        amount: Number(amount),
        external_ref: reference,
        items: [
          { category: "Food", name: "Thali", amount: Number(amount) - 1 },
          { category: "Drinks", name: "Lassi", amount: 1 },
        ],
      }),
    }),
  };
}

/** Augmigo's cashier gives. */
function givingOf({ cashier, referenceCodeOf }: Clientele) {
  return (customer: number, fields: object): TillRequest => ({
    method: "POST",
    path: `/api/v1/reward/reference-code/${referenceCodeOf(customer)}/give`,
    headers: { "x-auth-token": cashier, "Content-Type": "application/json" },
    body: JSON.stringify(fields),
  });
}

/** The bytes of a request on a connection that is kept. */
export function wireBytes(request: TillRequest): Buffer {
  const { method, path, headers, body } = request;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = method === "POST" ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : "";
  const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join("")}${length}\r\n`;
  return Buffer.from(head + body);
}
