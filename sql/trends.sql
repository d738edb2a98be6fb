-- esn_trends(): which causes and types rise and fall in each country, and which only seem to.

-- The share of a cause counts, not the number of its activities: activities of the last months are
-- still being registered. The sections of a country are what varies: one section with a new series
-- of parties is no trend of its country. So the standard error is the larger one of that of counts
-- and that of the differences between sections (the linearised variance of a ratio).
CREATE OR REPLACE VIEW esn_internal.esn_live_planner_kind_trends AS
WITH placed AS MATERIALIZED (
	SELECT c.country_code, o.activity_id, min(o.section_id) AS section_id,
		min((a.start_date > current_date - 365)::integer) AS now,
		min(a.activity_type) AS activity_type
	FROM activities a
	JOIN activity_section_organisers o ON o.activity_id = a.id
	JOIN sections s ON s.id = o.section_id AND s.removed_at IS NULL
	CROSS JOIN LATERAL (VALUES (s.country_code), (NULL)) AS c(country_code)
	WHERE a.is_valid AND a.removed_at IS NULL AND a.start_date > current_date - 730
		AND a.start_date <= current_date
	GROUP BY c.country_code, o.activity_id
), named AS MATERIALIZED (
	SELECT coalesce(c.country_code, '') AS country, 'cause' AS kind, n.name::text AS name,
		c.activity_id, c.section_id, c.now
	FROM placed c
	JOIN activity_to_cause r ON r.activity_id = c.activity_id
	JOIN activity_causes n ON n.id = r.cause_id
	UNION ALL
	SELECT coalesce(c.country_code, ''), 'type', c.activity_type::text, c.activity_id,
		c.section_id, c.now
	FROM placed c WHERE c.activity_type IS NOT NULL
), filled AS MATERIALIZED (
	SELECT d.country, d.kind, d.section_id, sum(d.now) AS n, sum(1 - d.now) AS before
	FROM (SELECT DISTINCT country, kind, section_id, activity_id, now FROM named) d
	GROUP BY 1, 2, 3
), totals AS MATERIALIZED (
	SELECT f.country, f.kind, sum(f.n) AS n, sum(f.before) AS before, count(*) AS sections
	FROM filled f GROUP BY 1, 2 HAVING sum(f.n) > 0 AND sum(f.before) > 0
), counted AS MATERIALIZED (
	SELECT c.country, c.kind, c.name, c.section_id, sum(c.now) AS n, sum(1 - c.now) AS before
	FROM named c GROUP BY 1, 2, 3, 4
), shares AS MATERIALIZED (
	SELECT c.country, c.kind, c.name, sum(c.n) AS n, sum(c.before) AS before, t.n AS of_n,
		t.before AS of_before, t.sections, sum(c.n) / t.n AS share,
		sum(c.before) / t.before AS share_before
	FROM counted c JOIN totals t ON t.country = c.country AND t.kind = c.kind
	GROUP BY c.country, c.kind, c.name, t.n, t.before, t.sections
), errors AS (
	SELECT s.country, s.kind, s.name, sqrt(greatest(
		(s.n + s.before) / (s.of_n + s.of_before)
			* (1 - (s.n + s.before) / (s.of_n + s.of_before)) * (1 / s.of_n + 1 / s.of_before),
		sum(((coalesce(c.n, 0) - s.share * f.n) / s.of_n
			- (coalesce(c.before, 0) - s.share_before * f.before) / s.of_before) ^ 2)
			* s.sections / nullif(s.sections - 1, 0))) AS error
	FROM shares s
	JOIN filled f ON f.country = s.country AND f.kind = s.kind
	LEFT JOIN counted c ON c.country = s.country AND c.kind = s.kind AND c.name = s.name
		AND c.section_id = f.section_id
	GROUP BY s.country, s.kind, s.name, s.n, s.before, s.of_n, s.of_before, s.sections
)
SELECT coalesce(k.name, 'The whole network')::varchar(100) AS country, k.country_code, s.kind,
	s.name, s.n::bigint AS activities_12_months, s.before::bigint AS activities_12_months_before,
	(100 * s.share)::numeric(20, 1) AS percent, (100 * s.share_before)::numeric(20, 1)
		AS percent_before,
	CASE WHEN s.n + s.before >= 20 AND s.share - s.share_before > 4 * e.error THEN 'rising'
		WHEN s.n + s.before >= 20 AND s.share_before - s.share > 4 * e.error THEN 'falling'
		ELSE 'within chance' END AS trend,
	coalesce((s.share - s.share_before) / nullif(e.error, 0), 0)::numeric(20, 1)
		AS standard_errors
