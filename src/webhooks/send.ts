import { refusedAddress } from "../core/address.ts";
import type { WebhookForm } from "../core/events/forms.ts";
import { open } from "../core/sealing.ts";
import type { Settings } from "../env.ts";
import { logFault } from "../log.ts";
import type { Attempt, DueDelivery, EndpointConfig, Try } from "./client.ts";
import { FORMS } from "./forms/forms.ts";
import { parseRetryAfter } from "./schedule.ts";

/** A receiver has so long to answer. */
export const TIMEOUT_MS = 15_000;
/** Bytes of an answer that are read and kept. */
export const MAX_RESPONSE_BYTES = 1_024;

/** Where and how to send. Secrets are in clear and never leave memory. */
export interface Target {
  readonly url: string;
  readonly form: WebhookForm;
  readonly secrets: readonly string[];
  readonly allowLoopback: boolean;
}

/** Tries deliveries of one endpoint, signed with every secret that is good by then. */
export type Trying = (config: EndpointConfig, delivery: DueDelivery) => Promise<Attempt>;

/** Opens an endpoint's secrets once for each version of its configuration. */
export function tryingOf({ masterKeys, webhookLoopback }: Settings): Trying {
  let known: { readonly version: number; readonly secrets: Promise<OpenSecret[]> } | null = null;
  const openAll = ({ endpoint, secrets }: EndpointConfig) =>
    Promise.all(
      secrets.map(async ({ sealed, until }): Promise<OpenSecret> => {
        return { secret: await open(masterKeys, endpoint, sealed), until };
      }),
    );
  return async (config, delivery) => {
    const { url, form, version } = config;
    if (known?.version !== version) known = { version, secrets: openAll(config) };
    const opened = await known.secrets;
    const now = Date.now();
    const good = opened.filter(({ until }) => until === null || until > now);
    const secrets = good.map(({ secret }) => secret);
    return send({ url, form, secrets, allowLoopback: webhookLoopback }, delivery);
  };
}

interface OpenSecret {
  readonly secret: string;
  readonly until: number | null;
}

/**
 * Tries a delivery somewhere. A fault of ours counts as a try, so that it is tried again no sooner
 * than the schedule says.
 */
export async function attempt(
  trying: Trying,
  config: EndpointConfig,
  delivery: DueDelivery,
): Promise<Attempt> {
  const at = Date.now();
  try {
    return await trying(config, delivery);
  } catch (error) {
    logFault({ during: "delivery", event: delivery.event }, error);
    return failed(at, "could not be sent");
  }
}

/**
 * Sends one delivery. Never throws: whatever goes wrong is a failure to be tried again. Success is
 * a 2xx in time; a redirect is a failure, because it could lead anywhere.
 */
export async function send(target: Target, delivery: DueDelivery): Promise<Attempt> {
  const at = Date.now();
  const refused = refusedAddress(target.url, target.allowLoopback);
  if (refused !== null) return failed(at, `the address ${refused}`);
  // Not AbortSignal.timeout: it would keep the object awake for the whole time after every try.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
  const { signal } = late;
  try {
    const sending = { id: delivery.event, body: delivery.body, at };
    const { body, headers } = await FORMS[target.form](sending, target.secrets);
    const response = await fetch(target.url, {
      method: "POST",
      headers: { "User-Agent": "Guerdon/1.0", ...headers },
      body,
      redirect: "manual",
      signal,
    });
    const text = await readStart(response, signal);
    const failure = response.ok ? null : `answered with status ${response.status}`;
    const made = tryOf(at, response.status, text, failure);
    return { made, retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), at) };
  } catch {
    return failed(at, signal.aborted ? "no answer within 15 s" : "could not be reached");
  } finally {
    clearTimeout(timer);
  }
}

function failed(at: number, failure: string): Attempt {
  return { made: tryOf(at, null, "", failure), retryAfterMs: null };
}

function tryOf(at: number, status: number | null, response: string, failure: string | null): Try {
  const durationMs = Date.now() - at;
  return { at, durationMs, status, response, failure };
}

/**
 * Reads the beginning of a body and lets go of the rest, however long it is or lasts. The status
 * has decided already: what goes wrong here, or comes too late, is only missing from the record.
 */
async function readStart(response: Response, signal: AbortSignal): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const over = new Promise<null>((resolve) => {
    signal.addEventListener("abort", () => resolve(null));
  });
  let text = "";
  let size = 0;
  while (size < MAX_RESPONSE_BYTES) {
    const read = await Promise.race([reader.read().catch(() => null), over]);
    if (read === null || read.done) break;
    const part = (read.value as Uint8Array).subarray(0, MAX_RESPONSE_BYTES - size);
    size += part.length;
    text += decoder.decode(part, { stream: true });
  }
  reader.cancel().catch(() => undefined);
  return text;
}
