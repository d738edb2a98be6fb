-- Who may do what, and what a dump carries.

-- Only the pure functions are for everyone.
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOR f IN
		SELECT p.oid FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND d.deptype = 'e'
			AND p.proname NOT IN ('esn_slugify', 'esn_slug_candidates', 'esn_country_key', 'esn_selector_is_valid',
				'esn_rule_is_known', 'esn_parse')
	LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
	END LOOP;
END $$;

-- A dump carries every row but those that CREATE EXTENSION makes itself.
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT c.oid::regclass AS rel, c.relname
		FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND d.deptype = 'e' AND c.relkind IN ('r', 'S')
		ORDER BY c.oid
	LOOP
		PERFORM pg_extension_config_dump(r.rel, CASE r.relname
			WHEN 'sdgs' THEN 'WHERE id > 17'
			WHEN 'extraction_rules' THEN 'WHERE NOT shipped'
			ELSE '' END);
	END LOOP;
END $$;
