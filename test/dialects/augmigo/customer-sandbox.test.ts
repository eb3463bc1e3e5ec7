import { beforeAll, describe, expect, it, vi } from "vitest";
import { type Cafe, openCafe, testModeOf } from "../../support/augmigo/cafe.ts";
import { addCustomer, byCode, readBack, said, someone } from "../../support/augmigo/customers.ts";
import { settle } from "../../support/kept-state.ts";
import type { Json } from "../../support/kirimel/till.ts";
import { importLines } from "../../support/native/merchant.ts";

// Every registration hashes a password.
vi.setConfig({ testTimeout: 30_000 });

let cafe: Cafe;
let sandbox: Cafe;
let customer: Json;

beforeAll(async () => {
  cafe = await openCafe();
  sandbox = await testModeOf(cafe);
  customer = await addCustomer(cafe, { name: "Ravi Kumar", merchant_reference_code: "M-1" });
});

const FRESH = "8888000000000001";

describe("a test-mode key", () => {
  it("is answered as a live one, and nothing is kept", async () => {
    const before = await settle();
    const wanted = someone({ merchant_reference_code: "M-2" });
    const made = await sandbox.post("/customers/register", wanted);
    expect(made.status).toBe(200);
    const { name, email, mobile_phone, reference_code } = made.body;
    expect([name, email, mobile_phone]).toEqual([wanted.name, wanted.email, wanted.mobile_phone]);
    expect(reference_code).toMatch(/^\d{16}$/);
    expect((await sandbox.get(byCode(made.body))).status).toBe(400);
    expect((await sandbox.post("/customers/register", wanted)).status).toBe(200);
    const update = { body: { name: "N", email: someone().email } };
    expect((await sandbox.call("PUT", byCode(customer), update)).status).toBe(200);
    expect((await sandbox.call("DELETE", byCode(customer))).status).toBe(204);
    const card = await sandbox.get(`/customers/reference-code/${FRESH}/read-or-register`);
    expect([card.status, card.body.reference_code]).toEqual([200, FRESH]);
    expect(await settle()).toBe(before);
    expect((await readBack(cafe, customer)).name).toBe("Ravi Kumar");
  });

  it("is refused what a live one would be", async () => {
    const taken = await sandbox.post("/customers/register", someone({ email: customer.email }));
    expect(said(taken)).toEqual([500, "Email have been taken"]);
    const other = await addCustomer(cafe);
    const update = { body: { mobile_phone: customer.mobile_phone } };
    const refused = await sandbox.call("PUT", byCode(other), update);
    expect(said(refused)).toEqual([500, "Mobile phone have been taken"]);
  });

  it("is shown a customer who exists without personal data", async () => {
    const { body } = await sandbox.get(byCode(customer));
    const { customer_key, reference_code, registered_datetime } = customer;
    const masked = {
      birth_date: null,
      customer_key,
      email: "g***",
      mobile_phone: "+***",
      gender: null,
      is_email_verified: false,
      is_mobile_phone_verified: false,
      merchant_reference_code: "M-1",
      name: "R*** K***",
      reference_code,
      registered_datetime,
    };
    expect(JSON.stringify(body)).toBe(JSON.stringify(masked));
    const found = await sandbox.post("/customers/search/1", { email: customer.email });
    expect(found.list).toEqual([masked]);
    const brief = await sandbox.get(`${byCode(customer)}/read-or-register`);
    expect(brief.body).toEqual({ name: "R*** K***", reference_code, customer_key });
  });

  it("gives nobody of another dialect a code that lasts", async () => {
    const [line] = await importLines(cafe.account, [{ name: "Old Friend", number: 9_002 }]);
    const path = `/customers/customer-key/${line?.customer}`;
    const before = await settle();
    const first = await sandbox.get(path);
    expect(first.body.reference_code).toMatch(/^\d{16}$/);
    expect(await settle()).toBe(before);
  });

  it("is shown all where the merchant does not mask", async () => {
    const open = await openCafe({ merchant: { unmasked: true } });
    const made = await addCustomer(open);
    expect((await (await testModeOf(open)).get(byCode(made))).body).toEqual(made);
  });
});

describe("a sandbox merchant", () => {
  it("keeps its customers and shows them", async () => {
    const shop = await openCafe({ merchant: { sandbox: true } });
    const made = await addCustomer(shop);
    expect(await readBack(shop, made)).toEqual(made);
    expect((await shop.call("DELETE", byCode(made))).status).toBe(204);
    expect((await shop.get(byCode(made))).status).toBe(400);
  });
});
