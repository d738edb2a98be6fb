-- What the database takes and how it grows, which indexes are used, and whether the schedule keeps
-- its times.

CREATE OR REPLACE FUNCTION esn_internal.esn_note_size() RETURNS bigint
LANGUAGE sql AS $$
	INSERT INTO sizes (bytes)
	SELECT sum(pg_total_relation_size(c.oid))
	FROM pg_class c
	JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
	JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
	WHERE e.extname = 'esn_pulse' AND c.relkind = 'r'
	ON CONFLICT ON CONSTRAINT sizes_pkey DO UPDATE SET bytes = excluded.bytes
	RETURNING 1::bigint
$$;
COMMENT ON FUNCTION esn_note_size() IS
	'Notes how large the tables of the extension are today, with their indexes. Returns 1.';

CREATE OR REPLACE VIEW esn_table_sizes AS
SELECT c.relname::text AS table_name, nullif(c.reltuples, -1)::bigint AS rows,
	pg_size_pretty(pg_total_relation_size(c.oid)) AS size,
	pg_total_relation_size(c.oid) AS total_bytes, pg_table_size(c.oid) AS table_bytes,
	pg_indexes_size(c.oid) AS index_bytes, pg_stat_get_dead_tuples(c.oid) AS dead_rows,
	date_trunc('second', greatest(pg_stat_get_last_vacuum_time(c.oid),
		pg_stat_get_last_autovacuum_time(c.oid))) AS last_vacuum
FROM pg_class c
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'esn_pulse' AND c.relkind = 'r'
ORDER BY total_bytes DESC, table_name;
COMMENT ON VIEW esn_table_sizes IS
	'How large each table of the extension is, the internal ones included; the largest first.';
COMMENT ON COLUMN esn_table_sizes.rows IS
	'As the last ANALYZE or VACUUM estimated. NULL: there was none yet.';
COMMENT ON COLUMN esn_table_sizes.size IS 'total_bytes, for the eye.';
COMMENT ON COLUMN esn_table_sizes.total_bytes IS 'The table, its long values and its indexes.';
COMMENT ON COLUMN esn_table_sizes.dead_rows IS 'Rows that VACUUM can remove, as estimated.';

CREATE OR REPLACE VIEW esn_index_use AS
SELECT t.relname::text AS table_name, i.relname::text AS index_name, x.indisunique AS is_unique,
	pg_relation_size(i.oid) AS bytes, pg_stat_get_numscans(i.oid) AS scans,
	pg_stat_get_db_stat_reset_time(b.oid) AS counted_since
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
JOIN pg_database b ON b.datname = current_database()
WHERE e.extname = 'esn_pulse'
ORDER BY scans, bytes DESC, index_name;
COMMENT ON VIEW esn_index_use IS
	'How often each index on a table of the extension was used, the least used first. One that is '
	'not unique, and was not used for months, can go.';
COMMENT ON COLUMN esn_index_use.counted_since IS
	'When the counting began. NULL: with the database.';

CREATE OR REPLACE VIEW esn_growth AS
WITH last AS (
	SELECT DISTINCT ON (date_trunc('month', day)) date_trunc('month', day)::date AS month, bytes
	FROM esn_internal.sizes ORDER BY date_trunc('month', day), day DESC
), measured AS (
	SELECT month, bytes, bytes - lag(bytes) OVER (ORDER BY month) AS growth_bytes FROM last
), worked AS (
	SELECT date_trunc('month', started_at)::date AS month, count(*) AS runs,
		sum(requests)::bigint AS requests, sum(bytes_received)::bigint AS bytes_received,
		sum(activities_new) AS activities_new, sum(cpu_seconds)::numeric(12,2) AS cpu_seconds,
		max(peak_memory) AS peak_memory
	FROM scraper_status WHERE status <> 'waiting' GROUP BY 1
)
SELECT month, m.bytes, m.growth_bytes, w.runs, w.requests, w.bytes_received, w.activities_new,
	w.cpu_seconds, w.peak_memory
FROM measured m FULL JOIN worked w USING (month)
ORDER BY month DESC;
COMMENT ON VIEW esn_growth IS
	'One row per month, newest first: how large the tables were at its end, how much they had '
	'grown, and what the runs that started in it have cost.';
COMMENT ON COLUMN esn_growth.bytes IS
	'All tables with their indexes, as the last esn_maintenance() of the month found them. NULL: '
	'there was none.';
COMMENT ON COLUMN esn_growth.growth_bytes IS 'The difference from the month before with a size.';
COMMENT ON COLUMN esn_growth.peak_memory IS 'The most that one run has had, in bytes.';

-- A schedule of cron: lists, ranges and steps of numbers. Names of days and months are not
-- understood.
CREATE OR REPLACE FUNCTION esn_internal.esn_cron_field(field text, low integer, high integer)
	RETURNS integer[]
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN bool_and(p.m IS NOT NULL) THEN array_agg(DISTINCT v) END
	FROM regexp_split_to_table(esn_cron_field.field, ',') AS part
	CROSS JOIN LATERAL (SELECT regexp_match(part,
		'^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$') AS m) p
	LEFT JOIN LATERAL generate_series(coalesce(p.m[1]::integer, esn_cron_field.low),
		coalesce(p.m[2]::integer, CASE WHEN p.m[1] IS NULL OR p.m[3] IS NOT NULL
			THEN esn_cron_field.high ELSE p.m[1]::integer END),
		greatest(coalesce(p.m[3]::integer, 1), 1)) v ON p.m IS NOT NULL
$$;
COMMENT ON FUNCTION esn_cron_field(text, integer, integer) IS
	'The numbers that a field of a cron schedule means; NULL: it is not understood. field: the '
	'field. low: the least number that it can have. high: the largest.';

