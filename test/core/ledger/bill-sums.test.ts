import { beforeEach, describe, expect, it } from "vitest";
import { carryOut, MemoryLedger } from "../../support/ledger.ts";
import { bill, earn, program, requestFor, START, voidBill } from "../../support/requests.ts";

let ledger: MemoryLedger;
let sent = 0;

beforeEach(() => {
  ledger = new MemoryLedger();
});

function send(command: Parameters<typeof requestFor>[0]): number {
  sent += 1;
  const id = `01K3Q8Z0V4N6W2R8T0${String(sent).padStart(8, "0")}`;
  const request = requestFor(command, { id, program: program({ allowDebt: true }) });
  const done = carryOut(ledger, request, START);
  if (!done.ok) throw new Error(done.error.code);
  return done.value.receipt?.seq ?? 0;
}

describe("the sums of a wallet's bills", () => {
  it("are not there before the first", () => {
    send(earn(100));
    expect(ledger.head).not.toHaveProperty("bills");
  });

  it("count purchases and add up what they came to", () => {
    send(bill(1_050));
    send(bill(0));
    send(bill(2_000));
    expect(ledger.head.bills).toEqual({ EUR: { count: 3, total: 3_050 } });
  });

  it("are less by what is returned, which is no purchase", () => {
    send(bill(1_050));
    send(bill(-50));
    expect(ledger.head.bills).toEqual({ EUR: { count: 1, total: 1_000 } });
  });

  it("are as if a bill that was voided had never been, be it a return", () => {
    const first = send(bill(1_050));
    const returned = send(bill(-50));
    send(voidBill(returned));
    expect(ledger.head.bills).toEqual({ EUR: { count: 1, total: 1_050 } });
    send(voidBill(first));
    expect(ledger.head.bills).toEqual({ EUR: { count: 0, total: 0 } });
  });

  it("are kept by currency, and by whatever else happens", () => {
    send(bill(1_050));
    send({ ...bill(500), purchase: { amount: 500, currency: "JPY" } });
    send(earn(100));
    expect(ledger.head.bills).toEqual({
      EUR: { count: 1, total: 1_050 },
      JPY: { count: 1, total: 500 },
    });
  });
});
