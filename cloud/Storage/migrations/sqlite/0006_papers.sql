-- What is kept only for a while is found by its time.
CREATE INDEX refused_by_time ON refused (venue, at);
CREATE INDEX links_by_time ON links (venue, expires_at);
CREATE INDEX redemptions_by_time ON redemptions (venue, at);
CREATE INDEX replies_by_time ON replies (venue, at);
