-- What is forgotten every few minutes is found by its time: a venue's whole history must not be read to find nothing. Not by venue first: what venues write in
-- one commit is of one time, and lies on one page of the index instead of on a page for each of them.
CREATE INDEX log_by_time ON log (at);
CREATE INDEX visits_of_strangers ON visits (until) WHERE member IS NULL;
CREATE INDEX stays_of_strangers ON stays (until) WHERE member IS NULL;
CREATE INDEX facts_by_time ON facts (at);
CREATE INDEX decisions_by_time ON decisions (at);
