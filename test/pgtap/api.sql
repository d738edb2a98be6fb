-- The answers of esn_api(): each route against the tables, wrong requests, attacks. api-keys.sql
-- tests who may do what, test/site/t/web.sh the gateway.
BEGIN;
SELECT no_plan();

-- Two countries with three sections and a removed one; activities of one and of two sections, one
-- each invalid, removed and upcoming.
INSERT INTO countries (country_code, name, slug, url)
VALUES ('AA', 'Aland', 'aa', 'x'), ('BB', 'Borduria', 'bb', 'x'), ('CC', 'Empty', 'cc', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url,
	activities_platform_slug, can_scrape_activities, city, website, removed_at) VALUES
	(1, 'AA', 'ESN "One", old', 'aa-one', 'x', 'esn-one', true, 'Mariehamn', '=1+1', NULL),
	(2, 'AA', 'ESN Two', 'aa-two', 'x', 'esn-two', true, 'Lund', NULL, NULL),
	(3, 'BB', 'ESN Three', 'bb-three', 'x', NULL, false, 'Szohôd', NULL, NULL),
	(4, 'BB', 'ESN Gone', 'bb-gone', 'x', 'esn-gone', true, NULL, NULL, now());
INSERT INTO section_overall_statistics (section_id, physical_activities, online_activities,
	total_local_students, total_international_students, total_coordinators)
VALUES (1, 3, 1, 30, 10, 5);
INSERT INTO section_cause_statistics (section_id, cause_name, total_count, physical_count,
	online_count) VALUES (1, 'Health', 1, 1, 0), (1, 'Culture', 3, 2, 1);
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	is_valid, is_online, participants, country_code, country_name, removed_at)
SELECT n, slug, 'x', 'The ' || slug, 'Text of ' || slug, start_date, start_date > current_date,
	is_valid, is_online, participants, country, 'Elsewhere', removed_at
FROM (VALUES (1, 'alone', current_date - 10, true, false, 20, 'AA', NULL::timestamptz),
	(2, 'together', date '2020-02-29', true, true, 30, NULL, NULL),
	(3, 'to-come', current_date + 5, true, false, NULL, 'AA', NULL),
	(4, 'invalid', current_date - 10, false, false, 1000, 'AA', NULL),
	(5, 'removed', current_date - 10, true, false, 1000, 'AA', now()),
	(6, 'nobodys', current_date - 10, true, false, 7, 'BB', NULL))
	AS a(n, slug, start_date, is_valid, is_online, participants, country, removed_at);
INSERT INTO activity_section_organisers VALUES (1, 1), (2, 1), (2, 2), (3, 1), (4, 1), (5, 1);
INSERT INTO activity_causes (id, name) VALUES (1, 'Culture'), (2, 'Art');
INSERT INTO activity_to_cause VALUES (1, 1), (1, 2), (2, 1), (4, 1);
INSERT INTO activity_types (id, name) VALUES (1, 'Trip');
INSERT INTO activity_to_type VALUES (1, 1), (3, 1);
INSERT INTO scraper_status (id, scraper_module, status, completed_at, requested_by, request,
	error_message)
VALUES (1, 'AccountsScraper', 'completed', now(), 'somebody', 'accounts', NULL),
	(2, 'AccountsScraper', 'failed', now(), 'somebody', 'accounts', 'the disk of db1 is full');

-- An answer to GET: its status, its body as an object, and a header of it.
CREATE FUNCTION pg_temp.http_status(address text) RETURNS integer LANGUAGE sql AS
$$SELECT http_status FROM
	esn_api('GET', split_part(address, '?', 1), split_part(address, '?', 2))$$;
CREATE FUNCTION pg_temp.json(address text) RETURNS jsonb LANGUAGE sql AS
$$SELECT content::jsonb FROM
	esn_api('GET', split_part(address, '?', 1), split_part(address, '?', 2))$$;
