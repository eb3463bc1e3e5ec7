import { localAdminToken } from "../../scripts/local-settings.ts";

/** The feed stands still for so long before it counts as caught up; well beyond the delays. */
const STILL_MS = 700;
const POLL_MS = 100;

/** Resolves when nothing was added to a merchant's feed for a while; answers its last number. */
export async function publishingDone(url: string, merchant: { slug: string }): Promise<number> {
  let last = -1;
  for (let still = 0; still < STILL_MS; still += POLL_MS) {
    const seq = await lastSeq(url, merchant.slug);
    if (seq !== last) still = 0;
    last = seq;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return last;
}

async function lastSeq(url: string, slug: string): Promise<number> {
  const answer = await fetch(`${url}/loyalty/v1/events?limit=1`, {
    headers: { Authorization: `Bearer ${localAdminToken}`, "Guerdon-Merchant": slug },
  });
  if (!answer.ok) throw new Error(`the feed was answered with ${answer.status}`);
  const { data } = (await answer.json()) as { data: readonly { seq: number }[] };
  return data[0]?.seq ?? 0;
}
