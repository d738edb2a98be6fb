-- The views for users, which need no joins. They show only valid rows that are still on the sites,
-- except for esn_all_activities. summaries.sql has the counting views.

-- For tools that show no comments, such as those that use ODBC. It lists only relations that the
-- reader may read.
CREATE OR REPLACE VIEW esn_data_dictionary AS
SELECT c.relname::text COLLATE "default" AS relation, CASE c.relkind WHEN 'v' THEN 'view'
	ELSE 'table' END AS kind,
	a.attnum::integer AS position, a.attname::text COLLATE "default" AS column_name,
		format_type(a.atttypid, a.atttypmod) AS type,
	col_description(c.oid, a.attnum) AS description, obj_description(c.oid, 'pg_class')
		AS relation_description
FROM pg_extension e
JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
	AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'v')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE e.extname = 'esn_pulse' AND c.relnamespace <> 'esn_internal'::regnamespace
	AND has_table_privilege(c.oid, 'SELECT')
ORDER BY 1, 3;
COMMENT ON VIEW esn_data_dictionary IS
	'The meaning of each table, view and column of the extension that you may read, one row per '
	'column. It is for tools that show no comments.';
COMMENT ON COLUMN esn_data_dictionary.relation IS 'The table or view.';
COMMENT ON COLUMN esn_data_dictionary.position IS 'The position of the column: 1 is the first.';
COMMENT ON COLUMN esn_data_dictionary.description IS
	'The meaning of the column. NULL: its name says it.';
COMMENT ON COLUMN esn_data_dictionary.relation_description IS
	'The meaning of a row of the table or view.';

COMMENT ON VIEW esn_section_overview IS
	'Each section: its place, its activities and their size. For example: SELECT section, '
	'activities, participants FROM esn_section_overview WHERE country_code = ''TR'' ORDER BY '
	'activities DESC;';
COMMENT ON COLUMN esn_section_overview.section_slug IS
	'Its slug on accounts.esn.org, for esn_compare() and esn_scrape_section().';
COMMENT ON COLUMN esn_section_overview.university IS 'The university it belongs to.';
COMMENT ON COLUMN esn_section_overview.activities IS
	'Activities that have begun, organised alone or with others.';
COMMENT ON COLUMN esn_section_overview.activities_12_months IS
	'Of those: begun within the last 365 days.';
COMMENT ON COLUMN esn_section_overview.upcoming IS
	'Announced: activities that begin after today. No other column counts them.';
COMMENT ON COLUMN esn_section_overview.participants IS
	'Participants of its activities, as far as known.';
COMMENT ON COLUMN esn_section_overview.causes IS
	'Causes on its statistics page, the most frequent first.';
COMMENT ON COLUMN esn_section_overview.last_activity IS
	'First day of its latest activity that has begun.';
COMMENT ON COLUMN esn_section_overview.physical_activities IS 'From its statistics page.';
COMMENT ON COLUMN esn_section_overview.online_activities IS 'From its statistics page.';
COMMENT ON COLUMN esn_section_overview.local_students IS
	'Local students among the participants, from its statistics page.';
COMMENT ON COLUMN esn_section_overview.international_students IS
	'Students from abroad among the participants, from its statistics page.';
COMMENT ON COLUMN esn_section_overview.coordinators IS 'Coordinators, from its statistics page.';
COMMENT ON COLUMN esn_section_overview.rank_in_country IS
	'1: no section of its country has more activities.';
COMMENT ON COLUMN esn_section_overview.rank_in_network IS '1: no section has more activities.';
COMMENT ON COLUMN esn_section_overview.can_scrape_activities IS
	'Whether activities.esn.org knows it. If not, a zero here means not known. NULL: not checked '
	'yet.';
COMMENT ON COLUMN esn_section_overview.last_scraped IS
	'When its list and statistics were last read.';

COMMENT ON VIEW esn_country_overview IS
	'Each country: its sections and their activities. An activity of two of its sections counts '
	'once.';
COMMENT ON COLUMN esn_country_overview.activities IS
	'Activities of its sections that have begun, wherever they took place.';
COMMENT ON COLUMN esn_country_overview.upcoming IS
	'Announced: activities that begin after today. No other column counts them.';
