-- The functions with which the worker keeps a run's row, its rules, its robots.txt, and finds the
-- pages to retry. frontier.sql decides what a run has to fetch.

-- The start and the end of a run.

CREATE OR REPLACE FUNCTION esn_internal.esn_rules() RETURNS TABLE (page_kind text, field text,
	selector text,
	attribute text, required boolean, "position" integer,
	shipped boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM esn_check_schema();
	RETURN QUERY
	SELECT r.page_kind, r.field, r.selector, r.attribute, r.required, r.position, r.shipped
	FROM @extschema@.extraction_rules r
	ORDER BY r.page_kind, r.field, r.shipped, r.position;
END $$;
COMMENT ON FUNCTION esn_rules() IS 'The extraction rules in the order in which they are tried.';

CREATE OR REPLACE FUNCTION esn_internal.esn_is_whole_run(request text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT request !~ '^(retry|fix|section)';
END;
COMMENT ON FUNCTION esn_is_whole_run(text) IS
	'Whether a run is one over accounts or over activities, not one of a section or a retry. '
	'request: as in scraper_status.';

-- Delivered when the transaction commits, together with the row.
CREATE OR REPLACE FUNCTION esn_internal.esn_alert_of_runs(ids bigint[]) RETURNS bigint
LANGUAGE sql AS $$
	SELECT count(pg_notify('esn_pulse_alert', jsonb_build_object('run_id', id, 'scraper_module',
		scraper_module, 'request', request, 'status', status, 'sections_processed',
		sections_processed, 'sections_failed', sections_failed, 'error_message',
		left(error_message, 1000))::text))
	FROM @extschema@.scraper_status
	WHERE id = ANY (esn_alert_of_runs.ids) AND esn_is_whole_run(request)
		AND (status IN ('failed', 'partial')
		OR status = 'completed' AND sections_processed < (sections_processed + sections_failed)
			* current_setting('esn_pulse.min_success_ratio', true)::numeric)
$$;
COMMENT ON FUNCTION esn_alert_of_runs(bigint[]) IS
	'Raises an alert (NOTIFY esn_pulse_alert, JSON) for each run over accounts or activities that '
	'failed, left work, or read too few sections. ids: runs that have just ended. Returns their '
	'number.';

CREATE OR REPLACE FUNCTION esn_internal.esn_mark_dead_runs(ids bigint[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	marked bigint[];
BEGIN
	WITH dead AS (
		UPDATE @extschema@.scraper_status SET status = 'failed', completed_at = now(),
			error_message = 'interrupted: its worker process is gone',
			is_unfinished = true
		-- It may have ended since its id was found.
		WHERE id = ANY (ids) AND status IN ('running', 'waiting')
		RETURNING id
	)
	SELECT coalesce(array_agg(id), '{}') FROM dead INTO marked;
	PERFORM esn_alert_of_runs(marked);
	RETURN cardinality(marked);
END $$;
COMMENT ON FUNCTION esn_mark_dead_runs(bigint[]) IS
	'Marks runs whose worker is gone as failed, unless they have ended. ids: those runs. Raises '
	'alerts as esn_alert_of_runs(). Returns their number.';

CREATE OR REPLACE FUNCTION esn_internal.esn_refresh_future() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	changed bigint;
BEGIN
	-- Found by index: those that were upcoming, those that are, and those without a date.
	UPDATE @extschema@.activities SET is_future_event = start_date > current_date
	WHERE id IN (
			SELECT id FROM @extschema@.activities WHERE is_future_event
			UNION ALL SELECT id FROM @extschema@.activities
				WHERE start_date > current_date
			UNION ALL SELECT id FROM @extschema@.activities WHERE start_date IS NULL)
		AND is_future_event IS DISTINCT FROM (start_date > current_date);
	GET DIAGNOSTICS changed = ROW_COUNT;
	RETURN changed;
END $$;
COMMENT ON FUNCTION esn_refresh_future() IS
	'Sets is_future_event of all activities for today. Returns the number of changed rows.';

-- Once a run, all of the frontier is looked at, so that no trigger has to watch each row.
CREATE OR REPLACE FUNCTION esn_internal.esn_reschedule() RETURNS bigint
LANGUAGE plpgsql SET enable_hashjoin = on SET enable_seqscan = on AS $$
DECLARE
	policy record;
	changed bigint;
BEGIN
	SELECT recent_days, refresh_days INTO policy FROM esn_policy();
	UPDATE @extschema@.frontier f SET next_fetch_at = n.next_fetch_at, reason = n.reason,
		priority = n.priority
	FROM @extschema@.frontier g
	LEFT JOIN @extschema@.activities a ON a.event_slug = g.event_slug
	CROSS JOIN LATERAL (
		-- Its row was deleted, or it was read by a clock that was ahead.
		SELECT 'epoch', 'never read', 1
		WHERE a.id IS NULL AND g.status = 'fetched' OR g.tried_at > now()
		UNION ALL
		SELECT s.* FROM esn_next_fetch(g.kind, g.status, g.event_slug, g.tried_at,
			coalesce(a.end_date, a.start_date), NULL, NULL, policy.recent_days,
			policy.refresh_days) s
		WHERE a.id IS NOT NULL AND g.status = 'fetched' AND g.tried_at <= now()
			AND g.reason IN ('upcoming', 'recent', 'old')
			AND NOT EXISTS (SELECT FROM schedule_settings o
				WHERE (o.recent_days, o.refresh_days) = (policy.recent_days, policy.refresh_days))
	) n(next_fetch_at, reason, priority)
	WHERE g.kind = 'activity' AND f.url = g.url AND f.next_fetch_at <> n.next_fetch_at;
	GET DIAGNOSTICS changed = ROW_COUNT;
	UPDATE @extschema@.frontier f SET next_fetch_at = NULL
	WHERE f.kind = 'listing'
		AND f.next_fetch_at > now() + make_interval(days => 2 * policy.refresh_days);
	UPDATE schedule_settings SET recent_days = policy.recent_days,
		refresh_days = policy.refresh_days
	WHERE (schedule_settings.recent_days, schedule_settings.refresh_days)
		<> (policy.recent_days, policy.refresh_days);
	INSERT INTO schedule_settings SELECT policy.recent_days, policy.refresh_days
	WHERE NOT EXISTS (SELECT FROM schedule_settings);
	RETURN changed;
END $$;
COMMENT ON FUNCTION esn_reschedule() IS
	'Computes anew when activities are fetched next, where esn_pulse.recent_days or '
	'esn_pulse.refresh_days has changed, where the row of the activity was deleted, or where the '
	'last attempt lies in the future. Returns how many rows of frontier changed.';

CREATE OR REPLACE FUNCTION esn_internal.esn_begin_run(module text, requested_by text, request text,
	waited bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	last @extschema@.scraper_status;
	run bigint;
BEGIN
	-- After a crash, a process may have the pid of one that waited.
	PERFORM esn_mark_dead_runs(ARRAY(SELECT s.id FROM @extschema@.scraper_status s
		WHERE s.status = 'running' OR s.status = 'waiting' AND s.worker_pid = pg_backend_pid()
			AND s.id IS DISTINCT FROM waited));
	PERFORM esn_refresh_future();
	PERFORM esn_reschedule();
	SELECT s.* INTO last FROM @extschema@.scraper_status s
	WHERE s.scraper_module = module AND s.request = esn_begin_run.request AND s.status <> 'waiting'
	ORDER BY s.id DESC LIMIT 1;
	IF NOT (last.is_unfinished AND last.since BETWEEN now() - interval '1 day' AND now()) THEN
		last := NULL;
	END IF;
	UPDATE @extschema@.scraper_status s SET status = 'running', started_at = now(),
		since = coalesce(last.since, now()), first_run = coalesce(last.first_run, last.id),
		taken_by = NULL
	WHERE s.status = 'waiting' AND s.id = waited
	RETURNING id INTO run;
	IF run IS NULL THEN
		INSERT INTO @extschema@.scraper_status (scraper_module, requested_by, request, worker_pid,
			since, first_run)
		VALUES (module, esn_begin_run.requested_by, esn_begin_run.request, pg_backend_pid(),
			coalesce(last.since, now()), coalesce(last.first_run, last.id))
		RETURNING id INTO run;
	END IF;
	RETURN run;
END $$;
COMMENT ON FUNCTION esn_begin_run(text, text, text, bigint) IS
	'Creates a run''s row, or begins the one that has waited; marks interrupted '
	'runs as failed, updates is_future_event for today, and calls esn_reschedule(). If the last '
	'run of the same module and request was left unfinished within a day, the new one resumes it. '
	'module: as in scraper_status. requested_by: the role that requested it. request: what was '
	'requested. waited: the row of the run if it has waited, NULL: it has not. Only the holder of '
	'the extension''s advisory lock may call it.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_rule_usage(run bigint, usage jsonb) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO @extschema@.extraction_rule_usage (run_id, page_kind, field, position, shipped,
		pages, matched)
	SELECT esn_store_rule_usage.run, u.page_kind, u.field, u.position, u.shipped, u.pages, u.matched
	FROM jsonb_to_recordset(esn_store_rule_usage.usage) AS u(page_kind text, field text,
		position integer,
		shipped boolean, pages integer, matched integer)
	ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION esn_store_rule_usage(bigint, jsonb) IS
	'Stores the number of pages on which each rule matched. run: the run. usage: array of rows of '
	'extraction_rule_usage.';

-- The pages of esn_retry_failed() and esn_fix_validation_errors().

CREATE OR REPLACE FUNCTION esn_internal.esn_waiting_failures()
	RETURNS TABLE (url text, kind text, section text)
LANGUAGE sql STABLE AS $$
	SELECT f.url, f.kind, s.accounts_platform_slug
	FROM @extschema@.failed_scrapes f LEFT JOIN @extschema@.sections s ON s.id = f.section_id
	WHERE f.will_retry AND f.resolved_at IS NULL AND f.kind IS NOT NULL
	ORDER BY f.last_attempt, f.id
$$;
COMMENT ON FUNCTION esn_waiting_failures() IS
	'The failures that are worth a retry: address, kind of page, slug of the section on '
	'accounts.esn.org.';

CREATE OR REPLACE FUNCTION esn_internal.esn_pages_with_errors()
	RETURNS TABLE (url text, kind text, section text,
	kept boolean)
LANGUAGE sql STABLE AS $$
	SELECT k.url, k.kind, s.accounts_platform_slug, k.body IS NOT NULL
		AND k.kind IN ('activity', 'statistics')
	FROM @extschema@.frontier k LEFT JOIN @extschema@.sections s ON s.id = k.section_id
	WHERE k.url IN (SELECT v.url FROM @extschema@.validation_errors v WHERE v.resolved_at IS NULL)
	ORDER BY k.fetched_at, k.url
$$;
COMMENT ON FUNCTION esn_pages_with_errors() IS
	'The pages with open validation errors: address, kind, slug of the section on '
	'accounts.esn.org, and whether a kept copy can be parsed again. A section''s copy cannot: its '
	'address is redacted there.';

CREATE OR REPLACE FUNCTION esn_internal.esn_kept_page(page_url text) RETURNS bytea
LANGUAGE sql STABLE AS $$
	SELECT body FROM @extschema@.frontier WHERE url = esn_kept_page.page_url
$$;
COMMENT ON FUNCTION esn_kept_page(text) IS
	'The kept copy of a page; NULL: none. page_url: its address.';

-- A robots.txt is current for a day. If it cannot be read after that, it counts for 30 more days
-- (RFC 9309, 2.4).
CREATE OR REPLACE FUNCTION esn_internal.esn_known_robots(robots_url text)
	RETURNS TABLE (current boolean, body text)
LANGUAGE sql STABLE AS $$
	SELECT fetched_at > now() - interval '1 day', coalesce(convert_from(k.body, 'UTF8'), '')
	FROM @extschema@.frontier k
	WHERE k.url = esn_known_robots.robots_url
		AND fetched_at BETWEEN now() - interval '30 days' AND now()
$$;
COMMENT ON FUNCTION esn_known_robots(text) IS
	'A robots.txt as last read (empty if the site has none), and whether it is less than a day '
	'old. robots_url: its address.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_robots(robots_url text, status integer, body text)
	RETURNS void
LANGUAGE sql AS $$
	UPDATE @extschema@.failed_scrapes SET resolved_at = now()
	WHERE url = esn_store_robots.robots_url
		AND resolved_at IS NULL;
	INSERT INTO @extschema@.frontier (url, kind, status, http_status, body, fetched_at, tried_at)
		VALUES (esn_store_robots.robots_url, 'robots', 'fetched', esn_store_robots.status,
			convert_to(esn_store_robots.body, 'UTF8'),
			now(), now())
	ON CONFLICT (url) DO UPDATE SET status = 'fetched', http_status = excluded.http_status,
		body = excluded.body, fetched_at = now(), tried_at = now()
$$;
COMMENT ON FUNCTION esn_store_robots(text, integer, text) IS
	'Stores a robots.txt. robots_url: its address. status: of the answer. body: its contents; NULL '
	'if the site has none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_current_run() RETURNS bigint
LANGUAGE sql STABLE AS $$
	SELECT id FROM @extschema@.scraper_status WHERE status = 'running'
		AND worker_pid = pg_backend_pid()
$$;
COMMENT ON FUNCTION esn_current_run() IS 'The run of which this process is the worker. NULL: none.';

CREATE OR REPLACE VIEW esn_runs AS
SELECT s.id, s.scraper_module, s.request,
	CASE WHEN alive THEN s.status ELSE 'failed' END AS status,
	s.started_at, s.completed_at, s.sections_processed, s.sections_failed,
	s.activities_new, s.activities_changed, s.activities_unchanged, s.activities_invalid,
	s.requests, s.not_modified, s.bytes_received, s.pages_failed,
	CASE WHEN alive THEN s.error_message ELSE 'interrupted: its worker process is gone' END
		AS error_message,
	s.requested_by, s.worker_pid, s.taken_by, s.cpu_seconds, s.peak_memory
FROM scraper_status s
CROSS JOIN LATERAL (
	-- The primary's locks are not visible on a standby, so the row decides.
	SELECT s.completed_at IS NOT NULL OR pg_is_in_recovery() OR EXISTS (
		SELECT FROM pg_locks l
		WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database
			WHERE datname = current_database())
			AND l.classid = 1163087440 AND l.objid IN (1, 2) AND l.objsubid = 2 AND l.granted
				AND l.pid = s.worker_pid) AS alive
) a
ORDER BY s.id DESC;
COMMENT ON VIEW esn_runs IS
	'All runs with all columns, newest first, for programs. Unlike scraper_status, it shows a run '
	'whose worker is gone (server crash, power cut) as failed; on a standby only after its '
	'promotion. esn_recent_runs is its short form for a terminal.';

CREATE OR REPLACE FUNCTION esn_internal.esn_keep_run(run bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM @extschema@.scraper_status WHERE id = run FOR KEY SHARE;
	RETURN FOUND;
END $$;
COMMENT ON FUNCTION esn_keep_run(bigint) IS
	'Keeps the row of a run from being deleted until the end of the transaction; what a run stores '
	'refers to it. run: the run. Returns false if the row is gone.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_progress(run bigint, sections_processed integer,
	sections_failed integer, requests bigint, not_modified bigint, bytes_received bigint,
	pages_failed integer, activities integer[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE @extschema@.scraper_status SET
		sections_processed = esn_store_progress.sections_processed,
		sections_failed = esn_store_progress.sections_failed,
		requests = esn_store_progress.requests, not_modified = esn_store_progress.not_modified,
		bytes_received = esn_store_progress.bytes_received,
		pages_failed = esn_store_progress.pages_failed,
		activities_new = activities[1], activities_changed = activities[2],
		activities_unchanged = activities[3], activities_invalid = activities[4]
	WHERE id = run;
END $$;
COMMENT ON FUNCTION esn_store_progress(bigint, integer, integer, bigint, bigint, bigint, integer,
	integer[]) IS
	'Stores the progress of a run. run: the run. sections_processed: as in scraper_status. '
	'sections_failed: likewise. requests: likewise. not_modified: likewise. bytes_received: '
	'likewise. pages_failed: likewise. activities: new, changed, unchanged, invalid.';

CREATE OR REPLACE FUNCTION esn_internal.esn_end_run(run bigint, status text, error_message text,
	is_unfinished boolean, wait_seconds bigint, cpu_seconds double precision, peak_memory bigint)
	RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE @extschema@.scraper_status SET status = esn_end_run.status,
		completed_at = clock_timestamp(), error_message = esn_end_run.error_message,
		is_unfinished = esn_end_run.is_unfinished,
		cpu_seconds = esn_end_run.cpu_seconds, peak_memory = esn_end_run.peak_memory,
		resume_at = clock_timestamp() + make_interval(secs => nullif(wait_seconds, 0))
	WHERE id = run;
	PERFORM esn_alert_of_runs(ARRAY[run]);
END $$;
COMMENT ON FUNCTION esn_end_run(bigint, text, text, boolean, bigint, double precision, bigint) IS
	'Completes the row of a run, and raises an alert as esn_alert_of_runs(). run: the run. status: '
	'as in scraper_status. error_message: why it ended, NULL: it completed. is_unfinished: whether '
	'work is left. wait_seconds: how long the site asked to wait, 0: it did not. cpu_seconds: as '
	'in scraper_status. peak_memory: likewise.';

CREATE OR REPLACE FUNCTION esn_internal.esn_run_row(run bigint) RETURNS scraper_status
LANGUAGE sql STABLE AS $$
	SELECT s.* FROM @extschema@.scraper_status s WHERE s.id = esn_run_row.run
$$;
COMMENT ON FUNCTION esn_run_row(bigint) IS 'The row of a run. run: the run.';

CREATE OR REPLACE FUNCTION esn_internal.esn_running_run()
RETURNS TABLE (id bigint, started_at text, request text)
LANGUAGE sql STABLE AS $$
	SELECT id, started_at::text, request FROM @extschema@.scraper_status WHERE status = 'running'
$$;
COMMENT ON FUNCTION esn_running_run() IS 'The run in progress; no row if there is none.';

CREATE OR REPLACE FUNCTION esn_internal.esn_run_worker(run bigint)
RETURNS TABLE (worker_pid integer, is_completed boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM esn_check_schema();
	RETURN QUERY
	SELECT CASE WHEN r.status IN ('running', 'waiting') THEN r.worker_pid END,
		r.status = 'completed'
	FROM @extschema@.esn_runs r WHERE r.id = run;
END $$;
COMMENT ON FUNCTION esn_run_worker(bigint) IS
	'The process that works on a run (NULL: none), and whether the run has completed. Returns no '
	'row if the run does not exist. run: the run.';

CREATE OR REPLACE FUNCTION esn_internal.esn_known_sections()
RETURNS TABLE (id integer, accounts_slug text, activities_slug text, name text,
	has_activities boolean)
LANGUAGE sql STABLE AS $$
	SELECT id, accounts_platform_slug, activities_platform_slug, name,
		coalesce(can_scrape_activities, false)
	FROM @extschema@.sections
$$;
COMMENT ON FUNCTION esn_known_sections() IS
	'All sections, and whether activities.esn.org knows each.';

CREATE OR REPLACE FUNCTION esn_internal.esn_has_sections() RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM @extschema@.sections)
$$;
COMMENT ON FUNCTION esn_has_sections() IS 'Whether any section is known.';
