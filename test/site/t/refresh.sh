# A network of real size from week to week: few requests, the data those of the site, whatever its validators say.
. test/site/tests.sh
site_cluster refresh
size="--sections 517 --count 45000 --years 5 --padding 500 --no-faults --seed 201"
log=$run/realsize/access.log

activities() { sql "SELECT status, requests FROM esn_scrape_activities()" | tail -n 1; }
asked() { python3 test/site/obeyed.py "$log" --delay 0 --parallel 10 --summary; }
at_most() { [ "$2" -le "$1" ] && echo yes || echo "no: $2"; }
removed() { cut -f 1 "$run/realsize/truth/changes.tsv" | grep -c '^removed$'; }

# shellcheck disable=SC2086
site_database realsize $size --days-ago 14
like "all of it is read" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
is "and is what the sites say" "$(differences)" ""
sql "VACUUM ANALYZE"
time_passes 14
: >"$log"

# Two weeks in which some hundred activities are new, changed or gone.
# shellcheck disable=SC2086
site_change realsize $size --days-ago 7
plan=$(sql "SELECT requests FROM esn_plan('activities') WHERE kind = 'all'")
week=$(activities)
like "the first week's run completes" "$week" "completed|*"
echo "# first week: $plan requests planned, ${week#*|} made:"
asked | sed 's/^/#   /'
is "it takes at most 3,500 requests" "$(at_most 3500 "${week#*|}")" yes
is "the plan is right within a tenth" "$((plan * 10 > ${week#*|} * 9 && plan * 10 < ${week#*|} * 11))" 1
is "the data are what the sites say" "$(differences)" ""
is "what is gone is marked" "$(sql "SELECT count(*) FROM activities WHERE removed_at IS NOT NULL")" "$(removed)"
time_passes 7
: >"$log"
# shellcheck disable=SC2086
site_change realsize $size --days-ago 0
like "accounts are read" "$(sql "SELECT status FROM esn_scrape_accounts()")" "*completed"
week=$(activities)
like "the second week's run completes" "$week" "completed|*"
echo "# second week: ${week#*|} requests:"
asked | sed 's/^/#   /'
is "it takes at most 3,500 requests, too" "$(at_most 3500 "${week#*|}")" yes
is "the data are what the sites say after it" "$(differences)" ""
is "what is gone is marked after it" "$(sql "SELECT count(*) FROM activities WHERE removed_at IS NOT NULL")" "$(removed)"
awk '$3 < 7 && $1 ~ /^(page|card|removed)$/ { print $2 }' "$run/realsize/truth/changes.tsv" | LC_ALL=C sort -u >"$run/realsize/changed"
sql "SELECT DISTINCT slug FROM esn_history WHERE kind = 'activity' AND run_id = (SELECT max(id) FROM scraper_status)" | LC_ALL=C sort >"$run/realsize/told"
is "what changed can be asked for, and nothing else is told" "$(diff "$run/realsize/changed" "$run/realsize/told")" ""
done_testing
