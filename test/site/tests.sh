# What the tests of whole runs share: TAP's words, a cluster with a database for each site, and
# waiting with a deadline. Sourced from the top of the tree; sources scripts/lib.sh and
# test/site/site.sh.
set -eu
. scripts/lib.sh
. test/site/site.sh
run=$(run_directory)
export PGUSER=${PGUSER:-$(id -un)}
# psql itself: see cluster_psql
export PATH=$PG_BIN:$PATH
tests=0

# On the test's own stderr, which prove always shows.
exec {diagnostics}>&2
diagnosis() { # <text>
	printf '%s\n' "$1" | head -n 40 | cut -c1-600 | sed 's/^/# /' >&"$diagnostics"
}

ok() { # <passed: true or false> <what> [diagnosis]
	tests=$((tests + 1))
	if "$1"; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
		diagnosis "Failed: $2"$'\n'"${3:-}"
	fi
}

is() { # <what> <got> <wanted>
	if [ "$2" = "$3" ]; then ok true "$1"; else ok false "$1" "got:    $2"$'\n'"wanted: $3"; fi
}

# A line of the pattern that ends before tabs ends in anything.
shopt -s extglob
like() { # <what> <got> <wanted: glob pattern>
	local wanted=${3//$'\n'+($'\t')/*}

	# shellcheck disable=SC2053
	if [[ $2 == $wanted ]]; then
		ok true "$1"
	else
		ok false "$1" "got:    $2"$'\n'"wanted: $wanted"
	fi
}

done_testing() {
	echo "1..$tests"
}

# A command that fails ends the test: say which, what it printed if that was kept, and what the
# server logged. Otherwise prove reports only "No plan found".
ended_early() { # <exit status> <command>
	diagnosis "Ended early, status $1, at line ${BASH_LINENO[-2]} of $0: $2"
	diagnosis "${output:-}"
	diagnosis "$(tail -n 20 "$run/${cluster:-}/log" 2>/dev/null || true)"
}
set -E
trap '[ "$BASH_SUBSHELL" -gt 0 ] || ended_early $? "$BASH_COMMAND"' ERR

# eventually <seconds> <wanted> <command ...>: waits until the command prints what is wanted; false
# when the time is over.
eventually() {
	local deadline=$((SECONDS + $1)) wanted=$2
	shift 2
	until [ "$("$@" 2>/dev/null)" = "$wanted" ]; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

# site_cluster <name> [setting=value ...]: a cluster whose runs lose no time on loopback; ends with
# the test. On a loaded machine an ordinary request can take seconds: no test may set a timeout that
# such requests exceed.
site_cluster() {
	cluster=$1
	shift
	sites=()
	trap 'for site in "${sites[@]}"; do site_stop "$site"; done; cluster_stop "$cluster"' EXIT
	cluster_start "$cluster" "esn_pulse.request_delay = 0" "esn_pulse.retry_base_delay = 10" \
		"esn_pulse.request_timeout = '5s'" "esn_pulse.max_page_size = '1MB'" \
		"log_min_messages = warning" "$@"
}

# site_database <site> [options of generate.py]: makes a site, and a database of its name with the
# extension, which reads the site. It is the database of sql from then on.
site_database() {
	site_start "$@"
	sites+=("$1")
	cluster_psql "$cluster" -d postgres -c "CREATE DATABASE $1"
	reads_the_site "$1" ${site_tls:+"ca_file = '$run/$1/tls/ca.pem'"}
	database=$1
	sql "CREATE EXTENSION esn_pulse"
}

# reads_the_site <database> [setting = value ...]: runs there read the site that was made last.
reads_the_site() {
	local database=$1 setting
	shift
	for setting in "accounts_url = '$accounts_url'" "activities_url = '$activities_url'" "$@"; do
		cluster_psql "$cluster" -d postgres -c "ALTER DATABASE $database SET esn_pulse.$setting"
	done
}

# build_gateway <compiler>: the web gateway under the sanitizers, in build/web-<compiler>, warnings
# being errors. Tests that run at the same time share it. That of gcc, which they run, counts its
# lines, for scripts/coverage.sh.
build_gateway() {
	local mode=-O1

	[ "$1" != gcc ] || mode="-O0 --coverage -fprofile-update=atomic"
	mkdir -p build
	flock build/web.lock make -s -f web.mk BUILD="build/web-$1" CC="$1" WERROR=-Werror \
		CFLAGS="$mode -g -fno-omit-frame-pointer -fsanitize=address,undefined \
			-fno-sanitize-recover=all"
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
		FOR c IN
			SELECT attrelid::regclass AS relation,
				string_agg(format('%1\$I = %1\$I - interval ''$1 days''', attname), ', ') AS sets
			FROM pg_attribute a
			JOIN pg_depend d ON d.objid = a.attrelid AND d.deptype = 'e'
				AND d.classid = 'pg_class'::regclass
			JOIN pg_class r ON r.oid = a.attrelid AND r.relkind = 'r'
			WHERE atttypid = 'timestamptz'::regtype AND NOT attisdropped
			GROUP BY 1
		LOOP
			EXECUTE format('UPDATE %s SET %s', c.relation, c.sets);
		END LOOP;
		-- The days of the activities stay: each had been over for less when it was read.
		DELETE FROM esn_internal.schedule_settings;
		PERFORM set_config('search_path', 'pg_catalog, esn_internal', true);
		PERFORM esn_reschedule();
	END\$\$"
}

# The extension's relations of some kinds: r for tables, v for views; not the internal ones.
relations() {
	sql "SELECT c.oid::regclass
		FROM pg_class c
		JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse'
		WHERE c.relkind = ANY ('{$1}') AND c.relnamespace <> 'esn_internal'::regnamespace"
}

# sql_blocks <document> [heading]: the SQL that a document has readers type; with a heading only
# what stands below it.
sql_blocks() {
	awk -v heading="${2:+## $2}" '/^## / { below = $0 == heading }
		/^```sql$/ { on = heading == "" || below; next }
		/^```/ { on = 0 }
		on' "$1"
}

# differences [site]: what differs between the tables and the site, by default that of the
# database's name.
differences() {
	cluster_psql "$cluster" -d "$database" -v "truth=$run/${1:-$database}/truth" \
		-f test/site/compare.sql 2>&1
}

# exchanged: an option of generate.py for the site of the database's name, if there, of two sections
# of one name, the second has the slug of the first.
exchanged() {
	local first slug second
	IFS=$'\t|' read -r _ first slug second _ < <(grep '^two sections of one name' \
		"$run/$database/truth/twists.tsv")
	[ "$(sql "SELECT accounts_platform_slug FROM sections
		WHERE activities_platform_slug = '$slug'")" != "$second" ] || echo --exchanged
}

# rename_activity <slug> [word]: the title on the activity's page begins with the word.
rename_activity() {
	as_owner sed -Ei "s/<(h1[^>]*|div class=\"activity-label\")>(<span>)?/&${2:-Renamed} /" \
		"$run/$database/activities/activity/$1.html"
}

# All rows of the data tables, but for what says when and by which run they were last seen.
snapshot() {
	cluster_psql "$cluster" -d "$database" -At -f test/site/snapshot.sql 2>&1
}
