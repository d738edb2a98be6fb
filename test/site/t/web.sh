# The web gateway: every route against the tables, the cache, the database away and back, keys,
# wrong requests, limits and usage. It is built by both compilers, and runs under the sanitizers.
. test/site/tests.sh
free_ports 5
port=${ports[0]}
address=http://127.0.0.1:$port/api/v1
site_cluster web
site_database gateway --sections 20 --count 150 --seed 23 --no-faults
sql "SELECT esn_scrape_all()" "CREATE ROLE esn_web LOGIN" "SELECT esn_grant_web('esn_web')" \
	>/dev/null

for compiler in clang gcc; do
	output=$(build_gateway "$compiler" 2>&1) && passed=true || passed=false
	ok "$passed" "$compiler builds the gateway without a warning" "$output"
done
# gateway <port> [options ...]: starts it as the test's user, and waits until it listens.
gateways=()
gateway() {
	local listen=127.0.0.1:$1
	shift
	build/web-gcc/esn-pulse-web --listen "$listen" --dsn "host=$run/$cluster dbname=gateway \
		user=esn_web" "$@" 2>>"$run/gateway/gateway.log" &
	gateways+=($!)
	eventually 60 200 status "http://$listen/api/v1/openapi.json"
}
stop_gateways() {
	local pid
	for pid in "${gateways[@]}"; do kill "$pid" 2>/dev/null || true; done
	for pid in "${gateways[@]}"; do
		wait "$pid" || echo "ended with $?" >>"$run/gateway/gateway.log"
	done
	gateways=()
}
trap 'stop_gateways; for site in "${sites[@]}"; do site_stop "$site"; done; cluster_stop web' EXIT
status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
json() { # <python expression of d> <curl's arguments ...>
	local expression=$1
	shift
	curl -s "$@" | python3 -c "import json, sys; d = json.load(sys.stdin); print($expression)"
}
reports() { # <web.py's arguments ...>
	local passed what wrong
	while IFS=$'\t' read -r passed what wrong; do
		if [ "$passed" = flood ]; then flood; else ok "$passed" "$what" "$wrong"; fi
	done < <(python3 test/site/web.py "$@")
}
# More than the kernel keeps for a connection.
flood() {
	sql "DO \$\$BEGIN FOR n IN 1 .. 4000 LOOP PERFORM pg_notify('esn_pulse_run',
		n || repeat('x', 3000)); COMMIT; END LOOP; END\$\$"
}
gateway "$port" --rate 0
ends_with() { build/web-gcc/esn-pulse-web "$@" >/dev/null 2>&1 && echo 0 || echo $?; }
for option in --rate=x --rate=-1 --rate= --threads=0 --streams=1x \
	--streams-by-address=-1 --nonsense extra; do
	is "$option is refused" "$(ends_with "$option")" 2
done
is "--help is not" "$(ends_with --help)" 0
for where in nowhere "127.0.0.1:$port" "[::1]:port"; do
	is "it cannot listen at $where" "$(ends_with --dsn host=/nowhere --listen "$where")" 1
done

like "too few files for its connections are reported" "$(ulimit -n 200
	build/web-gcc/esn-pulse-web --dsn host=/nowhere --listen nowhere --connections 1000 2>&1)" \
	"*for 1000 connections the limit of open files is too low*"

# What it answers is what the tables have.
reports "$port" routes
is "all pages together are all activities" \
	"$(python3 test/site/web.py "$port" pages "/api/v1/activities?limit=20" | md5sum)" \
	"$(sql "SELECT event_slug FROM activities WHERE is_valid AND removed_at IS NULL
		ORDER BY start_date DESC, id DESC" | md5sum)"
is "a CSV file has all of them" "$(($(curl -s "$address/activities.csv?sort=id" | wc -l) - 1))" \
	"$(sql "SELECT count(*) FROM activities WHERE is_valid AND removed_at IS NULL")"
section=$(sql "SELECT section_slug FROM esn_section_overview ORDER BY activities DESC LIMIT 1")
other=$(sql "SELECT section_slug FROM esn_section_overview WHERE can_scrape_activities
		AND section_slug <> '$section' ORDER BY activities DESC LIMIT 1")
is "a section has as many activities as the overview says" \
	"$(json 'd["total"]' "$address/sections/$section/activities")" \
	"$(sql "SELECT activities + upcoming FROM esn_section_overview
		WHERE section_slug = '$section'")"
is "preflight requests are answered" "$(curl -s -o /dev/null -w '%{http_code}
%header{access-control-allow-origin}' -X OPTIONS "$address/sections")" $'204\n*'
is "the gateway's role can read no table" \
	"$(PGUSER=esn_web sql "SELECT * FROM sections" | grep -c 'ERROR:  42501' || true)" 1

for accepted in gzip "br, gzip; q=0.5" "gzip;q=0" br; do
	wanted=0
	[[ $accepted != *gzip* || $accepted == *q=0 ]] || wanted=1
	is "who accepts $accepted gets it so" "$(curl -s -D - -o /dev/null \
		-H "Accept-Encoding: $accepted" "$address/openapi.json" |
		grep -ci '^content-encoding: gzip' || true)" "$wanted"
