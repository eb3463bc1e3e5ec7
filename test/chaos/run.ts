import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Clientele, createClientele } from "../bench/clientele.ts";
import { callNative } from "../bench/native.ts";
import { publishingDone } from "../bench/publishing.ts";
import { openReceiver, type Receiver } from "../bench/receiver.ts";
import { tillOf } from "../bench/till.ts";
import { runClient, type Traffic } from "./clients.ts";
import type { Prizes } from "./commands.ts";
import { type Random, randomOf } from "./random.ts";
import { type Service, startService } from "./service.ts";
import { readState } from "./state.ts";
import { differences } from "./verify.ts";

interface Plan {
  readonly seed: number;
  readonly kills: number;
  readonly customers: number;
  readonly clients: number;
  readonly vouchers: number;
  /** How long the service mostly lives between two kills; at most twice as long. */
  readonly lifeMs: number;
  readonly state: string;
}

const OPENING_POINTS = 100;
const DELIVERY_DEADLINE_MS = 120_000;
const SHOWN = 20;
const SOON_MS = 400;
/** Local time of a purchase whose points have expired. */
const LONG_AGO = "15-01-2024 12:00:00";
/** Number of the entry that it earned: behind the opening balance and the bill. */
const EARNED_LATE = 3;

function readPlan(): Plan {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      seed: { type: "string" },
      kills: { type: "string" },
      state: { type: "string", default: tmpdir() },
    },
  });
  const { quick, state } = values;
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const kills = Number(values.kills ?? (quick ? 3 : 10));
  if (!Number.isInteger(seed) || !Number.isInteger(kills) || kills < 0) {
    throw new Error("--seed and --kills must be whole numbers");
  }
  const size = quick
    ? { customers: 60, clients: 8, vouchers: 40, lifeMs: 1_200 }
    : { customers: 300, clients: 16, vouchers: 200, lifeMs: 2_500 };
  return { seed, kills, state, ...size };
}

/** Kills at moments that the seed chooses, some soon after the last, while work is taken up. */
async function killAtRandom(service: Service, plan: Plan, random: Random): Promise<void> {
  for (let kill = 1; kill <= plan.kills; kill += 1) {
    const soon = random.below(4) === 0;
    await sleep(soon ? random.below(SOON_MS) : plan.lifeMs + random.below(plan.lifeMs));
    await service.kill();
    process.stderr.write(`killed ${kill} of ${plan.kills}\n`);
  }
  await sleep(plan.lifeMs);
}

async function hookUp(url: string, clientele: Clientele, receiver: Receiver): Promise<void> {
  const made = await callNative<{ secret: string }>(url, clientele.slug, "/webhook_endpoints", {
    url: receiver.url,
    event_types: ["*"],
  });
  receiver.expect(made.secret);
}

/** Publishing and delivering go on by themselves; what never comes is found by the comparison. */
async function settle(url: string, slug: string, receiver: Receiver): Promise<void> {
  const deadline = Date.now() + DELIVERY_DEADLINE_MS;
  for (;;) {
    const last = await publishingDone(url, slug);
    const seen = new Set(receiver.deliveries.map(({ id }) => id)).size;
    if (seen >= last || Date.now() > deadline) return;
  }
}

/**
 * Gives some customers points for purchases so long ago that they expire as they come: a till that
 * was offline tells of them, and they are reversed under load.
 */
async function earnLongAgo(url: string, clientele: Clientele): Promise<Prizes["expired"]> {
  const till = tillOf(clientele);
  const customers = Array.from({ length: Math.ceil(clientele.size / 3) }, (_, i) => i);
  for (const customer of customers) {
    const { method, path, headers, body } = till.giveLate(customer, "25.00", LONG_AGO);
    const answer = await fetch(url + path, { method, headers, body });
    if (!answer.ok) throw new Error(`no points were given: ${await answer.text()}`);
  }
  return customers.map((customer) => ({
    customer,
    transaction: `TXN_${clientele.numberOf(customer)}${EARNED_LATE}1`,
  }));
}

