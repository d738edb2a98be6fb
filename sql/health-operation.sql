-- The checks of esn_health_check() that are about the server and the operation; see health.sql for
-- those about the data and the runs.

CREATE OR REPLACE FUNCTION esn_internal.esn_used_worker_slots() RETURNS integer
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION esn_used_worker_slots() IS
	'The number of background workers that run. pg_stat_activity shows them to few roles.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_worker_slots(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT esn_grade(s.free, 1, 0), s.free || ' free',
		CASE WHEN s.free <= 1 THEN E'Raise max_worker_processes and\nrestart the server.' END
	FROM (SELECT current_setting('max_worker_processes')::integer - esn_used_worker_slots()
		AS free) s
$$;
COMMENT ON FUNCTION esn_check_worker_slots() IS
	'A check of esn_health_check(): the number of background workers that can still start.';

CREATE OR REPLACE FUNCTION esn_internal.esn_check_disk_space(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN 'critical' IN (g.bytes, g.percent) THEN 'critical'
			WHEN 'warning' IN (g.bytes, g.percent) THEN 'warning' ELSE 'ok' END,
		format('%s free (%s %%)', pg_size_pretty(s.free), floor(s.percent)),
		CASE WHEN 'ok' <> ANY (ARRAY[g.bytes, g.percent])
			THEN E'Free some space or move the server:\na month of data takes up to 1 GB.' END
	FROM (SELECT free, 100.0 * free / nullif(total, 0) AS percent FROM esn_free_space()) s
	CROSS JOIN LATERAL (SELECT esn_grade(s.free, 5::bigint << 30, 1 << 30) AS bytes,
		esn_grade(s.percent, 5, 2) AS percent) g
$$;
COMMENT ON FUNCTION esn_check_disk_space() IS
	'A check of esn_health_check(): the free space on the file system of the data.';

-- A job that pg_cron cannot start has no time of start, so that the last result is that of the
-- highest runid.
CREATE OR REPLACE FUNCTION esn_internal.esn_check_schedule(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	WITH jobs AS (
		SELECT DISTINCT ON (jobid) jobid, job, regexp_replace(job, '^esn_pulse (\w+) .*', '\1')
			AS name, active, j.status, message, started_at
		FROM esn_job_results() j ORDER BY jobid, runid DESC NULLS LAST
	), schedule AS (
		SELECT count(*) AS n, count(DISTINCT name) FILTER (WHERE active) AS active,
			string_agg(name || ': ' || coalesce(message, ''), '; ')
				FILTER (WHERE status = 'failed') AS failing,
			string_agg(name, ', ') FILTER (WHERE started_at < now() - CASE
				WHEN job LIKE '% accounts %' THEN interval '32 days'
				WHEN job LIKE '% activities %' THEN interval '8 days'
				ELSE interval '2 days' END) AS late,
			count(started_at) = 0 AND esn_cron_setting('use_background_workers') = 'off'
				AS unproved,
			EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') AND NOT (
				SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
				AS is_hidden
		FROM jobs
	)
	SELECT CASE WHEN failing IS NOT NULL THEN 'critical'
			WHEN active < 4 OR n > 4 OR late IS NOT NULL OR unproved THEN 'warning' ELSE 'ok' END,
		CASE WHEN failing IS NOT NULL
				THEN esn_wrap(esn_shorten('failed: ' || failing, 120), 24)
			WHEN n = 0 AND is_hidden THEN esn_wrap('none visible to ' || current_user, 24)
			WHEN n = 0 THEN 'no jobs here'
			WHEN active < 4 THEN active || ' of 4 jobs active'
			WHEN n > 4 THEN n || ' jobs instead of 4'
			WHEN late IS NOT NULL THEN esn_wrap('late: ' || late, 24)
			WHEN unproved THEN 'none has started yet'
			ELSE '4 jobs' END,
		CASE WHEN failing IS NOT NULL THEN 'SELECT * FROM esn_recent_jobs;'
			WHEN n = 0 AND is_hidden THEN format(E'GRANT USAGE ON SCHEMA cron TO %1$I;\n'
				'For jobs of other roles, also:\nALTER ROLE %1$I BYPASSRLS;', current_user)
			WHEN active < 4 OR n > 4 THEN E'To create them or see the problem:\n'
				'SELECT * FROM esn_schedule();'
			WHEN late IS NOT NULL THEN E'SELECT * FROM esn_recent_jobs;\n'
				'Was the server down? Is\ncron.launch_active_jobs on?'
			WHEN unproved THEN E'Set cron.use_background_workers\nto on: jobs need no password '
				'then.' END
	FROM schedule
$$;
COMMENT ON FUNCTION esn_check_schedule() IS
	'A check of esn_health_check(): whether the jobs of esn_schedule() exist and run in time.';

-- Addresses with http:// are of this machine. The last answer counts.
CREATE OR REPLACE FUNCTION esn_internal.esn_check_permission(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	WITH answer AS (
		SELECT p.id, p.answered_on, p.is_granted, p.valid_until FROM @extschema@.permissions p
		ORDER BY p.answered_on DESC, p.id DESC LIMIT 1
	), s AS (
		SELECT a.answered_on, a.is_granted, a.valid_until, a.id IS NULL AS is_missing,
			a.valid_until < current_date AS is_over,
			a.valid_until < current_date + 30 AS ends_soon,
			coalesce(current_setting('esn_pulse.accounts_url', true) LIKE 'http://%', false)
				AND coalesce(current_setting('esn_pulse.activities_url', true) LIKE 'http://%',
					false) AS here
		FROM (SELECT) one LEFT JOIN answer a ON true
	)
	SELECT CASE WHEN NOT s.is_granted THEN 'critical'
			WHEN s.is_missing AND NOT s.here OR s.ends_soon THEN 'warning' ELSE 'ok' END,
		CASE WHEN NOT s.is_granted THEN 'refused on ' || s.answered_on
			WHEN s.is_missing AND s.here THEN 'none is needed'
			WHEN s.is_missing THEN 'none'
			WHEN s.is_over THEN 'ended on ' || s.valid_until
			WHEN s.ends_soon THEN 'ends on ' || s.valid_until
			ELSE 'of ' || s.answered_on END,
		CASE WHEN NOT s.is_granted THEN E'Stop the schedule:\nSELECT esn_unschedule();'
			WHEN s.is_missing AND NOT s.here OR s.ends_soon
				THEN E'Ask those who run the sites:\ndocs/permission.md has a letter.' END
	FROM s
$$;
COMMENT ON FUNCTION esn_check_permission() IS
	'A check of esn_health_check(): whether those who run the sites have allowed it.';

-- Addresses with http:// are of this machine.
CREATE OR REPLACE FUNCTION esn_internal.esn_check_contact(OUT status text, OUT value text,
	OUT advice text)
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN c.contact = '' AND NOT c.here THEN 'warning' ELSE 'ok' END,
		CASE WHEN c.contact <> '' THEN esn_wrap(c.contact, 24)
			WHEN c.here THEN 'none is needed' ELSE 'none' END,
		CASE WHEN c.contact = '' AND NOT c.here THEN E'ALTER DATABASE ... SET\n'
			'esn_pulse.contact = ''you@example.org'';\nThe sites can then reach you.' END
	FROM (SELECT coalesce(current_setting('esn_pulse.contact', true), '') AS contact,
		coalesce(current_setting('esn_pulse.accounts_url', true) LIKE 'http://%', false)
		AND coalesce(current_setting('esn_pulse.activities_url', true) LIKE 'http://%', false)
			AS here) c
$$;
COMMENT ON FUNCTION esn_check_contact() IS
	'A check of esn_health_check(): whether the sites are told how to reach you.';
