#!/usr/bin/env bash
# What grows with the number of activities: time a page, the worker's memory, WAL, dead rows, each statement of the worker, and the time of what people ask.
# For each size a private cluster and sites of 500 sections: the first reading of all, a week later a refresh with nothing changed, one with one activity
# in a hundred changed, one that asks for everything; up to 100,000 activities also one that is answered 304 and one without validators.
# Usage: bench/scale.sh [--tables | --questions] [size ...], by default 3000 45000 450000. The last takes about 8 GB of disk and half an hour. --tables: measures
# nothing, prints what was measured before. --questions: only the twenty questions of docs/one-hour.md, by default over 45000 activities; some minutes.
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
growth=3 # times as long at the last size as at the first is growth

number() { sed ':more; s/\([0-9]\)\([0-9]\{3\}\)\(,\|$\)/\1,\2\3/; t more' <<<"$1"; }
mb() { awk -v b="$1" 'BEGIN { printf "%.2f", b / 1e6 }'; }

# Everything but the WAL of a page that is written whole counts: where full pages are off, no record lacks what its page would have held.
scale_cluster() {
	site_cluster "scale-$size" "shared_preload_libraries = 'pg_stat_statements'" "pg_stat_statements.track = all" "pg_stat_statements.max = 5000" \
		"full_page_writes = off" "wal_keep_size = '1GB'" "max_wal_size = '2GB'" "esn_pulse.activities_time_limit = '8h'" "esn_pulse.request_timeout = '20s'"
	postmaster=$(as_owner head -n 1 "$run/$cluster/data/postmaster.pid")
}

# measure <name> <call> [settings]: a run. Its figures are then in $figures/<size>-<name>.*
measure() {
	local out=$figures/$size-$1 began wal requests pages first_wall first_cpu last_wall last_cpu cpu peak

	sql "SELECT pg_stat_statements_reset()" "SELECT pg_stat_reset()" "CHECKPOINT" >/dev/null
	: >"$run/$database/access.log"
	wal=$(sql "SELECT pg_current_wal_insert_lsn()")
	began=${EPOCHREALTIME/./}
	python3 bench/scale.py watch "$postmaster" "$out.samples" &
	requests=$(sql ${3:+"$3"} "SELECT status, requests FROM $2" | tail -n 1)
	wait $!
	[ "${requests%|*}" = completed ] || die "the run '$1' over $size activities did not complete: $requests"
	sql "SELECT pg_current_wal_insert_lsn()" >"$out.end"
	read -r pages first_wall first_cpu last_wall last_cpu cpu peak < <(python3 bench/scale.py tenths "$run/$database/access.log" "$out.samples")
	echo "${requests#*|} $((${EPOCHREALTIME/./} - began)) $first_cpu $first_wall $last_cpu $last_wall $cpu $peak $(sql "SELECT pg_wal_lsn_diff('$(cat "$out.end")', '$wal')") $(
		sql "SELECT activities_new + activities_changed FROM scraper_status ORDER BY id DESC LIMIT 1") $(sql "SELECT pg_database_size(current_database())")" >"$out.run"
	sql "SELECT calls || E'\t' || total_exec_time || E'\t' || regexp_replace(query, '\s+', ' ', 'g') FROM pg_stat_statements
		WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND query !~ 'pg_stat_statements|pg_stat_reset|pg_current_wal|esn_scrape_activities\(|^(CHECKPOINT|SET|VACUUM|ANALYZE)'" >"$out.statements"
	sql "SELECT relname || ' | ' || n_tup_ins || ' | ' || n_tup_upd || ' | ' || coalesce(round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0))::text, '') || ' | ' || n_tup_del || ' | '
			|| n_dead_tup FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> 'scraper_status' ORDER BY n_tup_upd DESC" >"$out.tables"
	[ "$1" = load ] || sql "SELECT coalesce(c.relname::text, '') || ' | ' || resource_manager || ' ' || record_type || ' | ' || count(*) || ' | '
			|| round((sum(record_length) - sum(fpi_length)) / 1e3, 1)
		FROM pg_get_wal_records_info('$wal', '$(cat "$out.end")') r
		LEFT JOIN pg_class c ON pg_relation_filenode(c.oid) = substring(r.block_ref FROM 'rel \d+/\d+/(\d+)')::oid
		GROUP BY c.relname, resource_manager, record_type ORDER BY sum(record_length) - sum(fpi_length) DESC LIMIT 8" >"$out.wal"
}

