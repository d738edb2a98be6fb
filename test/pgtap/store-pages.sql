-- What is recorded of pages: fetches, failures, which pages are still to be read, and sections that
-- are gone.
BEGIN;
SELECT no_plan();
\ir pages.psql
\ir accounts.psql
-- One in sixteen pages is requested unconditionally, by its address and the run's id: not these.
SELECT setval('scraper_status_id_seq', min(n)) FROM generate_series(1000000, 1001000) n
WHERE NOT EXISTS (SELECT FROM unnest(ARRAY['https://accounts.example/section/tr-anka-met',
	pg_temp.activity_url('read-2')]) url WHERE hashtext(url || (n + 1)) & 15 = 0) \g /dev/null
SELECT esn_begin_run('AccountsScraper', 'somebody', 'a test') > 0 AS begun \gset

-- The sections of the tests below.
SELECT pg_temp.home(
	'{"countries": [{"name": "Turkey", "slug": "tr",
		"url": "https://accounts.example/country/tr"}], "sections": []}'),
	pg_temp.country('tr',
		'[{"name": "ESN METU", "slug": "tr-anka-met",
			"url": "https://accounts.example/section/tr-anka-met"},
			{"name": "ESN Yıldız", "slug": "tr-ista-yil",
				"url": "https://accounts.example/section/tr-ista-yil"}]') \g /dev/null
SELECT esn_store_section(pg_temp.run(), pg_temp.section()),
	esn_store_slug_lookups(pg_temp.run(),
		'[{"section": "tr-anka-met", "slug": "esn-metu-0",
			"activities_url": "https://activities.example/organisation/esn-metu-0"}]') \g /dev/null

-- The order of sections: those never read, then those not read for longest. Those that cannot be
-- scraped are not due.
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug,
	can_scrape_activities, last_scraped, removed_at)
VALUES (-1, 'x', 'due-1', 'x', 'esn-due-1', true, now() - interval '1 day', NULL),
	(-2, 'x', 'due-2', 'x', 'esn-due-2', true, now() - interval '9 days', NULL),
	(-3, 'x', 'due-3', 'x', 'esn-due-3', true, NULL, NULL),
	(-4, 'x', 'due-4', 'x', 'esn-due-4', false, NULL, NULL),
	(-5, 'x', 'due-5', 'x', 'esn-due-5', NULL, NULL, NULL),
	(-6, 'x', 'due-6', 'x', 'esn-due-6', true, NULL, now()),
	(-7, 'x', 'due-7', 'x', NULL, true, NULL, NULL);
SELECT results_eq('SELECT accounts_slug FROM esn_due_sections(NULL)',
	ARRAY['due-6', 'due-3', 'tr-anka-met', 'due-2', 'due-1'],
	'sections never read are due first, then those not read for longest');
SELECT results_eq('SELECT accounts_slug FROM esn_due_sections(2)', ARRAY['due-6', 'due-3'],
	'no more sections than requested are returned');
SELECT is_empty($$SELECT * FROM esn_finish_sections(pg_temp.run(), '[{"id": -3}]', 0.05)$$,
	'a list that was not read completely is not implausible');
SELECT results_eq('SELECT accounts_slug FROM esn_due_sections(NULL)',
	ARRAY['due-6', 'tr-anka-met', 'due-2', 'due-1'],
	'a section that was read since the run began is not due');
SELECT is((SELECT last_scraped FROM sections WHERE id = -2), now() - interval '9 days',
	'last_scraped of other sections is kept');

-- Fetches: the last good answer of each page.
CREATE FUNCTION pg_temp.fetched(answer jsonb DEFAULT '{}',
	data jsonb DEFAULT '{"slug": "tr-anka-met"}') RETURNS void
LANGUAGE sql AS $$
	SELECT esn_store_fetches(pg_temp.run(), 'section',
		jsonb_build_array(pg_temp.page('section', 'https://accounts.example/section/tr-anka-met',
			data, '[]', NULL, answer) || '{"body": "PGgxPkVTTjwvaDE+"}'))
