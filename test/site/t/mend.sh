# What failed is tried again, what was wrong is read again, and what is past its time goes.
. test/site/tests.sh
site_cluster mend
site_database mended --sections 60 --count 700 --seed 61
open_failures="SELECT count(*) FROM failed_scrapes WHERE resolved_at IS NULL AND will_retry"

# A site that fails: everything of it waits, and comes in with one call when it is back.
sql "SELECT esn_scrape_accounts()" >/dev/null
sql "SELECT esn_scrape_activities()" >/dev/null
is "the first run leaves what the sites say" "$(differences)" ""
site_switch mended activities 503
sql "SET esn_pulse.max_retries = 0" "SELECT esn_scrape_activities()" >/dev/null
is "with one site down it is given up, and what was asked of it has failed" "$(sql "SELECT error_message LIKE 'stopped: given up: it failed % times in a row, at last: the site answered 503%' FROM esn_runs LIMIT 1")|$(
	sql "SELECT count(*) > 5 FROM failed_scrapes WHERE resolved_at IS NULL AND http_status_code = 503")" "t|t"
sql "SET esn_pulse.max_retries = 0" "SELECT esn_retry_failed()" >/dev/null
is "trying again in vain piles nothing up" "$(sql "SELECT count(*) = count(DISTINCT url) FROM failed_scrapes WHERE resolved_at IS NULL")" t
site_switch mended activities ""
like "a retry completes" "$(sql "SELECT status, request FROM esn_retry_failed()")" "*completed|retry of failures"
like "and a run brings the rest" "$(sql "SELECT status FROM esn_scrape_activities()")" "*completed"
is "what can be read has been read" "$(differences)" ""

# Accounts: the home page, a country, a section, a probe.
site_switch mended accounts 503
sql "SET esn_pulse.max_retries = 0" "SELECT esn_scrape_accounts()" >/dev/null
site_switch mended accounts ""
like "a failed home page is worth a whole reading of accounts" "$(sql "SELECT status, sections_processed > 50 FROM esn_retry_failed()")" "*completed|t"
slug=$(sql "SELECT accounts_platform_slug FROM sections WHERE email IS NOT NULL ORDER BY id LIMIT 1")
page=$run/mended/accounts/section/$slug
as_owner mv "$page.html" "$page.away"
echo broken | as_owner tee "$page.html" >/dev/null
sql "SELECT esn_scrape_accounts()" >/dev/null
is "a section's page that is another has failed" "$(sql "SELECT kind, will_retry FROM failed_scrapes WHERE url LIKE '%/section/$slug' AND resolved_at IS NULL")" "section|t"
as_owner mv "$page.away" "$page.html"
before=$(wc -l <"$run/mended/access.log")
sql "SELECT esn_retry_failed()" >/dev/null
is "a retry closes it" "$(sql "SELECT count(*) FROM failed_scrapes WHERE url LIKE '%/section/$slug' AND resolved_at IS NULL")" 0
is "and asks for no other section" "$(tail -n "+$((before + 1))" "$run/mended/access.log" | grep -c 'GET /section/')" 1

# Fields that are wrong: the site mends some of them.
is "there are wrong fields" "$(sql "SELECT count(*) > 5 FROM validation_errors WHERE resolved_at IS NULL")" t
slug=$(sql "SELECT activity_event_slug FROM validation_errors WHERE field_name = 'participants' AND resolved_at IS NULL LIMIT 1")
before=$(sql "SELECT count(*) FROM validation_errors WHERE resolved_at IS NULL")
as_owner sed -Ei 's/(>) *(-5|about forty) *(<)/\142\3/' "$run/mended/activities/activity/$slug.html"
like "wrong fields are read again from the site" "$(sql "SELECT status, activities_changed, request FROM esn_fix_validation_errors()")" "*completed|1|fix of validation errors"
is "the one that was mended there is right, and closed" "$(sql "SELECT participants, is_valid FROM activities WHERE event_slug = '$slug'" \
	"SELECT resolved_at IS NOT NULL FROM validation_errors WHERE activity_event_slug = '$slug'")" $'42|t\nt'
is "the others stay open, and are not repeated" "$(sql "SELECT count(*) FROM validation_errors WHERE resolved_at IS NULL")" "$((before - 1))"

# From kept pages: a better rule mends them without the site.
sql "ALTER DATABASE mended SET esn_pulse.keep_pages = 'invalid'"
sql "SELECT esn_scrape_all(\"full\" => true)" >/dev/null
like "pages with wrong fields are kept, others are not" "$(sql "SELECT count(*) FILTER (WHERE body IS NOT NULL) > 5, count(*) FILTER (WHERE body IS NULL) > 100 FROM fetched_pages WHERE kind = 'activity'")" "t|t"
is "what is kept is redacted" "$(sql "SELECT count(*) FROM fetched_pages WHERE body IS NOT NULL AND position('jane.doe' IN convert_from(body, 'UTF8')) > 0")" 0
slug=$(sql "SELECT min(activity_event_slug) FROM validation_errors WHERE error_message = 'missing' AND field_name IN ('title', 'description') AND resolved_at IS NULL")
field=$(sql "SELECT field_name FROM validation_errors WHERE activity_event_slug = '$slug' AND resolved_at IS NULL")
sql "INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', '$field', 1, 'title')"
site_switch mended accounts 503
site_switch mended activities 503
like "kept pages are read again by a new rule, without the site" "$(sql "SET esn_pulse.max_retries = 0" "SELECT activities_changed > 0 FROM esn_fix_validation_errors()")" "*t"
is "what it finds is stored, and the row closed" "$(sql "SELECT is_valid FROM activities WHERE event_slug = '$slug'" \
	"SELECT count(*) FROM validation_errors WHERE activity_event_slug = '$slug' AND resolved_at IS NULL")" $'t\n0'
