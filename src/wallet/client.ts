import type { CustomerStatus } from "../core/customers.ts";
import { toBase64Url } from "../core/digest.ts";
import type { LoyaltyError } from "../core/errors.ts";
import type { CommandRequest, Guard } from "../core/ledger/commands.ts";
import type { Mode } from "../core/mode.ts";
import type { Result } from "../core/result.ts";
import type { HandedEntry } from "../events/client.ts";
import type { Discrepancy } from "./audit.ts";
import type { Outcome } from "./execute.ts";
import type { Owner } from "./rows.ts";
import type { EntryPage, EntryQuery, WalletView } from "./view.ts";

export type { HandedEntry } from "../events/client.ts";
export type { Discrepancy } from "./audit.ts";
export type { Outcome } from "./execute.ts";
export type { EntryPage, EntryQuery, WalletView } from "./view.ts";

/** The calls that a wallet answers; each goes to the one object that owns the customer's ledger. */
export interface WalletClient {
  /** Books a command or recognises its repeat; null when there was nothing to book. */
  execute(mode: Mode, request: CommandRequest): Promise<Result<Outcome | null, LoyaltyError>>;
  /** Books commands one after another in one transaction, up to the first that is refused. */
  executeAll(
    mode: Mode,
    requests: readonly CommandRequest[],
  ): Promise<Result<Outcome | null, LoyaltyError>[]>;
  /** Binds a guard without booking; the error when it was used for something else. */
  bind(mode: Mode, guard: Guard): Promise<LoyaltyError | null>;
  /** Balances, tier and the lots that expire up to `until` (milliseconds since the epoch). */
  view(until: number): Promise<WalletView>;
  /** A page of the ledger, newest first. */
  entries(query: EntryQuery): Promise<EntryPage>;
  /** Adds up the whole ledger anew; empty when every balance is right. */
  audit(): Promise<readonly Discrepancy[]>;
  /** The newest entries before the one numbered `before`, at most `limit`, newest first. */
  entriesBefore(before: number, limit: number): Promise<readonly HandedEntry[]>;
  /**
   * Hands what was told to the projector once more; resolves when it is there. `told`: the number
   * of the last entry whose event the feed has, 0 for none. What follows is published soon after:
   * copied beforehand, it would count as told. False: there was nothing, or only what waits and was
   * copied before.
   */
  retell(told: number): Promise<boolean>;
  /**
   * Has the wallet set its alarm if something is due; `told` as for {@link retell}. Where it and
   * the registry, which has `status`, disagree about the customer's, one is told the other's.
   */
  wake(told: number, status: CustomerStatus): Promise<void>;
}

/** The wallet of a merchant's customer. Makes no request by itself. */
export function walletOf(env: Env, owner: Owner): WalletClient {
  const stub = env.WALLETS.getByName(walletName(owner));
  return {
    execute: (mode, request) => stub.execute(owner, mode, request),
    executeAll: (mode, requests) => stub.executeAll(owner, mode, requests),
    bind: (mode, guard) => stub.bind(owner, mode, guard),
    view: (until) => stub.view(owner, until),
    entries: (query) => stub.entries(owner, query),
    audit: () => stub.audit(owner),
    entriesBefore: (before, limit) => stub.entriesBefore(owner, before, limit),
    retell: (told) => stub.retell(owner, told),
    wake: (told, status) => stub.wake(owner, told, status),
  };
}

/**
 * The object's name: the merchant's id and the customer's id, base64url, so that no id, whatever
 * its letters, can look like another merchant's. Holds no personal data.
 */
export function walletName(owner: Owner): string {
  const encoded = toBase64Url(new TextEncoder().encode(owner.customer));
  return `${owner.merchant}/${encoded}`;
}
