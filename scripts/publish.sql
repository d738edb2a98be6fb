-- What publish.sh has psql do: write the index of the reports and each report into a directory, all
-- of one moment. psql's variables: lang, the language; part, the directory.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;

\o :part/pages.psql
SELECT format(E'\\o %s/%s\nSELECT esn_report(%s, %L);', :'part', page, subject, :'lang')
FROM (
	SELECT 'network.html', 'NULL'
	UNION ALL
	SELECT format('country-%s.html', lower(country_code)), quote_literal(country_code)
	FROM countries
	UNION ALL
	SELECT CASE WHEN accounts_platform_slug ~ '^[A-Za-z0-9_-]+$'
			THEN format('section-%s.html', accounts_platform_slug)
			ELSE format('section_%s.html', id) END, quote_literal(accounts_platform_slug)
	FROM sections WHERE removed_at IS NULL) p(page, subject)
ORDER BY page;

\o :part/index.html
WITH escaped AS (
	SELECT c.country_code, format('<a href="country-%s.html">%s</a>', lower(c.country_code),
			replace(replace(c.name, '&', '&amp;'), '<', '&lt;')) AS link, c.name
	FROM countries c
), section AS (
	SELECT s.country_code, string_agg(format('<li><a href="%s">%s</a></li>',
		CASE WHEN accounts_platform_slug ~ '^[A-Za-z0-9_-]+$'
			THEN format('section-%s.html', accounts_platform_slug)
			ELSE format('section_%s.html', id) END,
		replace(replace(s.name, '&', '&amp;'), '<', '&lt;')), E'\n' ORDER BY s.name, s.id) AS list
	FROM sections s WHERE s.removed_at IS NULL GROUP BY s.country_code
), words AS (
	SELECT * FROM (VALUES
		('en', 'Reports', 'The whole network', 'Without a country', 'As of'),
		('tr', 'Raporlar', 'Bütün ağ', 'Ülkesi bilinmeyenler', 'Tarih:'))
		AS w(lang, title, network, other, as_of)
	WHERE lang = :'lang'
)
SELECT format($html$<!DOCTYPE html>
<html lang="%s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>ESN Pulse – %s</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { font-size: 1.1rem; margin: 1.6rem 0 0.2rem; break-after: avoid }
ul { columns: 16rem; list-style: none; margin: 0; padding: 0 }
li { break-inside: avoid; overflow-wrap: anywhere }
</style>
</head>
<body>
<h1>%s</h1>
<p>%s %s UTC</p>
<p><a href="network.html">%s</a></p>
%s
</body>
</html>$html$,
	w.lang, w.title, w.title, w.as_of, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
	w.network,
	(SELECT string_agg(format(E'<h2>%s</h2>\n<ul>\n%s\n</ul>', coalesce(e.link, w.other), s.list),
			E'\n' ORDER BY e.name NULLS LAST)
		FROM escaped e FULL JOIN section s ON s.country_code = e.country_code))
FROM words w;

\i :part/pages.psql
\o
COMMIT;
