-- The self-test, where no site answers: what it says, and that it stores nothing. On sites:
-- test/site/t/selftest.sh
BEGIN;
SELECT no_plan();
SET LOCAL esn_pulse.accounts_url = 'http://127.0.0.1:1';
SET LOCAL esn_pulse.activities_url = 'http://127.0.0.1:1';
SET LOCAL esn_pulse.request_delay = 0;
CREATE TEMP TABLE answer AS SELECT * FROM esn_selftest();
SELECT results_eq('SELECT page FROM answer',
	$$VALUES ('home'), ('country'), ('section'), ('listing'), ('activity'), ('statistics')$$,
	'there is one row per kind of page');
SELECT results_eq('SELECT page, url, passed FROM answer WHERE url IS NOT NULL',
	$$VALUES ('home', 'http://127.0.0.1:1/', false),
		('listing', 'http://127.0.0.1:1/activities?page=0', false)$$,
	'a site that does not answer fails the test');
SELECT ok(bool_and(passed IS NULL AND problem = 'no address of such a page is known'),
	'what no page names was not tested') FROM answer WHERE url IS NULL;
SELECT ok(bool_and(missing = '{}' AND found = '{}' AND not_found = '{}'),
	'no rule was tried on a page that did not come') FROM answer;
SELECT is((SELECT count(*) FROM scraper_status) + (SELECT count(*) FROM frontier)
	+ (SELECT count(*) FROM failed_scrapes), 0::bigint, 'nothing is stored');
SELECT is(provolatile::text || prosecdef::text, 'vfalse', 'it has only its caller''s rights')
FROM pg_proc WHERE oid = 'esn_selftest()'::regprocedure;
SELECT * FROM finish();
ROLLBACK;
