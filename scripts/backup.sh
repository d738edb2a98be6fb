#!/usr/bin/env bash
# Backs up a database to a file named by the day, verifies the backup by restoring it into a
# database of its own, and removes the oldest backups.
#   scripts/backup.sh <database> <directory> [how many to keep: 8]
# libpq's variables (PGHOST, PGPORT, PGUSER) select the server and the role, which must be a
# superuser, as CREATE EXTENSION needs one.
set -eu
[ $# -ge 2 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
database=$1 directory=$2 keep=${3:-8}
[[ $keep =~ ^[1-9][0-9]*$ ]] || { echo "at least one backup must be kept" >&2; exit 2; }
mkdir -p "$directory"
file=$directory/${database}_$(date +%F).dump
proof=${database}_proof_$$
counts="SELECT string_agg(format('SELECT %L, count(*) FROM %s', r, r), ' UNION ALL ' ORDER BY r)
	FROM (SELECT format('%I.%I', n.nspname, c.relname) AS r
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse'
		WHERE c.relkind = 'r' AND c.oid = ANY (e.extconfig)) t \\gexec"

run() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
cleanup() {
	rm -f "$file.part" "$file.list" "$file.counts" "$file.proof"
	run -d postgres -c "DROP DATABASE IF EXISTS \"$proof\"" 2>/dev/null || true
}
trap cleanup EXIT

# What is dumped and what is counted is one state of the database, whatever a run writes meanwhile.
coproc snapshot { run -d "$database"; }
exec {from}<&"${snapshot[0]}" {to}>&"${snapshot[1]}"
echo "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();" >&"$to"
read -r id <&"$from" || { echo "could not read the database $database" >&2; exit 1; }
pg_dump --format=custom --snapshot="$id" --file="$file.part" --dbname="$database"
printf '%s\n\\echo end\n' "$counts" >&"$to"
while read -r line <&"$from" && [ "$line" != end ]; do echo "$line"; done | sort >"$file.counts"
echo "COMMIT;" >&"$to"

run -d postgres -c "CREATE DATABASE \"$proof\" TEMPLATE template0 ENCODING 'UTF8'"
# Only one database of a server can have pg_cron, and it is not this one. esn_schedule() makes its
# jobs again.
pg_restore --list "$file.part" | grep -vE ' (pg_cron|cron) ' >"$file.list"
pg_restore --exit-on-error --use-list="$file.list" --dbname="$proof" "$file.part"
printf '%s\n' "$counts" | run -d "$proof" | sort >"$file.proof"
if [ ! -s "$file.counts" ]; then
	echo "the database $database has no extension esn_pulse" >&2
	exit 1
elif ! diff "$file.counts" "$file.proof" >&2; then
	echo "the backup of $database is not what the database holds: it was thrown away" >&2
	exit 1
fi
mv "$file.part" "$file"
rows=$(awk -F'|' '{ n += $2 } END { print n }' "$file.counts")
find "$directory" -maxdepth 1 -name "${database}_????-??-??.dump" -printf '%f\n' |
	sort -r | tail -n "+$((keep + 1))" |
	while read -r old; do rm "$directory/$old" && echo "removed $old"; done
echo "$file: $(stat -c %s "$file") bytes, $rows rows, restored and counted"
