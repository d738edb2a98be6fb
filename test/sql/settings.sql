-- The settings esn_pulse.*: ranges, units, privileges, and rejected values.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS esn_pulse CASCADE;
CREATE EXTENSION esn_pulse;
LOAD 'esn_pulse';

-- Defaults and ranges. The settings are listed, so that a new setting does not change this test.
SELECT n AS name, setting, unit, min_val AS min, max_val AS max, context
FROM pg_settings JOIN unnest(ARRAY['accounts_url', 'activities_url', 'request_delay',
	'max_parallel_requests', 'request_timeout', 'max_retries', 'retry_base_delay', 'max_page_size',
	'accounts_time_limit', 'activities_time_limit', 'accounts_max_age', 'min_success_ratio',
	'keep_pages', 'redact_personal_data', 'ca_file']) AS n ON name = 'esn_pulse.' || n
ORDER BY n COLLATE "C";
SELECT enumvals FROM pg_settings WHERE name = 'esn_pulse.keep_pages';

-- Each setting has a description.
SELECT name FROM pg_settings WHERE name LIKE 'esn\_pulse.%' AND coalesce(short_desc, '') = '';

-- Units are understood, and written back.
SET esn_pulse.request_delay = '2s';
SET esn_pulse.max_page_size = '1MB';
SET esn_pulse.activities_time_limit = '2h';
SET esn_pulse.accounts_max_age = '30d';
SHOW esn_pulse.request_delay;
SHOW esn_pulse.max_page_size;
SHOW esn_pulse.activities_time_limit;
SHOW esn_pulse.accounts_max_age;
SET esn_pulse.request_delay = '0.5s';
SHOW esn_pulse.request_delay;

-- Out of range, or of the wrong unit or type. The messages differ between versions of PostgreSQL.
\set VERBOSITY sqlstate
SET esn_pulse.request_delay = -1;
SET esn_pulse.request_delay = '2MB';
SET esn_pulse.request_delay = 0.5;
SET esn_pulse.request_delay = '0.5ms';
SET esn_pulse.accounts_max_age = '0.5';
SET esn_pulse.retry_base_delay = 1.5;
SET esn_pulse.max_parallel_requests = 0;
SET esn_pulse.max_parallel_requests = 65;
SET esn_pulse.request_timeout = 0;
SET esn_pulse.max_retries = 11;
SET esn_pulse.max_page_size = 0;
SET esn_pulse.activities_time_limit = 0;
SET esn_pulse.min_success_ratio = 1.5;
SET esn_pulse.redact_personal_data = maybe;
\set VERBOSITY default
SET esn_pulse.keep_pages = 'few';

-- A base address has a scheme, a host and a port, and no path.
SET esn_pulse.accounts_url = 'accounts.esn.org';
SET esn_pulse.activities_url = 'ftp://activities.esn.org';
\set VERBOSITY terse
SET esn_pulse.accounts_url = '';
SET esn_pulse.accounts_url = 'https://';
SET esn_pulse.accounts_url = 'https://accounts.esn.org/';
SET esn_pulse.accounts_url = 'https://accounts.esn.org/country';
SET esn_pulse.accounts_url = 'https://accounts.esn.org?a=b';
SET esn_pulse.accounts_url = 'https://someone@accounts.esn.org';
SET esn_pulse.accounts_url = 'https://accounts.esn.org #';
SET esn_pulse.accounts_url = 'http://accounts.esn.org';
SET esn_pulse.accounts_url = 'http://127.evil.example';
SET esn_pulse.accounts_url = 'http://localhost.example:80';
SET esn_pulse.accounts_url = 'http://[::1]:8080';
SET esn_pulse.accounts_url = 'http://LOCALHOST';
SET esn_pulse.accounts_url = 'http://127.0.0.1:8080';
SHOW esn_pulse.accounts_url;
RESET esn_pulse.accounts_url;

-- User-Agents: at least one, one per line, printable. The default names the project.
\set VERBOSITY default
SET esn_pulse.user_agents = '';
SET esn_pulse.user_agents = E'esn_pulse\r\nX-Evil: yes';
\set VERBOSITY terse
SET esn_pulse.user_agents = E' \n \n';
SET esn_pulse.user_agents = 'ESN Yıldız';
SET esn_pulse.user_agents = E'one/1.0\ntwo/2.0';
SHOW esn_pulse.user_agents;
RESET esn_pulse.user_agents;
SELECT current_setting('esn_pulse.user_agents') ~ 'Erasmus Student Network' AS names_the_project,
	starts_with(current_setting('esn_pulse.user_agents'),
		'esn_pulse/' || extversion || ' ') AS names_the_version
FROM pg_extension WHERE extname = 'esn_pulse';

-- The contact is part of a header.
SET esn_pulse.contact = 'https://esn.example, web@esn.example';
SET esn_pulse.contact = E'web@esn.example\r\nX-Evil: yes';
SET esn_pulse.contact = 'web@esn.example) evil/1.0 (';
SHOW esn_pulse.contact;

-- An unknown setting is rejected.
\set VERBOSITY default
SET esn_pulse.xyz = 1;
SET esn_pulse.request_delays = 1;

-- Everybody may set how long a run waits. Only a superuser may set which sites are requested, and
-- how fast.
DROP ROLE IF EXISTS regress_esn_reader;
CREATE ROLE regress_esn_reader;
SET SESSION AUTHORIZATION regress_esn_reader;
\set VERBOSITY terse
SET esn_pulse.accounts_url = 'http://127.0.0.1:8080';
SET esn_pulse.activities_url = 'http://127.0.0.1:8080';
SET esn_pulse.request_delay = 0;
SET esn_pulse.max_parallel_requests = 64;
SET esn_pulse.max_page_size = 16;
SET esn_pulse.user_agents = 'Mozilla/5.0';
SET esn_pulse.contact = 'x';
SET esn_pulse.keep_pages = 'all';
SET esn_pulse.redact_personal_data = off;
SET esn_pulse.ca_file = '/dev/null';
SET esn_pulse.request_timeout = '5s';
SET esn_pulse.max_retries = 0;
SET esn_pulse.retry_base_delay = '1s';
SET esn_pulse.accounts_time_limit = '1min';
SET esn_pulse.activities_time_limit = '1min';
SET esn_pulse.accounts_max_age = 0;
SET esn_pulse.min_success_ratio = 1;
RESET SESSION AUTHORIZATION;

-- Values set before the library is loaded are rejected when it is loaded.
\c -
SET SESSION AUTHORIZATION regress_esn_reader;
SET esn_pulse.accounts_url = 'http://127.0.0.1:8080';
SET esn_pulse.redact_personal_data = off;
SET esn_pulse.xyz = 1;
SELECT esn_slugify('ESN METU');
SHOW esn_pulse.accounts_url;
SHOW esn_pulse.redact_personal_data;
-- What uses settings refuses to work with a default in the place of a value that was rejected.
\set VERBOSITY default
SELECT esn_parse('activity', '', 'https://x/y');
\set VERBOSITY sqlstate
SHOW esn_pulse.xyz;

\c -
DROP ROLE regress_esn_reader;
