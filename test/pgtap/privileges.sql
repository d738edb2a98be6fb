-- Who may do what without being told: everybody may compute, nobody else may read or start anything.
BEGIN;
SELECT no_plan();

-- Should a stranger be let in, nobody outside is to be asked.
SET LOCAL esn_pulse.accounts_url = 'http://127.0.0.1:1';
SET LOCAL esn_pulse.activities_url = 'http://127.0.0.1:1';
SET LOCAL esn_pulse.max_retries = 0;
CREATE ROLE esn_test_stranger;
INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 1, 'h2.mine');

CREATE TEMP VIEW members AS
SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'esn_pulse' AND d.deptype = 'e';

-- The list of what everybody may call is closed.
SELECT set_eq($$
	SELECT p.oid::regprocedure::text FROM members JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
	WHERE has_function_privilege('esn_test_stranger', p.oid, 'EXECUTE')$$,
	ARRAY['esn_slugify(text)', 'esn_slug_candidates(text)', 'esn_country_key(text)', 'esn_selector_is_valid(text)',
		'esn_rule_is_known(text,text)', 'esn_redact_contacts(text)', 'esn_parse(text,text,text)'],
	'everybody may call the functions that only compute, and no other');

-- No right on any table, view or sequence.
SELECT cmp_ok((SELECT count(*) FROM members JOIN pg_class ON classid = 'pg_class'::regclass AND objid = oid WHERE relkind IN ('r', 'v', 'S')),
	'>', 30::bigint, 'there are tables, views and sequences to look at');
SELECT is_empty($$
	SELECT relname, privilege FROM members JOIN pg_class c ON classid = 'pg_class'::regclass AND objid = c.oid,
		unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
	WHERE relkind IN ('r', 'v', 'm') AND has_table_privilege('esn_test_stranger', c.oid, privilege)$$, 'nobody has a right on a table or view');
SELECT is_empty($$
	SELECT relname, privilege FROM members JOIN pg_class c ON classid = 'pg_class'::regclass AND objid = c.oid,
		unnest(ARRAY['SELECT', 'UPDATE', 'USAGE']) AS privilege
	WHERE relkind = 'S' AND has_sequence_privilege('esn_test_stranger', c.oid, privilege)$$, 'nor on a sequence');

-- A function that runs as its owner must not be led astray by its caller's search_path.
SELECT is_empty($$
	SELECT p.oid::regprocedure FROM members JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
	WHERE prosecdef AND NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c ~ '^search_path=.*pg_temp$')$$,
	'every SECURITY DEFINER function has a search_path of its own, pg_temp last');

-- The same by trying.
SET LOCAL ROLE esn_test_stranger;
SELECT throws_ok('SELECT * FROM ' || relation, '42501', NULL, 'a stranger cannot read ' || relation)
FROM unnest(ARRAY['countries', 'sections', 'activities', 'activity_causes', 'sdgs', 'objectives', 'activity_section_organisers',
	'activity_to_cause', 'activity_to_sdg', 'activity_to_objective', 'section_overall_statistics', 'section_cause_statistics',
	'section_type_statistics', 'section_participant_statistics', 'scraper_status', 'validation_errors', 'failed_scrapes',
	'fetched_pages', 'extraction_rules', 'changes', 'esn_runs', 'esn_history']) AS relation;
SELECT throws_ok('SELECT ' || call, '42501', NULL, 'a stranger cannot call ' || call)
FROM unnest(ARRAY['esn_scrape_accounts()', 'esn_scrape_section(''esn-metu'')', 'esn_scrape_activities()', 'esn_scrape_all()', 'esn_cancel(1)',
	'esn_scrape_activities(0)', 'esn_rules()', 'esn_begin_run(''AccountsScraper'', ''x'', ''x'')', 'esn_find_sections(''x'')',
	'esn_due_sections(1)', 'esn_link_organisers()', 'esn_finish_sections(1, ''[]'', 1)', 'esn_store_home(1, ''[]'', NULL)',
	'esn_store_activities(1, ''[]'', ''x'')', 'esn_store_statistics(1, ''[]'')', 'esn_store_failures(1, ''[]'')']) AS call;
SELECT throws_ok($$INSERT INTO extraction_rules (page_kind, field, position, selector) VALUES ('activity', 'title', 9, 'h1')$$, '42501', NULL,
	'a stranger cannot change the rules');
SELECT throws_ok($$SET esn_pulse.accounts_url = 'http://127.0.0.1:8080'$$, '42501', NULL, 'a stranger cannot say whom to ask');
SELECT is(esn_slugify('ESN Yıldız'), 'esn-yildiz', 'a stranger can make slugs');
SELECT is(esn_slug_candidates('ESN ISIK'), ARRAY['esn-isik', 'esn-isik-0'], 'and guess at them');
SELECT is(esn_country_key('Türkiye'), esn_country_key('Turkey'), 'and compare countries');
SELECT ok(esn_selector_is_valid('h1 > a') AND esn_rule_is_known('activity', 'title'), 'and try a rule''s parts');
SELECT is(esn_parse('activity', '<article class="node ct-online-activity ct-online-activity--full"><h2 class="mine">Mine</h2></article>',
	'https://activities.example/activity/a-1')->'data'->>'title', 'Mine', 'and parse a page, by the rules that it cannot read');

-- One that is allowed to read does not thereby start runs, one that is allowed to start them does not thereby read.
RESET ROLE;
GRANT SELECT ON activities TO esn_test_stranger;
SET LOCAL ROLE esn_test_stranger;
SELECT lives_ok('SELECT * FROM activities', 'a reader reads what it was granted');
SELECT throws_ok($$UPDATE activities SET city = NULL$$, '42501', NULL, 'a reader does not write');
SELECT throws_ok('SELECT esn_scrape_accounts()', '42501', NULL, 'a reader starts no run');
RESET ROLE;
REVOKE SELECT ON activities FROM esn_test_stranger;
GRANT EXECUTE ON FUNCTION esn_cancel(bigint) TO esn_test_stranger;
SET LOCAL ROLE esn_test_stranger;
SELECT throws_ok('SELECT esn_cancel(-1)', '42704', NULL,
	'an operator needs no right on the table of runs to be told that there is no such run');
SELECT throws_ok('SELECT * FROM scraper_status', '42501', NULL, 'an operator does not thereby read');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
