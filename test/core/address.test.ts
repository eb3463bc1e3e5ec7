import { describe, expect, it } from "vitest";
import { networkOf, refusedAddress } from "../../src/core/address.ts";

describe("the network of a client's address", () => {
  it.each([
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::6", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:3::", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["::ffff:cb00:7109", "203.0.113.9"],
    ["no:address", "no:address"],
    ["local", "local"],
  ])("of %s is %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("an address for events", () => {
  it.each([
    "https://example.com/hook",
    "https://example.com:8443/hook?token=1",
    "https://hooks.example.co.uk",
    "https://münchen.example/hook",
    "https://8.8.8.8/",
    "https://100.63.255.255/",
    "https://172.32.0.1/",
    "https://[2606:4700::1111]/",
    "https://[3fff:1000::1]/",
    "https://[3ffe::1]/",
    "https://localhost.example.com/",
    "https://internal.example.com/",
  ])("may be %s", (url) => {
    expect(refusedAddress(url, false)).toBeNull();
    expect(refusedAddress(url, true)).toBeNull();
  });

  it.each([
    "http://example.com/",
    "ftp://example.com/",
    "javascript:alert(1)",
    "example.com",
    "",
    `https://example.com/${"a".repeat(2_048)}`,
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://169.254.169.254/latest/meta-data",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://metadata.google.internal/",
    "https://metadata.goog/",
    "https://metadata/",
    "https://db.internal/",
    "https://db.internal./",
    "https://printer.local/",
    "https://intranet/",
    "https://[::]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[64:ff9b::a00:1]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[fc00::1]/",
    "https://[ff02::1]/",
    "https://[2002:a00:1::]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[3fff:fff:ffff::1]/",
    "https://[2001::1]/",
  ])("must not be %s, nor in development", (url) => {
    expect(refusedAddress(url, false)).not.toBeNull();
    expect(refusedAddress(url, true)).not.toBeNull();
  });

  it.each([
    "http://localhost:3000/hook",
    "https://localhost/hook",
    "http://127.0.0.1:3000/",
    "http://127.1:3000/",
    "http://0x7f000001:3000/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://[::1]:3000/",
    "https://localhost./",
    "https://LOCALHOST/",
  ])("may be %s in development only", (url) => {
    expect(refusedAddress(url, false)).not.toBeNull();
    expect(refusedAddress(url, true)).toBeNull();
  });

  it.each(["https://localhost../", "https://db.internal../", "https://foo.localhost/"])(
    "must not be %s, whatever resolvers make of it",
    (url) => {
      expect(refusedAddress(url, false)).not.toBeNull();
    },
  );
});
