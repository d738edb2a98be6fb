#!/usr/bin/env bash
# Requests per second of the web gateway, beside FastAPI with uvicorn (2 workers) and asyncpg, which
# answers with the same rows, and nginx with the same bytes as a file; by wrk on loopback, in one
# run. Then 10,000 readers at the same time. Figures are medians of three rounds.
# Usage: bench/web.sh [seconds]
. test/site/tests.sh
seconds=${1:-5}
free_ports 4
read -r kept asked rival file <<<"${ports[*]}"
site_cluster bench_web
site_database web_bench --sections 300 --count 3000 --seed 5 --no-faults --padding 0
sql "SELECT esn_scrape_all()" "CREATE ROLE esn_web LOGIN" "SELECT esn_grant_web('esn_web')" \
	"ALTER DATABASE web_bench SET jit = off" "VACUUM ANALYZE" >/dev/null
make -s -f web.mk
dir=$run/web_bench/bench
path="/api/v1/activities?limit=20"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true
	[ ! -s "$dir/nginx.pid" ] || as_owner kill "$(cat "$dir/nginx.pid")" 2>/dev/null || true
	site_stop web_bench
	cluster_stop bench_web' EXIT
ulimit -n "$(ulimit -Hn)"

dsn="host=$run/bench_web dbname=web_bench"
build/web/esn-pulse-web --listen "127.0.0.1:$kept" --rate 0 --connections 12000 \
	--dsn "$dsn user=esn_web" 2>/dev/null &
pids+=($!)
gateway=$!
build/web/esn-pulse-web --listen "127.0.0.1:$asked" --rate 0 --cache 0 \
	--dsn "$dsn user=esn_web" 2>/dev/null &
pids+=($!)
DSN="postgresql:///web_bench?host=$run/bench_web&user=$PGUSER" /usr/bin/python3 -m uvicorn \
	--app-dir bench/rivals --workers 2 --no-access-log --log-level error --port "$rival" \
	fastapi_web:app 2>/dev/null &
pids+=($!)
status() { curl -s -o /dev/null -w '%{http_code}' "$1"; }
for port in "$kept" "$asked" "$rival"; do
	eventually 60 200 status "http://127.0.0.1:$port$path" || die "nobody answers at $port"
done

# nginx with the answer as a file.
mkdir -p "$dir/tmp" "$dir/root"
curl -s "http://127.0.0.1:$kept$path" >"$dir/root/answer.json"
{
	echo "pid $dir/nginx.pid; error_log $dir/nginx.log; worker_processes 2;"
	echo "events { worker_connections 4096; } http { access_log off; sendfile on;"
	echo "open_file_cache max=100; keepalive_requests 1000000000; types { application/json json; }"
	for kind in client_body proxy fastcgi uwsgi scgi; do
		echo "${kind}_temp_path $dir/tmp/$kind;"
	done
	echo "server { listen 127.0.0.1:$file; root $dir/root; } }"
} >"$dir/nginx.conf"
[ "$(id -u)" -ne 0 ] || chown -R postgres: "$dir"
as_owner nginx -e "$dir/nginx.log" -c "$dir/nginx.conf"
eventually 20 200 status "http://127.0.0.1:$file/answer.json"

# The same rows: the names of the fields are the same, and the values.
python3 - "http://127.0.0.1:$kept$path" "http://127.0.0.1:$rival$path" <<'PYTHON'
import json, sys, urllib.request
ours, theirs = (json.load(urllib.request.urlopen(url)) for url in sys.argv[1:])
for answer in (ours, theirs):
    for item in answer["items"]:
        item["updated_at"] = item["updated_at"][:19]
if ours != theirs:
    sys.exit("the answers differ")
PYTHON

# per_second <url> <connections>
per_second() {
	wrk -t1 -c"$2" -d"${seconds}s" --timeout 30s "$1" >"$dir/wrk"
	! grep -qE 'Non-2xx|Socket errors' "$dir/wrk" || die "errors: $(cat "$dir/wrk")"
	awk '/^Requests\/sec/ { print $2 }' "$dir/wrk"
}
median() { sort -n | sed -n 2p; }
declare -A results=([cached]= [nginx]= [uncached]= [fastapi]=)
for round in 1 2 3; do
	results[cached]+=$(per_second "http://127.0.0.1:$kept$path" 64)$'\n'
	results[nginx]+=$(per_second "http://127.0.0.1:$file/answer.json" 64)$'\n'
	results[uncached]+=$(per_second "http://127.0.0.1:$asked$path" 16)$'\n'
	results[fastapi]+=$(per_second "http://127.0.0.1:$rival$path" 16)$'\n'
done
for name in cached nginx uncached fastapi; do
	printf '%-9s %8.0f requests/s\n' "$name" "$(printf %s "${results[$name]}" | median)"
done
# Ten thousand readers, each of whom asks again after half a second to three and a half.
cat >"$dir/readers.lua" <<'LUA'
function delay() return math.random(500, 3500) end
function done(summary, latency)
	io.write(string.format("10,000 readers: %.0f requests/s, median %.0f ms, p95 %.0f ms, "
		.. "p99 %.0f ms, errors %d\n", summary.requests / summary.duration * 1e6,
		latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
		summary.errors.connect + summary.errors.read + summary.errors.write
		+ summary.errors.status + summary.errors.timeout))
end
LUA
wrk -t1 -c10000 -d"$((seconds * 4))s" --timeout 30s -s "$dir/readers.lua" \
	"http://127.0.0.1:$kept$path" | grep '^10,000'
awk '/VmHWM/ { printf "memory of the gateway: %d MB\n", $2 / 1024 }' "/proc/$gateway/status"
