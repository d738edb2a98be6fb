#!/usr/bin/env bash
# Runs the tests for pgTAP on the server that libpq's environment names (PGHOST, PGPORT, PGUSER).
# They get a database of their own, which is dropped afterwards, unless KEEP_DATABASE is set.
# `make installcheck-pgtap` calls it.
set -eu
cd "$(dirname "$0")"
database=esn_pulse_pgtap

fail() {
	printf 'installcheck-pgtap: %s\n' "$*" >&2
	exit 1
}

# in_server <database> <statement ...>
in_server() {
	local name=$1 statement arguments=()
	shift
	for statement in "$@"; do arguments+=(-c "$statement"); done
	psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$name" "${arguments[@]}"
}

# has <extension> <what to do if the server lacks it>
has() {
	local found

	found=$(in_server postgres "SELECT 1 FROM pg_available_extensions WHERE name = '$1'") || exit
	[ -n "$found" ] || fail "the server has no extension $1; $2"
}

drop() {
	in_server postgres "SET client_min_messages = warning" "DROP DATABASE IF EXISTS $database"
}

command -v pg_prove >/dev/null ||
	fail "there is no pg_prove; Debian's package libtap-parser-sourcehandler-pgtap-perl has it"
has pgtap "Debian's packages postgresql-<version>-pgtap have it"
has esn_pulse "install it first: make install"

drop
[ -n "${KEEP_DATABASE:-}" ] || trap drop EXIT
# Neither the server's locale nor what is in template1 matters. pg_regress takes the locale C. This
# is the one in which most goes wrong: in Turkish, the lower case of I is not i.
createdb -T template0 -E UTF8 --locale-provider=icu --icu-locale=tr --locale=C "$database"
in_server "$database" "CREATE EXTENSION pgtap" "CREATE EXTENSION esn_pulse" \
	"ALTER DATABASE $database SET search_path = public, esn_internal" \
	"ALTER DATABASE $database SET jit = off"
pg_prove -d "$database" ./*.sql
