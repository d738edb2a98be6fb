#!/usr/bin/env bash
# Sets up all and runs every test: packages, format, warnings of both compilers, unit tests under the sanitizers, then the extension
# in private clusters: pg_regress, pgTAP, and runs over the two sites on loopback.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

step "packages"
scripts/setup.sh

# Each version of clang-format has another taste: the sources are in that of 14.
if [ "$(debian_pg_major)" -eq 15 ]; then
	step "format"
	clang-format-14 --dry-run --Werror src/*.[ch] src/core/*.[ch] test/unit/*.[ch] bench/*.c
fi

step "build, both compilers, warnings are errors"
build gcc
build clang

step "unit tests, AddressSanitizer and UndefinedBehaviorSanitizer"
make -s unit

step "install"
install_extension
run=$(run_directory)
trap 'cluster_stop check' EXIT

step "pg_regress"
cluster_start check
mkdir -p build/regress
# Up to 15 it finds what is expected beside its input.
expected=$("$PG_BIN/pg_config" --version | awk '{ if ($2 + 0 >= 16) print "--expecteddir=test" }')
"$(dirname "$("$PG_BIN/pg_config" --pgxs)")/../test/regress/pg_regress" --inputdir=test $expected --outputdir=build/regress --bindir="$PG_BIN" \
	--host="$run/check" --user="$(id -un)" --encoding=UTF8 $(cd test/sql && basename -s .sql -- *.sql)

step "pgTAP"
cluster_psql check -c 'CREATE DATABASE pgtap' -c '\c pgtap' -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION esn_pulse'
pg_prove -h "$run/check" -U "$(id -un)" -d pgtap test/pgtap/*.sql
cluster_stop check

step "the two sites"
# Those that take longest first; each has its own cluster and sites.
prove --timer -j 3 -e bash test/site/t/schedule.sh test/site/t/replica.sh test/site/t/truth.sh test/site/t/guest.sh test/site/t/refresh.sh \
	test/site/t/memory.sh $(ls test/site/t/*.sh | grep -vE '/(schedule|replica|truth|guest|refresh|memory)\.sh$')

step "all tests passed"