site_switch mended accounts ""
site_switch mended activities ""
sql "DELETE FROM extraction_rules WHERE NOT shipped"
like "by the old rules a full run finds what it found before" "$(sql "SELECT status FROM esn_scrape_all(\"full\" => true)" "SELECT status FROM esn_scrape_accounts()" "SELECT esn_retry_failed() IS NOT NULL")" "*completed*completed*"
as_owner sed -Ei 's/>42</>-5</' "$run/mended/activities/activity/$(sql "SELECT event_slug FROM activities WHERE participants = 42 AND updated_at > created_at LIMIT 1").html" || true
sql "SELECT esn_scrape_all(\"full\" => true)" >/dev/null
is "which is what the sites say" "$(differences | grep -v "about forty")" ""

# Markup that changes for good is not passed over.
sql "CREATE TEMP TABLE kept AS TABLE extraction_rules" "UPDATE extraction_rules SET selector = 'nothing' WHERE page_kind = 'activity' AND field = 'title'" \
	"SELECT status FROM esn_scrape_activities(\"full\" => true)" "SELECT status FROM esn_health WHERE name = 'extraction rules'" \
	"UPDATE extraction_rules r SET selector = k.selector FROM kept k WHERE (r.page_kind, r.field, r.position, r.shipped) = (k.page_kind, k.field, k.position, k.shipped)" \
	"SELECT status FROM esn_scrape_activities(\"full\" => true)" >"$run/mended/output"
like "a run in which most activities lack a field warns, and so does the health check" "$(cat "$run/mended/output")" \
	"*WARNING:  01000: * of * activities have a wrong field*HINT:  The site's markup may have changed*completed*warning*completed"
is "the rules put right, a full run puts the rows right" "$(differences | grep -v "about forty")" ""

# A page that the database refuses, by a constraint of somebody's, is a failure of its own: the others of its transaction come in.
slug=$(sql "SELECT event_slug FROM activities WHERE is_valid AND removed_at IS NULL ORDER BY id DESC LIMIT 1")
as_owner sed -Ei 's/<(h1[^>]*|div class="activity-label")>(<span>)?/&Refused /' "$run/mended/activities/activity/$slug.html"
sql "ALTER TABLE activities ADD CONSTRAINT somebodys CHECK (title NOT LIKE 'Refused %')"
like "a run with a page that the database refuses completes" "$(sql "SELECT status, activities_unchanged > 100 FROM esn_scrape_activities(\"full\" => true)")" "*completed|t"
like "and tells of that page" "$(sql "SELECT kind, error_message, will_retry FROM failed_scrapes WHERE url LIKE '%/$slug' AND resolved_at IS NULL")" \
	"activity|the database refuses the page: *somebodys*|t"
sql "ALTER TABLE activities DROP CONSTRAINT somebodys" "SELECT esn_retry_failed()" >/dev/null
is "which comes in when it no longer does" "$(sql "SELECT title LIKE 'Refused %' FROM activities WHERE event_slug = '$slug'" \
	"SELECT count(*) FROM failed_scrapes WHERE url LIKE '%/$slug' AND resolved_at IS NULL")" $'t\n0'

# The same words as in a command line.
like "esn_scrape takes a module" "$(sql "SELECT request FROM esn_scrape('accounts')" "SELECT request FROM esn_scrape('retry-failed')" "SELECT request FROM esn_scrape('activities', '$(sql "SELECT min(activities_platform_slug) FROM sections")')")" \
	"*accounts*retry of failures*section *"
like "and refuses others" "$(sql "SELECT esn_scrape('everything')" || true)" '*ERROR:  22023: there is no module "everything"*HINT:  The modules are accounts, activities, all, retry-failed and fix-validation-errors.*'

# The log.
log=$run/$cluster/data/esn_pulse_log/scrape_$(date -u +%F).log
python3 - "$log" <<'PYTHON' && passed=true || passed=false
import collections, json, sys
events = collections.Counter()
for line in open(sys.argv[1]):
    entry = json.loads(line)
    assert {"time", "run", "event"} <= entry.keys(), entry
    assert "@" not in line, line
    events[entry["event"]] += 1
assert events["trigger"] == events["end"] > 10, events
assert events["section"] > 50 and events["failure"] > 50, events
PYTHON
ok "$passed" "the log has a line for each trigger, section, failure and end, and no address of a person"
as_owner touch "$run/$cluster/data/esn_pulse_log/scrape_2020-01-01.log" "$run/$cluster/data/esn_pulse_log/other.log"
is "old files of it are removed, others stay" "$(sql "SELECT rows FROM esn_maintenance() WHERE task = 'log files removed'" && ls "$run/$cluster/data/esn_pulse_log")" \
	"1"$'\n'"other.log"$'\n'"$(basename "$log")"
as_owner touch "$run/$cluster/data/no_directory"
for directory in no_directory "$(printf '%01100d' 0)"; do
	like "a log that cannot be written (${directory:0:12}) stops no run" "$(sql "SET esn_pulse.log_directory = '$directory'" "SELECT status FROM esn_scrape_accounts()")" "*completed"
done
is "and the server's log says so, once a run" "$(grep -c 'could not write to the log' "$run/$cluster/log")" 2
sql "LISTEN esn_pulse_alert" "DELETE FROM sections" "SELECT count(*) FROM esn_maintenance()" >"$run/mended/output"
like "maintenance raises alerts for what is critical" "$(cat "$run/mended/output")" '*"esn_pulse_alert" with payload "{"check": *'
done_testing
