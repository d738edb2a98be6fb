# Privileges: what each role may do, and what a malicious user is denied.
. test/site/tests.sh
site_cluster privileges
site_database granted --sections 10 --count 40 --seed 81 --no-faults
section=$(awk -F'\t' '$4 != "\\N" { print $4; exit }' "$run/granted/truth/sections.tsv")
sql "CREATE ROLE reader LOGIN" "CREATE ROLE operator LOGIN" "CREATE ROLE stranger LOGIN" \
	"SELECT esn_grant_read('reader')" "SELECT esn_grant_operate('operator')" >/dev/null
as() { # <role> <statement ...>
	local role=$1
	shift
	PGUSER=$role sql "$@" || true
}
# each <role>: executes each statement on stdin, also after errors.
each() {
	PGUSER=$1 cluster_psql "$cluster" -d "$database" -At -v VERBOSITY=verbose \
		-v ON_ERROR_STOP=0 2>&1 | sed -E 's/^psql:[^:]*:[0-9]+: //'
}
relations=$(relations r,v)

# What each role may do.
like "an operator can start a run" \
	"$(as operator "SELECT status, requested_by FROM esn_scrape_section('$section')")" \
	"*completed|operator"
like "by any of the functions" \
	"$(as operator "SELECT status FROM esn_scrape('accounts')" \
		"SELECT status FROM esn_scrape_activities()" "SELECT status FROM esn_retry_failed()" \
		"SELECT status FROM esn_fix_validation_errors()" \
		"SELECT count(*) FROM esn_maintenance()")" "*completed*completed*completed*completed*11"
id=$(as operator "SET esn_pulse.request_timeout = '10s'" \
	"SELECT id FROM esn_scrape_all(\"full\" => true, wait => false)" | tail -n 1)
like "and cancel it" "$(as operator "SELECT esn_cancel($id) IS NOT NULL")" "*t"
trigger="EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()"
for role in reader operator; do
	output=$(for relation in $relations; do echo "SELECT count(*) FROM $relation;"; done |
		each "$role")
	is "a $role can read everything" "$(grep -c '^[0-9]*$' <<<"$output")" \
		"$(wc -w <<<"$relations")"
	output=$(for relation in $relations; do
		cat <<-SQL
			INSERT INTO $relation SELECT * FROM $relation;
			DELETE FROM $relation;
			TRUNCATE $relation;
			ALTER TABLE $relation ADD x integer;
			DROP TABLE $relation;
			CREATE TRIGGER t AFTER INSERT ON $relation $trigger;
		SQL
	done | each "$role")
	denied='^ERROR:  (42501|42809|55000|0A000|428C9)'
	is "a $role can change nothing" "$(grep -cE "$denied" <<<"$output")" \
		"$((6 * $(wc -w <<<"$relations")))"
	like "a $role can read the health check" \
		"$(as "$role" "SELECT count(*) FROM esn_health" "SELECT count(*) FROM esn_jobs" \
			"SELECT count(*) FROM esn_runs")" "$(sql "SELECT count(*) FROM esn_health")"$'\n0\n*'
done
output=$(each reader <<'SQL'
SELECT esn_scrape_all();
SELECT esn_scrape('all');
SELECT esn_scrape_accounts();
SELECT esn_scrape_section('x');
SELECT esn_scrape_activities();
SELECT esn_retry_failed();
SELECT esn_fix_validation_errors();
SELECT esn_cancel(1);
SELECT esn_maintenance();
SELECT esn_schedule();
SELECT esn_unschedule();
SELECT esn_grant_operate('reader');
SQL
)
is "a reader can start, stop and grant nothing" "$(grep -c 'ERROR:  42501' <<<"$output")" 12
output=$(each stranger <<'SQL'
SELECT esn_health_check();
SELECT esn_internal.esn_begin_run('x', 'x', 'x');
SELECT esn_internal.esn_store_failures(1, '[]');
SELECT esn_internal.esn_kept_page('x');
SELECT esn_internal.esn_redact('x');
SELECT esn_internal.esn_free_space();
SQL
)
is "a stranger can call only the pure functions" "$(grep -c 'ERROR:  42501' <<<"$output")" 6
is "which are harmless" "$(as stranger "SELECT esn_slugify('ESN Yıldız')")" esn-yildiz

# What an operator cannot turn a run against.
while IFS='=' read -r setting value; do
	like "an operator cannot set $setting" \
		"$(as operator "SELECT esn_slugify('x')" "SET esn_pulse.$setting = '$value'")" \
		"*ERROR:  42501: permission denied to set parameter*"
