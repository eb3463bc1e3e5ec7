import { beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../support/http.ts";
import { stopClock } from "../../support/http-clock.ts";
import { dumpEverything } from "../../support/http-storage.ts";
import type { Endpoint } from "../../support/kirimel/endpoints.ts";
import { ENDPOINTS } from "../../support/kirimel/endpoints.ts";
import type { Hostile, Verdict } from "../../support/kirimel/hostile.ts";
import { HOSTILE, verdictOn } from "../../support/kirimel/hostile.ts";
import {
  expectInvalid,
  expectRefusal,
  johnDoe,
  kirimel,
  myRestaurant,
  pointsOf,
} from "../../support/kirimel/requests.ts";
import { formTill } from "../../support/kirimel/signing.ts";
import { establish } from "../../support/native/merchant.ts";

let stored = "";

stopClock("2060-06-01T08:00:00Z");

beforeAll(async () => {
  const rich = { ...johnDoe(), balances: [pointsOf("100000")] };
  await establish({ ...myRestaurant(), customers: [rich] });
  stored = await dumpEverything();
});

type Method = "GET" | "POST";

/** One hostile value in one field of one endpoint. */
interface Attack {
  readonly endpoint: Endpoint;
  readonly method: Method;
  readonly field: string;
  readonly hostile: Hostile;
  readonly verdict: Verdict;
}

function attacks(wanted: (verdict: Verdict) => boolean): (readonly [string, Attack])[] {
  return ENDPOINTS.flatMap((endpoint) =>
    endpoint.methods.flatMap((method) =>
      Object.entries(endpoint.fields).flatMap(([field, kind]) =>
        HOSTILE.flatMap((hostile) => {
          const verdict = verdictOn(kind, hostile);
          const title = `${method} ${endpoint.path}: ${hostile.name} in ${field}`;
          const sayable = method === "POST" || hostile.text !== null;
          const attack = { endpoint, method, field, hostile, verdict };
          return sayable && wanted(verdict) ? [[title, attack]] : [];
        }),
      ),
    ),
  ) as (readonly [string, Attack])[];
}

/** The request in every encoding that can say it: JSON, a form, the query. */
async function* answersTo({ endpoint, method, field, hostile }: Attack): AsyncGenerator<Answer> {
  const { path, sound } = endpoint;
  const rest = Object.entries(sound(field)).filter(([name]) => name !== field);
  if (method === "POST") {
    const members = rest.map(([name, value]) => `"${name}":${JSON.stringify(value)}`);
    yield await kirimel(path, { raw: `{${[...members, `"${field}":${hostile.json}`].join(",")}}` });
  }
  if (hostile.text === null) return;
  const fields = Object.fromEntries([...rest, [field, hostile.text]]);
  if (method === "POST") yield await kirimel(path, { fields, style: formTill });
  const query = new URLSearchParams(fields as Record<string, string>);
  if (method === "GET") yield await kirimel(`${path}?${query}`);
}

/** What no client may ever see, in whatever error. */
const INTERNALS = /\bat \S+ \(|\.ts:\d|SELECT|INSERT|UPDATE|sqlite|D1_|drizzle|zod|stack/i;

async function expectNothingWritten(): Promise<void> {
  const now = await dumpEverything();
  expect(now).toBe(stored);
}

describe("a value that is not valid is refused and nothing is written", () => {
  it.each(attacks((verdict) => verdict === "invalid"))("%s", async (_, attack) => {
    let answered = 0;
    for await (const answer of answersTo(attack)) {
      const { error } = answer.body as { error?: { details?: { field?: string } } };
      // A list's fault may name its item.
      const field = error?.details?.field?.replace(/\/.*/, "");
      expect(field).toBe(attack.field);
      expectInvalid(answer, error?.details?.field ?? "");
      expect(answer.text).not.toMatch(INTERNALS);
      answered += 1;
    }
    expect(answered).toBe(answersExpected(attack));
    await expectNothingWritten();
  });
});

describe("a number that nobody has is not found and nothing is written", () => {
  it.each(attacks((verdict) => verdict === "nobody"))("%s", async (_, attack) => {
    let answered = 0;
    for await (const answer of answersTo(attack)) {
      expectRefusal(answer, 404, "CUSTOMER_NOT_FOUND");
      answered += 1;
    }
    expect(answered).toBe(answersExpected(attack));
    await expectNothingWritten();
  });
});

/** A POST may be JSON or a form, a GET has but its query. */
function answersExpected({ method, hostile }: Attack): number {
  return method === "POST" && hostile.text !== null ? 2 : 1;
}

describe("a field that must be there", () => {
  const missing = ENDPOINTS.flatMap((endpoint) =>
    endpoint.methods.flatMap((method) =>
      endpoint.required.map((field) => [method, endpoint.path, field, endpoint] as const),
    ),
  );

  it.each(missing)("is named where it is missing: %s %s %s", async (method, path, field, end) => {
    const rest = Object.entries(end.sound(field)).filter(([name]) => name !== field);
    const fields = Object.fromEntries(rest);
    for (const value of [undefined, null, ""]) {
      const answer =
        method === "GET"
          ? await kirimel(value === undefined ? path : `${path}?${field}=`)
          : await kirimel(path, { fields: { ...fields, [field]: value } });
      expectInvalid(answer, field);
    }
    await expectNothingWritten();
  });
});

// Last, because these are understood and may write.
describe("a strange value that is legal is understood", () => {
  it.each(attacks((verdict) => verdict === "legal"))("%s", async (_, attack) => {
    const misses = attack.endpoint.path === "/customers/lookup";
    let answered = 0;
    for await (const answer of answersTo(attack)) {
      if (misses) expectRefusal(answer, 404, "CUSTOMER_NOT_FOUND");
      else expect(answer.body).toHaveProperty("success", true);
      answered += 1;
    }
    expect(answered).toBe(answersExpected(attack));
  });

  it.each(HOSTILE.filter((hostile) => verdictOn("text", hostile) === "legal"))(
    "and kept as it came: $name",
    async ({ json, text }) => {
      const raw = `{"qr_code":${json},"name":${json}}`;
      const registered = await kirimel("/customers/register", { raw });
      expect(registered.status).toBe(200);
      const found = await kirimel("/customers/lookup", { raw: `{"identifier":${json}}` });
      expect(found.body).toMatchObject({ data: { name: text } });
      const id = `CUST_${(found.body.data as { id: number }).id}`;
      expect(id).toBe(registered.body.customer_id);
    },
  );
});
