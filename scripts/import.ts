import { parseArgs } from "node:util";
import { importFile, type Tally } from "./import-file.ts";
import { localAdminToken } from "./local-settings.ts";

const usage = `npm run import -- FILE [--merchant SLUG] [--url URL] [--token TOKEN] [--from LINE]

Sends FILE, one customer a line, and goes on by itself. Called again after it was ended, it goes on
where it was; --from says another line. GUERDON_URL, GUERDON_TOKEN and GUERDON_MERCHANT stand for
the options.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      merchant: { type: "string", default: process.env.GUERDON_MERCHANT },
      url: { type: "string", default: process.env.GUERDON_URL ?? "http://127.0.0.1:8787" },
      token: { type: "string", default: process.env.GUERDON_TOKEN ?? localAdminToken },
      from: { type: "string" },
    },
  });
  const [file, ...others] = positionals;
  const from = Number(values.from ?? 1);
  if (file === undefined || others.length > 0 || !Number.isSafeInteger(from) || from < 1) {
    process.stderr.write(usage);
    return 1;
  }
  const { url, token, merchant } = values;
  const tally = await importFile({
    file,
    url: url.replace(/\/$/, ""),
    token,
    ...(merchant === undefined ? {} : { merchant }),
    ...(values.from === undefined ? {} : { from }),
    progress: printer(),
  });
  process.stdout.write(`${told(tally)}\n`);
  if (tally.failed > 0) process.stdout.write(`those that failed, with why: ${file}.failed\n`);
  return tally.failed > 0 ? 2 : 0;
}

/** Prints once a second at most. */
function printer(): (tally: Tally) => void {
  const start = Date.now();
  let [printed, first] = [0, 0];
  return (tally) => {
    first ||= tally.next;
    if (Date.now() < printed + 1_000) return;
    printed = Date.now();
    const rate = ((tally.next - first) / (printed - start + 1)) * 1_000;
    process.stdout.write(`${told(tally)}; ${rate.toFixed(0)}/s\n`);
  };
}

function told({ next, created, unchanged, failed }: Tally): string {
  return `to line ${next - 1}: ${created} created, ${unchanged} unchanged, ${failed} failed`;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
