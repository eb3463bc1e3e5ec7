import { fromBase64 } from "../core/digest.ts";
import type { KeptBooking } from "../core/ledger/opening.ts";
import type { Mode } from "../core/mode.ts";
import { projectorOf } from "../events/client.ts";
import { transact } from "./execute.ts";
import { migrate, openDatabase } from "./migrator.ts";
import type { Owner } from "./rows.ts";
import { walletWriter } from "./writer.ts";

/**
 * The tables of a wallet's private database. The first write that is kept makes them, and stores
 * with that what the wallet opens with: the registry keeps it until that is published.
 */
export class Tables {
  readonly #ctx: DurableObjectState;
  #areMade: boolean;
  /** Null: nobody was asked, as the object was started by its id alone, which tells no customer. */
  #opening: readonly KeptBooking[] | null = null;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    this.#areMade = openDatabase(ctx.storage);
  }

  /** Whether there are tables. */
  get areMade(): boolean {
    return this.#areMade;
  }

  /** Whether something waits to be stored that the customer came with. */
  get areAwaited(): boolean {
    return !this.#areMade && this.#awaited().length > 0;
  }

  /**
   * Asks what waits, unless there are tables. Throws when nobody can tell: taking that for nothing
   * would lose it.
   */
  async ask(env: Env): Promise<void> {
    if (this.#areMade || this.#ctx.id.name === undefined) return;
    const { merchant, customer } = ownerOf(this.#ctx.id.name);
    this.#opening = (await projectorOf(env, merchant).openingOf(customer)) ?? [];
  }

  /** One transaction in which there are tables, and what waited; in `test` mode none is left. */
  transact<T>(mode: Mode, work: () => T): T {
    const { storage } = this.#ctx;
    if (this.#areMade) return transact(storage, mode, work);
    const result = transact(storage, mode, () => {
      migrate(storage);
      const writer = walletWriter(storage.sql);
      for (const { reference, decision } of this.#awaited()) {
        writer.store(decision, { reference, guard: null });
      }
      return work();
    });
    if (mode === "live") this.#areMade = true;
    return result;
  }

  #awaited(): readonly KeptBooking[] {
    if (this.#opening === null) throw new Error("a wallet without a name was called");
    return this.#opening;
  }
}

/** Whose wallet an object of that name is: see `walletName`. */
function ownerOf(name: string): Owner {
  const [merchant = "", customer = ""] = name.split("/");
  return { merchant, customer: new TextDecoder().decode(fromBase64(customer)) };
}
