# A section that is asked for while another run is in progress: a run over the whole network reads
# it next; other runs come first. Nothing is requested twice, and no call is lost.
. test/site/tests.sh
site_cluster section_now
site_database asked --sections 40 --count 400 --seed 61 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null
slowly="SET esn_pulse.request_delay = 40"
running="FROM esn_runs WHERE status = 'running'"
log=$run/asked/access.log

# whole_run [true]: begins a run over the whole network, in full or not, and waits until it has read
# something. Sets whole.
whole_run() {
	sql "$slowly" "SET client_min_messages = error" \
		"SELECT esn_scrape_activities(\"full\" => ${1:-true}, wait => false)" >/dev/null
	eventually 20 t sql "SELECT requests > ${2:-10} $running" || true
	whole=$(sql "SELECT id $running")
}

# The last section that the run in progress will read, by its slug on activities.esn.org.
last_section() {
	sql "SELECT activities_platform_slug FROM sections s JOIN scraper_status r ON r.id = $whole
		WHERE can_scrape_activities AND last_scraped < r.started_at AND (SELECT count(*) > 5
			FROM frontier f WHERE f.section_id = s.id AND kind = 'activity')
		ORDER BY last_scraped DESC, s.id DESC LIMIT 1"
}

# requested <condition on scraper_status>: what was requested between the beginning and the end of
# that run. The site logs when it has answered.
requested() {
	awk -v times="$(sql "SELECT extract(epoch FROM started_at), extract(epoch FROM completed_at)
			FROM scraper_status WHERE $1")" '
		BEGIN { split(times, t, "|") }
		$(NF - 5) >= t[1] && $(NF - 5) <= t[2] { print $(NF - 1) }
	' "$log"
}

# others <slug>: how many requests were for something else, from the time when somebody asked for
# the section to the time when it was stored.
others() {
	sql "SELECT f.url FROM frontier f JOIN sections s ON '$1' = s.activities_platform_slug
		WHERE f.section_id = s.id OR f.event_slug IN (SELECT event_slug FROM activities a
			JOIN activity_section_organisers o ON o.activity_id = a.id
			WHERE o.section_id = s.id)" | sed 's,^http://[^/]*,,;s,?.*,,' |
		sort -u >"$run/asked/own"
	requested "request = 'section $1'" | sed 's,?.*,,' | sort |
		comm -23 - "$run/asked/own" | wc -l
}

# A section that the run has not begun yet.
whole_run
slug=$(last_section)
asked=$(sql "SELECT status, taken_by, sections_processed, activities_unchanged > 5
	FROM esn_scrape_section('$slug')")
like "a section that is asked for is read by the run in progress" "$asked" \
	"NOTICE: * run $whole (activities, full) is in progress: it reads the section next
	completed|$whole|1|t"
is "the run in progress is still that" "$(sql "SELECT id $running")" "$whole"
count=$(others "$slug")
ok "$([ "$count" -le 10 ] && echo true || echo false)" \
	"at most ten requests for other sections come before it" "there were $count"
like "the next to ask gets the same, without a request of its own" \
	"$(sql "SELECT status, taken_by FROM esn_scrape_section('$slug')")" "*completed|$whole"
like "a second run over the whole network is rejected as before" \
	"$(sql "SELECT esn_scrape_all()" || true)" "ERROR: * run $whole (activities, full) is already*"
like "so is a section that is not known, with the reason" \
	"$(sql "SELECT esn_scrape_section('esn-atlantis')" || true)" "ERROR: * run $whole *
	DETAIL:  The section \"esn-atlantis\" is not known yet; *"
like "the list of runs says who read the section" \
	"$(sql "SELECT result FROM esn_recent_runs WHERE request LIKE 'section %' LIMIT 1")" \
	"read by run $whole*"

# A section that cannot be read.
slug=$(last_section)
pages=$run/asked/activities/organisation/$slug
mv "$pages" "$pages.away"
like "a section whose list fails is failed" \
	"$(sql "SELECT status, sections_failed, error_message FROM esn_scrape_section('$slug')")" \
	"*failed|1|a page of its list failed"
mv "$pages.away" "$pages"
like "asked for again, it is read" "$(sql "SELECT status FROM esn_scrape_section('$slug')")" \
	"*completed"

# Several at once, in the background, while the site holds back what the run needs.
site_hold asked activities '^/'
slugs=$(sql "SELECT string_agg(activities_platform_slug, ' ') FROM (SELECT * FROM sections
	WHERE can_scrape_activities ORDER BY last_scraped LIMIT 3) s")
for slug in $slugs; do
	like "without wait the caller gets a waiting run" \
		"$(sql "SELECT status FROM esn_scrape_section('$slug', wait => false)")" "*waiting"
done
is "the plan shows which sections are waited for" \
	"$(sql "SELECT count(*) FROM esn_plan() WHERE kind = 'waiting'")" 3
is "what is due of them comes first" "$(sql "SELECT count(*) > 0 FROM due_pages
	WHERE priority = 0 AND reason = 'asked for'")" t
site_release asked activities
is "all of them are read" "$(eventually 60 0 sql "SELECT count(*) FROM esn_runs
	WHERE status = 'waiting'" && sql "SELECT count(*) FROM scraper_status
	WHERE request LIKE 'section %' AND status = 'completed' AND taken_by = $whole")" 6
eventually 120 0 sql "SELECT count(*) $running" || true
is "the run completes" "$(sql "SELECT status FROM scraper_status WHERE id = $whole")" completed
is "it has counted each section once" "$(sql "SELECT sections_processed - (SELECT count(*)
	FROM sections WHERE can_scrape_activities) FROM scraper_status WHERE id = $whole")" 0
is "it has requested no activity twice" \
	"$(requested "id = $whole" | grep ^/activity/ | sort | uniq -d | head -3)" ""
is "the tables match the sites" "$(differences)" ""

# A section in full, during a run that is not: a run of its own, when the other has ended.
whole_run false 5
slug=$(last_section)
asked=$(sql "SELECT status, taken_by IS NULL, requests > 5 FROM esn_scrape_section('$slug', true)")
like "a full reading waits until the run has ended" "$asked" \
	"NOTICE: * run $whole (activities) is in progress: the section is read when it has ended*
	completed|t|t"
is "then the other run has completed" \
	"$(sql "SELECT status FROM scraper_status WHERE id = $whole")" completed

# A section that the run was not to read.
slug=$(sql "SELECT max(activities_platform_slug) FROM sections WHERE can_scrape_activities")
sql "UPDATE sections SET can_scrape_activities = false WHERE activities_platform_slug = '$slug'"
whole_run
like "a section that the run would not have read is read" \
	"$(sql "SELECT status, taken_by, sections_processed FROM esn_scrape_section('$slug')")" \
	"*completed|$whole|1"
is "with its list and its statistics" "$(requested "id = (SELECT max(id) FROM scraper_status)" |
	sed -n "s,^/organisation/$slug/\([a-z]*\).*,\1,p" | sort -u | xargs)" "activities statistics"
