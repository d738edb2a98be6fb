# Runs finish by themselves: what ended at its time limit, in a crash or because the site was down
# is resumed by esn_resume(), and is whole at the end. What was cancelled is not.
. test/site/tests.sh
site_cluster resume
site_database resumed --sections 20 --count 220 --seed 17 --no-faults
# A run gets a tenth of the time that all needs.
slowly=("SET esn_pulse.request_delay = 30" "SET esn_pulse.activities_time_limit = 1")
resume() { # [setting ...]: status and request of the run that is resumed; nothing if there is none
	sql "SET client_min_messages = error" "$@" "SELECT status, request FROM esn_resume()"
}
last="FROM esn_runs LIMIT 1"

is "on an empty database nothing is resumed" "$(resume)" ""
like "a run that reaches its time limit is partial" \
	"$(sql "${slowly[@]}" "SELECT status, is_unfinished FROM esn_scrape_all()")" "*partial|t"
is "the health check has it at once" \
	"$(sql "SELECT status FROM esn_health WHERE name = 'last run'")" warning
is "it is resumed, and again reaches its time limit" "$(resume "${slowly[@]}")" \
	"partial|activities"
is "both are parts of one" \
	"$(sql "SELECT count(*), count(DISTINCT coalesce(first_run, id)) FROM scraper_status
		WHERE scraper_module LIKE 'Act%'")" "2|1"

# A crash.
sql "SET esn_pulse.request_delay = 20" "SELECT esn_resume(wait => false)" >/dev/null
eventually 20 t sql "SELECT requests > 5 $last" || true
as_owner kill -9 "$(sql "SELECT worker_pid $last")"
eventually 30 1 sql "SELECT 1" || true
is "after the crash the run is shown as failed" "$(sql "SELECT status $last")" failed
sql "SELECT url FROM frontier WHERE kind = 'activity' AND status = 'fetched'" |
	sed 's,^http://[^/]*,,' | sort >"$run/resumed/stored"
: >"$run/resumed/access.log"

# The site is down, then asks to wait.
site_switch resumed activities 503
is "a run on a site that is down has failed" "$(resume)" "failed|activities"
site_switch resumed activities ""
results=()
while [ "${#results[@]}" -lt 40 ] && result=$(resume "${slowly[@]}") && [ -n "$result" ]; do
	results+=("$result")
done
is "when it is back the run is resumed to its end, then no more" "${results[-1]}" \
	"completed|activities"
ok "$([ "${#results[@]}" -ge 4 ] && echo true || echo false)" "in many parts" \
	"in ${#results[@]}: ${results[*]}"
is "and the data match the sites" "$(differences)" ""
is "no page that was stored before the crash is requested again" \
	"$(grep -o 'GET /activity/[^ ]*' "$run/resumed/access.log" | cut -d' ' -f2 | sort -u |
		comm -12 - "$run/resumed/stored")" ""
is "the parts count as one in the health check" \
	"$(sql "SELECT status FROM esn_health WHERE name = 'sections read'")" ok

# What somebody stopped stays stopped.
sql "SET esn_pulse.request_delay = 20" \
	"SELECT esn_scrape_activities(\"full\" => true, wait => false)" >/dev/null
eventually 20 t sql "SELECT requests > 5 $last" || true
sql "SELECT esn_cancel(max(id)) FROM esn_runs" >/dev/null
is "a run that was cancelled is not resumed" "$(sql "SELECT status $last")$(resume)" cancelled

# The site's own waiting time.
like "a section that reaches its time limit is partial, too" \
	"$(sql "SET esn_pulse.request_delay = 300" "SET esn_pulse.activities_time_limit = 1" \
		"SELECT status, request FROM esn_scrape_section((SELECT activities_platform_slug
			FROM sections WHERE can_scrape_activities ORDER BY id LIMIT 1), true)")" \
	"*partial|section *, full"
sql "UPDATE scraper_status SET resume_at = now() + interval '1 hour' WHERE is_unfinished" >/dev/null
is "it is not resumed before the site's waiting time is over" "$(resume)" ""
sql "UPDATE scraper_status SET resume_at = now() - interval '1 hour' WHERE is_unfinished" >/dev/null
like "it is after that, as it was requested" "$(resume)" "completed|section *, full"
done_testing
