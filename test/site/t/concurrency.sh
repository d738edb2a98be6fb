# Concurrency, first part: another run, what a user writes, VACUUM FULL and pg_dump in the middle
# of a run. docs/operations.md has the list. Each time the site holds pages back until the two have
# met; then the next run completes, and the tables match the sites.
. test/site/tests.sh
. test/site/concurrency.sh
site_cluster concurrency
site_database concurrent --sections 12 --count 120 --seed 231 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null
user_connects

# Another run.
begins
like "a run: the second is rejected, and the message names the first" \
	"$(sql "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  55006: run * (activities, full) is already running (started at *)
	DETAIL:  A database has one run at a time.
	HINT:  Wait for it, or stop it: SELECT esn_cancel(*"
is "a run: the log has a line that the second was rejected" \
	"$(grep '"level": "warning", "database": "concurrent", "run": null, "event": "refusal"' \
		"$run/$cluster/data/esn_pulse_log/"*.log | grep -c '"error": "55006: run ')" 1
is "a run: the second leaves no row" "$(sql "SELECT count(*) FROM scraper_status
	WHERE id > (SELECT id FROM esn_runs WHERE status = 'running')")" 0
ends "a run" "completed|" "*completed"
site_hold concurrent activities '^/activity/.*[02468]$'
callers=()
for n in 1 2 3 4; do
	sql "SET esn_pulse.request_timeout = '10min'" "$full_run" >"$run/concurrent/output.$n" &
	callers+=($!)
done
rejected() { cat "$run/concurrent/output."? | grep -c 'ERROR:  55006: run '; }
eventually 20 3 rejected || true
site_release concurrent activities
wait "${callers[@]}" || true
is "four at the same moment: three are rejected" "$(rejected)" 3
is "four at the same moment: one completes" \
	"$(cat "$run/concurrent/output."? | grep -c '^completed$')" 1
afterwards "a run"

# What the overviews count is stored at a run's end; not so that it hides what a user was about to
# change meanwhile, and not while a user does it.
over="is_valid AND removed_at IS NULL AND start_date <= current_date"
sums_match() {
	sql "SELECT (SELECT sum(participants) FROM esn_activities_by_year)
		= (SELECT sum(participants) FROM activities WHERE $over)"
}
are_stored() { sql "SELECT count(*) > 0 FROM esn_internal.esn_valid_summaries"; }
is "a run: what the overviews show is stored at its end" "$(are_stored)" t
user "BEGIN; UPDATE activities SET participants = participants + 1000 WHERE $over;"
sql "SELECT esn_internal.esn_refresh_summaries()" >/dev/null
is "an UPDATE while the overviews are counted: readers do not see it" \
	"$(are_stored)$(sums_match)" tt
user "COMMIT;"
is "an UPDATE while the overviews are counted: once committed it is counted" \
	"$(are_stored)$(sums_match)" ft
user "BEGIN; SELECT esn_internal.esn_refresh_summaries();"
like "a user counts the overviews: a run does not wait for the transaction" \
	"$(sql "$full_run")" "*completed"
user "COMMIT;"
is "a user counts the overviews: what a run has changed meanwhile is counted" \
	"$(sums_match)$(differences)" t

# A user's UPDATE of a row that the run writes, too; also where the database's transactions see only
# what was there before them.
slug=$(sql "SELECT event_slug FROM activities
	WHERE event_slug ~ '[02468]$' AND removed_at IS NULL AND is_valid ORDER BY id LIMIT 1")
by_hand="UPDATE activities SET title = 'By hand' WHERE event_slug = '$slug'"
users_update="UPDATE activities SET city = 'Elsewhere' WHERE event_slug = '$slug';"
for isolation in "read committed" serializable; do
	what="an UPDATE ($isolation)"
	sql "ALTER DATABASE concurrent SET default_transaction_isolation = '$isolation'" \
		"$by_hand" >/dev/null
	begins
	user "BEGIN ISOLATION LEVEL READ COMMITTED; $users_update"
	site_release concurrent activities
	waits "$what: the run waits for the transaction" "$the_run"
	user "COMMIT;"
	ends "$what" "completed|" "*completed"
	is "$what: the site's values overwrite both" "$(differences)" ""
	is "$what: the history has the user's change and the run's" "$(sql "
		SELECT string_agg(CASE WHEN run_id IS NULL THEN 'by hand' ELSE 'run' END, ', ')
		FROM (SELECT run_id FROM esn_history WHERE slug = '$slug' AND field = 'city'
			ORDER BY changed_at DESC LIMIT 2) h")" "run, by hand"
done
sql "ALTER DATABASE concurrent RESET default_transaction_isolation"

# From PostgreSQL 17 on a transaction can have a time limit, which ends its session; those of a run
# have none.
if [ "$(sql "SELECT count(*) FROM pg_settings WHERE name = 'transaction_timeout'")" = 1 ]; then
	sql "ALTER DATABASE concurrent SET transaction_timeout = '300ms'" "$by_hand" >/dev/null
	begins -c "SET transaction_timeout = 0"
	user "BEGIN; $users_update"
	site_release concurrent activities
	eventually 20 t sql "SELECT clock_timestamp() > xact_start + interval '1 second'
		FROM pg_stat_activity WHERE $the_run" || true
	user "COMMIT;"
	ends "an UPDATE for longer than transaction_timeout" "completed|" "*completed"
	sql "ALTER DATABASE concurrent RESET transaction_timeout"
fi

what="an UPDATE for longer than lock_timeout"
sql "$by_hand" >/dev/null
begins
user "BEGIN; $users_update"
site_release concurrent activities
retries() { grep -c 'storing pages: tried again: canceling.*lock timeout' "$run/$cluster/log"; }
is "$what: the run tries again" "$(eventually 20 1 retries && echo yes)" yes
user "COMMIT;"
ends "$what" "completed|" "*completed"
is "$what: the site's values overwrite the user's" "$(differences)" ""

sql "$by_hand" >/dev/null
begins
user "BEGIN; $users_update"
site_release concurrent activities
eventually 20 2 retries || true
sql "SELECT esn_cancel(id) FROM esn_runs WHERE status = 'running'" >/dev/null
ends "$what: a run that waits to try again can be cancelled" "cancelled|*" "*cancelled"
user "ROLLBACK;"
afterwards "$what"

sql "$by_hand" >/dev/null
begins
user "BEGIN; $users_update"
ends "an UPDATE that stays open" "failed|55P03: canceling statement due to lock timeout" \
	"*ERROR:  55P03: canceling statement due to lock timeout
	HINT:  Another session holds a lock*"
user "ROLLBACK;"
afterwards "an UPDATE that stays open"

# The same with what else a run writes: its row, and at its end how the rules matched.
what="a lock on the run's row"
tried_again() { grep -c "$1: tried again: canceling.*lock timeout" "$run/$cluster/log"; }
user "BEGIN; LOCK TABLE scraper_status IN SHARE MODE;"
sql "$full_run" >"$run/concurrent/output" &
caller=$!
is "$what: the run tries again to begin" \
	"$(eventually 20 1 tried_again "beginning a run" && echo yes)" yes
user "COMMIT;"
ends "$what" "completed|" "*completed"
what="a lock on what a run writes at its end"
begins
user "BEGIN; LOCK TABLE extraction_rule_usage IN SHARE MODE;"
site_release concurrent activities
is "$what: the run tries again" \
	"$(eventually 20 1 tried_again "storing how the rules matched" && echo yes)" yes
user "COMMIT;"
ends "$what" "completed|" "*completed"
is "$what: what it writes is there" "$(sql "SELECT count(*) > 0 FROM extraction_rule_usage
	WHERE run_id = (SELECT max(id) FROM scraper_status)")" t

# An INSERT of an activity that the run has found, too.
what="an INSERT of the same activity"
sql "DELETE FROM activities WHERE event_slug = '$slug'" >/dev/null
begins
user "BEGIN;
	INSERT INTO activities (event_slug, title, is_valid) VALUES ('$slug', 'By hand', false);"
site_release concurrent activities
waits "$what: the run waits for the transaction" "$the_run"
user "COMMIT;"
ends "$what" "completed|" "*completed"
is "$what: the row is the user's, with the site's values" \
	"$(sql "SELECT count(*) FROM activities WHERE event_slug = '$slug'" \
		"SELECT count(*) FROM failed_scrapes
		WHERE resolved_at IS NULL AND error_message LIKE 'the database rejected%'")" $'1\n0'
is "$what: the tables match the sites" "$(differences)" ""
afterwards "$what"

# Each has what the other waits for. The one that has waited for deadlock_timeout gives way.
for victim in user run; do
	what="a deadlock, the $victim giving way"
	if [ "$victim" = run ]; then
		runs_timeout=3s users_timeout=4min wanted="0 1"
	else
		runs_timeout=4min users_timeout=10ms wanted="1 0"
	fi
	sql "ALTER DATABASE concurrent SET deadlock_timeout = '$runs_timeout'" "$by_hand" >/dev/null
	begins
	user "SET deadlock_timeout = '$users_timeout'; BEGIN; $users_update"
	site_release concurrent activities
	waits "$what: the run waits for the user" "$the_run"
	user "LOCK TABLE frontier IN SHARE MODE;"
	errors=$(tail -n 6 "$run/concurrent/user.output" | grep -c 40P01 || true)
	errors+=" $(grep -c 'pages: tried again: deadlock detected' "$run/$cluster/log" || true)"
	is "$what: only the $victim has an error" "$errors" "$wanted"
	user "COMMIT;"
	ends "$what" "completed|" "*completed"
	afterwards "$what"
done
sql "ALTER DATABASE concurrent RESET deadlock_timeout"

# VACUUM FULL, which waits for a reader, and the run for it.
begins
user "BEGIN; SELECT count(*) FROM activities;"
sql "VACUUM FULL activities" >"$run/concurrent/vacuum" &
vacuum=$!
waits "VACUUM FULL: waits for a reader" "query LIKE 'VACUUM FULL%'"
site_release concurrent activities
waits "VACUUM FULL: the run waits for it" "$the_run"
user "COMMIT;"
wait "$vacuum" || true
is "VACUUM FULL: is done" "$(cat "$run/concurrent/vacuum")" ""
ends "VACUUM FULL" "completed|" "*completed"
afterwards "VACUUM FULL"
what="VACUUM FULL, REINDEX, VACUUM and ANALYZE of all tables"
# maintain <statement>: repeats it after a deadlock with the run, which a REINDEX can have. Here the
# run never gives way.
maintain() {
	local output
	until output=$(sql "SET deadlock_timeout = '100ms'" "$1"); do
		[[ $output == *40P01* ]] || break
	done
	printf '%s' "$output"
}
sql "ALTER DATABASE concurrent SET deadlock_timeout = '4min'"
sql "SELECT esn_scrape_all(\"full\" => true)" >"$run/concurrent/output" &
caller=$!
for n in 1 2; do
	for table in $(relations r); do
		for command in "VACUUM FULL" "REINDEX TABLE" "VACUUM ANALYZE"; do
			maintain "$command $table"
		done
	done
	maintain "CREATE INDEX CONCURRENTLY mine ON activities (title)"
	maintain "DROP INDEX CONCURRENTLY mine"
done >"$run/concurrent/vacuum"
sql "ALTER DATABASE concurrent RESET deadlock_timeout"
is "$what: are done" "$(cat "$run/concurrent/vacuum")" ""
ends "$what" "completed|" "*"
afterwards "$what"
begins
user "BEGIN; LOCK TABLE activities IN ACCESS EXCLUSIVE MODE;"
ends "a table locked for longer than five seconds" \
	"failed|55P03: canceling statement due to lock timeout" \
	"*ERROR:  55P03: *HINT:  Another session holds a lock*"
user "ROLLBACK;"
afterwards "a table locked for longer than five seconds"

# pg_dump: one state of the database, in the middle of the run, which continues and ends meanwhile.
sql "UPDATE activities SET title = 'By hand' WHERE event_slug ~ '[02468]$'" >/dev/null
begins
user "BEGIN ISOLATION LEVEL REPEATABLE READ;
	SELECT 'snapshot ' || pg_export_snapshot();
	SELECT count(*) FROM activities;"
snapshot=$(sed -n 's/^snapshot //p' "$run/concurrent/user.output")
fingerprint="SELECT md5(string_agg(a::text, ',' ORDER BY id)) FROM activities a"
state=$(sql "$fingerprint")
ends "pg_dump" "completed|" "*completed"
pg_dump -h "$run/$cluster" -d concurrent --snapshot="$snapshot" >"$run/concurrent/dump.sql"
user "COMMIT;"
cluster_psql "$cluster" -c "CREATE DATABASE restored"
reads_the_site restored
like "pg_dump: can be restored" \
	"$(cluster_psql "$cluster" -d restored -f "$run/concurrent/dump.sql" 2>&1 && echo restored)" \
	"*restored"
database=restored
is "pg_dump: it has the state in the middle" "$(sql "$fingerprint")" "$state"
is "pg_dump: the run is shown there as interrupted" "$(sql "$last")" \
	"failed|interrupted: its worker process is gone"
is "pg_dump: the next run there marks it, and completes" "$(sql "$full_run" \
	"SELECT count(*) FROM scraper_status WHERE status = 'running'" | tail -n 2)" $'completed\n0'
is "pg_dump: and the tables there match the sites" "$(differences concurrent)" ""
database=concurrent
afterwards "pg_dump"
done_testing
