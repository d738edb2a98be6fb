-- Figures about the data and the runs, the health check made of them, and the daily maintenance.
-- Rates are of a declared scale: without one, JDBC tells its tools that there are no decimals.

CREATE OR REPLACE VIEW esn_run_quality AS
SELECT r.id, r.scraper_module, r.request, r.status, r.started_at,
	date_trunc('second', coalesce(r.completed_at, now()) - r.started_at) AS duration,
	r.sections_processed, r.sections_failed,
	(r.sections_processed::numeric / nullif(r.sections_processed + r.sections_failed, 0))::numeric(12,4) AS success_rate,
	(r.sections_processed * 3600 / nullif(extract(epoch FROM coalesce(r.completed_at, now()) - r.started_at), 0))::numeric(16,1) AS sections_per_hour,
	r.requests, (r.pages_failed::numeric / nullif(r.requests, 0))::numeric(12,4) AS error_rate,
	(r.not_modified::numeric / nullif(r.requests, 0))::numeric(12,4) AS not_modified_rate,
	r.activities_new, r.activities_changed, r.activities_unchanged,
	(r.activities_invalid::numeric / nullif(r.activities_new + r.activities_changed + r.activities_unchanged, 0))::numeric(12,4) AS invalid_rate,
	r.bytes_received
FROM esn_runs r;
COMMENT ON VIEW esn_run_quality IS 'Figures of each run, newest first: rates between 0 and 1, NULL where there was nothing to count.';

CREATE OR REPLACE VIEW esn_quality AS
WITH a AS (
	SELECT count(*) AS n, count(*) FILTER (WHERE is_valid) AS valid, avg(fields_filled) / 7 AS completeness
	FROM activities WHERE removed_at IS NULL AND fields_filled >= 0
), s AS (
	SELECT count(*) AS n, count(*) FILTER (WHERE can_scrape_activities) AS scrapable,
		count(*) FILTER (WHERE can_scrape_activities AND last_scraped > now() - interval '7 days 6 hours') AS fresh,
		avg((city IS NOT NULL)::integer + (email IS NOT NULL)::integer + (university_name IS NOT NULL)::integer
			+ (latitude IS NOT NULL)::integer + (website IS NOT NULL)::integer) / 5 AS completeness
	FROM sections WHERE removed_at IS NULL
)
SELECT s.n AS sections, (s.scrapable::numeric / nullif(s.n, 0))::numeric(12,4) AS coverage,
	(s.fresh::numeric / nullif(s.scrapable, 0))::numeric(12,4) AS freshness, s.completeness::numeric(12,4) AS section_completeness,
	a.n AS activities, (a.valid::numeric / nullif(a.n, 0))::numeric(12,4) AS validity, a.completeness::numeric(12,4) AS activity_completeness,
	((s.fresh::numeric / nullif(s.scrapable, 0) + a.valid::numeric / nullif(a.n, 0) + a.completeness) / 3)::numeric(12,4) AS data_quality_score
FROM a, s;
COMMENT ON VIEW esn_quality IS 'One row about all of the data, rates between 0 and 1. coverage: sections that activities.esn.org knows. freshness: of those, the ones read within a week. validity: activities without a wrong field. completeness: fields that are filled, of those one expects. data_quality_score: mean of freshness, validity and the completeness of activities.';

CREATE OR REPLACE FUNCTION esn_free_space(OUT free bigint, OUT total bigint)
LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_free_space() IS 'Bytes free and in all on the file system of the server''s data.';

