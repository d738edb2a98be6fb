-- How pages of statistics become rows: see 40-store.sql.

-- The pairs of one list of the statistics: [["Culture", 12], ...]; a label that comes twice counts once.
CREATE OR REPLACE FUNCTION esn_statistics_pairs(list jsonb) RETURNS TABLE (label text, value integer, n bigint, raw jsonb)
LANGUAGE sql IMMUTABLE AS $$
	SELECT DISTINCT ON (label) label,
		CASE WHEN digits ~ '^\d{1,9}$' THEN digits::integer END, n, raw
	FROM (
		SELECT left(btrim(pair->>0), 100) AS label, ord AS n, pair->1 AS raw,
			CASE jsonb_typeof(pair->1)
				WHEN 'number' THEN CASE WHEN (pair->>1)::numeric BETWEEN 0 AND 999999999 AND (pair->>1)::numeric % 1 = 0 THEN trunc((pair->>1)::numeric)::text END
				WHEN 'string' THEN regexp_replace(btrim(pair->>1), '[,. ](?=\d{3}(\D|$))', '', 'g')
				WHEN 'null' THEN '0'
			END AS digits
		FROM jsonb_array_elements(CASE jsonb_typeof(list->'values') WHEN 'array' THEN list->'values' ELSE '[]' END)
			WITH ORDINALITY AS e(pair, ord)
		WHERE jsonb_typeof(pair) = 'array' AND btrim(coalesce(pair->>0, '')) <> ''
	) pairs
	ORDER BY label, n
$$;
COMMENT ON FUNCTION esn_statistics_pairs(jsonb) IS
'Label, count (NULL where it is none), place and raw count of each pair of a list {"values": [[label, count], ...]}. list: such an object; anything else gives no rows.';

