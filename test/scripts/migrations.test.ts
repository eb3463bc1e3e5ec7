import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyMigrations } from "../../scripts/migrations.ts";

let runtime: Miniflare;
let db: D1Database;
let folder: string;

beforeAll(async () => {
  const modules = [
    { type: "ESModule" as const, path: "index.mjs", contents: "export default {};" },
  ];
  const worker = { name: "test", compatibilityDate: "2026-09-18", modules, d1Databases: ["DB"] };
  runtime = new Miniflare(convertV4MiniflareOptions({ workers: [worker] }));
  db = await runtime.getD1Database("DB", "test");
});

afterAll(() => runtime.dispose());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "guerdon-migrations-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
  const { results } = await db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*'")
    .all<{ name: string }>();
  const own = results.filter(({ name }) => !name.startsWith("sqlite_"));
  await db.batch(own.map(({ name }) => db.prepare(`DROP TABLE ${name}`)));
});

const write = (name: string, script: string) => writeFile(join(folder, name), script);

async function valuesOf(query: string): Promise<unknown[]> {
  const [, ...rows] = await db.prepare(query).raw({ columnNames: true });
  return rows.flat();
}

describe("migrations", () => {
  it("are applied in the order of their names, each once", async () => {
    await write("0002_more.sql", "INSERT INTO one VALUES (2);");
    await write(
      "0001_one.sql",
      "CREATE TABLE one (n);\n--> statement-breakpoint\nINSERT INTO one VALUES (1);",
    );
    await write("notes.txt", "no migration");
    for (let run = 0; run < 2; run += 1) await applyMigrations(db, folder);
    expect(await valuesOf("SELECT n FROM one")).toEqual([1, 2]);
    expect(await valuesOf("SELECT name FROM d1_migrations ORDER BY id")).toEqual([
      "0001_one.sql",
      "0002_more.sql",
    ]);
  });

  it("may make triggers, whose statements belong together", async () => {
    const trigger =
      "CREATE TRIGGER t AFTER INSERT ON one BEGIN INSERT INTO two VALUES (NEW.n); END;";
    await write("0001.sql", `CREATE TABLE one (n); CREATE TABLE two (n); ${trigger}`);
    await write("0002.sql", "INSERT INTO one VALUES (7);");
    await applyMigrations(db, folder);
    expect(await valuesOf("SELECT n FROM two")).toEqual([7]);
  });

  it("that fail leave nothing of theirs, and what was before stays", async () => {
    await write("0001.sql", "CREATE TABLE one (n);");
    await write("0002.sql", "INSERT INTO one VALUES (1); INSERT INTO nowhere VALUES (1);");
    await expect(applyMigrations(db, folder)).rejects.toThrow(/nowhere/);
    expect(await valuesOf("SELECT n FROM one")).toEqual([]);
    expect(await valuesOf("SELECT name FROM d1_migrations")).toEqual(["0001.sql"]);
    await write("0002.sql", "INSERT INTO one VALUES (1);");
    await applyMigrations(db, folder);
    expect(await valuesOf("SELECT n FROM one")).toEqual([1]);
  });

  it("stop between two when the start is given up", async () => {
    await write("0001.sql", "CREATE TABLE one (n);");
    await expect(applyMigrations(db, folder, AbortSignal.abort())).rejects.toThrow(/abort/);
    expect(await valuesOf("SELECT name FROM d1_migrations")).toEqual([]);
  });
});
