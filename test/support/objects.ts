import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";

const NAMESPACES = ["WALLETS", "OTPS", "PROJECTORS", "SWEEPERS", "ENDPOINTS", "LIMITS"] as const;

/** A namespace of Durable Objects, by the name of its binding. */
export type Namespace = (typeof NAMESPACES)[number];

/** Ids of objects of earlier files. A reset empties them, but the runtime lists them for good. */
const left = new Set<string>();

/** Counts every object that there is to what earlier files left. */
export async function leaveObjects(): Promise<void> {
  for (const name of NAMESPACES) {
    for (const id of await listDurableObjectIds(env[name] as DurableObjectNamespace)) {
      left.add(String(id));
    }
  }
}

/** The objects that this file of tests brought into being. */
export async function objectIds(name: Namespace): Promise<DurableObjectId[]> {
  const ids = await listDurableObjectIds(env[name] as DurableObjectNamespace);
  return ids.filter((id) => !left.has(String(id)));
}
