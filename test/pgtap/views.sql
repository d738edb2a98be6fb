-- The public views: one row per object, and what they count.
BEGIN;
SELECT no_plan();

-- Two countries with three sections and a removed one; activities of one and of two sections, one
-- each invalid, removed and upcoming.
INSERT INTO countries (country_code, name, slug, url)
VALUES ('AA', 'Aland', 'aa', 'x'), ('BB', 'Borduria', 'bb', 'x'), ('CC', 'Empty', 'cc', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url,
	activities_platform_slug, can_scrape_activities, removed_at) VALUES
	(-1, 'AA', 'ESN One', 'aa-one', 'x', 'esn-one', true, NULL),
	(-2, 'AA', 'ESN Two', 'aa-two', 'x', 'esn-two', true, NULL),
	(-3, 'BB', 'ESN Three', 'bb-three', 'x', NULL, false, NULL),
	(-4, 'BB', 'ESN Gone', 'bb-gone', 'x', 'esn-gone', true, now());
INSERT INTO section_overall_statistics (section_id, physical_activities, online_activities,
	total_local_students, total_international_students, total_coordinators)
VALUES (-1, 3, 1, 30, 10, 5), (-2, 0, 0, 0, 0, 0), (-4, 9, 9, 9, 9, 9);
INSERT INTO section_cause_statistics (section_id, cause_name, total_count, physical_count,
	online_count) VALUES (-1, 'Health', 1, 1, 0), (-1, 'Culture', 3, 2, 1), (-1, 'None', 0, 0, 0);
INSERT INTO activities (id, event_slug, url, title, description, start_date, end_date,
	is_future_event, is_valid, is_online, participants, activity_type, country_code, country_name,
	removed_at)
SELECT -n, slug, 'x', slug, 'x', start_date, NULL, start_date >= current_date, is_valid, is_online,
	participants, type, country, 'Elsewhere', removed_at
FROM (VALUES (1, 'alone', current_date - 10, true, false, 20, 'Trip', 'AA', NULL::timestamptz),
	(2, 'together', current_date - 400, true, true, 30, NULL, NULL, NULL),
	(3, 'to-come', current_date + 5, true, false, 40, 'Trip', 'AA', NULL),
	(4, 'invalid', current_date - 10, false, false, 1000, 'Trip', 'AA', NULL),
	(5, 'removed', current_date - 10, true, false, 1000, 'Trip', 'AA', now()),
	(6, 'nobodys', current_date - 10, true, false, 7, 'Party', 'BB', NULL))
	AS a(n, slug, start_date, is_valid, is_online, participants, type, country, removed_at);
INSERT INTO activity_section_organisers
VALUES (-1, -1), (-2, -1), (-2, -2), (-3, -1), (-4, -1), (-5, -1);
INSERT INTO activity_causes (id, name) VALUES (-1, 'Culture'), (-2, 'Art');
INSERT INTO activity_to_cause VALUES (-1, -1), (-1, -2), (-2, -1), (-4, -1);
INSERT INTO activity_to_sdg VALUES (-1, 13), (-1, 3);
INSERT INTO objectives (id, name) VALUES (-1, 'Meet');
INSERT INTO activity_to_objective VALUES (-1, -1);

SELECT results_eq(
	$$SELECT section::text, country::text, activities, activities_12_months, upcoming, participants,
			causes, last_activity = current_date - 10, rank_in_country, rank_in_network
	FROM esn_section_overview ORDER BY rank_in_network, section$$,
	$$VALUES ('ESN One', 'Aland', 2::bigint, 1::bigint, 1::bigint, 50::bigint, 'Culture, Health',
			true, 1::bigint, 1::bigint),
	('ESN Two', 'Aland', 1, 0, 0, 30, NULL, false, 2, 2),
		('ESN Three', 'Borduria', 0, 0, 0, 0, NULL, NULL, 1, 3)$$,
	'sections: valid activities count; removed sections are left out');
SELECT results_eq(
	$$SELECT country::text, sections, sections_with_activities, activities, upcoming, participants,
			activities_per_section, international_students, rank_in_network
	FROM esn_country_overview ORDER BY country$$,
	$$VALUES ('Aland', 2::bigint, 2::bigint, 2::bigint, 1::bigint, 50::bigint, 1.0, 10::bigint,
			1::bigint),
		('Borduria', 1, 0, 0, 0, 0, 0.0, NULL, 2),
	('Empty', 0, 0, 0, 0, 0, NULL, NULL, 2)$$,
	'countries: an activity of two sections counts once; empty countries are listed');
SELECT results_eq(
	$$SELECT event_slug::text, country::text, organisers, organiser_slugs, causes, sdgs, objectives,
			organisers_text, causes_text, sdgs_text, objectives_text
	FROM esn_activity_overview WHERE event_slug IN ('alone', 'together', 'invalid', 'removed')
		ORDER BY 1$$,
	$$VALUES ('alone', 'Aland', ARRAY['ESN One'], ARRAY['aa-one'], ARRAY['Art', 'Culture'],
			ARRAY['SDG 3', 'SDG 13'], ARRAY['Meet'], 'ESN One', 'Art, Culture', 'SDG 3, SDG 13',
			'Meet'),
	('together', 'Elsewhere', ARRAY['ESN One', 'ESN Two'], ARRAY['aa-one', 'aa-two'],
		ARRAY['Culture'], '{}', '{}', 'ESN One, ESN Two', 'Culture', '', '')$$,
	'activities: relations as arrays and as text');
