-- What the tables reject, and what happens to dependent rows.
BEGIN;
SELECT no_plan();

INSERT INTO countries (country_code, name, slug, url)
VALUES ('TR', 'Türkiye', 'tr', 'https://accounts.example/country/tr'),
	('NO', 'Norway', 'no', 'https://accounts.example/country/no');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url) VALUES
	(-1, 'TR', 'ESN METU', 'tr-anka-met', 'https://accounts.example/section/tr-anka-met'),
	(-2, 'NO', 'ESN Tromsø', 'no-trom-esn', 'https://accounts.example/section/no-trom-esn');
INSERT INTO activities (id, event_slug, url, title, description, start_date, end_date,
	is_future_event, country_code)
VALUES (-1, 'boat-party-1', 'https://activities.example/activity/boat-party-1', 'Boat party',
		'On a boat.', '2024-05-03', '2024-05-04',
	false, 'NO');
SELECT is((SELECT is_valid FROM activities WHERE id = -1), true,
	'an activity is valid by default');

-- A valid activity has every required field: each is removed in turn.
SELECT throws_ok(format('UPDATE activities SET %s WHERE id = -1', change), '23514', NULL,
	'a valid activity is rejected with: ' || change)
FROM unnest(
	ARRAY['title = NULL', 'title = ''''', 'url = NULL', 'description = NULL', 'start_date = NULL',
		'is_future_event = NULL',
		'end_date = ''2024-05-02''', 'participants = -1']) AS change;
SELECT lives_ok(format('UPDATE activities SET %s WHERE id = -1', change),
	'a valid activity is accepted with: ' || change)
FROM unnest(
	ARRAY['participants = NULL', 'participants = 0', 'participants = 2147483647', 'end_date = NULL',
		'end_date = start_date',
		'city = NULL', 'country_code = NULL', 'activity_type = NULL',
		'country_code = ''NO'', participants = 160']) AS change;

-- An invalid activity may lack every field, but what it has must make sense.
UPDATE activities SET is_valid = false WHERE id = -1;
SELECT lives_ok(format('UPDATE activities SET %s WHERE id = -1', change),
	'an invalid activity is accepted with: ' || change)
FROM unnest(
	ARRAY['title = NULL', 'title = ''''', 'url = NULL', 'description = NULL',
		'end_date = ''2024-05-02''', 'start_date = NULL',
		'is_future_event = NULL']) AS change;
SELECT throws_ok('UPDATE activities SET participants = -1 WHERE id = -1', '23514', NULL,
	'an invalid activity cannot have -1 participants either');
SELECT throws_ok('UPDATE activities SET is_valid = true WHERE id = -1', '23514', NULL,
	'an incomplete activity cannot be set valid');
SELECT throws_ok('UPDATE activities SET event_slug = NULL WHERE id = -1', '23502', NULL,
	'every activity has a URL');
SELECT throws_ok('UPDATE activities SET is_valid = NULL WHERE id = -1', '23502', NULL,
	'is_valid is never NULL');
SELECT throws_ok($$UPDATE activities SET title = repeat('x', 256) WHERE id = -1$$, '22001', NULL,
	'a title has at most 255 characters');
SELECT lives_ok($$UPDATE activities SET title = repeat('ı', 255) WHERE id = -1$$,
	'the limit counts characters, not bytes');
SELECT lives_ok($$INSERT INTO activities (event_slug, is_valid) VALUES ('only-a-slug', false)$$,
	'an invalid activity needs only its slug');

-- Unique keys.
SELECT throws_ok($$INSERT INTO activities (event_slug, is_valid) VALUES ('boat-party-1', false)$$,
	'23505', NULL, 'an activity is unique');
SELECT throws_ok(
	$$INSERT INTO sections (name, accounts_platform_slug, accounts_url)
		VALUES ('Other', 'tr-anka-met', 'x')$$, '23505', NULL,
	'a section is unique');
SELECT throws_ok($$INSERT INTO sections (name, accounts_url) VALUES ('Other', 'x')$$, '23502', NULL,
	'a section has a slug');
SELECT throws_ok(
	$$INSERT INTO countries (country_code, name, slug, url) VALUES ('TR', 'Turkey', 'tr', 'x')$$,
	'23505', NULL, 'a country is unique');
SELECT throws_ok($$INSERT INTO sdgs (name) VALUES ('SDG 1')$$, '23505', NULL,
	'a goal is unique');
