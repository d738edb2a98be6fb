-- How the other pages become rows: countries, sections and their slugs; what was fetched, what failed, what is still to be read.
BEGIN;
SELECT no_plan();
\ir pages.psql
SELECT esn_begin_run('AccountsScraper', 'somebody', 'a test') > 0 AS begun \gset

CREATE FUNCTION pg_temp.home(data jsonb, only_section text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_home(pg_temp.run(), jsonb_build_array(pg_temp.page('home', 'https://accounts.example/', data)), only_section)
$$;
CREATE FUNCTION pg_temp.country(slug text, sections jsonb) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_countries(pg_temp.run(), jsonb_build_array(pg_temp.page('country', 'https://accounts.example/country/' || slug,
		jsonb_build_object('slug', slug, 'sections', sections))))
$$;
CREATE FUNCTION pg_temp.section(changes jsonb DEFAULT '{}', errors jsonb DEFAULT '[]') RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_array(pg_temp.page('section', 'https://accounts.example/section/tr-anka-met', '{"slug": "tr-anka-met",
		"name": "ESN METU Ankara", "email": "info@metu.example", "website": "https://metu.example/", "university_name": "METU",
		"city": "Ankara", "address": "Dumlupınar 1, 06800, Ankara", "latitude": 39.891235, "longitude": 32.700000,
		"logo_url": "https://accounts.example/logo.png", "social_media": {"x": "https://x.example/metu"}}' || changes, errors,
		(SELECT id FROM sections WHERE accounts_platform_slug = 'tr-anka-met')))
$$;
CREATE FUNCTION pg_temp.places() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s %s', ctid, to_jsonb(k)) FROM countries k UNION ALL SELECT format('%s %s', ctid, to_jsonb(s)) FROM sections s
$$;

-- The home page: every country, and the map of every section.
PREPARE countries_now AS SELECT country_code::text, name::text, slug::text, url::text, section_count FROM countries ORDER BY 1;
PREPARE sections_now AS SELECT accounts_platform_slug::text, name::text, country_code::text, accounts_url FROM sections ORDER BY 1;
CREATE FUNCTION pg_temp.network() RETURNS jsonb LANGUAGE sql AS $$
	SELECT '{"countries": [{"name": "Albania", "slug": "al", "url": "https://accounts.example/country/al"},
		{"name": "Turkey", "slug": "tr", "url": "https://accounts.example/country/tr"}],
		"sections": [{"name": "ESN METU", "slug": "tr-anka-met", "url": "https://accounts.example/section/tr-anka-met"},
		{"name": "ESN Nowhere", "slug": "xx-nowh-ere", "url": "https://accounts.example/section/xx-nowh-ere"}]}'::jsonb
$$;
SELECT pg_temp.home(pg_temp.network(), 'tr-anka-met') \g /dev/null
SELECT results_eq('SELECT accounts_platform_slug::text FROM sections', ARRAY['tr-anka-met'],
	'of the map only the section that was asked for');
SELECT pg_temp.home(pg_temp.network()) \g /dev/null
SELECT results_eq('countries_now', $$VALUES ('AL', 'Albania', 'al', 'https://accounts.example/country/al', NULL::integer),
	('TR', 'Turkey', 'tr', 'https://accounts.example/country/tr', NULL)$$, 'the countries are there, their sections not yet counted');
SELECT results_eq('sections_now', $$VALUES ('tr-anka-met', 'ESN METU', 'TR', 'https://accounts.example/section/tr-anka-met'),
	('xx-nowh-ere', 'ESN Nowhere', NULL, 'https://accounts.example/section/xx-nowh-ere')$$, 'the sections are there, with the country that their slug begins with');
