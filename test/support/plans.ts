import { env } from "cloudflare:workers";
import { SQLiteD1Session } from "drizzle-orm/d1";
import type { PlanException } from "./plan-exceptions.ts";
import { EXCEPTIONS, OWN_OF_TESTS } from "./plan-exceptions.ts";

/** Tables that a merchant has few rows of, since people make them: only others' are no concern. */
const FEW = new Set([
  "customer_blocks",
  "customer_types",
  "feeds",
  "invoice_blocks",
  "membership_programs",
  "merchants",
  "patrols",
  "programs",
  "rebuilds",
  "sites",
  "sweeps",
  "voucher_series",
  "webhook_endpoints",
]);

/** Columns in which any number of rows are alike: who looks by them alone goes through many. */
const SHARED = new Set([
  "merchant_id",
  "kind",
  "tier",
  "status",
  "site_id",
  "dialect",
  "block",
  "start",
  "updated_at",
]);

/** What of drizzle's session words and prepares a statement. */
interface Session {
  prepareQuery(query: { readonly sql: string }, ...more: never[]): unknown;
}

const issued = new Set<string>();
let isWatching = false;
const explained = new Set<string>();
const needed = new Set<PlanException>();

/** Keeps every statement that the registry prepares from now on, whatever issues it. */
export function watchStatements(): void {
  const { prototype } = SQLiteD1Session as unknown as { readonly prototype: Session };
  const { prepareQuery } = prototype;
  // Files share a runtime.
  if (isWatching) return;
  isWatching = true;
  prototype.prepareQuery = function (query, ...more) {
    issued.add(query.sql);
    return prepareQuery.call(this, query, ...more);
  };
}

/** What is wrong with how SQLite goes about the statements that the registry issued so far. */
export async function planFindings(): Promise<string[]> {
  const fresh = [...issued].filter((statement) => !explained.has(statement));
  issued.clear();
  const tables = await tablesOfIndexes();
  const findings: string[] = [];
  for (const statement of fresh) {
    const plan = await explain(statement);
    const faults = faultsOf(plan, tables).filter((fault) => !isExcepted(statement, fault));
    explained.add(statement);
    if (faults.length > 0) findings.push(`${statement}\n  ${faults.join("\n  ")}`);
  }
  return findings;
}

async function explain(statement: string): Promise<string[]> {
  const values = Array.from(statement.matchAll(/\?/g), () => "[]");
  const explaining = env.DB.prepare(`EXPLAIN QUERY PLAN ${statement}`).bind(...values);
  return (await explaining.all<{ detail: string }>()).results.map(({ detail }) => detail);
}

async function tablesOfIndexes(): Promise<ReadonlyMap<string, string>> {
  const query = "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index'";
  const { results } = await env.DB.prepare(query).all<{ name: string; tbl_name: string }>();
  return new Map(results.map(({ name, tbl_name: table }) => [name, table]));
}

/** The steps of a plan that go through more and more as the tables grow. */
function faultsOf(plan: readonly string[], tables: ReadonlyMap<string, string>): string[] {
  const made = plan.flatMap((step) => step.match(/^(?:CO-ROUTINE|MATERIALIZE) (\S+)/)?.[1] ?? []);
  return plan.filter((step) => {
    const [, scanned] = step.match(/^SCAN (\S+)/) ?? [];
    if (scanned !== undefined) {
      return !(
        /VIRTUAL TABLE|CONSTANT ROW|-ROW VALUES|^SCAN \(/.test(step) || made.includes(scanned)
      );
    }
    if (step.startsWith("USE TEMP B-TREE")) return true;
    const [, named, index, terms] =
      step.match(/^SEARCH (\S+) USING (?:(?:COVERING )?INDEX (\S+)|PRIMARY KEY) \((.*)\)$/) ?? [];
    if (terms === undefined) return false;
    const table = (index === undefined ? undefined : tables.get(index)) ?? named ?? "";
    const columns = terms.match(/\w+(?=[=<>])/g) ?? [];
    return columns.every((column) => SHARED.has(column)) && !FEW.has(table);
  });
}

function isExcepted(statement: string, fault: string): boolean {
  const text = statement.replace(/\s+/g, " ");
  const found = EXCEPTIONS.find(
    ({ of, steps }) => text.includes(of) && steps.some((step) => fault.includes(step)),
  );
  if (found !== undefined) needed.add(found);
  return found !== undefined || OWN_OF_TESTS.some((own) => text.startsWith(own));
}

/** The exceptions that no statement needed so far. */
export function idleExceptions(): readonly PlanException[] {
  return EXCEPTIONS.filter((exception) => !needed.has(exception));
}
