-- Keys of the web gateway, and who may do what with which. Runs are started by test/site/t/web.sh.
BEGIN;
SELECT no_plan();
INSERT INTO countries (country_code, name, slug, url)
VALUES ('AA', 'Aland', 'aa', 'x'), ('BB', 'Borduria', 'bb', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url)
VALUES (1, 'AA', 'ESN One', 'aa-one', 'x'), (2, 'AA', 'ESN Two', 'aa-two', 'x'),
	(3, 'BB', 'ESN Three', 'bb-three', 'x');
INSERT INTO scraper_status (id, scraper_module, status, completed_at, requested_by, request,
	error_message) VALUES (1, 'AccountsScraper', 'failed', now(), 'me', 'accounts', 'no disk');

CREATE TEMP TABLE keys (name text, key text);
INSERT INTO keys SELECT name, esn_create_api_key(name, scope, subject, expires)
FROM (VALUES ('reader', 'read', NULL, NULL), ('operator', 'operate', NULL, now() + interval '1 h'),
	('country', 'operate', 'AA', NULL), ('section', 'operate', 'aa-one', NULL),
	('section reader', 'read', 'aa-one', NULL)) AS v(name, scope, subject, expires);
SELECT matches(key, '^esn_[0-9a-f]{12}_[0-9a-f]{64}$', 'a key is long') FROM keys;
SELECT is((SELECT count(DISTINCT key) FROM keys), 5::bigint, 'each is another');
SELECT is_empty($$SELECT k.key FROM keys k, api_keys s
	WHERE s::text LIKE '%' || right(k.key, 64) || '%'
		OR position(convert_to(k.key, 'UTF8') IN s.hash) > 0$$, 'no key is stored');
SELECT results_eq('SELECT name, scope, kind, subject::text, status FROM esn_api_keys',
	$$VALUES ('country', 'operate', 'country', 'AA', 'valid'),
		('operator', 'operate', 'network', NULL, 'valid'),
		('reader', 'read', 'network', NULL, 'valid'),
		('section', 'operate', 'section', 'aa-one', 'valid'),
		('section reader', 'read', 'section', 'aa-one', 'valid')$$, 'the list of keys shows them');
SELECT hasnt_column('esn_api_keys', 'hash', 'without their hashes');
SELECT throws_ok(call, code, message, call)
FROM (VALUES ($$SELECT esn_create_api_key('x', 'write')$$, '22023', 'invalid scope: "write"'),
	($$SELECT esn_create_api_key(' ')$$, '22023', 'a key needs a name'),
	($$SELECT esn_create_api_key(NULL)$$, '22023', 'a key needs a name'),
	($$SELECT esn_create_api_key('x', 'read', 'zz')$$, '42704',
		'unknown section or country: "zz"'),
	($$SELECT esn_create_api_key('reader')$$, '42710', 'there is a key of the name "reader"'),
	($$SELECT esn_revoke_api_key('nobody')$$, '42704',
		'there is no key of the name "nobody", or it is revoked')) AS v(call, code, message);
SELECT throws_like($$SELECT esn_create_api_key('x', 'read', NULL, now())$$,
	'the key would have expired already, at %', 'a key cannot be expired from the beginning');

CREATE FUNCTION pg_temp.answer(method text, address text, key text, body text DEFAULT NULL)
	RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', c.http_status, c.content::jsonb->>'parameter',
		c.content::jsonb->>'detail')
	FROM esn_api(method, '/api/v1/' || address, '', (SELECT k.key FROM keys k WHERE k.name =
		answer.key), body) c$$;
SELECT is((SELECT content::jsonb->>'error_message' FROM esn_api('GET', '/api/v1/runs/1', '',
	(SELECT key FROM keys WHERE name = 'reader'))), 'no disk', 'a key for the network sees why');
SELECT is((SELECT content::jsonb->>'error_message' FROM esn_api('GET', '/api/v1/runs/1', '',
	(SELECT key FROM keys WHERE name = 'section'))), NULL, 'that of a section does not');
SELECT is((SELECT content::jsonb #> '{checks,0}' ? 'advice' FROM esn_api('GET', '/api/v1/health',
	'', (SELECT key FROM keys WHERE name = 'reader'))), true, 'a key sees the figures of health');
SELECT is((SELECT lifetime <= 3600 AND lifetime > 0 FROM esn_api('GET', '/api/v1/sections', '',
	(SELECT key FROM keys WHERE name = 'operator'))), true,
	'no answer is kept longer than its key is valid');

-- Attempts to start and stop runs. If a check fails, no request must leave this machine.
SET LOCAL esn_pulse.accounts_url = 'http://127.0.0.1:1';
SET LOCAL esn_pulse.activities_url = 'http://127.0.0.1:1';
SELECT is(pg_temp.answer('POST', 'trigger/scraper', key, body), wanted,
	format('%s: %s', coalesce(key, 'no key'), body))
