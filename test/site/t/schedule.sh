# The schedule: real jobs of a real pg_cron, which runs each minute at most, so that the tests
# decide when by the job's own command.
. test/site/tests.sh
site_cluster schedule "shared_preload_libraries = 'pg_cron'" "cron.database_name = 'scheduled'" \
	"cron.host = '$run/schedule'" "cron.log_run = on" "max_worker_processes = 12"
site_database scheduled --sections 10 --count 40 --seed 91 --no-faults

like "without the extension pg_cron in its database there is an error" \
	"$(sql "SELECT esn_schedule()" || true)" \
	"*ERROR:  55000: the extension pg_cron is not installed in this database
	HINT:  CREATE EXTENSION pg_cron;*"
sql "CREATE EXTENSION pg_cron"
is "esn_schedule makes four jobs" \
	"$(sql "SET client_min_messages = error" "SELECT job, schedule FROM esn_schedule()")" \
	"esn_pulse accounts (scheduled)|0 0 1 * *
esn_pulse activities (scheduled)|0 1 * * 1
esn_pulse maintenance (scheduled)|30 4 * * *
esn_pulse resume (scheduled)|17 * * * *"
sql "SELECT esn_schedule(activities => '0 2 * * 2')" >/dev/null
is "again it changes them and makes no more" \
	"$(sql "SELECT count(*), max(schedule) FILTER (WHERE jobname LIKE '%activities%')
		FROM cron.job")" "4|0 2 * * 2"
sql "CREATE ROLE boss SUPERUSER LOGIN"
PGUSER=boss sql "SELECT esn_schedule(activities => '0 3 * * 0')" >/dev/null 2>&1
is "nor does another administrator" \
	"$(sql "SELECT count(*), max(schedule) FILTER (WHERE jobname LIKE '%activities%')
		FROM cron.job")" "4|0 3 * * 0"
like "a warning says that jobs connect as clients, which may need a password" \
	"$(sql "SELECT esn_schedule()")" "*WARNING:  55000: pg_cron connects to the server as a client
	HINT:  Put cron.use_background_workers = on into postgresql.conf*"
like "an invalid schedule is rejected" \
	"$(sql "SELECT esn_schedule('now and then')" || true)" "*ERROR: *invalid schedule*"
is "the jobs show, as not yet run" \
	"$(sql "SELECT count(*), count(started_at) FROM esn_jobs")" "4|0"
health="SELECT status, value FROM esn_health WHERE name = 'schedule'"
is "the health check sees them, and that none has started" "$(sql "$health")" \
	"warning|none has started yet"

# If pg_cron is in another database, the hint is what to run there, and that works.
cluster_psql "$cluster" -c "CREATE DATABASE elsewhere"
reads_the_site elsewhere
output=$(database=elsewhere sql "CREATE EXTENSION esn_pulse" \
	"SELECT esn_schedule('*/5 * * * *')" || true)
like "from another database an error names the place" "$output" \
	"*ERROR:  55000: pg_cron is installed in another database of this server: scheduled
	HINT:  Run there (psql -d scheduled):*"
hint=$run/scheduled/hint.sql
sed -n 's/^\(HINT:  \)\?\(SELECT cron.schedule_in_database.*;\)$/\2/p' <<<"$output" >"$hint"
is "its hint has four statements" "$(wc -l <"$hint")" 4
cluster_psql "$cluster" -d scheduled -At -f "$hint" >/dev/null 2>&1 || true
is "which make the jobs there" \
	"$(sql "SELECT count(*) FROM cron.job WHERE database = 'elsewhere'")" 4
sql "SELECT cron.unschedule(jobid) FROM cron.job WHERE database = 'elsewhere'" >/dev/null

# All of them each minute; they overlap, as they will.
have_run="SELECT count(DISTINCT job) FROM esn_jobs WHERE status IN ('succeeded', 'skipped')"
have_failed="SELECT count(*) FROM esn_jobs WHERE status = 'failed'"
every_minute() {
	sql "SELECT esn_schedule('* * * * *', '* * * * *', '* * * * *', '* * * * *')" >/dev/null
	eventually 130 4 sql "$have_run" || sql "TABLE esn_jobs" | sed 's/^/# /'
	sql "SELECT esn_schedule()" >/dev/null
	eventually 60 0 sql "SELECT count(*) FROM cron.job_run_details
		WHERE status IN ('starting', 'running')" || true
}
every_minute
is "over libpq each job has run" "$(sql "$have_run")" 4
is "of the jobs that met, one ran and the other reports that it found a run" \
	"$(sql "$have_failed")" 0
is "the runs stand beside the jobs that began them" \
	"$(sql "SELECT count(*) > 0, bool_and(run_status = 'completed') FROM esn_jobs
		WHERE status = 'succeeded' AND run_id IS NOT NULL")" "t|t"
is "what they did fits into a terminal of 120 columns" \
	"$(cluster_psql "$cluster" -d scheduled -c "SELECT * FROM esn_recent_jobs" \
		-c "SELECT * FROM esn_schedule()" | LC_ALL=C.UTF-8 wc -L |
		awk '{ print ($1 <= 120 ? "yes" : $1) }')" yes
is "each by its short name, with its run or why there was none" "$(sql "
	SELECT string_agg(DISTINCT job, ' ' ORDER BY job), bool_or(result LIKE 'run %: completed'),
		bool_and(result IS NOT NULL) FILTER (WHERE status = 'skipped') IS NOT false
	FROM esn_recent_jobs")" "accounts activities maintenance resume|t|t"
is "skipped ones are no failure to the health check" \
	"$(sql "SELECT status FROM esn_health WHERE name = 'schedule'")" ok
