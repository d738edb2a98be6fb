-- Storing a section's statistics: values are found by label, else by position. A value that is not
-- a count is invalid. What the page no longer has is removed.
BEGIN;
SELECT no_plan();
\ir pages.psql
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') > 0 AS begun \gset
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug)
VALUES (-1, 'ESN METU', 'tr-anka-met', 'x', '-1'), (-2, 'ESN Tromsø', 'no-trom-esn', 'x', '-2');

CREATE FUNCTION pg_temp.pages(figures text, section integer) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_array(
		pg_temp.page('statistics',
			'https://activities.example/organisation/' || section || '/statistics',
			jsonb_build_object('json', figures), '[]', section))
$$;
-- As a run does: the fetch, then the statistics.
CREATE FUNCTION pg_temp.read(figures text, what text, section integer DEFAULT -1) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM esn_store_fetches(pg_temp.run(), 'statistics', pg_temp.pages(figures, section));
	PERFORM esn_store_statistics(pg_temp.run(), pg_temp.pages(figures, section));
	RETURN pass(what);
END $$;
PREPARE sums AS SELECT physical_activities, online_activities, total_local_students,
	total_international_students, total_coordinators
FROM section_overall_statistics WHERE section_id = -1;
PREPARE causes AS SELECT cause_name::text, total_count, physical_count, online_count
FROM section_cause_statistics WHERE section_id = -1 ORDER BY 1;
PREPARE types AS SELECT activity_type::text, physical_count, online_count
FROM section_type_statistics WHERE section_id = -1 ORDER BY 1;
PREPARE participants AS SELECT participant_type::text, physical_count, online_count
FROM section_participant_statistics WHERE section_id = -1 ORDER BY 1;

-- All statistics, in the usual order.
CREATE FUNCTION pg_temp.all() RETURNS text LANGUAGE sql AS $$
	SELECT '{"activities_statistics": { "total_activities": {"values": [["Physical activities", 12],
		["Online activities", 3]]},
		"total_participants": {"values": [["Local students", 100], ["International students", 250],
			["Coordinators", 9]]}, "total_causes": {"values": [["Culture", 12], ["Health", 3]]},
		"physical_causes": {"values": [["Culture", 10], ["Health", 2]]},
		"online_causes": {"values": [["Culture", 2], ["Health", 1]]},
		"physical_types": {"values": [["Training", 4], ["Trip", 8]]},
		"online_types": {"values": [["Training", 3]]},
		"physical_participants": {"values": [["Local students", 90]]},
		"online_participants": {"values": [["Local students", 10], ["Coordinators", 9]]}}}'
$$;
SELECT pg_temp.read(pg_temp.all(), 'statistics are stored');
SELECT results_eq('sums', 'VALUES (12, 3, 100, 250, 9)', 'sums');
SELECT results_eq('causes', $$VALUES ('Culture', 12, 10, 2), ('Health', 3, 2, 1)$$, 'causes');
SELECT results_eq('types', $$VALUES ('Training', 4, 3), ('Trip', 8, 0)$$,
	'types; a type without online activities has 0');
SELECT results_eq('participants', $$VALUES ('Coordinators', 0, 9), ('Local students', 90, 10)$$,
	'participants');
SELECT is_empty('SELECT * FROM validation_errors', 'nothing is invalid');

-- Unchanged statistics only confirm the figures.
CREATE FUNCTION pg_temp.figures() RETURNS SETOF jsonb LANGUAGE sql AS $$
	SELECT to_jsonb(s) FROM section_overall_statistics s
	UNION ALL SELECT to_jsonb(s) FROM section_cause_statistics s
	UNION ALL SELECT to_jsonb(s) FROM section_type_statistics s
	UNION ALL SELECT to_jsonb(s) FROM section_participant_statistics s
$$;
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.figures() AS row;
SELECT is(count(DISTINCT row->'scraped_at'), 1::bigint, 'all tables say when they were read')
FROM before;
UPDATE section_overall_statistics SET scraped_at = '2024-01-01';
UPDATE section_cause_statistics SET scraped_at = '2024-01-01';
UPDATE section_type_statistics SET scraped_at = '2024-01-01';
UPDATE section_participant_statistics SET scraped_at = '2024-01-01';
SELECT pg_temp.read(pg_temp.all(), 'the same statistics are stored again');
SELECT set_eq('SELECT * FROM pg_temp.figures()', 'SELECT * FROM before',
	'every figure is confirmed, and is the same row');
