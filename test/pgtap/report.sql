-- The report: its subject, its figures, and that no text from a site escapes into its markup.
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.data(page text) RETURNS jsonb LANGUAGE sql AS
$$SELECT substring(page FROM '<script type="application/json" id="data">(.*?)</script>')::jsonb$$;

-- An empty database.
SELECT is(pg_temp.data(esn_report()) #> '{sections,rows}', '[]',
	'an empty database has a report, without sections');
SELECT is(pg_temp.data(esn_report()) #> '{figures,activities}', '0', 'it has no activities');
SELECT throws_ok($$SELECT esn_report('tr')$$, '42704', 'unknown section or country: "tr"',
	'an unknown name is an error');
SELECT unalike(esn_report(), '%esn\_scrape%', 'its page shows no SQL');

-- Two countries with three sections, and one section that is removed. One activity each is invalid,
-- removed, without organisers, and upcoming.
INSERT INTO countries (country_code, name, slug, url)
VALUES ('AA', 'Turkey', 'aa', 'x'), ('BB', 'Borduria', 'bb-land', 'x'), ('CC', 'Empty', 'cc', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url,
	activities_platform_slug, activities_url, can_scrape_activities, last_scraped, removed_at,
	latitude, longitude) VALUES
	(-1, 'AA', 'ESN One', 'aa-one', 'https://accounts.test/section/aa-one', 'esn-one',
		'https://activities.test/organisation/esn-one', true, now() - interval '3 days', NULL, 41,
		29),
	(-2, 'AA', 'ESN Two', 'aa-two', 'https://accounts.test/section/aa-two', 'esn-two',
		'https://activities.test/organisation/esn-two', true, NULL, NULL, NULL, NULL),
	(-3, 'BB', 'ESN Three', 'bb-three', 'https://accounts.test/section/bb-three', NULL, NULL, false,
		NULL, NULL, 50, 10),
	(-4, 'BB', 'ESN Gone', 'bb-gone', 'https://accounts.test/section/bb-gone', 'esn-gone', 'x',
		true, NULL, now(), NULL, NULL);
INSERT INTO section_overall_statistics (section_id, total_local_students,
	total_international_students) VALUES (-1, 30, 10), (-2, 5, 5), (-4, 9, 9);
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	is_valid, is_online, participants, activity_type, country_code, country_name, removed_at)
SELECT -n, slug, 'https://activities.test/activity/' || slug, slug, 'x', start_date,
	start_date >= current_date, is_valid, is_online, participants, type, country, 'Elsewhere',
	removed_at
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
INSERT INTO validation_errors (section_id, field_name, error_message, url, resolved_at)
VALUES (-1, 'participants', 'no number', 'a', NULL), (-3, 'city', 'x', 'b', NULL),
	(-1, 'city', 'x', 'c', now());
INSERT INTO failed_scrapes (section_id, url, scraper_module, error_message, resolved_at)
VALUES (-2, 'a', 'x', 'HTTP 500', NULL), (-2, 'b', 'x', 'HTTP 500', now());

-- The subject.
SELECT results_eq(format('SELECT kind, country::text, section FROM esn_report_subject(%L)', name),
	format('VALUES (%L, %L, %s)', kind, country, coalesce(section::text, 'NULL::integer')),
	format('%s is a %s', coalesce(name, 'NULL'), kind))
FROM (VALUES ('aa-one', 'section', 'AA', -1), ('esn-one', 'section', 'AA', -1),
	(' ESN-One ', 'section', 'AA', -1),
	('https://activities.esn.org/organisation/esn-two/activities?page=1', 'section', 'AA', -2),
	('https://accounts.esn.org/section/bb-three', 'section', 'BB', -3),
	('bb', 'country', 'BB', NULL), ('BB-Land', 'country', 'BB', NULL),
	('borduria', 'country', 'BB', NULL),
	('https://accounts.esn.org/country/aa', 'country', 'AA', NULL),
	('Türkiye', 'country', 'AA', NULL), ('ESN Turkey', 'country', 'AA', NULL),
	(NULL, 'network', NULL, NULL)) AS v(name, kind, country, section);