COMMENT ON COLUMN esn_country_overview.participants IS 'Participants of those, as far as known.';
COMMENT ON COLUMN esn_country_overview.sections_with_activities IS
	'Sections with at least one activity that has begun.';
COMMENT ON COLUMN esn_country_overview.local_students IS
	'From the statistics pages of its sections.';
COMMENT ON COLUMN esn_country_overview.international_students IS
	'From the statistics pages of its sections.';
COMMENT ON COLUMN esn_country_overview.coordinators IS 'From the statistics pages of its sections.';
COMMENT ON COLUMN esn_country_overview.rank_in_network IS
	'1: the sections of no other country have more activities.';
COMMENT ON COLUMN esn_country_overview.read_since IS
	'Since when all of its sections have been read. NULL: one never was, or it has none.';

-- Joined laterally, so that unused columns cost nothing. What is upcoming follows from the date:
-- is_future_event is of yesterday from midnight on, until a run or the maintenance updates it.
CREATE OR REPLACE VIEW esn_all_activities AS
SELECT a.event_slug, a.title, a.start_date, a.end_date, a.start_date > current_date AS is_upcoming,
	a.is_online, a.city, coalesce(c.name, a.country_name) AS country,
	a.country_code, a.activity_type, a.participants,
	o.names AS organisers, k.names AS causes, g.names AS sdgs, b.names AS objectives,
	array_to_string(o.names, ', ') AS organisers_text, array_to_string(k.names, ', ')
		AS causes_text, array_to_string(g.names, ', ') AS sdgs_text,
	array_to_string(b.names, ', ') AS objectives_text, o.slugs AS organiser_slugs,
		array_to_string(o.slugs, ', ') AS organiser_slugs_text,
	a.description, a.activity_goal AS goal, a.outcomes, a.url, a.image_url, a.registration_url,
		a.id AS activity_id, a.updated_at,
	a.is_valid, a.removed_at
FROM activities a
LEFT JOIN countries c ON c.country_code = a.country_code
LEFT JOIN LATERAL (SELECT coalesce(array_agg(s.name::text ORDER BY s.name, s.id), '{}') AS names,
	coalesce(array_agg(s.accounts_platform_slug::text ORDER BY s.name, s.id), '{}') AS slugs
	FROM activity_section_organisers r JOIN sections s ON s.id = r.section_id
		WHERE r.activity_id = a.id) o ON true
LEFT JOIN LATERAL (SELECT coalesce(array_agg(n.name::text ORDER BY n.name), '{}') AS names
	FROM activity_to_cause r JOIN activity_causes n ON n.id = r.cause_id
		WHERE r.activity_id = a.id) k ON true
LEFT JOIN LATERAL (SELECT coalesce(array_agg(n.name::text ORDER BY n.id), '{}') AS names
	FROM activity_to_sdg r JOIN sdgs n ON n.id = r.sdg_id WHERE r.activity_id = a.id) g ON true
LEFT JOIN LATERAL (SELECT coalesce(array_agg(n.name::text ORDER BY n.name), '{}') AS names
	FROM activity_to_objective r JOIN objectives n ON n.id = r.objective_id
		WHERE r.activity_id = a.id) b ON true;
COMMENT ON VIEW esn_all_activities IS
	'Each activity as in esn_activity_overview, including invalid and removed ones.';
COMMENT ON COLUMN esn_all_activities.is_valid IS
	'False if its title, address, description or start date is not known. To see why, run SELECT '
	'* FROM validation_errors WHERE activity_event_slug = ''...'';';
COMMENT ON COLUMN esn_all_activities.removed_at IS
	'When the site was found not to have it any more. NULL: it has.';

CREATE OR REPLACE VIEW esn_activity_overview AS
SELECT event_slug, title, start_date, end_date, is_upcoming, is_online, city, country, country_code,
	activity_type, participants,
	organisers, causes, sdgs, objectives, organisers_text, causes_text, sdgs_text, objectives_text,
		organiser_slugs, organiser_slugs_text,
	description, goal, outcomes, url, image_url, registration_url, activity_id, updated_at
FROM esn_all_activities WHERE is_valid AND removed_at IS NULL;
COMMENT ON VIEW esn_activity_overview IS
	'Each activity with its organisers, causes, Sustainable Development Goals and objectives, both '
	'as arrays and as text.';
