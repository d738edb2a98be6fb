-- Slugs of sections on activities.esn.org: evidence beats guesses, and no two sections have one.
BEGIN;
SELECT no_plan();
\ir pages.psql
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url)
VALUES (-1, 'ESN METU', 'tr-1', 'https://accounts.example/section/tr-1'),
	(-2, 'ESN METU', 'tr-2', 'https://accounts.example/section/tr-2'),
	(-3, 'ESN Ostrava', 'cz-3', 'https://accounts.example/section/cz-3'),
	(-4, 'ESN VSB', 'cz-4', 'https://accounts.example/section/cz-4'),
	(-5, 'ESN A', 'aa-5', 'https://accounts.example/section/aa-5'),
	(-6, 'ESN B', 'bb-6', 'https://accounts.example/section/bb-6');
UPDATE sections SET city = 'Somewhere';
SELECT esn_begin_run('AccountsScraper', 'somebody', 'a test') AS run \gset

-- The site answers 200 for these slugs.
CREATE FUNCTION pg_temp.look_up(VARIADIC answers text[]) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_slug_lookups(pg_temp.run(), jsonb_agg(jsonb_build_object('section', a[1],
		'slug', a[2], 'activities_url', 'https://activities.example/organisation/' || a[2])))
	FROM (SELECT string_to_array(answer, '=') AS a FROM unnest(answers) answer) p
$$;
CREATE FUNCTION pg_temp.slugs(OUT id integer, OUT slug text, OUT can_scrape boolean)
RETURNS SETOF record LANGUAGE sql AS $$
	SELECT id, activities_platform_slug, can_scrape_activities FROM sections ORDER BY id DESC
$$;
-- The page of an activity that names these organisers: slug=name.
CREATE FUNCTION pg_temp.organised(event_slug text, VARIADIC organisers text[]) RETURNS text
LANGUAGE sql AS $$
	SELECT pg_temp.store(pg_temp.activity(event_slug, jsonb_build_object('organisers',
		(SELECT jsonb_agg(jsonb_build_object('slug', split_part(o, '=', 1),
			'name', split_part(o, '=', 2), 'url',
			'https://activities.example/organisation/' || split_part(o, '=', 1)))
		FROM unnest(organisers) o))))
$$;

-- Two sections of one name.
SELECT pg_temp.look_up('tr-1=esn-metu', 'tr-2=esn-metu') \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.slugs() WHERE id > -3',
	$$VALUES (-1, NULL, false), (-2, 'esn-metu', true)$$,
	'of two sections whose names suggest one slug, one gets it');
SELECT results_eq($$SELECT section_id, field_name::text, error_message, raw_data
		FROM validation_errors WHERE resolved_at IS NULL$$,
	$$VALUES (-1, 'activities_platform_slug', 'belongs to another section: tr-2',
		'"esn-metu"'::jsonb)$$, 'that of the other is an error');
SELECT is((SELECT status FROM esn_health WHERE name = 'slugs of sections'), 'warning',
	'which the health check reports');
SELECT pg_temp.look_up('tr-1=esn-metu', 'tr-2=esn-metu') \g /dev/null
SELECT results_eq('SELECT count(*) FROM validation_errors', ARRAY[1::bigint], 'once');
SELECT throws_ok($$UPDATE sections SET activities_platform_slug = 'esn-metu' WHERE id = -1$$,
	'23505', NULL, 'no two sections have one slug');
SELECT pg_temp.look_up('tr-1=esn-metu-0', 'tr-2=esn-metu') \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.slugs() WHERE id > -3',
	$$VALUES (-1, 'esn-metu-0', true), (-2, 'esn-metu', true)$$, 'the other finds its own');
SELECT is((SELECT status FROM esn_health WHERE name = 'slugs of sections'), 'ok',
	'and the error is resolved');

