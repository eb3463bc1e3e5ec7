import { abortAllDurableObjects } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import {
  balanceOf,
  customerWith,
  expectInvalid,
  expectRefusal,
  myRestaurant,
  post,
} from "../../support/kirimel/requests.ts";
import { establish, importLines } from "../../support/native/merchant.ts";

const clock = stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

let numbers = 8000;

async function newCustomer(points = "100"): Promise<number> {
  numbers += 1;
  await importLines("myrestaurant", [customerWith(numbers, points)]);
  return numbers;
}

let phones = 0;

/** Fields that make sense to every write, so that only the binding can refuse them. */
async function versatile(rest: object = {}): Promise<Record<string, unknown>> {
  phones += 1;
  const phone = `+6011100${8000 + phones}`;
  return { customer_id: await newCustomer(), points: 30, phone, ...rest };
}

/** Signs fields once; what it answers sends those very bytes, wherever they are to go. */
function signed(fields: object): (path: string) => Promise<Answer> {
  numbers += 1;
  const timestamp = new Date(clock.now - numbers).toISOString();
  return (path) => post(path, { ...fields }, { timestamp });
}

/** Expects that the signature is refused at that path, and that the attempt wrote nothing. */
async function expectBound(send: (path: string) => Promise<Answer>, path: string): Promise<void> {
  const before = await dumpEverything();
  expectRefusal(await send(path), 401, "SIGNATURE_INVALID");
  expect(await dumpEverything()).toBe(before);
}

const EARN = "/points/earn";
const REDEEM = "/points/redeem";
const REGISTER = "/customers/register";

const PAIRS = [
  [EARN, REDEEM],
  [REDEEM, EARN],
  [EARN, REGISTER],
  [REDEEM, REGISTER],
  [REGISTER, EARN],
  [REGISTER, REDEEM],
] as const;

describe("the signature of a write", () => {
  it.each(PAIRS)("of %s is refused at %s", async (first, other) => {
    const send = signed(await versatile());
    expect((await send(first)).status).toBe(200);
    await expectBound(send, other);
  });

  it.each(PAIRS)("of %s with a reference is refused at %s", async (first, other) => {
    const send = signed(await versatile({ reference_id: "R" }));
    expect((await send(first)).status).toBe(200);
    await expectBound(send, other);
  });

  it.each(PAIRS)("of %s is still good there after it was refused at %s", async (first, other) => {
    const send = signed(await versatile());
    const { text } = await send(first);
    await send(other);
    expect((await send(first)).text).toBe(text);
  });

  it("is remembered by a wallet that forgot all but its storage", async () => {
    const send = signed(await versatile());
    expect((await send(REDEEM)).status).toBe(200);
    await abortAllDurableObjects();
    await expectBound(send, EARN);
  });

  it.each([EARN, REDEEM])(
    "of a registration is refused at %s for the customer that it made",
    async (other) => {
      phones += 1;
      const phone = `+6011100${8000 + phones}`;
      const { body } = await post(REGISTER, { phone });
      const next = Number(String(body.customer_id).replace("CUST_", "")) + 1;
      const fields = { qr_code: `QR-${next}`, customer_id: next, points: 30 };
      const send = signed(fields);
      expect((await send(REGISTER)).body).toMatchObject({ customer_id: `CUST_${next}` });
      await post(EARN, { customer_id: next, points: 100 });
      await expectBound(send, other);
    },
  );

  it("is bound by the first of two that arrive at once", async () => {
    const fields = await versatile();
    const send = signed(fields);
    const answers = await Promise.all([send(EARN), send(REDEEM)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const earned = answers[0].status === 200;
    expect(await balanceOf(Number(fields.customer_id))).toBe(earned ? 130 : 70);
  });
});

describe("the signature of a refused redemption", () => {
  it.each([{}, { reference_id: "R" }])("is refused for an earn: %j", async (rest) => {
    const send = signed(await versatile({ points: 101, ...rest }));
    expect((await send(REDEEM)).body).toMatchObject({ error: { code: "INSUFFICIENT_BALANCE" } });
    await expectBound(send, EARN);
    await expectBound(send, REGISTER);
  });

  it.each([{}, { reference_id: "R" }])("may try the redemption again: %j", async (rest) => {
    const fields = await versatile({ points: 101, ...rest });
    const send = signed(fields);
    expect((await send(REDEEM)).status).toBe(400);
    await post(EARN, { customer_id: fields.customer_id, points: 1 });
    const again = await send(REDEEM);
    expect(again.body).toMatchObject({ points_redeemed: 101, new_balance: 0 });
    expect((await send(REDEEM)).text).toBe(again.text);
  });
});

describe("the signature of a retry under the same reference", () => {
  it.each([
    [EARN, REDEEM],
    [REDEEM, EARN],
    [EARN, REGISTER],
  ])("of %s, signed anew, is refused at %s", async (first, other) => {
    const fields = await versatile({ reference_id: "R" });
    const { text } = await signed(fields)(first);
    const retry = signed(fields);
    expect((await retry(first)).text).toBe(text);
    await expectBound(retry, other);
  });

  it.each([
    [EARN, REDEEM],
    [REDEEM, EARN],
  ])("of %s that was refused for other points is refused at %s", async (first, other) => {
    const fields = await versatile({ reference_id: "R" });
    expect((await signed(fields)(first)).status).toBe(200);
    const changed = signed({ ...fields, points: 31 });
    expectInvalid(await changed(first), "reference_id");
    await expectBound(changed, other);
  });
});
