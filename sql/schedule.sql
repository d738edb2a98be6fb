-- The schedule: jobs of pg_cron, which is looked up at run time because it may be missing.

-- The names distinguish the jobs of several databases of a cluster. All arguments are given, so
-- that no other function of that name fits as well.
CREATE OR REPLACE FUNCTION esn_internal.esn_planned_jobs(accounts text, activities text,
	maintenance text, resume text)
RETURNS TABLE (job text, schedule text, command text)
LANGUAGE sql STABLE AS $$
	SELECT format('esn_pulse %s (%s)', j.name, current_database()), j.schedule,
		'SELECT @extschema@.' || j.call
	FROM (VALUES (1, 'accounts', accounts, 'esn_scrape_accounts(true)'),
		(2, 'activities', activities, 'esn_scrape_all(false, true)'),
		(3, 'maintenance', maintenance, 'esn_maintenance(30, 90, 365, 730, 1825, 1000000)'),
		(4, 'resume', resume, 'esn_resume(true)')) AS j(n, name, schedule, call)
	ORDER BY j.n
$$;
COMMENT ON FUNCTION esn_planned_jobs(text, text, text, text) IS
	'The jobs that esn_schedule() creates. accounts: the schedule of the first. activities: of the '
	'second. maintenance: of the third. resume: of the fourth.';

-- The hint contains the statements to run in the database of pg_cron.
CREATE OR REPLACE FUNCTION esn_internal.esn_require_cron(statements text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	home text := current_setting('cron.database_name', true);
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		RETURN;
	ELSIF home IS NULL THEN
		RAISE EXCEPTION 'pg_cron is not loaded in this server'
			USING ERRCODE = 'feature_not_supported',
				DETAIL = 'The schedule consists of pg_cron jobs.',
			HINT = format('Install it (on Debian: apt-get install postgresql-%s-cron); put '
				'shared_preload_libraries = ''pg_cron'' and cron.database_name = %L into '
				'postgresql.conf; restart the server; then here: CREATE EXTENSION pg_cron;',
				current_setting('server_version_num')::integer / 10000, current_database());
	ELSIF home = current_database() THEN
		RAISE EXCEPTION 'the extension pg_cron is not installed in this database'
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'CREATE EXTENSION pg_cron;';
	END IF;
	RAISE EXCEPTION 'pg_cron is installed in another database of this server: %', home
		USING ERRCODE = 'object_not_in_prerequisite_state',
			DETAIL = 'Jobs can be created only there, but they can run in this database.',
		HINT = format(E'Run there (psql -d %I):\n%s', home, statements);
END $$;
COMMENT ON FUNCTION esn_require_cron(text) IS
	'Raises an error if pg_cron is not in this database. statements: what to run in the database '
	'of pg_cron.';

CREATE OR REPLACE FUNCTION esn_schedule(accounts text DEFAULT '0 0 1 * *',
	activities text DEFAULT '0 1 * * 1', maintenance text DEFAULT '30 4 * * *',
	resume text DEFAULT '17 * * * *')
RETURNS TABLE (job text, schedule text, command text)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM esn_check_schema();
	PERFORM esn_require_cron(string_agg(format('SELECT cron.schedule_in_database(%L, %L, %L, %L);',
		p.job, p.schedule, p.command,
		current_database()), E'\n')) FROM esn_planned_jobs(accounts, activities, maintenance,
			resume) p;
	FOR job, schedule, command IN SELECT * FROM esn_planned_jobs(accounts, activities,
		maintenance, resume) LOOP
		EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING job, schedule, command;
		RETURN NEXT;
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_schedule(text, text, text, text) IS
	'Creates, or changes, the pg_cron jobs that keep this database fresh. accounts: when to read '
	'countries and sections. activities: when to read activities and statistics (and accounts if '
	'they are due). maintenance: when to run esn_maintenance(). resume: when to run esn_resume(). '
	'All are cron schedules (minute hour day month weekday, in cron.timezone). Returns the jobs. '
	'Errors: feature_not_supported without pg_cron; object_not_in_prerequisite_state if it is in '
	'another database, with the statements to run there as a hint.';

CREATE OR REPLACE FUNCTION esn_unschedule() RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	removed integer;
BEGIN
	PERFORM esn_check_schema();
	PERFORM esn_require_cron(string_agg(format('SELECT cron.unschedule(%L);', p.job), E'\n'))
		FROM esn_planned_jobs('', '', '', '') p;
	EXECUTE 'SELECT count(cron.unschedule(j.jobid)) FROM cron.job j WHERE j.jobname IN (SELECT '
		'p.job FROM esn_planned_jobs('''', '''', '''', '''') p)'
		INTO removed;
	RETURN removed;
END $$;
COMMENT ON FUNCTION esn_unschedule() IS
	'Removes the jobs that esn_schedule() created. Returns their number. Errors: as '
	'esn_schedule().';

CREATE OR REPLACE FUNCTION esn_internal.esn_job_results(OUT job text, OUT schedule text,
	OUT active boolean,
	OUT started_at timestamptz, OUT ended_at timestamptz,
	OUT status text, OUT message text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
	PERFORM esn_check_schema();
	IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		RETURN;
	END IF;
	-- A job that found a run in progress has failed for pg_cron, but this is not a problem.
	RETURN QUERY EXECUTE $q$
		SELECT j.jobname::text, j.schedule, j.active, d.start_time, d.end_time,
			CASE WHEN d.status = 'failed'
				AND d.return_message LIKE '%is already running (started at%'
				THEN 'skipped' ELSE d.status END, d.return_message
		FROM cron.job j LEFT JOIN cron.job_run_details d USING (jobid)
		WHERE j.jobname IN (SELECT p.job FROM esn_planned_jobs('', '', '', '') p)
	$q$;
END $$;
COMMENT ON FUNCTION esn_job_results() IS
	'The jobs of esn_schedule() and their executions by pg_cron; no rows if pg_cron is not in this '
	'database.';

CREATE OR REPLACE VIEW esn_jobs AS
SELECT j.job, j.schedule, j.active, j.started_at, j.ended_at, j.status, j.message,
	r.id AS run_id, r.status AS run_status, r.sections_processed, r.sections_failed, r.error_message
FROM esn_job_results() j
LEFT JOIN scraper_status r ON r.started_at >= j.started_at
	AND r.started_at <= coalesce(j.ended_at, 'infinity')
	AND j.job ~ '^esn_pulse (a|resume)' AND j.status IS DISTINCT FROM 'skipped'
ORDER BY j.started_at DESC NULLS LAST, r.id DESC;
COMMENT ON VIEW esn_jobs IS
	'The executions of the scheduled jobs by pg_cron, newest first, and the runs that they '
	'started.';
