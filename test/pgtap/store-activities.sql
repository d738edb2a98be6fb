-- Storing activities: only differences are written, relations are replaced, invalid fields are
-- recorded and resolved.
BEGIN;
SELECT no_plan();
\ir pages.psql
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') > 0 AS begun \gset

INSERT INTO countries (country_code, name, slug, url)
VALUES ('NO', 'Norway', 'no', 'https://accounts.example/country/no'),
	('TR', 'Türkiye', 'tr', 'https://accounts.example/country/tr');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url,
	activities_platform_slug, can_scrape_activities)
VALUES (-1, 'TR', 'ESN METU', 'tr-anka-met', 'https://accounts.example/section/tr-anka-met',
		'esn-metu', true);

-- A new activity.
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1')),
	'1 new, 0 changed, 0 unchanged, 0 invalid', 'an activity is new');
SELECT results_eq($$
	SELECT url, title::text, description, start_date, end_date, is_future_event, city::text,
		country_code::text, participants,
		activity_type::text, is_valid, is_online, country_name::text, activity_goal, outcomes,
		unmatched_organisers, removed_at, created_at = now() AND updated_at = now()
	FROM activities WHERE event_slug = 'boat-party-1'$$, $$
	VALUES ('https://activities.example/activity/boat-party-1', 'Boat party', 'On a boat.',
			'2024-05-03'::date, '2024-05-04'::date, false,
		'Tromsø', 'NO', 160, 'Leisure', true, false, 'Norway', 'Fun', NULL::text, '{}'::text[],
			NULL::timestamptz, true)$$,
	'its row has the fields of the page');
SELECT results_eq(
	$$SELECT section_id FROM activity_section_organisers JOIN activities a ON a.id = activity_id
		WHERE event_slug = 'boat-party-1'$$,
	ARRAY[-1], 'its organiser is linked');
SELECT results_eq(
	$$SELECT c.name::text FROM activity_causes c JOIN activity_to_cause ON cause_id = c.id
		ORDER BY 1$$,
	ARRAY['Culture', 'Health'], 'its causes are linked');
SELECT results_eq(
	$$SELECT t.name::text FROM activity_types t JOIN activity_to_type ON type_id = t.id$$,
	ARRAY['Leisure'], 'its type is linked');
SELECT results_eq('SELECT sdg_id FROM activity_to_sdg ORDER BY 1', ARRAY[3, 13],
	'its goals are those of the extension');
SELECT results_eq(
	$$SELECT o.name::text FROM objectives o JOIN activity_to_objective ON objective_id = o.id$$,
	ARRAY['Meet'], 'its objective is linked');
SELECT is_empty('SELECT * FROM validation_errors', 'it has no invalid field');
SELECT results_eq(
	$$SELECT kind, event_slug::text, http_status, etag, rules_hash FROM frontier$$,
	$$VALUES ('activity', 'boat-party-1', 200, '"1"', 42::bigint)$$, 'its fetch is recorded');

-- An unchanged page touches no row: a written row moves (ctid), and updated_at changes.
UPDATE activities SET created_at = '2024-01-01', updated_at = '2024-01-02';
CREATE FUNCTION pg_temp.places() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(a)) FROM activities a
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r))
	FROM activity_section_organisers r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r))
	FROM activity_to_cause r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r))
	FROM activity_to_type r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r)) FROM activity_types r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r))
	FROM activity_to_sdg r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r))
	FROM activity_to_objective r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r))
	FROM activity_causes r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r)) FROM objectives r
$$;
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.places() AS row;
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1')),
	'0 new, 0 changed, 1 unchanged, 0 invalid', format('time %s: it is unchanged', n))
FROM generate_series(2, 6) n;
SELECT set_eq('SELECT * FROM pg_temp.places()', 'SELECT * FROM before',
	'storing it six times leaves the first rows untouched');
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1'), pg_temp.activity('boat-party-1')),
	'0 new, 0 changed, 1 unchanged, 0 invalid', 'a page that occurs twice in a batch counts once');

