# What watches the database sees what is so: Prometheus' exporter with the example's queries.
. test/site/tests.sh
site_cluster watch
site_database watched --sections 20 --count 100 --seed 95 --no-faults
sql "SELECT esn_scrape_all()" "CREATE ROLE monitor LOGIN" "SELECT esn_grant_read('monitor')" >/dev/null

read -r port < <(free_ports 1)
DATA_SOURCE_NAME="host=$run/watch user=monitor dbname=watched sslmode=disable" prometheus-postgres-exporter --web.listen-address="127.0.0.1:$port" \
	--extend.query-path=examples/prometheus-queries.yaml --disable-default-metrics --disable-settings-metrics >"$run/watched/exporter.log" 2>&1 &
exporter=$!
trap 'kill $exporter 2>/dev/null; site_stop watched; cluster_stop watch' EXIT
metric() { curl -s "http://127.0.0.1:$port/metrics" | grep -E "^$1[{ ]" | grep -F "$2" | sed 's/.* //'; }
eventually 20 20 metric esn_pulse_data_sections "" || sed 's/^/# /' "$run/watched/exporter.log"
is "the exporter tells how many sections there are" "$(metric esn_pulse_data_sections "")" 20
is "how the last run went" "$(metric esn_pulse_run_completed 'module="ActivitiesAndStatisticsScraper"')" 1
is "how each check stands" "$(curl -s "http://127.0.0.1:$port/metrics" | grep -c '^esn_pulse_health_state{')" 13
is "what is well" "$(metric esn_pulse_health_state 'check="last run"')" 0
sql "INSERT INTO scraper_status (scraper_module, status, completed_at, requested_by, request) VALUES ('ActivitiesAndStatisticsScraper', 'failed', now(), 'x', 'activities')"
is "and what is not" "$(eventually 20 2 metric esn_pulse_health_state 'check="last run"'; metric esn_pulse_health_state 'check="last run"')" 2
# A newer one also complains that it has no file of settings, and that what it measures by itself wants more rights.
is "the exporter has no error" "$(grep -iE 'error|failed' "$run/watched/exporter.log" | grep -vE 'postgres_exporter\.yml|msg="collector failed"')" ""
done_testing
