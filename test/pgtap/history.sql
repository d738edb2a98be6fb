-- Each change is recorded: the field, its old and new value, when, and by which run.
BEGIN;
SELECT no_plan();
\ir pages.psql
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS run \gset

INSERT INTO countries (country_code, name, slug, url)
VALUES ('NO', 'Norway', 'no', 'https://accounts.example/country/no'),
	('TR', 'Türkiye', 'tr', 'https://accounts.example/country/tr');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url,
	activities_platform_slug, can_scrape_activities)
VALUES (-1, 'TR', 'ESN METU', 'tr-anka-met', 'https://accounts.example/section/tr-anka-met',
		'esn-metu', true),
	(-2, 'NO', 'ESN Oslo', 'no-oslo-osl', 'https://accounts.example/section/no-oslo-osl',
		'esn-oslo', true);

-- What was recorded since the last call, one line per field.
CREATE FUNCTION pg_temp.news() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY SELECT format('%s %s: %s -> %s', h.slug, h.field, coalesce(h.old_value, 'NULL'),
		coalesce(h.new_value, 'NULL'))
		FROM esn_history h ORDER BY 1;
	DELETE FROM changes;
END $$;

-- New rows and unchanged rows are not recorded.
SELECT is(pg_temp.store(pg_temp.activity('boat-1'), pg_temp.activity('boat-2')),
	'2 new, 0 changed, 0 unchanged, 0 invalid', 'two activities are new');
SELECT is_empty('SELECT * FROM changes', 'a new activity and its relations are not recorded');
SELECT is(pg_temp.store(pg_temp.activity('boat-1'), pg_temp.activity('boat-2')),
	'0 new, 0 changed, 2 unchanged, 0 invalid', 'the same pages are stored again');
UPDATE activities
SET title = title, updated_at = now() + interval '1 s', created_at = now() - interval '1 s';
SELECT is_empty('SELECT * FROM changes', 'nothing is recorded if nothing changes');
UPDATE activities SET is_future_event = NOT is_future_event;
SELECT cmp_ok(esn_refresh_future(), '=', 2::bigint, 'is_future_event is corrected');
SELECT is_empty('SELECT * FROM changes', 'a change of is_future_event is not recorded');
UPDATE activities SET title = 'x' WHERE event_slug = 'nobody';
SELECT is_empty('SELECT * FROM changes', 'an UPDATE of no row records nothing');

-- Fields of activities.
SELECT pg_temp.store(pg_temp.activity('boat-1', '{"title": "Ship party"}'),
	pg_temp.activity('boat-2')) \g /dev/null
SELECT results_eq(
	'SELECT run_id, changed_at = now(), section_id, old_values, new_values FROM changes',
	format(
		$$VALUES (%s::bigint, true, NULL::integer, '{"title": "Boat party"}'::jsonb,
				'{"title": "Ship party"}'::jsonb)$$, :run),
	'a changed field is recorded, with the run');
SELECT results_eq(
	'SELECT changed_at, run_id, kind, slug::text, name::text, field, old_value, new_value
		FROM esn_history',
	format(
		$$VALUES (now(), %s::bigint, 'activity', 'boat-1', 'Ship party', 'title', 'Boat party',
				'Ship party')$$, :run), 'the view shows the change');
SELECT pg_temp.news() \g /dev/null
SELECT pg_temp.store(
	pg_temp.activity('boat-1',
		'{"title": "Ship party", "end_date": null, "participants": 7, "outcomes": "Friends"}'),
	pg_temp.activity('boat-2', '{"is_online": true}')) \g /dev/null
SELECT is((SELECT count(*) FROM changes), 2::bigint, 'several fields make one row per activity');
SELECT results_eq('SELECT pg_temp.news()',
	ARRAY['boat-1 end_date: 2024-05-04 -> NULL', 'boat-1 outcomes: NULL -> Friends',
		'boat-1 participants: 160 -> 7',
		'boat-2 is_online: false -> true'], 'the view shows one line per field');