-- Shares of the pages on which rules matched: in the last run that read enough pages, against the ten before it.
CREATE OR REPLACE VIEW esn_rule_shares AS
WITH recent AS (
	SELECT page_kind, run_id
	FROM (SELECT page_kind, run_id, row_number() OVER (PARTITION BY page_kind ORDER BY run_id DESC) AS n
		FROM (SELECT DISTINCT page_kind, run_id FROM extraction_rule_usage WHERE pages >= 20) d) r
	WHERE n <= 11
)
SELECT page_kind, field, position, shipped, run_id, pages, share, before
FROM (
	SELECT u.page_kind, u.field, u.position, u.shipped, u.run_id, u.pages, (u.matched::numeric / u.pages)::numeric(12,4) AS share,
		((sum(u.matched) OVER earlier)::numeric / sum(u.pages) OVER earlier)::numeric(12,4) AS before,
		row_number() OVER (PARTITION BY u.page_kind, u.field, u.position, u.shipped ORDER BY u.run_id DESC) AS n
	FROM extraction_rule_usage u JOIN recent r ON r.page_kind = u.page_kind AND r.run_id = u.run_id
	WINDOW earlier AS (PARTITION BY u.page_kind, u.field, u.position, u.shipped ORDER BY u.run_id ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING)
) shares
WHERE n = 1;
COMMENT ON VIEW esn_rule_shares IS 'How large a share of the pages each rule matched on in the last run that read at least 20 of them, and in the ten such runs before it. Where it fell by half the site''s markup has changed.';

-- The grade of a figure: where critical is more than warning, much is bad, else little.
CREATE OR REPLACE FUNCTION esn_grade(value numeric, warning numeric, critical numeric) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN value IS NULL THEN 'ok'
		WHEN critical >= warning AND value >= critical OR critical < warning AND value <= critical THEN 'critical'
		WHEN critical >= warning AND value >= warning OR critical < warning AND value <= warning THEN 'warning'
		ELSE 'ok' END
$$;
COMMENT ON FUNCTION esn_grade(numeric, numeric, numeric) IS
'ok, warning or critical. value: the figure, NULL: ok. warning: from where on it is that. critical: likewise; below warning it means that little is bad.';

