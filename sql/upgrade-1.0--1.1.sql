-- What a database of version 1.0 needs before tables-1.1.sql: names and constraints that have
-- changed, and room for functions that are made anew. upgrade-rows-1.0--1.1.sql follows it.

-- Columns that somebody has added: those behind the ones that 1.0 has made; see names.sql.
SELECT set_config('esn_upgrade.own_columns',
	coalesce(string_agg(format('%s.%s', a.attrelid, a.attnum), ' '), ''), true)
FROM (VALUES ('activities', 23), ('activity_causes', 2), ('activity_section_organisers', 2),
	('activity_to_cause', 2), ('activity_to_objective', 2), ('activity_to_sdg', 2),
	('countries', 5), ('extraction_rules', 7), ('failed_scrapes', 11), ('fetched_pages', 11),
	('objectives', 2), ('scraper_status', 19), ('sdgs', 3), ('section_cause_statistics', 6),
	('section_overall_statistics', 8), ('section_participant_statistics', 5),
	('section_type_statistics', 5), ('sections', 20), ('validation_errors', 10)) AS t(name, columns)
JOIN pg_attribute a ON a.attrelid = to_regclass(t.name) AND a.attnum > t.columns
	AND NOT a.attisdropped;

-- What somebody's objects, or constraints, may depend on moves; what only a run called is made
-- anew.
ALTER FUNCTION esn_country_key(text) SET SCHEMA esn_internal;
ALTER FUNCTION esn_selector_is_valid(text) SET SCHEMA esn_internal;
ALTER FUNCTION esn_rule_is_known(text, text) SET SCHEMA esn_internal;
DROP FUNCTION esn_rules(), esn_begin_run(text, text, text), esn_find_sections(text),
	esn_due_sections(integer), esn_redact(text),
	esn_claim_pages(bigint, text, text[], bigint, boolean), esn_finish_sections(integer[]),
	esn_store_home(bigint, jsonb, text), esn_store_countries(bigint, jsonb),
	esn_store_sections(bigint, jsonb), esn_store_probes(bigint, jsonb),
	esn_learn_slugs(jsonb, text), esn_link_organisers(),
	esn_store_activities(bigint, jsonb, text), esn_statistics_pairs(jsonb),
	esn_statistics_object(jsonb), esn_store_statistics(bigint, jsonb),
	esn_store_errors(bigint, jsonb), esn_store_fetches(bigint, text, jsonb),
	esn_store_failures(bigint, jsonb);

ALTER TABLE scraper_status
	DROP CONSTRAINT scraper_status_status_check,
	ADD CONSTRAINT scraper_status_status_check
		CHECK (status IN
			('waiting', 'running', 'completed', 'partial', 'failed', 'cancelled')),
	DROP CONSTRAINT scraper_status_ended,
	ADD CONSTRAINT scraper_status_ended
		CHECK ((status IN ('waiting', 'running')) = (completed_at IS NULL));

-- Two sections of one name could have one slug. The next run over accounts looks the other's up.
DELETE FROM activity_section_organisers o USING sections s, sections f
WHERE o.section_id = s.id AND f.activities_platform_slug = s.activities_platform_slug
	AND f.id < s.id;
UPDATE sections s SET activities_platform_slug = NULL, activities_url = NULL,
	can_scrape_activities = NULL, last_validated_activities_slug = NULL
WHERE EXISTS (SELECT FROM sections f
	WHERE f.activities_platform_slug = s.activities_platform_slug AND f.id < s.id);
-- It was the slug itself.
ALTER TABLE sections ALTER COLUMN last_validated_activities_slug TYPE timestamptz
	USING CASE WHEN last_validated_activities_slug = activities_platform_slug
		THEN last_scraped END;
DROP INDEX sections_activities_platform_slug_idx;
CREATE UNIQUE INDEX sections_activities_platform_slug_idx ON sections (activities_platform_slug);
ALTER TABLE sections SET (fillfactor = 50);
ALTER TABLE activities SET (fillfactor = 90);

DELETE FROM extraction_rules WHERE shipped;

