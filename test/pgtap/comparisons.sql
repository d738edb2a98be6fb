-- Which sections are comparable, and what they do.
BEGIN;
SELECT no_plan();

-- Sections of two countries. The first has forty activities; so have those up to 12, with the same
-- types; the others have far more or fewer, or other types. The last ones are in BB.
INSERT INTO countries (country_code, name, slug, url)
VALUES ('AA', 'Aland', 'aa', 'x'), ('BB', 'Borduria', 'bb', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url,
	activities_platform_slug, removed_at)
SELECT -n, CASE WHEN n <= 27 THEN 'AA' ELSE 'BB' END, 'ESN ' || n, 'aa-' || n, 'x', 'esn-' || n,
	CASE WHEN n = 12 THEN now() END
FROM generate_series(1, 31) n;
CREATE FUNCTION pg_temp.add(section integer, many integer, type text, first date,
	is_valid boolean DEFAULT true) RETURNS void LANGUAGE sql AS $$
	WITH added AS (
		INSERT INTO activities (event_slug, url, title, description, start_date, is_future_event,
			is_valid, activity_type, participants)
		SELECT format('a%s-%s-%s-%s-%s', section, type, first, add.is_valid, i), 'x', 'x', 'x',
			first, false, add.is_valid, type, 10
		FROM generate_series(1, many) i RETURNING id
	)
	INSERT INTO activity_section_organisers SELECT id, section FROM added
$$;
SELECT pg_temp.add(-n, CASE WHEN n <= 12 THEN 40 WHEN n <= 16 THEN 1 ELSE 400 END, 'Trip',
	current_date - 30) FROM generate_series(1, 27) n;
SELECT pg_temp.add(-28, 40, 'Party', current_date - 30);
SELECT pg_temp.add(-29, 40, 'Trip', current_date - 30);
SELECT pg_temp.add(-30, 1, 'Trip', current_date - 2000);
INSERT INTO activity_causes (id, name) VALUES (-1, 'Culture'), (-2, 'Health');
INSERT INTO activity_to_cause
SELECT activity_id, CASE WHEN section_id IN (-1, -28) THEN -2 ELSE -1 END
FROM activity_section_organisers WHERE section_id > -30;

ANALYZE activities, activity_section_organisers, activity_to_cause;

CREATE TEMP TABLE near AS
SELECT row_number() OVER (PARTITION BY judged) AS place, * FROM esn_comparable_sections(-1);
SELECT is((SELECT count(*) FROM near WHERE judged = 'topic'), 20::bigint,
	'twenty sections judge causes and SDGs');
SELECT is((SELECT count(*) FROM near WHERE judged = 'form'), 20::bigint,
	'twenty judge types and months');
SELECT is((SELECT array_agg(section_id) FROM near WHERE judged = 'topic' AND place <= 10
	AND section_id BETWEEN -11 AND -2), ARRAY[-11, -10, -9, -8, -7, -6, -5, -4, -3, -2],
	'those of the same country, size and mix are the nearest');
SELECT is((SELECT distance FROM near WHERE judged = 'topic' AND place = 1), 0::float,
	'at no distance');
SELECT is((SELECT distance FROM near WHERE judged = 'topic' AND section_id = -29), 0.5::float,
	'another country adds a half');
SELECT is((SELECT distance FROM near WHERE judged = 'topic' AND section_id = -28), 1.5::float,
	'other types add up to one when causes are judged');
SELECT is((SELECT distance FROM near WHERE judged = 'form' AND section_id = -28), 0.5::float,
	'and nothing when types are');
SELECT is((SELECT round(distance::numeric, 3) FROM esn_comparable_sections(-13)
	WHERE section_id = -1 AND judged = 'topic'), round(ln(41 / 2.0), 3),
	'a size counts by its ratio');
SELECT is_empty('SELECT FROM near WHERE section_id IN (-1, -12, -30, -31)',
	'neither itself, nor a removed section, nor one without recent activities');

-- What they do.
SELECT pg_temp.add(-2, 5, 'Party', current_date - 30),
	pg_temp.add(-2, 7, 'Party', current_date - 30, false),
	pg_temp.add(-3, 9, 'Party', current_date + 1);
SELECT results_eq($$SELECT kind, name, own, own_activities, doing_more
	FROM esn_compared_kinds(-1) WHERE kind IN ('cause', 'type') ORDER BY 1, 2$$,
	$$VALUES ('cause', 'Culture', 0, 40, 19), ('cause', 'Health', 40, 40, 0),
		('type', 'Party', 0, 40, 2), ('type', 'Trip', 40, 40, 0)$$,
	'only what is valid and has begun counts');
SELECT is((SELECT theirs FROM esn_compared_kinds(-1) WHERE kind = 'type' AND name = 'Party'), 45,
	'the activities of all comparable sections count together');
SELECT results_eq($$SELECT kind, name, own, own_activities, sections, doing_more
	FROM esn_starter_kinds(-31) WHERE kind = 'type' ORDER BY 2$$,
	$$VALUES ('type', 'Party', 0, 0, 3, 1), ('type', 'Trip', 0, 0, 3, 2)$$,
	'of a section without activities: those of its country');
SELECT results_eq($$SELECT theirs, their_activities FROM esn_starter_kinds(-31)
	WHERE name = 'Party'$$, 'VALUES (10, 21)', 'the first ten activities of each count');
UPDATE sections SET removed_at = now() WHERE id = -30;
SELECT is((SELECT sections FROM esn_starter_kinds(-31) WHERE name = 'Party'), 28,
	'of the network, if fewer than three of the country have any');

-- Slugs.
SELECT is(esn_find_section(slug), -2, format('%s is a section', slug))
FROM unnest(ARRAY['aa-2', 'esn-2', ' ESN-2', 'https://activities.esn.org/organisation/esn-2',
	'https://accounts.esn.org/section/aa-2?x', 'https://accounts.esn.org/section/aa%2D2']) AS slug;
SELECT throws_ok(format('SELECT esn_find_section(%L)', slug), '42704',
	format('no section has the slug "%s"', coalesce(slug, '<NULL>')), format('%L is none', slug))
FROM unnest(ARRAY['aa-99', 'aa-12', '', NULL]) AS slug;
SELECT is(esn_nearest_names('esn-mtu', ARRAY['esn-metu', 'other', 'esn-met'], 2),
	'esn-metu, esn-met', 'the nearest names');

SELECT * FROM finish();
ROLLBACK;
