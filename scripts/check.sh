#!/usr/bin/env bash
# Sets up all and runs every test: packages, format, warnings of both compilers, unit tests under the sanitizers, then the extension
# in private clusters: pg_regress, pgTAP, and runs over the two sites on loopback.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

step "packages"
scripts/setup.sh

step "format"
clang-format-14 --dry-run --Werror src/*.[ch] src/core/*.[ch] test/unit/*.[ch] test/fuzz/*.[ch] bench/*.c

step "build, both compilers, warnings are errors"
build gcc
build clang

step "unit tests, AddressSanitizer and UndefinedBehaviorSanitizer"
make -s unit

step "fuzzing, a moment for each target"
make -s fuzz FUZZ_SECONDS=2

step "install"
install_extension
run=$(run_directory)
trap 'cluster_stop check' EXIT

step "pg_regress"
cluster_start check
mkdir -p build/regress
"$(dirname "$("$PG_BIN/pg_config" --pgxs)")/../test/regress/pg_regress" --inputdir=test --outputdir=build/regress --bindir="$PG_BIN" \
	--host="$run/check" --user="$(id -un)" --encoding=UTF8 $(cd test/sql && basename -s .sql -- *.sql)

step "pgTAP"
cluster_psql check -c 'CREATE DATABASE pgtap' -c '\c pgtap' -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION esn_pulse'
pg_prove -h "$run/check" -U "$(id -un)" -d pgtap test/pgtap/*.sql
cluster_stop check

step "the two sites"
# Those that take longest first; each has its own cluster and sites.
prove --timer -j 3 -e bash test/site/t/schedule.sh test/site/t/replica.sh test/site/t/truth.sh test/site/t/guest.sh test/site/t/refresh.sh \
	test/site/t/memory.sh test/site/t/faults.sh test/site/t/chaos.sh $(ls test/site/t/*.sh | grep -vE '/(schedule|replica|truth|guest|refresh|memory|faults|chaos)\.sh$')

step "all tests passed"
