-- esn_trends(): what rises and falls, and what only seems to.
BEGIN;
SELECT no_plan();

SELECT is_empty('SELECT * FROM esn_trends()', 'nothing is known yet');

-- Twelve sections in each of two countries, of forty activities in each year. In AA all turn from
-- parties to trips; in BB a single section does so, with five times as many activities.
INSERT INTO countries (country_code, name, slug, url)
VALUES ('AA', 'Aland', 'aa', 'x'), ('BB', 'Borduria', 'bb', 'x'), ('CC', 'Empty', 'cc', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url)
SELECT -n, CASE WHEN n <= 12 THEN 'AA' ELSE 'BB' END, 'ESN ' || n, 'aa-' || n, 'x'
FROM generate_series(1, 24) n;
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	activity_type, is_valid)
SELECT -10000 * n - 1000 * year - i, format('a-%s-%s-%s', n, year, i), 'x', 'x', 'x',
	current_date - 30 - 365 * year, false, CASE WHEN n = 24 AND i > 40 THEN
		CASE year WHEN 0 THEN 'Trip' ELSE 'Party' END
	WHEN i % 10 < CASE WHEN n <= 12 AND year = 0 THEN 7 ELSE 3 END THEN 'Trip' ELSE 'Party' END,
	i < 300
FROM generate_series(1, 24) n, generate_series(0, 1) year,
	generate_series(1, CASE n WHEN 24 THEN 200 WHEN 1 THEN 340 ELSE 40 END) i
WHERE n <> 1 OR i <= 40 OR i >= 300;
INSERT INTO activity_section_organisers
SELECT id, -((-id) / 10000) FROM activities WHERE id < -10000;
-- An activity of two sections counts once.
INSERT INTO activity_section_organisers VALUES (-20001, -3);

SELECT results_eq($$SELECT name, activities_12_months, activities_12_months_before, percent,
		percent_before, trend FROM esn_trends('AA')$$,
	$$VALUES ('Trip', 336::bigint, 144::bigint, 70.0, 30.0, 'rising'),
		('Party', 144, 336, 30.0, 70.0, 'falling')$$, 'what all sections do is a trend');
SELECT results_eq($$SELECT name, percent, percent_before, trend FROM esn_trends('bb')$$,
	$$VALUES ('Trip', 47.5, 22.5, 'within chance'), ('Party', 52.5, 77.5, 'within chance')$$,
	'what one section does is none, however much it is');
SELECT results_eq($$SELECT DISTINCT country_name, country_code FROM esn_trends('')$$,
	$$VALUES ('The whole network', NULL)$$, 'of the network');
SELECT is((SELECT activities_12_months FROM esn_trends('') WHERE name = 'Trip'), 640::bigint,
	'which counts all');
SELECT is_empty($$SELECT * FROM esn_trends('CC')$$, 'a country without activities has no trend');
SELECT set_eq('SELECT DISTINCT country_code FROM esn_trends()', ARRAY[NULL, 'AA', 'BB'],
	'by default all countries');
-- The 365 days end today, as in the overviews.
INSERT INTO countries (country_code, name, slug, url) VALUES ('DD', 'Days', 'dd', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url)
VALUES (-25, 'DD', 'ESN 25', 'dd-25', 'x');
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	activity_type, is_valid)
SELECT -250000 - n, 'd-' || n, 'x', 'x', 'x', current_date - day, day < 0, 'Day', true
FROM unnest(ARRAY[-1, 0, 0, 364, 365, 729, 730]) WITH ORDINALITY AS d(day, n);
INSERT INTO activity_section_organisers SELECT id, -25 FROM activities WHERE event_slug ~ '^d-';
INSERT INTO activity_causes (id, name) VALUES (-1, 'Days');
INSERT INTO activity_to_cause SELECT id, -1 FROM activities WHERE event_slug ~ '^d-';
SELECT results_eq($$SELECT activities_12_months, activities_12_months_before FROM esn_trends('DD')
		WHERE kind = 'cause'$$,
	$$SELECT activities_12_months, activities_12_months_before FROM esn_activities_by_cause$$,
	'the days are those of the overviews');
SELECT results_eq(
	$$SELECT activities_12_months, activities_12_months_before FROM esn_trends('DD')$$,
	'VALUES (3::bigint, 2::bigint), (3, 2)', 'from tomorrow a year ago to today');
DELETE FROM sections WHERE id = -25;
UPDATE activities SET activity_type = 'Party' WHERE activity_type = 'Trip' AND -id % 1000 > 8;
SELECT is((SELECT count(*) FROM esn_trends('AA') WHERE trend <> 'within chance'
	AND activities_12_months + activities_12_months_before < 20), 0::bigint,
	'few activities are no trend');
SELECT throws_ok($$SELECT * FROM esn_trends('ZZ')$$, '42704', 'no country has the code "ZZ"',
	'an unknown country is an error');

CREATE ROLE esn_test_reader;
CREATE ROLE esn_test_stranger;
SELECT esn_grant_read('esn_test_reader');
SET LOCAL ROLE esn_test_reader;
SELECT is((SELECT count(*) FROM esn_trends('AA')), 2::bigint, 'a reader may call it');
SET LOCAL ROLE esn_test_stranger;
SELECT throws_ok('SELECT * FROM esn_trends()', '42501', NULL, 'a stranger may not');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
