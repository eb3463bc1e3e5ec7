import type { Database } from "../../../src/registry/database.ts";
import { row } from "./rows.ts";

/** What of a function's module and arguments makes it issue all of its statements. */
export type Case = (call: (...given: readonly unknown[]) => unknown, db: Database) => unknown;

const M = "mer_1";
const SLICE = { limit: 9, offset: 0 };
const DEEP = { limit: 9, offset: 9_000 };
const CODES = ["A", "B"];
const OWN = [{ kind: "phone", value: "+60123456789" }];
const SEARCH = { name: null, email: null, identifiers: [] };
const FILTER = { search: null, tier: null, lowestTier: "Bronze" };
const ALL = {
  activeOnly: false,
  since: 0,
  until: Number.MAX_SAFE_INTEGER,
  code: null,
  alternateCode: null,
  email: null,
  mobile: null,
  telephone: null,
  name: null,
};
const WINDOWS = [
  ALL,
  { ...ALL, activeOnly: true },
  { ...ALL, since: 5 },
  { ...ALL, until: 5, activeOnly: true },
  ...["code", "alternateCode", "email", "mobile", "telephone", "name"].flatMap((field) => [
    { ...ALL, [field]: "x" },
    { ...ALL, [field]: "x", since: 5, activeOnly: true },
  ]),
];
const INVOICES = { since: 0, until: Number.MAX_SAFE_INTEGER, siteId: null, reference: null };
const INVOICE_WINDOWS = [
  INVOICES,
  { ...INVOICES, siteId: "sit_1" },
  { ...INVOICES, reference: "r" },
  { ...INVOICES, since: 5 },
  { ...INVOICES, since: 5, siteId: "sit_1", reference: "r" },
];

/** Calls with the merchant and these. */
const of =
  (...given: readonly unknown[]): Case =>
  (call, db) =>
    call(db, M, ...given);
/** Calls with these alone. */
const by =
  (...given: readonly unknown[]): Case =>
  (call, db) =>
    call(db, ...given);
/** Several calls. */
const each =
  (...cases: readonly Case[]): Case =>
  (call, db) =>
    cases.map((one) => one(call, db));
/** The first page of a list by cursor, and the one after. */
const pages = each(of(9, null), of(9, "x_1"));
const found = { id: "x_1" };

