-- What tills write in their own words, beside the entries that it tells of: those are for ever, and
-- this can be erased. An entry names the row and keeps its salted digest.
CREATE TABLE texts (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  salt TEXT NOT NULL,
  texts TEXT NOT NULL
) STRICT;

ALTER TABLE entries ADD COLUMN texts_seq INTEGER CHECK (texts_seq > 0);
ALTER TABLE entries ADD COLUMN texts_digest TEXT;

-- Entries from before hold theirs themselves. No digest was taken of them.
INSERT INTO texts (seq, salt, texts)
SELECT seq, '', json_object(
  'description', json_extract(remarks, '$.description'),
  'extra', json_extract(remarks, '$.extra')
)
FROM entries
WHERE json_extract(remarks, '$.description') IS NOT NULL
  OR json_extract(remarks, '$.extra') IS NOT NULL;

DROP TRIGGER entries_no_update;

UPDATE entries
SET texts_seq = seq, remarks = json_remove(remarks, '$.description', '$.extra')
WHERE seq IN (SELECT seq FROM texts);

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are immutable');
END;
