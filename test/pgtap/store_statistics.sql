-- How a section's statistics become rows: by label, else by place; what is no count is a fault; what is no longer said goes.
BEGIN;
SELECT no_plan();
\ir pages.psql
SELECT esn_begin_run('ActivitiesAndStatisticsScraper', 'somebody', 'a test') > 0 AS begun \gset
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url) VALUES (-1, 'ESN METU', 'tr-anka-met', 'x'), (-2, 'ESN Tromsø', 'no-trom-esn', 'x');

CREATE FUNCTION pg_temp.pages(figures text, section integer) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_array(pg_temp.page('statistics', 'https://activities.example/organisation/' || section || '/statistics',
		jsonb_build_object('json', figures), '[]', section))
$$;
-- As a run does: the fetch, then the figures.
CREATE FUNCTION pg_temp.read(figures text, what text, section integer DEFAULT -1) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM esn_store_fetches(pg_temp.run(), 'statistics', pg_temp.pages(figures, section));
	PERFORM esn_store_statistics(pg_temp.run(), pg_temp.pages(figures, section));
	RETURN pass(what);
END $$;
PREPARE sums AS SELECT physical_activities, online_activities, total_local_students, total_international_students, total_coordinators
FROM section_overall_statistics WHERE section_id = -1;
PREPARE causes AS SELECT cause_name::text, total_count, physical_count, online_count FROM section_cause_statistics WHERE section_id = -1 ORDER BY 1;
PREPARE types AS SELECT activity_type::text, physical_count, online_count FROM section_type_statistics WHERE section_id = -1 ORDER BY 1;
PREPARE participants AS SELECT participant_type::text, physical_count, online_count FROM section_participant_statistics WHERE section_id = -1 ORDER BY 1;

-- Everything, in the usual order.
CREATE FUNCTION pg_temp.all() RETURNS text LANGUAGE sql AS $$
	SELECT '{"activities_statistics": {
		"total_activities": {"values": [["Physical activities", 12], ["Online activities", 3]]},
		"total_participants": {"values": [["Local students", 100], ["International students", 250], ["Coordinators", 9]]},
		"total_causes": {"values": [["Culture", 12], ["Health", 3]]},
		"physical_causes": {"values": [["Culture", 10], ["Health", 2]]}, "online_causes": {"values": [["Culture", 2], ["Health", 1]]},
		"physical_types": {"values": [["Training", 4], ["Trip", 8]]}, "online_types": {"values": [["Training", 3]]},
		"physical_participants": {"values": [["Local students", 90]]},
		"online_participants": {"values": [["Local students", 10], ["Coordinators", 9]]}}}'
$$;
SELECT pg_temp.read(pg_temp.all(), 'statistics are read');
SELECT results_eq('sums', 'VALUES (12, 3, 100, 250, 9)', 'sums');
SELECT results_eq('causes', $$VALUES ('Culture', 12, 10, 2), ('Health', 3, 2, 1)$$, 'causes');
SELECT results_eq('types', $$VALUES ('Training', 4, 3), ('Trip', 8, 0)$$, 'types; one that is not online is 0 there');
SELECT results_eq('participants', $$VALUES ('Coordinators', 0, 9), ('Local students', 90, 10)$$, 'participants');
SELECT is_empty('SELECT * FROM validation_errors', 'nothing is wrong');

-- The same again touches no row.
CREATE FUNCTION pg_temp.places() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s %s', ctid, to_jsonb(s)) FROM section_overall_statistics s UNION ALL SELECT format('%s %s', ctid, to_jsonb(s)) FROM section_cause_statistics s
	UNION ALL SELECT format('%s %s', ctid, to_jsonb(s)) FROM section_type_statistics s
	UNION ALL SELECT format('%s %s', ctid, to_jsonb(s)) FROM section_participant_statistics s
$$;
UPDATE section_overall_statistics SET scraped_at = '2024-01-01';
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.places() AS row;
SELECT pg_temp.read(pg_temp.all(), 'the same is read again');
SELECT set_eq('SELECT * FROM pg_temp.places()', 'SELECT * FROM before', 'and touches no row');

-- What the section no longer reports leaves, what changed changes; other sections' figures are theirs.
SELECT pg_temp.read(pg_temp.all(), 'another section has the same figures', -2);
SELECT pg_temp.read('{"activities_statistics": {"total_activities": {"values": [["Physical activities", 13], ["Online activities", 3]]},
	"total_causes": {"values": [["Culture", 13]]}, "physical_causes": {"values": [["Culture", 10]]}, "physical_types": {"values": [["Trip", 9]]}}}',
	'less is said');
