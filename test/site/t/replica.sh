# A standby serves readers, refuses runs, and takes over; a BI server gets the data by logical replication.
. test/site/tests.sh
site_cluster replica "wal_level = logical" "max_wal_senders = 6" "shared_preload_libraries = 'pg_cron'" "cron.database_name = 'replicated'" "cron.use_background_workers = on" "max_worker_processes = 12"
site_database replicated --sections 40 --count 200 --seed 97 --no-faults
sql "CREATE EXTENSION pg_cron" "SELECT esn_scrape_all()" "CREATE ROLE reader LOGIN" "SELECT esn_grant_read('reader')" >/dev/null

# Logical: the data tables, by the keys that they have.
tables="countries, sections, activities, activity_causes, sdgs, objectives, activity_section_organisers, activity_to_cause, activity_to_sdg, activity_to_objective,
	section_overall_statistics, section_cause_statistics, section_type_statistics, section_participant_statistics"
cluster_start bi "wal_level = replica"
trap 'site_stop replicated; cluster_stop replica; cluster_stop standby; cluster_stop bi' EXIT
cluster_psql bi -c "CREATE DATABASE replicated"
(cluster=bi sql "CREATE EXTENSION esn_pulse" "TRUNCATE sdgs CASCADE")
sql "CREATE PUBLICATION esn_data FOR TABLE $tables"
(cluster=bi sql "CREATE SUBSCRIPTION esn_data CONNECTION 'host=$run/replica user=$PGUSER dbname=replicated' PUBLICATION esn_data")
content() { sql "SELECT count(*), md5(string_agg(a::text, ',' ORDER BY id)) FROM activities a" "SELECT count(*), sum(section_id) FROM activity_section_organisers" \
	"SELECT count(*) FROM section_cause_statistics"; }
on() { local cluster=$1; shift; "$@"; }
eventually 30 "$(content)" on bi content || true
is "a BI server has the data" "$(on bi content)" "$(content)"
slug=$(sql "SELECT event_slug FROM activities WHERE is_valid AND is_future_event ORDER BY id LIMIT 1")
as_owner sed -Ei 's/<(h1[^>]*|div class="activity-label")>(<span>)?/&Renamed /' "$run/replicated/activities/activity/$slug.html"
sql "SELECT esn_scrape_activities()" >/dev/null
sql "DELETE FROM activities WHERE id = (SELECT max(id) FROM activities)"
eventually 30 "$(content)" on bi content || true
is "and gets what changes, and what goes" "$(on bi content)" "$(content)"
is "no change was refused for want of a key" "$(grep -c 'replica identity' "$run/replica/log")" 0
# Its slot may still be in use for a moment.
drop_subscription() { sql "DROP SUBSCRIPTION IF EXISTS esn_data" >/dev/null && echo dropped; }
eventually 30 dropped on bi drop_subscription || true

# Physical: reads on the standby.
as_owner rm -rf "$run/standby"
as_owner mkdir -p "$run/standby"
as_owner pg_basebackup -h "$run/$cluster" -U "$PGUSER" -D "$run/standby/data" -R -c fast --no-sync
echo "unix_socket_directories = '$run/standby'" | as_owner tee -a "$run/standby/data/postgresql.conf" >/dev/null
cluster_resume standby
for view in $(relations r,v); do
	PGUSER=reader on standby sql "SELECT count(*) FROM $view"
done >"$run/replicated/output"
is "a standby serves all reads, the health check among them" "$(grep -vc '^[0-9]*$' "$run/replicated/output")" 0
like "a run there is refused" "$(on standby sql "SELECT esn_scrape_all()" || true)" "*ERROR:  25006:*read-only standby*"
is "it finds the health of the data as on the primary" "$(on standby sql "SELECT name, status FROM esn_health WHERE name NOT IN ('worker slots', 'disk space')")" \
	"$(sql "SELECT name, status FROM esn_health WHERE name NOT IN ('worker slots', 'disk space')")"

# The primary dies in the middle of a run; the standby takes over.
sql "SELECT esn_schedule('0 0 1 1 *', '0 0 1 1 *', '* * * * *')" >/dev/null
psql -X -q -h "$run/$cluster" -d "$database" -c "SET esn_pulse.request_delay = 50" -c "SELECT esn_scrape_all(\"full\" => true)" >/dev/null 2>&1 &
caller=$!
eventually 20 running on standby sql "SELECT status FROM scraper_status ORDER BY id DESC LIMIT 1" || true
is "on the standby a run that goes on shows as running" "$(on standby sql "SELECT status, error_message FROM esn_runs LIMIT 1")" "running|"
cluster_stop "$cluster" immediate
wait "$caller" 2>/dev/null || true
as_owner "$PG_BIN/pg_ctl" -D "$run/standby/data" -w -s promote
is "after promotion a run without its server shows as failed" "$(on standby sql "SELECT status, error_message FROM esn_runs LIMIT 1")" "failed|interrupted: its worker process is gone"
promoted=$(on standby sql "SELECT now()")
like "after promotion a run works" "$(on standby sql "SELECT status FROM esn_scrape_all()")" "*completed"
is "the one that was cut off is marked" "$(on standby sql "SELECT count(*) FROM scraper_status WHERE status = 'failed' AND error_message LIKE 'interrupted%'")" 1
cluster=standby
sql "SELECT esn_scrape_all(\"full\" => true)" >/dev/null
is "there is nothing that the sites don't say" "$(differences | grep -v 'Renamed' | grep -v "$slug")" ""
eventually 130 t sql "SELECT count(*) > 0 FROM esn_jobs WHERE started_at > '$promoted' AND status = 'succeeded'" || true
is "and the schedule goes on" "$(sql "SELECT count(*) > 0 FROM esn_jobs WHERE started_at > '$promoted' AND status = 'succeeded'")" t
done_testing
