#!/usr/bin/env bash
# How good the planner is (docs/planner.md), on made-up networks whose truth is known: whether it
# finds planted gaps and claims none where there are none, how far expected participants are off on
# a year that it has not seen, whether trends are told from noise, and how long a call takes.
# Usage: bench/planner.sh [part ...], by default all parts: gaps, taken-up, expected, trends, times.
# Times are of 45,000 activities, all else of 250 sections with 22,500. Takes about an hour.
. test/site/tests.sh
sections=250 activities=22500
parts=("$@")
[ $# -gt 0 ] || parts=(gaps taken-up expected trends times)
for part in "${parts[@]}"; do
	case $part in
	gaps | taken-up | expected | trends | times) ;;
	*) die "no part is called $part" ;;
	esac
done
cluster=planner
cluster_start "$cluster" "jit = on" "work_mem = '16MB'" "max_wal_size = '2GB'"
trap 'cluster_stop "$cluster"' EXIT
cluster_psql "$cluster" -c "CREATE DATABASE planner"
database=planner
sql "CREATE EXTENSION esn_pulse"

# network <variable=value ...> -- <psql's arguments>: makes a network, and measures in the same
# session.
network() {
	local variables=()

	while [ "$1" != -- ]; do
		variables+=(-v "$1")
		shift
	done
	shift
	cluster_psql "$cluster" -d "$database" -At -v sections="$sections" \
		-v activities="$activities" -v seed=1 -v taste=0.2 -v signal=0.4 -v type_signal=0.4 \
		-v gaps=0 -v taken_up=0 -v rising=1 "${variables[@]}" -f bench/planner-network.sql "$@"
}

# Four networks each, since a few small sections decide.
plant() { # <name> <seed> <variable=value ...>
	local name=$1 seed=$2 rows
	shift 2
	sql "SET client_min_messages = warning" "DROP TABLE IF EXISTS judged"
	for seed in "$seed"{1..4}; do
		rows=$(network seed="$seed" "$@" -- -v name="$name" -f bench/planner-gaps.sql)
	done
	echo "$rows"
}

gaps() {
	step "suggestions: planted gaps"
	echo "| network | sections | with a gap | suggested first | possible | called a gap |" \
		"another is called a gap | wrongly |"
	echo "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
	plant "a gap in each fifth" 1 gaps=0.2
	plant "and other tastes" 2 gaps=0.2 taste=0.5
	plant "no gaps, all alike" 3 taste=0
	plant "no gaps" 4
	plant "no gaps, other tastes" 5 taste=0.5
}

take_up() { # <name> <variable=value ...>
	local name=$1
	shift
	network "$@" -- -v name="$name" -f bench/planner-taken-up.sql
}

taken-up() {
	step "suggestions: taken up afterwards"
	echo "| network | sections | first three suggested | by popularity | by true shares | any |"
	echo "| --- | ---: | ---: | ---: | ---: | ---: |"
	take_up "countries and sections alike" taste=0 gaps=0.5 taken_up=1 seed=6
	take_up "of different tastes" taste=0.5 gaps=0.5 taken_up=1 seed=7
}

expect() { # <name> <variable=value ...>
	local name=$1
	shift
	network "$@" -- -v name="$name" -f bench/planner-expect.sql
}

expected() {
	step "expected participants"
	echo "| network | activities | error | section's mean | median of the type | better by |" \
		"best guess | truth | in the interval |"
	echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
	expect "differs much" signal=0.6 type_signal=0.5 seed=8
	expect "less" signal=0.4 type_signal=0.4 seed=9
	expect "little" signal=0.2 type_signal=0.2 seed=10
	expect "by type only" signal=0 seed=11
	expect "nothing but noise" signal=0 type_signal=0 seed=12
}

find_trends() { # <name> <variable=value ...>
	local name=$1
	shift
	network "$@" -- -v name="$name" -f bench/planner-trends.sql
}

trends() {
	step "trends"
	echo "| network | rows | claimed | of which planted |"
	echo "| --- | ---: | ---: | ---: |"
	find_trends "no trend" seed=13 taste=0.5
	find_trends "odds of a cause doubled in one country" seed=14 taste=0.5 rising=2
	find_trends "fourfold" seed=14 taste=0.5 rising=4
}

# Each call is a new statement of one session, as a program makes them. Processor time is what can
# be compared if the machine has other work; the kernel counts it in hundredths of a second.
time_of() { # <name> <call, with SLUG in place of a section's slug> [how often]
	local n times=${3:-100} output used

	used="SELECT 'Used: ' || sum(t::integer)
		FROM unnest((string_to_array(pg_read_file('/proc/self/stat', 0, 2000), ' '))[14:15]) t;"
	output=$({
		printf '%s\n' '\o /dev/null' "SELECT * FROM ${2//SLUG/esn-1};" '\o' "$used" '\timing on' \
			'\o /dev/null'
		for n in $(seq "$times"); do
			echo "SELECT * FROM ${2//SLUG/esn-$((n * sections / times))};"
		done
		printf '%s\n' '\timing off' '\o' "$used"
	} | cluster_psql "$cluster" -d "$database" -At)
	sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' <<<"$output" | sort -n | awk -v name="$1" \
		-v used="$(awk '/^Used:/ { n = $2 - n } END { print 10 * n }' <<<"$output")" '{ t[NR] = $1 }
			END { printf("| %s | %.0f | %.0f | %.0f |\n", name, t[int(NR / 2)], t[int(NR * 0.95)],
				used / NR) }'
}

times() {
	sections=500 activities=45000
	step "time of a call, $activities activities"
	network seed=15 -- >/dev/null
	echo "| call | median, ms | p95, ms | processor, ms |"
	echo "| --- | ---: | ---: | ---: |"
	time_of "esn_suggest" "esn_suggest('SLUG')"
	time_of "esn_expect_participants" "esn_expect_participants('SLUG', 'Trip', 5)"
	time_of "esn_trends" "esn_trends('C1')"
	time_of "esn_report_data" "esn_report_data('SLUG')" 20
	time_of "the count after a run" "esn_internal.esn_refresh_summaries(false)" 5
	time_of "the count of a maintenance" "esn_internal.esn_refresh_summaries()" 5
}

for part in "${parts[@]}"; do "$part"; done