/** Each function of the registry that issues a statement or makes a write, and calls of it. */
export const CASES: Readonly<Record<string, Case>> = {
  "purchases/claims.ts findClaim": of("invoice", CODES),
  "purchases/claims.ts insertClaim": by(row),
  "purchases/claims.ts deleteClaim": by(row),
  "purchases/invoices.ts insertInvoice": by(row),
  "purchases/invoices.ts nextInvoiceNumber": of(),
  "purchases/invoices.ts findInvoice": of(1),
  "purchases/invoices.ts findInvoiceById": of("x_1"),
  "purchases/invoices.ts findInvoiceByReference": of("r"),
  "purchases/invoices.ts listInvoices": each(
    ...INVOICE_WINDOWS.flatMap((window) => [of(window, SLICE), of(window, DEEP)]),
  ),
  "purchases/invoices.ts countInvoices": each(...INVOICE_WINDOWS.map((window) => of(window))),
  "purchases/invoices.ts listOpenInvoices": by({ now: 1, until: 1 }, { cap: 9, limit: 9 }),
  "purchases/invoices.ts postponeInvoices": by([row], 1),
  "purchases/invoices.ts noteBooked": by(row, 1, 1),
  "purchases/invoices.ts deleteUnbooked": by(row),
  "purchases/invoices.ts markVoided": by(row),
  "purchases/invoices.ts noteVoidBooked": by(row, 1),
  "purchases/invoices.ts unmarkVoided": by(row),
  "purchases/invoices.ts forgetRemarks": of("cus_1"),
  "vouchers/granted.ts insertGrantedVouchers": of([row]),
  "vouchers/granted.ts withdrawVouchers": of(CODES, 1),
  "vouchers/granted.ts listSeriesKeys": of(CODES),
  "vouchers/vouchers.ts insertSeries": by(row),
  "vouchers/vouchers.ts insertVouchers": by({
    ...(row as object),
    validFrom: null,
    validUntil: null,
  }),
  "vouchers/vouchers.ts findSeries": each(of(found), of({ number: 1 }), of({ key: "k" })),
  "vouchers/vouchers.ts pageSeries": of(9, 0),
  "vouchers/vouchers.ts findVoucherByCode": of({ exact: CODES, generated: CODES }),
  "vouchers/vouchers.ts findVoucherAnyCase": of("a"),
  "vouchers/vouchers.ts findVouchersByCodes": of(CODES),
  "vouchers/vouchers.ts findVoucher": of("x_1"),
  "vouchers/lists.ts listOwnVouchers": of("cus_1", { kind: "amount", day: "d", limit: 9 }),
  "vouchers/vouchers.ts findVoucherByIssueReference": of("cus_1", "r"),
  "vouchers/vouchers.ts findFreeVoucher": of("vse_1"),
  "vouchers/lists.ts listRedeemable": of("cus_1", "d", 9),
  "vouchers/lists.ts listUnusedVouchers": of("cus_1", "d", 9),
  "vouchers/redemptions.ts redeemVoucherWrite": by(row),
  "vouchers/redemptions.ts redeemVouchersWrite": by({ ...(row as object), ids: CODES }),
  "vouchers/redemptions.ts forgetRedemptionRemarks": of("cus_1"),
  "customers/openings.ts insertOpenings": of([{ customer: "cus_1", bookings: [] }]),
  "customers/openings.ts findOpening": of("cus_1"),
  "customers/openings.ts readOpeningKeys": of(CODES),
  "customers/openings.ts dropOpenings": of(CODES),
  "customers/customers.ts setCustomerStatus": of("cus_1", "blocked", 1),
  "customers/customers.ts findBarred": of(CODES),
  "vouchers/vouchers.ts issueNextVoucher": by({ ...(row as object), event: row }),
  "vouchers/vouchers.ts listSeries": pages,
  "customers/customer-type.ts findCustomerType": of("x_1"),
  "customers/customer-type.ts findCustomerTypeByNumber": of(1),
  "customers/customer-type.ts listCustomerTypes": pages,
  "customers/customer-type.ts listCustomerTypesByNumber": each(
    of(ALL, SLICE),
    of(WINDOWS[3], SLICE),
  ),
  "customers/customer-type.ts insertCustomerType": each(
    by(row),
    by({ ...(row as object), number: 1 }),
  ),
  "customers/customer-type.ts nextCustomerTypeNumber": of(),
  "customers/moving-in.ts readHolders": of({
    numbers: [1],
    identifiers: OWN,
    sites: [],
    types: [1],
  }),
  "customers/moving-in.ts insertCustomers": of([row]),
  "customers/members.ts findMember": of(1),
  "customers/members.ts findNamesakes": of("Ada", 2),
  "customers/windows.ts listCustomerWindow": each(
    ...WINDOWS.flatMap((window) => [of(window, SLICE), of(window, DEEP)]),
  ),
  "customers/windows.ts summariseCustomers": each(...WINDOWS.map((window) => of(window))),
  "customers/erasure.ts eraseCustomerWrites": of("cus_1", 1),
  "customers/listing.ts pageCustomers": each(
    ...[
      FILTER,
      { ...FILTER, tier: "gold" },
      { ...FILTER, tier: "bronze" },
      { ...FILTER, search: "a" },
      { ...FILTER, search: "a", tier: "bronze" },
    ].flatMap((filter) => [of(filter, 9, 0), of(filter, 9, 9_000)]),
  ),
  "customers/listing.ts customersBelow": each(of(null, 9), of(9, 9)),
  "customers/customers.ts findCustomerId": of(1),
  "customers/customers.ts findCustomersByIdentifiers": of([...OWN, ...OWN]),
  "customers/customers.ts findHeld": of([...OWN, ...OWN]),
  "customers/customers.ts findCustomerByEmail": of("a@b.co"),
  "customers/customers.ts readCustomer": of("cus_1"),
  "customers/customers.ts readCustomerOrErased": of("cus_1"),
  "customers/customers.ts searchCustomers": each(
    of(SEARCH, 9),
    of({ ...SEARCH, name: "a" }, 9),
    of({ ...SEARCH, email: "a@b.co" }, 9),
    of({ ...SEARCH, identifiers: OWN }, 9),
    of({ name: "a", email: "a@b.co", identifiers: OWN }, 9),
  ),
  "customers/customers.ts findCustomerNumber": of("cus_1"),
  "customers/customers.ts nextCustomerNumber": of(),
  "customers/customers.ts insertCustomer": by(row, OWN),
  "customers/customers.ts updateCustomer": by(row, 1),
  "customers/customers.ts replaceIdentifier": by(row, "phone", "+60123456789", 1),
  "customers/customers.ts readReferenceCodes": of(CODES),
  "customers/customers.ts giveIdentifier": by(row, OWN[0], 1),
  "customers/customers.ts touchCustomer": of("cus_1", 1),
  "access/staff.ts listStaff": pages,
  "access/staff.ts insertStaff": by(row),
  "access/staff.ts updateStaff": by(row, { name: "A" }, { ends: true, now: 1 }),
  "access/staff.ts findStaff": of("stf_1"),
  "access/staff.ts findStaffByUsername": of("ada"),
  "access/staff.ts nextStaffNumber": of(),
  "access/keys.ts findKeyByHash": by("h"),
  "access/keys.ts findKeyById": of("key_1"),
  "access/keys.ts listKeys": pages,
  "access/keys.ts findUsedKey": of("key_1"),
  "access/keys.ts listKeysOfPerson": by(row, 9),
  "access/keys.ts revokeKeysOfPerson": by(row, 1),
  "access/keys.ts revokeKey": of("key_1", 1),
  "access/keys.ts endKey": by(row, 1, 1),
  "access/keys.ts insertKeyUse": by("key_1", 1, 1),
  "access/keys.ts insertKey": by(row),
  "access/keys.ts listPersonalKeys": each(
    by({ dialect: "imonggo", username: "ada", merchantId: null }, 1, 9),
    by({ dialect: "imonggo", username: "ada", merchantId: M }, 1, 9),
  ),
  "access/sign-ins.ts findToken": by("h"),
  "access/sign-ins.ts insertToken": by(row),
  "access/sign-ins.ts sweepTokens": by(1),
  "events/hand-out.ts readHandOut": of(9),
  "events/hand-out.ts readMissed": of("whe_1", 9),
  "events/hand-out.ts advanceHandedSeq": of(1),
  "events/hand-out.ts startHandingOut": of(),
  "events/hand-out.ts noteBehind": of(CODES, 1, { now: 1, retryAt: 1 }),
  "events/hand-out.ts advanceBehind": by(row, 1, 1),
  "events/hand-out.ts postponeBehind": by(row, 1),
  "events/hand-out.ts rejoin": by(row, 1),
  "events/endpoints.ts findEndpoint": of("whe_1"),
  "events/endpoints.ts listEndpoints": pages,
  "events/endpoints.ts countEndpoints": of(),
  "events/endpoints.ts insertEndpoint": by(row, 9),
  "events/endpoints.ts updateEndpoint": each(
    by(row, { description: "d" }),
    by({ ...(row as object), enabled: false }, { enabled: true }),
  ),
  "events/endpoints.ts deleteEndpoint": by(row),
  "events/sweeps.ts merchantsToSweep": by({ now: 1, expiring: 1 }, 9),
  "events/sweeps.ts noteSwept": by("mer_1"),
  "events/sweeps.ts wakeableWallets": of(1, 9),
  "events/sweeps.ts postponeWakes": of([{ customer: "cus_1" }], { now: 1, ahead: 1 }),
  "events/sweeps.ts walletsAfter": of(1, 9),
  "events/sweeps.ts findRound": of(1),
  "events/sweeps.ts keepRound": by({ ...(row as object), cursor: 1 }),
  "events/rebuilds.ts findRebuild": of(),
  "events/rebuilds.ts startRebuild": of(1),
  "events/rebuilds.ts advanceRebuild": by(row, { cursor: "1", done: 1, finishedAt: null }),
  "events/rebuilds.ts readToldSeqs": by(row, 9),
  "events/projection.ts projectWallets": each(of([row], "publish"), of([row], "restore")),
  "events/projection.ts projectExpiries": of([row]),
  "events/projection.ts projectedSeqs": of(CODES),
  "events/projection.ts projectBills": each(of([row], "publish"), of([row], "restore")),
  "events/projection.ts projectBillEnds": of([row]),
  "events/projection.ts feedWalletEvents": of([row]),
  "events/projection.ts findProjectedWallet": of("cus_1"),
  "events/projection.ts listProjectedBills": each(
    ...[null, "cus_1"].flatMap((customer) => [of(customer, 9, null), of(customer, 9, "bil_1")]),
  ),
  "events/projection.ts projectedAt": of(),
  "events/events.ts insertEvents": of([row]),
  "events/events.ts insertEventAbout": of(row, "voucher", "v"),
  "events/events.ts readFeed": each(
    ...[[], ["points.*"]].flatMap((types) => [
      of({ types, limit: 9 }),
      of({ types, limit: 9, after: 1 }),
      of({ types, limit: 9, before: 9 }),
    ]),
  ),
  "events/events.ts seqAt": of(1),
  "ledger/guarded-writes.ts findRequest": of("k", 1),
  "ledger/guarded-writes.ts sweepRequests": by(1),
  "ledger/guarded-writes.ts keepRequest": by(row, 1),
  "ledger/guarded-writes.ts bindRequest": by(row),
  "memberships/memberships.ts insertMembershipProgram": by(row),
  "memberships/memberships.ts findMembershipProgram": of("k"),
  "memberships/memberships.ts listMembershipPrograms": pages,
  "memberships/memberships.ts findHeldMembership": of("cus_1", "mpr_1"),
  "memberships/memberships.ts listHeldMemberships": of("cus_1", "2026-01-01"),
  "memberships/memberships.ts insertMembership": by(row),
  "memberships/memberships.ts endMembershipsWrite": of(CODES, 1),
  "memberships/memberships.ts extendMembershipWrite": by(row, "2027-01-01", 1),
  "messages/messages.ts insertMessage": by(row),
  "messages/messages.ts listMessages": pages,
  "merchants/merchants.ts findMerchant": each(by(found), by({ slug: "slug" })),
  "merchants/merchants.ts listMerchants": each(by(9, null), by(9, M)),
  "merchants/merchants.ts insertMerchant": by(row),
  "merchants/merchants.ts changeGateway": by(row, null, 1),
  "merchants/merchants.ts completeMerchant": by(M, row),
  "merchants/sites.ts firstSite": of(),
  "merchants/sites.ts findSiteByCode": of("C"),
  "merchants/sites.ts findSite": of("sit_1"),
  "merchants/sites.ts listSites": pages,
  "merchants/sites.ts findSiteByNumber": of(1),
  "merchants/sites.ts listSitesByNumber": of({ since: 0, until: 9 }, SLICE),
  "merchants/sites.ts insertSite": by(row, 9),
  "merchants/sites.ts nextSiteNumber": of(),
  "merchants/sites.ts countSites": of(),
  "merchants/programs.ts findProgram": of(),
  "merchants/programs.ts insertProgram": by(row),
};

/** Exported functions that issue nothing and make no write: what others build theirs of. */
export const PARTS: readonly string[] = [
  "blocks.ts placeOf",
  "customers/moving-in.ts nameOf",
  "customers/search.ts numbersFound",
  "customers/search.ts numbersNamed",
  "customers/view.ts numbered",
  "customers/view.ts selectCustomers",
  "database.ts database",
  "events/events.ts eventRows",
  "parts.ts textParts",
  "vouchers/redemptions.ts isActive",
  "events/events.ts lastEventData",
  "events/events.ts lastSeq",
  "ledger/guarded-writes.ts takenOutcome",
  "unit-of-work.ts unitOfWork",
  "vouchers/view.ts active",
  "vouchers/view.ts withSeries",
];