SELECT results_eq(
	$$SELECT section::text, activities, invalid, complete_percent, without_participants,
			open_errors, failed_pages FROM esn_section_quality ORDER BY 1$$,
	$$VALUES ('ESN One', 3::bigint, 1::bigint, 85.7, 0::bigint, 0::bigint, 0::bigint),
		('ESN Three', 0, 0, NULL, 0, 0, 0), ('ESN Two', 1, 0, 85.7, 0, 0, 0)$$, 'quality');
SELECT results_eq(
	$$SELECT section::text, event_slug::text, organiser_count FROM esn_section_activities
		ORDER BY 1, 2$$,
	$$VALUES ('ESN One', 'alone', 1), ('ESN One', 'to-come', 1), ('ESN One', 'together', 2),
		('ESN Two', 'together', 2)$$, 'sections with their activities');
SELECT results_eq(
	$$SELECT event_slug::text, is_valid, removed_at IS NOT NULL FROM esn_all_activities
		WHERE NOT is_valid OR removed_at IS NOT NULL ORDER BY 1$$,
	$$VALUES ('invalid', false, false), ('removed', true, true)$$,
	'uncounted activities are available on request');
-- From midnight to the daily maintenance, is_future_event is that of the day before.
SAVEPOINT midnight;
UPDATE activities SET is_future_event = true, participants = NULL;
SELECT results_eq(format($$SELECT DISTINCT event_slug::text FROM %s WHERE is_upcoming$$, view),
	ARRAY['to-come'], view || ': what is upcoming follows from the date')
FROM unnest(ARRAY['esn_all_activities', 'esn_activity_overview', 'esn_section_activities',
	'(SELECT slug AS event_slug, is_upcoming FROM esn_api_activities) v',
	'(SELECT slug AS event_slug, is_upcoming FROM esn_api_activity) v']) AS view;
SELECT results_eq(
	$$SELECT section::text, without_participants FROM esn_section_quality ORDER BY 1$$,
	$$VALUES ('ESN One', 2::bigint), ('ESN Three', 0), ('ESN Two', 1)$$,
	'and which activities have begun');
ROLLBACK TO midnight;
SELECT results_eq(
	$$SELECT sum(activities), sum(upcoming), sum(online), sum(participants)
		FROM esn_activities_by_month$$,
	'VALUES (3::numeric, 1::numeric, 1::numeric, 57::numeric)', 'months count each activity once');
SELECT results_eq($$SELECT sum(activities) FROM esn_activities_by_year$$, 'VALUES (3::numeric)',
	'years count activities that have begun');
UPDATE activities
SET start_date = make_date(
	extract(year FROM current_date)::integer - CASE id WHEN -1 THEN 2 WHEN -2 THEN 1 ELSE 1 END, 1,
	1) WHERE id IN (-1, -2, -6);
SELECT results_eq(
	$$SELECT extract(year FROM current_date)::integer - year, activities, activities_change_percent,
			participants_change_percent FROM esn_activities_by_year$$,
	'VALUES (1, 2::bigint, 100.0, 85.0), (2, 1, NULL, NULL)',
	'years are compared with the year before');
SELECT results_eq(
	$$SELECT section::text, extract(year FROM current_date)::integer - year, activities,
			participants, participants_change_percent, online FROM esn_sections_by_year
		ORDER BY 1, 2$$,
	$$VALUES ('ESN One', 1, 1::bigint, 30::bigint, 50.0, 1::bigint), ('ESN One', 2, 1, 20, NULL, 0),
		('ESN Two', 1, 1, 30, NULL, 1)$$, 'sections year on year');
SELECT results_eq(
	$$SELECT country::text, extract(year FROM current_date)::integer - year, activities,
			activities_change_percent, participants FROM esn_countries_by_year ORDER BY 1, 2$$,
	$$VALUES ('Aland', 1, 1::bigint, 0.0, 30::bigint), ('Aland', 2, 1, NULL, 20)$$,
	'countries count an activity of two sections once');
SELECT results_eq(
	$$SELECT cause::text, activities,
			activities_12_months + activities_12_months_before <= activities, online, participants
		FROM esn_activities_by_cause$$,
	$$VALUES ('Culture', 2::bigint, true, 1::bigint, 50::bigint), ('Art', 1, true, 0, 20)$$,
	'causes: an activity with two counts for both');
SELECT results_eq(
	$$SELECT count(*), sum(activities), max(activities) FILTER (WHERE number = 13)
		FROM esn_activities_by_sdg$$, 'VALUES (17::bigint, 2::numeric, 1::bigint)',
	'goals without activities are listed');
SELECT set_eq(
	$$SELECT activity_type::text, activities, participants FROM esn_activities_by_type$$,
	$$VALUES ('Party', 1::bigint, 7::bigint), ('Trip', 1, 20), ('not said', 1, 30)$$, 'types');
SELECT results_eq(
	$$SELECT section::text, students, international_percent FROM esn_participation ORDER BY 1$$,
	$$VALUES ('ESN One', 40::bigint, 25.0), ('ESN Two', 0, NULL)$$, 'participation');
SELECT results_eq(
	$$SELECT section, activities, participants_per_activity, rank_in_country
		FROM esn_compare('esn-two', 'aa-one')$$,
	$$VALUES ('ESN Two', 1::bigint, 30.0, 2::bigint), ('ESN One', 2, 25.0, 1)$$,
	'sections are compared in the given order, by the given slugs');
SELECT throws_ok($$SELECT * FROM esn_compare('aa-one', 'nowhere')$$, '42704',
	'no section has the slug "nowhere"');
SELECT throws_ok($$SELECT * FROM esn_compare('bb-gone')$$, '42704',
	'no section has the slug "bb-gone"', 'a removed section is not found');

SELECT * FROM finish();
ROLLBACK;
