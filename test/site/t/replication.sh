# Replication: a standby serves readers, rejects runs, and takes over; a BI server gets the data by
# logical replication.
. test/site/tests.sh
site_cluster replication "wal_level = logical" "max_wal_senders = 6" "max_worker_processes = 12" \
	"shared_preload_libraries = 'pg_cron'" "cron.database_name = 'replicated'" \
	"cron.use_background_workers = on"
site_database replicated --sections 40 --count 200 --seed 97 --no-faults
sql "CREATE EXTENSION pg_cron" "SELECT esn_scrape_all()" "CREATE ROLE reader LOGIN" \
	"SELECT esn_grant_read('reader')" >/dev/null
on() { # <cluster> <command ...>
	local cluster=$1
	shift
	"$@"
}

# Logical: the data tables, by the keys that they have.
tables="countries, sections, activities, activity_types, activity_causes, sdgs, objectives,
	activity_section_organisers, activity_to_type, activity_to_cause, activity_to_sdg,
	activity_to_objective,
	section_overall_statistics, section_cause_statistics, section_type_statistics,
	section_participant_statistics"
cluster_start bi "wal_level = replica"
trap 'site_stop replicated
	for name in replication standby bi; do cluster_stop "$name"; done' EXIT
cluster_psql bi -c "CREATE DATABASE replicated"
on bi sql "CREATE EXTENSION esn_pulse" "TRUNCATE sdgs CASCADE"
sql "CREATE PUBLICATION esn_data FOR TABLE $tables"
primary="host=$run/replication user=$PGUSER dbname=replicated"
on bi sql "CREATE SUBSCRIPTION esn_data CONNECTION '$primary' PUBLICATION esn_data"
content() {
	sql "SELECT count(*), md5(string_agg(a::text, ',' ORDER BY id)) FROM activities a" \
		"SELECT count(*), sum(section_id) FROM activity_section_organisers" \
		"SELECT count(*) FROM section_cause_statistics"
}
eventually 30 "$(content)" on bi content || true
is "a BI server has the data" "$(on bi content)" "$(content)"
slug=$(sql "SELECT event_slug FROM activities WHERE is_valid AND is_future_event
	ORDER BY id LIMIT 1")
rename_activity "$slug"
sql "SELECT esn_scrape_activities()" >/dev/null
sql "DELETE FROM activities WHERE id = (SELECT max(id) FROM activities)"
eventually 30 "$(content)" on bi content || true
is "and gets what changes, and what is removed" "$(on bi content)" "$(content)"
is "no change was rejected for lack of a key" \
	"$(grep -c 'replica identity' "$run/replication/log")" 0
# Its slot may still be in use for a moment.
drop_subscription() { sql "DROP SUBSCRIPTION IF EXISTS esn_data" >/dev/null && echo dropped; }
eventually 30 dropped on bi drop_subscription || true

# Physical: reads on the standby.
standby=$run/standby
as_owner rm -rf "$standby"
as_owner mkdir -p "$standby"
as_owner pg_basebackup -h "$run/$cluster" -U "$PGUSER" -D "$standby/data" -R -c fast --no-sync
echo "unix_socket_directories = '$standby'" |
	as_owner tee -a "$standby/data/postgresql.conf" >/dev/null
cluster_resume standby
for view in $(relations r,v); do
	PGUSER=reader on standby sql "SELECT count(*) FROM $view"
done >"$run/replicated/output"
is "a standby serves all reads, the health check among them" \
	"$(grep -vc '^[0-9]*$' "$run/replicated/output")" 0
like "a run there is rejected" "$(on standby sql "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  25006:*read-only standby*"
health="SELECT name, status FROM esn_health WHERE name NOT IN ('worker slots', 'disk space')"
is "its health check agrees with the primary's" "$(on standby sql "$health")" "$(sql "$health")"

# The primary dies in the middle of a run; the standby takes over.
sql "SELECT esn_schedule('0 0 1 1 *', '0 0 1 1 *', '* * * * *')" >/dev/null
psql -X -q -h "$run/$cluster" -d "$database" -c "SET esn_pulse.request_delay = 50" \
	-c "SELECT esn_scrape_all(\"full\" => true)" >/dev/null 2>&1 &
caller=$!
last="SELECT status, error_message FROM esn_runs LIMIT 1"
eventually 20 "running|" on standby sql "$last" || true
is "on the standby a run in progress shows as running" "$(on standby sql "$last")" "running|"
cluster_stop "$cluster" immediate
wait "$caller" 2>/dev/null || true
as_owner "$PG_BIN/pg_ctl" -D "$standby/data" -w -s promote
cluster=standby
is "after promotion a run without its server shows as failed" "$(sql "$last")" \
	"failed|interrupted: its worker process is gone"
promoted=$(sql "SELECT now()")
like "after promotion a run works" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
is "the interrupted one is marked" "$(sql "SELECT count(*) FROM scraper_status
	WHERE status = 'failed' AND error_message LIKE 'interrupted%'")" 1
sql "SELECT esn_scrape_all(\"full\" => true)" >/dev/null
is "the data match the sites" "$(differences | grep -v 'Renamed' | grep -v "$slug")" ""
job_succeeded="SELECT count(*) > 0 FROM esn_jobs
	WHERE started_at > '$promoted' AND status = 'succeeded'"
eventually 130 t sql "$job_succeeded" || true
is "and the schedule continues" "$(sql "$job_succeeded")" t
done_testing
