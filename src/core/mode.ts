/** Every mode of a key. */
export const MODES = ["live", "test"] as const;

/** `live` keeps what a call does; `test` decides all the same and keeps nothing. */
export type Mode = (typeof MODES)[number];
