-- Replies to calls that may be repeated, by the caller's key: the same call gets the same answer again.
CREATE TABLE replies (
  venue       INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  request     TEXT NOT NULL,
  status      INTEGER NOT NULL,
  body        TEXT NOT NULL,
  member      TEXT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (venue, idempotency_key)
);
CREATE INDEX replies_by_member ON replies (member) WHERE member IS NOT NULL;

-- What people did to a coupon by hand: who took a redemption back or cancelled it, and why.
CREATE TABLE coupon_events (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  coupon      TEXT NOT NULL,
  what        TEXT NOT NULL,
  by_whom     TEXT NOT NULL,
  reason      TEXT NOT NULL,
  at          INTEGER NOT NULL
);
CREATE INDEX coupon_events_by_coupon ON coupon_events (coupon);

-- Points in double entry: from one account to another, never added or lost.
CREATE TABLE points (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  member      TEXT NOT NULL,
  cause       TEXT NOT NULL,
  lot         TEXT NOT NULL,
  source      TEXT NOT NULL,
  target      TEXT NOT NULL,
  points      INTEGER NOT NULL,
  at          INTEGER NOT NULL
);
CREATE INDEX points_by_member ON points (member, id);

CREATE TABLE tasks (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  zone        INTEGER NOT NULL,
  member      TEXT NOT NULL,
  rule        TEXT NOT NULL,
  body        TEXT NOT NULL,
  at          INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  escalate_to TEXT NULL,
  escalated_at INTEGER NULL,
  done_by     TEXT NULL,
  done_at     INTEGER NULL
);
CREATE INDEX tasks_by_venue ON tasks (venue, id);
CREATE INDEX tasks_by_member ON tasks (member);

-- What must reach another system: written with its cause, delivered from here, at least once.
CREATE TABLE hooks (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  hook        TEXT NOT NULL,
  member      TEXT NULL,
  body        TEXT NOT NULL,
  at          INTEGER NOT NULL,
  tries       INTEGER NOT NULL DEFAULT 0,
  next_at     INTEGER NOT NULL,
  delivered_at INTEGER NULL,
  dead_at     INTEGER NULL,
  problem     TEXT NULL
);
CREATE INDEX hooks_that_wait ON hooks (venue, next_at) WHERE delivered_at IS NULL AND dead_at IS NULL;
CREATE INDEX hooks_by_member ON hooks (member) WHERE member IS NOT NULL;

-- Rules that ran away and were stopped; someone must look.
CREATE TABLE alarms (
  id          INTEGER PRIMARY KEY,
  venue       INTEGER NOT NULL,
  rule        TEXT NOT NULL,
  why         TEXT NOT NULL,
  at          INTEGER NOT NULL,
  released_by TEXT NULL,
  released_at INTEGER NULL
);
CREATE INDEX alarms_by_venue ON alarms (venue, id);

-- Every version of a rule document that ever was, drafts too: who wrote it, and when.
CREATE TABLE rule_versions (
  venue       INTEGER NOT NULL,
  id          TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  state       TEXT NOT NULL,
  author      TEXT NOT NULL,
  document    TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (venue, id, revision)
);