eventually 60 t sql "SELECT count(*) > 0 FROM activities" || true
sql "SELECT esn_scrape_all()" >/dev/null
is "the data match the sites" "$(differences)" ""

# The same with pg_cron's own background workers.
sql "ALTER SYSTEM SET cron.use_background_workers = on" "TRUNCATE cron.job_run_details"
cluster_stop "$cluster"
cluster_resume "$cluster"
every_minute
like "the health check knows that they start" "$(sql "$health")" "ok|4 jobs"
is "in background workers each job has run" "$(sql "$have_run")" 4
is "and none has failed" "$(sql "$have_failed")" 0

# The health check in its other states.
sql "INSERT INTO cron.job_run_details (jobid, runid, database, username, command, status,
		return_message, start_time, end_time)
	SELECT jobid, 100000, database, username, command, 'failed', 'ERROR: no such thing',
		now() + interval '1 hour', now() + interval '1 hour'
	FROM cron.job WHERE jobname LIKE '%accounts%'"
like "a job that fails is critical" "$(sql "$health")" "critical|failed: *no such thing*"
is "and shows why" \
	"$(sql "SELECT result FROM esn_recent_jobs WHERE status = 'failed'" | xargs)" \
	"ERROR: no such thing"
sql "UPDATE cron.job_run_details SET start_time = NULL WHERE runid = 100000"
like "also one that never started" "$(sql "$health")" "critical|failed: *no such thing*"
sql "DELETE FROM cron.job_run_details WHERE runid = 100000" \
	"UPDATE cron.job_run_details SET start_time = start_time - interval '9 days'"
like "jobs that no longer run are a warning" "$(sql "$health")" "warning|late: *"
sql "SELECT esn_schedule('0 * * * *', '0 * * * *')" >/dev/null
is "what was due and did not run counts as missed" \
	"$(sql "SELECT job, source, due BETWEEN 200 AND 220, succeeded BETWEEN 1 AND 100
		FROM esn_scheduled_runs")" $'accounts|pg_cron|t|t\nactivities|pg_cron|t|t'
sql "SELECT esn_schedule()" >/dev/null
# An owner without superuser.
sql "CREATE ROLE landlord LOGIN" "ALTER EXTENSION pg_cron UPDATE"
sql "UPDATE pg_extension SET extowner = 'landlord'::regrole WHERE extname = 'esn_pulse'" \
	"REASSIGN OWNED BY landlord TO landlord" "DO \$\$
	DECLARE
		f regprocedure;
	BEGIN
		FOR f IN SELECT oid FROM pg_proc WHERE prosecdef AND proname LIKE 'esn\_%' LOOP
			EXECUTE format('ALTER FUNCTION %s OWNER TO landlord', f);
		END LOOP;
	END\$\$" "GRANT ALL ON SCHEMA esn_internal TO landlord" \
	"GRANT ALL ON ALL TABLES IN SCHEMA public, esn_internal TO landlord" \
	"GRANT ALL ON ALL FUNCTIONS IN SCHEMA public, esn_internal TO landlord"
like "if the owner may not see the jobs, the health check says what to grant" \
	"$(sql "SELECT value, advice FROM esn_health WHERE name = 'schedule'")" \
	"none visible to*landlord|GRANT USAGE ON SCHEMA cron TO landlord;*BYPASSRLS;*"
sql "GRANT USAGE ON SCHEMA cron TO landlord" "ALTER ROLE landlord BYPASSRLS"
like "then it sees them" "$(sql "$health")" "warning|late: *"
like "and counts the worker slots" \
	"$(sql "SELECT value FROM esn_health WHERE name = 'worker slots'")" \
	"$(sql "SELECT 12 - count(*) || ' free' FROM pg_stat_activity WHERE backend_type NOT IN
		('client backend', 'autovacuum launcher', 'autovacuum worker', 'background writer',
			'checkpointer', 'walwriter')")"

is "esn_unschedule removes them" \
	"$(sql "SELECT esn_unschedule()" "SELECT esn_unschedule()" \
		"SELECT count(*) FROM cron.job")" $'4\n0\n0'
like "without jobs there is a warning" \
	"$(sql "SELECT status, value, advice FROM esn_health WHERE name = 'schedule'")" \
	"warning|no jobs here|To create them or see the problem:*SELECT \* FROM esn_schedule();*"

# pg_cron keeps a session in its database, so that it can be neither renamed nor dropped.
# docs/operations.md moves its settings away for that.
sql "SELECT esn_schedule()" >/dev/null
conf=$run/$cluster/data/postgresql.conf
rename="ALTER DATABASE scheduled RENAME TO renamed"
like "while pg_cron is loaded, its database cannot be renamed" \
	"$(database=postgres sql "$rename" || true)" \
	'*ERROR:  55006: database "scheduled" is being accessed by other users*'
cluster_stop "$cluster"
as_owner sed -Ei 's/^(shared_preload_libraries|cron\.)/#off \1/' "$conf"
cluster_resume "$cluster"
is "without its settings it can" \
	"$(database=postgres sql "$rename" "SELECT datname FROM pg_database WHERE datname ~ 'ed$'")" \
	renamed
cluster_stop "$cluster"
as_owner sed -Ei -e "s/^#off (cron\.database_name).*/\1 = 'renamed'/" -e 's/^#off //' "$conf"
cluster_resume "$cluster"
database=renamed
is "the jobs still have the former name" \
	"$(sql "SELECT DISTINCT database, substring(jobname FROM '\(.*') FROM cron.job")" \
	"scheduled|(scheduled)"
is "esn_schedule moves them to the new one" \
	"$(sql "SELECT count(*) FROM esn_schedule()" \
		"SELECT count(*), database, substring(jobname FROM '\(.*') FROM cron.job GROUP BY 2, 3")" \
	$'4\n4|renamed|(renamed)'
done_testing
