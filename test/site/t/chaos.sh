# Chaos: a fifth of all requests to both sites goes wrong, in any of the ways of wrong_answers.py, while the run's worker, its caller and the server are
# killed. Then quiet: the tables are what the sites say, and no failure was kept silent. The seed is CHAOS_SEED, else one by chance.
. test/site/tests.sh
seed=${CHAOS_SEED:-$RANDOM}
RANDOM=$seed
echo "# CHAOS_SEED=$seed"
site_cluster chaos "esn_pulse.max_retries = 1" "esn_pulse.request_timeout = '1s'" "esn_pulse.max_parallel_requests = 30" "esn_pulse.accounts_max_age = 0"
site_front=1 site_database chaotic --sections 24 --count 260 --no-faults --seed "$seed"
site_chance chaotic 0.2 "$seed"

running="SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'esn_pulse run')"

# strike <what>: in the middle of a run that a session waits for.
strike() {
	local caller worker
	psql -X -q -h "$run/$cluster" -d "$database" -c "SELECT status FROM esn_scrape_all(\"full\" => true)" >"$run/chaotic/output" 2>&1 &
	caller=$!
	eventually 10 t sql "$running" || true
	# when it has stored so much, if it does
	eventually 20 t sql "SELECT NOT ($running) OR (SELECT count(*) > $((RANDOM % 60)) FROM fetched_pages WHERE fetched_at > (SELECT max(started_at) FROM scraper_status))" || true
	[ "$(sql "$running")" != t ] || struck="$struck $1"
	case $1 in
	worker) sql "SELECT pg_terminate_backend(worker_pid) FROM esn_runs WHERE status = 'running'" >/dev/null ;;
	caller) sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT status FROM esn_scrape_all%'" >/dev/null ;;
	client) kill -KILL "$caller" 2>/dev/null || true ;;
	server)
		cluster_stop "$cluster" immediate
		cluster_resume "$cluster"
		;;
	process)
		worker=$(sql "SELECT pid FROM pg_stat_activity WHERE backend_type = 'esn_pulse run'")
		[ -z "$worker" ] || as_owner kill -KILL "$worker" 2>/dev/null || true
		;;
	cancel) sql "SELECT esn_cancel(id) FROM esn_runs WHERE status = 'running'" >/dev/null ;;
	esac
	wait "$caller" 2>/dev/null || true
	eventually 20 1 sql "SELECT 1" || echo "# the server stays away"
	eventually 20 f sql "$running" || echo "# the worker stays"
}
struck=
for what in $(shuf -e worker caller client server process cancel --random-source=<(yes "$seed")); do
	# Some runs are over before: without the home page there is nothing to do.
	for _ in 1 2 3 4; do
		strike "$what"
		[ "${struck##* }" != "$what" ] || break
	done
done
echo "# struck:$struck"
is "no run is shown as going on" "$(sql "SELECT count(*) FROM esn_runs WHERE status = 'running'")" 0

# One goes on where the last was stopped; then one over all that nobody stops: what it could not read it says.
sql "SELECT esn_scrape_all(\"full\" => true)" >/dev/null
: >"$run/chaotic/played"
like "a run in which a fifth of all requests go wrong ends" "$(sql "SELECT status FROM esn_scrape_all(\"full\" => true)")" "*@(completed|failed)"
echo "# $(sql "SELECT format('%s requests, %s pages failed: %s', requests, pages_failed, coalesce(error_message, status)) FROM esn_runs LIMIT 1")"
sql "SELECT url FROM failed_scrapes WHERE resolved_at IS NULL" | LC_ALL=C sort >"$run/chaotic/failed"
python3 - "$run/chaotic/played" "$accounts_url" "$activities_url" <<'PYTHON' | LC_ALL=C sort >"$run/chaotic/unanswered"
import sys
sys.path.insert(0, "test/site")
from faults import FRONT_FAULTS
sites = {url.rsplit(":", 1)[1]: url for url in sys.argv[2:]}
last = {}
for line in open(sys.argv[1]):
    method, port, path, how = line.rstrip("\n").split("\t")
    if method == "GET" and "step=" not in path:
        last[sites[port] + path] = how
print(*(url for url, how in last.items() if how in FRONT_FAULTS and not how.startswith("redirect")), sep="\n")
PYTHON
is "each address that was not answered at last stands in its table" "$(comm -23 "$run/chaotic/unanswered" "$run/chaotic/failed" | grep .)" ""
echo "# $(grep -c . "$run/chaotic/unanswered") of them, $(wc -l <"$run/chaotic/failed") failures in all"
is "each activity that a list has shown is stored, or has failed" "$(sql "SELECT url FROM listed_activities l WHERE NOT EXISTS (SELECT FROM fetched_pages p WHERE p.url = l.url)
	AND NOT EXISTS (SELECT FROM failed_scrapes f WHERE f.url = l.url AND f.resolved_at IS NULL)")" ""
is "no failure stands there twice" "$(sql "SELECT url FROM failed_scrapes WHERE resolved_at IS NULL GROUP BY 1 HAVING count(*) > 1")" ""

# Quiet.
site_chance chaotic ""
for _ in 1 2 3; do
	status=$(sql "SELECT status FROM esn_scrape_all(\"full\" => true)" | tail -n 1)
	[ "$(sql "SELECT count(*) FROM failed_scrapes WHERE resolved_at IS NULL")" != 0 ] || break
done
is "with quiet sites a run completes" "$status" completed
is "the tables are what the sites say, and no failure is left" "$(differences)" ""
# That a section is filled in, and an organiser becomes a known section, is news.
is "no change was invented" "$(sql "SELECT changed_at, kind, slug, field, old_value, new_value FROM esn_history WHERE NOT (kind = 'section' AND old_value IS NULL AND field <> 'removed_at')
	AND NOT (field = 'organisers' AND old_value::jsonb <@ new_value::jsonb)")" ""
is "no run is left as running" "$(sql "SELECT count(*) FROM scraper_status WHERE status = 'running'")" 0
is "and all that were stopped say why" "$(sql "SELECT count(*) FROM scraper_status WHERE status <> 'completed' AND coalesce(error_message, '') = ''")" 0
is "nobody was asked but the two sites" "$(cat "$run/chaotic/trapped" 2>/dev/null)" ""
is "no process crashed but the one that was killed" "$(grep -E 'PANIC|terminated by signal' "$run/$cluster/log" | grep -vcE 'signal 9: Killed')" 0
done_testing
