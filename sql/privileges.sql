-- Privileges, and the rows that a dump contains.

-- Everyone may call only the functions that just compute.
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOR f IN
		SELECT p.oid FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass
			AND d.objid = p.oid
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND d.deptype = 'e'
			AND p.proname NOT IN ('esn_slugify', 'esn_slug_candidates', 'esn_country_key',
				'esn_selector_is_valid',
				'esn_rule_is_known', 'esn_redact_contacts', 'esn_parse')
	LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
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
			AND c.relnamespace <> 'esn_internal'::regnamespace
		ORDER BY c.oid
	LOOP
		PERFORM pg_extension_config_dump(r.rel, CASE r.relname
			WHEN 'sdgs' THEN 'WHERE id > 17'
			WHEN 'extraction_rules' THEN 'WHERE NOT shipped'
			ELSE '' END);
	END LOOP;
END $$;

-- Two roles: readers, and operators who also start and stop runs.

CREATE OR REPLACE FUNCTION esn_grant_read(role regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, esn_internal, pg_temp AS $$
DECLARE
	relation regclass;
	f regprocedure;
BEGIN
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
		@extschema@.esn_report(text), @extschema@.esn_report_data(text), esn_job_results()
		TO %s', role);
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
	'esn_compare() and esn_report(). The role can change nothing. role: the role. Only the owner '
	'of the extension or a superuser can call it.';

CREATE OR REPLACE FUNCTION esn_grant_operate(role regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, esn_internal, pg_temp AS $$
BEGIN
	PERFORM @extschema@.esn_grant_read(role);
	EXECUTE format('GRANT EXECUTE ON FUNCTION
		@extschema@.esn_scrape(text, text, boolean, boolean),
		@extschema@.esn_scrape_accounts(boolean),
		@extschema@.esn_scrape_section(text, boolean, boolean),
		@extschema@.esn_scrape_activities(integer, boolean, boolean),
		@extschema@.esn_scrape_all(boolean, boolean), @extschema@.esn_retry_failed(boolean),
		@extschema@.esn_fix_validation_errors(boolean), @extschema@.esn_resume(boolean),
		@extschema@.esn_cancel(bigint), esn_unfinished_run(),
		@extschema@.esn_maintenance(integer, integer, integer, integer, integer, integer)
		TO %s', role);
END $$;
COMMENT ON FUNCTION esn_grant_operate(regrole) IS
	'Lets a role read as esn_grant_read() does, start and stop runs, and call esn_maintenance(). '
	'The role can change neither rows, rules nor the addresses of the sites. role: the role. Only '
	'the owner of the extension or a superuser can call it.';

REVOKE ALL ON FUNCTION esn_grant_read(regrole), esn_grant_operate(regrole) FROM PUBLIC;
