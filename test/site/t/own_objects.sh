# Objects of the user's on the tables of the extension: columns, triggers, indexes, policies.
. test/site/tests.sh
site_cluster own_objects
site_database widened --sections 20 --count 200 --seed 61 --no-faults
section=$(awk -F'\t' '$4 != "\\N" { print $4; exit }' "$run/widened/truth/sections.tsv")

# Columns that have the names of the functions' variables.
cluster_psql "$cluster" -d widened -f test/site/columns.sql
sql "ALTER TABLE sections ADD slug point"
for relation in organisers causes sdgs objectives; do
	sql "ALTER TABLE activities ADD COLUMN IF NOT EXISTS $relation text[]" >/dev/null
done
is "there are many columns, and among them the usual ones" \
	"$(sql "SELECT count(*) > 100,
			count(*) FILTER (WHERE attname IN ('n', 'full', 'module', 'ids'))
		FROM pg_attribute
		WHERE attrelid = 'activities'::regclass AND atttypid = 'point'::regtype")" \
	"t|4"
for call in "esn_scrape_all()" "esn_scrape_all(true)" "esn_retry_failed()" "esn_resume()" \
	"esn_fix_validation_errors()" "esn_scrape_section('$section', true)" \
	"esn_scrape_activities(3)" "esn_plan()" "esn_maintenance()" "esn_health_check()" \
	"esn_report()" "esn_compare('$section')" "esn_suggest('$section')" \
	"esn_expect_participants('$section', month => 5)" "esn_trends()"; do
	like "$call works with columns named like variables" \
		"$(sql "SELECT count(*) FROM $call AS result" | tail -n 1)" "[0-9]*"
done
is "the runs have stored everything" "$(differences)" ""
is "and nothing in those columns" "$(sql "SELECT count(*) FROM activities
	WHERE num_nonnulls(causes, objectives, organisers, sdgs, ids, n, \"full\") > 0")" 0

# The same columns in a database of 1.0, which is then upgraded: no function takes one of them for
# its argument.
names=$(sql "SELECT attname FROM pg_attribute
	WHERE attrelid = 'sections'::regclass AND atttypid = 'point'::regtype")
database=grown
cluster_psql "$cluster" -c "CREATE DATABASE grown"
reads_the_site grown
sql "CREATE EXTENSION esn_pulse VERSION '1.0'"
for table in sections activities countries sdgs section_overall_statistics failed_scrapes; do
	sed "s/.*/ALTER TABLE $table ADD COLUMN IF NOT EXISTS \"&\" point;/" <<<"$names"
done | PGOPTIONS="-c client_min_messages=warning" cluster_psql "$cluster" -d grown
is "an upgrade accepts them" "$(sql "ALTER EXTENSION esn_pulse UPDATE")" ""
is "among them are arguments of functions that are part of queries" \
	"$(sql "SELECT count(*) FROM pg_attribute WHERE attrelid = 'sections'::regclass
		AND attname IN ('section', 'page_url')")" 2
sql "SELECT esn_scrape_all()" >/dev/null
is "and runs store everything" "$(differences widened)" ""

# A trigger that raises an error costs the page of its row, and no more.
site_database refused --sections 10 --count 60 --seed 63 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null
sql "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \$\$
	BEGIN
		IF NEW.id = 1 THEN
			RAISE EXCEPTION 'not this one';
		END IF;
		RETURN NEW;
	END\$\$" \
	"CREATE TRIGGER refuse BEFORE UPDATE ON activities FOR EACH ROW EXECUTE FUNCTION refuse()" \
	"SET session_replication_role = replica" "UPDATE activities SET title = 'By hand'"
like "a run completes in spite of a trigger that refuses a row" \
	"$(sql "SELECT status FROM esn_scrape_all(true)")" "*completed"
is "all other rows are stored" \
	"$(sql "SELECT count(*) FROM activities WHERE title = 'By hand'")" 1
like "and the page is a failure that says why" \
	"$(sql "SELECT kind, error_message FROM failed_scrapes WHERE resolved_at IS NULL")" \
	"activity|the database rejected the page: not this one"

# Dumps lack them, and one with a column of the user's cannot be restored as it is. The health check
# says so, and backup.sh keeps what is needed.
site_database kept --sections 5 --count 20 --seed 62 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null
own="SELECT status, value FROM esn_health WHERE name = 'own objects'"
is "nobody has added anything" "$(sql "$own")" "ok|none"
sql "CREATE ROLE guest" "SELECT esn_grant_read('guest')" \
	"ALTER TABLE activities ADD note text NOT NULL DEFAULT 'mine'" \
	"ALTER TABLE activities ADD twice integer GENERATED ALWAYS AS (participants * 2) STORED" \
	"CREATE INDEX my_idx ON activities (lower(note))" \
	"ALTER TABLE activities ADD CONSTRAINT noted CHECK (note <> '')" \
	"CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'" \
	"CREATE TRIGGER mine BEFORE UPDATE ON sections FOR EACH ROW EXECUTE FUNCTION nothing()" \
	"ALTER TABLE activities ENABLE ROW LEVEL SECURITY" \
	"CREATE POLICY big ON activities FOR SELECT TO guest USING (participants > 5)" >/dev/null
like "the health check warns of what was added" "$(sql "$own")" "warning|column*note*"
seen="SELECT count(*), sum(twice), min(note) FROM activities"
as_guest="SET ROLE guest; SELECT count(*) FROM activities"
before=$(sql "$seen" "$as_guest")
mkdir -p "$run/kept/backups"
export PGHOST=$run/$cluster
like "a backup is made and proved" \
	"$(scripts/backup.sh kept "$run/kept/backups" 2>&1)" "*restored and counted"
dump=$run/kept/backups/kept_$(date +%F).dump
cluster_psql "$cluster" -c "CREATE DATABASE copy"
is "restore.sh restores it" "$(scripts/restore.sh copy "$dump" 2>&1)" ""
is "restored as the document says, everything is there" \
	"$(database=copy sql "$seen" "$as_guest")" "$before"
objects="SELECT count(*) FROM esn_internal.esn_own_objects()"
is "with all objects" "$(database=copy sql "$objects")" "$(sql "$objects")"
unset PGHOST
done_testing