CREATE TEMP TABLE before_home AS SELECT * FROM pg_temp.places() AS row;
SELECT pg_temp.home(pg_temp.network()) \g /dev/null
SELECT set_eq('SELECT * FROM pg_temp.places()', 'SELECT * FROM before_home', 'the same page again touches no row');
SELECT pg_temp.home('{"countries": [{"name": "Türkiye", "slug": "tr", "url": "https://accounts.example/country/tr"}], "sections": []}') \g /dev/null
SELECT results_eq($$SELECT country_code::text, name::text FROM countries ORDER BY 1$$, $$VALUES ('AL', 'Albania'), ('TR', 'Türkiye')$$,
	'a country is renamed, one that the page doesn''t name stays');
SELECT pg_temp.home(jsonb_build_object('countries', '[]'::jsonb, 'sections', jsonb_build_array(
	jsonb_build_object('name', 'ESN Long', 'slug', repeat('x', 256), 'url', 'https://accounts.example/')))) \g /dev/null
SELECT is((SELECT count(*) FROM sections), 2::bigint, 'a slug that no address has makes no section');

-- A country's page: its sections, counted.
SELECT pg_temp.country('tr', '[{"name": "ESN METU", "slug": "tr-anka-met", "url": "https://accounts.example/section/tr-anka-met"},
	{"name": "ESN Yıldız", "slug": "tr-ista-yil", "url": "https://accounts.example/section/tr-ista-yil"}]'),
	pg_temp.country('al', '[]') \g /dev/null
SELECT results_eq('SELECT country_code::text, section_count FROM countries ORDER BY 1', $$VALUES ('AL', 0), ('TR', 2)$$,
	'sections are counted, also where there are none');
SELECT results_eq($$SELECT name::text, country_code::text, can_scrape_activities, last_scraped FROM sections WHERE accounts_platform_slug = 'tr-ista-yil'$$,
	$$VALUES ('ESN Yıldız', 'TR', NULL::boolean, NULL::timestamptz)$$,
	'a section that the map lacks is there, of which nothing more is known');
SELECT pg_temp.country('al', '[{"name": "ESN Nowhere", "slug": "xx-nowh-ere", "url": "https://accounts.example/section/xx-nowh-ere"}]') \g /dev/null
SELECT results_eq($$SELECT country_code::text FROM sections WHERE accounts_platform_slug = 'xx-nowh-ere'$$, ARRAY['AL'],
	'a section belongs to the country whose page lists it');

-- A section's page: everything that it says.
SELECT esn_store_sections(pg_temp.run(), pg_temp.section()) \g /dev/null
PREPARE section_now AS
SELECT name::text, email::text, website, university_name, city::text, address, latitude, longitude, logo_url, social_media, removed_at
FROM sections WHERE accounts_platform_slug = 'tr-anka-met';
SELECT results_eq('section_now', $$VALUES ('ESN METU Ankara', 'info@metu.example', 'https://metu.example/', 'METU', 'Ankara',
	'Dumlupınar 1, 06800, Ankara', 39.891235, 32.700000, 'https://accounts.example/logo.png', '{"x": "https://x.example/metu"}'::jsonb,
	NULL::timestamptz)$$, 'the section''s row says what its page says');
CREATE TEMP TABLE before_section AS SELECT * FROM pg_temp.places() AS row;
SELECT esn_store_sections(pg_temp.run(), pg_temp.section()) \g /dev/null
SELECT pg_temp.home(pg_temp.network()) \g /dev/null
SELECT results_eq('SELECT name::text FROM sections WHERE accounts_platform_slug = ''tr-anka-met''', ARRAY['ESN METU Ankara'],
	'the name of the section''s own page counts');
SELECT bag_has('SELECT * FROM before_section', $$SELECT format('%s %s', ctid, to_jsonb(s)) FROM sections s$$,
	'the same page again touches no section');
SELECT esn_store_sections(pg_temp.run(), pg_temp.section('{"email": null, "latitude": null, "longitude": null, "social_media": {}}')) \g /dev/null
SELECT results_eq('SELECT email::text, latitude, longitude, social_media, city::text FROM sections WHERE accounts_platform_slug = ''tr-anka-met''',
	$$VALUES (NULL::text, NULL::numeric, NULL::numeric, '{}'::jsonb, 'Ankara')$$, 'what the page doesn''t say any more goes');
