import { describe, expect, it } from "vitest";
import { routingPath } from "../../src/http/path.ts";

/** A request as the router sees it, with its URL unchanged by any parser. */
const at = (url: string) => routingPath({ url } as Request);

describe("the path that routes are matched by", () => {
  it.each([
    ["http://host/a/b", "/a/b"],
    ["https://host:8787/a/b", "/a/b"],
    ["http://host//a///b", "/a/b"],
    ["http://host/a/b/", "/a/b"],
    ["http://host/a/b//", "/a/b"],
    ["http://host/", "/"],
    ["http://host//", "/"],
    ["http://host", "/"],
    ["http://user:pass@host/a", "/a"],
  ])("of %s has no slash too many: %s", (url, path) => {
    expect(at(url)).toBe(path);
  });

  it.each([
    "http://host/a/b?c=/d//e/",
    "http://host/a/b/?c#d",
    "http://host/a/b#/c/",
    "http://host//a/b?next=http://other//x/",
  ])("does not look at query and fragment: %s", (url) => {
    expect(at(url)).toBe("/a/b");
  });

  it.each([
    ["http://host/%61/b", "/a/b"],
    ["http://host/caf%C3%A9", "/café"],
    ["http://host/a%20b", "/a b"],
  ])("is decoded: %s", (url, path) => {
    expect(at(url)).toBe(path);
  });

  it.each([
    ["http://host/a%2Fb", "/a%2Fb"],
    ["http://host/a%3Fb", "/a%3Fb"],
    ["http://host/a%23b", "/a%23b"],
  ])("keeps encoded what would mean something else decoded: %s", (url, path) => {
    expect(at(url)).toBe(path);
  });

  it.each(["/%", "/%4", "/%zz", "/%ff", "/%E0%A4%A"])(
    "stays where it cannot be decoded: %s",
    (path) => {
      expect(at(`http://host${path}`)).toBe(path);
    },
  );
});
