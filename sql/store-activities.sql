-- Stores pages of activities. Their relations are stored in store-relations.sql. See
-- store-accounts.sql for the arguments.

CREATE OR REPLACE FUNCTION esn_internal.esn_link_organisers() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	linked bigint;
BEGIN
	WITH found AS MATERIALIZED (
		SELECT a.id AS activity_id, s.id AS section_id
		FROM @extschema@.activities a JOIN @extschema@.sections s
			ON s.activities_platform_slug = ANY (a.unmatched_organisers)
		WHERE a.unmatched_organisers <> '{}'
	), link AS (
		INSERT INTO @extschema@.activity_section_organisers (activity_id, section_id)
		SELECT activity_id, section_id FROM found ON CONFLICT DO NOTHING
		RETURNING activity_id, section_id
	), recorded AS (
		-- Within this statement the relation still has its former rows.
		INSERT INTO @extschema@.changes (run_id, activity_id, old_values, new_values)
		SELECT esn_current_run(), n.activity_id,
			jsonb_build_object('organisers', coalesce(jsonb_agg(n.slug
				ORDER BY n.slug COLLATE "C") FILTER (WHERE n.before), '[]')),
			jsonb_build_object('organisers', jsonb_agg(n.slug ORDER BY n.slug COLLATE "C"))
		FROM (
			SELECT true AS before, r.activity_id, s.accounts_platform_slug AS slug
			FROM @extschema@.activity_section_organisers r
				JOIN @extschema@.sections s ON s.id = r.section_id
			WHERE r.activity_id IN (SELECT activity_id FROM link)
			UNION ALL
			SELECT false, l.activity_id, s.accounts_platform_slug FROM link l
				JOIN @extschema@.sections s ON s.id = l.section_id
		) n
		GROUP BY n.activity_id
	)
	UPDATE @extschema@.activities a SET updated_at = now(), unmatched_organisers = ARRAY(
		SELECT u.slug FROM unnest(a.unmatched_organisers) WITH ORDINALITY u(slug, n)
		WHERE NOT EXISTS (SELECT FROM @extschema@.sections s
			WHERE s.activities_platform_slug = u.slug)
			ORDER BY u.n)
	WHERE a.id IN (SELECT activity_id FROM found);
	GET DIAGNOSTICS linked = ROW_COUNT;
	RETURN linked;
END $$;
COMMENT ON FUNCTION esn_link_organisers() IS
	'Links activities with organisers that have become known sections, and records that in '
	'changes. Returns the number of changed activities.';

