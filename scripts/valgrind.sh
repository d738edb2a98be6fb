#!/usr/bin/env bash
# Whether memcheck finds an error or a leak: in the unit tests, built without sanitizers, and in a
# server all of whose processes run under valgrind, while runs of every kind read two small sites.
# The argument unit or server selects one of them.
#
# Limits: PostgreSQL's palloc allocates from its own blocks, so that memcheck only notices accesses
# outside of a block and reads of bytes that were never written (with a server built with
# USE_VALGRIND it would notice more). The core's memory is malloc's, in arenas of chunks: the run of
# the unit tests under the sanitizers shares that limit.
#
# Only what is definitely lost counts: ICU holds its transliterators by pointers into the middle of
# blocks, which valgrind takes for possibly lost.
set -eu
cd "$(dirname "$0")/.."
. test/site/tests.sh
directory=$top/build/valgrind
memcheck=(valgrind --quiet --trace-children=yes --trace-children-skip='*/python3*'
	--leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
	--num-callers=40 --fullpath-after=)

test_units() {
	step "unit tests under valgrind"
	make -s -O -j4 unit UNIT=build/valgrind/unit UNIT_MODE=-O1 \
		UNIT_RUN="${memcheck[*]@Q} --error-exitcode=3" >"$directory/unit.log" 2>&1 ||
		die "$(grep -E -A 15 'FAILED|^==[0-9]+==' "$directory/unit.log" | head -n 60)"
	echo "$(grep -c '\[       OK \]' "$directory/unit.log") tests passed, no error, no leak"
}

# expect <what> <got> <wanted: glob pattern>: a run did what it should have done
expect() {
	# shellcheck disable=SC2053
	[[ $2 == $3 ]] || die "$1: $2"
	echo "$1"
}

# Starts a run and stops it in the middle.
cancelled_run() {
	local id

	id=$(sql "SET esn_pulse.request_delay = 200" \
		"SELECT id FROM esn_scrape_all(\"full\" => true, wait => false)" | tail -n 1)
	eventually 60 t sql "SELECT count(*) > 2 FROM frontier
		WHERE fetched_at > (SELECT started_at FROM esn_runs LIMIT 1)" || true
	sql "SELECT esn_cancel($id)" >/dev/null
	eventually 60 cancelled sql "SELECT status FROM esn_runs WHERE id = $id" || true
	sql "SELECT status FROM esn_runs WHERE id = $id"
}

status_of() { sql "SELECT status FROM $1"; }

# The functions that start no run.
other_functions() {
	sql "SELECT count(*) > 0 FROM esn_plan()" \
		"SELECT esn_slugify('ESN Yıldız')" \
		"SELECT esn_parse('country', '<a href=\"/section/x\">X',
			'https://a.example/country/tr') IS NOT NULL" \
		"SELECT count(*) > 0 FROM esn_maintenance()" \
		"SELECT count(*) > 0 FROM esn_health_check()"
}

runs() {
	site_cluster valgrind "esn_pulse.request_timeout = '20s'" "authentication_timeout = '5min'" \
		"autovacuum = off"
	site_database small --sections 12 --count 40 --seed 81
	expect "a first run" "$(status_of "esn_scrape_all()")" "*completed"
	expect "which leaves what the sites say" "$(differences)" ""
	expect "a second run, with nothing new" \
		"$(sql "SELECT status, not_modified > 0 FROM esn_scrape_all()")" "*completed|t"
	expect "a cancelled run" "$(cancelled_run)" "cancelled"
	site_faults small activities 0.3 7
	expect "a run with faults" "$(status_of "esn_scrape_activities(\"full\" => true)")" \
		"*completed"
	site_faults small activities "" 7
	site_switch small accounts 503
	expect "a run that fails" "$(sql "SET esn_pulse.max_retries = 0" \
		"SELECT status FROM esn_scrape_accounts()" || true)" "*could not be read*"
	site_switch small accounts ""
	expect "a retry of what failed" "$(status_of "esn_retry_failed()")" "*completed"
	expect "a fix of invalid fields" "$(status_of "esn_fix_validation_errors()")" "*completed"
	expect "functions that start no run" "$(other_functions)" \
		t$'\n'esn-yildiz$'\n't$'\n't$'\n't
}

test_server() {
	local logs records

	step "the extension in a server under valgrind"
	private_server "$directory" ASSERTS=1 COPT="-O1 -g"
	logs=$run/valgrind-logs
	rm -rf "$logs"
	mkdir -p "$logs"
	[ "$(id -u)" -ne 0 ] || chown postgres: "$logs"
	server_program=$directory/postgres
	memcheck+=(--suppressions="$top/test/valgrind/postgresql.supp" --log-file="$logs/%p")
	printf '#!/bin/sh\nexec %s "$@"\n' "${memcheck[*]@Q} ${PG_BIN@Q}/postgres" \
		>"$server_program"
	chmod +x "$server_program"
	runs
	cluster_stop valgrind
	# A leak is ours if a function of ours is among its callers. Any other error counts anywhere.
	records=$(awk -v source="$top/src/" 'BEGIN { RS = "==[0-9]+== \n" }
		/definitely lost/ { if (index($0, source) || /esn_pulse\.so/) print; next }
		/Invalid|ninitialised|overlap|Mismatched/' "$logs"/*)
	[ -z "$records" ] || die "$(head -n 100 <<<"$records")"
	echo "$(ls "$logs" | wc -l) processes, no error, no leak"
}

mkdir -p "$directory"
[ "${1:-}" = server ] || test_units
[ "${1:-}" = unit ] || test_server