done

# Answers are kept until something changes.
title() { json 'd["title"]' "$address/activities/$activity"; }
activity=$(sql "SELECT event_slug FROM activities a
	JOIN activity_section_organisers o ON o.activity_id = a.id
	JOIN sections s ON s.id = o.section_id AND s.accounts_platform_slug = '$section'
	WHERE is_valid AND a.removed_at IS NULL ORDER BY start_date DESC, a.id LIMIT 1")
before=$(title)
sql "SET session_replication_role = replica" \
	"UPDATE activities SET title = 'Unseen' WHERE event_slug = '$activity'"
is "an answer is kept" "$(title)" "$before"
sql "UPDATE activities SET title = 'By hand' WHERE event_slug = '$activity'"
ok "$(eventually 30 "By hand" title && echo true || echo false)" "until something changes"
rename_activity "$activity"
sql "SELECT esn_scrape_section('$section', true)" >/dev/null
changed=$(sql "SELECT title FROM activities WHERE event_slug = '$activity'")
like "a run changes it" "$changed" "Renamed*"
ok "$(eventually 30 "$changed" title && echo true || echo false)" "and what is answered"

# Keys.
key() { sql "SELECT esn_create_api_key('$1', '$2'${3:+, '$3'})"; }
operator=$(key operator operate)
own=$(key own operate "$section")
trigger() { # <key> <body>
	curl -s -w '\n%{http_code} %header{location}' -X POST -H "Authorization: Bearer $1" -d "$2" \
		"$address/trigger/scraper" | tail -n 1
}
is "without a key no run starts" "$(trigger x '{}')" "401 "
is "a section's key starts no run of another" "$(trigger "$own" "{\"section\": \"$other\"}")" "403 "
is "nor of all" "$(trigger "$own" '{"module": "all"}')" "400 "
is "no run has started" "$(sql "SELECT max(id) FROM scraper_status")" 3
answer=$(trigger "$own" "{}")
is "it starts one of its own" "$answer" "202 /api/v1/runs/4"
run_status() { json 'd["status"]' "http://127.0.0.1:$port/api/v1/runs/$1"; }
ok "$(eventually 60 completed run_status 4 && echo true || echo false)" "which can be watched"
is "it was of that section" "$(sql "SELECT request FROM scraper_status WHERE id = 4")" \
	"section $section"
sql "ALTER DATABASE gateway SET esn_pulse.request_delay = '1min'"
gateway "${ports[1]}" --rate 0
second=http://127.0.0.1:${ports[1]}/api/v1
is "a key for the network starts a run of all" "$(curl -s -o /dev/null -w '%{http_code}' -X POST \
	-H "X-API-Key: $operator" -d '{"full": true}' "$second/trigger/scraper")" 202
like "while it is in progress there is no other" "$(trigger "$operator" '{}')" "409 "
is "a section's key does not stop it" "$(status -X POST -H "X-API-Key: $own" \
	"$second/runs/5/cancel") $(run_status 5)" "403 running"
is "it stops a run" "$(json 'd["has_stopped"]' -X POST -H "X-API-Key: $operator" \
	"$second/runs/5/cancel")" True
is "and sees how it ended" "$(json '"error_message" in d' -H "X-API-Key: $operator" \
	"$second/runs/5") $(json '"error_message" in d' "$second/runs/5")" "True False"
is "a key can be kept" "$(status -H "X-API-Key: $operator" "$address/runs")" 200
sql "SELECT esn_revoke_api_key('operator')" >/dev/null
ok "$(eventually 10 401 status -H "X-API-Key: $operator" "$address/runs" && echo true ||
	echo false)" "until it is revoked"
sql "ALTER DATABASE gateway RESET esn_pulse.request_delay"

# Runs as they happen.
gateway "${ports[2]}" --rate 0 --streams 100 --streams-by-address 0
reports "${ports[2]}" events 100 "$own"
gateway "${ports[3]}" --rate 0 --streams 1
reports "${ports[3]}" slow
gateway "${ports[4]}" --rate 0 --behind-proxy --streams-by-address 3
reports "${ports[4]}" share 3
curl -sN "$address/events" >"$run/gateway/events" &
following=$!
begun() { grep -c "^retry: " "$run/gateway/events"; }
ok "$(eventually 30 1 begun && echo true || echo false)" "a stream begins"

# What is wrong, slow or too much.
reports "$port" bad
reports "$port" crowd 1000
reports "$port" fuzz 600

# The database goes away, and comes back; so do its sessions.
is "before" "$(status "$address/countries")" 200
sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'esn_web'" \
	>/dev/null
is "sessions that end are made anew" "$(status "$address/sections?limit=1")" 200
cluster_stop "$cluster"
ok "$(eventually 60 503 status "$address/countries" && echo true || echo false)" \
	"without the database nothing is answered"
