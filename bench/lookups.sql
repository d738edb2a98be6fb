-- What people ask of each view and table beside the queries of the documents; bench/scale.sh times them, and wants every view of the extension among them.
-- :activity, :section, :section_id, :country, :cause_id are of rows that there are.
SELECT * FROM activities WHERE event_slug = :'activity';
SELECT * FROM sections WHERE accounts_platform_slug = :'section';
SELECT a.event_slug, a.title, a.start_date FROM activities a JOIN activity_section_organisers o ON o.activity_id = a.id WHERE o.section_id = :section_id AND a.is_valid AND a.removed_at IS NULL ORDER BY a.start_date DESC LIMIT 50;
SELECT a.event_slug, a.title, a.start_date FROM activities a WHERE a.country_code = :'country' AND a.is_valid AND a.removed_at IS NULL ORDER BY a.start_date DESC LIMIT 50;
SELECT start_date, end_date, title, city, country_name FROM activities WHERE is_future_event AND is_valid AND removed_at IS NULL ORDER BY start_date, id LIMIT 50;
SELECT a.event_slug, a.start_date FROM activities a JOIN activity_to_cause r ON r.activity_id = a.id WHERE r.cause_id = :cause_id AND a.start_date >= current_date - 30 ORDER BY a.start_date DESC LIMIT 50;
SELECT s.name, o.* FROM sections s JOIN section_overall_statistics o ON o.section_id = s.id ORDER BY o.physical_activities DESC NULLS LAST LIMIT 20;
SELECT * FROM fetched_pages WHERE url = (SELECT url FROM activities WHERE event_slug = :'activity');
SELECT * FROM listed_activities WHERE event_slug = :'activity';
SELECT * FROM validation_errors WHERE activity_event_slug = :'activity';
SELECT * FROM failed_scrapes WHERE resolved_at IS NULL AND will_retry ORDER BY last_attempt DESC LIMIT 20;
SELECT * FROM esn_runs LIMIT 20;
SELECT * FROM esn_runs WHERE id = 1;
SELECT * FROM esn_run_quality LIMIT 20;
SELECT * FROM esn_quality;
SELECT * FROM esn_health;
SELECT * FROM esn_jobs LIMIT 20;
SELECT * FROM esn_rule_shares;
SELECT * FROM esn_history LIMIT 50;
SELECT * FROM esn_history WHERE slug = :'activity';
SELECT * FROM esn_history WHERE slug = :'section';
SELECT * FROM due_pages ORDER BY priority, url LIMIT 20;
SELECT * FROM due_pages WHERE section_id = :section_id;
SELECT * FROM due_pages WHERE event_slug = :'activity';
SELECT * FROM esn_plan('activities', :'section');
