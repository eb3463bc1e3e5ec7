-- How much of a lot has expired: a reversal of what it was given to counts that as taken.
CREATE INDEX entries_expired ON entries (unit, occurred_at, amount) WHERE kind = 'expire';