-- Relations.
SELECT pg_temp.store(pg_temp.activity('boat-1'), pg_temp.activity('boat-2')) \g /dev/null
DELETE FROM changes;
SELECT pg_temp.store(pg_temp.activity('boat-1', '{"causes": ["Health", "Education", "Art"]}'),
	pg_temp.activity('boat-2')) \g /dev/null
SELECT results_eq('SELECT run_id, old_values, new_values FROM changes',
	format(
		$$VALUES (%s::bigint, '{"causes": ["Culture", "Health"]}'::jsonb,
				'{"causes": ["Art", "Education", "Health"]}'::jsonb)$$, :run),
	'a changed relation is recorded as sorted names, before and after');
SELECT pg_temp.news() \g /dev/null
SELECT pg_temp.store(
	pg_temp.activity('boat-1',
		'{"causes": [], "sdgs": ["SDG 13", "SDG 4"], "objectives": [], "title": "Ship party",
			"organisers": [{"name": "ESN Oslo", "slug": "esn-oslo"},
				{"name": "ESN METU", "slug": "esn-metu"}]}'),
	pg_temp.activity('new-1')) \g /dev/null
SELECT results_eq('SELECT pg_temp.news()',
	ARRAY['boat-1 causes: ["Art", "Education", "Health"] -> []',
		'boat-1 objectives: ["Meet"] -> []',
		'boat-1 organisers: ["tr-anka-met"] -> ["no-oslo-osl", "tr-anka-met"]',
		'boat-1 sdgs: ["SDG 13", "SDG 3"] -> ["SDG 13", "SDG 4"]',
		'boat-1 title: Boat party -> Ship party'],
	'all relations and a field at once; a new activity is not recorded');
SELECT is(
	pg_temp.store(
		pg_temp.activity('boat-2',
			'{"organisers": [{"name": "ESN Far", "slug": "esn-far"},
				{"name": "ESN METU", "slug": "esn-metu"}]}')),
	'0 new, 1 changed, 0 unchanged, 0 invalid', 'a page names an unknown organiser');
SELECT results_eq('SELECT pg_temp.news()', ARRAY['boat-2 unmatched_organisers: [] -> ["esn-far"]'],
	'an unknown organiser is recorded as unmatched');
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug)
VALUES (-3, 'ESN Far', 'fr-far-far', 'https://accounts.example/section/fr-far-far', 'esn-far');
SELECT is(esn_link_organisers(), 1::bigint, 'the organiser becomes known');
SELECT results_eq('SELECT pg_temp.news()',
	ARRAY['boat-2 organisers: ["tr-anka-met"] -> ["fr-far-far", "tr-anka-met"]',
		'boat-2 unmatched_organisers: ["esn-far"] -> []'], 'it is recorded as an organiser');

-- Removed, and restored.
SELECT pg_temp.fail('activity', pg_temp.activity_url('boat-1'), 404, 'the site answered 404', false,
	'boat-1') \g /dev/null
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT results_eq(
	'SELECT field, old_value IS NULL, new_value::timestamptz = now(), run_id FROM esn_history',
	format($$VALUES ('removed_at', true, true, %s::bigint)$$, :run),
	'a removal is recorded');
DELETE FROM changes;
SELECT pg_temp.store(pg_temp.activity('boat-1', '{"title": "Ship party"}')) \g /dev/null
SELECT results_eq(
	$$SELECT field, old_value::timestamptz = now(), new_value IS NULL FROM esn_history
		WHERE field = 'removed_at'$$, 'VALUES (''removed_at'', true, true)',
	'a restoration is recorded');
DELETE FROM changes;

-- Sections.
CREATE FUNCTION pg_temp.section(slug text, changes jsonb) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_section(pg_temp.run(),
		jsonb_build_array(pg_temp.page('section', 'https://accounts.example/section/' || slug,
		jsonb_build_object('slug', slug, 'name', 'ESN METU', 'email', 'metu@example.org', 'city',
			'Ankara', 'social_media', '{}'::jsonb) || changes)))