CREATE FUNCTION pg_temp.header(method text, address text, name text) RETURNS text LANGUAGE sql AS
$$SELECT substring(headers FROM '(?n)^' || name || ': (.*)$') FROM
	esn_api(method, split_part(address, '?', 1), split_part(address, '?', 2))$$;
-- What the items of a list have as one of their fields.
CREATE FUNCTION pg_temp.items(address text, field text) RETURNS text LANGUAGE sql AS
$$SELECT string_agg(i.item->>field, ' ' ORDER BY i.n) FROM
	jsonb_array_elements(pg_temp.json(address)->'items') WITH ORDINALITY AS i(item, n)$$;

-- Lists, filters, and sorting.
SELECT is(pg_temp.items('/api/v1' || address, field), wanted, 'GET ' || address)
FROM (VALUES ('/countries', 'code', 'AA BB CC'), ('/countries', 'activities', '2 0 0'),
	('/countries', 'sections', '2 1 0'),
	('/countries/AA/sections', 'slug', 'aa-one aa-two'),
	('/countries/borduria/sections', 'slug', 'bb-three'), ('/countries/CC/sections', 'slug', NULL),
	('/sections', 'id', '1 3 2'), ('/sections', 'activities', '2 0 1'),
	('/sections?country=bb', 'slug', 'bb-three'), ('/sections?city=szoh%C3%B4d', 'id', '3'),
	('/sections?country=AA&city=LUND', 'id', '2'), ('/sections?q=TWO', 'id', '2'),
	('/sections?sort=-activities', 'id', '1 2 3'),
	('/sections?sort=country_code,-name', 'id', '2 1 3'),
	('/sections/1/activities', 'slug', 'to-come alone together'),
	('/sections/esn-one/activities?upcoming=true', 'slug', 'to-come'),
	('/sections/aa-one/activities?upcoming=false&cause=ART', 'slug', 'alone'),
	('/sections/2/activities', 'slug', 'together'),
	('/activities', 'slug', 'to-come nobodys alone together'),
	('/activities?start_date=2020-02-29&end_date=2020-02-29', 'slug', 'together'),
	('/activities?end_date=2020-02-28', 'slug', NULL), ('/activities?cause=culture', 'id', '1 2'),
	('/activities?type=trip', 'id', '3 1'), ('/activities?type=trip&cause=Art', 'id', '1'),
	('/activities?online=true', 'id', '2'), ('/activities?country=BB', 'id', '6'),
	('/activities?section=aa-two', 'id', '2'), ('/activities?q=come', 'id', '3'),
	('/activities?sort=-participants', 'participants', '30 20 7'),
	('/activities?sort=slug&limit=2&page=2', 'slug', 'to-come together'),
	('/activities?page=9', 'slug', NULL), ('/runs', 'id', '2 1'),
	('/runs?status=failed', 'id', '2')) AS v(address, field, wanted);

-- The locale of the database, here Turkish, changes neither codes nor slugs nor what is found.
INSERT INTO countries (country_code, name, slug, url) VALUES ('IT', 'Italy', 'it', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url,
	activities_platform_slug, city) VALUES
	(5, 'IT', 'ESN Pisa', 'it-pisa-isp', 'x', 'esn-pisa', 'Istanbul'),
	(6, 'IT', 'ESN İzmir', 'it-izmi-ize', 'x', NULL, 'İzmir');
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	is_valid) VALUES (7, 'visit', 'x', 'VISIT in a ship', 'x', '2020-03-01', false, true);
INSERT INTO activity_causes (id, name) VALUES (3, 'Integration');
INSERT INTO activity_to_cause VALUES (7, 3);
INSERT INTO activity_types (id, name) VALUES (2, 'DINNER');
INSERT INTO activity_to_type VALUES (7, 2);
SELECT is(lower('I'), 'ı', 'the database is Turkish');
SELECT is(pg_temp.items('/api/v1' || address, 'id'), wanted, 'in Turkish: GET ' || address)
FROM (VALUES ('/countries/it/sections', '6 5'), ('/countries/ITALY/sections', '6 5'),
	('/sections?country=it', '6 5'), ('/sections?city=istanbul', '5'),
	('/sections?city=ISTANBUL', '5'), ('/sections?city=%C4%B0stanbul', '5'),
	('/sections?city=izmir', '6'), ('/sections?city=IZMIR', '6'), ('/sections?q=PISA', '5'),
	('/sections?city=SZOH%C3%94D', '3'), ('/activities?q=visit%20IN', '7'),
	('/activities?q=SHIP', '7'), ('/activities?cause=INTEGRATION', '7'),
	('/activities?type=dinner', '7'), ('/activities?cause=integration&upcoming=FALSE', '7'),
	('/activities?section=IT-PISA-ISP', NULL)) AS v(address, wanted);