SELECT results_eq('sums', 'VALUES (13, 3, 0, 0, 0)', 'what is not said is 0');
SELECT results_eq('SELECT scraped_at = now() FROM section_overall_statistics WHERE section_id = -1', ARRAY[true],
	'figures say since when they are so');
SELECT results_eq('causes', $$VALUES ('Culture', 13, 10, 0)$$, 'a cause leaves');
SELECT results_eq('types', $$VALUES ('Trip', 9, 0)$$, 'a type leaves');
SELECT is_empty('participants', 'participants leave');
SELECT results_eq($$SELECT (SELECT physical_activities FROM section_overall_statistics WHERE section_id = -2),
	(SELECT count(*) FROM section_cause_statistics WHERE section_id = -2), (SELECT count(*) FROM section_type_statistics WHERE section_id = -2),
	(SELECT count(*) FROM section_participant_statistics WHERE section_id = -2)$$, 'VALUES (12, 2::bigint, 2::bigint, 2::bigint)', 'not those of another section');

-- The body may be the object itself.
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", 1], ["Online", 2]]}}',
	'a body without the settings around it');
SELECT results_eq('sums', 'VALUES (1, 2, 0, 0, 0)', 'is read as well');

-- Labels win over the order; where they say nothing, the order counts.
SELECT pg_temp.read('{"total_activities": {"values": [["Online activities", 3], ["Physical activities", 12]]},
	"total_participants": {"values": [["Coordinators", 9], ["International students", 250], ["Local students", 100]]}}',
	'labels in another order');
SELECT results_eq('sums', 'VALUES (12, 3, 100, 250, 9)', 'the labels count');
SELECT pg_temp.read('{"total_activities": {"values": [["A", 12], ["B", 3]]}, "total_participants": {"values": [["C", 100], ["D", 250], ["E", 9]]}}',
	'labels that say nothing');
SELECT results_eq('sums', 'VALUES (12, 3, 100, 250, 9)', 'the order counts');
SELECT pg_temp.read('{"total_activities": {"values": [["Online", 3]]}, "total_participants": {"values": [["International", 250]]}}',
	'only some are said');
SELECT results_eq('sums', 'VALUES (0, 3, 0, 250, 0)', 'a figure is not taken for the one whose place it has');

-- A count may be a string; nothing at all is 0.
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", "12"], ["Online", " 1,250 "]]},
	"total_participants": {"values": [["Local", "0"], ["International", null], ["Coordinators", 9.0]]}}', 'strings');
SELECT results_eq('sums', 'VALUES (12, 1250, 0, 0, 9)', 'are counts');
SELECT is_empty('SELECT * FROM validation_errors', 'and nothing is wrong with them');
SELECT pg_temp.read('{"total_causes": {"values": [["Culture", 1], ["Culture", 2], ["  ", 3], [null, 4], "Health", ["Sports"], []]},
	"total_activities": {"values": []}, "total_participants": {"values": null}, "online_types": [], "physical_types": null}',
	'odd lists');
SELECT results_eq('SELECT cause_name::text, total_count FROM section_cause_statistics WHERE section_id = -1 AND cause_name = ''Culture''', $$VALUES ('Culture', 1)$$,
	'a label that comes twice counts once');
SELECT is_empty($$SELECT * FROM section_cause_statistics WHERE section_id = -1 AND cause_name NOT IN ('Culture', 'Sports')$$,
	'what has no label is nothing');
SELECT results_eq('sums', 'VALUES (0, 0, 0, 0, 0)', 'empty lists are zeros');

-- What stands where a list should is no zero.
SELECT pg_temp.read('{"total_activities": {"values": {"Physical": 3}}, "total_participants": {"values": "none"}, "other": {"values": "x"}}', 'no lists');
SELECT results_eq('sums', 'VALUES (NULL::integer, NULL::integer, NULL::integer, NULL::integer, NULL::integer)', 'are no zeros');
SELECT results_eq('SELECT field_name::text, error_message, raw_data #>> ''{}'' FROM validation_errors WHERE resolved_at IS NULL ORDER BY 1',
	$$VALUES ('total_activities', 'not a list of counts', '{"Physical": 3}'), ('total_participants', 'not a list of counts', 'none')$$, 'but faults');

-- A cause that the totals lack is the sum of its two forms.
SELECT pg_temp.read('{"total_causes": {"values": []}, "physical_causes": {"values": [["Culture", 10]]}, "online_causes": {"values": [["Culture", 2], ["Health", 1]]}}',
	'causes without totals');
SELECT results_eq('causes', $$VALUES ('Culture', 12, 10, 2), ('Health', 1, 0, 1)$$, 'are summed up');

