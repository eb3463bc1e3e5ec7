import { DurableObject } from "cloudflare:workers";

interface CellEnv {
  readonly CELLS: DurableObjectNamespace<Cell>;
}

/** The least an object can do durably: one upsert, one commit. */
export class Cell extends DurableObject<CellEnv> {
  constructor(ctx: DurableObjectState, env: CellEnv) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS cell (id INTEGER PRIMARY KEY, n INTEGER)");
  }

  increment(): number {
    const query = `INSERT INTO cell VALUES (1, 1)
      ON CONFLICT (id) DO UPDATE SET n = n + 1 RETURNING n`;
    return this.ctx.storage.sql.exec<{ n: number }>(query).one().n;
  }
}

/** The path names the object. */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    return Response.json({ n: await env.CELLS.getByName(pathname).increment() });
  },
} satisfies ExportedHandler<CellEnv>;
