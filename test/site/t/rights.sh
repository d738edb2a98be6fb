# Who may do what; and what somebody who means harm is refused.
. test/site/tests.sh
site_cluster rights
site_database righted --sections 10 --count 40 --seed 81 --no-faults
section=$(awk -F'\t' '$4 != "\\N" { print $4; exit }' "$run/righted/truth/sections.tsv")
sql "CREATE ROLE reader LOGIN" "CREATE ROLE operator LOGIN" "CREATE ROLE stranger LOGIN" "SELECT esn_grant_read('reader')" "SELECT esn_grant_operate('operator')" >/dev/null
as() { # <role> <statement ...>
	local role=$1
	shift
	PGUSER=$role sql "$@" || true
}
relations=$(relations r,v)

# What each may do.
like "an operator can run" "$(as operator "SELECT status, requested_by FROM esn_scrape_section('$section')")" "*completed|operator"
like "by any of the calls" "$(as operator "SELECT status FROM esn_scrape('accounts')" "SELECT status FROM esn_scrape_activities()" "SELECT status FROM esn_retry_failed()" \
	"SELECT status FROM esn_fix_validation_errors()" "SELECT count(*) FROM esn_maintenance()")" "*completed*completed*completed*completed*9"
id=$(as operator "SET esn_pulse.request_timeout = '1s'" "SELECT id FROM esn_scrape_all(\"full\" => true, wait => false)" | tail -n 1)
like "and cancel" "$(as operator "SELECT esn_cancel($id) IS NOT NULL")" "*t"
for role in reader operator; do
	output=$(for relation in $relations; do as "$role" "SELECT count(*) FROM $relation"; done)
	is "a $role can read everything" "$(grep -c '^[0-9]*$' <<<"$output")" "$(wc -w <<<"$relations")"
	output=$(for relation in $relations; do
		for command in "INSERT INTO $relation SELECT * FROM $relation" "DELETE FROM $relation" "TRUNCATE $relation" "ALTER TABLE $relation ADD x integer" \
			"CREATE TRIGGER t AFTER INSERT ON $relation EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()" "DROP TABLE $relation"; do as "$role" "$command"; done
	done)
	is "a $role can change nothing" "$(grep -vcE '^(ERROR:  (42501|42809|55000|0A000|428C9)|LOCATION|HINT|DETAIL)' <<<"$output")" 0
	like "a $role can look at the health" "$(as "$role" "SELECT count(*) FROM esn_health" "SELECT count(*) FROM esn_jobs" "SELECT count(*) FROM esn_runs")" "13"$'\n'"0"$'\n'"*"
done
output=$(for call in "esn_scrape_all()" "esn_scrape('all')" "esn_scrape_accounts()" "esn_scrape_section('x')" "esn_scrape_activities()" "esn_retry_failed()" "esn_fix_validation_errors()" \
	"esn_cancel(1)" "esn_maintenance()" "esn_schedule()" "esn_unschedule()" "esn_grant_operate('reader')"; do as reader "SELECT $call"; done)
is "a reader can start, stop and grant nothing" "$(grep -c 'ERROR:  42501' <<<"$output")" 12
output=$(for call in "esn_health_check()" "esn_begin_run('x', 'x', 'x')" "esn_store_failures(1, '[]')" "esn_kept_page('x')" "esn_redact('x')" "esn_free_space()"; do as stranger "SELECT $call"; done)
is "a stranger can call nothing but the pure functions" "$(grep -c 'ERROR:  42501' <<<"$output")" 6
is "which are no danger" "$(as stranger "SELECT esn_slugify('ESN Yıldız')")" esn-yildiz

# What an operator can't turn a run against.
for setting in accounts_url=http://127.0.0.1:5432 activities_url=http://127.0.0.1:1 request_delay=0 max_parallel_requests=64 max_page_size=64MB user_agents=x ca_file=/etc/passwd \
	log_directory=/tmp keep_pages=all redact_personal_data=off; do
	like "an operator can't set ${setting%%=*}" "$(as operator "SELECT esn_slugify('x')" "SET esn_pulse.${setting%%=*} = '${setting#*=}'")" "*ERROR:  42501: permission denied to set parameter*"
done
as operator "SELECT esn_scrape_section(\$\$x'); DROP TABLE sections; --\$\$)" >"$run/righted/output"
like "SQL in a slug is no SQL" "$(cat "$run/righted/output")" "*ERROR:  22023: * is no slug*"
is "the table is still there" "$(sql "SELECT count(*) > 0 FROM sections")" t

