-- Storing pages of accounts.esn.org: countries, sections and their slugs.
BEGIN;
SELECT no_plan();
\ir pages.psql
\ir accounts.psql
SELECT esn_begin_run('AccountsScraper', 'somebody', 'a test') > 0 AS begun \gset

-- The home page: every country, and the map of every section.
PREPARE countries_now AS SELECT country_code::text, name::text, slug::text, url::text, section_count
FROM countries ORDER BY 1;
PREPARE sections_now AS SELECT accounts_platform_slug::text, name::text, country_code::text,
	accounts_url FROM sections ORDER BY 1;
CREATE FUNCTION pg_temp.network() RETURNS jsonb LANGUAGE sql AS $$
	SELECT '{"countries": [{"name": "Albania", "slug": "al",
		"url": "https://accounts.example/country/al"},
		{"name": "Turkey", "slug": "tr", "url": "https://accounts.example/country/tr"}],
		"sections": [{"name": "ESN METU", "slug": "tr-anka-met",
			"url": "https://accounts.example/section/tr-anka-met"},
			{"name": "ESN Nowhere", "slug": "xx-nowh-ere",
				"url": "https://accounts.example/section/xx-nowh-ere"}]}'::jsonb
$$;
SELECT pg_temp.home(pg_temp.network(), 'tr-anka-met') \g /dev/null
SELECT results_eq('SELECT accounts_platform_slug::text FROM sections', ARRAY['tr-anka-met'],
	'only the requested section of the map is stored');
SELECT pg_temp.home(pg_temp.network()) \g /dev/null
SELECT results_eq('countries_now',
	$$VALUES ('AL', 'Albania', 'al', 'https://accounts.example/country/al', NULL::integer),
	('TR', 'Turkey', 'tr', 'https://accounts.example/country/tr', NULL)$$,
	'countries are stored, without the number of sections');
SELECT results_eq('sections_now',
	$$VALUES ('tr-anka-met', 'ESN METU', 'TR', 'https://accounts.example/section/tr-anka-met'),
	('xx-nowh-ere', 'ESN Nowhere', NULL, 'https://accounts.example/section/xx-nowh-ere')$$,
	'sections are stored, with the country that their slug begins with');
CREATE TEMP TABLE before_home AS SELECT * FROM pg_temp.places() AS row;
SELECT pg_temp.home(pg_temp.network()) \g /dev/null
SELECT set_eq('SELECT * FROM pg_temp.places()', 'SELECT * FROM before_home',
	'an unchanged page touches no row');
SELECT pg_temp.home(
	'{"countries": [{"name": "Türkiye", "slug": "tr",
		"url": "https://accounts.example/country/tr"}], "sections": []}') \g /dev/null
SELECT results_eq($$SELECT country_code::text, name::text FROM countries ORDER BY 1$$,
	$$VALUES ('AL', 'Albania'), ('TR', 'Türkiye')$$,
	'a country is renamed; one that the page lacks is kept');
SELECT pg_temp.home(jsonb_build_object('countries', '[]'::jsonb, 'sections', jsonb_build_array(
	jsonb_build_object('name', 'ESN Long', 'slug', repeat('x', 256), 'url',
		'https://accounts.example/')))) \g /dev/null
SELECT is((SELECT count(*) FROM sections), 2::bigint,
	'an impossible slug creates no section');

-- A country's page: its sections, and their number.
SELECT pg_temp.country('tr',
	'[{"name": "ESN METU", "slug": "tr-anka-met",
		"url": "https://accounts.example/section/tr-anka-met"},
		{"name": "ESN Yıldız", "slug": "tr-ista-yil",
			"url": "https://accounts.example/section/tr-ista-yil"}]'),
	pg_temp.country('al', '[]', '{"email": "board@al.example", "website": "https://al.example/",
		"social_media": {"instagram": "https://www.instagram.com/esn_al"}}') \g /dev/null
SELECT results_eq('SELECT country_code::text, section_count FROM countries ORDER BY 1',
	$$VALUES ('AL', 0), ('TR', 2)$$, 'sections are counted, even if there are none');
SELECT results_eq('SELECT email::text, website, social_media FROM countries ORDER BY country_code',
	$$VALUES ('board@al.example', 'https://al.example/',
			'{"instagram": "https://www.instagram.com/esn_al"}'::jsonb), (NULL, NULL, '{}')$$,
	'a national organisation has contacts of its own');
SELECT results_eq(
	$$SELECT name::text, country_code::text, can_scrape_activities, last_scraped FROM sections
		WHERE accounts_platform_slug = 'tr-ista-yil'$$,
	$$VALUES ('ESN Yıldız', 'TR', NULL::boolean, NULL::timestamptz)$$,
	'a section that the map lacks is stored');
SELECT pg_temp.country('al',
	'[{"name": "ESN Nowhere", "slug": "xx-nowh-ere",
		"url": "https://accounts.example/section/xx-nowh-ere"}]') \g /dev/null
SELECT results_eq(
	$$SELECT country_code::text FROM sections WHERE accounts_platform_slug = 'xx-nowh-ere'$$,
	ARRAY['AL'], 'a section belongs to the country whose page lists it');

-- A section's page: all of its fields.
SELECT esn_store_section(pg_temp.run(), pg_temp.section()) \g /dev/null
PREPARE section_now AS
SELECT name::text, email::text, website, university_name, city::text, address, latitude, longitude,
	logo_url, social_media, removed_at
