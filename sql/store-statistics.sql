-- Stores pages of statistics. See store-accounts.sql for the arguments.

-- Statistics as JSON: the object itself, or a document that contains it.
CREATE OR REPLACE FUNCTION esn_internal.esn_statistics_object(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT CASE WHEN jsonb_typeof(document->'activities_statistics') = 'object'
		THEN document->'activities_statistics'
		WHEN jsonb_typeof(document) = 'object' THEN document
		ELSE '{}' END;
END;
COMMENT ON FUNCTION esn_statistics_object(jsonb) IS
	'The statistics in a JSON document; an empty object if it contains none. document: the JSON of '
	'a page of statistics.';

-- A list that is missing, null or empty has no counts; anything else that is not a list is an
-- error. A repeated label counts once. In SQL, not in PL/pgSQL, so that a query over pages inlines
-- it.
CREATE OR REPLACE FUNCTION esn_internal.esn_statistics_pairs(figures jsonb)
	RETURNS TABLE (list text, label text, value integer, place bigint, raw jsonb)
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	(SELECT DISTINCT ON (f.key, q.label) f.key, q.label,
		CASE jsonb_typeof(q.raw)
			WHEN 'number' THEN CASE WHEN q.raw::numeric BETWEEN 0 AND 999999999
				AND q.raw::numeric % 1 = 0 THEN q.raw::integer END
			WHEN 'string' THEN substring(regexp_replace(btrim(q.raw#>>'{}'),
				'[,. ](?=[0-9]{3}([^0-9]|$))', '', 'g') FROM '^[0-9]{1,9}$')::integer
			WHEN 'null' THEN 0
		END, q.place, q.raw
	FROM jsonb_each(figures) f CROSS JOIN LATERAL (
		SELECT left(btrim(pair->>0), 100) AS label, pair->1 AS raw, e.place
		FROM jsonb_array_elements(CASE jsonb_typeof(f.value->'values') WHEN 'array'
			THEN f.value->'values' ELSE '[]' END) WITH ORDINALITY AS e(pair, place)
		WHERE jsonb_typeof(pair) = 'array' AND btrim(coalesce(pair->>0, '')) <> '') q
	ORDER BY f.key, q.label, q.place)
	UNION ALL
	SELECT f.key, NULL, NULL, NULL, f.value->'values' FROM jsonb_each(figures) f
	WHERE jsonb_typeof(f.value->'values') NOT IN ('array', 'null');
END;
COMMENT ON FUNCTION esn_statistics_pairs(jsonb) IS
	'Label, count (NULL if invalid), place and raw count of each pair of each list {"values": '
	'[[label, count], ...]}, and a row without a label for each list that is not a list. figures: '
	'object of the lists.';

-- A total is found by its label. Without one it is found by its place, unless the label there
-- belongs to another total. A missing total is 0, and an invalid one is NULL.
CREATE OR REPLACE FUNCTION esn_internal.esn_statistics_sums(section_ids integer[],
	pairs statistics_pair[])
RETURNS TABLE (section_id integer, physical integer, online integer, local integer,
	international integer, coordinators integer)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH pair AS MATERIALIZED (
		SELECT * FROM unnest(pairs) q WHERE q.list IN ('total_activities', 'total_participants')
	), no_list AS MATERIALIZED (
		SELECT q.section_id, q.list FROM pair q WHERE q.label IS NULL
	), sum_of (name, list, place, pattern) AS (
		VALUES ('physical', 'total_activities', 1, 'physical|in.person|offline'),
			('online', 'total_activities', 2, 'online|virtual'),
			('local', 'total_participants', 1, '\mlocal'),
			('international', 'total_participants', 2, 'international|foreign'),
			('coordinators', 'total_participants', 3, 'coordinator|organi[sz]er')
	), label AS MATERIALIZED (
		SELECT q.list, q.label, w.name, w.place, q.label ~* (w.pattern COLLATE "C") AS fits,
			bool_or(q.label ~* (w.pattern COLLATE "C")) OVER (PARTITION BY q.list, q.label)
				AS fits_one
		FROM (SELECT DISTINCT list, label FROM pair) q JOIN sum_of w ON w.list = q.list
	), found AS (
		SELECT q.section_id, w.name, q.value, w.fits AS by_label, q.place
		FROM pair q JOIN label w ON w.list = q.list AND w.label = q.label
		WHERE w.fits OR q.place = w.place AND NOT w.fits_one
		UNION ALL
		SELECT s.id, w.name, CASE WHEN q.list IS NULL THEN 0 END, false, NULL
		FROM unnest(section_ids) AS s(id) CROSS JOIN sum_of w
		LEFT JOIN no_list q ON q.section_id = s.id AND q.list = w.list
	), best AS (
		SELECT DISTINCT ON (section_id, name) section_id, name, value
		FROM found ORDER BY section_id, name, by_label DESC, place
	)
	SELECT section_id, max(value) FILTER (WHERE name = 'physical'),
		max(value) FILTER (WHERE name = 'online'), max(value) FILTER (WHERE name = 'local'),
		max(value) FILTER (WHERE name = 'international'),
		max(value) FILTER (WHERE name = 'coordinators')
	FROM best GROUP BY section_id;
END $$;
COMMENT ON FUNCTION esn_statistics_sums(integer[], statistics_pair[]) IS
	'The totals in the statistics of sections. section_ids: the sections. pairs: of their '
	'statistics.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_overall_statistics(section_ids integer[],
	pairs statistics_pair[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH sums AS MATERIALIZED (
		SELECT * FROM esn_statistics_sums(section_ids, pairs)
	), upd AS (
		UPDATE @extschema@.section_overall_statistics o SET physical_activities = n.physical,
			online_activities = n.online, total_local_students = n.local,
			total_international_students = n.international, total_coordinators = n.coordinators
		FROM sums n
		WHERE o.section_id = n.section_id AND (physical_activities, online_activities,
				total_local_students, total_international_students, total_coordinators)
			IS DISTINCT FROM (n.physical, n.online, n.local, n.international, n.coordinators)
	)
	INSERT INTO @extschema@.section_overall_statistics (section_id, physical_activities,
		online_activities,
		total_local_students, total_international_students, total_coordinators)
	SELECT section_id, physical, online, local, international, coordinators FROM sums n
	WHERE NOT EXISTS (SELECT FROM @extschema@.section_overall_statistics o
		WHERE o.section_id = n.section_id);
END $$;
COMMENT ON FUNCTION esn_store_overall_statistics(integer[], statistics_pair[]) IS
	'Stores the totals in the statistics of sections. section_ids: the sections. pairs: of their '
	'statistics.';

-- A label that is missing from a list has the count 0 there. A missing total is the sum.
CREATE OR REPLACE FUNCTION esn_internal.esn_statistics_counts(pairs statistics_pair[],
	total_list text, physical_list text, online_list text)
RETURNS TABLE (section_id integer, label text, total_count integer, physical_count integer,
	online_count integer)
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT q.section_id, q.label,
		CASE WHEN bool_or(q.list = total_list) THEN max(q.value) FILTER (WHERE q.list = total_list)
			ELSE coalesce(sum(q.value), 0)::integer END,
		CASE WHEN bool_or(q.list = physical_list)
			THEN max(q.value) FILTER (WHERE q.list = physical_list) ELSE 0 END,
		CASE WHEN bool_or(q.list = online_list)
			THEN max(q.value) FILTER (WHERE q.list = online_list) ELSE 0 END
	FROM unnest(pairs) q
	WHERE q.list IN (total_list, physical_list, online_list) AND q.label IS NOT NULL
	GROUP BY q.section_id, q.label;
END;
COMMENT ON FUNCTION esn_statistics_counts(statistics_pair[], text, text, text) IS
	'The counts of each label in the lists of one subject, in total and by place; NULL: invalid. '
	'pairs: of the statistics. total_list: the name of the list of totals; NULL: none. '
	'physical_list: of counts on site. online_list: of counts online.';

-- A table of counts by label is one row here: its subject, the column of the label, the columns of
-- the counts, and the name of the list of totals. The functions below are made of it.
DO $make$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT * FROM (VALUES
		('cause', 'cause_name', 'total_count, physical_count, online_count', 'total_causes'),
		('type', 'activity_type', 'physical_count, online_count', NULL),
		('participant', 'participant_type', 'physical_count, online_count', NULL))
		AS v(subject, label, columns, total_list)
	LOOP
		EXECUTE format($function$
		CREATE OR REPLACE FUNCTION esn_internal.esn_store_%1$s_statistics(section_ids integer[],
			pairs statistics_pair[]) RETURNS void
		LANGUAGE plpgsql AS $$
		BEGIN
			WITH counted AS MATERIALIZED (
				SELECT * FROM esn_statistics_counts(pairs, %5$L, 'physical_%1$ss', 'online_%1$ss')
			), del AS (
				DELETE FROM @extschema@.section_%1$s_statistics s
				WHERE s.section_id = ANY (section_ids) AND NOT EXISTS (SELECT FROM counted n
					WHERE n.section_id = s.section_id AND n.label = s.%2$s)
			), upd AS (
				UPDATE @extschema@.section_%1$s_statistics s SET (%3$s) = ROW (%4$s)
				FROM counted n WHERE s.section_id = n.section_id AND s.%2$s = n.label
					AND (%6$s) IS DISTINCT FROM (%4$s)
			)
			INSERT INTO @extschema@.section_%1$s_statistics (section_id, %2$s, %3$s)
			SELECT n.section_id, n.label, %4$s FROM counted n
			WHERE NOT EXISTS (SELECT FROM @extschema@.section_%1$s_statistics s
				WHERE s.section_id = n.section_id AND s.%2$s = n.label);
		END $$$function$, t.subject, t.label, t.columns,
			'n.' || replace(t.columns, ', ', ', n.'), t.total_list,
			's.' || replace(t.columns, ', ', ', s.'));
		EXECUTE format($$COMMENT ON FUNCTION esn_store_%1$s_statistics(integer[],
			statistics_pair[]) IS
			'Replaces rows of section_%1$s_statistics by those on pages. section_ids: the '
			'sections. pairs: of their statistics.'$$, t.subject);
	END LOOP;
END $make$;

-- Also where the page says what it said before, or was answered with 304.
CREATE OR REPLACE FUNCTION esn_internal.esn_confirm_statistics(section_ids integer[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	relation text;
BEGIN
	FOREACH relation IN ARRAY ARRAY['section_overall_statistics', 'section_cause_statistics',
		'section_type_statistics', 'section_participant_statistics']
	LOOP
		EXECUTE format('UPDATE @extschema@.%I SET scraped_at = now()
			WHERE section_id = ANY ($1) AND scraped_at <> now()', relation) USING section_ids;
	END LOOP;
END $$;
COMMENT ON FUNCTION esn_confirm_statistics(integer[]) IS
	'Sets scraped_at in the four tables of statistics to now. section_ids: the sections.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_statistics(run bigint, pages jsonb,
	only_section text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	section_ids integer[];
	pairs statistics_pair[];
	errors jsonb;
	are_lost boolean;
BEGIN
	WITH page AS MATERIALIZED (
		SELECT DISTINCT ON (p->>'url') p->>'url' AS url, p->>'section' AS section,
			s.id AS section_id, esn_statistics_object(d.document) AS figures,
			d.document IS NULL
				AND coalesce(p->'fetch'->>'status', '200') NOT IN ('404', '410')
				AND greatest(o.physical_activities, o.online_activities, o.total_local_students,
					o.total_international_students, o.total_coordinators) > 0 AS is_lost
		FROM jsonb_array_elements(esn_store_statistics.pages) p
		LEFT JOIN LATERAL esn_section_of(p->>'section', p->>'url') s ON true
		LEFT JOIN @extschema@.section_overall_statistics o ON o.section_id = s.id
		CROSS JOIN LATERAL (SELECT (p->'page'->'data'->>'json')::jsonb AS document OFFSET 0) d
		ORDER BY p->>'url'
	), pair AS MATERIALIZED (
		SELECT p.url, p.section_id, q.*
		FROM page p CROSS JOIN LATERAL esn_statistics_pairs(p.figures) q
	), wrong AS (
		-- An invalid count is a validation error of the page.
		SELECT q.url, q.list AS field, 'not a count' AS message, q.label || ': ' || q.raw AS raw
		FROM pair q WHERE q.value IS NULL AND q.label IS NOT NULL
		UNION
		SELECT q.url, q.list, 'not a list of counts', q.raw#>>'{}'
		FROM pair q WHERE q.label IS NULL AND q.list IN ('total_activities', 'total_causes',
			'total_types', 'total_participants', 'physical_causes', 'physical_types',
			'physical_participants', 'online_causes', 'online_types', 'online_participants')
	), faulty AS MATERIALIZED (
		SELECT w.url, jsonb_agg(jsonb_build_object('field', w.field, 'message', w.message, 'raw',
			esn_redact(w.raw))) AS errors
		FROM wrong w GROUP BY w.url
	)
	SELECT (SELECT array_agg(p.section_id) FROM page p WHERE p.section_id IS NOT NULL),
		(SELECT array_agg(ROW(q.section_id, q.list, q.label, q.value, q.place)::statistics_pair)
			FROM pair q WHERE q.section_id IS NOT NULL),
		jsonb_agg(jsonb_build_object('url', p.url, 'section', p.section, 'page',
			jsonb_build_object('errors', coalesce(f.errors, '[]')))),
		bool_or(p.is_lost)
	INTO section_ids, pairs, errors, are_lost
	FROM page p LEFT JOIN faulty f ON f.url = p.url;
	IF are_lost THEN
		RAISE data_exception USING MESSAGE = 'it has no statistics, but some are known';
	END IF;
	IF section_ids IS NOT NULL THEN
		PERFORM esn_store_overall_statistics(section_ids, pairs);
		PERFORM esn_store_cause_statistics(section_ids, pairs);
		PERFORM esn_store_type_statistics(section_ids, pairs);
		PERFORM esn_store_participant_statistics(section_ids, pairs);
	END IF;
	PERFORM esn_store_errors(run, errors);
END $$;
COMMENT ON FUNCTION esn_store_statistics(bigint, jsonb, text) IS
	'Replaces rows of the four tables of statistics by those on pages; rows that a section no '
	'longer reports are removed. run: the run. pages: array of pages; data.json is JSON text, or '
	'null for a section without statistics. only_section: not used.';
