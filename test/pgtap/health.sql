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
		('statistics and lists'), ('activities without organisers'), ('slugs of sections'),
	('failed addresses'), ('extraction rules'), ('worker slots'), ('disk space'), ('schedule'),
		('contact'), ('permission'), ('maintenance'), ('backup'), ('own objects')$$,
	'the list of checks');
-- The free space changes meanwhile.
SELECT results_eq(format(same, 'esn_health'), format(same, 'esn_health_check()'),
	'the view shows the same')
FROM (VALUES ($$SELECT name, status, CASE WHEN name <> 'disk space' THEN value END, threshold,
	advice FROM %s$$)) AS v (same);
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
SELECT pg_temp.run('partial', 95, 0, 1000, 10) AS run \gset
SELECT is(pg_temp.health('last run'), 'warning', 'a run that left work');
SELECT pg_temp.run('failed', 70, 30, 1000, 250) AS run \gset
SELECT is(pg_temp.health('last run'), 'critical', 'a run that failed');
SELECT is(pg_temp.health('sections read'), 'critical', '70 % of sections');
SELECT is(pg_temp.health('failed requests'), 'critical', '25 % of requests failed');
INSERT INTO scraper_status (scraper_module, status, requested_by, request)
VALUES ('AccountsScraper', 'running', 'somebody', 'accounts');
SELECT is(pg_temp.health('last run'), 'critical', 'a run that died counts as failed');
SELECT pg_temp.run('completed', 100, 0, 1000, 10) AS run \gset
SELECT is(pg_temp.health('last run'), 'critical', 'a later one of the other module hides nothing');
UPDATE scraper_status SET status = 'completed', completed_at = now()
WHERE scraper_module = 'AccountsScraper';
SELECT is(pg_temp.health('last run'), 'ok', 'the last of each completed');
SELECT pg_temp.run('failed', 0, 1, 1, 1) AS run \gset
UPDATE scraper_status SET request = 'section esn-x' WHERE id = :run;
SELECT is(pg_temp.health('last run'), 'ok', 'a run of one section does not count');

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
UPDATE sections SET last_scraped = CASE WHEN id < -1 THEN now() - interval '15 days' END;
SELECT is(pg_temp.health('data age'), 'critical', 'one was never read, and the others are too old');
UPDATE sections SET last_scraped = CASE WHEN id < -1 THEN now() END;
SELECT is(pg_temp.health('data age'), 'warning', 'one section was never read');
SELECT alike((SELECT advice FROM esn_health_check() WHERE name = 'data age'),
	'%esn_scrape_all()%', 'the advice is to read it');
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

-- Statistics that count otherwise than what the lists have brought.
DELETE FROM activity_section_organisers;
DELETE FROM section_overall_statistics;
UPDATE activities SET removed_at = NULL;
INSERT INTO activity_section_organisers SELECT -n, -1 - n % 100 FROM generate_series(1, 1000) n;
INSERT INTO section_overall_statistics (section_id, physical_activities, online_activities)
SELECT -n, 8, 2 FROM generate_series(1, 100) n;
CREATE FUNCTION pg_temp.said(section integer, physical integer, online integer) RETURNS void
LANGUAGE sql AS $$UPDATE section_overall_statistics SET physical_activities = physical,
	online_activities = online WHERE section_id = section$$;
SELECT is(pg_temp.health('statistics and lists'), 'ok', 'statistics and lists agree');
SELECT pg_temp.said(-1, 13, 2) \g /dev/null
SELECT is(pg_temp.health('statistics and lists'), 'ok', 'a difference of five is none');
SELECT pg_temp.said(-1, 21, 12) \g /dev/null
SELECT is(pg_temp.health('statistics and lists'), 'warning', '33 are counted, 10 are known');
SELECT results_eq('SELECT g.section::text, o.section::text, counted, known, gap
		FROM esn_statistics_gaps g JOIN esn_section_overview o USING (section_slug)',
	$$VALUES ('ESN 1'::text, 'ESN 1'::text, 33, 10, 23)$$,
	'the view names the section, by the slug that the overviews have');
SELECT pg_temp.said(-1, 1, 0) \g /dev/null
SELECT results_eq('SELECT section::text, gap FROM esn_statistics_gaps',
	$$VALUES ('ESN 1'::text, -9)$$, 'fewer are counted than are known');
SELECT pg_temp.said(-1, 0, 0) \g /dev/null
SELECT is(pg_temp.health('statistics and lists'), 'ok', 'a page without figures says nothing');
UPDATE section_overall_statistics SET total_local_students = 7 WHERE section_id = -1;
SELECT is(pg_temp.health('statistics and lists'), 'warning', 'a page with other figures says 0');
SELECT pg_temp.said(-1, NULL, 4) \g /dev/null
SELECT is(pg_temp.health('statistics and lists'), 'ok', 'an invalid count is an error of its own');
SELECT pg_temp.said(-n, 40, 0) FROM generate_series(1, 10) n \g /dev/null
SELECT is(pg_temp.health('statistics and lists'), 'critical', '10 of 100 differ');
INSERT INTO activity_section_organisers
SELECT -n, -1 - s FROM generate_series(1, 1000) n, generate_series(0, 9) s ON CONFLICT DO NOTHING;
SELECT pg_temp.said(-n, 1100, 11) FROM generate_series(1, 10) n \g /dev/null
SELECT is(pg_temp.health('statistics and lists'), 'ok', 'a tenth of a large section is none');
UPDATE activities SET removed_at = now() WHERE id <= -500;
SELECT is(pg_temp.health('statistics and lists'), 'critical', 'what was removed is not known');
UPDATE activities SET removed_at = NULL;

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

