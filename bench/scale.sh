#!/usr/bin/env bash
# What grows with the number of activities: time per page, the worker's memory, WAL, dead rows, each
# statement of the worker, and the time of queries. For each size there is a private cluster, and
# sites of 500 sections. Measured are the first reading of all; a week later a refresh with nothing
# changed, one with one activity in a hundred changed, and one that requests everything; up to
# 100,000 activities also one that is answered 304 and one without validators.
# Usage: bench/scale.sh [--tables | --questions] [size ...], by default 3000 45000 450000.
# The last size takes about 8 GB of disk and half an hour.
# --tables     measures nothing, and prints what was measured before
# --questions  only the twenty questions of docs/one-hour.md, by default over 45000 activities; this
#              takes some minutes
. test/site/tests.sh
only_tables='' only_questions=''
case ${1:-} in
--tables) only_tables=1 && shift ;;
--questions) only_questions=1 && shift ;;
esac
sizes=("$@")
[ $# -gt 0 ] || sizes=(3000 45000 450000)
[ $# -gt 0 ] || [ -z "$only_questions" ] || sizes=(45000)
figures=${SCALE_FIGURES:-$run/scale-figures}
mkdir -p "$figures"
# It is growth if the last size takes so many times as long as the first.
growth=3

number() { sed ':more; s/\([0-9]\)\([0-9]\{3\}\)\(,\|$\)/\1,\2\3/; t more' <<<"$1"; }
mb() { awk -v b="$1" 'BEGIN { printf "%.2f", b / 1e6 }'; }

# All WAL counts but full pages. With full_page_writes off, records are complete.
scale_cluster() {
	site_cluster "scale-$size" "shared_preload_libraries = 'pg_stat_statements'" \
		"pg_stat_statements.track = all" "pg_stat_statements.max = 5000" \
		"full_page_writes = off" "wal_keep_size = '1GB'" "max_wal_size = '2GB'" \
		"esn_pulse.activities_time_limit = '8h'" "esn_pulse.request_timeout = '20s'"
	postmaster=$(as_owner head -n 1 "$run/$cluster/data/postmaster.pid")
}

# measure <name> <call> [settings]: a run. Its figures are then in $figures/<size>-<name>.*
measure() {
	local out=$figures/$size-$1 began wall wal end requests
	local pages first_wall first_cpu last_wall last_cpu cpu peak written bytes

	sql "SELECT pg_stat_statements_reset()" "SELECT pg_stat_reset()" "CHECKPOINT" >/dev/null
	: >"$run/$database/access.log"
	wal=$(sql "SELECT pg_current_wal_insert_lsn()")
	began=${EPOCHREALTIME/./}
	python3 bench/scale.py watch "$postmaster" "$out.samples" &
	requests=$(sql ${3:+"$3"} "SELECT status, requests FROM $2" | tail -n 1)
	wait $!
	[ "${requests%|*}" = completed ] ||
		die "the run '$1' over $size activities did not complete: $requests"
	end=$(sql "SELECT pg_current_wal_insert_lsn()")
	read -r pages first_wall first_cpu last_wall last_cpu cpu peak < <(
		python3 bench/scale.py tenths "$run/$database/access.log" "$out.samples")
	wall=$((${EPOCHREALTIME/./} - began))
	written=$(sql "SELECT activities_new + activities_changed FROM scraper_status
		ORDER BY id DESC LIMIT 1")
	bytes=$(sql "SELECT pg_database_size(current_database())")
	echo "${requests#*|} $wall $first_cpu $first_wall $last_cpu $last_wall $cpu $peak" \
		"$(sql "SELECT pg_wal_lsn_diff('$end', '$wal')") $written $bytes" >"$out.run"
	sql "$statements_of_run" >"$out.statements"
	sql "$rows_of_run" >"$out.tables"
	[ "$1" = load ] || wal_of_run "$wal" "$end" >"$out.wal"
}

statements_of_run="SELECT concat_ws(E'\t', calls, total_exec_time,
		regexp_replace(query, '\s+', ' ', 'g'))
	FROM pg_stat_statements
	WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND query !~ 'pg_stat_statements|pg_stat_reset|pg_current_wal|esn_scrape_activities\('
		AND query !~ '^(CHECKPOINT|SET|VACUUM|ANALYZE)'"

rows_of_run="SELECT concat(relname, ' | ', n_tup_ins, ' | ', n_tup_upd, ' | ',
		round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0)), ' | ', n_tup_del, ' | ', n_dead_tup)
	FROM pg_stat_user_tables
	WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> 'scraper_status'
	ORDER BY n_tup_upd DESC"

