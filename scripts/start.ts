import { once } from "node:events";
import { createServer } from "node:net";
import { loadDemo } from "./demo/load.ts";
import { demoVendors } from "./demo/vendors.ts";
import { welcome } from "./demo/welcome.ts";
import { localAdminToken } from "./local-settings.ts";
import { type Runtime, startRuntime } from "./runtime.ts";

const stopDeadline = 4000;

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new Error(`PORT must be a number from 0 to 65535, not "${text}"`);
  }
  return port;
}

/** Asked before anything is built, so that the answer comes at once. */
async function refuseUsedPort(port: number): Promise<void> {
  const probe = createServer();
  try {
    probe.listen(port, "127.0.0.1");
    await once(probe, "listening");
  } catch (error) {
    throw new Error(`cannot listen on port ${port}: ${reason(error)}; set PORT to another`);
  }
  probe.close();
  await once(probe, "close");
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return "code" in error && error.code === "EADDRINUSE" ? "it is in use" : error.message;
}

async function start(signal: AbortSignal): Promise<Runtime> {
  const port = readPort(process.env.PORT ?? "8787");
  await refuseUsedPort(port);
  const state = process.env.GUERDON_STATE ?? ".wrangler/state";
  const runtime = await startRuntime({ port, state, signal });
  try {
    await loadDemo(demoVendors, runtime.url, signal);
  } catch (error) {
    await runtime.stop();
    throw error;
  }
  process.stdout.write(`ready ${runtime.url}\n\n`);
  process.stdout.write(welcome(demoVendors, runtime.url, localAdminToken, new Date()));
  return runtime;
}

async function main(): Promise<number> {
  const stopping = new AbortController();
  const stopped = once(stopping.signal, "abort");
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      stopping.abort();
      setTimeout(() => process.exit(0), stopDeadline).unref();
    });
  }
  try {
    const runtime = await start(stopping.signal);
    await stopped;
    await runtime.stop();
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) {
      return 0;
    }
    process.stderr.write(`${reason(error)}\n`);
    return 1;
  }
}

process.exitCode = await main();
