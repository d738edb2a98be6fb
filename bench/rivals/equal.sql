-- Whether a schema made by schema.sql has the same rows as the extension's tables.
-- psql -v schema=<name> -f equal.sql prints the differences, or nothing. Ids are replaced by what
-- they stand for. Times of work are not compared: last_scraped, created_at, updated_at, scraped_at,
-- last_validated_activities_slug.
\set QUIET on
\pset tuples_only on
\pset format unaligned
SELECT format($f$
	SELECT %1$L || ': ' || side || ' ' || replace(r, E'\n', '\n')
	FROM (SELECT 'missing' AS side, (d)::text AS r FROM ((%2$s) EXCEPT ALL (%3$s)) d
		UNION ALL
		SELECT 'unexpected', (d)::text FROM ((%3$s) EXCEPT ALL (%2$s)) d) x
	ORDER BY r LIMIT 20$f$, name, replace(query, '@', 'public'), replace(query, '@', :'schema'))
FROM (VALUES
	('countries', 'SELECT country_code, name, slug, url, section_count, email, website,
		social_media FROM @.countries'),
	('sections', 'SELECT country_code, name, accounts_platform_slug, activities_platform_slug,
		accounts_url, activities_url, city, address, email, website, university_name, longitude,
		latitude, social_media, logo_url, can_scrape_activities, removed_at FROM @.sections'),
	('activities', 'SELECT event_slug, url, title, description, start_date, end_date,
		is_future_event, city, country_code, participants, activity_type, is_valid, is_online,
		country_name, activity_goal, outcomes, registration_url, image_url, project_name,
		project_slug, ARRAY(SELECT unnest(unmatched_organisers) ORDER BY 1), removed_at
		FROM @.activities'),
	('sdgs', 'SELECT name, description FROM @.sdgs'),
	('objectives', 'SELECT name FROM @.objectives'),
	('activity_section_organisers',
		'SELECT event_slug, accounts_platform_slug FROM @.activity_section_organisers
		JOIN @.activities a ON a.id = activity_id JOIN @.sections s ON s.id = section_id'),
	('activity_to_type', 'SELECT event_slug, t.name FROM @.activity_to_type
		JOIN @.activities a ON a.id = activity_id JOIN @.activity_types t ON t.id = type_id'),
	('activity_to_cause', 'SELECT event_slug, c.name FROM @.activity_to_cause
		JOIN @.activities a ON a.id = activity_id JOIN @.activity_causes c ON c.id = cause_id'),
	('activity_to_sdg', 'SELECT event_slug, s.name FROM @.activity_to_sdg
		JOIN @.activities a ON a.id = activity_id JOIN @.sdgs s ON s.id = sdg_id'),
	('activity_to_objective', 'SELECT event_slug, o.name FROM @.activity_to_objective
		JOIN @.activities a ON a.id = activity_id JOIN @.objectives o ON o.id = objective_id'),
	('section_overall_statistics', 'SELECT accounts_platform_slug, physical_activities,
		online_activities, total_local_students, total_international_students, total_coordinators
		FROM @.section_overall_statistics JOIN @.sections s ON s.id = section_id'),
	('section_cause_statistics',
		'SELECT accounts_platform_slug, cause_name, total_count, physical_count, online_count
		FROM @.section_cause_statistics JOIN @.sections s ON s.id = section_id'),
	('section_type_statistics',
		'SELECT accounts_platform_slug, activity_type, physical_count, online_count
		FROM @.section_type_statistics JOIN @.sections s ON s.id = section_id'),
	('section_participant_statistics',
		'SELECT accounts_platform_slug, participant_type, physical_count, online_count
		FROM @.section_participant_statistics JOIN @.sections s ON s.id = section_id')
) AS q(name, query) \gexec
