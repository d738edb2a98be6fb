# What meets a run in the middle and what happens, second: ALTER TABLE, DROP EXTENSION, DROP DATABASE. The rest is in meet.sh, a promotion in
# replica.sh, the table in docs/operations.md.
. test/site/tests.sh
. test/site/meeting.sh
site_cluster meet_ddl
site_database met_ddl --sections 12 --count 120 --seed 232 --no-faults
sql "SELECT esn_scrape_all()" >/dev/null
user_connects
by_hand="UPDATE activities SET title = 'By hand' WHERE event_slug ~ '[02468]$'"

# Columns: one of the user's own, one that views and functions use, one whose name is gone.
for table in activities scraper_status fetched_pages; do
	sql "$by_hand" >/dev/null
	begins
	is "a column added to $table" "$(sql "ALTER TABLE $table ADD note text DEFAULT 'mine'")" ""
	ends "a column added to $table" "completed|" "*completed"
	is "a column added to $table: the tables are what the sites say" "$(differences)" ""
	begins
	is "a column dropped from $table" "$(sql "ALTER TABLE $table DROP note")" ""
	ends "a column dropped from $table" "completed|" "*completed"
done
sql "$by_hand" >/dev/null
begins
is "the type of a column changed" "$(sql "ALTER TABLE sections ALTER address TYPE varchar")" ""
ends "the type of a column changed" "completed|" "*completed"
is "the type of a column changed: the tables are what the sites say" "$(differences)" ""
sql "ALTER TABLE sections ALTER address TYPE text"
like "the type of a column that a view shows: PostgreSQL refuses" "$(sql "ALTER TABLE scraper_status ALTER request TYPE varchar" || true)" "*ERROR:  0A000: cannot alter type of a column used by a view or rule*"
sql "$by_hand" >/dev/null
begins
sql "ALTER TABLE activities RENAME outcomes TO results"
ends "a column renamed" "failed|42703: column * does not exist" "*ERROR:  42703: column * does not exist*"
like "a column renamed: so does the next run" "$(sql "SELECT esn_scrape_activities(\"full\" => true)" || true)" "*ERROR:  42703: column * does not exist*"
sql "ALTER TABLE activities RENAME results TO outcomes"
afterwards "a column renamed and named back"

# A constraint that the site's pages don't keep: those pages fail, each by itself, and nothing else.
slug=$(sql "SELECT event_slug FROM activities WHERE event_slug ~ '[02468]$' AND removed_at IS NULL AND is_valid ORDER BY id LIMIT 1")
sql "UPDATE activities SET title = 'By hand' WHERE event_slug = '$slug'" >/dev/null
begins
sql "ALTER TABLE activities ADD CONSTRAINT mine CHECK (event_slug <> '$slug' OR title = 'By hand')"
ends "a constraint added" "completed|" "*completed"
is "a constraint added: the page that breaks it is a failure, by its name" \
	"$(sql "SELECT count(*), bool_and(url LIKE '%/$slug' AND error_message LIKE '%violates check constraint \"mine\"%') FROM failed_scrapes WHERE resolved_at IS NULL")" "1|t"
sql "ALTER TABLE activities DROP CONSTRAINT mine"
afterwards "a constraint added and dropped"

# An ALTER in a transaction that stays open holds the run up, for five seconds at most.
sql "$by_hand" >/dev/null
begins
user "BEGIN; ALTER TABLE activities ADD note text;"
site_release met_ddl activities
waits "an ALTER that is rolled back: the run waits for it" "$the_run"
user "ROLLBACK;"
ends "an ALTER that is rolled back" "completed|" "*completed"
is "an ALTER that is rolled back: the tables are what the sites say" "$(differences)" ""

# DROP EXTENSION.
begins
user "BEGIN; DROP EXTENSION esn_pulse;"
site_release met_ddl activities
waits "a DROP EXTENSION that is rolled back: the run waits for it" "$the_run"
user "ROLLBACK;"
ends "a DROP EXTENSION that is rolled back" "completed|" "*completed"
afterwards "a DROP EXTENSION that is rolled back"
begins
user "BEGIN; DROP EXTENSION esn_pulse;"
site_release met_ddl activities
wait "$caller" || true
like "a DROP EXTENSION that stays open: the run's caller is told" "$(cat "$run/met_ddl/output")" "*ERROR:  55P03: canceling statement due to lock timeout*HINT: *"
user "ROLLBACK;"
like "a DROP EXTENSION that stays open: the row that the run could not write shows it as ended" "$(sql "$last")" "failed|interrupted: its worker process is gone"
afterwards "a DROP EXTENSION that stays open"
is "a DROP EXTENSION that stays open: the next run has marked the row" "$(sql "SELECT count(*) FROM scraper_status WHERE status = 'running'")" 0
begins
is "DROP EXTENSION: is done at once" "$(sql "DROP EXTENSION esn_pulse")" ""
site_release met_ddl activities
wait "$caller" || true
like "DROP EXTENSION: the run's caller is told" "$(cat "$run/met_ddl/output")" "*ERROR:  42704: the extension esn_pulse was dropped while the run was going on*"
is "DROP EXTENSION: no worker stays" "$(sql "SELECT count(*) FROM pg_stat_activity WHERE $the_run")" 0
sql "CREATE EXTENSION esn_pulse"
like "DROP EXTENSION: created again, a run reads all" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
is "DROP EXTENSION: the tables are what the sites say" "$(differences)" ""

# DROP DATABASE.
exec {input}>&-
begins
like "DROP DATABASE: PostgreSQL refuses" "$(cluster_psql "$cluster" -v VERBOSITY=verbose -c "DROP DATABASE met_ddl" 2>&1 || true)" "*ERROR:  55006: database \"met_ddl\" is being accessed by other users*"
ends "DROP DATABASE" "completed|" "*completed"
begins
is "DROP DATABASE WITH (FORCE): is done" "$(cluster_psql "$cluster" -c "DROP DATABASE met_ddl WITH (FORCE)" 2>&1)" ""
wait "$caller" || true
like "DROP DATABASE WITH (FORCE): the run's caller is told" "$(cat "$run/met_ddl/output")" "*FATAL:  57P01: terminating connection due to administrator command*"
is "DROP DATABASE WITH (FORCE): no worker stays" "$(cluster_psql "$cluster" -At -c "SELECT count(*) FROM pg_stat_activity WHERE $the_run")" 0
is "DROP DATABASE WITH (FORCE): the server has not minded" "$(grep -c PANIC "$run/meet_ddl/log") $(cluster_psql "$cluster" -At -c "SELECT count(*) FROM pg_database WHERE datname = 'met_ddl'")" "0 0"
done_testing