$$;
SELECT pg_temp.fetched(
	'{"etag": "\"1\"", "last_modified": "Sun, 03 May 2026 10:00:00 GMT"}') \g /dev/null
SELECT results_eq(
	$$SELECT kind, http_status, etag, last_modified, content_hash IS NOT NULL,
		fetched_at = now(), body = '<h1>ESN</h1>'::bytea FROM frontier$$,
	$$VALUES ('section', 200, '"1"', 'Sun, 03 May 2026 10:00:00 GMT', true, true, true)$$,
	'a fetch is recorded');
UPDATE frontier SET fetched_at = '2024-01-01';
CREATE TEMP TABLE first_hash AS SELECT content_hash FROM frontier;
SELECT esn_store_fetches(pg_temp.run(), 'section',
	pg_temp.not_modified('https://accounts.example/section/tr-anka-met')) \g /dev/null
SELECT results_eq(
	$$SELECT http_status, etag, last_modified, fetched_at = now(), body IS NOT NULL
		FROM frontier$$,
	$$VALUES (304, '"1"', 'Sun, 03 May 2026 10:00:00 GMT', true, true)$$,
	'"not modified" updates the time and keeps the rest');
SELECT pg_temp.fetched('{"etag": "\"2\""}') \g /dev/null
SELECT results_eq(
	$$SELECT etag, last_modified, content_hash = (SELECT content_hash FROM first_hash)
		FROM frontier$$,
	$$VALUES ('"2"', NULL::text, true)$$,
	'a new answer replaces the old one; the same content has the same hash');
SELECT pg_temp.fetched('{}', '{"slug": "tr-anka-met", "name": "ESN METU"}') \g /dev/null
SELECT results_eq(
	'SELECT content_hash = (SELECT content_hash FROM first_hash) FROM frontier',
	ARRAY[false], 'other content has another hash');

-- Which pages are still to be read, and for which the site may answer "not modified".
CREATE FUNCTION pg_temp.claim(kind text, urls text[], rules bigint DEFAULT 42,
	"full" boolean DEFAULT false) RETURNS SETOF text
LANGUAGE sql AS $$
	SELECT format('%s %s', url, coalesce(etag, '-'))
	FROM esn_claim_pages(pg_temp.run(), kind, urls, rules, "full")
$$;
SELECT results_eq(
	$$SELECT * FROM pg_temp.claim('section', ARRAY['https://accounts.example/section/xx',
		'https://accounts.example/section/tr-anka-met'])$$,
	ARRAY['https://accounts.example/section/xx -',
		'https://accounts.example/section/tr-anka-met "1"'],
	'a known page is requested conditionally; the order is kept');
SELECT results_eq(
	$$SELECT * FROM pg_temp.claim('section',
		ARRAY['https://accounts.example/section/tr-anka-met'], 43)$$,
	ARRAY['https://accounts.example/section/tr-anka-met -'],
	'after a change of the rules the request is unconditional');
SELECT results_eq(
	$$SELECT * FROM pg_temp.claim('section',
		ARRAY['https://accounts.example/section/tr-anka-met'], 42, true)$$,
	ARRAY['https://accounts.example/section/tr-anka-met -'],
	'in a full run the request is unconditional');
UPDATE sections SET removed_at = now() WHERE accounts_platform_slug = 'tr-anka-met';
SELECT results_eq(
	$$SELECT * FROM pg_temp.claim('section',
		ARRAY['https://accounts.example/section/tr-anka-met'])$$,
	ARRAY['https://accounts.example/section/tr-anka-met -'],
	'for a removed section the request is unconditional');
SELECT esn_store_section(pg_temp.run(), pg_temp.section()) \g /dev/null
SELECT is((SELECT removed_at FROM sections WHERE accounts_platform_slug = 'tr-anka-met'), NULL,
	'a removed section whose page is read again is no longer removed');
