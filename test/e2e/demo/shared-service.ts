import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { commands, freePort, Service } from "../service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Address of the service with the demo data, without trailing slash. */
    readonly demoUrl: string;
  }
}

let running: { readonly service: Service; readonly state: string } | null = null;

/** Starts the service once for all files of the project: a start takes longer than they do. */
export async function setup(project: TestProject): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), "guerdon-state-"));
  const port = await freePort();
  const service = new Service(commands.startScript, { PORT: String(port), GUERDON_STATE: state });
  running = { service, state };
  await service.printed(/^ready /m);
  project.provide("demoUrl", `http://127.0.0.1:${port}`);
}

/** Ends it. */
export async function teardown(): Promise<void> {
  if (running === null) return;
  await running.service.end("SIGTERM");
  await rm(running.state, { recursive: true });
}