$$;
SELECT pg_temp.section('tr-anka-met', '{}') \g /dev/null
SELECT is_empty('SELECT * FROM changes',
	'the first reading of a section''s page is not recorded');
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url)
VALUES (-4, 'ESN New', 'tr-new-new', 'https://accounts.example/section/tr-new-new');
SELECT esn_store_slug_lookups(:run,
	'[{"section": "tr-new-new", "slug": "esn-new",
		"activities_url": "https://activities.example/organisation/esn-new"}]') \g /dev/null
SELECT pg_temp.section('tr-new-new', '{}') \g /dev/null
SELECT is_empty('SELECT * FROM changes', 'the result of the first slug lookup is not recorded');
SELECT pg_temp.section('tr-anka-met',
	'{"name": "ESN Ankara", "website": "https://metu.example/",
		"social_media": {"facebook": "https://f.example/metu"}}') \g /dev/null
SELECT results_eq(
	'SELECT kind, slug::text, name::text, run_id FROM esn_history GROUP BY 1, 2, 3, 4',
	format($$VALUES ('section', 'tr-anka-met', 'ESN Ankara', %s::bigint)$$, :run),
	'later changes are recorded');
SELECT results_eq('SELECT pg_temp.news()',
	ARRAY['tr-anka-met name: ESN METU -> ESN Ankara',
		'tr-anka-met social_media: {} -> {"facebook": "https://f.example/metu"}',
		'tr-anka-met website: NULL -> https://metu.example/'], 'one entry per field');
SELECT esn_store_slug_lookups(:run, '[{"section": "tr-anka-met", "slug": null}]') \g /dev/null
SELECT results_eq('SELECT pg_temp.news()',
	ARRAY['tr-anka-met can_scrape_activities: true -> false'],
	'a section that the other site no longer knows is recorded');
SELECT esn_finish_sections(:run, '[{"id": -1}, {"id": -2}]', 0.05) \g /dev/null
UPDATE sections SET last_validated_activities_slug = now();
SELECT is_empty('SELECT * FROM changes', 'last_scraped is not recorded');
UPDATE sections SET removed_at = now() WHERE id IN (-1, -2);
SELECT is((SELECT count(*) FROM esn_history WHERE field = 'removed_at' AND kind = 'section'),
	2::bigint, 'a removal is recorded, even if the page never had much');
DELETE FROM changes;

-- Which run.
UPDATE scraper_status SET status = 'completed', completed_at = now() WHERE id = :run;
UPDATE activities SET city = 'Bergen' WHERE event_slug = 'boat-1';
SELECT results_eq('SELECT slug::text, new_value, run_id FROM esn_history',
	$$VALUES ('boat-1', 'Bergen', NULL::bigint)$$, 'a manual UPDATE has no run');
INSERT INTO scraper_status (scraper_module, requested_by, request, worker_pid)
VALUES ('AccountsScraper', 'somebody', 'accounts', 0);
UPDATE activities SET city = 'Oslo' WHERE event_slug = 'boat-1';
SELECT is((SELECT count(*) FROM changes WHERE run_id IS NOT NULL), 0::bigint,
	'a manual UPDATE has no run, even during a run');
UPDATE scraper_status SET worker_pid = pg_backend_pid() WHERE status = 'running';
UPDATE activities SET city = 'Alta' WHERE event_slug = 'boat-1';
SELECT results_eq('SELECT new_value, run_id = pg_temp.run() FROM esn_history LIMIT 2',
	$$VALUES ('Alta', true), ('Oslo', NULL)$$, 'the newest change comes first');
DELETE FROM scraper_status;
SELECT is((SELECT count(*) FROM changes WHERE run_id IS NULL), 3::bigint,
	'changes survive their run');
DELETE FROM activities WHERE event_slug = 'boat-1';
SELECT is_empty('SELECT * FROM changes', 'changes are deleted with their activity');

-- Many changes after a few: the plan made for the few is used.
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event)
SELECT -n, 'many-' || n, 'https://activities.example/activity/many-' || n, 'x', 'y', '2024-01-01',
	false FROM generate_series(1, 20000) n;
SET LOCAL statement_timeout = '60s';
UPDATE activities SET city = 'Oslo' WHERE id < 0;
RESET statement_timeout;
SELECT is((SELECT count(*) FROM changes), 20000::bigint, 'a change of every activity is recorded');

