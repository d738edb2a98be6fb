-- How activities become rows: nothing but what differs is written, relations are replaced, faults are recorded and mended.
BEGIN;
SELECT no_plan();
\ir pages.psql
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') > 0 AS begun \gset

INSERT INTO countries (country_code, name, slug, url) VALUES ('NO', 'Norway', 'no', 'https://accounts.example/country/no'),
	('TR', 'Türkiye', 'tr', 'https://accounts.example/country/tr');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url, activities_platform_slug, can_scrape_activities)
VALUES (-1, 'TR', 'ESN METU', 'tr-anka-met', 'https://accounts.example/section/tr-anka-met', 'esn-metu', true);

-- A new one.
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1')), '1 new, 0 changed, 0 unchanged, 0 invalid', 'an activity is new');
SELECT results_eq($$
	SELECT url, title::text, description, start_date, end_date, is_future_event, city::text, country_code::text, participants,
		activity_type::text, is_valid, is_online, country_name::text, activity_goal, outcomes, unmatched_organisers, removed_at,
		created_at = now() AND updated_at = now()
	FROM activities WHERE event_slug = 'boat-party-1'$$, $$
	VALUES ('https://activities.example/activity/boat-party-1', 'Boat party', 'On a boat.', '2024-05-03'::date, '2024-05-04'::date, false,
		'Tromsø', 'NO', 160, 'Leisure', true, false, 'Norway', 'Fun', NULL::text, '{}'::text[], NULL::timestamptz, true)$$,
	'its row says what the page says');
SELECT results_eq($$SELECT section_id FROM activity_section_organisers JOIN activities a ON a.id = activity_id WHERE event_slug = 'boat-party-1'$$,
	ARRAY[-1], 'its organiser is linked');
SELECT results_eq($$SELECT c.name::text FROM activity_causes c JOIN activity_to_cause ON cause_id = c.id ORDER BY 1$$,
	ARRAY['Culture', 'Health'], 'its causes are there');
SELECT results_eq('SELECT sdg_id FROM activity_to_sdg ORDER BY 1', ARRAY[3, 13], 'its goals are those that came with the extension');
SELECT results_eq($$SELECT o.name::text FROM objectives o JOIN activity_to_objective ON objective_id = o.id$$, ARRAY['Meet'],
	'its objective is there');
SELECT is_empty('SELECT * FROM validation_errors', 'nothing is wrong with it');
SELECT results_eq($$SELECT kind, activity_event_slug::text, http_status, etag, rules_hash FROM fetched_pages$$,
	$$VALUES ('activity', 'boat-party-1', 200, '"1"', 42::bigint)$$, 'where it came from is known');

-- The same again touches no row: a row that is written moves (ctid), and its updated_at would.
UPDATE activities SET created_at = '2024-01-01', updated_at = '2024-01-02';
CREATE FUNCTION pg_temp.places() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(a)) FROM activities a
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r)) FROM activity_section_organisers r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r)) FROM activity_to_cause r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r)) FROM activity_to_sdg r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r)) FROM activity_to_objective r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r)) FROM activity_causes r
	UNION ALL SELECT format('%s %s %s', tableoid::regclass, ctid, to_jsonb(r)) FROM objectives r
$$;
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.places() AS row;
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1')), '0 new, 0 changed, 1 unchanged, 0 invalid', format('time %s: it is unchanged', n))
FROM generate_series(2, 6) n;
SELECT set_eq('SELECT * FROM pg_temp.places()', 'SELECT * FROM before', 'six times the same leave the rows of the first, untouched');
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1'), pg_temp.activity('boat-party-1')), '0 new, 0 changed, 1 unchanged, 0 invalid',
	'a page that is twice in a batch counts once');

-- Each field for itself.
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1', change)), came, what || change)
FROM jsonb_array_elements('[{"title": "Ship party"}, {"description": "On a ship."}, {"start_date": "2024-05-02"}, {"end_date": null},
	{"is_online": true}, {"city": null}, {"country_name": "Turkey"}, {"participants": null}, {"participants": 0}, {"activity_type": null},
	{"activity_goal": null}, {"outcomes": "Friends"}, {"image_url": "https://activities.example/i.jpg"},
	{"registration_url": "https://register.example/"}, {"causes": []}, {"causes": ["Culture", "Education"]}, {"sdgs": ["SDG 17"]},
	{"objectives": ["Meet", "Learn"]}, {"organisers": []}]') WITH ORDINALITY AS c (change, n),
	(VALUES (1, '0 new, 1 changed, 0 unchanged, 0 invalid', 'a change is seen: '),
		(2, '0 new, 0 changed, 1 unchanged, 0 invalid', 'it is none the second time: ')) AS v (turn, came, what)
