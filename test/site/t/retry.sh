# Retries: failed pages are requested again, invalid fields are read again, and what is past its
# retention is removed.
. test/site/tests.sh
site_cluster retry
site_database retried --sections 60 --count 700 --seed 61
no_retries="SET esn_pulse.max_retries = 0"
retry_failed="SELECT esn_retry_failed()"
scrape_full="SELECT status FROM esn_scrape_all(\"full\" => true)"
open_failures="FROM failed_scrapes WHERE resolved_at IS NULL"
open_errors="FROM validation_errors WHERE resolved_at IS NULL"
pages=$run/retried/activities/activity

# A site that fails: all its failures wait, and one call reads them when the site is back.
sql "SELECT esn_scrape_accounts()" >/dev/null
sql "SELECT esn_scrape_activities()" >/dev/null
is "after the first run the data match the sites" "$(differences)" ""
site_switch retried activities 503
sql "$no_retries" "SELECT esn_scrape_activities()" >/dev/null
is "a site that is down is given up, and what was requested of it has failed" \
	"$(sql "SELECT error_message LIKE 'stopped: given up: it failed % times in a row, '
			'at last: the site answered 503%' FROM esn_runs LIMIT 1" \
		"SELECT count(*) > 5 $open_failures AND http_status_code = 503")" $'t\nt'
like "a retry in vain does not advise to retry" "$(sql "$no_retries" "$retry_failed")" \
	"!(*run SELECT*esn_retry_failed*)"
is "a retry in vain makes no second row of a failure" \
	"$(sql "SELECT count(*) = count(DISTINCT url) $open_failures")" t
site_switch retried activities ""
like "a retry completes" "$(sql "SELECT status, request FROM esn_retry_failed()")" \
	"*completed|retry of failures"
like "and a run reads the rest" "$(sql "SELECT status FROM esn_scrape_activities()")" "*completed"
is "everything has been read" "$(differences)" ""

# A site that refuses everything for a while, and one that refuses some pages.
site_switch retried activities 401
before=$(wc -l <"$run/retried/access.log")
like "a site that refuses everything is noticed: the run stops" \
	"$(sql "SELECT status, error_message FROM esn_scrape_activities(\"full\" => true)")" \
	"*stopped: given up: it failed * times in a row, at last: the site answered 401*"
is "after a few requests" "$(($(wc -l <"$run/retried/access.log") - before < 40))" 1
is "what was requested will be tried again" \
	"$(sql "SELECT count(*) > 5, bool_and(will_retry) $open_failures
		AND http_status_code = 401")" "t|t"
is "it is not resumed at once" "$(sql "SELECT resume_at > now() + interval '5 hours'
	FROM scraper_status ORDER BY id DESC LIMIT 1" "SELECT count(*) FROM esn_resume()")" $'t\n0'
site_switch retried activities ""
like "when it is back the next run completes" \
	"$(sql "SELECT status FROM esn_scrape_activities()")" "*completed"
is "and has read everything that was refused" "$(differences)" ""
echo 'location ~ ^/activity/.*[13579]$ { return 403; }' \
	>"$run/retried/activities-unreliable.conf"
site_reload retried
like "a site that refuses some pages has not blocked the run" "$(sql "$scrape_full")" "*completed"
is "they will be tried again, from the next run on" \
	"$(sql "SELECT count(*) > 20, bool_and(will_retry AND status = 'failing'
			AND next_fetch_at <= now())
		FROM failed_scrapes f JOIN frontier USING (url)
		WHERE resolved_at IS NULL AND http_status_code = 403")" "t|t"
: >"$run/retried/activities-unreliable.conf"
site_reload retried
like "when they are no longer refused, a run completes" \
	"$(sql "SELECT status FROM esn_scrape_activities()")" "*completed"
is "and has read them" "$(differences)" ""

# Accounts: the home page, and the page of a section.
site_switch retried accounts 503
sql "$no_retries" "SELECT esn_scrape_accounts()" >/dev/null
site_switch retried accounts ""
like "the retry of a failed home page reads all of accounts" \
	"$(sql "SELECT status, sections_processed > 50 FROM esn_retry_failed()")" "*completed|t"
