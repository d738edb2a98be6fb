-- A made-up network whose truth is known, for bench/planner.sh: straight into the tables, six years
-- of activities, the last of which is still to come. The planner does not see that year; it is what
-- is held back. What is drawn for one thing depends on nothing else that there is.
-- Variables: seed; sections; activities; taste, how far the mixes of countries and of sections
-- differ (standard deviation of the logarithm of the odds); signal, the same of the numbers of
-- participants, beside the noise of 0.75; type_signal, that of types; gaps, the share of sections
-- that lack something that the others do; taken_up, the share of those that do it in the last year;
-- rising, by what the odds of one cause in one country are multiplied in the last two years.
\set ON_ERROR_STOP on
SET session_replication_role = replica;
SET client_min_messages = warning;
TRUNCATE countries, sections, activities, activity_causes CASCADE;
DELETE FROM esn_internal.summaries;
CREATE FUNCTION pg_temp.even(what text) RETURNS float LANGUAGE sql IMMUTABLE AS $$
	SELECT ((hashtextextended(what, current_setting('bench.seed')::bigint)
		& ((2::bigint ^ 52)::bigint - 1)) + 0.5) / 2::float ^ 52
$$;
CREATE FUNCTION pg_temp.normal(what text) RETURNS float LANGUAGE sql IMMUTABLE AS $$
	SELECT sqrt(-2 * ln(pg_temp.even(what))) * cos(2 * pi() * pg_temp.even('angle ' || what))
$$;
SELECT set_config('bench.seed', :'seed', false) \g /dev/null

INSERT INTO countries (country_code, name, slug, url)
SELECT 'C' || n, 'Country ' || n, 'c' || n, 'x' FROM generate_series(1, 40) n;
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url)
SELECT n, 'C' || 1 + floor(40 * pg_temp.even('country ' || n) ^ 1.5), 'ESN ' || n, 'esn-' || n, 'x'
FROM generate_series(1, :sections) n;
INSERT INTO activity_causes (id, name)
SELECT n, name FROM unnest(ARRAY['Culture', 'Education & Youth', 'Social Inclusion',
	'Health & Well-being', 'Environmental Sustainability', 'Skills & Employability'])
	WITH ORDINALITY AS c(name, n);

-- How often each kind occurs in the network: causes and SDGs as shares, since an activity may have
-- several; types and months as weights, since it has one.
CREATE TEMP TABLE base AS
SELECT 'cause' AS kind, n::text AS name, w FROM unnest(ARRAY[0.5, 0.3, 0.25, 0.2, 0.15, 0.12])
	WITH ORDINALITY AS c(w, n)
UNION ALL
SELECT 'sdg', n::text, 0.02 + 0.25 * pg_temp.even('sdg ' || n) ^ 2 FROM generate_series(1, 17) n
UNION ALL
SELECT 'type', name, w FROM (VALUES ('Social event', 25.0), ('Trip', 18), ('Party', 15),
	('Cultural event', 12), ('Sports', 8), ('Volunteering', 7), ('Language exchange', 6),
	('Workshop', 5), ('Conference', 3), ('Training', 1)) AS t(name, w)
UNION ALL
SELECT 'month', n::text, w FROM unnest(ARRAY[5, 9, 11, 10, 10, 5, 2, 3, 14, 14, 11, 6])
	WITH ORDINALITY AS m(w, n);
CREATE TEMP TABLE gap AS
SELECT s.id AS section_id, g.kind, g.name, pg_temp.even('taken up ' || s.id) < :taken_up AS taken_up
FROM sections s CROSS JOIN LATERAL (
	SELECT b.kind, b.name FROM base b
	WHERE b.kind IN ('cause', 'sdg') AND b.w >= 0.12 OR b.kind IN ('type', 'month') AND b.w >= 10
	ORDER BY pg_temp.even(concat_ws(' ', 'gap', s.id, b.kind, b.name)) LIMIT 1) g
WHERE pg_temp.even('has a gap ' || s.id) < :gaps;
CREATE TEMP TABLE taste AS
SELECT s.id AS section_id, b.kind, b.name, ln(CASE WHEN b.kind IN ('cause', 'sdg')
		THEN b.w / (1 - b.w) ELSE b.w END)
	+ :taste * pg_temp.normal(concat_ws(' ', 'country taste', s.country_code, b.kind, b.name))
	+ :taste * pg_temp.normal(concat_ws(' ', 'taste', s.id, b.kind, b.name)) AS odds,
	g.section_id IS NOT NULL AS is_gap, coalesce(g.taken_up, false) AS taken_up
FROM sections s CROSS JOIN base b
LEFT JOIN gap g ON g.section_id = s.id AND g.kind = b.kind AND g.name = b.name;
CREATE UNIQUE INDEX ON taste (kind, section_id, name);

-- Sections of very different size; year 5 is to come.
CREATE TEMP TABLE drawn AS
SELECT row_number() OVER () AS id, s.id AS section_id, s.country_code,
	floor(6 * pg_temp.even(concat_ws(' ', 'year', s.id, i)))::integer AS year
