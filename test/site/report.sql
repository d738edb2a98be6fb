-- What a report must show, one line each as test/site/report.js reads it from the page, computed
-- from the tables alone. psql's variables: everything, true for the network; sections, otherwise a
-- query for the ids of the sections that the report is about.
\t on
\a
\pset format unaligned
\set present 'is_valid AND removed_at IS NULL'
CREATE TEMP VIEW mine AS SELECT * FROM activities a
WHERE :present AND (:everything OR EXISTS (SELECT FROM activity_section_organisers o
	WHERE o.activity_id = a.id AND o.section_id IN (:sections)));
CREATE TEMP VIEW held AS SELECT * FROM mine WHERE start_date <= current_date;
CREATE TEMP VIEW own AS SELECT * FROM sections
WHERE removed_at IS NULL AND (:everything OR id IN (:sections));
-- What the report is about.
SELECT :everything AS is_network,
	NOT :everything AND (SELECT count(*) FROM own) > 1 AS is_country,
	NOT :everything AND (SELECT count(*) FROM own) = 1 AS is_section \gset
CREATE FUNCTION pg_temp.n(value numeric) RETURNS text LANGUAGE sql
AS $$SELECT coalesce(to_char(value, 'FM999,999,999,990'), U&'\2013')$$;
CREATE TEMP VIEW size AS
SELECT s.id, s.name, s.country_code, count(a.id) AS n
FROM sections s
LEFT JOIN activity_section_organisers o ON o.section_id = s.id
LEFT JOIN activities a ON a.id = o.activity_id AND a.is_valid AND a.removed_at IS NULL
	AND a.start_date <= current_date
WHERE s.removed_at IS NULL GROUP BY s.id;
CREATE TEMP VIEW country_size AS
SELECT c.country_code,
	(SELECT count(*) FROM sections s
	WHERE s.country_code = c.country_code AND s.removed_at IS NULL) AS sections,
	(SELECT count(*) FROM activities WHERE :present AND start_date <= current_date AND id IN (
		SELECT activity_id
		FROM activity_section_organisers o JOIN sections s ON s.id = o.section_id
		WHERE s.country_code = c.country_code AND s.removed_at IS NULL)) AS n
FROM countries c;
CREATE TEMP VIEW goal AS SELECT id, id || ' ' || split_part(description, ':', 1) AS name FROM sdgs;
CREATE TEMP VIEW said AS
SELECT 'causes' AS list, c.name::text, m.*
FROM held m
JOIN activity_to_cause r ON r.activity_id = m.id
JOIN activity_causes c ON c.id = r.cause_id
UNION ALL
SELECT 'types', coalesce(m.activity_type, 'not said'), m.* FROM held m
UNION ALL
SELECT 'sdgs', g.name, m.*
FROM held m JOIN activity_to_sdg r ON r.activity_id = m.id JOIN goal g ON g.id = r.sdg_id;
\set recent 'start_date BETWEEN current_date - 364 AND current_date'
CREATE TEMP TABLE lines (line text);

-- Figures.
INSERT INTO lines
SELECT 'figure activities ' || pg_temp.n(count(*)) FROM held
UNION ALL
SELECT 'figure year_activities ' || pg_temp.n(count(*)) FROM mine WHERE :recent
UNION ALL
SELECT 'figure year_participants ' || pg_temp.n(coalesce(sum(participants), 0))
FROM mine WHERE :recent
UNION ALL
SELECT 'figure participants ' || pg_temp.n(coalesce(sum(participants), 0)) FROM held
UNION ALL
SELECT 'figure upcoming ' || pg_temp.n(count(*))
FROM mine WHERE start_date > current_date
UNION ALL
SELECT 'figure sections ' || pg_temp.n(count(*)) FROM own HAVING :'is_network'
UNION ALL
SELECT 'figure rank ' || pg_temp.n(1 + count(*))
FROM size WHERE n > (SELECT n FROM size WHERE :'is_section' AND id IN (SELECT id FROM own))
HAVING :'is_section'
UNION ALL
SELECT 'figure rank ' || pg_temp.n(1 + count(*))
FROM country_size
WHERE n > (SELECT n FROM country_size WHERE :'is_country'
	AND country_code IN (SELECT country_code FROM own))
HAVING :'is_country'
UNION ALL
SELECT format('figure valid %s%%', round(100.0 * n / every,
	CASE WHEN n < every AND n > 0.98 * every THEN 1 ELSE 0 END) || U&'\00a0')
FROM (SELECT (SELECT count(*) FROM mine) AS n,
	(SELECT count(*) FROM activities WHERE removed_at IS NULL AND (:everything OR id IN (
		SELECT activity_id FROM activity_section_organisers
		WHERE section_id IN (SELECT id FROM own)))) AS every) v
UNION ALL
SELECT 'figure errors ' || pg_temp.n(count(*)) FROM validation_errors
WHERE resolved_at IS NULL AND (:everything OR section_id IN (SELECT id FROM own))
UNION ALL
SELECT 'figure failures ' || pg_temp.n(count(*)) FROM failed_scrapes
WHERE resolved_at IS NULL AND (:everything OR section_id IN (SELECT id FROM own))
UNION ALL
SELECT 'figure oldest '
	|| coalesce(to_char(min(last_scraped) AT TIME ZONE 'UTC', 'FMDD Mon YYYY'), U&'\2013')
