import { callNative } from "./native.ts";

/** The feed stands still for so long before it counts as caught up; well beyond the delays. */
export const STILL_MS = 700;
const POLL_MS = 100;

/** Resolves when nothing was added to a merchant's feed for a while; answers its last number. */
export async function publishingDone(url: string, slug: string): Promise<number> {
  let last = -1;
  for (let still = 0; still < STILL_MS; still += POLL_MS) {
    const feed = await callNative<{ data: readonly { seq: number }[] }>(
      url,
      slug,
      "/events?limit=1",
    );
    const seq = feed.data[0]?.seq ?? 0;
    if (seq !== last) still = 0;
    last = seq;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return last;
}
