-- What is forgotten every few minutes is found by its time: a venue's whole history must not be read to find nothing.
CREATE INDEX log_by_time ON log (venue, at);
CREATE INDEX visits_of_strangers ON visits (venue, until) WHERE member IS NULL;
CREATE INDEX stays_of_strangers ON stays (venue, until) WHERE member IS NULL;
CREATE INDEX facts_by_time ON facts (venue, at);
CREATE INDEX decisions_by_time ON decisions (venue, at);
