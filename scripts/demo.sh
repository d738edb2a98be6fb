#!/usr/bin/env bash
# The demo: two sites on loopback, a private cluster, a whole scrape, and queries of its data. At a
# terminal it ends in psql, as a role that only reads. `scripts/demo.sh psql` resumes it, and
# `scripts/demo.sh psql-admin` does so as the superuser, `scripts/demo.sh web` with the web gateway.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
. test/site/site.sh
run=$(run_directory)
export PGUSER=${PGUSER:-$(id -un)}
is_open() {
	[ -d "$run/demo/data" ] &&
		as_owner "$PG_BIN/pg_ctl" -D "$run/demo/data" status >/dev/null
}

# Shows a statement, and what it gives.
show() {
	printf '\n%s\n' "$2"
	printf '\033[1mesn=#\033[0m %s\n' "$1"
	cluster_psql demo -d esn -P pager=off -c "$1"
}

# The reader, or, for psql-admin, the superuser.
enter() {
	local role=reader

	[ "${1:-}" != psql-admin ] || role=$PGUSER
	psql -h "$run/demo" -U "$role" -d esn
}

if [ "${1:-}" = psql ] || [ "${1:-}" = psql-admin ]; then
	[ -d "$run/demo/data" ] || die "there is no demo yet: run make demo first"
	if is_open; then
		echo "The server and the two sites of the demo are already running."
		echo "They stop when the psql that started them ends."
	else
		trap 'cluster_stop demo; site_stop demo-site' EXIT
		cluster_resume demo
		site_resume demo-site
		echo "The server and the two sites of the demo run until you leave psql."
		echo "To join them in another terminal, run make psql there."
	fi
	enter "$1"
	exit
fi
if [ "${1:-}" = web ]; then
	[ -d "$run/demo/data" ] || die "there is no demo yet: run make demo first"
	make -s -f web.mk
	if ! is_open; then
		trap 'cluster_stop demo; site_stop demo-site' EXIT
		cluster_resume demo
		site_resume demo-site
	fi
	# The gateway's role, and a key for starting runs.
	cluster_psql demo -d esn -o /dev/null -c "DO \$\$BEGIN CREATE ROLE esn_web LOGIN;
		EXCEPTION WHEN duplicate_object THEN END\$\$" -c "SELECT esn_grant_web('esn_web')"
	cluster_psql demo -d esn -o /dev/null -c "SELECT esn_revoke_api_key('demo')
		FROM esn_api_keys WHERE name = 'demo' AND status = 'valid'"
	echo "A key: $(cluster_psql demo -d esn -At -c "SELECT esn_create_api_key('demo', 'operate')")"
	listen=${WEB_LISTEN:-127.0.0.1:8080}
	cat <<-TEXT
		Open http://$listen/ in a browser, or try, until Ctrl-C ends it:
		    curl http://$listen/api/v1/sections?limit=3
		    curl -X POST -H 'Authorization: Bearer <the key>' http://$listen/api/v1/trigger/scraper
	TEXT
	build/web/esn-pulse-web --listen "$listen" --dsn "host=$run/demo dbname=esn user=esn_web" &
	trap 'kill $! 2>/dev/null || true' INT TERM
	wait $! || wait $! || true
	exit
fi
! is_open || die "the demo is open in another terminal: leave psql there first"
trap 'cluster_stop demo; site_stop demo-site' EXIT

step "packages"
scripts/setup.sh demo
step "build and install the extension"
build gcc
install_extension
step "two made-up sites on loopback: 120 sections, 2,000 activities, and some that are broken"
# shellcheck disable=SC2086
site_start demo-site $demo_network
step "a private cluster with a database esn"
# On loopback no politeness is needed; the real sites get at most two requests per second each.
cluster_start demo "esn_pulse.request_delay = 0" "esn_pulse.retry_base_delay = '100ms'" \
	"esn_pulse.request_timeout = '3s'"
cluster_psql demo -c "CREATE DATABASE esn" \
	-c "ALTER DATABASE esn SET esn_pulse.accounts_url = '$accounts_url'" \
	-c "ALTER DATABASE esn SET esn_pulse.activities_url = '$activities_url'"
