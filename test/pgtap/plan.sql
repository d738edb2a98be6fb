-- The plan of esn_plan(). What is due, and why, is tested in frontier.sql.
BEGIN;
SELECT no_plan();
SELECT results_eq($$SELECT reason, requests FROM esn_plan() WHERE kind = 'unknown'$$,
	$$VALUES ('the network; one of 500 sections and 45,000 activities takes 50,000 requests',
		NULL::bigint)$$, 'the plan of an empty database says that the size is unknown');
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug,
	activities_url, can_scrape_activities)
VALUES (-1, 'ESN Due', 'xx-due', 'https://accounts.example/section/xx-due', 'esn-due',
	'https://activities.example/organisation/esn-due', true);

SELECT results_eq($$SELECT reason FROM esn_plan('activities') WHERE kind = 'unknown'$$,
	ARRAY['activities of lists that were never read'], 'and that of a list that was never read');
SET LOCAL esn_pulse.request_delay = 1000;
SELECT is((SELECT duration FROM esn_plan('activities') WHERE kind = 'statistics'),
	interval '1 second', 'the duration follows from the politeness delay');
SELECT throws_ok($$SELECT esn_plan('everything')$$, '22023', 'invalid module: "everything"');
SELECT throws_ok($$SELECT esn_plan('activities', 'esn-nowhere')$$, '42704',
	'no section has the slug "esn-nowhere"');
SELECT isnt_empty($$SELECT FROM esn_plan('accounts') WHERE kind = 'home'$$,
	'the plan of accounts has the home page');
INSERT INTO scraper_status (scraper_module, status, started_at, completed_at, requested_by, request)
VALUES ('AccountsScraper', 'completed', now() - interval '8 days', now() - interval '8 days',
	'somebody', 'accounts');
SELECT is_empty($$SELECT FROM esn_plan('all') WHERE kind = 'home'$$,
	'the plan of all lacks accounts if they were read recently');
SET LOCAL esn_pulse.accounts_max_age = '7d';
SELECT isnt_empty($$SELECT FROM esn_plan('all') WHERE kind = 'home'$$,
	'accounts older than esn_pulse.accounts_max_age are in the plan of all');
RESET esn_pulse.accounts_max_age;

SELECT * FROM finish();
ROLLBACK;
