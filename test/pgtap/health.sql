-- Each check of esn_health_check() in each of its states. Worker slots and the schedule are tested
-- by the site tests.
BEGIN;
SELECT no_plan();
CREATE FUNCTION pg_temp.health(what text) RETURNS text LANGUAGE sql AS
	'SELECT status || CASE WHEN (advice IS NULL) = (status = ''ok'') THEN ''''
			ELSE '', advice is wrong'' END FROM esn_health WHERE name = what';

SELECT results_eq('SELECT name FROM esn_health_check()',
	$$VALUES ('last run'), ('sections read'), ('failed requests'), ('invalid activities'),
	('data age'), ('sections without activities'), ('sections without statistics'),
		('activities without organisers'), ('slugs of sections'),
	('failed addresses'), ('extraction rules'), ('worker slots'), ('disk space'), ('schedule')$$,
	'the list of checks');
SELECT results_eq('SELECT * FROM esn_health', 'SELECT * FROM esn_health_check()',
	'the view shows the same');
SELECT is_empty(
	$$SELECT * FROM esn_health
		WHERE status NOT IN ('ok', 'warning', 'critical') OR value IS NULL OR threshold IS NULL$$,
	'no row has a NULL');

-- An empty database.
SELECT is(pg_temp.health('last run'), 'warning', 'no run yet');
SELECT is(pg_temp.health('data age'), 'critical', 'no section');
SELECT is(pg_temp.health('sections read'), 'ok', 'missing figures are ok');

-- Runs.
CREATE FUNCTION pg_temp.run(state text, processed integer, failed integer, asked integer,
	pages integer) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO scraper_status (scraper_module, status, completed_at, requested_by, request,
		sections_processed, sections_failed, requests, pages_failed)
	VALUES ('ActivitiesAndStatisticsScraper', state, now(), 'somebody', 'activities', processed,
			failed, asked, pages) RETURNING id
$$;
SELECT pg_temp.run('completed', 100, 0, 1000, 10) AS run \gset
SELECT is(pg_temp.health('last run'), 'ok', 'a run that completed');
SELECT is(pg_temp.health('sections read'), 'ok', 'all sections');
SELECT is(pg_temp.health('failed requests'), 'ok', '1 % of requests failed');
SELECT pg_temp.run('completed', 90, 10, 1000, 60) AS run \gset
SELECT is(pg_temp.health('sections read'), 'warning', '90 % of sections');
SELECT is(pg_temp.health('failed requests'), 'warning', '6 % of requests failed');
SELECT pg_temp.run('failed', 70, 30, 1000, 250) AS run \gset
SELECT is(pg_temp.health('last run'), 'critical', 'a run that failed');
SELECT is(pg_temp.health('sections read'), 'critical', '70 % of sections');
SELECT is(pg_temp.health('failed requests'), 'critical', '25 % of requests failed');
INSERT INTO scraper_status (scraper_module, status, requested_by, request)
VALUES ('AccountsScraper', 'running', 'somebody', 'accounts');
SELECT is(pg_temp.health('last run'), 'critical', 'a run that died counts as failed');

-- Sections.
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, can_scrape_activities,
	activities_platform_slug, last_scraped)
SELECT -n, 'ESN ' || n, 'xx-' || n, 'x', true, 'esn-' || n, now() - interval '1 day'
FROM generate_series(1, 100) n;
INSERT INTO section_overall_statistics (section_id) SELECT -n FROM generate_series(1, 100) n;
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event)
SELECT -n, 'a-' || n, 'x', 'x', 'x', '2024-05-03', false FROM generate_series(1, 1000) n;
INSERT INTO activity_section_organisers SELECT -n, -1 - n % 100 FROM generate_series(1, 1000) n;
SELECT is(pg_temp.health('data age'), 'ok', 'a day old');
SELECT is(pg_temp.health('sections without activities'), 'ok', 'all have activities');
SELECT is(pg_temp.health('sections without statistics'), 'ok', 'all have statistics');
SELECT is(pg_temp.health('activities without organisers'), 'ok', 'all have organisers');
SELECT is(pg_temp.health('invalid activities'), 'ok', 'all are valid');
UPDATE sections SET last_scraped = now() - interval '8 days' WHERE id = -1;
SELECT is(pg_temp.health('data age'), 'warning', '8 days old');
UPDATE sections SET last_scraped = now() - interval '15 days' WHERE id = -1;
SELECT is(pg_temp.health('data age'), 'critical', '15 days old');
UPDATE sections SET last_scraped = CASE WHEN id < -1 THEN now() END;
SELECT is(pg_temp.health('data age'), 'warning', 'one section was never read');
UPDATE sections SET last_scraped = now();
DELETE FROM activity_section_organisers WHERE section_id >= -30;
SELECT is(pg_temp.health('sections without activities'), 'warning', '30 of 100 without activities');
SELECT is(pg_temp.health('activities without organisers'), 'critical',
	'300 of 1,000 without organisers');
UPDATE activities SET unmatched_organisers = '{esn-international}' WHERE id >= -980;
SELECT is(pg_temp.health('activities without organisers'), 'ok',
	'a failure without a section counts');
DELETE FROM activity_section_organisers WHERE section_id >= -60;
SELECT is(pg_temp.health('sections without activities'), 'critical',
	'60 of 100 without activities');
UPDATE activities SET unmatched_organisers = '{}' WHERE id <= -978;
DELETE FROM activity_section_organisers WHERE activity_id <= -978;
SELECT is(pg_temp.health('activities without organisers'), 'warning',
	'23 of 1,000 without organisers');
DELETE FROM section_overall_statistics WHERE section_id >= -2;
SELECT is(pg_temp.health('sections without statistics'), 'warning', '2 of 100 without statistics');
DELETE FROM section_overall_statistics WHERE section_id >= -12;
SELECT is(pg_temp.health('sections without statistics'), 'critical',
	'12 of 100 without statistics');
UPDATE activities SET is_valid = false WHERE id >= -25;
SELECT is(pg_temp.health('invalid activities'), 'warning', '25 of 1,000 not valid');
UPDATE activities SET is_valid = false WHERE id >= -125;
SELECT is(pg_temp.health('invalid activities'), 'critical', '125 of 1,000 not valid');

-- Failures.
INSERT INTO failed_scrapes (url, scraper_module, error_message, will_retry) SELECT 'x' || n,
	'AccountsScraper', 'x', true FROM generate_series(1, 49) n;
SELECT is(pg_temp.health('failed addresses'), 'ok', '49 pages wait for a retry');
INSERT INTO failed_scrapes (url, scraper_module, error_message, will_retry)
VALUES ('y', 'AccountsScraper', 'x', false);
SELECT is(pg_temp.health('failed addresses'), 'ok', 'a page that is not retryable does not wait');
INSERT INTO failed_scrapes (url, scraper_module, error_message)
VALUES ('z', 'AccountsScraper', 'x');
SELECT is(pg_temp.health('failed addresses'), 'warning', '50 pages wait for a retry');
INSERT INTO failed_scrapes (url, scraper_module, error_message, will_retry) SELECT 'z' || n,
	'AccountsScraper', 'x', true FROM generate_series(1, 450) n;
SELECT is(pg_temp.health('failed addresses'), 'critical', '500 pages wait for a retry');

-- Rules that matched on half of the pages, and now match on a quarter or less.
CREATE FUNCTION pg_temp.usage(run bigint, matched integer, pages integer DEFAULT 100,
	rules integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_rule_usage(run,
		jsonb_agg(
			jsonb_build_object('page_kind', 'activity', 'field', 'title', 'position', n, 'shipped',
				true,
				'pages', pages, 'matched', matched))) FROM generate_series(1, rules) n
$$;
UPDATE scraper_status SET status = 'completed', completed_at = now();
SELECT pg_temp.usage(pg_temp.run('completed', 1, 0, 1, 0), 50, 100, 6) \g /dev/null
SELECT is(pg_temp.health('extraction rules'), 'ok', 'one run is not enough to compare');
SELECT pg_temp.usage(pg_temp.run('completed', 1, 0, 1, 0), 40, 100, 6) \g /dev/null
SELECT is(pg_temp.health('extraction rules'), 'ok', 'a small drop is ok');
SELECT pg_temp.usage(pg_temp.run('completed', 1, 0, 1, 0), 0, 10, 5) \g /dev/null
SELECT is(pg_temp.health('extraction rules'), 'ok', 'too few pages are not enough to compare');
SELECT pg_temp.usage(pg_temp.run('completed', 1, 0, 1, 0), 20) \g /dev/null
SELECT is(pg_temp.health('extraction rules'), 'warning', 'one rule dropped by half');
SELECT results_eq($$SELECT value FROM esn_health WHERE name = 'extraction rules'$$,
	$$VALUES ('activity.title 1')$$, 'the check names the rule');
SELECT pg_temp.usage(pg_temp.run('completed', 1, 0, 1, 0), 20, 100, 6) \g /dev/null
SELECT is(pg_temp.health('extraction rules'), 'critical', 'many rules dropped by half');

-- Disk space: a stand-in replaces the function that asks the file system.
CREATE FUNCTION pg_temp.with_free(bytes bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE OR REPLACE FUNCTION
		esn_internal.esn_free_space(OUT free bigint, OUT total bigint)
		LANGUAGE sql AS $f$SELECT %s::bigint, 100::bigint << 30$f$', bytes);
	RETURN pg_temp.health('disk space');
END $$;
SELECT ok(free > 0 AND total >= free, 'the file system reports its free space')
FROM esn_free_space();
SELECT is(pg_temp.with_free(6::bigint << 30), 'ok', '6 GB free');
SELECT is(pg_temp.with_free(4::bigint << 30), 'warning', '4 GB free');
SELECT is(pg_temp.with_free(1 << 29), 'critical', 'half a GB free');

-- The underlying figures.
SELECT results_eq('SELECT sections, coverage, activities, validity FROM esn_quality',
	'VALUES (100::bigint, 1.0, 1000::bigint, 0.875)', 'figures of all runs');
SELECT results_eq('SELECT success_rate, error_rate FROM esn_run_quality WHERE sections_failed = 10',
	'VALUES (0.9, 0.06)', 'figures of a run');


SELECT * FROM finish();
ROLLBACK;
