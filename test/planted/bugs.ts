/** A bug that somebody could make one day, and the test that must fail because of it. */
export interface Bug {
  readonly name: string;
  /** What it would do. */
  readonly effect: string;
  readonly file: string;
  /** The right text; it occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  readonly test: string;
  /** As it stands in the test's file, placeholders included. */
  readonly title: string;
}

export const BUGS: readonly Bug[] = [
  {
    name: "await-between-read-and-write",
    effect: "commands at once decide on a state that is past, and most of them fail",
    file: "src/wallet/object.ts",
    from: `
  execute(owner: Owner, mode: Mode, request: CommandRequest): Answer {
    const done = this.#write(owner, mode, (writer) =>
      execute(this.#reader, writer, request, Date.now()),
`,
    to: `
  async execute(owner: Owner, mode: Mode, request: CommandRequest): Promise<Answer> {
    const ledger = this.#reader.ledger();
    await scheduler.wait(1);
    const reader = { ...this.#reader, ledger: () => ledger };
    const done = this.#write(owner, mode, (writer) =>
      execute(reader, writer, request, Date.now()),
`,
    test: "test/dialects/kirimel/earn.test.ts",
    title: "loses none of fifty at once",
  },
  {
    name: "repeat-not-looked-up",
    effect: "a till that sends again after a timeout earns or redeems twice",
    file: "src/wallet/execute.ts",
    from: "const recognition = recognise(request, past, clock);",
    to: 'const recognition: Recognition = { kind: "new" };',
    test: "test/wallet/parallel.test.ts",
    title: "are booked once when they carry the same reference, and answered alike",
  },
  {
    name: "cursor-before-publishing",
    effect: "what the projector failed to take counts as published: its events come late or never",
    file: "src/wallet/object.ts",
    from: `
    this.#published = await publishPending(outbox, this.#published);
`,
    to: `
    const cursor = this.#published;
    this.#published = this.#reader.head().seq;
    await publishPending(outbox, cursor);
`,
    test: "test/wallet/publish.test.ts",
    title: "hands the same over again, ever later, and loses nothing",
  },
  {
    name: "cursor-before-hand-out",
    effect: "a call to an endpoint's object that fails loses the webhooks of its events for good",
    file: "src/events/hand-out.ts",
    from: `
      return true;
    } catch (error) {
      logFault({ merchant: merchantId, endpoint: endpoint.id, during: "hand-out" }, error);
      return false;
`,
    to: `
      return true;
    } catch (error) {
      logFault({ merchant: merchantId, endpoint: endpoint.id, during: "hand-out" }, error);
      return true;
`,
    test: "test/events/publishing.test.ts",
    title: "lets a failed call to an endpoint be repeated until the endpoint has the event",
  },
  {
    name: "sick-endpoint-holds-the-cursor",
    effect: "one endpoint's object that is down keeps every other endpoint from its events",
    file: "src/events/hand-out.ts",
    from: `
    const left = endpoints.filter((_, i) => taken[i] !== true).map(({ id }) => id);
`,
    to: `
    const left = endpoints.filter((_, i) => taken[i] !== true).map(({ id }) => id);
    if (left.length > 0) return false;
`,
    test: "test/events/sick-endpoint.test.ts",
    title: "for an hour under load delays nobody, and gets all of it later, in order, once",
  },
  {
    name: "rebuild-does-not-read-the-feed",
    effect: "after copies were lost, a rebuild tells receivers everything once more",
    file: "src/events/rebuild.ts",
    from: "if (rebuild.feedCursor >= rebuild.feedUntil) return",
    to: "if (rebuild.feedUntil >= 0) return",
    test: "test/events/rebuild.test.ts",
    title: "tells nothing again though the copies are lost and more is waiting",
  },
  {
    name: "woken-without-end",
    effect: "wallets that cannot book what expires are woken for ever, and fill the sweep's pages",
    file: "src/events/sweeper.ts",
    from: "    work.add(postponeWakes(db, merchantId, page, { now, ahead: SWEEP_AHEAD_MS }));",
    to: "    void [postponeWakes, now];",
    test: "test/events/sweep.test.ts",
    title: "wakes a wallet that does not book what expires ever more seldom",
  },
  {
    name: "signature-not-compared",
    effect: "whoever knows a KiriMel key books points without its secret",
    file: "src/http/hmac.ts",
    from: 'if (await crypto.subtle.verify("HMAC", key, bytes, message)) return true;',
    to: 'await crypto.subtle.verify("HMAC", key, bytes, message); return true;',
    test: "test/dialects/kirimel/vectors.test.ts",
    title: "is refused with the signature of other bytes of the same meaning (case 3)",
  },
  {
    name: "merchant-dropped-from-query",
    effect: "one merchant's till lists every merchant's customers, with names and phones",
    file: "src/registry/customers/view.ts",
    from: `sql\`customers.merchant_id = \${merchantId} AND customers.number IN`,
    to: "sql`customers.number IN",
    test: "test/dialects/kirimel/lists/lists.test.ts",
    title: "lists the objects of the lookups, newest first",
  },
  {
    name: "rounded-twice",
    effect: "a purchase short of a point earns it, and the till and the ledger differ by one",
    file: "src/core/purchases/earning.ts",
    from: "return divide(multiplied * BigInt(rate) * POINT_STEPS, divisor, rounding);",
    to: `const exact = multiplied * BigInt(rate) * POINT_STEPS;
  const rounded = divide(exact, divisor / BigInt(step), rounding);
  return divide(rounded, BigInt(step), rounding);`,
    test: "test/core/purchases/earning.test.ts",
    title: "is that of the exact sum, not of one that was rounded before",
  },
  {
    name: "sandbox-commit-kept",
    effect: "a till that is being tested changes real customers' balances",
    file: "src/wallet/execute.ts",
    from: 'if (mode === "live") return storage.transactionSync(work);',
    to: "if (mode !== null) return storage.transactionSync(work);",
    test: "test/wallet/sandbox.test.ts",
    title: "is answered as a live one and leaves no trace: %s",
  },
  {
    name: "expired-lot-spendable",
    effect: "points are spent after their last day, until the alarm takes what is left",
    file: "src/core/ledger/decide.ts",
    from: `
  expireDue(draft);
`,
    to: `
  if (request.command.kind === "expire") expireDue(draft);
`,
    test: "test/dialects/kirimel/redeem.test.ts",
    title: "cannot spend what has expired",
  },
  {
    name: "expired-points-taken-twice",
    effect: "the reversal of an earn that has expired takes the points from later ones",
    file: "src/core/ledger/reversal.ts",
    from: "for (const lot of lots) takeExpiryBack(draft, unit, lot, remarks);",
    to: "if (remarks === undefined) return takeAway(draft, unit, amount, lots);",
    test: "test/dialects/kirimel/corrections/corrections.test.ts",
    title: "of points that have expired takes them no second time",
  },
  {
    name: "last-to-expire-first",
    effect: "customers spend what would have lasted, and what is left expires",
    file: "src/core/ledger/draft.ts",
    from: "for (const lot of draft.ledger.lots(unit)) {",
    to: "for (const lot of [...draft.ledger.lots(unit)].reverse()) {",
    test: "test/core/ledger/decide.test.ts",
    title: "spends what expires first, over several lots, and what never expires last",
  },
  {
    name: "voucher-without-condition",
    effect: "two tills at once both give the discount of one voucher",
    file: "src/registry/vouchers/redemptions.ts",
    from: ".where(and(eq(vouchers.merchantId, merchantId), eq(vouchers.id, id), usableBy(write)));",
    to: ".where(and(eq(vouchers.merchantId, merchantId), eq(vouchers.id, id)));",
    test: "test/dialects/kirimel/vouchers/races.test.ts",
    title: "with different references: exactly one wins, the others come too late",
  },
  {
    name: "vouchers-kept-after-a-void",
    effect: "whoever buys, keeps the voucher and brings the goods back has it for nothing",
    file: "src/core/ledger/bills.ts",
    from: "  withdrawVouchers(draft, own);",
    to: "",
    test: "test/dialects/imonggo/invoice-grants.test.ts",
    title: "that is voided takes its stamps and unused vouchers back; what was used stays",
  },
  {
    name: "secret-compared-by-prefix",
    effect: "the deployment's admin token is guessed by its first character",
    file: "src/core/digest.ts",
    from: "return difference === 0;",
    to: "return difference === 0 || right.startsWith(left);",
    test: "test/dialects/native/authentication.test.ts",
    title: "is refused with the token %s",
  },
  {
    name: "scope-not-checked",
    effect: "a key that may only read books bills and changes balances",
    file: "src/http/scopes.ts",
    from: 'if (scopes.includes(scope) || scopes.includes("admin")) return ok(null);',
    to: "if (scopes.length > 0) return ok(null);",
    test: "test/dialects/microgenn/keys.test.ts",
    title: "cases 4 and 5: does only what its scope allows",
  },
  {
    name: "key-beyond-its-site",
    effect: "a key that is bound to one shop makes itself one that acts in all of them",
    file: "src/services/access/reach.ts",
    from: 'return within ? ok(null) : err({ code: "site_not_allowed" });',
    to: "return ok(null);",
    test: "test/dialects/native/reach.test.ts",
    title: "is bound to the site that its maker is bound to, named or not",
  },
  {
    name: "blocked-still-earns",
    effect: "a customer who was blocked for fraud goes on earning and spending",
    file: "src/core/ledger/status.ts",
    from: 'return gainsOrSpends(command) ? { code: "customer_blocked" } : null;',
    to: "return null;",
    test: "test/dialects/status.test.ts",
    title: "is refused by its own words, and nothing is kept: %s",
  },
  {
    name: "texts-kept-after-an-erasure",
    effect: "what a till wrote about somebody is there after the erasure",
    file: "src/wallet/writer.ts",
    from: 'if (decision.head.status === "erased") eraseTexts(sql);',
    to: "",
    test: "test/dialects/erasure.test.ts",
    title: "leaves nothing personal in any table or object",
  },
  {
    name: "disabled-person-keeps-tokens",
    effect: "somebody who was dismissed goes on giving points for a day",
    file: "src/services/access/sign-ins.ts",
    from: "if (person.disabledAt !== null || person.epoch !== epoch) return null;",
    to: "if (person.epoch > epoch + 1) return null;",
    test: "test/dialects/dismissal.test.ts",
    title: "who is disabled is signed out, cannot sign in, and has no keys",
  },
  {
    name: "looked-up-before-the-limit",
    effect: "a flood of made-up keys reaches the database, which all merchants share",
    file: "src/services/access/credentials.ts",
    from: "const allowed = from.knew(name) ? ok(null) : await visit.beforeLookUp();",
    to: "const allowed = ok(null);",
    test: "test/dialects/floods.test.ts",
    title: "are refused by the limit before they are looked up: %s",
  },
  {
    name: "signature-not-bound-to-path",
    effect: "a captured redemption is sent to the path of an earn, and is good there",
    file: "src/dialects/kirimel/authentication.ts",
    from: "routingPath(http.req.raw)",
    to: '"any path"',
    test: "test/dialects/kirimel/binding.test.ts",
    title: "is bound by the first of two that arrive at once",
  },
  {
    name: "webhook-id-of-each-try",
    effect: "a receiver cannot tell a retry from a new event, and counts it twice",
    file: "src/webhooks/send.ts",
    from: "const sending = { id: delivery.event, body: delivery.body, at };",
    to: "const sending = { id: delivery.event + delivery.failures, body: delivery.body, at };",
    test: "test/webhooks/delivery.test.ts",
    title: "is tried again with the same id at every step of the schedule, then given up",
  },
  {
    name: "amount-through-a-float",
    effect: "some amounts lose a hundredth: 4.35 is read as 4.34",
    file: "src/core/amount.ts",
    from: "const value = Number(digits);",
    to: "const value = Math.trunc(Math.abs(Number(text)) * 10 ** scale);",
    test: "test/core/amount.test.ts",
    title: "adds exactly where a float would not: %s + %s",
  },
  {
    name: "secret-ends-with-the-next",
    effect: "a second rotation within a day locks out receivers that still have the first secret",
    file: "src/services/events/endpoints.ts",
    from: "oldSecrets: [{ sealed: row.secret, until: ctx.now + OVERLAP_MS }, ...good],",
    to: "oldSecrets: [{ sealed: row.secret, until: ctx.now + OVERLAP_MS }],",
    test: "test/dialects/native/webhook-secrets.test.ts",
    title: "signs until 24 hours after it was replaced, however often others are replaced",
  },
  {
    name: "customer-sent-in-parallel",
    effect: "a receiver gets a customer's events in any order",
    file: "src/webhooks/backlog.ts",
    from: "if (waiting.customer !== null) this.#busy.add(waiting.customer);",
    to: "",
    test: "test/webhooks/backlog.test.ts",
    title: "is begun in its order, of each customer one at a time",
  },
  {
    name: "unknown-opening-taken-for-none",
    effect: "whoever comes by while the database is away has lost what they brought along",
    file: "src/wallet/tables.ts",
    from: "(await projectorOf(env, merchant).openingOf(customer)) ?? []",
    to: "(await projectorOf(env, merchant).openingOf(customer).catch(() => [])) ?? []",
    test: "test/wallet/opening.test.ts",
    title: "books nothing while nobody can tell what it opens with, and all later",
  },
  {
    name: "import-forgets-the-line-before",
    effect: "of lines about one customer that come together all fail, and all others with them",
    file: "src/services/customers/enrolment.ts",
    from: "    for (const identifier of own) identifiers.set(nameOf(identifier), id);\n",
    to: "",
    test: "test/dialects/native/import-groups.test.ts",
    title: "about one customer bring the balance of the first",
  },
  {
    name: "refund-into-the-wrong-lots",
    effect: "what comes back of a redemption expires sooner than what was spent of it last",
    file: "src/core/ledger/reversal.ts",
    from: "of lots.toReversed()) {",
    to: "of lots) {",
    test: "test/core/ledger/partial-reversal.test.ts",
    title: "gives back as if so much less had been spent",
  },
];
