-- Default privileges: everybody may call the functions that only compute; reading and starting runs
-- must be granted.
BEGIN;
SELECT no_plan();

-- If a check fails, no request must leave this machine.
SET LOCAL esn_pulse.accounts_url = 'http://127.0.0.1:1';
SET LOCAL esn_pulse.activities_url = 'http://127.0.0.1:1';
SET LOCAL esn_pulse.max_retries = 0;
CREATE ROLE esn_test_stranger;
CREATE ROLE esn_test_reader;
CREATE ROLE esn_test_operator;
INSERT INTO extraction_rules (page_kind, field, position, selector)
VALUES ('activity', 'title', 1, 'h2.mine');

CREATE TEMP VIEW members AS
SELECT d.classid, d.objid
FROM pg_depend d
	JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'esn_pulse' AND d.deptype = 'e';

SELECT is_empty($$
	SELECT t.oid::regtype FROM members JOIN pg_type t ON classid = 'pg_type'::regclass
		AND objid = t.oid JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
	WHERE has_type_privilege('esn_test_stranger', t.oid, 'USAGE')$$,
	'the types are not for others');

-- The functions that PUBLIC may execute.
SELECT set_eq($$
	SELECT p.oid::regprocedure::text
	FROM members JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
	WHERE has_function_privilege('esn_test_stranger', p.oid, 'EXECUTE')$$,
	ARRAY['esn_slugify(text)', 'esn_slug_candidates(text)', 'esn_slug_of(text)',
		'esn_country_key(text)', 'esn_selector_is_valid(text)', 'esn_rule_is_known(text,text)',
		 'esn_redact_contacts(text)', 'esn_parse(text,text,text)'],
	'PUBLIC may call only the functions that compute');

-- No privilege on any table, view or sequence.
SELECT cmp_ok(
	(SELECT count(*) FROM members JOIN pg_class ON classid = 'pg_class'::regclass AND objid = oid
		WHERE relkind IN ('r', 'v', 'S')),
	'>', 30::bigint, 'tables, views and sequences exist');
SELECT is_empty($$
	SELECT relname, privilege
	FROM members JOIN pg_class c ON classid = 'pg_class'::regclass AND objid = c.oid,
		unnest(
			ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',
				'TRIGGER']) AS privilege
	WHERE relkind IN ('r', 'v', 'm')
		AND has_table_privilege('esn_test_stranger', c.oid, privilege)$$,
	'PUBLIC has no privilege on a table or view');
SELECT is_empty($$
	SELECT relname, privilege
	FROM members JOIN pg_class c ON classid = 'pg_class'::regclass AND objid = c.oid,
		unnest(ARRAY['SELECT', 'UPDATE', 'USAGE']) AS privilege
	WHERE relkind = 'S' AND has_sequence_privilege('esn_test_stranger', c.oid, privilege)$$,
	'PUBLIC has no privilege on a sequence');

-- Internal objects are in a schema of their own, which belongs to the extension. Nobody else may
-- use it or create in it.
SELECT is(
	(SELECT count(*) FROM members
		WHERE classid = 'pg_namespace'::regclass AND objid = 'esn_internal'::regnamespace),
	1::bigint, 'the internal schema belongs to the extension');
SELECT ok(
	NOT has_schema_privilege('esn_test_stranger', 'esn_internal', 'USAGE')
	AND NOT has_schema_privilege('esn_test_stranger', 'esn_internal', 'CREATE'),
	'a stranger may neither use it nor create in it');
SELECT lives_ok($$SELECT esn_grant_operate('esn_test_operator')$$, 'a role becomes an operator');
SELECT ok(
	has_schema_privilege('esn_test_operator', 'esn_internal', 'USAGE')
	AND NOT has_schema_privilege('esn_test_operator', 'esn_internal', 'CREATE'),
	'an operator may use it, but not create in it');
