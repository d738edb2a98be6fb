# Daily operation: the output of the daily calls is readable at a glance. It fits into a terminal,
# and messages have numbers and the next step.
. test/site/tests.sh
site_cluster daily_operation
site_database everyday --sections 60 --count 600 --seed 95
shown() { cluster_psql "$cluster" -d everyday -P pager=off "$@" 2>&1; }
# yes, or the width of what is wider than a terminal
fits() { LC_ALL=C.UTF-8 wc -L | awk '{ print ($1 <= 120 ? "yes" : $1) }'; }

# What a run prints at its end.
truth=$run/everyday/truth
section=$(awk -F'\t' 'NR == FNR { n[$2]++; next } n[$3] > 2 && $4 != "\\N" { print $4; exit }' \
	"$truth/activity_section_organisers.tsv" "$truth/sections.tsv")
like "a run ends with a line that sums it up" \
	"$(shown -c "SELECT id, status FROM esn_scrape_section('$section')")" \
	"*NOTICE:  run 1: completed in *.* s, * requests"$'\n'"DETAIL:  1 of 1 sections;
	activities: * new, 0 changed, 0 unchanged*; * page?(s) failed*completed*"
output=$(shown -c "SELECT id, status FROM esn_scrape_all()")
like "if something failed or was invalid, with where to look" "$output" \
	"*NOTICE:  run 3: completed in * requests"$'\n'"DETAIL:  * of * sections (* failed);
	activities: * new, * changed, * unchanged, * invalid; * page?(s) failed"$'\n'"HINT:  To list
	the failures, run SELECT \* FROM esn_failed_pages;
	For invalid fields: SELECT \* FROM esn_invalid_fields;*"
like "so does a run over accounts" "$output" \
	"*NOTICE:  run 2: completed in * requests"$'\n'"DETAIL:  * of * sections*; * page?(s) failed*"
is "its messages fit into a terminal" \
	"$(grep -E 'NOTICE|WARNING|DETAIL|HINT' <<<"$output" | fits)" yes
like "it names the age at which accounts are read again" "$output" \
	"*is younger than esn_pulse.accounts_max_age (30d): reading accounts first*"
waiting=$(sql "SELECT count(*) FROM esn_internal.esn_waiting_failures()")
like "a retry prints the number of failures" \
	"$(shown -c "SELECT id, status FROM esn_retry_failed()")" \
	"*NOTICE:  failed addresses to try again: $waiting*"
like "a fix prints the number of pages with invalid fields" \
	"$(shown -c "SELECT id, status FROM esn_fix_validation_errors()")" \
	"*NOTICE:  pages with invalid fields: *, of which * will be fetched*"
output=$(shown -c "SET esn_pulse.request_delay = '1min'" \
	-c "SELECT id, status FROM esn_scrape_all(wait => false)")
id=$(sql "SELECT max(id) FROM scraper_status")
like "a run in the background prints its number and the next step" "$output" \
	"*NOTICE:  run $id continues in the background"$'\n'"HINT:  To watch it,
	run SELECT \* FROM esn_recent_runs; to stop it, SELECT esn_cancel($id);*"
eventually 20 t sql "SELECT planned_requests > 0 FROM scraper_status WHERE id = $id" || true
like "its progress can be seen" "$(sql "SELECT status, result FROM esn_recent_runs LIMIT 1")" \
	"running|* of about * requests"$'\n'"0 new, 0 changed, 0 unchanged"
like "esn_cancel prints the result" "$(shown -c "SELECT esn_cancel($id)")" \
	"*NOTICE:  run $id has stopped; committed data is kept"$'\n'"HINT:  Start it again:
	it will resume where it stopped.*"
like "also if there was nothing to stop" "$(shown -c "SELECT esn_cancel($id)")" \
	"*NOTICE:  run $id has already ended"$'\n'"HINT:  To see how it ended,
	run SELECT \* FROM esn_recent_runs;*"

