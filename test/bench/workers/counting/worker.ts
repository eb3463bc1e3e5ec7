import service, {
  OneTimePassword,
  Projector,
  RateLimiter,
  Wallet as RealWallet,
  Sweeper,
  WebhookEndpoint,
  WebhookSender,
} from "../../../../src/index.ts";
import { countCalls, countD1, countFetches, countStorage, takeCounts } from "./meter.ts";

export { OneTimePassword, Projector, RateLimiter, Sweeper, WebhookEndpoint, WebhookSender };

/** A wallet that can be given a long past at once. */
export class Wallet extends RealWallet {
  constructor(ctx: DurableObjectState, env: Env) {
    countStorage(ctx.storage);
    super(ctx, env);
  }

  /**
   * Repeats the first earn of this wallet until there are `entries`, spread over a year of lots, as
   * if they had been booked one by one and published. Answers what the audit finds.
   */
  fill(owner: { merchant: string; customer: string }, entries: number): unknown[] {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      for (const statement of FILL) sql.exec(statement, entries);
    });
    return this.audit(owner);
  }
}

const DAYS = 365;
const DAY_MS = 86_400_000;

/** From the last entry on: each earns what it earned, and its head follows from the one before. */
const FILL = [
  `WITH RECURSIVE last AS (SELECT * FROM entries ORDER BY seq DESC LIMIT 1),
   more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more, last WHERE n < ?1 - last.seq),
   lot (at) AS (SELECT MIN(expires_at) FROM lots WHERE expires_at > 0)
   INSERT INTO entries SELECT seq + n, 'ent_' || printf('%026d', seq + n), kind, unit, amount,
     balance + n * amount,
     json_array(json_array(at + (n % ${DAYS}) * ${DAY_MS}, amount)),
     occurred_at, recorded_at, NULL, operation, 'earn:PAST-' || n, fingerprint,
     NULL, NULL, 0, source, remarks,
     json_set(after, '$.seq', seq + n,
       '$.holdings.point.balance', balance + n * amount,
       '$.holdings.point.earned', json_extract(after, '$.holdings.point.earned') + n * amount),
     receipt, NULL, NULL FROM more, last, lot WHERE ?1 > seq`,
  `INSERT INTO lots SELECT unit, json_extract(lots, '$[0][0]') AS at, SUM(amount) FROM entries
   WHERE reference LIKE 'earn:PAST-%' AND ?1 > 0 GROUP BY unit, at
   ON CONFLICT (unit, expires_at) DO UPDATE SET amount = amount + excluded.amount`,
];

countCalls({ wallet: RealWallet, projector: Projector, endpoint: WebhookEndpoint });
countFetches();

/** `/bench/counts` takes what was counted since it was asked last; the rest is the service. */
export default {
  async fetch(request, env, ctx) {
    countD1(env.DB);
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/bench/counts") return Response.json(takeCounts());
    if (pathname === "/bench/fill") {
      const merchant = searchParams.get("merchant") ?? "";
      const customer = searchParams.get("customer") ?? "";
      const name = `${merchant}/${btoa(customer).replaceAll("=", "")}`;
      const wallets = env.WALLETS as unknown as DurableObjectNamespace<Wallet>;
      const entries = Number(searchParams.get("entries"));
      const query = "UPDATE wallets SET seq = MAX(seq, ?) WHERE customer_id = ?";
      await env.DB.prepare(query).bind(entries, customer).run();
      return Response.json(await wallets.getByName(name).fill({ merchant, customer }, entries));
    }
    return service.fetch(request, env, ctx);
  },
  scheduled: service.scheduled,
} satisfies ExportedHandler<Env>;
