-- The report about the network, a country or a section, as one self-contained page. Its HTML, style
-- and scripts are in report/; the build makes esn_report_page() of them. This part selects the
-- data.

CREATE OR REPLACE FUNCTION esn_internal.esn_report_subject(subject text, OUT kind text,
	OUT country varchar,
	OUT section integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	wanted text := lower(btrim(esn_slug_of(subject)) COLLATE "C");
	nearest text;
BEGIN
	PERFORM esn_check_schema();
	-- By the rules of the locale C everywhere: in Turkish, the lower case of I is not i.
	IF subject IS NULL THEN
		kind := 'network';
		RETURN;
	END IF;
	SELECT 'section', s.country_code, s.id INTO kind, country, section FROM @extschema@.sections s
	WHERE wanted IN (lower(s.accounts_platform_slug COLLATE "C"),
			lower(s.activities_platform_slug COLLATE "C"))
		AND s.removed_at IS NULL
	ORDER BY lower(s.accounts_platform_slug COLLATE "C") = wanted DESC, s.id LIMIT 1;
	IF NOT FOUND THEN
		SELECT 'country', c.country_code, NULL INTO kind, country, section
			FROM @extschema@.countries c
		WHERE wanted IN (lower(c.country_code COLLATE "C"), lower(c.slug COLLATE "C"),
				lower(c.name COLLATE "C"))
			OR esn_country_key(c.name) = nullif(esn_country_key(wanted), '')
		ORDER BY lower(c.country_code COLLATE "C") = wanted DESC, c.country_code LIMIT 1;
	END IF;
	IF NOT FOUND THEN
		nearest := esn_nearest_names(wanted, ARRAY(
			SELECT s.accounts_platform_slug FROM @extschema@.sections s
				WHERE s.removed_at IS NULL
			UNION SELECT s.activities_platform_slug FROM @extschema@.sections s
				WHERE s.removed_at IS NULL
				AND s.activities_platform_slug IS NOT NULL
			UNION SELECT c.name FROM @extschema@.countries c), 3);
		RAISE EXCEPTION 'unknown section or country: "%"',
			subject USING ERRCODE = 'undefined_object',
			HINT = coalesce('The nearest known names are ' || nearest || '.',
				'No section is known yet. To read them, run SELECT * FROM esn_scrape_all();');
	END IF;
END $$;
COMMENT ON FUNCTION esn_report_subject(text) IS
	'The subject of a report: its kind (network, country or section), the country''s code, the '
	'section''s id. subject: as in esn_report(). Errors: undefined_object for an unknown one, with '
	'the nearest known names as a hint.';

-- It has no settings of its own, so that the planner can inline it.
CREATE OR REPLACE FUNCTION esn_internal.esn_report_activities(organisers integer[])
	RETURNS SETOF activities
LANGUAGE sql STABLE AS $$
	SELECT a.* FROM @extschema@.activities a
	WHERE a.is_valid AND a.removed_at IS NULL
		AND (esn_report_activities.organisers IS NULL OR a.id IN (SELECT o.activity_id
			FROM @extschema@.activity_section_organisers o
			WHERE o.section_id = ANY (esn_report_activities.organisers)))
$$;
COMMENT ON FUNCTION esn_report_activities(integer[]) IS
	'The activities that count in a report, each once. organisers: the ids of the sections whose '
	'activities count; NULL: all.';

-- What has begun and what is announced are apart in every figure, as in the overviews.
CREATE OR REPLACE FUNCTION esn_internal.esn_report_times(organisers integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	today date := current_date;
BEGIN
	RETURN jsonb_build_object(
		'figures', (SELECT to_jsonb(f) FROM (
			SELECT count(*) FILTER (WHERE start_date <= today) AS activities,
				sum(participants) FILTER (WHERE start_date <= today) AS participants,
				count(*) FILTER (WHERE is_online AND start_date <= today) AS online,
				count(*) FILTER (WHERE start_date > today) AS upcoming,
				sum(participants) FILTER (WHERE start_date > today) AS upcoming_participants,
				min(start_date) FILTER (WHERE start_date <= today) AS first,
				count(participants) FILTER (WHERE start_date <= today) AS with_participants,
				count(*) FILTER (WHERE start_date > today - 365 AND start_date <= today)
					AS year_activities,
				count(*) FILTER (WHERE start_date > today - 730 AND start_date <= today - 365)
					AS year_before_activities,
				sum(participants) FILTER (WHERE start_date > today - 365 AND start_date <= today)
					AS year_participants,
				sum(participants) FILTER (WHERE start_date > today - 730
					AND start_date <= today - 365) AS year_before_participants
			FROM esn_report_activities(organisers)) f),
		'months', (SELECT coalesce(jsonb_agg(to_jsonb(m)
			|| jsonb_build_object('month', to_char(m.month, 'YYYY-MM')) ORDER BY m.month), '[]')
			FROM (
			SELECT date_trunc('month', start_date::timestamp) AS month,
				count(*) FILTER (WHERE start_date <= today) AS activities,
				count(*) FILTER (WHERE start_date > today) AS upcoming,
				count(*) FILTER (WHERE is_online AND start_date <= today) AS online,
				sum(participants) FILTER (WHERE start_date <= today) AS participants
			FROM esn_report_activities(organisers) GROUP BY 1) m));
END $$;
COMMENT ON FUNCTION esn_report_times(integer[]) IS
	'The numbers of activities in a report: in total and by month. organisers: as in '
	'esn_report_activities().';

CREATE OR REPLACE FUNCTION esn_internal.esn_report_years(kind text, country varchar,
	section integer) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(to_jsonb(y) ORDER BY y.year), '[]') FROM (
		SELECT year, activities, activities_change_percent AS change, online, participants
			FROM @extschema@.esn_activities_by_year WHERE esn_report_years.kind = 'network'
		UNION ALL
		SELECT year, activities, activities_change_percent, online, participants
			FROM @extschema@.esn_countries_by_year
			WHERE esn_report_years.kind = 'country' AND country_code = esn_report_years.country
		UNION ALL
		SELECT year, activities, activities_change_percent, online, participants
			FROM @extschema@.esn_sections_by_year
			WHERE esn_report_years.kind = 'section' AND section_slug = (
				SELECT accounts_platform_slug FROM @extschema@.sections
				WHERE id = esn_report_years.section)) y);