# A long message and slug, a site that fails, a run that takes days.
sql "INSERT INTO scraper_status (scraper_module, status, started_at, completed_at, requested_by,
		request, error_message, sections_failed, pages_failed, activities_new, activities_changed,
		activities_unchanged, activities_invalid)
	VALUES ('ActivitiesAndStatisticsScraper', 'failed', now() - interval '2 days 3 hours', now(),
		'x', 'section ' || repeat('esn-', 30),
		repeat('the reason is long and ' || repeat('x', 50) || ' ', 9), 517, 12345, 45000, 12345,
		12345, 12345)" \
	"INSERT INTO failed_scrapes (url, scraper_module, error_message, kind)
	VALUES ('https://activities.example/' || repeat('x', 300), 'AccountsScraper',
		repeat('long ', 60) || repeat('y', 90), 'statistics')" \
	"INSERT INTO validation_errors (url, field_name, error_message, raw_data)
	VALUES ('https://accounts.example/' || repeat('x', 300), 'activities_platform_slug',
		repeat('long ', 20), to_jsonb(repeat(E'z\n', 300)))" \
	"UPDATE activities SET title = repeat('Ş', 200), description = repeat(E'long\n', 200)
	WHERE id = 1"
before=$tests
while read -r call; do
	output=$(shown -c "$call" </dev/null)
	is "$call fits into 120 columns" "$(fits <<<"$output")" yes
	like "and shows rows" "$output" "*row*)"
done < <(awk '/^## Daily operation/ { on = 1; next } /^## / { on = 0 } on' docs/reference.md |
	sed -nE 's/^\| .* \| `(SELECT .*)` \|$/\1/p' |
	sed "s/esn-metu/$section/; s/esn_cancel(7)/esn_cancel($id)/")
is "these are all that docs/reference.md lists" "$((tests - before))" 22
is "what is cut there is whole elsewhere" \
	"$(sql "SELECT max(length(error_message)) > 300 FROM esn_runs")" t
is "reasons that differ by an address are one" \
	"$(sql "SELECT max(pages) > 1 FROM esn_failed_pages WHERE reason LIKE '%...%'")" t
is "their pages are all that failed" "$(sql "SELECT sum(pages) = (SELECT count(*)
	FROM failed_scrapes WHERE resolved_at IS NULL) FROM esn_failed_pages")" t
is "and the invalid fields all that are open" "$(sql "SELECT sum(pages) = (SELECT count(*)
	FROM validation_errors WHERE resolved_at IS NULL) FROM esn_invalid_fields")" t

# The health check at its worst, and texts on several lines.
sql "TRUNCATE sections, activities, failed_scrapes CASCADE" \
	"INSERT INTO failed_scrapes (url, scraper_module, error_message)
	SELECT n, 'AccountsScraper', 'x' FROM generate_series(1, 99999) n" >/dev/null
is "the health check fits even if every check fails" \
	"$(shown -c "SELECT * FROM esn_health_check()" | fits)" yes
is "a text is broken between words, and within a long word" \
	"$(sql "SELECT esn_internal.esn_wrap('one two three abcdefghijklmnop', 9)")" \
	$'one two\nthree\nabcdefghi\njklmnop'
is "a long text is cut, and put on one line" \
	"$(sql "SELECT esn_internal.esn_shorten(E'one\n two', 7),
		esn_internal.esn_shorten('one two x', 7), esn_internal.esn_shorten(NULL, 7)")" \
	"one two|one...|"

# The short words of examples/psqlrc.
words=$(sed -nE 's/^\\set ([a-z]+) .*/\1/p' examples/psqlrc)
export PSQLRC=$PWD/examples/psqlrc
output=$(sed 's/^/:/' <<<"$words" | psql -q -h "$run/$cluster" -d everyday \
	-v section=esn-nowhere -v ON_ERROR_STOP=0 2>&1 || true)
result='(row|rows)\)|no section has the slug "esn-nowhere"'
is "each short word for psql is a call" "$(grep -cE "$result" <<<"$output")" \
	"$(wc -w <<<"$words")"
is "without an error" "$(grep -cE 'syntax|does not exist' <<<"$output")" 0
done_testing
