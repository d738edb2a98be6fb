-- esn_expect_participants(): how many participants an activity may have, from what similar ones
-- had.
--
-- Numbers of participants differ by factors, so all of this is about their logarithms. An activity
-- is the average of the network, and what its form, country, section, the form in that section, and
-- its month add. Each of these effects is the mean of what the ones before leave unexplained,
-- shrunk towards nothing: the less it rests on, the more (empirical Bayes).

-- The variance within the groups says how far a mean of n can be off; what the means vary beyond
-- that is the variance between the groups.
CREATE OR REPLACE FUNCTION esn_internal.esn_shrunken_means(keys text[],
	residuals double precision[])
RETURNS TABLE (key text, activities bigint, effect double precision, variance double precision)
LANGUAGE sql IMMUTABLE AS $$
	WITH groups AS MATERIALIZED (
		SELECT r.key, count(*) AS n, avg(r.residual) AS mean,
			coalesce(var_samp(r.residual), 0) * (count(*) - 1) AS squares
		FROM unnest(keys, residuals) AS r(key, residual) WHERE r.key IS NOT NULL GROUP BY r.key
	), within AS (
		SELECT coalesce(sum(g.squares) / nullif(sum(g.n - 1), 0), 0) AS noise FROM groups g
	), between AS (
		SELECT w.noise, CASE WHEN w.noise > 0 THEN greatest(0, (sum(g.n * g.mean ^ 2)
			- count(*) * w.noise) / sum(g.n)) ELSE 0 END AS signal
		FROM groups g, within w GROUP BY w.noise
	)
	SELECT g.key, g.n, g.mean * coalesce(g.n * b.signal / nullif(g.n * b.signal + b.noise, 0), 0),
		coalesce(b.signal * b.noise / nullif(g.n * b.signal + b.noise, 0), 0)
	FROM groups g, between b
	UNION ALL
	SELECT NULL, 0, 0, b.signal FROM between b
$$;
COMMENT ON FUNCTION esn_shrunken_means(text[], double precision[]) IS
	'The mean of each group, shrunk towards 0 the more, the fewer values it has: effect, and the '
	'variance that is left around it. The row without a key is that of a group without values. '
	'keys: the group of each value. residuals: the values.';

-- Arrays, each level after the other, so that they need the memory of one. Rounded, so that nothing
-- depends on the order of additions.
CREATE OR REPLACE FUNCTION esn_internal.esn_fit_participants()
RETURNS TABLE (level text, key text, activities bigint, effect double precision,
	variance double precision, low double precision, high double precision)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	levels CONSTANT text[] := ARRAY['online', 'type', 'country', 'section', 'section and type',
		'month'];
	place text[];
	form text[];
	country text[];
	organiser text[];
	month text[];
	keys text[];
	rest double precision[];
	mean double precision;
BEGIN
	SELECT array_agg(coalesce(a.is_online, false)::text),
		array_agg(a.activity_type || CASE WHEN a.is_online THEN ' online' ELSE '' END),
		array_agg(coalesce(s.country_code, '')::text), array_agg(o.section_id::text),
		array_agg(extract(month FROM a.start_date)::integer::text),
		array_agg(ln(a.participants::float)), avg(ln(a.participants::float))
	INTO place, form, country, organiser, month, rest, mean
	FROM @extschema@.activities a
	JOIN @extschema@.activity_section_organisers o ON o.activity_id = a.id
	JOIN @extschema@.sections s ON s.id = o.section_id AND s.removed_at IS NULL
	WHERE a.is_valid AND a.removed_at IS NULL AND a.participants > 0
		AND a.start_date > current_date - 1096 AND a.start_date <= current_date;
	IF mean IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT 'mean', '', cardinality(rest)::bigint, round(mean::numeric, 9)::float,
		0::float, 0::float, 0::float;
	rest := ARRAY(SELECT r.y - mean FROM unnest(rest) WITH ORDINALITY AS r(y, n) ORDER BY r.n);
	FOREACH level IN ARRAY levels LOOP
		keys := CASE level WHEN 'online' THEN place WHEN 'type' THEN form
			WHEN 'country' THEN country WHEN 'section' THEN organiser WHEN 'month' THEN month
			ELSE ARRAY(SELECT r.organiser || ' ' || r.form FROM unnest(organiser, form)
				WITH ORDINALITY AS r(organiser, form, n) ORDER BY r.n) END;
		RETURN QUERY SELECT level, e.key, e.activities, round(e.effect::numeric, 9)::float,
			round(e.variance::numeric, 9)::float, 0::float, 0::float
		FROM esn_shrunken_means(keys, rest) e;
		rest := ARRAY(SELECT r.y - coalesce(e.effect, 0)
			FROM unnest(keys, rest) WITH ORDINALITY AS r(key, y, n)
			LEFT JOIN esn_shrunken_means(keys, rest) e ON e.key = r.key ORDER BY r.n);
	END LOOP;
	RETURN QUERY SELECT * FROM esn_spread(form, rest);