# What a caller's search_path and temporary objects can't do to functions that run as their owner.
sql "CREATE SCHEMA evil AUTHORIZATION operator" "CREATE TABLE evil_done (what text)" "GRANT ALL ON evil_done TO PUBLIC"
as operator "CREATE FUNCTION evil.strike() RETURNS boolean LANGUAGE plpgsql AS \$\$BEGIN
		IF current_user <> 'operator' THEN INSERT INTO public.evil_done VALUES (current_user); ALTER ROLE operator SUPERUSER; END IF; RETURN true; END\$\$" \
	"CREATE FUNCTION evil.eq(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT evil.strike()'" \
	"CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.eq)" \
	"CREATE FUNCTION evil.eqt(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT evil.strike()'" \
	"CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.eqt)" \
	"CREATE FUNCTION evil.count(*) RETURNS bigint LANGUAGE sql AS 'SELECT 1'" \
	"CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT pg_catalog.now() FROM (SELECT evil.strike()) x'" \
	"CREATE FUNCTION evil.esn_rules() RETURNS TABLE (page_kind text, field text, selector text, attribute text, required boolean, p integer, s boolean) LANGUAGE sql AS 'SELECT null::text, null::text, null::text, null::text, evil.strike(), 1, true'" >/dev/null
as operator "SET search_path = evil, pg_catalog, public" "CREATE TEMP TABLE scraper_status (id bigint)" "CREATE TEMP TABLE sections (id bigint)" \
	"CREATE FUNCTION pg_temp.esn_is_free() RETURNS boolean LANGUAGE sql AS 'SELECT evil.strike()'" \
	"SELECT public.esn_cancel(1)" "SELECT public.esn_health_check()" "SELECT public.esn_maintenance()" "SELECT public.esn_parse('country', '<p>', 'https://x/country/tr')" \
	"SELECT public.esn_scrape('accounts')" "SELECT * FROM public.esn_jobs" >"$run/righted/output"
is "nothing of a caller's runs as the owner" "$(sql "SELECT count(*) FROM evil_done" "SELECT rolsuper FROM pg_roles WHERE rolname = 'operator'")" $'0\nf'
is "no function that runs as its owner looks names up elsewhere first" "$(sql "SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
	WHERE prosecdef AND proname LIKE 'esn_%' AND NOT 'search_path=pg_catalog, public, pg_temp' = ANY (coalesce(proconfig, '{}'))")" ""

# Where everybody may create objects beside the extension's, a run could be made to use them: it refuses.
sql "GRANT CREATE ON SCHEMA public TO PUBLIC"
like "a schema open to everybody is refused" "$(sql "SELECT esn_scrape_all()" || true)" "*ERROR:  55000: everybody may create objects in the schema public*HINT:  REVOKE CREATE ON SCHEMA public FROM PUBLIC;*"
sql "REVOKE CREATE ON SCHEMA public FROM PUBLIC"

# The lock of the one run is an advisory lock, which whoever may connect can take: then runs say so, and who it is can be found out.
mkfifo "$run/righted/input"
PGUSER=stranger psql -X -q -At -h "$run/$cluster" -d righted <"$run/righted/input" >"$run/righted/stranger" 2>&1 &
exec {input}>"$run/righted/input"
echo "SELECT pg_advisory_lock(1163087440, 1);" >&"$input"
holder="SELECT usename FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND classid = 1163087440 AND granted"
eventually 20 stranger sql "$holder" || true
like "a stranger with the lock of the run holds runs up, and they say so" "$(as operator "SELECT esn_scrape('accounts')")" "*ERROR:  55006: another session holds the lock of the one run*HINT:  SELECT pid FROM pg_locks*"
is "the hint finds who it is" "$(sql "$holder")" stranger
exec {input}>&-
eventually 20 "" sql "$holder" || true

# Only a superuser brings C code in.
cluster_psql "$cluster" -c "CREATE DATABASE theirs OWNER operator"
like "only a superuser can install it, not even the owner of a database" "$(database=theirs as operator "CREATE EXTENSION esn_pulse")" "*ERROR:  42501: permission denied to create extension*"

# An owner who is no superuser and can't even log in: runs work, and lend no more than the owner's rights, not even at commit.
sql "CREATE ROLE installer SUPERUSER LOGIN" "CREATE DATABASE owned" "ALTER DATABASE owned SET esn_pulse.accounts_url = '$accounts_url'" "ALTER DATABASE owned SET esn_pulse.activities_url = '$activities_url'"
database=owned
as installer "CREATE EXTENSION esn_pulse" "CREATE TABLE evil_done (what text)"
sql "GRANT ALL ON SCHEMA public TO installer" "ALTER ROLE installer NOSUPERUSER NOLOGIN"
like "a run works for an owner without LOGIN" "$(sql "SELECT status FROM esn_scrape_all()")" "*completed"
sql "SET ROLE installer; CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS \$\$BEGIN
		INSERT INTO public.evil_done VALUES (current_user); ALTER ROLE installer SUPERUSER; RETURN NULL; END\$\$;
	CREATE CONSTRAINT TRIGGER strike AFTER UPDATE ON scraper_status DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strike()"
sql "SELECT esn_scrape_all()" >"$run/righted/output" || true
is "what its triggers do at commit is done as the owner" "$(sql "SELECT rolsuper FROM pg_roles WHERE rolname = 'installer'")" f
like "and refused" "$(cat "$run/righted/output")" "*ERROR:  42501: *"
done_testing
