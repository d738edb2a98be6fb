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
				'esn_rule_is_known', 'esn_redact_contacts', 'esn_parse')
	LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
	END LOOP;
END $$;

-- A dump carries every row but those that CREATE EXTENSION makes itself, and what is counted from others.
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT c.oid::regclass AS rel, c.relname
		FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND d.deptype = 'e' AND c.relkind IN ('r', 'S')
			AND c.relname NOT LIKE 'figures\_cache%'
		ORDER BY c.oid
	LOOP
		PERFORM pg_extension_config_dump(r.rel, CASE r.relname
			WHEN 'sdgs' THEN 'WHERE id > 17'
			WHEN 'extraction_rules' THEN 'WHERE NOT shipped'
			ELSE '' END);
	END LOOP;
END $$;

-- Two kinds of people: those who read, and those who also start and stop runs.

CREATE OR REPLACE FUNCTION esn_grant_read(role regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, @extschema@, pg_temp AS $$
DECLARE
	relation regclass;
BEGIN
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO %s', '@extschema@', role);
	FOR relation IN
		SELECT c.oid FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		WHERE e.extname = 'esn_pulse' AND c.relkind IN ('r', 'v')
			AND c.relname NOT LIKE ALL ('{figures\\_cache%,esn\\_live\\_%}')
	LOOP
		EXECUTE format('GRANT SELECT ON %s TO %s', relation, role);
	END LOOP;
	EXECUTE format('GRANT EXECUTE ON FUNCTION esn_health_check(), esn_job_results(), esn_planned_jobs(text, text, text), esn_rules(), esn_policy(), esn_since(),
		esn_last_lie(), esn_may_retry(boolean, integer, timestamptz, integer), esn_due_activities(boolean, integer[]), esn_due_lists(boolean), esn_plan(text, text, boolean), esn_compare(text[]),
		esn_report(text), esn_report_data(text), esn_report_subject(text), esn_report_activities(integer[]), esn_report_figures(integer[]), esn_report_places(integer[], varchar),
		esn_report_lists(integer[]), esn_report_quality(integer[]), esn_report_page(), esn_shorten(text, integer), esn_wrap(text, integer) TO %s', role);
END $$;
COMMENT ON FUNCTION esn_grant_read(regrole) IS
'Lets a role read all tables and views and call esn_health_check() and esn_report(); it can change nothing. role: the role. To be called by the owner of the extension or a superuser.';

CREATE OR REPLACE FUNCTION esn_grant_operate(role regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, @extschema@, pg_temp AS $$
BEGIN
	PERFORM esn_grant_read(role);
	EXECUTE format('GRANT EXECUTE ON FUNCTION esn_scrape(text, text, boolean, boolean), esn_scrape_accounts(boolean),
		esn_scrape_section(text, boolean, boolean), esn_scrape_activities(integer, boolean, boolean), esn_scrape_all(boolean, boolean),
		esn_retry_failed(boolean), esn_fix_validation_errors(boolean), esn_cancel(bigint),
		esn_maintenance(integer, integer, integer, integer, integer, integer) TO %s', role);
END $$;
COMMENT ON FUNCTION esn_grant_operate(regrole) IS
'Lets a role read as esn_grant_read() does, start and stop runs, and call esn_maintenance(); it can change neither rows, rules nor where the sites are. role: the role. To be called by the owner of the extension or a superuser.';

REVOKE ALL ON FUNCTION esn_grant_read(regrole), esn_grant_operate(regrole) FROM PUBLIC;
