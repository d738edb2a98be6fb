-- For bench/planner.sh: of the first three things that a section has not done in three years, by
-- esn_suggest(), by their popularity in the network and by the true shares of that section, how
-- many it does in the year that follows.
CREATE TEMP TABLE done AS
SELECT section_id, kind, name, count(*) FILTER (WHERE start_date <= current_date) AS before,
	count(*) FILTER (WHERE start_date > current_date) AS after
FROM (
	SELECT o.section_id, a.start_date, k.kind, k.name
	FROM activity_section_organisers o
	JOIN activities a ON a.id = o.activity_id AND a.start_date > current_date - 1096
	CROSS JOIN LATERAL (
		SELECT 'type' AS kind, a.activity_type::text AS name
		UNION ALL SELECT 'month', extract(month FROM a.start_date)::integer::text
		UNION ALL SELECT 'cause', c.name FROM activity_to_cause r
			JOIN activity_causes c ON c.id = r.cause_id WHERE r.activity_id = a.id
		UNION ALL SELECT 'sdg', g.name FROM activity_to_sdg r
			JOIN sdgs g ON g.id = r.sdg_id WHERE r.activity_id = a.id) k) x
GROUP BY section_id, kind, name;
CREATE TEMP TABLE undone AS
SELECT s.id AS section_id, p.kind, p.name, p.n, t.share,
	coalesce(d.after, 0) > 0 AS taken_up
FROM sections s
CROSS JOIN (SELECT kind, name, sum(before) AS n FROM done GROUP BY 1, 2) p
JOIN true_share t ON t.section_id = s.id AND t.kind = p.kind AND t.name = p.name
LEFT JOIN done d ON d.section_id = s.id AND d.kind = p.kind AND d.name = p.name
WHERE coalesce(d.before, 0) = 0 AND EXISTS (SELECT FROM done x
	WHERE x.section_id = s.id AND x.before > 0);
CREATE TEMP TABLE offered AS
SELECT s.id, g.rank, g.kind, g.name
FROM sections s CROSS JOIN LATERAL esn_internal.esn_ranked_kinds(s.id, 50) g;
CREATE TEMP TABLE ranked AS
SELECT u.section_id, u.taken_up, row_number() OVER (PARTITION BY u.section_id ORDER BY g.rank)
		AS place,
	row_number() OVER (PARTITION BY u.section_id ORDER BY u.n DESC, u.kind, u.name) AS popular,
	row_number() OVER (PARTITION BY u.section_id ORDER BY u.share DESC) AS best,
	g.rank IS NOT NULL AS is_suggested
FROM undone u
LEFT JOIN offered g
	ON g.id = u.section_id AND g.kind = u.kind AND g.name = u.name;
SELECT format('| %s | %s | %s %% | %s %% | %s %% | %s %% |', :'name', count(DISTINCT section_id),
	round(100 * avg(taken_up::integer) FILTER (WHERE place <= 3 AND is_suggested), 1),
	round(100 * avg(taken_up::integer) FILTER (WHERE popular <= 3), 1),
	round(100 * avg(taken_up::integer) FILTER (WHERE best <= 3), 1),
	round(100 * avg(taken_up::integer), 1))
FROM ranked;
