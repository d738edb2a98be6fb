-- esn_suggest(): gaps, ideas, what others began with, the reasons, and who may call it.
BEGIN;
SELECT no_plan();

SELECT throws_ok($$SELECT * FROM esn_suggest('nowhere')$$, '42704',
	'no section has the slug "nowhere"', 'an unknown section is an error');

-- Thirty sections of forty activities in two months, a third of them for culture and a quarter of
-- them trips. The first has no activity for culture, the second only ten activities, the last none.
INSERT INTO countries (country_code, name, slug, url)
VALUES ('AA', 'Aland', 'aa', 'x'), ('BB', 'Borduria', 'bb', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url)
SELECT -n, 'AA', 'ESN ' || n, 'aa-' || n, 'x' FROM generate_series(1, 31) n;
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	activity_type, participants, is_valid, removed_at)
SELECT -1000 * n - i, format('a-%s-%s', n, i), 'https://x/' || n || '-' || i,
	'Call +90 532 123 45 67 to join ' || i, 'x', make_date(extract(year FROM now())::integer - 1,
	CASE WHEN i % 2 = 0 THEN 3 ELSE 10 END, 5), false,
	CASE WHEN i % 4 = 0 THEN 'Trip' ELSE 'Party' END, CASE WHEN i = 12 THEN 500 + n ELSE 20 END,
	i < 41, CASE WHEN i = 42 THEN now() END
FROM generate_series(1, 30) n, generate_series(1, CASE WHEN n = 2 THEN 10 ELSE 42 END) i;
INSERT INTO activity_section_organisers
SELECT id, id / 1000 FROM activities WHERE id < -1000;
INSERT INTO activity_causes (id, name) VALUES (-1, 'Culture'), (-2, 'Other');
INSERT INTO activity_to_cause
SELECT id, CASE WHEN -id % 3 = 0 AND id / 1000 <> -1 THEN -1 ELSE -2 END
FROM activities WHERE id < -1000;
INSERT INTO activity_to_sdg SELECT id, 13 FROM activities WHERE id < -1000 AND -id % 40 = 7;

CREATE TEMP TABLE first AS SELECT * FROM esn_suggest('aa-1');
SELECT results_eq('SELECT kind, name, is_gap, own, own_activities, comparable_sections,
	sections_doing_more FROM first WHERE rank = 1',
	$$VALUES ('cause', 'Culture', true, 0, 40, 20, 20)$$, 'a gap is suggested first');
SELECT ok((SELECT chance < 0.05 AND own_percent = 0 AND comparable_percent BETWEEN 32 AND 36
	FROM first WHERE rank = 1), 'with its figures');
SELECT is((SELECT count(*) FROM first WHERE is_gap), 1::bigint, 'nothing else is a gap');
SELECT is((SELECT count(*) FROM esn_suggest('aa-' || n) WHERE is_gap), 0::bigint,
	'a section that does as others has no gap: ' || n) FROM generate_series(2, 31) n;
SELECT matches((SELECT reason FROM first WHERE rank = 1), '^None of your 40 activities with a '
	'cause were for the cause Culture, against 3[0-9] % at 20 comparable sections: too few to be '
	'chance\.$', 'the reason is a sentence');
SELECT is((SELECT reason FROM esn_suggest('aa-1', 1, 'tr')), format('Konusu belirtilen 40 '
	'etkinliğinizin hiçbiri “Kültür” konusunda yapılmadı; benzer 20 şubede bu oran %%%s: fark '
	'rastlantıyla açıklanamayacak kadar büyük.', (SELECT round(comparable_percent) FROM first
	WHERE rank = 1)), 'also in Turkish');
SELECT is(esn_reason('type', 'Trip', false, 8, 83, 0.2, 20, 15, lang), reason,
	'that of an idea has both shares, in ' || lang)
FROM (VALUES ('en', '8 of your 83 activities with a type (9.6 %) were of the type Trip, against '
		'20 % at 20 comparable sections: this may be chance.'),
	('tr', 'Türü belirtilen 83 etkinliğinizin 8 tanesi (%9,6) “Trip” türünde yapıldı; benzer 20 '
		'şubede bu oran %20: bu, rastlantı olabilir.')) AS r(lang, reason);

-- Examples.
SELECT is((SELECT jsonb_array_length(examples) FROM first WHERE rank = 1), 3, 'three examples');
SELECT ok((SELECT e ->> 'participants' > '500' AND e ->> 'section' <> 'ESN 1'
	AND (e ->> 'date')::date IS NOT NULL AND e ->> 'link' LIKE 'https://x/%'
	FROM (SELECT examples -> 0 AS e FROM first WHERE rank = 1) x),
	'those that drew most, with section, date and link');
SELECT is((SELECT count(DISTINCT e ->> 'section') FROM first,
	jsonb_array_elements(examples) e WHERE rank = 1), 3::bigint, 'of three sections');
SELECT unalike((SELECT string_agg(examples::text, '') FROM first), '%532 123%',
	'without telephone numbers');
SELECT is((SELECT participants FROM first WHERE rank = 1), 20, 'and the median');

-- Sections with few activities, and with none.
SELECT isnt((SELECT string_agg(kind || name, ' ' ORDER BY rank) FROM esn_suggest('aa-2')),
	(SELECT string_agg(kind || name, ' ' ORDER BY rank) FROM first),
	'a section with ten activities gets another answer');
