-- What the rows of version 1.0 need once tables-1.1.sql has added its columns and tables, and
-- before there are triggers that record changes.

UPDATE failed_scrapes SET kind = CASE WHEN scraper_module = 'AccountsScraper' THEN
		CASE WHEN url LIKE '%/country/%' THEN 'country' WHEN url LIKE '%/section/%' THEN 'section'
			WHEN url LIKE '%/organisation/%' THEN 'slug_lookup' ELSE 'home' END
	WHEN url LIKE '%/activity/%' THEN 'activity' WHEN url LIKE '%/statistics' THEN 'statistics'
		ELSE 'listing' END;

-- 1.0 kept the first type.
INSERT INTO activity_types (name) SELECT DISTINCT activity_type FROM activities
WHERE activity_type IS NOT NULL;
INSERT INTO activity_to_type SELECT a.id, t.id
FROM activities a JOIN activity_types t ON t.name = a.activity_type;

UPDATE section_cause_statistics c SET scraped_at = o.scraped_at
FROM section_overall_statistics o WHERE o.section_id = c.section_id;
UPDATE section_type_statistics c SET scraped_at = o.scraped_at
FROM section_overall_statistics o WHERE o.section_id = c.section_id;
UPDATE section_participant_statistics c SET scraped_at = o.scraped_at
FROM section_overall_statistics o WHERE o.section_id = c.section_id;

-- 1.0 took a refusal (403, a redirect to a maintenance page) for the end of the page.
UPDATE failed_scrapes SET will_retry = true
WHERE NOT will_retry AND resolved_at IS NULL
	AND http_status_code IS DISTINCT FROM 404 AND http_status_code IS DISTINCT FROM 410;

-- Addresses are percent-encoded now; a run finds those of sections again.
UPDATE sections SET activities_url = NULL WHERE activities_url ~ '[^!-~]';

UPDATE scraper_status SET since = started_at;

-- 1.0 left the end of a single day away, and took any invalid field for an invalid activity.
UPDATE activities SET is_future_event = start_date > current_date,
	end_date = CASE WHEN end_date IS NULL THEN start_date
		WHEN end_date >= start_date THEN end_date END,
	is_valid = (nullif(title, ''), url, description, start_date) IS NOT NULL;

-- What was fetched is carried over. The first run sees that the times of the next fetch were
-- computed by no settings, and computes them again.
INSERT INTO frontier (url, kind, section_id, event_slug, http_status, etag, last_modified,
	content_hash, rules_hash, fetched_at, body, status, tried_at, next_fetch_at, reason)
SELECT f.url, f.kind, f.section_id, f.activity_event_slug, f.http_status, f.etag, f.last_modified,
	f.content_hash, f.rules_hash, f.fetched_at, f.body, 'fetched', f.fetched_at,
	CASE WHEN f.kind IN ('activity', 'statistics') THEN
		CASE WHEN a.removed_at IS NULL THEN f.fetched_at ELSE '9999-01-01Z' END END,
	CASE f.kind WHEN 'statistics' THEN 'each run'
		WHEN 'activity' THEN CASE WHEN a.removed_at IS NULL THEN 'old' ELSE 'gone' END END
FROM fetched_pages f LEFT JOIN activities a ON a.event_slug = f.activity_event_slug;
ALTER EXTENSION esn_pulse DROP TABLE fetched_pages;
DROP TABLE fetched_pages;