async function tellBalances(
  url: string,
  clientele: Clientele,
): Promise<ReadonlyMap<number, number>> {
  const till = tillOf(clientele);
  const told = new Map<number, number>();
  for (let customer = 0; customer < clientele.size; customer += 1) {
    const { path, headers } = till.balance(customer);
    const answer = await fetch(url + path, { headers });
    const body = (await answer.json()) as { readonly balance?: number };
    told.set(clientele.numberOf(customer), body.balance ?? Number.NaN);
  }
  return told;
}

async function run(plan: Plan, state: string): Promise<readonly string[]> {
  const { customers, vouchers, seed } = plan;
  const random = randomOf(seed);
  const receiver = await openReceiver();
  const service = await startService(state);
  const { url } = service;
  try {
    const started = Date.now();
    const clientele = await createClientele(url, customers, {
      vouchers,
      opening: OPENING_POINTS,
      prepare: (made) => hookUp(url, made, receiver),
    });
    const { slug, vouchers: codes } = clientele;
    const expired = await earnLongAgo(url, clientele);
    const traffic: Traffic = {
      url,
      till: tillOf(clientele),
      customers,
      prizes: { vouchers: codes, expired },
      records: [],
      tally: { requests: 0, repeats: 0, unanswered: 0 },
      contradictions: [],
      over: false,
    };
    const clients = Array.from({ length: plan.clients }, (_, i) =>
      runClient(traffic, randomOf(seed + 1 + i), `c${String(i).padStart(2, "0")}`),
    );
    await Promise.race([killAtRandom(service, plan, random), Promise.all(clients)]);
    traffic.over = true;
    await Promise.all(clients);
    await settle(url, slug, receiver);
    const told = await tellBalances(url, clientele);
    await service.stop();
    const stored = readState(state, slug);
    printCounts(plan, traffic, receiver, stored.events.length, Date.now() - started);
    return [
      ...traffic.contradictions,
      ...receiver.forged.map((body) => `a delivery was not signed: ${body}`),
      ...differences({
        records: traffic.records,
        state: stored,
        deliveries: receiver.deliveries,
        told,
        firstNumber: clientele.numberOf(0),
        opening: OPENING_POINTS,
      }),
    ];
  } finally {
    await service.stop().catch(() => undefined);
    await receiver.close();
  }
}

function printCounts(
  plan: Plan,
  { records, tally }: Traffic,
  { deliveries }: Receiver,
  events: number,
  milliseconds: number,
): void {
  const count = (kept: (record: Traffic["records"][number]) => boolean): number =>
    records.filter(kept).length;
  const lines = [
    ["kills", plan.kills],
    ["customers", plan.customers],
    ["commands", records.length],
    ["acknowledged", count(({ acknowledged }) => acknowledged !== null)],
    ["refused", count(({ refused }) => refused !== null)],
    ["requests", tally.requests],
    ["unanswered", tally.unanswered],
    ["repeats", tally.repeats],
    ["events", events],
    ["deliveries", deliveries.length],
    ["seconds", Math.round(milliseconds / 1_000)],
  ] as const;
  process.stdout.write(lines.map(([name, value]) => `${name.padEnd(14)}${value}\n`).join(""));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const plan = readPlan();
process.stdout.write(`seed ${plan.seed}\n`);
const folder = await mkdtemp(join(plan.state, "guerdon-chaos-"));
const found = await run(plan, folder);
if (found.length === 0) {
  process.stdout.write("everything that was promised is there, once\n");
  await rm(folder, { recursive: true });
} else {
  const shown = found.slice(0, SHOWN).map((line) => `  ${line}\n`);
  const title = `${found.length} differences with the seed ${plan.seed}; the state is in ${folder}`;
  process.stderr.write(`${title}\n${shown.join("")}`);
  process.exitCode = 1;
}