# The state that a first reading leaves, some days later: no dead rows, no room in the pages beside what the tables are made with.
days_pass() {
	time_passes "$1"
	sql "VACUUM FULL" "VACUUM ANALYZE"
}

# One activity in a hundred says something else, and its card has said so.
change_some() {
	local list=$run/$database/changed

	sql "SELECT event_slug FROM activities WHERE removed_at IS NULL AND description IS NOT NULL ORDER BY hashtext(event_slug) LIMIT $((size / 100))" >"$list"
	sed "s|.*|$run/$database/activities/activity/&.html|" "$list" |
		xargs sed -i -E 's,(field-ct-act-description"><div class="field__item">(<p>)?),\1This has changed. ,'
	sed "s|.*|$run/$database/activities/activity/&.html|" "$list" | xargs chmod a+r
	cluster_psql "$cluster" -d "$database" -c "CREATE TEMP TABLE changed (slug text)" -c "\\copy changed FROM '$list'" \
		-c "UPDATE listed_activities SET changed_at = now() + interval '1 second', days_over = NULL, calm_until = NULL, read_at = NULL WHERE event_slug IN (SELECT slug FROM changed)"
	sleep 2
}

# What years bring, that people ask for: as many changes as there are activities, a run a week for two years, some failures and wrong fields.
years_pass() {
	sql "INSERT INTO changes (changed_at, activity_id, old_values, new_values)
			SELECT now() - random() * interval '5 years', id, '{\"participants\": 10}', '{\"participants\": 20}' FROM activities ORDER BY 1" \
		"INSERT INTO scraper_status (scraper_module, status, started_at, completed_at, requested_by, request, requests, sections_processed, activities_unchanged)
			SELECT 'ActivitiesAndStatisticsScraper', 'completed', now() - w * interval '7 days', now() - w * interval '7 days' + interval '25 min', 'esn', 'activities', 3000, 500, 2000
			FROM generate_series(1, 104) w" \
		"INSERT INTO extraction_rule_usage SELECT s.id, page_kind, field, position, shipped, 1000, 900
			FROM scraper_status s, extraction_rules r WHERE NOT EXISTS (SELECT FROM extraction_rule_usage u WHERE u.run_id = s.id)" \
		"INSERT INTO failed_scrapes (url, scraper_module, http_status_code, error_message, kind, retry_count)
			SELECT '$activities_url/activity/none-' || n, 'ActivitiesAndStatisticsScraper', 500, '500', 'activity', n % 9 FROM generate_series(1, $((size / 100))) n" \
		"INSERT INTO validation_errors (activity_event_slug, field_name, error_message, raw_data, url)
			SELECT event_slug, 'participants', 'not a number', '\"about forty\"', url FROM activities WHERE id % 100 = 0" \
		"SELECT * FROM esn_maintenance()" "VACUUM ANALYZE" >/dev/null
}

# statements: those of some SQL that only read, each once and on a line.
statements() {
	sed 's/^--.*//' | tr '\n\t' '  ' | sed 's/; */;\n/g' | sed 's/;$//; s/^ *//; s/  */ /g' | grep -E '^(SELECT|WITH) ' |
		grep -vE 'esn_(scrape|schedule|unschedule|cancel|retry_failed|fix_validation|maintenance|grant)' | awk '!seen[$0]++'
}

# queries [document ...]: the queries of documents; without, those of all documents and of bench/lookups.sql.
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

