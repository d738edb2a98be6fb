# Politeness: by the sites' own log the run keeps its delay and its limit of parallel requests, and
# obeys robots.txt; it backs off where a site struggles, never requests again what it has, and does
# not believe what would empty a table.
. test/site/tests.sh
site_cluster politeness "max_worker_processes = 16"
obeyed() { python3 test/site/obeyed.py "$run/$database/access.log" "$@"; }
scrape="SELECT status, error_message FROM esn_scrape_activities()"
at_once="SET esn_pulse.request_delay = 0"

# Polite under faults: a third of the answers are 503 with Retry-After, 500, resets, or slow.
site_database weather --sections 8 --count 60 --seed 211 --no-faults
sql "ALTER DATABASE weather SET esn_pulse.request_delay = 60" \
	"ALTER DATABASE weather SET esn_pulse.max_parallel_requests = 4" >/dev/null
site_robots weather activities $'User-agent: *\nDisallow: /activity/*7$'
site_faults weather activities 0.2 211
sql "SELECT status FROM esn_scrape_all()" >"$run/weather/output" || true
like "a run over a site with random faults ends" "$(cat "$run/weather/output")" "*completed"
is "by the site's log the delay is kept, at most four requests are open, none is disallowed" \
	"$(obeyed --delay 60 --lateness 1000 --parallel 4 --forbidden '^/activity/.*7$')" ""
is "every failure is recorded, once" \
	"$(sql "SELECT count(*) = count(DISTINCT url) FROM failed_scrapes WHERE resolved_at IS NULL")" t
site_faults weather activities "" ""
site_robots weather activities ""
sql "UPDATE frontier SET fetched_at = fetched_at - interval '25 hours' WHERE kind = 'robots'"
like "without the faults a full run completes" \
	"$(sql "$at_once" "SELECT status FROM esn_scrape_all(\"full\" => true)")" "*completed"
is "and the data match the sites" "$(differences)" ""

# A site that goes down in the middle is left alone, and what was read is kept.
: >"$run/weather/access.log"
site_switch weather activities 503
like "a site that is down is given up, with a message" "$(sql "$at_once" "$scrape")" \
	"*struggles: trying again in*failed|stopped: given up: it failed * times in a row,
	at last: the site answered 503*"
is "after few requests" "$(($(wc -l <"$run/weather/access.log") < 40))" 1
site_switch weather activities ""
is "nothing is lost" "$(differences | grep -v '^failed_scrapes')" ""
like "when the site is back the next run completes" "$(sql "$at_once" "$scrape")" "*completed|"

# A site that blocks the reading of accounts is not tried again by the run that follows at once.
: >"$run/weather/access.log"
echo 'if ($request_method = HEAD) { set $mitigated challenge; return 403; }' \
	>"$run/weather/activities-unreliable.conf"
site_reload weather
like "what follows a run that a site has blocked stops, too" \
	"$(sql "$at_once" "SET esn_pulse.accounts_max_age = 0" \
		"SELECT status, error_message FROM esn_scrape_all()")" \
	"*partial|stopped: the site's protection (Cloudflare) blocked the request; the rest comes*"
is "without a request" \
	"$(grep -c '"GET /\(robots.txt\|organisation\|activit\)' "$run/weather/access.log")" 0
is "both can be resumed when the time is over" \
	"$(sql "SELECT string_agg(request, ', ' ORDER BY id) FROM scraper_status
		WHERE is_unfinished AND resume_at BETWEEN now() + interval '23 hours'
			AND now() + interval '1 day'")" "accounts, activities"
: >"$run/weather/activities-unreliable.conf"
site_reload weather

# Killed at twenty points and started again: what was stored is not requested again.
site_database killed --sections 30 --count 1500 --seed 212 --no-faults
sql "SELECT esn_scrape_accounts()" >/dev/null
# The delay is so long that no run ends before the test looks at it: what the next run requests is
# another matter.
sql "ALTER DATABASE killed SET esn_pulse.request_delay = 2" >/dev/null
log=$run/killed/access.log
: >"$log"
stored="FROM frontier WHERE status = 'fetched' AND kind IN ('activity', 'statistics')"
running="FROM esn_runs WHERE status = 'running'"
for n in $(seq 20); do
	want=$((n * 55 + RANDOM % 20))
	sql "SELECT esn_scrape_activities(wait => false)" >/dev/null
	eventually 20 t sql "SELECT (SELECT count(*) $stored) >= $want
		OR NOT EXISTS (SELECT $running)" || true
	sql "SELECT pg_terminate_backend(worker_pid, 10000) $running" >/dev/null
	sql "SELECT url $stored" | sed 's,^http://[^/]*,,' | sort >"$run/killed/stored.$n"
	wc -l <"$log" >"$run/killed/lines.$n"
