import { DurableObject } from "cloudflare:workers";
import type { CustomerStatus } from "../core/customers.ts";
import type { LoyaltyError } from "../core/errors.ts";
import type { Command, CommandRequest, Guard } from "../core/ledger/commands.ts";
import type { Ledger } from "../core/ledger/draft.ts";
import { SYSTEM_SOURCE } from "../core/ledger/entries.ts";
import type { Mode } from "../core/mode.ts";
import type { Program } from "../core/program/program.ts";
import type { Result } from "../core/result.ts";
import { settingsOf } from "../env.ts";
import type { HandedEntry } from "../events/client.ts";
import { projectorOf } from "../events/client.ts";
import { logFault } from "../log.ts";
import { ulid } from "../ulid.ts";
import { Agreement, agree } from "./agreement.ts";
import type { Discrepancy } from "./audit.ts";
import { auditWallet } from "./audit.ts";
import type { Execution, Outcome } from "./execute.ts";
import { bindGuard, execute, executeAll, transact } from "./execute.ts";
import type { Outbox } from "./publish.ts";
import { publishPending, retellAll } from "./publish.ts";
import type { WalletReader } from "./reader.ts";
import { walletReader } from "./reader.ts";
import type { Owner } from "./rows.ts";
import { nextAlarm } from "./schedule.ts";
import { Tables } from "./tables.ts";
import type { EntryPage, EntryQuery, WalletView } from "./view.ts";
import { entriesBefore, listEntries, viewWallet } from "./view.ts";
import type { WalletWriter } from "./writer.ts";
import { walletWriter } from "./writer.ts";

/** What came of a command; null: there was nothing to book. */
type Answer = Result<Outcome | null, LoyaltyError>;

/** Programme of a command that judges nothing by it: expiry and status. */
const NO_PROGRAM: Program = {
  earning: { rate: 0, rounding: "floor", step: 1 },
  redemptionRate: null,
  expiry: { kind: "never" },
  tiers: [],
  allowDebt: true,
};

/**
 * A customer's wallet: the ledger and the only authority for its balances, lots, tier and
 * idempotency. Commands run one after another, each in one synchronous transaction; output gates
 * hold every answer until it is durable.
 */
