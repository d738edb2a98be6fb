# Concurrency, second part: ALTER TABLE, DROP EXTENSION and DROP DATABASE in the middle of a run.
# The rest is in concurrency.sh, a promotion in replication.sh, the list in docs/operations.md.
. test/site/tests.sh
. test/site/concurrency.sh
site_cluster concurrency_ddl
site_database concurrent_ddl --sections 12 --count 120 --seed 232 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null
user_connects
by_hand="UPDATE activities SET title = 'By hand' WHERE event_slug ~ '[02468]$'"
output() { cat "$run/$database/output"; }

# Columns: one of the user's own, one that views and functions use, one whose name is gone.
for table in activities scraper_status frontier; do
	sql "$by_hand" >/dev/null
	begins
	is "a column added to $table" "$(sql "ALTER TABLE $table ADD note text DEFAULT 'mine'")" ""
	ends "a column added to $table" "completed|" "*completed"
	is "a column added to $table: the tables match the sites" "$(differences)" ""
	begins
	is "a column dropped from $table" "$(sql "ALTER TABLE $table DROP note")" ""
	ends "a column dropped from $table" "completed|" "*completed"
done
sql "$by_hand" >/dev/null
begins
is "the type of a column changed" "$(sql "ALTER TABLE sections ALTER address TYPE varchar")" ""
ends "the type of a column changed" "completed|" "*completed"
is "the type of a column changed: the tables match the sites" "$(differences)" ""
sql "ALTER TABLE sections ALTER address TYPE text"
like "the type of a column that a view shows: PostgreSQL rejects it" \
	"$(sql "ALTER TABLE scraper_status ALTER request TYPE varchar" || true)" \
	"*ERROR:  0A000: cannot alter type of a column used by a view or rule*"
sql "$by_hand" >/dev/null
begins
sql "ALTER TABLE activities RENAME outcomes TO results"
ends "a column renamed" "failed|42703: column * does not exist" \
	"*ERROR:  42703: column * does not exist*"
like "a column renamed: the next run fails, too" "$(sql "$full_run" || true)" \
	"*ERROR:  42703: column * does not exist*"
sql "ALTER TABLE activities RENAME results TO outcomes"
afterwards "a column renamed and named back"

# A constraint that pages of the site violate: those pages fail, each by itself, and nothing else.
slug=$(sql "SELECT event_slug FROM activities
	WHERE event_slug ~ '[02468]$' AND removed_at IS NULL AND is_valid ORDER BY id LIMIT 1")
sql "UPDATE activities SET title = 'By hand' WHERE event_slug = '$slug'" >/dev/null
begins
sql "ALTER TABLE activities
	ADD CONSTRAINT mine CHECK (event_slug <> '$slug' OR title = 'By hand')"
ends "a constraint added" "completed|" "*completed"
is "a constraint added: the page that violates it is a failure that names it" "$(sql "
	SELECT count(*), bool_and(url LIKE '%/$slug'
		AND error_message LIKE '%violates check constraint \"mine\"%')
	FROM failed_scrapes WHERE resolved_at IS NULL")" "1|t"
sql "ALTER TABLE activities DROP CONSTRAINT mine"
afterwards "a constraint added and dropped"

# An ALTER in a transaction that stays open holds the run up, for five seconds at most.
what="an ALTER that is rolled back"
sql "$by_hand" >/dev/null
begins
user "BEGIN; ALTER TABLE activities ADD note text;"
site_release concurrent_ddl activities
waits "$what: the run waits for it" "$the_run"
user "ROLLBACK;"
ends "$what" "completed|" "*completed"
is "$what: the tables match the sites" "$(differences)" ""

# DROP EXTENSION.
what="a DROP EXTENSION that is rolled back"
begins
user "BEGIN; DROP EXTENSION esn_pulse;"
site_release concurrent_ddl activities
waits "$what: the run waits for it" "$the_run"
user "ROLLBACK;"
ends "$what" "completed|" "*completed"
afterwards "$what"
what="a DROP EXTENSION that stays open"
begins
user "BEGIN; DROP EXTENSION esn_pulse;"
site_release concurrent_ddl activities
wait "$caller" || true
like "$what: the run's caller gets an error" "$(output)" \
	"*ERROR:  55P03: canceling statement due to lock timeout*HINT: *"
user "ROLLBACK;"
like "$what: the row that the run could not write shows it as ended" "$(sql "$last")" \
	"failed|interrupted: its worker process is gone"
afterwards "$what"
is "$what: the next run has marked the row" \
	"$(sql "SELECT count(*) FROM scraper_status WHERE status = 'running'")" 0
begins
is "DROP EXTENSION: is done at once" "$(sql "DROP EXTENSION esn_pulse")" ""
site_release concurrent_ddl activities
wait "$caller" || true
like "DROP EXTENSION: the run's caller gets an error" "$(output)" \
	"*ERROR:  42704: the extension esn_pulse was dropped while the run was in progress*"
no_worker="SELECT count(*) FROM pg_stat_activity WHERE $the_run"
is "DROP EXTENSION: no worker stays" "$(sql "$no_worker")" 0
sql "CREATE EXTENSION esn_pulse"
like "DROP EXTENSION: created again, a run reads everything" \
	"$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
is "DROP EXTENSION: the tables match the sites" "$(differences)" ""

# DROP DATABASE.
in_postgres() { cluster_psql "$cluster" -At -v VERBOSITY=verbose -c "$1" 2>&1; }
exec {input}>&-
begins
like "DROP DATABASE: PostgreSQL rejects it" \
	"$(in_postgres "DROP DATABASE concurrent_ddl" || true)" \
	"*ERROR:  55006: database \"concurrent_ddl\" is being accessed by other users*"
ends "DROP DATABASE" "completed|" "*completed"
begins
is "DROP DATABASE WITH (FORCE): is done" \
	"$(in_postgres "DROP DATABASE concurrent_ddl WITH (FORCE)")" ""
wait "$caller" || true
like "DROP DATABASE WITH (FORCE): the run's caller gets an error" "$(output)" \
	"*FATAL:  57P01: terminating connection due to administrator command*"
is "DROP DATABASE WITH (FORCE): no worker stays" "$(in_postgres "$no_worker")" 0
is "DROP DATABASE WITH (FORCE): the server did not panic" "$(grep -c PANIC "$run/$cluster/log")" 0
is "DROP DATABASE WITH (FORCE): the database is gone" \
	"$(in_postgres "SELECT count(*) FROM pg_database WHERE datname = 'concurrent_ddl'")" 0
done_testing
