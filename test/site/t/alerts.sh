# Alerts: scripts/alert.sh tells by mail and by a webhook what the health check finds, once, and
# again when it is well; also that the database cannot be reached.
. test/site/tests.sh
site_cluster alerts
site_database alarmed --sections 10 --count 40 --seed 96 --no-faults
sql "SELECT esn_scrape_all()" "CREATE ROLE watcher LOGIN" \
	"SELECT esn_grant_read('watcher')" >/dev/null

# A sendmail that keeps what it gets, and a webhook.
told=$run/alerts-told
rm -rf "$told"
mkdir -p "$told/bin"
cat >"$told/bin/sendmail" <<-'SH'
	#!/bin/sh
	[ ! -e "$TOLD/sendmail.refuses" ] || exit 75
	{ echo "arguments: $*"; cat; } >>"$TOLD/mail"
SH
chmod +x "$told/bin/sendmail"
free_ports 1
mkfifo "$told/input"
python3 test/site/hook.py "${ports[0]}" "$told/posts" <"$told/input" &
exec {hook}>"$told/input"
eventually 20 yes eval ': </dev/tcp/127.0.0.1/${ports[0]} && echo yes' || true

# alert [setting=value ...]: prints what it says; then what has arrived is in $told/mail and posts.
alert() {
	rm -f "$told"/{mail,posts}
	env TOLD="$told" PATH="$told/bin:$PATH" PGHOST="$run/alerts" PGUSER=watcher \
		ALERT_MAIL_TO=web@esn.example ALERT_WEBHOOK_URL="http://127.0.0.1:${ports[0]}/hook?key=1" \
		"$@" scripts/alert.sh alarmed "$told/state" 2>&1 || echo "status $?"
}
mail() { cat "$told/mail" 2>/dev/null || true; }
posts() { cat "$told/posts" 2>/dev/null || true; }
critical() {
	sql "INSERT INTO scraper_status (scraper_module, status, completed_at, requested_by, request,
			error_message)
		VALUES ('ActivitiesAndStatisticsScraper', 'failed', now(), 'x', 'activities', '$1')"
}
well() { sql "DELETE FROM scraper_status WHERE status = 'failed'"; }

# What this machine lacks is no matter of the test.
sql "CREATE OR REPLACE VIEW esn_health AS SELECT * FROM esn_health_check() WHERE name = 'last run'"
is "while all is well nobody is told" "$(alert)" ""
critical $'it is\ta "back\\slash" of İzmir'
like "a critical check is told on both ways" "$(alert)" \
	"mail: ESN Pulse: alarmed on *: 1 problem"$'\n'"webhook: ESN Pulse: alarmed on *: 1 problem"
like "the mail has a recipient, a subject, and what to do" "$(mail)" "arguments: -t -oi
To: web@esn.example
Subject: ESN Pulse: alarmed on *: 1 problem
Auto-Submitted: auto-generated
*
Content-Type: text/plain; charset=UTF-8
*

CRITICAL: last run: run * of İzmir*
    SELECT \* FROM esn_recent_runs; *

To see all checks: psql alarmed -c *"
is "the message to the webhook is JSON" "$(posts | python3 -c '
import json, sys
m = json.load(sys.stdin)
print(m["database"], m["status"], m["text"] == m["content"], "\n" in m["text"],
      "\"back\\slash\" of İzmir" in m["text"])')" "alarmed problem True True True"
is "it is told once" "$(alert; mail; posts)" ""
well
like "and again when it is well" "$(alert)" "mail: *: well again"$'\n'"webhook: *: well again"
like "the mail says what" "$(mail)" "*well again: last run*"
like "the webhook, too" "$(posts)" '*well again: last run*"status": "well"*'

# A way that does not work does not hold up the other, and is tried again.
critical "it is broken"
touch "$told/posts.refuses"
like "a webhook that answers 500 is a failure" "$(alert)" \
	"mail: *: 1 problem*webhook: not sent; it is tried again the next time*status 1"
rm "$told/posts.refuses"
like "the next time only that is sent" "$(alert; mail)" "webhook: *: 1 problem"
well
touch "$told/sendmail.refuses"
like "so is a sendmail that fails" "$(alert)" "mail: not sent*webhook: *: well again*status 1"
rm "$told/sendmail.refuses"
like "and it is told then" "$(alert; posts)" "mail: *: well again"

# The database cannot be reached; what was told before is not well because of that.
critical "it is broken"
alert >/dev/null
cluster_stop "$cluster"
like "a database that cannot be reached is told" "$(alert; mail)" \
	"mail: *: 1 problem*CRITICAL: database: *failed: *Does the server run*"
is "once" "$(alert; mail; posts)" ""
cluster_resume "$cluster"
like "and that it can be reached again" "$(alert; posts)" "mail: *: well again*database*"
is "what is still broken is not told again" "$(alert; mail; posts)" ""

# A warning is told if that is wanted; one that becomes critical is told again.
well
alert >/dev/null
sql "UPDATE scraper_status SET status = 'partial'"
is "a warning is not told" "$(alert)" ""
like "but where warnings are wanted" "$(alert ALERT_LEVEL=warning; mail)" "*WARNING: last run*"
critical "it is broken"
like "one that becomes critical is told again" "$(alert ALERT_LEVEL=warning; mail)" \
	"*CRITICAL: last run*"

like "without anybody to tell there is an error" \
	"$(alert ALERT_MAIL_TO= ALERT_WEBHOOK_URL=)" "set ALERT_MAIL_TO or ALERT_WEBHOOK_URL*status 2"
like "so there is for another level" "$(alert ALERT_LEVEL=all)" "ALERT_LEVEL must be *status 2"
is "what was told is for its user only" "$(stat -c %a "$told/state")" 700
exec {hook}>&-
done_testing
