-- Activities that are missing from the list of a section: which are marked as removed.
BEGIN;
SELECT no_plan();
\ir pages.psql
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug,
	activities_url, can_scrape_activities)
SELECT -n, 'ESN ' || letter, 'xx-' || letter, 'https://accounts.example/section/xx-' || letter,
	'esn-' || letter, 'https://activities.example/organisation/esn-' || letter, true
FROM unnest('{a, b}'::text[]) WITH ORDINALITY AS s(letter, n);
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS run \gset

-- The page of an activity that these sections organise.
CREATE FUNCTION pg_temp.organised(slug text, VARIADIC letters text[]) RETURNS jsonb LANGUAGE sql AS
$$
	SELECT pg_temp.activity(slug, jsonb_build_object('organisers', (SELECT jsonb_agg(
		jsonb_build_object('name', 'ESN ' || l, 'slug', 'esn-' || l)) FROM unnest(letters) l)))
$$;
-- In a run of its own, the list of a section is read completely and shows some activities.
CREATE FUNCTION pg_temp.shows(section integer, VARIADIC slugs text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE frontier SET missing_at = missing_at - interval '90 days';
	PERFORM esn_finish_sections(pg_temp.run(), jsonb_build_array(jsonb_build_object('id', section,
		'is_full', true, 'seen_urls', coalesce((SELECT jsonb_object_agg(pg_temp.activity_url(s),
			NULL) FROM unnest(slugs) s), '{}'))), 0.05);
END $$;
CREATE FUNCTION pg_temp.removed() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT event_slug FROM activities WHERE removed_at IS NOT NULL ORDER BY 1
$$;
SELECT pg_temp.store(pg_temp.organised('left', 'a', 'b'), pg_temp.organised('same', 'a', 'b'),
	pg_temp.organised('stays', 'a'), pg_temp.organised('sold', 'a'),
	pg_temp.organised('elsewhere', 'a', 'b')) AS stored \gset
UPDATE activities SET created_at = '2024-01-01';
UPDATE frontier SET section_id = -1 WHERE kind = 'activity';

-- A section withdraws from activities; their pages answer.
SELECT pg_temp.store(pg_temp.organised('elsewhere', 'b')) AS stored \gset
SELECT is((SELECT section_id FROM frontier WHERE event_slug = 'elsewhere'), -1,
	'on whose list an activity is, its page does not decide while the list shows it');
SELECT pg_temp.shows(-1, 'stays') \g /dev/null
SELECT is((SELECT sum(missing_count) FROM frontier), 4::bigint, 'its list lacks four');
SELECT pg_temp.store(pg_temp.organised('left', 'b'), pg_temp.organised('same', 'a', 'b'),
	pg_temp.organised('sold', 'nobody')) AS stored \gset
SELECT esn_store_fetches(:run, 'activity', pg_temp.not_modified(pg_temp.activity_url('elsewhere')))
	\g /dev/null
SELECT results_eq($$SELECT event_slug::text, section_id, missing_count FROM frontier
		WHERE event_slug <> 'stays' ORDER BY 1$$,
	$$VALUES ('elsewhere', -2, 0), ('left', -2, 0), ('same', -1, 1), ('sold', NULL, 0)$$,
	'whose page does not name the section, is on the list of one that it names');
SELECT pg_temp.shows(-1, 'stays') \g /dev/null
SELECT esn_mark_removed(:run, 1) \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.removed()', ARRAY['same'],
	'only what is missing twice, and whose page names the section, is marked');

-- The other list decides then.
SELECT pg_temp.shows(-2, 'elsewhere'), pg_temp.store(pg_temp.organised('left', 'b')),
	pg_temp.shows(-2, 'elsewhere') \g /dev/null
SELECT esn_mark_removed(:run, 1) \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.removed()', ARRAY['left', 'same'],
	'what the list of the other section lacks twice is marked, too');

SELECT * FROM finish();
ROLLBACK;