wal_of_run() { # <from> <to>
	sql "SELECT concat(c.relname, ' | ', resource_manager, ' ', record_type, ' | ', count(*),
			' | ', round((sum(record_length) - sum(fpi_length)) / 1e3, 1))
		FROM pg_get_wal_records_info('$1', '$2') r
		LEFT JOIN pg_class c ON pg_relation_filenode(c.oid)
			= substring(r.block_ref FROM 'rel \d+/\d+/(\d+)')::oid
		GROUP BY c.relname, resource_manager, record_type
		ORDER BY sum(record_length) - sum(fpi_length) DESC LIMIT 8"
}

# The state some days after a first reading: no dead rows, and in pages only the free space of the
# fill factor.
days_pass() {
	time_passes "$1"
	sql "VACUUM FULL" "VACUUM ANALYZE"
}

# Changes the pages of one activity in a hundred, and marks their cards as changed.
change_some() {
	local list=$run/$database/changed
	local text='field-ct-act-description"><div class="field__item">(<p>)?'

	sql "SELECT event_slug FROM activities WHERE removed_at IS NULL AND description IS NOT NULL
		ORDER BY hashtext(event_slug) LIMIT $((size / 100))" >"$list"
	sed "s|.*|$run/$database/activities/activity/&.html|" "$list" |
		xargs sed -i -E "s,($text),\1This has changed. ,"
	sed "s|.*|$run/$database/activities/activity/&.html|" "$list" | xargs chmod a+r
	cluster_psql "$cluster" -d "$database" -c "CREATE TEMP TABLE changed (slug text)" \
		-c "\\copy changed FROM '$list'" \
		-c "UPDATE frontier SET next_fetch_at = 'epoch', reason = 'card changed'
			WHERE event_slug IN (SELECT slug FROM changed)"
	sleep 2
}

# What accumulates over years: as many changes as activities, a run per week for two years, some
# failures and invalid fields.
years_pass() {
	sql "INSERT INTO changes (changed_at, activity_id, old_values, new_values)
			SELECT now() - random() * interval '5 years', id,
				'{\"participants\": 10}', '{\"participants\": 20}'
			FROM activities ORDER BY 1" \
		"INSERT INTO scraper_status (scraper_module, status, started_at, completed_at,
				requested_by, request, requests, sections_processed, activities_unchanged)
			SELECT 'ActivitiesAndStatisticsScraper', 'completed', now() - w * interval '7 days',
				now() - w * interval '7 days' + interval '25 min',
				'esn', 'activities', 3000, 500, 2000
			FROM generate_series(1, 104) w" \
		"INSERT INTO extraction_rule_usage
			SELECT s.id, page_kind, field, position, shipped, 1000, 900
			FROM scraper_status s, extraction_rules r
			WHERE NOT EXISTS (SELECT FROM extraction_rule_usage u WHERE u.run_id = s.id)" \
		"INSERT INTO failed_scrapes (url, scraper_module, http_status_code, error_message, kind,
				retry_count)
			SELECT '$activities_url/activity/none-' || n, 'ActivitiesAndStatisticsScraper', 500,
				'500', 'activity', n % 9
			FROM generate_series(1, $((size / 100))) n" \
		"INSERT INTO validation_errors (activity_event_slug, field_name, error_message, raw_data,
				url)
			SELECT event_slug, 'participants', 'not a number', '\"about forty\"', url
			FROM activities WHERE id % 100 = 0" \
		"SELECT * FROM esn_maintenance()" "VACUUM ANALYZE" >/dev/null
}

