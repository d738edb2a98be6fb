-- How pages of statistics become rows: see 40-store.sql.

-- The pairs of one list of the statistics: [["Culture", 12], ...]; a label that comes twice counts once.
CREATE OR REPLACE FUNCTION esn_statistics_pairs(list jsonb) RETURNS TABLE (label text, value integer, n bigint, raw jsonb)
LANGUAGE sql IMMUTABLE AS $$
	SELECT DISTINCT ON (label) label, value, n, raw
	FROM (
		SELECT left(btrim(pair->>0), 100) AS label, ord AS n, pair->1 AS raw,
			CASE jsonb_typeof(pair->1)
				WHEN 'number' THEN CASE WHEN (pair->1)::numeric BETWEEN 0 AND 999999999 AND (pair->1)::numeric % 1 = 0 THEN (pair->1)::integer END
				WHEN 'string' THEN substring(regexp_replace(btrim(pair->>1), '[,. ](?=[0-9]{3}([^0-9]|$))', '', 'g') FROM '^[0-9]{1,9}$')::integer
				WHEN 'null' THEN 0
			END AS value
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
DECLARE
	faults jsonb;
BEGIN
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url', s.id) p->>'url' AS url, p->>'section' AS section, s.id AS section_id, esn_statistics_object(d.document) AS figures,
			-- of two pages of a section one is its own
			s.id IS NOT NULL AND p->>'url' = min(p->>'url') OVER (PARTITION BY s.id) AS is_own
		FROM jsonb_array_elements(pages) p LEFT JOIN sections s ON s.accounts_platform_slug = p->>'section'
		CROSS JOIN LATERAL (SELECT (p->'page'->'data'->>'json')::jsonb AS document OFFSET 0) d
		ORDER BY p->>'url', s.id
	), said AS MATERIALIZED (
		SELECT p.url, p.section_id, p.is_own, f.key AS list, q.* FROM page p, jsonb_each(p.figures) f, esn_statistics_pairs(f.value) q
	), item AS MATERIALIZED (
		SELECT section_id, figures FROM page WHERE is_own
	), pair AS MATERIALIZED (
		SELECT * FROM said WHERE is_own
	),
	-- Sums are found by label, else by place, where the label there is no other sum's; what is not said is 0, what can't be understood NULL.
	sum_of (name, list, place, pattern) AS (
		VALUES ('physical', 'total_activities', 1, 'physical|in.person|offline'), ('online', 'total_activities', 2, 'online|virtual'),
			('local', 'total_participants', 1, '\mlocal'), ('international', 'total_participants', 2, 'international|foreign'),
			('coordinators', 'total_participants', 3, 'coordinator|organi[sz]er')
	), label AS MATERIALIZED (
		SELECT q.list, q.label, w.name, w.place, q.label ~* (w.pattern COLLATE "C") AS fits,
			bool_or(q.label ~* (w.pattern COLLATE "C")) OVER (PARTITION BY q.list, q.label) AS fits_one
		FROM (SELECT DISTINCT list, label FROM pair) q JOIN sum_of w ON w.list = q.list
	), found AS (
		SELECT q.section_id, w.name, q.value, w.fits AS by_label, q.n
		FROM pair q JOIN label w ON w.list = q.list AND w.label = q.label
		WHERE w.fits OR q.n = w.place AND NOT w.fits_one
		UNION ALL
		SELECT i.section_id, w.name, CASE WHEN esn_is_no_list(i.figures->w.list) THEN NULL ELSE 0 END, false, NULL FROM item i, sum_of w
	), best AS (
		SELECT DISTINCT ON (section_id, name) section_id, name, value FROM found ORDER BY section_id, name, by_label DESC, n
	), sums AS MATERIALIZED (
		SELECT section_id, max(value) FILTER (WHERE name = 'physical') AS physical, max(value) FILTER (WHERE name = 'online') AS online,
			max(value) FILTER (WHERE name = 'local') AS local, max(value) FILTER (WHERE name = 'international') AS international,
			max(value) FILTER (WHERE name = 'coordinators') AS coordinators
		FROM best GROUP BY section_id
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
		FROM pair WHERE list IN ('total_causes', 'physical_causes', 'online_causes') GROUP BY section_id, label
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
		FROM pair WHERE list IN ('physical_types', 'online_types') GROUP BY section_id, label
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
	), participant_ins AS (
		INSERT INTO section_participant_statistics (section_id, participant_type, physical_count, online_count)
		SELECT section_id, label, physical, online FROM participant n
		WHERE NOT EXISTS (SELECT FROM section_participant_statistics s
			WHERE s.section_id = n.section_id AND s.participant_type = n.label)
	),
	-- A count that is none is a fault of the page like any other.
	fault (url, field, message, raw) AS (
		SELECT url, list, 'not a count', label || ': ' || raw FROM said WHERE value IS NULL
		UNION
		SELECT p.url, f.key, 'not a list of counts', f.value->>'values' FROM page p, jsonb_each(p.figures) f
		WHERE esn_is_no_list(f.value) AND f.key = ANY ('{total_activities, total_causes, total_types, total_participants, physical_causes, physical_types,
			physical_participants, online_causes, online_types, online_participants}')
	), faulty AS (
		SELECT url, jsonb_agg(jsonb_build_object('field', field, 'message', message, 'raw', esn_redact(raw))) AS errors FROM fault GROUP BY url
	)
	SELECT jsonb_agg(jsonb_build_object('url', p.url, 'section', p.section, 'page', jsonb_build_object('errors', coalesce(f.errors, '[]'))))
	INTO faults FROM page p LEFT JOIN faulty f ON f.url = p.url;
	PERFORM esn_store_errors(run, faults);
END $$;
COMMENT ON FUNCTION esn_store_statistics(bigint, jsonb) IS
'Makes the four tables of statistics say what pages say; what a section no longer reports leaves them. run: the run. pages: array of pages; data.json is JSON text, or null for a section without statistics.';
