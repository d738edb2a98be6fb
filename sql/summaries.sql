-- The figures of the overviews, and their cache.
--
-- Counting all activities takes a twentieth of a second at the size of the network, and grows with
-- it. A run and the daily maintenance therefore count once and keep the result. A public view
-- returns the kept result while it is valid; otherwise it counts again, so it is always correct.
-- What the planner compares changes little within days: only the maintenance counts that.
-- Only valid activities and sections that are still on the sites count. An activity counts from its
-- first day on; until then it is upcoming. An activity of several organisers counts for each of
-- them, and once for a country or the network. A year's change is that from the year before; the
-- current year is compared with the same days of it. A year in the course of which the activities
-- begin is none to compare with.

CREATE OR REPLACE VIEW esn_internal.esn_live_section_overview AS
WITH organised AS (
	SELECT o.section_id, count(*) FILTER (WHERE a.start_date <= current_date) AS activities,
		sum(a.participants) FILTER (WHERE a.start_date <= current_date) AS participants,
		max(a.start_date) FILTER (WHERE a.start_date <= current_date) AS last_activity,
		count(*) FILTER (WHERE a.start_date > current_date) AS upcoming,
		count(*) FILTER (WHERE a.start_date > current_date - 365
			AND a.start_date <= current_date) AS activities_12_months
	FROM activity_section_organisers o JOIN activities a ON a.id = o.activity_id
	WHERE a.is_valid AND a.removed_at IS NULL
	GROUP BY o.section_id
), cause AS (
	SELECT section_id, string_agg(cause_name, ', ' ORDER BY total_count DESC, cause_name) AS causes
	FROM section_cause_statistics WHERE total_count > 0 GROUP BY section_id
)
SELECT s.name AS section, s.accounts_platform_slug AS section_slug, c.name AS country,
	s.country_code, s.city, s.university_name AS university,
	s.latitude, s.longitude, coalesce(n.activities, 0) AS activities,
		coalesce(n.activities_12_months, 0) AS activities_12_months,
		coalesce(n.upcoming, 0) AS upcoming,
	coalesce(n.participants, 0) AS participants, k.causes, n.last_activity, t.physical_activities,
		t.online_activities,
	t.total_local_students AS local_students, t.total_international_students
		AS international_students, t.total_coordinators AS coordinators,
	rank() OVER (PARTITION BY s.country_code ORDER BY coalesce(n.activities, 0) DESC)
		AS rank_in_country,
	rank() OVER (ORDER BY coalesce(n.activities, 0) DESC) AS rank_in_network,
	s.email, s.website, s.can_scrape_activities, s.last_scraped
FROM sections s
LEFT JOIN countries c ON c.country_code = s.country_code
LEFT JOIN organised n ON n.section_id = s.id
LEFT JOIN cause k ON k.section_id = s.id
LEFT JOIN section_overall_statistics t ON t.section_id = s.id
WHERE s.removed_at IS NULL;

