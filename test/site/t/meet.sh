# What meets a run in the middle and what happens, first: another run, what a user writes, VACUUM FULL, pg_dump. The table is in
# docs/operations.md. Each time the site holds pages back until the two have met; then the next run completes, and the tables are what the
# sites say.
. test/site/tests.sh
. test/site/meeting.sh
site_cluster meet
site_database met --sections 12 --count 120 --seed 231 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null
user_connects

# Another run.
begins
like "a run: the second is refused, by the first one's name" "$(sql "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  55006: run * (activities, full) is going on since *DETAIL:  There is one run at a time in a database.*HINT:  Wait for it, or stop it: SELECT esn_cancel(*"
is "a run: the second leaves no row" "$(sql "SELECT count(*) FROM scraper_status WHERE id > (SELECT id FROM esn_runs WHERE status = 'running')")" 0
ends "a run" "completed|" "*completed"
site_hold met activities '^/activity/.*[02468]$'
callers=()
for n in 1 2 3 4; do
	sql "SET esn_pulse.request_timeout = '10min'" "SELECT status FROM esn_scrape_activities(\"full\" => true)" >"$run/met/output.$n" &
	callers+=($!)
done
refused() { cat "$run/met/output."? | grep -c 'ERROR:  55006: run '; }
eventually 20 3 refused || true
site_release met activities
wait "${callers[@]}" || true
is "four at the same moment: three are refused" "$(refused)" 3
is "four at the same moment: one completes" "$(cat "$run/met/output."? | grep -c '^completed$')" 1
afterwards "a run"

# What the overviews count is kept at a run's end; not so that it hides what a user was about to change meanwhile, and not where a user is at it.
sum_of_both() { sql "SELECT (SELECT sum(y.participants) FROM esn_activities_by_year y) = (SELECT sum(participants) FROM activities
	WHERE is_valid AND removed_at IS NULL AND start_date <= current_date)"; }
are_kept() { sql "SELECT count(*) > 0 FROM esn_live_figures"; }
is "a run: what the overviews show is kept at its end" "$(are_kept)" t
user "BEGIN; UPDATE activities SET participants = participants + 1000 WHERE is_valid AND removed_at IS NULL AND start_date <= current_date;"
sql "SELECT esn_keep_figures()" >/dev/null
is "an UPDATE while the overviews are counted: who reads them sees nothing of it" "$(are_kept)$(sum_of_both)" tt
user "COMMIT;"
is "an UPDATE while the overviews are counted: once committed it is counted" "$(are_kept)$(sum_of_both)" ft
user "BEGIN; SELECT esn_keep_figures();"
like "a user counts the overviews: a run does not wait for its transaction" "$(sql "SELECT status FROM esn_scrape_activities(\"full\" => true)")" "*completed"
user "COMMIT;"
is "a user counts the overviews: what a run has changed meanwhile is counted" "$(sum_of_both)$(differences)" t

# A user's UPDATE of a row that the run is to write, too; the more so where the database's transactions see no more than what was there before them.
slug=$(sql "SELECT event_slug FROM activities WHERE event_slug ~ '[02468]$' AND removed_at IS NULL AND is_valid ORDER BY id LIMIT 1")
for isolation in "read committed" serializable; do
	sql "ALTER DATABASE met SET default_transaction_isolation = '$isolation'" "UPDATE activities SET title = 'By hand' WHERE event_slug = '$slug'" >/dev/null
	begins
	user "BEGIN ISOLATION LEVEL READ COMMITTED; UPDATE activities SET city = 'Elsewhere' WHERE event_slug = '$slug';"
	site_release met activities
	waits "an UPDATE ($isolation): the run waits for its transaction" "$the_run"
	user "COMMIT;"
	ends "an UPDATE ($isolation)" "completed|" "*completed"
	is "an UPDATE ($isolation): what the site says is written over both" "$(differences)" ""
	is "an UPDATE ($isolation): the history has the user's change and the run's" "$(sql "SELECT string_agg(CASE WHEN run_id IS NULL THEN 'by hand' ELSE 'run' END, ', ')
		FROM (SELECT run_id FROM esn_history WHERE slug = '$slug' AND field = 'city' ORDER BY changed_at DESC LIMIT 2) h")" "run, by hand"
done
sql "ALTER DATABASE met RESET default_transaction_isolation"

# From PostgreSQL 17 on a transaction can have a limit of time, which ends its session; those of a run have none.
if [ "$(sql "SELECT count(*) FROM pg_settings WHERE name = 'transaction_timeout'")" = 1 ]; then
	sql "ALTER DATABASE met SET transaction_timeout = '300ms'" "UPDATE activities SET title = 'By hand' WHERE event_slug = '$slug'" >/dev/null
	begins -c "SET transaction_timeout = 0"
	user "BEGIN; UPDATE activities SET city = 'Elsewhere' WHERE event_slug = '$slug';"
	site_release met activities
	eventually 20 t sql "SELECT clock_timestamp() > xact_start + interval '1 second' FROM pg_stat_activity WHERE $the_run" || true
	user "COMMIT;"
	ends "an UPDATE for longer than transaction_timeout" "completed|" "*completed"
	sql "ALTER DATABASE met RESET transaction_timeout"
fi

sql "UPDATE activities SET title = 'By hand' WHERE event_slug = '$slug'" >/dev/null
begins
user "BEGIN; UPDATE activities SET city = 'Elsewhere' WHERE event_slug = '$slug';"
ends "an UPDATE that stays open" "failed|55P03: canceling statement due to lock timeout" \
	"*ERROR:  55P03: canceling statement due to lock timeout*HINT:  Another session holds a lock*"
user "ROLLBACK;"
afterwards "an UPDATE that stays open"

# An INSERT of an activity that the run has found, too.
sql "DELETE FROM activities WHERE event_slug = '$slug'" >/dev/null
begins
user "BEGIN; INSERT INTO activities (event_slug, title, is_valid) VALUES ('$slug', 'By hand', false);"
site_release met activities
waits "an INSERT of the same activity: the run waits for its transaction" "$the_run"
user "COMMIT;"
ends "an INSERT of the same activity" "completed|" "*completed"
is "an INSERT of the same activity: the row is the user's, with what the site says" "$(sql "SELECT count(*) FROM activities WHERE event_slug = '$slug'" "SELECT count(*) FROM failed_scrapes WHERE resolved_at IS NULL AND error_message LIKE 'the database refuses%'")" $'1\n0'
is "an INSERT of the same activity: the tables are what the sites say" "$(differences)" ""
afterwards "an INSERT of the same activity"

# Each has what the other waits for. Who has waited for deadlock_timeout is the one that gives way.
for victim in user run; do
	sql "ALTER DATABASE met SET deadlock_timeout = '$([ "$victim" = run ] && echo 3s || echo 4min)'" "UPDATE activities SET title = 'By hand' WHERE event_slug = '$slug'" >/dev/null
	begins
	user "SET deadlock_timeout = '$([ "$victim" = run ] && echo 4min || echo 10ms)'; BEGIN; UPDATE activities SET city = 'Elsewhere' WHERE event_slug = '$slug';"
	site_release met activities
	waits "a deadlock: the run waits for the user" "$the_run"
	user "LOCK TABLE fetched_pages IN SHARE MODE;"
	is "a deadlock: the $victim gives way" "$(tail -n 6 "$run/met/user.output" | grep -c 40P01) $(grep -c 'pages are stored again: deadlock detected' "$run/meet/log")" \
		"$([ "$victim" = run ] && echo "0 1" || echo "1 0")"
	user "COMMIT;"
	ends "a deadlock, the $victim giving way" "completed|" "*completed"
	afterwards "a deadlock, the $victim giving way"
done
sql "ALTER DATABASE met RESET deadlock_timeout"

# VACUUM FULL, which waits for a reader, and the run for it.
begins
user "BEGIN; SELECT count(*) FROM activities;"
sql "VACUUM FULL activities" >"$run/met/vacuum" &
vacuum=$!
waits "VACUUM FULL: waits for a reader" "query LIKE 'VACUUM FULL%'"
site_release met activities
waits "VACUUM FULL: the run waits for it" "$the_run"
user "COMMIT;"
wait "$vacuum" || true
is "VACUUM FULL: is done" "$(cat "$run/met/vacuum")" ""
ends "VACUUM FULL" "completed|" "*completed"
afterwards "VACUUM FULL"
sql "SELECT esn_scrape_all(\"full\" => true)" >"$run/met/output" &
caller=$!
for n in 1 2; do
	for table in $(relations r); do sql "VACUUM FULL $table" "REINDEX TABLE $table" "VACUUM ANALYZE $table"; done
	sql "CREATE INDEX CONCURRENTLY mine ON activities (title)" "DROP INDEX CONCURRENTLY mine"
done >"$run/met/vacuum"
is "VACUUM FULL, REINDEX, VACUUM and ANALYZE of all tables: are done" "$(cat "$run/met/vacuum")" ""
ends "VACUUM FULL, REINDEX, VACUUM and ANALYZE of all tables" "completed|" "*"
afterwards "VACUUM FULL, REINDEX, VACUUM and ANALYZE of all tables"
begins
user "BEGIN; LOCK TABLE activities IN ACCESS EXCLUSIVE MODE;"
ends "a table locked for longer than five seconds" "failed|55P03: canceling statement due to lock timeout" "*ERROR:  55P03: *HINT:  Another session holds a lock*"
user "ROLLBACK;"
afterwards "a table locked for longer than five seconds"

# pg_dump: one state of the database, in the middle of the run, which goes on and ends meanwhile.
sql "UPDATE activities SET title = 'By hand' WHERE event_slug ~ '[02468]$'" >/dev/null
begins
user "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 'snapshot ' || pg_export_snapshot(); SELECT count(*) FROM activities;"
snapshot=$(sed -n 's/^snapshot //p' "$run/met/user.output")
state=$(sql "SELECT md5(string_agg(a::text, ',' ORDER BY id)) FROM activities a")
ends "pg_dump" "completed|" "*completed"
pg_dump -h "$run/$cluster" -d met --snapshot="$snapshot" >"$run/met/dump.sql"
user "COMMIT;"
cluster_psql "$cluster" -c "CREATE DATABASE restored" -c "ALTER DATABASE restored SET esn_pulse.accounts_url = '$accounts_url'" -c "ALTER DATABASE restored SET esn_pulse.activities_url = '$activities_url'"
like "pg_dump: can be restored" "$(cluster_psql "$cluster" -d restored -f "$run/met/dump.sql" 2>&1 && echo restored)" "*restored"
is "pg_dump: what it has is the state in the middle" "$(database=restored sql "SELECT md5(string_agg(a::text, ',' ORDER BY id)) FROM activities a")" "$state"
is "pg_dump: the run is shown there as interrupted" "$(database=restored sql "$last")" "failed|interrupted: its worker process is gone"
is "pg_dump: the next run there marks it, and completes" "$(database=restored sql "SELECT status FROM esn_scrape_activities(\"full\" => true)" "SELECT count(*) FROM scraper_status WHERE status = 'running'" | tail -n 2)" $'completed\n0'
is "pg_dump: and the tables there are what the sites say" "$(cluster_psql "$cluster" -d restored -v "truth=$run/met/truth" -f test/site/compare.sql 2>&1)" ""
afterwards "pg_dump"
done_testing