INSERT INTO activity_causes (id, name) VALUES (-1, 'Culture');
INSERT INTO activity_types (id, name) VALUES (-1, 'Trip');
INSERT INTO objectives (id, name) VALUES (-1, 'Meet');
SELECT throws_ok($$INSERT INTO activity_causes (name) VALUES ('Culture')$$, '23505', NULL,
	'a cause is unique');
SELECT throws_ok($$INSERT INTO activity_types (name) VALUES ('Trip')$$, '23505', NULL,
	'a type is unique');
SELECT throws_ok($$INSERT INTO objectives (name) VALUES ('Meet')$$, '23505', NULL,
	'an objective is unique');

-- Relations: unique, and only between existing rows.
INSERT INTO activity_section_organisers VALUES (-1, -1), (-1, -2);
INSERT INTO activity_to_cause VALUES (-1, -1);
INSERT INTO activity_to_type VALUES (-1, -1);
INSERT INTO activity_to_sdg VALUES (-1, 3);
INSERT INTO activity_to_objective VALUES (-1, -1);
SELECT throws_ok(format('INSERT INTO %s VALUES %s', tab, row), state, NULL, tab || what)
FROM (VALUES ('activity_section_organisers', -1), ('activity_to_cause', -1), ('activity_to_sdg', 3),
	('activity_to_objective', -1), ('activity_to_type', -1))
	AS v (tab, id),
	LATERAL (VALUES (format('(-1, %s)', id), '23505', ' holds each pair once'),
		('(-1, -99)', '23503', ' knows its other side'),
		(format('(-99, %s)', id), '23503', ' needs an existing activity')) AS w (row, state, what);

-- Coordinates are on Earth and have six decimals.
SELECT throws_ok('UPDATE sections SET latitude = 90.000001 WHERE id = -1', '23514', NULL,
	'a latitude is at most 90');
SELECT throws_ok('UPDATE sections SET longitude = -180.000001 WHERE id = -1', '23514', NULL,
	'a longitude is at most 180');
UPDATE sections SET latitude = -90, longitude = 32.12345678 WHERE id = -1;
SELECT is((SELECT longitude FROM sections WHERE id = -1), 32.123457, 'degrees have six decimals');
SELECT throws_ok('UPDATE countries SET section_count = -1', '23514', NULL,
	'a country cannot have -1 sections');

-- Statistics: one row per section and name.
INSERT INTO section_overall_statistics (section_id) VALUES (-1);
INSERT INTO section_cause_statistics (section_id, cause_name)
VALUES (-1, 'Culture'), (-1, 'Health'), (-2, 'Culture');
INSERT INTO section_type_statistics (section_id, activity_type) VALUES (-1, 'Training');
INSERT INTO section_participant_statistics (section_id, participant_type) VALUES (-1, 'Local');
SELECT throws_ok('INSERT INTO section_overall_statistics (section_id) VALUES (-1)', '23505', NULL,
	'one row of totals per section');
SELECT throws_ok(
	$$INSERT INTO section_cause_statistics (section_id, cause_name) VALUES (-1, 'Culture')$$,
	'23505', NULL, 'one row per section and cause');
SELECT throws_ok(
	$$INSERT INTO section_type_statistics (section_id, activity_type) VALUES (-1, 'Training')$$,
	'23505', NULL, 'one row per section and type');
SELECT throws_ok(
	$$INSERT INTO section_participant_statistics (section_id, participant_type)
		VALUES (-1, 'Local')$$, '23505', NULL,
	'one row per section and type of participant');

-- Runs.
SELECT throws_ok(
	$$INSERT INTO scraper_status (scraper_module, requested_by, request)
		VALUES ('Scraper', 'x', 'x')$$, '23514', NULL,
	'there are two modules');
SELECT throws_ok(
	$$INSERT INTO scraper_status (scraper_module, status, requested_by, request, completed_at)
	VALUES ('AccountsScraper', 'done', 'x', 'x', now())$$, '23514', NULL, 'there are four states');
SELECT throws_ok(
	$$INSERT INTO scraper_status (scraper_module, status, requested_by, request)
		VALUES ('AccountsScraper', $$
	|| quote_literal(status) || $$, 'x', 'x')$$, '23514', NULL,
	'a run that is ' || status || ' has an end')
FROM unnest(ARRAY['completed', 'failed', 'cancelled']) AS status;
SELECT throws_ok($$INSERT INTO scraper_status (scraper_module, requested_by, request, completed_at)
	VALUES ('AccountsScraper', 'x', 'x', now())$$, '23514', NULL, 'a running run has no end');
