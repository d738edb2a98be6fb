#!/usr/bin/env bash
# How good the planner is (docs/planner.md), on made-up networks whose truth is known: whether it
# finds planted gaps and claims none where there are none, how far expected participants are off on
# a year that it has not seen, whether trends are told from noise, and how long a call takes.
# Usage: bench/planner.sh [number of sections, by default 250]; times are of 500 sections with 45000
# activities. Takes about half an hour.
. test/site/tests.sh
sections=${1:-250}
activities=$((sections * 90))
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

step "suggestions: planted gaps"
echo "| network | activities in three years | with a gap | suggested first | called a gap |" \
	"sections with another gap |"
echo "| --- | --- | ---: | ---: | ---: | ---: |"
gaps() { # <name> <variable=value ...>
	local name=$1
	shift
	network "$@" -- -v name="$name" -f bench/planner-gaps.sql
}
gaps "a gap in each fifth" gaps=0.2
gaps "and other tastes" gaps=0.2 taste=0.5 seed=2
gaps "all alike" taste=0 seed=3
gaps "no gaps" seed=4
gaps "no gaps, other tastes" taste=0.5 seed=5

step "suggestions: taken up afterwards"
echo "| network | sections | first three suggested | first three by popularity | any |"
echo "| --- | ---: | ---: | ---: | ---: |"
taken_up() { # <name> <variable=value ...>
	local name=$1
	shift
	network "$@" -- -v name="$name" -f bench/planner-taken-up.sql
}
taken_up "countries and sections alike" taste=0 gaps=0.5 taken_up=1 seed=6
taken_up "of different tastes" taste=0.5 gaps=0.5 taken_up=1 seed=7

step "expected participants"
echo "| network | activities | error | section's mean | median of the type | better by |" \
	"possible | in the interval |"
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
expectations() { # <name> <variable=value ...>
	local name=$1
	shift
	network "$@" -- -v name="$name" -f bench/planner-expect.sql
}
expectations "sections, types, months differ much" signal=0.6 type_signal=0.5 seed=8
expectations "less" signal=0.4 type_signal=0.4 seed=9
expectations "little" signal=0.2 type_signal=0.2 seed=9
expectations "types only" signal=0 seed=10
expectations "nothing but noise" signal=0 type_signal=0 seed=11

step "trends"
trends() { # <name> <variable=value ...>
	local name=$1
	shift
	network "$@" -- -v name="$name" -f bench/planner-trends.sql
}
echo "| network | tests | claimed | of which planted |"
echo "| --- | ---: | ---: | ---: |"
trends "no trend" seed=12 taste=0.5
trends "odds of a cause doubled in one country" seed=13 taste=0.5 rising=2

sections=500 activities=45000
step "time of a call, $activities activities"
# Each call is a new statement of one session, as a program makes them.
network seed=14 -- >/dev/null
time_of() { # <name> <call, with SLUG in place of a section's slug>
	local n

	{
		echo '\o /dev/null'
		echo "SELECT * FROM ${2//SLUG/esn-1};"
		echo '\timing on'
		for n in {1..100}; do echo "SELECT * FROM ${2//SLUG/esn-$((n * sections / 100))};"; done
	} | cluster_psql "$cluster" -d "$database" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' |
		sort -n | awk -v name="$1" '{ t[NR] = $1 }
			END { printf("| %s | %.0f | %.0f |\n", name, t[50], t[95]) }'
}
echo "| call | median, ms | p95, ms |"
echo "| --- | ---: | ---: |"
time_of "esn_suggest" "esn_suggest('SLUG')"
time_of "esn_expect_participants" "esn_expect_participants('SLUG', 'Trip', 5)"
time_of "esn_trends" "esn_trends('C1')"
