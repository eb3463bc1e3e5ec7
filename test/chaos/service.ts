import { once } from "node:events";
import { createServer } from "node:net";
import { type Runtime, startRuntime } from "../../scripts/runtime.ts";

const POLL_MS = 20;
const DEADLINE_MS = 60_000;

/** The service on a fixed port and a state folder, both of which outlive its process. */
export interface Service {
  readonly url: string;
  /** Ends the process at once, as a crash of it would, and waits for the next one. */
  kill(): Promise<void>;
  /** Stops it, has something done to what it keeps, and starts it again at the same address. */
  pause(work: () => void | Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startService(state: string): Promise<Service> {
  const port = await freePort();
  let runtime = await startRuntime({ port, state });
  return {
    url: runtime.url,
    kill: () => killAndWait(runtime),
    pause: async (work) => {
      await runtime.stop();
      await work();
      runtime = await startRuntime({ port, state, migrated: true });
    },
    stop: () => runtime.stop(),
  };
}

/** The runtime's keeper starts a new process on the same port and state when one has died. */
async function killAndWait(runtime: Runtime): Promise<void> {
  const pid = runtime.workerdPid();
  if (pid === undefined) throw new Error("there is no process to kill");
  process.kill(pid, "SIGKILL");
  const deadline = Date.now() + DEADLINE_MS;
  while (runtime.workerdPid() === pid || !(await isServing(runtime.url))) {
    if (Date.now() > deadline) throw new Error("the service did not come back");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function isServing(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/loyalty/v1/none`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("listens on no port");
  return address.port;
}
