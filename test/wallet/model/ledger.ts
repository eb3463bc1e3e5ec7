import type { Money, Unit } from "../../../src/core/amount.ts";
import { MAX_BALANCE } from "../../../src/core/amount.ts";
import type { CustomerStatus } from "../../../src/core/customers.ts";
import type { LoyaltyError } from "../../../src/core/errors.ts";
import type {
  BillCommand,
  Command,
  CommandRequest,
  ReverseCommand,
  VoidCommand,
} from "../../../src/core/ledger/commands.ts";
import type { EntryKind, Head, Receipt, VoucherGrant } from "../../../src/core/ledger/entries.ts";
import { DEBT, NEVER } from "../../../src/core/ledger/entries.ts";
import type { Program } from "../../../src/core/program/program.ts";
import type { Result } from "../../../src/core/result.ts";
import { err, ok } from "../../../src/core/result.ts";
import { refusedBy } from "../../support/commands.ts";
import { UNITS } from "../../support/requests.ts";
import { billReceipt, sumsOf } from "./bills.ts";
import type { Line, ModelReceipt, Told } from "./lines.ts";
import type { ModelLot, Purse } from "./lots.ts";
import { add, gain, inOrder, refundOf, spend, take, total } from "./lots.ts";
import { pointsOf, standingOf, wholePointsOf } from "./points.ts";

/** A ledger that changes as it goes: whoever may have to undo a command works on a copy. */
export class ModelLedger {
  readonly program: Program;
  readonly lines: Line[] = [];
  /** Of each bill's line the lines of what it gave or took, by their numbers. */
  readonly bills = new Map<number, number[]>();
  /** Of each bill's line those of the vouchers that it granted. */
  readonly granted = new Map<number, { readonly line: number; readonly voucher: VoucherGrant }[]>();
  readonly purses: Partial<Record<Unit, Purse>> = {};
  /** What each bill came to. */
  readonly totals = new Map<number, Money>();
  /** How much of each redemption was taken back. */
  readonly takenBack = new Map<number, number>();
  tier: string | null = null;
  /** Null: never told. */
  status: CustomerStatus | null = null;

  constructor(program: Program) {
    this.program = program;
  }

  copy(): ModelLedger {
    const { lines, bills, granted, purses, totals, takenBack, tier, status } = this;
    const kept = { lines, bills, granted, purses, totals, takenBack, tier, status };
    const copied = structuredClone(kept);
    return Object.assign(new ModelLedger(this.program), copied);
  }