END $$;
COMMENT ON FUNCTION esn_report_years(text, varchar, integer) IS
	'The years of a report, as the overviews by year have them. kind: network, country or section. '
	'country: its code. section: its id.';

CREATE OR REPLACE FUNCTION esn_internal.esn_report_topics(organisers integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	today date := current_date;
BEGIN
	RETURN jsonb_build_object(
		'causes', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.activities DESC, c.name), '[]')
			FROM (
			SELECT n.name, count(*) AS activities,
				count(*) FILTER (WHERE a.start_date > today - 365)
					AS year_activities,
				sum(a.participants) AS participants
			FROM esn_report_activities(organisers) a
			JOIN @extschema@.activity_to_cause r ON r.activity_id = a.id
			JOIN @extschema@.activity_causes n ON n.id = r.cause_id
			WHERE a.start_date <= today GROUP BY n.name) c),
		'sdgs', (SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.activities DESC, g.number), '[]')
			FROM (
			SELECT d.id AS number, d.name, split_part(d.description, ':', 1) AS goal,
				coalesce(n.activities, 0) AS activities,
				coalesce(n.year_activities, 0) AS year_activities, n.participants
			FROM @extschema@.sdgs d LEFT JOIN (
				SELECT r.sdg_id, count(*) AS activities,
					count(*) FILTER (WHERE a.start_date > today - 365)
						AS year_activities,
					sum(a.participants) AS participants
				FROM esn_report_activities(organisers) a
				JOIN @extschema@.activity_to_sdg r ON r.activity_id = a.id
				WHERE a.start_date <= today GROUP BY 1) n ON n.sdg_id = d.id) g),
		'types', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.activities DESC, t.name), '[]')
			FROM (
			SELECT coalesce(activity_type, 'not said') AS name, count(*) AS activities,
				count(*) FILTER (WHERE start_date > today - 365)
					AS year_activities,
				sum(participants) AS participants
			FROM esn_report_activities(organisers) WHERE start_date <= today GROUP BY 1) t));
