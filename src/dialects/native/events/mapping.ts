import type * as z from "zod";
import { eventBody } from "../../../core/events/body.ts";
import type { FeedPart } from "../../../services/events/events.ts";
import type { RebuildRow } from "../../../services/events/projection.ts";
import { optionalTimeText, timeText } from "../mapping.ts";
import type { feedAnswer, rebuildAnswer } from "./answers.ts";
import type { feedSchema } from "./schemas.ts";

type FeedBody = z.input<typeof feedAnswer>;

/** The rows were read with one to spare. */
export function feedBody(
  { limit, after_seq: after }: z.output<typeof feedSchema>,
  { rows, reached }: FeedPart,
  livemode: boolean,
): FeedBody {
  const shown = rows.slice(0, limit);
  const data = shown.map((row): FeedBody["data"][number] => ({
    object: "event",
    seq: row.seq,
    ...eventBody(row, livemode),
  }));
  const last = reached ?? shown.at(-1)?.seq;
  const hasMore = rows.length > limit || reached !== null;
  const next = after === undefined ? { next_cursor: hasMore ? String(last) : null } : {};
  const tail = after === undefined ? {} : { next_after_seq: last ?? after };
  return { object: "list", data, has_more: hasMore, ...next, ...tail };
}

export function rebuildBody(row: RebuildRow): z.input<typeof rebuildAnswer> {
  return {
    object: "projection_rebuild",
    state: row.finishedAt === null ? "running" : "finished",
    customers_done: row.done,
    customers_total: row.total,
    started_at: timeText(row.startedAt),
    finished_at: optionalTimeText(row.finishedAt),
  };
}
