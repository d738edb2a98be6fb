-- esn_expect_participants(): what it rests on, how it shrinks, and its errors.
BEGIN;
SELECT no_plan();

-- Means of groups that differ beyond noise stay nearly as they are; those of noise vanish.
SELECT results_eq($$SELECT key, activities, round(effect::numeric, 1)
	FROM esn_shrunken_means(ARRAY['a', 'a', 'a', 'b', 'b', 'b', 'c'],
		ARRAY[2, 2.1, 1.9, -2, -2.1, -1.9, 2]) ORDER BY key$$,
	$$VALUES ('a', 3::bigint, 2.0), ('b', 3, -2.0), ('c', 1, 2.0), (NULL, 0, 0.0)$$,
	'clear differences stay');
SELECT results_eq($$SELECT key, round(effect::numeric, 6), round(variance::numeric, 6)
	FROM esn_shrunken_means(ARRAY['a', 'a', 'b', 'b'], ARRAY[-1, 1.1, 1, -1.1]) ORDER BY key$$,
	$$VALUES ('a', 0.0, 0.0), ('b', 0, 0), (NULL, 0, 0)$$, 'what noise explains vanishes');
SELECT ok((SELECT max(abs(effect)) FILTER (WHERE activities = 1)
		< max(abs(effect)) FILTER (WHERE activities > 1)
	FROM esn_shrunken_means(ARRAY['a', 'a', 'a', 'a', 'b', 'c', 'c', 'c', 'c'],
		ARRAY[1, 2, 1.5, 1.5, 1.5, -2, -1, -1.5, -1.5])),
	'the fewer values, the nearer to nothing');

INSERT INTO countries (country_code, name, slug, url)
VALUES ('AA', 'Aland', 'aa', 'x'), ('BB', 'Borduria', 'bb', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url)
SELECT -n, CASE WHEN n < 20 THEN 'AA' ELSE 'BB' END, 'ESN ' || n, 'aa-' || n, 'x'
FROM generate_series(1, 22) n;
SELECT results_eq($$SELECT * FROM esn_expect_participants('aa-1')$$,
	'VALUES (NULL::integer, NULL::integer, NULL::integer, 0, 0, 0)',
	'nothing is expected if no number is known');

-- Parties have 100 participants, trips 25, with some noise; the first section has four times as
-- many; another has one activity, with a hundred times as many; the last three have none.
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	activity_type, is_online, participants, is_valid, removed_at)
SELECT -1000 * n - i, format('a-%s-%s', n, i), 'x', 'x', 'x', make_date(extract(year FROM
	now())::integer - 1, 1 + i % 12, 5), false, CASE WHEN i % 2 = 0 THEN 'Party' ELSE 'Trip' END,
	false, CASE WHEN i % 2 = 0 THEN 100 ELSE 25 END * CASE WHEN n = 1 THEN 4 WHEN n = 19 THEN 100
		ELSE 1 END * (1 + ((i / 2 + n) % 7 - 3) / 10.0) * CASE WHEN i >= 30 THEN 1000 ELSE 1 END,
	i <> 30, CASE WHEN i = 31 THEN now() END
FROM generate_series(1, 19) n, generate_series(1, CASE WHEN n = 19 THEN 1 ELSE 31 END) i;
INSERT INTO activity_section_organisers SELECT id, id / 1000 FROM activities WHERE id < -1000;

SELECT ok(expected BETWEEN least AND most AND low < expected AND expected < high,
	format('%s of %s: %s is about right', type, section, expected))
FROM (VALUES ('aa-2', 'Party', 85, 115), ('aa-2', 'Trip', 20, 30), ('aa-1', 'Party', 320, 440),
	('aa-1', 'Trip', 80, 115), ('aa-22', 'Party', 70, 150), ('aa-2', NULL, 35, 70))
	AS v(section, type, least, most), esn_expect_participants(v.section, v.type);
SELECT results_eq($$SELECT own_activities, own_of_type, similar_activities
	FROM esn_expect_participants('aa-1', 'Trip')$$, 'VALUES (29, 15, 271)',
	'it says on what it rests: valid activities that are there');
SELECT ok((SELECT expected BETWEEN 500 AND 3000 FROM esn_expect_participants('aa-19', 'Trip')),
	'one activity with a hundred times as many is believed in part');
SELECT ok((SELECT b.high::float / b.low > a.high::float / a.low
	FROM esn_expect_participants('aa-2', 'Party') a, esn_expect_participants('aa-22', 'Party') b),
	'the interval is wider where nothing is known of the section');
SELECT is((SELECT expected FROM esn_expect_participants('aa-2', 'Party', 5, NULL)),
	(SELECT expected FROM esn_expect_participants('aa-2', 'Party', 5)),
	'an activity is on site unless it is said to be online');
SELECT lives_ok($$SELECT * FROM esn_expect_participants('aa-2', 'Party', 5, true)$$,
	'it may be online, though none was');

SELECT set_eq($$SELECT type, expected, low, high, own_activities, own_of_type, similar_activities
	FROM esn_expectations(-2, ARRAY['Party', NULL, 'Trip'], 5, false)$$,
	$$SELECT t.type, e.* FROM unnest(ARRAY['Party', NULL, 'Trip']) t(type),
	esn_expect_participants('aa-2', t.type, 5) e$$, 'several types at once are each as alone');

-- A huge number on the site.
UPDATE activities SET participants = 2147483647 WHERE id < -1000;
SELECT lives_ok($$SELECT * FROM esn_expect_participants('aa-2', 'Party')$$,
	'the largest possible number can be expected');

SELECT throws_ok($$SELECT * FROM esn_expect_participants('nowhere')$$, '42704',
	'no section has the slug "nowhere"', 'an unknown section is an error');
SELECT throws_ok($$SELECT * FROM esn_expect_participants('aa-1', 'Nap')$$, '42704',
	'no activity has the type "Nap"', 'so is an unknown type');
SELECT throws_ok(format($$SELECT * FROM esn_expect_participants('aa-1', NULL, %s)$$, month),
	'22023', 'invalid month: ' || month, 'and an invalid month')
FROM unnest(ARRAY[0, 13]) AS month;

CREATE ROLE esn_test_reader;
CREATE ROLE esn_test_stranger;
SELECT esn_grant_read('esn_test_reader');
SET LOCAL ROLE esn_test_reader;
SELECT lives_ok($$SELECT * FROM esn_expect_participants('aa-1')$$, 'a reader may call it');
SET LOCAL ROLE esn_test_stranger;
SELECT throws_ok($$SELECT * FROM esn_expect_participants('aa-1')$$, '42501', NULL,
	'a stranger may not');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
