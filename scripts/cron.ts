const ranges = [
  { name: "minute", last: 59 },
  { name: "hour", last: 23 },
] as const;

const minuteMs = 60_000;

/**
 * Tells when a cron trigger is due. The local runtime never fires triggers by itself.
 * Covers what a sweep needs, minutes and hours in UTC; anything else is refused, not ignored.
 */
export function parseCron(expression: string): (at: Date) => boolean {
  const [minute = "", hour = "", ...days] = expression.trim().split(/\s+/);
  if (days.length !== 3 || days.some((field) => field !== "*")) {
    throw new Error(`the local runtime knows no day fields in the cron "${expression}"`);
  }
  const [minutes, hours] = [parseField(minute, 0), parseField(hour, 1)];
  return (at) => minutes.has(at.getUTCMinutes()) && hours.has(at.getUTCHours());
}

function parseField(field: string, position: 0 | 1): Set<number> {
  const { name, last } = ranges[position];
  const due = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) {
      throw new Error(`the local runtime cannot read the cron ${name} "${field}"`);
    }
    const [, from, to, step] = match;
    const isOne = from !== undefined && step === undefined;
    const start = Number(from ?? 0);
    const end = Number(to ?? (isOne ? from : last));
    if (start > end || end > last || step === "0") {
      throw new Error(`the cron ${name} "${field}" is out of range`);
    }
    for (let value = start; value <= end; value += Number(step ?? 1)) {
      due.add(value);
    }
  }
  return due;
}

/** Calls `fire` for every cron that is due, at the beginning of each minute, until stopped. */
export function runCrons(
  crons: readonly string[],
  fire: (cron: string, at: Date) => Promise<void>,
): () => void {
  const triggers = crons.map((cron) => ({ cron, isDue: parseCron(cron) }));
  if (triggers.length === 0) {
    return () => {};
  }
  let timer: NodeJS.Timeout;
  const waitAfter = (last: number) => {
    // A timer may fire a moment early; the minute it fired for is not due again.
    const minute = Math.max(last, Math.floor(Date.now() / minuteMs)) + 1;
    timer = setTimeout(tick, minute * minuteMs - Date.now(), minute);
  };
  const tick = (minute: number) => {
    const at = new Date(minute * minuteMs);
    for (const { cron } of triggers.filter(({ isDue }) => isDue(at))) {
      fire(cron, at).catch((error) => process.stderr.write(`cron ${cron}: ${error}\n`));
    }
    waitAfter(minute);
  };
  waitAfter(0);
  return () => clearTimeout(timer);
}
