import { describe, expect, it } from "vitest";
import { readBasic } from "../../src/http/basic.ts";

/** Basic authentication of a text's bytes, whatever is in it. */
const encode = (text: string): string =>
  `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`;

describe("a Basic header", () => {
  it.each([
    ["user:pass", "user", "pass"],
    ["user:pa:ss:", "user", "pa:ss:"],
    ["user:", "user", ""],
    [":", "", ""],
    ["ü:ß€", "ü", "ß€"],
    [" user : pass ", " user ", " pass "],
  ])("%j ends the name at the first colon", (text, username, password) => {
    expect(readBasic(encode(text))).toEqual({ username, password });
  });

  it("is the RFC's own example", () => {
    const header = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
    expect(readBasic(header)).toEqual({ username: "Aladdin", password: "open sesame" });
  });

  it.each([
    undefined,
    "",
    "Basic",
    "Basic QUJD",
    "Basic =",
    "Basic Y:Z",
    "Basic Yzpk extra",
    "Basic Y",
    "Digest Yzpk",
    "YzpkBasic Yzpk",
    `Basic ${btoa("\xff:\xff")}`,
    encode(`${"x".repeat(256)}:y`),
    encode(`x:${"y".repeat(256)}`),
  ])("%j is none", (header) => {
    expect(readBasic(header)).toBeNull();
  });

  it("takes names and passwords up to 255 characters", () => {
    const [username, password] = ["ü".repeat(255), "y".repeat(255)];
    expect(readBasic(encode(`${username}:${password}`))).toEqual({ username, password });
  });
});
