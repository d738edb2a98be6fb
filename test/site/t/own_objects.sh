# Objects of the user's on the tables of the extension: columns, triggers, indexes, policies.
. test/site/tests.sh
site_cluster own_objects
site_database widened --sections 20 --count 200 --seed 61 --no-faults
section=$(awk -F'\t' '$4 != "\\N" { print $4; exit }' "$run/widened/truth/sections.tsv")

# Columns that have the names of the functions' variables.
cluster_psql "$cluster" -d widened -f test/site/columns.sql
sql "ALTER TABLE activities ADD organisers text[], ADD objectives text[], ADD sdgs text[]"
is "there are many columns, and among them the usual ones" \
	"$(sql "SELECT count(*) > 100,
			count(*) FILTER (WHERE attname IN ('n', 'full', 'module', 'ids'))
		FROM pg_attribute
		WHERE attrelid = 'activities'::regclass AND atttypid = 'point'::regtype")" \
	"t|4"
for call in "esn_scrape_all()" "esn_scrape_all(true)" "esn_retry_failed()" "esn_resume()" \
	"esn_fix_validation_errors()" "esn_scrape_section('$section', true)" \
	"esn_scrape_activities(3)" "esn_plan()" "esn_maintenance()" "esn_health_check()" \
	"esn_report()" "esn_compare('$section')"; do
	like "$call works with columns named like variables" \
		"$(sql "SELECT count(*) FROM $call AS result" | tail -n 1)" "[0-9]*"
done
is "the runs have stored everything" "$(differences)" ""
is "and nothing in those columns" "$(sql "SELECT count(*) FROM activities
	WHERE num_nonnulls(causes, objectives, organisers, sdgs, ids, n, \"full\") > 0")" 0
done_testing