FROM (VALUES (NULL, '{}', '401 this needs a key'), ('reader', '{}', '403 the key may only read'),
	('section reader', '{"section": "aa-one"}', '403 the key may only read'),
	('section', '{"section": "aa-two"}', '403 section the key is for another section'),
	('section', '{"section": "2"}', '403 section the key is for another section'),
	('section', '{"module": "all"}', '400 module of a section only activities can be read'),
	('section', '{"module": "accounts", "section": "aa-one"}',
		'400 module of a section only activities can be read'),
	('country', '{"section": "bb-three"}',
		'403 section the key is for the sections of one country'),
	('country', '{}', '403 section the key is for the sections of one country'),
	('country', '{"module": "accounts"}',
		'403 section the key is for the sections of one country'),
	('operator', '{"section": "nowhere"}', '400 section no section is known as "nowhere"'),
	('operator', '{"section": 1}', '400 section not a string'),
	('operator', '{"full": "yes"}', '400 full not a boolean'),
	('operator', '{"modul": "all"}', '400 modul unknown parameter'),
	('operator', '{"module": "x''; DROP TABLE sections; --"}', '400 module neither accounts, '
		'activities, all, retry-failed nor fix-validation-errors'),
	('operator', '[]', '400 the body is not a JSON object'),
	('operator', '{', '400 the body is not valid JSON'),
	('operator', '{"section": "\u0000"}', '400 the body is not valid JSON'),
	('operator', repeat('[', 100000), '400 the body is not valid JSON')) AS v(key, body, wanted);
INSERT INTO scraper_status (id, scraper_module, status, completed_at, requested_by, request)
SELECT id, 'ActivitiesAndStatisticsScraper', 'completed', now(), 'me', request
FROM (VALUES (101, 'section aa-one, full'), (102, 'section aa-two'), (103, 'section bb-three'),
	(104, 'activities'), (105, 'section aa-gone')) AS v(id, request);
SELECT is(pg_temp.answer('POST', format('runs/%s/cancel', run), key), wanted,
	format('%s stops the run %s: %s', key, run, wanted))
FROM (VALUES ('reader', 101, '403 the key may only read'),
	('section reader', 101, '403 the key may only read'), ('section', 101, '200'),
	('section', 102, '403 run the key is for another section'),
	('section', 104, '403 run the key is for another section'),
	('section', 105, '403 run the key is for another section'),
	('country', 101, '200'), ('country', 102, '200'),
	('country', 103, '403 run the key is for the sections of one country'),
	('country', 104, '403 run the key is for the sections of one country'),
	('operator', 103, '200'), ('operator', 104, '200'),
	('section', 99, '404 run 99 does not exist'),
	('operator', 99, '404 run 99 does not exist')) AS v(key, run, wanted);

-- Keys that are wrong, expired, or revoked, also for what everybody may see.
SELECT is((SELECT http_status FROM esn_api('GET', '/api/v1/sections', '', wrong)), 401,
	format('the key "%s" is refused', wrong))
FROM keys, LATERAL (VALUES ('x'), (left(key, -1)), (key || '0'), (upper(key)), (' ' || key),
	(left(key, -1) || translate(right(key, 1), '0123456789abcdef', '123456789abcdef0')),
	(left(key, 17) || repeat('0', 64)), ('esn_000000000000_' || right(key, 64))) AS w(wrong)
WHERE name = 'operator';
UPDATE api_keys SET expires_at = now() WHERE name = 'operator';
SELECT is(pg_temp.answer('POST', 'trigger/scraper', 'operator'),
	'401 the key is unknown, expired or revoked', 'an expired key is refused');
SELECT lives_ok($$SELECT esn_revoke_api_key('section')$$, 'a key is revoked');
SELECT is(pg_temp.answer('POST', 'trigger/scraper', 'section'),
	'401 the key is unknown, expired or revoked', 'and refused from then on');
SELECT is((SELECT string_agg(name || ' ' || status, ', ') FROM esn_api_keys
	WHERE status <> 'valid'), 'operator expired, section revoked', 'the list says so');
SELECT lives_ok($$SELECT esn_create_api_key('section')$$, 'another key can have the name');
DELETE FROM sections WHERE id = 1;
SELECT is(pg_temp.answer('GET', 'sections', 'section reader'),
	'401 the key is unknown, expired or revoked', 'without its section a key is for nothing');

-- The role of the gateway.
CREATE ROLE esn_test_web;
CREATE ROLE esn_test_stranger;
SELECT esn_grant_web('esn_test_web');
SELECT results_eq($$
	SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid
		AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse'
	WHERE has_function_privilege('esn_test_web', p.oid, 'EXECUTE')
		AND NOT has_function_privilege('esn_test_stranger', p.oid, 'EXECUTE')$$,
	$$VALUES ('esn_api(text,text,text,text,text,jsonb)')$$,
	'it may call one function more than anybody');
SELECT is_empty($$
	SELECT c.relname FROM pg_class c JOIN pg_depend d ON d.objid = c.oid
		AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'esn_pulse'
	WHERE c.relkind IN ('r', 'v') AND has_table_privilege('esn_test_web', c.oid,
		'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')$$, 'and read no table');
SET LOCAL ROLE esn_test_web;
SELECT throws_ok('SELECT * FROM esn_internal.api_keys', '42501', NULL, 'not the keys, either');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
