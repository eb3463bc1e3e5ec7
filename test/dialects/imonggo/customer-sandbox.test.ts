import { beforeAll, describe, expect, it } from "vitest";
import { addJuan, createCustomer } from "../../support/imonggo/customers.ts";
import { openStore, type Store, storeToken } from "../../support/imonggo/store.ts";
import { settle } from "../../support/kept-state.ts";
import type { Json } from "../../support/kirimel/till.ts";

const PERSON = {
  name: "Ana Reyes",
  first_name: "Ana",
  last_name: "Reyes",
  company_name: "Reyes Ltd",
  street: "Main 1",
  city: "Cebu",
  state: "Cebu",
  zipcode: "6000",
  email: "ana@example.com",
  telephone: "021",
  fax: "022",
  mobile: "0917",
  tin: "123",
  remark: "Regular",
};

let store: Store;
let sandbox: Store;
let ana: Json;

beforeAll(async () => {
  store = await openStore();
  await addJuan(store);
  sandbox = store.as(await storeToken(store.account, { mode: "test" }));
  const rest = { country: "PH", birthdate: "1990-02-28", alternate_code: "ALT" };
  ana = await createCustomer(store, { ...PERSON, ...rest });
}, 60_000);

describe("a test-mode token", () => {
  it("is answered as a live one, and nothing is kept", async () => {
    const before = await settle();
    const made = await sandbox.post("/customers.json", { customer: PERSON });
    expect([made.status, made.headers.get("Guerdon-Mode")]).toEqual([201, "test"]);
    expect(made.body).toMatchObject({ ...PERSON, id: Number(ana.id) + 1 });
    expect((await sandbox.get(`/customers/${made.body.id}.json`)).status).toBe(404);
    const put = await sandbox.put(`/customers/${ana.id}.json`, { customer: { country: "US" } });
    expect([put.status, put.body.country]).toEqual([200, "US"]);
    const gone = await sandbox.delete(`/customers/${ana.id}.json`);
    expect([gone.status, gone.body.status]).toEqual([200, "D"]);
    expect(await settle()).toBe(before);
    expect((await store.get(`/customers/${ana.id}.json`)).body).toEqual(ana);
  });

  it("is refused what a live one would be", async () => {
    const taken = { name: "B", alternate_code: "ALT" };
    const { status, errors } = await sandbox.post("/customers.json", { customer: taken });
    expect([status, errors]).toEqual([422, ["Alternate code has already been taken"]]);
  });

  it("is shown customers who exist without personal data", async () => {
    const alone = (await sandbox.get(`/customers/${ana.id}.json`)).body;
    const [, , listed] = (await sandbox.get("/customers.json")).list;
    for (const body of [alone, listed]) {
      expect(Object.keys(body ?? {})).toEqual(Object.keys(ana));
      const { birthdate, birthday, id, code, country } = body ?? {};
      expect([birthdate, birthday]).toEqual([null, null]);
      expect([id, code, country]).toEqual([ana.id, ana.code, "PH"]);
      for (const [field, value] of Object.entries(PERSON)) {
        expect(body?.[field]).toMatch(/^(.\*\*\* ?)+$/);
        expect(body?.[field]).not.toBe(value);
      }
    }
  });

  it("is shown them in clear where the merchant wants that", async () => {
    const open = await openStore({ merchant: { unmasked: true } });
    const clear = open.as(await storeToken(open.account, { mode: "test" }));
    const made = await createCustomer(open, PERSON);
    expect((await clear.get(`/customers/${made.id}.json`)).body).toEqual(made);
  });
});
