# What the tests of whole runs share: TAP's words, a cluster with a database for each site, and waiting with a deadline.
# Sourced from the top of the tree; brings scripts/lib.sh and test/site/site.sh along.
set -eu
. scripts/lib.sh
. test/site/site.sh
run=$(run_directory)
export PGUSER=${PGUSER:-$(id -un)}
export PATH=$PG_BIN:$PATH # psql itself: see cluster_psql
tests=0

ok() { # <passed: true or false> <what> [diagnosis]
	tests=$((tests + 1))
	if "$1"; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
		printf '%s\n' "${3:-}" | head -n 40 | cut -c1-600 | sed 's/^/# /'
	fi
}

is() { # <what> <got> <wanted>
	if [ "$2" = "$3" ]; then ok true "$1"; else ok false "$1" "got:    $2"$'\n'"wanted: $3"; fi
}

like() { # <what> <got> <wanted: glob pattern>
	# shellcheck disable=SC2053
	if [[ $2 == $3 ]]; then ok true "$1"; else ok false "$1" "got:    $2"$'\n'"wanted: $3"; fi
}

done_testing() {
	echo "1..$tests"
}

# eventually <seconds> <wanted> <command ...>: waits until the command prints what is wanted; false when the time is over.
eventually() {
	local deadline=$((SECONDS + $1)) wanted=$2
	shift 2
	until [ "$("$@" 2>/dev/null)" = "$wanted" ]; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

# site_cluster <name> [setting=value ...]: a cluster whose runs lose no time on loopback; ends with the test.
site_cluster() {
	cluster=$1
	shift
	sites=()
	trap 'for site in "${sites[@]}"; do site_stop "$site"; done; cluster_stop "$cluster"' EXIT
	cluster_start "$cluster" "esn_pulse.request_delay = 0" "esn_pulse.retry_base_delay = 10" "esn_pulse.request_timeout = '2s'" \
		"esn_pulse.max_page_size = '1MB'" "log_min_messages = warning" "$@"
}

# site_database <site> [options of generate.py]: makes a site and a database of its name that reads it, with the extension, and goes there.
site_database() {
	local setting
	site_start "$@"
	sites+=("$1")
	cluster_psql "$cluster" -d postgres -c "CREATE DATABASE $1"
	for setting in "accounts_url = '$accounts_url'" "activities_url = '$activities_url'" \
		${site_tls:+"ca_file = '$run/$1/tls/ca.pem'"}; do
		cluster_psql "$cluster" -d postgres -c "ALTER DATABASE $1 SET esn_pulse.$setting"
	done
	database=$1
	sql "CREATE EXTENSION esn_pulse"
}

# psql in that database: unaligned rows; messages go to the same place, with their SQLSTATE.
sql() {
	local command commands=()
	for command in "$@"; do commands+=(-c "$command"); done
	cluster_psql "$cluster" -d "$database" -At -v VERBOSITY=verbose "${commands[@]}" 2>&1
}

time_passes() { # <days>: everything in the database is older by that; nothing has been done to it
	sql "SET session_replication_role = replica" "DO \$\$
	DECLARE
		c record;
	BEGIN
		FOR c IN SELECT attrelid::regclass AS relation, string_agg(format('%1\$I = %1\$I - interval ''$1 days''', attname), ', ') AS sets FROM pg_attribute a
			JOIN pg_depend d ON d.objid = a.attrelid AND d.deptype = 'e' AND d.classid = 'pg_class'::regclass
			JOIN pg_class r ON r.oid = a.attrelid AND r.relkind = 'r' WHERE atttypid = 'timestamptz'::regtype AND NOT attisdropped GROUP BY 1
		LOOP
			EXECUTE format('UPDATE %s SET %s', c.relation, c.sets);
		END LOOP;
		-- The days of the activities stay, so that each had been over for less when it was read.
		UPDATE listed_activities SET days_over = days_over - $1, calm_until = calm_until - 4 * interval '$1 days' WHERE days_over IS NOT NULL;
		UPDATE listed_activities SET days_over = NULL, calm_until = NULL WHERE days_over <= 61;
	END\$\$"
}

# The extension's relations of some kinds: r for tables, v for views; not those that only its other views read.
relations() {
	sql "SELECT c.oid::regclass FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse' WHERE c.relkind = ANY ('{$1}') AND c.relname NOT LIKE ALL (ARRAY['figures\_cache%', 'esn\_live\_%'])"
}

# sql_blocks <document> [heading]: the SQL that a document has readers type; with a heading only what stands below it.
sql_blocks() {
	awk -v heading="${2:+## $2}" '/^## / { below = $0 == heading } /^```sql$/ { on = heading == "" || below; next } /^```/ { on = 0 } on' "$1"
}

# What differs between the tables and the site.
differences() {
	cluster_psql "$cluster" -d "$database" -v "truth=$run/$database/truth" -f test/site/compare.sql 2>&1
}

# All rows of the data tables, but for what says when and by which run they were last seen.
snapshot() {
	cluster_psql "$cluster" -d "$database" -At -f test/site/snapshot.sql 2>&1
}
