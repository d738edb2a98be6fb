# Monitoring: Prometheus' exporter, with the example's queries, shows the state of the database.
. test/site/tests.sh
site_cluster monitoring
site_database watched --sections 20 --count 100 --seed 95 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null

# The exporter as the service of Debian's package starts it, by the steps of docs/operations.md;
# only the places are others.
steps() { awk '/^## / { on = $0 == "## Prometheus" } on' docs/operations.md; }
while read -r command; do
	output=$(cd "$run/watched" && PGHOST=$run/monitoring bash -c "$command" 2>&1) ||
		diagnosis "$output"
done < <(steps | sed -nE 's/^ *sudo -u postgres (createuser|psql esn)/\1/p' |
	sed 's/psql esn/psql watched/')
free_ports 1
address=127.0.0.1:${ports[0]}
steps | sed -nE "s/^ +((DATA_SOURCE_NAME|ARGS)='.*)/\1/p" | sed \
	-e "s,/var/run/postgresql,$run/monitoring," -e "s,dbname=esn,dbname=watched," \
	-e "s,/etc/prometheus/esn-pulse-queries,$PWD/examples/prometheus-queries," \
	>"$run/watched/exporter.env"
(
	set -a
	. "$run/watched/exporter.env"
	# shellcheck disable=SC2086
	exec prometheus-postgres-exporter $ARGS --web.listen-address="$address"
) >"$run/watched/exporter.log" 2>&1 &
exporter=$!
trap 'kill $exporter 2>/dev/null; site_stop watched; cluster_stop monitoring' EXIT
metrics() { curl -s "http://$address/metrics"; }
metric() { metrics | grep -E "^$1[{ ]" | grep -F "$2" | sed 's/.* //'; }
last_run() { metric esn_pulse_health_state 'check="last run"'; }
eventually 20 20 metric esn_pulse_data_sections "" || sed 's/^/# /' "$run/watched/exporter.log"
is "the exporter shows the number of sections" "$(metric esn_pulse_data_sections "")" 20
is "the result of the last run" \
	"$(metric esn_pulse_run_completed 'module="ActivitiesAndStatisticsScraper"')" 1
is "the state of each check" "$(metrics | grep -c '^esn_pulse_health_state{')" \
	"$(sql "SELECT count(*) FROM esn_health")"
is "0 for a check that is ok" "$(last_run)" 0
sql "INSERT INTO scraper_status (scraper_module, status, completed_at, requested_by, request)
	VALUES ('ActivitiesAndStatisticsScraper', 'failed', now(), 'x', 'activities')"
eventually 20 2 last_run || true
is "2 for one that is critical" "$(last_run)" 2
# Newer versions also complain that they have no file of settings, and that their own metrics need
# more rights.
is "the exporter has no error" "$(grep -iE 'error|failed' "$run/watched/exporter.log" |
	grep -vE 'postgres_exporter\.yml|msg="collector failed"')" ""

# The names in the examples are those that the exporter shows.
names() { grep -ohE 'esn_pulse_[a-z_]+' "$@" | sort -u; }
shown=$(metrics | sed -nE 's/^(esn_pulse_[a-z_]+)[{ ].*/\1/p' | sort -u)
for example in examples/prometheus-alerts.yaml examples/grafana-dashboard.json; do
	is "the exporter shows every figure of $example" \
		"$(names "$example" | grep -vx esn_pulse | comm -23 - <(echo "$shown"))" ""
done
is "the dashboard shows some of each query" \
	"$(names examples/grafana-dashboard.json | cut -d_ -f1-3 | sort -u)" "esn_pulse_data
esn_pulse_health
esn_pulse_run
esn_pulse_schedule
esn_pulse_table"
is "the dashboard is JSON, with panels that do not overlap" "$(python3 -c '
import json
cells = [(x, y) for p in json.load(open("examples/grafana-dashboard.json"))["panels"]
         for g in [p["gridPos"]]
         for x in range(g["x"], g["x"] + g["w"]) for y in range(g["y"], g["y"] + g["h"])]
print(len(cells) == len(set(cells)), max(x for x, y in cells))')" "True 23"

# The alert rules, by Prometheus itself: their syntax, when they fire, and what is in a
# configuration as docs/operations.md writes it.
output=$(promtool check rules examples/prometheus-alerts.yaml 2>&1) && passed=true || passed=false
ok "$passed" "promtool accepts the alert rules" "$output"
output=$(promtool test rules test/prometheus/alerts.yaml 2>&1) && passed=true || passed=false
ok "$passed" "they fire when they should" "$output"
steps | awk '/rule_files:/, /targets:/' | sed -e 's/^       //' \
	-e "s,/etc/prometheus/,$PWD/examples/," >"$run/watched/prometheus.yml"
output=$(promtool check config "$run/watched/prometheus.yml" 2>&1) && passed=true || passed=false
ok "$passed" "and the configuration that the document shows" "$output"
done_testing