FROM shares s
JOIN errors e ON e.country = s.country AND e.kind = s.kind AND e.name = s.name
LEFT JOIN countries k ON k.country_code = s.country;
COMMENT ON VIEW esn_live_planner_kind_trends IS 'The rows of esn_kind_trends, counted now.';

CREATE OR REPLACE VIEW esn_internal.esn_kind_trends AS
SELECT * FROM esn_read_kept(NULL::esn_live_planner_kind_trends)
ORDER BY country_code NULLS FIRST, kind, standard_errors DESC, name;
COMMENT ON VIEW esn_kind_trends IS
	'Causes and types by country, with their share of the last twelve months and of the twelve '
	'before, and whether the change is more than chance. For example: SELECT country, name, '
	'percent_before, percent FROM esn_kind_trends WHERE trend = ''rising'';';
COMMENT ON COLUMN esn_kind_trends.country IS 'Country of the sections, or: The whole network.';
COMMENT ON COLUMN esn_kind_trends.country_code IS 'Its two-letter code. NULL: the whole network.';
COMMENT ON COLUMN esn_kind_trends.kind IS 'cause or type.';
COMMENT ON COLUMN esn_kind_trends.name IS 'The cause or the type.';
COMMENT ON COLUMN esn_kind_trends.activities_12_months IS
	'Activities with it that began within the last 365 days. One of two sections counts once.';
COMMENT ON COLUMN esn_kind_trends.activities_12_months_before IS
	'Those that began within the 365 days before.';
COMMENT ON COLUMN esn_kind_trends.percent IS
	'Their share of the activities of the last 365 days of which a cause, or the type, is known.';
COMMENT ON COLUMN esn_kind_trends.percent_before IS 'The share within the 365 days before.';
COMMENT ON COLUMN esn_kind_trends.trend IS
	'rising or falling: by more than four standard errors, with at least twenty activities; '
	'otherwise within chance.';
COMMENT ON COLUMN esn_kind_trends.standard_errors IS
	'The change of the share, in standard errors: those of counts, or between the sections, '
	'whichever is larger.';

CREATE OR REPLACE FUNCTION esn_trends(country text DEFAULT NULL)
RETURNS TABLE (country_name text, country_code text, kind text, name text,
	activities_12_months bigint, activities_12_months_before bigint, percent numeric,
	percent_before numeric, trend text, standard_errors numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
	wanted text := upper(country COLLATE "C");
BEGIN
	PERFORM esn_check_schema();
	IF wanted <> '' AND NOT EXISTS (SELECT FROM @extschema@.countries c
		WHERE c.country_code = wanted)
	THEN
		RAISE EXCEPTION 'no country has the code "%"', country USING ERRCODE = 'undefined_object',
			HINT = 'To list the codes, run SELECT country, country_code FROM '
				'esn_country_overview;';
	END IF;
	RETURN QUERY
	SELECT t.country::text, t.country_code::text, t.kind, t.name, t.activities_12_months,
		t.activities_12_months_before, t.percent, t.percent_before, t.trend, t.standard_errors
	FROM esn_kind_trends t
	WHERE wanted IS NULL OR coalesce(t.country_code, '') = wanted
	ORDER BY t.country_code NULLS FIRST, t.kind, t.standard_errors DESC, t.name;
END $$;
COMMENT ON FUNCTION esn_trends(text) IS
	'Causes and types by country, with their share of the last twelve months and of the twelve '
	'before. trend is rising or falling if the share has changed by more than four standard '
	'errors (of counts or between sections, whichever is larger) and there are twenty activities '
	'at least; otherwise within chance. One row per cause and type. country: its two-letter code; '
	'an empty text: the whole network; NULL: the network and all countries. Errors: '
	'undefined_object for an unknown country.';
