-- What the web gateway shows: one view per kind of object. The columns are the fields of the JSON
-- objects and of the CSV files, the comments their descriptions in openapi.json.

CREATE OR REPLACE VIEW esn_internal.esn_api_countries AS
SELECT o.country_code AS code, o.country AS name, c.url, o.sections, o.sections_with_activities,
	o.activities, o.participants, o.activities_per_section, o.last_activity, o.local_students,
	o.international_students, o.coordinators, o.rank_in_network, o.read_since
FROM esn_country_overview o JOIN countries c ON c.country_code = o.country_code;
COMMENT ON VIEW esn_api_countries IS 'A country, its sections and their activities.';

CREATE OR REPLACE VIEW esn_internal.esn_api_sections AS
SELECT s.id, o.section_slug AS slug, s.activities_platform_slug AS activities_slug,
	o.section AS name, o.country, o.country_code, o.city, o.university, o.latitude, o.longitude,
	o.email, o.website, s.social_media, s.logo_url, s.accounts_url, s.activities_url, o.activities,
	o.activities_12_months, o.upcoming, o.participants, o.last_activity, o.local_students,
	o.international_students, o.coordinators, o.rank_in_country, o.rank_in_network,
	o.can_scrape_activities AS has_activities_page, o.last_scraped AS read_at
FROM esn_section_overview o JOIN sections s ON s.accounts_platform_slug = o.section_slug;
COMMENT ON VIEW esn_api_sections IS 'A section, its place and its activities.';

-- The arrays are made for the rows of a page only: PostgreSQL computes them after it has sorted.
CREATE OR REPLACE VIEW esn_internal.esn_api_activities AS
SELECT a.id, a.event_slug AS slug, a.title, a.start_date, a.end_date,
	a.start_date > current_date AS is_upcoming, a.is_online, a.city,
	coalesce(c.name, a.country_name) AS country, a.country_code, a.participants,
	ARRAY(SELECT t.name::text FROM activity_to_type r JOIN activity_types t ON t.id = r.type_id
		WHERE r.activity_id = a.id ORDER BY 1) AS types,
	ARRAY(SELECT k.name::text FROM activity_to_cause r JOIN activity_causes k ON k.id = r.cause_id
		WHERE r.activity_id = a.id ORDER BY 1) AS causes,
	ARRAY(SELECT r.sdg_id FROM activity_to_sdg r WHERE r.activity_id = a.id ORDER BY 1) AS sdgs,
	ARRAY(SELECT s.name::text FROM activity_section_organisers r
		JOIN sections s ON s.id = r.section_id WHERE r.activity_id = a.id ORDER BY s.name, s.id)
		AS organisers,
	ARRAY(SELECT s.accounts_platform_slug::text FROM activity_section_organisers r
		JOIN sections s ON s.id = r.section_id WHERE r.activity_id = a.id ORDER BY s.name, s.id)
		AS organiser_slugs,
	a.url, a.updated_at
FROM activities a LEFT JOIN countries c ON c.country_code = a.country_code
WHERE a.is_valid AND a.removed_at IS NULL;
COMMENT ON VIEW esn_api_activities IS 'An activity in a list.';

CREATE OR REPLACE VIEW esn_internal.esn_api_activity AS
SELECT v.*, a.description, a.activity_goal AS goal, a.outcomes,
	ARRAY(SELECT o.name::text FROM activity_to_objective r JOIN objectives o
		ON o.id = r.objective_id WHERE r.activity_id = a.id ORDER BY 1) AS objectives,
	a.project_name, a.image_url, a.registration_url, a.created_at AS known_since
FROM esn_api_activities v JOIN activities a ON a.id = v.id;
COMMENT ON VIEW esn_api_activity IS 'An activity with its texts.';

CREATE OR REPLACE VIEW esn_internal.esn_api_runs AS
SELECT id, scraper_module AS module, request, status, started_at, completed_at,
	sections_processed, sections_failed, activities_new, activities_changed, activities_unchanged,
	activities_invalid, requests, pages_failed, taken_by
FROM esn_runs;
COMMENT ON VIEW esn_api_runs IS 'A run, as everybody may see it.';

