import { describe, expect, it } from "vitest";
import type { Unit } from "../../../src/core/amount.ts";
import type { EventBody } from "../../../src/core/events/body.ts";
import { eventBody } from "../../../src/core/events/body.ts";
import { eventOf } from "../../../src/core/events/events.ts";
import type { Entry } from "../../../src/core/ledger/entries.ts";
import { NEVER } from "../../../src/core/ledger/entries.ts";
import { accept, ledgerAfter, MemoryLedger } from "../../support/ledger.ts";
import {
  adjust,
  COMMAND_ID,
  DAY,
  earn,
  open,
  program,
  redeem,
  reverse,
  START,
  TIERS,
} from "../../support/requests.ts";

const SOON = START + DAY;
const rules = program({ tiers: TIERS });
const subject = { customer: "cus_1", currency: "KWD" };

/** The event of an entry as receivers get it. */
function toldOf(entry: Entry, before: string | null, given = rules, livemode = true): EventBody {
  const event = eventOf(entry, before, subject, given);
  return eventBody({ ...event, merchantId: "mer_1" }, livemode);
}

/** The events of a ledger's entries. */
function eventsOf({ entries }: MemoryLedger): EventBody[] {
  const tier = (entry: Entry | undefined) => entry?.after.tier ?? null;
  return entries.map((entry, i) => toldOf(entry, tier(entries[i - 1])));
}

/** A ledger in which every kind of entry moved that unit. */
function everyKind(unit: Unit): MemoryLedger {
  const ledger = ledgerAfter(
    open([{ expiresAt: SOON, amount: 5 }], 5, unit),
    earn(10, SOON, unit),
    redeem(3, unit),
    adjust(4, SOON, unit),
    adjust(-1, SOON, unit),
    reverse(3),
  );
  accept(ledger, earn(1, NEVER, unit), SOON);
  return ledger;
}

describe("the type of an event", () => {
  it.each<[Unit, string[]]>([
    [
      "point",
      [
        "points.adjusted",
        "points.earned",
        "points.redeemed",
        "points.adjusted",
        "points.adjusted",
        "points.reversed",
        "points.expired",
        "points.earned",
      ],
    ],
    [
      "stamp",
      [
        "stamp.adjusted",
        "stamp.added",
        "stamp.redeemed",
        "stamp.adjusted",
        "stamp.adjusted",
        "stamp.reversed",
        "stamp.expired",
        "stamp.added",
      ],
    ],
    [
      "prepaid",
      [
        "prepaid.adjusted",
        "prepaid.topped_up",
        "prepaid.redeemed",
        "prepaid.adjusted",
        "prepaid.adjusted",
        "prepaid.reversed",
        "prepaid.expired",
        "prepaid.topped_up",
      ],
    ],
  ])("names what happened to a %s", (unit, types) => {
    expect(eventsOf(everyKind(unit)).map((event) => event.type)).toEqual(types);
  });

  it("tells of a tier whether it rose or fell", () => {
    const ledger = new MemoryLedger();
    accept(ledger, earn(60_000), START, { program: rules });
    accept(ledger, earn(10_000), START, { program: rules });
    accept(ledger, reverse(1), START, { program: rules });
    expect(eventsOf(ledger).map((event) => [event.type, event.data.tier])).toEqual([
      ["points.earned", "Bronze"],
      ["tier.upgraded", "Gold"],
      ["points.earned", "Gold"],
      ["points.reversed", "Gold"],
      ["tier.downgraded", "Silver"],
    ]);
  });
});

