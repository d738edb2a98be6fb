# Monitoring: Prometheus' exporter, with the example's queries, shows the state of the database.
. test/site/tests.sh
site_cluster monitoring
site_database watched --sections 20 --count 100 --seed 95 --no-faults
sql "SELECT esn_scrape_all()" "CREATE ROLE monitor LOGIN" \
	"SELECT esn_grant_read('monitor')" >/dev/null

free_ports 1
address=127.0.0.1:${ports[0]}
export DATA_SOURCE_NAME="host=$run/monitoring user=monitor dbname=watched sslmode=disable"
prometheus-postgres-exporter --web.listen-address="$address" \
	--extend.query-path=examples/prometheus-queries.yaml \
	--disable-default-metrics --disable-settings-metrics >"$run/watched/exporter.log" 2>&1 &
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
done_testing
