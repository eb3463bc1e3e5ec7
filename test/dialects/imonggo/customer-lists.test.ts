import { beforeAll, describe, expect, it, vi } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import {
  addCustomers,
  addJuan,
  copyFirst,
  createCustomer,
  idsOf,
} from "../../support/imonggo/customers.ts";
import { openStore, type Store, type StoreReply } from "../../support/imonggo/store.ts";
import { settle } from "../../support/kept-state.ts";
import { importLines } from "../../support/native/merchant.ts";
import { nativeCall } from "../../support/native/native.ts";
import { childText } from "../../support/xml-document.ts";

vi.setConfig({ testTimeout: 30_000 });

let store: Store;

beforeAll(async () => {
  store = await openStore();
  await addJuan(store);
}, 60_000);

/** A store with customers of these numbers, each changed on a day of May 2026 of its own. */
async function storeOf(count: number): Promise<{ shop: Store; ids: string[] }> {
  const shop = await openStore();
  const lines = Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    name: `C${i + 1}`,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: `2026-05-${String(i + 1).padStart(2, "0")}T12:00:00.500Z`,
  }));
  return { shop, ids: await addCustomers(shop.account, lines) };
}

const answered = ({ status, errors }: StoreReply): string => [status, ...errors].join(" ");

/** Reads pages until one is short, as a client does; `between` happens after each page. */
async function readPages(
  shop: Store,
  query: string,
  perPage: number,
  between: (page: number) => Promise<unknown> = async () => null,
): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let page = 1; ; page += 1) {
    const path = `/customers.json?per_page=${perPage}&page=${page}${query}`;
    const ids = idsOf(await shop.get(path));
    all.push(...ids);
    if (ids.length < perPage) return all;
    await between(page);
  }
}

describe("a list of customers", () => {
  it("has them by their ids, in either format", async () => {
    const list = await store.get("/customers.json");
    expect([list.status, idsOf(list)]).toEqual([200, [1534, 1535]]);
    const { text, xml } = await store.get("/customers.xml");
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<customers type="array">\n/);
    expect([xml.name, xml.attributes]).toEqual(["customers", { type: "array" }]);
    expect(xml.children.map((customer) => childText(customer, "id"))).toEqual(["1534", "1535"]);
    const alone = await store.get("/customers/1534.json");
    await settle();
    expect((await store.get("/customers.json")).list[0]).toEqual(alone.body);
  });

  it("is empty beyond its last page: case 27", async () => {
    const list = await store.get("/customers.json?page=999");
    expect([list.status, list.text]).toEqual([200, "[]"]);
    const { status, text } = await store.get("/customers.xml?page=999");
    const empty = '<?xml version="1.0" encoding="UTF-8"?>\n<customers/>\n';
    expect([status, text]).toEqual([200, empty]);
  });

  it("shows the points that the wallets told; the customer alone shows the wallet's", async () => {
    const shop = await openStore();
    await addJuan(shop);
    await settle();
    const copy = "UPDATE wallets SET points = 5500 WHERE points = 30511000 RETURNING customer_id";
    await d1Rows(copy);
    expect((await shop.get("/customers.json")).text).toContain('"available_points":5.5,');
    for (const reply of [
      await shop.get("/customers/1534.json"),
      await shop.put("/customers/1534.json", { customer: { city: "Cebu" } }),
      await shop.delete("/customers/1534.json"),
    ]) {
      expect(reply.text).toContain('"available_points":30511.0,');
    }
  });

  it("is as long as asked for, from 1 to 250, and 100 if nothing is asked", async () => {
    const { shop } = await storeOf(1);
    await copyFirst(shop, "customers", 255);
    const length = async (query: string) => (await shop.get(`/customers.json${query}`)).list.length;
    expect(await length("")).toBe(100);
    expect(await length("?page=3")).toBe(56);
    expect(await length("?per_page=250")).toBe(250);
    expect(await length("?per_page=1")).toBe(1);
    for (const [query, text] of [
      ["per_page=251", "Per page must be at most 250"],
      ["per_page=0", "Per page must be at least 1"],
      ["page=0", "Page must be at least 1"],
      ["page=x", "Page is invalid"],
      ["q=all", "q is not supported"],
      ["after=yesterday", "After is invalid"],
    ]) {
      expect(answered(await shop.get(`/customers.xml?${query}`))).toBe(`422 ${text}`);
    }
  });
});

