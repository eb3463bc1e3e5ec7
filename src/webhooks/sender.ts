import { DurableObject } from "cloudflare:workers";
import { settingsOf } from "../env.ts";
import type { Attempt, DueDelivery, EndpointConfig } from "./client.ts";
import type { Trying } from "./send.ts";
import { tryingOf } from "./send.ts";

/**
 * Sends for a busy endpoint, whose own object has as many connections as it may. It keeps nothing:
 * what waits, its order and what came of it are the endpoint's object's.
 */
export class WebhookSender extends DurableObject<Env> {
  readonly #try: Trying;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#try = tryingOf(settingsOf(env));
  }

  /** Tries one delivery. */
  async send(config: EndpointConfig, delivery: DueDelivery): Promise<Attempt> {
    return this.#try(config, delivery);
  }
}
