import { ulid } from "ulid";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  accountKey,
  addStaff,
  CASHIER,
  type Cafe,
  type CafeReply,
  MANAGER,
  openCafe,
  STAFF_SCOPES,
} from "../../support/augmigo/cafe.ts";
import { d1Rows } from "../../support/d1.ts";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { nativeMake } from "../../support/native/native.ts";

const clock = stopClock("2060-06-01T08:00:00Z");

let cafe: Cafe;
let manager: Cafe;
let stranger: Cafe;

beforeAll(async () => {
  cafe = await openCafe();
  manager = await cafe.signedIn(MANAGER, "outlet_main");
  stranger = await openCafe();
}, 60_000);

beforeEach(() => {
  clock.now += 60 * SECOND;
});

const seen = ({ status, msg }: CafeReply) => [status, ...msg];
const UNKNOWN = [400, "Invalid outlet key"];
const DENIED = [403, "Permission denied"];
const READ = "/customers/reference-code/9999999999999999";
const GOOD = [400, "Customer with reference code (9999999999999999) is not found"];

/** Registers somebody; answers the code of the outlet that was recorded, or the refusal. */
async function recorded(by: Cafe, outlet: string | null): Promise<unknown> {
  const person = { name: "Ann", email: `${ulid().toLowerCase()}@example.com`, password: "x" };
  const made = await by.post("/customers/register", person, { outlet });
  if (made.status !== 200) return seen(made);
  const query = `SELECT code FROM sites JOIN customers ON customers.site_id = sites.id
    WHERE customers.id = ?`;
  return (await d1Rows<{ code: string }>(query, made.body.customer_key))[0]?.code;
}

describe("an outlet of a call", () => {
  it("is the one that it names", async () => {
    expect(await recorded(manager, "outlet_second")).toBe("outlet_second");
    expect(await recorded(manager, "outlet_main")).toBe("outlet_main");
    expect(await recorded(manager, " outlet_second ")).toBe("outlet_second");
  });

  it("case 39: is that of the sign-in where the call names none", async () => {
    expect(await recorded(manager, null)).toBe("outlet_main");
    expect(await recorded(manager, "")).toBe("outlet_main");
    const second = await cafe.signedIn(MANAGER, "outlet_second");
    expect(await recorded(second, null)).toBe("outlet_second");
  });

  it("must be named where it is recorded and the sign-in had none", async () => {
    const who = await cafe.signedIn(CASHIER);
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(who.token));
    const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0"));
    const change = "UPDATE staff_tokens SET site_id = NULL WHERE hash = ? RETURNING hash";
    expect(await d1Rows(change, hex.join(""))).toHaveLength(1);
    expect(await recorded(who, null)).toEqual([401, "Outlet Key is required"]);
    expect(seen(await who.get(READ))).toEqual(GOOD);
    expect(await recorded(who, "outlet_main")).toBe("outlet_main");
  });

  it.each(["nowhere", "OUTLET_MAIN", "x".repeat(5_000)])(
    "that the account does not have is refused, wherever it is sent: %.20s",
    async (outlet) => {
      expect(await recorded(manager, outlet)).toEqual(UNKNOWN);
      expect(seen(await manager.get(READ, { outlet }))).toEqual(UNKNOWN);
    },
  );

  it("of another account looks unknown", async () => {
    await nativeMake("/sites", { code: "outlet_theirs", name: "Theirs" }, stranger.account);
    expect(await recorded(manager, "outlet_theirs")).toEqual(UNKNOWN);
    expect(await recorded(stranger, "outlet_theirs")).toEqual(DENIED);
  });

  it("that the user was not granted is refused, wherever it is sent", async () => {
    expect(await recorded(cafe, "outlet_second")).toEqual(DENIED);
    expect(seen(await cafe.get(READ, { outlet: "outlet_second" }))).toEqual(DENIED);
  });

  it("may be any of the account's for an administrator, also one made since", async () => {
    const boss = await addStaff(cafe.account, { sites: [], all_sites: true });
    const by = await cafe.signedIn(boss, "outlet_main");
    expect(await recorded(by, "outlet_second")).toBe("outlet_second");
    expect(await recorded(by, "outlet_later")).toEqual(UNKNOWN);
    await nativeMake("/sites", { code: "outlet_later", name: "Later" }, cafe.account);
    clock.now += 2 * SECOND;
    expect(await recorded(by, "outlet_later")).toBe("outlet_later");
  });

  it("is judged after the token, and before the permission and the fields", async () => {
    const call = { outlet: "nowhere", token: "unknown" };
    expect((await cafe.post("/customers/register", "{", call)).status).toBe(401);
    const who = await addStaff(cafe.account, { scopes: [] });
    const idle = await cafe.signedIn(who);
    const outlet = "nowhere";
    expect(seen(await idle.post("/customers/register", "{", { outlet }))).toEqual(UNKNOWN);
    expect(seen(await idle.post("/customers/register", "{"))).toEqual(DENIED);
    expect(seen(await cafe.post("/customers/register", "{"))).toEqual([
      500,
      "Missing customer data",
    ]);
  });
});

/** A call of each permission, by its word. */
const CALLS = {
  customer: READ,
  reward: "/reward/reference-code/9999999999999999",
  voucher: "/vouchers/redeem-code/nocode",
  membership: "/customer-membership/customer/reference-code/9999999999999999",
};

describe("a permission", () => {
  it.each([
    ["customer", "write:customers"],
    ["reward", "write:transactions"],
    ["voucher", "write:vouchers"],
    ["membership", "write:memberships"],
  ])("%s lets its holder do that and nothing else", async (word, scope) => {
    const by = await cafe.signedIn(await addStaff(cafe.account, { scopes: [scope] }));
    for (const [other, path] of Object.entries(CALLS)) {
      const { status } = await by.get(path);
      expect([other, status]).toEqual([other, other === word ? 400 : 403]);
    }
  });

  it("is what the API key has too", async () => {
    const key = await accountKey(cafe.account, { scopes: [STAFF_SCOPES[0]] });
    const reply = await cafe.signIn(MANAGER, "outlet_main", { "X-API-KEY": key });
    const by = cafe.as(String(reply.body.auth_token));
    expect((await by.get(CALLS.customer)).status).toBe(400);
    expect(seen(await by.get(CALLS.reward))).toEqual(DENIED);
  });

  it("is not needed to ask whether the service is there", async () => {
    const by = await cafe.signedIn(await addStaff(cafe.account, { scopes: [] }));
    expect((await by.get("/customer-membership/ping")).status).toBe(200);
    expect((await cafe.get("/customer-membership/ping", { token: null })).status).toBe(401);
  });
});
