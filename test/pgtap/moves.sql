-- Pages that have moved: what was known goes on under the new slug.
BEGIN;
SELECT no_plan();
\ir pages.psql
\ir accounts.psql
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug,
	can_scrape_activities)
VALUES (-1, 'ESN METU', 'tr-anka-met', 'https://accounts.example/section/tr-anka-met', 'esn-metu',
		true);
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS run \gset

-- The page of an activity that has moved from another slug.
CREATE FUNCTION pg_temp.moved(old text, new text, changes jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql AS $$
	SELECT pg_temp.store(pg_temp.activity(new, changes)
		|| jsonb_build_object('moved_from', pg_temp.activity_url(old)))
$$;
-- What there is of an activity.
CREATE FUNCTION pg_temp.rows(OUT slug text, OUT title text, OUT reason text) RETURNS SETOF record
LANGUAGE sql AS $$
	SELECT a.event_slug, a.title, a.removed_reason FROM activities a ORDER BY a.id
$$;

-- An alias that was changed.
SELECT pg_temp.store(pg_temp.activity('boat-prty-1', '{"title": "Boat prty"}')) AS stored \gset
SELECT id AS before FROM activities WHERE event_slug = 'boat-prty-1' \gset
SELECT is(pg_temp.moved('boat-prty-1', 'boat-party-1'), '0 new, 1 changed, 0 unchanged, 0 invalid',
	'an activity that has moved is not new');
SELECT row_eq('SELECT * FROM pg_temp.rows()',
	ROW ('boat-party-1'::text, 'Boat party'::text, NULL::text), 'there is still one');
SELECT is((SELECT id FROM activities), :before::bigint, 'with the same id');
SELECT results_eq($$SELECT field, old_value, new_value FROM esn_history
		WHERE field IN ('event_slug', 'title') ORDER BY 1$$,
	$$VALUES ('event_slug', 'boat-prty-1', 'boat-party-1'), ('title', 'Boat prty', 'Boat party')$$,
	'and with its history');
SELECT results_eq($$SELECT event_slug::text, reason, next_fetch_at FROM frontier
		WHERE url = pg_temp.activity_url('boat-prty-1')$$,
	$$VALUES ('boat-party-1', 'moved', '9999-01-01Z'::timestamptz)$$,
	'the old address is not requested any more');
SELECT is(pg_temp.moved('boat-prty-1', 'boat-party-1'), '0 new, 0 changed, 1 unchanged, 0 invalid',
	'the same redirect again changes nothing');

-- A list has shown the new address first.
SELECT pg_temp.store(pg_temp.activity('quiz-2', '{"participants": 10}')) AS stored \gset
SELECT pg_temp.store(pg_temp.activity('quiz-2', '{"participants": 11}')) AS stored \gset
UPDATE activities SET created_at = '2024-01-01' WHERE event_slug = 'quiz-2';
SELECT pg_temp.store(pg_temp.activity('quiz-night-2')) AS stored \gset
SELECT pg_temp.moved('quiz-2', 'quiz-night-2') AS stored \gset
SELECT results_eq($$SELECT slug, reason FROM pg_temp.rows() OFFSET 1$$,
	$$VALUES ('quiz-2', 'moved to quiz-night-2'), ('quiz-night-2', NULL)$$,
	'of two known activities that are one, the old one is marked as removed');
SELECT results_eq($$SELECT created_at = '2024-01-01', (SELECT count(*) FROM changes c
		WHERE c.activity_id = a.id AND c.new_values ? 'participants')
	FROM activities a WHERE event_slug = 'quiz-night-2'$$,
	'VALUES (true, 1::bigint)', 'the new one has its age and its history');
SELECT results_eq($$SELECT old_value, new_value FROM esn_history
		WHERE slug = 'quiz-night-2' AND field = 'event_slug'$$,
	$$VALUES ('quiz-2', 'quiz-night-2')$$, 'and its former slug');
-- Two old addresses of one page, in one batch.
SELECT pg_temp.store(pg_temp.activity('a-3'), pg_temp.activity('b-3')) AS stored \gset
SELECT pg_temp.store(VARIADIC ARRAY(SELECT pg_temp.activity('c-3')
	|| jsonb_build_object('moved_from', pg_temp.activity_url(old))
	FROM unnest(ARRAY['a-3', 'b-3']) old)) AS stored \gset
SELECT results_eq($$SELECT slug, reason FROM pg_temp.rows() OFFSET 3$$,
	$$VALUES ('c-3', NULL), ('b-3', 'moved to c-3')$$,
	'of two that have moved to one, one is left');
UPDATE scraper_status SET status = 'completed', completed_at = now() WHERE id = :run;

-- A section with another code.
SELECT esn_begin_run('AccountsScraper', 'somebody', 'a test') AS run \gset
CREATE FUNCTION pg_temp.moved_section(new text) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_section(pg_temp.run(), jsonb_build_array(pg_temp.section(
		jsonb_build_object('slug', new))->0 || jsonb_build_object(
			'url', 'https://accounts.example/section/' || new,
			'moved_from', 'https://accounts.example/section/tr-anka-met')))
$$;
INSERT INTO sections (name, accounts_platform_slug, accounts_url)
VALUES ('ESN METU', 'tr-anka-odt', 'https://accounts.example/section/tr-anka-odt');
SELECT pg_temp.moved_section('tr-anka-odt') \g /dev/null
SELECT results_eq($$SELECT id, accounts_platform_slug::text, accounts_url, removed_reason
		FROM sections$$,
	$$VALUES (-1, 'tr-anka-odt', 'https://accounts.example/section/tr-anka-odt', NULL)$$,
	'a section that has moved is one, with its id, though a list has shown the new code');
SELECT is((SELECT count(*) FROM activity_section_organisers WHERE section_id = -1), 5::bigint,
	'it keeps its activities');
-- Both have activities.
UPDATE sections SET accounts_platform_slug = 'tr-anka-met', activities_platform_slug = 'esn-odtu',
	accounts_url = 'https://accounts.example/section/tr-anka-met' WHERE id = -1;
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug,
	last_scraped)