# Twenty times each query that it reads, in one session; the nineteenth of their times.
time_queries() {
	local query values

	values="SELECT max(event_slug) AS activity FROM activities \\gset
		SELECT accounts_platform_slug AS section, id AS section_id, country_code AS country FROM sections
			WHERE id = (SELECT section_id FROM activity_section_organisers GROUP BY 1 ORDER BY count(*) DESC OFFSET 50 LIMIT 1) \\gset
		SELECT min(id) AS cause_id FROM activity_causes \\gset"
	while read -r query; do
		{
			printf '%s\n\\o /dev/null\n\\timing on\n' "$values"
			for _ in {1..20}; do printf '%s;\n' "$query"; done
		} | cluster_psql "$cluster" -d "$database" 2>&1 | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | sort -n |
			awk -v q="$query" '{ v[NR] = $1 } END { if (NR != 20) { print "did not run: " q >"/dev/stderr"; exit 1 } print v[19] "\t" q }'
	done
}

# What documents ask is about sections of the demo's network; the first ones of this one are the same.
scale_site() {
	site_database "network_$size" --sections 500 --count "$size" --years 5 --no-faults --padding "$1" --seed 7
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
	[ "$(sql "SELECT count(*) FROM activities")" -gt $((size * 9 / 10)) ] || die "the first reading is not complete"
	# What these runs leave is theirs alone.
	sql "ALTER SYSTEM SET autovacuum = off" "SELECT pg_reload_conf()" >/dev/null
	days_pass 7
	measure weekly "esn_scrape_activities()"
	change_some
	sql "SELECT pg_sleep(0.1)" "VACUUM FULL" "VACUUM ANALYZE" >/dev/null
	measure changed "esn_scrape_activities()"
	days_pass 7
	measure full "esn_scrape_activities(\"full\" => true)"
	if [ "$size" -le 100000 ]; then
		# So long ago that all is due by its age.
		days_pass 10000
		measure unmodified "esn_scrape_activities()"
		site_validators "$database" none
		days_pass 40000
		measure invalidated "esn_scrape_activities()"
	fi
	years_pass
	for view in $(relations v); do
		queries | grep -qw "$view" || die "no query of the documents or of bench/lookups.sql reads the view $view"
	done
	queries | time_queries >"$figures/$size.times"
	site_stop "$database"
	sites=()
	cluster_stop "$cluster"
	rm -rf "$run/$database" # the cluster stays, to be looked at
}

# The rows come as all rows come, by a run that reads them, but nothing of it is measured.
run_questions() {
	size=$1

	step "$(number "$size") activities" >&2
	site_cluster "scale-$size" "esn_pulse.activities_time_limit = '8h'" "esn_pulse.request_timeout = '20s'"
	scale_site 0
	sql "SELECT status FROM esn_scrape_all()" >/dev/null
	[ "$(sql "SELECT count(*) FROM activities")" -gt $((size * 9 / 10)) ] || die "the first reading is not complete"
	years_pass >/dev/null
	[ "$(questions | wc -l)" -eq 20 ] || die "docs/one-hour.md has $(questions | wc -l) questions, not 20"
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
	local name requests wall first_cpu first_wall last_cpu last_wall cpu peak wal written bytes

	head_row activities requests "wall, s" "CPU, ms a request" "first tenth" "its wall" "last tenth" "its wall" "peak RssAnon, MB" "WAL, MB" "WAL bytes a request" "database, MB"
	for name in load weekly changed full unmodified invalidated; do
		for size in "${sizes[@]}"; do
			[ -f "$figures/$size-$name.run" ] || continue
			read -r requests wall first_cpu first_wall last_cpu last_wall cpu peak wal written bytes <"$figures/$size-$name.run"
			# The first and the last requests of a run of seconds say nothing.
			[ "$wall" -gt 20000000 ] || first_cpu='' first_wall='' last_cpu='' last_wall=''
			echo "| $name | $(number "$size") | $(number "$requests") | $((wall / 1000000)) | $cpu | $first_cpu | $first_wall | $last_cpu | $last_wall | $((peak / 1024)) | $(mb "$wal") | $((wal / requests)) | $((bytes / 1000000)) |"
		done
	done
}

