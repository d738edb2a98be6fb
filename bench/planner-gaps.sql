-- For bench/planner.sh: what esn_suggest() says of the planted gaps. Run in the session that made
-- the network (planner-network.sql); prints a table of all networks since the table judged was
-- dropped. How many activities a gap lacks is what its kind would have with the share that it has
-- in the network. Another gap is wrong if the section's true share is not under half of the usual
-- one. Nobody knows more than the oracle: the true share of each kind in each section if it is no
-- gap, and that of a gap there is nothing at all. So it says that which is there by chance as not
-- at all with the smallest probability.
CREATE TEMP TABLE usual AS
SELECT kind, name, avg(share) AS share FROM true_share GROUP BY 1, 2;
CREATE TEMP TABLE known AS
SELECT t.*, u.share AS usual, m.activities AS n,
	row_number() OVER (PARTITION BY t.section_id
		ORDER BY coalesce(k.counts ? t.name, false), t.share DESC) = 1 AS is_best
FROM true_share t
JOIN usual u USING (kind, name)
JOIN esn_internal.esn_kind_counts m ON m.section_id = t.section_id AND m.kind = 'month'
LEFT JOIN esn_internal.esn_kind_counts k ON k.section_id = t.section_id AND k.kind = t.kind;
CREATE TABLE IF NOT EXISTS judged (n bigint, lacking float, has_gap boolean, is_best boolean,
	is_first boolean, is_claimed boolean, is_other boolean, is_wrong boolean);
INSERT INTO judged
SELECT min(k.n), sum(k.n * k.usual) FILTER (WHERE k.is_planted), bool_or(k.is_planted),
	bool_or(k.is_planted AND k.is_best), coalesce(bool_or(k.is_planted AND g.rank = 1), false),
	coalesce(bool_or(k.is_planted AND g.is_gap), false),
	coalesce(bool_or(NOT k.is_planted AND g.is_gap), false),
	coalesce(bool_or(NOT k.is_planted AND g.is_gap AND k.share >= 0.5 * k.usual), false)
FROM known k
LEFT JOIN (SELECT s.id, r.* FROM sections s
	CROSS JOIN LATERAL esn_internal.esn_ranked_kinds(s.id, 10) r) g
	ON g.id = k.section_id AND g.kind = k.kind AND g.name = k.name
GROUP BY k.section_id;
SELECT format('| %s | %s | %s | %s | %s | %s | %s of %s | %s |', :'name', v.which,
	count(*) FILTER (WHERE has_gap),
	coalesce(round(100 * avg(is_first::integer) FILTER (WHERE has_gap)) || ' %', '-'),
	coalesce(round(100 * avg(is_best::integer) FILTER (WHERE has_gap)) || ' %', '-'),
	coalesce(round(100 * avg(is_claimed::integer) FILTER (WHERE has_gap)) || ' %', '-'),
	count(*) FILTER (WHERE is_other), count(*), count(*) FILTER (WHERE is_wrong))
FROM judged
JOIN (VALUES (1, 'all', 0, 0, 1000000), (2, 'lacking under 4', 0, 0, 4),
	(3, 'lacking 4 or more', 0, 4, 1000000), (4, 'lacking 7 or more', 0, 7, 1000000),
	(5, '50 activities or more', 50, 0, 1000000)) AS v(place, which, size, least, most)
	ON n >= size AND (v.place IN (1, 5) OR lacking >= least AND lacking < most)
GROUP BY v.place, v.which ORDER BY v.place;
