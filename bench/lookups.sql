-- Queries of each view and table, beside those of the documents. bench/scale.sh measures their
-- times, and requires one for every view of the extension. :activity, :section, :section_id,
-- :country and :cause_id are of existing rows.
SELECT * FROM activities WHERE event_slug = :'activity';
SELECT * FROM sections WHERE accounts_platform_slug = :'section';
SELECT a.event_slug, a.title, a.start_date
FROM activities a JOIN activity_section_organisers o ON o.activity_id = a.id
WHERE o.section_id = :section_id AND a.is_valid AND a.removed_at IS NULL ORDER BY a.start_date DESC
LIMIT 50;
SELECT a.event_slug, a.title, a.start_date FROM activities a
WHERE a.country_code = :'country' AND a.is_valid AND a.removed_at IS NULL ORDER BY a.start_date DESC
LIMIT 50;
SELECT start_date, end_date, title, city, country_name FROM activities
WHERE is_future_event AND is_valid AND removed_at IS NULL ORDER BY start_date, id LIMIT 50;
SELECT a.event_slug, a.start_date FROM activities a JOIN activity_to_cause r ON r.activity_id = a.id
WHERE r.cause_id = :cause_id AND a.start_date >= current_date - 30 ORDER BY a.start_date DESC
LIMIT 50;
SELECT s.name, o.* FROM sections s JOIN section_overall_statistics o ON o.section_id = s.id
ORDER BY o.physical_activities DESC NULLS LAST LIMIT 20;
SELECT * FROM frontier WHERE url = (SELECT url FROM activities WHERE event_slug = :'activity');
SELECT * FROM frontier WHERE event_slug = :'activity';
SELECT * FROM validation_errors WHERE activity_event_slug = :'activity';
SELECT * FROM failed_scrapes WHERE resolved_at IS NULL AND will_retry ORDER BY last_attempt DESC
LIMIT 20;
SELECT * FROM esn_runs LIMIT 20;
SELECT * FROM esn_runs WHERE id = 1;
SELECT * FROM esn_run_quality LIMIT 20;
SELECT * FROM esn_quality;
SELECT * FROM esn_health;
SELECT * FROM esn_jobs LIMIT 20;
SELECT * FROM esn_rule_match_rates;
SELECT * FROM esn_history LIMIT 50;
SELECT * FROM esn_history WHERE slug = :'activity';
SELECT * FROM esn_history WHERE slug = :'section';
SELECT * FROM due_pages ORDER BY priority, url LIMIT 20;
SELECT * FROM due_pages WHERE section_id = :section_id;
SELECT * FROM due_pages WHERE event_slug = :'activity';
SELECT * FROM esn_plan('activities', :'section');
SELECT * FROM esn_section_overview ORDER BY rank_in_network;
SELECT * FROM esn_section_overview WHERE section_slug = :'section';
SELECT * FROM esn_country_overview ORDER BY rank_in_network;
SELECT * FROM esn_activity_overview WHERE event_slug = :'activity';
SELECT * FROM esn_activity_overview WHERE is_upcoming ORDER BY start_date, event_slug LIMIT 50;
SELECT * FROM esn_all_activities WHERE event_slug = :'activity';
SELECT * FROM esn_section_activities WHERE section_slug = :'section' ORDER BY start_date DESC
LIMIT 50;
SELECT * FROM esn_section_quality ORDER BY complete_percent LIMIT 20;
SELECT * FROM esn_sections_by_year WHERE section_slug = :'section';
SELECT * FROM esn_sections_by_year ORDER BY activities DESC LIMIT 20;
SELECT * FROM esn_countries_by_year WHERE country_code = :'country';
SELECT * FROM esn_activities_by_month LIMIT 24;
SELECT * FROM esn_activities_by_year;
SELECT * FROM esn_activities_by_cause;
SELECT * FROM esn_activities_by_sdg;
SELECT * FROM esn_activities_by_type;
SELECT * FROM esn_participation ORDER BY students DESC NULLS LAST LIMIT 20;
SELECT * FROM esn_data_dictionary WHERE relation = 'esn_section_overview';
SELECT * FROM esn_failed_pages;
SELECT * FROM esn_invalid_fields;
SELECT * FROM esn_recent_runs;
SELECT * FROM esn_recent_changes;
SELECT * FROM esn_recent_jobs;
SELECT rank, is_gap, reason FROM esn_suggest(:'section');
SELECT * FROM esn_expect_participants(:'section', NULL, 5);
SELECT * FROM esn_trends();
SELECT * FROM esn_statistics_gaps;
SELECT * FROM esn_table_sizes;
SELECT * FROM esn_index_use;
SELECT * FROM esn_growth;
SELECT * FROM esn_scheduled_runs;
SELECT * FROM esn_api_keys;
SELECT * FROM esn_usage;
