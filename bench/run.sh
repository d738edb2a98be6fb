#!/usr/bin/env bash
# What a run costs beside the floor: fetching and parsing the same pages with the same libraries, and nothing else. Both take turns in one go;
# the figures are medians, the ratios are theirs. Usage: bench/run.sh [rounds]
. test/site/tests.sh
rounds=${1:-5}
site_cluster bench "autovacuum = off"
mkdir -p build/bench
${CC:-gcc} -O2 -Wall -Wextra -Werror bench/floor.c $(pkg-config --cflags --libs libcurl libxml-2.0) -o build/bench/floor

site_database network --sections 500 --count 3000 --seed 1 --no-faults --padding 20000
ticks=$(getconf CLK_TCK)
postmaster=$(as_owner head -n 1 "$run/$cluster/data/postmaster.pid")

# The CPU of all processes that have ended below the server, in seconds.
children() { awk -v t="$ticks" '{ sub(/.*\) /, ""); print ($14 + $15) / t }' "/proc/$postmaster/stat"; }
# The CPU of the server's processes that go on: what is written behind a run's back.
others() {
	awk -v t="$ticks" '{ sub(/.*\) /, ""); s += $12 + $13 } END { print s / t }' $(pgrep -P "$postmaster" | sed 's|.*|/proc/&/stat|')
}
# The CPU of the worker of a run, as long as it lives, once a moment; the last line is all of it.
watch_worker() {
	local pid
	eventually 20 t sql "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'esn_pulse run')" || true
	pid=$(sql "SELECT pid FROM pg_stat_activity WHERE backend_type = 'esn_pulse run'")
	while awk -v t="$ticks" '{ sub(/.*\) /, ""); print ($12 + $13) / t }' "/proc/$pid/stat" 2>/dev/null; do sleep 0.02; done | tail -n 1
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

: >"$run/network/figures"
for round in $(seq "$rounds"); do
	sql "DROP EXTENSION esn_pulse" "CREATE EXTENSION esn_pulse" "CHECKPOINT"
	: >"$run/network/access.log"
	before=$(children) still=$(others)
	began=${EPOCHREALTIME/./}
	sql "SELECT status FROM esn_scrape_accounts()" >"$run/network/output" &
	accounts=$(watch_worker)
	wait $!
	sql "SELECT status FROM esn_scrape_activities()" >"$run/network/output" &
	activities=$(watch_worker)
	wait $!
	wall=$(((${EPOCHREALTIME/./} - began) / 1000))
	server=$(awk "BEGIN { print $(children) - $before + $(others) - $still }")
	sed -nE "s,^[^\"]*\"(GET|HEAD) ([^ ]*) .*,\1 \2,p" "$run/network/access.log" |
		sed -E "s,^GET (/|/country/.*|/section/.*)\$,$accounts_url\1,; s,^GET (/[ao].*),$activities_url\1,; s,^HEAD ,HEAD $activities_url," >"$run/network/addresses"
	read -r pages bytes cpu floor_wall < <(build/bench/floor <"$run/network/addresses")
	echo "$(awk "BEGIN { print $accounts + $activities }") $server $wall $cpu $(awk "BEGIN { print $floor_wall * 1000 }") $pages $bytes" >>"$run/network/figures"
	[ "$(sql "SELECT count(*) FROM activities")" = 3000 ] || die "the run is not complete"
done
column() { awk "{ print \$$1 }" "$run/network/figures" | median; }
awk -v worker="$(column 1)" -v server="$(column 2)" -v wall="$(column 3)" -v floor="$(column 4)" -v floor_wall="$(column 5)" \
	-v pages="$(column 6)" -v bytes="$(column 7)" -v rounds="$rounds" 'BEGIN {
	printf "%d pages, %.1f MB of HTML, 3,000 activities of 500 sections; medians of %d rounds\n\n", pages, bytes / 1e6, rounds
	printf "| what | CPU, s | ms a page | x floor |\n| --- | ---: | ---: | ---: |\n"
	printf "| floor: fetch and parse alone | %.2f | %.2f | 1.00 |\n", floor, 1000 * floor / pages
	printf "| the worker: all of a run | %.2f | %.2f | %.2f |\n", worker, 1000 * worker / pages, worker / floor
	printf "| the server as a whole | %.2f | %.2f | %.2f |\n\n", server, 1000 * server / pages, server / floor
	printf "wall time: %.1f s, floor %.1f s (%.2f x)\n", wall / 1000, floor_wall / 1000, wall / floor_wall
}'
