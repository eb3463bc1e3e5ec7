import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { d1Rows } from "../../support/d1.ts";
import { makeShop } from "../../support/events.ts";
import { callNative, useReceivers } from "../../support/webhooks.ts";

vi.setConfig({ testTimeout: 20_000 });

const receivers = useReceivers();
const PATH = "/webhook_endpoints";
const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 20, 12);

let merchant: string;

beforeEach(async () => {
  merchant = (await makeShop()).slug;
  vi.useFakeTimers({ now: START, toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

async function make(): Promise<{ id: string; secret: string }> {
  const body = { url: "https://receiver.example/a" };
  const made = await callNative("POST", PATH, { merchant, body });
  return { id: String(made.body.id), secret: String(made.body.secret) };
}

async function rotate(id: string): Promise<string> {
  const rotated = await callNative("POST", `${PATH}/${id}/rotate_secret`, { merchant });
  expect(rotated.status).toBe(200);
  return String(rotated.body.secret);
}

/** Which of the secrets verify what the endpoint is sent now. */
async function good(id: string, secrets: readonly string[]): Promise<boolean[]> {
  receivers.received.length = 0;
  await callNative("POST", `${PATH}/${id}/ping`, { merchant });
  await vi.waitFor(() => expect(receivers.received).toHaveLength(1));
  const [{ body, headers } = { body: "", headers: new Headers() }] = receivers.received;
  return secrets.map((secret) => {
    try {
      return new Webhook(secret).verify(body, Object.fromEntries(headers)) !== undefined;
    } catch {
      return false;
    }
  });
}

describe("a webhook secret", () => {
  it("signs until 24 hours after it was replaced, however often others are replaced", async () => {
    const { id, secret } = await make();
    const secrets = [secret];
    for (let i = 0; i < 3; i += 1) {
      vi.setSystemTime(START + i * HOUR);
      secrets.push(await rotate(id));
    }
    expect(await good(id, secrets)).toEqual([true, true, true, true]);
    vi.setSystemTime(START + 24 * HOUR - 1_000);
    expect(await good(id, secrets)).toEqual([true, true, true, true]);
    vi.setSystemTime(START + 24 * HOUR);
    expect(await good(id, secrets)).toEqual([false, true, true, true]);
    vi.setSystemTime(START + 25 * HOUR);
    expect(await good(id, secrets)).toEqual([false, false, true, true]);
    vi.setSystemTime(START + 26 * HOUR);
    expect(await good(id, secrets)).toEqual([false, false, false, true]);
  });

  it("is replaced five times within 24 hours at most, so that none ends early", async () => {
    const { id, secret } = await make();
    const secrets = [secret];
    for (let i = 0; i < 5; i += 1) {
      vi.setSystemTime(START + i * HOUR);
      secrets.push(await rotate(id));
    }
    const refused = await callNative("POST", `${PATH}/${id}/rotate_secret`, { merchant });
    expect(refused).toMatchObject({ status: 409, body: { code: "limit_reached" } });
    expect(await good(id, secrets)).toEqual(secrets.map(() => true));
    vi.setSystemTime(START + 24 * HOUR);
    secrets.push(await rotate(id));
    expect(await good(id, secrets)).toEqual(secrets.map((_, i) => i > 0));
  });

  it("is kept sealed, also when it was replaced, and not longer than it signs", async () => {
    const { id, secret } = await make();
    const secrets = [secret, await rotate(id), await rotate(id)];
    const rows = () => d1Rows<{ old_secrets: string }>("SELECT * FROM webhook_endpoints");
    const [row] = (await rows()).filter((one) => JSON.stringify(one).includes(id));
    expect(JSON.parse(row?.old_secrets ?? "")).toHaveLength(2);
    for (const one of secrets) expect(JSON.stringify(await rows())).not.toContain(one.slice(6, -1));
    vi.setSystemTime(START + 48 * HOUR);
    await rotate(id);
    const [later] = (await rows()).filter((one) => JSON.stringify(one).includes(id));
    expect(JSON.parse(later?.old_secrets ?? "")).toHaveLength(1);
  });

  it("of two rotations at once is replaced by one, and both are good or refused", async () => {
    const { id, secret } = await make();
    const answers = await Promise.all(
      Array.from({ length: 2 }, () =>
        callNative("POST", `${PATH}/${id}/rotate_secret`, { merchant }),
      ),
    );
    const made = answers.filter(({ status }) => status === 200);
    expect(made.length).toBeGreaterThan(0);
    for (const { status } of answers) expect([200, 412]).toContain(status);
    const secrets = [secret, ...made.map(({ body }) => String(body.secret))];
    expect(await good(id, secrets)).toEqual(secrets.map(() => true));
  });
});