-- What is no count is NULL, and one open row of its field; when it is one again the row is closed.
DELETE FROM validation_errors;
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", "a dozen"], ["Online", 2.5]]}, "total_causes": {"values": [["Culture", {}]]}}',
	'no counts');
SELECT results_eq('sums', 'VALUES (NULL::integer, NULL::integer, 0, 0, 0)', 'are not invented');
SELECT results_eq('causes', $$VALUES ('Culture', NULL::integer, 0, 0)$$, 'nor by cause');
PREPARE faults AS SELECT section_id, field_name::text, error_message, resolved_at IS NULL FROM validation_errors ORDER BY field_name;
SELECT results_eq('faults', $$VALUES (-1, 'total_activities', 'not a count', true), (-1, 'total_causes', 'not a count', true)$$,
	'but are faults');
SELECT ok(raw_data::text ~ 'a dozen' AND raw_data::text ~ '2.5', 'that say what was found') FROM validation_errors WHERE field_name = 'total_activities';
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", 12], ["Online", -1]]}, "total_causes": {"values": [["Culture", 1]]}}',
	'some are mended');
SELECT results_eq('faults', $$VALUES (-1, 'total_activities', 'not a count', true), (-1, 'total_causes', 'not a count', false)$$,
	'their rows are closed');
SELECT results_eq('sums', 'VALUES (12, NULL::integer, 0, 0, 0)', 'their counts are there');
SELECT pg_temp.read('{"total_activities": {"values": [["Physical", "99999999999"]]}}', 'no number is too large to be refused');
SELECT results_eq('sums', 'VALUES (NULL::integer, 0, 0, 0, 0)', 'it is no count');

-- Personal data is nobody's count: what the parser hands over holds none.
SELECT lives_ok(format('SELECT esn_store_statistics(pg_temp.run(), %L)', jsonb_build_array(jsonb_build_object('url', page->>'url',
	'section', 'tr-anka-met', 'fetch', '{"status": 200}'::jsonb, 'page', page))), 'statistics with a person''s address')
FROM esn_parse('statistics', '{"total_activities": {"values": [["Physical", "ask ayse.k@mail.example"]]}}',
	'https://activities.example/organisation/esn-metu/statistics') AS page;
SELECT isnt_empty($$SELECT * FROM validation_errors WHERE raw_data::text ~ '^"Physical: '$$, 'are a fault');
SELECT is_empty($$SELECT raw_data FROM validation_errors WHERE raw_data::text ~ '@mail\.example'$$, 'whose raw_data is redacted');

-- A section without statistics (404, or a page without the object) has the row of zeros.
DELETE FROM section_overall_statistics WHERE section_id = -1;
SELECT pg_temp.read(NULL, 'no statistics');
SELECT results_eq('sums', 'VALUES (0, 0, 0, 0, 0)', 'are the row of zeros');
SELECT is_empty('causes', 'and nothing else');
DELETE FROM section_overall_statistics WHERE section_id = -1;
SELECT pg_temp.read('{"path": {"baseUrl": "/"}}', 'settings without statistics');
SELECT results_eq('sums', 'VALUES (0, 0, 0, 0, 0)', 'are the same');

-- Whatever JSON there is.
SELECT pg_temp.read(json, 'JSON that is no object is survived: ' || json)
FROM unnest(ARRAY['[]', '[1]', '"x"', 'null', '17', '{"activities_statistics": []}', '{"activities_statistics": "none"}', '{"total_activities": 5}',
	'["total_activities"]', '"total_activities"']) AS json;

-- Of one batch: two sections may have one address, and a section two.
CREATE FUNCTION pg_temp.at(url text, section integer, physical integer) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_set(pg_temp.pages(format('{"total_activities": {"values": [["Physical", %s]]}}', physical), section)->0, '{url}', to_jsonb(url))
$$;
SELECT esn_store_statistics(pg_temp.run(), jsonb_build_array(pg_temp.at('https://a.example/x', -1, 5), pg_temp.at('https://a.example/x', -2, 5)));
SELECT results_eq('SELECT section_id, physical_activities FROM section_overall_statistics WHERE section_id < 0 ORDER BY 1', 'VALUES (-2, 5), (-1, 5)',
	'statistics at one address are those of both sections');
SELECT esn_store_statistics(pg_temp.run(), jsonb_build_array(pg_temp.at('https://a.example/y', -1, 7), pg_temp.at('https://a.example/x', -1, 6)));
SELECT results_eq('sums', 'VALUES (6, 0, 0, 0, 0)', 'of two pages of a section one counts, not both');

SELECT * FROM finish();
ROLLBACK;
