-- Privileges, and the rows that a dump contains.

-- pg_upgrade does not keep the owner of an extension, but that of its tables, with whose rights
-- functions and runs work.
CREATE OR REPLACE FUNCTION esn_internal.esn_tables_owner() RETURNS regrole
LANGUAGE sql STABLE
RETURN (SELECT c.relowner::regrole FROM pg_class c WHERE c.oid = 'activities'::regclass);
COMMENT ON FUNCTION esn_tables_owner() IS 'The owner of the extension''s tables.';

-- Whoever owns the schema could rename it, and put another with the same tables in its place.
CREATE OR REPLACE FUNCTION esn_internal.esn_check_schema() RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	schema text;
	owner regrole;
	tables_owner regrole := esn_tables_owner();
	is_open boolean;
BEGIN
	-- pg_database_owner stands for the owner of the database.
	SELECT format('%I', n.nspname), CASE n.nspowner WHEN 'pg_database_owner'::regrole
			THEN d.datdba ELSE n.nspowner END, EXISTS (
		SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
	INTO schema, owner, is_open
	FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
	JOIN pg_database d ON d.datname = current_database()
	WHERE e.extname = 'esn_pulse';
	IF schema <> '@extschema@' THEN
		RAISE EXCEPTION 'the schema of esn_pulse was renamed from % to %', '@extschema@', schema
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = format('Run ALTER SCHEMA %s RENAME TO %s.', schema, '@extschema@');
	ELSIF owner <> tables_owner
		AND NOT (SELECT rolsuper FROM pg_roles WHERE oid = owner)
	THEN
		RAISE EXCEPTION 'the schema % belongs to %, the extension esn_pulse to %', schema, owner,
				tables_owner
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = 'The owner of the schema could have functions run with the rights of the '
					'owner of the extension.',
				HINT = format('Run ALTER SCHEMA %s OWNER TO %s.', schema, tables_owner);
	ELSIF is_open THEN
		RAISE EXCEPTION 'everybody may create objects in the schema %', schema
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = 'Whoever calls a function there could call one of such objects.',
				HINT = format('Run REVOKE CREATE ON SCHEMA %s FROM PUBLIC.', schema);
	END IF;
END $$;
COMMENT ON FUNCTION esn_check_schema() IS
	'Raises an error if a role that is neither the owner of the tables nor a superuser owns the '
	'schema of the extension, or if everybody may create objects there. Whatever runs with the '
	'rights of the owner calls it first.';

-- pgxs.mk puts the hash here and into the library.
CREATE OR REPLACE FUNCTION esn_internal.esn_script_hash() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN '@SCRIPT_HASH@';
COMMENT ON FUNCTION esn_script_hash() IS
	'Distinguishes scripts that have one version. A run refuses to start if the library is of '
	'another.';

-- Two roles: readers, and operators who also start and stop runs.

CREATE OR REPLACE FUNCTION esn_grant_read(role regrole) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	relation regclass;
	f regprocedure;
BEGIN
	PERFORM esn_check_schema();
	EXECUTE format('GRANT USAGE ON SCHEMA @extschema@, esn_internal TO %s', role);
	FOR relation IN
		SELECT c.oid FROM pg_class c
		JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
			AND d.deptype = 'e'
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND c.relkind IN ('r', 'v')
			AND c.relnamespace <> 'esn_internal'::regnamespace
	LOOP
		EXECUTE format('GRANT SELECT ON %s TO %s', relation, role);
	END LOOP;
	EXECUTE format('GRANT EXECUTE ON FUNCTION @extschema@.esn_health_check(),
		@extschema@.esn_plan(text, text, boolean), @extschema@.esn_compare(text[]),
		@extschema@.esn_report(text, text), @extschema@.esn_report_data(text),
		esn_job_results(), esn_suggestions(integer, integer),
		esn_expectations(integer, text[], integer, boolean),
		@extschema@.esn_suggest(text, integer, text), @extschema@.esn_trends(text),
		@extschema@.esn_expect_participants(text, text, integer, boolean),
		@extschema@.esn_slugify(text), @extschema@.esn_slug_candidates(text),
		@extschema@.esn_redact_contacts(text), @extschema@.esn_parse(text, text, text)
		TO %s', role);
	-- Default privileges may have kept everybody from calling the functions that just compute.
	-- What these and the views call: internal functions that write nothing and run with the rights
	-- of their caller, so that calling them directly gives a reader nothing more.
	FOR f IN
		SELECT p.oid FROM pg_proc p
		JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
			AND d.deptype = 'e'
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND p.pronamespace = 'esn_internal'::regnamespace
			AND p.provolatile <> 'v' AND NOT p.prosecdef
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', f, role);
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_grant_read(regrole) IS
	'Lets a role read all tables and views, and call esn_health_check(), esn_plan(), '
	'esn_compare(), esn_report(), esn_suggest(), esn_expect_participants() and esn_trends(). The '
	'role can change nothing. role: the role. Only the owner of the extension or a superuser can '
	'call it.';

CREATE OR REPLACE FUNCTION esn_grant_operate(role regrole) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM esn_check_schema();
	PERFORM @extschema@.esn_grant_read(role);
	EXECUTE format('GRANT EXECUTE ON FUNCTION
		@extschema@.esn_scrape(text, text, boolean, boolean),
		@extschema@.esn_scrape_accounts(boolean),
		@extschema@.esn_scrape_section(text, boolean, boolean),
		@extschema@.esn_scrape_activities(integer, boolean, boolean),
		@extschema@.esn_scrape_all(boolean, boolean), @extschema@.esn_retry_failed(boolean),
		@extschema@.esn_fix_validation_errors(boolean), @extschema@.esn_resume(boolean),
		@extschema@.esn_cancel(bigint), esn_unfinished_run(),
		@extschema@.esn_selftest(), esn_request_selftest(),
		@extschema@.esn_maintenance(integer, integer, integer, integer, integer, integer)
		TO %s', role);
END $$;
COMMENT ON FUNCTION esn_grant_operate(regrole) IS
	'Lets a role read as esn_grant_read() does, start and stop runs, and call esn_maintenance(). '
	'The role can change neither rows, rules nor the addresses of the sites. role: the role. Only '
	'the owner of the extension or a superuser can call it.';

-- In an upgrade by another role than the owner of the tables: what is new is the owner's, too.
DO $$
DECLARE
	member record;
	tables_owner regrole := esn_internal.esn_tables_owner();
BEGIN
	FOR member IN
		SELECT CASE d.classid WHEN 'pg_proc'::regclass THEN 'FUNCTION'
				WHEN 'pg_class'::regclass THEN 'TABLE' WHEN 'pg_type'::regclass THEN 'TYPE'
				ELSE 'SCHEMA' END AS kind,
			(pg_identify_object(d.classid, d.objid, 0)).identity
		FROM pg_depend d
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse'
		LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
		LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
			AND c.relkind IN ('r', 'v')
		-- PostgreSQL 17 counts the row types of tables as members, too
		LEFT JOIN pg_type t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid
			AND t.typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c')
		LEFT JOIN pg_namespace n ON d.classid = 'pg_namespace'::regclass AND n.oid = d.objid
		CROSS JOIN LATERAL (SELECT coalesce(p.proowner, c.relowner, t.typowner, n.nspowner)
			AS owner) o
		WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
			AND o.owner <> tables_owner AND o.owner = current_user::regrole
	LOOP
		EXECUTE format('ALTER %s %s OWNER TO %s', member.kind, member.identity, tables_owner);
	END LOOP;
END $$;

-- Everyone may call only the functions that just compute. What an older version has revoked stays
-- as it is: PostgreSQL would note the grants that the administrator has made since as part of the
-- extension, and dumps would lack them.
DO $$
DECLARE
	f record;
BEGIN
	FOR f IN
		-- Default privileges may have let others in, too.
		SELECT p.oid::regprocedure AS function, concat_ws(', ', 'PUBLIC', (
			SELECT string_agg(DISTINCT a.grantee::regrole::text, ', ') FROM aclexplode(p.proacl) a
			WHERE a.grantee NOT IN (0, p.proowner))) AS roles
		FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass
			AND d.objid = p.oid
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND d.deptype = 'e'
			AND NOT EXISTS (SELECT FROM pg_init_privs i
				WHERE i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid)
			AND p.proname NOT IN ('esn_slugify', 'esn_slug_candidates', 'esn_slug_of',
				'esn_country_key', 'esn_selector_is_valid', 'esn_rule_is_known',
				'esn_redact_contacts', 'esn_parse')
	LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM %s', f.function, f.roles);
	END LOOP;
END $$;

-- A dump contains every row, except those of CREATE EXTENSION and the summaries.
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT c.oid::regclass AS rel, c.relname
		FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND d.deptype = 'e' AND c.relkind IN ('r', 'S')
			AND (c.relnamespace <> 'esn_internal'::regnamespace
				OR c.relname IN ('api_keys', 'api_usage'))
		ORDER BY c.oid
	LOOP
		PERFORM pg_extension_config_dump(r.rel, CASE r.relname
			WHEN 'sdgs' THEN 'WHERE id > 17'
			WHEN 'extraction_rules' THEN 'WHERE NOT shipped'
			ELSE '' END);
	END LOOP;
END $$;
