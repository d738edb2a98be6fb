#!/usr/bin/env bash
# The cost of a run beside what people would use instead, and beside the least that it could cost.
# Each does the same job on the same site without delay, with ten requests open at once, in turn and
# several times. The figures are medians, and the ratios are theirs. Where the host's own speed
# varies from second to second, the ratio of the fastest runs says more.
# Usage: bench/compare.sh [rounds]
#   ours             esn_scrape_all() on an empty database
#   scrapy, aiohttp  rivals/*_esn.py, into tables as ours, without their triggers
#   tuned            Scrapy with one setting whose cost its documentation does not mention: for each
#                    answer Scrapy makes as many tasks as it may handle items at once, by default
#                    100, while a pipeline that does not wait needs one. Only a profile shows it.
#   fetching         floor.c: requests the addresses that our run has requested, and parses the
#                    pages with libxml2
#   storing          COPY of the rows that our run has left into such tables
# All but fetching must leave the same rows. The pages have the shapes that the rivals know. The
# site's own CPU is not counted. Time is reported, not judged. What takes seconds, and therefore
# varies, is done three times per round, spread over it.
. test/site/tests.sh
rounds=${1:-3}
site_cluster bench "autovacuum = off"
mkdir -p build/bench
libraries=$(pkg-config --cflags --libs libcurl libxml-2.0)
# shellcheck disable=SC2086
${CC:-gcc} -O2 -Wall -Wextra -Werror bench/floor.c $libraries -o build/bench/floor

site_database network --sections 500 --count 3000 --seed 1 --no-faults --plain --padding 20000
ticks=$(getconf CLK_TCK)
postmaster=$(as_owner head -n 1 "$run/$cluster/data/postmaster.pid")
python=/usr/bin/python3 # Debian's, which has Debian's packages
log=$run/network/access.log
figures=$run/network/figures
copied=$run/network/copied
as_owner mkdir -p "$copied"

# The tables that our run fills from pages, in the order of their references.
tables=(
	countries
	sections
	activities
	activity_types
	activity_causes
	objectives
	activity_section_organisers
	activity_to_type
	activity_to_cause
	activity_to_sdg
	activity_to_objective
	section_overall_statistics
	section_cause_statistics
	section_type_statistics
	section_participant_statistics
)

# The CPU of the whole server, in seconds: of its running processes and, as the postmaster counts
# them, of those that have ended. The postmaster is read last, so that a process that ends just now
# is counted there.
server_cpu() {
	# shellcheck disable=SC2046
	cat $(pgrep -P "$postmaster" | sed 's|.*|/proc/&/stat|') "/proc/$postmaster/stat" 2>/dev/null |
		awk -v t="$ticks" -v p="$postmaster" '
			{
				main = $1 == p
				sub(/.*\) /, "")
				s += $12 + $13 + main * ($14 + $15)
			}
			END { print s / t }'
}

count_rows() { # <schema>
	local table
	for table in "${tables[@]}"; do sql "SELECT count(*) FROM $1.$table"; done |
		awk '{ s += $1 } END { print s }'
}

fresh_tables() { # <schema>
	cluster_psql "$cluster" -d network -v "schema=$1" -f bench/rivals/schema.sql >/dev/null
}

must_equal_ours() { # <schema> <who>
	local found
	found=$(cluster_psql "$cluster" -d network -v "schema=$1" -f bench/rivals/equal.sql)
	[ -z "$found" ] ||
		die "rows of $2 differ from ours:"$'\n'"$(cut -c1-300 <<<"$found" | head -n 40)"
	[ "$(count_rows "$1")" = "$(count_rows public)" ] ||
		die "$2 has left another number of rows than ours"
}

# measure <who> <schema, or - where none is written> <command ...>: runs it and notes
#   who, wall ms, CPU s of the process that does the work, of the server, peak MB of that process,
#   requests, rows
# That process is the command's own or, where the variable worker names one, a child of the server.
measure() {
	local who=$1 schema=$2 pid before began wall server watched cpu peak
	shift 2
	sql "CHECKPOINT"
	: >"$log"
	before=$(server_cpu)
	began=${EPOCHREALTIME/./}
	"$@" >"$run/network/output" 2>&1 &
	pid=$!
	if [ -n "${worker:-}" ]; then watched=("$postmaster" "$worker"); else watched=("$pid"); fi
	read -r cpu peak < <($python bench/watch.py "${watched[@]}") || true
	wait "$pid" || die "$who failed: $(tail -n 20 "$run/network/output")"
	[ -n "$peak" ] || die "$who could not be watched"
	wall=$(((${EPOCHREALTIME/./} - began) / 1000))
	server=$(awk "BEGIN { print $(server_cpu) - $before }")
	rows=
	[ "$schema" = - ] || rows=$(count_rows "$schema")
	echo "$who $wall $cpu $server $peak $(wc -l <"$log") $rows" >>"$figures"
}

ours() { sql "SELECT status FROM esn_scrape_all()"; }

rival() { # <who> <program> [its further arguments]
	local who=$1 program=$2
	shift 2
	fresh_tables rival
	measure "$who" rival $python "bench/rivals/$program" \
		"$accounts_url" "$activities_url" "$run/$cluster" network rival "$@"
	must_equal_ours rival "$who"
}

copy_tables() { # <TO or FROM> <schema>
	local table
	echo "BEGIN;"
	for table in "${tables[@]}"; do echo "COPY $2.$table $1 '$copied/$table';"; done
	echo "COMMIT;"
}

copy_tables FROM copied >build/bench/copy.sql
: >"$figures"
for round in $(seq "$rounds"); do
	echo "round $round of $rounds" >&2
	for what in \
		"scrapy scrapy_esn.py" \
		"tuned scrapy_esn.py CONCURRENT_ITEMS=1" \
		"aiohttp aiohttp_esn.py"; do
		sql "DROP EXTENSION esn_pulse" "CREATE EXTENSION esn_pulse"
		worker="esn_pulse run" measure ours public ours
		[ "$(sql "SELECT count(*) FROM activities")" = 3000 ] || die "the run is not complete"
		awk '{ print ($(NF - 2) == "HEAD" ? "HEAD " : "") "http://" $(NF - 3) $(NF - 1) }' \
			"$log" >build/bench/addresses
		copy_tables TO public | cluster_psql "$cluster" -d network >/dev/null
		measure fetching - sh -c 'exec build/bench/floor <build/bench/addresses'
		read -r pages bytes _ <"$run/network/output"
		fresh_tables copied
		measure storing copied psql -X -q -h "$run/$cluster" -d network -v ON_ERROR_STOP=1 \
			-f build/bench/copy.sql
		must_equal_ours copied storing
		# shellcheck disable=SC2086
		rival $what
	done
done
awk -v rounds="$rounds" -v pages="$pages" -v bytes="$bytes" -f bench/compare.awk "$figures"
dpkg-query -W -f '${Package} ${Version}\n' python3 python3-scrapy python3-psycopg2 \
	python3-aiohttp python3-bs4 python3-lxml python3-asyncpg |
	paste -sd, | sed 's/,/, /g; s/^/\nRivals: /'
