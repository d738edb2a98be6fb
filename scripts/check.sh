#!/usr/bin/env bash
# Sets up all and runs every test: packages, format, warnings of both compilers, unit tests under the sanitizers.
set -eu
cd "$(dirname "$0")/.."

step() {
	printf '\n== %s\n' "$*"
}

step "packages"
scripts/setup.sh

step "format"
clang-format-14 --dry-run --Werror src/*.[ch] src/core/*.[ch] test/unit/*.c

step "server side, both compilers"
make -s -j2 compile CC=gcc
make -s -j2 compile CC=clang

step "unit tests, AddressSanitizer and UndefinedBehaviorSanitizer"
make -s unit
