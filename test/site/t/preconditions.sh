# Preconditions: where a run is impossible it is rejected with an SQLSTATE, the cause and a hint.
. test/site/tests.sh
site_cluster preconditions "wal_level = replica" "max_wal_senders = 2"
site_database rejected --sections 5 --count 10 --seed 31 --no-faults

# A standby.
standby=$run/read_only
as_owner rm -rf "$standby"
as_owner mkdir -p "$standby"
as_owner pg_basebackup -h "$run/$cluster" -U "$PGUSER" -D "$standby/data" -R -c fast --no-sync
echo "unix_socket_directories = '$standby'" |
	as_owner tee -a "$standby/data/postgresql.conf" >/dev/null
cluster_resume read_only
output=$(cluster=read_only sql "SELECT esn_scrape_all()" || true)
cluster_stop read_only
like "a standby rejects a run" "$output" \
	"*ERROR:  25006: a run cannot write here: the server is a read-only standby
	HINT:  Start it on the primary server*"
like "so does a read-only transaction" \
	"$(sql "BEGIN READ ONLY; SELECT esn_scrape_all()" || true)" \
	"*ERROR:  25006: *the transaction is read-only*"

cluster_psql "$cluster" -c "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
like "a database that is not UTF8 cannot have the extension" \
	"$(database=latin sql "CREATE EXTENSION esn_pulse" || true)" \
	"*ERROR:  0A000: the encoding of this database is LATIN1, not UTF8
	HINT:  Run CREATE DATABASE *UTF8*"
# That of 1.0 could.
(database=latin sql "CREATE EXTENSION esn_pulse VERSION '1.0'")
for statement in "ALTER EXTENSION esn_pulse UPDATE" "SELECT esn_scrape_all()"; do
	like "so it rejects $statement" "$(database=latin sql "$statement" || true)" \
		"*ERROR:  0A000: the encoding of this database is LATIN1, not UTF8
		HINT:  Run CREATE DATABASE *UTF8*"
done

# Read-only by default, against mistakes: a run works from a transaction that may write.
sql "ALTER DATABASE rejected SET default_transaction_read_only = on"
like "so does a database that is read-only by default" "$(sql "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  25006: *the transaction is read-only*"
like "but not a transaction there that may write" \
	"$(sql "BEGIN READ WRITE" "SELECT status FROM esn_scrape_all()" "COMMIT")" "*completed"
PGOPTIONS="-c default_transaction_read_only=off" \
	sql "ALTER DATABASE rejected RESET default_transaction_read_only"

# The same version, but another script: of a checkout that has changed since.
hash=$(sql "SELECT esn_internal.esn_script_hash()")
like "the script has a hash" "$hash" "[0-9a-f]*"
sql "CREATE OR REPLACE FUNCTION esn_internal.esn_script_hash() RETURNS text LANGUAGE sql IMMUTABLE
	RETURN 'older'"
like "a library of another script rejects a run" "$(sql "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  55000: the script of esn_pulse in this database is not the one of its library
	DETAIL:  *version 1.1, but the script is \"older\", the library's \"$hash\"*
	HINT:  Install the library with which *"
sql "ALTER FUNCTION esn_internal.esn_script_hash() RENAME TO none"
like "so does one without a hash" "$(sql "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  55000: the script of esn_pulse *but the script is \"?\"*"
sql "ALTER FUNCTION esn_internal.none() RENAME TO esn_script_hash" \
	"CREATE OR REPLACE FUNCTION esn_internal.esn_script_hash() RETURNS text LANGUAGE sql IMMUTABLE
		RETURN '$hash'"
like "with its own again it runs" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"

# A worker that cannot begin: its database takes no new connection.
connections="UPDATE pg_database SET datallowconn = %s WHERE datname = 'rejected'"
like "a run whose worker cannot connect is an error, not an endless wait" \
	"$(sql "$(printf "$connections" false)" "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  57000: the background worker of the run exited unexpectedly
	HINT:  See the server log for the reason. *"
cluster_psql "$cluster" -c "$(printf "$connections" true)"
like "when it can, the run completes" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"

# A role without privileges, and a caller's settings.
sql "CREATE ROLE outsider LOGIN"
like "a role without privileges is rejected" \
	"$(sql "SET ROLE outsider; SELECT esn_scrape_all()" || true)" \
	"*ERROR:  42501: permission denied for function esn_scrape_all*"
like "callers cannot set the addresses of the sites" \
	"$(PGUSER=outsider sql "SET esn_pulse.accounts_url = 'http://127.0.0.1:1'" \
		"SELECT esn_slugify('x')" "SHOW esn_pulse.accounts_url")" "*$accounts_url"