-- Each field.
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1', change)), came, what || change)
FROM jsonb_array_elements(
	'[{"title": "Ship party"}, {"description": "On a ship."}, {"start_date": "2024-05-02"},
		{"end_date": null}, {"is_online": true}, {"city": null}, {"country_name": "Turkey"},
		{"participants": null}, {"participants": 0},
		{"activity_type": null, "activity_types": []}, {"activity_types": ["Leisure", "Sports"]},
		{"project_name": "Green Erasmus", "project_slug": "green-erasmus"},
		{"activity_goal": null}, {"outcomes": "Friends"},
		{"image_url": "https://activities.example/i.jpg"},
		{"registration_url": "https://register.example/"}, {"causes": []},
		{"causes": ["Culture", "Education"]}, {"sdgs": ["SDG 17"]},
		{"objectives": ["Meet", "Learn"]}, {"organisers": []}]') WITH ORDINALITY AS c (change, n),
	(VALUES (1, '0 new, 1 changed, 0 unchanged, 0 invalid', 'a change is detected: '),
		(2, '0 new, 0 changed, 1 unchanged, 0 invalid', 'unchanged the second time: '))
	AS v (turn, came, what)
ORDER BY n, turn;
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1')),
	'0 new, 1 changed, 0 unchanged, 0 invalid', 'the fields change back');
SELECT results_eq(
	$$SELECT created_at = '2024-01-01', updated_at = now() FROM activities
		WHERE event_slug = 'boat-party-1'$$,
	'VALUES (true, true)', 'a changed row keeps created_at and gets a new updated_at');

-- A change of one relation sets updated_at, and does not touch the other relations.
UPDATE activities SET updated_at = '2024-01-02';
CREATE TEMP TABLE goals AS SELECT ctid AS place, * FROM activity_to_sdg;
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1', '{"causes": ["Health", "Education"]}')),
	'0 new, 1 changed, 0 unchanged, 0 invalid', 'adding and removing a cause is a change');
SELECT results_eq('SELECT updated_at = now() FROM activities', ARRAY[true],
	'it sets updated_at');
SELECT results_eq(
	'SELECT c.name::text FROM activity_to_cause JOIN activity_causes c ON c.id = cause_id
		ORDER BY 1', ARRAY['Education', 'Health'],
	'causes are replaced');
SELECT set_eq('SELECT ctid AS place, activity_id, sdg_id FROM activity_to_sdg',
	'SELECT * FROM goals', 'goals are not touched');
SELECT is((SELECT count(*) FROM activity_causes WHERE name IN ('Culture', 'Health', 'Education')),
	3::bigint, 'unused causes are kept, without duplicates');

-- A country has several names. A country without sections is valid.
SELECT is(pg_temp.store(pg_temp.activity('in-' || n, jsonb_build_object('country_name', country))),
	'1 new, 0 changed, 0 unchanged, 0 invalid',
	'an activity in ' || coalesce(country, 'no country'))
FROM (VALUES (1, 'Türkiye'), (2, 'Turkey'), (3, 'ESN Norway'), (4, 'Morocco'), (5, NULL))
	AS v (n, country);
SELECT results_eq(
	$$SELECT country_code::text, country_name::text FROM activities WHERE event_slug LIKE 'in-%'
		ORDER BY event_slug$$,
	$$VALUES ('TR', 'Türkiye'), ('TR', 'Turkey'), ('NO', 'ESN Norway'), (NULL, 'Morocco'),
		(NULL, NULL)$$,
	'the country is found by any of its names, and kept as written');

-- Future activities.
SELECT ok(
	pg_temp.store(
		pg_temp.activity('when-' || n,
			jsonb_build_object('start_date', current_date + first, 'end_date',
				current_date + last)))
	LIKE '1 new%', format('an activity from day %s to day %s', first, last))
