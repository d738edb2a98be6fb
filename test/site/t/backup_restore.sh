# Backup and restore: the data survive dump and restore, upgrades and backups.
. test/site/tests.sh
site_cluster backup_restore "shared_preload_libraries = 'pg_cron'" "cron.database_name = 'archive'"
site_database archive --sections 40 --count 200 --seed 71
sql "SELECT esn_scrape_all()" >/dev/null
my_rule="INSERT INTO extraction_rules (page_kind, field, position, selector)
	VALUES ('activity', 'title', 1, 'h1.mine')"
sql "$my_rule" "INSERT INTO sdgs (name) VALUES ('SDG 18')"
# Of the current database: every row of every table, and the value of every sequence.
everything() {
	sql "SELECT format(CASE c.relkind
			WHEN 'S' THEN 'SELECT %L, last_value, is_called FROM %s'
			ELSE 'SELECT %L, t.* FROM %s t ORDER BY t::text' END, c.oid::regclass, c.oid::regclass)
		FROM pg_class c
		JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'e'
			AND d.classid = 'pg_class'::regclass
		JOIN pg_extension e ON e.oid = d.refobjid AND c.oid = ANY (e.extconfig)
		ORDER BY 1" |
		sed 's/$/;/' | cluster_psql "$cluster" -d "$database" -At
}

# Into a new cluster, as to another machine.
trap 'site_stop archive; cluster_stop newhome; cluster_stop backup_restore' EXIT
cluster_start newhome
pg_dump -h "$run/$cluster" -d archive >"$run/archive/dump.sql"
cluster_psql newhome -c "CREATE DATABASE archive"
like "a dump goes into a new cluster without an error" \
	"$(cluster_psql newhome -d archive -f "$run/archive/dump.sql" 2>&1 && echo done)" "*done"
everything >"$run/archive/before"
cluster=newhome everything >"$run/archive/after"
is "every row of every table and every sequence is there" \
	"$(diff "$run/archive/before" "$run/archive/after")" ""
my_rules="SELECT selector FROM extraction_rules WHERE NOT shipped"
is "the user's own rules, too" "$(cluster=newhome sql "$my_rules")" h1.mine
is "there are many" "$(($(wc -l <"$run/archive/after") > 2000))" 1
like "the next run there resumes" \
	"$(cluster=newhome sql "SET esn_pulse.accounts_url = '$accounts_url'" \
		"SET esn_pulse.activities_url = '$activities_url'" "SET esn_pulse.request_delay = 0" \
		"SET esn_pulse.retry_base_delay = 10" "SET esn_pulse.request_timeout = '5s'" \
		"SELECT status, activities_new FROM esn_scrape_all()")" "*completed|0"

# By several jobs, in any order.
pg_dump -h "$run/$cluster" -d archive -Fc -f "$run/archive/dump"
for jobs in 2 4; do
	cluster_psql newhome -c "CREATE DATABASE parallel_$jobs"
	like "pg_restore -j $jobs restores without an error" \
		"$(pg_restore -h "$run/newhome" -d "parallel_$jobs" -j "$jobs" "$run/archive/dump" 2>&1 &&
			echo done)" "done"
	cluster=newhome database=parallel_$jobs everything >"$run/archive/after"
	is "every row is there" "$(diff "$run/archive/before" "$run/archive/after")" ""
	like "and foreign keys hold again" "$(cluster=newhome database=parallel_$jobs sql \
		"SET application_name = 'pg_restore'" \
		"INSERT INTO activity_to_sdg VALUES (-1, 1)" || true)" "*ERROR:  23503:*"
done
sql "CREATE ROLE \"the board\"" "SELECT esn_grant_read('\"the board\"')" >/dev/null
pg_dump -h "$run/$cluster" -d archive -Fc -f "$run/archive/granted"
cluster_psql newhome -c "CREATE DATABASE granted"
restores() { PGHOST=$run/newhome scripts/restore.sh granted "$run/archive/granted" 2 2>&1; }
like "restore.sh names the roles that are missing, before it does anything" \
	"$(restores || cluster=newhome database=granted sql "SELECT extname FROM pg_extension")" \
	'roles of the dump do not exist here*: "the board"'$'\nplpgsql'
cluster_psql newhome -c 'CREATE ROLE "the board"'
is "with them it restores" "$(restores)" ""
cluster=newhome database=granted everything >"$run/archive/after"
is "every row" "$(diff "$run/archive/before" "$run/archive/after")" ""
is "and every grant" "$(cluster=newhome database=granted sql \
	"SELECT has_table_privilege('the board', 'activities', 'SELECT')")" t
cluster_stop newhome