SELECT set_eq($$
	SELECT p.proname::text
	FROM members JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
	WHERE p.pronamespace <> 'esn_internal'::regnamespace$$,
	regexp_split_to_array('esn_api esn_cancel esn_compare esn_create_api_key
		esn_expect_participants esn_fix_validation_errors esn_grant_operate esn_grant_read
		esn_grant_web esn_health_check esn_maintenance esn_parse esn_plan
		esn_redact_contacts esn_report esn_report_data esn_resume
		esn_retry_failed esn_revoke_api_key esn_schedule esn_scrape
		esn_scrape_accounts esn_scrape_activities esn_scrape_all
		esn_scrape_section esn_selftest esn_slug_candidates esn_slugify esn_suggest
		esn_trends esn_unschedule', '\s+'),
	'only functions for users are in the schema of the tables');

-- A reader reads every table and view, whatever functions they call, and calls nothing that writes
-- or that runs with another's rights, except what answers readers' questions.
SELECT lives_ok($$SELECT esn_grant_read('esn_test_reader')$$, 'a role becomes a reader');
CREATE TEMP TABLE relations AS
SELECT c.oid::regclass::text AS relation
FROM members JOIN pg_class c ON classid = 'pg_class'::regclass AND objid = c.oid
WHERE relkind IN ('r', 'v') AND c.relnamespace <> 'esn_internal'::regnamespace;
GRANT SELECT ON relations TO esn_test_reader;
SELECT set_eq($$
	SELECT p.oid::regprocedure::text
	FROM members JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
	WHERE has_function_privilege('esn_test_reader', p.oid, 'EXECUTE')
		AND (provolatile = 'v' OR prosecdef)$$,
	ARRAY['esn_compare(text[])', 'esn_health_check()', 'esn_parse(text,text,text)',
		'esn_plan(text,text,boolean)', 'esn_job_results()',
		'esn_suggestions(integer,integer)', 'esn_trends(text)',
		'esn_expectations(integer,text[],integer,boolean)'],
	'a reader may call few functions with the rights of the owner, and none that writes');
SET LOCAL ROLE esn_test_reader;
SELECT lives_ok('SELECT * FROM ' || relation, 'a reader reads ' || relation) FROM relations;
SELECT lives_ok('SELECT * FROM ' || call, 'a reader calls ' || call)
FROM unnest(
	ARRAY['esn_health_check()', 'esn_plan()', 'esn_compare(VARIADIC ''{}''::text[])',
		'esn_report(NULL)', 'esn_report_data(NULL)', 'esn_trends()']) AS call;
RESET ROLE;

-- The caller's search_path must not affect a function. test/site/t/attacks.sh tries it.
SELECT set_eq($$
	SELECT p.proname::text
	FROM members JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
	JOIN pg_language l ON l.oid = p.prolang
	WHERE (prosecdef OR lanname <> 'c' AND prosqlbody IS NULL)
		AND NOT EXISTS (SELECT FROM unnest(proconfig) c
			WHERE c = 'search_path=pg_catalog, esn_internal, pg_temp')$$,
	ARRAY['esn_report_activities'],
	'every function looks up names only where nobody but the owner may create');

-- Attempts by a stranger.
SET LOCAL ROLE esn_test_stranger;
SELECT throws_ok('SELECT * FROM ' || relation, '42501', NULL, 'a stranger cannot read ' || relation)
FROM unnest(
	ARRAY['countries', 'sections', 'activities', 'activity_causes', 'activity_types', 'sdgs',
		'objectives', 'activity_to_type',
		'activity_section_organisers',
	'activity_to_cause', 'activity_to_sdg', 'activity_to_objective', 'section_overall_statistics',
		'section_cause_statistics',
		'section_type_statistics', 'section_participant_statistics', 'scraper_status',
		'validation_errors', 'failed_scrapes',
		'frontier', 'extraction_rules', 'changes', 'esn_runs', 'esn_history']) AS relation;
SELECT throws_ok('SELECT ' || call, '42501', NULL, 'a stranger cannot call ' || call)
FROM unnest(
	ARRAY['esn_scrape_accounts()', 'esn_scrape_section(''esn-metu'')', 'esn_scrape_activities()',
		'esn_scrape_all()', 'esn_cancel(1)',
		'esn_scrape_activities(0)', 'esn_internal.esn_rules()',
		'esn_internal.esn_begin_run(''AccountsScraper'', ''x'', ''x'')',
		'esn_internal.esn_find_sections(''x'')', 'esn_internal.esn_country_key(''x'')',
		'esn_internal.esn_store_failures(1, ''[]'')']) AS call;
SELECT throws_ok(
	$$INSERT INTO extraction_rules (page_kind, field, position, selector)
		VALUES ('activity', 'title', 9, 'h1')$$, '42501', NULL,
	'a stranger cannot change the rules');
SELECT throws_ok($$SET esn_pulse.accounts_url = 'http://127.0.0.1:8080'$$, '42501', NULL,
	'a stranger cannot change the base address');
SELECT is(esn_slugify('ESN Yıldız'), 'esn-yildiz', 'a stranger can make slugs');
SELECT is(esn_slug_candidates('ESN ISIK'), ARRAY['esn-isik', 'esn-isik-0'],
	'a stranger can compute candidates for slugs');
SELECT is(
	esn_parse('activity',
		'<article class="node ct-online-activity ct-online-activity--full">
			<h2 class="mine">Mine</h2></article>',
		'https://activities.example/activity/a-1')->'data'->>'title', 'Mine',
	'a stranger can parse a page by rules that it cannot read');

-- Reading does not imply starting runs, and starting runs does not imply reading.
RESET ROLE;
GRANT SELECT ON activities TO esn_test_stranger;
SET LOCAL ROLE esn_test_stranger;
SELECT lives_ok('SELECT * FROM activities', 'a reader reads what was granted');
SELECT throws_ok($$UPDATE activities SET city = NULL$$, '42501', NULL, 'a reader cannot write');
SELECT throws_ok('SELECT esn_scrape_accounts()', '42501', NULL, 'a reader cannot start a run');
RESET ROLE;
REVOKE SELECT ON activities FROM esn_test_stranger;
GRANT EXECUTE ON FUNCTION esn_cancel(bigint) TO esn_test_stranger;
SET LOCAL ROLE esn_test_stranger;
SELECT throws_ok('SELECT esn_cancel(-1)', '42704', NULL,
	'an operator needs no privilege on scraper_status to learn that a run does not exist');
SELECT throws_ok('SELECT * FROM scraper_status', '42501', NULL,
	'an operator cannot read');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
