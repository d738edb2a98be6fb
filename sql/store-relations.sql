-- The relations of activities: their organisers, and the types, causes, goals and objectives that
-- their pages name. Their own fields are stored in store-activities.sql.

-- Within the statement that replaces the rows of a relation, the table still has its former rows.
CREATE OR REPLACE FUNCTION esn_internal.esn_replace_organisers(relations activity_relations[])
RETURNS TABLE (activity_id bigint, old_names jsonb, new_names jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH want AS MATERIALIZED (
		SELECT r.id AS activity_id, unnest(r.section_ids) AS section_id
		FROM unnest(esn_replace_organisers.relations) r
	), del AS (
		DELETE FROM @extschema@.activity_section_organisers o
		USING unnest(esn_replace_organisers.relations) r
		WHERE o.activity_id = r.id AND o.section_id <> ALL (r.section_ids)
		RETURNING o.activity_id
	), ins AS (
		INSERT INTO @extschema@.activity_section_organisers (activity_id, section_id)
		SELECT w.activity_id, w.section_id FROM want w
		WHERE NOT EXISTS (SELECT FROM @extschema@.activity_section_organisers o
			WHERE o.activity_id = w.activity_id AND o.section_id = w.section_id)
		RETURNING activity_id
	)
	SELECT c.activity_id,
		(SELECT jsonb_agg(s.accounts_platform_slug ORDER BY s.accounts_platform_slug COLLATE "C")
			FROM @extschema@.activity_section_organisers o
				JOIN @extschema@.sections s ON s.id = o.section_id
			WHERE o.activity_id = c.activity_id),
		(SELECT jsonb_agg(s.accounts_platform_slug ORDER BY s.accounts_platform_slug COLLATE "C")
			FROM want w JOIN @extschema@.sections s ON s.id = w.section_id
			WHERE w.activity_id = c.activity_id)
	FROM (SELECT activity_id FROM del UNION SELECT activity_id FROM ins) c;
END $$;
COMMENT ON FUNCTION esn_replace_organisers(activity_relations[]) IS
	'Makes the organisers of known activities those that their pages name. relations: of the '
	'activities. Returns those with changes, and the slugs before and after; NULL: none.';

-- A relation to something that has a name is one row here: what the table changes calls it, the
-- field of the page, the table of the things, the table of the relation, its column. The functions
-- below are made of it.
CREATE OR REPLACE FUNCTION esn_internal.esn_named_relations()
RETURNS TABLE (name text, field text, things text, relation text, key text)
LANGUAGE sql IMMUTABLE AS $$
	VALUES ('types', 'activity_types', 'activity_types', 'activity_to_type', 'type_id'),
		('causes', 'causes', 'activity_causes', 'activity_to_cause', 'cause_id'),
		('sdgs', 'sdgs', 'sdgs', 'activity_to_sdg', 'sdg_id'),
		('objectives', 'objectives', 'objectives', 'activity_to_objective', 'objective_id')
$$;

DO $make$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT * FROM esn_named_relations() LOOP
		EXECUTE format($function$
		CREATE OR REPLACE FUNCTION esn_internal.esn_replace_%1$s(relations activity_relations[])
		RETURNS TABLE (activity_id bigint, old_names jsonb, new_names jsonb)
		LANGUAGE plpgsql AS $$
		#variable_conflict use_column
		BEGIN
			RETURN QUERY
			WITH want AS MATERIALIZED (
				SELECT DISTINCT v.id AS activity_id, n.id AS thing_id, n.name
				FROM (SELECT r.id, unnest(r.%5$s) AS name
					FROM unnest(esn_replace_%1$s.relations) r) v
				JOIN @extschema@.%4$s n ON n.name = v.name
			), del AS (
				DELETE FROM @extschema@.%2$s o
				USING unnest(esn_replace_%1$s.relations) r, @extschema@.%4$s n
				WHERE o.activity_id = r.id AND n.id = o.%3$s AND n.name <> ALL (r.%5$s)
				RETURNING o.activity_id
			), ins AS (
				INSERT INTO @extschema@.%2$s (activity_id, %3$s)
				SELECT w.activity_id, w.thing_id FROM want w
				WHERE NOT EXISTS (SELECT FROM @extschema@.%2$s o
					WHERE o.activity_id = w.activity_id AND o.%3$s = w.thing_id)
				RETURNING activity_id
			)
			SELECT c.activity_id,
				(SELECT jsonb_agg(n.name ORDER BY n.name COLLATE "C")
					FROM @extschema@.%2$s o JOIN @extschema@.%4$s n ON n.id = o.%3$s
					WHERE o.activity_id = c.activity_id),
				(SELECT jsonb_agg(w.name ORDER BY w.name COLLATE "C")
					FROM want w WHERE w.activity_id = c.activity_id)
			FROM (SELECT activity_id FROM del UNION SELECT activity_id FROM ins) c;
		END $$$function$, r.name, r.relation, r.key, r.things, r.field);
		EXECUTE format($$COMMENT ON FUNCTION esn_replace_%1$s(activity_relations[]) IS
			'Makes the %1$s of known activities those that their pages name. relations: of the '
			'activities. Returns those with changes, and the names before and after; NULL: '
			'none.'$$, r.name);
	END LOOP;
END $make$;

DO $make$
DECLARE
	add_names text;
	insert_relations text;
	replaced text;
BEGIN
	SELECT string_agg(format($$
			INSERT INTO @extschema@.%2$I (name)
			SELECT v.name FROM (SELECT DISTINCT unnest(r.%1$I) AS name FROM unnest(relations) r) v
			WHERE NOT EXISTS (SELECT FROM @extschema@.%2$I n WHERE n.name = v.name)
			ON CONFLICT DO NOTHING;$$, r.field, r.things), ''),
		string_agg(format($$
			INSERT INTO @extschema@.%2$I (activity_id, %3$I)
			SELECT DISTINCT v.id, n.id
			FROM (SELECT r.id, unnest(r.%1$I) AS name FROM unnest(relations) r) v
			JOIN @extschema@.%4$I n ON n.name = v.name;$$,
			r.field, r.relation, r.key, r.things), ''),
		string_agg(format($$
				UNION ALL SELECT %1$L, r.* FROM esn_replace_%1$s(relations) r$$, r.name), '')
	INTO add_names, insert_relations, replaced
	FROM esn_named_relations() r;
	EXECUTE format($function$
		CREATE OR REPLACE FUNCTION esn_internal.esn_add_names(relations activity_relations[])
			RETURNS void
		LANGUAGE plpgsql AS $$
		BEGIN%s
		END $$$function$, add_names);
	EXECUTE format($function$
		CREATE OR REPLACE FUNCTION esn_internal.esn_insert_relations(
			relations activity_relations[]) RETURNS void
		LANGUAGE plpgsql AS $$
		BEGIN
			INSERT INTO @extschema@.activity_section_organisers (activity_id, section_id)
			SELECT r.id, unnest(r.section_ids) FROM unnest(relations) r;%s
		END $$$function$, insert_relations);
	EXECUTE format($function$
		CREATE OR REPLACE FUNCTION esn_internal.esn_replace_relations(
			relations activity_relations[]) RETURNS bigint[]
		LANGUAGE plpgsql AS $$
		DECLARE
			changed bigint[];
		BEGIN
			-- A trigger records the activity's own fields.
			WITH replaced AS MATERIALIZED (
				SELECT 'organisers' AS relation, r.* FROM esn_replace_organisers(relations) r%s
			), recorded AS (
				INSERT INTO @extschema@.changes (run_id, activity_id, old_values, new_values)
				SELECT esn_current_run(), r.activity_id,
					jsonb_object_agg(r.relation, coalesce(r.old_names, '[]')),
					jsonb_object_agg(r.relation, coalesce(r.new_names, '[]'))
				FROM replaced r
				GROUP BY r.activity_id
			)
			SELECT array_agg(DISTINCT r.activity_id) INTO changed FROM replaced r;
			RETURN coalesce(changed, '{}');
		END $$$function$, replaced);
END $make$;
DROP FUNCTION esn_internal.esn_named_relations();
COMMENT ON FUNCTION esn_add_names(activity_relations[]) IS
	'Adds types, causes, goals and objectives that are new. relations: of activities.';
COMMENT ON FUNCTION esn_insert_relations(activity_relations[]) IS
	'Adds the relations of new activities, which have none yet. relations: of the activities.';
COMMENT ON FUNCTION esn_replace_relations(activity_relations[]) IS
	'Makes the relations of known activities those that their pages name, and records what changed '
	'in changes. relations: of the activities. Returns those with changes.';