SELECT esn_store_errors(pg_temp.run(), pg_temp.section('{}', '[{"field": "email", "message": "not an e-mail address", "raw": "nobody"}]')) \g /dev/null
SELECT results_eq('SELECT s.accounts_platform_slug::text, field_name::text, raw_data FROM validation_errors v JOIN sections s ON s.id = section_id',
	$$VALUES ('tr-anka-met', 'email', '"nobody"'::jsonb)$$, 'a fault of a section''s page is that section''s');

-- Which slug activities.esn.org answers to.
-- One that failed before is closed.
SELECT pg_temp.fail('probe', 'https://activities.example/organisation/esn-metu/activities', 503, section => (SELECT id FROM sections
	WHERE accounts_platform_slug = 'tr-anka-met')) \g /dev/null
SELECT isnt_empty($$SELECT * FROM failed_scrapes WHERE url LIKE '%esn-metu/activities' AND resolved_at IS NULL AND section_id IS NOT NULL$$,
	'a probe that failed is a failure of the section');
SELECT esn_store_probes(pg_temp.run(), '[{"section": "tr-anka-met", "asked": ["https://activities.example/organisation/esn-metu/activities"]}]') \g /dev/null
SELECT is_empty($$SELECT * FROM failed_scrapes WHERE url LIKE '%esn-metu/activities' AND resolved_at IS NULL$$, 'an answer closes it');
CREATE FUNCTION pg_temp.probe(slug text) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_probes(pg_temp.run(), jsonb_build_array(jsonb_build_object('section', 'tr-anka-met', 'slug', slug,
		'activities_url', 'https://activities.example/organisation/' || slug)))
$$;
PREPARE slug_now AS SELECT can_scrape_activities, activities_platform_slug::text, last_validated_activities_slug::text, activities_url
FROM sections WHERE accounts_platform_slug = 'tr-anka-met';
SELECT pg_temp.probe('esn-metu') \g /dev/null
SELECT results_eq('slug_now', $$VALUES (true, 'esn-metu', 'esn-metu', 'https://activities.example/organisation/esn-metu')$$,
	'a slug that is answered counts');
SELECT pg_temp.probe(NULL) \g /dev/null
SELECT results_eq('slug_now', $$VALUES (false, 'esn-metu', 'esn-metu', 'https://activities.example/organisation/esn-metu')$$,
	'where none is answered there is nothing to scrape; what was known last stays');
SELECT pg_temp.probe('esn-metu-0') \g /dev/null
SELECT results_eq('slug_now', $$VALUES (true, 'esn-metu-0', 'esn-metu-0', 'https://activities.example/organisation/esn-metu-0')$$,
	'a new slug replaces the old');

-- A section is found by either slug.
SELECT results_eq('SELECT accounts_slug, activities_slug FROM esn_find_sections(''tr-anka-met'')', $$VALUES ('tr-anka-met', 'esn-metu-0')$$,
	'by the one');
SELECT results_eq('SELECT accounts_slug, activities_slug FROM esn_find_sections(''esn-metu-0'')', $$VALUES ('tr-anka-met', 'esn-metu-0')$$,
	'by the other');
SELECT is_empty('SELECT * FROM esn_find_sections(''esn-metu'')', 'not by one that is no longer right');

-- Whose turn it is: those never read, then those not read for longest; nobody who cannot be read or is gone.
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug, can_scrape_activities, last_scraped, removed_at)
VALUES (-1, 'x', 'due-1', 'x', 'esn-due-1', true, now() - interval '1 day', NULL), (-2, 'x', 'due-2', 'x', 'esn-due-2', true, now() - interval '9 days', NULL),
	(-3, 'x', 'due-3', 'x', 'esn-due-3', true, NULL, NULL), (-4, 'x', 'due-4', 'x', 'esn-due-4', false, NULL, NULL),
	(-5, 'x', 'due-5', 'x', 'esn-due-5', NULL, NULL, NULL), (-6, 'x', 'due-6', 'x', 'esn-due-6', true, NULL, now()),
	(-7, 'x', 'due-7', 'x', NULL, true, NULL, NULL);
