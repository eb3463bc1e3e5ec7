import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { MAIN, openStore, type Store, storeToken } from "../../support/imonggo/store.ts";
import { nativeMake } from "../../support/native/native.ts";
import { childText } from "../../support/xml-document.ts";

const clock = stopClock("2060-06-01T08:00:00Z");
const ADDRESS = {
  city: "Makati",
  country: "PH",
  state: "NCR",
  street: "1, Ayala Avenue",
  tin: "000-111",
  zipcode: "1226",
};

let store: Store;
let bare: Store;

beforeAll(async () => {
  store = await openStore({ branches: [{ ...MAIN, address: ADDRESS }] });
  for (const nth of [1, 2]) {
    clock.now += 60 * SECOND;
    await nativeMake("/sites", { code: `B${nth}`, name: `Branch ${nth}` }, store.account);
  }
  bare = await openStore({ branches: [] });
}, 60_000);

const numbers = async (query: string) =>
  (await store.get(`/branches.json?${query}`)).list.map(({ id }) => id);

describe("a branch", () => {
  it("has its fields in the documented order", async () => {
    const { xml, headers } = await store.get("/branches/11.xml");
    expect(headers.get("content-type")).toBe("application/xml; charset=utf-8");
    expect(xml.name).toBe("branch");
    expect(xml.children.map(({ name, text }) => [name, text])).toEqual([
      ["city", "Makati"],
      ["country", "PH"],
      ["id", "11"],
      ["name", "Main Branch"],
      ["site_type", ""],
      ["state", "NCR"],
      ["street", "1, Ayala Avenue"],
      ["subscription_type", "2"],
      ["tin", "000-111"],
      ["zipcode", "1226"],
      ["utc_created_at", "2060-06-01T08:00:00Z"],
      ["utc_updated_at", "2060-06-01T08:00:00Z"],
    ]);
    expect(childText(xml, "site_type")).toBeNull();
  });

  it("is flat in JSON, with empty texts for what is not known of it", async () => {
    const { body, headers } = await store.get("/branches/12.json");
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    const unknown = { city: "", country: "", state: "", street: "", tin: "", zipcode: "" };
    const at = "2060/06/01 08:01:00 +0000";
    expect(body).toEqual({
      ...unknown,
      id: 12,
      name: "Branch 1",
      site_type: null,
      subscription_type: 2,
      utc_created_at: at,
      utc_updated_at: at,
    });
  });

  it("has the address by the names that other tills gave it", async () => {
    const address = { address: "2, Hill Road", postal_code: "50000" };
    await nativeMake("/sites", { code: "A", name: "A", address }, bare.account);
    const { body } = await bare.get("/branches/1.json");
    expect(body).toMatchObject({ street: "2, Hill Road", zipcode: "50000" });
    await env.DB.prepare("DELETE FROM sites WHERE address LIKE '%Hill Road%'").run();
  });

  it.each(["/branch/11.xml", "/branch/11", "/branches/11", "/branches/0011.xml"])(
    "is found on either path, with its extension or without: %s",
    async (path) => {
      expect(childText((await store.get(path)).xml, "id")).toBe("11");
    },
  );

  it.each(["99", "0", "-11", "11x", "1e1", "%3111%", "999999999999999", "11.csv", "MAIN"])(
    "is not found by what is nobody's number: %s",
    async (id) => {
      const reply = await store.get(`/branches/${id}`, { headers: { Accept: "application/json" } });
      expect([reply.status, reply.errors]).toEqual([404, ["Not Found"]]);
    },
  );

  it("of another account is not found", async () => {
    expect((await bare.get("/branches/11.xml")).status).toBe(404);
  });
});

describe("the list of branches", () => {
  it("has all of the account's, by their numbers", async () => {
    expect(await numbers("")).toEqual([11, 12, 13]);
    const { xml } = await store.get("/branches.xml");
    expect([xml.name, xml.attributes]).toEqual(["branches", { type: "array" }]);
    expect(xml.children.map((branch) => childText(branch, "id"))).toEqual(["11", "12", "13"]);
  });

  it("of an account without any is a single tag, and an empty array", async () => {
    const { text } = await bare.get("/branches.xml");
    expect(text).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<branches/>\n');
    expect((await bare.get("/branches.json")).text).toBe("[]");
  });

  it("comes in pages, and one past the end is empty", async () => {
    expect(await numbers("per_page=2")).toEqual([11, 12]);
    expect(await numbers("per_page=2&page=2")).toEqual([13]);
    expect(await numbers("per_page=2&page=3")).toEqual([]);
    expect(await numbers("page=999999")).toEqual([]);
  });

  it.each([
    ["before=2060-06-01T08:01:00Z", [11]],
    ["after=2060-06-01T08:01:00Z", [13]],
    ["from=2060-06-01T08:01:00Z", [12, 13]],
    ["to=2060-06-01T08:01:00Z", [11, 12]],
    ["from=2060-06-01T08:01:00Z&to=2060-06-01T08:01:00Z", [12]],
    ["after=2060/06/01%2016:00:00%20%2B0800", [12, 13]],
    ["after=2060/06/01%2016:00:00%20+0800", [12, 13]],
    ["after=2060-06-01%2008:00:00", [12, 13]],
    ["after=2070-01-01T00:00:00Z", []],
    ["after=&active_only=1", [11, 12, 13]],
  ])("can be asked for by the time of change: %s", async (query, found) => {
    expect(await numbers(query)).toEqual(found);
  });

  it("names everything that is wrong with what is asked", async () => {
    const query = "page=0&per_page=101&before=yesterday";
    const texts = ["Page must be at least 1", "Per page must be at most 100", "Before is invalid"];
    const xml = await store.get(`/branches.xml?${query}`);
    expect([xml.status, xml.errors]).toEqual([422, texts]);
    const json = await store.get(`/branches.json?${query}`);
    expect([json.status, json.body]).toEqual([422, { error: texts.join(", ") }]);
  });

  it("is the same for a sandbox token", async () => {
    const test = store.as(await storeToken(store.account, { mode: "test" }));
    expect((await test.get("/branches.json")).text).toBe((await store.get("/branches.json")).text);
  });
});