CREATE OR REPLACE VIEW esn_internal.esn_live_country_overview AS
WITH organised AS (
	SELECT d.country_code, count(*) FILTER (WHERE a.start_date <= current_date) AS activities,
		sum(a.participants) FILTER (WHERE a.start_date <= current_date) AS participants,
		max(a.start_date) FILTER (WHERE a.start_date <= current_date) AS last_activity,
		count(*) FILTER (WHERE a.start_date > current_date) AS upcoming
	FROM (SELECT o.activity_id, s.country_code FROM activity_section_organisers o
		JOIN sections s ON s.id = o.section_id
		WHERE s.removed_at IS NULL AND s.country_code IS NOT NULL GROUP BY 1, 2) d
	JOIN activities a ON a.id = d.activity_id
	WHERE a.is_valid AND a.removed_at IS NULL
	GROUP BY d.country_code
), active AS (
	SELECT DISTINCT o.section_id
	FROM activity_section_organisers o JOIN activities a ON a.id = o.activity_id
	WHERE a.is_valid AND a.removed_at IS NULL AND a.start_date <= current_date
), sums AS (
	SELECT s.country_code, count(*) AS sections, count(v.section_id) AS sections_with_activities,
		sum(t.total_local_students) AS local_students, sum(t.total_international_students)
			AS international_students, sum(t.total_coordinators) AS coordinators,
		min(s.last_scraped) FILTER (WHERE s.can_scrape_activities) AS read_since
	FROM sections s
	LEFT JOIN active v ON v.section_id = s.id
	LEFT JOIN section_overall_statistics t ON t.section_id = s.id
	WHERE s.removed_at IS NULL
	GROUP BY s.country_code
)
SELECT c.name AS country, c.country_code, coalesce(u.sections, 0) AS sections,
	coalesce(u.sections_with_activities, 0) AS sections_with_activities,
	coalesce(n.activities, 0) AS activities, coalesce(n.upcoming, 0) AS upcoming,
	coalesce(n.participants, 0) AS participants,
	(coalesce(n.activities, 0) / nullif(u.sections, 0)::numeric)::numeric(20, 1)
		AS activities_per_section, n.last_activity,
	u.local_students, u.international_students, u.coordinators,
		rank() OVER (ORDER BY coalesce(n.activities, 0) DESC) AS rank_in_network, u.read_since
FROM countries c
LEFT JOIN organised n ON n.country_code = c.country_code
LEFT JOIN sums u ON u.country_code = c.country_code;

CREATE OR REPLACE VIEW esn_internal.esn_live_activities_by_month AS
WITH days AS (
	SELECT start_date, country_code, start_date <= current_date AS begun, count(*) AS activities,
		count(*) FILTER (WHERE is_online) AS online, sum(participants) AS participants
	FROM activities WHERE is_valid AND removed_at IS NULL
	GROUP BY 1, 2
)
SELECT date_trunc('month', start_date::timestamp)::date AS month,
	coalesce(sum(activities) FILTER (WHERE begun), 0)::bigint AS activities,
	coalesce(sum(online) FILTER (WHERE begun), 0)::bigint AS online,
	(sum(participants) FILTER (WHERE begun))::bigint AS participants,
	count(DISTINCT country_code) FILTER (WHERE begun) AS countries,
	coalesce(sum(activities) FILTER (WHERE NOT begun), 0)::bigint AS upcoming
FROM days GROUP BY 1;

-- The years of the network, of each section and of each country, in one place. A condition on kind
-- reaches the tables.
CREATE OR REPLACE VIEW esn_internal.esn_compared_years AS
WITH held AS (
	SELECT 'network' AS kind, '' AS subject, a.id FROM activities a
	UNION ALL
	SELECT 'section', o.section_id::text, o.activity_id FROM activity_section_organisers o
	UNION ALL
	SELECT DISTINCT 'country', s.country_code::text, o.activity_id
	FROM activity_section_organisers o JOIN sections s ON s.id = o.section_id
	WHERE s.removed_at IS NULL AND s.country_code IS NOT NULL
), y AS (
	SELECT h.kind, h.subject, extract(year FROM a.start_date)::integer AS year,
		count(*) AS activities, count(*) FILTER (WHERE a.is_online) AS online,
		sum(a.participants) AS participants,
		count(*) FILTER (WHERE a.start_date <= current_date - interval '1 year')
			AS activities_by_day,
		sum(a.participants) FILTER (WHERE a.start_date <= current_date - interval '1 year')
			AS participants_by_day,
		min(min(a.start_date)) OVER (PARTITION BY h.kind, h.subject) AS since
	FROM held h JOIN activities a ON a.id = h.id
	WHERE a.is_valid AND a.removed_at IS NULL AND a.start_date <= current_date
	GROUP BY 1, 2, 3
), compared AS (
	SELECT y.*, CASE WHEN since >= make_date(year - 1, 2, 1) THEN NULL
			WHEN year = extract(year FROM current_date)
			THEN first_value(activities_by_day) OVER before
			ELSE first_value(activities) OVER before END AS activities_before,
		CASE WHEN since >= make_date(year - 1, 2, 1) THEN NULL
			WHEN year = extract(year FROM current_date)
			THEN first_value(participants_by_day) OVER before
			ELSE first_value(participants) OVER before END AS participants_before
	FROM y
	WINDOW before AS (PARTITION BY kind, subject ORDER BY year
		RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING)
)
SELECT c.kind, c.subject, c.year, c.activities, (100.0 * (c.activities - c.activities_before)
		/ nullif(c.activities_before, 0))::numeric(20, 1) AS activities_change_percent,
	c.participants, (100.0 * (c.participants - c.participants_before)
		/ nullif(c.participants_before, 0))::numeric(20, 1) AS participants_change_percent, c.online
