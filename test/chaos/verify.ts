import type { Delivered } from "../bench/receiver.ts";
import { type CommandRecord, pointsOf } from "./commands.ts";
import type { StoredCustomer, StoredState, StoredWallet } from "./state.ts";

/** What a run knows, from every side. */
export interface Evidence {
  readonly records: readonly CommandRecord[];
  readonly state: StoredState;
  /** What each receiver got. */
  readonly deliveries: readonly (readonly Delivered[])[];
  /** Balance that the dialect told at the end, by the customer's number. */
  readonly told: ReadonlyMap<number, number>;
  /** Number of the first of the clientele. */
  readonly firstNumber: number;
  /** Points that each customer opened with, in whole points. */
  readonly opening: number;
}

/** Smallest steps of a point. */
const STEPS = 1_000;

/** The balance that is told of whom nobody finds. */
const NOBODY = undefined;

/** Every difference between what was promised and what there is; empty when all is well. */
export function differences(evidence: Evidence): string[] {
  return [
    ...evidence.state.customers.flatMap((customer) => walletFaults(evidence, customer)),
    ...voucherFaults(evidence),
    ...feedFaults(evidence),
    ...evidence.deliveries.flatMap((deliveries) => deliveryFaults(evidence, deliveries)),
  ];
}

function walletFaults(evidence: Evidence, customer: StoredCustomer): string[] {
  const { state, told, records, firstNumber, opening } = evidence;
  const wallet = state.wallets.get(customer.id);
  const name = `customer ${customer.number}`;
  if (wallet === undefined) return [`${name} has no wallet`];
  const own = records.filter(
    ({ command }) =>
      command.kind !== "voucher" && firstNumber + command.customer === customer.number,
  );
  const { entries, lots } = wallet;
  const sum = entries.reduce((total, { amount }) => total + amount, 0);
  const isErased = customer.status === "erased";
  const booked = own.filter(({ acknowledged }) => acknowledged !== null);
  const expected = booked.reduce((total, { command }) => total + pointsOf(command), opening);
  const last = entries.at(-1);
  const equal = (what: string, actual: unknown, wanted: unknown): string[] =>
    actual === wanted ? [] : [`${name}: ${what} is ${actual}, not ${wanted}`];
  return [
    ...entries.flatMap(({ seq }, i) => equal(`number of entry ${i + 1}`, seq, i + 1)),
    // What was booked without an answer before an erasure is refused when it is sent again.
    ...(isErased
      ? closingFaults(wallet, name)
      : equal("sum of the entries", sum, expected * STEPS)),
    ...equal("balance", last?.balance, sum),
    ...equal("sum of the lots", lots, sum),
    ...equal("told balance", told.get(customer.number), isErased ? NOBODY : sum / STEPS),
    ...equal("projected balance", customer.points, sum),
    ...equal("projected number", customer.seq, entries.length),
    ...own.flatMap((record) => bookingFaults(wallet, record, isErased)),
    ...strangers(wallet, own).map((reference) => `${name}: nobody ordered ${reference}`),
  ];
}

/** An erased customer's ledger ends with the entry that closes it, but for what expires. */
function closingFaults({ entries, texts }: StoredWallet, name: string): string[] {
  const closing = entries.findLastIndex(({ kind }) => kind === "status");
  const later = entries.slice(closing + 1).filter(({ kind }) => kind !== "expire");
  return [
    ...(closing === -1 ? [`${name} is erased and the ledger is open`] : []),
    ...later.map(({ seq, kind }) => `${name}: ${kind} ${seq} was booked after the erasure`),
    ...(texts === 0 ? [] : [`${name} is erased and ${texts} texts are left`]),
  ];
}

