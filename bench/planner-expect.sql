-- For bench/planner.sh: the error of esn_expect_participants() on the activities of the last year,
-- which it has not seen, as a row of a table; beside that of two other ways to guess, of the truth
-- itself, and of the best guess from the same three years (the best linear unbiased prediction):
-- it knows how much sections, types and so on differ, which has to be estimated otherwise.
CREATE TEMP TABLE held AS
SELECT o.section_id, s.country_code, s.accounts_platform_slug AS slug, a.activity_type, a.is_online,
	extract(month FROM a.start_date)::integer AS month, a.participants,
	t.median AS truth, row_number() OVER (ORDER BY hashtext(a.event_slug)) AS n
FROM activities a
JOIN activity_section_organisers o ON o.activity_id = a.id
JOIN sections s ON s.id = o.section_id
JOIN truth t ON t.id = a.id
WHERE a.start_date > current_date AND a.participants > 0;
CREATE TEMP TABLE seen AS
SELECT o.section_id, s.country_code, a.activity_type, a.is_online, a.participants,
	extract(month FROM a.start_date)::integer AS month, a.start_date > current_date - 1096 AS recent
FROM activities a
JOIN activity_section_organisers o ON o.activity_id = a.id
JOIN sections s ON s.id = o.section_id
WHERE a.start_date <= current_date AND a.participants > 0;
CREATE TEMP TABLE best AS
SELECT k.n, k.y, ARRAY['', k.is_online::text, k.activity_type, k.country_code, k.section_id::text,
	k.section_id || k.activity_type, k.month::text] AS keys, array_fill(0::float, '{7}') AS effects
FROM (SELECT NULL AS n, ln(participants) AS y, is_online, activity_type, country_code, section_id,
		month FROM seen WHERE recent
	UNION ALL SELECT n, NULL, is_online, activity_type, country_code, section_id, month
	FROM held WHERE n <= 3000) k;
SELECT set_config('bench.variances', format('{1000,1,%s,%s,%s,%s,%s}', :type_signal ^ 2,
	:signal ^ 2 / 4, :signal ^ 2, :signal ^ 2 / 4, 0.09 * :signal ^ 2), false) \g /dev/null
DO $$
DECLARE
	variances float[] := current_setting('bench.variances');
BEGIN
	FOR sweep IN 1..10 LOOP
		FOR i IN 1..7 LOOP
			UPDATE best b SET effects[i] = coalesce(g.rest * variances[i]
				/ nullif(g.n * variances[i] + 0.75 ^ 2, 0), 0)
			FROM (SELECT keys[i] AS key, count(y) AS n, sum(y + effects[i] - (SELECT sum(e)
				FROM unnest(effects) e)) AS rest FROM best GROUP BY 1) g WHERE g.key = b.keys[i];
		END LOOP;
	END LOOP;
END $$;
CREATE TEMP TABLE guessed AS
SELECT h.participants, h.truth,
	(SELECT exp(sum(e)) FROM unnest(b.effects) e) AS best,
	e.expected, e.low, e.high,
	coalesce(s.mean, (SELECT avg(x.participants) FROM seen x)) AS section_mean,
	t.median AS type_median
FROM held h
JOIN best b ON b.n = h.n
CROSS JOIN LATERAL esn_expect_participants(h.slug, h.activity_type, h.month, h.is_online) e
LEFT JOIN (SELECT section_id, avg(participants) AS mean FROM seen GROUP BY 1) s
	ON s.section_id = h.section_id
LEFT JOIN (SELECT activity_type, percentile_cont(0.5) WITHIN GROUP (ORDER BY participants) AS median
	FROM seen GROUP BY 1) t ON t.activity_type = h.activity_type
WHERE h.n <= 3000;
SELECT format('| %s | %s | %s | %s | %s | %s %% | %s %% | %s %% | %s %% |', :'name', count,
	round(error, 1), round(of_mean, 1), round(of_median, 1),
	round(100 * (1 - error / least(of_mean, of_median)), 1),
	round(100 * (1 - of_best / least(of_mean, of_median)), 1),
	round(100 * (1 - of_truth / least(of_mean, of_median)), 1), round(100 * covered, 1))
FROM (SELECT count(*), avg(abs(participants - expected)) AS error,
		avg(abs(participants - section_mean)) AS of_mean,
		avg(abs(participants - type_median))::numeric AS of_median,
		avg(abs(participants - best))::numeric AS of_best,
		avg(abs(participants - truth))::numeric AS of_truth,
		avg((participants BETWEEN low AND high)::integer) AS covered FROM guessed) g;
