import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { KeptBooking } from "../../src/core/ledger/opening.ts";

/** A line of a wallet's ledger. */
export interface LedgerLine {
  readonly seq: number;
  readonly kind: string;
  readonly unit: string;
  readonly amount: number;
  readonly balance: number;
  readonly operation: string | null;
  readonly reference: string | null;
}

/** A wallet as its object's own database has it. */
export interface StoredWallet {
  readonly customer: string;
  readonly entries: readonly LedgerLine[];
  /** Sum of the lots of points. */
  readonly lots: number;
  /** Rows of what tills wrote in their own words. */
  readonly texts: number;
}

/** What D1 says of a customer. */
export interface StoredCustomer {
  readonly id: string;
  readonly number: number;
  /** The projection; null where nothing was published. */
  readonly points: number | null;
  readonly seq: number | null;
  readonly status: string;
}

/** A row of the feed. */
export interface StoredEvent {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly customer_id: string | null;
  readonly sequence: number | null;
  readonly data: string;
}

export interface StoredVoucher {
  readonly id: string;
  readonly code: string;
  readonly status: string;
  readonly redeemed_by: string | null;
  readonly redeem_reference: string | null;
}

/** The databases of a stopped service, read as they lie there. */
export interface StoredState {
  readonly wallets: ReadonlyMap<string, StoredWallet>;
  readonly customers: readonly StoredCustomer[];
  readonly events: readonly StoredEvent[];
  readonly vouchers: readonly StoredVoucher[];
}

/** Reads what belongs to one merchant. */
export function readState(state: string, slug: string): StoredState {
  const [directory] = databasesBelow(registryFolder(state)).filter((path) =>
    hasTable(path, "merchants"),
  );
  if (directory === undefined) throw new Error("there is no registry in the state folder");
  const db = new DatabaseSync(directory, { readOnly: true });
  const own = "merchant_id = (SELECT id FROM merchants WHERE slug = ?)";
  const rows = <T>(query: string): T[] => db.prepare(query).all(slug) as T[];
  const customers = rows<StoredCustomer>(
    `SELECT c.id, c.number, c.status, w.points, w.seq FROM customers c
     LEFT JOIN wallets w ON w.customer_id = c.id WHERE c.${own} ORDER BY c.number`,
  );
  const events = rows<StoredEvent>(
    `SELECT seq, id, type, customer_id, sequence, data FROM events WHERE ${own} ORDER BY seq`,
  );
  const vouchers = rows<StoredVoucher>(
    `SELECT id, code, status, redeemed_by, redeem_reference FROM vouchers WHERE ${own}`,
  );
  const waiting = rows<WaitingOpening>(
    `SELECT customer_id AS customer, bookings FROM openings WHERE ${own}`,
  );
  db.close();
  const wallets = databasesBelow(join(state, "v3/do"))
    .filter((path) => hasTable(path, "lots"))
    .flatMap((path) => readWallet(path));
  const byCustomer = new Map(wallets.map((wallet) => [wallet.customer, wallet]));
  if (byCustomer.size !== wallets.length) throw new Error("a customer has two wallets");
  for (const opening of waiting) {
    if (!byCustomer.has(opening.customer)) byCustomer.set(opening.customer, walletToBe(opening));
  }
  return { wallets: byCustomer, customers, events, vouchers };
}

/** What a wallet will store with the first write that is kept. */
interface WaitingOpening {
  readonly customer: string;
  readonly bookings: string;
}

function walletToBe({ customer, bookings }: WaitingOpening): StoredWallet {
  const kept = JSON.parse(bookings) as readonly KeptBooking[];
  const entries = kept.flatMap(({ reference, decision }) =>
    decision.entries.map(({ seq, kind, unit, amount, after, receipt }) => ({
      ...{ seq, kind, unit, amount },
      balance: after.holdings[unit]?.balance ?? 0,
      operation: receipt === null ? null : reference.operation,
      reference: receipt === null ? null : reference.key,
    })),
  );
  const points = entries.filter(({ unit }) => unit === "point");
  const lots = points.reduce((sum, { amount }) => sum + amount, 0);
  return { customer, entries, lots, texts: 0 };
}

function readWallet(path: string): StoredWallet[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const [owner] = db.prepare("SELECT customer FROM owner").all() as { customer: string }[];
  const entries = db
    .prepare(
      `SELECT seq, kind, unit, amount, balance, operation, reference FROM entries ORDER BY seq`,
    )
    .all() as unknown as LedgerLine[];
  const [lots] = db
    .prepare("SELECT COALESCE(SUM(amount), 0) AS sum FROM lots WHERE unit = 'point'")
    .all() as { sum: number }[];
  const [texts] = db.prepare("SELECT COUNT(*) AS n FROM texts").all() as { n: number }[];
  db.close();
  if (owner === undefined) return [];
  const sums = { lots: lots?.sum ?? 0, texts: texts?.n ?? 0 };
  return [{ customer: owner.customer, entries, ...sums }];
}

/** Where the registry's database lies. */
export function registryFolder(state: string): string {
  return join(state, "v3/d1");
}

/** Has an endpoint's object take nothing more, in a stopped service; answers how to mend it. */
export function breakEndpoint(state: string, endpoint: string): () => void {
  const paths = databasesBelow(join(state, "v3/do")).filter((path) => isOf(path, endpoint));
  if (paths.length === 0) throw new Error("the endpoint has no object");
  const onEach = (query: string) => {
    for (const path of paths) {
      const db = new DatabaseSync(path);
      db.exec(query);
      db.close();
    }
  };
  const abort = "BEGIN SELECT RAISE(ABORT, 'the object is down'); END";
  onEach(`CREATE TRIGGER down BEFORE INSERT ON deliveries ${abort}`);
  return () => onEach("DROP TRIGGER down");
}

function isOf(path: string, endpoint: string): boolean {
  if (!hasTable(path, "deliveries")) return false;
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare("SELECT config FROM endpoint").all() as { config: string }[];
  db.close();
  return rows.some(({ config }) => config.includes(endpoint));
}

function databasesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile() && item.name.endsWith(".sqlite"))
    .map((item) => join(item.parentPath, item.name));
}

function hasTable(path: string, table: string): boolean {
  const db = new DatabaseSync(path, { readOnly: true });
  const found = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").all(table).length > 0;
  db.close();
  return found;
}