  #purse(unit: Unit): Purse {
    const none: Purse = { lots: new Map(), expired: new Map(), earned: 0, redeemed: 0 };
    const purse = this.purses[unit] ?? none;
    this.purses[unit] = purse;
    return purse;
  }

  /** The unit's lots, what is owed before them, then soonest first. */
  lots(unit: Unit): ModelLot[] {
    return inOrder(this.#purse(unit).lots);
  }

  balance(unit: Unit): number {
    return total(this.lots(unit));
  }

  /** When the next lot expires, or should have; {@link NEVER} if none does. */
  nextExpiry(): number {
    const moments = UNITS.flatMap((unit) => this.lots(unit).map(([at]) => at));
    return Math.min(NEVER, ...moments.filter((at) => at !== DEBT));
  }

  head(): Head {
    const held = UNITS.filter((unit) => this.lines.some((line) => line.unit === unit));
    const latest = (kind: EntryKind): number | null => {
      const times = this.lines.filter((line) => line.kind === kind).map((line) => line.occurredAt);
      return times.length === 0 ? null : Math.max(...times);
    };
    const holding = (unit: Unit) => {
      const { earned, redeemed } = this.#purse(unit);
      return [unit, { balance: this.balance(unit), earned, redeemed }];
    };
    const bills = sumsOf(this.totals, (seq) => this.#isCorrected(seq));
    return {
      seq: this.lines.length,
      holdings: Object.fromEntries(held.map(holding)),
      tier: this.tier,
      ...(Object.keys(bills).length === 0 ? {} : { bills }),
      ...(this.status === null ? {} : { status: this.status, statusSince: this.#statusSince() }),
      lastEarnedAt: latest("earn"),
      lastRedeemedAt: latest("redeem"),
      recordedAt: this.lines.at(-1)?.recordedAt ?? 0,
    };
  }

  #statusSince(): number {
    return this.lines.findLast(({ kind }) => kind === "status")?.recordedAt ?? 0;
  }

  /** Books what is due, in the order of time. */
  expire(now: number, units: readonly Unit[] = UNITS): void {
    const lots = units.flatMap((unit) => this.lots(unit).map(([at]) => ({ unit, at })));
    const due = lots.filter(({ at }) => at !== DEBT && at <= now);
    for (const { unit, at } of due.sort((one, other) => one.at - other.at)) {
      const told = { occurredAt: at, recordedAt: now, reference: null };
      this.#book("expire", unit, told, (purse) => {
        purse.expired.set(at, (purse.expired.get(at) ?? 0) + (purse.lots.get(at) ?? 0));
        purse.lots.delete(at);
      });
    }
  }

  /** Carries a command out; after an error the ledger is of no more use. */
  obey(request: CommandRequest, now: number): Result<ModelReceipt | null, LoyaltyError> {
    const refusal = refusedBy(this.status ?? "active", request.command);
    if (refusal !== null) return err(refusal);
    const tierBefore = this.#heldTier();
    this.expire(now);
    const first = this.lines.length;
    const { command, occurredAt, reference } = request;
    const error = this.#do(request, {
      occurredAt: Math.min(occurredAt ?? now, now),
      recordedAt: now,
      reference: reference?.key ?? null,
    });
    if (error !== null) return err(error);
    // An expiry that a reversal counts as taken stands before it.
    const before = this.lines.slice(first).findIndex(({ kind }) => kind !== "expire");
    const [main, ...others] = this.lines.slice(first + Math.max(0, before));
    if (main === undefined) return ok(null);
    // What came too late expires line by line.
    for (const { unit } of [main, ...others]) this.expire(now, [unit]);
    const { unit, amount, recordedAt, corrects } = main;
    const changed = others.some((line) => line.kind === "tier");
    const gone = others.filter((line) => line.kind === "withdraw").map((line) => line.corrects);
    const withdrawn = [...this.granted.values()]
      .flat()
      .filter(({ line }) => gone.includes(line))
      .map(({ voucher }) => voucher);
    return ok({
      ...{ seq: first + before + 1, unit, amount, balance: this.balance(unit) },
      ...{ standing: this.#standing(), recordedAt },
      ...(changed ? { tierBefore } : {}),
      ...(corrects === null ? {} : { corrects }),
      ...this.#partsTaken(command, main),
      ...(withdrawn.length === 0 ? {} : { withdrawn }),
      ...(command.kind === "bill" ? { bill: billReceipt(command, others) } : {}),
    });
  }

  #partsTaken({ kind }: Command, { corrects, amount }: Line): Pick<Receipt, "takenBack"> {
    const target = this.lines[(corrects ?? 0) - 1];
    const isPart = kind === "reverse" && target?.kind === "redeem" && amount !== -target.amount;
    return isPart ? { takenBack: this.takenBack.get(corrects ?? 0) ?? 0 } : {};
  }

  #do({ command }: CommandRequest, told: Told): LoyaltyError | null {
    switch (command.kind) {
      case "earn": {
        const { unit, grant, expiresAt } = command;
        const isGift = "amount" in grant;
        const amount = isGift
          ? grant.amount
          : pointsOf(this.program, this.#lifetime(), grant.purchase.amount, []);
        return this.#earn(unit, [expiresAt, amount], told);
      }
      case "bill":
        return this.#bill(command, told);
      case "redeem": {
        const { unit, amount } = command;
        const short = this.#short(unit, amount);
        if (short !== null) return short;
        this.#purse(unit).redeemed += amount;
        return this.#book("redeem", unit, told, (purse) => spend(purse, amount));
      }
      case "adjust": {
        const { unit, amount, expiresAt } = command;
        const error = amount < 0 ? this.#short(unit, -amount) : this.#full(unit, amount);
        if (error !== null) return error;
        return this.#book("adjust", unit, told, (purse) =>
          amount < 0 ? spend(purse, -amount) : gain(purse, [expiresAt, amount]),
        );
      }
      case "open": {
        const { unit, earned } = command;
        const lots = command.lots.map((lot): ModelLot => [lot.expiresAt, lot.amount]);
        const full = this.#full(unit, Math.max(total(lots), earned));
        if (full !== null) return full;
        this.#purse(unit).earned += earned;
        this.#book("open", unit, told, (purse) => {
          for (const lot of inOrder(lots)) gain(purse, lot);
        });
        return this.#judgeTier(told);
      }
      case "reverse":
        return this.#reverse(command, told);
      case "void":
        return this.#void(command, told);
      case "expire":
        return null;
      case "status":
        if ((this.status ?? "active") === command.status) return null;
        this.status = command.status;
        return this.#book("status", "point", told, () => {});
    }
  }

  #earn(unit: Unit, lot: ModelLot, told: Told): LoyaltyError | null {
    const [, amount] = lot;
    const full = this.#full(unit, amount);
    if (full !== null) return full;
    this.#purse(unit).earned += amount;
    this.#book("earn", unit, told, (purse) => gain(purse, lot));
    return this.#judgeTier(told);
  }

  #bill(command: BillCommand, told: Told): LoyaltyError | null {
    const { purchase, base = purchase, lines, expiresAt, stamps, vouchers = [] } = command;
    const { earning } = command;
    const sign = base.amount < 0 ? -1 : 1;
    const own = lines.map((line) => ({ ...line, amount: sign * line.amount }));
    const cents = Math.abs(base.amount);
    const isByType = earning?.by === "customer_type";
    const points = isByType
      ? wholePointsOf(this.program, this.#lifetime(), cents, earning.every)
      : pointsOf(this.program, this.#lifetime(), cents, own);
    const amount = sign * points;
    const full = this.#full("point", amount) ?? this.#full("stamp", stamps?.amount ?? 0);
    if (full !== null) return full;
    const taken = sign < 0 ? 0 - amount : 0;
    const short = this.program.allowDebt ? null : this.#short("point", taken);
    if (taken > 0 && short !== null) return short;
    this.#book("bill", "point", told, () => {});
    const moved: number[] = [];
    const number = this.lines.length;
    this.bills.set(number, moved);
    this.totals.set(number, purchase);
    const behind = { ...told, reference: null };
    if (amount > 0 || taken > 0) moved.push(this.lines.length + 1);
    if (amount > 0) this.#earn("point", [expiresAt, amount], behind);
    if (taken > 0) {
      this.#purse("point").earned -= taken;
      this.#book("reverse", "point", behind, (purse) => spend(purse, taken));
      this.#judgeTier(behind);
    }
    if (stamps?.amount) moved.push(this.lines.length + 1);
    if (stamps?.amount) this.#earn("stamp", [stamps.expiresAt, stamps.amount], behind);
    const granted = vouchers.map((voucher, i) => ({ line: this.lines.length + 1 + i, voucher }));
    this.granted.set(number, granted);
    for (const _voucher of vouchers) this.#book("voucher", "point", behind, () => {});
    return null;
  }

  /** Gives back to the very lots; takes from the very lots, else from what expires first. */
  #reverse({ seq, amount }: ReverseCommand, told: Told): LoyaltyError | null {
    const target = this.lines[seq - 1];
    if (target === undefined || !["earn", "redeem", "adjust"].includes(target.kind)) {
      return { code: "not_found", object: "entry" };
    }
    if (target.kind === "redeem") return this.#refund(seq, target, amount, told);
    if (this.#isCorrected(seq)) return { code: "already_reversed", seq };
    if (amount !== undefined) return { code: "not_divisible", seq };
    const error = this.#takeBack(target, { ...told, corrects: seq }, NEVER);
    if (error !== null) return error;
    const bill = [...this.bills].find(([, moved]) => moved.includes(seq));
    if (bill !== undefined && target.kind === "earn") this.#withdraw(bill[0], told);
    return this.#judgeTier(told);
  }

  /** Of each lot comes back what of it would not have been spent, had it been so much less. */
  #refund(
    seq: number,
    { unit, kind, amount, lots }: Line,
    wanted: number | undefined,
    told: Told,
  ): LoyaltyError | null {
    const back = this.takenBack.get(seq) ?? 0;
    const left = 0 - amount - back;
    if (left === 0) return { code: "already_reversed", seq };
    const requested = wanted ?? left;
    if (requested > left) {
      return { code: "over_reversed", seq, unit, requested, available: left };
    }
    const part = refundOf(lots, left, requested);
    this.takenBack.set(seq, back + requested);
    const line = { unit, kind, amount: -requested, lots: part };
    return this.#takeBack(line, { ...told, corrects: seq }, NEVER);
  }

  /** Takes back the vouchers that a bill granted. */
  #withdraw(bill: number, told: Told): void {
    for (const { line } of this.granted.get(bill) ?? []) {
      if (this.#isCorrected(line)) continue;
      this.#book("withdraw", "point", { ...told, reference: null, corrects: line }, () => {});
    }
  }

  /** What was owed and is not any more comes back until `restored`. */
  #takeBack(
    { unit, kind, amount, lots }: Pick<Line, "unit" | "kind" | "amount" | "lots">,
    told: Told,
    restored: number,
  ): LoyaltyError | null {
    if (amount > 0) for (const lot of lots) this.#revive(unit, lot, told);
    const short = amount > 0 && !this.program.allowDebt ? this.#short(unit, amount) : null;
    if (short !== null) return short;
    if (kind === "earn" || kind === "reverse") this.#purse(unit).earned -= amount;
    if (kind === "redeem") this.#purse(unit).redeemed += amount;
    return this.#book("reverse", unit, told, (purse) => {
      let missing = amount;
      for (const [at, change] of lots) {
        if (change < 0) gain(purse, [at || restored, -change]);
        else if (at !== DEBT) missing -= take(purse, [at, change]);
      }
      if (amount > 0) spend(purse, missing);
    });
  }

  /** What expired of a lot comes back, so that the line behind it takes it. */
  #revive(unit: Unit, [at, given]: ModelLot, { recordedAt }: Told): void {
    const { expired } = this.#purse(unit);
    const part = Math.min(given, expired.get(at) ?? 0);
    if (part === 0) return;
    expired.set(at, (expired.get(at) ?? 0) - part);
    const told = { occurredAt: at, recordedAt, reference: null };
    this.#book("expire", unit, told, (purse) => add(purse, [at, part]));
  }

  #void({ seq, expiresAt }: VoidCommand, told: Told): LoyaltyError | null {
    const moved = this.bills.get(seq);
    if (moved === undefined) return { code: "not_found", object: "entry" };
    if (this.#isCorrected(seq)) return { code: "already_reversed", seq };
    this.#book("void", "point", { ...told, corrects: seq }, () => {});
    for (const nth of moved) {
      const line = this.lines[nth - 1];
      if (line === undefined || this.#isCorrected(nth)) continue;
      const behind = { ...told, reference: null, corrects: nth };
      const error = this.#takeBack(line, behind, expiresAt);
      if (error !== null) return error;
    }
    this.#withdraw(seq, told);
    return this.#judgeTier(told);
  }

  #isCorrected(seq: number): boolean {
    return this.lines.some((line) => line.corrects === seq);
  }

  #short(unit: Unit, requested: number): LoyaltyError | null {
    const balance = this.balance(unit);
    if (balance >= requested) return null;
    return { code: "insufficient_balance", unit, requested, available: Math.max(0, balance) };
  }

  #full(unit: Unit, amount: number): LoyaltyError | null {
    const most = Math.max(this.balance(unit), this.#purse(unit).earned);
    return most + amount > MAX_BALANCE ? { code: "balance_limit", unit } : null;
  }

  /** Changes a purse's lots and writes down by how much. */
  #book(kind: EntryKind, unit: Unit, told: Told, change: (purse: Purse) => void): null {
    const purse = this.#purse(unit);
    const before = new Map(purse.lots);
    change(purse);
    const moments = new Set([...before.keys(), ...purse.lots.keys()]);
    const lots = [...moments]
      .map((at): ModelLot => [at, (purse.lots.get(at) ?? 0) - (before.get(at) ?? 0)])
      .filter(([, amount]) => amount !== 0);
    const sums = { amount: total(lots), lots: inOrder(lots), balance: this.balance(unit) };
    this.lines.push({ kind, unit, ...sums, corrects: null, ...told });
    return null;
  }

  #judgeTier(told: Told): null {
    const { tier } = this.#standing();
    if (tier === this.#heldTier()) return null;
    this.tier = tier;
    return this.#book("tier", "point", { ...told, reference: null }, () => {});
  }

  /** Whoever never changed the tier is in the lowest. */
  #heldTier(): string | null {
    return this.tier ?? this.program.tiers[0]?.name ?? null;
  }

  #lifetime(): number {
    return this.#purse("point").earned;
  }

  #standing(): Receipt["standing"] {
    return standingOf(this.program, this.#lifetime());
  }
}
