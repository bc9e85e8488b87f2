-- What rules were told of members, in the order they were told: the record that draft rules are tried over. A member's facts go
-- when the member is erased.
CREATE TABLE facts (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  member      TEXT NOT NULL,
  at          INTEGER NOT NULL,
  told_at     INTEGER NOT NULL,
  fact        BLOB NOT NULL
);
CREATE INDEX facts_by_member ON facts (member);
