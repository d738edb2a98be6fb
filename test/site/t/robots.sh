# The sites' robots.txt is asked for once a day, before anything else, and obeyed.
. test/site/tests.sh
site_cluster robots
site_database obedient --sections 12 --count 60 --seed 111 --no-faults
log=$run/obedient/access.log
asked() { grep -c "GET /robots.txt" "$log"; }
another_day() { sql "UPDATE fetched_pages SET fetched_at = fetched_at - interval '25 hours' WHERE kind = 'robots'"; : >"$log"; }

sql "SELECT esn_scrape_all()" >/dev/null
is "each site's robots.txt is asked for, before anything else" "$(asked) $(head -n 2 "$log" | grep -c robots.txt)" "2 2"
is "where there is none all is allowed" "$(differences)" ""
is "that there is none is no failure" "$(sql "SELECT count(*) FROM failed_scrapes")" 0
sql "SELECT esn_scrape_all()" >/dev/null
is "they are not asked for twice a day" "$(asked)" 2

# What is forbidden is not asked for, and is said.
site_robots obedient activities $'User-agent: *\nDisallow: /\n\nUser-agent: esn_pulse\nDisallow: /activity/*1$\nCrawl-delay: 0.02'
another_day
like "a run that may not ask for some pages completes" "$(sql "SELECT status, pages_failed > 0 FROM esn_scrape_all(\"full\" => true)")" "*completed|t"
is "no forbidden path was asked for" "$(grep -cE 'GET /activity/[^ ]*1 ' "$log")" 0
is "others were" "$(grep -cE 'GET /activity/[^ ]*2 ' "$log")" "$(ls "$run/obedient/activities/activity" | grep -c '2\.html$')"
is "each forbidden one is a row with its reason, not to be tried again" "$(sql "SELECT count(*), bool_and(error_message = 'the site''s robots.txt does not allow it' AND NOT will_retry)
	FROM failed_scrapes WHERE resolved_at IS NULL")" "$(ls "$run/obedient/activities/activity" | grep -c '1\.html$')|t"
is "its Crawl-delay is kept" "$(sql "SELECT completed_at - started_at >= interval '20 ms' * (requests - 10) FROM esn_runs LIMIT 1")" t
is "what was stored before stays" "$(sql "SELECT count(*) FROM activities WHERE removed_at IS NULL")" 60

# A robots.txt that can't be read: what was read before counts; where nothing was, nothing is asked.
site_robots obedient activities 503
another_day
like "a robots.txt that can't be read now counts as it was read before" "$(sql "SELECT status FROM esn_scrape_activities(\"full\" => true)")" "*completed"
is "forbidden paths stay so" "$(grep -cE 'GET /activity/[^ ]*1 ' "$log")" 0
sql "DELETE FROM fetched_pages WHERE kind = 'robots'"
: >"$log"
like "without that the site is not asked" "$(sql "SELECT status, error_message FROM esn_scrape_activities()")" "*failed|no section came in*"
is "for anything else" "$(grep -vc 'GET /robots.txt' "$log")" 0
is "the rows say why, and that another day may help" "$(sql "SELECT DISTINCT error_message, will_retry FROM failed_scrapes WHERE kind = 'listing' AND resolved_at IS NULL")" \
	"the site's robots.txt could not be read: the site answered 503|t"
site_robots obedient activities ""
like "when it is gone all is asked again" "$(sql "SELECT status FROM esn_scrape_all(\"full\" => true)")" "*completed"
is "and all is as the sites say" "$(differences)" ""

# It can be switched off by those who run the sites.
site_robots obedient activities $'User-agent: *\nDisallow: /'
another_day
like "esn_pulse.respect_robots = off asks for none" "$(sql "SET esn_pulse.respect_robots = off" "SELECT status, pages_failed FROM esn_scrape_activities(\"full\" => true)")" "*completed|0"
is "not even for robots.txt" "$(asked)" 0
done_testing
