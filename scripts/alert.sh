#!/usr/bin/env bash
# Tells a person what the health check of a database finds, once, and again when it is well: by mail
# (sendmail) or by a webhook. That the database cannot be reached is told, too.
#   scripts/alert.sh <database> <directory for what was told>
# Environment:
#   ALERT_MAIL_TO      addresses, with commas; needs a sendmail: that of msmtp-mta, postfix, …
#   ALERT_MAIL_FROM    the sender's address; default: sendmail's own
#   ALERT_WEBHOOK_URL  gets a JSON object by POST, with curl. Its text is in "text" (Slack,
#                      Mattermost, Teams) and "content" (Discord)
#   ALERT_LEVEL        critical (default), or warning: warnings, too
# libpq's variables (PGHOST, PGPORT, PGUSER) select the server and the role, for which
# esn_grant_read() is enough. A timer calls it: examples/esn-pulse-alert.timer.
set -eu
[ $# -eq 2 ] || { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2; }
fail() { echo "$*" >&2; exit 2; }
database=$1 directory=$2
case ${ALERT_LEVEL:=critical} in
critical) levels="'critical'" ;;
warning) levels="'critical', 'warning'" ;;
*) fail "ALERT_LEVEL must be critical or warning, not: $ALERT_LEVEL" ;;
esac
[ -n "${ALERT_MAIL_TO:-}${ALERT_WEBHOOK_URL:-}" ] ||
	fail "set ALERT_MAIL_TO or ALERT_WEBHOOK_URL: there is nobody to tell"
[[ ${ALERT_MAIL_TO:-}${ALERT_MAIL_FROM:-} != *$'\n'* ]] || fail "an address has a line end"
host=$(uname -n)
export PATH=$PATH:/usr/sbin PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10}
export PGOPTIONS="${PGOPTIONS:-} -c statement_timeout=60s"
umask 077
mkdir -p "$directory"
work=$(mktemp -d "$directory/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# found: one line per problem: name, status, value and advice, between tabs.
reachable=true
psql -X -q -At -F $'\t' -v ON_ERROR_STOP=1 -d "$database" >"$work/found" 2>"$work/error" -c "
	SELECT name, status, translate(value, E'\t\r\n', '   '), translate(advice, E'\t\r\n', '   ')
	FROM esn_health WHERE status IN ($levels)" || reachable=false
if ! "$reachable"; then
	printf 'database\tcritical\t%s\t%s\n' "$(tr '\t\r\n' '   ' <"$work/error" | cut -c1-500)" \
		"Does the server run? pg_lsclusters" >"$work/found"
fi

# What is new since <file> was told, what is well again, and what to note there. Where the database
# cannot be reached, nobody knows what has become of the rest.
compare() { # <file>
	touch "$1"
	awk -F'\t' -v reachable="$reachable" -v new="$work/new" -v well="$work/well" \
			-v told="$work/told" '
		FILENAME == ARGV[1] { was[$1] = $2; next }
		{ is[$1] = $2; print $1 "\t" $2 >told }
		was[$1] != $2 { print >new }
		END {
			for (name in was) {
				if (name in is) continue
				if (reachable == "true") print name >well
				else print name "\t" was[name] >told
			}
		}' "$1" "$work/found"
	touch "$work"/{new,well,told}
	sort -o "$work/well" "$work/well"
}

text() {
	while IFS=$'\t' read -r name status value advice; do
		printf '%s: %s: %s\n' "${status^^}" "$name" "$value"
		[ -z "$advice" ] || printf '    %s\n' "$advice"
	done <"$work/new"
	while read -r name; do printf 'well again: %s\n' "$name"; done <"$work/well"
}
subject() {
	local new well

	new=$(wc -l <"$work/new") well=$(wc -l <"$work/well")
	printf 'ESN Pulse: %s on %s: ' "$database" "$host"
	if [ "$new" -eq 0 ]; then printf 'well again'
	elif [ "$well" -eq 0 ]; then printf '%s problems' "$new"
	else printf '%s problems, %s well again' "$new" "$well"; fi | sed 's/\b1 problems/1 problem/'
}
mail() {
	command -v sendmail >/dev/null || fail "there is no sendmail: install msmtp-mta or postfix"
	{
		[ -z "${ALERT_MAIL_FROM:-}" ] || printf 'From: %s\n' "$ALERT_MAIL_FROM"
		printf 'To: %s\nSubject: %s\n' "$ALERT_MAIL_TO" "$(subject)"
		printf '%s\n' "Auto-Submitted: auto-generated" "MIME-Version: 1.0" \
			"Content-Type: text/plain; charset=UTF-8" "Content-Transfer-Encoding: 8bit" ""
		text
		printf '\nTo see all checks: psql %s -c "SELECT * FROM esn_health_check()"\n' "$database"
	} | sendmail -t -oi
}
# A text as it stands in a JSON string.
json() {
	sed -e 's/[\\"]/\\&/g' -e 's/[[:cntrl:]]/ /g' | awk '{ printf "%s%s", s, $0; s = "\\n" }'
}
webhook() {
	local message status=well

	message=$({ subject; echo; text; } | json)
	[ ! -s "$work/new" ] || status=problem
	printf '{"text": "%s", "content": "%s", "database": "%s", "host": "%s", "status": "%s"}\n' \
		"$message" "$message" "$(json <<<"$database")" "$(json <<<"$host")" "$status" \
		>"$work/message.json"
	# The address is a secret, which a command line would show to everybody.
	curl --config - --fail --silent --show-error --max-time 30 --retry 2 --output /dev/null \
		--header 'Content-Type: application/json' --data-binary "@$work/message.json" \
		<<<"url = \"$ALERT_WEBHOOK_URL\""
}

status=0
for channel in ${ALERT_MAIL_TO:+mail} ${ALERT_WEBHOOK_URL:+webhook}; do
	rm -f "$work"/{new,well,told}
	compare "$directory/$database.$channel"
	[ -s "$work/new" ] || [ -s "$work/well" ] || continue
	if "$channel"; then
		mv "$work/told" "$directory/$database.$channel"
		echo "$channel: $(subject)"
	else
		echo "$channel: not sent; it is tried again the next time" >&2
		status=1
	fi
done
exit "$status"