UPDATE section_type_statistics SET scraped_at = '2024-01-01';
SELECT esn_store_fetches(pg_temp.run(), 'statistics',
	jsonb_build_array(pg_temp.not_modified('https://activities.example/organisation/-1/statistics')
		->0 || '{"section": "tr-anka-met"}')) \g /dev/null
SELECT set_eq('SELECT * FROM pg_temp.figures()', 'SELECT * FROM before',
	'an answer that nothing has changed confirms them, too');

-- Missing entries are removed, and changed ones updated. Other sections are not affected.
SELECT pg_temp.read(pg_temp.all(), 'another section has the same figures', -2);
SELECT pg_temp.read(
	'{"activities_statistics": {"total_activities": {"values": [["Physical activities", 13],
		["Online activities", 3]]}, "total_causes": {"values": [["Culture", 13]]},
		"physical_causes": {"values": [["Culture", 10]]},
		"physical_types": {"values": [["Trip", 9]]}}}',
	'fewer statistics');
SELECT results_eq('sums', 'VALUES (13, 3, 0, 0, 0)', 'a missing total is 0');
SELECT results_eq('SELECT scraped_at = now() FROM section_overall_statistics WHERE section_id = -1',
	ARRAY[true], 'scraped_at is the time of the last change');
SELECT results_eq('causes', $$VALUES ('Culture', 13, 10, 0)$$, 'a cause is removed');
SELECT results_eq('types', $$VALUES ('Trip', 9, 0)$$, 'a type is removed');
SELECT is_empty('participants', 'participants are removed');
SELECT results_eq(
	$$SELECT (SELECT physical_activities FROM section_overall_statistics WHERE section_id = -2),
	(SELECT count(*) FROM section_cause_statistics WHERE section_id = -2),
			(SELECT count(*) FROM section_type_statistics WHERE section_id = -2),
	(SELECT count(*) FROM section_participant_statistics WHERE section_id = -2)$$,
	'VALUES (12, 2::bigint, 2::bigint, 2::bigint)', 'other sections keep theirs');

-- The body may be the object itself.
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", 1], ["Online", 2]]}}',
	'a body without the enclosing settings');
SELECT results_eq('sums', 'VALUES (1, 2, 0, 0, 0)', 'it is stored as well');

-- Labels take precedence over the order. Unknown labels are read by their order.
SELECT pg_temp.read(
	'{"total_activities": {"values": [["Online activities", 3], ["Physical activities", 12]]},
		"total_participants": {"values": [["Coordinators", 9], ["International students", 250],
			["Local students", 100]]}}',
	'labels in another order');
SELECT results_eq('sums', 'VALUES (12, 3, 100, 250, 9)', 'labels take precedence');
SELECT pg_temp.read(
	'{"total_activities": {"values": [["A", 12], ["B", 3]]},
		"total_participants": {"values": [["C", 100], ["D", 250], ["E", 9]]}}',
	'unknown labels');
SELECT results_eq('sums', 'VALUES (12, 3, 100, 250, 9)', 'they are read by their order');
SELECT pg_temp.read(
	'{"total_activities": {"values": [["Online", 3]]},
		"total_participants": {"values": [["International", 250]]}}',
	'some labels are missing');
SELECT results_eq('sums', 'VALUES (0, 3, 0, 250, 0)',
	'a labelled value is not read by its position');

-- A count may be a string. An empty value is 0.
SELECT pg_temp.read(
	'{"total_activities": {"values": [["Physical", "12"], ["Online", " 1,250 "]]},
		"total_participants": {"values": [["Local", "0"], ["International", null],
			["Coordinators", 9.0]]}}', 'strings');
SELECT results_eq('sums', 'VALUES (12, 1250, 0, 0, 9)', 'strings are counts');
SELECT is_empty('SELECT * FROM validation_errors', 'no string is invalid');
SELECT pg_temp.read(
	'{"total_causes": {"values": [["Culture", 1], ["Culture", 2], ["  ", 3], [null, 4], "Health",
		["Sports"], []]}, "total_activities": {"values": []},
		"total_participants": {"values": null}, "online_types": [], "physical_types": null}',
	'odd lists');
