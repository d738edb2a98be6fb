-- What a complete run has left compared with the site: every field of every row. Ids are replaced
-- by what they stand for. psql -v truth=<directory of *.tsv> -f compare.sql prints the differences.
\set QUIET on
\pset tuples_only on
\pset format unaligned
BEGIN;
-- What the sites have removed is compared with nothing.
CREATE SCHEMA present;
CREATE VIEW present.sections AS SELECT * FROM sections WHERE removed_at IS NULL;
CREATE VIEW present.activities AS SELECT * FROM activities WHERE removed_at IS NULL;
SET LOCAL search_path = present, public;
CREATE SCHEMA truth;

CREATE VIEW truth.is_countries AS
SELECT country_code, name, slug, url, section_count, email, website, social_media FROM countries;
CREATE VIEW truth.is_sections AS
SELECT country_code, name, accounts_platform_slug, activities_platform_slug, accounts_url,
	activities_url, city, address, email, website, university_name, longitude, latitude,
	social_media, logo_url, can_scrape_activities,
	last_validated_activities_slug IS NOT NULL AS validated, last_scraped IS NOT NULL AS scraped
FROM sections;
CREATE VIEW truth.is_activities AS
SELECT event_slug, url, title, description, start_date, end_date, city, country_code, participants,
	activity_type, is_valid, is_online, country_name, activity_goal, outcomes, registration_url,
	image_url, project_name, project_slug,
	-- A removed one is no section to the truth, nor to a database that has never seen it.
	ARRAY(SELECT unnest(unmatched_organisers)
		UNION ALL
		SELECT activities_platform_slug
		FROM activity_section_organisers JOIN public.sections s ON s.id = section_id
		WHERE activity_id = a.id AND s.removed_at IS NOT NULL
		ORDER BY 1) AS unmatched_organisers
FROM activities a
WHERE is_future_event IS NOT DISTINCT FROM (start_date > current_date);
CREATE VIEW truth.is_activity_section_organisers AS
SELECT event_slug, accounts_platform_slug
FROM activity_section_organisers r
JOIN activities a ON a.id = activity_id
JOIN sections s ON s.id = section_id;
CREATE VIEW truth.is_activity_to_type AS
SELECT event_slug, t.name
FROM activity_to_type r
JOIN activities a ON a.id = activity_id
JOIN activity_types t ON t.id = type_id;
CREATE VIEW truth.is_activity_to_cause AS
SELECT event_slug, c.name
FROM activity_to_cause r
JOIN activities a ON a.id = activity_id
JOIN activity_causes c ON c.id = cause_id;
CREATE VIEW truth.is_activity_to_sdg AS
SELECT event_slug, s.name
FROM activity_to_sdg r JOIN activities a ON a.id = activity_id JOIN sdgs s ON s.id = sdg_id;
CREATE VIEW truth.is_activity_to_objective AS
SELECT event_slug, o.name
FROM activity_to_objective r
JOIN activities a ON a.id = activity_id
JOIN objectives o ON o.id = objective_id;
CREATE VIEW truth.is_section_overall_statistics AS
SELECT accounts_platform_slug, physical_activities, online_activities, total_local_students,
	total_international_students, total_coordinators
FROM section_overall_statistics JOIN sections s ON s.id = section_id;
CREATE VIEW truth.is_section_cause_statistics AS
SELECT accounts_platform_slug, cause_name, total_count, physical_count, online_count
FROM section_cause_statistics JOIN sections s ON s.id = section_id;
CREATE VIEW truth.is_section_type_statistics AS
SELECT accounts_platform_slug, activity_type, physical_count, online_count
FROM section_type_statistics JOIN sections s ON s.id = section_id;
CREATE VIEW truth.is_section_participant_statistics AS
SELECT accounts_platform_slug, participant_type, physical_count, online_count
FROM section_participant_statistics JOIN sections s ON s.id = section_id;
CREATE VIEW truth.is_validation_errors AS
SELECT url, accounts_platform_slug, activity_event_slug, field_name, error_message, raw_data
FROM validation_errors v LEFT JOIN sections s ON s.id = section_id AND v.activity_event_slug IS NULL
WHERE resolved_at IS NULL;
-- Of a failure's message the truth knows a part.
CREATE VIEW truth.is_failed_scrapes AS
SELECT url, http_status_code, error_message, will_retry
FROM failed_scrapes
WHERE resolved_at IS NULL;

SELECT format('CREATE TABLE truth.%I AS SELECT * FROM truth.%I WITH NO DATA',
	substr(relname, 4), relname)
FROM pg_class WHERE relnamespace = 'truth'::regnamespace AND relkind = 'v' ORDER BY 1 \gexec

\cd :truth
\copy truth.countries FROM 'countries.tsv'
\copy truth.sections FROM 'sections.tsv'
\copy truth.activities FROM 'activities.tsv'
\copy truth.activity_section_organisers FROM 'activity_section_organisers.tsv'
\copy truth.activity_to_type FROM 'activity_to_type.tsv'
\copy truth.activity_to_cause FROM 'activity_to_cause.tsv'
\copy truth.activity_to_sdg FROM 'activity_to_sdg.tsv'
\copy truth.activity_to_objective FROM 'activity_to_objective.tsv'
\copy truth.section_overall_statistics FROM 'section_overall_statistics.tsv'
\copy truth.section_cause_statistics FROM 'section_cause_statistics.tsv'
\copy truth.section_type_statistics FROM 'section_type_statistics.tsv'
\copy truth.section_participant_statistics FROM 'section_participant_statistics.tsv'
\copy truth.validation_errors FROM 'validation_errors.tsv'
\copy truth.failed_scrapes FROM 'failed_scrapes.tsv'

UPDATE truth.failed_scrapes t SET error_message = k.error_message
FROM public.failed_scrapes k
WHERE k.url = t.url AND k.resolved_at IS NULL AND position(t.error_message IN k.error_message) > 0;

SELECT format($f$
	SELECT %1$L || ': ' || side || ' ' || replace(r, E'\n', '\n') -- a line each
	FROM (SELECT 'missing' AS side, (d)::text AS r
		FROM (TABLE truth.%1$I EXCEPT ALL TABLE truth.%2$I) d
		UNION ALL
		SELECT 'unexpected', (d)::text
		FROM (TABLE truth.%2$I EXCEPT ALL TABLE truth.%1$I) d) x
	ORDER BY r LIMIT 20$f$, substr(relname, 4), relname)
FROM pg_class WHERE relnamespace = 'truth'::regnamespace AND relkind = 'v' ORDER BY 1 \gexec
ROLLBACK;
