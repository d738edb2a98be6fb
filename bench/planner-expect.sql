-- For bench/planner.sh: the error of esn_expect_participants() on the activities of the last year,
-- which it has not seen, beside that of two other ways to guess, as a row of a table.
CREATE TEMP TABLE held AS
SELECT o.section_id, s.accounts_platform_slug AS slug, a.activity_type, a.is_online,
	extract(month FROM a.start_date)::integer AS month, a.participants,
	t.median AS truth, row_number() OVER (ORDER BY hashtext(a.event_slug)) AS n
FROM activities a
JOIN activity_section_organisers o ON o.activity_id = a.id
JOIN sections s ON s.id = o.section_id
JOIN truth t ON t.id = a.id
WHERE a.start_date > current_date AND a.participants > 0;
CREATE TEMP TABLE seen AS
SELECT o.section_id, a.activity_type, a.participants
FROM activities a JOIN activity_section_organisers o ON o.activity_id = a.id
WHERE a.start_date <= current_date AND a.participants > 0;
CREATE TEMP TABLE guessed AS
SELECT h.participants, h.truth, e.expected, e.low, e.high,
	coalesce(s.mean, (SELECT avg(x.participants) FROM seen x)) AS section_mean,
	t.median AS type_median
FROM held h
CROSS JOIN LATERAL esn_expect_participants(h.slug, h.activity_type, h.month, h.is_online) e
LEFT JOIN (SELECT section_id, avg(participants) AS mean FROM seen GROUP BY 1) s
	ON s.section_id = h.section_id
LEFT JOIN (SELECT activity_type, percentile_cont(0.5) WITHIN GROUP (ORDER BY participants) AS median
	FROM seen GROUP BY 1) t ON t.activity_type = h.activity_type
WHERE h.n <= 3000;
SELECT format('| %s | %s | %s | %s | %s | %s %% | %s %% | %s %% |', :'name', count(*),
	round(avg(abs(participants - expected)), 1), round(avg(abs(participants - section_mean)), 1),
	round(avg(abs(participants - type_median))::numeric, 1),
	round((100 * (1 - avg(abs(participants - expected)) / least(
		avg(abs(participants - section_mean)), avg(abs(participants - type_median)))))::numeric, 1),
	round((100 * (1 - avg(abs(participants - truth)) / least(
		avg(abs(participants - section_mean)), avg(abs(participants - type_median)))))::numeric, 1),
	round(100 * avg((participants BETWEEN low AND high)::integer), 1))
FROM guessed;
