import { ok } from "../../../core/result.ts";
import { json } from "../../../http/calls.ts";
import { changeCustomer } from "../../../services/customers/changes.ts";
import { listCustomersBelow } from "../../../services/customers/customers.ts";
import { eraseCustomer } from "../../../services/customers/erasure.ts";
import { entriesBefore } from "../../../services/ledger/wallets.ts";
import { deleted } from "../answers.ts";
import { call, list, mapped, NOTHING } from "../declarations.ts";
import { customerAnswer, entryAnswer } from "./answers.ts";
import { numberedPage, readCustomer, readNumber, setFreshness } from "./lines.ts";
import { customerBody, entryBody, toChanges } from "./mapping.ts";
import { customerPatchSchema } from "./schemas.ts";

/**
 * Reads of customers from the wallets' copies, and of entries from the wallets; changes of
 * customers and their erasure.
 */
export const CUSTOMER_CALLS = [
  list({
    path: "/customers",
    summary: "Lists the merchant's customers, newest first",
    scope: "read:customers",
    item: customerAnswer,
    errors: [],
    async read(ctx, limit, cursor, received) {
      const before = readNumber(cursor);
      if (!before.ok) return before;
      await setFreshness(received, ctx, null);
      const rows = await listCustomersBelow(ctx, before.value, limit + 1);
      return numberedPage(rows, limit, ({ number }) => number);
    },
    show: customerBody,
  }),
  call({
    method: "GET",
    path: "/customers/:id",
    summary: "Shows a customer",
    scope: "read:customers",
    input: NOTHING,
    answer: json(customerAnswer),
    errors: ["not_found", "erased"],
    act: async (ctx, _, received) =>
      mapped(await readCustomer(ctx, received), (customer) => customerBody(customer, ctx)),
  }),
  list({
    path: "/customers/:id/entries",
    summary: "Lists a customer's entries, newest first",
    scope: "read:customers",
    item: entryAnswer,
    errors: ["not_found", "erased"],
    async read(ctx, limit, cursor, received) {
      const before = readNumber(cursor);
      if (!before.ok) return before;
      const found = await readCustomer(ctx, received);
      if (!found.ok) return found;
      const { id } = found.value;
      const rows = await entriesBefore(ctx, id, before.value, limit + 1);
      return numberedPage(rows, limit, ({ entry }) => entry.seq);
    },
    show: entryBody,
  }),
  call({
    method: "PATCH",
    path: "/customers/:id",
    summary: "Changes a customer",
    scope: "write:customers",
    input: customerPatchSchema,
    answer: json(customerAnswer),
    errors: ["not_found", "erased", "already_exists", "customer_busy"],
    async act(ctx, wire, received) {
      const found = await readCustomer(ctx, received);
      if (!found.ok) return found;
      const changed = await changeCustomer(ctx, found.value.id, toChanges(wire));
      return mapped(changed, (customer) => customerBody(customer, ctx));
    },
  }),
  call({
    method: "DELETE",
    path: "/customers/:id",
    summary: "Erases a customer's personal data",
    scope: "write:customers",
    input: NOTHING,
    answer: json(deleted("customer")),
    errors: ["not_found", "erased", "customer_busy"],
    async act(ctx, _, received) {
      const found = await readCustomer(ctx, received);
      if (!found.ok) return found;
      const { id } = found.value;
      const erased = await eraseCustomer(ctx, id);
      return erased.ok ? ok({ id, object: "customer", deleted: true }) : erased;
    },
  }),
];
