# A good guest in all weathers: polite by the sites' own log, obedient where they struggle, never asking twice for what it has, not believing
# what would empty a table.
. test/site/tests.sh
site_cluster guest "max_worker_processes = 16"
obeyed() { python3 test/site/obeyed.py "$run/$database/access.log" "$@"; }

# Polite under faults: a third of the answers are 503 with Retry-After, 500, resets, or slow.
site_database weather --sections 8 --count 60 --seed 211 --no-faults
sql "ALTER DATABASE weather SET esn_pulse.request_delay = 60" "ALTER DATABASE weather SET esn_pulse.max_parallel_requests = 4" >/dev/null
site_robots weather activities $'User-agent: *\nDisallow: /activity/*7$'
site_faults weather activities 0.2 211
sql "SELECT status FROM esn_scrape_all()" >"$run/weather/output" || true
like "a run over a site with faults by chance ends" "$(cat "$run/weather/output")" "*completed"
is "by the site's log no two requests start sooner than the delay, no more than four are open, and none is for what is forbidden" \
	"$(obeyed --delay 60 --tolerance 40 --parallel 4 --forbidden '^/activity/.*7$')" ""
is "every failure is recorded, once" "$(sql "SELECT count(*) = count(DISTINCT url) FROM failed_scrapes WHERE resolved_at IS NULL")" t
site_faults weather activities "" ""
site_robots weather activities ""
sql "UPDATE fetched_pages SET fetched_at = fetched_at - interval '25 hours' WHERE kind = 'robots'"
like "with a quiet site a full run completes" "$(sql "SET esn_pulse.request_delay = 0" "SELECT status FROM esn_scrape_all(\"full\" => true)")" "*completed"
is "and the data are what the sites say" "$(differences)" ""

# A site that goes down in the middle is left alone, and what was read stays.
: >"$run/weather/access.log"
site_switch weather activities 503
like "a site that is down is given up, in words" "$(sql "SET esn_pulse.request_delay = 0" "SELECT status, error_message FROM esn_scrape_activities()")" \
	"*struggles: trying again in*failed|stopped: given up: it failed * times in a row, at last: the site answered 503*"
is "after few requests" "$(($(wc -l <"$run/weather/access.log") < 40))" 1
site_switch weather activities ""
is "nothing is lost by it" "$(differences | grep -v '^failed_scrapes')" ""
like "when it is back the next run completes" "$(sql "SET esn_pulse.request_delay = 0" "SELECT status FROM esn_scrape_activities()")" "*completed"

# Killed at twenty points and started again: what was stored is not asked for again.
site_database killed --sections 30 --count 1500 --seed 212 --no-faults
sql "SELECT esn_scrape_accounts()" >/dev/null
# so that no run comes to its end before it is looked at: what a next one asks for is another matter
sql "ALTER DATABASE killed SET esn_pulse.request_delay = 2" >/dev/null
log=$run/killed/access.log
: >"$log"
for n in $(seq 20); do
	want=$((n * 55 + RANDOM % 20))
	sql "SELECT esn_scrape_activities(wait => false)" >/dev/null
	deadline=$((SECONDS + 20))
	until [ "$(sql "SELECT (SELECT count(*) FROM fetched_pages WHERE kind IN ('activity', 'statistics')) >= $want OR NOT EXISTS (SELECT FROM esn_runs WHERE status = 'running')")" = t ] ||
		[ "$SECONDS" -ge "$deadline" ]; do :; done
	sql "SELECT pg_terminate_backend(worker_pid, 10000) FROM esn_runs WHERE status = 'running'" >/dev/null
	sql "SELECT url FROM fetched_pages WHERE kind IN ('activity', 'statistics')" | sed 's,^http://[^/]*,,' | sort >"$run/killed/stored.$n"
	wc -l <"$log" >"$run/killed/lines.$n"
done
like "after twenty kills a run completes" "$(sql "SELECT status FROM esn_scrape_activities()")" "*completed"
twice=$(for n in $(seq 20); do
	tail -n "+$(($(cat "$run/killed/lines.$n") + 1))" "$log" | awk '{ print $7 }' | sort -u | comm -12 - "$run/killed/stored.$n"
done | sort -u)
is "no page of an activity or of statistics that was stored was asked for again" "$twice" ""
is "the kills came in the middle" "$(($(wc -l <"$run/killed/stored.10") > 100 && $(wc -l <"$run/killed/stored.10") < 1400))" 1
is "and the data are what the sites say after them" "$(differences)" ""

