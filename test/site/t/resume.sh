# Runs finish by themselves: what ended at its time limit, in a crash or because the site was down
# is resumed by esn_resume(), and is whole at the end. What was cancelled is not.
. test/site/tests.sh
site_cluster resume
site_database resumed --sections 20 --count 220 --seed 17 --no-faults
# A run gets a tenth of the time that all needs.
slowly=("SET esn_pulse.request_delay = 30" "SET esn_pulse.activities_time_limit = 1")
long=("SET esn_pulse.request_delay = 500" "SET esn_pulse.activities_time_limit = 20")
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

# From here on nobody calls anything: the job of esn_schedule() does, as pg_cron would, whose least
# interval is too long for a test. After three turns runs take so long that the rest lasts until the
# test lets them go on.
job=$(sql "SELECT command FROM esn_internal.esn_planned_jobs('', '', '', '')
	WHERE job LIKE 'esn_pulse resume %'")
turns() { cat "$run/resumed/turns" 2>/dev/null | wc -l; }
(while :; do
	now=("${slowly[@]}")
	[ "$(turns)" -lt 3 ] || [ -e "$run/resumed/go_on" ] || now=("${long[@]}")
	sql "${now[@]}" "SET client_min_messages = error" "$job" || true
	echo >>"$run/resumed/turns"
	sleep 0.3
done) >/dev/null 2>&1 &
cron=$!
trap 'kill "$cron" 2>/dev/null || true; site_stop resumed; cluster_stop resume' EXIT
# runs <condition>: how many there are
runs() { sql "SELECT count(*) FROM scraper_status WHERE $1" 2>/dev/null || true; }
at_least() { # <number> <command ...>
	local number=$1
	shift
	[ "$("$@")" -ge "$number" ] 2>/dev/null && echo yes
}

# The server crashes in the middle of a run.
crash() {
	as_owner kill -9 "$(sql "SELECT worker_pid FROM scraper_status
		WHERE status = 'running' AND requests BETWEEN 6 AND 40")" && echo crashed
}
eventually 60 yes at_least 3 turns || true
eventually 60 crashed crash || true
eventually 30 1 sql "SELECT 1" || true
sql "SELECT url FROM frontier WHERE kind = 'activity' AND status = 'fetched'" |
	sed 's,^http://[^/]*,,' | sort >"$run/resumed/stored"
: >"$run/resumed/access.log"
eventually 30 yes at_least 1 runs "status = 'failed'" || true
is "a run that crashed is shown as failed" \
	"$(sql "SELECT error_message FROM scraper_status WHERE status = 'failed'")" \
	"interrupted: its worker process is gone"

# The site is down for several turns of the job.
down="status = 'partial' AND requests < 10"
site_switch resumed activities 503
: >"$run/resumed/go_on"
eventually 60 yes at_least 3 runs "$down" || true
is "while the site is down, runs come to nothing" "$(at_least 3 runs "$down")" yes
site_switch resumed activities ""
eventually 120 completed sql "SELECT status $last" || true
is "when the site is back all is read in the end" \
	"$(sql "SELECT status, is_unfinished FROM scraper_status ORDER BY id DESC LIMIT 1")" \
	"completed|f"
ok "$(at_least 7 runs "scraper_module LIKE 'Act%'" >/dev/null && echo true || echo false)" \
	"in many parts" "$(runs true)"
all=$(runs true)
eventually 30 yes at_least "$(($(turns) + 3))" turns || true
is "then the job has nothing to do" "$(runs true)" "$all"
kill "$cron"
wait "$cron" 2>/dev/null || true
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
