const ranges = [
  { name: "minute", last: 59 },
  { name: "hour", last: 23 },
] as const;

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
    const [, from, to, step = "1"] = match;
    const start = Number(from ?? 0);
    const end = from === undefined ? last : Number(to ?? from);
    if (start > end || end > last || Number(step) === 0) {
      throw new Error(`the cron ${name} "${field}" is out of range`);
    }
    for (let value = start; value <= end; value += Number(step)) {
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
  const waitForMinute = () => {
    timer = setTimeout(tick, 60_000 - (Date.now() % 60_000));
  };
  const tick = () => {
    const at = new Date();
    for (const { cron, isDue } of triggers) {
      if (isDue(at)) {
        fire(cron, at).catch((error) => process.stderr.write(`cron ${cron}: ${error}\n`));
      }
    }
    waitForMinute();
  };
  waitForMinute();
  return () => clearTimeout(timer);
}
