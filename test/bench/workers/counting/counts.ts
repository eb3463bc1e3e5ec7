/** What the service did, since it was asked last. */
export interface Counts {
  /** Rows of the objects' own databases. An alarm that is set is a written row as well. */
  read: number;
  written: number;
  alarmsSet: number;
  /** Round trips to a database, and the statements in them. */
  d1Calls: number;
  d1Statements: number;
  d1Read: number;
  d1Written: number;
  /** Calls of each kind of object, alarms included. */
  calls: Record<string, number>;
  /** Milliseconds that objects of each kind were at it. */
  busyMs: Record<string, number>;
  fetches: number;
}
