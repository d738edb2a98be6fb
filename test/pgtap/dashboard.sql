-- The pages of the dashboard without a browser: figures, links, languages, and that no text from a
-- site escapes into their markup. test/site/t/dashboard.sh opens them.
BEGIN;
SELECT no_plan();
INSERT INTO countries (country_code, name, slug, url) VALUES ('AA', 'A<b>land & "Co"', 'aa', 'x');
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url, website,
	activities_platform_slug, can_scrape_activities, city) VALUES
	(1, 'AA', '<script>alert("1")</script>', 'aa-one', 'https://a.example/"><b>', 'javascript:x',
		'esn-one', true, '''onload=x'),
	(2, 'AA', 'ESN Silent', 'aa-two', 'x', NULL, 'esn-two', true, NULL);
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	is_online, participants)
VALUES (1, 'one', 'https://a.example/?a=1&b="', '</script><img src=x onerror=alert(1)>', 'x',
		current_date - 10, false, false, 1234567),
	(2, 'two', 'javascript:alert(2)', 'Second', 'x', current_date - 400, false, true, NULL);
INSERT INTO activity_section_organisers VALUES (1, 1), (2, 1);
INSERT INTO activity_causes (id, name) VALUES (1, 'Culture'), (2, 'Art');
INSERT INTO activity_to_cause VALUES (1, 1);
INSERT INTO scraper_status (id, scraper_module, status, completed_at, requested_by, request)
VALUES (1, 'AccountsScraper', 'completed', now(), 'me', 'accounts');

CREATE FUNCTION pg_temp.page(address text) RETURNS text LANGUAGE sql AS
$$SELECT content FROM esn_api('GET', split_part(address, '?', 1), split_part(address, '?', 2))$$;
CREATE FUNCTION pg_temp.figure(address text, name text) RETURNS text LANGUAGE sql AS
$$SELECT substring(pg_temp.page(address)
	FROM 'data-figure="' || name || '"><dt>[^<]*</dt><dd class="value">([^<]*)<')$$;
CREATE TEMP TABLE pages AS SELECT address, pg_temp.page(address) AS page FROM unnest(ARRAY['/',
	'/?lang=tr', '/?year=2026&q=silent', '/countries/AA', '/countries/AA?lang=tr', '/sections/1',
	'/sections/aa-one?lang=tr&cause=Culture', '/sections/aa-two', '/api', '/nothing',
	'/?compare=aa-one,aa-two', '/countries/AA?compare=1&year=2026']) AS address;

SELECT is(pg_temp.figure('/', 'activities'), '2', 'the network has its activities');
SELECT is(pg_temp.figure('/', 'participants'), '1,234,567', 'a large number is readable');
SELECT is(pg_temp.figure('/?lang=tr', 'participants'), '1.234.567', 'in Turkish, too');
SELECT is(pg_temp.figure('/countries/aa', 'sections'), '2', 'a country has its sections');
SELECT is(pg_temp.figure('/sections/esn-one', 'year_activities'), '1', 'a section has its year');
SELECT matches(pg_temp.page('/?lang=tr'), '<h1>Bütün ağ</h1>', 'a page can be Turkish');
SELECT matches(pg_temp.page('/?lang=tr'), 'href="/sections/aa-two\?lang=tr"',
	'its links stay Turkish');
SELECT matches(pg_temp.page('/?lang=tr&year=2026'), 'href="\?year=2026">English<',
	'and one leads to English');
SELECT is(regexp_count(pg_temp.page('/'), '<th scope="row">.*?<a href="/sections/'), 3,
	'all sections are there, and the silent one');
SELECT is(regexp_count(pg_temp.page('/?q=silent'), '<th scope="row">.*?<a href="/sections/'), 2,
	'they can be searched');
SELECT matches(pg_temp.page('/sections/1'), '>2 found\.', 'a section has its activities');
SELECT matches(pg_temp.page('/sections/1?cause=Culture&type=&online='), '>1 found\.',
	'they can be selected; what a form leaves empty selects nothing');
SELECT matches(pg_temp.page('/sections/1?end_date=2000-01-01'), '>0 found\.', 'by date, too');
SELECT is((SELECT http_status FROM esn_api('GET', path)), 404, path || ' is not there')
FROM unnest(ARRAY['/nothing', '/countries/ZZ', '/sections/nowhere', '/assets/x']) AS path;
SELECT is((SELECT http_status FROM esn_api('GET', '/', 'year=x')), 400, 'a wrong year is an error');
SELECT matches((SELECT headers FROM esn_api('GET', '/')), 'Content-Security-Policy: default-src '
	'''none''; style-src ''self''; script-src ''self'';', 'a page loads nothing from elsewhere');
SELECT matches((SELECT headers FROM esn_api('GET', '/assets/report.js')),
	'Content-Type: text/javascript', 'the script of the report is there');
SELECT matches((SELECT content FROM esn_api('GET', '/assets/report.css')), '--accent',
	'and its style');

-- Sections side by side.
CREATE FUNCTION pg_temp.compared(address text) RETURNS text[] LANGUAGE sql AS
$$SELECT array_agg((SELECT string_agg(m.m[1], '|') FROM regexp_matches(r.r[1],
		'<td class="n" data-v="([^"]*)"', 'g') AS m(m)))
	FROM regexp_matches(substring(pg_temp.page(address) FROM '<table id="comparison".*?</table>'),
		'<tr>(<th scope="row">.*?)</tr>', 'g') AS r(r)$$;
SELECT is(pg_temp.compared(address), ARRAY['2|1|1|0.0|1234567||1', '0|0|0||||2'],
	address || ' compares')
FROM unnest(ARRAY['/?compare=aa-one,aa-two', '/?compare=aa-one&compare=2',
	'/countries/AA?compare=,1,aa-two,esn-one&q=x']) AS address;
-- A year is compared as in the overviews: the current one with the same days of the year before.
SAVEPOINT years;
INSERT INTO activities (id, event_slug, url, title, description, start_date, is_future_event,
	participants, is_valid)
SELECT 10 + n, 'y-' || n, 'x', 'x', 'x', day, day > current_date, 5, true
FROM unnest(ARRAY[current_date - interval '1 year', current_date - interval '1 year',
	current_date - interval '1 year' + interval '1 day', current_date,
	date_trunc('year', current_date) - interval '1 year',
	date_trunc('year', current_date) - interval '2 years', current_date + 1]) WITH ORDINALITY
	AS d(day, n);
INSERT INTO activity_section_organisers SELECT id, 1 FROM activities WHERE event_slug ~ '^y-';
SELECT is(pg_temp.compared('/?compare=aa-one&year=' || y.year), ARRAY[format('8|%s|%s|%s|%s||1',
		y.now, y.then, (SELECT activities_change_percent FROM esn_sections_by_year v
			WHERE v.section_slug = 'aa-one' AND v.year = y.year), y.participants)],
	'with a year it is that year: ' || y.year - date_part('year', now()))
FROM (SELECT y.year, count(*) FILTER (WHERE a.year = y.year) AS now,
		count(*) FILTER (WHERE a.year = y.year - 1 AND (y.year < date_part('year', now())
			OR a.start_date <= current_date - interval '1 year')) AS then,
		sum(a.participants) FILTER (WHERE a.year = y.year) AS participants
	FROM generate_series(date_part('year', now())::integer - 2, date_part('year', now())::integer
			+ 1) AS y(year),
		(SELECT date_part('year', start_date) AS year, start_date, participants FROM activities
			WHERE start_date <= current_date) a GROUP BY y.year) y;
SELECT isnt((SELECT activities_change_percent FROM esn_sections_by_year
	WHERE section_slug = 'aa-one' AND year = date_part('year', now())), NULL,
	'the current year has something to be compared with');
UPDATE activities SET start_date = greatest(start_date, (date_trunc('year', current_date)
	- interval '11 months')::date);
SELECT matches(pg_temp.compared('/?compare=aa-one&year=' || date_part('year', now()))::text,
	'8\|\d+\|\d+\|\|', 'a year in which the activities begin is none to compare with');
ROLLBACK TO years;
SELECT is(pg_temp.compared('/'), NULL, 'without a choice there is no comparison');
SELECT is(regexp_count(pg_temp.page('/?compare=aa-two&year=2026&lang=tr'),
	'<input type="checkbox" form="compare" name="compare" value="aa-two" aria-label="Karşılaştır: '
	'ESN Silent" checked>'), 1, 'what is chosen stays chosen, and is chosen once');
SELECT matches(pg_temp.page('/?year=2026&lang=tr'),
	'<form id="compare" action="#comparison"><input type="hidden" name="lang" value="tr">'
	'<input type="hidden" name="year" value="2026"></form>',
	'the form keeps language and year');
SELECT is((SELECT http_status || ' ' || substring(content FROM '<h1>.*</h1>')
	FROM esn_api('GET', '/', query)), '400 <h1>' || problem || '</h1>', query || ' is an error')
FROM (VALUES ('compare=aa-one,nowhere', 'no section is known as &quot;nowhere&quot;'),
	('compare=%3Cb%3E', 'no section is known as &quot;&lt;b&gt;&quot;'),
	('year=2025&year=2026', 'the parameter is given twice')) AS t(query, problem);
INSERT INTO sections (id, country_code, name, accounts_platform_slug, accounts_url)
SELECT n, 'AA', 'Many', 'aa-' || n, 'x' FROM generate_series(11, 19) AS n;
SELECT is((SELECT http_status FROM esn_api('GET', '/', 'compare='
	|| array_to_string(ARRAY(SELECT generate_series(11, last)), ','))), wanted,
	format('%s sections are compared: %s', last - 10, wanted))
FROM (VALUES (18, 200), (19, 400)) AS t(last, wanted);
DELETE FROM sections WHERE id > 10;

-- Markup from outside.
SELECT is_empty($$SELECT address FROM pages WHERE page ~ '<img|<b>|onload=x''|<script>alert'
	OR page ~ 'href="javascript:'$$, 'no text becomes markup, and no address a script');
SELECT is_empty($$SELECT address, s FROM pages,
	regexp_matches(page, '<script[^>]*>', 'g') AS s
	WHERE s[1] !~ '^<script (src="/assets/[a-z.]+" defer|type="application/json" id="data")>$'$$,
	'no script stands within a page');
SELECT is_empty($$SELECT address, s FROM pages,
	regexp_matches(page, '(?:src|href|action)="([^"]*)"', 'g') AS s
	WHERE s[1] !~ '^(/|\?|#|data:,$|https://a\.example/)'$$, 'nothing is loaded from elsewhere');
SELECT is_empty($$SELECT address FROM pages
	WHERE regexp_count(page, '<section') <> regexp_count(page, '</section>')
		OR regexp_count(page, '<table') <> regexp_count(page, '</table>')
		OR page NOT LIKE '<!DOCTYPE html>%</html>'$$, 'each page is complete');

-- What the planner says of a section; names and titles come from outside.
CREATE TEMP TABLE ideas AS SELECT lang, esn_internal.esn_page_plan(lang, jsonb_build_object(
	'suggestions', jsonb_build_array(jsonb_build_object('kind', 'cause',
		'names', '{"en": "Culture", "tr": "Culture"}'::jsonb, 'is_gap', true, 'own', 1,
		'own_activities', 40,
		'own_percent', 2.5, 'comparable_percent', 30.0, 'comparable_sections', 20,
		'sections_doing_more', 19, 'chance', 0.0012, 'participants', 1234,
		'reasons', '{"en": "Why <b>?", "tr": "Neden?"}'::jsonb, 'examples', jsonb_build_array(
			jsonb_build_object('title', '<i>One', 'section', 'A & B', 'date', '2026-01-02',
				'participants', 90, 'link', 'https://a.example/?a=1&b="'),
			jsonb_build_object('title', 'Two', 'section', 'C', 'date', '2026-01-03',
				'participants', 80, 'link', 'javascript:x')))),
	'expectations', jsonb_build_array(jsonb_build_object('type', 'Trip', 'expected', 40,
		'low', 10, 'high', 90, 'own_of_type', 3))), 'ESN <u>', 'aa-one') AS page
FROM unnest(ARRAY['en', 'tr']) AS lang;
SELECT is(ARRAY(SELECT m.m[1] FROM ideas, regexp_matches(page, '<dd>([^<]*)</dd>', 'g') AS m(m)
	WHERE lang = 'en'), ARRAY['2.5 % (1 / 40)', '30 %', '19 / 20', '0.1 %', '1,234'],
	'a gap has its figures');
SELECT is(ARRAY(SELECT m.m[1] FROM ideas, regexp_matches(page, ' width="([^"]*)"', 'g') AS m(m)
	WHERE lang = 'tr'), ARRAY['2.5%', '30.0%'], 'and bars');
SELECT matches(page, '<h3>Eksik: Kültür <small>Konu</small></h3><p>Neden\?</p>',
	'it is Turkish') FROM ideas WHERE lang = 'tr';
SELECT matches(page, 'href="https://a\.example/\?a=1&amp;b=&quot;"><bdi>&lt;i&gt;One</bdi>'
	'</a> <span class="meta">A &amp; B, 2026-01-02, 90 participants<', 'examples are links')
FROM ideas WHERE lang = 'en';
SELECT is_empty($$SELECT * FROM ideas WHERE page ~ '<[biu]>|javascript'$$,
	'no text becomes markup, and no address a script');
SELECT matches(page, '<tr><th scope="row">Trip</th><td class="n" data-v="40">40</td>',
	'participants to expect are there') FROM ideas WHERE lang = 'en';

SELECT * FROM finish();
ROLLBACK;
