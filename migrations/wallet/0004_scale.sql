-- Points count in thousandths instead of hundredths, a programme may have units of its own, a
-- redemption may be taken back in parts, and the head knows the sums of the bills.
DROP TRIGGER entries_no_update;
DROP TRIGGER entries_no_delete;
DROP INDEX entries_reference;
DROP INDEX entries_guard;
DROP INDEX entries_corrects;
DROP INDEX entries_expired;
ALTER TABLE entries RENAME TO entries_before;
ALTER TABLE lots RENAME TO lots_before;

CREATE TABLE entries (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- An IN list would cost a row read at each write.
  unit TEXT NOT NULL CHECK (
    unit = 'point' OR unit = 'stamp' OR unit = 'prepaid' OR unit GLOB 'own:[a-z]*'
  ),
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
  receipt TEXT,
  texts_seq INTEGER CHECK (texts_seq > 0),
  texts_digest TEXT
) STRICT;

INSERT INTO entries
SELECT
  seq, id, kind, unit,
  amount * steps, balance * steps,
  IIF(
    steps = 1,
    lots,
    (SELECT json_group_array(json_array(value ->> 0, (value ->> 1) * steps)) FROM json_each(lots))
  ),
  occurred_at, recorded_at, corrects, operation, reference,
  -- The amount, in smallest steps.
  IIF(operation = 'redeem/point', CAST(fingerprint * steps AS TEXT), fingerprint),
  guard_key, guard_fingerprint, guard_indexed, source, remarks,
  json_replace(
    after,
    '$.holdings.point.balance', (after ->> '$.holdings.point.balance') * 10,
    '$.holdings.point.earned', (after ->> '$.holdings.point.earned') * 10,
    '$.holdings.point.redeemed', (after ->> '$.holdings.point.redeemed') * 10
  ),
  json_replace(
    receipt,
    '$.amount', (receipt ->> '$.amount') * steps,
    '$.balance', (receipt ->> '$.balance') * steps,
    '$.standing.missing', (receipt ->> '$.standing.missing') * 10,
    '$.bill.earned', (receipt ->> '$.bill.earned') * 10
  ),
  texts_seq, texts_digest
FROM (SELECT *, IIF(unit = 'point', 10, 1) AS steps FROM entries_before)
ORDER BY seq;

DROP TABLE entries_before;

CREATE INDEX entries_reference ON entries (reference) WHERE reference IS NOT NULL;
CREATE INDEX entries_guard ON entries (guard_key) WHERE guard_indexed = 1;
CREATE INDEX entries_corrects ON entries (corrects) WHERE corrects IS NOT NULL;
-- How much of a lot has expired: a reversal of what it was given to counts that as taken.
CREATE INDEX entries_expired ON entries (unit, occurred_at, amount) WHERE kind = 'expire';

UPDATE entries
SET after = json_set(after, '$.bills', json((
  SELECT json_group_object(currency, json_object('count', count, 'total', total))
  FROM (
    SELECT
      bill.remarks ->> '$.bill.total.currency' AS currency,
      SUM((bill.remarks ->> '$.bill.total.amount') >= 0) AS count,
      SUM(bill.remarks ->> '$.bill.total.amount') AS total
    FROM entries AS bill
    WHERE bill.kind = 'bill' AND NOT EXISTS (SELECT 1 FROM entries WHERE corrects = bill.seq)
    GROUP BY 1
  )
)))
WHERE seq = (SELECT MAX(seq) FROM entries) AND EXISTS (SELECT 1 FROM entries WHERE kind = 'bill');

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are immutable');
END;

CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are immutable');
END;

CREATE TABLE lots (
  -- An IN list would cost a row read at each write.
  unit TEXT NOT NULL CHECK (
    unit = 'point' OR unit = 'stamp' OR unit = 'prepaid' OR unit GLOB 'own:[a-z]*'
  ),
  expires_at INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0 AND (amount > 0 OR expires_at = 0)),
  PRIMARY KEY (unit, expires_at)
) STRICT, WITHOUT ROWID;

INSERT INTO lots
SELECT unit, expires_at, amount * IIF(unit = 'point', 10, 1) FROM lots_before;

DROP TABLE lots_before;

UPDATE refusals
SET error = json_replace(
  error,
  '$.requested', (error ->> '$.requested') * 10,
  '$.available', (error ->> '$.available') * 10
)
WHERE error ->> '$.unit' = 'point';