like "that says when to try again" "$(curl -s -D - "$address/countries")" "*Retry-After: *503*"
wait "$following" && ended=0 || ended=$?
is "without it streams end, and as they should" "$ended" 0
is "and none begins" "$(status "$address/events")" 503
cluster_resume "$cluster"
ok "$(eventually 60 200 status "$address/countries" && echo true || echo false)" \
	"with it all is as before"
ok "$(eventually 60 200 status "$address/activities/$activity" && echo true || echo false)" \
	"everywhere"
sql "UPDATE activities SET title = 'Afterwards' WHERE event_slug = '$activity'"
ok "$(eventually 30 Afterwards title && echo true || echo false)" "changes are heard of again"
begins() { curl -sN -m 1 -o /dev/null -w '%{http_code}' "$address/events"; }
ok "$(eventually 30 200 begins && echo true || echo false)" "and streams begin"

# Usage, and limits.
stop_gateways
is "usage is counted by route" "$(sql "SELECT sum(requests) > 1000 FROM esn_usage
	WHERE route = 'GET /api/v1/countries' AND status = 200")" t
is "with errors" "$(sql "SELECT count(*) > 0 FROM esn_usage WHERE status = 503")" t
is "without addresses, keys or slugs" "$(sql "SELECT count(*) FROM esn_internal.api_usage_raw u
	WHERE u::text ~ '127.0.0|esn_[0-9a-f]{12}|$activity|$section'")" 0
gateway "$port" --rate 1 --behind-proxy
from() { status -H "X-Forwarded-For: 192.0.2.9, $1" "$address/countries"; }
many() { # <address: N is another number in each request>
	for n in $(seq 60); do from "${1//N/$n}"; echo; done | sort | uniq -c | awk '{ print $2 }'
}
is "who asks too often must wait" "$(many 192.0.2.1 | tr '\n' ' ')" "200 429 "
like "and is told for how long" "$(for n in $(seq 60); do
	curl -s -D - -o /dev/null -H "X-Forwarded-For: 192.0.2.3" "$address/countries"
done)" "*429*Retry-After: *"
is "others need not" "$(from 192.0.2.2)" 200
is "addresses of IPv4 are others in IPv6, too" "$(for n in $(seq 60); do
	from "::ffff:203.0.113.$n"
	echo
done | sort -u)" 200
is "the last header counts, which a proxy may append" "$(for n in $(seq 60); do
	status -H "X-Forwarded-For: 192.0.2.$n" -H "X-Forwarded-For: 198.51.100.1" "$address/countries"
	echo
done | sort -u | tr '\n' ' ')" "200 429 "
ok "$(eventually 30 200 from 192.0.2.1 && echo true || echo false)" "it is only for a while"
is "of IPv6, a /64 asks as one" "$(many 2001:db8::N | tr '\n' ' ')" "200 429 "
is "others need not wait" "$(many 2001:db8:0:N::1 | tr '\n' ' ')" "200 "
stop_gateways

# Where nothing is kept, and where the database refuses what it is asked.
gateway "$port" --rate 0 --cache 0 --readers 1 --connections 1000
is "without memory for answers" "$(title)" Afterwards
sql "SET session_replication_role = replica" \
	"UPDATE activities SET title = 'Seen at once' WHERE event_slug = '$activity'"
is "none is kept" "$(title)" "Seen at once"
sql "CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN RAISE ''closed for today''; END'" \
	"CREATE TRIGGER closed BEFORE INSERT ON scraper_status EXECUTE FUNCTION closed()"
like "an error of the database is one of the server, which does not say why" \
	"$(curl -s -X POST -w ' %{http_code}' -H "X-API-Key: $own" -d '{}' \
		"$address/trigger/scraper")" \
	'{*"Internal Server Error"*"the server'"'"'s log has the reason"} 500'
sql "REVOKE EXECUTE ON FUNCTION esn_api FROM esn_web"
is "without the right to ask nothing is answered" "$(status "$address/countries")" 503
stop_gateways
is "its own log says why, and that usage could not be written" \
	"$(grep -oE 'closed for today|[a-z]+: ERROR: +permission denied for .*' \
		"$run/gateway/gateway.log" | sort -u)" "closed for today
database: ERROR:  permission denied for function esn_api
usage: ERROR:  permission denied for function esn_api"
build/web-gcc/esn-pulse-web --listen "127.0.0.1:$port" \
	--dsn "host=$run/$cluster dbname=postgres user=esn_web" 2>>"$run/gateway/gateway.log" &
gateways+=($!)
ok "$(eventually 60 503 status "$address/countries" && echo true || echo false)" \
	"without the extension nothing is answered"
ok "$(grep -q 'the extension esn_pulse is not there' "$run/gateway/gateway.log" && echo true ||
	echo false)" "the log says that it is not there"
stop_gateways
is "it ended well, and the sanitizers found nothing" \
	"$(grep -E 'ended with|Sanitizer|runtime error' "$run/gateway/gateway.log" || true)" ""
done_testing
