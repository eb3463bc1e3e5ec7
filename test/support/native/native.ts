import { env } from "cloudflare:workers";
import type { Json, Target } from "../kirimel/till.ts";
import { worker } from "../kirimel/till.ts";

/** An answer of the native API. */
export interface NativeReply {
  readonly status: number;
  readonly body: Json;
}

/** A call of the native API with the deployment's admin token, for a merchant if one is named. */
export async function nativeCall(
  method: string,
  path: string,
  given: { readonly body?: unknown; readonly merchant?: string; readonly target?: Target } = {},
): Promise<NativeReply> {
  const { body, merchant, target = worker } = given;
  const headers = {
    Authorization: `Bearer ${env.GUERDON_ADMIN_TOKEN}`,
    ...(merchant === undefined ? {} : { "Guerdon-Merchant": merchant }),
  };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await target(new Request(`https://api.example/loyalty/v1${path}`, init));
  return { status: response.status, body: (await response.json()) as Json };
}

/** A call of the native API that must make something. */
export async function nativeMake(path: string, body: unknown, merchant?: string): Promise<Json> {
  const named = merchant === undefined ? {} : { merchant };
  const made = await nativeCall("POST", path, { body, ...named });
  if (made.status >= 300) throw new Error(`${path}: ${JSON.stringify(made.body)}`);
  return made.body;
}