END $$;
COMMENT ON FUNCTION esn_report_topics(integer[]) IS
	'The numbers of activities in a report by cause, Sustainable Development Goal and type. '
	'organisers: as in esn_report_activities().';

-- Rows are arrays under a list of columns: there are hundreds, and people send the page by mail.
CREATE OR REPLACE FUNCTION esn_internal.esn_report_places(organisers integer[],
	wanted_country varchar)
	RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN jsonb_build_object(
		'sections', jsonb_build_object('columns',
			'["name", "slug", "country", "latitude", "longitude", "activities", '
			'"year_activities", "participants", "last", "rank", "country_rank", "local", '
			'"international", "inside", "is_read"]'::jsonb,
			'rows', (
			SELECT coalesce(jsonb_agg(jsonb_build_array(o.section, o.section_slug, o.country,
					o.latitude, o.longitude, o.activities, o.activities_12_months, o.participants,
					o.last_activity, o.rank_in_network, o.rank_in_country, o.local_students,
					o.international_students,
					(organisers IS NULL OR s.id = ANY (organisers))::integer,
					(o.last_scraped IS NOT NULL)::integer)
				ORDER BY o.activities DESC, o.section, o.section_slug), '[]')
			FROM @extschema@.esn_section_overview o
			JOIN @extschema@.sections s ON s.accounts_platform_slug = o.section_slug)),
		'countries', jsonb_build_object('columns', '["name", "code", "sections", "activities", '
			'"participants", "last", "rank", "local", "international", "inside"]'::jsonb,
			'rows', (
			SELECT coalesce(jsonb_agg(jsonb_build_array(o.country, o.country_code, o.sections,
					o.activities, o.participants, o.last_activity, o.rank_in_network,
					o.local_students, o.international_students,
					(o.country_code IS NOT DISTINCT FROM wanted_country)::integer)
				ORDER BY o.activities DESC, o.country), '[]')
			FROM @extschema@.esn_country_overview o)));
END $$;
COMMENT ON FUNCTION esn_report_places(integer[], varchar) IS
	'All sections and countries of the network for a report, the most active first. organisers: '
	'the ids of the sections that are its subject; NULL: all. wanted_country: the code of the '
	'country that is its subject; NULL: none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_report_lists(organisers integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (
		WITH lists AS (
			(SELECT 'upcoming' AS list, id, row_number() OVER (ORDER BY start_date, id) AS n
				FROM esn_report_activities(organisers)
				WHERE start_date > current_date ORDER BY start_date, id LIMIT 8)
			UNION ALL
			(SELECT 'latest', id, row_number() OVER (ORDER BY start_date DESC, id DESC)
				FROM esn_report_activities(organisers)
				WHERE start_date <= current_date ORDER BY start_date DESC, id DESC LIMIT 10)
			UNION ALL
			(SELECT 'largest', id, row_number() OVER (ORDER BY participants DESC, start_date DESC,
				id) FROM esn_report_activities(organisers)
				WHERE participants > 0 AND start_date <= current_date
				ORDER BY participants DESC, start_date DESC, id LIMIT 10)
		)
		SELECT coalesce(jsonb_object_agg(list, rows), '{}') FROM (
			SELECT l.list, jsonb_agg(jsonb_build_object('title',
				@extschema@.esn_redact_contacts(a.title::text),
				'url', a.url, 'start', a.start_date, 'end', a.end_date, 'participants',
				a.participants,
				'type', a.activity_type, 'online', a.is_online,
				'place', concat_ws(', ', a.city, a.country_name),
				'organisers', ARRAY(SELECT s.name FROM @extschema@.activity_section_organisers o
					JOIN @extschema@.sections s ON s.id = o.section_id WHERE o.activity_id = a.id
					ORDER BY s.name))
				ORDER BY l.n) AS rows
			FROM lists l JOIN @extschema@.activities a USING (id) GROUP BY l.list) x);
END $$;
COMMENT ON FUNCTION esn_report_lists(integer[]) IS
	'The next, the latest and the largest activities for a report. organisers: as in '
	'esn_report_activities().';