COMMENT ON COLUMN esn_activity_overview.country IS
	'Where it takes place; the text of the page if that is not a country of the network.';
COMMENT ON COLUMN esn_activity_overview.organisers IS
	'Names of the sections that organise it. For one section: WHERE ''ESN METU'' = ANY '
	'(organisers).';
COMMENT ON COLUMN esn_activity_overview.organiser_slugs IS
	'Their slugs on accounts.esn.org, in the same order.';
COMMENT ON COLUMN esn_activity_overview.organisers_text IS
	'As organisers, for tools without arrays.';
COMMENT ON COLUMN esn_activity_overview.participants IS 'NULL: not known.';

CREATE OR REPLACE VIEW esn_section_activities AS
SELECT s.name AS section, s.accounts_platform_slug AS section_slug, c.name AS country,
	s.country_code, a.event_slug, a.title, a.start_date, a.end_date,
	a.start_date > current_date AS is_upcoming, a.is_online, a.city, a.activity_type,
	a.participants, (SELECT count(*)::integer FROM activity_section_organisers w
		WHERE w.activity_id = a.id) AS organiser_count, a.url
FROM activity_section_organisers o
JOIN sections s ON s.id = o.section_id AND s.removed_at IS NULL
JOIN activities a ON a.id = o.activity_id AND a.is_valid AND a.removed_at IS NULL
LEFT JOIN countries c ON c.country_code = s.country_code;
COMMENT ON VIEW esn_section_activities IS
	'Each section with each activity that it organises: an activity of two sections has two rows. '
	'For example: SELECT start_date, title FROM esn_section_activities WHERE section = ''ESN '
	'METU'' ORDER BY 1;';
COMMENT ON COLUMN esn_section_activities.country IS 'Of the section.';
COMMENT ON COLUMN esn_section_activities.country_code IS 'Of the section.';
COMMENT ON COLUMN esn_section_activities.city IS 'Where the activity takes place.';
COMMENT ON COLUMN esn_section_activities.participants IS 'Of the whole activity. NULL: not known.';
COMMENT ON COLUMN esn_section_activities.organiser_count IS
	'The number of sections that organise it, and so of its rows.';

COMMENT ON VIEW esn_activities_by_month IS
	'Activities of the whole network by the month in which they begin, newest first.';
COMMENT ON COLUMN esn_activities_by_month.upcoming IS
	'Announced: activities that begin after today. No other column counts them.';
COMMENT ON COLUMN esn_activities_by_month.month IS 'Its first day.';
COMMENT ON COLUMN esn_activities_by_month.countries IS 'Countries in which activities took place.';

COMMENT ON VIEW esn_activities_by_year IS
	'Activities of the whole network that have begun, by year, newest first. The current year is '
	'incomplete.';
COMMENT ON COLUMN esn_activities_by_year.activities_change_percent IS
	'Change from the year before; the current year is compared with the same days of it. NULL: '
	'there were none, or the first began after its January.';
COMMENT ON COLUMN esn_activities_by_year.participants_change_percent IS
	'Change from the year before; the current year is compared with the same days of it. NULL: '
	'there were none, or the first began after its January.';

COMMENT ON VIEW esn_activities_by_cause IS
	'Activities of the whole network by cause, the most frequent first. An activity with two '
	'causes counts for both.';

COMMENT ON VIEW esn_activities_by_sdg IS
	'Activities of the whole network by Sustainable Development Goal of the United Nations, '
	'including goals without activities.';

COMMENT ON VIEW esn_activities_by_type IS
	'Activities of the whole network by type, the most frequent first.';

COMMENT ON VIEW esn_sections_by_year IS
	'Activities of each section that have begun, by year. The current year is incomplete.';
COMMENT ON COLUMN esn_sections_by_year.activities_change_percent IS
	'Change from the year before; the current year is compared with the same days of it. NULL: '
	'there were none, or the first began after its January.';
COMMENT ON COLUMN esn_sections_by_year.participants_change_percent IS
	'Change from the year before; the current year is compared with the same days of it. NULL: '
	'there were none, or the first began after its January.';

