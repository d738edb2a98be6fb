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

-- Some of pg_cron's settings are for superusers to see.
CREATE OR REPLACE FUNCTION esn_internal.esn_cron_setting(name text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN current_setting('cron.' || name, true);
EXCEPTION WHEN insufficient_privilege THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION esn_cron_setting(text) IS
	'A setting of pg_cron; NULL if there is none, or the caller may not see it. name: without '
	'"cron.".';

-- Of all roles, as far as they are visible. A job keeps the database's name of when it was made:
-- those of databases that no longer exist are of this one, under its former name.
CREATE OR REPLACE FUNCTION esn_internal.esn_own_jobs()
RETURNS TABLE (jobid bigint, job text, kind text, schedule text, active boolean, username text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY EXECUTE $q$
		SELECT j.jobid, j.jobname::text, substring(j.jobname::text, '^esn_pulse (\w+) '),
			j.schedule, j.active, j.username
		FROM cron.job j
		WHERE j.jobname::text ~ '^esn_pulse (accounts|activities|maintenance|resume) \('
			AND (j.database = current_database()
				OR NOT EXISTS (SELECT FROM pg_database d WHERE d.datname = j.database))
		ORDER BY j.jobid
	$q$;
END $$;
COMMENT ON FUNCTION esn_own_jobs() IS 'The jobs of esn_schedule() in pg_cron, whoever made them.';

-- The hint contains the statements to run in the database of pg_cron.
CREATE OR REPLACE FUNCTION esn_internal.esn_require_cron(statements text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	home text := esn_cron_setting('database_name');
	loaded boolean := EXISTS (SELECT FROM pg_settings WHERE name LIKE 'cron.%');
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		IF NOT has_schema_privilege('cron', 'USAGE') THEN
			RAISE EXCEPTION 'the role % may not use pg_cron', current_user
				USING ERRCODE = 'insufficient_privilege',
					HINT = format('Run GRANT USAGE ON SCHEMA cron TO %I.', current_user);
		END IF;
		RETURN;
	ELSIF home IS NULL AND NOT loaded THEN
		RAISE EXCEPTION 'pg_cron is not loaded in this server'
			USING ERRCODE = 'feature_not_supported',
				DETAIL = 'The schedule consists of pg_cron jobs.',
			HINT = format(E'Install it (on Debian: apt-get install postgresql-%s-cron); put '
				'these lines into postgresql.conf; restart the server; then here: '
				'CREATE EXTENSION pg_cron;\nshared_preload_libraries = ''pg_cron''\n'
				'cron.database_name = %L\ncron.use_background_workers = on',
				current_setting('server_version_num')::integer / 10000, current_database());
	ELSIF home IS NULL OR home = current_database() THEN
		RAISE EXCEPTION 'the extension pg_cron is not installed in this database'
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'CREATE EXTENSION pg_cron;';
	END IF;
	RAISE EXCEPTION 'pg_cron is installed in another database of this server: %', home
		USING ERRCODE = 'object_not_in_prerequisite_state',
			DETAIL = 'Jobs can be created only there, but they can run in this database.',
		HINT = format(E'Run there (psql -d %I):\n%s', home, statements);
END $$;
COMMENT ON FUNCTION esn_require_cron(text) IS
	'Raises an error if pg_cron is not in this database, or may not be used. statements: what to '
	'run in the database of pg_cron.';

-- A job of that kind that another role has made is changed, not made twice.
CREATE OR REPLACE FUNCTION esn_internal.esn_put_job(job text, schedule text, command text)
	RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	own record;
	is_there boolean := false;
BEGIN
	FOR own IN SELECT * FROM esn_own_jobs() o WHERE o.kind = substring(esn_put_job.job,
		'^esn_pulse (\w+) ')
	LOOP
		IF own.job = esn_put_job.job AND NOT is_there THEN
			EXECUTE 'SELECT cron.alter_job($1, $2, $3, $4, NULL, true)'
				USING own.jobid, schedule, command, current_database();
			is_there := true;
		ELSE
			EXECUTE 'SELECT cron.unschedule($1)' USING own.jobid;
		END IF;
	END LOOP;
	IF NOT is_there THEN
		EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING job, schedule, command;
	END IF;
END $$;
COMMENT ON FUNCTION esn_put_job(text, text, text) IS
	'Creates a job, or changes it. job: its name. schedule: when it runs. command: what it runs.';

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
		PERFORM esn_put_job(job, schedule, command);
		RETURN NEXT;
	END LOOP;
	IF esn_cron_setting('use_background_workers') = 'off' THEN
		RAISE WARNING 'pg_cron connects to the server as a client to start a job'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = format('As %s, to %s. If that needs a password, each job fails.',
					current_user, coalesce(nullif(esn_cron_setting('host'), ''), 'the socket')),
				HINT = 'Put cron.use_background_workers = on into postgresql.conf, and restart the '
					'server. The health check shows whether jobs start.';
	ELSIF NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = current_user) THEN
		RAISE WARNING 'the role % cannot log in, so that pg_cron cannot start its jobs',
				current_user
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Run SELECT esn_unschedule(); and esn_schedule() as a role that can.';
	END IF;
END $$;
COMMENT ON FUNCTION esn_schedule(text, text, text, text) IS
	'Creates, or changes, the pg_cron jobs that keep this database fresh, whoever made them. '
	'accounts: when to read '
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
	EXECUTE 'SELECT count(cron.unschedule(o.jobid)) FROM esn_own_jobs() o' INTO removed;
	RETURN removed;
END $$;
COMMENT ON FUNCTION esn_unschedule() IS
	'Removes the jobs that esn_schedule() created, whoever called it, also those that this '
	'database had under a former name. Call it before DROP EXTENSION. Returns their number. '
	'Errors: as esn_schedule().';

CREATE OR REPLACE FUNCTION esn_internal.esn_job_results(OUT jobid bigint, OUT job text,
	OUT schedule text, OUT active boolean, OUT runid bigint,
	OUT started_at timestamptz, OUT ended_at timestamptz,
	OUT status text, OUT message text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
	PERFORM esn_check_schema();
	IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron')
		OR NOT has_schema_privilege('cron', 'USAGE')
	THEN
		RETURN;
	END IF;
	-- A job that found a run in progress has failed for pg_cron, but this is not a problem.
	RETURN QUERY EXECUTE $q$
		SELECT j.jobid, j.job, j.schedule, j.active, d.runid, d.start_time, d.end_time,
			CASE WHEN d.status = 'failed'
				AND d.return_message LIKE '%is already running (started at%'
				THEN 'skipped' ELSE d.status END, d.return_message
		FROM esn_own_jobs() j LEFT JOIN cron.job_run_details d USING (jobid)
	$q$;
END $$;
COMMENT ON FUNCTION esn_job_results() IS
	'The jobs of esn_schedule() and their executions by pg_cron; no rows if pg_cron is not in this '
	'database, or the owner of the extension may not use it.';

CREATE OR REPLACE VIEW esn_jobs AS
SELECT j.job, j.schedule, j.active, j.started_at, j.ended_at, j.status, j.message,
	r.id AS run_id, r.status AS run_status, r.sections_processed, r.sections_failed, r.error_message
FROM esn_job_results() j
LEFT JOIN scraper_status r ON r.started_at >= j.started_at
	AND r.started_at <= coalesce(j.ended_at, 'infinity')
	AND j.job ~ '^esn_pulse (a|resume)' AND j.status IS DISTINCT FROM 'skipped'
ORDER BY j.runid DESC NULLS LAST, r.id DESC;
COMMENT ON VIEW esn_jobs IS
	'The executions of the scheduled jobs by pg_cron, newest first, and the runs that they '
	'started.';
