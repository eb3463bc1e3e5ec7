/** Steps of statements' plans that may be, though they go through rows. */
export interface PlanException {
  /** Part of the statement, with single blanks. */
  readonly of: string;
  /** Part of each step that is meant. */
  readonly steps: readonly string[];
  readonly why: string;
}

const SORT = "USE TEMP B-TREE FOR ORDER BY";
const CHANGED = "_updated (merchant_id=? AND updated_at>? AND updated_at<?)";
const SINCE: Readonly<Record<string, string>> = {
  customers: "updated_at >= ?",
  invoices: '("invoices"."updated_at" >= ?',
};

/** What of the plans of the registry's statements is no scan of what grows. */
export const EXCEPTIONS: readonly PlanException[] = [
  {
    of: "MAX(number)",
    steps: ["_number (merchant_id=?)"],
    why: "the largest number is the index's last entry",
  },
  {
    of: 'MAX("number")',
    steps: ["_number (merchant_id=?)"],
    why: "the largest number is the index's last entry",
  },
  {
    of: "MAX(seq)",
    steps: ["SEARCH events USING PRIMARY KEY (merchant_id=?)"],
    why: "the largest number is the index's last entry",
  },
  {
    of: "SELECT MIN(merchant_id) FROM invoices",
    steps: ["invoices_open (merchant_id>?)"],
    why: "the next merchant with an open invoice is the next entry of the index of open ones",
  },
  {
    of: "json_group_array(json_object('kind'",
    steps: ["USE TEMP B-TREE FOR json_group_array(ORDER BY)"],
    why: "one customer's identifiers",
  },
  {
    of: "WINDOW by_start",
    steps: [SORT],
    why: "there is one row a tier for 2,048 customers or more, or 4,096 numbers",
  },
  {
    of: "FROM json_each(?) AS item",
    steps: [SORT],
    why: "numbers the rows that the statement itself brings",
  },
  {
    of: "FROM json_each(?) GROUP BY 1",
    steps: ["USE TEMP B-TREE FOR GROUP BY"],
    why: "groups the rows that the statement itself brings",
  },
  {
    of: "told.seq > ? AND told.seq <= ?",
    steps: ["USE TEMP B-TREE FOR GROUP BY"],
    why: "a slice of the feed, whose length the rebuild says",
  },
  {
    of: "ORDER BY +number LIMIT ? OFFSET ?",
    steps: [SORT, CHANGED],
    why: "what was changed in a window of time that the till chooses, as the index tells it",
  },
  ...["customers", "invoices"].map((table) => ({
    of: `SELECT COUNT(*) AS total FROM ${table} WHERE merchant_id = ? AND ${SINCE[table]}`,
    steps: [CHANGED],
    why: "what was changed in a window of time that the till chooses, as the index tells it",
  })),
  {
    of: `SELECT updated_at AS "updatedAt" FROM customers WHERE merchant_id = ? AND updated_at >= ?`,
    steps: [CHANGED],
    why: "the last entry of an index, or the last of one who is active",
  },
  ...["email = ?", "attributes ->> '$.telephone' = ?"].map((one) => ({
    of: `(customers.id IN (SELECT id FROM customers WHERE merchant_id = ? AND ${one})`,
    steps: [SORT],
    why: "those who share one exact text",
  })),
  ...["attributes ->> '$.code' = ?", "attributes ->> '$.mobile' = ?"].map((one) => ({
    of: `merchant_id = ? AND ${one} UNION SELECT customer_id FROM identifiers`,
    steps: [SORT],
    why: "those who share one exact text",
  })),
  {
    of: "customers.id IN (SELECT customer_id FROM identifiers WHERE merchant_id = ? AND kind = ?",
    steps: [SORT],
    why: "an identifier is one customer's",
  },
  {
    of: "AND email = ? ORDER BY number DESC LIMIT ?)",
    steps: [SORT],
    why: "of those who share an e-mail as many as the statement says",
  },
  {
    of: "ORDER BY number DESC LIMIT ?) WHERE INSTR(LOWER(name)",
    steps: [SORT, "customers_number (merchant_id=?)", "USE TEMP B-TREE FOR DISTINCT"],
    why: "the newest, and of what begins with a text so many as the statement says",
  },
  {
    of: 'where ("customers"."merchant_id" = ? and "customers"."status" <> ?) order by',
    steps: ["customers_number (merchant_id=?)"],
    why: "a search for nothing: the newest until there are enough",
  },
  {
    of: '"vouchers"."customer_id" = ? and "vouchers"."status" = ?',
    steps: [SORT],
    why: "one customer's own vouchers",
  },
  {
    of: '"vouchers"."customer_id" = ?) and "vouchers"."status" = ?',
    steps: [SORT],
    why: "one customer's own vouchers",
  },
  {
    of: "v.customer_id IS NULL AND v.valid_until IS NULL",
    steps: [SORT],
    why: "of each series so many as the statement says",
  },
  {
    of: '"vouchers"."code" = ? DESC',
    steps: [SORT],
    why: "the few vouchers whose codes differ by case",
  },
  {
    of: '"memberships"."customer_id" = ? and "memberships"."ended_at" is null',
    steps: [SORT],
    why: "what one customer holds, of each programme one",
  },
  ...["staff", "keys", "messages"].map((table) => ({
    of: `where "${table}"."merchant_id" = ? order by "${table}"."id" desc limit ?`,
    steps: [`${table}_merchant (merchant_id=?)`],
    why: "the first page of a list, in the order of the index",
  })),
  {
    of: 'from "events" where "events"."merchant_id" = ? order by "events"."seq" desc limit ?',
    steps: ["SEARCH events USING PRIMARY KEY (merchant_id=?)"],
    why: "the first page of the feed, in the order of the index",
  },
  {
    of: "FROM events WHERE merchant_id = ? ORDER BY seq DESC LIMIT",
    steps: ["SEARCH events USING PRIMARY KEY (merchant_id=?)"],
    why: "the last events, in the order of the index",
  },
  {
    of: 'from "bills" where "bills"."merchant_id" = ? order by "bills"."id" desc limit ?',
    steps: ["sqlite_autoindex_bills_1 (merchant_id=?)"],
    why: "the first page of a list, in the order of the index",
  },
  {
    of: 'from "merchants" order by "merchants"."id" desc limit ?',
    steps: ["SCAN merchants USING INDEX sqlite_autoindex_merchants_1"],
    why: "the first page of a list that only the deployment's admin sees",
  },
  {
    of: 'delete from "messages"',
    steps: ["messages_merchant (merchant_id=?)"],
    why: "messages are kept in local development only",
  },
];

/** Statements that tests themselves have drizzle word. */
export const OWN_OF_TESTS: readonly string[] = [
  'select "key" from "requests"',
  'delete from "requests" where "requests"."key" = ?',
];
