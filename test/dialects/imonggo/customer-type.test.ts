import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { copyFirst, idsOf } from "../../support/imonggo/customers.ts";
import { openStore, type Store } from "../../support/imonggo/store.ts";
import { nativeMake } from "../../support/native/native.ts";

stopClock("2060-06-01T08:00:00.123Z");

let store: Store;
let other: Store;

beforeAll(async () => {
  store = await openStore();
  other = await openStore();
  await nativeMake("/customer_types", { name: "Regular", discount_percent: "5" }, store.account);
  const old = { number: 8, name: "Old", discount_percent: "12.25", active: false };
  await nativeMake("/customer_types", old, store.account);
}, 60_000);

const TYPE = `<customer_type>
    <discount_percent>0.05</discount_percent>
    <id>1</id>
    <name>Regular</name>
    <status></status>
    <utc_created_at>2060-06-01T08:00:00Z</utc_created_at>
    <utc_updated_at>2060-06-01T08:00:00Z</utc_updated_at>
  </customer_type>`;

describe("a customer type", () => {
  it("is listed as the documentation has it", async () => {
    const { status, text } = await store.get("/customer_types.xml?active_only=1");
    const list = `<customer-types type="array">\n  ${TYPE}\n</customer-types>\n`;
    expect([status, text]).toEqual([200, `<?xml version="1.0" encoding="UTF-8"?>\n${list}`]);
    const empty = await other.get("/customer_types.xml");
    expect(empty.text).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<customer-types/>\n');
  });

  it("is shown alone, in either format, active or not", async () => {
    const { xml } = await store.get("/customer_types/1.xml");
    expect([xml.name, xml.children[0]?.text]).toEqual(["customer_type", "0.05"]);
    const { text } = await store.get("/customer_types/8.json");
    expect(text).toBe(
      '{"discount_percent":0.1225,"id":8,"name":"Old","status":"D",' +
        '"utc_created_at":"2060/06/01 08:00:00 +0000",' +
        '"utc_updated_at":"2060/06/01 08:00:00 +0000"}',
    );
    for (const [shop, number] of [[store, 2] as const, [other, 1] as const]) {
      const { status, errors } = await shop.get(`/customer_types/${number}.xml`);
      expect([status, errors]).toEqual([404, ["Not Found"]]);
    }
  });

  it("is listed by pages of 50, and by the time of its change", async () => {
    const shop = await openStore();
    await nativeMake("/customer_types", { name: "First" }, shop.account);
    await copyFirst(shop, "customer_types", 50);
    const ids = async (query: string) => idsOf(await shop.get(`/customer_types.json${query}`));
    expect(await ids("")).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(await ids("?page=2")).toEqual([51]);
    expect(await ids("?per_page=2&page=2")).toEqual([3, 4]);
    expect(await ids("?before=2060-06-01T08:00:00Z")).toEqual([]);
    expect(await ids("?from=2060-06-01T08:00:00Z&per_page=1")).toEqual([1]);
  });

  it("cannot be written here", async () => {
    const { status, headers } = await store.post("/customer_types.json", { name: "New" });
    expect([status, headers.get("Allow")]).toEqual([405, "GET"]);
  });
});
