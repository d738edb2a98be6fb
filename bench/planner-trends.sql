-- For bench/planner.sh: what esn_trends() claims, and which of it was planted, as a row of a table.
SELECT format('| %s | %s | %s | %s |', :'name', count(*),
	count(*) FILTER (WHERE trend <> 'within chance'),
	count(*) FILTER (WHERE trend = 'rising' AND :rising > 1 AND country_code = 'C1'
		AND name = 'Environmental Sustainability'))
FROM esn_trends();