-- The keys of a page's data are the names of the table's columns.
CREATE OR REPLACE FUNCTION esn_internal.esn_read_activities(pages jsonb)
RETURNS TABLE (activity activities, is_new boolean, relations activity_relations,
	has_errors boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH country AS MATERIALIZED (
		SELECT jsonb_object_agg(esn_country_key(name), country_code ORDER BY country_code DESC)
			|| jsonb_object_agg(name, country_code ORDER BY country_code DESC) AS codes
		FROM @extschema@.countries
	), page AS MATERIALIZED (
		SELECT DISTINCT ON (event_slug) d.data->>'event_slug' AS event_slug, d.data,
			p->'page'->'errors' <> '[]' AS has_errors
		FROM jsonb_array_elements(esn_read_activities.pages) p
		CROSS JOIN LATERAL (SELECT p->'page'->'data' AS data OFFSET 0) d
		ORDER BY event_slug
	)
	-- First the fields of the page, then what follows from them; joining the objects takes longer.
	-- Relations are not columns, unless somebody has added one of that name.
	SELECT jsonb_populate_record(jsonb_populate_record(NULL::@extschema@.activities,
			p.data - '{organisers, activity_types, causes, sdgs, objectives}'::text[]),
		jsonb_build_object('id', i.id,
			'is_valid', (p.data->>'title', p.data->>'url', p.data->>'description',
				p.data->>'start_date') IS NOT NULL,
			'unmatched_organisers', o.unmatched,
			'is_future_event', (p.data->>'start_date')::date > current_date,
			'country_code', coalesce(c.codes->>(p.data->>'country_name'),
				c.codes->>esn_country_key(p.data->>'country_name')))),
		i.is_new,
		jsonb_populate_record(jsonb_populate_record(NULL::activity_relations, p.data),
			jsonb_build_object('id', i.id, 'section_ids', o.section_ids)),
		p.has_errors
	FROM page p CROSS JOIN country c
	LEFT JOIN @extschema@.activities a ON a.event_slug = p.event_slug
	CROSS JOIN LATERAL (SELECT coalesce(a.id, nextval('@extschema@.activities_id_seq')) AS id,
		a.id IS NULL AS is_new OFFSET 0) i
	CROSS JOIN LATERAL (
		SELECT coalesce(array_agg(DISTINCT s.id) FILTER (WHERE s.id IS NOT NULL), '{}')
				AS section_ids,
			coalesce(array_agg(n.slug ORDER BY n.n) FILTER (WHERE s.id IS NULL), '{}') AS unmatched
		FROM (SELECT coalesce(item->>'slug', item->>'name') AS slug, min(n) AS n
			FROM jsonb_array_elements(p.data->'organisers') WITH ORDINALITY AS e(item, n)
			GROUP BY 1) n
		LEFT JOIN @extschema@.sections s ON s.activities_platform_slug = n.slug
	) o;
END $$;
COMMENT ON FUNCTION esn_read_activities(jsonb) IS
	'Reads pages of activities, each activity once: its row, whether it is new, its relations, '
	'and whether a field is invalid. pages: array of pages.';

-- Both functions below are made of the columns that a page fills: those with the name of one of
-- its fields, and those that esn_read_activities() computes.
DO $make$
DECLARE
	columns CONSTANT text[] := ARRAY(
		SELECT attname FROM pg_attribute
		WHERE attrelid = 'activities'::regclass AND attname <> 'event_slug'
			AND attname = ANY (esn_page_fields('activity')
				|| '{is_future_event, country_code, is_valid, unmatched_organisers}')
		ORDER BY attnum);
	names text := array_to_string(columns, ', ');
	of_page text := 'p.' || array_to_string(columns, ', p.');
	of_table text := 'a.' || array_to_string(columns, ', a.');
BEGIN
	EXECUTE format($function$
		CREATE OR REPLACE FUNCTION esn_internal.esn_insert_activities(rows activities[])
			RETURNS void
		LANGUAGE plpgsql AS $$
		BEGIN
			INSERT INTO @extschema@.activities (id, event_slug, %1$s)
			SELECT p.id, p.event_slug, %2$s FROM unnest(rows) p;
		END $$$function$, names, of_page);
	EXECUTE format($function$
		CREATE OR REPLACE FUNCTION esn_internal.esn_update_activities(rows activities[],
			related bigint[]) RETURNS bigint
		LANGUAGE plpgsql AS $$
		DECLARE
			updated bigint;
		BEGIN
			UPDATE @extschema@.activities a
			SET (%1$s) = ROW (%2$s), removed_at = NULL, removed_reason = NULL,
				updated_at = now()
			FROM unnest(rows) p
			WHERE a.id = p.id AND (a.id = ANY (related) OR (%3$s, a.removed_at)
				IS DISTINCT FROM (%2$s, NULL));
			GET DIAGNOSTICS updated = ROW_COUNT;
			RETURN updated;
		END $$$function$, names, of_page, of_table);
END $make$;
COMMENT ON FUNCTION esn_insert_activities(activities[]) IS
	'Inserts activities. rows: activities as on their pages.';
COMMENT ON FUNCTION esn_update_activities(activities[], bigint[]) IS
	'Updates the activities that differ. rows: activities as on their pages. related: those that '
	'count as changed because of their relations. Returns the number of updated rows.';

CREATE OR REPLACE FUNCTION esn_internal.esn_store_activity(run bigint, pages jsonb,
	only_section text DEFAULT NULL,
	OUT added integer, OUT changed integer, OUT unchanged integer, OUT invalid integer)
LANGUAGE plpgsql AS $$
DECLARE
	new_rows @extschema@.activities[];
	new_relations activity_relations[];
	known_rows @extschema@.activities[];
	known_relations activity_relations[];
BEGIN
	PERFORM esn_store_errors(run, pages);
	PERFORM esn_learn_slugs(pages);
	PERFORM esn_move_activities(pages);
	SELECT array_agg(r.activity) FILTER (WHERE r.is_new),
		array_agg(r.relations) FILTER (WHERE r.is_new),
		array_agg(r.activity) FILTER (WHERE NOT r.is_new),
		array_agg(r.relations) FILTER (WHERE NOT r.is_new),
		count(*) FILTER (WHERE r.has_errors)
	INTO new_rows, new_relations, known_rows, known_relations, invalid
	FROM esn_read_activities(pages) r;
	PERFORM esn_add_names(new_relations || known_relations);
	added := coalesce(cardinality(new_rows), 0);
	changed := 0;
	IF new_rows IS NOT NULL THEN
		PERFORM esn_insert_activities(new_rows);
		PERFORM esn_insert_relations(new_relations);
	END IF;
	IF known_rows IS NOT NULL THEN
		changed := esn_update_activities(known_rows, esn_replace_relations(known_relations));
	END IF;
	unchanged := coalesce(cardinality(known_rows), 0) - changed;
END $$;
COMMENT ON FUNCTION esn_store_activity(bigint, jsonb, text) IS
	'Upserts activities and replaces their relations. Equal rows stay untouched, and different '
	'relations are recorded in changes. Counts the activities. run: the run. pages: array of '
	'pages. only_section: not used.';
