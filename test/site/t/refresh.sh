# Refreshing a network of real size from week to week: few requests, and the data match the sites,
# whatever the validators of the sites say.
. test/site/tests.sh
site_cluster refresh
size="--sections 517 --count 45000 --years 5 --padding 500 --no-faults --seed 201"
log=$run/realsize/access.log
changes=$run/realsize/truth/changes.tsv

activities() { sql "SELECT status, requests FROM esn_scrape_activities()" | tail -n 1; }
by_kind() {
	python3 test/site/obeyed.py "$log" --delay 0 --parallel 10 --summary | sed 's/^/#   /'
}
at_most() { [ "$2" -le "$1" ] && echo yes || echo "no: $2"; }

# Each list is read completely on a day of its own within twice refresh_days. How many of their
# pages are due in a week therefore depends on the date. plan_week sets plan, the planned requests,
# and extra, the number of those pages above the weekly mean.
plan_week() {
	plan=$(sql "SELECT requests FROM esn_plan('activities') WHERE kind = 'all'")
	extra=$(sql "SELECT coalesce(sum(requests), 0)
		- (SELECT count(*) * 7 / (2 * max(refresh_days))
			FROM frontier, esn_internal.esn_policy() WHERE kind = 'listing')
		FROM esn_plan('activities') WHERE reason = 'in full again'")
}
marked() { sql "SELECT count(*) FROM activities WHERE removed_at IS NOT NULL"; }
removed() { cut -f 1 "$changes" | grep -c '^removed$'; }

# shellcheck disable=SC2086
site_database realsize $size --days-ago 14
like "everything is read" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
is "and matches the sites" "$(differences)" ""
sql "VACUUM ANALYZE"
time_passes 14
: >"$log"

# Two weeks in which some hundred activities are new, changed or gone.
# shellcheck disable=SC2086
site_change realsize $size --days-ago 7
plan_week
week=$(activities)
made=${week#*|}
like "the first week's run completes" "$week" "completed|*"
echo "# first week: $plan requests planned, $made made, $extra of them for more lists than usual:"
by_kind
is "the mean week takes at most 3,500 requests" "$(at_most 3500 $((made - extra)))" yes
is "the plan is right within a tenth" \
	"$((plan * 10 > made * 9 && plan * 10 < made * 11))" 1
is "the data match the sites" "$(differences)" ""
is "what is gone is marked" "$(marked)" "$(removed)"
time_passes 7
: >"$log"
# shellcheck disable=SC2086
site_change realsize $size --days-ago 0
like "accounts are read" "$(sql "SELECT status FROM esn_scrape_accounts()")" "*completed"
plan_week
week=$(activities)
made=${week#*|}
like "the second week's run completes" "$week" "completed|*"
echo "# second week: $made requests, $extra of them for more lists than usual:"
by_kind
is "the mean week takes at most 3,500 requests, too" "$(at_most 3500 $((made - extra)))" yes
is "the data match the sites after it" "$(differences)" ""
is "what is gone is marked after it" "$(marked)" "$(removed)"
awk '$3 < 7 && $1 ~ /^(page|card|removed)$/ { print $2 }' "$changes" |
	LC_ALL=C sort -u >"$run/realsize/changed"
sql "SELECT DISTINCT slug FROM esn_history
	WHERE kind = 'activity' AND run_id = (SELECT max(id) FROM scraper_status)" |
	LC_ALL=C sort >"$run/realsize/reported"
is "the history has what changed, and nothing else" \
	"$(diff "$run/realsize/changed" "$run/realsize/reported")" ""
done_testing
