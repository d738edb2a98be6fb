# The first minutes of a new user: one section on an empty database, by either slug, by a wrong one;
# then the order in which calls work.
. test/site/tests.sh
site_cluster section
site_database first --sections 40 --count 200 --seed 21 --no-faults

# A section that has activities, as the sites have it.
truth=$run/first/truth
IFS=$'\t' read -r accounts_slug site_slug name < <(
	awk -F'\t' 'NR == FNR { n[$2]++; next } n[$3] > 2 { print $3 "\t" $4 "\t" $2; exit }' \
		"$truth/activity_section_organisers.tsv" "$truth/sections.tsv"
)
log=$run/first/access.log
requests() { wc -l <"$log"; }
scrape_all="SELECT status FROM esn_scrape_all()"
runs="SELECT count(*) FROM scraper_status"
reinstall() { sql "DROP EXTENSION esn_pulse" "CREATE EXTENSION esn_pulse"; }

like "one section on an empty database completes" \
	"$(sql "SELECT status, sections_processed, sections_failed
		FROM esn_scrape_section('$site_slug')")" "*completed|1|0"
is "only that section is stored" \
	"$(sql "SELECT accounts_platform_slug, name, last_scraped IS NOT NULL FROM sections")" \
	"$accounts_slug|$name|t"
is "with all its activities" \
	"$(sql "SELECT event_slug FROM activities ORDER BY event_slug COLLATE \"C\"")" \
	"$(awk -F'\t' -v slug="$accounts_slug" '$2 == slug { print $1 }' \
		"$truth/activity_section_organisers.tsv" | LC_ALL=C sort)"
is "and its statistics" "$(sql "SELECT count(*) FROM section_overall_statistics")" 1
is "no page of a country was requested" "$(grep -c 'GET /country/' "$log")" 0
is "only its own page of accounts was" "$(grep -c 'GET /section/' "$log")" 1
before=$(requests)
like "its slug on the other site works, too" \
	"$(sql "SELECT status, activities_unchanged > 0, activities_new, activities_changed
		FROM esn_scrape_section('$accounts_slug')")" "*completed|t|0|0"
is "and needs no page of that site" \
	"$(tail -n "+$((before + 1))" "$log" | grep -cE 'GET /(section/|country/| )')" 0

address=$activities_url/organisation/$site_slug/activities?page=0
like "so does the address of its page" \
	"$(sql "SELECT status, request FROM esn_scrape_section('$address')")" \
	"*completed|section $site_slug"

unknown="42704: no section has the slug \"${site_slug}x\""
like "a wrong slug is an error with the nearest slugs" \
	"$(sql "SELECT esn_scrape_section('${site_slug}x')" || true)" \
	"*ERROR:  $unknown*HINT:  The nearest known slugs: $site_slug,*"
is "it stores nothing" "$(sql "SELECT count(*) FROM sections")" 1
is "its row has the error" "$(sql "SELECT status, error_message FROM esn_runs LIMIT 1")" \
	"failed|$unknown"
is "which no later run repeats" "$(sql "SELECT count(*) FROM esn_resume()")" 0
like "a slug of an address may be percent-encoded" \
	"$(sql "SELECT esn_scrape_section('$activities_url/organisation/%65sn-d%C3%BCsseldorfx')" ||
		true)" "*ERROR:  42704: no section has the slug \"esn-düsseldorfx\"*"

# If no section is known, activities read accounts first.
reinstall
like "activities on an empty database read accounts first, and say so" \
	"$(sql "SELECT status FROM esn_scrape_activities(max_sections => 3)")" \
	"*no section is known yet: reading accounts first*completed"
is "there are two runs" \
	"$(sql "SELECT string_agg(scraper_module || ' ' || status, ', ' ORDER BY id)
		FROM esn_runs")" \
	"AccountsScraper completed, ActivitiesAndStatisticsScraper completed"
scraped="SELECT count(*) FROM sections WHERE last_scraped IS NOT NULL"
is "max_sections is kept" "$(sql "$scraped")" 3
sql "SELECT esn_scrape_activities(max_sections => 4)" >/dev/null
is "sections not read for longest come first" "$(sql "$scraped")" 7
like "a run over everything, with recent accounts, reads activities only" \
	"$(sql "$scrape_all" "$runs")" "*completed*4"
is "and the data match the sites" "$(differences)" ""
nowhere=$(sql "SELECT min(accounts_platform_slug) FROM sections
	WHERE activities_platform_slug IS NULL")
scrape_nowhere="SELECT status, error_message FROM esn_scrape_section('$nowhere')"
no_page="the section $nowhere has no page on $activities_url that could be found"
like "a section without a page there is failed, and why" "$(sql "$scrape_nowhere")" \
	"*0 of 1 sections;*failed|$no_page: none of the slugs that its name suggests is known there"
sql "INSERT INTO sections (accounts_platform_slug, accounts_url, name)
	VALUES ('xx-unlisted', '$accounts_url/section/xx-unlisted', 'ESN Unlisted')"
like "so is one that is known and no longer listed" \
	"$(sql "SELECT status, error_message FROM esn_scrape_section('xx-unlisted')")" \
	"*failed|the section xx-unlisted has no page on $activities_url that could be found: $(:
		)$accounts_url lists no such section"
# The last that a run hears of may be a country that fails, when each section on the map is read.
home=$run/first/accounts/index.html
sed -i.whole 's|<li><a href="/country/al">.*|&\n<li><a href="/country/qq">Qu</a></li>|' "$home"
for slug in $(sed -n 's|.*location-title.*/section/\([^"]*\)".*|\1|p' "$home"); do
	grep -qr "/section/$slug\"" "$run/first/accounts/country" ||
		sed -i "\|/section/$slug\"|d" "$home"
