-- The schedule: jobs of pg_cron, which is found at run time and need not be there.

CREATE OR REPLACE FUNCTION esn_scrape(module text DEFAULT 'all', section text DEFAULT NULL, "full" boolean DEFAULT false, wait boolean DEFAULT true)
RETURNS scraper_status
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, @extschema@, pg_temp AS $$
BEGIN
	IF section IS NOT NULL THEN
		IF module = 'accounts' THEN
			RAISE EXCEPTION 'accounts are read as a whole, not by section'
				USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave section out, or take the module activities.';
		END IF;
		RETURN esn_scrape_section(section, "full", wait);
	END IF;
	CASE module
		WHEN 'accounts' THEN RETURN esn_scrape_accounts(wait);
		WHEN 'activities' THEN RETURN esn_scrape_activities(NULL, "full", wait);
		WHEN 'all' THEN RETURN esn_scrape_all("full", wait);
		WHEN 'retry-failed' THEN RETURN esn_retry_failed(wait);
		WHEN 'fix-validation-errors' THEN RETURN esn_fix_validation_errors(wait);
		ELSE
			RAISE EXCEPTION 'there is no module "%"', module USING ERRCODE = 'invalid_parameter_value',
				HINT = 'The modules are accounts, activities, all, retry-failed and fix-validation-errors.';
	END CASE;
END $$;
COMMENT ON FUNCTION esn_scrape(text, text, boolean, boolean) IS
'Starts a run by the name of its module. module: accounts, activities, all, retry-failed or fix-validation-errors. section: one section''s slug, NULL: all. full: as in esn_scrape_section. wait: as in esn_scrape_accounts. Returns the run''s row of scraper_status. Errors: invalid_parameter_value for another module; else as the calls that it stands for.';

-- The jobs of one database. The names tell those of several databases of a cluster apart.
CREATE OR REPLACE FUNCTION esn_planned_jobs(accounts text, activities text, maintenance text)
RETURNS TABLE (job text, schedule text, command text)
LANGUAGE sql STABLE SET search_path = pg_catalog, @extschema@, pg_temp AS $$
	SELECT format('esn_pulse %s (%s)', j.name, current_database()), j.schedule, format('SELECT %I.%s', '@extschema@', j.call)
	FROM (VALUES (1, 'accounts', accounts, 'esn_scrape_accounts()'), (2, 'activities', activities, 'esn_scrape_all()'),
		(3, 'maintenance', maintenance, 'esn_maintenance()')) AS j(n, name, schedule, call)
	ORDER BY j.n
$$;
COMMENT ON FUNCTION esn_planned_jobs(text, text, text) IS
'The jobs that esn_schedule() makes. accounts: when the first runs. activities: when the second does. maintenance: when the third does.';

