import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import { GROUP_KEY, myRestaurant } from "../../support/kirimel/requests.ts";
import { ADMIN_TOKEN, create, establish, native } from "../../support/native/merchant.ts";
import { expectProblem } from "../../support/native/problems.ts";

const MERCHANT = { slug: "hotel", name: "Hotel", currency: "INR", time_zone: "Asia/Kolkata" };
const LONG_TOKEN = "a-token-of-exactly-32-characters";

const ROUTES = [
  ["GET", "/merchants"],
  ["POST", "/merchants"],
  ["GET", "/merchants/myrestaurant"],
  ["GET", "/sites"],
  ["POST", "/sites"],
  ["GET", "/programs"],
  ["POST", "/programs"],
  ["GET", "/keys"],
  ["POST", "/keys"],
  ["GET", "/staff"],
  ["POST", "/staff"],
  ["POST", "/customers/import"],
] as const;

const OF_A_MERCHANT = ROUTES.filter(([, path]) => !path.startsWith("/merchants"));

const bodyFor = (method: string) => (method === "POST" ? { body: "{}" } : {});

stopClock("2060-06-01T08:00:00Z");

beforeAll(() => establish(myRestaurant()));

describe("every call of the native API", () => {
  it.each(ROUTES)("needs the admin's token: %s %s", async (method, path) => {
    const call = { method, merchant: "myrestaurant", ...bodyFor(method) };
    const before = await dumpEverything();
    const missing = await native(path, { ...call, token: null });
    expectProblem(missing, 401, { code: "key_missing" });
    expect(missing.headers.get("WWW-Authenticate")).toBe('Bearer realm="guerdon"');
    const wrong = await native(path, { ...call, token: "dev_admin_tokem" });
    expectProblem(wrong, 401, { code: "key_unknown" });
    expect(wrong.headers.get("WWW-Authenticate")).toBe('Bearer realm="guerdon"');
    expect(await dumpEverything()).toBe(before);
  });

  it.each(["", "Bearer", "Bearer ", "Basic ZGV2OmFkbWlu", `Token ${ADMIN_TOKEN}`, ADMIN_TOKEN])(
    "needs it as a bearer token, not as %j",
    async (header) => {
      const headers = { Authorization: header };
      const answer = await native("/merchants", { token: null, headers });
      expectProblem(answer, 401, { code: "key_missing" });
    },
  );

  it.each([`bearer ${ADMIN_TOKEN}`, `BEARER ${ADMIN_TOKEN}`, `Bearer   ${ADMIN_TOKEN}`])(
    "takes it however the scheme is written: %s",
    async (header) => {
      const headers = { Authorization: header };
      expect((await native("/merchants", { token: null, headers })).status).toBe(200);
    },
  );

  it.each([
    "dev_admin_toke",
    "dev_admin_token_",
    "DEV_ADMIN_TOKEN",
    "x",
    GROUP_KEY.text,
    GROUP_KEY.secret,
  ])("is refused with the token %s", async (token) => {
    expectProblem(await native("/merchants", { token }), 401, { code: "key_unknown" });
  });

  it("is refused where the deployment has no token", async () => {
    const bindings = { GUERDON_ADMIN_TOKEN: "" };
    for (const token of [ADMIN_TOKEN, "undefined", "null", "x"]) {
      const answer = await native("/merchants", { token, bindings });
      expectProblem(answer, 401, { code: "key_unknown" });
    }
  });
});

describe("a deployment that is not local", () => {
  const GUERDON_ENVIRONMENT = "production";

  it("refuses a token that is too short, though it is the right one", async () => {
    for (const token of [ADMIN_TOKEN, LONG_TOKEN.slice(1)]) {
      const bindings = { GUERDON_ENVIRONMENT, GUERDON_ADMIN_TOKEN: token };
      const answer = await native("/merchants", { token, bindings });
      expectProblem(answer, 401, { code: "key_unknown" });
    }
  });

  it("accepts a token of 32 characters", async () => {
    const bindings = { GUERDON_ENVIRONMENT, GUERDON_ADMIN_TOKEN: LONG_TOKEN };
    expect((await native("/merchants", { token: LONG_TOKEN, bindings })).status).toBe(200);
    const other = await native("/merchants", { token: ADMIN_TOKEN, bindings });
    expectProblem(other, 401, { code: "key_unknown" });
  });

  it.each(["production", "staging", "", "Local", "local "])(
    "refuses demo merchants where it calls itself %j",
    async (environment) => {
      const before = await dumpEverything();
      const bindings = { GUERDON_ENVIRONMENT: environment, GUERDON_ADMIN_TOKEN: LONG_TOKEN };
      const body = { ...MERCHANT, demo: true };
      const answer = await native("/merchants", { token: LONG_TOKEN, bindings, body });
      expectProblem(answer, 403, { code: "demo_refused" });
      expect(await dumpEverything()).toBe(before);
    },
  );
});

describe("the header Guerdon-Merchant", () => {
  it.each(OF_A_MERCHANT)("must be there: %s %s", async (method, path) => {
    for (const merchant of [null, ""]) {
      const answer = await native(path, { method, merchant, ...bodyFor(method) });
      expectProblem(answer, 400, { code: "merchant_not_named" });
    }
  });

  it.each(OF_A_MERCHANT)("must name a merchant: %s %s", async (method, path) => {
    for (const merchant of ["nobody", "mer_01ARZ3NDEKTSV4RRFFQ69G5FAV", "MYRESTAURANT", "%"]) {
      const answer = await native(path, { method, merchant, ...bodyFor(method) });
      expectProblem(answer, 404, { code: "not_found", context: { object: "merchant" } });
    }
  });

  it("may name it by slug or id", async () => {
    const { body } = await native("/merchants/myrestaurant");
    const bySlug = await native("/sites", { merchant: "myrestaurant" });
    const byId = await native("/sites", { merchant: String(body.id) });
    expect(byId.status).toBe(200);
    expect(byId.text).toBe(bySlug.text);
  });

  it("decides whose objects are made and shown", async () => {
    await create("/merchants", MERCHANT);
    await create("/sites", { code: "LOBBY", name: "Lobby" }, "hotel");
    const codes = async (merchant: string) => {
      const { data } = (await native("/sites", { merchant })).body as { data: { code: string }[] };
      return data.map(({ code }) => code);
    };
    expect(await codes("hotel")).toEqual(["LOBBY"]);
    expect(await codes("myrestaurant")).toEqual(["MAIN01"]);
    expect((await native("/keys", { merchant: "hotel" })).body).toMatchObject({ data: [] });
    expect((await native("/programs", { merchant: "hotel" })).body).toMatchObject({ data: [] });
  });

  it("cannot reach another merchant's site", async () => {
    const key = { name: "K", dialect: "kirimel", scopes: ["read:customers"], site: "MAIN01" };
    const answer = await native("/keys", { merchant: "hotel", body: key });
    expectProblem(answer, 404, { code: "not_found", context: { object: "site" } });
    const person = { username: "u", password: "p", name: "U", sites: ["MAIN01"] };
    const staff = await native("/staff", { merchant: "hotel", body: person });
    expectProblem(staff, 404, { code: "not_found", context: { object: "site" } });
  });
});