done
chmod a+r "$home"
echo 'if ($uri = /country/qq) { return 500; }' >"$run/first/accounts-unreliable.conf"
site_reload first
before=$(wc -l <"$log")
sql "SET esn_pulse.retry_base_delay = 300" "SELECT esn_scrape_accounts()" >/dev/null
is "a run over accounts requests its page" \
	"$(tail -n "+$((before + 1))" "$log" | grep -c 'GET .*/section/xx-unlisted ')" 1
mv "$home.whole" "$home"
: >"$run/first/accounts-unreliable.conf"
site_reload first
sql "DELETE FROM sections WHERE name = 'ESN Unlisted'" \
	"DELETE FROM failed_scrapes WHERE url LIKE '%/country/qq'" \
	"DELETE FROM countries WHERE country_code = 'QQ'"
like "with old accounts, it reads them again" \
	"$(sql "SET esn_pulse.accounts_max_age = 0" "$scrape_all" "$runs")" \
	"*no successful accounts run is younger than esn_pulse.accounts_max_age*9"

# What fails as a whole has a reason, keeps the data, and raises an alert.
site_switch first accounts 503
like "without its home page accounts fails with the reason" \
	"$(sql "SELECT status, error_message FROM esn_scrape_accounts()")" \
	"*WARNING:*the home page of * could not be read: *503*; 1 page failed*failed|the home page*"
like "without accounts, activities are read all the same" \
	"$(sql "SET esn_pulse.accounts_max_age = 0" \
		"SELECT status, scraper_module, sections_failed FROM esn_scrape_all()")" \
	"*WARNING:*completed|ActivitiesAndStatisticsScraper|0"
reinstall
like "without accounts and without sections it stops, with the reason" \
	"$(sql "SELECT status, scraper_module FROM esn_scrape_all()")" \
	"*WARNING:  01000: accounts brought no section: there is nothing to read activities of
	failed|AccountsScraper"
site_switch first accounts ""
like "when the site is back, it completes" \
	"$(sql "SELECT status FROM esn_scrape_accounts()")" "*completed"
is "the failure is resolved" \
	"$(sql "SELECT count(*) FILTER (WHERE resolved_at IS NULL), count(*) > 0
		FROM failed_scrapes")" "0|t"
site_switch first activities 500
scrape_activities="SELECT status, error_message FROM esn_scrape_activities()"
like "a run in which most sections fail fails, and warns" \
	"$(sql "LISTEN esn_pulse_alert" "$scrape_activities")" \
	"*WARNING:  01000: * sections failed, more than esn_pulse.min_success_ratio allows
	failed|stopped: given up: it failed * times in a row, at last: the site answered 500;
	see failed_scrapes*Asynchronous notification \"esn_pulse_alert\"*"
like "a section whose page cannot be looked for is failed, and why" "$(sql "$scrape_nowhere")" \
	"*failed|$no_page: the site answered 500"
last_run="SELECT status, value FROM esn_health WHERE name = 'last run'"
like "the health check has it at once" "$(sql "$last_run")" "critical|run*failed,*stopped*"
# How many alerts the calls raise, and the first.
alerts() {
	sql "LISTEN esn_pulse_alert" "$@" |
		sed -n 's/.*notification "esn_pulse_alert" with payload "\(.*\)" received.*/\1/p' \
			>"$run/first/alerts"
	echo "$(wc -l <"$run/first/alerts") $(head -n 1 "$run/first/alerts")"
}
like "a run that fails as a whole raises one alert, with its row" "$(alerts "$scrape_activities")" \
	'1 {"run_id": *, "status": "failed", "request": "activities", "error_message": "stopped: *'
is "none is raised by a run of one section, nor a retry, nor a fix" \
	"$(alerts "SELECT esn_scrape_section(max(activities_platform_slug)) FROM sections" \
		"SELECT esn_retry_failed()" "SELECT esn_fix_validation_errors()")" "0 "
like "that does not change the health check" "$(sql "$last_run")" "critical|run*failed,*stopped*"
site_switch first activities ""
sql "$scrape_activities" "SELECT esn_retry_failed()" >/dev/null
is "the health check is well after a good run" "$(sql "$last_run" | sed 's/|.*//;q')" ok
is "a run that completes raises none" "$(alerts "$scrape_activities")" "0 "
is "nor does one that is cancelled" "$(alerts "SET esn_pulse.request_delay = '1min'" \
	"SELECT esn_cancel((esn_scrape_activities(\"full\" => true, wait => false)).id)" \
	"SELECT count(*) FROM scraper_status" \
	"SELECT status FROM scraper_status ORDER BY id DESC LIMIT 1")" "0 "
like "a run that leaves sections raises one" \
	"$(alerts "SET esn_pulse.activities_time_limit = '1s'" \
	"SET esn_pulse.request_delay = '300ms'" \
	"SELECT esn_scrape_activities(\"full\" => true)")" \
	'1 {*"status": "partial"*"error_message": "time limit reached; *'
like "and is in the health check at once" "$(sql "$last_run")" "warning|run*partial,*"
site_switch first activities 403
before=$(requests)
like "a blocked request stops the run at once" "$(sql "$scrape_activities")" \
	"*failed|stopped: the site*s protection (Cloudflare) blocked the request*"
is "no more requests are made than were open" "$(($(requests) - before <= 10))" 1
like "a blocked run raises an alert" "$(alerts "$scrape_activities")" \
	'1 {*Cloudflare*'
site_switch first activities ""
like "after all that a run completes" \
	"$(sql "SELECT status FROM esn_scrape_all(\"full\" => true)")" "*completed"
is "and the data match the sites" "$(differences)" ""
done_testing
