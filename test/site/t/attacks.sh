# Attacks: what somebody plants beside the extension never runs with another's rights. What is
# planted, and what is called, follows from the catalogue (test/site/attack.sql, victim.sql).
. test/site/tests.sh
site_cluster attacks
site_database attacked --sections 10 --count 60 --seed 83 --no-faults
section=$(awk -F'\t' '$4 != "\\N" { print $3; exit }' "$run/attacked/truth/sections.tsv")
sql "CREATE ROLE reader LOGIN" "CREATE ROLE operator LOGIN" "CREATE ROLE stranger LOGIN"
as() { # <role> <statement ...>
	local role=$1
	shift
	PGUSER=$role sql "$@" || true
}
# arm <role>: from here on that role is the attacker, and the sequence counts what runs as another.
arm() {
	sql "DROP SCHEMA IF EXISTS evil CASCADE" "CREATE SCHEMA evil AUTHORIZATION $1" >/dev/null
	as "$1" "GRANT USAGE ON SCHEMA evil TO PUBLIC" \
		"CREATE SEQUENCE evil.struck MINVALUE 0 START 0" "GRANT ALL ON evil.struck TO PUBLIC" \
		"CREATE FUNCTION evil.strike(what text) RETURNS boolean LANGUAGE plpgsql AS \$\$
		BEGIN
			IF current_user <> '$1' THEN
				PERFORM pg_catalog.nextval('evil.struck');
				RAISE WARNING 'struck as % by %', current_user, what;
			END IF;
			RETURN true;
		END\$\$"
}
# plant <role> <schema>: prints how many operators and functions there are.
plant() {
	PGUSER=$1 cluster_psql "$cluster" -d "$database" -At -v place="$2" -f test/site/attack.sql 2>&1
}
# call_all <role> <search_path> <internal ones, too: true or false> [statement ...]: after the
# statements. Prints whom they struck.
call_all() {
	local role=$1 path=$2 internal=$3 statements=()
	shift 3
	for statement in "$@"; do statements+=(-c "$statement"); done
	PGUSER=$role cluster_psql "$cluster" -d "$database" -At -v ON_ERROR_STOP=0 -v path="$path" \
		-v slug="$section" -v internal="$internal" "${statements[@]}" -f test/site/victim.sql \
		>"$run/$cluster.calls" 2>&1 || true
	grep -o "WARNING:  struck as .*" "$run/$cluster.calls" | sort -u | head -n 5 || true
}
struck() { sql "SELECT CASE WHEN is_called THEN last_value + 1 ELSE 0 END FROM evil.struck"; }
jobs() { sql "SELECT command || ';' FROM esn_internal.esn_planned_jobs('', '', '', '')"; }
sql "SELECT esn_grant_read('reader')" "SELECT esn_grant_operate('operator')" \
	"SELECT status FROM esn_scrape_all()" >/dev/null

# A reader who may create objects beside the tables.
arm reader
sql "GRANT CREATE ON SCHEMA public TO reader"
planted=$(plant reader public)
like "a reader plants operators and functions" "$planted" "[1-9]???*|[1-9]??*|[1-9]*"
is "none runs when a superuser calls, reads or changes anything" \
	"$(call_all "$PGUSER" '"$user", public' true)" ""
like "all of that was called" "$(grep -c . "$run/$cluster.calls")" "[1-9]??*"
is "or when an operator does" "$(call_all operator '"$user", public' true)" ""
like "none runs in a run" \
	"$(sql "SELECT status FROM esn_scrape_all(false, true)" \
		"SELECT status FROM esn_scrape_all(true, true)" \
		"SELECT status FROM public.esn_retry_failed(true)" \
		"SELECT status FROM public.esn_scrape_section('$section'::text, true, true)" \
		"SELECT esn_cancel(1::bigint)" "SELECT count(*) FROM esn_resume(true)")" "*completed*0"
is "or in a scheduled job" "$(jobs | cluster_psql "$cluster" -d attacked -At 2>&1 |
	grep -c 'struck' || true)" 0
is "nothing was struck" "$(struck)" 0
sql "SET search_path = pg_catalog" "DO \$\$
	DECLARE
		f regprocedure;
	BEGIN
		FOR f IN SELECT oid FROM pg_proc WHERE proname LIKE 'esn\_%' AND proconfig IS NOT NULL LOOP
			EXECUTE format('ALTER FUNCTION %s RESET search_path', f);
		END LOOP;
	END\$\$"
