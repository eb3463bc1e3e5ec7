import { localAdminToken } from "../../scripts/local-settings.ts";
import type { Clientele } from "../bench/clientele.ts";
import { callNative } from "../bench/native.ts";
import type { Traffic } from "./clients.ts";

const PAUSE_MS = 60;
const TIMEOUT_MS = 5_000;
const PAGE = 100;

/** One in so many customers is erased while tills go on selling to them. */
const SHARE = 10;

/** The first of the customers, counted from 0, who will be erased: so will all behind. */
export function firstErased(customers: number): number {
  return customers - Math.floor(customers / SHARE);
}

/** `cus_` ids of the customers who will be erased. */
export async function doomedOf(
  url: string,
  { slug, size, numberOf }: Clientele,
): Promise<readonly string[]> {
  const first = numberOf(firstErased(size));
  const ids: string[] = [];
  for (let cursor = ""; ; ) {
    const page = await callNative<{
      readonly data: readonly { readonly id: string; readonly number: number }[];
      readonly next_cursor: string | null;
    }>(url, slug, `/customers?limit=${PAGE}${cursor === "" ? "" : `&cursor=${cursor}`}`);
    ids.push(...page.data.filter(({ number }) => number >= first).map(({ id }) => id));
    if (page.next_cursor === null) return ids;
    cursor = page.next_cursor;
  }
}

/** Erases one after the other under the tills' traffic, each again until it is told to be gone. */
export async function eraseWhile(traffic: Traffic, doomed: readonly string[]): Promise<void> {
  for (const id of doomed) {
    while (!(await isErased(traffic, id))) await pause();
    await pause();
  }
}

async function isErased({ url, slug }: Traffic, id: string): Promise<boolean> {
  const headers = { Authorization: `Bearer ${localAdminToken}`, "Guerdon-Merchant": slug };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const path = `${url}/loyalty/v1/customers/${id}`;
    const answer = await fetch(path, { method: "DELETE", headers, signal });
    await answer.text();
    return answer.ok || answer.status === 410;
  } catch {
    return false;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
