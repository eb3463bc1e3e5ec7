import { beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../support/http.ts";
import { SECOND, stopClock } from "../../support/http-clock.ts";
import { create, native } from "../../support/native/merchant.ts";
import { expectFaults } from "../../support/native/problems.ts";

const clock = stopClock("2060-06-01T08:00:00Z");
const merchant = "many";
const COUNT = 30;

/** What is listed, with one body per item. */
const LISTS = [
  ["/sites", (n: number) => ({ code: `S${n}`, name: `Item ${n}` })],
  ["/keys", (n: number) => ({ name: `Item ${n}`, dialect: "native", scopes: ["read:customers"] })],
  [
    "/merchants",
    (n: number) => ({
      slug: `item-${n}`,
      name: `Item ${n}`,
      currency: "MYR",
      time_zone: "Asia/Manila",
    }),
  ],
] as const;

/** Names of all that was made, newest first. */
const NAMES = Array.from({ length: COUNT }, (_, i) => `Item ${COUNT - i}`);

beforeAll(async () => {
  const fields = { name: "Many", currency: "MYR", time_zone: "Asia/Manila" };
  await create("/merchants", { slug: merchant, ...fields });
  await create("/merchants", { slug: "few", ...fields });
  for (const [path, body] of LISTS) {
    for (let n = 1; n <= COUNT; n += 1) {
      clock.now += SECOND;
      await create(path, body(n), merchant);
    }
  }
});

interface Listed {
  readonly data: readonly Json[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

async function page(path: string, query = ""): Promise<Listed> {
  const answer = await native(`${path}?${query}`, { merchant });
  expect(answer.status).toBe(200);
  expect(Object.keys(answer.body)).toEqual(["object", "data", "has_more", "next_cursor"]);
  expect(answer.body.object).toBe("list");
  return answer.body as unknown as Listed;
}

const namesOf = ({ data }: Listed) =>
  data.map(({ name }) => String(name)).filter((name) => name.startsWith("Item"));

describe("a list", () => {
  it.each(LISTS)("of %s is newest first, 25 to a page", async (path) => {
    const first = await page(path);
    expect(namesOf(first)).toEqual(NAMES.slice(0, 25));
    expect(first.has_more).toBe(true);
    expect(first.next_cursor).toBe(first.data.at(-1)?.id);
  });

  it.each(LISTS)("of %s goes on where the page before ended", async (path) => {
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const query: string = cursor === null ? "limit=7" : `limit=7&cursor=${cursor}`;
      const next: Listed = await page(path, query);
      seen.push(...namesOf(next));
      pages += 1;
      cursor = next.next_cursor;
      expect(next.has_more).toBe(cursor !== null);
    } while (cursor !== null);
    expect(seen).toEqual(NAMES);
    expect(pages).toBe(path === "/merchants" ? 5 : Math.ceil(COUNT / 7));
  });

  it.each(LISTS)("of %s has no gap where something is added meanwhile", async (path, body) => {
    const first = await page(path, "limit=10");
    clock.now += SECOND;
    const added = COUNT + LISTS.findIndex(([other]) => other === path) + 100;
    await create(path, { ...body(added), name: "Added later" }, merchant);
    const second = await page(path, `limit=10&cursor=${first.next_cursor}`);
    expect([...namesOf(first), ...namesOf(second)]).toEqual(NAMES.slice(0, 20));
  });

  it("that fits on one page has no next", async () => {
    const all = await page("/sites", "limit=100");
    expect(all.has_more).toBe(false);
    expect(all.next_cursor).toBeNull();
    const exact = await page("/sites", `limit=${all.data.length}`);
    expect([exact.has_more, exact.next_cursor]).toEqual([false, null]);
  });

  it.each(["/sites", "/keys", "/programs", "/staff"])("of none is empty: %s", async (path) => {
    const answer = await native(path, { merchant: "few" });
    const empty = { object: "list", data: [], has_more: false, next_cursor: null };
    expect(answer.body).toEqual(empty);
  });

  it("shows one item where one is asked for", async () => {
    expect((await page("/sites", "limit=1")).data).toHaveLength(1);
  });
});

describe("a list's query", () => {
  it.each(["/merchants", "/sites", "/keys", "/programs", "/staff"])(
    "must have a limit from 1 to 100: %s",
    async (path) => {
      const refused = async (limit: string, code: string) =>
        expectFaults(await native(`${path}?limit=${limit}`, { merchant }), {
          pointer: "/limit",
          code,
        });
      await refused("0", "too_small");
      await refused("-1", "too_small");
      await refused("101", "too_large");
      await refused("1.5", "invalid");
      await refused("ten", "invalid");
    },
  );

  it.each(["/merchants", "/sites", "/keys", "/programs", "/staff"])(
    "must not have parameters that nobody knows: %s",
    async (path) => {
      const answer = await native(`${path}?page=2`, { merchant });
      expectFaults(answer, { pointer: "/page", code: "unknown_field" });
    },
  );

  it("must not have a cursor without end", async () => {
    const answer = await native(`/sites?cursor=${"x".repeat(65)}`, { merchant });
    expectFaults(answer, { pointer: "/cursor", code: "too_large" });
  });
});
