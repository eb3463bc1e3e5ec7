import { ulid } from "ulid";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { dumpEverything } from "../../support/http-storage.ts";
import { importLines } from "../../support/native/merchant.ts";
import { nativeCall, nativeMake } from "../../support/native/native.ts";

const UNITS = [
  { code: "mile", name: "Miles", scale: 0 },
  { code: "kg_co2", name: "Saved", scale: 3 },
];

let merchant: string;

beforeAll(async () => {
  merchant = `units-${ulid().toLowerCase()}`;
  const zone = { currency: "EUR", time_zone: "Europe/Berlin" };
  await nativeMake("/merchants", { slug: merchant, name: "Units", ...zone });
  const made = await nativeCall("POST", "/programs", {
    merchant,
    body: { name: "Points", earning: { rate: "1" }, units: UNITS },
  });
  expect(made).toMatchObject({ status: 201, body: { units: UNITS } });
});

const balance = (unit: string, amount: string) => ({ unit, lots: [{ amount }] });

describe("units of a programme's own", () => {
  it("are brought along, and shown with their digits wherever an amount is", async () => {
    const balances = [
      balance("own:kg_co2", "1.25"),
      balance("point", "3.5"),
      balance("own:mile", "700"),
    ];
    const [line] = await importLines(merchant, [{ number: 1, balances }]);
    expect(line?.outcome).toBe("created");
    const path = `/customers/${line?.customer}`;
    const customer = await nativeCall("GET", path, { merchant });
    expect(customer.body.balances).toEqual([
      { unit: "point", amount: "3.50" },
      { unit: "own:kg_co2", amount: "1.250" },
      { unit: "own:mile", amount: "700" },
    ]);
    const entries = await nativeCall("GET", `${path}/entries`, { merchant });
    expect(entries.body.data).toMatchObject([
      { unit: "own:mile", amount: "700", balance: "700" },
      { unit: "point", amount: "3.50" },
      { unit: "own:kg_co2", amount: "1.250" },
    ]);
    const told = async () => {
      const feed = await nativeCall("GET", "/events?after_seq=0&limit=100", { merchant });
      const data = feed.body.data as { type: string; data: Record<string, unknown> }[];
      const own = data.filter(({ data: { unit } }) => String(unit).startsWith("own:"));
      expect(own.map(({ type, data: { unit, amount } }) => [type, unit, amount])).toEqual([
        ["points.adjusted", "own:kg_co2", "1.250"],
        ["points.adjusted", "own:mile", "700"],
      ]);
    };
    await vi.waitFor(told, { timeout: 8_000 });
  });

  it.each([
    ["own:unknown", "1", "/balances/0/unit"],
    ["mile", "1", "/balances/0/unit"],
    ["own:", "1", "/balances/0/unit"],
    ["own:mile", "1.5", "/balances/0/lots/0/amount"],
    ["own:kg_co2", "0.0001", "/balances/0/lots/0/amount"],
  ])("are refused where there is none such, or no such part: %s %s", async (unit, amount, at) => {
    const before = await dumpEverything();
    const [line] = await importLines(merchant, [{ number: 2, balances: [balance(unit, amount)] }]);
    expect(line).toMatchObject({ outcome: "failed", error: { code: "validation_failed" } });
    const faults = expect.objectContaining({ pointer: at });
    expect(line).toHaveProperty("error.errors", [faults]);
    expect(await dumpEverything()).toBe(before);
  });

  it.each([
    [{ code: "Mile", name: "M", scale: 0 }, "/units/1/code"],
    [{ code: "mile", name: "M", scale: 0 }, "/units/1/code"],
    [{ code: "m", name: "M", scale: 4 }, "/units/1/scale"],
    [{ code: "m", scale: 0 }, "/units/1/name"],
  ])("are not defined like this: %j", async (unit, at) => {
    const slug = `units-${ulid().toLowerCase()}`;
    const zone = { currency: "EUR", time_zone: "Europe/Berlin" };
    await nativeMake("/merchants", { slug, name: "Units", ...zone });
    const body = { name: "P", earning: { rate: "1" }, units: [UNITS[0], unit] };
    const made = await nativeCall("POST", "/programs", { merchant: slug, body });
    expect(made.status).toBe(400);
    const { errors } = made.body as unknown as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual([at]);
  });
});
