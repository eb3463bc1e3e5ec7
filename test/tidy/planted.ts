import type { Bug } from "../planted/bugs.ts";
import { type Finding, finding, type TextFile } from "./source.ts";

/** The list of planted bugs must not become untrue when what it names is changed. */
export function plantedFindings(bug: Bug, read: (path: string) => TextFile): Finding[] {
  const countOf = (path: string, text: string) => read(path).text.split(text).length - 1;
  const found = [];
  const places = countOf(bug.file, bug.from);
  if (places !== 1) found.push(finding(bug.file, 1, `holds ${places} places to plant ${bug.name}`));
  const tests = countOf(bug.test, JSON.stringify(bug.title));
  if (tests !== 1) found.push(finding(bug.test, 1, `holds ${tests} tests named "${bug.title}"`));
  return found;
}

/** The rows of the first table in a document. */
export function firstTable({ text }: TextFile): string[] {
  const [table = ""] = /^\|(?:.*\n\|)*.*/m.exec(text) ?? [];
  return table.split("\n").slice(2);
}

/** A bug's row in the table of test/README.md. */
export function plantedRow({ name, effect, test, title }: Bug): string {
  return `| \`${name}\` | ${effect} | \`${test}\`: ${title} |`;
}
