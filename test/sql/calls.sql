-- The functions that start and stop runs, without a site: wrong arguments, a closed port, one run
-- at a time, a cancel.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS esn_pulse CASCADE;
CREATE EXTENSION esn_pulse;
SET esn_pulse.accounts_url = 'http://127.0.0.1:1';
SET esn_pulse.activities_url = 'http://127.0.0.1:1';
SET esn_pulse.request_delay = 0;
SET esn_pulse.max_retries = 0;
-- Without a site there is no robots.txt either; test/site/t/robots.sh tests it.
SET esn_pulse.respect_robots = off;

-- Invalid slugs.
\set VERBOSITY default
SELECT esn_scrape_section('https://activities.esn.org/esn-metu');
\set VERBOSITY terse
SELECT esn_scrape_section('');
SELECT esn_scrape_section(NULL);
SELECT esn_scrape_section('a/b');
SELECT esn_scrape_section('/esn-metu');
SELECT esn_scrape_section('esn-metu?page=1');
SELECT esn_scrape_section('esn metu');
SELECT esn_scrape_section('esn%2fmetu');
SELECT esn_scrape_section('esn-metu#top');
\set VERBOSITY sqlstate
SELECT esn_scrape_section(repeat('x', 300));

-- The number of sections.
\set VERBOSITY default
SELECT esn_scrape_activities(0);
\set VERBOSITY sqlstate
SELECT esn_scrape_activities(-1);

-- A run that does not exist.
\set VERBOSITY default
SELECT esn_cancel(123456789);
\set VERBOSITY sqlstate
SELECT esn_cancel(0);

-- NULL starts no run.
SELECT num_nulls(esn_scrape_accounts(NULL), esn_scrape_section('esn-metu', NULL),
	esn_scrape_section('esn-metu', wait => NULL), esn_scrape_activities("full" => NULL),
	esn_scrape_activities(wait => NULL), esn_scrape_all(NULL), esn_scrape_all(wait => NULL),
	esn_cancel(NULL)) AS nulls;

-- A read-only transaction starts no run.
\set VERBOSITY default
BEGIN READ ONLY;
SELECT esn_scrape_accounts();
ROLLBACK;
\set VERBOSITY sqlstate
BEGIN READ ONLY;
SELECT esn_scrape_section('esn-metu');
ROLLBACK;
BEGIN READ ONLY;
SELECT esn_scrape_activities();
ROLLBACK;
BEGIN READ ONLY;
SELECT esn_scrape_all();
ROLLBACK;
SELECT count(*) AS runs FROM scraper_status;

-- A closed port. The end of the error message is from the HTTP library and differs between its
-- versions. A run's warnings repeat its error_message.
\set VERBOSITY default
CREATE VIEW outcome AS
SELECT id, scraper_module, request, status,
	regexp_replace(error_message, ': [^:]*connect[^:]*$', ': <cannot connect>') AS error_message,
	sections_processed AS done, sections_failed AS failed, pages_failed, requests,
	completed_at >= started_at AS ended
FROM scraper_status;
CREATE VIEW failure AS
SELECT url, section_id, scraper_module, http_status_code, error_message ~* 'connect' AS says_why,
	retry_count, will_retry, run_id, resolved_at
FROM failed_scrapes;
SET client_min_messages = error;
SELECT id, status FROM esn_scrape_accounts();
SELECT * FROM outcome \gx
SELECT * FROM failure \gx

-- A repeated failure updates its row. The caller's transaction does not affect what a run has
-- committed.
SET esn_pulse.max_retries = 2;
SET esn_pulse.retry_base_delay = 1;
BEGIN;
SELECT id, status, requests FROM esn_scrape_accounts();
ROLLBACK;
SET esn_pulse.max_retries = 0;
SELECT * FROM failure \gx

-- If no section is known, the other functions read accounts first, and report that none was found.
SELECT id, scraper_module, request, status FROM esn_scrape_activities();
SELECT id, scraper_module, request, status FROM esn_scrape_all();
SELECT id, scraper_module, request, status FROM esn_scrape_section('esn-metu');