VALUES (-2, 'ESN METU', 'tr-anka-odt', 'https://accounts.example/section/tr-anka-odt', 'esn-metu',
	now());
SELECT pg_temp.moved_section('tr-anka-odt') \g /dev/null
SELECT results_eq($$SELECT id, removed_reason, activities_platform_slug::text FROM sections
		ORDER BY 1$$,
	$$VALUES (-2, NULL, 'esn-metu'), (-1, 'moved to tr-anka-odt', NULL)$$,
	'where both have activities, the old one is marked as removed');

-- Refused, and missing from its list.
UPDATE scraper_status SET status = 'completed', completed_at = now() WHERE id = :run;
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') AS run \gset
UPDATE sections SET activities_url = 'https://activities.example/organisation/esn-metu'
WHERE id = -2;
INSERT INTO frontier (url, kind, section_id, status, next_fetch_at) VALUES
	('https://activities.example/organisation/esn-metu/activities?page=0', 'listing', -2, 'fetched',
		'9999-01-01Z');
UPDATE frontier SET section_id = -2 WHERE kind = 'activity';
SELECT pg_temp.fail('activity', pg_temp.activity_url('boat-party-1'), 403) \g /dev/null
SELECT is((SELECT reason FROM frontier WHERE kind = 'listing'), 'an activity is refused',
	'where an activity is refused, its list is due');
SELECT is(esn_mark_unpublished(), 0, 'while the list shows it, it is not removed');
UPDATE frontier SET missing_count = 1 WHERE url = pg_temp.activity_url('boat-party-1');
SELECT is(esn_mark_unpublished(), 1, 'when the list does not, it is');
SELECT results_eq($$SELECT removed_reason FROM activities WHERE event_slug = 'boat-party-1'$$,
	ARRAY['refused, and missing from its list'], 'with the reason');
UPDATE frontier SET reason = NULL WHERE kind = 'listing';
SELECT pg_temp.fail('activity', pg_temp.activity_url('boat-party-1'), 403) \g /dev/null
SELECT is((SELECT reason FROM frontier WHERE kind = 'listing'), NULL, 'the list is due once');

SELECT * FROM finish();
ROLLBACK;