SELECT ok(pg_temp.store(pg_temp.activity('read-1'), pg_temp.activity('read-2')) LIKE '2 new%',
	'two activities have been read');
UPDATE frontier SET fetched_at = '2024-01-01', tried_at = '2024-01-01' WHERE event_slug = 'read-2';
SELECT pg_temp.fail('activity', pg_temp.activity_url('failed-1'), 503) \g /dev/null
SELECT results_eq(
	$$SELECT * FROM pg_temp.claim('activity', ARRAY(SELECT pg_temp.activity_url(s)
		FROM unnest('{new-1,read-1,failed-1,read-2}'::text[]) s))$$,
	ARRAY[pg_temp.activity_url('new-1') || ' -', pg_temp.activity_url('read-2') || ' "1"'],
	'an activity is tried once per run; one that an earlier run read is requested conditionally');

-- Failures: one open row per address, updated by the next failure, resolved by success.
DELETE FROM failed_scrapes;
PREPARE failures_now AS
SELECT scraper_module, http_status_code, error_message, retry_count, will_retry,
	run_id = pg_temp.run(), resolved_at IS NULL
FROM failed_scrapes ORDER BY id;
SELECT pg_temp.fail('section', 'https://accounts.example/section/tr-anka-met', 503,
	'the site answered 503', true, 'tr-anka-met', 4) \g /dev/null
SELECT results_eq('failures_now',
	$$VALUES ('AccountsScraper', 503, 'the site answered 503', 3, true, true, true)$$,
	'a failure is recorded; four attempts are three retries');
UPDATE failed_scrapes SET last_attempt = '2024-01-01';
SELECT esn_begin_run('AccountsScraper', 'somebody', 'the next run') > 0 AS begun \gset
SELECT pg_temp.fail('section', 'https://accounts.example/section/tr-anka-met', NULL,
	'timed out after 30.0 s', true, 'tr-anka-met', 4) \g /dev/null
SELECT results_eq('failures_now',
	$$VALUES ('AccountsScraper', NULL::integer, 'timed out after 30.0 s', 7, true, true, true)$$,
	'the next failure updates the row');
SELECT results_eq('SELECT last_attempt = now() FROM failed_scrapes', ARRAY[true],
	'the next failure updates the time of the last attempt');
SELECT pg_temp.fetched() \g /dev/null
SELECT results_eq('SELECT resolved_at = now() FROM failed_scrapes', ARRAY[true],
	'success resolves the failure');
SELECT pg_temp.fail('section', 'https://accounts.example/section/tr-anka-met', 503,
	'the site answered 503', true, 'tr-anka-met') \g /dev/null
SELECT results_eq('SELECT retry_count, resolved_at IS NULL FROM failed_scrapes ORDER BY id',
	'VALUES (7, false), (0, true)', 'a failure after success is a new row');
SELECT esn_store_fetches(pg_temp.run(), 'section',
	pg_temp.not_modified('https://accounts.example/section/tr-anka-met')) \g /dev/null
SELECT is_empty('SELECT * FROM failed_scrapes WHERE resolved_at IS NULL',
	'"not modified" resolves the failure, too');
DELETE FROM failed_scrapes;
SELECT pg_temp.fail(kind, 'https://a.example/' || kind, 403, 'the site answered 403', false)
FROM unnest(ARRAY['home', 'country', 'section', 'slug_lookup', 'listing', 'activity', 'statistics'])
	AS kind \g /dev/null
SELECT results_eq(
	'SELECT scraper_module, count(*) FROM failed_scrapes WHERE NOT will_retry
		GROUP BY 1 ORDER BY 1',
	$$VALUES ('AccountsScraper', 4::bigint), ('ActivitiesAndStatisticsScraper', 3)$$,
	'a failure is recorded for the module of its kind of page');
SELECT lives_ok(
	$$SELECT pg_temp.fail('listing', 'https://a.example/' || repeat('x', 600), 500)$$,
	'an address that is too long is cut');