like "without the functions' own search_path they would" \
	"$(call_all "$PGUSER" '"$user", public' true)" "*struck as *"

# They outlive the extension, and wait for the superuser who creates or updates it.
sql "DROP EXTENSION esn_pulse CASCADE" >/dev/null
like "objects of others outlive the extension" \
	"$(sql "SET search_path = pg_catalog" \
		"SELECT count(*) FROM pg_operator WHERE oprnamespace = 'public'::regnamespace")" \
	"[1-9]??*"
before=$(struck)
like "none runs in CREATE EXTENSION" \
	"$(sql "SET search_path = pg_catalog" "CREATE EXTENSION esn_pulse SCHEMA public")" ""
is "nothing was struck by it" "$(struck)" "$before"
database=attacked_old
cluster_psql "$cluster" -c "CREATE DATABASE $database"
sql "CREATE EXTENSION esn_pulse VERSION '1.0'" "GRANT CREATE ON SCHEMA public TO reader"
arm reader
plant reader public >/dev/null
is "none runs in ALTER EXTENSION UPDATE" "$(sql "ALTER EXTENSION esn_pulse UPDATE")" ""
is "nothing was struck by that" "$(struck)" 0

# An operator, and a stranger, with objects in a schema of their own, and temporary ones.
temporary=$(relations r | sed 's/.*/CREATE TEMP TABLE & AS SELECT 1::bigint AS id;/' |
	xargs -d '\n')
for role in operator stranger; do
	database=attacked_by_$role
	cluster_psql "$cluster" -c "CREATE DATABASE $database"
	sql "CREATE EXTENSION esn_pulse"
	[ "$role" = stranger ] || sql "SELECT esn_grant_operate('$role')" >/dev/null
	arm "$role"
	plant "$role" evil >/dev/null
	is "no object of a$([ "$role" = stranger ] || echo n) $role runs with another's rights" \
		"$(call_all "$role" "pg_temp, evil, pg_catalog, public, esn_internal" true \
			"$temporary")" ""
	is "nothing of the $role was struck" "$(struck)" 0
done
# The owner of the database, to whom the schema public belongs. He can rename it, and put another in
# its place.
database=attacked_by_owner
cluster_psql "$cluster" -c "CREATE ROLE landlord LOGIN" \
	-c "CREATE DATABASE $database OWNER landlord"
reads_the_site "$database"
sql "CREATE EXTENSION esn_pulse" "SELECT esn_internal.esn_count_gaps('{}')" >/dev/null
refused="*ERROR:  55000: the schema public belongs to landlord, the extension esn_pulse to $PGUSER
	HINT:  Run ALTER SCHEMA public OWNER TO $PGUSER.*"
like "a run in the schema of a stranger is refused" "$(sql "SELECT esn_scrape_all()" || true)" \
	"$refused"
definers="SELECT p.oid::regproc FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid
		AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse'
	WHERE p.prosecdef AND p.prorettype <> 'trigger'::regtype
		AND p.proname <> 'esn_refresh_summaries' -- reads only what the internal schema holds"
for call in $(sql "$definers"); do
	case $call in
	*esn_api) call="$call('GET', '/api/v1/health')" ;;
	*esn_parse) call="$call('activity', '<p>', 'https://x/activity/a')" ;;
	*esn_compare | *esn_trends) call="$call('x')" ;;
	*esn_expectations) call="$call(1, '{x}', 1, false)" ;;
	*esn_suggestions) call="$call(1, 1)" ;;
	*esn_cancel) call="$call(1)" ;;
	*) call="$call()" ;;
	esac
	like "so is $call" "$(sql "SELECT $call" || true)" "$refused"
done
like "and a change of an activity" "$(sql "UPDATE activities SET city = 'x'" || true)" "$refused"
look_alikes=$(for relation in $(relations r,v); do
	echo "CREATE VIEW public.$relation AS SELECT evil.strike('$relation') AS id, 1 AS section_id;"
done)
arm landlord
as landlord "ALTER SCHEMA public RENAME TO aside" "CREATE SCHEMA public" \
	"GRANT USAGE ON SCHEMA public TO PUBLIC" "$look_alikes" >/dev/null
plant landlord public >/dev/null
is "nothing of the new schema runs with another's rights" \
	"$(call_all "$PGUSER" '"$user", public' false)" ""
sql "SELECT status FROM aside.esn_scrape_all(false, true)" >/dev/null || true
is "nothing of the owner of the database was struck" "$(struck)" 0
done_testing
