import { Findings } from "../../memory.ts";
import { database } from "../../registry/database.ts";
import { findMerchant } from "../../registry/merchants/merchants.ts";

/** How long an isolate answers from what it knows of a slug. */
const KNOWN_MS = 30_000;
/** Unknown slugs are forgotten sooner: a merchant that was just made should be found. */
const UNKNOWN_MS = 2_000;
const MAX_CACHED = 5_000;
/** Characters of the longest slug. */
const MAX_SLUG = 63;

const known = new Findings<string>(MAX_CACHED);

/**
 * The id of the merchant with that slug (lower case), from the isolate's memory if it can; null
 * when there is none.
 */
export async function recallMerchantId(
  env: Env,
  slug: string,
  now: number,
): Promise<string | null> {
  if (slug === "" || slug.length > MAX_SLUG) return null;
  const recalled = known.recall(slug, now);
  if (recalled !== undefined) return recalled;
  const row = await findMerchant(database(env, "directory"), { slug });
  const id = row?.id ?? null;
  return known.remember(slug, id, now + (id === null ? UNKNOWN_MS : KNOWN_MS));
}