describe("an event", () => {
  it("tells of its entry, with decimal texts and RFC 3339 times", () => {
    const ledger = new MemoryLedger();
    const source = { dialect: "kirimel", key: "key_9", site: "sit_4", staff: "stf_1" };
    accept(ledger, earn(12_500, SOON), START + 7, { source, occurredAt: START - DAY });
    expect(eventsOf(ledger)).toEqual([
      {
        type: "points.earned",
        timestamp: "2026-01-01T00:00:00.007Z",
        id: `evt_${COMMAND_ID}`,
        merchant: "mer_1",
        livemode: true,
        sequence: 1,
        data: {
          customer: "cus_1",
          entry: `ent_${COMMAND_ID}`,
          unit: "point",
          amount: "12.50",
          balance: "12.50",
          lots: [{ amount: "12.50", expires_at: "2026-01-02T00:00:00.000Z" }],
          tier: "Bronze",
          corrects: null,
          dialect: "kirimel",
          site: "sit_4",
          occurred_at: "2025-12-31T00:00:00.000Z",
          recorded_at: "2026-01-01T00:00:00.007Z",
        },
      },
    ]);
  });

  it("has the digits of its unit, and of the currency if it is money", () => {
    const ledger = ledgerAfter(earn(7), earn(7, NEVER, "stamp"), earn(7, NEVER, "prepaid"));
    expect(eventsOf(ledger).map((event) => event.data.amount)).toEqual(["0.007", "7", "0.007"]);
  });

  it("of a unit of the programme's own is told as points, names it and has its digits", () => {
    const [entry] = ledgerAfter(earn(125, NEVER, "own:mile")).entries;
    const units = [{ code: "mile", name: "Miles", scale: 1 }];
    if (entry === undefined) throw new Error("nothing was booked");
    const event = eventOf(entry, null, subject, program({ units }));
    expect(event.type).toBe("points.earned");
    expect(event.data).toMatchObject({ unit: "own:mile", amount: "12.5", balance: "12.5" });
    expect(() => eventOf(entry, null, subject, program())).toThrow(/no unit own:mile/);
  });

  it("has a sign, and the balance after", () => {
    const ledger = ledgerAfter(earn(10_000), redeem(2_500), reverse(2));
    expect(eventsOf(ledger).map(({ data }) => [data.amount, data.balance, data.corrects])).toEqual([
      ["10.00", "10.00", null],
      ["-2.50", "7.50", null],
      ["2.50", "10.00", 2],
    ]);
  });

  it("says null for what never expires and nothing of the debt lot", () => {
    const ledger = ledgerAfter(earn(100, SOON), redeem(100));
    accept(ledger, reverse(1), START, { program: program({ allowDebt: true }) });
    accept(ledger, earn(150));
    const [, , debt, paid] = eventsOf(ledger);
    expect(debt?.data).toMatchObject({ amount: "-0.10", balance: "-0.10", lots: [] });
    expect(paid?.data).toMatchObject({
      amount: "0.15",
      balance: "0.05",
      lots: [{ amount: "0.05", expires_at: null }],
    });
  });

  it("has no tier where the programme has none", () => {
    const [entry] = ledgerAfter(earn(10)).entries;
    if (entry === undefined) throw new Error("an earn is an entry");
    expect(toldOf(entry, null, program()).data.tier).toBeNull();
  });

  it("says whether it is live", () => {
    const [entry] = ledgerAfter(earn(10)).entries;
    if (entry === undefined) throw new Error("an earn is an entry");
    expect(toldOf(entry, null, rules, false).livemode).toBe(false);
  });
});

describe("the events of a wallet", () => {
  it("are one for each entry, with its number and ULID, and always the same", () => {
    const ledger = everyKind("point");
    const events = eventsOf(ledger);
    expect(events.map((event) => event.sequence)).toEqual(ledger.entries.map(({ seq }) => seq));
    expect(events.map((event) => event.id.slice(4))).toEqual(
      ledger.entries.map((entry) => entry.id.slice(4)),
    );
    expect(eventsOf(ledger)).toEqual(events);
  });

  it("carry nothing that a till said of a person", () => {
    const ledger = ledgerAfter(earn(10, SOON));
    const remarks = { description: "Ada Lovelace", extra: { phone: "+4915112345678" } };
    const source = { dialect: "native", key: "key_secret", site: null, staff: "stf_secret" };
    accept(ledger, earn(60_000), SOON, { remarks, source, program: rules });
    const text = JSON.stringify(eventsOf(ledger));
    expect(eventsOf(ledger)).toHaveLength(4);
    for (const secret of ["Ada", "4915112345678", "key_secret", "stf_secret"]) {
      expect(text).not.toContain(secret);
    }
  });
});