ORDER BY n, turn;
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1')), '0 new, 1 changed, 0 unchanged, 0 invalid', 'back to what it was');
SELECT results_eq($$SELECT created_at = '2024-01-01', updated_at = now() FROM activities WHERE event_slug = 'boat-party-1'$$,
	'VALUES (true, true)', 'a changed row keeps when it was made and says when it changed');

-- A change of one relation alone moves updated_at, and leaves the other relations alone.
UPDATE activities SET updated_at = '2024-01-02';
CREATE TEMP TABLE goals AS SELECT ctid AS place, * FROM activity_to_sdg;
SELECT is(pg_temp.store(pg_temp.activity('boat-party-1', '{"causes": ["Health", "Education"]}')), '0 new, 1 changed, 0 unchanged, 0 invalid',
	'a cause more and one less is a change');
SELECT results_eq('SELECT updated_at = now() FROM activities', ARRAY[true], 'which updated_at says');
SELECT results_eq('SELECT c.name::text FROM activity_to_cause JOIN activity_causes c ON c.id = cause_id ORDER BY 1', ARRAY['Education', 'Health'],
	'causes are replaced');
SELECT set_eq('SELECT ctid AS place, activity_id, sdg_id FROM activity_to_sdg', 'SELECT * FROM goals', 'goals stay as they are');
SELECT is((SELECT count(*) FROM activity_causes WHERE name IN ('Culture', 'Health', 'Education')), 3::bigint,
	'a cause is known for ever, and once');

-- Countries go by many names; one without sections is no fault.
SELECT is(pg_temp.store(pg_temp.activity('in-' || n, jsonb_build_object('country_name', country))), '1 new, 0 changed, 0 unchanged, 0 invalid',
	'an activity in ' || coalesce(country, 'no country'))
FROM (VALUES (1, 'Türkiye'), (2, 'Turkey'), (3, 'ESN Norway'), (4, 'Morocco'), (5, NULL)) AS v (n, country);
SELECT results_eq($$SELECT country_code::text, country_name::text FROM activities WHERE event_slug LIKE 'in-%' ORDER BY event_slug$$,
	$$VALUES ('TR', 'Türkiye'), ('TR', 'Turkey'), ('NO', 'ESN Norway'), (NULL, 'Morocco'), (NULL, NULL)$$,
	'its country is found by any of its names, and kept as written');

-- What is to come.
SELECT ok(pg_temp.store(pg_temp.activity('when-' || n, jsonb_build_object('start_date', current_date + first, 'end_date', current_date + last)))
	LIKE '1 new%', format('an activity from day %s to day %s', first, last))
FROM (VALUES (1, -2, -1), (2, -1, 0), (3, -1, 1), (4, 0, NULL), (5, -1, NULL), (6, 1, NULL)) AS v (n, first, last);
SELECT results_eq($$SELECT is_future_event FROM activities WHERE event_slug LIKE 'when-%' ORDER BY event_slug$$,
	ARRAY[false, true, true, true, false, true], 'what ends, or with one date takes place, today or later is to come');
-- Its day passes without anybody reading the page: the next run's start sets it right.
UPDATE activities SET is_future_event = NOT is_future_event WHERE event_slug LIKE 'when-%';
SELECT esn_begin_run('AccountsScraper', 'somebody', 'the next day') > 0 AS begun \gset
SELECT results_eq($$SELECT is_future_event FROM activities WHERE event_slug LIKE 'when-%' ORDER BY event_slug$$,
	ARRAY[false, true, true, true, false, true], 'every run sets right what is to come');