# Upgrades.
catalogue() { cluster_psql "$cluster" -d "$1" -At -f test/site/catalogue.sql; }
cluster_psql "$cluster" -c "CREATE DATABASE fresh"
database=fresh sql "CREATE EXTENSION esn_pulse"
catalogue fresh >"$run/archive/fresh"
is "the catalogue of a fresh database is not empty" "$(($(wc -l <"$run/archive/fresh") > 300))" 1
current=$(sed -n "s/^default_version = '\(.*\)'/\1/p" esn_pulse.control)
for version in $(cd sql && ls esn_pulse--*.sql | sed -nE 's/^esn_pulse--([0-9.]+)\.sql$/\1/p'); do
	[ "$version" != "$current" ] || continue
	database=from_$version
	cluster_psql "$cluster" -c "CREATE DATABASE \"$database\""
	output=$(sql "CREATE EXTENSION esn_pulse VERSION '$version'" \
		"INSERT INTO failed_scrapes (url, scraper_module, error_message)
		VALUES ('https://x/activity/y-1', 'ActivitiesAndStatisticsScraper', 'x')" \
		"$my_rule" "SET esn_pulse.request_delay = '500ms'" "SELECT esn_scrape_all()" || true)
	like "a run with the objects of $version is rejected, with a hint" "$output" \
		"*ERROR:  55000: esn_pulse is of version $version in this database
		HINT:  Run ALTER EXTENSION esn_pulse UPDATE*"
	pg_dump -h "$run/$cluster" -d "$database" -Fc -f "$run/archive/dump_$version"
	is "$version can be upgraded" "$(sql "ALTER EXTENSION esn_pulse UPDATE")" ""
	catalogue "$database" >"$run/archive/upgraded"
	is "its catalogue is that of a fresh one" \
		"$(diff "$run/archive/fresh" "$run/archive/upgraded")" ""
	is "its rows are there" "$(sql "SELECT kind FROM failed_scrapes" "$my_rules")" \
		$'activity\nh1.mine'
	rows="SELECT f.url, f.kind FROM failed_scrapes f"
	before=$(sql "$rows" "$my_rules")
	# Into an empty database, and into one that create.sh has made.
	PGHOST=$run/$cluster scripts/create.sh "owned_$version" volunteer "$version" >/dev/null 2>&1
	# As after pg_upgrade.
	cluster_psql "$cluster" -d "owned_$version" -c "UPDATE pg_extension SET extowner = 10"
	cluster_psql "$cluster" -c "CREATE DATABASE \"empty_$version\""
	for database in "empty_$version" "owned_$version"; do
		like "a dump of $version can be restored" "$(PGHOST=$run/$cluster \
			scripts/restore.sh "$database" "$run/archive/dump_$version" 2>&1)" \
			"*upgraded from version $version"
		is "like the database that it came from" "$(sql "$rows" "$my_rules")" "$before"
		is "with the current version" "$(sql "SELECT extversion FROM pg_extension
			WHERE extname = 'esn_pulse'")" "$current"
	done
	is "the owner is still the one that create.sh has made" \
		"$(sql "SELECT rolname FROM pg_class JOIN pg_roles r ON r.oid = relowner
			WHERE relname IN ('activities', 'frontier')
			UNION SELECT rolname FROM pg_type JOIN pg_roles r ON r.oid = typowner
			WHERE typname IN ('activity_relations', 'statistics_pair')")" "owned_${version}_owner"
	database=refuses_$version
	cluster_psql "$cluster" -c "CREATE DATABASE \"$database\""
	sql "CREATE EXTENSION esn_pulse"
	like "where the current version is, nothing is done, and it says what to do" \
		"$(PGHOST=$run/$cluster scripts/restore.sh "$database" "$run/archive/dump_$version" 2>&1 ||
			sql "SELECT count(*) FROM failed_scrapes")" \
		"*of version $version*has $current*create.sh <database> <role> $version"$'\n0'
done
database=archive

# Backups.
export PGHOST=$run/$cluster
backups=$run/archive/backups
sql "CREATE EXTENSION pg_cron" "SELECT job FROM esn_schedule()" >/dev/null
as_owner mkdir -p "$backups"
[ "$(id -u)" -ne 0 ] || chown "$(id -u)" "$backups"
touch "$backups"/{archive_2024-01-07,archive_2024-01-14,archive_2024-01-21,other}.dump
today=archive_$(date +%F).dump
like "a backup is made and proved" "$(scripts/backup.sh archive "$backups" 2 2>&1)" \
	"*removed archive_2024-01-14.dump*$today: * rows, restored and counted"
is "the oldest are removed; other files are kept" "$(ls "$backups" | xargs)" \
	"archive_2024-01-21.dump $today other.dump"
is "only its owner can read it" "$(stat -c %a "$backups/$today")" 600
health="SELECT status, value FROM esn_health WHERE name = 'backup'"
like "the health check knows of it" "$(sql "$health")" "ok|$(date +%Y)-*"
is "the proof leaves no database behind" \
	"$(sql "SELECT count(*) FROM pg_database WHERE datname LIKE '%proof%'")" 0
like "a command copies it off the machine" \
	"$(scripts/backup.sh archive "$backups" 2 printf 'copied %s\n' 2>&1)" "copied $backups/$today*"
touch "$backups/archive_2024-01-07.dump"
like "if that fails, the backup fails, and nothing is removed" \
	"$(scripts/backup.sh archive "$backups" 2 false 2>&1 || ls "$backups" | xargs)" \
	"*not copied*archive_2024-01-07.dump archive_2024-01-21.dump $today *"
like "and the health check says so" "$(sql "$health")" "critical|failed:*"
scripts/backup.sh archive "$backups" 2 >/dev/null 2>&1
like "until one succeeds" "$(sql "$health")" "ok|*"
long=$(printf 'erasmus_student_network_%.0s' 1 2 3 | cut -c1-63)
cluster_psql "$cluster" -c "CREATE DATABASE $long"
like "a failed backup of a database with a long name" \
	"$(scripts/backup.sh "$long" "$backups" 2>&1 || true)" "*has no extension esn_pulse*"
is "drops only what it has created" \
	"$(sql "SELECT count(*) FROM pg_database WHERE datname = '$long'")" 1
like "a backup of a database that does not exist fails with a message" \
	"$(scripts/backup.sh nowhere "$backups" 2>&1 || echo failed)" \
	'*database "nowhere" does not exist*failed'
done_testing