CREATE OR REPLACE VIEW esn_internal.esn_api_runs_keyed AS
SELECT v.*, r.error_message, r.requested_by
FROM esn_api_runs v JOIN esn_runs r ON r.id = v.id;
COMMENT ON VIEW esn_api_runs_keyed IS 'A run, for anyone who has a key for the network.';

DO $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT c.oid::regclass AS view, a.attname, t.meaning
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
		JOIN (VALUES
			('code', 'The country''s two-letter code.'), ('name', 'Name.'),
			('url', 'Its page on the site.'), ('id', 'Its number in this database.'),
			('sections', 'Sections that accounts.esn.org shows.'),
			('sections_with_activities', 'Sections with at least one activity that has begun.'),
			('activities', 'Activities that have begun.'),
			('activities_12_months', 'Of those: begun within the last 365 days.'),
			('upcoming', 'Activities that begin after today.'),
			('participants', 'Participants, as far as known. null: not known.'),
			('activities_per_section', 'Activities divided by sections.'),
			('last_activity', 'First day of the latest activity that has begun.'),
			('local_students', 'Local students who took part, from the statistics pages.'),
			('international_students', 'Students from abroad, from the statistics pages.'),
			('coordinators', 'Coordinators, from the statistics pages.'),
			('rank_in_network', '1: none has more activities.'),
			('rank_in_country', '1: no section of the country has more activities.'),
			('read_since', 'Since when all sections have been read. null: one never was.'),
			('slug', 'Last part of its address: of a section on accounts.esn.org.'),
			('activities_slug', 'Last part of its address on activities.esn.org.'),
			('country', 'Country, in English.'), ('country_code', 'Its two-letter code.'),
			('city', 'City.'), ('university', 'The university it belongs to.'),
			('latitude', 'Degrees north, WGS 84.'), ('longitude', 'Degrees east, WGS 84.'),
			('email', 'The section''s own public address.'), ('website', 'Its website.'),
			('social_media', 'Network to address of the profile.'), ('logo_url', 'Its logo.'),
			('accounts_url', 'Its page on accounts.esn.org.'),
			('activities_url', 'Its page on activities.esn.org.'),
			('has_activities_page', 'Whether activities.esn.org knows it. null: not checked yet.'),
			('read_at', 'When its list and statistics were last read. null: never.'),
			('title', 'Title.'), ('start_date', 'First day.'), ('end_date', 'Last day.'),
			('is_upcoming', 'Whether it begins after today.'),
			('is_online', 'true: online. false: on site.'), ('types', 'Types.'),
			('causes', 'Causes that it serves.'),
			('sdgs', 'Numbers of the Sustainable Development Goals that it serves.'),
			('organisers', 'Names of the sections that organise it.'),
			('organiser_slugs', 'Their slugs on accounts.esn.org, in the same order.'),
			('updated_at', 'When it last changed.'), ('description', 'Description, redacted.'),
			('goal', 'The aim.'), ('outcomes', 'The results.'),
			('objectives', 'Objectives that it names.'),
			('project_name', 'The project that it is part of. null: none.'),
			('image_url', 'Its picture.'), ('registration_url', 'Where to register.'),
			('known_since', 'Since when it is known here.'),
			('module', 'AccountsScraper or ActivitiesAndStatisticsScraper.'),
			('request', 'What was requested.'),
			('status', 'waiting, running, completed, partial, failed or cancelled.'),
			('started_at', 'When it began.'), ('completed_at', 'When it ended. null: it runs.'),
			('sections_processed', 'Sections read.'),
			('sections_failed', 'Sections that could not be read.'),
			('activities_new', 'Activities found.'), ('activities_changed', 'Activities changed.'),
			('activities_unchanged', 'Activities that were as before.'),
			('activities_invalid', 'Activities with an invalid field.'),
			('requests', 'HTTP requests.'), ('pages_failed', 'Pages that could not be read.'),
			('taken_by', 'The run that reads the section for which this one waits. null: none.'),
			('error_message', 'Why it ended. null: it completed.'),
			('requested_by', 'The role that requested it.')
		) AS t(attname, meaning) ON t.attname = a.attname
		WHERE c.relkind = 'v' AND c.relnamespace = 'esn_internal'::regnamespace
			AND c.relname LIKE 'esn\_api\_%'
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', r.view, r.attname, r.meaning);
	END LOOP;
END $$;