-- A known section whose pages cannot be read is due as before.
INSERT INTO sections (id, name, accounts_platform_slug, accounts_url, activities_platform_slug,
	can_scrape_activities)
VALUES (7, 'ESN METU', 'tr-anka-met', 'http://127.0.0.1:1/section/tr-anka-met', 'esn-metu', true),
	(8, 'ESN Nowhere', 'tr-anka-now', 'http://127.0.0.1:1/section/tr-anka-now', NULL, false);
SET client_min_messages = warning;
SELECT id, scraper_module, request, status FROM esn_scrape_section('tr-anka-met');
SELECT id, request, status FROM esn_scrape_section('esn-metu', "full" => true);
SELECT id, scraper_module, status FROM esn_scrape_activities(1);
SELECT id, scraper_module, status, error_message, done, failed, pages_failed, requests FROM outcome
WHERE id >= 6 ORDER BY id \gx
SELECT * FROM failure ORDER BY url \gx
SELECT name, last_scraped FROM sections ORDER BY id;

-- If accounts fails, activities still runs for the known sections.
SET client_min_messages = error;
SELECT id, scraper_module, request, status FROM esn_scrape_all();
SELECT id, scraper_module, status, error_message FROM outcome WHERE id > 8 ORDER BY id \gx

-- An operator needs EXECUTE, but no privilege on a table. The run's row has the caller.
DROP ROLE IF EXISTS regress_esn_operator;
CREATE ROLE regress_esn_operator;
GRANT EXECUTE ON FUNCTION esn_scrape_section(text, boolean, boolean), esn_cancel(bigint)
TO regress_esn_operator;
SET SESSION AUTHORIZATION regress_esn_operator;
SELECT request, status, requested_by FROM esn_scrape_section('esn-metu');
\set VERBOSITY sqlstate
SELECT count(*) FROM scraper_status;
SELECT esn_scrape_accounts();
RESET SESSION AUTHORIZATION;

-- A run waits ten minutes for a retry: a second run is rejected until the first is cancelled.
\set VERBOSITY default
SET esn_pulse.max_retries = 10;
SET esn_pulse.retry_base_delay = '10min';
SELECT id AS run, status, completed_at IS NULL AS is_running
FROM esn_scrape_accounts(wait => false) \gset
SELECT :'status' AS status, :'is_running' AS is_running;
SELECT status FROM esn_runs WHERE id = :run;
SET client_min_messages = notice;
DO $$
DECLARE
	message text;
	hint text;
BEGIN
	PERFORM esn_scrape_activities();
EXCEPTION WHEN object_in_use THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RAISE NOTICE '%', regexp_replace(message,
		'started at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^)]*', 'started at <when>');
	RAISE NOTICE '%', hint;
END $$;
SET client_min_messages = warning;
SET SESSION AUTHORIZATION regress_esn_operator;
SELECT esn_cancel(:run);
RESET SESSION AUTHORIZATION;
SELECT status, error_message, ended FROM outcome WHERE id = :run;
SELECT esn_cancel(:run);

-- The next run starts.
SET esn_pulse.max_retries = 0;
SET client_min_messages = error;
SELECT request, status FROM esn_scrape_accounts();

-- A run whose process died is shown as failed. The next run records that.
INSERT INTO scraper_status (id, scraper_module, requested_by, request, worker_pid)
VALUES (1000, 'AccountsScraper', 'nobody', 'accounts', pg_backend_pid());
SELECT status, error_message FROM esn_runs WHERE id = 1000;
SELECT esn_cancel(1000);
SELECT request, status FROM esn_scrape_accounts();
SELECT status, error_message, completed_at IS NOT NULL AS ended FROM scraper_status WHERE id = 1000;

DROP OWNED BY regress_esn_operator;
DROP ROLE regress_esn_operator;
DROP VIEW outcome, failure;