-- What is wrong with a page is one open row a field; what was right is kept.
SELECT is(pg_temp.store(pg_temp.activity('bad-1', '{"title": null, "participants": null}',
	'[{"field": "title", "message": "missing", "raw": null}, {"field": "participants", "message": "not a count", "raw": "-5"}]')),
	'1 new, 0 changed, 0 unchanged, 1 invalid', 'an activity with faults is new and invalid');
SELECT results_eq($$SELECT is_valid, title::text, city::text FROM activities WHERE event_slug = 'bad-1'$$,
	$$VALUES (false, NULL::text, 'Tromsø')$$, 'it is kept, without what is wrong');
PREPARE faults AS
SELECT field_name::text, error_message, raw_data #>> '{}', resolved_at IS NULL, run_id = pg_temp.run(), url, activity_event_slug::text
FROM validation_errors ORDER BY field_name, id;
SELECT results_eq('faults', $$
	VALUES ('participants', 'not a count', '-5', true, true, pg_temp.activity_url('bad-1'), 'bad-1'),
		('title', 'missing', NULL, true, true, pg_temp.activity_url('bad-1'), 'bad-1')$$, 'each wrong field is a row, with the value as found');
CREATE TEMP TABLE known_faults AS SELECT id, field_name FROM validation_errors;
SELECT is(pg_temp.store(pg_temp.activity('bad-1', '{"title": null, "participants": null}',
	'[{"field": "title", "message": "missing", "raw": null}, {"field": "participants", "message": "not a count", "raw": "about forty"}]')),
	'0 new, 0 changed, 1 unchanged, 1 invalid', 'the same page again, with another wrong number');
SELECT set_eq('SELECT id, field_name FROM validation_errors', 'SELECT * FROM known_faults', 'no row is repeated');
SELECT results_eq($$SELECT raw_data #>> '{}' FROM validation_errors WHERE field_name = 'participants'$$, ARRAY['about forty'],
	'but says what was found last');
SELECT is(pg_temp.store(pg_temp.activity('bad-1', '{"title": null, "participants": 40}', '[{"field": "title", "message": "missing", "raw": null}]')),
	'0 new, 1 changed, 0 unchanged, 1 invalid', 'one of two faults is mended');
SELECT results_eq('SELECT field_name::text, resolved_at IS NULL FROM validation_errors ORDER BY 1',
	$$VALUES ('participants', false), ('title', true)$$, 'its row is closed, the other stays open');
SELECT is(pg_temp.store(pg_temp.activity('bad-1')), '0 new, 1 changed, 0 unchanged, 0 invalid', 'the other, too');
SELECT results_eq($$SELECT is_valid FROM activities WHERE event_slug = 'bad-1'$$, ARRAY[true], 'the activity is valid');
SELECT is_empty('SELECT * FROM validation_errors WHERE resolved_at IS NULL', 'no row is open');
SELECT is(pg_temp.store(pg_temp.activity('bad-1', '{"title": null}', '[{"field": "title", "message": "missing", "raw": null}]')),
	'0 new, 1 changed, 0 unchanged, 1 invalid', 'a fault comes back');
SELECT results_eq($$SELECT resolved_at IS NULL FROM validation_errors WHERE field_name = 'title' ORDER BY id$$, ARRAY[false, true],
	'as a row of its own: what was closed stays closed');