-- A reading of several runs is one, and retries, fixes and runs of a section are none: what they
-- read is of one kind.
DELETE FROM extraction_rule_usage;
SELECT pg_temp.run('completed', 1, 0, 1, 0) AS first \gset
SELECT pg_temp.usage(:first, 70) \g /dev/null
SELECT pg_temp.run('completed', 1, 0, 1, 0) AS second \gset
UPDATE scraper_status SET first_run = :first WHERE id = :second;
SELECT pg_temp.usage(:second, 5) \g /dev/null
SELECT is(pg_temp.health('extraction rules'), 'ok', 'the second run of a reading is no change');
SELECT results_eq('SELECT pages, share, before FROM esn_rule_match_rates',
	'VALUES (200, 0.375, NULL::numeric)', 'both are one');
SELECT pg_temp.run('completed', 1, 0, 1, 0) AS other \gset
UPDATE scraper_status SET request = 'retry of failures' WHERE id = :other;
SELECT pg_temp.usage(:other, 0) \g /dev/null
SELECT is(pg_temp.health('extraction rules'), 'ok', 'a retry is no change');
UPDATE scraper_status SET request = 'fix of validation errors' WHERE id = :other;
SELECT is(pg_temp.health('extraction rules'), 'ok', 'a fix is no change');
UPDATE scraper_status SET request = 'section esn-x' WHERE id = :other;
SELECT is(pg_temp.health('extraction rules'), 'ok', 'a section is no change');
UPDATE scraper_status SET request = 'activities, 5 sections' WHERE id = :other;
SELECT is(pg_temp.health('extraction rules'), 'warning', 'a run over five sections is one');

-- Permission: the last answer counts.
SET LOCAL esn_pulse.accounts_url = 'http://127.0.0.1:1';
SET LOCAL esn_pulse.activities_url = 'http://127.0.0.1:2';
SELECT is(pg_temp.health('permission'), 'ok', 'sites of this machine need no permission');
SET LOCAL esn_pulse.activities_url = 'https://activities.example';
SELECT is(pg_temp.health('permission'), 'warning', 'nobody was asked');
INSERT INTO permissions (answered_on, reference, valid_until)
VALUES (current_date - 400, 'letter 1', current_date - 1);
SELECT results_eq($$SELECT status, value = format('ended on %s', current_date - 1) FROM esn_health
	WHERE name = 'permission'$$, $$VALUES ('warning'::text, true)$$, 'the permission is over');
INSERT INTO permissions (answered_on, reference, valid_until)
VALUES (current_date - 3, 'letter 2', current_date + 29);
SELECT is(pg_temp.health('permission'), 'warning', 'it ends soon');
INSERT INTO permissions (answered_on, reference, conditions)
VALUES (current_date - 2, 'letter 3', 'at night');
SELECT results_eq($$SELECT status, value = format('of %s', current_date - 2), advice FROM esn_health
	WHERE name = 'permission'$$, $$VALUES ('ok'::text, true, NULL::text)$$, 'it was granted');
INSERT INTO permissions (answered_on, reference, is_granted)
VALUES (current_date - 1, 'letter 4', false);
SELECT results_eq($$SELECT status, value = format('refused on %s', current_date - 1) FROM esn_health
	WHERE name = 'permission'$$, $$VALUES ('critical'::text, true)$$, 'it was refused');
SELECT throws_ok(format('INSERT INTO permissions (answered_on, reference) VALUES (%L, %L)',
	day, ref), '23514', NULL, what)
FROM (VALUES (current_date + 1, 'x', 'an answer of tomorrow is rejected'),
	(current_date, '', 'so is one without a reference')) v(day, ref, what);

-- Disk space: a stand-in replaces the function that asks the file system.
CREATE FUNCTION pg_temp.with_free(bytes bigint, total bigint DEFAULT 100) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE OR REPLACE FUNCTION
		esn_internal.esn_free_space(OUT free bigint, OUT total bigint)
		LANGUAGE sql AS $f$SELECT %s::bigint, %s::bigint << 30$f$', bytes, total);
	RETURN pg_temp.health('disk space');
END $$;
SELECT ok(free > 0 AND total >= free, 'the file system reports its free space')
FROM esn_free_space();
SELECT is(pg_temp.with_free(6::bigint << 30), 'ok', '6 GB free');
SELECT is(pg_temp.with_free(4::bigint << 30), 'warning', '4 GB free');
SELECT is(pg_temp.with_free(1 << 29), 'critical', 'half a GB free');
SELECT is(pg_temp.with_free(9::bigint << 30, 200), 'warning', '4.5 % of a large disk free');
SELECT is((SELECT value FROM esn_health WHERE name = 'disk space'), '9216 MB free (4 %)',
	'the value has both');
SELECT is(pg_temp.with_free(9::bigint << 30, 500), 'critical', '1.8 % of a larger disk free');
SELECT is(pg_temp.with_free(6::bigint << 30, 10), 'ok', '6 of 10 GB free');

-- The underlying figures.
SELECT results_eq('SELECT sections, coverage, activities, validity FROM esn_quality',
	'VALUES (100::bigint, 1.0, 1000::bigint, 0.875)', 'figures of all runs');
SELECT results_eq('SELECT success_rate, error_rate FROM esn_run_quality WHERE sections_failed = 10',
	'VALUES (0.9, 0.06)', 'figures of a run');


SELECT * FROM finish();
ROLLBACK;
