import { abortAllDurableObjects } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../support/http.ts";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import {
  balanceOf,
  customerWith,
  expectRefusal,
  GROUP_KEY,
  kirimel,
  myRestaurant,
  post,
  UNLIMITED_KEY,
} from "../../support/kirimel/requests.ts";
import { formTill, sign } from "../../support/kirimel/signing.ts";
import type { KirimelCall } from "../../support/kirimel/till.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

const clock = stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

let numbers = 7000;

async function newCustomer(points = "100"): Promise<number> {
  numbers += 1;
  await importLines("myrestaurant", [customerWith(numbers, points)]);
  return numbers;
}

/** Signs fields once; what it answers sends those very bytes, wherever they are to go. */
function signed(fields: object, call: KirimelCall = {}) {
  numbers += 1;
  const timestamp = new Date(clock.now - numbers).toISOString();
  return (path: string, rest: KirimelCall = {}): Promise<Answer> =>
    post(path, { ...fields }, { timestamp, ...call, ...rest });
}

const WRITES = [
  ["/points/earn", {}],
  ["/points/earn", { reference_id: "R" }],
  ["/points/redeem", {}],
  ["/points/redeem", { reference_id: "R" }],
] as const;

describe("a signed booking sent again", () => {
  it.each(WRITES)("gets the first answer and acts once: %s %j", async (path, rest) => {
    const customer = await newCustomer();
    const send = signed({ customer_id: customer, points: 30, ...rest });
    const first = await send(path);
    expect(first.status).toBe(200);
    const stored = await dumpEverything();
    const again = await send(path);
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await dumpEverything()).toBe(stored);
  });

  it.each(WRITES)("gets the first answer whatever came between: %s %j", async (path, rest) => {
    const customer = await newCustomer();
    const send = signed({ customer_id: customer, points: 30, ...rest });
    const first = await send(path);
    await post("/points/earn", { customer_id: customer, points: 1000 });
    await post("/points/redeem", { customer_id: customer, points: 1 });
    expect((await send(path)).text).toBe(first.text);
  });

  it("acts once for ten at once", async () => {
    const customer = await newCustomer();
    const send = signed({ customer_id: customer, points: 30 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => send("/points/redeem")));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await balanceOf(customer)).toBe(70);
  });

  it("acts once also where the wallet forgot all but its storage", async () => {
    const customer = await newCustomer();
    const send = signed({ customer_id: customer, points: 30 });
    const first = await send("/points/earn");
    await abortAllDurableObjects();
    expect((await send("/points/earn")).text).toBe(first.text);
    expect(await balanceOf(customer)).toBe(130);
  });
});

describe("a signed booking sent again in another guise", () => {
  it.each([
    ["with the other name of the key's header", { "X-API-Key": UNLIMITED_KEY.text }],
    ["with another content type", { "Content-Type": "application/x-www-form-urlencoded" }],
    ["without a content type", { "Content-Type": null }],
  ])("acts once %s", async (_, headers) => {
    const customer = await newCustomer();
    const send = signed({ customer_id: customer, points: 30 });
    const first = await send("/points/earn");
    expect((await send("/points/earn", { headers })).text).toBe(first.text);
    expect(await balanceOf(customer)).toBe(130);
  });

  it("acts once however its signature is spelled", async () => {
    const customer = await newCustomer();
    const fields = { customer_id: customer, points: 30 };
    const timestamp = "2060-06-01T07:59:58Z";
    const hex = sign("B", UNLIMITED_KEY.secret, timestamp, JSON.stringify(fields));
    const spellings = [hex, hex.toUpperCase(), `sha256=${hex}`, `sha256=${hex.toUpperCase()}`];
    const texts = [];
    for (const signature of spellings) {
      const headers = { "X-Signature": signature };
      texts.push((await post("/points/earn", fields, { timestamp, headers })).text);
    }
    expect(new Set(texts).size).toBe(1);
    expect(await balanceOf(customer)).toBe(130);
  });

  it("cannot be turned into another booking by moving its dot into the body", async () => {
    const customer = await newCustomer();
    const timestamp = "2060-06-01T07:59:57Z";
    const raw = `reference_id=DOTTED&customer_id=${customer}&points=30`;
    const signature = sign("B", UNLIMITED_KEY.secret, timestamp, raw);
    const call = { timestamp, headers: { "X-Signature": signature } };
    expect((await kirimel("/points/earn", { ...call, raw })).status).toBe(200);
    await kirimel("/points/earn", { ...call, raw: `.${raw}` });
    expect(await balanceOf(customer)).toBe(130);
  });
});