FROM own WHERE can_scrape_activities;

-- Rows of tables, items of lists.
INSERT INTO lines
SELECT format('row %s %s|%s|%s|%s', list, name, pg_temp.n(count(*)),
	pg_temp.n(count(*) FILTER (WHERE :recent)), pg_temp.n(sum(participants)))
FROM said GROUP BY list, name
UNION ALL
SELECT format('row sdgs %s|0|0|%s', name, U&'\2013') FROM goal
WHERE id NOT IN (SELECT sdg_id FROM activity_to_sdg WHERE activity_id IN (SELECT id FROM held))
UNION ALL
SELECT format('row years %s|%s|%s|%s|%s', year, pg_temp.n(n), (
		-- from the year before, or from as much of it as of the current one
		SELECT CASE WHEN b = 0 OR (SELECT min(start_date) FROM held) >= make_date(year - 1, 2, 1)
			THEN U&'\2013'
			WHEN round(100.0 * (n - b) / b) > 0 THEN '+' || round(100.0 * (n - b) / b)
				|| U&'\00a0%'
			WHEN round(100.0 * (n - b) / b) = 0 THEN U&'\00b10\00a0%'
			ELSE U&'\2212' || round(-100.0 * (n - b) / b) || U&'\00a0%' END
		FROM (SELECT count(*) AS b FROM held WHERE extract(year FROM start_date) = year - 1
			AND (year < extract(year FROM current_date)
				OR start_date <= current_date - interval '1 year')) p),
	pg_temp.n(online), pg_temp.n(participants))
FROM (SELECT extract(year FROM start_date)::integer AS year, count(*) AS n,
		count(*) FILTER (WHERE is_online) AS online, sum(participants) AS participants
	FROM held GROUP BY 1) y
UNION ALL
(SELECT 'row sections ' || name FROM size WHERE id IN (SELECT id FROM own) AND NOT :'is_section'
	ORDER BY n DESC, name COLLATE "C", id LIMIT CASE WHEN :everything THEN 15 ELSE 30 END)
UNION ALL
(SELECT 'item largest ' || title FROM held WHERE participants > 0
	ORDER BY participants DESC, start_date DESC, id LIMIT 10)
UNION ALL
(SELECT 'item latest ' || title FROM held
	ORDER BY start_date DESC, id DESC LIMIT 10);

-- Charts, with the number of their bars.
INSERT INTO lines
SELECT format('chart %s %s', list, least(17, count(DISTINCT name)))
FROM said WHERE list <> 'sdgs' GROUP BY list
UNION ALL
SELECT 'chart sdgs 17'
UNION ALL
SELECT 'chart fields 9'
UNION ALL
SELECT 'chart map ' || count(latitude) FROM own HAVING count(latitude) > 0
UNION ALL
SELECT 'chart among ' || least(15, count(*))
FROM country_size WHERE sections > 0 AND NOT :'is_section' HAVING count(*) > 1
UNION ALL
SELECT 'chart among ' || least(15, count(*))
FROM size WHERE country_code IN (SELECT country_code FROM own) AND :'is_section'
HAVING count(*) > 1;

-- What a section could do next, as esn_suggest() says; its own tests check that.
CREATE TEMP VIEW subject AS
SELECT accounts_platform_slug AS slug FROM sections
WHERE id IN (SELECT id FROM own) AND :'is_section';
INSERT INTO lines
SELECT 'item plan ' || replace(g.reason, ' %', U&'\00a0%') FROM subject, esn_suggest(slug, 6) g
UNION ALL
SELECT 'chart suggestions ' || 2 * count(*) FROM subject, esn_suggest(slug, 6)
HAVING count(*) > 0
UNION ALL
SELECT format('row plan %s|%s|%s%s%s|%s', t.activity_type, pg_temp.n(e.expected),
	pg_temp.n(e.low), U&'\2013', pg_temp.n(e.high), pg_temp.n(e.own_of_type))
FROM subject, (SELECT activity_type, count(*) AS n FROM mine WHERE activity_type IS NOT NULL
	GROUP BY 1 ORDER BY n DESC, activity_type COLLATE "C" LIMIT 6) t,
	esn_expect_participants(slug, t.activity_type) e;

-- A column for each month, of at most twelve years.
CREATE TEMP VIEW month AS
SELECT date_trunc('month', start_date) AS month, start_date FROM mine
WHERE date_trunc('month', start_date) <= date_trunc('month', now()) + interval '12 months';
INSERT INTO lines
SELECT 'chart trend ' || count(DISTINCT month) FROM month
WHERE start_date >= make_date((SELECT extract(year FROM greatest(now(), max(start_date)))::integer
	- 11 FROM month), 1, 1);
SELECT line FROM lines WHERE line IS NOT NULL ORDER BY line COLLATE "C";