CREATE OR REPLACE FUNCTION esn_health_check() RETURNS TABLE (name text, status text, value text, threshold text, advice text)
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp AS $$
	WITH last_run AS (
		SELECT * FROM esn_runs WHERE status IN ('completed', 'failed') AND request !~ '^(retry|fix|section)' ORDER BY id DESC LIMIT 1
	), last_activities AS (
		SELECT * FROM esn_run_quality WHERE scraper_module = 'ActivitiesAndStatisticsScraper' AND status IN ('completed', 'failed')
			AND request !~ '^(retry|fix|section)' ORDER BY id DESC LIMIT 1
	), s AS (
		SELECT count(*) AS known, count(*) FILTER (WHERE can_scrape_activities) AS n,
			count(*) FILTER (WHERE can_scrape_activities AND last_scraped IS NULL) AS never,
			extract(epoch FROM now() - min(last_scraped) FILTER (WHERE can_scrape_activities)) / 86400 AS age,
			count(*) FILTER (WHERE can_scrape_activities AND last_scraped IS NOT NULL
				AND (SELECT true FROM activity_section_organisers o WHERE o.section_id = s.id LIMIT 1) IS NULL) AS idle,
			count(*) FILTER (WHERE can_scrape_activities AND last_scraped IS NOT NULL
				AND NOT EXISTS (SELECT FROM section_overall_statistics o WHERE o.section_id = s.id)) AS mute
		FROM sections s WHERE removed_at IS NULL
	), a AS (
		SELECT count(*) AS n, count(*) FILTER (WHERE NOT is_valid) AS invalid
		FROM activities WHERE removed_at IS NULL AND fields_filled >= 0 -- by the index that has this condition
	), newest AS (
		SELECT count(*) AS n, count(*) FILTER (WHERE unmatched_organisers = '{}'
			AND (SELECT true FROM activity_section_organisers o WHERE o.activity_id = a.id LIMIT 1) IS NULL) AS orphans
		FROM (SELECT id, unmatched_organisers FROM activities WHERE removed_at IS NULL ORDER BY id DESC LIMIT 10000) a
	), rules AS (
		SELECT count(*) AS n, string_agg(format('%s.%s %s', page_kind, field, position), ', ' ORDER BY page_kind, field, position) AS list
		FROM esn_rule_shares WHERE before * pages >= 10 AND share <= before / 2
	), slots AS (
		SELECT current_setting('max_worker_processes')::integer - count(*) AS free
		FROM pg_stat_activity
		WHERE backend_type NOT IN ('client backend', 'autovacuum launcher', 'autovacuum worker', 'background writer', 'checkpointer',
			'walwriter', 'walsender', 'walreceiver', 'archiver', 'startup', 'slotsync worker', 'walsummarizer')
	), space AS (
		SELECT free, total, pg_size_pretty(free) AS pretty FROM esn_free_space()
	), jobs AS (
		SELECT DISTINCT ON (job) job, regexp_replace(job, '^esn_pulse (\w+) .*', '\1') AS name, active, j.status, message, started_at FROM esn_job_results() j ORDER BY job, started_at DESC NULLS LAST
	), schedule AS (
		SELECT count(*) AS n, count(*) FILTER (WHERE active) AS active,
			string_agg(name || ': ' || coalesce(message, ''), '; ') FILTER (WHERE status = 'failed') AS failing,
			string_agg(name, ', ') FILTER (WHERE started_at < now() - CASE WHEN job LIKE '% accounts %' THEN interval '32 days'
				WHEN job LIKE '% activities %' THEN interval '8 days' ELSE interval '2 days' END) AS late
		FROM jobs
	)
	SELECT 'last run', CASE WHEN r.status IS NULL THEN 'warning' WHEN r.status = 'failed' THEN 'critical' ELSE 'ok' END,
		CASE WHEN r.id IS NULL THEN 'there was none' ELSE esn_wrap(esn_shorten(format('run %s (%s): %s', r.id, r.request, concat_ws(', ', r.status, r.error_message)), 120), 24) END,
		'completed',
		CASE WHEN r.status IS NULL THEN 'SELECT * FROM esn_scrape_all();'
			WHEN r.status = 'failed' THEN E'SELECT * FROM esn_recent_runs;\nSELECT * FROM esn_failed_pages;\nsay why; start it again.' END
	FROM (SELECT) one LEFT JOIN last_run r ON true
	UNION ALL
	SELECT 'sections read', esn_grade(success_rate, 0.95, 0.80), coalesce(round(100 * success_rate, 1) || ' %', 'no figure yet'), 'over 95 %',
		CASE WHEN success_rate <= 0.95 THEN E'SELECT * FROM esn_failed_pages;\nSELECT * FROM esn_retry_failed();' END
	FROM (SELECT) one LEFT JOIN last_activities ON true
	UNION ALL
	SELECT 'failed requests', esn_grade(error_rate, 0.05, 0.20), coalesce(round(100 * error_rate, 1) || ' %', 'no figure yet'), 'under 5 %',
		CASE WHEN error_rate >= 0.05 THEN 'SELECT * FROM esn_failed_pages;' END
	FROM (SELECT) one LEFT JOIN last_activities ON true
	UNION ALL
	SELECT 'invalid activities', esn_grade(a.invalid::numeric / nullif(a.n, 0), 0.02, 0.10),
		format('%s of %s', a.invalid, a.n), 'under 2 %',
		CASE WHEN a.invalid >= 0.02 * a.n AND a.n > 0
			THEN E'SELECT * FROM esn_wrong_fields;\nMany of one kind: the markup has\nchanged, add a rule.' END
	FROM a
	UNION ALL
	SELECT 'data age', CASE WHEN s.n = 0 THEN 'critical' WHEN s.never > 0 THEN 'warning' ELSE esn_grade(s.age, 7.25, 14) END,
		CASE WHEN s.n = 0 THEN 'no section can be read' ELSE concat_ws(', ', round(s.age, 1) || ' days',
			CASE WHEN s.never > 0 THEN format('%s never read', s.never) END) END, 'under 7 days',
		CASE WHEN s.n = 0 OR s.age >= 7.25 THEN E'SELECT * FROM esn_scrape_all();\nSELECT * FROM esn_schedule();\nThe latter has it run by itself.'
			WHEN s.never > 0 THEN 'SELECT * FROM esn_failed_pages;' END
	FROM s
	UNION ALL
	SELECT 'sections without activities', esn_grade(s.idle::numeric / nullif(s.n, 0), 0.25, 0.50), format('%s of %s', s.idle, s.n), 'under 25 %',
		CASE WHEN s.idle >= 0.25 * s.n AND s.n > 0 THEN E'Look at one of them on the site:\nif it has activities there, the\nmarkup of lists has changed.' END
	FROM s
	UNION ALL
	SELECT 'sections without statistics', esn_grade(s.mute::numeric / nullif(s.n, 0), 0.01, 0.10), format('%s of %s', s.mute, s.n), 'under 1 %',
		CASE WHEN s.mute >= 0.01 * s.n AND s.n > 0 THEN 'SELECT * FROM esn_scrape_all(true);' END
	FROM s
	UNION ALL
	SELECT 'activities without organisers', esn_grade(a.orphans::numeric / nullif(a.n, 0), 0.01, 0.05), format('%s of %s', a.orphans, a.n), 'under 1 %',
		CASE WHEN a.orphans >= 0.01 * a.n AND a.n > 0 THEN E'Look at one of them on the site:\nif it names organisers, the rules\nfor them match no more.' END
	FROM newest a
	UNION ALL
	SELECT 'failed addresses', esn_grade(count(*), 50, 500), count(*) || ' waiting', 'under 50',
		CASE WHEN count(*) >= 50 THEN 'SELECT * FROM esn_retry_failed();' END
	FROM failed_scrapes WHERE will_retry AND resolved_at IS NULL
	UNION ALL
	SELECT 'extraction rules', esn_grade(rules.n, 1, 5), coalesce(esn_wrap(esn_shorten(rules.list, 120), 24), 'all match as before'), 'none fell',
		CASE WHEN rules.n > 0 THEN E'SELECT * FROM esn_rule_shares;\nThe markup has changed there: add\na rule, or is the field gone?' END
	FROM rules
	UNION ALL
	SELECT 'worker slots', esn_grade(slots.free, 1, 0), slots.free || ' free', 'over 1',
		CASE WHEN slots.free <= 1 THEN E'Raise max_worker_processes and\nrestart the server.' END
	FROM slots
	UNION ALL
	SELECT 'disk space', esn_grade(space.free, 5::bigint << 30, 1 << 30), space.pretty || ' free', 'over 5 GB',
		CASE WHEN space.free <= 5::bigint << 30 THEN E'Make room, or move the server: a\nmonth of data takes up to 1 GB.' END
	FROM space
	UNION ALL
	SELECT 'schedule', CASE WHEN failing IS NOT NULL THEN 'critical' WHEN active < 3 OR late IS NOT NULL THEN 'warning' ELSE 'ok' END,
		CASE WHEN failing IS NOT NULL THEN esn_wrap(esn_shorten('failed: ' || failing, 120), 24) WHEN n = 0 THEN 'no jobs here' WHEN active < 3 THEN active || ' of 3 jobs active'
			WHEN late IS NOT NULL THEN esn_wrap('late: ' || late, 24) ELSE '3 jobs' END, '3 jobs run',
		CASE WHEN failing IS NOT NULL THEN 'SELECT * FROM esn_recent_jobs;' WHEN active < 3 THEN E'SELECT esn_schedule(); makes them,\nor says what is missing.'
			WHEN late IS NOT NULL THEN E'SELECT * FROM esn_recent_jobs;\nWas the server down? Is\ncron.launch_active_jobs on?' END
	FROM schedule