CREATE OR REPLACE FUNCTION esn_internal.esn_cron_times(schedule text, first timestamptz,
	last timestamptz, zone text) RETURNS bigint
LANGUAGE sql STABLE AS $$
	WITH s AS (
		SELECT esn_cron_field(f[1], 0, 59) AS minutes, esn_cron_field(f[2], 0, 23) AS hours,
			esn_cron_field(f[3], 1, 31) AS days, esn_cron_field(f[4], 1, 12) AS months,
			esn_cron_field(f[5], 0, 7) AS weekdays, f[3] LIKE '*%' OR f[5] LIKE '*%' AS both_count
		FROM regexp_split_to_array(btrim(esn_cron_times.schedule), '\s+') f
		WHERE cardinality(f) = 5
	)
	SELECT (SELECT count(*)
		FROM generate_series(date_trunc('day', esn_cron_times.first AT TIME ZONE zone),
			esn_cron_times.last AT TIME ZONE zone, interval '1 day') day
		CROSS JOIN LATERAL (SELECT extract(day FROM day) = ANY (days) AS is_day,
			extract(dow FROM day) = ANY (weekdays)
				OR extract(isodow FROM day) = ANY (weekdays) AS is_weekday) d
		CROSS JOIN unnest(hours) h
		CROSS JOIN unnest(minutes) m
		WHERE extract(month FROM day) = ANY (months)
			AND CASE WHEN both_count THEN is_day AND is_weekday ELSE is_day OR is_weekday END
			AND (day + make_interval(hours => h, mins => m)) AT TIME ZONE zone
				BETWEEN esn_cron_times.first AND esn_cron_times.last)
	FROM s
	WHERE num_nulls(minutes, hours, days, months, weekdays) = 0
$$;
COMMENT ON FUNCTION esn_cron_times(text, timestamptz, timestamptz, text) IS
	'How often a cron schedule was due; NULL: it is not understood. schedule: the schedule. first: '
	'from when on. last: until when. zone: the time zone of the schedule.';

-- Runs that resumed each other are one. A job that found another run in progress was kept: that
-- run does its work.
CREATE OR REPLACE FUNCTION esn_internal.esn_scheduled_runs(OUT job text, OUT due bigint,
	OUT succeeded bigint, OUT since timestamptz, OUT source text) RETURNS SETOF record
LANGUAGE sql STABLE AS $$
	WITH readings AS (
		SELECT CASE r.scraper_module WHEN 'AccountsScraper' THEN 'accounts' ELSE 'activities' END
				AS job, coalesce(s.first_run, s.id) AS reading, min(r.started_at) AS started_at,
			bool_or(r.status = 'completed') AS completed,
			bool_or(r.status IN ('running', 'waiting')) AS is_open,
			bool_and(r.status = 'cancelled') AS cancelled
		FROM @extschema@.esn_runs r JOIN @extschema@.scraper_status s USING (id)
		WHERE esn_is_whole_run(r.request) AND r.started_at > now() - interval '91 days'
		GROUP BY 1, 2
	), jobs AS (
		SELECT substring(j.job, '^esn_pulse (\w+) ') AS job, j.schedule, j.started_at, j.status,
			j.status = 'skipped' OR j.status = 'succeeded' AND NOT EXISTS (
				SELECT FROM readings r WHERE r.started_at BETWEEN j.started_at AND j.ended_at
					AND NOT r.completed) AS kept,
			j.status IN ('starting', 'connecting', 'sending', 'running') AS is_open
		FROM esn_job_results() j
		WHERE j.job ~ '^esn_pulse (accounts|activities) '
			AND j.started_at > now() - interval '90 days'
	)
	SELECT j.job, greatest(esn_cron_times(max(j.schedule), date_trunc('minute', min(j.started_at)),
			now() - interval '1 minute', coalesce(esn_cron_setting('timezone'), 'GMT')), count(*))
			- count(*) FILTER (WHERE j.is_open),
		count(*) FILTER (WHERE j.kept), min(j.started_at), 'pg_cron'
	FROM jobs j GROUP BY j.job
	UNION ALL
	SELECT r.job, count(*), count(*) FILTER (WHERE r.completed), min(r.started_at), 'runs'
	FROM readings r
	WHERE NOT r.is_open AND NOT r.cancelled AND r.started_at > now() - interval '90 days'
		AND NOT EXISTS (SELECT FROM jobs j WHERE j.job = r.job)
	GROUP BY r.job
$$;
COMMENT ON FUNCTION esn_scheduled_runs() IS 'See the view esn_scheduled_runs.';

CREATE OR REPLACE VIEW esn_scheduled_runs AS
SELECT r.job, r.due, r.succeeded, (r.succeeded::numeric / nullif(r.due, 0))::numeric(12,4)
	AS success_rate, r.since, r.source
FROM esn_scheduled_runs() r
ORDER BY r.job;
COMMENT ON VIEW esn_scheduled_runs IS
	'How many of the runs of the last 90 days that were due by the schedule have succeeded, one '
	'row for accounts and one for activities.';
COMMENT ON COLUMN esn_scheduled_runs.due IS
	'How often the present schedule was due since the first of them, those included that never '
	'started because the server was down. Without pg_cron, or if the owner of the extension may '
	'not look at it: the runs that were started by anybody and not cancelled.';
COMMENT ON COLUMN esn_scheduled_runs.succeeded IS
	'Those whose run completed, itself or when it was resumed.';
COMMENT ON COLUMN esn_scheduled_runs.since IS 'The start of the first of them.';
COMMENT ON COLUMN esn_scheduled_runs.source IS 'pg_cron, or runs: see due.';