SELECT results_eq('SELECT accounts_slug FROM esn_due_sections(NULL)', ARRAY['due-6', 'due-3', 'tr-anka-met', 'due-2', 'due-1'],
	'in this order');
SELECT results_eq('SELECT accounts_slug FROM esn_due_sections(2)', ARRAY['due-6', 'due-3'], 'not more than asked for');
SELECT is_empty($$SELECT * FROM esn_finish_sections(pg_temp.run(), '[{"id": -3}]', 0.05)$$, 'a section came in whose list was not read whole');
SELECT results_eq('SELECT accounts_slug FROM esn_due_sections(NULL)', ARRAY['due-6', 'tr-anka-met', 'due-2', 'due-1'],
	'who was read since the run began is not due');
SELECT is((SELECT last_scraped FROM sections WHERE id = -2), now() - interval '9 days', 'nobody else was');

-- What was fetched: the last good answer of each page.
CREATE FUNCTION pg_temp.fetched(answer jsonb DEFAULT '{}', data jsonb DEFAULT '{"slug": "tr-anka-met"}') RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_fetches(pg_temp.run(), 'section', jsonb_build_array(
		pg_temp.page('section', 'https://accounts.example/section/tr-anka-met', data, '[]', NULL, answer) || '{"body": "PGgxPkVTTjwvaDE+"}'))
$$;
SELECT pg_temp.fetched('{"etag": "\"1\"", "last_modified": "Sun, 03 May 2026 10:00:00 GMT"}') \g /dev/null
SELECT results_eq($$SELECT kind, http_status, etag, last_modified, content_hash IS NOT NULL, fetched_at = now(), body = '<h1>ESN</h1>'::bytea FROM fetched_pages$$,
	$$VALUES ('section', 200, '"1"', 'Sun, 03 May 2026 10:00:00 GMT', true, true, true)$$, 'a page is remembered');
UPDATE fetched_pages SET fetched_at = '2024-01-01';
CREATE TEMP TABLE first_hash AS SELECT content_hash FROM fetched_pages;
SELECT esn_store_fetches(pg_temp.run(), 'section', pg_temp.not_modified('https://accounts.example/section/tr-anka-met')) \g /dev/null
SELECT results_eq($$SELECT http_status, etag, last_modified, fetched_at = now(), body IS NOT NULL FROM fetched_pages$$,
	$$VALUES (304, '"1"', 'Sun, 03 May 2026 10:00:00 GMT', true, true)$$, '"not modified" confirms what is known, and says when');
SELECT pg_temp.fetched('{"etag": "\"2\""}') \g /dev/null
SELECT results_eq('SELECT etag, last_modified, content_hash = (SELECT content_hash FROM first_hash) FROM fetched_pages', $$VALUES ('"2"', NULL::text, true)$$,
	'a new answer replaces it; the same content has the same hash');
SELECT pg_temp.fetched('{}', '{"slug": "tr-anka-met", "name": "ESN METU"}') \g /dev/null
SELECT results_eq('SELECT content_hash = (SELECT content_hash FROM first_hash) FROM fetched_pages', ARRAY[false],
	'another content has another');

-- What is still to be read, and what the site may be asked to say "not modified" to.
CREATE FUNCTION pg_temp.claim(kind text, urls text[], rules bigint DEFAULT 42, "full" boolean DEFAULT false) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s %s', url, coalesce(etag, '-')) FROM esn_claim_pages(pg_temp.run(), kind, urls, rules, "full")
$$;
SELECT results_eq($$SELECT * FROM pg_temp.claim('section', ARRAY['https://accounts.example/section/xx', 'https://accounts.example/section/tr-anka-met'])$$,
	ARRAY['https://accounts.example/section/xx -', 'https://accounts.example/section/tr-anka-met "1"'],
	'a known page is asked for conditionally, in the order given');
