-- Daily maintenance: removes old rows and files, and raises alerts.

CREATE OR REPLACE FUNCTION esn_internal.esn_remove_old_logs(keep_days integer) RETURNS integer
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_remove_old_logs(integer) IS
	'Removes log files of runs from esn_pulse.log_directory. keep_days: younger files are kept. '
	'Returns the number of removed files.';

CREATE OR REPLACE FUNCTION esn_internal.esn_remove_old_errors(keep_days integer) RETURNS bigint
LANGUAGE sql AS $$
	WITH v AS (
		DELETE FROM @extschema@.validation_errors
		WHERE resolved_at < now() - make_interval(days => keep_days) RETURNING 1
	), f AS (
		DELETE FROM @extschema@.failed_scrapes
		WHERE resolved_at < now() - make_interval(days => keep_days) RETURNING 1
	)
	SELECT (SELECT count(*) FROM v) + (SELECT count(*) FROM f)
$$;
COMMENT ON FUNCTION esn_remove_old_errors(integer) IS
	'Removes closed errors and failures. keep_days: younger ones are kept. Returns their number.';

CREATE OR REPLACE FUNCTION esn_internal.esn_remove_old_changes(keep_days integer,
	max_changes integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	removed bigint;
BEGIN
	DELETE FROM @extschema@.changes WHERE changed_at < now() - make_interval(days => keep_days)
		OR id <= (SELECT c.id FROM @extschema@.changes c WHERE max_changes IS NOT NULL
			ORDER BY c.id DESC OFFSET max_changes LIMIT 1);
	GET DIAGNOSTICS removed = ROW_COUNT;
	RETURN removed;
END $$;
COMMENT ON FUNCTION esn_remove_old_changes(integer, integer) IS
	'Removes changes. keep_days: younger ones are kept. max_changes: as in esn_maintenance(). '
	'Returns their number.';

CREATE OR REPLACE FUNCTION esn_internal.esn_raise_alerts() RETURNS bigint
LANGUAGE sql AS $$
	SELECT count(pg_notify('esn_pulse_alert', jsonb_build_object('check', h.name, 'status',
		h.status, 'value', h.value, 'advice', h.advice)::text))
	FROM @extschema@.esn_health_check() h WHERE h.status = 'critical'
$$;
COMMENT ON FUNCTION esn_raise_alerts() IS
	'Raises an alert for each critical check of esn_health_check(). Returns their number.';

CREATE OR REPLACE FUNCTION esn_maintenance(keep_logs integer DEFAULT 30,
	keep_pages integer DEFAULT 90, keep_errors integer DEFAULT 365, keep_runs integer DEFAULT 730,
	keep_changes integer DEFAULT 1825, max_changes integer DEFAULT 1000000,
	OUT task text, OUT rows bigint) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
DECLARE
	least_days integer := least(keep_logs, keep_pages, keep_errors, keep_runs, keep_changes);
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
	task := 'interrupted runs marked';
	rows := esn_mark_dead_runs(ARRAY(SELECT r.id FROM @extschema@.esn_runs r
		JOIN @extschema@.scraper_status s USING (id)
		WHERE r.status <> s.status));
	RETURN NEXT;

	task := 'activities whose is_future_event changed';
	rows := esn_refresh_future();
	RETURN NEXT;

	task := 'kept pages removed';
	UPDATE @extschema@.frontier SET body = NULL WHERE body IS NOT NULL AND kind <> 'robots'
		AND fetched_at < now() - make_interval(days => keep_pages);
	GET DIAGNOSTICS rows = ROW_COUNT;
	RETURN NEXT;

	task := 'closed errors and failures removed';
	rows := esn_remove_old_errors(keep_errors);
	RETURN NEXT;

	-- Before the runs: deleting a run updates its changes.
	task := 'changes removed';
	rows := esn_remove_old_changes(keep_changes, max_changes);
	RETURN NEXT;

	task := 'runs removed';
	DELETE FROM @extschema@.scraper_status
		WHERE completed_at < now() - make_interval(days => keep_runs);
	GET DIAGNOSTICS rows = ROW_COUNT;
	RETURN NEXT;

	task := 'log files removed';
	rows := esn_remove_old_logs(keep_logs);
	RETURN NEXT;

	task := 'overviews counted';
	rows := esn_refresh_summaries();
	RETURN NEXT;

	task := 'alerts raised';
	rows := esn_raise_alerts();
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION esn_maintenance(integer, integer, integer, integer, integer, integer) IS
	'Daily maintenance: marks interrupted runs as failed, updates is_future_event for today, '
	'removes old rows and files, computes the figures of the overviews, and raises an alert '
	'(NOTIFY esn_pulse_alert, JSON) for each critical check of esn_health_check(). Days to keep: '
	'keep_logs: log files. keep_pages: kept pages. keep_errors: closed errors and failures. '
	'keep_runs: runs. keep_changes: changes. max_changes: the maximum number of changes to keep, '
	'the newest; NULL: all. Returns how many rows, files, views or alerts each task handled. '
	'Errors: invalid_parameter_value for less than one day or less than 0 changes.';