CREATE TEMP TABLE begun AS SELECT * FROM esn_suggest('aa-31');
SELECT results_eq($$SELECT name, own, own_percent, comparable_percent > 40, sections_doing_more,
	chance FROM begun WHERE kind = 'cause' ORDER BY rank LIMIT 1$$,
	$$VALUES ('Other', 0, NULL::numeric, true, 30, NULL::numeric)$$,
	'one with none gets what the sections of its country began with');
SELECT results_eq($$SELECT DISTINCT kind FROM esn_suggest('aa-31', 4) ORDER BY 1$$,
	$$VALUES ('cause'), ('month'), ('sdg'), ('type')$$, 'something of each kind');
SELECT matches((SELECT reason FROM begun WHERE name = 'Other'), '^Sections begin like this: of the '
	'first ten activities of each of 30 sections, [0-9]+ % were for the cause Other, at 30 of '
	'these sections\.$', 'and the reason says so');
SELECT matches((SELECT reason FROM esn_suggest('aa-31', 10, 'tr') WHERE name = 'Other'),
	'^Şubeler böyle başlıyor: 30 şubenin '
	'ilk onar etkinliğinin %[0-9]+ kadarı “Other” konusunda yapıldı '
	'\(30 şubede\)\.$',
	'in Turkish, too');
SELECT is((SELECT count(*) FROM esn_suggest('aa-31', 3)), 3::bigint, 'count limits the rows');
SELECT is((SELECT string_agg(esn_kind_phrase(kind, name, lang), '; ' ORDER BY lang, kind)
	FROM (VALUES ('cause', 'Culture'), ('month', '10'), ('sdg', 'SDG 13'), ('type', 'Trip'))
	AS k(kind, name), unnest(ARRAY['en', 'tr']) AS lang),
	'for the cause Culture; in October; for SDG 13 (Climate action); of the type Trip; “Kültür” '
	'konusunda; Ekim ayında; SKA 13 (İklim Eylemi) için; “Trip” türünde',
	'causes, months, goals and types in both languages');
SELECT is(esn_percent(0.034, 'tr') || ' ' || esn_percent(0.21, 'en'), '%3,4 21 %',
	'percentages in both');
SELECT is(string_agg(esn_percent(share, 'en'), '; ' ORDER BY share), '0 %; 0.1 %; 10 %; 25 %',
	'rounded from what the columns show')
FROM unnest(ARRAY[0, 0.001, 0.0996, 0.2446]) AS share;

-- The bound is Chernoff's: never smaller than the probability itself.
SELECT ok(exp(-esn_evidence(x, 50, 0.2)) >= p - 1e-12, format('the bound holds for %s of 50', x))
FROM (VALUES (0, 0.8 ^ 50), (1, 0.8 ^ 50 + 50 * 0.2 * 0.8 ^ 49),
	(2, 0.8 ^ 50 + 50 * 0.2 * 0.8 ^ 49 + 1225 * 0.04 * 0.8 ^ 48)) AS v(x, p);
SELECT is(esn_evidence(10, 50, 0.2), 0::float, 'what is not too few is no evidence');

-- The others have 30 of 100 activities for culture, and 5 for art.
INSERT INTO summaries (view, as_of, rows)
SELECT 'esn_live_planner_kind_counts', current_date, jsonb_agg(jsonb_build_object('section_id', -n,
	'kind', kind, 'activities', 100, 'labels', 100, 'counts', CASE WHEN kind = 'month'
	THEN '{"3": 100}' WHEN n = 1 THEN '{"Culture": 12, "Other": 88}'
	ELSE '{"Culture": 30, "Art": 5, "Other": 65}'::jsonb END))
FROM generate_series(1, 30) n, unnest(ARRAY['cause', 'month']) AS kind;
SELECT results_eq($$SELECT name, is_gap, own FROM esn_suggest('aa-1')$$,
	$$VALUES ('Art', false, 0), ('Culture', false, 12)$$,
	'what is not done at all comes before what is done less, with more evidence');

-- The daily maintenance counts; without it for a week, each call does.
UPDATE summaries SET as_of = current_date - 6;
SELECT is((SELECT sum(activities) FROM esn_kind_counts), 6000::numeric,
	'a count serves for a week');
UPDATE summaries SET as_of = current_date - 7;
SELECT results_eq('TABLE esn_kind_counts', 'TABLE esn_live_planner_kind_counts',
	'then all is counted at each call');
DELETE FROM summaries;

-- Errors, and privileges.
SELECT throws_ok($$SELECT * FROM esn_suggest('aa-1', 1, 'de')$$, '22023',
	'invalid language: "de"', 'an unknown language is an error');
SELECT throws_ok($$SELECT * FROM esn_suggest('aa-1', 0)$$, '22023', 'count must be at least 1',
	'so is a count of nothing');
CREATE ROLE esn_test_reader;
CREATE ROLE esn_test_stranger;
SELECT esn_grant_read('esn_test_reader');
SET LOCAL ROLE esn_test_reader;
SELECT is((SELECT count(*) FROM esn_suggest('aa-1', 1)), 1::bigint, 'a reader may call it');
SET LOCAL ROLE esn_test_stranger;
SELECT throws_ok($$SELECT * FROM esn_suggest('aa-1', 1)$$, '42501', NULL, 'a stranger may not');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