SELECT results_eq($$SELECT * FROM pg_temp.claim('section', ARRAY['https://accounts.example/section/tr-anka-met'], 43)$$,
	ARRAY['https://accounts.example/section/tr-anka-met -'], 'not where other rules are in force');
SELECT results_eq($$SELECT * FROM pg_temp.claim('section', ARRAY['https://accounts.example/section/tr-anka-met'], 42, true)$$,
	ARRAY['https://accounts.example/section/tr-anka-met -'], 'nor in a full run');
UPDATE sections SET removed_at = now() WHERE accounts_platform_slug = 'tr-anka-met';
SELECT results_eq($$SELECT * FROM pg_temp.claim('section', ARRAY['https://accounts.example/section/tr-anka-met'])$$,
	ARRAY['https://accounts.example/section/tr-anka-met -'], 'nor for one that was gone');
SELECT esn_store_sections(pg_temp.run(), pg_temp.section()) \g /dev/null
SELECT is((SELECT removed_at FROM sections WHERE accounts_platform_slug = 'tr-anka-met'), NULL, 'which is back when its page is');
SELECT ok(pg_temp.store(pg_temp.activity('read-1'), pg_temp.activity('read-2')) LIKE '2 new%', 'two activities have been read');
UPDATE fetched_pages SET fetched_at = '2024-01-01' WHERE activity_event_slug = 'read-2';
SELECT pg_temp.fail('activity', pg_temp.activity_url('failed-1'), 503) \g /dev/null
SELECT results_eq($$SELECT * FROM pg_temp.claim('activity', ARRAY(SELECT pg_temp.activity_url(s) FROM unnest('{new-1,read-1,failed-1,read-2}'::text[]) s))$$,
	ARRAY[pg_temp.activity_url('new-1') || ' -', pg_temp.activity_url('read-2') || ' "1"'],
	'an activity that is in many lists is read, or fails, once a run; one from an earlier run is confirmed');

-- What failed: one open row an address, updated by the next failure, closed by success.
DELETE FROM failed_scrapes;
PREPARE failures_now AS
SELECT scraper_module, http_status_code, error_message, retry_count, will_retry, run_id = pg_temp.run(), resolved_at IS NULL FROM failed_scrapes ORDER BY id;
SELECT pg_temp.fail('section', 'https://accounts.example/section/tr-anka-met', 503, 'the site answered 503', true, 'tr-anka-met', 4) \g /dev/null
SELECT results_eq('failures_now', $$VALUES ('AccountsScraper', 503, 'the site answered 503', 3, true, true, true)$$,
	'a failure is a row: one try and three more');
UPDATE failed_scrapes SET last_attempt = '2024-01-01';
SELECT esn_begin_run('AccountsScraper', 'somebody', 'the next run') > 0 AS begun \gset
SELECT pg_temp.fail('section', 'https://accounts.example/section/tr-anka-met', NULL, 'timed out after 30.0 s', true, 'tr-anka-met', 4) \g /dev/null
SELECT results_eq('failures_now', $$VALUES ('AccountsScraper', NULL::integer, 'timed out after 30.0 s', 7, true, true, true)$$,
	'the next failure is the same row');
SELECT results_eq('SELECT last_attempt = now() FROM failed_scrapes', ARRAY[true], 'which says when it was tried last');
SELECT pg_temp.fetched() \g /dev/null
SELECT results_eq('SELECT resolved_at = now() FROM failed_scrapes', ARRAY[true], 'success closes it');
SELECT pg_temp.fail('section', 'https://accounts.example/section/tr-anka-met', 503, 'the site answered 503', true, 'tr-anka-met') \g /dev/null
SELECT results_eq('SELECT retry_count, resolved_at IS NULL FROM failed_scrapes ORDER BY id', 'VALUES (7, false), (0, true)',
	'a later failure is a new row');
