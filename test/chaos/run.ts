import { cp, mkdtemp, rm } from "node:fs/promises";
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
import { doomedOf, eraseWhile } from "./erasures.ts";
import { type Random, randomOf } from "./random.ts";
import { type Service, startService } from "./service.ts";
import { breakEndpoint, readState, registryFolder } from "./state.ts";
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
const POLL_MS = 100;
/** More than there are clients, so that no two share their choices. */
const CLIENTS = 100;

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

/** Makes an endpoint whose object is there; answers its id. */
async function hookUp(url: string, slug: string, receiver: Receiver): Promise<string> {
  const made = await callNative<{ id: string; secret: string }>(url, slug, "/webhook_endpoints", {
    url: receiver.url,
    event_types: ["*"],
  });
  receiver.expect(made.secret);
  return made.id;
}

/** Publishing and delivering go on by themselves; what never comes is found by the comparison. */
async function settle(url: string, slug: string, receivers: readonly Receiver[]): Promise<void> {
  const deadline = Date.now() + DELIVERY_DEADLINE_MS;
  const seen = ({ deliveries }: Receiver) => new Set(deliveries.map(({ id }) => id)).size;
  for (;;) {
    const last = await publishingDone(url, slug);
    if (receivers.every((one) => seen(one) >= last) || Date.now() > deadline) return;
  }
}

/**
 * Lets tills go on for a while after a backup of the registry, and goes back to that backup: what
 * the wallets booked meanwhile is theirs, and a rebuild tells it again. `mend` runs beside.
 */
async function restoreDatabase(
  service: Service,
  state: string,
  goOn: () => Promise<void>,
  mend: () => void,
): Promise<void> {
  const folder = registryFolder(state);
  const backup = `${folder}-backup`;
  await service.pause(() => cp(folder, backup, { recursive: true }));
  await goOn();
  await service.pause(async () => {
    await rm(folder, { recursive: true });
    await cp(backup, folder, { recursive: true });
    await rm(backup, { recursive: true });
    mend();
  });
}

async function rebuild(url: string, slug: string): Promise<void> {
  const path = "/projection/rebuild";
  await callNative(url, slug, path, {});
  for (;;) {
    const { state } = await callNative<{ state: string }>(url, slug, path);
    if (state === "finished") return;
    await sleep(POLL_MS);
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
    if (answer.status !== 404) told.set(clientele.numberOf(customer), body.balance ?? Number.NaN);
  }
  return told;
}

/** The clients at work until `over`, each with commands of its own. */
async function trade(
  traffic: Traffic,
  plan: Plan,
  letter: string,
  until: Promise<void>,
): Promise<void> {
  traffic.over = false;
  const clients = Array.from({ length: plan.clients }, (_, i) => {
    const name = `${letter}${String(i).padStart(2, "0")}`;
    return runClient(traffic, randomOf(plan.seed + letter.charCodeAt(0) * CLIENTS + i), name);
  });
  await Promise.race([until, Promise.all(clients)]);
  traffic.over = true;
  await Promise.all(clients);
}

/** What there is to disturb. */
interface Stage {
  readonly traffic: Traffic;
  /** Whose object is down. */
  readonly endpoint: string;
  /** Customers who are erased meanwhile. */
  readonly doomed: readonly string[];
}

/**
 * Tills at work while the service is killed, one endpoint's object is down and customers are
 * erased; then more of them,
 * whose traces in the registry are lost with it; the object is mended, and a rebuild.
 */
async function disturb(
  service: Service,
  plan: Plan,
  state: string,
  { traffic, endpoint, doomed }: Stage,
): Promise<void> {
  let mend = () => {};
  await service.pause(() => {
    mend = breakEndpoint(state, endpoint);
  });
  await Promise.all([
    trade(traffic, plan, "c", killAtRandom(service, plan, randomOf(plan.seed))),
    eraseWhile(traffic, doomed),
  ]);
  // What is D1's own would be lost with it, and nobody has promised otherwise.
  const onlyWallets = { ...traffic, prizes: { ...traffic.prizes, vouchers: [] } };
  const goOn = () => trade(onlyWallets, plan, "d", sleep(plan.lifeMs).then(service.kill));
  await restoreDatabase(service, state, goOn, mend);
  await rebuild(service.url, traffic.slug);
}

async function run(plan: Plan, state: string): Promise<readonly string[]> {
  const { customers, vouchers } = plan;
  const receivers = [await openReceiver(), await openReceiver()] as const;
  const service = await startService(state);
  const { url } = service;
  try {
    const started = Date.now();
    const endpoints: string[] = [];
    const clientele = await createClientele(url, customers, {
      vouchers,
      opening: OPENING_POINTS,
      prepare: async ({ slug }) => {
        for (const receiver of receivers) endpoints.push(await hookUp(url, slug, receiver));
      },
    });
    const { slug, vouchers: codes } = clientele;
    const expired = await earnLongAgo(url, clientele);
    const traffic: Traffic = {
      url,
      slug,
      till: tillOf(clientele),
      customers,
      prizes: { vouchers: codes, expired },
      records: [],
      tally: { requests: 0, repeats: 0, unanswered: 0 },
      contradictions: [],
      over: false,
    };
    await settle(url, slug, receivers);
    const doomed = await doomedOf(url, clientele);
    await disturb(service, plan, state, { traffic, endpoint: endpoints[1] ?? "", doomed });
    await settle(url, slug, receivers);
    const told = await tellBalances(url, clientele);
    await service.stop();
    const stored = readState(state, slug);
    printCounts(plan, traffic, receivers, stored.events.length, Date.now() - started);
    const forged = receivers.flatMap((receiver) => receiver.forged);
    return [
      ...traffic.contradictions,
      ...forged.map((body) => `a delivery was not signed: ${body}`),
      ...differences({
        records: traffic.records,
        state: stored,
        deliveries: receivers.map(({ deliveries }) => deliveries),
        told,
        firstNumber: clientele.numberOf(0),
        opening: OPENING_POINTS,
      }),
    ];
  } finally {
    await service.stop().catch(() => undefined);
    for (const receiver of receivers) await receiver.close();
  }
}

function printCounts(
  plan: Plan,
  { records, tally }: Traffic,
  receivers: readonly Receiver[],
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
    ["deliveries", receivers.reduce((sum, { deliveries }) => sum + deliveries.length, 0)],
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