FROM compared c;
COMMENT ON VIEW esn_compared_years IS
	'The years of the network, of each section and of each country, with the changes from the year '
	'before. kind: network, section or country. subject: its id or code.';

CREATE OR REPLACE VIEW esn_internal.esn_live_activities_by_year AS
SELECT y.year, y.activities, y.activities_change_percent, y.participants,
	y.participants_change_percent, y.online,
	(y.participants / y.activities::numeric)::numeric(20, 1) AS participants_per_activity
FROM esn_compared_years y WHERE y.kind = 'network';

CREATE OR REPLACE VIEW esn_internal.esn_live_sections_by_year AS
SELECT s.name AS section, s.accounts_platform_slug AS section_slug, c.name AS country,
	s.country_code, y.year, y.activities, y.activities_change_percent, y.participants,
	y.participants_change_percent, y.online
FROM esn_compared_years y
JOIN sections s ON s.id::text = y.subject AND s.removed_at IS NULL
LEFT JOIN countries c ON c.country_code = s.country_code
WHERE y.kind = 'section';

CREATE OR REPLACE VIEW esn_internal.esn_live_countries_by_year AS
SELECT c.name AS country, c.country_code, y.year, y.activities, y.activities_change_percent,
	y.participants, y.participants_change_percent, y.online
FROM esn_compared_years y
JOIN countries c ON c.country_code = y.subject
WHERE y.kind = 'country';

CREATE OR REPLACE VIEW esn_internal.esn_live_activities_by_cause AS
SELECT c.name AS cause, n.activities, n.activities_12_months, n.activities_12_months_before,
	n.online, n.participants, n.last_activity
FROM activity_causes c JOIN (
	SELECT r.cause_id, count(*) AS activities, count(*)
		FILTER (WHERE a.start_date > current_date - 365) AS activities_12_months,
		count(*) FILTER (WHERE a.start_date > current_date - 730
			AND a.start_date <= current_date - 365) AS activities_12_months_before,
			count(*) FILTER (WHERE a.is_online) AS online, sum(a.participants) AS participants,
			max(a.start_date) AS last_activity
	FROM activity_to_cause r JOIN activities a ON a.id = r.activity_id
	WHERE a.is_valid AND a.removed_at IS NULL AND a.start_date <= current_date
	GROUP BY 1) n ON n.cause_id = c.id;

CREATE OR REPLACE VIEW esn_internal.esn_live_activities_by_sdg AS
SELECT g.id AS number, g.name AS sdg, g.description, coalesce(n.activities, 0) AS activities,
	coalesce(n.activities_12_months, 0) AS activities_12_months,
	coalesce(n.activities_12_months_before, 0) AS activities_12_months_before,
		coalesce(n.online, 0) AS online, n.participants
FROM sdgs g LEFT JOIN (
	SELECT r.sdg_id, count(*) AS activities,
		count(*) FILTER (WHERE a.start_date > current_date - 365) AS activities_12_months,
		count(*) FILTER (WHERE a.start_date > current_date - 730
			AND a.start_date <= current_date - 365) AS activities_12_months_before,
			count(*) FILTER (WHERE a.is_online) AS online, sum(a.participants) AS participants
	FROM activity_to_sdg r JOIN activities a ON a.id = r.activity_id
	WHERE a.is_valid AND a.removed_at IS NULL AND a.start_date <= current_date
	GROUP BY 1) n ON n.sdg_id = g.id;