function bookingFaults(
  { entries }: StoredWallet,
  record: CommandRecord,
  isErased: boolean,
): string[] {
  const { command, acknowledged, sent } = record;
  const { reference, kind } = command;
  const found = entries.filter((entry) => entry.reference?.startsWith(reference));
  const wanted = acknowledged === null ? 0 : 1;
  const isUnanswered = isErased && acknowledged === null && found.length === 1;
  if (found.length !== wanted && !isUnanswered) {
    const state = acknowledged === null ? "not acknowledged" : "acknowledged";
    return [`${kind} ${reference}, ${state}, sent ${sent} times, is booked ${found.length} times`];
  }
  const [entry] = found;
  if (entry === undefined) return [];
  // What a bill earns is the entry behind it; what had expired comes back before it is taken.
  const before = entries[entry.seq - 2];
  const revived = kind === "reverse" && before?.kind === "expire" ? before.amount : 0;
  const moved = kind === "bill" ? entries[entry.seq]?.amount : entry.amount + revived;
  const points = pointsOf(command) * STEPS;
  return moved === points ? [] : [`${kind} ${reference} moved ${moved}, not ${points}`];
}

/** Entries of tills that no till knows of. */
function strangers({ entries }: StoredWallet, own: readonly CommandRecord[]): string[] {
  const known = new Set(own.map(({ command }) => command.reference));
  return entries.flatMap(({ reference, kind }) => {
    const till = reference?.slice(0, REFERENCE_LENGTH) ?? "";
    return reference === null || kind === "open" || known.has(till) ? [] : [reference];
  });
}

/** Every reference has the form `c00-000000`. */
const REFERENCE_LENGTH = 10;

function voucherFaults({ records, state }: Evidence): string[] {
  const redeemed = state.events.filter(({ type }) => type === "voucher.redeemed");
  return state.vouchers.flatMap((voucher) => {
    const { id, code, status, redeem_reference: reference } = voucher;
    const winners = records.filter(
      ({ command, acknowledged }) => command.code === code && acknowledged !== null,
    );
    const told = redeemed.filter(({ data }) => JSON.parse(data).voucher === id).length;
    const used = status === "redeemed" ? 1 : 0;
    const [winner] = winners;
    return [
      ...(winners.length > 1 ? [`voucher ${code} was redeemed ${winners.length} times`] : []),
      ...(winners.length === used ? [] : [`voucher ${code} is ${status} and was not told so`]),
      ...(told === used ? [] : [`voucher ${code} is ${status} with ${told} events`]),
      ...(winner === undefined || winner.command.reference === reference
        ? []
        : [`voucher ${code} was redeemed by ${reference}, not ${winner.command.reference}`]),
    ];
  });
}

function feedFaults({ state }: Evidence): string[] {
  const { events, wallets } = state;
  const gaps = events.flatMap(({ seq }, i) =>
    seq === i + 1 ? [] : [`event ${i + 1} of the feed has the number ${seq}`],
  );
  const told = events.flatMap(({ customer_id: customer, sequence }) =>
    sequence === null ? [] : [`${customer} ${sequence}`],
  );
  const lines = [...wallets.values()].flatMap(({ customer, entries }) =>
    entries.map(({ seq }) => `${customer} ${seq}`),
  );
  return [...gaps, ...unlike("in the feed", told, lines)];
}

function deliveryFaults({ state }: Evidence, deliveries: readonly Delivered[]): string[] {
  const delivered = [...new Set(deliveries.map(({ id }) => id))];
  const sequences = new Set(deliveries.map(({ data, sequence }) => `${data.customer} ${sequence}`));
  const gaps = [...state.wallets.values()].flatMap(({ customer, entries }) =>
    entries
      .filter(({ seq }) => !sequences.has(`${customer} ${seq}`))
      .map(({ seq }) => `the receiver misses number ${seq} of ${customer}`),
  );
  const wanted = state.events.map(({ id }) => id);
  return [...unlike("at the receiver", delivered, wanted), ...gaps];
}

/** What is there but should not be, or should and is not, or is there twice. */
function unlike(where: string, actual: readonly string[], wanted: readonly string[]): string[] {
  const [there, should] = [new Set(actual), new Set(wanted)];
  return [
    ...(there.size === actual.length ? [] : [`${actual.length - there.size} are twice ${where}`]),
    ...wanted.filter((one) => !there.has(one)).map((one) => `${one} is not ${where}`),
    ...actual.filter((one) => !should.has(one)).map((one) => `${one} should not be ${where}`),
  ];
}