CREATE OR REPLACE FUNCTION esn_internal.esn_report_quality(organisers integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN jsonb_build_object(
		'activities', (SELECT to_jsonb(q) FROM (
			SELECT count(*) AS all, count(*) FILTER (WHERE a.is_valid) AS valid,
				round(avg(a.fields_filled) / 7, 4) AS filled FROM @extschema@.activities a
			WHERE a.removed_at IS NULL AND (organisers IS NULL
				OR a.id IN (SELECT o.activity_id FROM @extschema@.activity_section_organisers o
				WHERE o.section_id = ANY (organisers)))) q),
		'fields', (SELECT jsonb_build_array(
				jsonb_build_array('participants', count(participants)),
					jsonb_build_array('type', count(activity_type)),
					jsonb_build_array('end_date', count(end_date)),
				jsonb_build_array('place', count(*) FILTER (WHERE is_online
					OR city IS NOT NULL)), jsonb_build_array('goal', count(activity_goal)),
				jsonb_build_array('outcomes', count(outcomes)),
				jsonb_build_array('organiser', count(*)
					FILTER (WHERE id IN (SELECT activity_id
						FROM @extschema@.activity_section_organisers))),
				jsonb_build_array('cause', count(*) FILTER (WHERE id IN (SELECT activity_id
					FROM @extschema@.activity_to_cause))),
				jsonb_build_array('sdg',
					count(*) FILTER (WHERE id IN (SELECT activity_id
						FROM @extschema@.activity_to_sdg))))
			FROM esn_report_activities(organisers)),
		'errors', (SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.n DESC, e.field), '[]') FROM (
			SELECT field_name AS field, count(*) AS n FROM @extschema@.validation_errors
			WHERE resolved_at IS NULL AND (organisers IS NULL OR section_id = ANY (organisers))
				GROUP BY 1) e),
		-- For readers of a report; failed_scrapes has the messages.
		'failures', (SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.n DESC, f.reason), '[]')
			FROM (
			SELECT CASE WHEN http_status_code IN (404, 410) THEN 'missing'
					WHEN http_status_code BETWEEN 400 AND 499 THEN 'declined'
					WHEN http_status_code >= 500 THEN 'error'
					WHEN http_status_code IS NULL THEN 'silent' ELSE 'unclear' END AS reason,
				count(*) AS n FROM @extschema@.failed_scrapes
			WHERE resolved_at IS NULL AND (organisers IS NULL OR section_id = ANY (organisers))
				GROUP BY 1) f),
		'sections', (SELECT to_jsonb(s) FROM (
			SELECT count(*) AS all, count(*) FILTER (WHERE can_scrape_activities) AS known,
				count(*) FILTER (WHERE can_scrape_activities AND last_scraped IS NULL) AS never,
				count(*) FILTER (WHERE can_scrape_activities IS NULL) AS unchecked,
				min(last_scraped) FILTER (WHERE can_scrape_activities) AS oldest,
					max(last_scraped) AS newest, count(latitude) AS placed
			FROM @extschema@.sections WHERE removed_at IS NULL AND (organisers IS NULL
				OR id = ANY (organisers))) s));
END $$;
COMMENT ON FUNCTION esn_report_quality(integer[]) IS
	'The quality of the data behind a report. organisers: as in esn_report_activities().';

CREATE OR REPLACE FUNCTION esn_internal.esn_report_plan(section integer) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN jsonb_build_object(
		'suggestions', (SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.rank), '[]')
			FROM esn_suggestions(section, 6) g),
		-- The types of the section's own activities, or, if it has none, of all.
		'expectations', (WITH types AS (SELECT a.activity_type::text AS type, count(*) AS n
				FROM esn_report_activities(CASE WHEN EXISTS (
					SELECT FROM esn_report_activities(ARRAY[section]) o
					WHERE o.activity_type IS NOT NULL) THEN ARRAY[section] END) a
				WHERE a.activity_type IS NOT NULL
				GROUP BY 1 ORDER BY n DESC, type LIMIT 6)
			SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY y.n DESC, y.type), '[]')
			FROM esn_expectations(section, ARRAY(SELECT type FROM types), NULL, false) e
			JOIN types y USING (type) WHERE e.expected IS NOT NULL));
