-- What became of each fault of the sites: its name, the path of its page, the outcome, the message,
-- and whether the page is requested again. psql's variables: faults, the file that has the name and
-- the address of each; site, the address of the site.
CREATE TEMP TABLE fault (n serial, name text, url text);
SELECT format('COPY fault (name, url) FROM %L', :'faults') \gexec
SELECT CASE WHEN name LIKE '% %' THEN name ELSE replace(name, '-', ' ') END,
	substr(f.url, length(:'site') + 1),
	CASE WHEN s.url IS NOT NULL THEN 'not stored'
		WHEN name LIKE 'statistics%' AND NOT EXISTS (SELECT FROM esn_statistics_gaps g
			WHERE g.url = f.url) THEN 'unnoticed'
		WHEN v.messages IS NOT NULL AND name LIKE 'slug%' THEN 'not followed'
		WHEN v.messages IS NOT NULL THEN 'stored but for that'
		WHEN EXISTS (SELECT FROM frontier p
			WHERE p.url = f.url AND p.status = 'fetched') THEN 'stored'
		ELSE 'lost' END,
	coalesce('`' || s.error_message || '`'
		|| CASE WHEN s.error_message ~ format('\m%s\M', s.http_status_code) THEN ''
			ELSE coalesce(', status ' || s.http_status_code, '') END, v.messages,
		-- Those with other faults are no section's own counts.
		CASE WHEN name LIKE 'statistics%' AND EXISTS (SELECT FROM esn_statistics_gaps g
			WHERE g.url = f.url) THEN 'the health check: `statistics and lists`' END, ''),
	CASE WHEN s.will_retry THEN 'yes' WHEN s.url IS NOT NULL THEN 'no' ELSE '' END
FROM (SELECT DISTINCT ON (name) * FROM fault ORDER BY name, n) f
LEFT JOIN failed_scrapes s ON s.url = f.url AND s.resolved_at IS NULL
LEFT JOIN LATERAL (
	SELECT string_agg('`' || field_name || '`: `' || error_message || '`', ', ') AS messages
	FROM validation_errors v
	WHERE v.url = f.url AND v.resolved_at IS NULL) v ON true
ORDER BY f.n;
