import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64 } from "../../src/core/digest.ts";
import { walletName } from "../../src/wallet/client.ts";
import type { Wallet } from "../../src/wallet/object.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { earn, redeem } from "../support/requests.ts";
import {
  book,
  clientOf,
  dumpOf,
  dumpStorage,
  inside,
  request,
  rowsOf,
  signature,
  someOwner,
  useClock,
} from "../support/wallet.ts";

useClock();

const calls: Readonly<Record<string, (wallet: Wallet, stranger: Owner) => unknown>> = {
  execute: (wallet, stranger) => wallet.execute(stranger, "live", request(earn(1))),
  "execute in test mode": (wallet, stranger) => wallet.execute(stranger, "test", request(earn(1))),
  bind: (wallet, stranger) => wallet.bind(stranger, "live", signature("s")),
  view: (wallet, stranger) => wallet.view(stranger, 0),
  entries: (wallet, stranger) =>
    wallet.entries(stranger, { unit: null, kinds: ["earn"], limit: 10, offset: 0 }),
  audit: (wallet, stranger) => wallet.audit(stranger),
};

/** Others whose call might end up at the owner's object. */
function strangersTo(owner: Owner): Owner[] {
  return [
    { ...owner, merchant: someOwner().merchant },
    { ...owner, customer: someOwner().customer },
    { merchant: owner.customer, customer: owner.merchant },
    { merchant: "", customer: "" },
  ];
}

describe("a wallet that belongs to a customer of a merchant", () => {
  it.each(Object.entries(calls))("refuses every other owner: %s", async (_name, call) => {
    const owner = someOwner();
    await book(owner, earn(100));
    await inside(owner, async (wallet, { storage }) => {
      const before = await dumpStorage(storage);
      for (const stranger of strangersTo(owner)) {
        expect(() => call(wallet, stranger)).toThrow("another owner");
      }
      expect(await dumpStorage(storage)).toBe(before);
      expect(() => call(wallet, owner)).not.toThrow();
    });
  });

  const claims: Readonly<Record<string, (owner: Owner) => Promise<unknown>>> = {
    "booked command": (owner) => clientOf(owner).execute("live", request(earn(1))),
    "refused command": (owner) => clientOf(owner).execute("live", request(redeem(1))),
    "bound signature": (owner) => clientOf(owner).bind("live", signature("s")),
  };

  it.each(Object.entries(claims))("belongs to it from the first %s on", async (_name, claim) => {
    const owner = someOwner();
    await claim(owner);
    expect(await rowsOf(owner, "SELECT merchant, customer FROM owner")).toEqual([owner]);
    await inside(owner, (wallet) => {
      for (const stranger of strangersTo(owner)) {
        expect(() => wallet.view(stranger, 0)).toThrow("another owner");
      }
    });
  });

  it("is not claimed by being looked at", async () => {
    const owner = someOwner();
    const before = await dumpOf(owner);
    expect((await clientOf(owner).view(0)).head.seq).toBe(0);
    expect(await dumpOf(owner)).toBe(before);
  });
});

const id = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom("/", "_", "-", ".", "a", "ä", "=", "%2F", "\0"),
    maxLength: 8,
  }),
);

/** Reads a name back; what can be read back in one way only cannot collide. */
function ownerOf(name: string): Owner {
  const end = name.lastIndexOf("/");
  const customer = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
    fromBase64(name.slice(end + 1)),
  );
  return { merchant: name.slice(0, end), customer };
}

describe("the name of a wallet's object", () => {
  it("tells every two owners apart, whatever their ids hold", () => {
    fc.assert(
      fc.property(id, id, (merchant, customer) => {
        expect(ownerOf(walletName({ merchant, customer }))).toEqual({ merchant, customer });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [
      { merchant: "a", customer: "b/c" },
      { merchant: "a/b", customer: "c" },
    ],
    [
      { merchant: "ab", customer: "c" },
      { merchant: "a", customer: "bc" },
    ],
    [
      { merchant: "a", customer: "é" },
      { merchant: "a", customer: "e\u0301" },
    ],
    [
      { merchant: "", customer: "a" },
      { merchant: "a", customer: "" },
    ],
  ])("differs between %j and %j", (one, other) => {
    expect(walletName(one)).not.toBe(walletName(other));
  });

  it("is made of the two ids and of nothing that is known about the person", () => {
    const owner = someOwner();
    const person = { ...owner, phone: "+254700000001", email: "ada@example.com" };
    const encoded = btoa(owner.customer).replaceAll("=", "");
    expect(walletName(person)).toBe(`${owner.merchant}/${encoded}`);
  });

  it("is the one under which the client reaches the object", async () => {
    const owner = someOwner();
    await book(owner, earn(1));
    const name = await inside(owner, (_wallet, { id: { name } }) => name);
    expect(name).toBe(walletName(owner));
    expect(await rowsOf(owner, "SELECT seq FROM entries")).toHaveLength(1);
  });
});
