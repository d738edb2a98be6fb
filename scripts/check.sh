#!/usr/bin/env bash
# Sets up everything and runs every test: packages, format, warnings of both compilers, static
# analysis, unit tests under the sanitizers, then the extension in private clusters: pg_regress,
# pgTAP, and runs over the two sites on loopback. Last, the lines that the tests reach.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

step "packages"
scripts/setup.sh

step "versions"
scripts/versions.sh

step "build, both compilers, warnings are errors"
build gcc
build clang

# Static analysis takes the processors while the tests wait, and is waited for at the end. Each
# version of clang-format has another taste, and of the analyzers other errors of its own: the
# sources are in that of Debian 12.
lint=lint
[ "$(debian_pg_major)" -eq 15 ] || lint=layout
ANALYZER_NODES=50000 setsid make -s "$lint" >build/lint.log 2>&1 &
analysis=$!
stop() {
	kill -- "-$analysis" 2>/dev/null || true
	[ -z "${run:-}" ] || cluster_stop check
}
trap stop EXIT

step "under the sanitizers: unit tests, fields beside a browser's, the inputs of the fuzzers"
make -s -O -j4 unit html fuzz FUZZ_SECONDS=0

step "the memory of 100,000 pages"
scripts/flat.sh

step "install"
install_extension
run=$(run_directory)
export calls=$top/build/calls
: >"$calls"

step "pg_regress and pgTAP"
cluster_start check
tests_in_server check
cluster_stop check

step "the two sites"
rm -rf build/web-gcc # and what earlier tests counted there
# These reach most of the code, and run where lines are counted; `make coverage` runs all of them
# there.
counted=(test/site/t/{retry,section_now,selftest}.sh)
# Those that take longest first; each has its own cluster and sites.
prove --timer -j 5 -e bash $({
	printf 'test/site/t/%s.sh\n' refresh schedule politeness end_to_end \
		concurrency web memory faults
	ls test/site/t/*.sh
} | grep -vxF "$(printf '%s\n' "${counted[@]}")" | awk '!seen[$0]++')

step "format, layers, static analysis"
wait "$analysis" || die "$(cat build/lint.log)"
cat build/lint.log

scripts/coverage.sh "${counted[@]}"

step "each function of the extension was called"
uncalled=$(uncalled)
[ -z "$uncalled" ] || die "no test calls these functions: $uncalled"

step "all tests passed"
