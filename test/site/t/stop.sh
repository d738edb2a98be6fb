# However a run is stopped, it ends at once, what it committed stays, no row says 'running' for long, and the next run works. What it may
# meet while it goes on is in meet.sh and meet_ddl.sh.
. test/site/tests.sh
site_cluster stop
site_database stopped --sections 60 --count 400 --seed 11

# As polite as it takes to be stopped in the middle.
slow="SET esn_pulse.request_delay = 20"
states="SELECT string_agg(DISTINCT status, ',') FROM esn_runs"
last="SELECT status || '|' || coalesce(error_message, '') FROM esn_runs LIMIT 1"

like "accounts can be read" "$(sql "SELECT status FROM esn_scrape_accounts()")" "*completed"

# begin_run [psql's arguments]: a session that waits for a run that has stored something and goes on. Sets caller (its process).
begin_run() {
	local known
	known=$(sql "SELECT count(*) FROM fetched_pages")
	psql -X -q -h "$run/$cluster" -d "$database" -v VERBOSITY=verbose -c "$slow" "$@" >"$run/stopped/output" 2>&1 &
	caller=$!
	eventually 20 t sql "SELECT EXISTS (SELECT FROM esn_runs WHERE status = 'running')
		AND (SELECT count(*) FROM fetched_pages WHERE fetched_at > (SELECT started_at FROM esn_runs LIMIT 1)) > 5" ||
		echo "# no run began: $(cat "$run/stopped/output")"
}

# ends <what> <status|message>: the run is over, its row says so, the rest of its state is in order.
ends() {
	local since=${EPOCHREALTIME/./}
	eventually 20 f sql "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'esn_pulse run')" || echo "# the worker stays"
	echo "# it ended after $(((${EPOCHREALTIME/./} - since) / 1000)) ms"
	like "$1: the run has ended and says why" "$(sql "$last")" "$2"
	is "$1: no run is shown as running" "$(sql "SELECT count(*) FROM esn_runs WHERE status = 'running'")" 0
	is "$1: what was committed stays" "$(sql "SELECT count(*) > 5 FROM fetched_pages")" t
	wait "$caller" 2>/dev/null || true
}

begin_run -c "SELECT status FROM esn_scrape_all()"
kill -INT "$caller"
ends "Ctrl-C" "cancelled|*cancelled*"
like "Ctrl-C: the caller is told" "$(cat "$run/stopped/output")" \
	"*NOTICE:  00000: the run was stopped; what it had committed stays*HINT:  Start it again: it goes on where it was.*ERROR:  57014: canceling statement due to user request*"

begin_run -c "SELECT status FROM esn_scrape_all()"
like "esn_cancel says that it stopped the run" "$(sql "SELECT esn_cancel((SELECT id FROM esn_runs WHERE status = 'running'))")" "*NOTICE: * has stopped*t"
ends "esn_cancel" "cancelled|*esn_cancel*"
like "esn_cancel: the caller gets the row and a warning that says how to go on" "$(cat "$run/stopped/output")" \
	"*WARNING:  01000: run * cancelled*What it had committed stays*cancelled*"
like "esn_cancel says that an ended run had ended" "$(sql "SELECT esn_cancel((SELECT max(id) FROM esn_runs))")" "*NOTICE: * had ended before*f"

begin_run -c "SELECT status FROM esn_scrape_all()"
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT status FROM esn_scrape_all%' AND pid <> pg_backend_pid()" >/dev/null
ends "the caller terminated" "cancelled|*session that waited*"

begin_run -c "SELECT status FROM esn_scrape_all()"
kill -KILL "$caller"
wait "$caller" 2>/dev/null || true
ends "the caller's client killed" "cancelled|*session that waited*"

begin_run -c "SELECT status FROM esn_scrape_all()"
sql "SELECT pg_terminate_backend(worker_pid) FROM esn_runs WHERE status = 'running'" >/dev/null
ends "the worker terminated" "cancelled|*terminated*"

begin_run -c "SET statement_timeout = '2s'" -c "SELECT status FROM esn_scrape_all()"
ends "statement_timeout" "cancelled|*session that waited*"
like "statement_timeout: the caller is told" "$(cat "$run/stopped/output")" "*57014: canceling statement due to statement timeout*"

like "a time limit ends a run in order" "$(sql "$slow" "SET esn_pulse.activities_time_limit = 1" "SELECT status, error_message FROM esn_scrape_activities()")" \
	"*completed|time limit reached; * sections are left and come first next time*"

# Without waiting it outlives its caller.
like "a run nobody waits for begins at once" "$(sql "$slow" "SELECT status, completed_at IS NULL FROM esn_scrape_all(wait => false)")" "*running|t"
like "it goes on" "$(sql "$last")" "running|"
sql "SELECT esn_cancel(id) FROM esn_runs WHERE status = 'running'" >/dev/null
is "and is stopped by its number" "$(sql "SELECT count(*) FROM esn_runs WHERE status = 'running'")" 0

begin_run -c "SELECT status FROM esn_scrape_all()"
cluster_stop "$cluster"
cluster_resume "$cluster"
ends "fast shutdown" "cancelled|*"

begin_run -c "SELECT status FROM esn_scrape_all()"
as_owner kill -KILL "$(sql "SELECT worker_pid FROM esn_runs WHERE status = 'running'")"
eventually 20 1 sql "SELECT 1" || true
ends "kill -9 of the worker" "failed|interrupted: *"
is "kill -9: the table itself still has it, until the next run" "$(sql "SELECT status FROM scraper_status ORDER BY id DESC LIMIT 1")" running

begin_run -c "SELECT status FROM esn_scrape_all()"
is "the next run marks it" "$(sql "SELECT count(*) FROM scraper_status WHERE error_message LIKE 'interrupted%'")" 1
cluster_stop "$cluster" immediate
cluster_resume "$cluster"
ends "immediate shutdown" "failed|interrupted: *"

# What the caller has locked the run can't have.
like "a caller's own lock is an error, not a wait for ever" \
	"$(sql "BEGIN; UPDATE sections SET city = city; SELECT status FROM esn_scrape_section((SELECT max(activities_platform_slug) FROM sections))" || true)" \
	"*ERROR:  55P03: canceling statement due to lock timeout*HINT:  Another session holds a lock*"
like "its row says so" "$(sql "$last")" "failed|55P03*"

# After all that.
like "a whole run completes" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
is "and leaves what the sites say" "$(differences)" ""
done_testing
