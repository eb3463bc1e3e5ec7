CREATE TABLE owner (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  merchant TEXT NOT NULL,
  customer TEXT NOT NULL
) STRICT;

CREATE TABLE entries (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  unit TEXT NOT NULL CHECK (unit IN ('point', 'stamp', 'prepaid')),
  amount INTEGER NOT NULL,
  balance INTEGER NOT NULL,
  lots TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  corrects INTEGER REFERENCES entries (seq),
  operation TEXT,
  reference TEXT,
  fingerprint TEXT,
  guard_key TEXT,
  guard_fingerprint TEXT,
  guard_indexed INTEGER NOT NULL CHECK (guard_indexed IN (0, 1)),
  source TEXT NOT NULL,
  remarks TEXT NOT NULL,
  after TEXT NOT NULL,
  receipt TEXT
) STRICT;

CREATE INDEX entries_reference ON entries (reference) WHERE reference IS NOT NULL;
CREATE INDEX entries_guard ON entries (guard_key) WHERE guard_indexed = 1;
CREATE UNIQUE INDEX entries_corrects ON entries (corrects) WHERE corrects IS NOT NULL;

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are immutable');
END;

CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are immutable');
END;

CREATE TABLE lots (
  unit TEXT NOT NULL CHECK (unit IN ('point', 'stamp', 'prepaid')),
  expires_at INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0 AND (amount > 0 OR expires_at = 0)),
  PRIMARY KEY (unit, expires_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusals (
  guard_key TEXT PRIMARY KEY,
  guard_fingerprint TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  error TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX refusals_expiry ON refusals (expires_at);