# A changed activity costs what the run with changes wrote more than a run of as many requests without.
changes_table() {
	local base requests wal changed requests_c wal_c

	head_row "changed" "WAL bytes each"
	for size in "${sizes[@]}"; do
		read -r requests _ _ _ _ _ _ _ base _ <"$figures/$size-weekly.run"
		read -r requests_c _ _ _ _ _ _ _ wal_c changed _ <"$figures/$size-changed.run"
		echo "| $(number "$size") activities | $changed | $(awk -v b="$base" -v r="$requests" -v w="$wal_c" -v n="$requests_c" -v c="$changed" 'BEGIN { printf "%.0f", (w - b * n / r) / c }') |"
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
		printf '| `%s` |' "$(cut -c 1-110 <<<"$query" | tr '|' ' ')"
		for size in "${sizes[@]}"; do
			awk -F'\t' -v q="$query" '$2 == q { printf(($1 >= 100 ? " **%.1f** |" : " %.1f |"), $1); exit }' "$figures/$size.times"
		done
		printf '\n'
	done
}

questions_table() {
	local size=$1 slow

	printf '| | p95, ms, %s activities | |\n| ---: | ---: | --- |\n' "$(number "$size")"
	awk -F'\t' '{ printf("| %d | " ($1 >= 100 ? "**%.1f**" : "%.1f") " | `%s` |\n", NR, $1, substr($2, 1, 110)) }' "$figures/$size.questions"
	slow=$(awk '$1 >= 100 { printf("%s%d", n++ ? ", " : "", NR) }' "$figures/$size.questions")
	echo "Over 100 ms: ${slow:-none}"
}

target() { # <what> <wanted> <got> <unit>
	echo "| $1 | under $2 $4 | $(awk -v g="$3" -v w="$2" 'BEGIN { printf(g < w ? "%.2f" : "**%.2f**", g) }') $4 |"
}

targets_table() {
	local peak wal times query

	printf '| what | wanted | measured |\n| --- | ---: | ---: |\n'
	for size in "${sizes[@]}"; do
		peak=$(cut -d' ' -f 8 "$figures/$size"-*.run | sort -n | tail -n 1)
		target "$(number "$size") activities: peak of the worker's private memory" 48 "$(awk -v p="$peak" 'BEGIN { print p / 1024 }')" MB
		if [ "$size" = 45000 ]; then
			target "$(number "$size") activities: WAL of a week's refresh, nothing changed" 2 "$(cut -d' ' -f 9 "$figures/$size-weekly.run" | awk '{ print $1 / 1e6 }')" MB
			target "$(number "$size") activities: WAL of a run that asks for everything" 25 "$(cut -d' ' -f 9 "$figures/$size-full.run" | awk '{ print $1 / 1e6 }')" MB
		fi
		times=$(queries README.md | while read -r query; do awk -F'\t' -v q="$query" '$2 == q { print $1; exit }' "$figures/$size.times"; done | sort -n | tail -n 1)
		target "$(number "$size") activities: p95 of the slowest of README.md's queries" 100 "$times" ms
		target "$(number "$size") activities: p95 of the slowest of all" 100 "$(cut -f 1 "$figures/$size.times" | sort -n | tail -n 1)" ms
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
	printf '| table | inserted | updated | HOT, %% | deleted | dead |\n| --- | ---: | ---: | ---: | ---: | ---: |\n'
	sed 's/.*/| & |/' "$figures/$last-$name.tables"
	step "$name, $(number "$last") activities: WAL"
	printf '| relation | record | number | kB |\n| --- | --- | ---: | ---: |\n'
	sed 's/.*/| & |/' "$figures/$last-$name.wal"
done
for name in load weekly full; do
	step "statements of the worker, $name: ms each, and ms for a thousand requests of the run; what of that grows more than $growth x is bold"
	python3 bench/scale.py growth "$growth" $(for size in "${sizes[@]}"; do echo "$size=$figures/$size-$name"; done)
done
step "what people ask"
times_table
step "targets"
targets_table