END $$;
COMMENT ON FUNCTION esn_report_plan(integer) IS
	'The suggestions for a section and the participants that it may expect, for a report. section: '
	'the id of the section.';

CREATE OR REPLACE FUNCTION esn_report_data(subject text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	s record := esn_report_subject(subject);
	organisers integer[] := CASE s.kind WHEN 'section' THEN ARRAY[s.section]
		WHEN 'country' THEN ARRAY(SELECT id FROM @extschema@.sections WHERE country_code = s.country
			AND removed_at IS NULL) END;
BEGIN
	RETURN jsonb_build_object('kind', s.kind, 'made_at', now(), 'today', current_date,
		'version', (SELECT extversion FROM pg_extension WHERE extname = 'esn_pulse'),
		'country', (SELECT jsonb_build_object('name', name, 'code', country_code, 'url', url)
			FROM @extschema@.countries WHERE country_code = s.country),
		'section', (SELECT jsonb_build_object('name', name, 'slug', accounts_platform_slug, 'city',
			city, 'university', university_name, 'url', accounts_url) FROM @extschema@.sections
			WHERE id = s.section),
		'sources', (SELECT jsonb_agg(DISTINCT site) FROM (
			(SELECT substring(accounts_url FROM '^https?://([^/]+)') FROM @extschema@.sections
				ORDER BY id DESC
				LIMIT 1) UNION ALL
			(SELECT substring(activities_url FROM '^https?://([^/]+)') FROM @extschema@.sections
				WHERE activities_url IS NOT NULL ORDER BY id DESC LIMIT 1)) x(site)),
		'runs', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.started DESC), '[]') FROM (
			SELECT DISTINCT ON (scraper_module) scraper_module AS module, status,
				started_at AS started, completed_at AS completed, sections_processed,
				sections_failed,
				pages_failed, requests FROM @extschema@.esn_runs
					ORDER BY scraper_module, id DESC) r),
		'lists', esn_report_lists(organisers), 'quality', esn_report_quality(organisers),
		'plan', CASE WHEN s.kind = 'section' THEN esn_report_plan(s.section) END)
		|| esn_report_times(organisers) || esn_report_topics(organisers)
		|| esn_report_places(organisers, CASE WHEN s.kind = 'country' THEN s.country END)
		|| jsonb_build_object('years', esn_report_years(s.kind, s.country, s.section));
END $$;
COMMENT ON FUNCTION esn_report_data(text) IS
	'The data of esn_report(), as jsonb. subject: as in esn_report(). Errors: as esn_report().';

CREATE OR REPLACE FUNCTION esn_report(subject text DEFAULT NULL, lang text DEFAULT 'en')
	RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM esn_check_schema();
	IF lang IS NULL OR lang NOT IN ('en', 'tr') THEN
		RAISE EXCEPTION 'unknown language of a report: "%"', coalesce(lang, 'NULL')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = 'The languages are ''en'', English, and ''tr'', Turkish.';
	END IF;
	-- Titles come from strangers. Without this character no text can end the script element that
	-- contains the data; in JSON it occurs in strings only. The two separators once were line ends
	-- to JavaScript.
	RETURN replace(esn_report_page(), '{{data}}',
		replace(replace(replace((@extschema@.esn_report_data(subject)
			|| jsonb_build_object('lang', lang))::text, '<', E'\\u003c'),
			chr(8232),
		E'\\u2028'), chr(8233), E'\\u2029'));
END $$;
COMMENT ON FUNCTION esn_report(text, text) IS
	'A report as one self-contained HTML page: headline figures, trend, causes, goals, types, '
	'students, a map, rankings, suggestions for a section, and the quality of the data. '
	'subject: a section''s slug on either platform, or a country''s code, slug or name, in any '
	'case; NULL: the whole network. lang: its language, en or tr. Save it with psql -AtX -d esn '
	'-o report.html -c "SELECT esn_report()". Errors: undefined_object for an unknown subject, '
	'with the nearest known names as a hint; invalid_parameter_value for another language.';