END $$;
COMMENT ON FUNCTION esn_fit_participants() IS 'The rows of esn_participant_effects, computed now.';

CREATE OR REPLACE FUNCTION esn_internal.esn_spread(keys text[], residuals double precision[])
RETURNS TABLE (level text, key text, activities bigint, effect double precision,
	variance double precision, low double precision, high double precision)
LANGUAGE sql IMMUTABLE AS $$
	SELECT 'rest', s.key, s.n, round(s.q[2]::numeric, 9)::float, round(s.v::numeric, 9)::float,
		round((s.q[1] - s.q[2])::numeric, 9)::float, round((s.q[3] - s.q[2])::numeric, 9)::float
	FROM (
		SELECT r.key, count(*) AS n, coalesce(var_samp(r.y), 0) AS v,
			percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY r.y) AS q
		FROM unnest(keys, residuals) AS r(key, y) GROUP BY GROUPING SETS ((r.key), ())
		HAVING grouping(r.key) = 1 OR r.key IS NOT NULL AND count(*) >= 100) s
$$;
COMMENT ON FUNCTION esn_spread(text[], double precision[]) IS
	'The rows of the level rest: the spread of all residuals, and of each group of a hundred or '
	'more. keys: the group of each. residuals: what no effect explains.';

CREATE OR REPLACE VIEW esn_internal.esn_live_planner_participant_effects AS
SELECT f.level, f.key, f.activities, f.effect, f.variance, f.low, f.high
FROM esn_fit_participants() f;
COMMENT ON VIEW esn_live_planner_participant_effects IS
	'The rows of esn_participant_effects, computed now.';

CREATE OR REPLACE VIEW esn_internal.esn_participant_effects AS
SELECT * FROM esn_read_kept(NULL::esn_live_planner_participant_effects);
COMMENT ON VIEW esn_participant_effects IS
	'What raises and lowers the number of participants, from the activities of the last three '
	'years.';
COMMENT ON COLUMN esn_participant_effects.level IS
	'mean (of the network), online, type, country, section, section and type, month, or rest: what '
	'none of these explains.';
COMMENT ON COLUMN esn_participant_effects.key IS
	'Which one: for example the id of the section. NULL: one without activities; of the rest: all.';
COMMENT ON COLUMN esn_participant_effects.activities IS 'On how many activities it rests.';
COMMENT ON COLUMN esn_participant_effects.effect IS
	'What it adds to the logarithm of the number; of the rest: its median.';
COMMENT ON COLUMN esn_participant_effects.variance IS 'How uncertain that is; 0: not at all.';
COMMENT ON COLUMN esn_participant_effects.low IS
	'Of the rest: its tenth percentile, less the median.';
COMMENT ON COLUMN esn_participant_effects.high IS
	'Of the rest: its ninetieth percentile, less the median.';

CREATE OR REPLACE FUNCTION esn_internal.esn_expectations(section integer, types text[],
	month integer, online boolean)