-- A list that is missing, null or empty says nothing; one that holds something else says what nobody understands.
CREATE OR REPLACE FUNCTION esn_is_no_list(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(jsonb_typeof(list->'values') NOT IN ('array', 'null'), false)
$$;
COMMENT ON FUNCTION esn_is_no_list(jsonb) IS
'Whether a list of statistics holds something that is no list of pairs. list: see esn_statistics_pairs.';

-- Statistics as JSON: the object itself, or a document that holds it.
CREATE OR REPLACE FUNCTION esn_statistics_object(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN jsonb_typeof(document->'activities_statistics') = 'object' THEN document->'activities_statistics'
		WHEN jsonb_typeof(document) = 'object' THEN document
		ELSE '{}' END
$$;
COMMENT ON FUNCTION esn_statistics_object(jsonb) IS
'The statistics within a JSON document; an empty object where it can hold none. document: what a page of statistics holds.';

CREATE OR REPLACE FUNCTION esn_store_statistics(run bigint, pages jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH item AS MATERIALIZED (
		SELECT DISTINCT ON (s.id) s.id AS section_id, esn_statistics_object(d.document) AS figures
		FROM jsonb_array_elements(pages) p JOIN sections s ON s.accounts_platform_slug = p->>'section'
		CROSS JOIN LATERAL (SELECT (p->'page'->'data'->>'json')::jsonb AS document OFFSET 0) d
		ORDER BY s.id
	), pair AS MATERIALIZED (
		SELECT i.section_id, l.list, q.label, q.value, q.n
		FROM item i, unnest(ARRAY['total_activities', 'total_participants', 'total_causes', 'physical_causes', 'online_causes',
			'physical_types', 'online_types', 'physical_participants', 'online_participants']) AS l(list),
			esn_statistics_pairs(i.figures->l.list) q
	),
	-- Sums are found by label, else by place, where the label there is no other sum's; what is not said is 0, what can't be understood NULL.
	sum_of (list, place, pattern) AS (
		VALUES ('total_activities', 1, 'physical|in.person|offline'), ('total_activities', 2, 'online|virtual'),
			('total_participants', 1, '\mlocal'), ('total_participants', 2, 'international|foreign'),
			('total_participants', 3, 'coordinator|organi[sz]er')
	), said AS MATERIALIZED (
		SELECT DISTINCT ON (q.section_id, w.list, w.place) q.section_id, w.list, w.place, q.value
		FROM sum_of w JOIN pair q ON q.list = w.list AND (q.label ~* (w.pattern COLLATE "C") OR q.n = w.place
			AND NOT EXISTS (SELECT FROM sum_of other WHERE other.list = w.list AND q.label ~* (other.pattern COLLATE "C")))
		ORDER BY q.section_id, w.list, w.place, q.label ~* (w.pattern COLLATE "C") DESC, q.n
	), sums AS MATERIALIZED (
		SELECT i.section_id,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_activities' AND w.place = 1) AS physical,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_activities' AND w.place = 2) AS online,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_participants' AND w.place = 1) AS local,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_participants' AND w.place = 2) AS international,
			max(CASE WHEN q.list IS NULL THEN w.nothing ELSE q.value END) FILTER (WHERE w.list = 'total_participants' AND w.place = 3) AS coordinators
		FROM item i
		CROSS JOIN LATERAL (
			SELECT *, CASE WHEN esn_is_no_list(i.figures->s.list) THEN NULL ELSE 0 END AS nothing FROM sum_of s) w
		LEFT JOIN said q ON q.section_id = i.section_id AND q.list = w.list AND q.place = w.place
		GROUP BY i.section_id
	), sums_upd AS (
		UPDATE section_overall_statistics o SET physical_activities = physical, online_activities = online,
			total_local_students = local, total_international_students = international,
			total_coordinators = coordinators, scraped_at = now()
		FROM sums n
		WHERE o.section_id = n.section_id AND (physical_activities, online_activities, total_local_students,
			total_international_students, total_coordinators)
			IS DISTINCT FROM (physical, online, local, international, coordinators)
	), sums_ins AS (
		INSERT INTO section_overall_statistics (section_id, physical_activities, online_activities, total_local_students,
			total_international_students, total_coordinators)
		SELECT section_id, physical, online, local, international, coordinators FROM sums n
		WHERE NOT EXISTS (SELECT FROM section_overall_statistics o WHERE o.section_id = n.section_id)
	),
	-- A label that one of the lists lacks counts 0 there.
	cause AS MATERIALIZED (
		SELECT section_id, label, CASE WHEN bool_or(list = 'total_causes') THEN max(value) FILTER (WHERE list = 'total_causes')
				ELSE coalesce(sum(value), 0)::integer END AS total,
			CASE WHEN bool_or(list = 'physical_causes') THEN max(value) FILTER (WHERE list = 'physical_causes') ELSE 0 END AS physical,
			CASE WHEN bool_or(list = 'online_causes') THEN max(value) FILTER (WHERE list = 'online_causes') ELSE 0 END AS online
		FROM pair WHERE list LIKE '%\_causes' GROUP BY section_id, label
	), cause_del AS (
		DELETE FROM section_cause_statistics s USING item i
		WHERE s.section_id = i.section_id
			AND NOT EXISTS (SELECT FROM cause n WHERE n.section_id = s.section_id AND n.label = s.cause_name)
	), cause_upd AS (
		UPDATE section_cause_statistics s SET total_count = total, physical_count = physical, online_count = online
		FROM cause n WHERE s.section_id = n.section_id AND s.cause_name = n.label
			AND (total_count, physical_count, online_count) IS DISTINCT FROM (total, physical, online)
	), cause_ins AS (
		INSERT INTO section_cause_statistics (section_id, cause_name, total_count, physical_count, online_count)
		SELECT section_id, label, total, physical, online FROM cause n
		WHERE NOT EXISTS (SELECT FROM section_cause_statistics s WHERE s.section_id = n.section_id AND s.cause_name = n.label)
	), type AS MATERIALIZED (
		SELECT section_id, label,
			CASE WHEN bool_or(list = 'physical_types') THEN max(value) FILTER (WHERE list = 'physical_types') ELSE 0 END AS physical,
			CASE WHEN bool_or(list = 'online_types') THEN max(value) FILTER (WHERE list = 'online_types') ELSE 0 END AS online
		FROM pair WHERE list LIKE '%\_types' GROUP BY section_id, label
	), type_del AS (
		DELETE FROM section_type_statistics s USING item i
		WHERE s.section_id = i.section_id
			AND NOT EXISTS (SELECT FROM type n WHERE n.section_id = s.section_id AND n.label = s.activity_type)
	), type_upd AS (
		UPDATE section_type_statistics s SET physical_count = physical, online_count = online
		FROM type n WHERE s.section_id = n.section_id AND s.activity_type = n.label
			AND (physical_count, online_count) IS DISTINCT FROM (physical, online)
	), type_ins AS (
		INSERT INTO section_type_statistics (section_id, activity_type, physical_count, online_count)
		SELECT section_id, label, physical, online FROM type n
		WHERE NOT EXISTS (SELECT FROM section_type_statistics s WHERE s.section_id = n.section_id AND s.activity_type = n.label)
	), participant AS MATERIALIZED (
		SELECT section_id, label,
			CASE WHEN bool_or(list = 'physical_participants') THEN max(value) FILTER (WHERE list = 'physical_participants') ELSE 0 END AS physical,
			CASE WHEN bool_or(list = 'online_participants') THEN max(value) FILTER (WHERE list = 'online_participants') ELSE 0 END AS online
		FROM pair WHERE list IN ('physical_participants', 'online_participants') GROUP BY section_id, label
	), participant_del AS (
		DELETE FROM section_participant_statistics s USING item i
		WHERE s.section_id = i.section_id
			AND NOT EXISTS (SELECT FROM participant n WHERE n.section_id = s.section_id AND n.label = s.participant_type)
	), participant_upd AS (
		UPDATE section_participant_statistics s SET physical_count = physical, online_count = online
		FROM participant n WHERE s.section_id = n.section_id AND s.participant_type = n.label
			AND (physical_count, online_count) IS DISTINCT FROM (physical, online)
	)
	INSERT INTO section_participant_statistics (section_id, participant_type, physical_count, online_count)
	SELECT section_id, label, physical, online FROM participant n
	WHERE NOT EXISTS (SELECT FROM section_participant_statistics s
		WHERE s.section_id = n.section_id AND s.participant_type = n.label);

	-- A count that is none is a fault of the page like any other.
	PERFORM esn_store_errors(run, jsonb_agg(jsonb_build_object('url', p->'url', 'section', p->'section', 'page', jsonb_build_object('errors', coalesce((
		SELECT jsonb_agg(jsonb_build_object('field', f.key, 'message', wrong.message, 'raw', esn_redact(wrong.raw)))
		FROM jsonb_each(esn_statistics_object(d.document)) f
		CROSS JOIN LATERAL (
			SELECT 'not a count' AS message, q.label || ': ' || q.raw AS raw FROM esn_statistics_pairs(f.value) q WHERE q.value IS NULL
			UNION ALL
			SELECT 'not a list of counts', f.value->>'values'
			WHERE esn_is_no_list(f.value) AND f.key ~ '^(total_activities|(total|physical|online)_(causes|types|participants))$') wrong), '[]')))))
	FROM jsonb_array_elements(pages) p
	CROSS JOIN LATERAL (SELECT (p->'page'->'data'->>'json')::jsonb AS document OFFSET 0) d;
END $$;
COMMENT ON FUNCTION esn_store_statistics(bigint, jsonb) IS
'Makes the four tables of statistics say what pages say; what a section no longer reports leaves them. run: the run. pages: array of pages; data.json is JSON text, or null for a section without statistics.';