INSERT INTO scraper_status (id, scraper_module, requested_by, request)
VALUES (-1, 'AccountsScraper', 'x', 'x');
SELECT throws_ok($$INSERT INTO scraper_status (scraper_module, requested_by, request)
	VALUES ('ActivitiesAndStatisticsScraper', 'x', 'x')$$, '23505', NULL, 'one run at a time');

-- At most one open row per error. Resolved rows are kept.
INSERT INTO failed_scrapes (url, section_id, scraper_module, error_message, run_id, resolved_at)
VALUES ('https://a.example/', -1, 'AccountsScraper', 'x', -1, now()),
	('https://a.example/', -1, 'AccountsScraper', 'x', -1, NULL);
SELECT throws_ok(
	$$INSERT INTO failed_scrapes (url, scraper_module, error_message)
		VALUES ('https://a.example/', 'AccountsScraper', 'x')$$,
	'23505', NULL, 'one open row per failing URL');
INSERT INTO validation_errors (url, section_id, field_name, error_message, run_id, resolved_at)
VALUES ('https://a.example/', -1, 'title', 'x', -1, now()),
	('https://a.example/', -1, 'title', 'x', -1, NULL),
	('https://a.example/', -1, 'city', 'x', -1, NULL);
SELECT throws_ok(
	$$INSERT INTO validation_errors (url, field_name, error_message)
		VALUES ('https://a.example/', 'title', 'x')$$,
	'23505', NULL, 'one open row per invalid field');

-- Rows follow a country to its new code. If the country is deleted, their code becomes NULL.
UPDATE activities SET country_code = 'NO' WHERE id = -1;
UPDATE countries SET country_code = 'NX' WHERE country_code = 'NO';
SELECT is((SELECT country_code::text FROM activities WHERE id = -1), 'NX',
	'an activity follows its country''s new code');
SELECT is((SELECT country_code::text FROM sections WHERE id = -2), 'NX', 'so does a section');
DELETE FROM countries WHERE country_code = 'NX';
SELECT results_eq('SELECT country_code::text FROM activities WHERE id = -1', ARRAY[NULL::text],
	'an activity survives its country');
SELECT results_eq('SELECT country_code::text FROM sections WHERE id = -2', ARRAY[NULL::text],
	'a section survives its country');

-- What belongs to a section is deleted with it. Activities that it organised are kept.
DELETE FROM sections WHERE id = -1;
SELECT is_empty(format('SELECT * FROM %s WHERE section_id = -1', tab),
	tab || ' has no row of a deleted section')
FROM unnest(
	ARRAY['activity_section_organisers', 'section_overall_statistics', 'section_cause_statistics',
		'section_type_statistics',
		'section_participant_statistics', 'validation_errors', 'failed_scrapes']) AS tab;
SELECT results_eq('SELECT section_id FROM activity_section_organisers WHERE activity_id = -1',
	ARRAY[-2], 'an activity keeps its other organisers');
SELECT results_eq($$SELECT cause_name::text FROM section_cause_statistics WHERE section_id = -2$$,
	ARRAY['Culture'], 'other sections keep their statistics');

-- Likewise for causes and activities.
DELETE FROM activity_causes WHERE id = -1;
SELECT is_empty('SELECT * FROM activity_to_cause WHERE activity_id = -1',
	'a deleted cause is unlinked');
DELETE FROM objectives WHERE id = -1;
SELECT is_empty('SELECT * FROM activity_to_objective WHERE activity_id = -1',
	'a deleted objective is unlinked');
SELECT isnt_empty('SELECT FROM activities WHERE id = -1', 'the activity is kept');
DELETE FROM activities WHERE id = -1;
SELECT is_empty('SELECT * FROM activity_section_organisers WHERE activity_id = -1',
	'a deleted activity has no organisers');
SELECT is_empty('SELECT * FROM activity_to_sdg WHERE activity_id = -1',
	'a deleted activity has no goals');
SELECT isnt_empty('SELECT FROM sections WHERE id = -2', 'the section is kept');

-- Errors are kept longer than runs.
INSERT INTO failed_scrapes (url, scraper_module, error_message, run_id)
VALUES ('https://b.example/', 'AccountsScraper', 'x', -1);
DELETE FROM scraper_status WHERE id = -1;
SELECT results_eq($$SELECT run_id FROM failed_scrapes WHERE url = 'https://b.example/'$$,
	ARRAY[NULL::bigint], 'a failure survives the row of its run');

SELECT * FROM finish();
ROLLBACK;