RETURNS TABLE (type text, expected integer, low integer, high integer, own_activities integer,
	own_of_type integer, similar_activities integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET jit = off AS $$
BEGIN
	PERFORM esn_check_schema();
	RETURN QUERY
	WITH forms AS (
		SELECT t.type, t.type || CASE WHEN online THEN ' online' ELSE '' END AS name
		FROM unnest(types) AS t(type)
	), wanted AS (
		SELECT f.type, v.level, v.key
		FROM forms f, @extschema@.sections s CROSS JOIN LATERAL (VALUES
			('mean', ''), ('online', online::text), ('type', f.name),
			('country', coalesce(s.country_code, '')), ('section', s.id::text),
			('section and type', s.id || ' ' || f.name),
			('month', month::text), ('rest', f.name)) AS v(level, key)
		WHERE s.id = section
	), chosen AS (
		SELECT DISTINCT ON (w.type, e.level) w.type, e.level, e.activities, e.effect, e.variance,
			e.low, e.high
		FROM wanted w
		JOIN esn_participant_effects e ON e.level = w.level AND (e.key = w.key OR e.key IS NULL)
		ORDER BY w.type, e.level, e.key NULLS LAST
	), summed AS (
		SELECT f.type, CASE WHEN sum(c.effect) > 21 THEN 21 ELSE sum(c.effect) END AS middle,
			sum(c.low) AS low, sum(c.high) AS high,
			-- What is not known of the effects widens the interval.
			sqrt(1 + coalesce(sum(c.variance) FILTER (WHERE c.level <> 'rest')
				/ nullif(sum(c.variance) FILTER (WHERE c.level = 'rest'), 0), 0)) AS wider,
			coalesce(sum(c.activities) FILTER (WHERE c.level = 'section'), 0) AS own,
			coalesce(sum(c.activities) FILTER (WHERE c.level = 'section and type'), 0) AS of_type,
			coalesce(sum(c.activities) FILTER (WHERE c.level = CASE
				WHEN f.type IS NULL THEN 'online' ELSE 'type' END), 0) AS similar_ones
		FROM forms f LEFT JOIN chosen c ON c.type IS NOT DISTINCT FROM f.type
		GROUP BY f.type
	)
	-- The largest integer is at 21.4; a larger number of participants is no expectation.
	SELECT s.type, round(exp(s.middle))::integer, round(exp(s.middle + s.low * s.wider))::integer,
		round(exp(CASE WHEN s.middle + s.high * s.wider > 21 THEN 21
			ELSE s.middle + s.high * s.wider END))::integer,
		s.own::integer, s.of_type::integer, s.similar_ones::integer
	FROM summed s;
END $$;
COMMENT ON FUNCTION esn_expectations(integer, text[], integer, boolean) IS
	'What esn_expect_participants() returns, for each of some types. section: the id of the '
	'section. types: the types, NULL being one that is not known. month: as there. online: as '
	'there.';

CREATE OR REPLACE FUNCTION esn_expect_participants(section text, type text DEFAULT NULL,
	month integer DEFAULT NULL, online boolean DEFAULT false)
RETURNS TABLE (expected integer, low integer, high integer, own_activities integer,
	own_of_type integer, similar_activities integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	section_id integer := esn_find_section(section);
BEGIN
	IF month NOT BETWEEN 1 AND 12 THEN
		RAISE EXCEPTION 'invalid month: %', month USING ERRCODE = 'invalid_parameter_value',
			HINT = 'Months are 1 to 12.';
	ELSIF NOT EXISTS (SELECT FROM @extschema@.activities a WHERE a.activity_type = type)
		AND type IS NOT NULL
	THEN
		RAISE EXCEPTION 'no activity has the type "%"', type USING ERRCODE = 'undefined_object',
			HINT = 'To list the types, run SELECT activity_type FROM esn_activities_by_type;';
	END IF;
	RETURN QUERY SELECT e.expected, e.low, e.high, e.own_activities, e.own_of_type,
		e.similar_activities
	FROM esn_expectations(section_id, ARRAY[type], month, coalesce(online, false)) e;
END $$;
COMMENT ON FUNCTION esn_expect_participants(text, text, integer, boolean) IS
	'How many participants an activity of a section may have: as many have more as have fewer than '
	'expected, and four of five lie from low to high. own_activities of the section, own_of_type '
	'and similar_activities of the network (of that type) are what it rests on, of the last three '
	'years; with few of its own it is near to what is usual in the country and the network. NULL: '
	'no number is known at all. section: its slug on either platform. type: as in '
	'activities.activity_type; NULL: not known. month: 1 to 12; NULL: not known. online: whether '
	'it is online. Errors: undefined_object for an unknown section or type, '
	'invalid_parameter_value for an invalid month.';