CREATE OR REPLACE VIEW esn_internal.esn_live_activities_by_type AS
SELECT coalesce(activity_type, 'not said') AS activity_type, count(*) AS activities,
	count(*) FILTER (WHERE start_date > current_date - 365) AS activities_12_months,
	count(*) FILTER (WHERE start_date > current_date - 730
		AND start_date <= current_date - 365) AS activities_12_months_before,
	count(*) FILTER (WHERE is_online) AS online, sum(participants) AS participants,
		(avg(participants))::numeric(20, 1) AS participants_per_activity
FROM activities WHERE is_valid AND removed_at IS NULL AND start_date <= current_date
GROUP BY 1;

CREATE OR REPLACE VIEW esn_internal.esn_live_section_quality AS
WITH organised AS (
	SELECT o.section_id, count(*) FILTER (WHERE a.is_valid) AS activities,
		count(*) FILTER (WHERE NOT a.is_valid) AS invalid,
		(100 * avg(a.fields_filled) FILTER (WHERE a.is_valid) / 7)::numeric(20, 1)
			AS complete_percent,
		count(*) FILTER (WHERE a.is_valid AND a.participants IS NULL
			AND a.start_date <= current_date) AS without_participants
	FROM activity_section_organisers o JOIN activities a ON a.id = o.activity_id
	WHERE a.removed_at IS NULL
	GROUP BY 1
), wrong AS (
	SELECT section_id, count(*) AS fields FROM validation_errors WHERE resolved_at IS NULL
		GROUP BY 1
), failed AS (
	SELECT section_id, count(*) AS pages FROM failed_scrapes WHERE resolved_at IS NULL GROUP BY 1
)
SELECT s.name AS section, s.accounts_platform_slug AS section_slug, c.name AS country,
	s.country_code,
	coalesce(n.activities, 0) AS activities, coalesce(n.invalid, 0) AS invalid, n.complete_percent,
		coalesce(n.without_participants, 0) AS without_participants,
	coalesce(w.fields, 0) AS open_errors, coalesce(f.pages, 0) AS failed_pages, s.last_scraped
FROM sections s
LEFT JOIN countries c ON c.country_code = s.country_code
LEFT JOIN organised n ON n.section_id = s.id
LEFT JOIN wrong w ON w.section_id = s.id
LEFT JOIN failed f ON f.section_id = s.id
WHERE s.removed_at IS NULL;

-- Each transaction that changes a counted table adds its own row, so that none waits for another. A
-- count removes the rows that it has seen.
CREATE OR REPLACE FUNCTION esn_internal.esn_mark_summaries_stale() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	INSERT INTO summaries_stale VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_mark_summaries_stale() IS
	'Trigger on all tables that the overviews count: marks the summaries as no longer valid.';

DO $$
DECLARE
	counted text;
BEGIN
	FOREACH counted IN ARRAY ARRAY['countries', 'sections', 'activities', 'activity_causes', 'sdgs',
		'activity_section_organisers', 'activity_to_cause', 'activity_to_sdg',
		'section_overall_statistics', 'section_cause_statistics', 'validation_errors',
			'failed_scrapes'] LOOP
		EXECUTE format('CREATE OR REPLACE TRIGGER mark_summaries_stale AFTER INSERT OR UPDATE OR '
			'DELETE '
			'OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION esn_mark_summaries_stale()',
				counted);
		-- Fires even if a tool that loads data has disabled the other triggers.
		EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER mark_summaries_stale', counted);
		EXECUTE format('COMMENT ON TRIGGER mark_summaries_stale ON %I IS ''Marks the '
			'summaries as no longer valid.''', counted);
	END LOOP;
END $$;

-- Logical replication fires no statement triggers, so nothing is valid there.
CREATE OR REPLACE VIEW esn_internal.esn_valid_summaries AS
SELECT view, rows FROM summaries WHERE as_of = current_date
	AND NOT EXISTS (SELECT FROM summaries_stale)
	AND NOT EXISTS (SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
		WHERE d.datname = current_database());
COMMENT ON VIEW esn_valid_summaries IS 'The summaries that are valid now.';

