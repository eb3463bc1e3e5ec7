import { describe, expect, it } from "vitest";
import { readEverywhere, readQuery, readRecord } from "../../../src/dialects/imonggo/fields.ts";

describe("a reader", () => {
  const read = readRecord("customer");

  it("finds the record bare and within its name", () => {
    expect(read({ query: {}, body: { name: "A", city: "" } })).toEqual({ name: "A", city: "" });
    expect(read({ query: {}, body: { customer: { name: "A" } } })).toEqual({ name: "A" });
    expect(read({ query: {}, body: { customer: "A" } })).toEqual({ customer: "A" });
    expect(read({ query: { name: "B" }, body: {} })).toEqual({});
  });

  it.each([null, "text", true, [], [{ name: "A" }]])("finds none in %j", (body) => {
    expect(read({ query: {}, body })).toEqual({});
  });

  it("prefers the query to the body, and drops what is empty", () => {
    const sent = { query: { q: "spend", amount: "" }, body: { q: "earn", amount: "1", id: null } };
    expect({ ...readEverywhere(sent) }).toEqual({ q: "spend", amount: "1" });
    expect({ ...readQuery(sent) }).toEqual({ q: "spend" });
  });
});