FROM (VALUES (1, -2, -1), (2, -1, 0), (3, -1, 1), (4, 0, NULL), (5, -1, NULL), (6, 1, NULL))
	AS v (n, first, last);
SELECT results_eq(
	$$SELECT is_future_event FROM activities WHERE event_slug LIKE 'when-%' ORDER BY event_slug$$,
	ARRAY[false, false, false, false, false, true],
	'an activity that begins after today is in the future');
-- The day may pass without a reading of the page: the next run's start corrects the flag.
UPDATE activities SET is_future_event = NOT is_future_event WHERE event_slug LIKE 'when-%';
SELECT esn_begin_run('AccountsScraper', 'somebody', 'the next day') > 0 AS begun \gset
SELECT results_eq(
	$$SELECT is_future_event FROM activities WHERE event_slug LIKE 'when-%' ORDER BY event_slug$$,
	ARRAY[false, false, false, false, false, true], 'every run corrects is_future_event');

-- Each invalid field of a page is one open row. Valid fields are kept.
SELECT is(pg_temp.store(pg_temp.activity('bad-1', '{"title": null, "participants": null}',
	'[{"field": "title", "message": "missing", "raw": null},
		{"field": "participants", "message": "not a count", "raw": "-5"}]')),
	'1 new, 0 changed, 0 unchanged, 1 invalid',
	'an activity with invalid fields is new and invalid');
SELECT results_eq(
	$$SELECT is_valid, title::text, city::text FROM activities WHERE event_slug = 'bad-1'$$,
	$$VALUES (false, NULL::text, 'Tromsø')$$, 'it is stored without the invalid fields');
PREPARE faults AS
SELECT field_name::text, error_message, raw_data #>> '{}', resolved_at IS NULL,
	run_id = pg_temp.run(), url, activity_event_slug::text
FROM validation_errors ORDER BY field_name, id;
SELECT results_eq('faults', $$
	VALUES ('participants', 'not a count', '-5', true, true, pg_temp.activity_url('bad-1'),
			'bad-1'),
		('title', 'missing', NULL, true, true, pg_temp.activity_url('bad-1'), 'bad-1')$$,
	'each invalid field is a row, with the value as found');
CREATE TEMP TABLE known_faults AS SELECT id, field_name FROM validation_errors;
SELECT is(pg_temp.store(pg_temp.activity('bad-1', '{"title": null, "participants": null}',
	'[{"field": "title", "message": "missing", "raw": null},
		{"field": "participants", "message": "not a count", "raw": "about forty"}]')),
	'0 new, 0 changed, 1 unchanged, 1 invalid', 'the same page with another invalid number');
SELECT set_eq('SELECT id, field_name FROM validation_errors', 'SELECT * FROM known_faults',
	'no row is duplicated');
SELECT results_eq(
	$$SELECT raw_data #>> '{}' FROM validation_errors WHERE field_name = 'participants'$$,
	ARRAY['about forty'], 'the row has the latest value');
SELECT is(
	pg_temp.store(
		pg_temp.activity('bad-1', '{"title": null, "participants": 40}',
			'[{"field": "title", "message": "missing", "raw": null}]')),
	'0 new, 1 changed, 0 unchanged, 1 invalid', 'one of two fields becomes valid');
SELECT results_eq('SELECT field_name::text, resolved_at IS NULL FROM validation_errors ORDER BY 1',
	$$VALUES ('participants', false), ('title', true)$$,
	'its row is resolved, the other stays open');
SELECT is(pg_temp.store(pg_temp.activity('bad-1')), '0 new, 1 changed, 0 unchanged, 0 invalid',
	'the other becomes valid, too');
SELECT results_eq($$SELECT is_valid FROM activities WHERE event_slug = 'bad-1'$$, ARRAY[true],
	'the activity is valid');
SELECT is_empty('SELECT * FROM validation_errors WHERE resolved_at IS NULL',
	'every row is resolved');
SELECT is(
	pg_temp.store(
		pg_temp.activity('bad-1', '{"title": null}',
			'[{"field": "title", "message": "missing", "raw": null}]')),
	'0 new, 1 changed, 0 unchanged, 1 invalid', 'a field becomes invalid again');
SELECT results_eq(
	$$SELECT resolved_at IS NULL FROM validation_errors WHERE field_name = 'title' ORDER BY id$$,
	ARRAY[false, true], 'it gets a new row; the resolved row is kept');
SELECT is(
	pg_temp.store(
		pg_temp.activity('bad-2', '{}',
			'[{"field": "sdgs", "message": "not an SDG between 1 and 17", "raw": "SDG 18"},
				{"field": "sdgs", "message": "not an SDG between 1 and 17", "raw": "SDG 0"}]')),
	'1 new, 0 changed, 0 unchanged, 1 invalid', 'two invalid values of one field');
SELECT results_eq(
	$$SELECT error_message, raw_data FROM validation_errors WHERE field_name = 'sdgs'$$,
	$$VALUES ('not an SDG between 1 and 17', '["SDG 0", "SDG 18"]'::jsonb)$$,
	'both values are in one row');
SELECT results_eq($$SELECT event_slug::text, is_valid FROM activities
		WHERE event_slug IN ('bad-1', 'bad-2') ORDER BY 1$$,
	$$VALUES ('bad-1', false), ('bad-2', true)$$,
	'an activity is valid if its title, description and date are there');
SELECT is(
	pg_temp.store(
		pg_temp.activity('bad-3', '{"start_date": null, "end_date": null}',
			'[{"field": "start_date", "message": "missing", "raw": null}]')),
	'1 new, 0 changed, 0 unchanged, 1 invalid', 'an activity without a date');
SELECT results_eq($$SELECT is_future_event FROM activities WHERE event_slug = 'bad-3'$$,
	ARRAY[NULL::boolean], 'it is neither past nor upcoming');
SELECT is(
	pg_temp.store(pg_temp.activity('good-1'), pg_temp.activity('bad-3'),
		pg_temp.activity('good-2')),
	'2 new, 1 changed, 0 unchanged, 0 invalid', 'a batch can have pages with different results');

-- Unknown organisers are kept by slug, in the page's order, and linked as soon as they are known.
SELECT is(
	pg_temp.store(
		pg_temp.activity('together-1',
			'{"organisers": [{"name": "ESN Tromsø", "slug": "esn-tromso"},
				{"name": "ESN METU", "slug": "esn-metu"},
				{"name": "ESN Elsewhere", "slug": "esn-elsewhere"}]}')),
	'1 new, 0 changed, 0 unchanged, 0 invalid', 'three organisers, one of them known');
PREPARE organisers AS SELECT unmatched_organisers,
	ARRAY(SELECT section_id FROM activity_section_organisers WHERE activity_id = a.id ORDER BY 1)
FROM activities a WHERE event_slug = 'together-1';
SELECT results_eq('organisers', $$VALUES (ARRAY['esn-tromso', 'esn-elsewhere'], ARRAY[-1])$$,
	'the two others are kept by slug');
SELECT is(esn_link_organisers(), 0::bigint, 'no organiser has become known');
UPDATE activities SET updated_at = '2024-01-02';
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug,
	can_scrape_activities)
VALUES (-2, 'ESN Tromsø', 'no-trom-esn', 'https://accounts.example/section/no-trom-esn',
		'esn-tromso', true);
SELECT is(esn_link_organisers(), 1::bigint, 'one activity gets an organiser');
SELECT results_eq('organisers', $$VALUES (ARRAY['esn-elsewhere'], ARRAY[-2, -1])$$,
	'the last one is still unmatched');
SELECT results_eq('SELECT event_slug::text FROM activities WHERE updated_at = now()',
	ARRAY['together-1'], 'only that row changed');
SELECT is(esn_link_organisers(), 0::bigint, 'it is not linked twice');
SELECT is(
	pg_temp.store(
		pg_temp.activity('together-1',
			'{"organisers": [{"name": "ESN Tromsø", "slug": "esn-tromso"},
				{"name": "ESN METU", "slug": "esn-metu"},
				{"name": "ESN Elsewhere", "slug": "esn-elsewhere"}]}')),
	'0 new, 0 changed, 1 unchanged, 0 invalid', 'reading the page again changes nothing');
SELECT is(
	pg_temp.store(
		pg_temp.activity('together-1',
			'{"organisers": [{"name": "ESN METU", "slug": "esn-metu"}]}')),
	'0 new, 1 changed, 0 unchanged, 0 invalid', 'two organisers are removed');
SELECT results_eq('organisers', $$VALUES ('{}'::text[], ARRAY[-1])$$,
	'they are neither linked nor unmatched');

-- A slug that cannot be guessed is learned from a page that names the section.
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, can_scrape_activities)
VALUES (-3, 'ESN Işık', 'tr-ista-isi', 'https://accounts.example/section/tr-ista-isi', false),
	(-4, 'ESN Twin', 'xx-twin-one', 'https://accounts.example/section/xx-twin-one', false),
	(-5, 'ESN Twin', 'xx-twin-two', 'https://accounts.example/section/xx-twin-two', false);
SELECT is(
	pg_temp.store(
		pg_temp.activity('learn-1',
			'{"organisers": [{"name": "ESN ISIK", "slug": "esn-isik-0"},
				{"name": "ESN Twin", "slug": "esn-twin-7"},
				{"name": "ESN Tromsø", "slug": "esn-tromso-old"}]}')),
	'1 new, 0 changed, 0 unchanged, 0 invalid', 'a page with three unknown slugs');
SELECT results_eq(
	'SELECT activities_platform_slug::text, last_validated_activities_slug = now(),
			can_scrape_activities, activities_url FROM sections WHERE id = -3',
	$$VALUES ('esn-isik-0', true, true,
			'https://activities.example/organisation/esn-isik-0')$$,
	'one section is found by its name');
SELECT results_eq(
	$$SELECT section_id FROM activity_section_organisers JOIN activities a ON a.id = activity_id
		WHERE event_slug = 'learn-1'$$,
	ARRAY[-3], 'it is linked at once');
SELECT results_eq(
	'SELECT activities_platform_slug::text FROM sections WHERE id IN (-2, -4, -5) ORDER BY id DESC',
	ARRAY['esn-tromso', NULL, NULL],
	'neither an ambiguous name nor a section with a confirmed slug gets one');

-- An organiser without a link is kept by name. It has no slug, so nothing is learnt from it.
SELECT is(
	pg_temp.store(
		pg_temp.activity('unlinked-1',
			'{"organisers": [{"name": "ESN Twin", "slug": null},
				{"name": "ESN METU", "slug": "esn-metu"}]}')),
	'1 new, 0 changed, 0 unchanged, 0 invalid', 'an organiser without a link');
SELECT results_eq(
	$$SELECT unmatched_organisers, o.section_id FROM activities a
			JOIN activity_section_organisers o ON o.activity_id = a.id
		WHERE event_slug = 'unlinked-1'$$,
	$$VALUES ('{ESN Twin}'::text[], -1)$$, 'is kept by name, beside the linked ones');

-- A missing page (404, 410) is proof: the activity is marked as removed, not deleted. It is
-- restored when the page is back.
UPDATE activities SET updated_at = '2024-01-02';
SELECT pg_temp.fail('activity', pg_temp.activity_url('good-1'), 404, 'the site answered 404', false,
	'good-1'),
	pg_temp.fail('activity', pg_temp.activity_url('good-2'), 410, 'the site answered 410', false,
		'good-2'),
	pg_temp.fail('activity', pg_temp.activity_url('in-1'), 503, 'the site answered 503', true,
		'in-1'),
	pg_temp.fail('listing', 'https://activities.example/organisation/in-2/activities?page=0', 404,
		'the site answered 404', false, 'in-2'),
	pg_temp.fail('activity', pg_temp.activity_url('in-3'), NULL, 'timed out', true,
		'in-3') \g /dev/null
SELECT results_eq('SELECT marked, gone FROM esn_mark_removed(pg_temp.run(), 0.05)', 'VALUES (0, 2)',
	'two of so few are implausible');
SELECT is((SELECT count(*) FROM activities WHERE removed_at IS NOT NULL), 0::bigint,
	'nothing is marked');
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT results_eq(
	'SELECT event_slug::text FROM activities WHERE removed_at = now() AND updated_at = now()
		ORDER BY 1', ARRAY['good-1', 'good-2'],
	'two are marked; not the unreadable one, nor the one whose namesake is gone');
SELECT is_empty(
	'SELECT event_slug FROM activities WHERE removed_at IS NOT NULL AND updated_at <> now()',
	'no other is marked');
SELECT is_empty($$SELECT url FROM failed_scrapes WHERE url LIKE '%/good-%'$$,
	'a missing page is not a failure');
SELECT results_eq($$SELECT error_message FROM failed_scrapes WHERE url LIKE '%/in-_' ORDER BY url$$,
	ARRAY['the site answered 503', 'timed out'],
	'an unreadable page is a failure, with or without a response');
SELECT is(
	(SELECT count(*) FROM activity_to_cause JOIN activities a ON a.id = activity_id
		WHERE event_slug = 'good-1'), 2::bigint,
	'a removed activity keeps its relations');
UPDATE activities SET removed_at = '2024-01-03' WHERE event_slug = 'good-1';
SELECT pg_temp.fail('activity', pg_temp.activity_url('good-1'), 404, 'the site answered 404', false,
	'good-1') \g /dev/null
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT results_eq($$SELECT removed_at FROM activities WHERE event_slug = 'good-1'$$,
	ARRAY['2024-01-03'::timestamptz], 'removed_at does not change');
SELECT is(pg_temp.store(pg_temp.activity('good-1')), '0 new, 1 changed, 0 unchanged, 0 invalid',
	'the page is back');
SELECT results_eq($$SELECT removed_at FROM activities WHERE event_slug = 'good-1'$$,
	ARRAY[NULL::timestamptz], 'the activity is restored');
SELECT pg_temp.fail('activity', pg_temp.activity_url('never-seen'), 404, 'the site answered 404',
	false, 'never-seen') \g /dev/null
SELECT results_eq(
	$$SELECT http_status_code, will_retry FROM failed_scrapes WHERE url LIKE '%/never-seen'$$,
	'VALUES (404, false)',
	'a dead link to an unknown activity is a failure that is not retried');
-- in-1 was unreadable above; now it is gone.
SELECT pg_temp.fail('activity', pg_temp.activity_url('in-1'), 404, 'the site answered 404', false,
	'in-1') \g /dev/null
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT results_eq($$SELECT removed_at = now() FROM activities WHERE event_slug = 'in-1'$$,
	ARRAY[true], 'an unreadable activity that is gone is marked');
SELECT is_empty(
	$$SELECT * FROM failed_scrapes WHERE url LIKE '%/in-1' AND will_retry AND resolved_at IS NULL$$,
	'a page that is gone does not wait for a retry');

SELECT is(esn_url_part('esn-düsseldorf_0.~ %/'), 'esn-d%C3%BCsseldorf_0.~%20%25%2F',
	'slugs are percent-encoded in addresses');

SELECT * FROM finish();
ROLLBACK;
