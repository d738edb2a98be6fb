-- What each section does: how many of its activities have each cause, SDG, type and month; and
-- which sections are comparable. The planner (suggestions.sql) is made of these. All of it is about
-- activities that are valid, still on the sites and have begun.

-- Conditions on its columns reach the tables: the planner of PostgreSQL inlines a view.
CREATE OR REPLACE VIEW esn_internal.esn_activity_kinds AS
SELECT o.section_id, o.activity_id, a.start_date, a.participants, 'cause' AS kind,
	c.name::text AS name
FROM activity_section_organisers o
JOIN activities a ON a.id = o.activity_id
JOIN activity_to_cause r ON r.activity_id = o.activity_id
JOIN activity_causes c ON c.id = r.cause_id
WHERE a.is_valid AND a.removed_at IS NULL AND a.start_date <= current_date
UNION ALL
SELECT o.section_id, o.activity_id, a.start_date, a.participants, 'sdg', g.name::text
FROM activity_section_organisers o
JOIN activities a ON a.id = o.activity_id
JOIN activity_to_sdg r ON r.activity_id = o.activity_id
JOIN sdgs g ON g.id = r.sdg_id
WHERE a.is_valid AND a.removed_at IS NULL AND a.start_date <= current_date
UNION ALL
SELECT o.section_id, o.activity_id, a.start_date, a.participants, 'type', a.activity_type::text
FROM activity_section_organisers o
JOIN activities a ON a.id = o.activity_id
WHERE a.is_valid AND a.removed_at IS NULL AND a.start_date <= current_date
	AND a.activity_type IS NOT NULL
UNION ALL
SELECT o.section_id, o.activity_id, a.start_date, a.participants, 'month',
	extract(month FROM a.start_date)::integer::text
FROM activity_section_organisers o
JOIN activities a ON a.id = o.activity_id
WHERE a.is_valid AND a.removed_at IS NULL AND a.start_date <= current_date;
COMMENT ON VIEW esn_activity_kinds IS
	'Each section with each cause, SDG, type and month of each of its activities that have begun.';
COMMENT ON COLUMN esn_activity_kinds.section_id IS 'The section.';
COMMENT ON COLUMN esn_activity_kinds.activity_id IS 'Its activity.';
COMMENT ON COLUMN esn_activity_kinds.start_date IS 'First day of the activity.';
COMMENT ON COLUMN esn_activity_kinds.participants IS 'Of the activity. NULL: not known.';
COMMENT ON COLUMN esn_activity_kinds.kind IS 'cause, sdg, type or month.';
COMMENT ON COLUMN esn_activity_kinds.name IS 'Of a month: its number.';

