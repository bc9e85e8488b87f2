-- A run of 1,024 rows of the log is what one commit and its neighbours wrote. Within it rows are found by venue; by venue alone each commit would
-- change a page of the index for every venue (430 KB a commit of twenty venues, 123 KB so).
CREATE INDEX log_by_run ON log (id >> 10, venue, first_input);
DROP INDEX log_by_venue;
