/** The statuses that a merchant may give a customer. */
export const GIVEN_STATUSES = ["active", "inactive", "blocked"] as const;

/** See {@link GIVEN_STATUSES}. */
export type GivenStatus = (typeof GIVEN_STATUSES)[number];

/** Every status of a customer: `erased` is for good, and nobody's to give. */
export const CUSTOMER_STATUSES = [...GIVEN_STATUSES, "erased"] as const;

/** See {@link CUSTOMER_STATUSES}. */
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];
