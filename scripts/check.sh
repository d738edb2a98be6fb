#!/usr/bin/env bash
# Sets up all and runs every test: packages, format, warnings of both compilers, static analysis, unit tests under the sanitizers, then the
# extension in private clusters: pg_regress, pgTAP, and runs over the two sites on loopback; at last which lines the tests reach.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

step "packages"
scripts/setup.sh

# Each version of clang-format has another taste, and of the analyzers other errors of its own: the sources are in that of Debian 12.
if [ "$(debian_pg_major)" -eq 15 ]; then
	step "format"
	clang-format-14 --dry-run --Werror src/*.[ch] src/core/*.[ch] test/unit/*.[ch] test/fuzz/*.[ch] test/html/*.c bench/*.c
fi

step "build, both compilers, warnings are errors"
build gcc
build clang

[ "$(debian_pg_major)" -ne 15 ] || scripts/analyze.sh

step "unit tests, AddressSanitizer and UndefinedBehaviorSanitizer"
make -s -j2 unit

step "trees beside a browser's"
make -s -j2 html

step "the inputs of the fuzzers"
make -s -j2 fuzz FUZZ_SECONDS=0

step "the memory of 100,000 pages"
scripts/flat.sh

step "install"
install_extension
run=$(run_directory)
trap 'cluster_stop check' EXIT

step "pg_regress and pgTAP"
cluster_start check
tests_in_server check
cluster_stop check

step "the two sites"
# Those that take longest first; each has its own cluster and sites.
prove --timer -j 3 -e bash $({
	printf 'test/site/t/%s.sh\n' schedule replica truth guest refresh memory faults chaos
	ls test/site/t/*.sh
} | awk '!seen[$0]++')

# The same tests, but of whole runs only one that goes nearly everywhere: make coverage takes them all.
scripts/coverage.sh test/site/t/mend.sh

step "all tests passed"