FROM sections WHERE accounts_platform_slug = 'tr-anka-met';
SELECT results_eq('section_now',
	$$VALUES ('ESN METU Ankara', 'info@metu.example', 'https://metu.example/', 'METU', 'Ankara',
		'Dumlupınar 1, 06800, Ankara', 39.891235, 32.700000, 'https://accounts.example/logo.png',
			'{"x": "https://x.example/metu"}'::jsonb,
		NULL::timestamptz)$$, 'the section''s row has the fields of the page');
CREATE TEMP TABLE before_section AS SELECT * FROM pg_temp.places() AS row;
SELECT esn_store_section(pg_temp.run(), pg_temp.section()) \g /dev/null
SELECT pg_temp.home(pg_temp.network()) \g /dev/null
SELECT results_eq('SELECT name::text FROM sections WHERE accounts_platform_slug = ''tr-anka-met''',
	ARRAY['ESN METU Ankara'], 'the name on the section''s own page takes precedence');
SELECT bag_has('SELECT * FROM before_section',
	$$SELECT format('%s %s', ctid, to_jsonb(s)) FROM sections s$$,
	'an unchanged page touches no section');
SELECT esn_store_section(pg_temp.run(),
	pg_temp.section(
		'{"email": null, "latitude": null, "longitude": null, "social_media": {}}')) \g /dev/null
SELECT results_eq(
	'SELECT email::text, latitude, longitude, social_media, city::text FROM sections
		WHERE accounts_platform_slug = ''tr-anka-met''',
	$$VALUES (NULL::text, NULL::numeric, NULL::numeric, '{}'::jsonb, 'Ankara')$$,
	'fields that the page no longer has become NULL');
SELECT esn_store_errors(pg_temp.run(),
	pg_temp.section('{}',
		'[{"field": "email", "message": "not an e-mail address", "raw": "nobody"}]')) \g /dev/null
SELECT results_eq(
	'SELECT s.accounts_platform_slug::text, field_name::text, raw_data
		FROM validation_errors v JOIN sections s ON s.id = section_id',
	$$VALUES ('tr-anka-met', 'email', '"nobody"'::jsonb)$$,
	'an invalid field is recorded for its section');

-- The slug on activities.esn.org.
-- An earlier failure is resolved.
SELECT pg_temp.fail('slug_lookup',
	'https://activities.example/organisation/esn-metu/activities', 503,
	section => (SELECT id FROM sections
		WHERE accounts_platform_slug = 'tr-anka-met')) \g /dev/null
SELECT isnt_empty(
	$$SELECT * FROM failed_scrapes
		WHERE url LIKE '%esn-metu/activities' AND resolved_at IS NULL AND section_id IS NOT NULL$$,
	'a failed slug lookup is recorded for the section');
SELECT esn_store_slug_lookups(pg_temp.run(),
	'[{"section": "tr-anka-met",
		"tried_urls": ["https://activities.example/organisation/esn-metu/activities"]}]')
\g /dev/null
SELECT is_empty(
	$$SELECT * FROM failed_scrapes WHERE url LIKE '%esn-metu/activities' AND resolved_at IS NULL$$,
	'an answer resolves the failure');
CREATE FUNCTION pg_temp.look_up(slug text) RETURNS void LANGUAGE sql AS $$
	SELECT esn_store_slug_lookups(pg_temp.run(),
		jsonb_build_array(jsonb_build_object('section', 'tr-anka-met', 'slug', slug,
			'activities_url', 'https://activities.example/organisation/' || slug)))
$$;
PREPARE slug_now AS SELECT can_scrape_activities, activities_platform_slug::text,
	last_validated_activities_slug = now() AS is_confirmed, activities_url
FROM sections WHERE accounts_platform_slug = 'tr-anka-met';
SELECT pg_temp.look_up('esn-metu') \g /dev/null
SELECT results_eq('slug_now',
	$$VALUES (true, 'esn-metu', true, 'https://activities.example/organisation/esn-metu')$$,
	'a slug that the site answers is stored');
UPDATE sections SET last_validated_activities_slug = '2024-01-01'
WHERE accounts_platform_slug = 'tr-anka-met';
SELECT pg_temp.look_up(NULL) \g /dev/null
SELECT results_eq('slug_now',
	$$VALUES (false, 'esn-metu', false, 'https://activities.example/organisation/esn-metu')$$,
	'without an answer the section is not scraped; its last slug, and its time, are kept');
SELECT pg_temp.look_up('esn-metu-0') \g /dev/null
SELECT results_eq('slug_now',
	$$VALUES (true, 'esn-metu-0', true,
			'https://activities.example/organisation/esn-metu-0')$$,
	'a new slug replaces the old one');

-- A section is found by either slug.
SELECT results_eq('SELECT accounts_slug, activities_slug FROM esn_find_sections(''tr-anka-met'')',
	$$VALUES ('tr-anka-met', 'esn-metu-0')$$, 'a section is found by its accounts slug');
SELECT results_eq('SELECT accounts_slug, activities_slug FROM esn_find_sections(''esn-metu-0'')',
	$$VALUES ('tr-anka-met', 'esn-metu-0')$$, 'a section is found by its activities slug');
SELECT is_empty('SELECT * FROM esn_find_sections(''esn-metu'')',
	'a section is not found by an outdated slug');

SELECT * FROM finish();
ROLLBACK;
