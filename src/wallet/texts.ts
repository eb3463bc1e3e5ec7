import { createHash } from "node:crypto";
import { hex } from "../core/digest.ts";
import type { Entry, Remarks } from "../core/ledger/entries.ts";

/**
 * What a till wrote in its own words. It may tell of a person, so it stands beside the entries,
 * which are for ever, in rows that an erasure deletes.
 */
export type Texts = Pick<Remarks, "description" | "extra">;

/** Where the texts of an entry are, and what they were. */
export interface TextsPlace {
  /** Number of the row in `texts`: that of the first entry of the command that says the same. */
  readonly seq: number;
  /**
   * SHA-256 of the row's salt and texts, lower-case hex: it proves them while they are there, and
   * once the salt is gone it tells nothing, however short they were. Null for an entry from before.
   */
  readonly digest: string | null;
}

const SALT_BYTES = 16;

/** What of the remarks an entry keeps itself. */
export function withoutTexts({ description: _description, extra: _extra, ...kept }: Remarks) {
  return kept satisfies Remarks;
}

/** The remarks of an entry with its texts, as the row of `texts` has them; null: there are none. */
export function withTexts(kept: Remarks, told: string | null): Remarks {
  if (told === null) return kept;
  const { description, extra }: { readonly [K in keyof Texts]: Texts[K] | null } = JSON.parse(told);
  const own = description == null ? {} : { description };
  return { ...own, ...kept, ...(extra == null ? {} : { extra }) };
}

/** The digest of a row of `texts`; see {@link TextsPlace}. */
export function digestOf(salt: string, told: string): string {
  return createHash("sha256").update(salt).update(told).digest("hex");
}

/** Keeps the texts of a command's entries, each only once; the place of those of an entry. */
export function textsKeeper(sql: SqlStorage): (entry: Entry) => TextsPlace | null {
  const kept = new Map<string, TextsPlace>();
  return ({ seq, remarks: { description, extra } }) => {
    if (description === undefined && extra === undefined) return null;
    const told = JSON.stringify({ description, extra } satisfies { [K in keyof Texts]-?: unknown });
    const known = kept.get(told);
    if (known !== undefined) return known;
    const salt = hex(crypto.getRandomValues(new Uint8Array(SALT_BYTES)).buffer);
    sql.exec("INSERT INTO texts (seq, salt, texts) VALUES (?, ?, ?)", seq, salt, told);
    const place = { seq, digest: digestOf(salt, told) };
    kept.set(told, place);
    return place;
  };
}

/** Deletes all that tills wrote. The entries stay, without it. */
export function eraseTexts(sql: SqlStorage): void {
  sql.exec("DELETE FROM texts");
}