describe("page by page", () => {
  it("every customer comes once, however few a page has", async () => {
    const { shop } = await storeOf(7);
    for (const perPage of [1, 2, 3, 50]) {
      expect(await readPages(shop, "", perPage)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it("no customer is lost while others are added, changed, deleted and erased", async () => {
    const { shop, ids } = await storeOf(9);
    const seen = await readPages(shop, "", 2, async (page) => {
      if (page > 4) return;
      await createCustomer(shop, { name: `New ${page}` });
      await shop.put("/customers/2.json", { customer: { city: `Page ${page}` } });
      await shop.delete(`/customers/${page}.json`);
      const merchant = shop.account;
      const erased = await nativeCall("DELETE", `/customers/${ids[page * 2 - 2]}`, { merchant });
      expect(erased.status).toBe(200);
    });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it("an erased customer keeps a place that tells nothing", async () => {
    const { shop, ids } = await storeOf(2);
    const full = (await shop.get("/customers.json")).list[0] ?? {};
    await nativeCall("DELETE", `/customers/${ids[0]}`, { merchant: shop.account });
    const [gone, left] = (await shop.get("/customers.json")).list;
    expect(gone).toMatchObject({ id: 1, status: "D", name: "", available_points: 0 });
    expect(Object.keys(gone ?? {})).toEqual(Object.keys(full));
    expect(left).toMatchObject({ id: 2, status: null });
    expect(answered(await shop.get("/customers/1.json"))).toBe("404 Not Found");
    expect(idsOf(await shop.get("/customers.json?active_only=1"))).toEqual([2]);
  });
});

describe("active_only", () => {
  it("leaves deleted customers out; without it their status tells them: case 28", async () => {
    const { shop } = await storeOf(3);
    await shop.delete("/customers/2.xml");
    for (const flag of ["1", "true"]) {
      const active = await shop.get(`/customers.xml?active_only=${flag}`);
      expect(active.xml.children.map((one) => childText(one, "id"))).toEqual(["1", "3"]);
    }
    const all = await shop.get("/customers.xml");
    expect(all.xml.children.map((one) => childText(one, "status"))).toEqual([null, "D", null]);
    expect(idsOf(await shop.get("/customers.json?active_only=0"))).toEqual([1, 2, 3]);
  });
});

describe("q", () => {
  it("counts, within the other filters: case 26", async () => {
    const { shop } = await storeOf(5);
    await shop.delete("/customers/1.xml");
    const counted = await shop.get("/customers.xml?q=count");
    const hash = '<hash>\n  <count type="integer">5</count>\n</hash>\n';
    const document = `<?xml version="1.0" encoding="UTF-8"?>\n${hash}`;
    expect([counted.status, counted.text]).toEqual([200, document]);
    const count = async (query: string) => (await shop.get(`/customers.json?q=count${query}`)).text;
    expect(await count("&page=7&per_page=2")).toBe('{"count":5}');
    expect(await count("&active_only=1")).toBe('{"count":4}');
    expect(await count("&before=2026-05-04T00:00:00Z")).toBe('{"count":2}');
    expect(await count("&name=C4&active_only=1")).toBe('{"count":1}');
    expect(await count("&name=nobody")).toBe('{"count":0}');
  });

  it("tells the last change, within the other filters", async () => {
    const { shop } = await storeOf(5);
    const last = async (extension: string, query = "") =>
      (await shop.get(`/customers.${extension}?q=last_updated_at${query}`)).text;
    expect(await last("json")).toBe('{"last_updated_at":"2026/05/05 12:00:00 +0000"}');
    expect(await last("json", "&name=C2")).toBe('{"last_updated_at":"2026/05/02 12:00:00 +0000"}');
    expect(await last("json", "&name=x")).toBe('{"last_updated_at":null}');
    const element = "<last_updated_at>2026-05-05T12:00:00Z</last_updated_at>";
    expect(await last("xml")).toContain(`<hash>\n  ${element}\n</hash>`);
    await shop.put("/customers/1.json", { customer: { city: "Cebu" } });
    const { body } = await shop.get("/customers/1.json");
    expect(await last("json")).toBe(JSON.stringify({ last_updated_at: body.utc_updated_at }));
  });
});

describe("a window of time", () => {
  it.each([
    ["before=2026-05-03T12:00:00Z", [1, 2]],
    ["before=2026-05-03T12:00:01Z", [1, 2, 3]],
    ["to=2026-05-03T11:59:59Z", [1, 2]],
    ["to=2026-05-03T12:00:00Z", [1, 2, 3]],
    ["from=2026-05-03T12:00:00Z", [3, 4, 5]],
    ["from=2026-05-03T12:00:01Z", [4, 5]],
    ["after=2026-05-03T12:00:01Z", [4, 5]],
    ["from=2026-05-02T12:00:00Z&to=2026-05-04T12:00:00Z", [2, 3, 4]],
    ["after=2026-05-02T13:00:00Z&before=2026-05-04T11:00:00Z", [3]],
    ["from=2026-05-03%2012:00:00", [3, 4, 5]],
    ["from=2026/05/03%2020:00:00%20%2B0800", [3, 4, 5]],
    ["from=2026/05/03+20:00:00++0800", [3, 4, 5]],
    ["before=&after=", [1, 2, 3, 4, 5]],
    ["from=2026-05-03", [3, 4, 5]],
    ["to=2026-05-03", [1, 2, 3]],
    ["from=2026/05/03&to=2026/05/03", [3]],
    ["after=2026-05-03", [4, 5]],
    ["before=2026-05-03", [1, 2]],
    ["from=2026-05-03&to=2026-05-04T12:00:00Z", [3, 4]],
  ])("is of the profile's changes: %s", async (query, ids) => {
    windows ??= (await storeOf(5)).shop;
    expect(idsOf(await windows.get(`/customers.json?${query}`))).toEqual(ids);
  });

  it("has a day from midnight to midnight of the account's zone", async () => {
    const shop = await openStore();
    const moments = ["02T15:59:59", "02T16:00:00", "03T15:59:59", "03T16:00:00"];
    const lines = moments.map((moment, i) => ({ number: i + 1, updated_at: `2026-05-${moment}Z` }));
    await importLines(shop.account, lines);
    const listed = async (query: string) => idsOf(await shop.get(`/customers.json?${query}`));
    expect(await listed("from=2026-05-03&to=2026-05-03")).toEqual([2, 3]);
    expect(await listed("before=2026-05-03")).toEqual([1]);
    expect(await listed("after=2026-05-03")).toEqual([4]);
  });

  it.each(["2026-02-30", "2026-5-3", "2026-05/03", "20260503", "2026-05"])(
    "is refused for what is no day: %s",
    async (day) => {
      windows ??= (await storeOf(5)).shop;
      const { status, errors } = await windows.get(`/customers.json?from=${day}`);
      expect([status, errors]).toEqual([422, ["From is invalid"]]);
    },
  );

  it("is not met by points alone: they are no change of the profile", async () => {
    const shop = await openStore();
    await addJuan(shop);
    const { text } = await shop.get("/customers.json?q=last_updated_at&code=0098420130000033");
    expect(text).toBe('{"last_updated_at":"2013/07/13 00:52:24 +0000"}');
  });

  it("goes on without a gap from the last second that was seen", async () => {
    const { shop } = await storeOf(3);
    const { body } = await shop.get("/customers.json?q=last_updated_at");
    const after = encodeURIComponent(String(body.last_updated_at));
    // What was changed in the rest of that second comes again rather than never.
    expect(idsOf(await shop.get(`/customers.json?after=${after}`))).toEqual([3]);
  });
});

let windows: Store | undefined;

describe("an exact filter", () => {
  it("finds by what a customer has, whole and of this account", async () => {
    const shop = await openStore();
    await addJuan(shop);
    const ana = {
      name: "Ana Reyes",
      alternate_code: "ALT-1",
      email: "ana@example.com",
      mobile: "0917",
      telephone: "02-1",
    };
    const { id, code } = await createCustomer(shop, ana);
    await createCustomer(store, ana);
    const find = async (filter: Record<string, unknown>) =>
      idsOf(await shop.get(`/customers.json?${new URLSearchParams(filter as never)}`));
    expect(await find({ code })).toEqual([id]);
    expect(await find({ code: "0098420130000033" })).toEqual([1534]);
    for (const [field, value] of Object.entries(ana)) {
      expect([field, await find({ [field]: value })]).toEqual([field, [id]]);
      expect([field, await find({ [field]: value.slice(1) })]).toEqual([field, []]);
    }
    expect(await find({ email: "ANA@example.com" })).toEqual([id]);
    expect(await find({ name: "Ana Reyes", mobile: "0918" })).toEqual([]);
    expect(await find({ name: "' OR 1=1 --" })).toEqual([]);
    const ignored = { branch_id: "5", salesman_id: "1", user_id: "20", colour: "red" };
    expect(await find(ignored)).toEqual([1534, 1535, id]);
    expect(await find({ name: "" })).toEqual([1534, 1535, id]);
  });
});
