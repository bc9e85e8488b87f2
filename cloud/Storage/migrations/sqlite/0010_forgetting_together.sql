-- What is forgotten is found by time alone, not by venue first: what venues write in one commit is of one time, and lies on one page of the index instead
-- of on a page for each of them.
DROP INDEX log_by_time;
CREATE INDEX log_by_time ON log (at);
DROP INDEX visits_of_strangers;
CREATE INDEX visits_of_strangers ON visits (until) WHERE member IS NULL;
DROP INDEX stays_of_strangers;
CREATE INDEX stays_of_strangers ON stays (until) WHERE member IS NULL;
DROP INDEX facts_by_time;
CREATE INDEX facts_by_time ON facts (at);
DROP INDEX decisions_by_time;
CREATE INDEX decisions_by_time ON decisions (at);