SELECT is(pg_temp.store(pg_temp.activity('bad-2', '{}', '[{"field": "sdgs", "message": "no SDG between 1 and 17", "raw": "SDG 18"},
	{"field": "sdgs", "message": "no SDG between 1 and 17", "raw": "SDG 0"}]')), '1 new, 0 changed, 0 unchanged, 1 invalid',
	'two values of one field');
SELECT results_eq($$SELECT error_message, raw_data FROM validation_errors WHERE field_name = 'sdgs'$$,
	$$VALUES ('no SDG between 1 and 17', '["SDG 0", "SDG 18"]'::jsonb)$$, 'are one row with both values');
SELECT is(pg_temp.store(pg_temp.activity('bad-3', '{"start_date": null, "end_date": null}', '[{"field": "start_date", "message": "missing", "raw": null}]')),
	'1 new, 0 changed, 0 unchanged, 1 invalid', 'an activity without a date');
SELECT results_eq($$SELECT is_future_event FROM activities WHERE event_slug = 'bad-3'$$, ARRAY[NULL::boolean],
	'is neither past nor to come');
SELECT is(pg_temp.store(pg_temp.activity('good-1'), pg_temp.activity('bad-3'), pg_temp.activity('good-2')),
	'2 new, 1 changed, 0 unchanged, 0 invalid', 'a batch holds pages of every fate');

-- Organisers that are no known section are kept by slug, in the page's order, and linked as soon as they are known.
SELECT is(pg_temp.store(pg_temp.activity('together-1', '{"organisers": [{"name": "ESN Tromsø", "slug": "esn-tromso"},
	{"name": "ESN METU", "slug": "esn-metu"}, {"name": "ESN Elsewhere", "slug": "esn-elsewhere"}]}')),
	'1 new, 0 changed, 0 unchanged, 0 invalid', 'three organisers, one of them known');
PREPARE organisers AS SELECT unmatched_organisers, ARRAY(SELECT section_id FROM activity_section_organisers WHERE activity_id = a.id ORDER BY 1)
FROM activities a WHERE event_slug = 'together-1';
SELECT results_eq('organisers', $$VALUES (ARRAY['esn-tromso', 'esn-elsewhere'], ARRAY[-1])$$, 'the two others wait');
SELECT is(esn_link_organisers(), 0::bigint, 'nobody new is known yet');
UPDATE activities SET updated_at = '2024-01-02';
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug, can_scrape_activities)
VALUES (-2, 'ESN Tromsø', 'no-trom-esn', 'https://accounts.example/section/no-trom-esn', 'esn-tromso', true);
SELECT is(esn_link_organisers(), 1::bigint, 'one activity gets its organiser');
SELECT results_eq('organisers', $$VALUES (ARRAY['esn-elsewhere'], ARRAY[-2, -1])$$, 'the last one waits on');
SELECT results_eq('SELECT event_slug::text FROM activities WHERE updated_at = now()', ARRAY['together-1'], 'only that row changed');
SELECT is(esn_link_organisers(), 0::bigint, 'it is not linked twice');
SELECT is(pg_temp.store(pg_temp.activity('together-1', '{"organisers": [{"name": "ESN Tromsø", "slug": "esn-tromso"},
	{"name": "ESN METU", "slug": "esn-metu"}, {"name": "ESN Elsewhere", "slug": "esn-elsewhere"}]}')),
	'0 new, 0 changed, 1 unchanged, 0 invalid', 'to read the page again changes nothing');
SELECT is(pg_temp.store(pg_temp.activity('together-1', '{"organisers": [{"name": "ESN METU", "slug": "esn-metu"}]}')),
	'0 new, 1 changed, 0 unchanged, 0 invalid', 'two of them are no organisers any more');
SELECT results_eq('organisers', $$VALUES ('{}'::text[], ARRAY[-1])$$, 'neither linked nor waited for');

-- A slug that nobody could guess is learned from a page that names the section.
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, can_scrape_activities)
VALUES (-3, 'ESN Işık', 'tr-ista-isi', 'https://accounts.example/section/tr-ista-isi', false),
	(-4, 'ESN Twin', 'xx-twin-one', 'https://accounts.example/section/xx-twin-one', false),
	(-5, 'ESN Twin', 'xx-twin-two', 'https://accounts.example/section/xx-twin-two', false);
SELECT is(pg_temp.store(pg_temp.activity('learn-1', '{"organisers": [{"name": "ESN ISIK", "slug": "esn-isik-0"},
	{"name": "ESN Twin", "slug": "esn-twin-7"}, {"name": "ESN Tromsø", "slug": "esn-tromso-old"}]}')),
	'1 new, 0 changed, 0 unchanged, 0 invalid', 'a page with three slugs that are not known');
SELECT results_eq('SELECT activities_platform_slug::text, last_validated_activities_slug::text, can_scrape_activities, activities_url FROM sections WHERE id = -3',
	$$VALUES ('esn-isik-0', 'esn-isik-0', true, 'https://activities.example/organisation/esn-isik-0')$$,
	'one section is known by its name');
SELECT results_eq($$SELECT section_id FROM activity_section_organisers JOIN activities a ON a.id = activity_id WHERE event_slug = 'learn-1'$$,
	ARRAY[-3], 'and linked at once');
