#!/usr/bin/env bash
# Which lines the tests reach: the unit tests and test/html, then the extension in a server of its
# own, built with gcov. Prints a table by file, and fails if a target is missed. Arguments: the only
# tests of whole runs to run. The web gateway counts its lines in each test of it (build_gateway in
# test/site/tests.sh); with arguments, those before count, too.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
core_target=95 server_target=90 web_target=85
run=$(run_directory)
directory=$top/build/coverage
rm -rf "$directory"

# Optimised code has lines that are gone, and counts that are another line's.
mode="--coverage -O0"
step "unit tests, fields beside a browser's, and the extension in a server, counting lines"
# At the same time: both wait more than they compute.
setsid make -s -O -j4 unit html UNIT=build/coverage/unit UNIT_MODE="$mode" \
	>"$directory.unit.log" 2>&1 &
unit=$!
trap 'kill -- "-$unit" 2>/dev/null || true; cluster_stop coverage' EXIT
private_server "$directory" ASSERTS=1 COPT="$mode -Wno-cpp"
# The counts are written when a process ends, by the user that the server runs as.
[ "$(id -u)" -ne 0 ] || chown -R postgres: "$directory/extension"
cluster_start coverage
tests_in_server coverage
cluster_stop coverage
if [ $# -eq 0 ]; then
	rm -rf build/web-gcc
	set -- test/site/t/*.sh
fi
# If a test fails, the table is printed nevertheless: counting lines is slow, and some tests wait
# only for a short time.
status=0
prove --timer -j 3 -e bash "$@" || status=1
wait "$unit" || die "$(tail -n 20 "$directory.unit.log")"

# covered <what> <target> <source filter> <directories>
covered() {
	printf '\n%s\n' "$1"
	gcovr --root . --filter "$3" --fail-under-line "$2" --exclude-directories '.*/test' "${@:4}"
}

step "coverage"
covered "the core, by all tests" "$core_target" \
	'src/(base|html|http|page)/' "$directory" || status=1
covered "the server side" "$server_target" \
	'src/([^/]*|(pg|store|crawl)/.*)$' "$directory/extension" || status=1
if compgen -G 'build/web-gcc/*.gcda' >/dev/null; then
	covered "the web gateway" "$web_target" 'web/' build/web-gcc || status=1
else
	printf '\n%s\n' "the web gateway: no test has run it"
fi
exit "$status"