describe("a signed registration sent again", () => {
  const enrol = (phone: string) => ({ phone, name: "Jane", qr_code: `QR ${phone}` });

  it("gets the first answer and acts once", async () => {
    const send = signed(enrol("+60111007001"));
    const first = await send("/customers/register");
    const stored = await dumpEverything();
    expect((await send("/customers/register")).text).toBe(first.text);
    expect(await dumpEverything()).toBe(stored);
  });

  it("gets the first answer whatever the customer earned between", async () => {
    const send = signed(enrol("+60111007002"));
    const first = await send("/customers/register");
    await post("/points/earn", { customer_id: first.body.customer_id, points: 1200 });
    expect((await send("/customers/register")).text).toBe(first.text);
  });

  it("gets the first answer where the customer was known before", async () => {
    await post("/customers/register", enrol("+60111007003"));
    const send = signed(enrol("+60111007003"));
    const first = await send("/customers/register");
    const stored = await dumpEverything();
    expect((await send("/customers/register")).text).toBe(first.text);
    expect(await dumpEverything()).toBe(stored);
  });

  it("acts once for ten at once", async () => {
    const send = signed(enrol("+60111007004"));
    const calls = Array.from({ length: 10 }, () => send("/customers/register"));
    const answers = await Promise.all(calls);
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });
});

describe("the time that a signature is bound", () => {
  const FROM_AHEAD = 300 * SECOND;

  /** A booking by a till whose clock runs ahead as far as the window allows. */
  async function aheadOfTime(path: string, fields: object) {
    const timestamp = new Date(clock.now + FROM_AHEAD).toISOString();
    const send = signed(fields, { timestamp });
    const first = await send(path);
    expect(first.status).toBe(200);
    return { first, send };
  }

  it.each([
    ["a second before its timestamp is refused", 599 * SECOND],
    ["the last millisecond that its timestamp is accepted", 600 * SECOND],
  ])("reaches to %s", async (_, later) => {
    const customer = await newCustomer();
    const fields = { customer_id: customer, points: 30 };
    const { first, send } = await aheadOfTime("/points/earn", fields);
    clock.now += later;
    expect((await send("/points/earn")).text).toBe(first.text);
    expect(await balanceOf(customer)).toBe(130);
  });

  it("is no longer than its timestamp is accepted", async () => {
    const fields = { customer_id: await newCustomer(), points: 30 };
    const { send } = await aheadOfTime("/points/earn", fields);
    clock.now += 600 * SECOND + 1;
    expectRefusal(await send("/points/earn"), 401, "SIGNATURE_INVALID");
  });

  it("is ten minutes also where the deployment checks no clock", async () => {
    const bindings = { GUERDON_KIRIMEL_WINDOW_SECONDS: "0" };
    const customer = await newCustomer();
    const send = signed({ customer_id: customer, points: 30 }, { bindings });
    const first = await send("/points/earn");
    clock.now += 599 * SECOND;
    expect((await send("/points/earn")).text).toBe(first.text);
    expect(await balanceOf(customer)).toBe(130);
  });
});

describe("a signature", () => {
  it("is bound to the key that it was used with", async () => {
    const customer = await newCustomer();
    const fields = { customer_id: customer, points: 30 };
    const timestamp = "2060-06-01T09:00:00Z";
    clock.now = Date.parse(timestamp);
    await post("/points/earn", fields, { timestamp, style: formTill });
    await post("/points/earn", fields, { timestamp, style: formTill, key: GROUP_KEY });
    expect(await balanceOf(customer)).toBe(160);
  });

  it.each([
    ["/customers/lookup", { phone: "+60123456789" }],
    ["/wallet/balance", { customer_id: 123456 }],
  ])("of the read %s may repeat freely", async (path, fields) => {
    const send = signed(fields);
    for (let i = 0; i < 3; i += 1) expect((await send(path)).status).toBe(200);
    const timestamp = new Date(clock.now).toISOString();
    const query = `${path}?${new URLSearchParams(fields as Record<string, string>)}`;
    for (let i = 0; i < 3; i += 1) {
      expect((await kirimel(query, { timestamp })).status).toBe(200);
    }
  });

  it("of one read is good for another, as it covers no path", async () => {
    const timestamp = new Date(clock.now - 1).toISOString();
    const paths = ["/wallet/balance?customer_id=123456", "/customers/lookup?identifier=QR-123456"];
    for (const path of paths) expect((await kirimel(path, { timestamp })).status).toBe(200);
  });
});