# The network's own list is the shorter way; where it fails the sections' lists are read, and the data are the same.
site_database feed --sections 60 --count 600 --years 3 --seed 214 --no-faults --days-ago 7
sql "ALTER DATABASE feed SET esn_pulse.recent_days = 67" >/dev/null
sql "SELECT esn_scrape_all()" >/dev/null
site_change feed --sections 60 --count 600 --years 3 --seed 214 --no-faults --days-ago 0
as_owner mv "$run/feed/activities/activities" "$run/feed/activities/away"
sql "SELECT esn_scrape_accounts()" >/dev/null
like "without the network's own list a run says so and completes" "$(sql "SELECT status FROM esn_scrape_activities()")" \
	"*NOTICE:  00000: the network's own list could not be used (*): reading the sections' lists*completed"
is "the data are what the sites say" "$(differences)" ""
lists=$(sql "SELECT requests FROM esn_runs LIMIT 1")
as_owner mv "$run/feed/activities/away" "$run/feed/activities/activities"
like "with it a run completes" "$(sql "SELECT status FROM esn_scrape_activities()")" "*completed"
is "in fewer requests" "$(sql "SELECT requests < $lists FROM esn_runs LIMIT 1")" t
is "and the data are the same" "$(differences)" ""

# Too much to be believed: a list that lost most of itself, pages of which many are gone.
slug=$(sql "SELECT activities_platform_slug FROM sections s JOIN listed_activities l ON l.section_id = s.id GROUP BY s.id HAVING count(*) BETWEEN 9 AND 12 ORDER BY s.id LIMIT 1")
page=$run/feed/activities/organisation/$slug/activities/page-0.html
sql "DELETE FROM section_lists" >/dev/null
as_owner cp "$page" "$page.kept"
as_owner python3 -c 'import re, sys; s = open(sys.argv[1]).read(); open(sys.argv[1], "w").write(re.sub(r"(?s)<article.*?</article>", "", s, count=7))' "$page"
like "a list that lost most of itself is not believed, loudly" "$(sql "SELECT status, error_message FROM esn_scrape_activities()")" \
	"*WARNING:  01000: * activities are missing from its list*HINT:  Look at the site.*SET esn_pulse.max_removed_ratio = 1*failed|*nothing was marked as removed"
is "nothing is marked" "$(sql "SELECT count(*) FROM activities WHERE removed_at > now() - interval '1 hour' AND event_slug IN (SELECT event_slug FROM listed_activities WHERE missed > 0)")" 0
as_owner mv "$page.kept" "$page"
as_owner mkdir "$run/feed/kept"
for file in $(sql "SELECT event_slug FROM activities WHERE removed_at IS NULL AND start_date > current_date - 30"); do as_owner mv "$run/feed/activities/activity/$file.html" "$run/feed/kept/"; done
before=$(sql "SELECT count(*) FROM activities WHERE removed_at IS NULL")
like "pages of which many are gone are not believed" "$(sql "SELECT status, error_message FROM esn_scrape_activities()")" \
	"*failed|* of * pages are gone, more than esn_pulse.max_removed_ratio allows; nothing was marked as removed"
is "nothing is marked then, either" "$(sql "SELECT count(*) FROM activities WHERE removed_at IS NULL")" "$before"
like "who knows better can say so" "$(sql "SET esn_pulse.max_removed_ratio = 1" "SELECT status FROM esn_scrape_activities()")" "*are gone: marked as removed*completed"
as_owner sh -c "mv '$run/feed/kept/'* '$run/feed/activities/activity/'"
like "and they come back with the site" "$(sql "SELECT status FROM esn_scrape_activities()")" "*completed"
is "to what the sites say" "$(differences)" ""
site_stop feed

# Validators that are missing or wrong cost requests, never data.
for mode in none changing lying clock; do
	site_database "valid_$mode" --sections 20 --count 4000 --years 1 --seed 213 --no-faults --days-ago 7
	sql "ALTER DATABASE valid_$mode SET esn_pulse.recent_days = 67" >/dev/null
	site_validators "valid_$mode" "$mode"
	sql "SELECT esn_scrape_all()" >/dev/null
	is "$mode: all is what the sites say" "$(differences)" ""
	site_change "valid_$mode" --sections 20 --count 4000 --years 1 --seed 213 --no-faults --days-ago 0
	site_validators "valid_$mode" "$mode"
	sql "SELECT esn_scrape_accounts()" >/dev/null
	like "$mode: a week later a run completes" "$(sql "SELECT status, not_modified, requests FROM esn_scrape_activities()")" "*completed|*"
	is "$mode: the data are what the sites say now" "$(differences)" ""
	echo "# $mode: $(sql "SELECT format('%s requests, %s not modified', requests, not_modified) FROM esn_runs LIMIT 1")"
	site_stop "valid_$mode"
done
done_testing