SELECT results_eq('SELECT activities_platform_slug::text FROM sections WHERE id IN (-2, -4, -5) ORDER BY id DESC', ARRAY['esn-tromso', NULL, NULL],
	'not one of two of the same name, nor one whose slug the site has confirmed');

-- A page that is gone (404, 410) is proof: the activity is marked, not deleted, and comes back when it is shown again.
UPDATE activities SET updated_at = '2024-01-02';
SELECT pg_temp.fail('activity', pg_temp.activity_url('good-1'), 404, 'the site answered 404', false, 'good-1'),
	pg_temp.fail('activity', pg_temp.activity_url('good-2'), 410, 'the site answered 410', false, 'good-2'),
	pg_temp.fail('activity', pg_temp.activity_url('in-1'), 503, 'the site answered 503', true, 'in-1'),
	pg_temp.fail('listing', 'https://activities.example/organisation/in-2/activities?page=0', 404, 'the site answered 404', false, 'in-2'),
	pg_temp.fail('activity', pg_temp.activity_url('in-3'), NULL, 'timed out', true, 'in-3') \g /dev/null
SELECT results_eq('SELECT marked, gone FROM esn_mark_removed(pg_temp.run(), 0.05)', 'VALUES (0, 2)', 'two of so few: that is not believed');
SELECT is((SELECT count(*) FROM activities WHERE removed_at IS NOT NULL), 0::bigint, 'and nothing is marked');
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT results_eq('SELECT event_slug::text FROM activities WHERE removed_at = now() AND updated_at = now() ORDER BY 1', ARRAY['good-1', 'good-2'],
	'two are marked: not the one that could not be read, nor the one whose namesake is gone');
SELECT is_empty('SELECT event_slug FROM activities WHERE removed_at IS NOT NULL AND updated_at <> now()', 'and no other');
SELECT is_empty($$SELECT url FROM failed_scrapes WHERE url LIKE '%/good-%'$$, 'that a page is gone is news, no failure');
SELECT results_eq($$SELECT error_message FROM failed_scrapes WHERE url LIKE '%/in-_' ORDER BY url$$, ARRAY['the site answered 503', 'timed out'],
	'that a known page could not be read is one, with an answer or without');
SELECT is((SELECT count(*) FROM activity_to_cause JOIN activities a ON a.id = activity_id WHERE event_slug = 'good-1'), 2::bigint,
	'a removed activity keeps its relations');
UPDATE activities SET removed_at = '2024-01-03' WHERE event_slug = 'good-1';
SELECT pg_temp.fail('activity', pg_temp.activity_url('good-1'), 404, 'the site answered 404', false, 'good-1') \g /dev/null
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT results_eq($$SELECT removed_at FROM activities WHERE event_slug = 'good-1'$$, ARRAY['2024-01-03'::timestamptz],
	'since when it is gone does not change');
SELECT is(pg_temp.store(pg_temp.activity('good-1')), '0 new, 1 changed, 0 unchanged, 0 invalid', 'it is shown again');
SELECT results_eq($$SELECT removed_at FROM activities WHERE event_slug = 'good-1'$$, ARRAY[NULL::timestamptz], 'and is back');
SELECT pg_temp.fail('activity', pg_temp.activity_url('never-seen'), 404, 'the site answered 404', false, 'never-seen') \g /dev/null
SELECT results_eq($$SELECT http_status_code, will_retry FROM failed_scrapes WHERE url LIKE '%/never-seen'$$, 'VALUES (404, false)',
	'a dead link to an activity that was never seen is a failure, which nobody tries again');
-- in-1 could not be read above; now it is known to be gone.
SELECT pg_temp.fail('activity', pg_temp.activity_url('in-1'), 404, 'the site answered 404', false, 'in-1') \g /dev/null
SELECT esn_mark_removed(pg_temp.run(), 1) \g /dev/null
SELECT results_eq($$SELECT removed_at = now() FROM activities WHERE event_slug = 'in-1'$$, ARRAY[true],
	'first unreadable, then gone: it is marked');
SELECT is_empty($$SELECT * FROM failed_scrapes WHERE url LIKE '%/in-1' AND will_retry AND resolved_at IS NULL$$,
	'what is known to be gone is not waiting to be tried again');

SELECT * FROM finish();
ROLLBACK;