SELECT is(pg_temp.json('/api/v1' || address)->>'name', name, 'in Turkish: GET ' || address)
FROM (VALUES ('/countries/it', 'Italy'), ('/countries/IT', 'Italy'),
	('/countries/italy', 'Italy'), ('/sections/IT-PISA-ISP', 'ESN Pisa'),
	('/sections/ESN-PISA', 'ESN Pisa'), ('/sections/it-pisa-isp', 'ESN Pisa'))
	AS v(address, name);
SELECT matches((SELECT content FROM esn_api('GET', '/', 'q=izmir')), '/sections/it-izmi-ize"',
	'a page searches likewise');
DELETE FROM activities WHERE id = 7;
DELETE FROM sections WHERE id > 4;
DELETE FROM countries WHERE country_code = 'IT';

SELECT is(pg_temp.json('/api/v1/activities?limit=3') - 'items',
	'{"total": 4, "page": 1, "limit": 3}', 'a list has its total');
SELECT is(pg_temp.header('GET', '/api/v1/activities?sort=id&limit=1&page=2&q=%3E+o', 'Link'),
	'</api/v1/activities?limit=1&q=%3E%20o&sort=id&page=1>; rel="first", '
		'</api/v1/activities?limit=1&q=%3E%20o&sort=id&page=1>; rel="prev", '
		'</api/v1/activities?limit=1&q=%3E%20o&sort=id&page=1>; rel="last"',
	'a page behind the last leads back');
SELECT is(pg_temp.header('GET', '/api/v1/activities?limit=1&page=2', 'Link'),
	'</api/v1/activities?limit=1&page=1>; rel="first", '
		'</api/v1/activities?limit=1&page=1>; rel="prev", '
		'</api/v1/activities?limit=1&page=3>; rel="next", '
		'</api/v1/activities?limit=1&page=4>; rel="last"', 'a page leads to the others');
SELECT is(pg_temp.header('GET', '/api/v1/activities?limit=1', 'X-Total-Count'), '4',
	'the total is a header, too');

-- CSV.
SELECT is(split_part((SELECT content FROM esn_api('GET', '/api/v1/sections.csv', 'sort=id')),
		E'\r\n', 1),
	(SELECT string_agg(name::text, ',' ORDER BY n) FROM esn_api_columns('esn_api_sections')),
	'a CSV file begins with the names of its columns');
SELECT matches((SELECT content FROM esn_api('GET', '/api/v1/sections.csv', 'sort=id')),
	E'\\r\\n1,aa-one,esn-one,"ESN ""One"", old",Aland,AA,Mariehamn,,,,,''=1\\+1,',
	'values are quoted where they must be, and none is a formula');
SELECT is((SELECT regexp_count(content, E'\r\n') FROM esn_api('GET', '/api/v1/activities.csv')), 5,
	'all rows are in it');
SELECT is((SELECT regexp_count(content, E'\r\n') FROM esn_api('GET',
	'/api/v1/sections/1/activities.csv', 'limit=2&page=2')), 2, 'or a page of them');
