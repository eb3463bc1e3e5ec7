import type { Unit } from "../../src/core/amount.ts";
import { MAX_AMOUNT, MAX_BALANCE, UNITS } from "../../src/core/amount.ts";
import type { CustomerStatus } from "../../src/core/customers.ts";
import type { LoyaltyError } from "../../src/core/errors.ts";
import type {
  BillCommand,
  CommandRequest,
  ReverseCommand,
  VoidCommand,
} from "../../src/core/ledger/commands.ts";
import type {
  BillLine,
  EntryKind,
  Head,
  Receipt,
  VoucherGrant,
} from "../../src/core/ledger/entries.ts";
import { DEBT, NEVER } from "../../src/core/ledger/entries.ts";
import type { Program, Tier } from "../../src/core/program/program.ts";
import type { Result } from "../../src/core/result.ts";
import { err, ok } from "../../src/core/result.ts";
import { refusedBy } from "../support/commands.ts";
import { billReceipt } from "./model-bills.ts";
import type { ModelLot, Purse } from "./model-lots.ts";
import { add, gain, inOrder, rounded, spend, take, total } from "./model-lots.ts";

/** What a line of the ledger must say. */
export interface Line {
  readonly kind: EntryKind;
  readonly unit: Unit;
  readonly amount: number;
  /** Soonest first. */
  readonly lots: readonly ModelLot[];
  readonly balance: number;
  readonly occurredAt: number;
  readonly recordedAt: number;
  readonly corrects: number | null;
  readonly reference: string | null;
}

/** A receipt but for the entry's id, which follows from the request's. */
export type ModelReceipt = Omit<Receipt, "entry">;

/** What the request says of its lines besides amounts. */
type Told = Pick<Line, "occurredAt" | "recordedAt" | "reference"> & { readonly corrects?: number };

/** A ledger that changes as it goes: whoever may have to undo a command works on a copy. */
export class ModelLedger {
  readonly program: Program;
  readonly lines: Line[] = [];
  /** Of each bill's line the lines of what it gave or took, by their numbers. */
  readonly bills = new Map<number, number[]>();
  /** Of each bill's line those of the vouchers that it granted. */
  readonly granted = new Map<number, { readonly line: number; readonly voucher: VoucherGrant }[]>();
  readonly purses: Record<Unit, Purse> = {
    point: { lots: new Map(), expired: new Map(), earned: 0, redeemed: 0 },
    stamp: { lots: new Map(), expired: new Map(), earned: 0, redeemed: 0 },
    prepaid: { lots: new Map(), expired: new Map(), earned: 0, redeemed: 0 },
  };
  tier: string | null = null;
  /** Null: never told. */
  status: CustomerStatus | null = null;

  constructor(program: Program) {
    this.program = program;
  }

  copy(): ModelLedger {
    const { lines, bills, granted, purses, tier, status } = this;
    const copied = structuredClone({ lines, bills, granted, purses, tier, status });
    return Object.assign(new ModelLedger(this.program), copied);
  }