-- Three years: what a board of today may answer for. One kind after another, so that they need the
-- memory of one.
CREATE OR REPLACE FUNCTION esn_internal.esn_count_kinds()
RETURNS TABLE (section_id integer, kind text, activities bigint, labels bigint, counts jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	counted text;
BEGIN
	FOREACH counted IN ARRAY ARRAY['cause', 'sdg', 'type', 'month'] LOOP
		RETURN QUERY
		WITH recent AS MATERIALIZED (
			SELECT k.section_id, k.name, k.activity_id
			FROM esn_activity_kinds k
			JOIN @extschema@.sections s ON s.id = k.section_id AND s.removed_at IS NULL
			WHERE k.kind = counted AND k.start_date > current_date - 1096
		), filled AS (
			SELECT d.section_id, count(*) AS n
			FROM (SELECT DISTINCT r.section_id, r.activity_id FROM recent r) d GROUP BY d.section_id
		), named AS (
			SELECT r.section_id, r.name, count(*) AS n FROM recent r GROUP BY r.section_id, r.name
		)
		SELECT c.section_id, counted, f.n, sum(c.n)::bigint, jsonb_object_agg(c.name, c.n)
		FROM named c JOIN filled f ON f.section_id = c.section_id
		GROUP BY c.section_id, f.n;
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_count_kinds() IS 'The rows of esn_kind_counts, counted now.';

-- The daily maintenance keeps the counts beside those of the overviews (summaries.sql). They serve
-- for a week, whatever a run has changed since: it is little beside three years.
CREATE OR REPLACE FUNCTION esn_internal.esn_read_kept(live anyelement) RETURNS SETOF anyelement
LANGUAGE plpgsql STABLE
SET jit = off SET enable_nestloop = off AS $$
BEGIN
	RETURN QUERY SELECT kept.* FROM summaries s
	CROSS JOIN LATERAL jsonb_populate_recordset(live, s.rows) AS kept
	WHERE s.view = pg_typeof(live)::text AND s.as_of > current_date - 7;
	IF NOT FOUND THEN
		RETURN QUERY EXECUTE format('SELECT * FROM %s', pg_typeof(live));
	END IF;
END $$;
COMMENT ON FUNCTION esn_read_kept(anyelement) IS
	'The rows of a view that counts: as counted within the last 7 days, or counted now. live: '
	'NULL, of the row type of the view.';

CREATE OR REPLACE VIEW esn_internal.esn_live_planner_kind_counts AS
SELECT c.section_id, c.kind, c.activities, c.labels, c.counts FROM esn_count_kinds() c;
COMMENT ON VIEW esn_live_planner_kind_counts IS 'The rows of esn_kind_counts, counted now.';

CREATE OR REPLACE VIEW esn_internal.esn_kind_counts AS
SELECT * FROM esn_read_kept(NULL::esn_live_planner_kind_counts);
COMMENT ON VIEW esn_kind_counts IS
	'Of each section, how many activities of the last three years have each cause, SDG, type and '
	'month.';
COMMENT ON COLUMN esn_kind_counts.kind IS 'cause, sdg, type or month.';
COMMENT ON COLUMN esn_kind_counts.activities IS
	'Activities for which it is known: those with a cause, for example.';
COMMENT ON COLUMN esn_kind_counts.labels IS
	'The sum of counts: an activity may have several causes.';
COMMENT ON COLUMN esn_kind_counts.counts IS 'Object: name to number of activities.';

CREATE OR REPLACE FUNCTION esn_internal.esn_nearest_names(wanted text, names text[], most integer)
	RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	-- The nearest name shares the most trigrams.
	WITH threes AS (
		SELECT DISTINCT k.name, substr('  ' || lower(k.name COLLATE "C") || ' ', i, 3) AS three
		FROM unnest(names) AS k(name), generate_series(1, length(k.name) + 1) AS i
	), nearness AS (
		SELECT t.name, count(*) FILTER (WHERE t.three IN (
				SELECT substr('  ' || wanted || ' ', i, 3)
				FROM generate_series(1, length(wanted) + 1) AS i))
			/ (count(*) + length(wanted) + 1)::float AS share
		FROM threes t GROUP BY t.name
	)
	SELECT string_agg(b.name, ', ' ORDER BY b.share DESC, b.name)
	FROM (SELECT n.name, n.share FROM nearness n ORDER BY n.share DESC, n.name LIMIT most) b
$$;
COMMENT ON FUNCTION esn_nearest_names(text, text[], integer) IS
	'The names that are nearest to a text, separated by commas, for hints. NULL: there are none. '
	'wanted: the text, in lower case. names: the known names. most: how many at most.';

CREATE OR REPLACE FUNCTION esn_internal.esn_find_section(slug text) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	wanted text := lower(esn_slug_of(slug) COLLATE "C");
	found_id integer;
BEGIN
	SELECT s.id INTO found_id FROM @extschema@.sections s
	WHERE wanted IN (lower(s.accounts_platform_slug COLLATE "C"),
			lower(s.activities_platform_slug COLLATE "C"))
		AND s.removed_at IS NULL
	ORDER BY lower(s.accounts_platform_slug COLLATE "C") = wanted DESC, s.id LIMIT 1;
	IF found_id IS NULL THEN
		RAISE EXCEPTION 'no section has the slug "%"', slug USING ERRCODE = 'undefined_object',
			HINT = coalesce('The nearest known slugs: ' || esn_nearest_names(coalesce(wanted, ''),
				ARRAY(SELECT s.accounts_platform_slug FROM @extschema@.sections s
					WHERE s.removed_at IS NULL
				UNION SELECT s.activities_platform_slug FROM @extschema@.sections s
					WHERE s.removed_at IS NULL AND s.activities_platform_slug IS NOT NULL), 5)
				|| '.', 'No section is known yet. To read them, run SELECT * FROM '
				'esn_scrape_all();');
	END IF;
	RETURN found_id;
END $$;
COMMENT ON FUNCTION esn_find_section(text) IS
	'The id of the section with this slug. slug: on either platform, or the address of its page. '
	'Errors: undefined_object for an unknown one, with the nearest known slugs as a hint.';

-- Comparable is who is near in size, in the mix of activities, and in the same country. The mix
-- leaves out what is judged: among sections compared by their causes, those that neglect the same
-- cause would be the nearest.
CREATE OR REPLACE FUNCTION esn_internal.esn_comparable_sections(section integer)
RETURNS TABLE (judged text, section_id integer, distance double precision)
LANGUAGE sql STABLE AS $$
	WITH known AS MATERIALIZED (
		SELECT k.section_id, k.kind, k.activities, k.labels::float AS labels, k.counts,
			e.country_code
		FROM esn_kind_counts k JOIN @extschema@.sections e ON e.id = k.section_id
		WHERE k.kind <> 'sdg'
	), sizes AS (
		SELECT k.section_id, k.activities, k.country_code FROM known k WHERE k.kind = 'month'
	), own AS MATERIALIZED (
		SELECT k.kind, c.key, c.value::float / k.labels AS share
		FROM known k CROSS JOIN LATERAL jsonb_each_text(k.counts) AS c(key, value)
		WHERE k.section_id = esn_comparable_sections.section AND k.kind <> 'month'
	), mix AS (
		SELECT o.section_id, o.kind,
			sum(least(coalesce((o.counts ->> w.key)::float, 0) / o.labels, w.share)) AS common
		FROM own w JOIN known o ON o.kind = w.kind
		GROUP BY o.section_id, o.kind
	), distances AS (
		SELECT j.judged, o.section_id, abs(ln((o.activities + 1) / (w.activities + 1)::float))
			+ 1 - coalesce(m.common, 0)
			+ CASE WHEN o.country_code = w.country_code THEN 0 ELSE 0.5 END AS distance
		FROM sizes w
		JOIN sizes o ON o.section_id <> w.section_id
		CROSS JOIN (VALUES ('topic', 'type'), ('form', 'cause')) AS j(judged, compared)
		LEFT JOIN mix m ON m.section_id = o.section_id AND m.kind = j.compared
		WHERE w.section_id = esn_comparable_sections.section
	), nearest AS (
		SELECT d.judged, d.section_id, d.distance,
			row_number() OVER (PARTITION BY d.judged ORDER BY d.distance, d.section_id) AS place
		FROM distances d
	)
	SELECT n.judged, n.section_id, n.distance FROM nearest n WHERE n.place <= 20
	ORDER BY n.judged, n.place
$$;
COMMENT ON FUNCTION esn_comparable_sections(integer) IS
	'The twenty sections that are nearest to one, twice: judged is topic (to judge causes and '
	'SDGs) or form (to judge types and months). distance is the sum of: the logarithm of the ratio '
	'of their numbers of activities; the share of activities that are of other types (of other '
	'causes, to judge the form); 0.5 if the country is another. All of the last three years. '
	'section: the id of the section.';

CREATE OR REPLACE FUNCTION esn_internal.esn_compared_kinds(section integer)
RETURNS TABLE (kind text, name text, own integer, own_activities integer, theirs integer,
	their_activities integer, sections integer, doing_more integer, section_ids integer[])
LANGUAGE sql STABLE AS $$
	WITH judges AS MATERIALIZED (
		SELECT c.judged, c.section_id
		FROM esn_comparable_sections(esn_compared_kinds.section) c
	), known AS MATERIALIZED (
		SELECT k.section_id, k.kind, k.activities, k.counts FROM esn_kind_counts k
		WHERE k.section_id = esn_compared_kinds.section
			OR k.section_id IN (SELECT j.section_id FROM judges j)
	), theirs AS MATERIALIZED (
		SELECT k.section_id, k.kind, k.activities, k.counts
		FROM judges j JOIN known k ON k.section_id = j.section_id
			AND (k.kind IN ('cause', 'sdg')) = (j.judged = 'topic')
	), own AS (
		SELECT k.kind, k.activities, k.counts FROM known k
		WHERE k.section_id = esn_compared_kinds.section
	), totals AS (
		SELECT t.kind, sum(t.activities) AS activities, count(*) AS sections,
			array_agg(t.section_id) AS section_ids
		FROM theirs t GROUP BY t.kind
	), pairs AS (
		SELECT t.kind, c.key, c.value::integer AS n, t.activities,
			coalesce((o.counts ->> c.key)::integer, 0) AS own, coalesce(o.activities, 0) AS of_own
		FROM theirs t CROSS JOIN LATERAL jsonb_each_text(t.counts) AS c(key, value)
		LEFT JOIN own o ON o.kind = t.kind
	)
	SELECT p.kind, p.key, p.own, p.of_own::integer, sum(p.n)::integer, t.activities::integer,
		t.sections::integer,
		(count(*) FILTER (WHERE p.n * p.of_own > p.own * p.activities))::integer, t.section_ids
	FROM pairs p JOIN totals t ON t.kind = p.kind
	GROUP BY p.kind, p.key, p.own, p.of_own, t.activities, t.sections, t.section_ids
$$;
COMMENT ON FUNCTION esn_compared_kinds(integer) IS
	'Each cause, SDG, type and month of comparable sections: own of own_activities are the '
	'section''s, theirs of their_activities those of the comparable ones; doing_more of these have '
	'a larger share. Activities for which the kind is not known do not count. section: the id of '
	'the section.';

-- After a first run tables may have no statistics yet: without nested loops every plan is good
-- enough.
CREATE OR REPLACE FUNCTION esn_internal.esn_starter_kinds(section integer)
RETURNS TABLE (kind text, name text, own integer, own_activities integer, theirs integer,
	their_activities integer, sections integer, doing_more integer, section_ids integer[])
LANGUAGE sql STABLE
SET enable_nestloop = off AS $$
	WITH starters AS (
		SELECT s.id, e.country_code AS wanted, s.country_code = e.country_code AS compatriot
		FROM @extschema@.sections e
		JOIN @extschema@.sections s ON s.removed_at IS NULL AND s.id <> e.id
		WHERE e.id = esn_starter_kinds.section AND EXISTS (
			SELECT FROM esn_activity_kinds k WHERE k.section_id = s.id AND k.kind = 'month')
	), chosen AS MATERIALIZED (
		SELECT s.id FROM starters s
		WHERE s.compatriot OR (SELECT count(*) FROM starters c WHERE c.compatriot) < 3
	), firsts AS MATERIALIZED (
		SELECT f.section_id, f.activity_id FROM (
			SELECT k.section_id, k.activity_id, row_number() OVER (PARTITION BY k.section_id
				ORDER BY k.start_date, k.activity_id) AS place
			FROM chosen c JOIN esn_activity_kinds k ON k.section_id = c.id AND k.kind = 'month') f
		WHERE f.place <= 10
	), named AS MATERIALIZED (
		SELECT k.section_id, k.activity_id, k.kind, k.name
		FROM firsts f JOIN esn_activity_kinds k ON k.section_id = f.section_id
			AND k.activity_id = f.activity_id
	), totals AS (
		SELECT n.kind, count(DISTINCT (n.section_id, n.activity_id)) AS activities FROM named n
		GROUP BY n.kind
	)
	SELECT n.kind, n.name, 0, 0, count(*)::integer, t.activities::integer,
		(SELECT count(*)::integer FROM chosen), count(DISTINCT n.section_id)::integer,
		ARRAY(SELECT c.id FROM chosen c)
	FROM named n JOIN totals t ON t.kind = n.kind
	GROUP BY n.kind, n.name, t.activities
$$;
COMMENT ON FUNCTION esn_starter_kinds(integer) IS
	'As esn_compared_kinds(), for a section without activities: the first ten activities of each '
	'section of its country, or of the network if fewer than three of the country have any. '
	'doing_more are the sections that had it among their first ten. section: the id of the '
	'section.';
