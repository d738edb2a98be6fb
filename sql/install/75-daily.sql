-- What one looks at each day, made for the eye: narrow enough for a terminal of 120 columns, times and durations to the second, long texts cut or on
-- several lines. For programs there are the tables and views behind them.

CREATE OR REPLACE VIEW esn_recent_runs AS
SELECT r.id, esn_shorten(r.request, 23) AS request, r.status, date_trunc('second', r.started_at) AS started,
	make_interval(secs => floor(extract(epoch FROM coalesce(r.completed_at, now()) - r.started_at))::double precision) AS duration,
	concat_ws(E'\n',
		CASE WHEN r.status = 'running' THEN CASE WHEN s.planned_requests > 0 THEN format('%s of about %s requests', r.requests, s.planned_requests)
			ELSE format('%s requests', r.requests) END END,
		CASE WHEN r.scraper_module = 'AccountsScraper' THEN format('%s sections', r.sections_processed)
			ELSE format('%s new, %s changed, %s same', r.activities_new, r.activities_changed, r.activities_unchanged) END,
		nullif(concat_ws(', ', CASE WHEN r.sections_failed > 0 THEN format('%s of %s sections failed', r.sections_failed, r.sections_processed + r.sections_failed) END,
			CASE WHEN r.pages_failed > 0 THEN r.pages_failed || ' pages' || CASE WHEN r.sections_failed > 0 THEN '' ELSE ' failed' END END), ''),
		CASE WHEN r.activities_invalid > 0 THEN r.activities_invalid || ' with a wrong field' END,
		esn_wrap(esn_shorten(r.error_message, 180), 36)) AS result
FROM esn_runs r JOIN scraper_status s ON s.id = r.id
ORDER BY r.id DESC
LIMIT 20;
COMMENT ON VIEW esn_recent_runs IS 'The last 20 runs at a glance, newest first; one that goes on shows how it stands. All figures of all runs: esn_runs, esn_run_quality.';
COMMENT ON COLUMN esn_recent_runs.duration IS 'Of one that goes on: so far.';
COMMENT ON COLUMN esn_recent_runs.result IS 'Activities (of a run over accounts: sections), then what failed, what had a wrong field, and why the run ended as it did. See esn_failed_pages, esn_wrong_fields.';

-- Addresses and figures in a reason would make each a reason of its own.
CREATE OR REPLACE VIEW esn_failed_pages AS
SELECT f.kind, esn_wrap(r.reason, 36) AS reason, count(*) AS pages, count(*) FILTER (WHERE f.will_retry) AS to_retry, date_trunc('second', max(f.last_attempt)) AS last_attempt,
	esn_shorten(regexp_replace(min(f.url), '^https?://[^/]*', ''), 21) AS example
FROM failed_scrapes f
CROSS JOIN LATERAL (SELECT esn_shorten(regexp_replace(regexp_replace(f.error_message, 'https?://\S*[^\s,;:]', '…', 'g'), '[0-9][0-9.]*( m?s| bytes)\M', '…\1', 'g'), 120) AS reason) r
WHERE f.resolved_at IS NULL
GROUP BY f.kind, r.reason
ORDER BY pages DESC, f.kind, r.reason;
COMMENT ON VIEW esn_failed_pages IS 'What could not be read and why, a row a reason, the most frequent first. SELECT * FROM esn_retry_failed(); tries again what is worth it. Each address: failed_scrapes WHERE resolved_at IS NULL.';
COMMENT ON COLUMN esn_failed_pages.kind IS 'What was asked for: home, country, section, probe (of a slug), listing, activity, statistics or robots (robots.txt).';
COMMENT ON COLUMN esn_failed_pages.to_retry IS 'For how many of them trying again can help: those esn_retry_failed() asks for.';
COMMENT ON COLUMN esn_failed_pages.example IS 'The address of one of them, without the site.';

CREATE OR REPLACE VIEW esn_wrong_fields AS
SELECT esn_shorten(v.field_name, 18) AS field, esn_wrap(v.error_message, 26) AS error, count(*) AS pages, max(v.created_at)::date AS last_new,
	esn_shorten(min(v.raw_data::text), 20) AS found, esn_shorten(regexp_replace(min(v.url), '^https?://[^/]*', ''), 24) AS example
FROM validation_errors v
WHERE v.resolved_at IS NULL
GROUP BY v.field_name, v.error_message
ORDER BY pages DESC, v.field_name, v.error_message;
COMMENT ON VIEW esn_wrong_fields IS 'Which fields are wrong on the sites, a row a fault, the most frequent first. Many of one kind: the markup has changed, add a rule, then SELECT * FROM esn_fix_validation_errors(); Each of them: validation_errors WHERE resolved_at IS NULL.';
COMMENT ON COLUMN esn_wrong_fields.pages IS 'On so many pages.';
COMMENT ON COLUMN esn_wrong_fields.last_new IS 'When it was last found on a page where it had not been.';
COMMENT ON COLUMN esn_wrong_fields.found IS 'What stood there on one of them. NULL: nothing did.';
COMMENT ON COLUMN esn_wrong_fields.example IS 'The address of one of them, without the site.';

CREATE OR REPLACE VIEW esn_recent_changes AS
SELECT date_trunc('second', h.changed_at) AS changed, esn_shorten(h.slug, 25) AS slug, esn_shorten(h.field, 20) AS field,
	esn_shorten(h.old_value, 19) AS old_value, esn_shorten(h.new_value, 19) AS new_value
FROM esn_history h
LIMIT 50;
COMMENT ON VIEW esn_recent_changes IS 'The last 50 changes of activities and sections, newest first, texts cut. All of them, whole: esn_history.';
COMMENT ON COLUMN esn_recent_changes.slug IS 'event_slug of an activity, or accounts_platform_slug of a section.';

CREATE OR REPLACE VIEW esn_recent_jobs AS
SELECT regexp_replace(j.job, '^esn_pulse (\w+) .*', '\1') AS job, esn_shorten(j.schedule, 16) AS schedule, date_trunc('second', j.started_at) AS started,
	date_trunc('second', j.ended_at - j.started_at) AS duration, CASE WHEN j.active THEN coalesce(j.status, 'not yet run') ELSE 'switched off' END AS status,
	coalesce(format('run %s: %s', j.run_id, j.run_status), CASE WHEN j.status IN ('failed', 'skipped') THEN esn_wrap(esn_shorten(j.message, 120), 37) END) AS result
FROM esn_jobs j
LIMIT 20;
COMMENT ON VIEW esn_recent_jobs IS 'The scheduled jobs and the last 20 times they ran, newest first. skipped: a run was going on already. All of it: esn_jobs; what the runs brought: esn_recent_runs.';
COMMENT ON COLUMN esn_recent_jobs.result IS 'The run that it started, or why there was none.';
