import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { type Cafe, openCafe } from "../../support/augmigo/cafe.ts";
import { addCustomer } from "../../support/augmigo/customers.ts";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { makeTill, type Till } from "../../support/kirimel/till.ts";

const clock = stopClock("2060-06-01T08:00:00Z");

let cafe: Cafe;
let till: Till;

beforeAll(async () => {
  cafe = await openCafe();
  till = await makeTill(cafe.account);
});

/** Erases a customer behind this isolate's back, as another one would. */
async function eraseElsewhere({ customer_key: id }: Json): Promise<void> {
  await env.DB.batch([
    env.DB.prepare("UPDATE customers SET status = 'erased' WHERE id = ?").bind(id),
    env.DB.prepare("DELETE FROM identifiers WHERE customer_id = ?").bind(id),
  ]);
}

it("finds who was erased in another isolate for half a minute only", async () => {
  const customer = await addCustomer(cafe);
  const reward = `/reward/reference-code/${customer.reference_code}`;
  const earn = async () => (await till.post("/points/earn", { customer_id: 1, points: 1 })).status;
  const read = async () => (await cafe.get(reward)).status;
  expect([await earn(), await read()]).toEqual([200, 200]);
  await eraseElsewhere(customer);
  clock.now += 29 * SECOND;
  expect([await earn(), await read()]).toEqual([200, 200]);
  clock.now += 2 * SECOND;
  expect([await earn(), await read()]).toEqual([404, 400]);
});
