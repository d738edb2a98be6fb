# Incremental runs: three weeks unattended. Each day the test calls what the schedule's jobs call
# and moves the data's clock on, while sites fail, block, change and come back, sections and
# activities are renamed and withdrawn, and statistics break.
. test/site/tests.sh
site_cluster incremental
site_database unattended --sections 45 --count 1200 --seed 101 --twists before

# Which checks are not ok. Left out: the schedule, as there is none here, and the share of requests
# that fail, which depends on which pages are due.
complaints() {
	sql "SELECT string_agg(name || ': ' || status, ', ' ORDER BY name) FROM esn_health
		WHERE status <> 'ok' AND name NOT IN ('schedule', 'failed requests')"
}
maintenance() { sql "LISTEN esn_pulse_alert" "SELECT task, rows FROM esn_maintenance()"; }
# week <what> <the status of Monday's run> <complaints on Monday ... Sunday>
week() {
	local monday=$2 day=0 complaint
	like "$1: Monday's job" "$(sql "SELECT status FROM esn_scrape_all()")" "$monday"
	shift 2
	for complaint in "$@"; do
		day=$((day + 1))
		maintenance >"$run/unattended/maintenance"
		is "day $day: the health check is right" "$(complaints)" "$complaint"
		is "day $day: alerts are raised for what is critical" \
			"$(grep -c 'notification "esn_pulse_alert"' "$run/unattended/maintenance")" \
			"$(($(grep -o 'critical' <<<"$complaint" | wc -l)))"
		time_passes 1
	done
}

# A few per cent of the site's pages are broken: that is reported, and no more.
for _ in 1 2 3; do
	sql "SET esn_pulse.accounts_max_age = 0" "SELECT esn_scrape_all()" >/dev/null
done
namesakes=$(exchanged)
# shellcheck disable=SC2086
[ -z "$namesakes" ] ||
	site_change unattended --sections 45 --count 1200 --seed 101 --twists before $namesakes
usual=$(complaints)
is "what is always broken on the site is a warning at most" \
	"$(grep -c critical <<<"$usual" || true)" 0
is "no check is critical" "$(grep -c critical <<<"$usual")" 0
mapfile -t usual_days < <(yes "$usual" | head -n 7)
week "the first week" "*completed" "${usual_days[@]}"
is "after the first week the data match the sites" "$(differences)" ""

# On the second Monday the site is down; nobody looks, and the data grow old.
site_switch unattended activities 503
sql "SELECT esn_scrape_all()" >/dev/null || true
down=$(complaints)
like "a site that is down is critical" "$down" "*last run: critical*sections read: critical*"
site_switch unattended activities 503
old="data age: warning, $down"
week "the second week" "*failed" "$down" "$old" "$old" "$old" "$old" "$old" "$old"
is "the rows of the first week are all there" \
	"$(sql "SELECT count(*) FROM activities WHERE removed_at IS NOT NULL")" 0
is "what was requested before the site was given up is a failure, once" "$(sql "
	SELECT count(*) = count(DISTINCT url) AND count(*) > 0
	FROM failed_scrapes WHERE resolved_at IS NULL AND http_status_code = 503")" t

# It comes back, and blocks the next run in its middle. That is known at once; the schedule's
# hourly job resumes it when some time has passed.
site_switch unattended activities ""
site_hold unattended activities '^/activity/.*[02468]$'
sql "LISTEN esn_pulse_alert" "SET esn_pulse.request_timeout = '10min'" \
	"SELECT status FROM esn_scrape_all()" >"$run/unattended/blocked" &
caller=$!
eventually 20 t sql "SELECT count(*) > 20 FROM frontier f JOIN esn_runs r
	ON f.tried_at > r.started_at WHERE r.status = 'running' AND f.kind = 'activity'" || true
site_switch unattended activities 403
site_release unattended activities
wait "$caller" || true
like "a block in the middle of a run leaves the rest, and raises an alert" \
	"$(cat "$run/unattended/blocked")" '*partial*notification "esn_pulse_alert" with payload
	"{*"status": "partial"*(Cloudflare)*'
like "the health check has it at once" "$(complaints)" "*last run: warning*"
site_switch unattended activities ""
time_passes 1
like "the hourly job resumes the run" "$(sql "SELECT status FROM esn_resume()")" "*completed"
is "and all is as before" "$(complaints)" "$usual"

# Before the third Monday the site changes: new activities, others renamed, withdrawn or registered
# late; a section has another name, and the statistics of one are gone from their page.
# shellcheck disable=SC2086
site_change unattended --sections 45 --count 1290 --seed 101 --twists after $namesakes
week "the third week" "*completed" "${usual_days[@]}"
like "the next runs, with accounts, complete" "$(sql "SET esn_pulse.accounts_max_age = 0" \
	"SELECT status FROM esn_scrape_all()" "SELECT status FROM esn_scrape_all()")" \
	"*completed*completed"
is "after the third week the data match the sites, and every failure is accounted for" \
	"$(differences)" ""
open="WHERE resolved_at IS NULL"
is "runs, errors and failures did not pile up" "$(sql "
	SELECT (SELECT count(*) FROM scraper_status) <= 16,
		(SELECT count(*) FROM failed_scrapes $open) < 100,
		(SELECT count(*) = count(DISTINCT (url, field_name)) FROM validation_errors $open)")" \
	"t|t|t"
done_testing
