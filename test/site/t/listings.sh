# Listings: the activities that listings show are read in the run that reads the listings, however
# long a page of one waits until its answers are stored.
. test/site/tests.sh
site_cluster listings
# Two sections, so that their listings are shorter than the network's.
site_database listed --sections 2 --count 240 --seed 301 --no-faults
like "everything is read" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
sql "UPDATE frontier SET card_hash = card_hash + 1" \
	"UPDATE frontier SET next_fetch_at = now() + interval '9 days'
	WHERE kind = 'listing'" >/dev/null
time_passes 1
like "every card has changed" \
	"$(sql "SET esn_pulse.request_delay = 15" "SELECT status FROM esn_scrape_activities()")" \
	"*completed"
is "so each activity is read again" "$(sql "SELECT count(*) FROM frontier
	WHERE kind = 'activity' AND fetched_at < (SELECT max(started_at) FROM scraper_status)")" 0
is "and the data match the sites" "$(differences)" ""

# The last page of the longest list fails, in a run that reads no list completely. The next run
# finds nothing new on the pages before it, and reads it all the same; so does a retry.
last=$(find "$run/listed/activities/organisation" -name 'page-*.html' -printf '%f\n' |
	sed 's/[^0-9]//g' | sort -n | tail -n 1)
page="page=$last"
is "the list is long enough" "$((last > 5))" 1
for again in esn_scrape_activities esn_retry_failed; do
	sql "UPDATE frontier SET card_hash = card_hash + 1" \
		"UPDATE frontier SET next_fetch_at = now() + interval '9 days'
		WHERE kind = 'listing'" >/dev/null
	time_passes 1
	echo "if (\$arg_page = $last) { return 500; }" >"$run/listed/activities-unreliable.conf"
	site_reload listed
	sql "SELECT status FROM esn_scrape_activities()" >/dev/null
	: >"$run/listed/activities-unreliable.conf"
	site_reload listed
	is "the last page of a list has failed" "$(sql "SELECT count(*) FROM failed_scrapes
		WHERE kind = 'listing' AND resolved_at IS NULL AND url LIKE '%$page'" \
		"SELECT count(*) FROM due_pages WHERE kind = 'listing' AND reason = 'failing'")" $'1\n1'
	: >"$run/listed/access.log"
	like "$again completes" "$(sql "SELECT status FROM $again()")" "*completed"
	is "$again reads the page that has failed" \
		"$(grep -c "/organisation/[^ ]*$page 200" "$run/listed/access.log"
			sql "SELECT count(*) FROM failed_scrapes WHERE resolved_at IS NULL")" $'1\n0'
done
: >"$run/listed/access.log"
sql "SELECT status FROM esn_scrape_activities()" >/dev/null
is "and the run after that no more" "$(grep -c "$page" "$run/listed/access.log")" 0

# An activity of last year is registered now, deep in a list that is not due: its section's
# statistics count one more.
site_database late --sections 10 --count 300 --seed 302 --no-faults
like "a network is read" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
read -r section slug < <(sql "SELECT s.activities_platform_slug || ' ' || min(a.event_slug)
	FROM sections s JOIN section_overall_statistics o ON o.section_id = s.id
	JOIN activity_section_organisers r ON r.section_id = s.id
	JOIN activities a ON a.id = r.activity_id AND a.start_date < current_date - 300
	WHERE o.physical_activities > 0 GROUP BY s.id ORDER BY count(*) DESC LIMIT 1")
time_passes 7
like "a run a week later reads no list completely" \
	"$(sql "SELECT status FROM esn_scrape_activities()")" "*completed"
as_owner python3 - "$run/late/activities" "$section" "$slug" <test/site/late.py
: >"$run/late/access.log"
like "a run after the registration names the section's statistics" \
	"$(sql "SELECT status FROM esn_scrape_activities()")" \
	"*NOTICE:  00000: the statistics of 1 section changed*completed"
is "and has the activity" \
	"$(sql "SELECT count(*) FROM activities WHERE event_slug = '$slug-late'")" 1
is "the section counts once in the run's row" \
	"$(sql "SELECT sections_processed - (SELECT count(*) FROM sections
		WHERE can_scrape_activities) FROM esn_runs LIMIT 1")" 0
: >"$run/late/access.log"
sql "SELECT status FROM esn_scrape_activities()" >/dev/null
is "the next run reads that list completely no more" \
	"$(grep -c "/organisation/$section/activities?page=[1-9]" "$run/late/access.log")" 0
done_testing
