-- For bench/planner.sh: what esn_suggest() says of the planted gaps, as rows of a table. Run in the
-- session that made the network (planner-network.sql).
CREATE TEMP TABLE suggested AS
SELECT s.id AS section_id, g.rank, g.kind, g.name, g.is_gap,
	(SELECT count(*) FROM activity_section_organisers o JOIN activities a ON a.id = o.activity_id
		WHERE o.section_id = s.id AND a.start_date BETWEEN current_date - 1095
			AND current_date) AS n
FROM sections s
LEFT JOIN LATERAL esn_suggest(s.accounts_platform_slug, 10) g ON true;
CREATE TEMP TABLE judged AS
SELECT s.section_id, max(s.n) AS n, p.section_id IS NOT NULL AS has_gap,
	coalesce(min(s.rank) FILTER (WHERE s.kind = p.kind AND s.name = p.name), 11) AS rank,
	bool_or(s.is_gap AND s.kind = p.kind AND s.name = p.name) AS claimed,
	coalesce(bool_or(s.is_gap AND (s.kind, s.name) IS DISTINCT FROM (p.kind, p.name)), false)
		AS wrong
FROM suggested s LEFT JOIN planted p ON p.section_id = s.section_id
GROUP BY s.section_id, p.section_id;
SELECT format('| %s | %s | %s | %s | %s | %s of %s |', :'name', size,
	count(*) FILTER (WHERE has_gap),
	coalesce(round(100.0 * count(*) FILTER (WHERE has_gap AND rank = 1)
		/ nullif(count(*) FILTER (WHERE has_gap), 0))::text || ' %', '-'),
	coalesce(round(100.0 * count(*) FILTER (WHERE has_gap AND claimed)
		/ nullif(count(*) FILTER (WHERE has_gap), 0))::text || ' %', '-'),
	count(*) FILTER (WHERE wrong), count(*))
FROM judged CROSS JOIN LATERAL (VALUES ('all', 1, 1000000), ('under 20', 1, 19),
	('20 to 49', 20, 49),
	('50 to 99', 50, 99), ('100 and more', 100, 1000000)) AS v(size, least, most)
WHERE n BETWEEN least AND most
GROUP BY size, least, most ORDER BY least, most DESC;