-- Counts one view after another, so that they need the memory of one. STABLE, so that all use the
-- snapshot of the calling statement. After a first run tables may have no statistics yet: without
-- nested loops every plan is good enough.
CREATE OR REPLACE FUNCTION esn_internal.esn_count_summary(view name) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	counted jsonb;
BEGIN
	EXECUTE format('SELECT coalesce(jsonb_agg(v), ''[]'') FROM %I v', view) INTO counted;
	RETURN counted;
END $$;
COMMENT ON FUNCTION esn_count_summary(name) IS
	'The rows of a counting view, as an array. view: its name.';

-- Counting is one statement, so that it sees exactly the rows that it removes. Only one session
-- counts at a time, so that an older count never replaces a newer one. A failure must not fail the
-- run or the daily maintenance: the views then count themselves.
CREATE OR REPLACE FUNCTION esn_internal.esn_refresh_summaries(with_planner boolean DEFAULT true)
	RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET lock_timeout = '2s'
SET enable_seqscan = on SET enable_hashjoin = on SET enable_mergejoin = on SET enable_nestloop = off
	SET plan_cache_mode = auto SET jit = off SET work_mem = '1MB' AS $$
DECLARE
	kept integer;
BEGIN
	LOCK TABLE summaries IN SHARE ROW EXCLUSIVE MODE;
	WITH seen AS (
		DELETE FROM summaries_stale
	)
	INSERT INTO summaries AS k (view, as_of, rows)
	SELECT c.relname, current_date, esn_count_summary(c.relname)
	FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
		AND d.deptype = 'e'
	JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		AND e.extname = 'esn_pulse'
	WHERE c.relkind = 'v' AND c.relname LIKE 'esn\_live\_%'
		AND (with_planner OR c.relname NOT LIKE 'esn\_live\_planner\_%')
	ON CONFLICT (view) DO UPDATE SET as_of = excluded.as_of, rows = excluded.rows;
	GET DIAGNOSTICS kept = ROW_COUNT;
	RETURN kept;
EXCEPTION
	WHEN lock_not_available THEN
		RETURN 0;
	WHEN OTHERS THEN
		RAISE WARNING 'could not refresh the summaries: %', SQLERRM USING ERRCODE = SQLSTATE,
			HINT = 'The overviews are counted each time they are read.';
		RETURN 0;
END $$;
COMMENT ON FUNCTION esn_refresh_summaries(boolean) IS
	'Counts the figures of the overviews. They stay valid for today, until a counted table '
	'changes. with_planner: also those of the planner, which take longer. Returns the number of '
	'views; 0 if another session is counting, or, with a WARNING, if counting fails.';

-- The public views: the kept rows, or freshly counted ones, sorted.
DO $$
DECLARE
	v record;
BEGIN
	FOR v IN SELECT * FROM (VALUES ('section_overview', 'section, section_slug'),
		('country_overview', 'country'),
		('activities_by_month', 'month DESC'), ('activities_by_year', 'year DESC'),
			('sections_by_year', 'section, section_slug, year DESC'),
			('countries_by_year', 'country, year DESC'),
		('activities_by_cause', 'activities DESC, cause'), ('activities_by_sdg', 'number'),
			('activities_by_type', 'activities DESC, activity_type'),
		('section_quality', 'section, section_slug')) AS v(name, sort_keys)
	LOOP
		EXECUTE format('CREATE OR REPLACE VIEW esn_%1$s AS
			SELECT kept.* FROM esn_valid_summaries f CROSS
				JOIN LATERAL jsonb_populate_recordset(NULL::esn_live_%1$s, f.rows) AS kept
				WHERE f.view = ''esn_live_%1$s''
			UNION ALL
			SELECT * FROM esn_live_%1$s WHERE NOT EXISTS (SELECT FROM esn_valid_summaries
				WHERE view = ''esn_live_%1$s'')
			ORDER BY %2$s', v.name, v.sort_keys);
		EXECUTE format('COMMENT ON VIEW esn_live_%1$s IS ''The rows of esn_%1$s, counted now.''',
			v.name);
	END LOOP;
END $$;

-- Another version may count differently.
DELETE FROM summaries;