SELECT is(pg_temp.header('GET', '/api/v1/runs.csv', 'Content-Type'),
	'text/csv; charset=utf-8; header=present', 'it has its type');
SELECT is(pg_temp.header('GET', '/api/v1/runs.csv', 'Content-Disposition'),
	'attachment; filename="runs.csv"', 'and a name');

-- Single objects.
SELECT is(pg_temp.json('/api/v1/countries/aa')->>'name', 'Aland', 'a country');
SELECT is(pg_temp.json('/api/v1/sections/' || name)->>'id', wanted, 'the section ' || name)
FROM (VALUES ('1', '1'), ('aa-one', '1'), ('ESN-Two', '2'), ('bb-three', '3')) AS v(name, wanted);
SELECT is(pg_temp.json('/api/v1/activities/alone') - '{updated_at,known_since,start_date}'::text[],
	'{"id": 1, "url": "x", "city": null, "goal": null, "sdgs": [], "slug": "alone", "types":
	["Trip"], "title": "The alone", "causes": ["Art", "Culture"], "country": "Aland", "end_date":
	null, "outcomes": null, "image_url": null, "is_online": false, "objectives": [],
	"organisers": ["ESN \"One\", old"], "description": "Text of alone", "is_upcoming": false,
	"country_code": "AA", "participants": 20, "project_name": null, "organiser_slugs":
	["aa-one"], "registration_url": null}', 'an activity');
SELECT is(pg_temp.json('/api/v1/runs/2')->>'status', 'failed', 'a run');
SELECT is(pg_temp.json('/api/v1/runs/2')->>'error_message', NULL, 'but not why it failed');
SELECT is(pg_temp.json('/api/v1/sections/1/statistics') - '{read_at,years}'::text[],
	'{"name": "ESN \"One\", old", "types": [], "causes": [{"cause": "Culture", "online": 1,
	"physical": 2, "activities": 3}, {"cause": "Health", "online": 0, "physical": 1,
	"activities": 1}], "section": "aa-one", "coordinators": 5, "participants": [],
	"local_students": 30, "online_activities": 1, "physical_activities": 3,
	"international_students": 10}', 'the statistics of a section');
SELECT is(pg_temp.json('/api/v1/sections/' || s.id || '/suggestions')->'suggestions', (
	SELECT coalesce(jsonb_agg(to_jsonb(e) - 'reason' || jsonb_build_object('reason',
		jsonb_build_object('en', e.reason, 'tr', t.reason)) ORDER BY e.rank), '[]')
	FROM esn_suggest(s.accounts_platform_slug) e
	JOIN esn_suggest(s.accounts_platform_slug, 10, 'tr') t ON t.rank = e.rank),
	'the suggestions for a section') FROM sections s WHERE s.removed_at IS NULL;
SELECT matches(string_agg(pg_temp.json('/api/v1/sections/' || s.id || '/suggestions')::text, ''),
	'"is_gap": false.*"en": "', 'there are some') FROM sections s WHERE s.removed_at IS NULL;
SELECT is(pg_temp.json('/api/v1/sections/1/statistics')->'years'->-1,
	'{"year": 2020, "online": 1, "activities": 1, "participants": 30}', 'by year');
SELECT is((pg_temp.json('/api/v1/health')->>'checks')::jsonb,
	(SELECT jsonb_agg(jsonb_build_object('name', name, 'status', status) ORDER BY name)
		FROM esn_health), 'the health check');

-- OpenAPI has every route, and every path in it is answered.
SELECT set_eq(
	$$SELECT upper(o.key), p.key FROM jsonb_each(pg_temp.json('/api/v1/openapi.json')->'paths') p,
		jsonb_object_keys(p.value) AS o(key)$$,
	$$SELECT method, pattern FROM api_routes WHERE pattern LIKE '/api/v1/%' UNION
		SELECT method, pattern || '.csv' FROM api_routes WHERE is_list$$,
	'openapi.json has every route');
