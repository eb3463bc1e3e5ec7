import type { CustomerStatus } from "../core/customers.ts";
import type { Head } from "../core/ledger/entries.ts";
import { EMPTY_HEAD } from "../core/ledger/entries.ts";
import type { Outbox } from "./publish.ts";

/** Time enough for whoever changes a status in the ledger to write it to the registry too. */
const WRITING_MS = 60_000;

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