COMMENT ON VIEW esn_countries_by_year IS
	'Activities of the sections of each country that have begun, by year. An activity of two of '
	'its sections counts once. The current year is incomplete.';
COMMENT ON COLUMN esn_countries_by_year.activities_change_percent IS
	'Change from the year before; the current year is compared with the same days of it. NULL: '
	'there were none, or the first began after its January.';
COMMENT ON COLUMN esn_countries_by_year.participants_change_percent IS
	'Change from the year before; the current year is compared with the same days of it. NULL: '
	'there were none, or the first began after its January.';

COMMENT ON VIEW esn_section_quality IS 'The quality of the data of each section.';
COMMENT ON COLUMN esn_section_quality.activities IS
	'Valid activities, including upcoming ones.';
COMMENT ON COLUMN esn_section_quality.invalid IS
	'Activities whose title, address, description or start date is not known. No other figure '
	'counts them.';
COMMENT ON COLUMN esn_section_quality.complete_percent IS
	'The share of the expected fields that its valid activities have: see '
	'activities.fields_filled.';
COMMENT ON COLUMN esn_section_quality.without_participants IS
	'Valid activities that have begun and do not state the number of participants.';
COMMENT ON COLUMN esn_section_quality.open_errors IS
	'Invalid fields on its pages and those of its activities: see validation_errors.';
COMMENT ON COLUMN esn_section_quality.failed_pages IS
	'Its addresses that could not be read: see failed_scrapes.';
COMMENT ON COLUMN esn_section_quality.last_scraped IS
	'When its list and statistics were last read. NULL: never.';

CREATE OR REPLACE VIEW esn_participation AS
SELECT s.name AS section, s.accounts_platform_slug AS section_slug, c.name AS country,
	s.country_code,
	t.total_local_students AS local_students, t.total_international_students
		AS international_students, t.total_coordinators AS coordinators,
	t.total_local_students::bigint + t.total_international_students AS students,
	(100.0 * t.total_international_students / nullif(t.total_local_students::bigint
		+ t.total_international_students, 0))::numeric(20, 1) AS international_percent,
	t.scraped_at AS as_of
FROM section_overall_statistics t JOIN sections s ON s.id = t.section_id LEFT
	JOIN countries c ON c.country_code = s.country_code
WHERE s.removed_at IS NULL;
COMMENT ON VIEW esn_participation IS
	'Local and international students at each section''s activities, from its statistics page.';
COMMENT ON COLUMN esn_participation.local_students IS 'Students who study where they live.';
COMMENT ON COLUMN esn_participation.international_students IS 'Students from abroad.';
COMMENT ON COLUMN esn_participation.students IS
	'The sum of both. A person who takes part twice counts twice.';
COMMENT ON COLUMN esn_participation.as_of IS
	'When the statistics page last showed these figures.';

