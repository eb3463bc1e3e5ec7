import { fromBase64 } from "../core/digest.ts";
import { requestsOf } from "../core/ledger/opening.ts";
import { projectorOf } from "../events/client.ts";
import { execute } from "./execute.ts";
import { migrate } from "./migrator.ts";
import type { WalletReader } from "./reader.ts";
import type { Owner } from "./rows.ts";
import { walletWriter } from "./writer.ts";

/**
 * Books what a wallet without tables opens with, if its customer came with something: the registry
 * keeps it until somebody calls. Whether there was anything. Throws when nobody can tell: taking
 * that for nothing would lose it.
 */
export async function openWallet(
  { storage, id }: DurableObjectState,
  env: Env,
  reader: WalletReader,
): Promise<boolean> {
  if (id.name === undefined) throw new Error("a wallet without a name was called");
  const owner = ownerOf(id.name);
  const kept = await projectorOf(env, owner.merchant).openingOf(owner.customer);
  if (kept === null) return false;
  storage.transactionSync(() => {
    migrate(storage);
    const writer = walletWriter(storage.sql);
    writer.claim(owner);
    for (const request of requestsOf(kept, kept.program)) {
      const { answer } = execute(reader, writer, request, kept.recordedAt);
      if (!answer.ok) throw new Error(`an opening was refused: ${answer.error.code}`);
    }
  });
  return true;
}

/** Whose wallet an object of that name is: see `walletName`. */
function ownerOf(name: string): Owner {
  const [merchant = "", customer = ""] = name.split("/");
  return { merchant, customer: new TextDecoder().decode(fromBase64(customer)) };
}