SELECT results_eq(
	'SELECT cause_name::text, total_count FROM section_cause_statistics
		WHERE section_id = -1 AND cause_name = ''Culture''', $$VALUES ('Culture', 1)$$,
	'a repeated label counts once');
SELECT is_empty(
	$$SELECT * FROM section_cause_statistics
		WHERE section_id = -1 AND cause_name NOT IN ('Culture', 'Sports')$$,
	'an entry without a label is ignored');
SELECT results_eq('sums', 'VALUES (0, 0, 0, 0, 0)', 'empty lists mean zero');

-- A value in place of a list is not zero.
SELECT pg_temp.read(
	'{"total_activities": {"values": {"Physical": 3}}, "total_participants": {"values": "none"},
		"other": {"values": "x"}}', 'values in place of lists');
SELECT results_eq('sums',
	'VALUES (NULL::integer, NULL::integer, NULL::integer, NULL::integer, NULL::integer)',
	'they are not zero');
SELECT results_eq(
	'SELECT field_name::text, error_message, raw_data #>> ''{}'' FROM validation_errors
		WHERE resolved_at IS NULL ORDER BY 1',
	$$VALUES ('total_activities', 'not a list of counts', '{"Physical": 3}'),
		('total_participants', 'not a list of counts', 'none')$$, 'they are invalid');

-- A cause without a total is the sum of physical and online.
SELECT pg_temp.read(
	'{"total_causes": {"values": []}, "physical_causes": {"values": [["Culture", 10]]},
		"online_causes": {"values": [["Culture", 2], ["Health", 1]]}}',
	'causes without totals');
SELECT results_eq('causes', $$VALUES ('Culture', 12, 10, 2), ('Health', 1, 0, 1)$$,
	'they are added up');

-- Several pages in one call. Each page's errors are its own, also where its section is not known.
DELETE FROM validation_errors;
SELECT lives_ok($$SELECT esn_store_statistics(pg_temp.run(),
	pg_temp.pages('{"total_activities": {"values": {}}, "total_causes": {"values": [["A", 1]]}}',
		-1)
	|| pg_temp.pages('{"total_activities": {"values": [["Physical", 7]]},
		"other": {"values": [["X", "some"]]}}', -2)
	|| pg_temp.pages('{"total_activities": {"values": [["Physical", "many"]]}}', -3))$$,
	'statistics of several sections');
SELECT results_eq('sums', 'VALUES (NULL::integer, NULL::integer, 0, 0, 0)',
	'of one that has no list the totals are NULL');
SELECT results_eq('SELECT section_id, physical_activities, online_activities
	FROM section_overall_statistics WHERE section_id <> -1', 'VALUES (-2, 7, 0)',
	'and of the other they are as on its page');
SELECT results_eq('SELECT section_id, field_name::text, error_message FROM validation_errors
	ORDER BY section_id DESC NULLS LAST', $$VALUES (-1, 'total_activities', 'not a list of counts'),
	(-2, 'other', 'not a count'), (NULL, 'total_activities', 'not a count')$$,
	'each error is of the page that has it');
SELECT pg_temp.read(format('{"total_causes": {"values": [["%1$sA", 1], ["%1$sB", 2]]}}',
	repeat('x', 100)), 'labels that are equal once they are cut');
SELECT results_eq('causes', format('VALUES (%L, 1, 0, 0)', repeat('x', 100)), 'the first counts');
SELECT pg_temp.read('{"total_causes": {"values": [["A"], ["B"], ["C", "x"], ["D", "y"]]}}',
	'pairs without counts');
SELECT results_eq($$SELECT raw_data FROM validation_errors WHERE field_name = 'total_causes'$$,
	$$VALUES ('["C: \"x\"", "D: \"y\"", null]'::jsonb)$$, 'equal errors are one');

-- A value that is not a count is NULL, and one open row of its field. A count resolves the row.
DELETE FROM validation_errors;
SELECT pg_temp.read(
	'{"total_activities": {"values": [["Physical", "a dozen"], ["Online", 2.5]]},
		"total_causes": {"values": [["Culture", {}]]}}',
	'values that are not counts');
SELECT results_eq('sums', 'VALUES (NULL::integer, NULL::integer, 0, 0, 0)', 'totals are NULL');
SELECT results_eq('causes', $$VALUES ('Culture', NULL::integer, 0, 0)$$,
	'counts by cause are NULL');
PREPARE faults AS SELECT section_id, field_name::text, error_message, resolved_at IS NULL
FROM validation_errors ORDER BY field_name;
SELECT results_eq('faults',
	$$VALUES (-1, 'total_activities', 'not a count', true),
		(-1, 'total_causes', 'not a count', true)$$,
	'each is an open row');
SELECT ok(raw_data::text ~ 'a dozen' AND raw_data::text ~ '2.5', 'a row has the value as found')
FROM validation_errors WHERE field_name = 'total_activities';
SELECT pg_temp.read(
	'{"total_activities": {"values": [["Physical", 12], ["Online", -1]]},
		"total_causes": {"values": [["Culture", 1]]}}',
	'some become counts');
SELECT results_eq('faults',
	$$VALUES (-1, 'total_activities', 'not a count', true),
		(-1, 'total_causes', 'not a count', false)$$,
	'their rows are resolved');
SELECT results_eq('sums', 'VALUES (12, NULL::integer, 0, 0, 0)', 'their counts are stored');
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", "99999999999"]]}}',
	'a number that is too large');
SELECT results_eq('sums', 'VALUES (NULL::integer, 0, 0, 0, 0)', 'it is not a count');

-- Personal data: the parser has redacted it.
SELECT lives_ok(
	format('SELECT esn_store_statistics(pg_temp.run(), %L)',
		jsonb_build_array(jsonb_build_object('url', page->>'url',
			'section', 'tr-anka-met', 'fetch', '{"status": 200}'::jsonb, 'page', page))),
	'statistics with a person''s address')
FROM esn_parse('statistics',
	'{"total_activities": {"values": [["Physical", "ask ayse.k@mail.example"]]}}',
	'https://activities.example/organisation/-1/statistics') AS page;
SELECT isnt_empty($$SELECT * FROM validation_errors WHERE raw_data::text ~ '^"Physical: '$$,
	'an address is invalid');
SELECT is_empty($$SELECT raw_data FROM validation_errors WHERE raw_data::text ~ '@mail\.example'$$,
	'raw_data is redacted');

-- A page without statistics does not undo known ones: it fails. A 404 does.
SELECT pg_temp.read(pg_temp.all(), 'figures are known');
SELECT throws_ok(format('SELECT esn_store_statistics(pg_temp.run(), %L)', pg_temp.pages(NULL, -1)),
	'22000', 'it has no statistics, but some are known', 'a page without statistics is rejected');
SELECT results_eq('sums', 'VALUES (12, 3, 100, 250, 9)', 'what is known stays');
SELECT lives_ok(format('SELECT esn_store_statistics(pg_temp.run(), %L)',
	jsonb_set(pg_temp.pages(NULL, -1), '{0,fetch,status}', '404')), 'a page that is not there');
SELECT results_eq('sums', 'VALUES (0, 0, 0, 0, 0)', 'the section has no statistics');

-- A section without statistics (404, or a page without the object) has a row of zeros.
DELETE FROM section_overall_statistics WHERE section_id = -1;
SELECT pg_temp.read(NULL, 'no statistics');
SELECT results_eq('sums', 'VALUES (0, 0, 0, 0, 0)', 'the row has zeros');
SELECT is_empty('causes', 'no other row exists');
DELETE FROM section_overall_statistics WHERE section_id = -1;
SELECT pg_temp.read('{"path": {"baseUrl": "/"}}', 'settings without statistics');
SELECT results_eq('sums', 'VALUES (0, 0, 0, 0, 0)', 'the row has zeros again');

-- Any JSON.
SELECT pg_temp.read(json, 'JSON that is not an object is handled: ' || json)
FROM unnest(
	ARRAY['[]', '[1]', '"x"', 'null', '17', '{"activities_statistics": []}',
		'{"activities_statistics": "none"}', '{"total_activities": 5}',
		'["total_activities"]', '"total_activities"']) AS json;

-- A section may lose its slug while its page is under way.
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", 5]]}}', 'a page of its own');
UPDATE sections SET activities_platform_slug = '-12' WHERE id = -1;
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", 6]]}}', 'of its former slug');
UPDATE sections SET activities_platform_slug = NULL WHERE id = -1;
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", 7]]}}', 'when it has none');
SELECT results_eq('sums', 'VALUES (5, 0, 0, 0, 0)', 'only its own page counts');

SELECT * FROM finish();
ROLLBACK;