CREATE OR REPLACE FUNCTION esn_compare(VARIADIC slugs text[])
RETURNS TABLE (section text, country text, activities bigint, activities_12_months bigint,
	participants bigint, participants_per_activity numeric,
	international_percent numeric, causes text, last_activity date, rank_in_country bigint,
		rank_in_network bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
	unknown text;
BEGIN
	PERFORM esn_check_schema();
	SELECT min(w.slug) INTO unknown FROM unnest(slugs) AS w(slug) WHERE NOT EXISTS (
		SELECT FROM @extschema@.sections s
		WHERE w.slug IN (s.accounts_platform_slug, s.activities_platform_slug)
			AND s.removed_at IS NULL);
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'no section has the slug "%"', unknown USING ERRCODE = 'undefined_object',
			HINT = 'To list the slugs, run SELECT section, section_slug FROM esn_section_overview '
				'ORDER BY 1;';
	END IF;
	RETURN QUERY
	SELECT o.section::text, o.country::text, o.activities, o.activities_12_months, o.participants,
		round(o.participants / nullif(o.activities, 0)::numeric, 1),
		round(100.0 * o.international_students / nullif(o.local_students::bigint
			+ o.international_students, 0), 1), o.causes, o.last_activity,
		o.rank_in_country, o.rank_in_network
	FROM unnest(slugs) WITH ORDINALITY AS w(slug, n)
	JOIN @extschema@.sections s ON w.slug IN (s.accounts_platform_slug, s.activities_platform_slug)
		AND s.removed_at IS NULL
	JOIN @extschema@.esn_section_overview o ON o.section_slug = s.accounts_platform_slug
	ORDER BY w.n;
END $$;
COMMENT ON FUNCTION esn_compare(text[]) IS
	'Compares sections, in the given order. The columns are as in esn_section_overview and '
	'esn_participation. slugs: their slugs on either platform: SELECT * FROM '
	'esn_compare(''tr-anka-met'', ''it-bolo-bol''). Errors: undefined_object for an unknown slug.';

-- Columns with the same meaning in every view get one text, unless a view has its own.
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT c.oid::regclass AS view, a.attname, t.meaning
		FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
			AND d.deptype = 'e'
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
			AND e.extname = 'esn_pulse'
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
			AND col_description(a.attrelid, a.attnum) IS NULL
		JOIN (VALUES
			('section', 'Name of the section.'),
			('section_slug', 'Its slug on accounts.esn.org: what esn_compare() and '
				'esn_scrape_section() take.'),
			('country', 'Country, in English.'),
			('country_code', 'Its two-letter code.'),
			('city', 'City.'),
			('latitude', 'Degrees north, WGS 84.'),
			('longitude', 'Degrees east, WGS 84.'),
			('email', 'The section''s own public address.'),
			('website', 'Its website.'),
			('sections', 'Sections that accounts.esn.org shows.'),
			('activities', 'Number of activities that have begun.'),
			('activities_12_months', 'Of those: begun within the last 365 days.'),
			('activities_12_months_before', 'Of those: begun within the 365 days before.'),
			('online', 'Of those: online.'),
			('participants', 'Participants, as far as known. NULL: not known.'),
			('participants_per_activity', 'Participants divided by activities.'),
			('activities_per_section', 'Activities divided by sections.'),
			('last_activity', 'First day of the latest activity that has begun.'),
			('year', 'The year in which they begin.'),
			('cause', 'The cause.'),
			('number', 'Number of the goal, 1 to 17.'),
			('sdg', 'Name of the goal, such as SDG 13.'),
			('coordinators', 'Coordinators, by its statistics page.'),
			('international_percent', 'The share of students from abroad.'),
			('event_slug', 'Last part of the activity''s address, such as boat-party-20885.'),
			('title', 'Title.'),
			('start_date', 'First day.'),
			('end_date', 'Last day; where the site has only one date, that one.'),
			('is_upcoming', 'Whether it begins after today.'),
			('is_online', 'True: online. False: on site.'),
			('activity_type', 'Type, as named on the site. NULL: not known.'),
			('url', 'Its page on the site.'),
			('causes', 'Causes that it serves.'),
			('sdgs', 'Sustainable Development Goals that it serves, by number.'),
			('objectives', 'Objectives that it names.'),
			('organisers', 'Names of the sections that organise it.'),
			('organiser_slugs', 'Their slugs on accounts.esn.org, in the same order.'),
			('organisers_text', 'As organisers, for tools without arrays.'),
			('organiser_slugs_text', 'As organiser_slugs, for tools without arrays.'),
			('causes_text', 'As causes, for tools without arrays.'),
			('sdgs_text', 'As sdgs, for tools without arrays.'),
			('objectives_text', 'As objectives, for tools without arrays.'),
			('description', 'Description; e-mail addresses and telephone numbers are replaced.'),
			('goal', 'The aim of the activity.'),
			('outcomes', 'The results of the activity.'),
			('image_url', 'Its picture.'),
			('registration_url', 'Where to register.'),
			('activity_id', 'activities.id.'),
			('updated_at', 'When it last changed.')
		) AS t(attname, meaning) ON t.attname = a.attname
		WHERE c.relkind = 'v' AND c.relname = ANY (ARRAY[
			'esn_section_overview', 'esn_country_overview', 'esn_activity_overview',
			'esn_all_activities', 'esn_section_activities', 'esn_activities_by_month',
			'esn_activities_by_year', 'esn_sections_by_year', 'esn_countries_by_year',
			'esn_activities_by_cause', 'esn_activities_by_sdg', 'esn_activities_by_type',
			'esn_participation', 'esn_section_quality'])
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', r.view, r.attname, r.meaning);
	END LOOP;
END $$;
