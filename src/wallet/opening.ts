import { fromBase64 } from "../core/digest.ts";
import { projectorOf } from "../events/client.ts";
import { migrate } from "./migrator.ts";
import type { Owner } from "./rows.ts";
import { walletWriter } from "./writer.ts";

/**
 * Stores what a wallet without tables opens with, if its customer came with something: the registry
 * keeps it until somebody calls. Whether there was anything. Throws when nobody can tell: taking
 * that for nothing would lose it.
 */
export async function openWallet({ storage, id }: DurableObjectState, env: Env): Promise<boolean> {
  if (id.name === undefined) throw new Error("a wallet without a name was called");
  const owner = ownerOf(id.name);
  const kept = await projectorOf(env, owner.merchant).openingOf(owner.customer);
  if (kept === null) return false;
  storage.transactionSync(() => {
    migrate(storage);
    const writer = walletWriter(storage.sql);
    writer.claim(owner);
    for (const { reference, decision } of kept) writer.store(decision, { reference, guard: null });
  });
  return true;
}

/** Whose wallet an object of that name is: see `walletName`. */
function ownerOf(name: string): Owner {
  const [merchant = "", customer = ""] = name.split("/");
  return { merchant, customer: new TextDecoder().decode(fromBase64(customer)) };
}