  /** The unit's lots, what is owed before them, then soonest first. */
  lots(unit: Unit): ModelLot[] {
    return inOrder(this.purses[unit].lots);
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
      const { earned, redeemed } = this.purses[unit];
      return [unit, { balance: this.balance(unit), earned, redeemed }];
    };
    return {
      seq: this.lines.length,
      holdings: Object.fromEntries(held.map(holding)),
      tier: this.tier,
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
      ...(withdrawn.length === 0 ? {} : { withdrawn }),
      ...(command.kind === "bill" ? { bill: billReceipt(command, others) } : {}),
    });
  }

  #do({ command }: CommandRequest, told: Told): LoyaltyError | null {
    switch (command.kind) {
      case "earn": {
        const { unit, grant, expiresAt } = command;
        const isGift = "amount" in grant;
        const amount = isGift ? grant.amount : this.#points(grant.purchase.amount, []);
        return this.#earn(unit, [expiresAt, amount], told);
      }
      case "bill":
        return this.#bill(command, told);
      case "redeem": {
        const { unit, amount } = command;
        const short = this.#short(unit, amount);
        if (short !== null) return short;
        this.purses[unit].redeemed += amount;
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
        this.purses[unit].earned += earned;
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
    this.purses[unit].earned += amount;
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
    const points = isByType ? this.#wholePoints(cents, earning.every) : this.#points(cents, own);
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
    const behind = { ...told, reference: null };
    if (amount > 0 || taken > 0) moved.push(this.lines.length + 1);
    if (amount > 0) this.#earn("point", [expiresAt, amount], behind);
    if (taken > 0) {
      this.purses.point.earned -= taken;
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
  #reverse({ seq }: ReverseCommand, told: Told): LoyaltyError | null {
    const target = this.lines[seq - 1];
    if (target === undefined || !["earn", "redeem", "adjust"].includes(target.kind)) {
      return { code: "not_found", object: "entry" };
    }
    if (this.#isCorrected(seq)) return { code: "already_reversed", seq };
    const error = this.#takeBack(target, { ...told, corrects: seq }, NEVER);
    if (error !== null) return error;
    const bill = [...this.bills].find(([, moved]) => moved.includes(seq));
    if (bill !== undefined && target.kind === "earn") this.#withdraw(bill[0], told);
    return this.#judgeTier(told);
  }

  /** Takes back the vouchers that a bill granted. */
  #withdraw(bill: number, told: Told): void {
    for (const { line } of this.granted.get(bill) ?? []) {
      if (this.#isCorrected(line)) continue;
      this.#book("withdraw", "point", { ...told, reference: null, corrects: line }, () => {});
    }
  }

  /** What was owed and is not any more comes back until `restored`. */
  #takeBack({ unit, kind, amount, lots }: Line, told: Told, restored: number): LoyaltyError | null {
    if (amount > 0) for (const lot of lots) this.#revive(unit, lot, told);
    const short = amount > 0 && !this.program.allowDebt ? this.#short(unit, amount) : null;
    if (short !== null) return short;
    if (kind === "earn" || kind === "reverse") this.purses[unit].earned -= amount;
    if (kind === "redeem") this.purses[unit].redeemed += amount;
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
    const { expired } = this.purses[unit];
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
    const most = Math.max(this.balance(unit), this.purses[unit].earned);
    return most + amount > MAX_BALANCE ? { code: "balance_limit", unit } : null;
  }

  /** Changes a purse's lots and writes down by how much. */
  #book(kind: EntryKind, unit: Unit, told: Told, change: (purse: Purse) => void): null {
    const purse = this.purses[unit];
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

  #reached(): Tier[] {
    return this.program.tiers.filter((tier) => tier.from <= Math.max(0, this.purses.point.earned));
  }

  #standing(): Receipt["standing"] {
    const reached = this.#reached();
    const next = this.program.tiers[reached.length];
    const missing = next === undefined ? 0 : next.from - this.purses.point.earned;
    return { tier: reached.at(-1)?.name ?? null, next: next?.name ?? null, missing };
  }

  /** Points of a purchase in cents where so many of them earn a whole one. */
  #wholePoints(cents: number, every: number | null): number {
    if (every === null) return 0;
    return 100 * Number(rounded(this.#multiplied(cents), 10n ** 6n * BigInt(every), "floor"));
  }

  #multiplied(cents: number): bigint {
    return BigInt(cents) * BigInt(this.#reached().at(-1)?.multiplier ?? 1e6);
  }

  /** Points of a purchase in cents; infinitely many if one command may not move as many. */
  #points(cents: number, lines: readonly BillLine[]): number {
    const { rate, rounding, step, categories = {} } = this.program.earning;
    const counted = this.#multiplied(cents);
    let steps = rounded(counted * BigInt(rate), 10n ** 12n * BigInt(step), rounding);
    for (const { category, amount } of lines) {
      const bonus = BigInt(categories[category?.trim().toLowerCase() ?? ""] ?? 0);
      steps += rounded(BigInt(amount) * bonus, 10n ** 6n * BigInt(step), "floor");
    }
    const points = Number(steps) * step;
    return points > MAX_AMOUNT ? Number.POSITIVE_INFINITY : points;
  }
}