$$;
COMMENT ON FUNCTION esn_health_check() IS
'One row a check: its name, ok, warning or critical, the value, what it should be, and what to do where it is not, on short lines for a terminal of 120 columns. Writes nothing: also on a standby.';

CREATE OR REPLACE VIEW esn_health AS SELECT * FROM esn_health_check();
COMMENT ON VIEW esn_health IS 'The rows of esn_health_check(), for monitoring.';

CREATE OR REPLACE FUNCTION esn_remove_old_logs(keep_days integer) RETURNS integer
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_remove_old_logs(integer) IS
'Removes log files of runs from esn_pulse.log_directory. keep_days: those younger stay. Returns how many were removed.';

CREATE OR REPLACE FUNCTION esn_maintenance(keep_logs integer DEFAULT 30, keep_pages integer DEFAULT 90, keep_errors integer DEFAULT 365,
	keep_runs integer DEFAULT 730, keep_changes integer DEFAULT 1825, max_changes integer DEFAULT 1000000,
	OUT task text, OUT rows bigint) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp AS $$
BEGIN
	IF least(keep_logs, keep_pages, keep_errors, keep_runs, keep_changes) < 1 THEN
		RAISE EXCEPTION 'days to keep must be at least 1, not %', least(keep_logs, keep_pages, keep_errors, keep_runs, keep_changes)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave the argument out for the usual number of days: \df esn_maintenance shows them.';
	END IF;
	IF max_changes < 0 THEN
		RAISE EXCEPTION 'changes to keep must be at least 0, not %', max_changes
			USING ERRCODE = 'invalid_parameter_value', HINT = 'NULL keeps all of them.';
	END IF;
	task := 'runs that died, marked';
	rows := esn_mark_dead_runs(ARRAY(SELECT r.id FROM esn_runs r JOIN scraper_status s USING (id) WHERE r.status <> s.status));
	RETURN NEXT;

	task := 'activities whose is_future_event changed';
	rows := esn_refresh_future();
	RETURN NEXT;

	task := 'kept pages removed';
	UPDATE fetched_pages SET body = NULL WHERE body IS NOT NULL AND kind <> 'robots' AND fetched_at < now() - make_interval(days => keep_pages);
	GET DIAGNOSTICS rows = ROW_COUNT;
	RETURN NEXT;

	task := 'closed errors and failures removed';
	WITH v AS (
		DELETE FROM validation_errors WHERE resolved_at < now() - make_interval(days => keep_errors) RETURNING 1
	), f AS (
		DELETE FROM failed_scrapes WHERE resolved_at < now() - make_interval(days => keep_errors) RETURNING 1
	)
	SELECT (SELECT count(*) FROM v) + (SELECT count(*) FROM f) INTO rows;
	RETURN NEXT;

	-- Before the runs, so that their going need not be written into what goes itself.
	task := 'changes removed';
	DELETE FROM changes WHERE changed_at < now() - make_interval(days => keep_changes)
		OR id <= (SELECT c.id FROM changes c WHERE max_changes IS NOT NULL ORDER BY c.id DESC OFFSET max_changes LIMIT 1);
	GET DIAGNOSTICS rows = ROW_COUNT;
	RETURN NEXT;

	task := 'runs removed';
	DELETE FROM scraper_status WHERE completed_at < now() - make_interval(days => keep_runs);
	GET DIAGNOSTICS rows = ROW_COUNT;
	RETURN NEXT;

	task := 'log files removed';
	rows := esn_remove_old_logs(keep_logs);
	RETURN NEXT;

	task := 'overviews counted';
	rows := esn_keep_figures();
	RETURN NEXT;

	task := 'alerts raised';
	SELECT count(pg_notify('esn_pulse_alert', jsonb_build_object('check', h.name, 'status', h.status, 'value', h.value, 'advice', h.advice)::text))
	FROM esn_health_check() h WHERE h.status = 'critical' INTO rows;
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION esn_maintenance(integer, integer, integer, integer, integer, integer) IS
'The daily work: marks runs that died, sets is_future_event right for today, removes what is past its time, counts what the overviews show, and raises an alert (NOTIFY esn_pulse_alert, JSON) for each check of esn_health_check() that is critical. keep_logs: days for which log files stay. keep_pages: the same of pages kept whole. keep_errors: of closed errors and failures. keep_runs: of runs. keep_changes: of changes. max_changes: rows of changes that stay, the newest; NULL: all. Returns how many rows, files, views or alerts each task took. Errors: invalid_parameter_value for less than one day or less than 0 changes.';