sql "UPDATE sections SET can_scrape_activities = true WHERE activities_platform_slug = '$slug'" \
	"SELECT esn_cancel($whole)" >/dev/null
eventually 60 0 sql "SELECT count(*) $running" || true

# The run in progress is cancelled; its work is left, and the section's run does its own.
whole_run
site_hold asked activities '^/'
slug=$(last_section)
sql "SELECT id FROM esn_scrape_section('$slug', wait => false)" >/dev/null
eventually 20 1 sql "SELECT count(*) FROM scraper_status
	WHERE taken_by = $whole AND status = 'waiting'" || true
sql "SELECT esn_cancel($whole)" >/dev/null
site_release asked activities
is "the run that was to read it is cancelled: the section's run begins" \
	"$(eventually 60 completed sql "SELECT status FROM esn_runs LIMIT 1" &&
		sql "SELECT status, request, taken_by FROM esn_runs LIMIT 1")" "completed|section $slug|"

# A waiting run is cancelled, and one whose worker is gone.
whole_run
site_hold asked activities '^/'
slug=$(last_section)
like "Ctrl-C ends the wait" "$(sql "SET statement_timeout = '2s'" \
	"SELECT esn_scrape_section('$slug')" || true)" "*ERROR: * canceling statement*"
is "its run is cancelled" "$(eventually 20 cancelled sql "SELECT status FROM esn_runs LIMIT 1" &&
	echo yes)" yes
waiting=$(sql "SET client_min_messages = error" \
	"SELECT id FROM esn_scrape_section('$slug', wait => false)")
like "esn_cancel() ends the wait of a run in the background" \
	"$(sql "SELECT esn_cancel($waiting)")" "NOTICE: * run $waiting has stopped*t"
sql "SELECT esn_scrape_section('$slug')" >"$run/asked/output" &
caller=$!
eventually 20 1 sql "SELECT count(*) FROM scraper_status WHERE status = 'waiting'" || true
deleted=$(sql "DELETE FROM scraper_status WHERE status = 'waiting' RETURNING id")
wait "$caller" || true
like "one whose row is deleted ends with an error" "$(cat "$run/asked/output")" \
	"*ERROR:  42704: the row of run $deleted is gone from scraper_status
	HINT:  Do not delete the row of a run in progress; esn_cancel() stops it.*"
is "the run in progress continues" "$(sql "SELECT id $running")" "$whole"
sql "DELETE FROM scraper_status WHERE id = $whole" >/dev/null
site_release asked activities
ok "$(eventually 60 0 sql "SELECT count(*) FROM pg_stat_activity
	WHERE backend_type = 'esn_pulse run'" && echo true || echo false)" \
	"without its row it ends, too"
like "and says why" "$(cat "$run/$cluster/log")" \
	"*ERROR:*the row of run $whole is gone from scraper_status*"

# During a run over accounts, and in a crash.
site_hold asked accounts '^/section/'
sql "$slowly" "SELECT esn_scrape_accounts(wait => false)" >/dev/null
waiting=$(sql "SET client_min_messages = error" \
	"SELECT id FROM esn_scrape_section('$slug', wait => false)")
is "during a run over accounts, it waits" \
	"$(sql "SELECT status FROM esn_runs WHERE id = $waiting")" waiting
as_owner kill -9 "$(sql "SELECT worker_pid FROM esn_runs WHERE id = $waiting")"
site_release asked accounts
eventually 30 1 sql "SELECT 1" || true
is "after a crash it is shown as failed" \
	"$(eventually 20 failed sql "SELECT status FROM esn_runs WHERE id = $waiting" && echo yes)" yes
sql "SELECT esn_maintenance()" >/dev/null
is "and marked, as unfinished" \
	"$(sql "SELECT status, is_unfinished FROM scraper_status WHERE id = $waiting")" "failed|t"
done_testing
