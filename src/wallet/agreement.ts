import type { CustomerStatus } from "../core/customers.ts";
import type { Head } from "../core/ledger/entries.ts";
import { EMPTY_HEAD } from "../core/ledger/entries.ts";
import type { Outbox } from "./publish.ts";

/** Time enough for whoever changes a status in the ledger to write it to the registry too. */
const WRITING_MS = 60_000;

/**
 * Has the registry follow the ledger's status within a minute, should whoever changes it die
 * between the two: the wallet's own alarm sees to it.
 */
export class Agreement {
  /** When the last status that the registry is known to have was booked. */
  #since = 0;

  /** Takes the registry to have the status of this head: no alarm waits to see to it. */
  trust({ statusSince }: Head): void {
    this.#since = statusSince ?? 0;
  }

  /** When to see to the status of this head; null: the registry has it. */
  due({ status, statusSince = 0 }: Head): number | null {
    const isKnown = status === undefined || statusSince === this.#since;
    return isKnown ? null : statusSince + WRITING_MS;
  }

  /** Sees to the status of this head, if it is time. */
  async settle(
    head: Head,
    { projector, customer }: Pick<Outbox, "projector" | "customer">,
  ): Promise<void> {
    const due = this.due(head);
    if (head.status === undefined || due === null || due > Date.now()) return;
    await projector.settleStatus(customer, head.status);
    this.trust(head);
  }
}

/**
 * Brings ledger and registry to the same status of a customer. The ledger's counts: where the
 * registry has had another for long, somebody died between the two or it was restored, and it is
 * told by the outbox. A ledger that was never told one, as the registry alone knew it once, hears
 * it by `tell`; there is none yet where `head` is null, and none is made for who is active or
 * erased.
 */
export async function agree(
  head: Head | null,
  registry: CustomerStatus,
  { projector, customer }: Pick<Outbox, "projector" | "customer">,
  tell: (status: CustomerStatus) => unknown,
): Promise<void> {
  const { status, statusSince = 0 } = head ?? EMPTY_HEAD;
  if (status === undefined) {
    const isNews = registry !== "active" && !(head === null && registry === "erased");
    if (isNews) tell(registry);
  } else if (status !== registry && statusSince + WRITING_MS < Date.now()) {
    await projector.settleStatus(customer, status);
  }
}
