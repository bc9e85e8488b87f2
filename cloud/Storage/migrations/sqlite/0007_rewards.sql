-- Rewards bought with points. An address is sealed, and goes when the reward is on its way or called off, or with its member.
CREATE TABLE reward_orders (
  id          TEXT PRIMARY KEY,
  venue       INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  member      TEXT NOT NULL,
  reward      TEXT NOT NULL,
  points      INTEGER NOT NULL,
  way         TEXT NOT NULL,
  zone        INTEGER NOT NULL,
  code        TEXT NULL,
  state       TEXT NOT NULL,
  address     BLOB NULL,
  at          INTEGER NOT NULL,
  changed_at  INTEGER NOT NULL,
  changed_by  TEXT NULL,
  reason      TEXT NULL
);
CREATE INDEX reward_orders_by_venue ON reward_orders (venue, state, number);
CREATE INDEX reward_orders_by_member ON reward_orders (member) WHERE member <> '';
