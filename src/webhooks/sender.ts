import { DurableObject } from "cloudflare:workers";
import { settingsOf } from "../env.ts";
import type { Attempt, DueDelivery, EndpointConfig } from "./client.ts";
import { trySending } from "./send.ts";

/**
 * Sends for a busy endpoint, whose own object has as many connections as it may. It keeps nothing:
 * what waits, its order and what came of it are the endpoint's object's.
 */
export class WebhookSender extends DurableObject<Env> {
  /** Tries one delivery. */
  async send(config: EndpointConfig, delivery: DueDelivery): Promise<Attempt> {
    return trySending(settingsOf(this.env), config, delivery);
  }
}
