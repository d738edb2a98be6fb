-- Views for daily work in a terminal: at most 120 columns wide, times to the second, long texts cut
-- or on several lines. Programs read the tables and views behind them.

CREATE OR REPLACE VIEW esn_recent_runs AS
SELECT r.id, esn_shorten(r.request, 21) AS request, r.status,
	date_trunc('second', r.started_at) AS started,
	make_interval(secs => floor(extract(epoch FROM coalesce(r.completed_at,
		now()) - r.started_at))::double precision) AS duration,
	concat_ws(E'\n',
		CASE WHEN r.status = 'running' THEN CASE WHEN s.planned_requests > 0
			THEN format('%s of about %s requests', r.requests, s.planned_requests)
			ELSE format('%s requests', r.requests) END END,
		CASE WHEN r.taken_by IS NOT NULL THEN format('read by run %s', r.taken_by)
			WHEN r.status = 'waiting' THEN 'waits for the run in progress' END,
		CASE WHEN r.status = 'waiting' THEN NULL
			WHEN r.scraper_module = 'AccountsScraper' THEN format('%s sections',
			r.sections_processed)
			ELSE format('%s new, %s changed, %s unchanged', r.activities_new, r.activities_changed,
				r.activities_unchanged) END,
		nullif(concat_ws(', ', CASE WHEN r.sections_failed > 0
			THEN format('%s of %s sections failed', r.sections_failed, r.sections_processed
			+ r.sections_failed) END,
			CASE WHEN r.pages_failed > 0 THEN r.pages_failed || CASE r.pages_failed
				WHEN 1 THEN ' page' ELSE ' pages' END || CASE
				WHEN r.sections_failed > 0 THEN '' ELSE ' failed' END END), ''),
		CASE WHEN r.activities_invalid > 0 THEN r.activities_invalid || ' invalid' END,
		esn_wrap(esn_shorten(r.error_message, 180), 36)) AS result
FROM esn_runs r JOIN scraper_status s ON s.id = r.id
ORDER BY r.id DESC
LIMIT 20;
COMMENT ON VIEW esn_recent_runs IS
	'The last 20 runs, newest first, formatted for a terminal; a running one shows its progress. '
	'For programs, esn_runs has all runs and columns. esn_run_quality has their rates.';
COMMENT ON COLUMN esn_recent_runs.duration IS 'The duration; of a running one, so far.';
COMMENT ON COLUMN esn_recent_runs.result IS
	'Activities (in a run over accounts: sections), then failures, invalid activities, and why '
	'the run ended. For details see esn_failed_pages and esn_invalid_fields.';

-- Without addresses and numbers, equal reasons become one row.
CREATE OR REPLACE VIEW esn_failed_pages AS
SELECT f.kind, esn_wrap(r.reason, 36) AS reason, count(*) AS pages,
	count(*) FILTER (WHERE f.will_retry) AS to_retry, date_trunc('second', max(f.last_attempt))
	AS last_attempt,
	esn_shorten(regexp_replace(min(f.url), '^https?://[^/]*', ''), 21) AS example
FROM failed_scrapes f
CROSS JOIN LATERAL (SELECT esn_shorten(regexp_replace(regexp_replace(f.error_message,
	'https?://\S*[^\s,;:]', '...', 'g'), '[0-9][0-9.]*( m?s| bytes)\M', '...\1',
	'g'), 120) AS reason) r
WHERE f.resolved_at IS NULL
GROUP BY f.kind, r.reason
ORDER BY pages DESC, f.kind, r.reason;
COMMENT ON VIEW esn_failed_pages IS
	'The pages that could not be read, one row per reason, the most frequent first. To retry '
	'them, run SELECT * FROM esn_retry_failed(); To list each address, use failed_scrapes WHERE '
	'resolved_at IS NULL.';
COMMENT ON COLUMN esn_failed_pages.kind IS
	'The kind of page: as in extraction_rules, or slug_lookup, or robots (robots.txt).';
COMMENT ON COLUMN esn_failed_pages.to_retry IS
	'How many of them esn_retry_failed() requests again.';
COMMENT ON COLUMN esn_failed_pages.example IS 'The address of one of them, without the site.';

CREATE OR REPLACE VIEW esn_invalid_fields AS
SELECT esn_shorten(v.field_name, 18) AS field, esn_wrap(v.error_message, 26) AS error,
	count(*) AS pages, max(v.created_at)::date AS last_new,
	esn_shorten(min(v.raw_data::text), 20) AS found, esn_shorten(regexp_replace(min(v.url),
		'^https?://[^/]*', ''), 24) AS example
FROM validation_errors v
WHERE v.resolved_at IS NULL
GROUP BY v.field_name, v.error_message
ORDER BY pages DESC, v.field_name, v.error_message;
COMMENT ON VIEW esn_invalid_fields IS
	'The invalid fields on the sites, one row per error, the most frequent first. If there are '
	'many of one kind, the markup has changed: add a rule, then run SELECT * FROM '
	'esn_fix_validation_errors(); To list each of them, use validation_errors WHERE resolved_at IS '
	'NULL.';
COMMENT ON COLUMN esn_invalid_fields.pages IS 'The number of pages.';
COMMENT ON COLUMN esn_invalid_fields.last_new IS
	'When the error last appeared on a page that had not had it.';
COMMENT ON COLUMN esn_invalid_fields.found IS 'The value on one of them. NULL: none.';
COMMENT ON COLUMN esn_invalid_fields.example IS 'The address of one of them, without the site.';

CREATE OR REPLACE VIEW esn_recent_changes AS
SELECT date_trunc('second', h.changed_at) AS changed, esn_shorten(h.slug, 25) AS slug,
	esn_shorten(h.field, 20) AS field,
	esn_shorten(h.old_value, 19) AS old_value, esn_shorten(h.new_value, 19) AS new_value
FROM esn_history h
LIMIT 50;
COMMENT ON VIEW esn_recent_changes IS
	'The last 50 changes of activities and sections, newest first, with long texts cut. '
	'esn_history has all of them.';
COMMENT ON COLUMN esn_recent_changes.slug IS
	'event_slug of an activity, or accounts_platform_slug of a section.';

CREATE OR REPLACE VIEW esn_recent_jobs AS
SELECT regexp_replace(j.job, '^esn_pulse (\w+) .*', '\1') AS job,
	esn_shorten(j.schedule, 16) AS schedule, date_trunc('second', j.started_at) AS started,
	date_trunc('second', j.ended_at - j.started_at) AS duration, CASE
		WHEN j.active THEN coalesce(j.status, 'not yet run') ELSE 'switched off' END AS status,
	CASE WHEN j.run_id IS NOT NULL THEN format('run %s: %s', j.run_id, j.run_status)
		WHEN j.status IN ('failed', 'skipped') THEN esn_wrap(esn_shorten(j.message, 120), 37) END
		AS result
FROM esn_jobs j
LIMIT 20;
COMMENT ON VIEW esn_recent_jobs IS
	'The scheduled jobs and the last 20 times they ran, newest first. skipped: a run was already '
	'in progress. esn_jobs has all columns, esn_recent_runs the results of the runs.';
COMMENT ON COLUMN esn_recent_jobs.result IS 'The run that it started, or why there was none.';