done <<'SETTINGS'
accounts_url=http://127.0.0.1:5432
activities_url=http://127.0.0.1:1
request_delay=0
max_parallel_requests=64
max_page_size=64MB
user_agents=x
ca_file=/etc/passwd
log_directory=/tmp
keep_pages=all
redact_personal_data=off
SETTINGS
like "SQL in a slug is not executed" \
	"$(as operator "SELECT esn_scrape_section(\$\$x'); DROP TABLE sections; --\$\$)")" \
	"*ERROR:  22023: invalid section slug: *"
is "the table is still there" "$(sql "SELECT count(*) > 0 FROM sections")" t

# If everybody may create objects beside the extension's, a caller could be made to use them.
sql "GRANT CREATE ON SCHEMA public TO PUBLIC"
like "a run in a schema open to everybody is rejected" "$(sql "SELECT esn_scrape_all()" || true)" \
	"*ERROR:  55000: everybody may create objects in the schema public
	HINT:  Run REVOKE CREATE ON SCHEMA public FROM PUBLIC.*"
sql "REVOKE CREATE ON SCHEMA public FROM PUBLIC"

# The lock of the one run is an advisory lock, which everybody who can connect can take: then runs
# report it, and the holder can be found.
mkfifo "$run/granted/input"
PGUSER=stranger psql -X -q -At -h "$run/$cluster" -d granted \
	<"$run/granted/input" >"$run/granted/stranger" 2>&1 &
exec {input}>"$run/granted/input"
echo "SELECT pg_advisory_lock(1163087440, 1);" >&"$input"
holder="SELECT usename FROM pg_locks JOIN pg_stat_activity USING (pid)
	WHERE locktype = 'advisory' AND classid = 1163087440 AND granted"
eventually 20 stranger sql "$holder" || true
like "a run reports that a stranger holds its lock" \
	"$(as operator "SELECT esn_scrape('accounts')")" \
	"*ERROR:  55006: another session holds the lock of the run
	HINT:  To find it, run SELECT pid FROM pg_locks*"
is "the hint finds the holder" "$(sql "$holder")" stranger
exec {input}>&-
eventually 20 "" sql "$holder" || true

# Usual hardening, and its opposite, by default privileges; a schema whose name needs quotes.
cluster_psql "$cluster" -c "CREATE DATABASE hardened" -c "CREATE ROLE leaver LOGIN"
database=hardened
sql "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC" \
	"ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO leaver" \
	"CREATE SCHEMA \"Erasmus Net\"" "CREATE EXTENSION esn_pulse SCHEMA \"Erasmus Net\"" \
	"ALTER DATABASE hardened SET search_path = \"Erasmus Net\"" >/dev/null
reads_the_site hardened
sql "SELECT esn_grant_read('reader')" "SELECT esn_grant_operate('operator')" >/dev/null
like "an operator runs in a schema whose name needs quotes" \
	"$(as operator "SELECT status FROM esn_scrape_all()")" "*completed"
is "a reader can call what it is granted, whatever the default privileges are" \
	"$(as reader "SELECT length(esn_report()) > 1000, esn_slugify('x')" \
		"SELECT count(*) > 10 FROM esn_health")" "t|esn-x"$'\n'"t"
like "and default privileges let nobody start a run" \
	"$(as leaver "SELECT \"Erasmus Net\".esn_scrape_all()")" "*ERROR:  42501: *"
jobs=$(sql "SELECT command || ';' FROM esn_internal.esn_planned_jobs('', '', '', '')")
like "the jobs work there" "$(sql "$jobs")" "*completed*alerts raised*"
sql "ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM leaver" "DROP OWNED BY leaver" \
	"DROP ROLE leaver"
cluster_psql "$cluster" -c "CREATE DATABASE moved"
like "a role that was dropped leaves nothing in a dump" \
	"$(pg_dump -h "$run/$cluster" hardened | PGOPTIONS= psql -X -q -h "$run/$cluster" -d moved \
		-v ON_ERROR_STOP=1 2>&1 >/dev/null && echo done)" "done"
database=granted

# Only a superuser may install C code.
cluster_psql "$cluster" -c "CREATE DATABASE theirs OWNER operator"
like "only a superuser can install it, not even the owner of a database" \
	"$(database=theirs as operator "CREATE EXTENSION esn_pulse")" \
	"*ERROR:  42501: permission denied to create extension*"

# An owner who is not a superuser and cannot even log in: runs work, and have no more than the
# owner's privileges, not even at commit.
sql "CREATE ROLE installer SUPERUSER LOGIN" "CREATE DATABASE owned"
reads_the_site owned
database=owned
as installer "CREATE EXTENSION esn_pulse" "CREATE TABLE evil_done (what text)"
sql "GRANT ALL ON SCHEMA public TO installer" "ALTER ROLE installer NOSUPERUSER NOLOGIN"
like "a run works for an owner without LOGIN" "$(sql "SELECT status FROM esn_scrape_all()")" \
	"*completed"
sql "$(cat <<'SQL'
SET ROLE installer;
CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.evil_done VALUES (current_user);
	ALTER ROLE installer SUPERUSER;
	RETURN NULL;
END$$;
CREATE CONSTRAINT TRIGGER strike AFTER UPDATE ON scraper_status
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strike();
SQL
)"
output=$(sql "SELECT esn_scrape_all()" || true)
is "what its triggers do at commit is done as the owner" \
	"$(sql "SELECT rolsuper FROM pg_roles WHERE rolname = 'installer'")" f
like "and denied" "$output" "*ERROR:  42501: *"
done_testing
