#!/usr/bin/env bash
# Restores a dump of scripts/backup.sh, or of pg_dump --format=custom, into a database, and what
# backup.sh has written beside it.
#   scripts/restore.sh <database> <file> [how many jobs: 1]
# The database exists, made by scripts/create.sh, or empty. A dump of version 1.0 needs one without
# the extension, or with 1.0 (create.sh <database> <role> 1.0); it is upgraded then.
# libpq's variables (PGHOST, PGPORT, PGUSER) select the server and the role, which must be a
# superuser. Nothing is done if something is missing.
set -euo pipefail
[[ $#-${3:-1} =~ ^[23]-[1-9][0-9]*$ ]] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
database=$1 file=$2 jobs=${3:-1}
die() { echo "$*" >&2; exit 1; }
run() { psql -X -q -At -v ON_ERROR_STOP=1 -d "$database" "$@"; }
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 1.0 had tables that later versions lack: there pg_restore would stop halfway.
pg_restore --list "$file" >"$work/whole"
version=
! grep -qE ' TABLE DATA .* fetched_pages ' "$work/whole" || version=1.0
there=$(run -c "SELECT extversion FROM pg_extension WHERE extname = 'esn_pulse'")
[ -z "$there" ] || [ -z "$version" ] || [ "$there" = "$version" ] ||
	die "the dump is of version $version, and the database $database has $there of the extension" \
		"already. Make a database by: sudo scripts/create.sh <database> <role> $version"
# Only one database of a server can have pg_cron.
cp "$work/whole" "$work/list"
[ "$(run -c "SELECT current_setting('cron.database_name', true) = current_database()")" = t ] ||
	grep -vE ' (pg_cron|cron) ' "$work/whole" >"$work/list"
restore() { pg_restore --exit-on-error --use-list="$work/list" "$@" "$file"; }
restore --schema-only --file=- |
	sed -nE 's/^(GRANT .* TO|ALTER .* OWNER TO) (.*[^ ])( WITH GRANT OPTION)?;$/\2/p' |
	sort -u | grep -vxF PUBLIC >"$work/roles" || true
missing=$(run <<SQL
	CREATE TEMPORARY TABLE roles (name text);
	\\copy roles FROM '$work/roles'
	SELECT string_agg(name, ', ') FROM roles WHERE to_regrole(name) IS NULL;
SQL
)
[ -z "$missing" ] || die "roles of the dump do not exist here; create them first: $missing"

[ -z "$version" ] || with="VERSION '$version'"
restore --section=pre-data --file=- |
	sed -E -e "s/^(CREATE EXTENSION IF NOT EXISTS esn_pulse .*);/\1 ${with:-};/" \
		-e 's/^CREATE SCHEMA /CREATE SCHEMA IF NOT EXISTS /' |
	run -o /dev/null
[ ! -f "$file.before.sql" ] || run -f "$file.before.sql"
restore --section=data --section=post-data --jobs="$jobs" --dbname="$database"
[ ! -f "$file.after.sql" ] || run -f "$file.after.sql"
[ -z "$version" ] || {
	run -c "ALTER EXTENSION esn_pulse UPDATE"
	echo "upgraded from version $version"
}
run -c ANALYZE
