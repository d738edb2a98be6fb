-- For bench/planner.sh: what esn_suggest() says of the planted gaps, as rows of a table. Run in the
-- session that made the network (planner-network.sql). How many activities a gap lacks is what its
-- kind would have with the share that it has in the network. Another gap is wrong if the section's
-- true share is not under half of the usual one.
CREATE TEMP TABLE true_share AS
SELECT t.section_id, t.kind, CASE t.kind WHEN 'cause' THEN c.name WHEN 'sdg' THEN 'SDG ' || t.name
		WHEN 'month' THEN esn_internal.esn_month_name(t.name::integer, 'en') ELSE t.name END
		AS name,
	CASE WHEN t.kind IN ('cause', 'sdg') THEN 1 / (1 + exp(-t.odds)) ELSE exp(t.odds)
		/ sum(exp(t.odds)) OVER (PARTITION BY t.section_id, t.kind) END AS share
FROM taste t LEFT JOIN activity_causes c ON t.kind = 'cause' AND c.id::text = t.name;
CREATE TEMP TABLE usual AS
SELECT kind, name, avg(share) AS share FROM true_share GROUP BY 1, 2;
CREATE TEMP TABLE suggested AS
SELECT s.id AS section_id, g.rank, g.kind, g.name, g.is_gap, p.section_id IS NOT NULL AS has_gap,
	coalesce(g.kind = p.kind AND g.name = p.name, false) AS is_planted,
	coalesce((SELECT t.share / u.share FROM true_share t JOIN usual u USING (kind, name)
		WHERE t.section_id = s.id AND t.kind = g.kind AND t.name = g.name), 1) AS ratio,
	m.activities AS n, k.activities * f.share AS lacking
FROM sections s
JOIN esn_internal.esn_kind_counts m ON m.section_id = s.id AND m.kind = 'month'
LEFT JOIN planted p ON p.section_id = s.id
LEFT JOIN esn_internal.esn_kind_counts k ON k.section_id = s.id AND k.kind = p.kind
LEFT JOIN LATERAL (SELECT sum((c.counts ->> CASE p.kind
			WHEN 'month' THEN extract(month FROM to_date(p.name, 'Month'))::text ELSE p.name END)
		::integer) / sum(c.activities) AS share
	FROM esn_internal.esn_kind_counts c WHERE c.kind = p.kind) f ON true
LEFT JOIN LATERAL esn_suggest(s.accounts_platform_slug, 10) g ON true;
CREATE TEMP TABLE judged AS
SELECT section_id, n, lacking, has_gap,
	coalesce(bool_or(rank = 1 AND is_planted), false) AS is_first,
	coalesce(bool_or(is_gap AND is_planted), false) AS is_claimed,
	coalesce(bool_or(is_gap AND NOT is_planted), false) AS is_other,
	coalesce(bool_or(is_gap AND NOT is_planted AND ratio >= 0.5), false) AS is_wrong
FROM suggested GROUP BY section_id, n, lacking, has_gap;
SELECT format('| %s | %s | %s | %s | %s | %s of %s | %s |', :'name', v.which,
	count(*) FILTER (WHERE has_gap),
	coalesce(round(100 * avg(is_first::integer) FILTER (WHERE has_gap)) || ' %', '-'),
	coalesce(round(100 * avg(is_claimed::integer) FILTER (WHERE has_gap)) || ' %', '-'),
	count(*) FILTER (WHERE is_other), count(*), count(*) FILTER (WHERE is_wrong))
FROM judged
JOIN (VALUES (1, 'all', 0, 0, 1000000), (2, '50 activities or more', 50, 0, 1000000),
	(3, 'lacking under 3', 0, 0, 3), (4, 'lacking 3 to 5', 0, 3, 6),
	(5, 'lacking 6 to 9', 0, 6, 10), (6, 'lacking 10 or more', 0, 10, 1000000))
	AS v(place, which, size, least, most)
	ON n >= size AND (v.place <= 2 OR lacking >= least AND lacking < most)
GROUP BY v.place, v.which ORDER BY v.place;
