-- Times are Unix milliseconds, UTC. Ids ascend and are given by the venue loop, so that appending stays cheap.
CREATE TABLE venues (
  number      INTEGER PRIMARY KEY,
  tenant      TEXT NOT NULL,
  venue       TEXT NOT NULL UNIQUE,
  map         TEXT NOT NULL
);

CREATE TABLE secrets (
  venue       INTEGER NOT NULL,
  name        TEXT NOT NULL,
  value       BLOB NOT NULL,
  PRIMARY KEY (venue, name)
);

-- The ordered input log of each venue: one row a commit, or one a member's input, so that it can be emptied when the member is erased.
CREATE TABLE log (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  first_input INTEGER NOT NULL,
  inputs      INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  member      TEXT NULL,
  records     BLOB NOT NULL
);
CREATE INDEX log_by_venue ON log (venue, first_input);
CREATE INDEX log_by_member ON log (member) WHERE member IS NOT NULL;

CREATE TABLE snapshots (
  venue       INTEGER NOT NULL,
  next_input  INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  state       BLOB NOT NULL,
  PRIMARY KEY (venue, next_input)
);

CREATE TABLE visits (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  token       INTEGER NOT NULL,
  member      TEXT NULL,
  since       INTEGER NOT NULL,
  until       INTEGER NOT NULL,
  traits      INTEGER NOT NULL,
  confidence  INTEGER NOT NULL,
  sources     INTEGER NOT NULL
);
CREATE INDEX visits_by_member ON visits (member, since) WHERE member IS NOT NULL;

CREATE TABLE stays (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  token       INTEGER NOT NULL,
  member      TEXT NULL,
  zone        INTEGER NOT NULL,
  since       INTEGER NOT NULL,
  until       INTEGER NOT NULL,
  confidence  INTEGER NOT NULL,
  sources     INTEGER NOT NULL
);
CREATE INDEX stays_by_member ON stays (member, since) WHERE member IS NOT NULL;

CREATE TABLE members (
  id          TEXT PRIMARY KEY,
  venue       INTEGER NOT NULL,
  nickname    TEXT NOT NULL,
  birthday    TEXT NULL,
  language    TEXT NOT NULL,
  purposes    INTEGER NOT NULL,
  tier        TEXT NULL,
  secret_hash BLOB NOT NULL UNIQUE,
  joined_at   INTEGER NOT NULL
);

-- Who was erased, so that no replay and no restored copy brings them back.
CREATE TABLE erased (
  member      TEXT PRIMARY KEY,
  at          INTEGER NOT NULL
);

CREATE TABLE consents (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  member      TEXT NOT NULL,
  purposes    INTEGER NOT NULL,
  text_version TEXT NOT NULL,
  language    TEXT NOT NULL,
  channel     TEXT NOT NULL,
  at          INTEGER NOT NULL
);
CREATE INDEX consents_by_member ON consents (member);

CREATE TABLE bindings (
  venue       INTEGER NOT NULL,
  token       INTEGER NOT NULL,
  member      TEXT NOT NULL,
  how         TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (venue, token)
);
CREATE INDEX bindings_by_member ON bindings (member);

CREATE TABLE links (
  code_hash   BLOB PRIMARY KEY,
  venue       INTEGER NOT NULL,
  member      TEXT NOT NULL,
  expires_at  INTEGER NOT NULL,
  used_at     INTEGER NULL
);

CREATE TABLE decisions (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  member      TEXT NOT NULL,
  rule        TEXT NOT NULL,
  rule_version INTEGER NOT NULL,
  outcome     TEXT NOT NULL,
  offer       TEXT NULL,
  zone        INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  gates       TEXT NOT NULL
);
CREATE INDEX decisions_by_member ON decisions (member, id);
CREATE INDEX decisions_by_venue ON decisions (venue, id);

-- A coupon's uid is made of member, rule and period: the venue loop decides that there is one; the constraint only detects a bug.
CREATE TABLE coupons (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  uid         TEXT NOT NULL UNIQUE,
  code        TEXT NOT NULL,
  short_code  TEXT NOT NULL,
  qr          TEXT NOT NULL,
  member      TEXT NOT NULL,
  rule        TEXT NOT NULL,
  rule_version INTEGER NOT NULL,
  offer       TEXT NOT NULL,
  state       TEXT NOT NULL,
  issued_at   INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  redeemed_at INTEGER NULL,
  redeemed_in INTEGER NULL,
  redeemed_by TEXT NULL,
  why         TEXT NOT NULL
);
CREATE UNIQUE INDEX coupons_by_code ON coupons (venue, code);
CREATE UNIQUE INDEX coupons_by_short_code ON coupons (venue, short_code);
CREATE INDEX coupons_by_member ON coupons (member, id);

CREATE TABLE redemptions (
  venue       INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  code        TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  at          INTEGER NOT NULL,
  reply       TEXT NOT NULL,
  PRIMARY KEY (venue, idempotency_key)
);

-- What must reach a person; kept until read past by the person's own cursor, and at least for the offer's life.
CREATE TABLE inbox (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  member      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  at          INTEGER NOT NULL,
  coupon      INTEGER NULL,
  body        TEXT NOT NULL
);
CREATE INDEX inbox_by_member ON inbox (member, id);

CREATE TABLE arrivals (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  zone        INTEGER NOT NULL,
  member      TEXT NOT NULL,
  at          INTEGER NOT NULL,
  body        TEXT NOT NULL,
  acknowledged_by TEXT NULL,
  acknowledged_at INTEGER NULL
);
CREATE INDEX arrivals_by_zone ON arrivals (venue, zone, id);
CREATE INDEX arrivals_by_member ON arrivals (member);

-- Payloads that could not be read: why, how long, and a digest to compare by; never the bytes, for they may hold anything.
CREATE TABLE refused (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  gateway     TEXT NOT NULL,
  at          INTEGER NOT NULL,
  reason      TEXT NOT NULL,
  length      INTEGER NOT NULL,
  digest      TEXT NOT NULL
);

CREATE TABLE rules (
  venue       INTEGER NOT NULL,
  id          TEXT NOT NULL,
  version     INTEGER NOT NULL,
  document    TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (venue, id)
);

-- Written to find out whether the disk takes anything again.
CREATE TABLE probes (
  id          INTEGER PRIMARY KEY,
  times       INTEGER NOT NULL
);
