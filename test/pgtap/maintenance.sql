-- The tasks of esn_maintenance().
BEGIN;
SELECT no_plan();
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event)
VALUES (-1, 'boat-1', 'https://a.example/activity/boat-1', 'Boat party', 'On a boat.', '2024-05-03',
		false);
INSERT INTO failed_scrapes (url, scraper_module, error_message)
VALUES ('y', 'AccountsScraper', 'x');

UPDATE activities SET start_date = current_date + 1 WHERE id = -1;
UPDATE failed_scrapes SET resolved_at = now() - interval '2 years' WHERE url = 'y';
INSERT INTO frontier (url, kind, fetched_at, body)
VALUES ('p', 'activity', now() - interval '1 year', 'x'), ('q', 'activity', now(), 'x');
INSERT INTO scraper_status (scraper_module, status, requested_by, request)
VALUES ('AccountsScraper', 'running', 'somebody', 'accounts');
INSERT INTO scraper_status (scraper_module, status, requested_by, request, completed_at)
VALUES ('AccountsScraper', 'completed', 'somebody', 'accounts', now() - interval '3 years');
INSERT INTO changes (changed_at, activity_id, old_values, new_values)
VALUES (now() - interval '6 years', -1, '{"city": null}', '{"city": "x"}');
SELECT results_eq($$SELECT rows FROM esn_maintenance() WHERE task <> 'alerts raised'$$,
	'VALUES (1::bigint), (1::bigint), (1::bigint), (1::bigint), (1::bigint), (1::bigint),
		(0::bigint), (13::bigint), (1::bigint), (0::bigint)',
	'maintenance performs each task');
SELECT is((SELECT string_agg(url, ',') FROM frontier WHERE body IS NOT NULL), 'q',
	'recent pages are kept');
SELECT is((SELECT is_future_event FROM activities WHERE id = -1), true,
	'is_future_event is corrected');
SELECT is((SELECT count(*) FROM scraper_status WHERE error_message LIKE 'interrupted%'), 1::bigint,
	'a run that died is marked as failed');
SELECT throws_ok('SELECT esn_maintenance(keep_runs => 0)', '22023',
	'days to keep must be at least 1, not 0', 'an age of 0 days is rejected');

SELECT * FROM finish();
ROLLBACK;