SELECT esn_store_fetches(pg_temp.run(), 'section', pg_temp.not_modified('https://accounts.example/section/tr-anka-met')) \g /dev/null
SELECT is_empty('SELECT * FROM failed_scrapes WHERE resolved_at IS NULL', '"not modified" is success, too');
DELETE FROM failed_scrapes;
SELECT pg_temp.fail(kind, 'https://a.example/' || kind, 403, 'the site answered 403', false)
FROM unnest(ARRAY['home', 'country', 'section', 'probe', 'listing', 'activity', 'statistics']) AS kind \g /dev/null
SELECT results_eq('SELECT scraper_module, count(*) FROM failed_scrapes WHERE NOT will_retry GROUP BY 1 ORDER BY 1',
	$$VALUES ('AccountsScraper', 4::bigint), ('ActivitiesAndStatisticsScraper', 3)$$, 'each failure is its module''s');
SELECT lives_ok($$SELECT pg_temp.fail('listing', 'https://a.example/' || repeat('x', 600), 500)$$, 'an endless address is cut');
SELECT lives_ok($$SELECT pg_temp.fail('listing', 'https://a.example/gone', 500, section => 987654321)$$,
	'a section that is deleted meanwhile is no obstacle');
SELECT results_eq($$SELECT section_id FROM failed_scrapes WHERE url = 'https://a.example/gone'$$, ARRAY[NULL::integer],
	'the failure is kept');

-- A section whose page led to another one that is not there is not gone.
DELETE FROM failed_scrapes;
SELECT esn_store_failures(pg_temp.run(), '[{"url": "https://accounts.example/section/tr-anka-met", "section": "tr-anka-met", "kind": "section", "subject": "tr-anka-met",
	"status": 404, "gone": false, "message": "redirected", "attempts": 1, "will_retry": true}]') \g /dev/null
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT is_empty('SELECT * FROM sections WHERE removed_at = now() AND id > 0', 'what another page answers proves nothing');
SELECT results_eq('SELECT error_message FROM failed_scrapes WHERE resolved_at IS NULL', ARRAY['redirected'], 'but is a failure');

-- A section whose page is gone is marked, not deleted; a link to one that was never read is dead.
DELETE FROM failed_scrapes;
SELECT pg_temp.fail('section', 'https://accounts.example/section/tr-anka-met', 404, 'the site answered 404', false, 'tr-anka-met'),
	pg_temp.fail('section', 'https://accounts.example/section/tr-ista-yil', 503, 'the site answered 503', true, 'tr-ista-yil') \g /dev/null
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT results_eq('SELECT accounts_platform_slug::text FROM sections WHERE removed_at = now() AND id > 0', ARRAY['tr-anka-met'],
	'gone is only what is proven gone');
SELECT results_eq('SELECT url::text FROM failed_scrapes', ARRAY['https://accounts.example/section/tr-ista-yil'],
	'and that is no failure');

-- A run's start tells of those that died.
SELECT is((SELECT count(*) FROM scraper_status WHERE status = 'running'), 1::bigint, 'one run goes on');
SELECT results_eq($$SELECT status, completed_at = now(), error_message ~ 'interrupted' FROM scraper_status WHERE id < pg_temp.run()$$,
	$$VALUES ('failed', true, true)$$, 'the one before, which never said that it ended, is marked as failed');
SELECT results_eq('SELECT scraper_module, status, requested_by, request, worker_pid FROM scraper_status WHERE id = pg_temp.run()',
	$$VALUES ('AccountsScraper', 'running', 'somebody', 'the next run', pg_backend_pid())$$,
	'a run''s row says who asked, and for what');
SELECT results_eq('SELECT id = pg_temp.run(), status FROM esn_runs ORDER BY id DESC LIMIT 1', $$VALUES (true, 'failed')$$,
	'without the lock of a run it is none that goes on');

SELECT * FROM finish();
ROLLBACK;
