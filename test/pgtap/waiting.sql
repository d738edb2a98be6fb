-- Runs that wait for the run in progress: which sections it takes over, and what their rows say.
BEGIN;
SELECT no_plan();
\ir pages.psql
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug,
	activities_url, can_scrape_activities)
SELECT -n, 'ESN ' || n, 'xx-' || n, 'https://accounts.example/section/xx-' || n, 'esn-' || n,
	'https://activities.example/organisation/esn-' || n, true
FROM generate_series(1, 3) n;
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url)
VALUES (-4, 'ESN 4', 'xx-4', 'https://accounts.example/section/xx-4');
INSERT INTO frontier (url, kind, section_id, event_slug, status, next_fetch_at, reason, priority)
SELECT 'https://activities.example/activity/' || n, 'activity', -1, 'a-' || n, 'discovered',
	CASE WHEN n = 1 THEN 'epoch' ELSE '9999-01-01Z' END::timestamptz, 'never read', 1
FROM generate_series(1, 2) n;

SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'activities') AS run \gset
CREATE TEMPORARY TABLE waiting AS
SELECT request, esn_begin_waiting('somebody', 'section ' || request) AS id
FROM unnest(ARRAY ['esn-1', 'xx-2', 'esn-3, full', 'xx-4', 'esn-5']) request;
CREATE FUNCTION pg_temp.waiting(request text) RETURNS bigint LANGUAGE sql AS $$
	SELECT w.id FROM waiting w WHERE w.request = $1
$$;

SELECT results_eq(
	format('SELECT accounts_slug, waiting_run, requested_by FROM esn_take_sections(%s, false)',
		:run),
	$$VALUES ('xx-1', pg_temp.waiting('esn-1'), 'somebody'),
		('xx-2', pg_temp.waiting('xx-2'), 'somebody')$$,
	'a run takes sections by either slug; none in full, without activities, or unknown');
SELECT is_empty(format('SELECT FROM esn_take_sections(%s, false)', :run), 'it takes each once');
SELECT results_eq($$SELECT event_slug::text, priority FROM frontier WHERE section_id = -1
		ORDER BY 1$$, $$VALUES ('a-1', 0), ('a-2', 1)$$,
	'of a section that it has taken, what is due comes first');
SELECT results_eq($$SELECT event_slug::text, reason FROM due_pages WHERE priority = 0
		AND kind = 'activity'$$, $$VALUES ('a-1', 'asked for')$$, 'due_pages says so');
SELECT results_eq(format('SELECT accounts_slug FROM esn_take_sections(%s, true)', :run),
	$$VALUES ('xx-3')$$, 'a full run takes those that are to be read in full');
SELECT results_eq($$SELECT ended_as, taken_by FROM esn_turn(pg_temp.waiting('esn-1'))$$,
	format('VALUES (NULL::text, %s::bigint)', :run), 'a waiting run sees by which it was taken');
SELECT results_eq($$SELECT ended_as, taken_by FROM esn_turn(pg_temp.waiting('xx-4'))$$,
	'VALUES (NULL::text, 0::bigint)', 'or that it was not');

-- The end.
INSERT INTO activities (event_slug, url, title, description, start_date, is_future_event,
	created_at, updated_at)
SELECT 'a-' || n, 'https://activities.example/activity/' || n, 'A', 'B', current_date, false,
	now() - c, now() - u
FROM (VALUES (1, '0'::interval, '0'::interval), (2, '1 day', '0'), (3, '1 day', '1 day'),
	(4, '1 day', '1 day')) v(n, c, u);
INSERT INTO frontier (url, kind, section_id, event_slug, fetched_at)
SELECT 'https://activities.example/activity/' || n, 'activity', -1, 'a-' || n,
	CASE WHEN n < 4 THEN now() ELSE now() - interval '1 day' END
FROM generate_series(1, 4) n
ON CONFLICT (url) DO UPDATE SET fetched_at = excluded.fetched_at;
SELECT esn_end_waiting(pg_temp.waiting('esn-1'), NULL);
SELECT esn_end_waiting(pg_temp.waiting('xx-2'), 'a page of its list failed');
SELECT results_eq($$SELECT status, sections_processed, sections_failed, error_message,
		activities_new, activities_changed, activities_unchanged
	FROM scraper_status WHERE id IN (pg_temp.waiting('esn-1'), pg_temp.waiting('xx-2'))
	ORDER BY id$$,
	$$VALUES ('completed', 1, 0, NULL::text, 1, 1, 1),
		('failed', 0, 1, 'a page of its list failed', 0, 0, 0)$$,
	'its row says whether the section was read, and what came in since it was asked for');
SELECT is((SELECT ended_as FROM esn_turn(pg_temp.waiting('esn-1'))), 'completed',
	'a waiting run sees that it has ended');
UPDATE scraper_status SET status = 'cancelled', completed_at = now()
WHERE id = pg_temp.waiting('esn-3, full');
SELECT esn_end_waiting(pg_temp.waiting('esn-3, full'), NULL);
SELECT is((SELECT status FROM scraper_status WHERE id = pg_temp.waiting('esn-3, full')),
	'cancelled', 'one that was cancelled meanwhile stays cancelled');

-- Its own turn.
SELECT esn_end_waiting(pg_temp.waiting('xx-4'), NULL);
UPDATE scraper_status SET status = 'completed', completed_at = now() WHERE id = :run;
SELECT is(esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'section esn-5',
		pg_temp.waiting('esn-5')), pg_temp.waiting('esn-5'),
	'a run that has waited begins with the same row');
SELECT results_eq($$SELECT status, taken_by FROM scraper_status
	WHERE id = pg_temp.waiting('esn-5')$$, $$VALUES ('running', NULL::bigint)$$,
	'which is then that of a run in progress');
UPDATE scraper_status SET status = 'completed', completed_at = now() WHERE status = 'running';

-- Its worker is gone.
SELECT esn_begin_waiting('somebody', 'section esn-1') AS run \gset
SELECT is((SELECT status FROM esn_runs WHERE id = :run), 'failed',
	'a run without a worker does not wait');
SELECT is(esn_mark_dead_runs(ARRAY[:run]), 1::bigint, 'and is marked as failed');
SELECT is(esn_mark_dead_runs(ARRAY[:run]), 0::bigint, 'once: a run that has ended stays as it is');
SELECT esn_begin_waiting('somebody', 'section esn-1') AS dead \gset
SELECT esn_begin_run('AccountsScraper', 'somebody', 'accounts') AS run \gset
SELECT results_eq(format('SELECT scraper_module, status FROM scraper_status WHERE id IN (%s, %s)
		ORDER BY id', :dead, :run),
	$$VALUES ('ActivitiesAndStatisticsScraper', 'failed'), ('AccountsScraper', 'running')$$,
	'another run whose process has its pid does not take its row');

SELECT * FROM finish();
ROLLBACK;
