# Chaos: a fifth of all requests to both sites goes wrong, in any of the ways of wrong_answers.py,
# while the run's worker, its caller and the server are killed. Then quiet: the tables match the
# sites, and no failure was silent. The seed is CHAOS_SEED, else random.
. test/site/tests.sh
seed=${CHAOS_SEED:-$RANDOM}
RANDOM=$seed
echo "# CHAOS_SEED=$seed"
site_cluster chaos "esn_pulse.max_retries = 1" "esn_pulse.max_parallel_requests = 30" \
	"esn_pulse.accounts_max_age = 0"
site_front=1 site_database chaotic --sections 24 --count 260 --no-faults --seed "$seed"
site_chance chaotic 0.2 "$seed"

worker="FROM pg_stat_activity WHERE backend_type = 'esn_pulse run'"
running="SELECT EXISTS (SELECT $worker)"
scrape_full="SELECT status FROM esn_scrape_all(\"full\" => true)"
open_failures="FROM failed_scrapes WHERE resolved_at IS NULL"

# hit <what>: stops the run in that way.
hit() {
	local pid
	case $1 in
	worker)
		sql "SELECT pg_terminate_backend(worker_pid) FROM esn_runs WHERE status = 'running'"
		;;
	caller)
		sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE query LIKE 'SELECT status FROM esn_scrape_all%'"
		;;
	client) kill -KILL "$caller" 2>/dev/null ;;
	server)
		cluster_stop "$cluster" immediate
		cluster_resume "$cluster"
		;;
	process)
		pid=$(sql "SELECT pid $worker")
		[ -z "$pid" ] || as_owner kill -KILL "$pid" 2>/dev/null
		;;
	cancel) sql "SELECT esn_cancel(id) FROM esn_runs WHERE status = 'running'" ;;
	esac >/dev/null || true
}

# strike <what>: in the middle of a run that a session waits for, when the run has stored so many
# pages, if it does.
strike() {
	local caller pages=$((RANDOM % 60))
	psql -X -q -h "$run/$cluster" -d "$database" -c "$scrape_full" >"$run/chaotic/output" 2>&1 &
	caller=$!
	eventually 10 t sql "$running" || true
	eventually 20 t sql "SELECT NOT ($running) OR (SELECT count(*) > $pages FROM frontier
		WHERE fetched_at > (SELECT max(started_at) FROM scraper_status))" || true
	[ "$(sql "$running")" != t ] || struck="$struck $1"
	hit "$1"
	wait "$caller" 2>/dev/null || true
	eventually 20 1 sql "SELECT 1" || echo "# the server stays away"
	eventually 20 f sql "$running" || echo "# the worker stays"
}
struck=
ways="worker caller client server process cancel"
# shellcheck disable=SC2086
for what in $(shuf -e $ways --random-source=<(yes "$seed")); do
	# Some runs end before: without the home page there is nothing to do.
	for _ in 1 2 3 4; do
		strike "$what"
		[ "${struck##* }" != "$what" ] || break
	done
done
echo "# struck:$struck"
is "no run is shown as running" "$(sql "SELECT count(*) FROM esn_runs WHERE status = 'running'")" 0

# One run resumes where the last was stopped; then one that nobody stops reads everything, and
# records what it could not read.
sql "$scrape_full" >/dev/null
: >"$run/chaotic/played"
like "a run in which a fifth of all requests goes wrong ends" "$(sql "$scrape_full")" \
	"*@(completed|failed)"
echo "# $(sql "SELECT format('%s requests, %s pages failed: %s', requests, pages_failed,
	coalesce(error_message, status)) FROM esn_runs LIMIT 1")"
sql "SELECT url $open_failures" | LC_ALL=C sort >"$run/chaotic/failed"
python3 - "$run/chaotic/played" "$accounts_url" "$activities_url" <<'PYTHON' |
import sys
sys.path.insert(0, "test/site")
from faults import FRONT_FAULTS
sites = {url.rsplit(":", 1)[1]: url for url in sys.argv[2:]}
last = {}
for line in open(sys.argv[1]):
    method, port, path, how = line.rstrip("\n").split("\t")
    # The run requests these only after a redirect, and the failure is that of the page before. Of
    # a list without its page it only asks whether it is there: its content does not matter.
    if method == "GET" and "step=" not in path and not path.endswith("/activities"):
        last[sites[port] + path] = how
for url, how in last.items():
    if how in FRONT_FAULTS and not how.startswith("redirect"):
        print(url)
PYTHON
	LC_ALL=C sort >"$run/chaotic/unanswered"
is "each address whose last answer was wrong is a failure" \
	"$(comm -23 "$run/chaotic/unanswered" "$run/chaotic/failed" | grep .)" ""
echo "# $(grep -c . "$run/chaotic/unanswered") of them," \
	"$(wc -l <"$run/chaotic/failed") failures in all"
is "each listed activity is stored, or has failed" \
	"$(sql "SELECT url FROM frontier WHERE status = 'discovered'")" ""
is "no failure is there twice" \
	"$(sql "SELECT url $open_failures GROUP BY 1 HAVING count(*) > 1")" ""

# Quiet.
site_chance chaotic ""
for _ in 1 2 3; do
	status=$(sql "$scrape_full" | tail -n 1)
	[ "$(sql "SELECT count(*) $open_failures")" != 0 ] || break
done
is "with quiet sites a run completes" "$status" completed
is "the data match the sites, and no failure is left" "$(differences)" ""
# That a section is filled in, and an organiser becomes a known section, is news.
is "no change was invented" "$(sql "
	SELECT changed_at, kind, slug, field, old_value, new_value FROM esn_history
	WHERE NOT (kind = 'section' AND old_value IS NULL AND field <> 'removed_at')
		AND NOT (field = 'organisers' AND old_value::jsonb <@ new_value::jsonb)")" ""
# Again, while sections and activities are renamed, moved and withdrawn.
site_change chaotic --sections 24 --count 260 --no-faults --seed "$seed" --twists after
site_chance chaotic 0.2 "$seed"
sql "$scrape_full" >/dev/null || true
sql "$scrape_full" >/dev/null || true
site_chance chaotic ""
# What was refused in the chaos may take two runs to be proven withdrawn.
for _ in 1 2 3; do
	sql "$scrape_full" >/dev/null
	[ -n "$(differences)" ] || break
done
is "who is who after the chaos: the data match the sites" "$(differences)" ""
is "no two sections have one slug, and no slug is disputed" "$(sql "
	SELECT count(*) = count(DISTINCT activities_platform_slug) FROM sections
	WHERE activities_platform_slug IS NOT NULL" \
	"SELECT status FROM esn_health WHERE name = 'slugs of sections'")" $'t\nok'
is "no run is left as running" \
	"$(sql "SELECT count(*) FROM scraper_status WHERE status = 'running'")" 0
is "and all that were stopped have a reason" "$(sql "SELECT count(*) FROM scraper_status
	WHERE status <> 'completed' AND coalesce(error_message, '') = ''")" 0
is "only the two sites got requests" "$(cat "$run/chaotic/trapped" 2>/dev/null)" ""
is "no process crashed but the one that was killed" \
	"$(grep -E 'PANIC|terminated by signal' "$run/$cluster/log" |
		grep -vcE 'signal 9: Killed')" 0
done_testing