FROM (SELECT s.id, s.country_code, exp(pg_temp.normal('size ' || s.id)) AS size
	FROM sections s) s
CROSS JOIN (SELECT sum(exp(pg_temp.normal('size ' || id))) AS sizes FROM sections) t
CROSS JOIN LATERAL generate_series(1,
	greatest(1, round(:activities * 1.2 * s.size / t.sizes)::integer)) AS i;
ANALYZE drawn, taste;
-- The largest of odds with noise of Gumbel's distribution: each with a probability as its weight.
CREATE TEMP TABLE chosen AS
SELECT DISTINCT ON (d.id, t.kind) d.id, t.kind, t.name
FROM drawn d JOIN taste t ON t.section_id = d.section_id AND t.kind IN ('type', 'month')
WHERE NOT (t.is_gap AND NOT (t.taken_up AND d.year = 5))
ORDER BY d.id, t.kind,
	t.odds - ln(-ln(pg_temp.even(concat_ws(' ', 'choose', d.id, t.kind, t.name)))) DESC;
CREATE TEMP TABLE labels AS
SELECT d.id, t.kind, t.name::integer AS label
FROM drawn d JOIN taste t ON t.section_id = d.section_id AND t.kind IN ('cause', 'sdg')
WHERE NOT (t.is_gap AND NOT (t.taken_up AND d.year = 5))
	AND pg_temp.even(concat_ws(' ', 'label', d.id, t.kind, t.name)) < 1 / (1 + exp(-t.odds
		- CASE WHEN t.kind = 'cause' AND t.name = '5' AND d.country_code = 'C1' AND d.year >= 4
			THEN ln(:rising) ELSE 0 END));
-- What is to be expected; the rest is noise.
CREATE TEMP TABLE truth AS
SELECT d.id, d.year, t.name AS type, m.name::integer AS month, o.is_online, exp(4.2
	+ :type_signal * pg_temp.normal('type ' || t.name)
	+ CASE WHEN o.is_online THEN -0.4 * sign(:signal + :type_signal) ELSE 0 END
	+ :signal * (pg_temp.normal('size of ' || d.section_id)
		+ 0.5 * pg_temp.normal('size of ' || d.country_code)
		+ 0.5 * pg_temp.normal(concat_ws(' ', 'size of', d.section_id, t.name))
		+ 0.3 * pg_temp.normal('size of month ' || m.name))) AS median
FROM drawn d
JOIN chosen t ON t.id = d.id AND t.kind = 'type'
JOIN chosen m ON m.id = d.id AND m.kind = 'month'
CROSS JOIN LATERAL (SELECT pg_temp.even('online ' || d.id) < 0.1 AS is_online) o;
INSERT INTO activities (id, event_slug, url, title, description, start_date, end_date,
	is_future_event, is_valid, is_online, participants, activity_type)
SELECT t.id, 'a-' || t.id, 'https://activities.example/activity/a-' || t.id, 'Activity ' || t.id,
	'x', day, day, day > current_date, true, t.is_online,
	CASE WHEN pg_temp.even('known ' || t.id) < 0.9 THEN greatest(1, round(t.median
		* exp(0.75 * pg_temp.normal('participants ' || t.id))))::integer END,
	t.type
FROM truth t
CROSS JOIN LATERAL (SELECT (current_date - (5 - t.year) * interval '1 year')::date AS first) y
CROSS JOIN LATERAL (SELECT make_date(extract(year FROM first)::integer, t.month,
	1 + floor(28 * pg_temp.even('day ' || t.id))::integer) AS guess) g
CROSS JOIN LATERAL (SELECT CASE WHEN guess > first THEN guess
	ELSE (guess + interval '1 year')::date END AS day) v;
INSERT INTO activity_section_organisers SELECT d.id, d.section_id FROM drawn d;
INSERT INTO activity_to_cause SELECT id, label FROM labels WHERE kind = 'cause';
INSERT INTO activity_to_sdg SELECT id, label FROM labels WHERE kind = 'sdg';
RESET session_replication_role;
-- The most that a planner could know: the true share of each kind in each section, without gaps.
CREATE TEMP TABLE true_share AS
SELECT t.section_id, t.kind, t.is_gap AS is_planted, CASE t.kind WHEN 'cause' THEN c.name
		WHEN 'sdg' THEN 'SDG ' || t.name ELSE t.name END AS name,
	CASE WHEN t.kind IN ('cause', 'sdg') THEN 1 / (1 + exp(-t.odds)) ELSE exp(t.odds)
		/ sum(exp(t.odds)) OVER (PARTITION BY t.section_id, t.kind) END AS share
FROM taste t LEFT JOIN activity_causes c ON t.kind = 'cause' AND c.id::text = t.name;
VACUUM ANALYZE;
SELECT esn_internal.esn_refresh_summaries() > 0 AS refreshed \g /dev/null
