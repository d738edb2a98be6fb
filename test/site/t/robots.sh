# The sites' robots.txt is requested once a day, before anything else, and obeyed.
. test/site/tests.sh
site_cluster robots
site_database obedient --sections 12 --count 60 --seed 111 --no-faults
log=$run/obedient/access.log
pages=$run/obedient/activities/activity
robots_requests() { grep -c "GET /robots.txt" "$log"; }
another_day() {
	sql "UPDATE frontier SET fetched_at = fetched_at - interval '25 hours'
		WHERE kind = 'robots'"
	: >"$log"
}
scrape_full="SELECT status FROM esn_scrape_activities(\"full\" => true)"
failures="FROM failed_scrapes WHERE resolved_at IS NULL"

sql "SELECT esn_scrape_all()" >/dev/null
is "each site's robots.txt is requested" "$(robots_requests)" 2
is "before anything else" "$(head -n 2 "$log" | grep -c robots.txt)" 2
is "without one everything is allowed" "$(differences)" ""
is "and that is no failure" "$(sql "SELECT count(*) FROM failed_scrapes")" 0
sql "SELECT esn_scrape_all()" >/dev/null
is "they are not requested twice a day" "$(robots_requests)" 2

# What is disallowed is not requested, and is recorded.
site_robots obedient activities "User-agent: *
Disallow: /

User-agent: esn_pulse
Disallow: /activity/*1$
Crawl-delay: 0.02"
another_day
like "a run with disallowed pages completes" \
	"$(sql "SELECT status, pages_failed > 0 FROM esn_scrape_all(\"full\" => true)")" "*completed|t"
is "no disallowed path was requested" "$(grep -cE 'GET /activity/[^ ]*1 ' "$log")" 0
is "others were" "$(grep -cE 'GET /activity/[^ ]*2 ' "$log")" "$(ls "$pages" | grep -c '2\.html$')"
is "each disallowed page is a failure with its reason, not to be retried" \
	"$(sql "SELECT count(*), bool_and(NOT will_retry
			AND error_message = 'the site''s robots.txt does not allow it')
		$failures")" "$(ls "$pages" | grep -c '1\.html$')|t"
is "its Crawl-delay is kept" "$(sql "SELECT completed_at - started_at
	>= interval '20 ms' * (requests - 10) FROM esn_runs LIMIT 1")" t
is "what was stored before is kept" \
	"$(sql "SELECT count(*) FROM activities WHERE removed_at IS NULL")" 60

# A robots.txt that cannot be read: what was read before counts; if there is nothing, nothing is
# requested.
site_robots obedient activities 503
another_day
like "a robots.txt that cannot be read now counts as it was read before" \
	"$(sql "$scrape_full")" "*completed"
is "disallowed paths stay so" "$(grep -cE 'GET /activity/[^ ]*1 ' "$log")" 0
sql "DELETE FROM frontier WHERE kind = 'robots'"
: >"$log"
like "without that the run fails" \
	"$(sql "SELECT status, error_message FROM esn_scrape_activities()")" \
	"*failed|no section could be read*"
is "and requests nothing else" "$(grep -vc 'GET /robots.txt' "$log")" 0
is "the failures have the reason, and will be retried" \
	"$(sql "SELECT DISTINCT error_message, will_retry $failures AND kind = 'listing'")" \
	"the site's robots.txt could not be read: the site answered 503|t"
site_robots obedient activities ""
like "without a robots.txt again a run completes" \
	"$(sql "SELECT status FROM esn_scrape_all(\"full\" => true)")" "*completed"
is "and the data match the sites" "$(differences)" ""

# It may be on another host; pages may not.
site_robots obedient activities ""
printf 'User-agent: *\nDisallow: /activity/*1$\n' |
	as_owner tee "$run/obedient/activities/rules" >/dev/null
echo "rewrite ^/robots.txt$ ${activities_url/127.0.0.1/localhost}/rules redirect;
	location = /rules { default_type text/plain; try_files /rules =404; }" \
	>"$run/obedient/activities-unreliable.conf"
site_reload obedient
another_day
like "a robots.txt on another host is followed" "$(sql "$scrape_full")" "*completed"
is "and obeyed" "$(grep -cE 'GET /activity/[^ ]*1 ' "$log")" 0
is "it is kept as the site's" "$(sql "SELECT count(*) FROM frontier WHERE kind = 'robots'
	AND url = '$activities_url/robots.txt' AND convert_from(body, 'UTF8') LIKE '%activity%'")" 1
echo 'rewrite ^/robots.txt$ /organisation redirect;
	location = /organisation { return 200 "<html>Site under maintenance</html>"; }' \
	>"$run/obedient/activities-unreliable.conf"
site_reload obedient
another_day
like "a redirect to a page is not a robots.txt" "$(sql "$scrape_full")" "*completed"
is "what was read before counts" "$(grep -cE 'GET /activity/[^ ]*1 ' "$log")" 0
echo 'rewrite ^/robots.txt$ /organisation;
	location = /organisation { return 200 "\n<!DOCTYPE html><p>Site under maintenance"; }' \
	>"$run/obedient/activities-unreliable.conf"
site_reload obedient
another_day
like "nor is a page in its place" "$(sql "$scrape_full")" "*completed"
is "what was read before counts then, too" "$(grep -cE 'GET /activity/[^ ]*1 ' "$log")" 0
is "and is kept" "$(sql "SELECT convert_from(body, 'UTF8') LIKE 'User-agent:%' FROM frontier
	WHERE url = '$activities_url/robots.txt'")" t
echo 'rewrite ^/robots.txt$ /robots.txt redirect;' \
	>"$run/obedient/activities-unreliable.conf"
site_reload obedient
sql "DELETE FROM frontier WHERE kind = 'robots'"
: >"$log"
like "a robots.txt that redirects in a loop is none" "$(sql "$scrape_full")" "*completed"
is "everything is requested" "$(grep -cE 'GET /activity/[^ ]*1 ' "$log")" \
	"$(ls "$pages" | grep -c '1\.html$')"
is "but it is a failure" "$(sql "SELECT error_message LIKE 'redirected in a loop%' $failures
	AND kind = 'robots'")" t
: >"$run/obedient/activities-unreliable.conf"
site_reload obedient
another_day
sql "$scrape_full" >/dev/null
is "until it can be read again" "$(sql "SELECT count(*) $failures AND kind = 'robots'")" 0

# Those who run the sites can switch it off.
site_robots obedient activities $'User-agent: *\nDisallow: /'
another_day
like "with esn_pulse.respect_robots off everything is requested" \
	"$(sql "SET esn_pulse.respect_robots = off" \
		"SELECT status, pages_failed FROM esn_scrape_activities(\"full\" => true)")" "*completed|0"
is "but not robots.txt" "$(robots_requests)" 0
done_testing
