# What is handed over arrives: by dump and restore, by upgrade, by backup.
. test/site/tests.sh
site_cluster handover "shared_preload_libraries = 'pg_cron'" "cron.database_name = 'esn'"
site_database esn --sections 40 --count 200 --seed 71
sql "SELECT esn_scrape_all()" >/dev/null
sql "INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'h1.mine')" \
	"INSERT INTO sdgs (name) VALUES ('SDG 18')"
everything() { # of a database: every row of every table, and where every sequence stands
	database=$1 sql "SELECT format(CASE c.relkind WHEN 'S' THEN 'SELECT %L, last_value, is_called FROM %s' ELSE 'SELECT %L, t.* FROM %s t ORDER BY t::text' END, c.oid::regclass, c.oid::regclass)
		FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'e' AND d.classid = 'pg_class'::regclass
			JOIN pg_extension e ON e.oid = d.refobjid AND c.oid = ANY (e.extconfig) ORDER BY 1" |
		sed 's/$/;/' | cluster_psql "$cluster" -d "$1" -At
}

# Into a new cluster, as to another machine.
cluster_start newhome
pg_dump -h "$run/$cluster" -d esn >"$run/esn/dump.sql"
cluster_psql newhome -c "CREATE DATABASE esn"
like "a dump goes into a new cluster without an error" "$(cluster_psql newhome -d esn -f "$run/esn/dump.sql" 2>&1 && echo done)" "*done"
everything esn >"$run/esn/before"
(cluster=newhome everything esn) >"$run/esn/after"
is "every row of every table and every sequence is there" "$(diff "$run/esn/before" "$run/esn/after")" ""
is "changed rules, too" "$(cluster=newhome sql "SELECT selector FROM extraction_rules WHERE NOT shipped")" h1.mine
is "it was not little" "$(($(wc -l <"$run/esn/after") > 2000))" 1
like "the next run there goes on" "$(cluster=newhome sql "SET esn_pulse.accounts_url = '$accounts_url'" "SET esn_pulse.activities_url = '$activities_url'" \
	"SET esn_pulse.request_delay = 0" "SET esn_pulse.retry_base_delay = 10" "SET esn_pulse.request_timeout = '2s'" "SELECT status, activities_new FROM esn_scrape_all()")" "*completed|0"
cluster_stop newhome

# Upgrades.
cluster_psql "$cluster" -c "CREATE DATABASE fresh"
(database=fresh && sql "CREATE EXTENSION esn_pulse")
cluster_psql "$cluster" -d fresh -At -f test/site/catalogue.sql >"$run/esn/fresh"
is "the catalogue of a fresh database is not empty" "$(($(wc -l <"$run/esn/fresh") > 300))" 1
for version in $(cd sql && ls esn_pulse--*.sql | sed -nE 's/^esn_pulse--([0-9.]+)\.sql$/\1/p'); do
	[ "$version" != "$(sed -n "s/^default_version = '\(.*\)'/\1/p" esn_pulse.control)" ] || continue
	cluster_psql "$cluster" -c "CREATE DATABASE \"from_$version\""
	output=$(database=from_$version sql "CREATE EXTENSION esn_pulse VERSION '$version'" \
		"INSERT INTO failed_scrapes (url, scraper_module, error_message) VALUES ('https://x/activity/y-1', 'ActivitiesAndStatisticsScraper', 'x')" \
		"INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'h1.mine')" "SELECT esn_scrape_all()" || true)
	like "a run beside the script of $version says what to do" "$output" "*ERROR:  55000: esn_pulse is of version $version in this database*HINT:  ALTER EXTENSION esn_pulse UPDATE*"
	is "$version can be upgraded" "$(database=from_$version sql "ALTER EXTENSION esn_pulse UPDATE")" ""
	cluster_psql "$cluster" -d "from_$version" -At -f test/site/catalogue.sql >"$run/esn/upgraded"
	is "its catalogue is that of a fresh one" "$(diff "$run/esn/fresh" "$run/esn/upgraded")" ""
	is "its rows are there" "$(database=from_$version sql "SELECT kind FROM failed_scrapes" "SELECT selector FROM extraction_rules WHERE NOT shipped")" $'activity\nh1.mine'
done

# Backups.
export PGHOST=$run/$cluster
sql "CREATE EXTENSION pg_cron" "SELECT job FROM esn_schedule()" >/dev/null
as_owner mkdir -p "$run/esn/backups"
[ "$(id -u)" -ne 0 ] || chown "$(id -u)" "$run/esn/backups"
touch "$run/esn/backups/esn_2024-01-07.dump" "$run/esn/backups/esn_2024-01-14.dump" "$run/esn/backups/esn_2024-01-21.dump" "$run/esn/backups/other.dump"
like "a backup is made and proved" "$(scripts/backup.sh esn "$run/esn/backups" 2 2>&1)" "*removed esn_2024-01-14.dump*esn_$(date +%F).dump: * rows, restored and counted"
is "the oldest are removed, what is no backup stays" "$(ls "$run/esn/backups")" $'esn_2024-01-21.dump\n'"esn_$(date +%F).dump"$'\nother.dump'
is "the proof leaves no database behind" "$(sql "SELECT count(*) FROM pg_database WHERE datname LIKE '%proof%'")" 0
if output=$(scripts/backup.sh nowhere "$run/esn/backups" 2>&1); then ok false "a backup of nothing fails"; else ok true "a backup of nothing fails"; fi
like "and says why" "$output" '*database "nowhere" does not exist*'
done_testing
