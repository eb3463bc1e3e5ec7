import { describe, expect, it } from "vitest";
import { DIALECT_FORMS } from "../../support/dialect-forms.ts";
import { appRoutes, ownersOf, targetsOf, unmetRoutes } from "../../support/malformed/routes.ts";
import { WRITE_CALLS } from "../../support/write-calls.ts";

const files = Object.keys(import.meta.glob("./*.test.ts"));

describe("the registry of dialect forms", () => {
  it.each(appRoutes())("has one dialect for every route of the app: $name", (route) => {
    expect(ownersOf(route).map(({ name }) => name)).toHaveLength(1);
  });

  it("leaves no closing route unmet", () => {
    expect(unmetRoutes()).toEqual([]);
  });

  it.each(DIALECT_FORMS)("has every dialect sent broken requests: $name", ({ name }) => {
    expect(files).toContain(`./${name}.test.ts`);
  });

  it.each(DIALECT_FORMS)("names only routes that there are: $name", (form) => {
    const routes = targetsOf(form).map(({ name }) => name);
    expect(routes).toEqual(expect.arrayContaining(Object.keys(form.fields)));
  });

  it.each(DIALECT_FORMS)("knows the fields of every call that writes: $name", (form) => {
    const routes = targetsOf(form).map(({ name }) => name);
    const writing = WRITE_CALLS.map(({ route }) => route).filter((route) => routes.includes(route));
    expect(writing.filter((route) => form.fields[route] === undefined)).toEqual([]);
  });
});