SELECT lives_ok(
	$$SELECT pg_temp.fail('listing', 'https://a.example/gone', 500, section => 987654321)$$,
	'a failure of a section that was deleted meanwhile causes no error');
SELECT results_eq($$SELECT section_id FROM failed_scrapes WHERE url = 'https://a.example/gone'$$,
	ARRAY[NULL::integer], 'a failure of a deleted section is recorded without the section');

-- Failures that nobody would retry are closed at once. One of the network's own listing is not, if
-- the database has rejected the page.
DELETE FROM failed_scrapes;
SELECT esn_store_failures(pg_temp.run(), jsonb_agg(p || '{"message": "it failed", "attempts": 1,
	"will_retry": true}'))
FROM unnest(ARRAY['{"kind": "listing", "url": "network, failed"}',
	'{"kind": "listing", "url": "network, rejected", "rejected": true}',
	'{"kind": "listing", "url": "of a section", "section": "tr-anka-met"}',
	'{"kind": "listing", "url": "of none", "section": "none", "rejected": true}',
	'{"kind": "statistics", "url": "of a section too", "section": "tr-anka-met"}',
	'{"kind": "statistics", "url": "of none too", "section": "none"}']::jsonb[]) p \g /dev/null
SELECT results_eq('SELECT url::text, will_retry FROM failed_scrapes WHERE resolved_at IS NULL
		ORDER BY url COLLATE "C"',
	$$VALUES ('network, rejected', false), ('of a section', true), ('of a section too', true)$$,
	'failures that nobody would retry are closed at once');
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT is((SELECT count(*) FROM failed_scrapes WHERE url = 'network, rejected'
	AND resolved_at IS NULL), 1::bigint, 'one of the network''s own listing is open');
INSERT INTO frontier (url, kind, status, fetched_at) VALUES
	('https://activities.example/activities?page=0', 'listing', 'fetched', now() + interval '1 s');
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT is((SELECT count(*) FROM failed_scrapes WHERE url = 'network, rejected'
	AND resolved_at IS NULL), 0::bigint, 'until that was read');

-- A 404 after a redirect to another page does not prove that the section is gone.
DELETE FROM failed_scrapes;
SELECT esn_store_failures(pg_temp.run(),
	'[{"url": "https://accounts.example/section/tr-anka-met", "section": "tr-anka-met",
		"kind": "section", "subject": "tr-anka-met", "status": 404, "gone": false,
		"message": "redirected", "attempts": 1, "will_retry": true}]') \g /dev/null
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT is_empty('SELECT * FROM sections WHERE removed_at = now() AND id > 0',
	'a redirect to a missing page does not remove the section');
SELECT results_eq('SELECT error_message FROM failed_scrapes WHERE resolved_at IS NULL',
	ARRAY['redirected'], 'a redirect to a missing page is a failure');

-- A section whose page is gone is marked as removed, not deleted.
DELETE FROM failed_scrapes;
SELECT pg_temp.fail('section', 'https://accounts.example/section/tr-anka-met', 404,
		'the site answered 404', false, 'tr-anka-met'),
	pg_temp.fail('section', 'https://accounts.example/section/tr-ista-yil', 503,
		'the site answered 503', true, 'tr-ista-yil') \g /dev/null
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT results_eq(
	'SELECT accounts_platform_slug::text FROM sections WHERE removed_at = now() AND id > 0',
	ARRAY['tr-anka-met'], 'only the section whose page is gone is marked as removed');
SELECT results_eq('SELECT url::text FROM failed_scrapes',
	ARRAY['https://accounts.example/section/tr-ista-yil'],
	'a page that is gone is not a failure');

-- The name of the function follows from that of the kind.
SELECT has_function('esn_internal', 'esn_store_' || page_kind, ARRAY['bigint', 'jsonb', 'text'],
	format('pages of the kind %s are stored', page_kind))
FROM (SELECT DISTINCT page_kind FROM extraction_rules ORDER BY 1) k;

SELECT * FROM finish();
ROLLBACK;
