-- Daily maintenance: removes old rows and files, and raises alerts.

CREATE OR REPLACE FUNCTION esn_internal.esn_remove_old_logs(keep_days integer) RETURNS integer
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_remove_old_logs(integer) IS
	'Removes log files of runs from esn_pulse.log_directory. keep_days: younger files are kept. '
	'Returns the number of removed files.';

CREATE OR REPLACE FUNCTION esn_internal.esn_remove_old_rows(what text, keep_days integer,
	max_changes integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	first_kept timestamptz := now() - make_interval(days => keep_days);
	removed bigint;
BEGIN
	CASE what
		WHEN 'pages' THEN
			UPDATE @extschema@.frontier SET body = NULL
			WHERE body IS NOT NULL AND kind <> 'robots' AND fetched_at < first_kept;
		WHEN 'errors' THEN
			DELETE FROM @extschema@.validation_errors WHERE resolved_at < first_kept;
		WHEN 'failures' THEN
			DELETE FROM @extschema@.failed_scrapes WHERE resolved_at < first_kept;
		WHEN 'changes' THEN
			-- However few are to be kept, those of the last day are.
			DELETE FROM @extschema@.changes WHERE changed_at < first_kept
				OR changed_at < now() - interval '1 day'
				AND id <= (SELECT c.id FROM @extschema@.changes c WHERE max_changes IS NOT NULL
					ORDER BY c.id DESC OFFSET max_changes LIMIT 1);
		WHEN 'runs' THEN
			DELETE FROM @extschema@.scraper_status WHERE completed_at < first_kept;
	END CASE;
	GET DIAGNOSTICS removed = ROW_COUNT;
	RETURN removed;
END $$;
COMMENT ON FUNCTION esn_remove_old_rows(text, integer, integer) IS
	'Removes old rows. what: pages (only their contents), errors, failures, changes or runs. '
	'keep_days: younger ones are kept. max_changes: as in esn_maintenance(). Returns their number.';

CREATE OR REPLACE FUNCTION esn_internal.esn_raise_alerts() RETURNS bigint
LANGUAGE sql AS $$
	SELECT count(pg_notify('esn_pulse_alert', jsonb_build_object('check', h.name, 'status',
		h.status, 'value', h.value, 'advice', h.advice)::text))
	FROM @extschema@.esn_health_check() h WHERE h.status = 'critical'
$$;
COMMENT ON FUNCTION esn_raise_alerts() IS
	'Raises an alert for each critical check of esn_health_check(). Returns their number.';

-- Each task by itself: one that fails undoes only its own work.
CREATE OR REPLACE FUNCTION esn_maintenance(keep_logs integer DEFAULT 30,
	keep_pages integer DEFAULT 90, keep_errors integer DEFAULT 365, keep_runs integer DEFAULT 730,
	keep_changes integer DEFAULT 1825, max_changes integer DEFAULT 1000000,
	OUT task text, OUT rows bigint) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
DECLARE
	least_days integer := least(keep_logs, keep_pages, keep_errors, keep_runs, keep_changes);
	problem text;
BEGIN
	PERFORM esn_check_schema();
	IF least_days < 1 THEN
		RAISE EXCEPTION 'days to keep must be at least 1, not %', least_days
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave the argument out for the '
				'usual number of days: \df esn_maintenance shows them.';
	ELSIF max_changes < 0 THEN
		RAISE EXCEPTION 'changes to keep must be at least 0, not %', max_changes
			USING ERRCODE = 'invalid_parameter_value', HINT = 'NULL keeps all of them.';
	END IF;
	-- Changes before runs: deleting a run updates its changes.
	FOREACH task IN ARRAY ARRAY['interrupted runs marked',
		'activities whose is_future_event changed', 'kept pages removed',
		'closed errors and failures removed', 'changes removed', 'runs removed',
		'log files removed', 'overviews counted', 'size noted', 'usage summed',
		'alerts raised']
	LOOP
		BEGIN
			problem := NULL;
			rows := CASE task
				WHEN 'interrupted runs marked' THEN esn_mark_dead_runs(ARRAY(
					SELECT r.id FROM @extschema@.esn_runs r
					JOIN @extschema@.scraper_status s USING (id)
					WHERE r.status <> s.status))
				WHEN 'activities whose is_future_event changed' THEN esn_refresh_future()
				WHEN 'kept pages removed' THEN esn_remove_old_rows('pages', keep_pages, NULL)
				WHEN 'closed errors and failures removed' THEN
					esn_remove_old_rows('errors', keep_errors, NULL)
					+ esn_remove_old_rows('failures', keep_errors, NULL)
				WHEN 'changes removed' THEN
					esn_remove_old_rows('changes', keep_changes, max_changes)
				WHEN 'runs removed' THEN esn_remove_old_rows('runs', keep_runs, NULL)
				WHEN 'log files removed' THEN esn_remove_old_logs(keep_logs)
				WHEN 'overviews counted' THEN esn_refresh_summaries()
				WHEN 'size noted' THEN esn_note_size()
				WHEN 'usage summed' THEN esn_roll_up_usage()
				WHEN 'alerts raised' THEN esn_raise_alerts() END;
		EXCEPTION WHEN OTHERS THEN
			rows := NULL;
			problem := SQLERRM;
			RAISE WARNING 'a task of the maintenance failed: %: %', task, problem
				USING ERRCODE = SQLSTATE, HINT = 'The other tasks are done.';
		END;
		PERFORM esn_note_task(task, problem);
		RETURN NEXT;
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_maintenance(integer, integer, integer, integer, integer, integer) IS
	'Daily maintenance: marks interrupted runs as failed, updates is_future_event for today, '
	'removes old rows and files, computes the figures of the overviews, notes the size of the '
	'tables (see esn_growth), sums the usage of the web gateway, and raises an alert '
	'(NOTIFY esn_pulse_alert, JSON) for each critical check of esn_health_check(). Days to keep: '
	'keep_logs: log files. keep_pages: kept pages. keep_errors: closed errors and failures. '
	'keep_runs: runs. keep_changes: changes. max_changes: the maximum number of changes to keep, '
	'the newest; NULL: all; those of the last day are kept anyway. Returns how many rows, files, '
	'views or alerts each task handled; NULL: it failed, with a WARNING and a row in '
	'esn_health_check(). Errors: invalid_parameter_value for less than one day or less than 0 '
	'changes.';
