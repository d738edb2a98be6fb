# What one types each day is readable at a glance: narrow enough for a terminal, and with numbers and the next step in what is told.
. test/site/tests.sh
site_cluster daily
site_database everyday --sections 60 --count 600 --seed 95
shown() { cluster_psql "$cluster" -d everyday -P pager=off "$@" 2>&1; }
width() { LC_ALL=C.UTF-8 wc -L; }

# What a run says at its end.
section=$(awk -F'\t' 'NR == FNR { n[$2]++; next } n[$3] > 2 && $4 != "\\N" { print $4; exit }' "$run/everyday/truth/activity_section_organisers.tsv" "$run/everyday/truth/sections.tsv")
like "a run ends with a line that sums it up" "$(shown -c "SELECT id, status FROM esn_scrape_section('$section')")" \
	"*NOTICE:  run 1: completed in *.* s, * requests"$'\n'"DETAIL:  1 of 1 sections; activities: * new, 0 changed, 0 same*; * pages failed*completed*"
output=$(shown -c "SELECT id, status FROM esn_scrape_all()")
like "where something failed, or was wrong, with where to look" "$output" \
	"*NOTICE:  run 3: completed in * requests"$'\n'"DETAIL:  * of * sections (* failed); activities: * new, * changed, * same, * with a wrong field; * pages failed"$'\n'"HINT:  SELECT \* FROM esn_failed_pages; says what failed and why. SELECT \* FROM esn_wrong_fields; says which fields.*"
like "so does a run over accounts" "$output" "*NOTICE:  run 2: completed in * requests"$'\n'"DETAIL:  * of * sections*; * pages failed*"
is "no line of it is wider than a terminal" "$(awk '/NOTICE|WARNING|DETAIL|HINT/' <<<"$output" | width | awk '{ print ($1 <= 120) }')" 1
like "it says how old is too old" "$output" "*is younger than esn_pulse.accounts_max_age (30d): reading accounts first*"
like "trying again says how many" "$(shown -c "SELECT id, status FROM esn_retry_failed()")" "*NOTICE:  $(sql "SELECT count(*) FROM esn_waiting_failures()") failed addresses wait for another try*"
like "so does looking again at what was wrong" "$(shown -c "SELECT id, status FROM esn_fix_validation_errors()")" "*NOTICE:  * pages have wrong fields, * of them are to be fetched*"
output=$(shown -c "SET esn_pulse.request_delay = '1min'" -c "SELECT id, status FROM esn_scrape_all(wait => false)")
id=$(sql "SELECT max(id) FROM scraper_status")
like "a run that nobody waits for names its number and what to do with it" "$output" "*NOTICE:  run $id goes on by itself"$'\n'"HINT:  SELECT \* FROM esn_recent_runs; shows how it stands, SELECT esn_cancel($id); stops it.*"
eventually 20 t sql "SELECT planned_requests > 0 FROM scraper_status WHERE id = $id" || true
like "how it stands can be seen" "$(sql "SELECT status, result FROM esn_recent_runs LIMIT 1")" "running|* of about * requests"$'\n'"0 new, 0 changed, 0 same"
like "a cancel says what became of it" "$(shown -c "SELECT esn_cancel($id)")" "*NOTICE:  run $id has stopped; what it had committed stays"$'\n'"HINT:  Start it again: it goes on where it was.*"
like "also where there was nothing to stop" "$(shown -c "SELECT esn_cancel($id)")" "*NOTICE:  run $id had ended before"$'\n'"HINT:  SELECT \* FROM esn_recent_runs; says how.*"

# A message and a slug that are long, a site that says no, a run that takes for days.
sql "INSERT INTO scraper_status (scraper_module, status, started_at, completed_at, requested_by, request, error_message, sections_failed, pages_failed, activities_new, activities_changed, activities_unchanged, activities_invalid)
	VALUES ('ActivitiesAndStatisticsScraper', 'failed', now() - interval '2 days 3 hours', now(), 'x', 'section ' || repeat('esn-', 30), repeat('the reason is long and ' || repeat('x', 50) || ' ', 9), 517, 12345, 45000, 12345, 12345, 12345)" \
	"INSERT INTO failed_scrapes (url, scraper_module, error_message, kind) VALUES ('https://activities.example/' || repeat('x', 300), 'AccountsScraper', repeat('long ', 60) || repeat('y', 90), 'statistics')" \
	"INSERT INTO validation_errors (url, field_name, error_message, raw_data) VALUES ('https://accounts.example/' || repeat('x', 300), 'activities_platform_slug', repeat('long ', 20), to_jsonb(repeat(E'z\n', 300)))" \
	"UPDATE activities SET title = repeat('Ş', 200), description = repeat(E'long\n', 200) WHERE id = 1"
while read -r call; do
	output=$(shown -c "$call")
	is "$call fits into 120 columns" "$(width <<<"$output" | awk '{ print ($1 <= 120 ? "yes" : $1) }')" yes
	like "and shows rows" "$output" "*row*)"
done < <(awk '/^## Each day/ { on = 1; next } /^## / { on = 0 } on' README.md | sed -nE 's/^\| .* \| `(SELECT .*)` \|$/\1/p' | sed "s/esn-metu/$section/; s/esn_cancel(7)/esn_cancel($id)/")
is "these were all that README.md names" "$tests" $((11 + 22))
is "what is cut there is whole elsewhere" "$(sql "SELECT max(length(error_message)) > 300 FROM esn_runs")" t
is "reasons that differ by an address are one" "$(sql "SELECT max(pages) > 1 FROM esn_failed_pages WHERE reason LIKE '%…%'")" t
is "their pages are all that failed" "$(sql "SELECT sum(pages) = (SELECT count(*) FROM failed_scrapes WHERE resolved_at IS NULL) FROM esn_failed_pages")" t
is "and the wrong fields all that are open" "$(sql "SELECT sum(pages) = (SELECT count(*) FROM validation_errors WHERE resolved_at IS NULL) FROM esn_wrong_fields")" t

# The health check at its worst, and texts on several lines.
sql "TRUNCATE sections, activities, failed_scrapes CASCADE" "INSERT INTO failed_scrapes (url, scraper_module, error_message) SELECT n, 'AccountsScraper', 'x' FROM generate_series(1, 99999) n" >/dev/null
is "the health check fits also where all is wrong" "$(shown -c "SELECT * FROM esn_health_check()" | width | awk '{ print ($1 <= 120 ? "yes" : $1) }')" yes
is "a text is broken between its words, a long word where it must be" "$(sql "SELECT esn_wrap('one two three abcdefghijklmnop', 9)")" $'one two\nthree\nabcdefghi\njklmnop'
is "a text is cut where it is too long, and has no lines" "$(sql "SELECT esn_shorten(E'one\n two', 7), esn_shorten('one two x', 7), esn_shorten(NULL, 7)")" "one two|one tw…|"

# The short words of examples/psqlrc.
words=$(sed -nE 's/^\\set ([a-z]+) .*/\1/p' examples/psqlrc | xargs)
output=$(for word in $words; do echo ":$word"; done | PSQLRC=$PWD/examples/psqlrc psql -q -h "$run/$cluster" -d everyday -v section=esn-nowhere -v ON_ERROR_STOP=0 2>&1 || true)
is "each short word for psql is a call" "$(grep -cE '(row|rows)\)|no section has the slug "esn-nowhere"' <<<"$output") $(grep -cE 'syntax|does not exist' <<<"$output")" "$(wc -w <<<"$words") 0"
done_testing
