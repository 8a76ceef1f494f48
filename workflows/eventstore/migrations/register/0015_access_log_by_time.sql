-- Lines of the access log by their time. They come in nearly in its order, so that a small index
-- over ranges of rows is enough, and adding a line costs next to nothing more.
CREATE INDEX access_log_by_time ON access_log USING brin (at) WITH (pages_per_range = 16);
