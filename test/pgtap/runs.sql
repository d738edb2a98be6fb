-- The life of a run: its start, runs that died, and which run resumes another.
BEGIN;
SELECT no_plan();
\ir pages.psql
SELECT esn_begin_run('AccountsScraper', 'somebody', 'a test') > 0 AS begun \gset
SELECT esn_begin_run('AccountsScraper', 'somebody', 'the next run') > 0 AS begun \gset

-- A run's start marks runs that died.
SELECT is((SELECT count(*) FROM scraper_status WHERE status = 'running'), 1::bigint,
	'one run is running');
SELECT results_eq(
	$$SELECT status, completed_at = now(), error_message ~ 'interrupted' FROM scraper_status
		WHERE id < pg_temp.run()$$,
	$$VALUES ('failed', true, true)$$,
	'the run before, which has no end, is marked as failed');
SELECT results_eq(
	'SELECT scraper_module, status, requested_by, request, worker_pid FROM scraper_status
		WHERE id = pg_temp.run()',
	$$VALUES ('AccountsScraper', 'running', 'somebody', 'the next run', pg_backend_pid())$$,
	'a run''s row has the requester and the request');
SELECT results_eq('SELECT id = pg_temp.run(), status FROM esn_runs ORDER BY id DESC LIMIT 1',
	$$VALUES (true, 'failed')$$, 'a run without its lock is not running');

SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS run \gset
-- An unfinished run is resumed.
UPDATE scraper_status
SET status = 'cancelled', completed_at = now(), is_unfinished = true, since = '2024-01-01'
WHERE id = :run;
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS next \gset
SELECT is((SELECT since FROM scraper_status WHERE id = :next), now(),
	'it is not resumed after more than a day');
UPDATE scraper_status
SET status = 'cancelled', completed_at = now(), is_unfinished = true,
	since = now() - interval '2 hours' WHERE id = :next;
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'another') AS other \gset
SELECT is((SELECT since FROM scraper_status WHERE id = :other), now(),
	'it is not resumed by another request');
UPDATE scraper_status SET status = 'completed', completed_at = now() WHERE id = :other;
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS next \gset
SELECT is((SELECT since FROM scraper_status WHERE id = :next), now() - interval '2 hours',
	'it is resumed by the same request within a day');

SELECT * FROM finish();
ROLLBACK;