# Prints the distinct queries among SQL statements, each on one line. Sections of the demo's network
# become one of this network.
statements() {
	local writing='scrape|schedule|unschedule|cancel|retry_failed|fix_validation|maintenance|grant'

	writing+='|create_api_key|revoke|selftest|resume|own_objects|refresh'

	sed 's/^--.*//' | tr '\n\t' '  ' | sed 's/; */;\n/g' | sed 's/;$//; s/^ *//; s/  */ /g' |
		sed -E "s/'[a-z]{2}-[a-z]{4}-[0-9]{3}'/:'section'/g" |
		grep -E '^(SELECT|WITH) ' | grep -vE "esn_($writing)[a-z_]*\\(" | awk '!seen[$0]++'
}

# queries [document ...]: the queries of documents, by default of all and of bench/lookups.sql.
queries() {
	if [ $# -gt 0 ]; then
		for document in "$@"; do sql_blocks "$document"; done
	else
		for document in README.md docs/*.md; do sql_blocks "$document"; done
		cat bench/lookups.sql
	fi | statements
}

questions() {
	sql_blocks docs/one-hour.md "Twenty questions" | statements
}

# Runs each query of the input twenty times in one session, and prints the nineteenth of its times.
time_queries() {
	local query values

	values="SELECT max(event_slug) AS activity FROM activities \\gset
		SELECT accounts_platform_slug AS section, id AS section_id, country_code AS country
			FROM sections WHERE id = (SELECT section_id FROM activity_section_organisers
				GROUP BY 1 ORDER BY count(*) DESC OFFSET 50 LIMIT 1) \\gset
		SELECT min(id) AS cause_id FROM activity_causes \\gset"
	while read -r query; do
		{
			printf '%s\n\\o /dev/null\n\\timing on\n' "$values"
			for _ in {1..20}; do printf '%s;\n' "$query"; done
		} | cluster_psql "$cluster" -d "$database" 2>&1 |
			sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | sort -n |
			awk -v q="$query" '
				{ v[NR] = $1 }
				END {
					if (NR != 20) {
						print "did not run: " q >"/dev/stderr"
						exit 1
					}
					print v[19] "\t" q
				}'
	done
}

scale_site() { # <padding>
	site_database "network_$size" --sections 500 --count "$size" --years 5 --no-faults \
		--padding "$1" --seed 7
}

is_complete() {
	[ "$(sql "SELECT count(*) FROM activities")" -gt $((size * 9 / 10)) ] ||
		die "the first reading is not complete"
}

run_size() {
	size=$1
	local padding=2000 view

	[ "$size" -lt 100000 ] || padding=500
	step "$(number "$size") activities" >&2
	scale_cluster
	scale_site "$padding"
	sql "CREATE EXTENSION pg_stat_statements" "CREATE EXTENSION pg_walinspect"
	sql "SELECT status FROM esn_scrape_accounts()" >/dev/null
	measure load "esn_scrape_activities()"
	is_complete
	# The runs below must leave their dead rows.
	sql "ALTER SYSTEM SET autovacuum = off" "SELECT pg_reload_conf()" >/dev/null
	days_pass 7
	measure weekly "esn_scrape_activities()"
	change_some
	sql "SELECT pg_sleep(0.1)" "VACUUM FULL" "VACUUM ANALYZE" >/dev/null
	measure changed "esn_scrape_activities()"
	days_pass 7
	measure full "esn_scrape_activities(\"full\" => true)"
	if [ "$size" -le 100000 ]; then
		# So long that all is due by its age.
		days_pass 10000
		measure unmodified "esn_scrape_activities()"
		site_validators "$database" none
		days_pass 40000
		measure invalidated "esn_scrape_activities()"
	fi
	years_pass
	for view in $(relations v); do
		queries | grep -qw "$view" ||
			die "no query of the documents or of bench/lookups.sql reads the view $view"
	done
	queries | time_queries >"$figures/$size.times"
	site_stop "$database"
	sites=()
	cluster_stop "$cluster"
	rm -rf "$run/$database" # the cluster stays, to be looked at
}

# A run reads the rows, but is not measured.
run_questions() {
	size=$1

	step "$(number "$size") activities" >&2
	site_cluster "scale-$size" "esn_pulse.activities_time_limit = '8h'" \
		"esn_pulse.request_timeout = '20s'"
	scale_site 0
	sql "SELECT status FROM esn_scrape_all()" >/dev/null
	is_complete
	years_pass >/dev/null
	[ "$(questions | wc -l)" -eq 20 ] ||
		die "docs/one-hour.md has $(questions | wc -l) questions, not 20"
	questions | time_queries >"$figures/$size.questions"
	site_stop "$database"
	sites=()
	cluster_stop "$cluster"
	rm -rf "$run/$database"
}

# --- tables

head_row() { # <column> ...
	local column
	printf '| what |'
	for column in "$@"; do printf ' %s |' "$column"; done
	printf '\n| --- |'
	for column in "$@"; do printf ' ---: |'; done
	printf '\n'
}

runs_table() {
	head_row activities requests "wall, s" "CPU, ms each" \
		"first tenth" "its wall" "last tenth" "its wall"
	each_run time_row
	printf '\n'
	head_row activities "peak RssAnon, MB" "WAL, MB" "WAL bytes a request" "database, MB"
	each_run space_row
}

each_run() { # <function that prints a row>
	local name requests wall first_cpu first_wall last_cpu last_wall cpu peak wal written bytes

	for name in load weekly changed full unmodified invalidated; do
		for size in "${sizes[@]}"; do
			[ -f "$figures/$size-$name.run" ] || continue
			read -r requests wall first_cpu first_wall last_cpu last_wall \
				cpu peak wal written bytes <"$figures/$size-$name.run"
			"$1"
		done
	done
}

# These two print the variables of each_run.
time_row() {
	# The first and the last requests of a run of seconds mean nothing.
	[ "$wall" -gt 20000000 ] || first_cpu='' first_wall='' last_cpu='' last_wall=''
	echo "| $name | $(number "$size") | $(number "$requests") | $((wall / 1000000)) | $cpu" \
		"| $first_cpu | $first_wall | $last_cpu | $last_wall |"
}

space_row() {
	echo "| $name | $(number "$size") | $((peak / 1024)) | $(mb "$wal") | $((wal / requests))" \
		"| $((bytes / 1000000)) |"
}

# The cost of a changed activity: the additional WAL of the run with changes, compared with a run of
# as many requests without changes.
changes_table() {
	local base requests wal changed requests_c wal_c each

	head_row "changed" "WAL bytes each"
	for size in "${sizes[@]}"; do
		read -r requests _ _ _ _ _ _ _ base _ <"$figures/$size-weekly.run"
		read -r requests_c _ _ _ _ _ _ _ wal_c changed _ <"$figures/$size-changed.run"
		each=$(awk "BEGIN { print ($wal_c - $base * $requests_c / $requests) / $changed }")
		printf '| %s activities | %d | %.0f |\n' "$(number "$size")" "$changed" "$each"
	done
}

times_table() {
	local query

	printf '| p95, ms |'
	for size in "${sizes[@]}"; do printf ' %s |' "$(number "$size")"; done
	printf '\n| --- |'
	for size in "${sizes[@]}"; do printf ' ---: |'; done
	printf '\n'
	queries | while read -r query; do
		printf '| `%s` |' "$(cut -c 1-60 <<<"$query" | tr '|' ' ')"
		for size in "${sizes[@]}"; do
			awk -F'\t' -v q="$query" '
				$2 == q {
					printf(($1 >= 100 ? " **%.1f** |" : " %.1f |"), $1)
					exit
				}' "$figures/$size.times"
		done
		printf '\n'
	done
}

questions_table() {
	local size=$1 slow

	printf '| | p95, ms, %s activities | |\n| ---: | ---: | --- |\n' "$(number "$size")"
	awk -F'\t' '{
		time = sprintf($1 >= 100 ? "**%.1f**" : "%.1f", $1)
		printf("| %d | %s | `%s` |\n", NR, time, substr($2, 1, 70))
	}' "$figures/$size.questions"
	slow=$(awk '$1 >= 100 { printf("%s%d", n++ ? ", " : "", NR) }' "$figures/$size.questions")
	echo "Over 100 ms: ${slow:-none}"
}

target() { # <what> <wanted> <got> <unit>
	local got

	got=$(awk -v g="$3" -v w="$2" 'BEGIN { printf(g < w ? "%.2f" : "**%.2f**", g) }')
	echo "| $1 | under $2 $4 | $got $4 |"
}

# The slowest of the queries on the input, in ms, at one size.
slowest() {
	local query

	while read -r query; do
		awk -F'\t' -v q="$query" '$2 == q { print $1; exit }' "$figures/$size.times"
	done | sort -n | tail -n 1
}

wal_mb() { # <run>
	cut -d' ' -f 9 "$figures/$size-$1.run" | awk '{ print $1 / 1e6 }'
}

targets_table() {
	local at peak

	printf '| what | wanted | measured |\n| --- | ---: | ---: |\n'
	for size in "${sizes[@]}"; do
		at="$(number "$size") activities"
		peak=$(cut -d' ' -f 8 "$figures/$size"-*.run | sort -n | tail -n 1)
		target "$at: peak of the worker's private memory" 48 \
			"$(awk -v p="$peak" 'BEGIN { print p / 1024 }')" MB
		if [ "$size" = 45000 ]; then
			target "$at: WAL of a week's refresh, nothing changed" 8 "$(wal_mb weekly)" MB
			target "$at: WAL of a run that requests everything" 80 "$(wal_mb full)" MB
		fi
		target "$at: p95 of the slowest of docs/reference.md's queries" 100 \
			"$(queries docs/reference.md | slowest)" ms
		target "$at: p95 of the slowest of all" 100 \
			"$(cut -f 1 "$figures/$size.times" | sort -n | tail -n 1)" ms
	done
}

if [ -n "$only_questions" ]; then
	for size in "${sizes[@]}"; do
		run_questions "$size"
		questions_table "$size"
	done
	exit
fi
for size in "${sizes[@]}"; do [ -n "$only_tables" ] || run_size "$size"; done

step "runs"
runs_table
step "WAL of a changed activity"
changes_table
last=${sizes[-1]}
for name in weekly changed full unmodified invalidated; do
	[ -f "$figures/$last-$name.tables" ] || continue
	step "$name, $(number "$last") activities: rows"
	printf '| table | inserted | updated | HOT, %% | deleted | dead |\n'
	printf '| --- | ---: | ---: | ---: | ---: | ---: |\n'
	sed 's/.*/| & |/' "$figures/$last-$name.tables"
	step "$name, $(number "$last") activities: WAL"
	printf '| relation | record | number | kB |\n| --- | --- | ---: | ---: |\n'
	sed 's/.*/| & |/' "$figures/$last-$name.wal"
done
for name in load weekly full; do
	step "statements of the worker, $name; growth of more than $growth x is bold"
	runs=()
	for size in "${sizes[@]}"; do runs+=("$size=$figures/$size-$name"); done
	python3 bench/scale.py growth "$growth" "${runs[@]}"
done
step "queries"
times_table
step "targets"
targets_table