export class Wallet extends DurableObject<Env> {
  readonly #reader: WalletReader;
  #owner: Owner | null = null;
  readonly #tables: Tables;
  readonly #publishDelayMs: number;
  readonly #agreement = new Agreement();
  /** When the alarm is due; null when none is set. */
  #armedAt: number | null = null;
  /** Alarms in a row that failed. */
  #failures = 0;
  /** Number of the last entry that the merchant's copies hold, as far as is known. */
  #published = 0;
  /** Whether the projector has said so since the object started. */
  #told = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#tables = new Tables(ctx);
    this.#publishDelayMs = settingsOf(env).publishDelayMs;
    this.#reader = walletReader(ctx.storage.sql);
    ctx.blockConcurrencyWhile(async () => {
      await this.#tables.ask(env);
      if (!this.#tables.areMade) return;
      this.#owner = this.#reader.owner();
      this.#armedAt = await ctx.storage.getAlarm();
      const head = this.#reader.head();
      // Without an alarm nothing waits to be published.
      this.#published = head.seq;
      if (this.#armedAt !== null) return this.#doubt();
      this.#agreement.trust(head);
      this.#armNext();
    });
  }

  /** Books a command or recognises its repeat; null where there was nothing to book. */
  execute(owner: Owner, mode: Mode, request: CommandRequest): Answer {
    const done = this.#write(owner, mode, (writer) =>
      execute(this.#reader, writer, request, Date.now()),
    );
    this.#armFor(mode, [done]);
    return done.answer;
  }

  /** {@link execute} for several in one transaction, up to the first that is refused. */
  executeAll(owner: Owner, mode: Mode, all: readonly CommandRequest[]): Answer[] {
    const done = this.#write(owner, mode, (writer) =>
      executeAll(this.#reader, writer, all, Date.now()),
    );
    this.#armFor(mode, done);
    return done.map(({ answer }) => answer);
  }

  /** Binds a guard without booking; answers the error when it was used for something else. */
  bind(owner: Owner, mode: Mode, guard: Guard): LoyaltyError | null {
    return this.#write(owner, mode, (writer) => bindGuard(this.#reader, writer, guard, Date.now()));
  }

  /** The wallet's state, with the lots that expire up to `until`. */
  view(owner: Owner, until: number): WalletView {
    return this.#read(owner, (ledger) => viewWallet(ledger, Date.now(), until));
  }

  /** A page of the ledger, newest first. */
  entries(owner: Owner, query: EntryQuery): EntryPage {
    return this.#read(owner, () => listEntries(this.ctx.storage.sql, query));
  }

  /** The newest entries before the one numbered `before`, newest first. */
  entriesBefore(owner: Owner, before: number, limit: number): HandedEntry[] {
    return this.#read(owner, () => entriesBefore(this.ctx.storage.sql, before, limit));
  }

  /** Adds up the whole ledger anew; empty when every balance is right. */
  audit(owner: Owner): Discrepancy[] {
    refuseStranger(this.#owner, owner);
    if (!this.#tables.areMade) return [];
    return auditWallet(this.ctx.storage.sql, this.#reader);
  }

  /** Hands over once more what was told, for copies that are made anew; the rest is published. */
  async retell(owner: Owner, told: number): Promise<boolean> {
    refuseStranger(this.#owner, owner);
    // What was told of a wallet without tables are the copies that came with what waits.
    if (!(told > 0 ? this.#tables.areMade : this.#areMade(owner))) return false;
    await retellAll(this.#outbox(owner), Math.min(told, this.#reader.head().seq));
    this.#published = Math.min(this.#published, told);
    this.#armNext();
    return true;
  }

  /** Sets the alarm for what no alarm is set for; see the client for `told` and `status`. */
  async wake(owner: Owner, told: number, status: CustomerStatus): Promise<void> {
    refuseStranger(this.#owner, owner);
    const head = this.#areMade(owner) ? this.#reader.head() : null;
    const tell = (news: CustomerStatus) => this.execute(owner, "live", statusRequest(news));
    await agree(head, status, this.#outbox(owner), tell);
    if (!this.#tables.areMade) return;
    this.#armedAt = await this.ctx.storage.getAlarm();
    if (this.#armedAt !== null) return;
    this.#published = Math.min(this.#published, told);
    this.#armNext();
  }

  /**
   * Books what is due and publishes what is booked. Running it twice changes nothing: what is
   * booked is due no more, what is published lies behind the cursor.
   */
  override async alarm(): Promise<void> {
    if (!this.#tables.areMade) return;
    // It is not seen to be set while it goes off: if it started the object, that knew of nothing.
    if (!this.#told) this.#doubt();
    this.#armedAt = null;
    try {
      bookDue(this.ctx.storage, this.#reader);
      if (this.#owner !== null) await this.#publish(this.#owner);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      logFault({ wallet: this.#owner, during: "alarm" }, error);
    } finally {
      this.#armNext();
    }
  }

  async #publish(owner: Owner): Promise<void> {
    const outbox = this.#outbox(owner);
    this.#published = await publishPending(outbox, this.#published);
    this.#told = true;
    await this.#agreement.settle(this.#reader.head(), outbox);
  }

  /** Hands the last entry over again rather than never; the answer tells what more is missing. */
  #doubt(): void {
    this.#published = Math.min(this.#published, Math.max(0, this.#reader.head().seq - 1));
  }

  #outbox({ merchant, customer }: Owner): Outbox {
    const { sql } = this.ctx.storage;
    return { sql, reader: this.#reader, projector: projectorOf(this.env, merchant), customer };
  }

  /** Sets the alarm for what is due next; see {@link nextAlarm}. */
  #armNext(): void {
    const head = this.#reader.head();
    const due = nextAlarm(Date.now(), {
      failures: this.#failures,
      publishDelayMs: this.#publishDelayMs,
      expiry: this.#reader.nextExpiry(head),
      status: this.#agreement.due(head),
      isPublished: head.seq <= this.#published,
    });
    if (due !== null) this.#arm(due);
  }

  /** Sets the alarm that publishes what was stored. */
  #armFor(mode: Mode, done: readonly Execution[]): void {
    if (mode === "test" || done.every(({ stored }) => stored === null)) return;
    this.#arm(Date.now() + this.#publishDelayMs);
  }

  /** Writes in one transaction; the first that is kept fixes whose wallet this is. */
  #write<T>(owner: Owner, mode: Mode, work: (writer: WalletWriter) => T): T {
    refuseStranger(this.#owner, owner);
    const result = this.#tables.transact(mode, () => {
      const writer = walletWriter(this.ctx.storage.sql);
      if (this.#owner === null) writer.claim(owner);
      return work(writer);
    });
    if (mode === "live") this.#owner ??= owner;
    return result;
  }

  /** Books what is due and reads. Of a wallet without tables a read leaves none behind. */
  #read<T>(owner: Owner, look: (ledger: Ledger) => T): T {
    refuseStranger(this.#owner, owner);
    const { areMade } = this.#tables;
    const upToDate = (): T => {
      const ledger = this.#reader.ledger();
      if (!bookDue(this.ctx.storage, this.#reader, ledger)) return look(ledger);
      if (areMade) this.#arm(Date.now() + this.#publishDelayMs);
      return look(this.#reader.ledger());
    };
    return areMade ? upToDate() : this.#tables.transact("test", upToDate);
  }

  /** Makes the tables if something waits for them; whether there are any. */
  #areMade(owner: Owner): boolean {
    if (this.#tables.areAwaited) this.#write(owner, "live", () => {});
    return this.#tables.areMade;
  }

  /** Sets the alarm if none is due earlier; storage writes it with the entries that need it. */
  #arm(due: number): void {
    if (this.#armedAt !== null && this.#armedAt <= due) return;
    this.#armedAt = due;
    void this.ctx.storage.setAlarm(due);
  }
}

/** Books what is due; whether anything was. */
function bookDue(
  storage: DurableObjectStorage,
  reader: WalletReader,
  { head, dueLots }: Ledger = reader.ledger(),
): boolean {
  // Seldom is anything due, and time never runs back in a ledger.
  const [due] = dueLots(Math.max(Date.now(), head.recordedAt));
  if (due === undefined) return false;
  const { stored } = transact(storage, "live", () =>
    execute(reader, walletWriter(storage.sql), systemRequest({ kind: "expire" }), Date.now()),
  );
  return stored !== null;
}

function refuseStranger(known: Owner | null, owner: Owner): void {
  if (known === null) return;
  if (known.merchant !== owner.merchant || known.customer !== owner.customer) {
    throw new Error("a wallet was called for another owner");
  }
}

function statusRequest(status: CustomerStatus): CommandRequest {
  return systemRequest({ kind: "status", status });
}

function systemRequest(command: Command): CommandRequest {
  return {
    id: ulid(),
    command,
    program: NO_PROGRAM,
    occurredAt: null,
    reference: null,
    guard: null,
    source: SYSTEM_SOURCE,
    remarks: {},
  };
}
