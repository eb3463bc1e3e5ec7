import type { CustomerStatus } from "../customers.ts";
import type { LoyaltyError } from "../errors.ts";
import type { Result } from "../result.ts";
import { err, ok } from "../result.ts";
import type { Command, StatusCommand } from "./commands.ts";
import type { Draft } from "./draft.ts";
import { book } from "./draft.ts";
import type { Entry, Head } from "./entries.ts";

/** The status of a wallet's customer; active, unless the ledger was told otherwise. */
export function statusOf(head: Head): CustomerStatus {
  return head.status ?? "active";
}

/**
 * What a status refuses of any command; null: nothing. A blocked customer earns and spends nothing,
 * and a person may still correct the balance; for an inactive one nothing new is booked at all.
 * What takes back something earlier goes on, and so does expiry. An erased customer's ledger is
 * closed for all but expiry.
 */
export function refusalOf(head: Head, command: Command): LoyaltyError | null {
  switch (statusOf(head)) {
    case "active":
      return null;
    case "blocked":
      return gainsOrSpends(command) ? { code: "customer_blocked" } : null;
    case "inactive":
      return gainsOrSpends(command) || command.kind === "adjust"
        ? { code: "customer_inactive" }
        : null;
    case "erased":
      return closes(command) ? null : { code: "erased" };
  }
}

function gainsOrSpends(command: Command): boolean {
  const { kind } = command;
  // A return takes back.
  if (kind === "bill") return command.purchase.amount >= 0;
  return kind === "earn" || kind === "redeem";
}

function closes(command: Command): boolean {
  return command.kind === "expire" || (command.kind === "status" && command.status === "erased");
}

/** Books that the customer's status is another from here on; nothing when it is that already. */
export function changeStatus(
  draft: Draft,
  { status, before = "active" }: StatusCommand,
): Result<Entry | null, LoyaltyError> {
  if ((draft.head.status ?? before) === status) return ok(null);
  const head = { status, statusSince: draft.now };
  return ok(book(draft, { kind: "status", unit: "point", lots: [], head }));
}

/** The refusal of a customer in that status where no wallet is asked; ok for an active one. */
export function requireActive(status: CustomerStatus): Result<null, LoyaltyError> {
  switch (status) {
    case "active":
      return ok(null);
    case "blocked":
    case "inactive":
      return err({ code: `customer_${status}` });
    case "erased":
      return err({ code: "erased" });
  }
}
