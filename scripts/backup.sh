#!/usr/bin/env bash
# Backs up a database to a file named by the day, verifies the backup by restoring it into a
# database of its own, and removes the oldest backups.
#   scripts/backup.sh <database> <directory> [how many to keep: 8] [command ...]
# The command, if there is one, is called with the new files as its further arguments, to copy them
# off the machine. Older backups are removed only after it has succeeded.
# What you have added to the extension's tables is not in a dump: it goes into <file>.before.sql
# (columns, needed before the rows) and <file>.after.sql.
# libpq's variables (PGHOST, PGPORT, PGUSER) select the server and the role, which must be a
# superuser, as CREATE EXTENSION needs one.
set -eu
[ $# -ge 2 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
database=$1 directory=$2 keep=${3:-8}
[[ $keep =~ ^[1-9][0-9]*$ ]] || { echo "at least one backup must be kept" >&2; exit 2; }
copy=("${@:4}")
# Only the role that runs this may read the backups.
umask 077
mkdir -p "$directory"
file=$directory/${database}_$(date +%F).dump
proof=
counts="SELECT string_agg(format('SELECT %L, count(*) FROM %s', r, r), ' UNION ALL ' ORDER BY r)
	FROM (SELECT format('%I.%I', n.nspname, c.relname) AS r
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse'
		WHERE c.relkind = 'r' AND c.oid = ANY (e.extconfig)) t \\gexec"

run() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
# note [problem]: for the health check.
note() {
	run -d "$database" -v problem="${1:-}" >/dev/null 2>&1 \
		<<<"SELECT esn_internal.esn_note_task('backup', nullif(:'problem', ''));" || true
}
cleanup() {
	local status=$?

	rm -f "$file".{part,counts,proof} "$file".part.{before,after}.sql
	# Only what was created here.
	[ -z "$proof" ] || run -d postgres -c "DROP DATABASE IF EXISTS \"$proof\"" || true
	[ "$status" -eq 0 ] || note "scripts/backup.sh failed with status $status: see what it printed"
}
trap cleanup EXIT
# own <condition>: the statements that make what the user has added to the tables.
own() {
	run -d "$database" -c "SELECT statement || ';' FROM esn_internal.esn_own_objects()
		WHERE $1 ORDER BY array_position('{constraint,index,trigger,row security,policy}', kind)"
}

# What is dumped and what is counted is one state of the database, whatever a run writes meanwhile.
coproc snapshot { run -d "$database"; }
exec {from}<&"${snapshot[0]}" {to}>&"${snapshot[1]}"
echo "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();" >&"$to"
read -r id <&"$from" || { echo "could not read the database $database" >&2; exit 1; }
printf '%s\n\\echo end\n' "$counts" >&"$to"
while read -r line <&"$from" && [ "$line" != end ]; do echo "$line"; done | sort >"$file.counts"
[ -s "$file.counts" ] ||
	{ echo "the database $database has no extension esn_pulse" >&2; exit 1; }
own "kind = 'column'" >"$file.part.before.sql"
own "kind <> 'column'" >"$file.part.after.sql"
pg_dump --format=custom --snapshot="$id" --file="$file.part" --dbname="$database"
echo "COMMIT;" >&"$to"

name=esn_pulse_proof_$$_$(date +%s)
run -d postgres -c "CREATE DATABASE \"$name\" TEMPLATE template0 ENCODING 'UTF8'"
proof=$name
"$(dirname "$0")/restore.sh" "$proof" "$file.part"
printf '%s\n' "$counts" | run -d "$proof" | sort >"$file.proof"
if ! diff "$file.counts" "$file.proof" >&2; then
	echo "the backup of $database is not what the database holds: it was thrown away" >&2
	exit 1
fi
rows=$(awk -F'|' '{ n += $2 } END { print n }' "$file.counts")
files=("$file")
rm -f "$file".{before,after}.sql
for part in before after; do
	[ -s "$file.part.$part.sql" ] || continue
	mv "$file.part.$part.sql" "$file.$part.sql"
	files+=("$file.$part.sql")
done
mv "$file.part" "$file"
if [ ${#copy[@]} -gt 0 ]; then
	"${copy[@]}" "${files[@]}" || { echo "the backup was made, but not copied" >&2; exit 1; }
fi
find "$directory" -maxdepth 1 -name "${database}_????-??-??.dump" -printf '%f\n' |
	sort -r | tail -n "+$((keep + 1))" |
	while read -r old; do
		rm -f "$directory/$old"{,.before.sql,.after.sql} && echo "removed $old"
	done
note
echo "$file: $(stat -c %s "$file") bytes, $rows rows, restored and counted"
