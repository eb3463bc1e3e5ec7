import { signatureHeaders } from "../core/standard-webhooks.ts";

/** A short message to a customer. */
export interface Message {
  /** `msg_` id, so that a provider can tell a repeat. */
  readonly id: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
  readonly purpose: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A way for short messages to leave. Throws, without the message's text, when it was not taken. */
export interface MessageGateway {
  send(message: Message): Promise<void>;
}

/** Where a merchant's messages go; the secret in clear. */
export interface GatewayConfig {
  readonly kind: "webhook" | "twilio";
  readonly url: string;
  readonly account?: string;
  readonly from?: string;
  readonly secret: string;
}

/** How long a provider may take. */
const TIMEOUT_MS = 10_000;

/** The gateway that a configuration describes. */
export function openGateway(config: GatewayConfig): MessageGateway {
  return config.kind === "webhook" ? webhookGateway(config) : twilioGateway(config);
}

/** Posts the message to the merchant's own provider, signed as webhooks are. */
function webhookGateway({ url, secret }: GatewayConfig): MessageGateway {
  return {
    async send({ id, to, text, purpose, at }) {
      const data = { to, text, purpose };
      const timestamp = new Date(at).toISOString();
      const body = JSON.stringify({ type: "message.requested", timestamp, data });
      const signature = await signatureHeaders([secret], id, at, body);
      await post(url, body, { "content-type": "application/json", ...signature });
    },
  };
}

/**
 * Twilio's documented call, `POST /2010-04-01/Accounts/{sid}/Messages.json`, form-encoded with
 * basic authentication; other providers that copied it are reached by their own base address.
 */
function twilioGateway({ url, account = "", from = "", secret }: GatewayConfig): MessageGateway {
  const path = `/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`;
  const authorization = `Basic ${btoa(`${account}:${secret}`)}`;
  return {
    async send({ to, text }) {
      const form = new URLSearchParams({ To: to, From: from, Body: text });
      await post(url.replace(/\/+$/, "") + path, form.toString(), {
        "content-type": "application/x-www-form-urlencoded",
        authorization,
      });
    },
  };
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers,
    // A redirect would carry the code to an address that the merchant did not name.
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`the message gateway answered ${answer.status}`);
  }
}