-- A slug that was made of the former name of another section.
SELECT pg_temp.look_up('cz-3=esn-ostrava', 'cz-4') \g /dev/null
SELECT pg_temp.organised('a-1', 'esn-ostrava=Ostrava, as it was') AS stored \gset
INSERT INTO section_overall_statistics (section_id, physical_activities) VALUES (-3, 7);
SELECT results_eq('SELECT * FROM pg_temp.slugs() WHERE id IN (-3, -4)',
	$$VALUES (-3, 'esn-ostrava', true), (-4, NULL, false)$$,
	'a name that no section has proves nothing');
SELECT pg_temp.organised('a-2', 'esn-ostrava=ESN VSB') AS stored \gset
SELECT results_eq('SELECT * FROM pg_temp.slugs() WHERE id IN (-3, -4)',
	$$VALUES (-3, NULL, NULL::boolean), (-4, 'esn-ostrava', true)$$,
	'a link that pairs the slug with another section corrects it');
SELECT is_empty('SELECT FROM section_overall_statistics', 'the statistics were of that one');
SELECT esn_link_organisers() \g /dev/null
SELECT results_eq($$SELECT event_slug::text, section_id FROM activity_section_organisers
		JOIN activities a ON a.id = activity_id ORDER BY 1$$,
	$$VALUES ('a-1', -4), ('a-2', -4)$$, 'and so are the activities, those read before, too');
SELECT results_eq($$SELECT new_values->>'activities_platform_slug' FROM changes
		WHERE section_id = -3 AND new_values ? 'activities_platform_slug'$$, ARRAY[NULL::text],
	'the history has it');
SELECT pg_temp.organised('a-3', 'esn-ostrava=ESN VSB', 'esn-ostrava=ESN Ostrava') AS stored \gset
SELECT results_eq('SELECT slug FROM pg_temp.slugs() WHERE id IN (-3, -4)',
	$$VALUES (NULL), ('esn-ostrava')$$, 'a slug whose links name its section, too, stays');
SELECT pg_temp.organised('a-4', 'esn-ostrava=esn vsb', 'esn-ostrava=ESN Ostrava') AS stored \gset
SELECT results_eq('SELECT slug FROM pg_temp.slugs() WHERE id IN (-3, -4)',
	$$VALUES (NULL), ('esn-ostrava')$$, 'also where they spell it otherwise');

SELECT esn_store_listing(:run, jsonb_build_array(jsonb_build_object('url',
	'https://activities.example/activities?page=0', 'page', '{"errors": [], "data": {"cards": [{
		"event_slug": "card-2", "url": "https://activities.example/activity/card-2",
		"organiser": "esn-ostrava-2", "organiser_name": "ESN Ostrava"}]}}'::jsonb))) \g /dev/null
SELECT is((SELECT slug FROM pg_temp.slugs() WHERE id = -3), 'esn-ostrava-2',
	'a card of a list pairs a slug with a section, too');

-- A section that the site did not know when its slug was looked up.
UPDATE sections SET can_scrape_activities = false WHERE id IN (-3, -4);
UPDATE sections SET removed_at = now() WHERE id = -4;
SELECT results_eq($$SELECT status, value FROM esn_health WHERE name = 'slugs of sections'$$,
	$$VALUES ('warning', '0 disputed, 1 lost')$$, 'the health check reports a lost slug');
SELECT pg_temp.organised('a-5', 'esn-ostrava-2=Somebody else') AS stored \gset
SELECT is((SELECT can_scrape FROM pg_temp.slugs() WHERE id = -3), false,
	'a link with another name does not bring it back');
SELECT pg_temp.organised('a-6', 'esn-ostrava-2=esn ostrava', 'esn-ostrava=ESN VSB') AS stored \gset
SELECT results_eq('SELECT * FROM pg_temp.slugs() WHERE id IN (-3, -4)',
	$$VALUES (-3, 'esn-ostrava-2', true), (-4, 'esn-ostrava', false)$$,
	'one with its own does, unless accounts.esn.org no longer has the section');
SELECT is((SELECT status FROM esn_health WHERE name = 'slugs of sections'), 'ok',
	'and the health check is content');
UPDATE sections SET removed_at = NULL WHERE id = -4;