done
like "after twenty kills a run completes" "$(sql "$scrape")" "*completed|"
twice=$(for n in $(seq 20); do
	tail -n "+$(($(cat "$run/killed/lines.$n") + 1))" "$log" | awk '{ print $7 }' | sort -u |
		comm -12 - "$run/killed/stored.$n"
done | sort -u)
is "no stored page of an activity or of statistics was requested again" "$twice" ""
halfway=$(wc -l <"$run/killed/stored.10")
is "the kills came in the middle" "$((halfway > 100 && halfway < 1400))" 1
is "and the data match the sites after them" "$(differences)" ""

# The network's listing is the shorter way. If it fails, the sections' listings are read, and the
# data are the same.
site_database listing --sections 60 --count 600 --years 3 --seed 214 --no-faults --days-ago 7
sql "ALTER DATABASE listing SET esn_pulse.recent_days = 67" >/dev/null
sql "SELECT esn_scrape_all()" >/dev/null
site_change listing --sections 60 --count 600 --years 3 --seed 214 --no-faults --days-ago 0
site=$run/listing/activities
as_owner mv "$site/activities" "$site/away"
sql "SELECT esn_scrape_accounts()" >/dev/null
like "without the network's listing a run says so and completes" "$(sql "$scrape")" \
	"*NOTICE:  00000: the network's own list could not be used (*): reading the sections' lists
	completed|"
is "the data match the sites" "$(differences)" ""
lists=$(sql "SELECT requests FROM esn_runs LIMIT 1")
as_owner mv "$site/away" "$site/activities"
like "with it a run completes" "$(sql "$scrape")" "*completed|"
is "in fewer requests" "$(sql "SELECT requests < $lists FROM esn_runs LIMIT 1")" t
is "and the data are the same" "$(differences)" ""

# Implausible: a listing that lost most of its cards, and pages many of which are gone.
slug=$(sql "SELECT activities_platform_slug
	FROM sections s JOIN frontier l ON l.section_id = s.id AND l.kind = 'activity'
	GROUP BY s.id HAVING count(*) BETWEEN 9 AND 12 ORDER BY s.id LIMIT 1")
page=$site/organisation/$slug/activities/page-0.html
sql "UPDATE frontier SET next_fetch_at = NULL WHERE kind = 'listing'" >/dev/null
as_owner cp "$page" "$page.kept"
as_owner python3 - "$page" <<'PYTHON'
import re, sys
with open(sys.argv[1], "r+") as page:
    text = re.sub(r"(?s)<article.*?</article>", "", page.read(), count=7)
    page.seek(0)
    page.truncate()
    page.write(text)
PYTHON
like "a listing that lost most of its cards is not believed, with a warning" "$(sql "$scrape")" \
	"*WARNING:  01000: * activities are missing from its list
	HINT:  Look at the site.*SET esn_pulse.max_removed_ratio = 1
	failed|*none was marked as removed"
is "nothing is marked as removed" "$(sql "SELECT count(*) FROM activities
	WHERE removed_at > now() - interval '1 hour'
		AND event_slug IN (SELECT event_slug FROM frontier WHERE missing_count > 0)")" 0
as_owner mv "$page.kept" "$page"
as_owner mkdir "$run/listing/kept"
there="FROM activities WHERE removed_at IS NULL"
for file in $(sql "SELECT event_slug $there AND start_date > current_date - 30"); do
	as_owner mv "$site/activity/$file.html" "$run/listing/kept/"
done
before=$(sql "SELECT count(*) $there")
like "that many pages are gone is not believed" "$(sql "$scrape")" \
	"*failed|* of * pages are gone, more than esn_pulse.max_removed_ratio allows;
	none was marked as removed"
is "nothing is marked as removed then, either" "$(sql "SELECT count(*) $there")" "$before"
like "a setting allows it" "$(sql "SET esn_pulse.max_removed_ratio = 1" "$scrape")" \
	"*are gone: marked as removed*completed|"
as_owner sh -c "mv '$run/listing/kept/'* '$site/activity/'"
like "and they come back with the site" "$(sql "$scrape")" "*completed|"
is "and match the sites" "$(differences)" ""
site_stop listing

# Validators that are missing or wrong cost requests, never data.
size="--sections 20 --count 4000 --years 1 --seed 213 --no-faults"
for mode in none changing lying clock; do
	# shellcheck disable=SC2086
	site_database "valid_$mode" $size --days-ago 7
	sql "ALTER DATABASE valid_$mode SET esn_pulse.recent_days = 67" >/dev/null
	site_validators "valid_$mode" "$mode"
	sql "SELECT esn_scrape_all()" >/dev/null
	is "$mode: the data match the sites" "$(differences)" ""
	# shellcheck disable=SC2086
	site_change "valid_$mode" $size --days-ago 0
	site_validators "valid_$mode" "$mode"
	sql "SELECT esn_scrape_accounts()" >/dev/null
	like "$mode: a week later a run completes" "$(sql "$scrape")" "*completed|"
	is "$mode: the data match the sites as they are now" "$(differences)" ""
	echo "# $mode: $(sql "SELECT format('%s requests, %s not modified', requests, not_modified)
		FROM esn_runs LIMIT 1")"
	site_stop "valid_$mode"
done
done_testing