-- Where pg_cron can't be reached from here: why, and the statements that do the same where it can.
CREATE OR REPLACE FUNCTION esn_require_cron(statements text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, @extschema@, pg_temp AS $$
DECLARE
	home text := current_setting('cron.database_name', true);
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
		RETURN;
	ELSIF home IS NULL THEN
		RAISE EXCEPTION 'pg_cron is not loaded in this server'
			USING ERRCODE = 'feature_not_supported', DETAIL = 'The schedule is made of jobs of pg_cron.',
			HINT = format('Install it (on Debian: apt-get install postgresql-%s-cron); put shared_preload_libraries = ''pg_cron'' and cron.database_name = %L into postgresql.conf; restart the server; then here: CREATE EXTENSION pg_cron;',
				current_setting('server_version_num')::integer / 10000, current_database());
	ELSIF home = current_database() THEN
		RAISE EXCEPTION 'the extension pg_cron is not installed in this database'
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'CREATE EXTENSION pg_cron;';
	END IF;
	RAISE EXCEPTION 'pg_cron lives in another database of this server: %', home
		USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Jobs can be made only there; they run here all the same.',
		HINT = format(E'Run there (psql -d %I):\n%s', home, statements);
END $$;
COMMENT ON FUNCTION esn_require_cron(text) IS
'An error where pg_cron is not in this database. statements: what to run in the database where it is.';

CREATE OR REPLACE FUNCTION esn_schedule(accounts text DEFAULT '0 0 1 * *', activities text DEFAULT '0 1 * * 1', maintenance text DEFAULT '30 4 * * *')
RETURNS TABLE (job text, schedule text, command text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, @extschema@, pg_temp AS $$
BEGIN
	PERFORM esn_require_cron(string_agg(format('SELECT cron.schedule_in_database(%L, %L, %L, %L);', p.job, p.schedule, p.command,
		current_database()), E'\n')) FROM esn_planned_jobs(accounts, activities, maintenance) p;
	FOR job, schedule, command IN SELECT * FROM esn_planned_jobs(accounts, activities, maintenance) LOOP
		EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING job, schedule, command;
		RETURN NEXT;
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_schedule(text, text, text) IS
'Makes, or changes, the jobs of pg_cron that keep this database fresh. accounts: when countries and sections are read. activities: when activities and statistics are (and accounts where they are due). maintenance: when esn_maintenance() runs. All three are times as cron has them (minute hour day month weekday, in cron.timezone). Returns the jobs. Errors: feature_not_supported without pg_cron; object_not_in_prerequisite_state where it lives in another database, with the statements to run there as hint.';

CREATE OR REPLACE FUNCTION esn_unschedule() RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, @extschema@, pg_temp AS $$
DECLARE
	removed integer;
BEGIN
	PERFORM esn_require_cron(string_agg(format('SELECT cron.unschedule(%L);', p.job), E'\n')) FROM esn_planned_jobs('', '', '') p;
	EXECUTE 'SELECT count(cron.unschedule(j.jobid)) FROM cron.job j WHERE j.jobname IN (SELECT p.job FROM esn_planned_jobs('''', '''', '''') p)'
		INTO removed;
	RETURN removed;
END $$;
COMMENT ON FUNCTION esn_unschedule() IS 'Removes the jobs that esn_schedule() made. Returns how many there were. Errors: as esn_schedule().';

CREATE OR REPLACE FUNCTION esn_job_results(OUT job text, OUT schedule text, OUT active boolean, OUT started_at timestamptz, OUT ended_at timestamptz,
	OUT status text, OUT message text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, @extschema@, pg_temp AS $$
BEGIN
	IF to_regclass('cron.job_run_details') IS NULL THEN
		RETURN;
	END IF;
	-- A job that found a run going on has failed in pg_cron's eyes, but nothing is wrong.
	RETURN QUERY EXECUTE $q$
		SELECT j.jobname::text, j.schedule, j.active, d.start_time, d.end_time,
			CASE WHEN d.status = 'failed' AND d.return_message LIKE '%is going on since%' THEN 'skipped' ELSE d.status END, d.return_message
		FROM cron.job j LEFT JOIN cron.job_run_details d USING (jobid)
		WHERE j.jobname IN (SELECT p.job FROM esn_planned_jobs('', '', '') p)
	$q$;
END $$;
COMMENT ON FUNCTION esn_job_results() IS 'The jobs of esn_schedule() and what pg_cron says of each time they ran; no rows where pg_cron is not in this database.';

CREATE OR REPLACE VIEW esn_jobs AS
SELECT j.job, j.schedule, j.active, j.started_at, j.ended_at, j.status, j.message,
	r.id AS run_id, r.status AS run_status, r.sections_processed, r.sections_failed, r.error_message
FROM esn_job_results() j
LEFT JOIN scraper_status r ON r.started_at >= j.started_at AND r.started_at <= coalesce(j.ended_at, 'infinity')
	AND j.job LIKE 'esn_pulse a%' AND j.status IS DISTINCT FROM 'skipped'
ORDER BY j.started_at DESC NULLS LAST, r.id DESC;
COMMENT ON VIEW esn_jobs IS 'The scheduled jobs, newest first: what pg_cron says of each time, beside the runs that it started.';
