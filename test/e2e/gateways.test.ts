import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { openGateway } from "../../src/otp/gateways.ts";

/** What a stand-in for a provider was sent. */
interface Received {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

const MESSAGE = {
  id: "msg_01K3Q8Z0V4N6W2R8T0Y5B7D9FA",
  to: "+919876543210",
  text: "123456 is your code & more",
  purpose: "redeem",
  at: Date.UTC(2026, 8, 1, 12),
};

let server: Server | undefined;

/** A provider on this machine that keeps what it gets and answers with the status. */
async function provider(status: number): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ method: request.method, path: request.url, headers: request.headers, body });
    response.writeHead(status, { location: "/elsewhere" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

afterEach(() => {
  server?.close();
});

describe("the gateway to a provider that speaks Twilio's form", () => {
  const twilio = (url: string) =>
    openGateway({ kind: "twilio", url, account: "AC123", from: "+15550001111", secret: "auth" });

  it("sends the documented request", async () => {
    const { url, received } = await provider(201);
    await twilio(`${url}/`).send(MESSAGE);
    const [request] = received;
    expect(request).toMatchObject({
      method: "POST",
      path: "/2010-04-01/Accounts/AC123/Messages.json",
    });
    expect(request?.headers).toMatchObject({
      "content-type": "application/x-www-form-urlencoded",
      authorization: `Basic ${Buffer.from("AC123:auth").toString("base64")}`,
    });
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      To: "+919876543210",
      From: "+15550001111",
      Body: "123456 is your code & more",
    });
  });

  it.each([400, 401, 500, 302])(
    "fails on %i, follows nothing and tells no text",
    async (status) => {
      const { url, received } = await provider(status);
      const failure = await twilio(url)
        .send(MESSAGE)
        .catch((error: unknown) => error);
      expect(String(failure)).toBe(`Error: the message gateway answered ${status}`);
      expect(received).toHaveLength(1);
    },
  );
});

describe("the gateway to the merchant's own provider", () => {
  it("sends what any Standard Webhooks receiver verifies", async () => {
    const raw = Buffer.from("0123456789abcdef0123456789abcdef");
    const secret = `whsec_${raw.toString("base64")}`;
    const { url, received } = await provider(204);
    await openGateway({ kind: "webhook", url: `${url}/sms`, secret }).send(MESSAGE);
    const [request] = received;
    const { headers, body = "" } = request ?? {};
    expect(request).toMatchObject({ method: "POST", path: "/sms" });
    expect(headers?.["webhook-id"]).toBe(MESSAGE.id);
    expect(headers?.["webhook-timestamp"]).toBe(String(MESSAGE.at / 1000));
    const signed = `${MESSAGE.id}.${MESSAGE.at / 1000}.${body}`;
    const expected = createHmac("sha256", raw).update(signed).digest("base64");
    expect(headers?.["webhook-signature"]).toBe(`v1,${expected}`);
    expect(JSON.parse(body)).toEqual({
      type: "message.requested",
      timestamp: "2026-09-01T12:00:00.000Z",
      data: { to: MESSAGE.to, text: MESSAGE.text, purpose: "redeem" },
    });
  });
});