-- Retention.
CREATE FUNCTION pg_temp.removed(call text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SELECT rows FROM %s WHERE task = ''changes removed''', call) INTO n;
	RETURN n;
END $$;
DELETE FROM changes WHERE activity_id < -10;
UPDATE changes SET changed_at = now() - (interval '300 days' * (11 + activity_id));
SELECT is(pg_temp.removed('esn_maintenance()'), 4::bigint,
	'changes older than five years are removed');
SELECT is(pg_temp.removed('esn_maintenance()'), 0::bigint, 'once');
SELECT is(pg_temp.removed('esn_maintenance(keep_changes => 1000)'), 3::bigint,
	'the age in days can be set');
INSERT INTO changes (activity_id, old_values, new_values) SELECT -n, '{"city": null}',
	'{"city": "x"}' FROM generate_series(1, 10) n;
SELECT is(pg_temp.removed('esn_maintenance(max_changes => 0)'), 3::bigint,
	'changes of the last day are kept, whatever the limit is');
UPDATE changes SET changed_at = now() - interval '2 days';
SELECT is(pg_temp.removed('esn_maintenance(max_changes => NULL)'), 0::bigint,
	'without a limit nothing is removed');
SELECT is(pg_temp.removed('esn_maintenance(max_changes => 10)'), 0::bigint,
	'changes within the limit are kept');
SELECT is(pg_temp.removed('esn_maintenance(max_changes => 3)'), 7::bigint,
	'beyond the limit the oldest are removed');
SELECT results_eq('SELECT activity_id FROM changes ORDER BY id', ARRAY[-8, -9, -10]::bigint[],
	'the newest are kept');
SELECT is(pg_temp.removed('esn_maintenance(max_changes => 0)'), 3::bigint,
	'a limit of 0 removes all');
SELECT throws_ok('SELECT esn_maintenance(max_changes => -1)', '22023',
	'changes to keep must be at least 0, not -1', 'a negative limit is rejected');
SELECT throws_ok('SELECT esn_maintenance(keep_changes => 0)', '22023',
	'days to keep must be at least 1, not 0', 'an age of 0 days is rejected');

-- Constraints.
SELECT throws_ok($$INSERT INTO changes (old_values, new_values) VALUES ('{}', '{}')$$, '23514',
	NULL, 'a change needs an activity or a section');
SELECT throws_ok(
	$$INSERT INTO changes (activity_id, section_id, old_values, new_values)
		VALUES (-1, -1, '{}', '{}')$$, '23514', NULL, 'a change cannot have both');

-- Privileges.
UPDATE activities SET city = 'Bergen' WHERE id = -1;
CREATE ROLE esn_test_reader;
CREATE ROLE esn_test_writer;
SELECT esn_grant_read('esn_test_reader') \g /dev/null
GRANT USAGE ON SCHEMA public TO esn_test_writer;
GRANT SELECT, UPDATE ON activities TO esn_test_writer;
SET LOCAL ROLE esn_test_reader;
SELECT is((SELECT count(*) FROM esn_history), 1::bigint, 'a reader reads the history');
SELECT is((SELECT count(*) FROM changes), 1::bigint, 'a reader reads its table');
SELECT throws_ok(
	$$INSERT INTO changes (activity_id, old_values, new_values) VALUES (-1, '{}', '{}')$$, '42501',
	NULL, 'a reader cannot add to the history');
SELECT throws_ok('UPDATE changes SET run_id = NULL', '42501', NULL,
	'a reader cannot change the history');
SELECT throws_ok('DELETE FROM changes', '42501', NULL, 'a reader cannot delete from the history');
RESET ROLE;
SET LOCAL ROLE esn_test_writer;
SELECT lives_ok($$UPDATE activities SET city = 'Hamar' WHERE id = -1$$,
	'changing an activity needs no privilege on the history');
SELECT throws_ok('SELECT * FROM esn_history', '42501', NULL,
	'it does not allow reading the history');
RESET ROLE;
SELECT is((SELECT new_value FROM esn_history LIMIT 1), 'Hamar',
	'the change is recorded all the same');

SELECT * FROM finish();
ROLLBACK;