-- A swapped pair.
SELECT pg_temp.look_up('aa-5=esn-b', 'bb-6=esn-a') \g /dev/null
SELECT pg_temp.organised('b-1', 'esn-b=ESN B') AS stored \gset
SELECT pg_temp.organised('b-2', 'esn-a=ESN A') AS stored \gset
SELECT pg_temp.organised('b-3', 'esn-b=ESN B') AS stored \gset
SELECT results_eq('SELECT * FROM pg_temp.slugs() WHERE id < -4',
	$$VALUES (-5, 'esn-a', true), (-6, 'esn-b', true)$$, 'a swapped pair is put right');
SELECT esn_link_organisers() \g /dev/null
SELECT results_eq($$SELECT event_slug::text, section_id FROM activity_section_organisers
		JOIN activities a ON a.id = activity_id WHERE event_slug LIKE 'b-%' ORDER BY 1$$,
	$$VALUES ('b-1', -6), ('b-2', -5), ('b-3', -6)$$, 'with its activities');

-- Pages that were under way under the former slug.
UPDATE frontier SET section_id = NULL WHERE event_slug = 'b-1';
SELECT esn_store_fetches(:run, 'activity', jsonb_build_array(pg_temp.activity('b-1')
	|| '{"section": "aa-5"}')) \g /dev/null
SELECT is((SELECT section_id FROM frontier WHERE event_slug = 'b-1'), NULL,
	'an activity is on no list that was the section''s by mistake');
CREATE FUNCTION pg_temp.listed(section text, slug text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM frontier WHERE event_slug = 'card-1';
	PERFORM esn_store_listing(pg_temp.run(), jsonb_build_array(jsonb_build_object(
		'section', section, 'url',
		format('https://activities.example/organisation/%s/activities?page=0', slug),
		'page', '{"data": {"cards": [{"event_slug": "card-1",
			"url": "https://activities.example/activity/card-1"}]}, "errors": []}'::jsonb)), NULL);
	RETURN (SELECT section_id FROM frontier WHERE event_slug = 'card-1');
END $$;
SELECT is(pg_temp.listed('aa-5', 'esn-b'), NULL, 'nor are the activities that this list shows');
SELECT is(pg_temp.listed('aa-5', 'esn-a'), -5, 'those on its own are');
SELECT esn_finish_sections(:run, '[{"id": -5, "slug": "esn-b"}]', 0.05) \g /dev/null
SELECT is((SELECT last_scraped FROM sections WHERE id = -5), NULL,
	'the section was not read with that list');
SELECT esn_finish_sections(:run, '[{"id": -5, "slug": "esn-a"}]', 0.05) \g /dev/null
SELECT isnt((SELECT last_scraped FROM sections WHERE id = -5), NULL, 'with its own it was');

-- What was wrong under the former slug.
SELECT pg_temp.fail('statistics', 'https://activities.example/organisation/' || slug
	|| '/statistics', 404, will_retry => false, section => -5)
FROM unnest('{esn-a, esn-b}'::text[]) slug \g /dev/null
INSERT INTO validation_errors (section_id, field_name, error_message, url)
SELECT -5, field, 'wrong', 'https://activities.example/organisation/' || slug || '/statistics'
FROM (VALUES ('total_count', 'esn-a'), ('total_count', 'esn-b'),
	('activities_platform_slug', 'esn-b')) v(field, slug);
SELECT esn_mark_removed(:run, 0.05) \g /dev/null
SELECT results_eq('SELECT url::text FROM failed_scrapes WHERE resolved_at IS NULL',
	ARRAY['https://activities.example/organisation/esn-a/statistics'],
	'at the end of a run failures of pages under a former slug are closed');
SELECT results_eq($$SELECT field_name::text, substring(url, 'esn-.') FROM validation_errors
		WHERE resolved_at IS NULL AND section_id = -5 ORDER BY 1$$,
	$$VALUES ('activities_platform_slug', 'esn-b'), ('total_count', 'esn-a')$$,
	'and so are their invalid fields, but not that the slug is another section''s');

SELECT * FROM finish();
ROLLBACK;