SELECT throws_ok(format('SELECT esn_report(%L)', name), '42704',
	format('unknown section or country: "%s"', name), format('%L is unknown', name))
FROM unnest(
	ARRAY['', 'esn-on', 'bb-gone', 'esn-gone', 'ESN', $$x'); DROP TABLE sections; --$$]) AS name;
CREATE FUNCTION pg_temp.hint(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	PERFORM esn_report(name);
	RETURN NULL;
EXCEPTION WHEN undefined_object THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN hint;
END $$;
SELECT alike(pg_temp.hint('esn-on'), 'The nearest known names are esn-one, %',
	'the hint lists the nearest known names');
SELECT alike(pg_temp.hint('Bordurai'), 'The nearest known names are Borduria, %',
	'the hint lists countries, too');

-- Figures.
SELECT is((d -> 'figures') - 'first',
	format(
		'{"activities": %s, "participants": %s, "with_participants": %s, "online": 1, "upcoming": 1,
			"upcoming_participants": 40,
			"year_activities": %s, "year_before_activities": 1, "year_participants": %s,
			"year_before_participants": 30}', n, p, said, year, year_p)::jsonb,
	format('figures of %s', coalesce(subject, 'the network')))
FROM (VALUES (NULL, 3, 57, 3, 2, 27), ('aa', 2, 50, 2, 1, 20), ('esn-one', 2, 50, 2, 1, 20))
	AS v(subject, n, p, said, year, year_p), pg_temp.data(esn_report(subject)) AS d;
SELECT is(pg_temp.data(esn_report('esn-two')) #> '{figures,activities}', '1',
	'an activity of two sections counts for both');
SELECT is(pg_temp.data(esn_report('bb')) #> '{figures,activities}', '0',
	'an activity that only took place in a country does not count for it');
SELECT is(pg_temp.data(esn_report('cc')) #> '{figures,activities}', '0',
	'a country without sections has a report');
SELECT is(
	jsonb_path_query_array(d, '$.causes[*].activities')
	|| jsonb_path_query_array(d, '$.sdgs[*].activities ? (@ > 0)')
	|| jsonb_path_query_array(d, '$.types[*].activities'),
	'[2, 1, 1, 1, 1, 1, 1]', 'causes, goals and types that have activities')
FROM pg_temp.data(esn_report()) AS d;
SELECT is(jsonb_array_length(pg_temp.data(esn_report()) -> 'sdgs'), 17, 'all goals are listed');
SELECT results_eq(
	$$SELECT sum((m ->> 'activities')::integer), sum((m ->> 'upcoming')::integer)
		FROM jsonb_array_elements(pg_temp.data(esn_report()) -> 'months') m$$,
	'VALUES (3::bigint, 1::bigint)', 'months count each activity once');
SELECT is(
	(SELECT sum((y ->> 'activities')::integer)
		FROM jsonb_array_elements(pg_temp.data(esn_report()) -> 'years') y), 3::bigint,
	'years count activities that have begun');
SELECT is(jsonb_path_query_array(pg_temp.data(esn_report('aa')), '$.sections.rows[*][0]'),
	'["ESN One", "ESN Two", "ESN Three"]', 'all sections that are not removed are on the map');
SELECT is(
	jsonb_path_query_array(pg_temp.data(esn_report('aa')),
		'strict $.sections.rows[*] ? (@[13] == 1)[0]'), '["ESN One", "ESN Two"]',
	'sections of the country are marked');
SELECT is(jsonb_path_query_array(pg_temp.data(esn_report('aa')), '$.lists.*[*].title'),
	'["alone", "together", "together", "alone", "to-come"]', 'latest, largest and next activities');
SELECT is(d #>> '{quality,activities,all}' || '/' || (d #>> '{quality,activities,valid}'), q,
	'quality: activities of ' || coalesce(subject, 'the network'))
FROM (VALUES (NULL, '5/4'), ('aa', '4/3'), ('esn-two', '1/1'))
	AS v(subject, q), pg_temp.data(esn_report(subject)) AS d;
SELECT is(
	jsonb_build_array(jsonb_array_length(d #> '{quality,errors}'),
		jsonb_array_length(d #> '{quality,failures}'), d #> '{quality,sections,all}',
		d #> '{quality,sections,known}',
		d #> '{quality,sections,never}', d #> '{quality,sections,unchecked}'), q,
	'quality: open errors and unread sections of ' || coalesce(subject, 'the network'))
FROM (VALUES (NULL, '[2, 1, 3, 2, 1, 0]'::jsonb), ('aa', '[1, 1, 2, 2, 1, 0]'),
	('esn-one', '[1, 0, 1, 1, 0, 0]')) AS v(subject, q), pg_temp.data(esn_report(subject)) AS d;
SELECT is(pg_temp.data(esn_report(lang => 'tr')) -> 'lang', '"tr"', 'a report can be in Turkish');
SELECT throws_ok($$SELECT esn_report(lang => 'de')$$, '22023',
	'unknown language of a report: "de"', 'but in no language without words');
SELECT is(pg_temp.data(esn_report()) #> '{quality,failures}', '[{"n": 1, "reason": "silent"}]',
	'failures are named by kind, without messages');
SELECT is(jsonb_path_query_array(pg_temp.data(esn_report('aa')), '$.sections.rows[*][14]'),
	'[1, 0, 0]', 'a section that was never read is marked');
SELECT is(pg_temp.data(esn_report()) -> 'sources', '["accounts.test", "activities.test"]',
	'it names its sources');

-- Text from a site cannot end the element that contains the data, and is not lost.
UPDATE activities
SET title = E'</script><img src=x onerror=alert(1)><!-- \u2028 \u2029 {{data}} \\u003c \\'
WHERE id = -1;
UPDATE sections SET name = '</script><script>alert(2)</script>' WHERE id = -2;
UPDATE countries SET name = '<b>{{script}}' WHERE country_code = 'BB';
SELECT is((SELECT count(*) FROM regexp_matches(esn_report(), '</script', 'gi')), 2::bigint,
	'the page has only its own two scripts');
SELECT is(
	(SELECT count(*)
		FROM regexp_matches(
			substring(esn_report() FROM '<script type="application/json" id="data">(.*?)</script>'),
			'[<\u2028\u2029]', 'g')), 0::bigint,
	'no character in the data is markup');
SELECT is(jsonb_path_query_first(pg_temp.data(esn_report()), '$.lists.latest[0].title') #>> '{}',
	(SELECT title::text FROM activities WHERE id = -1), 'a title keeps every character');
SELECT unalike(replace(esn_report(), pg_temp.data(esn_report())::text, ''), '%unsafe-inline%',
	'the policy allows nothing unnamed');
SELECT matches(esn_report(),
	concat_ws('; ', $$default-src 'none'$$, $$style-src 'sha256-[A-Za-z0-9+/]{43}='$$,
		$$script-src 'sha256-[A-Za-z0-9+/]{43}='$$, $$base-uri 'none'; form-action 'none'$$),
	'the policy allows style and script by their hashes');
SELECT is(
	(SELECT encode(
		sha256(
			convert_to(substring(esn_report_page() FROM format('<%s>(.*?)</%s>', tag, tag)),
				'UTF8')), 'base64')),
	substring(esn_report_page() FROM directive || ' ''sha256-([^'']+)'),
	directive || ' names the hash of its element')
FROM (VALUES ('style', 'style-src'), ('script', 'script-src')) AS v(tag, directive);

-- Privileges.
SELECT is((SELECT provolatile FROM pg_proc WHERE oid = 'esn_report(text, text)'::regprocedure), 's',
	'the function is stable');
CREATE ROLE esn_test_reader;
CREATE ROLE esn_test_stranger;
SELECT esn_grant_read('esn_test_reader');
SET LOCAL ROLE esn_test_reader;
SELECT is(pg_temp.data(esn_report('aa')) #> '{figures,activities}', '2', 'a reader may call it');
SELECT throws_ok($$SELECT esn_report('nowhere')$$, '42704', NULL,
	'a reader gets the error for an unknown name');
SET LOCAL ROLE esn_test_stranger;
SELECT throws_ok('SELECT esn_report()', '42501', NULL, 'a stranger may not');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