# What is in effect is what the administrator has set, or nothing is done: never a default.
sql "CREATE ROLE operator LOGIN" "SELECT esn_grant_operate('operator')" >/dev/null
rejected="*ERROR:  22023: the value that was set for \"esn_pulse.%s\" is not in effect*"
for setting in request_delay=500 accounts_url=http://127.0.0.1:1 redact_personal_data=off; do
	like "an operator's PGOPTIONS do not put the default of ${setting%=*} into effect" \
		"$(PGOPTIONS="-c esn_pulse.$setting" PGUSER=operator sql "SELECT esn_scrape_all()" ||
			true)" \
		"$(printf "$rejected" "${setting%=*}")"
done
like "nor does esn_parse() or esn_plan() use it" \
	"$(PGOPTIONS="-c esn_pulse.redact_personal_data=off" PGUSER=operator sql \
		"SELECT esn_parse('activity', 'a@b.example', 'https://x/activity/a')" || true)" \
	"$(printf "$rejected" redact_personal_data)"
like "what an operator may set counts" \
	"$(PGOPTIONS="-c esn_pulse.max_retries=1" PGUSER=operator sql "SELECT esn_slugify('x')" \
		"SHOW esn_pulse.max_retries")" $'esn-x\n1'
sql "ALTER DATABASE rejected SET esn_pulse.max_page_size = 'huge'"
like "a value that ALTER DATABASE took before the library was loaded, and that is invalid" \
	"$(sql "SELECT esn_scrape_all()" || true)" "$(printf "$rejected" max_page_size)"
sql "ALTER DATABASE rejected RESET esn_pulse.max_page_size" \
	"ALTER DATABASE rejected SET esn_pulse.request_dely = '2s'"
like "so is a setting that does not exist" "$(sql "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  42704: unrecognized configuration parameter \"esn_pulse.request_dely\"
	HINT:  *RESET \"esn_pulse.request_dely\"*"
sql "ALTER DATABASE rejected RESET esn_pulse.request_dely"
like "one that was set after the session began is not passed over" \
	"$(sql "ALTER DATABASE rejected SET esn_pulse.refresh_days = 30" "SELECT esn_scrape_all()" \
		"SELECT 'never'" || true)" "$(printf "$rejected" refresh_days)"
sql "ALTER DATABASE rejected RESET esn_pulse.refresh_days"
is "no function loads the library in a parallel query" "$(sql "SELECT p.oid::regprocedure
	FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'c'
	WHERE p.probin LIKE '%esn_pulse' AND p.proparallel <> 'u'")" ""
for at in 199ms 0; do
	like "a delay of $at is for this machine only" \
		"$(sql "SET esn_pulse.accounts_url = 'https://site.invalid'" \
			"SET esn_pulse.request_delay = '$at'" "SELECT esn_scrape_all()" || true)" \
		"*ERROR:  22023: esn_pulse.request_delay must be at least 200 ms, not *"
done
sql "SET esn_pulse.contact = 'web@esn.example'" \
	"SET esn_pulse.user_agents = E'one/1.0\ntwo/2.0'" "SELECT esn_scrape_accounts()" >/dev/null
is "each User-Agent names the contact" \
	"$(awk -F'"' '{ print $6 }' "$run/rejected/access.log" | grep contact | sort -u | xargs)" \
	"one/1.0 (contact: web@esn.example) two/2.0 (contact: web@esn.example)"

# No worker is free: there is only one slot, and it is taken.
sql "ALTER SYSTEM SET max_worker_processes = 2"
cluster_stop "$cluster"
cluster_resume "$cluster"
slots="SELECT status, value FROM esn_health WHERE name = 'worker slots'"
is "the health check warns that there is one slot" "$(sql "$slots")" "warning|1 free"
sql "SET esn_pulse.request_delay = 600000" \
	"SELECT status FROM esn_scrape_accounts(wait => false)" >/dev/null
cluster_psql "$cluster" -c "CREATE DATABASE other" -c "\\c other" -c "CREATE EXTENSION esn_pulse"
reads_the_site other
like "without a free worker slot a run is rejected" \
	"$(database=other sql "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  53000: no background worker is free for the run
	HINT:  Raise max_worker_processes (now 2)*"
is "the health check reports that there is none" "$(sql "$slots")" "critical|0 free"
like "the run that has the slot can be cancelled" \
	"$(sql "SET default_transaction_isolation = serializable" \
		"SELECT esn_cancel(max(id)) FROM esn_runs")" "*t"
is "each rejection is a line in the log, but that of a role without privileges" \
	"$(grep -ohE '"event": "refusal".*"error": "[0-9A-Z]{5}' \
		"$run/$cluster/data/esn_pulse_log/"*.log | sed 's/.*"//' | xargs)" \
	"25006 0A000 25006 55000 55000 53000"
like "then there is room" "$(database=other sql "SELECT status FROM esn_scrape_all()")" "*completed"
done_testing