slug=$(sql "SELECT accounts_platform_slug FROM sections
	WHERE email IS NOT NULL ORDER BY id LIMIT 1")
page=$run/retried/accounts/section/$slug
of_section="url LIKE '%/section/$slug'"
as_owner mv "$page.html" "$page.away"
echo broken | as_owner tee "$page.html" >/dev/null
sql "SELECT esn_scrape_accounts()" >/dev/null
is "a section's page with other contents has failed" \
	"$(sql "SELECT kind, will_retry $open_failures AND $of_section")" "section|t"
as_owner mv "$page.away" "$page.html"
before=$(wc -l <"$run/retried/access.log")
sql "$retry_failed" >/dev/null
is "a retry resolves it" "$(sql "SELECT count(*) $open_failures AND $of_section")" 0
is "and requests no other section" \
	"$(tail -n "+$((before + 1))" "$run/retried/access.log" | grep -c 'GET /section/')" 1

# Invalid fields: the site corrects one of them.
is "there are invalid fields" "$(sql "SELECT count(*) > 5 $open_errors")" t
slug=$(sql "SELECT activity_event_slug $open_errors AND field_name = 'participants' LIMIT 1")
before=$(sql "SELECT count(*) $open_errors")
as_owner sed -Ei 's/(>) *(-5|about forty) *(<)/\142\3/' "$pages/$slug.html"
output=$(sql "SELECT status, activities_changed, request FROM esn_fix_validation_errors()")
like "pages with invalid fields are read again" "$output" "*completed|1|fix of validation errors"
like "that most of them still are is no news" "$output" "!(*WARNING*)"
is "the corrected field is stored, and its error resolved" \
	"$(sql "SELECT participants, is_valid FROM activities WHERE event_slug = '$slug'" \
		"SELECT resolved_at IS NOT NULL FROM validation_errors
		WHERE activity_event_slug = '$slug'")" $'42|t\nt'
is "the others stay open, and are not repeated" "$(sql "SELECT count(*) $open_errors")" \
	"$((before - 1))"

# From kept pages: a better rule corrects them without the site.
sql "ALTER DATABASE retried SET esn_pulse.keep_pages = 'invalid'"
sql "$scrape_full" >/dev/null
like "pages with invalid fields are kept, others are not" \
	"$(sql "SELECT count(*) FILTER (WHERE body IS NOT NULL) > 5,
			count(*) FILTER (WHERE body IS NULL) > 100
		FROM frontier WHERE kind = 'activity'")" "t|t"
is "kept pages are redacted" "$(sql "SELECT count(*) FROM frontier
	WHERE body IS NOT NULL AND position('jane.doe' IN convert_from(body, 'UTF8')) > 0")" 0
slug=$(sql "SELECT min(activity_event_slug) $open_errors
	AND error_message = 'missing' AND field_name IN ('title', 'description')")
field=$(sql "SELECT field_name $open_errors AND activity_event_slug = '$slug'")
sql "INSERT INTO extraction_rules (page_kind, field, position, selector)
	VALUES ('activity', '$field', 1, 'title')"
site_switch retried accounts 503
site_switch retried activities 503
like "kept pages are parsed again by a new rule, without the site" \
	"$(sql "$no_retries" "SELECT activities_changed > 0 FROM esn_fix_validation_errors()")" "*t"
is "what it finds is stored, and the error resolved" \
	"$(sql "SELECT is_valid FROM activities WHERE event_slug = '$slug'" \
		"SELECT count(*) $open_errors AND activity_event_slug = '$slug'")" $'t\n0'
site_switch retried accounts ""
site_switch retried activities ""
sql "DELETE FROM extraction_rules WHERE NOT shipped"
like "by the old rules a full run completes" \
	"$(sql "$scrape_full" "SELECT status FROM esn_scrape_accounts()" \
		"SELECT esn_retry_failed() IS NOT NULL")" "*completed*completed*"
slug=$(sql "SELECT event_slug FROM activities
	WHERE participants = 42 AND updated_at > created_at LIMIT 1")
as_owner sed -Ei 's/>42</>-5</' "$pages/$slug.html" || true
sql "$scrape_full" >/dev/null
is "and finds what it found before" "$(differences | grep -v "about forty")" ""

# A run warns of markup that changes for good.
output=$(sql "CREATE TEMP TABLE kept AS TABLE extraction_rules" \
	"UPDATE extraction_rules SET selector = 'nothing'
	WHERE page_kind = 'activity' AND field = 'title'" \
	"SELECT status FROM esn_scrape_activities(\"full\" => true)" \
	"SELECT status FROM esn_health WHERE name = 'extraction rules'" \
	"UPDATE extraction_rules r SET selector = k.selector FROM kept k
	WHERE (r.page_kind, r.field, r.position, r.shipped)
		= (k.page_kind, k.field, k.position, k.shipped)" \
	"SELECT status FROM esn_scrape_activities(\"full\" => true)")
like "if most activities lack a field, the run and the health check warn" "$output" \
	"*WARNING:  01000: * of * activities have an invalid field
	HINT:  The site's markup may have changed*completed*critical*completed"
is "with the rules restored, a full run restores the rows" \
	"$(differences | grep -v "about forty")" ""

# A page that the database rejects, by a user's constraint, is a failure of its own: the others of
# its transaction are stored.
slug=$(sql "SELECT event_slug FROM activities
	WHERE is_valid AND removed_at IS NULL ORDER BY id DESC LIMIT 1")
rename_activity "$slug" Rejected
sql "ALTER TABLE activities ADD CONSTRAINT users CHECK (title NOT LIKE 'Rejected %')"
like "a run with a page that the database rejects completes" \
	"$(sql "SELECT status, activities_unchanged > 100
		FROM esn_scrape_activities(\"full\" => true)")" "*completed|t"
like "and records that page" \
	"$(sql "SELECT kind, error_message, will_retry $open_failures AND url LIKE '%/$slug'")" \
	"activity|the database rejected the page: *users*|t"
sql "ALTER TABLE activities DROP CONSTRAINT users" "$retry_failed" >/dev/null
is "without the constraint it is stored" \
	"$(sql "SELECT title LIKE 'Rejected %' FROM activities WHERE event_slug = '$slug'" \
		"SELECT count(*) $open_failures AND url LIKE '%/$slug'")" $'t\n0'

# So are the statistics of a section, a page of its list, and that it was read.
mapfile -t rejecting < <(sql "SELECT s.id FROM sections s
	JOIN section_overall_statistics o ON o.section_id = s.id
	WHERE can_scrape_activities AND last_scraped IS NOT NULL AND s.id NOT IN
		(SELECT section_id FROM failed_scrapes WHERE resolved_at IS NULL AND section_id IS NOT NULL)
	ORDER BY s.id LIMIT 3")
of_sections="section_id IN ($(
	IFS=,
	echo "${rejecting[*]}"
))"
sql "CREATE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql
		AS 'BEGIN RAISE EXCEPTION ''not today''; END'" \
	"CREATE TRIGGER users BEFORE INSERT OR UPDATE ON section_overall_statistics FOR EACH ROW
		WHEN (new.section_id = ${rejecting[0]}) EXECUTE FUNCTION reject()" \
	"CREATE TRIGGER users BEFORE UPDATE ON frontier FOR EACH ROW WHEN (new.kind = 'listing'
		AND new.status = 'fetched' AND new.section_id = ${rejecting[1]})
		EXECUTE FUNCTION reject()" \
	"CREATE TRIGGER users BEFORE UPDATE ON sections FOR EACH ROW
		WHEN (new.last_scraped <> old.last_scraped AND new.id = ${rejecting[2]})
		EXECUTE FUNCTION reject()"
like "a run of which the database rejects such records completes" "$(sql "$scrape_full")" \
	"*completed"
is "and each is a failure of its section, which waits for a retry" \
	"$(sql "SELECT DISTINCT section_id, kind, error_message, will_retry $open_failures
			AND $of_sections ORDER BY 1" \
		"SELECT section_id FROM due_pages WHERE $of_sections AND kind = 'listing' ORDER BY 1")" \
	"${rejecting[0]}|statistics|the database rejected the page: not today|t
${rejecting[1]}|listing|the database rejected the page: not today|t
${rejecting[2]}|listing|the database rejected the page: not today|t
${rejecting[1]}
${rejecting[2]}"
sql "DROP FUNCTION reject() CASCADE" "$retry_failed" >/dev/null
is "when nothing rejects them any more, a retry stores them" \
	"$(sql "SELECT count(*) $open_failures AND $of_sections" \
		"SELECT count(*) FROM sections s JOIN section_overall_statistics o ON o.section_id = s.id
		WHERE $of_sections AND last_scraped > (SELECT max(started_at) FROM scraper_status)
			AND o.scraped_at > (SELECT max(started_at) FROM scraper_status)")" $'0\n3'

# The same words as in a command line.
section=$(sql "SELECT min(activities_platform_slug) FROM sections")
like "esn_scrape takes a module" \
	"$(sql "SELECT request FROM esn_scrape('accounts')" \
		"SELECT request FROM esn_scrape('retry-failed')" \
		"SELECT request FROM esn_scrape('activities', '$section')")" \
	"*accounts*retry of failures*section *"
like "and rejects others" "$(sql "SELECT esn_scrape('everything')" || true)" \
	'*ERROR:  22023: invalid module: "everything"
	HINT:  Valid modules are accounts, activities, all, retry-failed and fix-validation-errors.*'

for module in everything accounts retry-failed fix-validation-errors; do
	like "esn_scrape limits $module to no section" \
		"$(sql "SELECT esn_scrape('$module', '$section')" || true)" "*ERROR:  22023: *$module*"
done

# The log.
logs=$run/$cluster/data/esn_pulse_log
log=$logs/scrape_$(date -u +%F).log
python3 - "$log" <<'PYTHON' && passed=true || passed=false
import collections, json, sys
events, levels = collections.Counter(), collections.Counter()
for line in open(sys.argv[1]):
    entry = json.loads(line)
    assert {"time", "level", "database", "run", "event"} <= entry.keys(), entry
    assert entry["database"] == "retried", entry
    levels[entry["event"], entry.get("status"), entry["level"]] += 1
    assert "@" not in line, line
    events[entry["event"]] += 1
assert events["trigger"] == events["end"] > 10, events
assert events["section"] > 50 and events["failure"] > 50, events
wanted = {("trigger", None): {"info"}, ("failure", None): {"warning"},
          ("section", "completed"): {"info", "debug"}, ("section", "failed"): {"warning"},
          ("end", "completed"): {"info"}, ("end", "failed"): {"error"},
          ("end", "partial"): {"warning"}}
for event, status, level in levels:
    assert level in wanted[event, status], (event, status, level)
assert levels["end", "failed", "error"] > 0 and levels["section", "completed", "debug"] > 0, levels
PYTHON
ok "$passed" "the log has each trigger, section, failure and end, and no address of a person"
as_owner touch "$logs/scrape_2020-01-01.log" "$logs/other.log"
is "its old files are removed" \
	"$(sql "SELECT rows FROM esn_maintenance() WHERE task = 'log files removed'")" 1
is "others are kept" "$(ls "$logs" | xargs)" "other.log $(basename "$log")"
as_owner touch "$run/$cluster/data/no_directory"
as_owner mkdir "$logs/scrape_2020-01-02.log"
like "one that cannot be removed fails its task, but no other" \
	"$(sql "SELECT task, rows IS NULL FROM esn_maintenance()
		WHERE task IN ('log files removed', 'overviews counted')")" \
	"*WARNING:  *: log files removed: could not remove *scrape_2020-01-02.log*
	log files removed|t
	overviews counted|f"
as_owner rmdir "$logs/scrape_2020-01-02.log"
is "where there is no log, none is removed" "$(sql "SET esn_pulse.log_directory = ''" \
	"SELECT rows FROM esn_maintenance() WHERE task = 'log files removed'")" 0
for directory in no_directory "$(printf '%01100d' 0)"; do
	like "a log that cannot be written (${directory:0:12}) stops no run" \
		"$(sql "SET esn_pulse.log_directory = '$directory'" \
			"SELECT status FROM esn_scrape_accounts()")" "*completed"
done
is "and the server's log has a message, once a run" \
	"$(grep -c 'could not write to the log' "$run/$cluster/log")" 2
like "maintenance raises alerts for what is critical" \
	"$(sql "LISTEN esn_pulse_alert" "DELETE FROM sections" \
		"SELECT count(*) FROM esn_maintenance()")" \
	'*"esn_pulse_alert" with payload "{"check": *'
done_testing
