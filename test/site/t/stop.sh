# However a run is stopped, it ends at once, committed data is kept, no row says 'running' for long,
# and the next run works. What may happen beside a run is in concurrency.sh and concurrency_ddl.sh.
. test/site/tests.sh
site_cluster stop
site_database stopped --sections 60 --count 400 --seed 11

# With a delay that leaves time to stop it in the middle.
slow="SET esn_pulse.request_delay = 20"
last="SELECT status || '|' || coalesce(error_message, '') FROM esn_runs LIMIT 1"
scrape_all="SELECT status FROM esn_scrape_all()"
running="FROM esn_runs WHERE status = 'running'"
output() { cat "$run/stopped/output"; }

like "accounts can be read" "$(sql "SELECT status FROM esn_scrape_accounts()")" "*completed"

# begin_run [psql's arguments]: a session that waits for a run that has stored something and is not
# yet done. Sets caller (its process).
begin_run() {
	psql -X -q -h "$run/$cluster" -d "$database" -v VERBOSITY=verbose -c "$slow" "$@" \
		-c "$scrape_all" >"$run/stopped/output" 2>&1 &
	caller=$!
	eventually 20 t sql "SELECT EXISTS (SELECT $running) AND (SELECT count(*) FROM frontier
		WHERE fetched_at > (SELECT started_at FROM esn_runs LIMIT 1)) > 5" ||
		echo "# no run began: $(output)"
}

# ends <what> <status|message>: the run is over, its row shows it, the rest of its state is right.
ends() {
	local since=${EPOCHREALTIME/./}
	eventually 20 f sql "SELECT EXISTS (SELECT FROM pg_stat_activity
		WHERE backend_type = 'esn_pulse run')" || echo "# the worker stays"
	echo "# it ended after $(((${EPOCHREALTIME/./} - since) / 1000)) ms"
	like "$1: the run has ended, and its row has the reason" "$(sql "$last")" "$2"
	is "$1: no run is shown as running" "$(sql "SELECT count(*) $running")" 0
	is "$1: committed data is kept" \
		"$(sql "SELECT count(*) > 5 FROM frontier WHERE fetched_at IS NOT NULL")" t
	wait "$caller" 2>/dev/null || true
}

begin_run
kill -INT "$caller"
ends "Ctrl-C" "cancelled|*cancelled*"
like "Ctrl-C: the caller gets a notice and an error" "$(output)" \
	"*NOTICE:  00000: the run was stopped; committed data is kept
	HINT:  Start it again: it will resume where it stopped.
	ERROR:  57014: canceling statement due to user request*"

begin_run
like "esn_cancel reports that it stopped the run" \
	"$(sql "SELECT esn_cancel((SELECT id $running))")" "*NOTICE: * has stopped*t"
ends "esn_cancel" "cancelled|*esn_cancel*"
like "esn_cancel: the caller gets the row and a warning" "$(output)" \
	"*WARNING:  01000: run * cancelled*Committed data is kept*cancelled*"
begin_run
site_hold stopped activities '^/'
worker=$(sql "SELECT worker_pid $running")
eventually 20 Extension sql "SELECT wait_event_type FROM pg_stat_activity WHERE pid = $worker" ||
	true
as_owner kill -STOP "$worker"
like "esn_cancel reports that a process does not react" \
	"$(sql "SELECT esn_cancel((SELECT id $running))" || true)" \
	"*ERROR:  55P03: run * was asked to stop but has not stopped yet
	HINT:  It stops as soon as it can.*"
as_owner kill -CONT "$worker"
ends "esn_cancel of a process that reacts late" "cancelled|*esn_cancel*"
site_release stopped activities
like "esn_cancel reports that an ended run had ended" \
	"$(sql "SELECT esn_cancel((SELECT max(id) FROM esn_runs))")" "*NOTICE: * has already ended*f"

begin_run
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	WHERE query LIKE 'SELECT status FROM esn_scrape_all%' AND pid <> pg_backend_pid()" >/dev/null
ends "the caller terminated" "cancelled|*session that waited*"

begin_run
kill -KILL "$caller"
wait "$caller" 2>/dev/null || true
ends "the caller's client killed" "cancelled|*session that waited*"

begin_run
sql "SELECT pg_terminate_backend(worker_pid) $running" >/dev/null
ends "the worker terminated" "cancelled|*terminated*"

begin_run -c "SET statement_timeout = '2s'"
ends "statement_timeout" "cancelled|*session that waited*"
like "statement_timeout: the caller gets an error" "$(output)" \
	"*57014: canceling statement due to statement timeout*"

like "a time limit ends a run in order" \
	"$(sql "$slow" "SET esn_pulse.activities_time_limit = 1" \
		"SELECT status, error_message FROM esn_scrape_activities()")" \
	"*partial|time limit reached; the remaining * sections come first in the next run*"

# A run in the background outlives its caller.
like "a run in the background begins at once" \
	"$(sql "$slow" "SELECT status, completed_at IS NULL FROM esn_scrape_all(wait => false)")" \
	"*running|t"
like "it continues" "$(sql "$last")" "running|"
sql "SELECT esn_cancel(id) $running" >/dev/null
is "and is stopped by its number" "$(sql "SELECT count(*) $running")" 0

# Not cancelled: nobody has asked for that.
unfinished="SELECT esn_internal.esn_unfinished_run()"
begin_run
cluster_stop "$cluster"
cluster_resume "$cluster"
ends "fast shutdown" "partial|stopped: the server was shut down*"
is "fast shutdown: the run is to be resumed" "$(sql "$unfinished")" activities

scrape_all="SELECT status FROM esn_scrape_all(wait => false)" begin_run
cluster_stop "$cluster"
cluster_resume "$cluster"
ends "fast shutdown, in the background" "partial|stopped: the server was shut down*"
is "fast shutdown, in the background: the run is to be resumed" "$(sql "$unfinished")" activities

begin_run
as_owner kill -KILL "$(sql "SELECT worker_pid $running")"
eventually 20 1 sql "SELECT 1" || true
ends "kill -9 of the worker" "failed|interrupted: *"
is "kill -9: the table itself still has it, until the next run" \
	"$(sql "SELECT status FROM scraper_status ORDER BY id DESC LIMIT 1")" running

begin_run
is "the next run marks it" "$(sql "SELECT count(*) FROM scraper_status
	WHERE error_message LIKE 'interrupted%'")" 1
cluster_stop "$cluster" immediate
cluster_resume "$cluster"
ends "immediate shutdown" "failed|interrupted: *"

# The run cannot have what the caller has locked.
like "a caller's own lock is an error, not an endless wait" \
	"$(sql "BEGIN; UPDATE sections SET city = city; SELECT status
		FROM esn_scrape_section((SELECT max(activities_platform_slug) FROM sections))" || true)" \
	"*ERROR:  55P03: canceling statement due to lock timeout
	HINT:  Another session holds a lock*"
like "the row has the error" "$(sql "$last")" "failed|55P03*"

# After all that.
like "a run over everything completes" "$(sql "$scrape_all")" "*completed"
is "and the data match the sites" "$(differences)" ""
done_testing