SELECT is_empty(
	$$SELECT r.ref FROM (SELECT (regexp_matches(c.content, '#/([^"]+)', 'g'))[1] AS ref, c.content
			FROM esn_api('GET', '/api/v1/openapi.json') c) r
		WHERE r.content::jsonb #> string_to_array(r.ref, '/') IS NULL$$,
	'what it refers to is there');
SELECT is_empty(
	$$SELECT s.key FROM esn_api('GET', '/api/v1/openapi.json') c,
			jsonb_object_keys(c.content::jsonb #> '{components,schemas}') AS s(key)
		WHERE c.content NOT LIKE '%"#/components/schemas/' || s.key || '"%'$$,
	'and what is there is referred to');
SELECT is_empty(
	$$SELECT p.key, m FROM jsonb_each(pg_temp.json('/api/v1/openapi.json')->'paths') p,
			jsonb_each(p.value) o, regexp_matches(p.key, '\{(\w+)\}', 'g') m
		WHERE NOT o.value->'parameters' @> jsonb_build_array(jsonb_build_object('name', m[1],
			'in', 'path', 'required', true))$$, 'it describes each parameter of a path');
SELECT is((SELECT count(DISTINCT o.value->>'operationId') = count(*)
	FROM jsonb_each(pg_temp.json('/api/v1/openapi.json')->'paths') p, jsonb_each(p.value) o), true,
	'each operation has a name of its own');
SELECT is_empty(
	$$SELECT s.key, p.key FROM jsonb_each(pg_temp.json('/api/v1/openapi.json')
			#> '{components,schemas}') s, jsonb_each(s.value->'properties') p
		WHERE p.value->>'description' IS NULL$$, 'each field has a description');
SELECT is(pg_temp.http_status(regexp_replace(regexp_replace(replace(replace(replace(pattern,
		'{country}', 'AA'), '{section}', 'aa-one'), '{activity}', 'alone'),
		'\{(run|file)\}', CASE WHEN pattern LIKE '%file%' THEN 'report.css' ELSE '1' END), '$',
		CASE WHEN is_csv THEN '.csv' ELSE '' END)), 200, pattern || ' is answered')
FROM api_routes, (VALUES (false), (true)) AS c(is_csv)
WHERE method = 'GET' AND (is_list OR NOT is_csv) ORDER BY pattern;

-- A stream of events begins; the gateway continues it.
SELECT is(ARRAY[pg_temp.header('GET', '/api/v1/events', 'Content-Type'),
	pg_temp.header('GET', '/api/v1/events', 'Cache-Control'),
	pg_temp.header('GET', '/api/v1/events', 'ETag')], ARRAY['text/event-stream', 'no-store', NULL],
	'events are a stream, and not kept');
SELECT is((SELECT ARRAY[left(content, 13), lifetime::text] FROM esn_api('GET', '/api/v1/events')),
	ARRAY[E'retry: 5000\n\n', '0'], 'which says how soon to come back');

-- Methods, validators, and reading from other origins.
SELECT is((SELECT http_status FROM esn_api('HEAD', '/api/v1/sections')), 200, 'HEAD is answered');
SELECT is((SELECT http_status FROM esn_api('OPTIONS', '/api/v1/sections')), 204, 'and OPTIONS');
SELECT is(pg_temp.header('OPTIONS', '/api/v1/sections', 'Allow'), 'GET, HEAD, OPTIONS',
	'which says what is possible');
SELECT is(pg_temp.header('OPTIONS', '/api/v1/sections', 'Access-Control-Allow-Methods'),
	'GET, HEAD, OPTIONS', 'pages of other origins may read');
SELECT is(pg_temp.header('OPTIONS', '/api/v1/trigger/scraper', 'Access-Control-Allow-Methods'),
	NULL, 'but not start runs');
SELECT is((SELECT http_status FROM esn_api(method, path)), 405, method || ' ' || path)
FROM (VALUES ('POST', '/api/v1/sections'), ('DELETE', '/api/v1/sections/1'),
	('GET', '/api/v1/trigger/scraper'), ('get', '/api/v1/sections')) AS v(method, path);
SELECT is(pg_temp.header('GET', '/api/v1/trigger/scraper', 'Allow'), 'POST, OPTIONS',
	'405 says what is possible');
SELECT is(pg_temp.header('GET', '/api/v1/sections', 'ETag'),
	pg_temp.header('GET', '/api/v1/sections', 'ETag'), 'the same answer has the same ETag');
SELECT isnt(pg_temp.header('GET', '/api/v1/sections', 'ETag'),
	pg_temp.header('GET', '/api/v1/sections?limit=1', 'ETag'), 'another one has another');
SELECT is((SELECT lifetime FROM esn_api('GET', '/api/v1/runs')), 5, 'an answer has a lifetime');

-- Wrong parameters are named.
SELECT is(pg_temp.json('/api/v1' || address) - '{type,title,detail}'::text[],
	jsonb_strip_nulls(jsonb_build_object('status', status, 'parameter', parameter)),
	'GET ' || address)
FROM (VALUES ('/sections?page=0', 400, 'page'), ('/sections?page=x', 400, 'page'),
	('/sections?page=-1', 400, 'page'), ('/sections?page=1e3', 400, 'page'),
	('/sections?page=99999999999999999999', 400, 'page'),
	('/sections?limit=0', 400, 'limit'), ('/sections?limit=1001', 400, 'limit'),
	('/sections?limit=', 400, 'limit'), ('/sections.csv?page=2', 400, 'page'),
	('/sections?sort=nothing', 400, 'sort'), ('/sections?sort=social_media', 400, 'sort'),
	('/sections?sort=id,,name', 400, 'sort'), ('/sections?sort=--id', 400, 'sort'),
	('/sections?sort=id,id,id,id,id,id', 400, 'sort'), ('/sections?x=1', 400, 'x'),
	('/sections?city=', 400, 'city'), ('/sections?city=a&city=b', 400, 'city'),
	('/sections?country=nowhere', 400, 'country'), ('/sections?start_date=x', 400, 'start_date'),
	('/activities?start_date=2025-02-30', 400, 'start_date'),
	('/activities?start_date=today', 400, 'start_date'),
	('/activities?end_date=2025-1-1', 400, 'end_date'),
	('/activities?upcoming=perhaps', 400, 'upcoming'),
	('/activities?section=bb-gone', 400, 'section'),
	('/sections/1/activities?section=2', 400, 'section'), ('/health?x', 400, 'x'),
	('/openapi.json?x=1', 400, 'x'), ('/sections/1?limit=5', 400, 'limit'),
	('/sections?city=%ff', 400, 'city'), ('/sections?city=%', 400, 'city'),
	('/sections?city=%00', 400, 'city'), ('/sections?city=a%0d%0aX:%20y', 400, 'city'),
	('/sections?%c3=1', 400, NULL), ('/sections/nowhere', 404, 'section'),
	('/sections/bb-gone', 404, 'section'), ('/sections/4', 404, 'section'),
	('/sections/9999999999', 404, 'section'), ('/countries/zz', 404, 'country'),
	('/countries/zz/sections', 404, 'country'), ('/activities/invalid', 404, NULL),
	('/activities/removed', 404, NULL), ('/activities/nothing', 404, NULL),
	('/runs/99', 404, NULL), ('/runs/x', 404, 'run'), ('/sections/', 404, NULL),
	('/sections/1/', 404, NULL), ('/health.csv', 404, NULL), ('/openapi-json', 404, NULL),
	('', 404, NULL), ('/sections/%ff', 404, NULL), ('/SECTIONS', 404, NULL))
	AS v(address, status, parameter);
SELECT is(pg_temp.json('/api/v1/sections?sort=x'),
	'{"type": "about:blank", "title": "Bad Request",
	"status": 400, "detail": "cannot sort by \"x\"",
	"parameter": "sort"}', 'an error has a reason');
SELECT is(pg_temp.header('GET', '/api/v1/nothing', 'Content-Type'), 'application/problem+json',
	'and its type');

-- Attacks: SQL, headers and paths in every place where something can be given. None gets more than
-- 400 or 404, or an empty list; none raises an error; no answer has a header of the attacker's.
CREATE TEMP TABLE attacks AS
SELECT a.text AS attack, esn_url_part(a.text) AS encoded FROM unnest(ARRAY[
	$$'$$, $$' OR '1'='1$$, $$'; DROP TABLE sections; --$$, $$") OR true --$$, '%', '_', '\', '$1',
	'${1}', '{section}', '../../etc/passwd', '..', '.', '/', '//', 'a/b', '\x00', '%s', '%I', '%%',
	'pg_sleep(9)', $$1; SELECT pg_sleep(9)$$, $$1 UNION SELECT hash FROM esn_internal.api_keys$$,
	E'x\r\nSet-Cookie: a=b', E'x\nX: y', '<script>alert(1)</script>', 'v.id', 'v.*', 'hash',
	'id desc', 'ctid', 'tableoid', '"id"', 'id;', '-', ',', repeat('9', 200), repeat('a', 300),
	'-1', '1e9', 'NaN', 'infinity', 'null', 'now', 'epoch', '2025-01-01; x', chr(8232), 'İ', '😀'])
	AS a(text);
CREATE TEMP TABLE attacked AS
SELECT p.name AS target, a.attack, c.* FROM attacks a,
	(SELECT DISTINCT name FROM api_parameters UNION SELECT 'x') AS p(name),
	LATERAL esn_api('GET', '/api/v1/activities', p.name || '=' || a.encoded) c
UNION ALL
SELECT 'name', a.attack, c.* FROM attacks a,
	LATERAL esn_api('GET', '/api/v1/activities', a.encoded || '=1') c
UNION ALL
SELECT r.pattern, a.attack, c.* FROM attacks a,
	(SELECT pattern FROM api_routes WHERE method = 'GET' AND pattern LIKE '%{%') r,
	LATERAL esn_api('GET', regexp_replace(r.pattern, '\{\w+\}', a.encoded)) c
UNION ALL
SELECT 'raw path', a.attack, c.* FROM attacks a,
	LATERAL esn_api('GET', '/api/v1/sections/' || a.attack) c
UNION ALL
SELECT 'raw query', a.attack, c.* FROM attacks a,
	LATERAL esn_api('GET', '/api/v1/sections', 'city=' || a.attack) c
UNION ALL
SELECT 'method', a.attack, c.* FROM attacks a, LATERAL esn_api(a.attack, '/api/v1/sections') c
UNION ALL
SELECT 'key', a.attack, c.* FROM attacks a,
	LATERAL esn_api('GET', '/api/v1/sections', '', a.attack) c;
SELECT cmp_ok((SELECT count(*) FROM attacked), '>', 1000::bigint, 'there are many attacks');
SELECT is_empty(
	$$SELECT target, attack, http_status, left(content, 100) FROM attacked
		WHERE NOT (http_status IN (400, 401, 404, 405)
			OR http_status = 200 AND (content::jsonb->>'total' = '0'
				OR target IN ('raw path', 'raw query', 'q', 'page', 'limit')
					AND length(content) < 2000))$$, 'none gets anything');
SELECT is_empty(
	$$SELECT target, attack, headers FROM attacked
		WHERE headers ~ '(?n)^(Set-Cookie|X):' OR headers ~ '[^\x0a\x20-\x7e]'$$,
	'no header is the attacker''s');
SELECT is((SELECT count(*) FROM sections), 4::bigint, 'the tables are as before');

SELECT * FROM finish();
ROLLBACK;
