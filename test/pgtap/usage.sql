-- Sizes, indexes, growth, and whether the schedule kept its times.
BEGIN;
SELECT no_plan();

-- Sizes.
SELECT ok(count(*) > 25 AND bool_and(total_bytes >= table_bytes + index_bytes)
		AND bool_or(table_name = 'activities') AND bool_or(table_name = 'sizes'),
	'each table has a size') FROM esn_table_sizes;
SELECT is((SELECT array_agg(total_bytes) FROM esn_table_sizes),
	(SELECT array_agg(total_bytes ORDER BY total_bytes DESC) FROM esn_table_sizes),
	'the largest table comes first');
SELECT is((SELECT scans >= 0 AND is_unique AND table_name = 'activities' FROM esn_index_use
	WHERE index_name = 'activities_pkey'), true, 'an index has its number of scans');

-- Growth.
SELECT is(esn_note_size(), 1::bigint, 'the size is noted');
SELECT is(esn_note_size(), 1::bigint, 'once a day');
SELECT is((SELECT array_agg(bytes) FROM sizes),
	ARRAY[(SELECT sum(total_bytes)::bigint FROM esn_table_sizes)], 'it is that of all tables');
DELETE FROM sizes;
INSERT INTO sizes VALUES ('2024-01-03', 50), ('2024-01-30', 100), ('2024-02-01', 120),
	('2024-02-29', 150), ('2024-04-01', 170);
INSERT INTO scraper_status (scraper_module, status, requested_by, request, started_at,
	completed_at, requests, bytes_received, activities_new, cpu_seconds, peak_memory)
SELECT 'AccountsScraper', 'completed', 'x', 'accounts', day, day, 10, 1000, 5, 1.25, n * 100
FROM (VALUES (1, '2024-02-03'::timestamptz), (2, '2024-02-05'), (3, '2024-03-01')) v(n, day);
SELECT results_eq('SELECT month, bytes, growth_bytes, runs, requests, bytes_received,
	activities_new, cpu_seconds, peak_memory FROM esn_growth',
	$$VALUES ('2024-04-01'::date, 170::bigint, 20::bigint, NULL::bigint, NULL::bigint,
		NULL::bigint, NULL::bigint, NULL::numeric(12,2), NULL::bigint),
		('2024-03-01', NULL, NULL, 1, 10, 1000, 5, 1.25, 300),
		('2024-02-01', 150, 50, 2, 20, 2000, 10, 2.50, 200),
		('2024-01-01', 100, NULL, NULL, NULL, NULL, NULL, NULL, NULL)$$,
	'a month has its last size, the growth, and the sums of its runs');
DELETE FROM scraper_status;

-- Schedules of cron.
SELECT is(esn_cron_field(field, 0, 59), expected, 'the field ' || field)
FROM (VALUES ('5', '{5}'::integer[]), ('1-3', '{1,2,3}'), ('*/20', '{0,20,40}'),
	('50/5', '{50,55}'), ('10-20/5,7', '{7,10,15,20}'), ('mon', NULL), ('1,x', NULL), ('', NULL),
	('*/0', (SELECT array_agg(n) FROM generate_series(0, 59) n))) v(field, expected);
CREATE FUNCTION pg_temp.times(schedule text, first text, last text, zone text DEFAULT 'GMT')
	RETURNS bigint LANGUAGE sql AS $$
	SELECT esn_cron_times(schedule, (first || '+00')::timestamptz, (last || '+00')::timestamptz,
		zone)
$$;
SELECT is(pg_temp.times(schedule, first, last), expected::bigint,
	format('%s from %s', schedule, first))
FROM (VALUES ('0 1 * * 1', '2024-01-01 01:00', '2024-01-29 01:00', 5),
	('0 1 * * 1', '2024-01-01 01:01', '2024-01-29 00:59', 3),
	('0 0 1 * *', '2024-01-01 00:00', '2024-03-31 00:00', 3),
	('0 0 1 * 0', '2024-01-01 00:00', '2024-01-31 00:00', 5),
	('0 3 * * 7', '2024-01-01 00:00', '2024-01-31 00:00', 4),
	('0 0 * 2 *', '2024-01-01 00:00', '2024-12-31 00:00', 29),
	('17 * * * *', '2024-01-01 00:00', '2024-01-02 00:00', 24),
	('0 0 * * mon', '2024-01-01 00:00', '2024-01-02 00:00', NULL),
	('30 seconds', '2024-01-01 00:00', '2024-01-02 00:00', NULL)
	) v(schedule, first, last, expected);
SELECT is(pg_temp.times('30 0 * * *', '2024-01-01 00:00', '2024-01-01 23:00', 'Europe/Istanbul'),
	1::bigint, 'the time zone decides');
SELECT is(pg_temp.times('30 0 * * *', '2024-01-01 00:00', '2024-01-01 21:00', 'Europe/Istanbul'),
	0::bigint, 'when it was due');

-- Without pg_cron: the runs. (test/site/t/schedule.sh has its jobs.)
INSERT INTO scraper_status (id, scraper_module, status, requested_by, request, started_at,
	completed_at, first_run)
SELECT -1000 + n, 'ActivitiesAndStatisticsScraper', status, 'x', request, now() - age,
	CASE WHEN status <> 'running' THEN now() - age END, first_run
FROM (VALUES (1, 'failed', 'activities', interval '100 days', NULL::bigint),
	(2, 'completed', 'activities', '80 days', NULL),
	(3, 'partial', 'activities', '70 days', NULL), (4, 'completed', 'activities', '69 days', -997),
	(5, 'failed', 'activities', '60 days', NULL), (6, 'cancelled', 'activities', '50 days', NULL),
	(7, 'failed', 'section esn-x', '40 days', NULL), (8, 'completed', 'activities', '30 days', NULL)
	) v(n, status, request, age, first_run);
SELECT results_eq('SELECT job, due, succeeded, success_rate, since, source FROM esn_scheduled_runs',
	$$VALUES ('activities', 4::bigint, 3::bigint, 0.75::numeric(12,4), now() - interval '80 days',
		'runs')$$, 'three of four have completed, one when it was resumed');

SELECT * FROM finish();
ROLLBACK;