cluster_psql demo -d esn -c "CREATE EXTENSION esn_pulse"
# A role that only reads.
cluster_psql demo -d esn -c "CREATE ROLE reader LOGIN" \
	-c "DO \$\$BEGIN PERFORM esn_grant_read('reader'); END\$\$"
# A section with enough activities to show.
section=$(awk -F'\t' '
	NR == FNR { n[$2]++; next }
	n[$3] > 15 && n[$3] < 40 && $4 != "\\N" { print $4; exit }' \
	"$run/demo-site/truth/activity_section_organisers.tsv" "$run/demo-site/truth/sections.tsv")

step "scrape"
show "SELECT id, status FROM esn_scrape_section('$section');" "One section, on an empty database:"
show "SELECT id, status FROM esn_scrape_all();" \
	"Everything: countries and sections, then their activities and statistics."

step "queries"
show "SELECT s.name AS section, c.name AS country, count(*) AS activities,
	sum(a.participants) AS participants
FROM sections s
	JOIN countries c ON c.country_code = s.country_code
	JOIN activity_section_organisers o ON o.section_id = s.id
	JOIN activities a ON a.id = o.activity_id
WHERE a.is_valid AND a.removed_at IS NULL
GROUP BY s.id, c.name
ORDER BY activities DESC, s.name LIMIT 5;" \
	"The most active sections:"
show "SELECT c.name AS cause, count(*) AS activities, sum(a.participants) AS participants
FROM activity_causes c
	JOIN activity_to_cause r ON r.cause_id = c.id
	JOIN activities a ON a.id = r.activity_id
WHERE a.is_valid AND a.removed_at IS NULL
GROUP BY c.name
ORDER BY activities DESC;" \
	"The causes of activities:"
show "SELECT start_date, end_date, left(title, 30) AS title, city, country_name
FROM activities
WHERE is_future_event AND is_valid AND removed_at IS NULL
ORDER BY start_date, id LIMIT 5;" \
	"The next activities:"
show "SELECT * FROM esn_invalid_fields LIMIT 5;" \
	"Invalid fields; their rows are stored and marked as not valid:"
show "SELECT * FROM esn_failed_pages LIMIT 5;" "Pages that could not be read:"

show "SELECT * FROM esn_health_check();" \
	"The health check; the made-up sites have enough errors for some warnings:"

step "a report"
cluster_psql demo -d esn -At -o build/report.html -c "SELECT esn_report()"
echo "The network as one page that needs no network: open $top/build/report.html in a browser."

step "the same again: nothing has changed on the sites, so nothing changes here"
show "SELECT id, status, not_modified, requests FROM esn_scrape_all();" "A second run:"
show "SELECT * FROM esn_recent_runs;" "All runs so far:"

cat <<TEXT

== How to go on

To continue in psql later, as a role that only reads, with the server and the sites running until
you leave it:

    make psql

To see it in a browser: make web

docs/one-hour.md (in Turkish docs/bir-saat.md) teaches you in an hour what to ask there, even if you
have never seen SQL. make psql-admin opens it as the superuser, who may do everything.

To read one section of the real sites, at the polite rate of two requests per second, make a
database of its own as the superuser. Before you read more, ask those who run the sites
(docs/permission.md).

    CREATE DATABASE real;
    ALTER DATABASE real SET esn_pulse.request_delay = '500ms';
    ALTER DATABASE real SET esn_pulse.retry_base_delay = '2s';
    ALTER DATABASE real SET esn_pulse.request_timeout = '30s';
    ALTER DATABASE real SET esn_pulse.contact = 'you@example.org';
    \c real
    CREATE EXTENSION esn_pulse;
    SELECT * FROM esn_scrape_section('esn-metu');

README.md says how to install it on a server of your own, and what else there is.
TEXT

if [ -t 0 ] && [ -t 1 ]; then
	step "psql, as a role that only reads; \\q leaves it, and stops the server and the sites"
	enter
else
	echo "The server and the sites are stopped; no process is left."
fi
