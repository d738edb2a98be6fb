# The web gateway behind nginx, as examples/nginx.conf sets it up: TLS, and limits by address. Also
# with a standby: it reads there, and starts runs on the primary.
. test/site/tests.sh
free_ports 4
read -r plain secure behind primary <<<"${ports[*]}"
site_cluster web_proxy "listen_addresses = '127.0.0.1'" "port = $primary" \
	"primary_conninfo = 'host=127.0.0.1 port=$primary user=$PGUSER'"
export PGPORT=$primary
site_database proxied --sections 10 --count 60 --seed 29 --no-faults
sql "SELECT esn_scrape_all()" "CREATE ROLE esn_web LOGIN" "SELECT esn_grant_web('esn_web')" \
	>/dev/null
build_gateway gcc

# The example, with the ports, names and certificates of this machine.
dir=$run/proxied/nginx
mkdir -p "$dir/tmp"
site_certificates
{
	echo "pid $dir/nginx.pid; error_log $dir/nginx.log; worker_processes 1;"
	echo "events { worker_connections 256; } http { access_log off;"
	for kind in client_body proxy fastcgi uwsgi scgi; do
		echo "${kind}_temp_path $dir/tmp/$kind;"
	done
	sed -e "s|listen 80;|listen 127.0.0.1:$plain;|" -e "s|listen 443 |listen 127.0.0.1:$secure |" \
		-e "s|127.0.0.1:8080|127.0.0.1:$behind|" -e "s|pulse.example.org;|localhost;|" \
		-e "s|/etc/letsencrypt.*/fullchain.pem|$dir/tls/server.pem|" \
		-e "s|/etc/letsencrypt.*/privkey.pem|$dir/tls/server.key|" examples/nginx.conf
	echo "}"
} >"$dir/nginx.conf"
[ "$(id -u)" -ne 0 ] || chown -R postgres: "$dir"
gateway=
followers=()
stop_all() {
	kill "${followers[@]}" 2>/dev/null || true
	[ -z "$gateway" ] || kill "$gateway" 2>/dev/null || true
	[ ! -s "$dir/nginx.pid" ] || as_owner kill "$(cat "$dir/nginx.pid")" 2>/dev/null || true
	cluster_stop web_proxy_standby
	site_stop proxied
	cluster_stop web_proxy
}
trap stop_all EXIT
as_owner nginx -e "$dir/nginx.log" -c "$dir/nginx.conf"

# A standby of the cluster.
standby=$run/web_proxy_standby
free_ports 1
as_owner rm -rf "$standby"
as_owner mkdir -p "$standby"
as_owner "$PG_BIN/pg_basebackup" -h 127.0.0.1 -p "$primary" -U "$PGUSER" -D "$standby/data" \
	-R -c fast --no-sync
printf "%s\n" "unix_socket_directories = '$standby'" "port = ${ports[0]}" |
	as_owner tee -a "$standby/data/postgresql.conf" >/dev/null
cluster_resume web_proxy_standby
on_standby() {
	psql -X -q -At -h "$standby" -p "${ports[0]}" -d proxied -c "$1" 2>&1
}
dsn="host=127.0.0.1,127.0.0.1 port=$primary,${ports[0]} dbname=proxied user=esn_web"
build/web-gcc/esn-pulse-web --listen "127.0.0.1:$behind" --behind-proxy --rate 0 --dsn "$dsn" \
	2>"$run/proxied/gateway.log" &
gateway=$!

ask() { curl -s --cacert "$dir/tls/ca.pem" "$@"; }
site=https://localhost:$secure/api/v1
status() { ask -o /dev/null -w '%{http_code}' "$@"; }
ok "$(eventually 60 200 status "$site/countries" && echo true || echo false)" \
	"nginx hands requests over to the gateway, by TLS"
is "without TLS it leads there" "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' \
	"http://localhost:$plain/api/v1/countries?page=1")" \
	"301 https://localhost/api/v1/countries?page=1"
like "browsers stay with TLS" "$(ask -D - -o /dev/null "$site/countries")" \
	"*trict-?ransport-?ecurity: max-age=*"

# The gateway learns from nginx whose streams they are.
for n in $(seq 20); do
	curl -s -N --cacert "$dir/tls/ca.pem" "$site/events" >"$run/proxied/stream.$n" &
	followers+=($!)
done
followed() { cat "$run/proxied"/stream.* | grep -c '^retry: '; }
ok "$(eventually 60 20 followed && echo true || echo false)" \
	"events pass at once, in twenty streams of an address"
is "and no more" "$(status -m 5 "$site/events")" 429
is "whatever address it claims" "$(status -m 5 -H "X-Forwarded-For: 192.0.2.7" "$site/events")" 429
kill "${followers[@]}"
begins() { ask -N -m 5 "$site/events" | head -n 1; }
ok "$(eventually 60 "retry: 5000" begins && echo true || echo false)" "until some end"

is "answers come compressed" "$(ask -D - -o /dev/null -H 'Accept-Encoding: gzip' \
	"$site/openapi.json" | grep -ci '^content-encoding: gzip')" 1
is "a key gets through" "$(status -H "Authorization: Bearer x" "$site/countries")" 401
is "a large body does not" "$(head -c 100000 /dev/zero |
	status -X POST --data-binary @- "$site/trigger/scraper")" 413
sessions="SELECT count(*) FROM pg_stat_activity WHERE usename = 'esn_web'
	AND query LIKE '%esn_api(%'"
is "the standby answers what is read" "$(($(on_standby "$sessions") > 0))" 1
key=$(sql "SELECT esn_create_api_key('operator', 'operate')")
start() {
	status -X POST -H "Authorization: Bearer $key" -d '{"module": "activities"}' \
		"$site/trigger/scraper"
}
is "the primary starts runs" "$(start)" 202
completed() { on_standby "SELECT status FROM scraper_status WHERE id = 3"; }
ok "$(eventually 60 completed completed && echo true || echo false)" "which the standby sees"
is "health is answered by the standby, too" "$(status "$site/health")" 200

# Only nginx's own limit is in the way here.
answers=$(for n in $(seq 600); do echo "url = $site/countries"; echo "output = /dev/null"; done |
	ask -w '%{http_code}\n' -Z --parallel-max 20 -K - 2>/dev/null | sort -u | tr '\n' ' ')
is "who asks too often must wait" "$answers" "200 429 "
ok "$(eventually 60 200 status "$site/countries" && echo true || echo false)" \
	"it is only for a while"

# Without the primary, reading goes on.
cluster_stop web_proxy
ok "$(eventually 60 200 status "$site/sections?limit=2" && echo true || echo false)" \
	"without the primary the standby answers"
is "but no run starts" "$(start)" 503
refused() {
	ask -m 5 -w '\n%{http_code} %{content_type}' "$site/events" | grep -oE \
		'the database that sends events is not available|^[0-9]+ .*' | paste -sd ' '
}
ok "$(eventually 60 "the database that sends events is not available 503 application/problem+json" \
	refused && echo true || echo false)" "and no stream, which says why"
cluster_resume web_proxy
ok "$(eventually 60 202 start && echo true || echo false)" "with it they do"
ok "$(eventually 60 "retry: 5000" begins && echo true || echo false)" "and streams begin"
kill "$gateway"
wait "$gateway" && ended=0 || ended=$?
gateway=
is "the gateway ended well" "$ended $(grep -E 'Sanitizer|runtime error' \
	"$run/proxied/gateway.log" || true)" "0 "
done_testing
